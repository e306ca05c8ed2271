//! How much is sent within a day: by one person, and to one group (A12.2). What was posted is read back from the logs at the
//! start, so that nobody begins anew with a restart; what is uploaded and not posted yet counts as well, so that nobody hears
//! only at the end that it was too much.

use std::collections::BTreeMap;

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::file::Attachment;
use renkei_proto::frame::Fault;
use renkei_proto::id::{GroupId, UserId};
use renkei_proto::statement::{Claim, LogId};
use renkei_proto::time::Time;

const HOUR: u64 = 3_600;

/// Bytes by the hour in which they were posted: some twenty numbers, however much is sent.
#[derive(Debug, Default)]
struct Hours(BTreeMap<u64, u64>);

const fn hour(time: Time) -> u64 {
    time.0 / HOUR
}

/// The last hour that does not count any more.
const fn over(now: Time) -> Option<u64> {
    hour(now).checked_sub(bounds::SENT_COUNTS / HOUR)
}

impl Hours {
    fn add(&mut self, bytes: u64, at: Time, now: Time) {
        self.forget(now);
        let sum = self.0.entry(hour(at)).or_default();
        *sum = sum.saturating_add(bytes);
    }

    fn forget(&mut self, now: Time) {
        self.0.retain(|hour, _| over(now).is_none_or(|over| *hour > over));
    }

    fn sum(&self, now: Time) -> u64 {
        let counts = self.0.iter().filter(|(hour, _)| over(now).is_none_or(|over| **hour > over));
        counts.map(|(_, bytes)| *bytes).fold(0, u64::saturating_add)
    }

    /// Seconds until so many of the bytes count no more; a day where they are not among them.
    fn until_gone(&self, mut bytes: u64, now: Time) -> u64 {
        for (hour, sum) in &self.0 {
            bytes = bytes.saturating_sub(*sum);
            if bytes == 0 {
                let gone = hour.saturating_mul(HOUR).saturating_add(bounds::SENT_COUNTS);
                return gone.saturating_sub(now.0).max(1);
            }
        }
        bounds::SENT_COUNTS
    }
}

/// How much may be sent. A development server can be told less, so that tests send less.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) person: u64,
    pub(crate) group: u64,
}

impl Default for Most {
    fn default() -> Self {
        Self { person: bounds::SENT_BY_PERSON, group: bounds::SENT_IN_GROUP }
    }
}

/// What was posted within a day.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    people: BTreeMap<UserId, Hours>,
    groups: BTreeMap<GroupId, Hours>,
    pub(crate) most: Most,
}

/// Bytes of files, as they are kept.
fn bytes(named: &[Attachment]) -> u64 {
    let parts = named.iter().flat_map(|file| [Some(file.content), file.preview]);
    parts.flatten().map(|stored| stored.length).fold(0, u64::saturating_add)
}

impl Quota {
    /// Counts what a statement named.
    pub(crate) fn posted(&mut self, user: UserId, group: GroupId, named: &[Attachment], (at, now): (Time, Time)) {
        let bytes = bytes(named);
        self.people.retain(|_, hours| hours.sum(now) > 0);
        self.groups.retain(|_, hours| hours.sum(now) > 0);
        self.people.entry(user).or_default().add(bytes, at, now);
        self.groups.entry(group).or_default().add(bytes, at, now);
    }

    /// Counts an entry of a log, as read at the start.
    pub(crate) fn note(&mut self, log: LogId, entry: &[u8], now: Time) {
        let Ok(entry) = Entry::decode(entry) else { return };
        if now.since(entry.header.time) >= bounds::SENT_COUNTS {
            return;
        }
        let Some(Ok(claim)) = entry.body.map(Claim::parse) else { return };
        let statement = claim.unverified();
        let named = statement.act.files();
        let owner = super::owner(log, &statement.act);
        if let (false, Some(user), Some(group)) = (named.is_empty(), statement.actor.user(), owner) {
            self.posted(user, group, &named, (entry.header.time, now));
        }
    }

    /// Whether `bytes` more may come, beside what waits of this person and in this group. Else when to go on.
    pub(crate) fn permit(
        &self,
        (user, group): (UserId, GroupId),
        waiting: (u64, u64),
        bytes: u64,
        now: Time,
    ) -> Result<(), Fault> {
        let none = Hours::default();
        let of = [
            (self.people.get(&user).unwrap_or(&none), waiting.0, self.most.person),
            (self.groups.get(&group).unwrap_or(&none), waiting.1, self.most.group),
        ];
        for (hours, waiting, most) in of {
            let all = hours.sum(now).saturating_add(waiting).saturating_add(bytes);
            if let Some(above) = all.checked_sub(most).filter(|above| *above > 0) {
                let later = u32::try_from(hours.until_gone(above, now)).unwrap_or(u32::MAX);
                return Err(Fault { retry_after: Some(later), ..Code::UploadsSpent.into() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::file::Stored;
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::FileId;

    use super::*;

    const WHO: (UserId, GroupId) = (UserId([1; 16]), GroupId([2; 16]));

    fn post(length: u64) -> [Attachment; 1] {
        let content = Stored { length, root: Hash32::default() };
        [Attachment { file: FileId([3; 16]), content, preview: None }]
    }

    #[test]
    fn a12_2_what_one_person_and_one_group_send_within_a_day_is_bounded_and_it_says_when_to_go_on() {
        let mut quota = Quota { most: Most { person: 1_000, group: 1_500 }, ..Quota::default() };
        let at = Time(1_000 * HOUR + 600);
        quota.posted(WHO.0, WHO.1, &post(600), (at, at));
        let later = at.plus(2 * HOUR);
        quota.posted(WHO.0, WHO.1, &post(300), (later, later));
        assert!(quota.permit(WHO, (0, 0), 100, later).is_ok());
        assert_eq!(quota.permit(WHO, (1, 1), 100, later).unwrap_err().code, Code::UploadsSpent, "what waits counts");
        let fault = quota.permit(WHO, (0, 0), 101, later).unwrap_err();
        assert_eq!(fault.retry_after, Some(22 * 3_600 - 600), "when the first hour is over");
        assert!(quota.permit(WHO, (0, 0), 101, later.plus(fault.retry_after.unwrap().into())).is_ok());
        let other = (UserId([9; 16]), WHO.1);
        assert!(quota.permit(other, (0, 0), 600, later).is_ok(), "another person");
        assert!(quota.permit(other, (0, 0), 601, later).is_err(), "to a group that has as much as it may");
        assert!(quota.permit((other.0, GroupId([9; 16])), (0, 0), 1_000, later).is_ok(), "to another group");
        let fault = quota.permit(other, (900, 900), 101, later).unwrap_err();
        assert_eq!(fault.retry_after, Some(24 * 3_600), "what waits is gone in a day at the latest");
    }

    #[test]
    fn a12_2_what_is_counted_takes_no_more_room_however_much_is_sent() {
        let mut quota = Quota::default();
        for minute in 0..10_000 {
            let at = Time(minute * 60);
            quota.posted(WHO.0, WHO.1, &post(1), (at, at));
        }
        assert_eq!(quota.people[&WHO.0].0.len(), 24);
        let gone = Time(10_000 * 60 + 2 * bounds::SENT_COUNTS);
        quota.posted(UserId([9; 16]), GroupId([9; 16]), &post(1), (gone, gone));
        assert_eq!((quota.people.len(), quota.groups.len()), (1, 1), "who sent nothing for a day is forgotten");
    }
}
