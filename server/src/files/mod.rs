//! Files of groups (A12.2), and of a facility's Forms 1 and 2 in its drawer (A3.1, A9.1), sealed: what devices upload, what posts name, and who has which of them open.
//!
//! ```text
//! upload    chunk by chunk, each durable before it is answered; in any order, again where the link broke
//! post      every chunk is there and under the root that the post signs ─► kept for that statement ─► writer
//! open      the device's signed request, by the rules ─► on record, durably ─► open for this session
//! chunk     still open, still a reader ─► the sealed bytes
//! erase     nobody uploads ─► the group's files are gone ─► only then is the erasure acknowledged
//! ```
//!
//! ```text
//! files/<group>/<device>/<file>/c/<chunk>      the file
//! files/<group>/<device>/<file>/p/<chunk>      its preview
//! files/<group>/<device>/<file>/kept/<statement>
//! waiting/<group>/<user>/<device>/<file>       since when, of an upload that no post is known to name
//! ```
//!
//! A file's name begins with the device that uploads it, so nobody writes into another's. What no post has named after a day is
//! dropped; whether one has, the log says, which finds a statement by its identifier.

mod grants;
mod offline;
mod posting;
mod quota;
mod requests;
mod uploads;

use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use renkei_policy::registry::a09_scans::Deposit;
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::file::Part;
use renkei_proto::id::{DeviceId, FileId, GroupId};
use renkei_proto::statement::LogId;
use renkei_store::{BlobError, Blobs};

pub(crate) use grants::Permitted;
pub(crate) use offline::Named;
pub(crate) use uploads::Kept;

use crate::service::Service;

/// How often uploads are swept that no post has named for a day.
const SWEEP: Duration = Duration::from_hours(1);

/// Whole files checked at once: each takes half a second of one processor.
const CHECKS: usize = 1;

/// The files of this server.
#[derive(Debug)]
pub(crate) struct Files {
    blobs: Blobs,
    /// Uploads that no post is known to name, once they were looked up.
    waiting: tokio::sync::OnceCell<Mutex<uploads::Waiting>>,
    grants: Mutex<grants::Grants>,
    /// Shared by uploads, taken alone by an erasure: nothing is written behind it.
    gate: tokio::sync::RwLock<()>,
    checks: tokio::sync::Semaphore,
    /// What was sent within a day.
    pub(crate) quota: Mutex<quota::Quota>,
    /// Whose post is on its way.
    checking: Mutex<std::collections::BTreeSet<renkei_proto::id::UserId>>,
}

/// A file, by where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Lies {
    pub(crate) group: GroupId,
    pub(crate) device: DeviceId,
    pub(crate) file: FileId,
}

impl Lies {
    /// The scan of a Form 1 or 2.
    pub(crate) fn of_form(deposit: &Deposit) -> Self {
        Self { group: deposit.form.drawer(), device: deposit.device, file: deposit.file }
    }

    fn dir(&self) -> String {
        format!("files/{}/{}/{}", self.group, self.device, self.file)
    }

    fn part(&self, part: Part) -> String {
        let letter = match part {
            Part::Content => 'c',
            Part::Preview => 'p',
        };
        format!("{}/{letter}", self.dir())
    }

    fn chunk(&self, part: Part, index: u32) -> String {
        format!("{}/{index:04}", self.part(part))
    }

    fn kept(&self) -> String {
        format!("{}/kept", self.dir())
    }
}

/// Sweeps uploads for as long as the service lives.
pub(crate) fn watch(service: &Arc<Service>) {
    let service: Weak<Service> = Arc::downgrade(service);
    tokio::spawn(async move {
        if let Some(service) = service.upgrade() {
            match service.sweep_orphans().await {
                Ok(0) => {}
                Ok(swept) => tracing::info!(swept, "files that a power cut left over are gone"),
                Err(code) => tracing::warn!(%code, "what a power cut left over was not swept"),
            }
        }
        loop {
            tokio::time::sleep(SWEEP).await;
            let Some(service) = service.upgrade() else { return };
            if let Err(code) = service.sweep_uploads().await {
                tracing::warn!(%code, "uploads were not swept");
            }
        }
    });
}

/// With whom the files lie that a statement of this log names: its group, or a facility's drawer.
pub(crate) fn owner(log: LogId, act: &Act) -> Option<GroupId> {
    match (log, act) {
        (LogId::Group(group), _) => Some(group),
        (LogId::Registry, Act::Registry(RegistryAct::DepositFormScan { form, .. })) => Some(form.drawer()),
        (LogId::Registry, _) => None,
    }
}

fn code(error: &BlobError) -> Code {
    match error {
        BlobError::Taken => Code::AlreadyExists,
        BlobError::Full => Code::StorageFull,
        BlobError::Failed(_) => {
            tracing::error!(%error, "a file of a group");
            Code::StorageFailed
        }
    }
}

impl Files {
    /// Opens those in the data directory `dir`.
    pub(crate) fn open(dir: &Path) -> Result<Self, BlobError> {
        Ok(Self {
            blobs: Blobs::open(&dir.join("blobs"))?,
            waiting: tokio::sync::OnceCell::new(),
            grants: Mutex::default(),
            gate: tokio::sync::RwLock::new(()),
            checks: tokio::sync::Semaphore::new(CHECKS),
            quota: Mutex::default(),
            checking: Mutex::default(),
        })
    }

    /// Keeps uploads out for as long as the guard lives.
    pub(crate) async fn shut(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// How many files of a group are here, posted or waiting to be, and with how many sealed bytes. Blocks.
    pub(crate) fn measure(&self, group: GroupId) -> Result<(u64, u64), Code> {
        let (mut files, mut bytes) = (std::collections::BTreeSet::new(), 0_u64);
        let mut add = |name: &str, length: u64| {
            // device/file/part/chunk; what is not a chunk is the mark of a posted file.
            let mut parts = name.splitn(3, '/');
            files.extend(Option::zip(parts.next(), parts.next()).map(|(device, file)| format!("{device}/{file}")));
            bytes = bytes.saturating_add(length);
        };
        self.blobs.measure(&format!("files/{group}"), &mut add).map_err(|error| code(&error))?;
        Ok((u64::try_from(files.len()).unwrap_or(u64::MAX), bytes))
    }

    /// Erases one file. Blocks. Doing it again does no harm.
    pub(crate) fn erase_file(&self, lies: &Lies) -> Result<(), Code> {
        self.blobs.erase(&lies.dir()).map_err(|error| code(&error))
    }

    /// Erases every file of a group, posted or not. Blocks. Doing it again does no harm.
    pub(crate) fn erase(&self, group: GroupId) -> Result<(), Code> {
        for prefix in ["files", "waiting"] {
            self.blobs.erase(&format!("{prefix}/{group}")).map_err(|error| code(&error))?;
        }
        if let Some(waiting) = self.waiting.get() {
            crate::hub::lock(waiting).forget(group);
        }
        Ok(())
    }
}
