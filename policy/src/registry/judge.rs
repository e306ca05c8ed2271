//! From a statement to a new registry: the checks that every act shares, and the table that leads to each article.

mod fold;

use renkei_proto::act::{Act, Person, RegistryAct, ServerKeys};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, FacilityId, UserId};
use renkei_proto::statement::{Actor, LogId, Role, Statement, Verified};
use renkei_proto::time::Time;

use super::{
    Registry, Seq, a03_admission, a03_end, a04_delegation, a07_administrators, a08_deputies, a08_devices, a08_factors,
    a08_staff, a08_unlock, a09_leaving, a09_pledge, a09_review, a09_scans, a10_notices, a12_posture, a12_suspension,
    a12_takeout, a12_wipe, a13_settings, a15_training, duties, s4_announcements, s6_broadcasts, s8_official, u1_reach,
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
            RegistryAct::DraftAnnouncement(draft) => s4_announcements::permit_draft(view, statement, draft),
            RegistryAct::CheckAnnouncement { announcement, text, approve } => {
                s4_announcements::permit_check(view, statement, (*announcement, *text), *approve)
            }
            RegistryAct::PublishAnnouncement { announcement, text } => {
                s4_announcements::permit_publication(view, statement, *announcement, *text)
            }
            RegistryAct::WithdrawAnnouncement { announcement } => {
                s4_announcements::permit_withdrawal(view, statement, *announcement)
            }
            RegistryAct::NameOfficial(account) => s8_official::permit_naming(view, statement, account),
            RegistryAct::WithdrawOfficial { user } => s8_official::permit_withdrawal(view, statement, *user),
            RegistryAct::SetQuietHours { hours } => u1_reach::permit_quiet(view, statement, *hours),
            RegistryAct::SetTelephone { facility, number } => {
                u1_reach::permit_telephone(view, statement, *facility, number.as_ref())
            }
            RegistryAct::Broadcast { drill, .. } => s6_broadcasts::permit_broadcast(view, statement, *drill, time),
            RegistryAct::CloseBroadcast { broadcast } => s6_broadcasts::permit_closing(view, statement, *broadcast),
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
}

pub(super) fn require_root(statement: &Statement) -> Result<(), Refusal> {
    require(statement.actor == Actor::Root && statement.role == Role::Root, Code::NotRoot)
}
