//! From a registry and what it permitted to the next one: an arm for each act, bookkeeping and no decision. Below [`super`],
//! so that nothing else can make a [`Judged`].

use renkei_proto::act::{FacilityKind, Person, RegistryAct};
use renkei_proto::id::{DeviceId, FacilityId, UserId};
use renkei_proto::statement::Role;
use renkei_proto::time::Time;

use super::super::{
    Association, Delegation, Device, Facility, Period, Registry, SealingSince, Seq, User, a08_deputies, a08_devices,
    a09_leaving, desk_voices,
};
use super::{Effect, Judged};

impl Registry {
    /// Takes in what was judged. Ignored, and `None`, if the registry has moved on since: judge again.
    pub fn fold(&mut self, judged: Judged) -> Option<Vec<Effect>> {
        if judged.size != self.size {
            return None;
        }
        let seq = self.size;
        self.counters.insert(judged.counter.0, judged.counter.1);
        let effects = self.fold_act(seq, judged);
        self.size = seq + 1;
        Some(effects)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act, each a line or two of bookkeeping")]
    fn fold_act(&mut self, seq: Seq, judged: Judged) -> Vec<Effect> {
        let Judged { role, actor, device: by_device, time, body, .. } = judged;
        match judged.act {
            RegistryAct::Found { root, name, desk, desk_name, server } => {
                // No device can take them for its own.
                self.keys.insert(*root.as_bytes());
                self.keys.insert(*server.statement_key.as_bytes());
                let association = Association {
                    id: root.association(),
                    root,
                    name: name.to_string(),
                    desk,
                    server: vec![(seq, server)],
                };
                self.association = Some(association);
                let desk_facility = Facility {
                    name: desk_name.to_string(),
                    kind: FacilityKind::Desk,
                    association_member: true,
                    applied: seq,
                    application: body,
                    pledge: None,
                    managers: Vec::new(),
                    admitted_by: vec![(seq, None)],
                    admitted: Some(seq),
                    suspended: Vec::new(),
                    ending: Vec::new(),
                    ended: None,
                    telephone: Vec::new(),
                };
                self.facilities.insert(desk, desk_facility);
                self.form_scans.open_drawer(desk);
                Vec::new()
            }
            RegistryAct::CertifyServer(server) => {
                self.keys.insert(*server.statement_key.as_bytes());
                if let Some(association) = &mut self.association {
                    association.server.push((seq, server));
                }
                Vec::new()
            }
            RegistryAct::AppointOperator { person, device } => {
                let Some(desk) = self.association.as_ref().map(|association| association.desk) else {
                    return Vec::new();
                };
                let (user, id) = (person.user, device.device);
                self.insert_person(seq, desk, person);
                self.insert_device((seq, time), user, device);
                self.approve(id, (seq, None));
                self.activate(id, seq)
            }
            RegistryAct::ApplyFacility(application) => {
                let (user, id) = (application.manager.user, application.facility);
                let facility = Facility {
                    name: application.name.to_string(),
                    kind: application.kind,
                    association_member: application.association_member,
                    applied: seq,
                    application: body,
                    pledge: Some(application.pledge),
                    managers: vec![(seq, user)],
                    admitted_by: Vec::new(),
                    admitted: None,
                    suspended: Vec::new(),
                    ending: Vec::new(),
                    ended: None,
                    telephone: Vec::new(),
                };
                self.facilities.insert(id, facility);
                self.form_scans.open_drawer(id);
                self.insert_person(seq, id, application.manager);
                self.insert_device((seq, time), user, application.device);
                if let Some(person) = self.users.get_mut(&user) {
                    person.administrator.push(Period::starting(seq));
                }
                Vec::new()
            }
            RegistryAct::AdmitFacility { facility, .. } => self.fold_admission(seq, actor, facility),
            RegistryAct::AppointAdministrator { user } => self.with_user(user, |person| {
                a08_deputies::end(person, seq);
                person.administrator.push(Period::starting(seq));
            }),
            RegistryAct::HandOverManagement { user } => {
                let facility = self.users.get(&user).map(|person| person.facility);
                if let Some(facility) = facility.and_then(|id| self.facilities.get_mut(&id)) {
                    facility.managers.push((seq, user));
                }
                Vec::new()
            }
            RegistryAct::DismissAdministrator { user } => self.with_user(user, |person| {
                end(&mut person.administrator, seq);
                person.left_office = Some((seq, time));
            }),
            RegistryAct::GrantGroupManager { user } => {
                self.with_user(user, |person| person.group_manager.push(Period::starting(seq)))
            }
            RegistryAct::RevokeGroupManager { user } => {
                self.with_user(user, |person| end(&mut person.group_manager, seq))
            }
            RegistryAct::RegisterStaff { facility, person } => {
                self.insert_person(seq, facility, person);
                Vec::new()
            }
            RegistryAct::EndUser { user } => {
                self.with_user(user, |person| {
                    person.ended = Some(seq);
                    if person.administrator.iter().any(|period| period.until.is_none()) {
                        person.left_office = Some((seq, time));
                    }
                });
                self.form_scans.id_ended(user, time);
                vec![Effect::Ended(user)]
            }
            RegistryAct::RecordPledge { user, pledge } => {
                self.with_user(user, |person| person.pledge.push((seq, pledge)))
            }
            RegistryAct::ApproveDevice { user, device } => self.fold_approval((seq, time), role, actor, user, device),
            RegistryAct::WipeDevice { device } => {
                if let Some(known) = self.devices.get_mut(&device) {
                    known.wiped = Some(seq);
                }
                vec![Effect::Wiped(device)]
            }
            RegistryAct::Delegate { delegation, scope, until, operators_read } => {
                let facility = actor.and_then(|user| self.users.get(&user)).map(|person| person.facility);
                if let Some(facility) = facility {
                    let period = Period::starting(seq);
                    self.delegations.insert(delegation, Delegation { facility, scope, until, operators_read, period });
                }
                Vec::new()
            }
            RegistryAct::RevokeDelegation { delegation } => {
                if let Some(delegation) = self.delegations.get_mut(&delegation) {
                    delegation.period.until = Some(seq);
                }
                Vec::new()
            }
            RegistryAct::RotateSealing { sealing } => {
                self.keys.insert(sealing.0);
                if let Some(device) = by_device.and_then(|id| self.devices.get_mut(&id)) {
                    device.sealing.push(SealingSince { seq, time, fingerprint: sealing });
                }
                Vec::new()
            }
            RegistryAct::Set { facility, setting } => {
                self.fold_setting(seq, actor, facility, setting);
                Vec::new()
            }
            RegistryAct::ResetFactors { user } => {
                if self.fold_reset(seq, actor, user, time) {
                    vec![Effect::Reset(user)]
                } else {
                    Vec::new()
                }
            }
            RegistryAct::RetireDevice { device } => {
                if let Some(known) = self.devices.get_mut(&device) {
                    known.wiped = known.wiped.or(Some(seq));
                    known.retired = Some(seq);
                }
                vec![Effect::Wiped(device)]
            }
            act @ (RegistryAct::SuspendDevice { .. }
            | RegistryAct::ResumeDevice { .. }
            | RegistryAct::SuspendUser { .. }
            | RegistryAct::ResumeUser { .. }
            | RegistryAct::SuspendFacility { .. }
            | RegistryAct::ResumeFacility { .. }) => self.fold_suspension(seq, role, actor, &act),
            RegistryAct::DeclarePosture { device, posture } => {
                self.fold_declaration((seq, time), body, device, posture);
                Vec::new()
            }
            RegistryAct::ConfirmPosture { device, declaration, until } => {
                self.fold_confirmation((seq, time), actor, device, declaration, until);
                Vec::new()
            }
            act @ (RegistryAct::PublishText { .. }
            | RegistryAct::AcknowledgeNotice { .. }
            | RegistryAct::OpenReview(_)
            | RegistryAct::ConfirmReview { .. }
            | RegistryAct::CloseReview { .. }
            | RegistryAct::AcknowledgeDuty
            | RegistryAct::RecordDuty { .. }
            | RegistryAct::OpenTraining(_)
            | RegistryAct::AttendTraining { .. }
            | RegistryAct::RecordAttendance { .. }
            | RegistryAct::CloseTraining { .. }) => self.fold_duty((seq, time), actor, act),
            RegistryAct::EndFacility { facility, close_groups } => {
                if self.fold_end((seq, time), actor, facility, close_groups) {
                    vec![Effect::FacilityEnded(facility)]
                } else {
                    Vec::new()
                }
            }
            act @ (RegistryAct::RequestTakeout(_)
            | RegistryAct::DecideTakeout { .. }
            | RegistryAct::GrantStandingTakeout(_)
            | RegistryAct::RevokeTakeout { .. }
            | RegistryAct::DeclareTakeoutEnd { .. }
            | RegistryAct::ConfirmTakeoutEnd { .. }) => {
                self.fold_takeout((seq, time), actor, body, &act);
                Vec::new()
            }
            RegistryAct::LiftLockout { user } => {
                self.fold_lift(seq, actor, user, time);
                vec![Effect::Lifted(user)]
            }
            act @ (RegistryAct::DepositFormScan { .. }
            | RegistryAct::HandOnFormScan { .. }
            | RegistryAct::LetGoFormScan { .. }) => self.fold_form_scan((seq, time), actor, by_device, &act),
            RegistryAct::NameDeputy { user, from, until } => {
                self.fold_deputy(seq, actor, user, (from, until));
                Vec::new()
            }
            RegistryAct::EndDeputy { user } => self.with_user(user, |person| a08_deputies::end(person, seq)),
            act @ (RegistryAct::DraftAnnouncement(_)
            | RegistryAct::CheckAnnouncement { .. }
            | RegistryAct::PublishAnnouncement { .. }
            | RegistryAct::WithdrawAnnouncement { .. }) => self.fold_announcement((seq, time), actor, act),
            RegistryAct::NameOfficial(account) => {
                self.fold_official((seq, time), actor, account.user, Some(account));
                Vec::new()
            }
            RegistryAct::WithdrawOfficial { user } => {
                self.fold_official((seq, time), actor, user, None);
                Vec::new()
            }
            RegistryAct::SetQuietHours { hours } => {
                self.fold_quiet(seq, actor, hours);
                Vec::new()
            }
            RegistryAct::Broadcast { drill, text } => {
                self.fold_broadcast((seq, time), actor, drill, text.to_string());
                Vec::new()
            }
            RegistryAct::CloseBroadcast { broadcast } => {
                self.fold_broadcast_closed((seq, time), actor, broadcast);
                Vec::new()
            }
            RegistryAct::SetTelephone { facility, number } => {
                self.fold_telephone(seq, facility, number);
                Vec::new()
            }
        }
    }

    fn fold_duty(&mut self, (seq, time): (Seq, Time), actor: Option<UserId>, act: RegistryAct) -> Vec<Effect> {
        match act {
            RegistryAct::PublishText { kind, version, text } => {
                self.fold_publication((seq, time), actor, (kind, version, text));
            }
            RegistryAct::AcknowledgeNotice { version, .. } => self.fold_acknowledgement((seq, time), actor, version),
            RegistryAct::OpenReview(plan) => self.fold_opening((seq, time), actor, plan),
            RegistryAct::ConfirmReview { review, .. } => self.fold_review_confirmation((seq, time), actor, review),
            RegistryAct::CloseReview { review } => self.fold_closing(seq, review),
            RegistryAct::AcknowledgeDuty => {
                self.fold_farewell(seq, actor, a09_leaving::Farewell::Acknowledged { at: time });
            }
            RegistryAct::RecordDuty { user, told_on } => {
                if let Some(by) = actor {
                    self.fold_farewell(seq, Some(user), a09_leaving::Farewell::Told { by, on: told_on });
                }
            }
            RegistryAct::OpenTraining(plan) => self.fold_training((seq, time), actor, plan),
            RegistryAct::AttendTraining { training, .. } => self.fold_attendance((seq, time), actor, training, None),
            RegistryAct::RecordAttendance { training, user, held_on } => {
                self.fold_attendance((seq, time), actor, training, Some((user, held_on)));
            }
            RegistryAct::CloseTraining { training } => self.fold_training_closed(seq, training),
            _ => {}
        }
        Vec::new()
    }

    fn fold_announcement(&mut self, at: (Seq, Time), actor: Option<UserId>, act: RegistryAct) -> Vec<Effect> {
        match act {
            RegistryAct::DraftAnnouncement(draft) => self.fold_draft(at, actor, draft),
            RegistryAct::CheckAnnouncement { announcement, approve, .. } => {
                self.fold_check(at.1, actor, announcement, approve);
            }
            RegistryAct::PublishAnnouncement { announcement, .. } => self.fold_announced(at, actor, announcement),
            RegistryAct::WithdrawAnnouncement { announcement } => self.fold_unannounced(at, actor, announcement),
            _ => {}
        }
        Vec::new()
    }

    fn fold_admission(&mut self, seq: Seq, actor: Option<UserId>, id: FacilityId) -> Vec<Effect> {
        let Some(facility) = self.facilities.get_mut(&id) else { return Vec::new() };
        facility.admitted_by.retain(|(_, by)| *by != actor);
        facility.admitted_by.push((seq, actor));
        let (view, voices) = (self.now(), self.facilities.get(&id).map_or(&[][..], |known| &known.admitted_by));
        if !desk_voices::enough(view, voices.iter().map(|&(_, by)| by)) {
            return Vec::new();
        }
        let Some(facility) = self.facilities.get_mut(&id) else { return Vec::new() };
        facility.admitted = Some(seq);
        let manager = facility.managers.first().map(|&(_, user)| user);
        let first = manager.and_then(|user| self.users.get(&user)).and_then(|person| person.devices.first().copied());
        first.map_or_else(Vec::new, |device| {
            self.approve(device, (seq, actor));
            self.activate(device, seq)
        })
    }

    fn fold_approval(
        &mut self,
        (seq, time): (Seq, Time),
        role: Role,
        actor: Option<UserId>,
        user: UserId,
        registration: renkei_proto::act::DeviceRegistration,
    ) -> Vec<Effect> {
        let id = registration.device;
        let voice = actor.map(|actor| a08_devices::voice(self.now(), (role, actor), user, id, time));
        if !self.devices.contains_key(&id) {
            self.insert_device((seq, time), user, registration);
        }
        let first_ever = self.users.get(&user).is_some_and(|person| person.devices == [id]);
        let home = self.users.get(&user).map(|person| person.facility);
        let at_home = actor.and_then(|by| self.users.get(&by)).map(|person| person.facility) == home;
        let approval =
            self.devices.get(&id).and_then(|device| a08_devices::approval_in_force(self.now(), device, time));
        let Some(device) = self.devices.get_mut(&id) else { return Vec::new() };
        device.approved_by = approval;
        match (voice, actor) {
            (Some(Ok(a08_devices::Voice::Approval)), _) => device.approved_by = Some((seq, actor)),
            (Some(Ok(a08_devices::Voice::Vouch)), Some(actor)) => device.vouched_by = Some((seq, actor)),
            _ => {}
        }
        let enough = device.approved_by.is_some() && (first_ever && at_home || device.vouched_by.is_some());
        if enough { self.activate(id, seq) } else { Vec::new() }
    }

    fn with_user(&mut self, user: UserId, change: impl FnOnce(&mut User)) -> Vec<Effect> {
        if let Some(person) = self.users.get_mut(&user) {
            change(person);
        }
        Vec::new()
    }

    fn insert_person(&mut self, seq: Seq, facility: FacilityId, person: Person) {
        let user = User {
            facility,
            profession: person.profession,
            details: person.details,
            registered: seq,
            ended: None,
            administrator: Vec::new(),
            group_manager: Vec::new(),
            pledge: person.pledge.into_iter().map(|pledge| (seq, pledge)).collect(),
            devices: Vec::new(),
            left_office: None,
            resets: Vec::new(),
            reset: None,
            suspended: Vec::new(),
            lifted: None,
            deputy: Vec::new(),
            quiet: Vec::new(),
            lifts: Vec::new(),
        };
        self.users.insert(person.user, user);
    }

    fn insert_device(
        &mut self,
        (seq, time): (Seq, Time),
        user: UserId,
        registration: renkei_proto::act::DeviceRegistration,
    ) {
        let id = registration.device;
        self.keys.insert(*registration.signing.as_bytes());
        self.keys.insert(*registration.receipt.as_bytes());
        self.keys.insert(registration.sealing.0);
        let sealing = vec![SealingSince { seq, time, fingerprint: registration.sealing }];
        if let Some(person) = self.users.get_mut(&user) {
            person.devices.push(id);
        }
        let device = Device {
            user,
            registration,
            named: seq,
            sealing,
            approved_by: None,
            vouched_by: None,
            active: None,
            wiped: None,
            suspended: Vec::new(),
            retired: None,
            declared: Vec::new(),
            confirmed: Vec::new(),
        };
        self.devices.insert(id, device);
    }

    fn approve(&mut self, id: DeviceId, by: (Seq, Option<UserId>)) {
        if let Some(device) = self.devices.get_mut(&id) {
            device.approved_by = Some(by);
        }
    }

    fn activate(&mut self, id: DeviceId, seq: Seq) -> Vec<Effect> {
        let Some(device) = self.devices.get_mut(&id) else { return Vec::new() };
        device.active = Some(seq);
        vec![Effect::Activated(id)]
    }
}

fn end(periods: &mut [Period], seq: Seq) {
    if let Some(period) = periods.iter_mut().rev().find(|period| period.until.is_none()) {
        period.until = Some(seq);
    }
}
