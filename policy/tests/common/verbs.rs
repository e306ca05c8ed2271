//! What people do, in one word each.

use renkei_policy::registry::Effect;
use renkei_proto::act::{
    Act, DelegationScope, Epoch, GroupAct, GroupKind, History, HistoryPolicy, Message, RegistryAct, ReleaseKey,
    StaffPledge,
};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, GroupId, InvitationId};
use renkei_proto::statement::Statement;

use super::*;

type Done = Result<(), Code>;

/// Keys of earlier epochs in boxes for these devices.
pub(crate) fn handed(first: u32, last: u32, to: &[Who], prepared_for: Option<InvitationId>) -> History {
    let devices = List::new(to.iter().map(|who| who.device).collect()).expect("few");
    History { first, last, devices, boxes: boxes(to.len()), prepared_for }
}

/// Commitment to the label of a group.
pub(crate) fn named(id: GroupId) -> Hash32 {
    digest(&[b"label", &id.0[..]].concat())
}

impl District {
    pub(crate) fn found(&mut self) -> Done {
        let act = RegistryAct::Found {
            root: root_key().public(),
            name: name("見本区医師会"),
            desk: DESK,
            desk_name: name("療養相談室"),
            server: server_keys(),
        };
        self.act(ROOT, act).map(|_| ())
    }

    pub(crate) fn appoint_operator(&mut self, who: Who) -> Done {
        let act = RegistryAct::AppointOperator { person: who.person(), device: who.registration() };
        self.act(ROOT, act).map(|_| ())
    }

    pub(crate) fn apply(&mut self, facility: FacilityId, manager: Who) -> Done {
        self.act(manager.manager(), RegistryAct::ApplyFacility(application(facility, manager))).map(|_| ())
    }

    pub(crate) fn admit(&mut self, seat: Seat, facility: FacilityId) -> Result<Vec<Effect>, Code> {
        let application = self.registry.now().facility(facility).map_or(Hash32::default(), |known| known.application);
        self.act(seat, RegistryAct::AdmitFacility { facility, application })
    }

    pub(crate) fn register(&mut self, seat: Seat, facility: FacilityId, who: Who) -> Done {
        self.act(seat, RegistryAct::RegisterStaff { facility, person: who.person() }).map(|_| ())
    }

    pub(crate) fn register_unpledged(&mut self, seat: Seat, facility: FacilityId, who: Who) -> Done {
        self.act(seat, RegistryAct::RegisterStaff { facility, person: who.unpledged() }).map(|_| ())
    }

    pub(crate) fn pledge(&mut self, seat: Seat, who: Who, pledge: StaffPledge) -> Done {
        self.act(seat, RegistryAct::RecordPledge { user: who.user, pledge }).map(|_| ())
    }

    pub(crate) fn approve_device(&mut self, seat: Seat, who: Who) -> Result<Vec<Effect>, Code> {
        self.act(seat, RegistryAct::ApproveDevice { user: who.user, device: who.registration() })
    }

    pub(crate) fn wipe(&mut self, seat: Seat, who: Who) -> Result<Vec<Effect>, Code> {
        self.act(seat, RegistryAct::WipeDevice { device: who.device })
    }

    pub(crate) fn end(&mut self, seat: Seat, who: Who) -> Result<Vec<Effect>, Code> {
        self.act(seat, RegistryAct::EndUser { user: who.user })
    }

    pub(crate) fn appoint(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::AppointAdministrator { user: who.user }).map(|_| ())
    }

    pub(crate) fn dismiss(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::DismissAdministrator { user: who.user }).map(|_| ())
    }

    pub(crate) fn hand_over(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::HandOverManagement { user: who.user }).map(|_| ())
    }

    pub(crate) fn grant(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::GrantGroupManager { user: who.user }).map(|_| ())
    }

    pub(crate) fn take_back(&mut self, seat: Seat, who: Who) -> Done {
        self.act(seat, RegistryAct::RevokeGroupManager { user: who.user }).map(|_| ())
    }

    /// A delegation for a year from now.
    pub(crate) fn delegate(&mut self, seat: Seat, n: u8, scope: DelegationScope, operators_read: bool) -> Done {
        let until = self.now.plus(A_YEAR);
        let act = RegistryAct::Delegate { delegation: delegation(n), scope, until, operators_read };
        self.act(seat, act).map(|_| ())
    }

    pub(crate) fn revoke(&mut self, seat: Seat, n: u8) -> Done {
        self.act(seat, RegistryAct::RevokeDelegation { delegation: delegation(n) }).map(|_| ())
    }

    pub(crate) fn create(&mut self, seat: Seat, id: GroupId, kind: GroupKind, reads: bool) -> Done {
        self.create_for(seat, CLINIC, id, kind, HistoryPolicy::All, reads)
    }

    pub(crate) fn create_for(
        &mut self,
        seat: Seat,
        originator: FacilityId,
        id: GroupId,
        kind: GroupKind,
        history: HistoryPolicy,
        creator_reads: bool,
    ) -> Done {
        let act = GroupAct::Create { kind, originator, history, creator_reads, label: boxes(1), named: named(id) };
        self.act_in(id, seat, Act::Group(act))
    }

    pub(crate) fn consent(&mut self, seat: Seat, id: GroupId) -> Done {
        self.act_in(id, seat, Act::Group(GroupAct::RecordConsent(consent())))
    }

    pub(crate) fn invite(&mut self, seat: Seat, id: GroupId, n: u8, who: Who) -> Done {
        self.invite_naming(seat, id, n, who, None)
    }

    /// Invites and names the release key under which earlier keys will be prepared.
    pub(crate) fn invite_releasing(&mut self, seat: Seat, id: GroupId, n: u8, who: Who) -> Done {
        self.invite_naming(seat, id, n, who, Some(release(n).hash()))
    }

    fn invite_naming(&mut self, seat: Seat, id: GroupId, n: u8, who: Who, release: Option<Hash32>) -> Done {
        let act = GroupAct::Invite { invitation: invitation(n), user: who.user, label: boxes(2), release };
        self.act_in(id, seat, Act::Group(act))
    }

    /// Approves invitation `n` as it was signed.
    pub(crate) fn approve(&mut self, seat: Seat, id: GroupId, n: u8) -> Done {
        self.approve_with(seat, id, n, None)
    }

    /// Approves it and publishes a release key.
    pub(crate) fn approve_with(&mut self, seat: Seat, id: GroupId, n: u8, release: Option<ReleaseKey>) -> Done {
        let known = self.groups.get(&id).and_then(|log| log.state.as_ref()?.invitation(invitation(n)));
        let answers = known.map_or(Hash32::default(), |known| known.statement);
        self.act_in(id, seat, Act::Group(GroupAct::Approve { invitation: invitation(n), answers, release }))
    }

    pub(crate) fn decline(&mut self, seat: Seat, id: GroupId, n: u8) -> Done {
        self.act_in(id, seat, Act::Group(GroupAct::Decline { invitation: invitation(n) }))
    }

    pub(crate) fn withdraw(&mut self, seat: Seat, id: GroupId, n: u8) -> Done {
        self.act_in(id, seat, Act::Group(GroupAct::Withdraw { invitation: invitation(n) }))
    }

    pub(crate) fn remove(&mut self, seat: Seat, id: GroupId, who: Who) -> Done {
        self.act_in(id, seat, Act::Group(GroupAct::Remove { user: who.user }))
    }

    pub(crate) fn close(&mut self, seat: Seat, id: GroupId) -> Done {
        self.act_in(id, seat, Act::Group(GroupAct::Close))
    }

    /// The next epoch for the roster of now, as an honest device writes it.
    pub(crate) fn epoch_draft(&mut self, seat: Seat, id: GroupId) -> Statement {
        let roster = self.roster(id);
        let number = self.group(id).epoch() + 1;
        let epoch = Epoch {
            number,
            roster: roster.hash(),
            commitment: digest(&number.to_be_bytes()),
            boxes: boxes(roster.len()),
            label: Blob::default(),
        };
        self.draft_in(id, seat, Act::Epoch(epoch))
    }

    pub(crate) fn epoch(&mut self, seat: Seat, id: GroupId) -> Done {
        let statement = self.epoch_draft(seat, id);
        self.submit(&statement).map(|_| ())
    }

    pub(crate) fn message_in(&mut self, seat: Seat, id: GroupId, epoch: u32) -> Done {
        let message = Message { epoch, salt: digest(b"salt"), flags: 0, ciphertext: Blob::default() };
        self.act_in(id, seat, Act::Message(message))
    }

    /// A message in the group's present epoch.
    pub(crate) fn message(&mut self, seat: Seat, id: GroupId) -> Done {
        let epoch = self.group(id).epoch();
        self.message_in(seat, id, epoch)
    }

    pub(crate) fn history(&mut self, seat: Seat, id: GroupId, first: u32, last: u32, to: &[Who]) -> Done {
        self.act_in(id, seat, Act::History(handed(first, last, to, None)))
    }

    /// Earlier keys prepared for whom invitation `n` invites.
    pub(crate) fn prepare(&mut self, seat: Seat, id: GroupId, n: u8, (first, last): (u32, u32), to: &[Who]) -> Done {
        self.act_in(id, seat, Act::History(handed(first, last, to, Some(invitation(n)))))
    }

    /// The device can't open the keys of these epochs.
    pub(crate) fn report(&mut self, seat: Seat, id: GroupId, first: u32, last: u32) -> Done {
        self.act_in(id, seat, Act::Group(GroupAct::ReportMissing { first, last }))
    }

    /// The device takes new sealing keys.
    pub(crate) fn rotate(&mut self, seat: Seat, sealing: Hash32) -> Done {
        self.act(seat, RegistryAct::RotateSealing { sealing }).map(|_| ())
    }

    // ---- scenes ---------------------------------------------------------------------------------------------------

    /// The association with its Desk and two operators.
    pub(crate) fn founded() -> Self {
        let mut d = Self::empty();
        d.found().expect("founded");
        d.appoint_operator(OPERATOR).expect("an operator");
        d.appoint_operator(COLLEAGUE).expect("another operator");
        d
    }

    /// A facility applies and is admitted by both operators.
    pub(crate) fn brings_in(&mut self, facility: FacilityId, manager: Who) {
        self.apply(facility, manager).expect("applied");
        self.admit(OPERATOR.operator(), facility).expect("a first voice");
        self.admit(COLLEAGUE.operator(), facility).expect("a second voice");
    }

    /// A person joins a facility with a first device.
    pub(crate) fn hires(&mut self, seat: Seat, facility: FacilityId, who: Who) {
        self.register(seat, facility, who).expect("registered");
        self.approve_device(seat, who).expect("a first device");
    }

    /// Clinic, station and office are in, the clerk and the nurse work.
    pub(crate) fn open() -> Self {
        let mut d = Self::founded();
        d.brings_in(CLINIC, DOCTOR);
        d.brings_in(STATION, CHIEF);
        d.brings_in(OFFICE, PLANNER);
        d.hires(DOCTOR.admin(), CLINIC, CLERK);
        d.hires(CHIEF.admin(), STATION, NURSE);
        d
    }

    /// A person of the station reads a group of the clinic.
    pub(crate) fn joins(&mut self, id: GroupId, n: u8, who: Who) {
        self.invite(DOCTOR.admin(), id, n, who).expect("invited");
        self.approve(CHIEF.admin(), id, n).expect("approved");
    }

    /// A patient group of the clinic with consent, read by doctor and nurse, in its first epoch.
    pub(crate) fn with_group(history: HistoryPolicy) -> Self {
        let mut d = Self::open();
        let g = group(1);
        d.create_for(DOCTOR.admin(), CLINIC, g, GroupKind::Patient, history, true).expect("a group");
        d.consent(DOCTOR.admin(), g).expect("consent");
        d.joins(g, 1, NURSE);
        d.epoch(DOCTOR.oneself(), g).expect("an epoch");
        d.message(NURSE.oneself(), g).expect("a message");
        d
    }
}
