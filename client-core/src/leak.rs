//! What a device that is lost or in wrong hands may have given away: a draft of the report that guideline and law ask
//! for after a leak, out of the registry, the groups' logs and the record of access (A2.1, A15.1).
//!
//! It says what could be read with the device, what it was really handed, what left with it under permits, since when, and what
//! protects it. What cannot be
//! known from here is not claimed: how good the person's password is, or whether anybody looked.

use std::collections::BTreeMap;

use renkei_policy::group::sealing::was_given;
use renkei_proto::access::{AccessRecord, Scope, What};
use renkei_proto::act::{DeviceKind, GroupKind, OperatingSystem, Ownership};
use renkei_proto::code::Code;
use renkei_proto::id::{DeviceId, FacilityId, GroupId, UserId};
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::access::{Handed, who_read};
use crate::client::Client;
use crate::replica::Replica;
use crate::takeout::left::{self, LeftUnder};

/// A device, and what was within its reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// Which.
    pub device: DeviceId,
    /// Whose.
    pub user: UserId,
    /// The person's facility.
    pub facility: FacilityId,
    /// What it is.
    pub kind: DeviceKind,
    /// What runs on it.
    pub system: OperatingSystem,
    /// Whether it is the facility's or the person's own.
    pub ownership: Ownership,
    /// Since when it was let in.
    pub active: Option<Time>,
    /// When it was wiped: since then neither password nor code open its vault.
    pub wiped: Option<Time>,
    /// When the device itself confirmed that, by its own clock.
    pub confirmed: Option<Time>,
    /// From when on the device may have been in wrong hands.
    pub since: Time,
    /// When a session was last opened on it, or unlocked.
    pub opened: Option<Time>,
    /// When a session of it was last locked or ended. Where nothing is, or it lies before `opened`, it may be open.
    pub closed: Option<Time>,
    /// Whether a session was open on it at that moment, or was opened since.
    pub within_reach: bool,
    /// Wrong passwords and codes from this device since then.
    pub failures: u64,
    /// The groups that could be read with it.
    pub groups: Vec<Reach>,
    /// What left with it under permits, and what it may be out under itself.
    #[serde(default)]
    pub takeouts: Vec<LeftUnder>,
}

/// A group that could be read with a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Which.
    pub group: GroupId,
    /// About a patient or not.
    pub kind: GroupKind,
    /// Whose it is.
    pub originator: FacilityId,
    /// Messages and amendments under keys that the device has, or had until its wipe.
    pub messages: u64,
    /// When the first and the last of them were written.
    pub written: Option<(Time, Time)>,
    /// What it was handed since then, by the record of access.
    pub handed: Option<Handed>,
}

/// What a session of the device did, as far as it is open or closed afterwards.
fn opens(what: &What) -> Option<bool> {
    match what {
        What::SignedIn { .. } | What::Resumed { .. } | What::Unlocked { .. } => Some(true),
        What::Locked { .. } | What::SignedOut { .. } | What::LeftAlone { .. } | What::SessionEnded { .. } => {
            Some(false)
        }
        _ => None,
    }
}

/// How the sessions of a device stood.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sessions {
    opened: Option<Time>,
    closed: Option<Time>,
    within_reach: bool,
    failures: u64,
}

impl Sessions {
    /// By the records of one device, in their order.
    fn of<'r>(records: impl Iterator<Item = &'r AccessRecord>, since: Time) -> Self {
        let mut all = Self::default();
        let mut open = false;
        for record in records {
            if record.time >= since {
                all.within_reach |= open;
            }
            match opens(&record.what) {
                Some(true) => {
                    open = true;
                    all.opened = Some(record.time);
                    all.within_reach |= record.time >= since;
                }
                Some(false) => {
                    open = false;
                    all.closed = Some(record.time);
                }
                None => {}
            }
            if let (What::Refused { code: Code::SignInFailed, times, .. }, true) = (record.what, record.time >= since) {
                all.failures += u64::from(times);
            }
        }
        all.within_reach |= open;
        all
    }
}

fn reach(replica: &Replica, device: DeviceId, handed: &BTreeMap<GroupId, Handed>) -> Vec<Reach> {
    let mut found = Vec::new();
    for (id, followed) in replica.groups() {
        let Some(group) = followed.group() else { continue };
        let known: Vec<u64> =
            group.epochs().iter().filter(|epoch| was_given(group, device, epoch)).map(|e| e.seq).collect();
        if known.is_empty() && !handed.contains_key(&id) {
            continue;
        }
        // A message is under the key of the last epoch before it.
        let under = |seq: u64| group.epochs().iter().rev().find(|epoch| epoch.seq < seq).map(|epoch| epoch.seq);
        let readable = group.written().filter(|one| under(one.seq).is_some_and(|epoch| known.contains(&epoch)));
        let times: Vec<Time> = readable.filter_map(|one| replica.time_of(LogId::Group(id), one.seq)).collect();
        found.push(Reach {
            group: id,
            kind: group.kind(),
            originator: group.originator(),
            messages: times.len() as u64,
            written: times.first().copied().zip(times.last().copied()),
            handed: handed.get(&id).copied(),
        });
    }
    found
}

impl Client {
    /// What `device` may have given away since `since`: for its person, and for an SNS administrator of that person.
    pub async fn leak_report(&self, device: DeviceId, since: Time) -> Result<Leak> {
        let (user, registration, active, wiped) = self.look(|replica| {
            let view = replica.registry().now();
            let known = view.device(device).ok_or(Code::Unknown)?;
            let time = |seq: u64| replica.time_of(LogId::Registry, seq);
            let (active, wiped) = (known.active.and_then(time), known.wiped.and_then(time));
            Ok::<_, Code>((known.user, known.registration.clone(), active, wiped))
        })?;
        let scope = if user == self.user() { Scope::Own } else { Scope::User(user) };
        let records = self.access_records(scope, Time(0), Time(u64::MAX)).await?;
        let of_device: Vec<&AccessRecord> =
            records.lines.iter().map(|line| &line.record).filter(|record| record.device == Some(device)).collect();
        let sessions = Sessions::of(of_device.iter().copied(), since);
        let late = || of_device.iter().copied().filter(|record| record.time >= since);
        let mut handed = BTreeMap::new();
        for group in late().filter_map(|record| record.what.group()) {
            handed.extend(who_read(group, late()).into_iter().map(|one| (group, one)));
        }
        let receipts = self.receipts(&[device]).await?;
        let confirmed = receipts.into_iter().find(|(of, _)| *of == device).map(|(_, time)| time);
        let (facility, groups, takeouts) = self.look(|replica| {
            let facility = replica.registry().now().user(user).map(|person| person.facility);
            let (view, times) = (replica.registry().now(), (since, replica.time()));
            let takeouts = left::under(view, (user, device), &of_device, times);
            (facility, reach(replica, device, &handed), takeouts)
        });
        Ok(Leak {
            device,
            user,
            facility: facility.ok_or(Code::Unknown)?,
            kind: registration.kind,
            system: registration.system,
            ownership: registration.ownership,
            active,
            wiped,
            confirmed,
            since,
            opened: sessions.opened,
            closed: sessions.closed,
            within_reach: sessions.within_reach,
            failures: sessions.failures,
            groups,
            takeouts,
        })
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::access::{AccessTip, Asked, Subject};
    use renkei_proto::id::SessionId;

    use super::*;

    const SESSION: SessionId = SessionId([1; 16]);

    fn records(all: &[(u64, What)]) -> Vec<AccessRecord> {
        let mut tip = AccessTip::default();
        let made = all.iter().map(|(time, what)| tip.append(Time(*time), Subject::default(), *what));
        made.map(|bytes| AccessRecord::decode(&bytes).unwrap()).collect()
    }

    fn sessions(all: &[(u64, What)]) -> Sessions {
        Sessions::of(records(all).iter(), Time(100))
    }

    #[test]
    fn a02_1_a_session_that_was_locked_before_was_out_of_reach() {
        let seen = sessions(&[(10, What::SignedIn { session: SESSION }), (90, What::LeftAlone { session: SESSION })]);
        assert_eq!((seen.opened, seen.closed, seen.within_reach), (Some(Time(10)), Some(Time(90)), false));
    }

    #[test]
    fn a02_1_one_that_was_open_then_or_opened_later_was_within_reach() {
        assert!(sessions(&[(10, What::SignedIn { session: SESSION })]).within_reach, "nothing closed it");
        let late = [(10, What::SignedIn { session: SESSION }), (120, What::LeftAlone { session: SESSION })];
        assert!(sessions(&late).within_reach, "it locked too late");
        let unlocked = [
            (10, What::SignedIn { session: SESSION }),
            (90, What::LeftAlone { session: SESSION }),
            (110, What::Unlocked { session: SESSION }),
            (111, What::SignedOut { session: SESSION }),
        ];
        assert!(sessions(&unlocked).within_reach, "somebody unlocked it");
    }

    #[test]
    fn a02_1_guesses_since_then_are_counted() {
        let refused = |times| What::Refused { asked: Asked::SignIn, code: Code::SignInFailed, group: None, times };
        let seen = sessions(&[(50, refused(7)), (101, refused(1)), (130, refused(4))]);
        assert_eq!((seen.failures, seen.within_reach), (5, false));
    }
}
