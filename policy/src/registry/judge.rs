//! From a statement to a new registry: the checks that every act shares, and the table that leads to each article.

use renkei_proto::act::{Act, FacilityKind, Person, RegistryAct, ServerKeys};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, FacilityId, UserId};
use renkei_proto::statement::{Actor, LogId, Role, Statement, Verified};
use renkei_proto::time::Time;

use super::{
    Association, Device, Facility, Period, Registry, SealingSince, Seq, User, a03_admission, a03_end, a04_delegation,
    a07_administrators, a08_deputies, a08_devices, a08_factors, a08_staff, a08_unlock, a09_leaving, a09_pledge,
    a09_review, a09_scans, a10_notices, a12_posture, a12_suspension, a12_takeout, a12_wipe, a13_settings, a15_training,
    desk_voices, duties,
};
use crate::{Refusal, require};

/// Proof that the registry permits a statement. Made by [`Registry::judge`] only, for the state that it looked at.
#[derive(Debug, Clone)]
pub struct Judged {
    size: u64,
    counter: (Option<DeviceId>, u64),
    role: Role,
    actor: Option<UserId>,
    device: Option<DeviceId>,
    time: Time,
    body: renkei_proto::hash::Hash32,
    act: RegistryAct,
}

/// What the world outside must do once a statement is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A device became active: it can have a certificate.
    Activated(DeviceId),
    /// A device was wiped: its connections end and its share goes.
    Wiped(DeviceId),
    /// An ID ended: its sessions and the shares of all its devices go.
    Ended(UserId),
    /// Password and code generator are forgotten, and its sessions end.
    Reset(UserId),
    /// A device, a person or a facility was suspended: whoever may not act any more is cut off.
    Suspended,
    /// A facility's admission ended: what an ended ID brings, for all its people.
    FacilityEnded(FacilityId),
    /// The waits of this person after failures are over (A8.3).
    Lifted(UserId),
    /// The scan of a Form 1 or 2 that was deposited at this place was let go: its bytes are erased (A3.1, A9.1).
    FormScanLetGo(Seq),
}

impl Registry {
    /// Decides on `verified`, to be entered at `time`, without changing anything.
    pub fn judge(&self, verified: &Verified, time: Time) -> Result<Judged, Refusal> {
        let statement = verified.statement();
        let Act::Registry(act) = &statement.act else { return Err(Code::WrongLog.into()) };
        require(statement.log == LogId::Registry, Code::WrongLog)?;
        require(statement.rules == renkei_proto::RULES, Code::UnknownRules)?;
        require(statement.seen.registry.size <= self.size, Code::HeadMismatch)?;
        require(statement.seen.group.size == 0, Code::HeadMismatch)?;
        require(statement.acting_for.is_none(), Code::WrongRole)?;
        let device = statement.actor.device();
        require(statement.counter == self.counter(device) + 1, Code::CounterWrong)?;

        if let RegistryAct::Found { root, .. } = act {
            require(self.size == 0, Code::AlreadyExists)?;
            require(statement.actor == Actor::Root && statement.role == Role::Root, Code::NotRoot)?;
            require(statement.association == root.association(), Code::WrongLog)?;
        } else {
            let association = self.association.as_ref().ok_or(Code::NotFounded)?;
            require(statement.association == association.id, Code::WrongLog)?;
            duties::permit(self.now(), statement, time, false)?;
            a08_deputies::permit(self.now(), statement, time)?;
            self.judge_act(statement, act, time)?;
        }
        Ok(Judged {
            size: self.size,
            counter: (device, statement.counter),
            role: statement.role,
            actor: statement.actor.user(),
            device,
            time,
            body: verified.signed().hash(),
            act: act.clone(),
        })
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act, which leads to its article")]
    fn judge_act(&self, statement: &Statement, act: &RegistryAct, time: Time) -> Result<(), Refusal> {
        let view = self.now();
        match act {
            RegistryAct::Found { .. } => Err(Code::AlreadyExists.into()),
            RegistryAct::CertifyServer(server) => {
                require_root(statement)?;
                self.require_new_server(server)
            }
            RegistryAct::AppointOperator { person, device } => {
                require_root(statement)?;
                self.require_new_person(person)?;
                a09_pledge::permit_at_registration(person, time)?;
                self.require_new_device(device)
            }
            RegistryAct::ApplyFacility(application) => {
                a03_admission::permit_application(self, statement, application, time)
            }
            RegistryAct::AdmitFacility { facility, application } => {
                a03_admission::permit_admission(view, statement, *facility, *application)
            }
            RegistryAct::AppointAdministrator { user } => {
                a07_administrators::permit_appointment(view, statement, *user)
            }
            RegistryAct::HandOverManagement { user } => a07_administrators::permit_hand_over(view, statement, *user),
            RegistryAct::DismissAdministrator { user } => a07_administrators::permit_dismissal(view, statement, *user),
            RegistryAct::GrantGroupManager { user } => a08_staff::permit_grant(view, statement, *user),
            RegistryAct::RevokeGroupManager { user } => a08_staff::permit_revocation(view, statement, *user),
            RegistryAct::RegisterStaff { facility, person } => {
                a08_staff::permit_registration(view, statement, *facility)?;
                if person.pledge.is_some() {
                    a09_pledge::permit_at_registration(person, time)?;
                }
                self.require_new_person(person)
            }
            RegistryAct::EndUser { user } => a08_staff::permit_end(view, statement, *user),
            RegistryAct::RecordPledge { user, pledge } => {
                a09_pledge::permit_record(view, statement, *user, pledge, time)
            }
            RegistryAct::ApproveDevice { user, device } => {
                a08_devices::permit_approval(self, statement, *user, device, time)
            }
            RegistryAct::WipeDevice { device } => a12_wipe::permit(view, statement, *device),
            RegistryAct::Delegate { delegation, until, .. } => {
                require(!self.delegations.contains_key(delegation), Code::AlreadyExists)?;
                a04_delegation::permit(view, statement, *until, time)
            }
            RegistryAct::RevokeDelegation { delegation } => {
                a04_delegation::permit_revocation(view, statement, *delegation)
            }
            RegistryAct::RotateSealing { sealing } => a08_devices::permit_rotation(self, statement, *sealing, time),
            RegistryAct::Set { facility, setting } => a13_settings::permit(view, statement, *facility, *setting),
            RegistryAct::ResetFactors { user } => a08_factors::permit(view, statement, *user, time),
            RegistryAct::SuspendDevice { device, lost } => {
                a12_suspension::permit_device(view, statement, *device, *lost).map(drop)
            }
            RegistryAct::ResumeDevice { device } => a12_suspension::permit_device_again(view, statement, *device),
            RegistryAct::RetireDevice { device } => a12_wipe::permit_retirement(view, statement, *device),
            RegistryAct::SuspendUser { user } => a12_suspension::permit_user(view, statement, *user).map(drop),
            RegistryAct::ResumeUser { user } => a12_suspension::permit_user_again(view, statement, *user),
            RegistryAct::SuspendFacility { facility } => {
                a12_suspension::permit_facility(view, statement, *facility).map(drop)
            }
            RegistryAct::ResumeFacility { facility } => {
                a12_suspension::permit_facility_again(view, statement, *facility)
            }
            RegistryAct::DeclarePosture { device, .. } => a12_posture::permit_declaration(view, statement, *device),
            RegistryAct::ConfirmPosture { device, declaration, until } => {
                a12_posture::permit_confirmation(view, statement, *device, *declaration, *until, time)
            }
            RegistryAct::PublishText { kind, version, text } => {
                a10_notices::permit_publication(view, statement, *kind, *version, *text)
            }
            RegistryAct::AcknowledgeNotice { version, text } => {
                a10_notices::permit_acknowledgement(view, statement, *version, *text)
            }
            RegistryAct::OpenReview(plan) => a09_review::permit_opening(view, statement, plan, time),
            RegistryAct::ConfirmReview { review, points } => {
                a09_review::permit_confirmation(view, statement, *review, *points)
            }
            RegistryAct::CloseReview { review } => a09_review::permit_closing(view, statement, *review),
            RegistryAct::AcknowledgeDuty => a09_leaving::permit_acknowledgement(view, statement),
            RegistryAct::RecordDuty { user, told_on } => {
                a09_leaving::permit_record(view, statement, *user, *told_on, time)
            }
            RegistryAct::EndFacility { facility, close_groups } => {
                a03_end::permit(view, statement, *facility, *close_groups)
            }
            RegistryAct::OpenTraining(plan) => a15_training::permit_opening(view, statement, plan, time),
            RegistryAct::AttendTraining { training, material } => {
                a15_training::permit_attendance(view, statement, *training, *material, time)
            }
            RegistryAct::RecordAttendance { training, user, held_on } => {
                a15_training::permit_record(view, statement, *training, *user, *held_on, time)
            }
            RegistryAct::CloseTraining { training } => a15_training::permit_closing(view, statement, *training),
            RegistryAct::RequestTakeout(_)
            | RegistryAct::DecideTakeout { .. }
            | RegistryAct::GrantStandingTakeout(_)
            | RegistryAct::RevokeTakeout { .. }
            | RegistryAct::DeclareTakeoutEnd { .. }
            | RegistryAct::ConfirmTakeoutEnd { .. } => a12_takeout::permit(view, statement, act, time),
            RegistryAct::LiftLockout { user } => a08_unlock::permit(view, statement, *user, time),
            RegistryAct::DepositFormScan { .. }
            | RegistryAct::HandOnFormScan { .. }
            | RegistryAct::LetGoFormScan { .. } => a09_scans::permit(view, statement, act, time),
            RegistryAct::NameDeputy { user, from, until } => {
                a08_deputies::permit_naming(view, statement, *user, (*from, *until), time)
            }
            RegistryAct::EndDeputy { user } => a08_deputies::permit_end(view, statement, *user, time),
        }
    }

    pub(super) fn require_new_person(&self, person: &Person) -> Result<(), Refusal> {
        require(!self.users.contains_key(&person.user), Code::AlreadyExists)
    }

    pub(super) fn require_new_device(&self, device: &renkei_proto::act::DeviceRegistration) -> Result<(), Refusal> {
        require(!self.devices.contains_key(&device.device), Code::AlreadyExists)?;
        let keys = [device.signing.as_bytes(), device.receipt.as_bytes(), &device.sealing.0];
        let twice = keys[0] == keys[1] || keys[0] == keys[2] || keys[1] == keys[2];
        require(!twice && !keys.iter().any(|key| self.keys.contains(*key)), Code::KeyInUse)
    }

    /// The present statement key may stay while the authorities change. One that was replaced never comes back.
    fn require_new_server(&self, server: &ServerKeys) -> Result<(), Refusal> {
        let present = self.association.as_ref().and_then(|association| association.server.last());
        let stays = present.is_some_and(|(_, present)| present.statement_key == server.statement_key);
        require(stays || !self.keys.contains(server.statement_key.as_bytes()), Code::KeyInUse)
    }

    pub(super) fn require_new_sealing(&self, sealing: renkei_proto::hash::Hash32) -> Result<(), Refusal> {
        require(!self.keys.contains(&sealing.0), Code::KeyInUse)
    }

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
                    self.delegations
                        .insert(delegation, super::Delegation { facility, scope, until, operators_read, period });
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

pub(super) fn require_root(statement: &Statement) -> Result<(), Refusal> {
    require(statement.actor == Actor::Root && statement.role == Role::Root, Code::NotRoot)
}
