//! Writing and reading.

use std::ops::Range;
use std::time::Duration;

use renkei_policy::group::roster::Roster;
use renkei_policy::group::sealing::writable_epoch;
use renkei_policy::group::{Group, a06_consent};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::{DeviceId, GroupId, StatementId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::Time;
use renkei_sealing::message::Content;
use serde::Serialize;

use crate::client::Client;
use crate::corrections::{Amended, Saying, as_amended};
use crate::duties::permit_content;
use crate::viewing::{ShownFile, shown_files};
use crate::{Fault, Result};

/// How often a message is made anew because the readers changed under it. Each time something really did change.
const ATTEMPTS: usize = 8;

/// How long it takes at most until the change that made the server say no arrives here.
pub(crate) const NEWS: Duration = Duration::from_secs(3);

/// A message as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Place in the group's log.
    pub seq: u64,
    /// The message.
    pub id: StatementId,
    /// The server's time.
    pub time: Time,
    /// Who wrote it.
    pub author: UserId,
    /// With which device.
    pub device: DeviceId,
    /// What it says now, or why it can't be read (yet). Nothing where it was taken back.
    pub text: core::result::Result<String, Code>,
    /// How it was corrected or taken back, if it was.
    pub amended: Option<Amended>,
    /// Its files, in order. None where it was taken back or can't be read.
    pub files: Vec<ShownFile>,
}

impl Client {
    /// Writes to a group. When this returns, the message is durable on the server under a key of exactly the present
    /// readers. If they have just changed, the keys are renewed on the way, without a question.
    pub async fn send(&self, group: GroupId, text: &str) -> Result<Accepted> {
        self.write(group, &Saying::Message(Content::Text(text.to_owned()))).await
    }

    /// Writes a message or an amendment under the present key.
    pub(crate) async fn write(&self, group: GroupId, saying: &Saying) -> Result<Accepted> {
        self.write_as(group, saying, None).await
    }

    /// The same as the statement `id`, if one is named: should that be in the log already, it was written before.
    pub(crate) async fn write_as(&self, group: GroupId, saying: &Saying, id: Option<StatementId>) -> Result<Accepted> {
        self.permit_writing(group)?;
        let mut last = Fault::from(Code::RekeyRequired);
        // An epoch that the server takes no more, which by this device's clock was good yet.
        let mut over = 0;
        for _ in 0..ATTEMPTS {
            match self.try_send(group, saying, id, over).await {
                Err((fault, epoch)) if again(fault.code) => {
                    let news = self.wait_for_news(group).await;
                    if fault.code == Code::RekeyRequired && !news {
                        over = epoch;
                    }
                    last = fault;
                }
                Err((fault, _)) => return Err(fault),
                Ok(accepted) => return Ok(accepted),
            }
        }
        Err(last)
    }

    /// Sends under the present epoch, or a new one if that is not to be used, or number `over`. A fault comes with the
    /// epoch that was used.
    async fn try_send(
        &self,
        group: GroupId,
        saying: &Saying,
        id: Option<StatementId>,
        over: u32,
    ) -> core::result::Result<Accepted, (Fault, u32)> {
        let mut used = 0;
        self.send_once(group, saying, id, (over, &mut used)).await.map_err(|fault| (fault, used))
    }

    async fn send_once(
        &self,
        group: GroupId,
        saying: &Saying,
        id: Option<StatementId>,
        (over, used): (u32, &mut u32),
    ) -> Result<Accepted> {
        let inner = &self.inner;
        let _writing = inner.writing.lock().await;
        // A newcomer's first message comes right after the approval: log, label and keys may just be arriving.
        inner.settled(LogId::Group(group)).await?;
        if let Some(entered) = id.and_then(|id| inner.entered(group, id)) {
            return Ok(entered);
        }
        self.require_sendable(group)?;
        self.require_amendable(group, saying)?;
        inner.fetch_keys(group).await?;
        let epoch = if let Some(epoch) = self.usable_epoch(group)?.filter(|epoch| *epoch > over) {
            epoch
        } else {
            inner.rekey(group).await?;
            self.usable_epoch(group)?.ok_or(Code::RekeyRequired)?
        };
        let epoch = self.with_key(group, epoch).await?;
        *used = epoch;
        let log = LogId::Group(group);
        let mut statement = inner.statement(log, Role::User, None, saying.act(epoch))?;
        statement.id = id.unwrap_or(statement.id);
        let sealed = inner.with_vault(|vault| {
            let key = vault.contents.epochs.get(&(group, epoch)).ok_or(Code::KeyAwaited)?;
            saying.seal(&mut statement, key).map_err(|_| Code::TooLarge)
        })?;
        sealed?;
        inner.submit(&statement, Sidecar::default()).await
    }

    /// `epoch`, if its key is here or arrives now: a colleague's device may have made it a moment ago. Otherwise its box
    /// for this device holds something else, and the next epoch is of this device's own making.
    async fn with_key(&self, group: GroupId, epoch: u32) -> Result<u32> {
        let inner = &self.inner;
        if inner.keys_between(group, epoch, epoch).is_err() {
            inner.fetch_keys(group).await?;
        }
        if inner.keys_between(group, epoch, epoch).is_ok() {
            return Ok(epoch);
        }
        inner.rekey(group).await?;
        self.usable_epoch(group)?.ok_or_else(|| Code::RekeyRequired.into())
    }

    /// The present epoch, if it may be written to: for exactly the present readers, and not too old or too full.
    fn usable_epoch(&self, group: GroupId) -> Result<Option<u32>> {
        let replica = self.inner.replica();
        let followed = replica.group(group).ok_or(Code::Unknown)?;
        let state = followed.group().ok_or(Code::Unknown)?;
        let roster = Roster::of(state, replica.registry().now(), replica.time());
        // A device never moves back to an earlier key.
        let newest = self.inner.with_vault(|vault| {
            let keys = vault.contents.epochs.range((group, 0)..=(group, u32::MAX));
            keys.last().map_or(0, |((_, number), _)| *number)
        })?;
        if newest > state.epoch() {
            return Err(Code::LogNotTrusted.into());
        }
        Ok(writable_epoch(state, &roster, replica.time()).map(|epoch| epoch.number))
    }

    /// Whether this person may write to `group` now, as far as this device knows: so that nobody types in vain.
    pub fn may_write(&self, group: GroupId) -> Result<()> {
        self.look(|replica| {
            replica.trusted(LogId::Group(group))?;
            let state = replica.group(group).and_then(|followed| followed.group()).ok_or(Code::Unknown)?;
            a06_consent::require_consent(state).map_err(|refusal| refusal.0)
        })?;
        self.require_sendable(group)?;
        self.permit_writing(group)
    }

    /// Says before any key is made what the server would say of the message. A convenience: the server decides.
    pub(crate) fn require_sendable(&self, group: GroupId) -> Result<()> {
        let replica = self.inner.replica();
        let state = replica.group(group).and_then(|followed| followed.group()).ok_or(Code::Unknown)?;
        if let Some(code) = state.shut() {
            return Err(code.into());
        }
        if state.inquiry_closed().is_some() {
            return Err(Code::InquiryClosed.into());
        }
        if state.closed_at(replica.registry().now()).is_some() {
            return Err(Code::GroupClosed.into());
        }
        if state.reading_at(replica.registry().now(), self.user(), replica.time()).is_none() {
            return Err(Code::NotAReader.into());
        }
        Ok(())
    }

    /// Whether something new came into the registry or the group within a moment.
    async fn wait_for_news(&self, group: GroupId) -> bool {
        let before = self.look(|replica| (replica.seen(LogId::Group(group)), replica.registry().size()));
        let changed = self.inner.wait_until(NEWS, |replica| {
            let after = (replica.seen(LogId::Group(group)), replica.registry().size());
            Ok((after != before).then_some(()))
        });
        // Nothing new in that time: it came before we looked, or only time has passed.
        changed.await.is_ok()
    }

    /// The messages of a group from place `from` on, opened as far as this device has the keys, each as it was amended
    /// last.
    pub fn read(&self, group: GroupId, from: u64) -> Result<Vec<Shown>> {
        self.read_between(group, from..u64::MAX)
    }

    /// Those at the places `seqs` alone: what a screen shows of a long group.
    pub fn read_between(&self, group: GroupId, seqs: Range<u64>) -> Result<Vec<Shown>> {
        let replica = self.inner.replica();
        permit_content(&replica, self.user())?;
        if replica.coming_again(group) {
            return Err(Code::KeyAwaited.into());
        }
        let followed = replica.group(group).ok_or(Code::Unknown)?;
        if followed.ended() {
            return Err(Code::NotAReader.into());
        }
        if let Some(code) = followed.group().and_then(Group::shut) {
            return Err(code.into());
        }
        // Who governs, and read once, or reads by a delegation that is over, is shown nothing of what was said then.
        if !replica.reads(group) {
            return Ok(Vec::new());
        }
        let start = followed.messages().partition_point(|sealed| sealed.seq < seqs.start);
        self.inner.with_vault(|vault| {
            followed.messages()[start..]
                .iter()
                .take_while(|sealed| sealed.seq < seqs.end)
                .filter_map(|sealed| {
                    let (author, device) = (sealed.statement.actor.user()?, sealed.statement.actor.device()?);
                    let (text, amended) = as_amended(vault, group, followed, sealed);
                    let id = sealed.statement.id;
                    let files = shown_files(&replica, self.user(), vault, group, sealed);
                    Some(Shown { seq: sealed.seq, id, time: sealed.time, author, device, text, amended, files })
                })
                .collect()
        })
    }

    /// Whether the vault has any key of the group.
    pub fn holds_keys(&self, group: GroupId) -> bool {
        let held = self.inner.with_vault(|vault| vault.contents.epochs.range((group, 0)..=(group, u32::MAX)).count());
        held.is_ok_and(|held| held > 0)
    }

    /// Whether this device has every key that it may have in the group.
    pub fn has_all_keys(&self, group: GroupId) -> bool {
        let replica = self.inner.replica();
        let Some(state) = replica.group(group).and_then(|followed| followed.group()) else { return false };
        let Some(reading) = state.reading_at(replica.registry().now(), self.user(), replica.time()) else {
            return false;
        };
        let first = reading.first_epoch;
        crate::fetching::complete(state, self.device(), first) && self.inner.holds(group, state, first)
    }
}

/// Refusals that a device answers by catching up and making the message anew.
fn again(code: Code) -> bool {
    matches!(
        code,
        Code::RekeyRequired | Code::EpochTaken | Code::RosterMismatch | Code::CounterWrong | Code::HistoryNotDue
    )
}
