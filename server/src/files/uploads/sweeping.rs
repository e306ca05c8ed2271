//! What no post named in a day goes, and so does what a power cut left behind.

use std::sync::Mutex;

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::id::{StatementId, UserId};
use renkei_proto::statement::{Claim, LogId};
use renkei_proto::time::Time;
use renkei_store::RecordKey;

use super::super::{Lies, code};
use super::{Upload, Waiting, marker};
use crate::hub::lock;
use crate::service::{Service, store_code};
use crate::world::log_key;

impl Service {
    /// Drops uploads that no post has named for a day. Whoever uploads finds out whether there are any.
    pub(crate) async fn sweep_uploads(&self) -> Result<(), Code> {
        let waiting = self.files.waiting().await?;
        let now = self.clock.anchored();
        let old: Vec<(Lies, UserId)> = {
            let waiting = lock(waiting);
            let old = waiting.0.iter().filter(|(_, upload)| now.since(upload.since) >= bounds::UPLOAD_WAITS);
            old.map(|(lies, upload)| (*lies, upload.user)).collect()
        };
        for (lies, user) in old {
            if let Err(code) = self.sweep_upload(waiting, &lies, user, now).await {
                tracing::warn!(%code, "an upload was not swept");
            }
        }
        Ok(())
    }

    async fn sweep_upload(&self, waiting: &Mutex<Waiting>, lies: &Lies, user: UserId, now: Time) -> Result<(), Code> {
        let blobs = &self.files.blobs;
        let _alone = self.files.shut().await;
        // Begun anew, or named by a post that is on its way, since it was looked at.
        let still = |upload: &Upload| upload.posting == 0 && now.since(upload.since) >= bounds::UPLOAD_WAITS;
        if !lock(waiting).0.get(lies).is_some_and(still) {
            return Ok(());
        }
        let kept = blobs.under(&lies.kept()).await.map_err(|error| code(&error))?;
        let mut posted = false;
        for statement in kept.iter().filter_map(|(name, _)| name.parse::<StatementId>().ok()) {
            posted |= self.names(statement, lies)?;
        }
        if !posted {
            blobs.erase_apart(&lies.dir()).await.map_err(|error| code(&error))?;
        }
        blobs.erase_apart(&marker(lies, user)).await.map_err(|error| code(&error))?;
        lock(waiting).0.remove(lies);
        Ok(())
    }

    /// Drops what lies among the files and neither waits nor is kept for a post: what a power cut left between the mark of an
    /// upload and its first chunk. Once, after the start.
    pub(crate) async fn sweep_orphans(&self) -> Result<u64, Code> {
        let blobs = &self.files.blobs;
        let waiting = self.files.waiting().await?;
        let under = async |prefix: &str| blobs.under(prefix).await.map_err(|error| code(&error));
        let mut swept = 0;
        for (group, _) in under("files").await? {
            for (device, _) in under(&format!("files/{group}")).await? {
                for (file, _) in under(&format!("files/{group}/{device}")).await? {
                    let named = (group.parse(), device.parse(), file.parse());
                    let (Ok(group), Ok(device), Ok(file)) = named else { continue };
                    let lies = Lies { group, device, file };
                    if lock(waiting).0.contains_key(&lies) || !under(&lies.kept()).await?.is_empty() {
                        continue;
                    }
                    // Begun since it was looked at?
                    let _alone = self.files.shut().await;
                    if !lock(waiting).0.contains_key(&lies) && under(&lies.kept()).await?.is_empty() {
                        blobs.erase_apart(&lies.dir()).await.map_err(|error| code(&error))?;
                        swept += 1;
                    }
                }
            }
        }
        Ok(swept)
    }

    /// Whether the log has this statement, and it is a post of that device in that group which names that file.
    fn names(&self, statement: StatementId, lies: &Lies) -> Result<bool, Code> {
        let drawer = self.world().registry().now().drawer_of(lies.group).is_some();
        let log = if drawer { LogId::Registry } else { LogId::Group(lies.group) };
        let found = self.log.find(RecordKey(statement.0)).map_err(|error| store_code(&error))?;
        let Some((_, seq)) = found.filter(|(key, _)| *key == log_key(log)) else { return Ok(false) };
        let Some(bytes) = self.entry(log, seq)? else { return Ok(false) };
        let entry = Entry::decode(&bytes).map_err(|_| Code::StorageFailed)?;
        let claim = entry.body.map(Claim::parse);
        let Some(Ok(claim)) = claim else { return Ok(false) };
        let named = claim.unverified().act.files();
        Ok(entry.header.author == Some(lies.device) && named.iter().any(|one| one.file == lies.file))
    }
}
