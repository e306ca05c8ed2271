//! Files on their way. A message with files is kept, sealed, before anything is promised; it goes by itself when the server can
//! be reached, on from where it stopped, after a lock or a restart too, and comes back with its text and its reason when it is
//! refused.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use renkei_client_core::Fault;
use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{FileId, GroupId};
use renkei_client_core::proto::time::Time;
use renkei_client_core::sending::Unfinished;
use serde::Serialize;
use tokio::sync::{Notify, watch};
use ts_rs::TS;

use crate::trouble::Trouble;
use crate::{Inside, Result};

/// Between two attempts while nothing has changed.
const PAUSE: Duration = Duration::from_secs(15);

/// How long a sending that was stopped may take to let go.
const LETTING_GO: Duration = Duration::from_secs(10);

/// A message with files that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SendingLine {
    /// Names it.
    #[ts(type = "string")]
    pub id: FileId,
    /// What is written with the files.
    pub text: String,
    /// Names and bytes of its files.
    #[ts(type = "[string, number][]")]
    pub files: Vec<(String, u64)>,
    /// Since when.
    #[ts(type = "number")]
    pub since: Time,
    /// Pieces that the server has.
    pub arrived: u32,
    /// Pieces in all.
    pub pieces: u32,
    /// Why it waits, where that is known.
    pub waits: Option<Trouble>,
    /// Why it is not sent.
    pub refused: Option<Trouble>,
}

/// What the server did not take.
struct Refused {
    unfinished: Unfinished,
    why: Trouble,
}

/// Everything that is on its way here.
pub(crate) struct Sendings {
    begun: Notify,
    /// The files themselves, to be given back.
    files: Mutex<BTreeMap<FileId, Vec<Outgoing>>>,
    refused: Mutex<BTreeMap<FileId, Refused>>,
    waits: Mutex<BTreeMap<FileId, Trouble>>,
    /// What is not to be gone on with.
    stopped: watch::Sender<Option<FileId>>,
    stopping: tokio::sync::Mutex<()>,
}

impl Default for Sendings {
    fn default() -> Self {
        Self {
            begun: Notify::new(),
            files: Mutex::default(),
            refused: Mutex::default(),
            waits: Mutex::default(),
            stopped: watch::Sender::new(None),
            stopping: tokio::sync::Mutex::default(),
        }
    }
}

impl core::fmt::Debug for Sendings {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sendings").finish_non_exhaustive()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn line(one: Unfinished, waits: Option<Trouble>, refused: Option<Trouble>) -> SendingLine {
    let Unfinished { id, text, since, files, arrived, chunks, .. } = one;
    SendingLine { id, text, files, since, arrived, pieces: chunks, waits, refused }
}

/// Takes over a message with files that lay ready. When this returns, it is kept on this device. What is refused at once
/// lies ready as before.
pub(crate) async fn begin(
    inside: &Inside,
    group: GroupId,
    text: &str,
    mut files: Vec<Outgoing>,
    no_download: bool,
) -> Result<()> {
    match inside.client.begin_sending(group, text, &mut files, no_download).await {
        Ok(id) => {
            held(&inside.sendings.files).insert(id, files);
            inside.sendings.begun.notify_one();
            Ok(())
        }
        Err(fault) => {
            inside.bench.put_back(group, files);
            Err(fault.into())
        }
    }
}

/// What of a group is on its way, oldest first.
pub(crate) fn lines(inside: &Inside, group: GroupId) -> Result<Vec<SendingLine>> {
    let here = inside.client.kept_sendings()?.into_iter().filter(|one| one.group == group);
    let waits = held(&inside.sendings.waits);
    let refused = held(&inside.sendings.refused);
    let refused = refused.values().filter(|one| one.unfinished.group == group);
    let mut lines: Vec<SendingLine> =
        refused.map(|one| line(one.unfinished.clone(), None, Some(one.why.clone()))).collect();
    lines.extend(here.map(|one| {
        let waits = waits.get(&one.id).cloned();
        line(one, waits, None)
    }));
    lines.sort_by_key(|one| one.since);
    Ok(lines)
}

/// Stops a sending, or takes back one that was refused: its text comes back, and its files lie ready again.
pub(crate) async fn take_back(inside: &Inside, id: FileId) -> Result<String> {
    let sendings = &inside.sendings;
    let _one = sendings.stopping.lock().await;
    let refused = held(&sendings.refused).remove(&id).map(|one| one.unfinished);
    let unfinished = if let Some(unfinished) = refused {
        unfinished
    } else {
        let kept = inside.client.kept_sendings()?.into_iter().find(|one| one.id == id);
        let kept = kept.ok_or(Code::NothingToDo)?;
        sendings.stopped.send_replace(Some(id));
        let given_up = give_up(inside, id).await;
        sendings.stopped.send_replace(None);
        sendings.begun.notify_one();
        given_up?;
        kept
    };
    held(&sendings.waits).remove(&id);
    if let Some(files) = held(&sendings.files).remove(&id) {
        inside.bench.put_back(unfinished.group, files);
    }
    Ok(unfinished.text)
}

async fn give_up(inside: &Inside, id: FileId) -> Result<()> {
    let letting_go = async {
        loop {
            match inside.client.cancel_sending(id) {
                Err(fault) if fault.code == Code::Busy => tokio::time::sleep(Duration::from_millis(20)).await,
                // It had arrived in that moment.
                Err(fault) if fault.code == Code::Unknown => return Err(Fault::from(Code::NothingToDo)),
                other => return other,
            }
        }
    };
    let busy = |_| Err(Fault::from(Code::Busy));
    Ok(tokio::time::timeout(LETTING_GO, letting_go).await.unwrap_or_else(busy)?)
}

/// Texts of what was refused and not taken back, with their groups: nothing typed is lost with the lock.
pub(crate) fn refused_texts(inside: &Inside) -> Vec<(GroupId, String)> {
    let refused = std::mem::take(&mut *held(&inside.sendings.refused));
    let texts = refused.into_values().map(|one| (one.unfinished.group, one.unfinished.text));
    texts.filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// Goes on with what is not finished, one after the other, for as long as somebody is inside. Calls `changed` when a screen
/// may show something else.
pub(crate) async fn keep_going(inside: &Inside, changed: impl Fn()) {
    let sendings = &inside.sendings;
    let mut changes = inside.client.changes();
    let mut stopped = sendings.stopped.subscribe();
    let mut tried: Vec<FileId> = Vec::new();
    loop {
        changes.mark_unchanged();
        // The vault is closed: it goes on when somebody is inside again.
        let Ok(all) = inside.client.kept_sendings() else { return std::future::pending().await };
        let halted = *stopped.borrow_and_update();
        let next = all.into_iter().find(|one| !tried.contains(&one.id) && halted != Some(one.id));
        let Some(one) = next else {
            let waiting = !tried.is_empty();
            tried.clear();
            tokio::select! {
                () = sendings.begun.notified() => {}
                _ = changes.changed(), if waiting => tokio::time::sleep(Duration::from_millis(500)).await,
                () = tokio::time::sleep(PAUSE), if waiting => {}
            }
            continue;
        };
        tried.push(one.id);
        let sent = tokio::select! {
            sent = inside.client.go_on(one.id) => sent,
            _ = stopped.wait_for(|now| *now == Some(one.id)) => continue,
        };
        // What is over is not kept.
        let kept = inside.client.kept_sendings().is_ok_and(|all| all.iter().any(|other| other.id == one.id));
        match sent {
            Ok(_) => {
                held(&sendings.waits).remove(&one.id);
                held(&sendings.files).remove(&one.id);
            }
            Err(fault) if kept => drop(held(&sendings.waits).insert(one.id, fault.into())),
            Err(fault) if fault.code == Code::VaultClosed => {}
            Err(fault) => {
                held(&sendings.waits).remove(&one.id);
                let refused = Refused { unfinished: one.clone(), why: fault.into() };
                held(&sendings.refused).insert(one.id, refused);
            }
        }
        changed();
    }
}
