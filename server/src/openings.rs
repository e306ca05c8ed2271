//! Openings: which groups' messages a sync stream has handed to its device (A2.1).
//!
//! The first messages of a group wait until the opening is durably on record. From there on the stream goes on by itself:
//! the range is recorded at most once a minute, and at the end. Should the server fall before that, the opening has no end
//! before the next start, and counts as going as far as the log went.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use renkei_policy::a11_lockout::Monotonic;
use renkei_proto::access::{Stage, Subject, What};
use renkei_proto::code::Code;
use renkei_proto::id::GroupId;

use crate::minutes::MINUTE;
use crate::service::Service;

/// Messages that were handed out: first, last, how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handed {
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) messages: u32,
}

impl Handed {
    fn and(self, more: Self) -> Self {
        Self { first: self.first, last: more.last, messages: self.messages.saturating_add(more.messages) }
    }

    fn what(self, group: GroupId, stage: Stage) -> What {
        What::Opened { group, stage, first: self.first, last: self.last, messages: self.messages }
    }
}

struct Opening {
    /// When it was last recorded.
    recorded: Monotonic,
    /// Where it has come to by that.
    last: u64,
    since: Option<Handed>,
}

impl Opening {
    fn go_on(&mut self, service: &Service, who: Subject, group: GroupId, now: Monotonic) {
        let Some(since) = self.since.filter(|_| now.saturating_sub(self.recorded) >= MINUTE) else { return };
        // Where the queue is full the range follows later: that the opening goes on is on record.
        if let Ok(place) = service.recorder.place() {
            place.record(who, since.what(group, Stage::WentOn));
            *self = Self { recorded: now, last: since.last, since: None };
        }
    }
}

/// The openings of one sync stream. Dropped with it, it records their ends.
pub(crate) struct Openings {
    service: Arc<Service>,
    who: Subject,
    open: BTreeMap<GroupId, Opening>,
    followed: BTreeSet<GroupId>,
}

impl Openings {
    pub(crate) fn new(service: Arc<Service>, who: Subject) -> Self {
        Self { service, who, open: BTreeMap::new(), followed: BTreeSet::new() }
    }

    /// These messages are about to be handed out. When this returns they may be.
    pub(crate) async fn hand_out(&mut self, group: GroupId, handed: Handed) -> Result<(), Code> {
        let now = self.service.clock.monotonic();
        let Some(opening) = self.open.get_mut(&group) else {
            let place = self.service.recorder.place()?;
            self.service.recorder.spend(&self.who)?;
            place.record_durably(self.who, handed.what(group, Stage::Began)).await?;
            self.open.insert(group, Opening { recorded: now, last: handed.last, since: None });
            return Ok(());
        };
        opening.since = Some(opening.since.map_or(handed, |before| before.and(handed)));
        opening.go_on(&self.service, self.who, group, now);
        Ok(())
    }

    /// Records how far the openings have come, of those that were not recorded within the last minute.
    pub(crate) fn go_on(&mut self) {
        let now = self.service.clock.monotonic();
        for (group, opening) in &mut self.open {
            opening.go_on(&self.service, self.who, *group, now);
        }
    }

    /// Entries of this group, none of them a message in whole, are about to be handed out.
    pub(crate) fn follow(&mut self, group: GroupId) -> Result<(), Code> {
        if !self.open.contains_key(&group) && !self.followed.contains(&group) {
            let place = self.service.recorder.place()?;
            self.service.recorder.spend(&self.who)?;
            place.record(self.who, What::Followed { group });
            self.followed.insert(group);
        }
        Ok(())
    }

    /// This group is no longer for this person.
    pub(crate) fn close(&mut self, group: GroupId) {
        self.followed.remove(&group);
        let Some(opening) = self.open.remove(&group) else { return };
        let nothing = Handed { first: opening.last, last: opening.last, messages: 0 };
        match self.service.recorder.place() {
            Ok(place) => place.record(self.who, opening.since.unwrap_or(nothing).what(group, Stage::Ended)),
            Err(_) => self.service.recorder.lost(),
        }
    }
}

impl Drop for Openings {
    fn drop(&mut self) {
        let open: Vec<GroupId> = self.open.keys().copied().collect();
        for group in open {
            self.close(group);
        }
    }
}
