//! Messages on their way. What a person has written is kept, sealed, before anything is promised, and goes by itself when
//! the server can be reached: after a lock, a crash or a restart too, once, and in the order in which it was written.
//!
//! ```text
//! written      sealed beside the vault, with the id that its statement will have
//! on the server    an entry of the group's log has that id: nothing is kept of it any more
//! refused      the server says no: it stays with the reason until the person tries again or takes it back
//! ```
//!
//! Whether an attempt without an answer arrived is told by the log: it is looked through for the id before every attempt,
//! and the device's counter lets one of two attempts in at most.

use std::time::Duration;

use renkei_proto::bounds;
use renkei_proto::code::{Class, Code};
use renkei_proto::codec;
use renkei_proto::frame::{Accepted, Fault};
use renkei_proto::id::{GroupId, StatementId};
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use renkei_sealing::message::Content;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::client::{Client, Inner};
use crate::corrections::Saying;
use crate::replica::Replica;
use crate::vault::Vault;
use crate::{Result, files, random};

/// The name under which messages that wait are sealed, and their file's.
pub(crate) const PART: &str = "outbox";

/// Between two attempts while nothing has changed.
const PAUSE: Duration = Duration::from_secs(5);

/// A message that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Unsent {
    /// The id that its statement has or will have.
    #[zeroize(skip)]
    pub id: StatementId,
    /// To which group.
    #[zeroize(skip)]
    pub group: GroupId,
    /// What it says.
    pub text: String,
    /// When it was written, by this device's clock.
    #[zeroize(skip)]
    pub written: Time,
    /// Why the server does not take it; none while it waits.
    #[zeroize(skip)]
    pub refused: Option<Code>,
}

/// Wakes whoever sends.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    written: Notify,
}

fn load(vault: &Vault) -> Result<Vec<Unsent>> {
    if !vault.part(PART).exists() {
        return Ok(Vec::new());
    }
    let plain = vault.open_part(PART).ok_or(Code::ProfileFailed)?;
    codec::decode(&plain).map_err(|_| Code::ProfileFailed.into())
}

fn store(vault: &Vault, all: &[Unsent]) -> Result<()> {
    let path = vault.part(PART);
    if all.is_empty() {
        return files::destroy(&path);
    }
    let sealed = vault.seal_part(PART, &Zeroizing::new(codec::encode(&all))).map_err(|_| Code::ProfileFailed)?;
    files::write_private(&path, &sealed)
}

impl Inner {
    fn with_outbox<T>(&self, use_it: impl FnOnce(&mut Vec<Unsent>) -> Result<T>) -> Result<T> {
        let answer = self.with_vault(|vault| {
            let mut all = load(vault)?;
            let before = all.clone();
            let answer = use_it(&mut all)?;
            if all != before {
                store(vault, &all)?;
            }
            Ok::<T, Fault>(answer)
        })??;
        Ok(answer)
    }

    /// Nothing that was to go to this group stays.
    pub(crate) fn forget_unsent(&self, group: GroupId) -> Result<()> {
        self.with_outbox(|all| {
            all.retain(|one| one.group != group);
            Ok(())
        })
    }

    /// Where this device's message with this id stands, if it arrived.
    pub(crate) fn entered(&self, group: GroupId, id: StatementId) -> Option<Accepted> {
        let replica = self.replica();
        let mut newest = replica.group(group)?.messages().iter().rev();
        let own = newest.find(|one| one.statement.id == id && one.statement.actor.device() == Some(self.device))?;
        let head = replica.head_at(LogId::Group(group), own.seq + 1)?;
        Some(Accepted { head, time: own.time })
    }
}

impl Client {
    /// Takes over a message, and sends it as soon as that can be. When this returns, it is kept on this device, durably.
    pub fn post(&self, group: GroupId, text: &str) -> Result<StatementId> {
        if text.trim().is_empty() {
            return Err(Code::NothingToDo.into());
        }
        if text.len() > bounds::MESSAGE_TEXT {
            return Err(Code::TooLarge.into());
        }
        self.permit_writing(group)?;
        self.require_sendable(group)?;
        let one = Unsent {
            id: StatementId(random()),
            group,
            text: text.to_owned(),
            written: self.inner.clock.now(),
            refused: None,
        };
        let id = one.id;
        self.inner.with_outbox(|all| {
            if all.len() >= bounds::OUTBOX {
                return Err(Code::UploadsFull.into());
            }
            all.push(one);
            Ok(())
        })?;
        self.inner.outbox.written.notify_one();
        self.inner.note_change();
        Ok(id)
    }

    /// What is not on the server yet, in the order in which it was written.
    pub fn unsent(&self) -> Result<Vec<Unsent>> {
        self.inner.with_outbox(|all| Ok(all.clone()))
    }

    /// Tries once more to send a message that was refused.
    pub fn post_again(&self, id: StatementId) -> Result<()> {
        self.inner.with_outbox(|all| {
            let one = all.iter_mut().find(|one| one.id == id).ok_or(Code::Unknown)?;
            one.refused = None;
            Ok(())
        })?;
        self.inner.outbox.written.notify_one();
        self.inner.note_change();
        Ok(())
    }

    /// Takes back a message that was refused, and gives its text. One that is on its way may have arrived already: it is
    /// retracted in the group ([`Client::retract`]), not here.
    pub fn take_back(&self, id: StatementId) -> Result<Zeroizing<String>> {
        let text = self.inner.with_outbox(|all| {
            let at = all.iter().position(|one| one.id == id).ok_or(Code::Unknown)?;
            if all[at].refused.is_none() {
                return Err(Code::Busy.into());
            }
            Ok(Zeroizing::new(all.remove(at).text.clone()))
        })?;
        self.inner.note_change();
        Ok(text)
    }

    /// Sends what is written, for as long as the client lives.
    pub(crate) async fn keep_sending(&self) {
        let mut changes = self.changes();
        // Judged by an old registry, something might seem to be refused for good.
        while !self.look(Replica::caught_up) {
            if changes.changed().await.is_err() {
                return;
            }
        }
        loop {
            changes.mark_unchanged();
            match self.send_unsent().await {
                Ok(true) => self.inner.outbox.written.notified().await,
                Ok(false) => {
                    // Later: when something is written or has changed, or after a while.
                    tokio::select! {
                        _ = changes.changed() => {}
                        () = self.inner.outbox.written.notified() => {}
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                // The vault is closed: this is over, and the connection is still needed to say so.
                Err(_) => std::future::pending().await,
            }
        }
    }

    /// Sends what waits, in order within each group. Whether nothing waits any more.
    async fn send_unsent(&self) -> Result<bool> {
        let mut stuck: Vec<GroupId> = Vec::new();
        loop {
            let next = self.unsent()?.into_iter().find(|one| one.refused.is_none() && !stuck.contains(&one.group));
            let Some(one) = next else { return Ok(stuck.is_empty()) };
            let sent = if self.inner.entered(one.group, one.id).is_some() {
                Ok(())
            } else {
                let saying = Saying::Message(Content::Text(one.text.clone()));
                self.write_as(one.group, &saying, Some(one.id)).await.map(drop)
            };
            match sent {
                Ok(()) => self.inner.with_outbox(|all| {
                    all.retain(|other| other.id != one.id);
                    Ok(())
                })?,
                Err(fault) if fault.code == Code::VaultClosed => return Err(fault),
                Err(fault) if waits(fault.code) => stuck.push(one.group),
                Err(fault) => self.inner.with_outbox(|all| {
                    if let Some(one) = all.iter_mut().find(|other| other.id == one.id) {
                        one.refused = Some(fault.code);
                    }
                    Ok(())
                })?,
            }
            self.inner.note_change();
        }
    }
}

/// Whether this goes over by itself, or when the person does what is owed.
fn waits(code: Code) -> bool {
    let owed = matches!(code, Code::PostureMissing | Code::NoticeUnread | Code::ReviewOverdue);
    owed || matches!(code.class(), Class::Later | Class::SignIn | Class::Server)
}
