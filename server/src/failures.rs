//! Failures on disk, so that no fall of the server gives whoever guesses fresh tries (A11.5).
//!
//! ```text
//! a wrong guess ─ counted in memory before it is judged ─ on disk before it is answered
//! ```
//!
//! So whoever kills the server learns of no guess that does not count afterwards. Guesses at the same time share one write.
//! A right try, a lifted wait, and tickets that were refused follow within a second; a fall in between forgets none of an
//! ID's, a device's, or a signed-in network address's failures. Identifiers, addresses, counts and dates: nothing else.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use renkei_policy::a11_lockout::{Lockout, Monotonic};
use renkei_proto::code::Code;
use renkei_proto::frame::Fault;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::hub::lock;
use crate::lockouts::{Attempt, Lockouts, Who};
use crate::secrets::Vault;
use crate::service::Service;

/// What it is called among the secrets.
const NAME: &str = "failures";

/// Network addresses that are written down, those with the most failures first: the secrets are rewritten whole at each
/// change. IDs and devices are bounded by the registry.
const SOURCES_KEPT: usize = 1_000;

/// The failures that are remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Failures {
    V1(Vec<Row>),
}

/// Those of one ID, device or source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    who: Who,
    failures: u32,
    /// When the last one was.
    last: Time,
    /// Until when there is to wait.
    until: Time,
}

/// What the disk knows.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// How often what is remembered has changed.
    changed: AtomicU64,
    /// As of which change the disk knows it. Held while it is written.
    written: Mutex<u64>,
    /// Those of whom the disk has something, or will.
    on_disk: Mutex<HashSet<Who>>,
}

impl Kept {
    /// The disk is to know.
    pub(crate) fn change(&self) {
        self.changed.fetch_add(1, Ordering::SeqCst);
    }

    /// The disk is to know if it says something else. After the change in memory.
    pub(crate) fn correct(&self, mut all: impl Iterator<Item = Who>) {
        let on_disk = lock(&self.on_disk);
        if all.any(|who| on_disk.contains(&who)) {
            self.change();
        }
    }
}

impl Row {
    fn of(who: Who, lockout: &Lockout, now: Monotonic, date: Time) -> Self {
        let (failures, ago, left) = lockout.kept(now);
        // To the later second: nobody waits for less because of a fall.
        let left = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Self { who, failures, last: Time(date.0.saturating_sub(ago.as_secs())), until: date.plus(left) }
    }

    fn lockout(&self, now: Monotonic, date: Time) -> Lockout {
        let ago = Duration::from_secs(date.since(self.last));
        let left = Duration::from_secs(self.until.since(date));
        Lockout::restored(self.who.counted(), self.failures, now, ago, left)
    }
}

/// The rows to be written of what is remembered.
fn rows(all: Vec<(Who, Lockout)>, now: Monotonic, date: Time) -> Vec<Row> {
    let row = |(who, lockout): (Who, Lockout)| Row::of(who, &lockout, now, date);
    let (mut sources, mut rows): (Vec<Row>, Vec<Row>) = all.into_iter().map(row).partition(|row| row.who.is_source());
    sources.sort_unstable_by_key(|row| std::cmp::Reverse(row.failures));
    sources.truncate(SOURCES_KEPT);
    rows.append(&mut sources);
    rows
}

impl Lockouts {
    /// What was written down, as it weighs now.
    pub(crate) fn load(vault: &Vault, clock: &Clock) -> Result<Self, Code> {
        let Some(Failures::V1(rows)) = vault.kept(NAME)? else { return Ok(Self::default()) };
        let (now, date) = (clock.monotonic(), clock.utc());
        let all: HashMap<Who, Lockout> = rows.iter().map(|row| (row.who, row.lockout(now, date))).collect();
        let on_disk = all.keys().copied().collect();
        Ok(Self::remembering(all, Kept { on_disk: Mutex::new(on_disk), ..Kept::default() }))
    }

    /// Writes what has changed since the last time, if anything has. Whoever waits for another's write shares it.
    pub(crate) fn write(&self, vault: &Vault, clock: &Clock) -> Result<(), Code> {
        let kept = self.kept();
        let wanted = kept.changed.load(Ordering::SeqCst);
        let mut written = lock(&kept.written);
        if *written >= wanted {
            return Ok(());
        }
        let reached = kept.changed.load(Ordering::SeqCst);
        let rows = {
            // Whoever corrects something from here on finds it named.
            let mut on_disk = lock(&kept.on_disk);
            let rows = rows(self.remembered(clock.monotonic()), clock.monotonic(), clock.utc());
            on_disk.extend(rows.iter().map(|row| row.who));
            rows
        };
        let named = rows.iter().map(|row| row.who).collect();
        drop(vault.keep(NAME, &Failures::V1(rows))?);
        *lock(&kept.on_disk) = named;
        *written = reached;
        Ok(())
    }
}

impl Service {
    /// What became of an attempt. A wrong guess is durable before it is answered, and where it can't be, it is not said
    /// to be wrong.
    pub(crate) fn settle<T>(&self, attempt: &Attempt, result: &Result<T, Fault>) -> Result<(), Code> {
        if self.lockouts.settle(attempt, result) { self.lockouts.write(&self.vault, &self.clock) } else { Ok(()) }
    }

    /// Writes what needed not to be written at once.
    pub(crate) fn write_failures(&self) {
        if let Err(code) = self.lockouts.write(&self.vault, &self.clock) {
            tracing::error!(%code, "failures of signing in can't be written down");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use renkei_policy::a11_lockout::Counted;
    use renkei_proto::codec;
    use renkei_proto::id::{DeviceId, UserId};

    use super::*;

    const DATE: Time = Time(1_800_000_000);

    #[test]
    fn a11_5_failures_are_kept_in_these_bytes() {
        let who = [
            Who::Id(UserId([1; 16])),
            Who::Device(DeviceId([2; 16])),
            Who::Source(IpAddr::from([192, 0, 2, 7])),
            Who::Code(UserId([3; 16])),
            Who::Tickets(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0])),
        ];
        let row = |who| Row { who, failures: 5, last: DATE, until: DATE.plus(10) };
        let bytes = codec::encode(&Failures::V1(who.map(row).to_vec()));
        let rest = "0580a4a7da068aa4a7da06";
        let named = ["00", "01", "0200c0000207", "03", "040120010db8000000000000000000000000"];
        let ids = ["01".repeat(16), "02".repeat(16), String::new(), "03".repeat(16), String::new()];
        let hex = |(tag, id): (&&str, String)| [*tag, id.as_str(), rest].concat();
        let pinned = named.iter().zip(ids).map(hex).collect::<Vec<_>>().concat();
        assert_eq!(data_encoding::HEXLOWER.encode(&bytes), format!("0005{pinned}"));
        assert_eq!(codec::decode::<Failures>(&bytes).expect("its own bytes"), Failures::V1(who.map(row).to_vec()));
        assert!(codec::decode::<Failures>(&[1, 0]).is_err(), "a later build's");
    }

    #[test]
    fn a11_5_what_comes_back_weighs_no_less_and_many_addresses_take_no_more_room() {
        let now = Duration::from_hours(200);
        let mut lockout = Lockout::new(Counted::Id);
        for _ in 0..6 {
            lockout.failed(now);
        }
        let id = Who::Id(UserId([1; 16]));
        let mut all = vec![(id, lockout)];
        for n in 0..u128::try_from(2 * SOURCES_KEPT).unwrap() {
            let mut source = Lockout::new(Counted::Source);
            (0..n % 7).for_each(|_| source.failed(now));
            all.push((Who::Source(IpAddr::V6((n << 64).into())), source));
        }
        let kept = rows(all, now, DATE);
        assert_eq!(kept.len(), 1 + SOURCES_KEPT);
        assert!(kept.iter().skip(1).all(|row| row.failures >= 3), "the worst");
        let back = kept[0].lockout(Duration::from_hours(168), DATE.plus(5));
        assert_eq!(back.permit(Duration::from_hours(168)), Err(15));
        let back = kept[0].lockout(Duration::from_hours(168), DATE.plus(3_600));
        assert_eq!((back.permit(Duration::from_hours(168)), back.kept(now).0), (Ok(()), 6), "the count stays");
    }
}
