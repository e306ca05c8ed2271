//! Who has seen a message and who hasn't (S1).
//!
//! An app says what a person was really shown ([`Client::mark_seen`]); the device tells the others with a signed mark. Marks
//! are told together: one for a group in [`bounds::SEEN_PAUSE`] at most, and only where it says something new. A mark is a
//! watermark, so it never passes a message that this device could not open.
//!
//! A server can keep a mark back, and then a message counts as not yet seen. It can't make one.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use renkei_policy::group::Membership;
use renkei_proto::act::Act;
use renkei_proto::bounds;
use renkei_proto::code::{Class, Code};
use renkei_proto::frame::Sidecar;
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::Time;
use serde::Serialize;
use tokio::sync::Notify;

use crate::Result;
use crate::client::{Client, Inner, lock};
use crate::replica::{Followed, Replica};

const PAUSE: Duration = Duration::from_secs(bounds::SEEN_PAUSE);

/// Who has seen something that was written, and who hasn't yet. Its author is neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SeenBy {
    /// Who, and when that was told; also people who have left since.
    pub seen: Vec<(UserId, Time)>,
    /// Present readers who may read it and have not said so.
    pub not_yet: Vec<UserId>,
}

/// What the person was shown and the others have not been told.
#[derive(Debug, Default)]
pub(crate) struct Seeing {
    wishes: Mutex<Wishes>,
    wished: Notify,
}

/// One wish for each group at most.
#[derive(Debug, Default)]
struct Wishes(BTreeMap<GroupId, Wish>);

#[derive(Debug, Default)]
struct Wish {
    upto: Option<u64>,
    /// When the last mark was sent on its way.
    told: Option<Instant>,
}

impl Wishes {
    fn want(&mut self, group: GroupId, upto: u64) {
        let wish = self.0.entry(group).or_default();
        wish.upto = wish.upto.max(Some(upto));
    }

    /// Takes out what may be told at `now`.
    fn due(&mut self, now: Instant) -> Vec<(GroupId, u64)> {
        let take = |(group, wish): (&GroupId, &mut Wish)| {
            let rested = wish.told.is_none_or(|told| now.saturating_duration_since(told) >= PAUSE);
            let upto = wish.upto.take_if(|_| rested)?;
            wish.told = Some(now);
            Some((*group, upto))
        };
        self.0.iter_mut().filter_map(take).collect()
    }

    /// How long from `now` until something may be told.
    fn pause(&self, now: Instant) -> Option<Duration> {
        let waiting = self.0.values().filter(|wish| wish.upto.is_some());
        let rest = |wish: &Wish| wish.told.map_or(Duration::ZERO, |told| (told + PAUSE).saturating_duration_since(now));
        waiting.map(rest).min()
    }
}

impl Client {
    /// The person was really shown everything that was written in `group` up to and including the entry at `seq`: the
    /// others are told, soon and together with what comes in the next seconds. A session that ends before tells nothing.
    pub fn mark_seen(&self, group: GroupId, seq: u64) -> Result<()> {
        if let Some(upto) = self.inner.worth_telling(group, seq)? {
            lock(&self.inner.seeing.wishes).want(group, upto);
            self.inner.seeing.wished.notify_one();
        }
        Ok(())
    }

    /// The first thing that others wrote in `group` and this person has not said to have seen.
    pub fn first_unseen(&self, group: GroupId) -> Option<u64> {
        self.look(|replica| unseen(replica, self.inner.user, group).next().map(|(seq, _)| seq))
    }

    /// How much others wrote in `group` that this person has not said to have seen.
    pub fn unseen(&self, group: GroupId) -> usize {
        self.look(|replica| unseen(replica, self.inner.user, group).count())
    }

    /// Who has seen the message or amendment at `seq`, and who hasn't yet.
    pub fn seen(&self, group: GroupId, seq: u64) -> Result<SeenBy> {
        let replica = self.inner.replica();
        let followed = replica.group(group).ok_or(Code::Unknown)?;
        let state = followed.group().ok_or(Code::Unknown)?;
        if followed.ended() || state.reading_at(replica.registry().now(), self.user(), replica.time()).is_none() {
            return Err(Code::NotAReader.into());
        }
        if let Some(code) = state.shut() {
            return Err(code.into());
        }
        let one = followed.sealed_at(seq).ok_or(Code::Unknown)?;
        let (author, epoch) = (one.statement.actor.user(), one.epoch().unwrap_or(0));
        let view = replica.registry().now();
        let mut by = SeenBy::default();
        let mut users = state.readers(view);
        users.extend(state.members().map(|(user, _)| user));
        for user in users.into_iter().filter(|user| Some(*user) != author) {
            let reading = state.reading(view, user).is_some_and(|one| one.first_epoch <= epoch);
            let once =
                |(of, all): (UserId, &[Membership])| of == user && all.iter().any(|one| one.first_epoch <= epoch);
            let mark = followed.mark(user, seq).filter(|_| reading || state.members().any(once));
            let due = reading && view.active_user(user);
            match mark {
                Some(mark) => by.seen.push((user, mark.time)),
                None if due => by.not_yet.push(user),
                None => {}
            }
        }
        by.seen.sort_by_key(|(_, time)| *time);
        Ok(by)
    }
}

/// What others wrote in `group`, and `user` may read and has not said to have seen: its place, and its epoch.
fn unseen(replica: &Replica, user: UserId, group: GroupId) -> impl Iterator<Item = (u64, u32)> + '_ {
    let followed = replica.group(group).filter(|one| !one.ended());
    let own = move |device: DeviceId| replica.registry().now().device(device).is_some_and(|device| device.user == user);
    let reads = followed
        .and_then(|one| Some((one, one.group()?, one.group()?.reading(replica.registry().now(), user)?.first_epoch)));
    reads.into_iter().flat_map(move |(one, state, first)| {
        let seen = state.seen(user);
        let new = state.written().rev().take_while(|row| seen.is_none_or(|seen| row.seq > seen)).collect::<Vec<_>>();
        let others = new.into_iter().rev().filter(move |row| !own(row.by));
        let epoch = move |seq| one.sealed_at(seq).and_then(crate::replica::Sealed::epoch);
        others.filter_map(move |row| Some((row.seq, epoch(row.seq)?))).filter(move |(_, epoch)| *epoch >= first)
    })
}

impl Inner {
    /// Tells the others, for as long as the client lives.
    pub(crate) async fn keep_marks(&self) {
        loop {
            let due = lock(&self.seeing.wishes).due(Instant::now());
            for (group, upto) in due {
                if let Err(fault) = self.tell_seen(group, upto).await {
                    tracing::debug!(%group, %fault, "a mark was not told");
                    if fault.code.class() == Class::Later {
                        lock(&self.seeing.wishes).want(group, upto);
                    }
                }
            }
            let pause = lock(&self.seeing.wishes).pause(Instant::now());
            let wished = self.seeing.wished.notified();
            match pause {
                Some(pause) => drop(tokio::time::timeout(pause.max(Duration::from_millis(10)), wished).await),
                None => wished.await,
            }
        }
    }

    async fn tell_seen(&self, group: GroupId, upto: u64) -> Result<()> {
        let _writing = self.writing.lock().await;
        let log = LogId::Group(group);
        self.settled(log).await?;
        let Some(upto) = self.worth_telling(group, upto)? else { return Ok(()) };
        let statement = self.statement(log, Role::User, None, Act::Seen { upto })?;
        self.submit(&statement, Sidecar::default()).await.map(|_| ())
    }

    /// The last thing up to `upto` that others wrote, with nothing before it that this device can't open yet. None if the
    /// others know already, or the group takes no marks any more.
    fn worth_telling(&self, group: GroupId, upto: u64) -> Result<Option<u64>> {
        let replica = self.replica();
        let state = replica.group(group).filter(|one| !one.ended()).and_then(Followed::group);
        let view = replica.registry().now();
        let reads = state.filter(|state| state.reading(view, self.user).is_some()).ok_or(Code::NotAReader)?;
        if !reads.is_open(view) {
            return Ok(None);
        }
        self.with_vault(|vault| {
            let opens = |epoch: u32| vault.contents.epochs.contains_key(&(group, epoch));
            let shown = unseen(&replica, self.user, group).take_while(|(seq, epoch)| *seq <= upto && opens(*epoch));
            shown.last().map(|(seq, _)| seq)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: GroupId = GroupId([1; 16]);
    const THERE: GroupId = GroupId([2; 16]);

    #[test]
    fn s1_marks_of_one_group_are_told_together_and_ten_seconds_apart() {
        let (mut wishes, start) = (Wishes::default(), Instant::now());
        assert_eq!((wishes.due(start), wishes.pause(start)), (Vec::new(), None), "nothing to tell");
        wishes.want(HERE, 3);
        assert_eq!(wishes.pause(start), Some(Duration::ZERO), "the first at once");
        assert_eq!(wishes.due(start), [(HERE, 3)]);
        for upto in [5, 9, 7] {
            wishes.want(HERE, upto);
        }
        let early = start + Duration::from_millis(9_999);
        assert_eq!(wishes.due(early), [], "not before the pause is over");
        assert_eq!(wishes.pause(early), Some(Duration::from_millis(1)));
        wishes.want(THERE, 1);
        assert_eq!(wishes.due(early), [(THERE, 1)], "each group for itself");
        assert_eq!(wishes.due(start + PAUSE), [(HERE, 9)], "the furthest of them, once");
        assert_eq!(wishes.pause(start + PAUSE), None);
    }
}
