//! The server by itself: what it answers to a statement that no client has looked at, and whether its logs stayed as they were.

use renkei_client_core::Result;
use renkei_client_core::proto::act::{Act, BoxesRoot};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Accepted, Answer, Op, SealedBox, Sidecar, boxes_root};
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::statement::{ActingFor, LogId, Role};

use crate::{Person, refused};

/// A role with the delegation that somebody acts under.
#[derive(Debug, Clone, Copy)]
pub struct As(pub Role, pub Option<ActingFor>);

impl From<Role> for As {
    fn from(role: Role) -> Self {
        Self(role, None)
    }
}

/// Signs and sends `act` as it stands: the own client checks nothing.
pub async fn unchecked(person: &Person, r#as: impl Into<As>, log: LogId, act: Act) -> Result<Accepted> {
    unchecked_with(person, r#as, log, act, Sidecar::default()).await
}

/// The same, with what travels beside the statement.
pub async fn unchecked_with(
    person: &Person,
    r#as: impl Into<As>,
    log: LogId,
    act: Act,
    sidecar: Sidecar,
) -> Result<Accepted> {
    let As(role, acting_for) = r#as.into();
    person.client().submit_unchecked(log, role, acting_for, act, sidecar).await
}

/// Boxes for these devices that are right in order, length and root, and hold nothing anybody can open, with the root to
/// sign: a statement with them is refused for a rule, and not for what travels beside it.
pub fn boxed(devices: impl IntoIterator<Item = DeviceId>) -> (BoxesRoot, Sidecar) {
    // As long as a box takes around a short payload.
    const LENGTH: usize = 1_300;
    let sealed = |device| SealedBox { device, sealed: Blob::new(vec![5; LENGTH]).expect("a box") };
    let mut boxes: Vec<SealedBox> = devices.into_iter().map(sealed).collect();
    boxes.sort_by_key(|one| one.device);
    let boxes = List::new(boxes).expect("few");
    (boxes_root(&boxes).expect("ascending"), Sidecar { boxes: Some(boxes), ..Sidecar::default() })
}

/// Every entry of `log` as the server hands it to `person` now.
pub async fn entries(person: &Person, log: LogId) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let from = u64::try_from(all.len()).expect("few entries");
        match person.client().ask(Op::Entries { log, from }).await.expect("somebody who is given the log") {
            Answer::Entries(some) if some.as_slice().is_empty() => return all,
            Answer::Entries(some) => all.extend(some.as_slice().iter().map(|entry| entry.as_slice().to_vec())),
            other => panic!("{other:?}"),
        }
    }
}

/// The log as it is for `witness`, to be compared after whatever must change nothing.
#[derive(Debug)]
pub struct Before<'w> {
    witness: &'w Person,
    logs: Vec<(LogId, Vec<Vec<u8>>)>,
}

impl<'w> Before<'w> {
    /// The logs as they are now.
    pub async fn of(witness: &'w Person, logs: &[LogId]) -> Self {
        let mut before = Vec::new();
        for &log in logs {
            before.push((log, entries(witness, log).await));
        }
        Self { witness, logs: before }
    }

    /// The server refuses `act` of `person` with `code`.
    pub async fn refuses(&self, person: &Person, r#as: impl Into<As>, log: LogId, act: Act, code: Code) {
        self.refuses_with(person, r#as, log, act, Sidecar::default(), code).await;
    }

    /// The same, with what travels beside the statement.
    pub async fn refuses_with(
        &self,
        person: &Person,
        r#as: impl Into<As>,
        log: LogId,
        act: Act,
        sidecar: Sidecar,
        code: Code,
    ) {
        let r#as = r#as.into();
        let said = format!("{as:?} {act:?}");
        let answer = unchecked_with(person, r#as, log, act, sidecar).await;
        assert!(matches!(&answer, Err(fault) if fault.code == code), "expected {code} of {said}, got {answer:?}");
    }

    /// An honest client was asked for it, and says so.
    #[track_caller]
    pub fn honest<T: core::fmt::Debug>(&self, answer: Result<T>, code: Code) {
        refused(answer, code);
    }

    /// Nothing has changed.
    pub async fn holds(self) {
        for (log, before) in self.logs {
            assert!(!before.is_empty(), "{log:?} was there");
            let now = entries(self.witness, log).await;
            assert!(now == before, "{log:?} had {} entries and has {}", before.len(), now.len());
        }
    }
}
