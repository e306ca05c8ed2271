//! Scans of Forms 1 and 2 (A3.1, A9.1): sealed on the device that deposits one, for those who need it, and looked at in memory.
//!
//! ```text
//! deposit   the file's hash is the form's ─► sealed chunks into the facility's drawer ─► key in boxes ─► the statement
//! view      key from the own box ─► signed opening, on record ─► chunks ─► their root, and the form's hash
//! let go    replaced, or proving nothing any more ─► the statement ─► the server has no byte of it
//! ```
//!
//! What [`crate::scans`] says of forms of groups holds here as well. Who comes to need a scan later is handed its key by a
//! device that has it ([`crate::handing_on`]).

use std::collections::BTreeMap;
use std::path::PathBuf;

use renkei_policy::registry::a09_scans::Deposit;
use renkei_proto::act::RegistryAct;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Part, SEALED_CHUNK, TAG};
use renkei_proto::form_scan::FormRef;
use renkei_proto::forms::Committed as _;
use renkei_proto::frame::{Accepted, Sidecar, boxes_root};
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::scan::ScanKey;
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::{Date, Time};
use renkei_sealing::boxes::{self, Purpose};
use renkei_sealing::file::FileKey;
use renkei_sealing::forms;

use crate::client::Client;
use crate::groups::with_boxes;
use crate::handing_on::Lacking;
use crate::scans::ScanFile;
use crate::uses::Sealing;
use crate::viewing::{NamedBy, OpenFile, SealedFile};
use crate::{Result, media};

/// A key is sealed anew, should those who need it change meanwhile, so often.
const TRIES: u8 = 3;

/// A Form 1 or 2 on record, and its scan, if that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormScanRow {
    /// Which form.
    pub form: FormRef,
    /// The place of the entry that filed it.
    pub filed: u64,
    /// The day on the paper.
    pub on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
    /// The deposit in force, with its place.
    pub deposit: Option<(u64, Deposit)>,
    /// Deposits that another has replaced, and that are still there.
    pub replaced: Vec<u64>,
    /// From when on its scans may be let go, where that is known.
    pub due: Option<Time>,
    /// Whether this person may deposit its scan.
    pub to_file: bool,
}

impl Client {
    /// The forms whose scans this person may open or deposit, those of facilities first.
    pub fn form_scans(&self) -> Vec<FormScanRow> {
        self.look(|replica| {
            let (view, user) = (replica.registry().now(), self.user());
            let due_to_desk = |form: FormRef| view.ended(form.facility()).is_some() && view.is_operator(user);
            let forms = view.forms().filter(|(form, _)| view.reads_form(user, *form) || due_to_desk(*form));
            let row = |(form, known): (FormRef, renkei_policy::registry::a09_scans::Form)| {
                let deposit = view.form_scan(form).map(|(at, deposit)| (at, deposit.clone()));
                let in_force = deposit.as_ref().map(|(at, _)| *at);
                let there = view.form_deposits().filter(|(_, one)| one.form == form && one.let_go.is_none());
                FormScanRow {
                    form,
                    filed: known.filed,
                    on: known.on,
                    scan: known.scan,
                    replaced: there.map(|(at, _)| at).filter(|at| Some(*at) != in_force).collect(),
                    deposit,
                    due: view.form_due(form),
                    to_file: view.files_form(user, form),
                }
            };
            let mut rows: Vec<FormScanRow> = forms.map(row).collect();
            rows.sort_by_key(|row| row.form);
            rows
        })
    }

    /// Deposits the scan of a Form 1 or 2: nothing but the file whose hash is on record.
    pub async fn deposit_form_scan(&self, form: FormRef, scan: ScanFile) -> Result<Accepted> {
        self.permit_effect()?;
        self.inner.fresh(LogId::Registry).await?;
        let known = self.look(|replica| replica.registry().now().form(form)).ok_or(Code::Unknown)?;
        if scan.hash() != known.scan {
            return Err(Code::ScanDiffers.into());
        }
        self.deposit_form_unchecked(form, scan).await
    }

    /// The same without holding the file against the form: for the demo's and the tests' misuses.
    pub async fn deposit_form_unchecked(&self, form: FormRef, scan: ScanFile) -> Result<Accepted> {
        let mut outgoing = scan.outgoing()?;
        self.upload(form.drawer(), &mut outgoing).await?;
        let (file, content, key) = outgoing.deposited()?;
        let key = key.for_scan();
        let commitment = key.commitment();
        let place = self.look(|replica| replica.registry().now().form(form).map(|known| known.filed));
        let purpose = Purpose::ScanKey { of: place.unwrap_or_default() };
        let (_, role) = self.own_facility()?;
        let mut tries = TRIES;
        loop {
            tries -= 1;
            let sealed = self.seal_form_key(form, purpose, &key).await?;
            let root = boxes_root(&sealed).ok_or(Code::TooManyDevices)?;
            let act = RegistryAct::DepositFormScan { form, file, content, key: root, commitment };
            match self.registry_act(role, act, with_boxes(sealed)).await {
                // Somebody came to need it, or ceased to, while it was sealed.
                Err(fault) if fault.code == Code::SidecarMismatch && tries > 0 => {
                    self.inner.fresh(LogId::Registry).await?;
                }
                other => return other,
            }
        }
    }

    async fn seal_form_key(
        &self,
        form: FormRef,
        purpose: Purpose,
        key: &ScanKey,
    ) -> Result<renkei_proto::frame::Boxes> {
        let mut devices: Vec<DeviceId> =
            self.look(|replica| replica.registry().now().form_audience(form)).into_iter().collect();
        devices.truncate(renkei_proto::bounds::GOVERNING_DEVICES);
        self.inner.seal_boxes(form.drawer(), purpose, &forms::payload(key), &devices).await
    }

    /// Lets the scan go that was deposited at `at`: replaced by another person's, or of a form that proves nothing any more.
    pub async fn let_go_form_scan(&self, at: u64) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::LetGoFormScan { deposit: at }, Sidecar::default()).await
    }

    /// Opens the scan of a form, to look at: on record, in memory, and only if it is the file whose hash the form names.
    pub async fn open_form_scan(&self, form: FormRef) -> Result<OpenFile> {
        let found = self.look(|replica| {
            let view = replica.registry().now();
            let (at, deposit) = view.form_scan(form)?;
            Some((view.form(form)?, at, deposit.clone()))
        });
        let (known, at, deposit) = found.ok_or(Code::Unknown)?;
        if !self.look(|replica| replica.registry().now().reads_form(self.user(), form)) {
            return Err(Code::NotForYou.into());
        }
        let key = FileKey::of_scan(&self.form_scan_key(at).await?);
        let (stored, count) = (deposit.content, deposit.content.length.div_ceil(SEALED_CHUNK as u64));
        let length = stored.length.saturating_sub(count.saturating_mul(TAG as u64));
        let sealed = SealedFile { file: deposit.file, key: &key, stored, length };
        let place = (form.drawer(), at, 0);
        let bytes = self.fetch_sealed(place, Part::Content, Intent::View, NamedBy::Form, sealed).await?;
        if sha256(&bytes) != known.scan {
            return Err(Code::ScanDiffers.into());
        }
        let media = media::of_scan(&bytes)?;
        let name = match form {
            FormRef::Facility { .. } => "form-1",
            FormRef::Staff { .. } => "form-2",
        };
        let name = PathBuf::from(name).with_extension(media.name().rsplit('/').next().unwrap_or_default());
        self.hold((form.drawer(), at), name.display().to_string(), media, bytes)
    }

    /// The key of the scan that was deposited at `at`: from the newest boxes that have one for this device.
    async fn form_scan_key(&self, at: u64) -> Result<ScanKey> {
        let deposit = self.look(|replica| replica.registry().now().form_deposit(at).cloned()).ok_or(Code::Unknown)?;
        let filed = self.look(|replica| replica.registry().now().form(deposit.form).map(|known| known.filed));
        let drawer = deposit.form.drawer();
        let mut wrong = Code::KeyAwaited;
        for parcel in deposit.parcels.iter().rev() {
            let sealed = match self.inner.fetch_box_of(LogId::Registry, parcel.seq, parcel.boxes).await {
                Ok(sealed) => sealed,
                Err(fault) if fault.code == Code::NotForYou => continue,
                Err(fault) => return Err(fault),
            };
            let purpose = if parcel.seq == at {
                Purpose::ScanKey { of: filed.unwrap_or_default() }
            } else {
                Purpose::HandedOn { of: at }
            };
            let context = self.inner.context(drawer, purpose, parcel.from);
            let opened = self.inner.with_vault(|vault| {
                let mut keys = vault.contents.receiving();
                keys.find_map(|keys| boxes::open(&context, sealed.sealed.as_slice(), keys).ok())
            })?;
            match opened.and_then(|payload| forms::read(&payload, deposit.commitment).ok()) {
                Some(key) => return Ok(key),
                None => wrong = Code::NotAuthentic,
            }
        }
        Err(wrong.into())
    }

    /// Hands the key of a scan on to everybody who needs it now.
    pub(crate) async fn hand_on_form_scan(&self, at: u64) -> Result<()> {
        let key = self.form_scan_key(at).await?;
        self.inner.fresh(LogId::Registry).await?;
        let form = self.look(|replica| replica.registry().now().form_deposit(at).map(|deposit| deposit.form));
        let (form, mut tries) = (form.ok_or(Code::Unknown)?, TRIES);
        loop {
            tries -= 1;
            let sealed = self.seal_form_key(form, Purpose::HandedOn { of: at }, &key).await?;
            let root = boxes_root(&sealed).ok_or(Code::TooManyDevices)?;
            let act = RegistryAct::HandOnFormScan { deposit: at, key: root };
            match self.registry_act(Role::User, act, with_boxes(sealed)).await {
                // Somebody else came to need it while it was sealed.
                Err(fault) if fault.code == Code::SidecarMismatch && tries > 0 => {
                    self.inner.fresh(LogId::Registry).await?;
                }
                other => return other.map(drop),
            }
        }
    }

    /// Scans whose key this device was sealed and somebody who needs it now was not; and this device's place among those who do.
    pub(crate) fn lacking_form_scans(&self) -> BTreeMap<Lacking, (Sealing, usize)> {
        let replica = self.inner.replica();
        let view = replica.registry().now();
        let mut found = BTreeMap::new();
        if replica.writable(LogId::Registry).is_err() {
            return found;
        }
        for (at, deposit) in view.form_deposits() {
            if deposit.let_go.is_some() || !view.reads_form(self.inner.user, deposit.form) {
                continue;
            }
            let newcomers = view.form_newcomers(at);
            let audience = view.form_audience(deposit.form);
            let Some(place) = audience.iter().position(|device| *device == self.inner.device) else { continue };
            let Some(last) = deposit.parcels.last() else { continue };
            if !newcomers.is_empty() && !newcomers.contains(&self.inner.device) {
                let drawer: GroupId = deposit.form.drawer();
                found.insert((drawer, at, last.seq), (Sealing::Form, place));
            }
        }
        found
    }
}
