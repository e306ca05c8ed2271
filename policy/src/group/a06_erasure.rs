//! Articles 5 and 6: the end of what was written. A withdrawn consent freezes a group at once and then erases it (A6.2); a
//! closed one is erased when it has been kept for long enough (A5.1).
//!
//! Erasure always takes two people: one records the withdrawal, or orders it; another confirms exactly that. The
//! confirmation is the erasure: with its entry the content is gone, for the server and for every device, and the entry
//! proves by whom and when. A hold keeps it from being confirmed; two people shorten one, and two lift a freeze by mistake.
//!
//! An operator of the Desk helps out as a second person without a delegation, and never instead of the originator: of any two
//! voices one is the originator's, or spoken for it by delegation. Alone an operator only protects: sets a hold, and records a
//! withdrawal where the originator is suspended and can't.
//!
//! What stays is governance and the headers of everything, so that the chain still verifies. An epoch whose body is
//! erased is folded from its header: for whom it was made follows from who read the group then.

use renkei_proto::act::{Act, ConsentBy, GroupAct, GroupKind, HoldReason};
use renkei_proto::code::Code;
use renkei_proto::entry::EntryKind;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{DAY, Date, Time};
use serde::{Deserialize, Serialize};

use super::a04_origination::require_originator;
use super::a05_groups::require_open;
use super::a14_inquiries::KEPT_YEARS;
use super::roster::Roster;
use super::s3_uses::require_settled;
use super::{By, EpochRecord, Group, s5_incidents};
use crate::registry::View;
use crate::{Refusal, require};

/// Longest hold, in seconds: ten years, as long as any record of care is asked for. It can be set anew.
pub const LONGEST_HOLD: u64 = 10 * 366 * DAY;

/// A hold is over when its day has begun everywhere: 26 hours after it began anywhere.
const EVERYWHERE: u64 = 26 * 3600;

/// Seconds of a year of retention: never less than a calendar year.
const YEAR: u64 = 366 * DAY;

/// That the consent was withdrawn, or that erasure was ordered: what a second person confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// By whom.
    pub by: By,
    /// Hash of the signed statement, which a confirmation must name.
    pub statement: Hash32,
}

/// A withdrawal of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who recorded it.
    pub order: Order,
    /// Who withdrew.
    pub by: ConsentBy,
    /// The day on the paper.
    pub on: Date,
    /// SHA-256 of its scan.
    pub scan: Hash32,
}

/// A first signature under lifting the freeze.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Lifting {
    by: By,
    on: Date,
    scan: Hash32,
}

/// A hold on erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Until this day begins.
    pub until: Date,
    /// Why.
    pub reason: HoldReason,
    /// By whom.
    pub by: By,
}

impl Hold {
    /// Whether it still holds at `time`.
    pub fn holds(&self, time: Time) -> bool {
        !self.until.begun_by(Time(time.0.saturating_sub(EVERYWHERE)))
    }
}

/// A first signature under shortening a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Shortening {
    by: By,
    until: Date,
}

/// That the group was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Who recorded the withdrawal or ordered it.
    pub ordered: By,
    /// Who confirmed it.
    pub confirmed: By,
    /// Whether because the consent was withdrawn.
    pub withdrawn: bool,
}

/// How far a group is on the way to its erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ending {
    withdrawal: Option<Withdrawal>,
    lifting: Option<Lifting>,
    hold: Option<Hold>,
    shortening: Option<Shortening>,
    order: Option<Order>,
    erased: Option<Erased>,
    /// Halted for the moment (S7).
    halted: Option<By>,
    /// Whether a withdrawal or an order was ever recorded.
    begun: bool,
}

/// What an act of this article changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Withdrawn { by: ConsentBy, on: Date, scan: Hash32, statement: Hash32 },
    Lift { on: Date, scan: Hash32 },
    Held { until: Date, reason: HoldReason },
    Shorten { until: Date },
    Ordered { statement: Hash32 },
    Erased { ordered: By, withdrawn: bool },
    Halted,
    Resumed,
}

impl Group {
    /// The withdrawal of consent that froze the group.
    pub fn frozen(&self) -> Option<Withdrawal> {
        self.ending.withdrawal
    }

    /// The hold on erasure, over or not.
    pub fn hold(&self) -> Option<Hold> {
        self.ending.hold
    }

    /// Until when somebody has signed that the hold be shortened, which waits for a second person.
    pub fn shortening(&self) -> Option<Date> {
        self.ending.shortening.map(|one| one.until)
    }

    /// The order of erasure that waits for its confirmation.
    pub fn ordered(&self) -> Option<Order> {
        self.ending.order
    }

    /// By whose doing it was erased, once it was.
    pub fn erased(&self) -> Option<Erased> {
        self.ending.erased
    }

    /// Who halted the group, while it is halted (S7).
    pub fn halted(&self) -> Option<By> {
        self.ending.halted
    }

    /// Why content goes to nobody, if it is so: erased, frozen, or halted.
    pub fn shut(&self) -> Option<Code> {
        let frozen = self.ending.withdrawal.map(|_| Code::ConsentWithdrawn);
        let halted = self.ending.halted.map(|_| Code::GroupHalted);
        self.ending.erased.map(|_| Code::GroupErased).or(frozen).or(halted)
    }

    /// Whether content goes to nobody.
    pub fn is_shut(&self) -> bool {
        self.shut().is_some()
    }

    /// Whether its content is on the way to its end, or gone: consent was withdrawn, or it was erased. A group that is only halted
    /// goes on.
    pub fn is_ending(&self) -> bool {
        self.ending.withdrawal.is_some() || self.ending.erased.is_some()
    }

    /// What a confirmation would answer now: the withdrawal, or the order.
    pub fn to_confirm(&self) -> Option<Order> {
        let order = self.ending.withdrawal.map(|withdrawal| withdrawal.order).or(self.ending.order);
        order.filter(|_| self.ending.erased.is_none())
    }

    /// Whether somebody has signed that the freeze be lifted, and a second person has not yet.
    pub fn lifting(&self) -> bool {
        self.ending.lifting.is_some()
    }

    /// When the group was closed: by its originator, with the end of that facility's admission, or as an inquiry.
    pub fn closed_at(&self, view: View<'_>) -> Option<Time> {
        let own = self.closed.map(|by| by.time);
        let with_facility = view.ended(self.originator).map(|(_, time)| time);
        let inquiry = self.inquiry_closed().map(|(by, _)| by.time);
        own.into_iter().chain(with_facility).chain(inquiry).min()
    }

    /// From when on it may be ordered that the closed group be erased (A5.1).
    pub fn due(&self, view: View<'_>) -> Option<Time> {
        let years = match self.kind {
            GroupKind::Patient => view.rules(Some(self.originator)).retention,
            // No patient's record: nothing asks that it be kept.
            GroupKind::Free => 0,
            GroupKind::Inquiry => KEPT_YEARS,
            GroupKind::Incident => s5_incidents::KEPT_YEARS,
        };
        let closed = self.closed_at(view).filter(|_| self.ending.erased.is_none())?;
        Some(closed.plus(u64::from(years) * YEAR))
    }

    pub(super) fn fold_ending(&mut self, by: By, step: Step) {
        let ending = &mut self.ending;
        ending.begun |= matches!(step, Step::Withdrawn { .. } | Step::Ordered { .. });
        match step {
            Step::Withdrawn { by: who, on, scan, statement } => {
                ending.withdrawal = Some(Withdrawal { order: Order { by, statement }, by: who, on, scan });
            }
            Step::Lift { on, scan } => {
                let signed = ending.lifting.filter(|one| (one.on, one.scan) == (on, scan) && one.by.user != by.user);
                ending.lifting = signed.is_none().then_some(Lifting { by, on, scan });
                if signed.is_some() {
                    ending.withdrawal = None;
                }
            }
            Step::Held { until, reason } => {
                ending.hold = Some(Hold { until, reason, by });
                ending.shortening = None;
            }
            Step::Shorten { until } => ending.shortening = Some(Shortening { by, until }),
            Step::Ordered { statement } => ending.order = Some(Order { by, statement }),
            Step::Halted => ending.halted = Some(by),
            Step::Resumed => ending.halted = None,
            Step::Erased { ordered, withdrawn } => {
                ending.erased = Some(Erased { ordered, confirmed: by, withdrawn });
            }
        }
    }

    /// Takes in an epoch whose body was erased: for exactly those who read the group then.
    pub fn pass_over_epoch(&mut self, view: View<'_>, author: DeviceId, time: Time) {
        let roster = Roster::of(self, view, time);
        let record = EpochRecord {
            number: self.epoch() + 1,
            seq: self.size,
            time,
            by: author,
            roster: roster.hash(),
            commitment: Hash32::default(),
            devices: roster.devices().map(|(device, _)| device).collect(),
        };
        self.epochs.push(record);
        self.written = 0;
        *self.counters.entry(author).or_default() += 1;
        self.size += 1;
    }
}

/// Whether the body of such an entry is erased with its group. What is kept beside an entry of a group, all of it is.
pub const fn goes_with_erasure(kind: EntryKind) -> bool {
    // An epoch's body has the group's label.
    kind.is_content() || matches!(kind, EntryKind::Epoch)
}

/// In a frozen or halted group nothing is done but what leads out of it, or lets somebody go. In an erased one nothing at all.
pub(super) fn require_not_shut(group: &Group, act: &Act) -> Result<(), Refusal> {
    require(group.ending.erased.is_none(), Code::GroupErased)?;
    let leads_out = matches!(
        act,
        Act::Group(
            GroupAct::WithdrawConsent { .. }
                | GroupAct::LiftFreeze { .. }
                | GroupAct::HoldErasure { .. }
                | GroupAct::OrderErasure
                | GroupAct::ConfirmErasure { .. }
                | GroupAct::Close
                | GroupAct::Remove { .. }
                | GroupAct::Decline { .. }
                | GroupAct::Withdraw { .. }
                | GroupAct::HandOnLabel { .. }
                | GroupAct::DropHandover
                | GroupAct::HandOnDetails { .. }
                | GroupAct::SettleUse { .. }
                | GroupAct::DepositScan { .. }
                | GroupAct::Resume
        )
    );
    match group.shut() {
        Some(code) if !leads_out => Err(code.into()),
        _ => Ok(()),
    }
}

/// The actor is one of those who answer for the group's end: an SNS administrator of the originator, not only somebody who
/// may invite for it; or an operator of the Desk in its place.
pub(super) fn require_steward(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    time: Time,
) -> Result<UserId, Refusal> {
    let standing = require_originator(view, statement, group.originator, group.id, time)?;
    require(statement.role != Role::GroupManager, Code::NotAdministrator)?;
    Ok(standing.user)
}

/// Likewise; and any operator of the Desk, who is a second person where the originator has nobody else.
fn require_second(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<UserId, Refusal> {
    if statement.role == Role::Operator && statement.acting_for.is_none() {
        let standing = view.standing(statement)?;
        require(view.is_operator(standing.user), Code::NotOperator)?;
        return Ok(standing.user);
    }
    require_steward(group, view, statement, time)
}

/// Whether a voice is the originator's, or was given for it; an operator's own is not, but of the Desk's own groups, and of
/// those that a facility has left behind.
fn for_originator(group: &Group, view: View<'_>, user: UserId, delegated: bool) -> bool {
    let of_desk = view.user(user).is_some_and(|person| view.is_desk(person.facility));
    delegated || !of_desk || view.is_desk(group.originator) || view.ended(group.originator).is_some()
}

/// `by` signed before, and `statement` would be the second voice: one of the two is the originator's.
fn require_one_of_originator(
    group: &Group,
    view: View<'_>,
    (user, statement): (UserId, &Statement),
    by: By,
) -> Result<(), Refusal> {
    let first = for_originator(group, view, by.user, by.acting_for.is_some());
    let second = for_originator(group, view, user, statement.acting_for.is_some());
    require(first || second, Code::NotOriginator)
}

/// Also of a closed group. Whoever may invite may do this: it only takes away. For an originator that is suspended, and has
/// nobody who could, an operator of the Desk does: the patient's word waits for nobody.
pub(super) fn permit_withdrawal_of_consent(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    on: Date,
    time: Time,
) -> Result<(), Refusal> {
    if view.facility_suspended(group.originator) && statement.role == Role::Operator {
        require_second(group, view, statement, time)?;
    } else {
        require_originator(view, statement, group.originator, group.id, time)?;
    }
    require(group.kind == GroupKind::Patient, Code::ConsentNotApplicable)?;
    let consent = group.consent.as_ref().ok_or(Code::ConsentMissing)?;
    require(group.ending.withdrawal.is_none(), Code::NothingToDo)?;
    require(consent.consent.signed_on <= on && on.begun_by(time), Code::DateOutOfRange)
}

pub(super) fn permit_lifting(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    (on, scan): (Date, Hash32),
    time: Time,
) -> Result<(), Refusal> {
    let user = require_second(group, view, statement, time)?;
    require(group.ending.withdrawal.is_some(), Code::NothingToDo)?;
    require(on.begun_by(time), Code::DateOutOfRange)?;
    let Some(first) = group.ending.lifting.filter(|one| (one.on, one.scan) == (on, scan)) else { return Ok(()) };
    require(first.by.user != user, Code::SecondPersonRequired)?;
    require_one_of_originator(group, view, (user, statement), first.by)
}

/// One person sets or lengthens a hold; two shorten it.
pub(super) fn permit_hold(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    (until, reason): (Date, HoldReason),
    time: Time,
) -> Result<Step, Refusal> {
    let user = require_second(group, view, statement, time)?;
    require(until.begun_by(time.plus(LONGEST_HOLD)), Code::DateOutOfRange)?;
    let Some(hold) = group.ending.hold.filter(|hold| hold.holds(time)) else {
        require(!until.begun_by(time), Code::DateOutOfRange)?;
        return Ok(Step::Held { until, reason });
    };
    require(until != hold.until, Code::NothingToDo)?;
    if until < hold.until {
        let Some(first) = group.ending.shortening.filter(|one| one.until == until) else {
            return Ok(Step::Shorten { until });
        };
        require(first.by.user != user, Code::SecondPersonRequired)?;
        require_one_of_originator(group, view, (user, statement), first.by)?;
    }
    Ok(Step::Held { until, reason })
}

pub(super) fn permit_order(group: &Group, view: View<'_>, statement: &Statement, time: Time) -> Result<(), Refusal> {
    require_steward(group, view, statement, time)?;
    require(group.due(view).is_some_and(|due| due <= time), Code::RetentionRunning)
}

/// Gives who ordered what is confirmed, and whether that was a withdrawal of consent.
pub(super) fn permit_confirmation(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    answers: Hash32,
    time: Time,
) -> Result<(By, bool), Refusal> {
    let user = require_second(group, view, statement, time)?;
    let withdrawn = group.ending.withdrawal.map(|withdrawal| (withdrawal.order, true));
    let ordered = group.ending.order.map(|order| (order, false));
    let named = withdrawn.into_iter().chain(ordered).find(|(order, _)| order.statement == answers);
    let (order, withdrawn) = named.ok_or(Code::Unknown)?;
    require(order.by.user != user, Code::SecondPersonRequired)?;
    require_one_of_originator(group, view, (user, statement), order.by)?;
    // The originator may have changed what is set since; what was due stays so only as long as it is.
    require(withdrawn || group.due(view).is_some_and(|due| due <= time), Code::RetentionRunning)?;
    require(group.ending.hold.is_none_or(|hold| !hold.holds(time)), Code::ErasureHeld)?;
    if withdrawn {
        require_settled(group)?;
    }
    Ok((order.by, withdrawn))
}

/// What can be asked of an epoch whose body was erased: that its author read the group with that device, and that it was
/// open. That the group was really erased, a later entry must say: see [`Group::erased`].
pub fn permit_erased_epoch(group: &Group, view: View<'_>, author: DeviceId, time: Time) -> Result<(), Refusal> {
    let roster = Roster::of(group, view, time);
    let user = view.device(author).ok_or(Code::Unknown)?.user;
    require(roster.has(user, author), Code::NotAReader)?;
    require_open(group, view)?;
    group.shut().map_or(Ok(()), |code| Err(code.into()))
}

/// Whether the group's end ever waited for a second person: the Desk follows its governance from then on, so that it can be
/// that person and sees what came of it.
pub fn concerns_desk(group: &Group) -> bool {
    group.ending.begun
}
