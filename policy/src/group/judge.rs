//! From a statement to a new group: the checks that every act shares, and the table that leads to each article.

use renkei_proto::act::{Act, GroupAct, GroupKind, HistoryPolicy, PatientConsent, ReleaseKey};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::{LogId, Statement, Verified};
use renkei_proto::time::{Date, Time};

use super::roster::Roster;
use super::{
    By, ConsentRecord, EpochRecord, Given, Group, Invitation, InvitationState, Membership, Prepared, Seq, a04_card,
    a05_groups, a05_handover, a06_consent, a06_erasure, a06_scans, a08_approval, a12_files, a14_inquiries,
    s1_corrections, s3_uses, s5_incidents, s7_halt, sealing, u1_calls,
};
use crate::registry::{View, a08_deputies, duties};
use crate::{Refusal, require};

/// Proof that a group permits a statement. Made by [`judge`] only, for the state that it looked at.
#[derive(Debug, Clone)]
pub struct Judged {
    id: GroupId,
    size: u64,
    counter: (DeviceId, u64),
    by: By,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Created(Founding),
    Consented(PatientConsent),
    Invited { invitation: InvitationId, user: UserId, statement: Hash32, seen: u64, release: Option<Hash32> },
    Approved { invitation: InvitationId, release: Option<ReleaseKey>, opens: Vec<DeviceId> },
    Declined(InvitationId),
    Withdrawn(InvitationId),
    Removed(UserId),
    Closed,
    LabelHandedOn,
    Epoch { record: EpochRecord },
    HistoryGiven { devices: Vec<DeviceId>, first: u32, last: u32 },
    HistoryPrepared { invitation: InvitationId, registry: u64, devices: Vec<DeviceId>, first: u32, last: u32 },
    Missing { first: u32, last: u32 },
    Message,
    Amended { retracts: Option<Seq> },
    Seen { upto: Seq },
    Ending(a06_erasure::Step),
    HandoverOffered { to: FacilityId, statement: Hash32 },
    HandedOver,
    HandoverDropped,
    DownloadsForbidden,
    Card,
    CardKey,
    Use(s3_uses::Step),
    Inquiry(a14_inquiries::Step),
    Incident(s5_incidents::Step),
    ScanDeposited(a06_scans::NewDeposit),
    Call(u1_calls::Step),
}

/// What a group's first statement says.
#[derive(Debug, Clone, Copy)]
struct Founding {
    kind: GroupKind,
    originator: FacilityId,
    history: HistoryPolicy,
    creator_reads: bool,
    named: Hash32,
}

/// Decides on `verified` in `group` (none before its first entry), to be entered at `time` under the registry of
/// `view`, without changing anything.
pub fn judge(group: Option<&Group>, verified: &Verified, view: View<'_>, time: Time) -> Result<Judged, Refusal> {
    let statement = verified.statement();
    let LogId::Group(id) = statement.log else { return Err(Code::WrongLog.into()) };
    require(group.is_none_or(|group| group.id == id), Code::WrongLog)?;
    let association = view.registry.association().ok_or(Code::NotFounded)?;
    require(statement.association == association.id, Code::WrongLog)?;
    require(statement.rules == renkei_proto::RULES, Code::UnknownRules)?;
    let size = group.map_or(0, |group| group.size);
    require(statement.seen.registry.size <= view.size() && statement.seen.group.size <= size, Code::HeadMismatch)?;
    let (Some(user), Some(device)) = (statement.actor.user(), statement.actor.device()) else {
        return Err(Code::WrongRole.into());
    };
    duties::permit(view, statement, time, a14_inquiries::eases(group, statement))?;
    a08_deputies::permit(view, statement, time)?;
    let change = match group {
        None => judge_creation(statement, id, view, time)?,
        Some(group) => judge_change(group, verified, view, time)?,
    };
    let counter = group.map_or(0, |group| group.counter(device)) + 1;
    require(statement.counter == counter, Code::CounterWrong)?;
    let by = By { user, acting_for: statement.acting_for, seq: size, time };
    Ok(Judged { id, size, counter: (device, counter), by, change })
}

fn judge_creation(statement: &Statement, id: GroupId, view: View<'_>, time: Time) -> Result<Change, Refusal> {
    let Act::Group(GroupAct::Create { kind, originator, history, creator_reads, named, .. }) = statement.act else {
        return Err(Code::Unknown.into());
    };
    // Files of a facility's forms lie there (A3.1).
    require(view.drawer_of(id).is_none(), Code::AlreadyExists)?;
    match kind {
        GroupKind::Inquiry | GroupKind::Incident => {
            a14_inquiries::permit_opening(view, statement, kind, originator, history, creator_reads)?;
        }
        GroupKind::Patient | GroupKind::Free => {
            a05_groups::permit_creation(view, statement, id, kind, originator, creator_reads, time)?;
        }
    }
    Ok(Change::Created(Founding { kind, originator, history, creator_reads, named }))
}

fn judge_change(group: &Group, verified: &Verified, view: View<'_>, time: Time) -> Result<Change, Refusal> {
    let statement = verified.statement();
    a06_erasure::require_not_shut(group, &statement.act)?;
    a14_inquiries::require_fits(group, &statement.act)?;
    match &statement.act {
        Act::Registry(_) => Err(Code::WrongLog.into()),
        Act::Group(GroupAct::Create { .. }) => Err(Code::AlreadyExists.into()),
        Act::Group(GroupAct::RecordConsent(consent)) => {
            a06_consent::permit_record(group, view, statement, consent, time)?;
            Ok(Change::Consented(consent.clone()))
        }
        Act::Group(GroupAct::Invite { invitation, user, release, .. }) => {
            a05_groups::permit_invitation(group, view, statement, *invitation, *user, time)?;
            a05_groups::permit_release(group, *release)?;
            let (seen, statement) = (statement.seen.registry.size, verified.signed().hash());
            Ok(Change::Invited { invitation: *invitation, user: *user, statement, seen, release: *release })
        }
        Act::Group(GroupAct::Approve { invitation, answers, release }) => {
            a08_approval::permit_approval(group, view, statement, *invitation, *answers, time)?;
            a08_approval::permit_release(group, *invitation, release.as_ref())?;
            let opens = sealing::opens_with_release(group, view, *invitation);
            Ok(Change::Approved { invitation: *invitation, release: *release, opens })
        }
        Act::Group(GroupAct::Decline { invitation }) => {
            a08_approval::permit_decline(group, view, statement, *invitation)?;
            Ok(Change::Declined(*invitation))
        }
        Act::Group(GroupAct::Withdraw { invitation }) => {
            a05_groups::permit_withdrawal(group, view, statement, *invitation, time)?;
            Ok(Change::Withdrawn(*invitation))
        }
        Act::Group(GroupAct::Remove { user }) => {
            a05_groups::permit_removal(group, view, statement, *user, time)?;
            Ok(Change::Removed(*user))
        }
        Act::Group(GroupAct::HandOnLabel { .. }) => {
            a05_groups::permit_label(group, view, statement, time)?;
            Ok(Change::LabelHandedOn)
        }
        Act::Group(GroupAct::ReportMissing { first, last }) => {
            sealing::permit_report(group, view, statement, *first, *last, &Roster::of(group, view, time))?;
            Ok(Change::Missing { first: *first, last: *last })
        }
        Act::Group(GroupAct::ForbidDownload) => {
            a12_files::permit_forbidding(group, view, statement, time)?;
            Ok(Change::DownloadsForbidden)
        }
        Act::Group(GroupAct::Close) => {
            a05_groups::permit_close(group, view, statement, time)?;
            Ok(Change::Closed)
        }
        Act::Group(
            act @ (GroupAct::TakeInquiry
            | GroupAct::AnswerInquiry { .. }
            | GroupAct::CloseInquiry { .. }
            | GroupAct::ReopenInquiry),
        ) => a14_inquiries::judge(group, view, statement, act, time).map(Change::Inquiry),
        Act::Group(act @ (GroupAct::StateIncident { .. } | GroupAct::RecordMeasure { .. })) => {
            s5_incidents::judge(group, view, statement, act, time).map(Change::Incident)
        }
        Act::Group(act @ (GroupAct::Call { .. } | GroupAct::Acknowledge { .. } | GroupAct::StandIn { .. })) => {
            u1_calls::judge(group, view, statement, act, time).map(Change::Call)
        }
        Act::Group(GroupAct::DepositScan { of, file, content, commitment, .. }) => {
            let (of, file, content, commitment) = (*of, *file, *content, *commitment);
            let device = view.standing(statement)?.device;
            let deposit = a06_scans::NewDeposit { of, device, file, content, commitment };
            a06_scans::permit_deposit(group, view, statement, &deposit, time)?;
            Ok(Change::ScanDeposited(deposit))
        }
        Act::Group(act) => judge_ending(group, verified, act, view, time),
        Act::Epoch(epoch) => {
            let roster = Roster::of(group, view, time);
            sealing::permit_epoch(group, view, statement, epoch, &roster)?;
            let record = EpochRecord {
                number: epoch.number,
                seq: group.size,
                time,
                by: view.standing(statement)?.device,
                roster: epoch.roster,
                commitment: epoch.commitment,
                devices: roster.devices().map(|(device, _)| device).collect(),
            };
            Ok(Change::Epoch { record })
        }
        Act::History(history) => {
            sealing::permit_history(group, view, statement, history, &Roster::of(group, view, time), time)?;
            let (devices, first, last) = (history.devices.as_slice().to_vec(), history.first, history.last);
            Ok(match history.prepared_for {
                None => Change::HistoryGiven { devices, first, last },
                Some(invitation) => Change::HistoryPrepared { invitation, registry: view.size(), devices, first, last },
            })
        }
        _ => judge_writing(group, statement, view, time),
    }
}

/// What people write, and how far they have seen it.
fn judge_writing(group: &Group, statement: &Statement, view: View<'_>, time: Time) -> Result<Change, Refusal> {
    let roster = Roster::of(group, view, time);
    match &statement.act {
        Act::Message(message) => {
            sealing::permit_message(group, view, statement, message, &roster, time)?;
            Ok(Change::Message)
        }
        Act::Amend(amendment) => {
            s1_corrections::permit_amendment(group, view, statement, amendment, &roster, time)?;
            Ok(Change::Amended { retracts: amendment.words.is_none().then_some(amendment.original) })
        }
        Act::Post(post) => {
            a12_files::permit_post(group, view, statement, post, &roster, time)?;
            Ok(Change::Message)
        }
        Act::Seen { upto } => {
            s1_corrections::permit_mark(group, view, statement, *upto, &roster)?;
            Ok(Change::Seen { upto: *upto })
        }
        Act::Card(card) => {
            a04_card::permit_card(group, view, statement, card, &roster, time)?;
            Ok(Change::Card)
        }
        Act::CardKey(handed) => {
            a04_card::permit_card_key(group, view, statement, handed, &roster, time)?;
            Ok(Change::CardKey)
        }
        Act::Registry(_) | Act::Group(_) | Act::Epoch(_) | Act::History(_) => Err(Code::WrongLog.into()),
    }
}

/// Freeze, hold, erasure, handing over.
fn judge_ending(
    group: &Group,
    verified: &Verified,
    act: &GroupAct,
    view: View<'_>,
    time: Time,
) -> Result<Change, Refusal> {
    use a06_erasure::Step;
    let statement = verified.statement();
    let signed = verified.signed().hash();
    Ok(match *act {
        GroupAct::WithdrawConsent { by, on, scan } => {
            a06_erasure::permit_withdrawal_of_consent(group, view, statement, on, time)?;
            Change::Ending(Step::Withdrawn { by, on, scan, statement: signed })
        }
        GroupAct::LiftFreeze { on, scan } => {
            a06_erasure::permit_lifting(group, view, statement, (on, scan), time)?;
            Change::Ending(Step::Lift { on, scan })
        }
        GroupAct::HoldErasure { until, reason } => {
            Change::Ending(a06_erasure::permit_hold(group, view, statement, (until, reason), time)?)
        }
        GroupAct::OrderErasure => {
            a06_erasure::permit_order(group, view, statement, time)?;
            Change::Ending(Step::Ordered { statement: signed })
        }
        GroupAct::ConfirmErasure { answers } => {
            let (ordered, withdrawn) = a06_erasure::permit_confirmation(group, view, statement, answers, time)?;
            Change::Ending(Step::Erased { ordered, withdrawn })
        }
        GroupAct::Halt => {
            s7_halt::permit_halting(group, view, statement, time)?;
            Change::Ending(Step::Halted)
        }
        GroupAct::Resume => {
            s7_halt::permit_resuming(group, view, statement, time)?;
            Change::Ending(Step::Resumed)
        }
        GroupAct::OfferHandover { to, .. } => {
            a05_handover::permit_offer(group, view, statement, to, time)?;
            Change::HandoverOffered { to, statement: signed }
        }
        GroupAct::AcceptHandover { answers } => {
            a05_handover::permit_acceptance(group, view, statement, answers)?;
            Change::HandedOver
        }
        GroupAct::DropHandover => {
            a05_handover::permit_drop(group, view, statement, time)?;
            Change::HandoverDropped
        }
        _ => return judge_use(group, statement, act, view, time),
    })
}

/// Uses beyond the group, and sealed details that are handed on.
fn judge_use(
    group: &Group,
    statement: &Statement,
    act: &GroupAct,
    view: View<'_>,
    time: Time,
) -> Result<Change, Refusal> {
    use s3_uses::Step;
    Ok(Change::Use(match *act {
        GroupAct::HandOnDetails { of, commitment, .. } => {
            s3_uses::permit_handing_on(group, view, statement, (of, commitment), time)?;
            Step::HandedOn { of, commitment }
        }
        GroupAct::RecordUseConsent { by, signed_on, scan } => {
            s3_uses::permit_consent(group, view, statement, signed_on, time)?;
            Step::Consented { by, signed_on, scan }
        }
        GroupAct::RecordUse { kind, on, consent, commitment, .. } => {
            s3_uses::permit_use(group, view, statement, (consent, on), time)?;
            Step::Used { kind, on, consent, details: commitment }
        }
        GroupAct::WithdrawUseConsent { on, scan, .. } => {
            s3_uses::permit_withdrawal(group, view, statement, on, time)?;
            Step::Withdrawn { on, scan }
        }
        GroupAct::SettleUse { of, outcome, on } => {
            s3_uses::permit_settling(group, view, statement, (of, on), time)?;
            Step::Settled { of, outcome, on }
        }
        _ => return Err(Code::Unknown.into()),
    }))
}

impl Judged {
    /// Takes in what was judged. `false`, and nothing done, if the group has moved on since: judge again.
    pub fn fold(self, group: &mut Option<Group>) -> bool {
        if group.as_ref().is_some_and(|group| group.id != self.id)
            || group.as_ref().map_or(0, |group| group.size) != self.size
        {
            return false;
        }
        if let Change::Created(founding) = self.change {
            *group = Some(created(self.id, self.by, founding));
        } else if let Some(group) = group {
            fold_change(group, self.by, self.counter.0, self.change);
        } else {
            return false;
        }
        if let Some(group) = group {
            group.size = self.size + 1;
            group.counters.insert(self.counter.0, self.counter.1);
        }
        true
    }
}

fn created(id: GroupId, by: By, founding: Founding) -> Group {
    let Founding { kind, originator, history, creator_reads, named } = founding;
    let mut group = Group {
        id,
        size: 0,
        kind,
        originator,
        history,
        created: by,
        consent: None,
        closed: None,
        members: std::collections::BTreeMap::new(),
        invitations: std::collections::BTreeMap::new(),
        epochs: Vec::new(),
        given: std::collections::BTreeMap::new(),
        missing: std::collections::BTreeMap::new(),
        written: 0,
        messages: 0,
        named,
        counters: std::collections::BTreeMap::new(),
        rows: super::written::Rows::default(),
        retracted: std::collections::BTreeSet::new(),
        seen: std::collections::BTreeMap::new(),
        ending: a06_erasure::Ending::default(),
        no_download: None,
        offer: None,
        former: Vec::new(),
        card: None,
        uses: super::s3_uses::Uses::default(),
        inquiry: a14_inquiries::Inquiry::default(),
        incident: s5_incidents::Incident::default(),
        scans: a06_scans::Scans::default(),
        calls: super::u1_calls::Calls::default(),
    };
    if creator_reads {
        let membership = Membership { invited: by, approved: by, first_epoch: 1, ended: None };
        group.members.insert(by.user, vec![membership]);
    }
    group
}

/// The form on paper that a change records: what it is, the day on it, and the hash of its scan.
fn form_of(change: &Change) -> Option<(a06_scans::FormKind, Date, Hash32)> {
    use a06_scans::FormKind;
    Some(match change {
        Change::Consented(consent) => (FormKind::Consent, consent.signed_on, consent.scan),
        Change::Ending(a06_erasure::Step::Withdrawn { on, scan, .. }) => (FormKind::Withdrawal, *on, *scan),
        Change::Ending(a06_erasure::Step::Lift { on, scan }) => (FormKind::Lifting, *on, *scan),
        Change::Use(s3_uses::Step::Consented { signed_on, scan, .. }) => (FormKind::UseConsent, *signed_on, *scan),
        Change::Use(s3_uses::Step::Withdrawn { on, scan }) => (FormKind::UseWithdrawal, *on, *scan),
        _ => return None,
    })
}

fn fold_change(group: &mut Group, by: By, device: DeviceId, change: Change) {
    if let Some((kind, on, scan)) = form_of(&change) {
        group.fold_form(by, kind, on, scan);
    }
    match change {
        Change::Created(_) | Change::LabelHandedOn => {}
        Change::Message => group.note_written(device, false),
        Change::Amended { retracts } => {
            group.note_written(device, true);
            group.retracted.extend(retracts);
        }
        Change::Seen { upto } => drop(group.seen.insert(by.user, upto)),
        Change::Consented(consent) => group.consent = Some(ConsentRecord { consent, recorded: by }),
        Change::Invited { invitation, user, statement, seen, release } => {
            let state = InvitationState::Open;
            let invited = Invitation { user, invited: by, statement, seen, release, prepared: None, state };
            group.invitations.insert(invitation, invited);
        }
        Change::Approved { invitation: id, release, opens } => {
            let first_epoch = group.first_epoch_for_newcomer();
            if let Some(invitation) = group.invitations.get_mut(&id) {
                invitation.state = InvitationState::Approved(by);
                let membership = Membership { invited: invitation.invited, approved: by, first_epoch, ended: None };
                group.members.entry(invitation.user).or_default().push(membership);
                if let (Some(prepared), Some(release)) = (&mut invitation.prepared, release) {
                    prepared.released = Some(release);
                    let (first, last) = (prepared.first, prepared.last);
                    let given = Given { by: prepared.by, time: prepared.time };
                    give(group, given, &opens, first.max(first_epoch), last);
                }
            }
        }
        Change::Declined(id) => settle(group, id, InvitationState::Declined(by)),
        Change::Withdrawn(id) => settle(group, id, InvitationState::Withdrawn(by)),
        Change::Removed(user) => {
            let present = group.members.get_mut(&user).and_then(|memberships| memberships.last_mut());
            if let Some(membership) = present {
                membership.ended = Some(by);
            }
        }
        Change::Closed => group.closed = Some(by),
        Change::DownloadsForbidden => group.no_download = Some(by),
        Change::Ending(step) => group.fold_ending(by, step),
        Change::HandoverOffered { to, statement } => group.fold_offer(by, to, statement),
        Change::HandedOver => group.fold_acceptance(by),
        Change::HandoverDropped => group.fold_drop(),
        Change::Card => group.fold_card(device),
        Change::CardKey => group.fold_card_key(device),
        Change::Use(step) => group.fold_use(by, step),
        Change::Inquiry(step) => group.fold_inquiry(by, step),
        Change::Incident(step) => group.fold_incident(by, step),
        Change::ScanDeposited(deposit) => group.fold_deposit(by, deposit),
        Change::Call(step) => group.fold_call(by, step),
        Change::Epoch { record } => {
            group.epochs.push(record);
            group.written = 0;
        }
        Change::HistoryGiven { devices, first, last } => {
            give(group, Given { by: device, time: by.time }, &devices, first, last);
        }
        Change::HistoryPrepared { invitation, registry, devices, first, last } => {
            if let Some(invitation) = group.invitations.get_mut(&invitation) {
                let (seq, time, released) = (by.seq, by.time, None);
                let prepared = Prepared { seq, time, registry, by: device, first, last, devices, released };
                invitation.prepared = Some(prepared);
            }
        }
        Change::Missing { first, last } => {
            for epoch in first..=last {
                let giver = sealing::given(group, device, epoch).map(|given| given.by);
                let missing = group.missing.entry((device, epoch)).or_default();
                missing.rubbish_from.extend(giver);
                missing.now = true;
            }
        }
    }
}

/// These devices have these keys now.
fn give(group: &mut Group, given: Given, devices: &[DeviceId], first: u32, last: u32) {
    for &device in devices {
        for epoch in first..=last {
            group.given.insert((device, epoch), given);
            if let Some(missing) = group.missing.get_mut(&(device, epoch)) {
                missing.now = false;
            }
        }
    }
}

fn settle(group: &mut Group, id: InvitationId, state: InvitationState) {
    if let Some(invitation) = group.invitations.get_mut(&id) {
        invitation.state = state;
    }
}
