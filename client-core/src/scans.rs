//! Scans of a group's forms (A6.1, A6.2, S3): sealed on the device that deposits one, for those who govern the group.
//!
//! ```text
//! deposit   the file's hash is the form's ─► sealed chunks uploaded ─► key in boxes for who governs ─► the statement
//! view      key from the own box ─► signed opening, on record ─► chunks ─► their root, and the form's hash
//! ```
//!
//! The bytes are sealed as they are: what a scanner writes into a file stays in it, as the hash on record is of that file.
//! The key is handed on with the names on Form 3 ([`crate::uses`]).

use std::path::{Path, PathBuf};

use renkei_policy::group::Group;
use renkei_policy::group::a06_scans::{Deposit, FormKind};
use renkei_proto::act::GroupAct;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Part, SEALED_CHUNK, TAG};
use renkei_proto::forms::Committed as _;
use renkei_proto::frame::{Accepted, boxes_root};
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::GroupId;
use renkei_proto::statement::LogId;
use renkei_proto::time::Date;
use renkei_sealing::boxes::Purpose;
use renkei_sealing::file::FileKey;
use renkei_sealing::forms;
use zeroize::Zeroizing;

use crate::attach::Outgoing;
use crate::client::Client;
use crate::groups::with_boxes;
use crate::replica::Followed;
use crate::viewing::{NamedBy, OpenFile, SealedFile};
use crate::{Result, files, media};

/// A key is sealed anew, should those who govern the group change meanwhile, so often.
const TRIES: u8 = 3;

/// A form of a group, and its scan, if that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanRow {
    /// The form's place.
    pub of: u64,
    /// What it is.
    pub kind: FormKind,
    /// The day on the paper.
    pub on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
    /// Its deposit, with its place.
    pub deposit: Option<(u64, Deposit)>,
}

/// The scan of a form, read and recognised, and not sent yet.
pub struct ScanFile {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
    hash: Hash32,
}

impl std::fmt::Debug for ScanFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScanFile").field("hash", &self.hash).finish_non_exhaustive()
    }
}

impl ScanFile {
    /// Reads a picture or a PDF.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = files::read_bounded(path, bounds::SCAN).map_err(|error| {
            tracing::debug!(%error, "a scan");
            Code::BadInput
        })?;
        Self::of(Zeroizing::new(bytes.ok_or(Code::TooLarge)?))
    }

    /// The same from memory.
    pub fn of(bytes: Zeroizing<Vec<u8>>) -> Result<Self> {
        let media = media::of_scan(&bytes)?;
        let name = PathBuf::from("scan").with_extension(media.name().rsplit('/').next().unwrap_or_default());
        let hash = sha256(&bytes);
        Ok(Self { name: name.display().to_string(), bytes, hash })
    }

    /// Ready to be sealed and sent.
    pub(crate) fn outgoing(self) -> Result<Outgoing> {
        Outgoing::scan(&self.name, self.bytes)
    }

    /// What a form says of it.
    pub fn hash(&self) -> Hash32 {
        self.hash
    }
}

/// Why one deposit can't be shown while another can: it is another paper, has no key here, does not open, or its file is lost.
const fn its_own(code: Code) -> bool {
    matches!(code, Code::ScanDiffers | Code::KeyAwaited | Code::NotAuthentic | Code::StorageFailed)
}

impl Client {
    /// Deposits the scan of the form that was recorded at `of`: nothing but the file whose hash is on record.
    pub async fn deposit_scan(&self, group: GroupId, of: u64, scan: ScanFile) -> Result<Accepted> {
        self.permit_effect()?;
        self.inner.fresh(LogId::Group(group)).await?;
        let expected = self.with_forms(group, |state| state.form(of).map(|form| form.scan))?.ok_or(Code::Unknown)?;
        if scan.hash != expected {
            return Err(Code::ScanDiffers.into());
        }
        self.deposit_unchecked(group, of, scan).await
    }

    /// The same without holding the file against the form: for the demo's and the tests' misuses.
    pub async fn deposit_unchecked(&self, group: GroupId, of: u64, scan: ScanFile) -> Result<Accepted> {
        let mut outgoing = scan.outgoing()?;
        self.upload(group, &mut outgoing).await?;
        let (file, content, key) = outgoing.deposited()?;
        let key = key.for_scan();
        let commitment = key.commitment();
        let payload = forms::payload(&key);
        let mut tries = TRIES;
        loop {
            tries -= 1;
            let devices = self.governing_now(group)?;
            let boxes = self.inner.seal_boxes(group, Purpose::ScanKey { of }, &payload, &devices).await?;
            let key = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
            let act = GroupAct::DepositScan { of, file, content, key, commitment };
            match self.govern(group, act, with_boxes(boxes)).await {
                // Somebody came to govern, or ceased to, while it was sealed.
                Err(fault) if fault.code == Code::SidecarMismatch && tries > 0 => {
                    self.inner.fresh(LogId::Group(group)).await?;
                }
                other => return other,
            }
        }
    }

    /// The forms of a group, in order, with what is there of their scans. None of an erased one: nothing is there, or will be.
    pub fn scans(&self, group: GroupId) -> Result<Vec<ScanRow>> {
        self.with_forms(group, |state| {
            if state.erased().is_some() {
                return Vec::new();
            }
            let row = |(of, form): (u64, &renkei_policy::group::a06_scans::FormScan)| ScanRow {
                of,
                kind: form.kind,
                on: form.on,
                scan: form.scan,
                deposit: state.scan_of(of).map(|(at, deposit)| (at, *deposit)),
            };
            state.forms().map(row).collect()
        })
    }

    /// Whether this person governs the group, and so may open the scans of its forms.
    pub fn governs(&self, group: GroupId) -> bool {
        self.look(|replica| {
            let state = replica.group(group).and_then(Followed::group);
            state.is_some_and(|state| state.governed_by(replica.registry().now(), self.user(), replica.time()))
        })
    }

    /// Opens the scan of the form that was recorded at `of`, to look at: on record, in memory, and only if it is the file whose
    /// hash the form names. Where the last deposit is not that, nobody hides an earlier one by it.
    pub async fn open_scan(&self, group: GroupId, of: u64) -> Result<OpenFile> {
        let (expected, deposits) = self
            .with_forms(group, |state| {
                let deposits: Vec<(u64, Deposit)> = state.scans_of(of).map(|(at, one)| (at, *one)).collect();
                Some((state.form(of)?.scan, deposits))
            })?
            .ok_or(Code::Unknown)?;
        if !deposits.is_empty() && !self.governs(group) {
            return Err(Code::NotOriginator.into());
        }
        let mut refused = None;
        for (at, deposit) in deposits {
            match self.open_deposit(group, (of, expected), (at, deposit)).await {
                Err(fault) if its_own(fault.code) => refused = refused.or(Some(fault)),
                other => return other,
            }
        }
        Err(refused.unwrap_or_else(|| Code::Unknown.into()))
    }

    async fn open_deposit(
        &self,
        group: GroupId,
        (of, expected): (u64, Hash32),
        (at, deposit): (u64, Deposit),
    ) -> Result<OpenFile> {
        let key = FileKey::of_scan(&self.scan_key(group, at).await?);
        let (stored, count) = (deposit.content, deposit.content.length.div_ceil(SEALED_CHUNK as u64));
        let length = stored.length.saturating_sub(count.saturating_mul(TAG as u64));
        let sealed = SealedFile { file: deposit.file, key: &key, stored, length };
        let bytes = self.fetch_sealed((group, at, 0), Part::Content, Intent::View, NamedBy::Scan, sealed).await?;
        if sha256(&bytes) != expected {
            return Err(Code::ScanDiffers.into());
        }
        let media = media::of_scan(&bytes)?;
        let name =
            PathBuf::from(format!("form-{of}")).with_extension(media.name().rsplit('/').next().unwrap_or_default());
        self.hold((group, at), name.display().to_string(), media, bytes)
    }

    fn with_forms<T>(&self, group: GroupId, look: impl FnOnce(&Group) -> T) -> Result<T> {
        let found = self.look(|replica| replica.group(group).and_then(Followed::group).map(look));
        found.ok_or_else(|| Code::Unknown.into())
    }
}
