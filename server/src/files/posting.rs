//! What names files, a message or the deposit of a form's scan, on its way to the log.
//!
//! ```text
//! pace ── every file whole? (stops with its connection) ── marked as kept ── writer ─┬─ in the log: waits no more, counted
//!                                                                                     └─ refused: the marks are gone
//! ```

use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Fault, Sidecar};
use renkei_proto::id::{DeviceId, GroupId, StatementId, UserId};
use renkei_proto::statement::Verified;
use renkei_store::RecordKey;

use super::{Kept, code};
use crate::hub::{Live, lock};
use crate::service::{Service, store_code};

impl Service {
    /// Appends a statement whose files are here and whole. What travels beside it was checked.
    pub(crate) async fn post(
        &self,
        live: &Live,
        verified: Verified,
        sidecar: Sidecar,
        (user, device): (UserId, DeviceId),
        group: GroupId,
    ) -> Result<Accepted, Fault> {
        let (id, named) = (verified.statement().id, verified.statement().act.files());
        // A repeat is answered from the log, whatever has changed since.
        if self.log.find(RecordKey(id.0)).map_err(|error| store_code(&error))?.is_some() {
            return Ok(self.writer.submit_kept(verified, sidecar, &Kept::entered()).await?);
        }
        self.permit_upload((user, device), group)?;
        self.posts.permit(user, self.clock.monotonic())?;
        // Whoever has gone away wants nothing checked any more. From the marks on, it is carried to its end.
        let now = self.clock.anchored();
        let kept = self.files.whole_until(live.gone(), (user, device), group, &named, now).await?;
        let permitted = || self.permit_upload((user, device), group);
        let entered = match self.files.mark(&kept, id, permitted).await {
            Ok(()) => self.writer.submit_kept(verified, sidecar, &kept).await,
            Err(code) => Err(code),
        };
        match entered {
            Ok(accepted) => {
                let times = (accepted.time, self.clock.utc());
                lock(&self.files.quota).posted(user, group, &named, times);
                drop(kept);
                self.files.posted((group, device), &named).await;
                Ok(accepted)
            }
            Err(code) => {
                self.unmark(&kept, id, code).await;
                Err(code.into())
            }
        }
    }

    /// A post was refused: nothing of it stays. Where the disk failed it may be in the log after all; then the marks stay, and
    /// the sweep looks it up.
    async fn unmark(&self, kept: &Kept<'_>, statement: StatementId, refusal: Code) {
        let unsure = matches!(refusal, Code::StorageFailed | Code::StorageFull | Code::ShuttingDown);
        if unsure || !matches!(self.log.find(RecordKey(statement.0)), Ok(None)) {
            return;
        }
        for lies in kept.files() {
            let mark = format!("{}/{statement}", lies.kept());
            if let Err(error) = self.files.blobs.erase_apart(&mark).await {
                let code = code(&error);
                tracing::warn!(%code, "the mark of a refused post stays until the next sweep");
            }
        }
    }
}
