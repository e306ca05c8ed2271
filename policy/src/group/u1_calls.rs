//! U1: an urgent message rings until somebody has acknowledged it, and everything else stays quiet.
//!
//! The author of a message calls up to [`bounds::CALLED`] readers for it. For each of them, since the call:
//!
//! ```text
//!            the person rings ──────▶ who stands in rings too ──────▶ the author is told to telephone
//!   0 min                     3 min                           6 min                                30 min: silence
//! ```
//!
//! Who has quiet hours at the call, or while it goes on, does not ring in them: who stands in rings at once. Where nobody stands in, reads the
//! group and may be rung, that step falls away: the author is told to telephone the sooner, in the worst case at once.
//! It ends for a person with the acknowledgement, by that person or by who was called in the place; for everybody when the
//! author calls it off or takes the message back, or when the group is shut. After half an hour it rings no more; it is
//! shown as not acknowledged, and the author is told to telephone, for half a day.
//!
//! All of it is a function of the log, the registry and the time: the server rings by it, whether the author is there or
//! not, and after a fall goes on by it; every client shows by it. Nobody is rung by what a client says alone.

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::GroupAct;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::Statement;
use renkei_proto::time::{DAY, Time};
use serde::{Deserialize, Serialize};

use super::a05_groups::require_open;
use super::roster::Roster;
use super::sealing::{require_reader, require_writer};
use super::{By, Group, Seq};
use crate::registry::View;
use crate::{Refusal, require};

/// Seconds for which a person rings alone: to get out of the patient's room, and to the telephone.
pub const ALONE: u64 = 3 * 60;

/// Seconds for which the person and who stands in ring together before the author is told to telephone.
pub const TOGETHER: u64 = 3 * 60;

/// Seconds after which nothing rings any more: whoever could hear it has heard it sixty times.
pub const RINGS_FOR: u64 = 30 * 60;

/// Seconds after which a call is over by itself. Until then it is the first thing that those whom it concerns see.
pub const CALL_ENDS: u64 = 12 * 3_600;

/// The urgent messages of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Calls {
    made: BTreeMap<Seq, Call>,
    /// Who is called in whose place.
    stand_ins: BTreeMap<UserId, UserId>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Who called: the message's author.
    pub by: By,
    /// The message.
    pub message: Seq,
    /// Whom.
    pub of: Vec<UserId>,
    /// Who acknowledged it, for each person called.
    pub acknowledged: BTreeMap<UserId, By>,
    /// Its author calls nobody any more.
    pub called_off: Option<By>,
}

/// How a call ended for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Over {
    /// Acknowledged, by that person or who stands in.
    Acknowledged(By),
    /// The author called it off.
    CalledOff(By),
    /// The message was taken back.
    Retracted,
    /// The group is closed, halted, frozen or erased.
    Stopped,
    /// The person does not read the group any more.
    Gone,
    /// Half a day has gone by.
    Expired,
}

/// A call to one person, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The person.
    pub user: UserId,
    /// Who stands in, and may be rung.
    pub stand_in: Option<UserId>,
    /// What goes on; none when it is over.
    pub stage: Stage,
    /// How it ended.
    pub over: Option<Over>,
}

/// What goes on for one person, at one moment. All false where it is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four things that go on at once or not")]
pub struct Stage {
    /// The person rings.
    pub rings: bool,
    /// Who stands in is called.
    pub stand_in_called: bool,
    /// Who stands in rings.
    pub stand_in_rings: bool,
    /// The author is to telephone.
    pub telephone: bool,
}

/// What decides about a stage, beside the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// When it was called.
    pub called: Time,
    /// Whether the person had quiet hours then, and has them now.
    pub quiet: (bool, bool),
    /// The same of who stands in, if somebody does and reads the group.
    pub stand_in: Option<(bool, bool)>,
}

impl Circumstances {
    /// What goes on at `now` where it is not over.
    pub fn stage(self, now: Time) -> Stage {
        let passed = now.since(self.called);
        let loud = passed < RINGS_FOR;
        // Who is not rung has nothing to be waited for: also where quiet hours have begun since.
        let alone = if self.quiet.0 || self.quiet.1 { 0 } else { ALONE };
        let rung = self.stand_in.filter(|(then, _)| !then);
        let stand_in_called = rung.is_some() && passed >= alone;
        let together = if rung.is_some_and(|(_, now)| !now) { TOGETHER } else { 0 };
        Stage {
            rings: loud && !self.quiet.1,
            stand_in_called,
            stand_in_rings: stand_in_called && loud && rung.is_some_and(|(_, now)| !now),
            telephone: passed >= alone + together,
        }
    }
}

/// What an urgent message is to somebody now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// It rings.
    Rings,
    /// It waits to be acknowledged, and does not ring.
    Waits,
    /// As its author, one is to telephone.
    Telephone,
}

/// What an act of this row changes.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Called { message: Seq, of: Vec<UserId> },
    Acknowledged { call: Seq, lines: Vec<UserId>, off: bool },
    StandsIn { user: UserId, by: Option<UserId> },
}

impl Group {
    /// The call at this place.
    pub fn call(&self, at: Seq) -> Option<&Call> {
        self.calls.made.get(&at)
    }

    /// Every call, in order.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = (Seq, &Call)> {
        self.calls.made.iter().map(|(&at, call)| (at, call))
    }

    /// Those that are not over by themselves at `now`, the latest first.
    pub fn recent_calls(&self, now: Time) -> impl Iterator<Item = (Seq, &Call)> {
        self.calls().rev().take_while(move |(_, call)| now.since(call.by.time) < CALL_ENDS)
    }

    /// Who was named to be called in the place of `user`.
    pub fn stand_in(&self, user: UserId) -> Option<UserId> {
        self.calls.stand_ins.get(&user).copied()
    }

    /// What goes on at `now` for each person called.
    pub fn lines<'a>(&'a self, view: View<'a>, call: &'a Call, now: Time) -> impl Iterator<Item = Line> + 'a {
        call.of.iter().map(move |&user| self.line(view, call, user, now))
    }

    fn line(&self, view: View<'_>, call: &Call, user: UserId, now: Time) -> Line {
        let answered = call.acknowledged.get(&user).map(|by| Over::Acknowledged(*by));
        let over = answered.or_else(|| self.over(view, call, user, now));
        let (stand_in, stage) = self.unanswered(view, call, user, now);
        Line { user, stand_in, stage: if over.is_some() { Stage::default() } else { stage }, over }
    }

    /// Who stands in for `user`, and what goes on at `now` as long as nobody answers.
    fn unanswered(&self, view: View<'_>, call: &Call, user: UserId, now: Time) -> (Option<UserId>, Stage) {
        let called = call.by.time;
        let quiet = |user: UserId| (view.is_quiet(user, called), view.is_quiet(user, now));
        let stand_in = self.stand_in(user).filter(|other| *other != call.by.user && self.reached(view, *other, now));
        let circumstances = Circumstances { called, quiet: quiet(user), stand_in: stand_in.map(quiet) };
        (stand_in, circumstances.stage(now))
    }

    /// Whether `user` is called for `line`, answered or not: as the person, or in the place.
    fn is_called(&self, view: View<'_>, (call, line): (&Call, &Line), user: UserId, now: Time) -> bool {
        let (stand_in, stage) = self.unanswered(view, call, line.user, now);
        line.user == user || stand_in == Some(user) && stage.stand_in_called
    }

    fn over(&self, view: View<'_>, call: &Call, user: UserId, now: Time) -> Option<Over> {
        if let Some(by) = call.called_off {
            Some(Over::CalledOff(by))
        } else if self.retracted(call.message) {
            Some(Over::Retracted)
        } else if self.is_shut() || require_open(self, view).is_err() {
            Some(Over::Stopped)
        } else if !self.reached(view, user, now) {
            Some(Over::Gone)
        } else {
            (now.since(call.by.time) >= CALL_ENDS).then_some(Over::Expired)
        }
    }

    /// Whether somebody reads the group and can be reached through it.
    fn reached(&self, view: View<'_>, user: UserId, now: Time) -> bool {
        view.active_user(user) && self.reading_at(view, user, now).is_some()
    }

    /// What a call is to everybody whom it concerns at `now`: who was called, who stands in, and its author.
    fn matters(&self, view: View<'_>, call: &Call, now: Time) -> BTreeMap<UserId, Matter> {
        let mut found: BTreeMap<UserId, Matter> = BTreeMap::new();
        let mut is = |user: UserId, matter: Matter| {
            let known = found.entry(user).or_insert(matter);
            *known = matter.min(*known);
        };
        let sounds = |rings| if rings { Matter::Rings } else { Matter::Waits };
        for line in self.lines(view, call, now).filter(|line| line.over.is_none()) {
            is(line.user, sounds(line.stage.rings));
            if let Some(other) = line.stand_in.filter(|_| line.stage.stand_in_called) {
                is(other, sounds(line.stage.stand_in_rings));
            }
            // Whoever does not read here any more is told nothing of what goes on here.
            if line.stage.telephone && self.reached(view, call.by.user, now) {
                is(call.by.user, Matter::Telephone);
            }
        }
        found
    }

    /// What urgent messages are to `user` at `now`, the latest first.
    pub fn urgent<'a>(&'a self, view: View<'a>, user: UserId, now: Time) -> impl Iterator<Item = (Seq, Matter)> + 'a {
        self.recent_calls(now).filter_map(move |(at, call)| Some((at, *self.matters(view, call, now).get(&user)?)))
    }

    /// The same for everybody: the call, its time, whom it concerns and how. Each call is looked at once.
    pub fn urgent_to_everybody<'a>(
        &'a self,
        view: View<'a>,
        now: Time,
    ) -> impl Iterator<Item = (Seq, Time, UserId, Matter)> + 'a {
        self.recent_calls(now).flat_map(move |(at, call)| {
            let since = call.by.time;
            self.matters(view, call, now).into_iter().map(move |(user, matter)| (at, since, user, matter))
        })
    }

    pub(super) fn fold_call(&mut self, by: By, step: Step) {
        match step {
            Step::Called { message, of } => {
                let call = Call { by, message, of, acknowledged: BTreeMap::new(), called_off: None };
                self.calls.made.insert(by.seq, call);
            }
            Step::Acknowledged { call, lines, off } => {
                if let Some(call) = self.calls.made.get_mut(&call) {
                    call.called_off = call.called_off.or(off.then_some(by));
                    call.acknowledged.extend(lines.into_iter().map(|user| (user, by)));
                }
            }
            Step::StandsIn { user, by: Some(other) } => drop(self.calls.stand_ins.insert(user, other)),
            Step::StandsIn { user, by: None } => drop(self.calls.stand_ins.remove(&user)),
        }
    }
}

impl Group {
    /// Whether `author` may call these people at `time`: other readers, each once, at a bearable pace.
    pub fn permit_calling(&self, view: View<'_>, author: UserId, of: &[UserId], time: Time) -> Result<(), Refusal> {
        require(!of.is_empty(), Code::Unknown)?;
        let mut once = BTreeSet::new();
        for &user in of {
            require(once.insert(user), Code::AlreadyExists)?;
            require(user != author && self.reached(view, user, time), Code::NotAReader)?;
        }
        let within = |seconds: u64| {
            let own = self.calls().rev().take_while(|(_, call)| time.since(call.by.time) < seconds);
            own.filter(|(_, call)| call.by.user == author).count()
        };
        let room = within(bounds::CALLS_HOUR) < bounds::CALLS && within(DAY) < bounds::CALLS_OF_A_DAY;
        require(room, Code::TooManyCalls)
    }
}

/// By the author of a message that stands, of people who are not rung for it already.
fn permit_call(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    (message, of): (Seq, &[UserId]),
    roster: &Roster,
    time: Time,
) -> Result<Step, Refusal> {
    require_writer(group, view, statement, roster)?;
    let author = view.standing(statement)?.user;
    let row = group.written_at(message).filter(|row| !row.amends).ok_or(Code::Unknown)?;
    require(view.device(row.by).is_some_and(|device| device.user == author), Code::NotTheAuthor)?;
    require(message < statement.seen.group.size, Code::HeadMismatch)?;
    require(!group.retracted(message), Code::AlreadyRetracted)?;
    for &user in of {
        let rung = group.recent_calls(time).filter(|(_, call)| call.message == message);
        let mut lines = rung.flat_map(|(_, call)| group.lines(view, call, time));
        require(!lines.any(|line| line.user == user && line.over.is_none()), Code::AlreadyExists)?;
    }
    group.permit_calling(view, author, of, time)?;
    Ok(Step::Called { message, of: of.to_vec() })
}

/// By who was called, by who is called in the place, or, to call it off, by the author.
fn permit_acknowledgement(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    at: Seq,
    roster: &Roster,
    time: Time,
) -> Result<Step, Refusal> {
    require_reader(group, view, statement, roster)?;
    let user = view.standing(statement)?.user;
    let call = group.call(at).ok_or(Code::Unknown)?;
    require(at < statement.seen.group.size, Code::HeadMismatch)?;
    if call.by.user == user {
        let open = group.lines(view, call, time).any(|line| line.over.is_none());
        require(open, Code::NothingToDo)?;
        return Ok(Step::Acknowledged { call: at, lines: Vec::new(), off: true });
    }
    let concerns = |line: &Line| group.is_called(view, (call, line), user, time);
    let lines: Vec<Line> = group.lines(view, call, time).filter(concerns).collect();
    require(!lines.is_empty(), Code::NotForYou)?;
    // Who takes an acknowledgement late, after half a day, has still seen it. Whether the message was taken back, not
    // everybody who checks this log can tell.
    let open = |line: &&Line| matches!(line.over, None | Some(Over::Expired | Over::Retracted));
    let lines: Vec<UserId> = lines.iter().filter(open).map(|line| line.user).collect();
    require(!lines.is_empty(), Code::NothingToDo)?;
    Ok(Step::Acknowledged { call: at, lines, off: false })
}

/// By a reader, of another one.
fn permit_stand_in(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    other: Option<UserId>,
    roster: &Roster,
    time: Time,
) -> Result<Step, Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group, view)?;
    let user = view.standing(statement)?.user;
    require(group.stand_in(user) != other, Code::NothingToDo)?;
    let reads = other.is_none_or(|other| other != user && group.reached(view, other, time));
    require(reads, Code::NotAReader)?;
    Ok(Step::StandsIn { user, by: other })
}

/// Decides on an act of this row.
pub(super) fn judge(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    act: &GroupAct,
    time: Time,
) -> Result<Step, Refusal> {
    let roster = Roster::of(group, view, time);
    match act {
        GroupAct::Call { message, of } => permit_call(group, view, statement, (*message, of.as_slice()), &roster, time),
        GroupAct::Acknowledge { call } => permit_acknowledgement(group, view, statement, *call, &roster, time),
        GroupAct::StandIn { user } => permit_stand_in(group, view, statement, *user, &roster, time),
        _ => Err(Code::Unknown.into()),
    }
}
