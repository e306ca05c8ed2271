//! Row S1: the author corrects or takes back a message, the trail stays, and readers say how far they have seen.
//!
//! Whoever wrote a message may make it good, with any device of the same person, for as long as the person reads the
//! group. What was written stays in the log; what is shown is the last amendment. A message that was taken back stays so.
//!
//! A mark says that a person was shown everything up to a place. It names something written, so that there are never more
//! marks than there is to be seen, and it only moves on.

use renkei_proto::act::Amendment;
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::a05_groups::require_open;
use super::roster::Roster;
use super::sealing::{require_reader, require_writable, require_writer};
use super::written::Written;
use super::{Group, Seq};
use crate::registry::View;
use crate::{Refusal, require};

impl Group {
    /// The messages and amendments, in order; from either end.
    pub fn written(&self) -> impl DoubleEndedIterator<Item = Written> + '_ {
        self.rows.iter()
    }

    /// The message or amendment at `seq`.
    pub fn written_at(&self, seq: Seq) -> Option<Written> {
        self.rows.at(seq)
    }

    /// Whether the message at `seq` was taken back.
    pub fn retracted(&self, seq: Seq) -> bool {
        self.retracted.contains(&seq)
    }

    /// How far `user` has said to have seen.
    pub fn seen(&self, user: UserId) -> Option<Seq> {
        self.seen.get(&user).copied()
    }

    /// Something was written: the log's next entry.
    pub(super) fn note_written(&mut self, by: DeviceId, amends: bool) {
        self.rows.push(Written { seq: self.size, by, amends });
        self.written = self.written.saturating_add(1);
        self.messages += u64::from(!amends);
    }

    /// Takes in an amendment whose body is not for this viewer: like [`Group::pass_over`].
    pub fn pass_over_amendment(&mut self, author: DeviceId) {
        *self.counters.entry(author).or_default() += 1;
        self.note_written(author, true);
        self.size += 1;
    }
}

/// By the person who wrote the message, under the same conditions as a message.
pub(super) fn permit_amendment(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    amendment: &Amendment,
    roster: &Roster,
    time: Time,
) -> Result<(), Refusal> {
    require_writer(group, view, statement, roster)?;
    require(amendment.flags == 0, Code::UnknownVersion)?;
    let original = group.written_at(amendment.original).filter(|row| !row.amends).ok_or(Code::Unknown)?;
    let author = view.device(original.by).map(|device| device.user);
    require(author.is_some() && author == statement.actor.user(), Code::NotTheAuthor)?;
    // So the head in the statement vouches for which message is meant.
    require(original.seq < statement.seen.group.size, Code::HeadMismatch)?;
    require(!group.retracted(original.seq), Code::AlreadyRetracted)?;
    require_writable(group, roster, amendment.epoch, time)
}

/// By a reader, of something written that the device had when it signed, and later than the person's last mark.
pub(super) fn permit_mark(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    upto: Seq,
    roster: &Roster,
) -> Result<(), Refusal> {
    require_reader(group, view, statement, roster)?;
    require_open(group, view)?;
    group.written_at(upto).ok_or(Code::Unknown)?;
    require(upto < statement.seen.group.size, Code::HeadMismatch)?;
    let before = statement.actor.user().and_then(|user| group.seen(user));
    require(before.is_none_or(|before| before < upto), Code::NothingToDo)
}
