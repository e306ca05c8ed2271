//! Articles 4 to 6: scans of a patient group's forms, for those who govern it (A6.1, A6.2, S3).
//!
//! A form is recorded by its day and the hash of its scan. The scan itself may follow at any time, also when the group is
//! frozen or closed: whoever governs the group deposits it, sealed, with the key in boxes for all who govern. Readers of the
//! group see that it is there, and can't open it.
//!
//! Each person deposits the scan of a form once. Rubbish in place of one stays on record with who put it there, and is mended
//! by somebody else's deposit, a later one or an earlier; so the number of files is bounded by the number of people who
//! govern. The hash in the form binds the plaintext: that a scan is the right one, each device sees for itself when it has
//! opened it, and looks at the next where it is not.
//!
//! Opening is for who governs the group at that moment, whoever that was before: after a hand-over the new originator, no
//! longer the former one. It is by the signed request of every file (A12.2), and never to keep.

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::GroupKind;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Opening, Part, Stored, sealed_length};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FileId, UserId};
use renkei_proto::statement::Statement;
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::a04_origination::require_originator;
use super::{By, Group, Seq};
use crate::registry::{View, duties};
use crate::{Refusal, require};

/// A form on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormKind {
    /// Form 3, the patient's consent.
    Consent,
    /// Its withdrawal.
    Withdrawal,
    /// By which a freeze is lifted.
    Lifting,
    /// A consent to uses beyond the group.
    UseConsent,
    /// The withdrawal of that one.
    UseWithdrawal,
}

/// A form that is on record, and what is there of its scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormScan {
    /// What it is.
    pub kind: FormKind,
    /// The day on the paper.
    pub on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
    /// Who recorded the form.
    pub recorded: By,
    /// The places of the deposits, the last one in force.
    pub deposits: Vec<Seq>,
}

/// A scan that was deposited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// Of which form: its place.
    pub of: Seq,
    /// Who deposited it.
    pub by: By,
    /// With which device, which uploaded it.
    pub device: DeviceId,
    /// The file.
    pub file: FileId,
    /// Its sealed chunks.
    pub content: Stored,
    /// Commitment to its key.
    pub commitment: Hash32,
}

/// Forms and deposits, by their places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scans {
    forms: BTreeMap<Seq, FormScan>,
    deposits: BTreeMap<Seq, Deposit>,
}

/// What a statement deposits.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewDeposit {
    pub(super) of: Seq,
    pub(super) device: DeviceId,
    pub(super) file: FileId,
    pub(super) content: Stored,
    pub(super) commitment: Hash32,
}

impl Group {
    /// The forms that are on record, with their places.
    pub fn forms(&self) -> impl Iterator<Item = (Seq, &FormScan)> {
        self.scans.forms.iter().map(|(&seq, form)| (seq, form))
    }

    /// The form that was recorded at `of`.
    pub fn form(&self, of: Seq) -> Option<&FormScan> {
        self.scans.forms.get(&of)
    }

    /// The deposit at a place of the log.
    pub fn deposit(&self, at: Seq) -> Option<&Deposit> {
        self.scans.deposits.get(&at)
    }

    /// The scan of the form at `of` that is in force, with its place.
    pub fn scan_of(&self, of: Seq) -> Option<(Seq, &Deposit)> {
        let at = *self.form(of)?.deposits.last()?;
        Some((at, self.deposit(at)?))
    }

    /// Every deposit of the form's scan with its place, the one in force first. Where that one is not the form's scan, an earlier
    /// one may be: the hash on record says which.
    pub fn scans_of(&self, of: Seq) -> impl Iterator<Item = (Seq, &Deposit)> {
        let places = self.form(of).map(|form| form.deposits.as_slice()).unwrap_or_default();
        places.iter().rev().filter_map(|at| Some((*at, self.deposit(*at)?)))
    }

    /// The forms whose scan nobody has deposited.
    pub fn forms_without_scan(&self) -> impl Iterator<Item = (Seq, &FormScan)> {
        self.forms().filter(|(_, form)| form.deposits.is_empty())
    }

    /// Whether `user` governs the group, in an office of the originator or at the Desk under a delegation in force: who opens
    /// the scans of its forms.
    pub fn governed_by(&self, view: View<'_>, user: UserId, time: Time) -> bool {
        let originator = self.originator;
        let delegated = || view.delegations().any(|(id, _)| view.delegation(id, originator, self.id, time).is_ok());
        view.is_administrator(user, originator)
            || view.is_group_manager(user, originator)
            || (view.is_operator(user) && (view.ended(originator).is_some() || delegated()))
    }

    pub(super) fn fold_form(&mut self, by: By, kind: FormKind, on: Date, scan: Hash32) {
        // The second person who lifts a freeze signs the words of the first: one paper.
        let last = self.scans.forms.values().next_back();
        if kind == FormKind::Lifting && last.is_some_and(|one| (one.kind, one.on, one.scan) == (kind, on, scan)) {
            return;
        }
        let form = FormScan { kind, on, scan, recorded: by, deposits: Vec::new() };
        self.scans.forms.insert(by.seq, form);
    }

    pub(super) fn fold_deposit(&mut self, by: By, new: NewDeposit) {
        let NewDeposit { of, device, file, content, commitment } = new;
        if let Some(form) = self.scans.forms.get_mut(&of) {
            form.deposits.push(by.seq);
            self.scans.deposits.insert(by.seq, Deposit { of, by, device, file, content, commitment });
        }
    }
}

/// Whether the boxes with the key of a scan are for nobody but devices of those who govern the group, or decide on taking it over;
/// and, if `all`, for each of them, as far as one act can serve.
pub(super) fn boxes_fit(
    group: &Group,
    view: View<'_>,
    boxes: impl Iterator<Item = DeviceId>,
    all: bool,
    time: Time,
) -> bool {
    let offered = |user: UserId| group.offered().is_some_and(|offer| view.is_administrator(user, offer.to));
    let users = view.users().map(|(user, _)| user);
    let users = users.filter(|user| group.governed_by(view, *user, time) || offered(*user));
    let audience: BTreeSet<DeviceId> = users.flat_map(|user| view.active_devices(user)).map(|(id, _)| id).collect();
    let boxes: BTreeSet<DeviceId> = boxes.collect();
    boxes.is_subset(&audience) && (!all || boxes.len() >= audience.len().min(bounds::GOVERNING_DEVICES))
}

/// A scan at its longest, sealed.
fn fits(content: &Stored) -> bool {
    content.chunks(Part::Content).is_some() && content.length <= sealed_length(bounds::SCAN)
}

/// By whoever governs the group, of a form that is on record, once by each person; also of a closed or frozen group.
pub(super) fn permit_deposit(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    new: &NewDeposit,
    time: Time,
) -> Result<(), Refusal> {
    let standing = require_originator(view, statement, group.originator, group.id, time)?;
    let form = group.form(new.of).ok_or(Code::Unknown)?;
    require(fits(&new.content), Code::TooLarge)?;
    let before = |at: &Seq| group.deposit(*at).is_some_and(|one| one.by.user == standing.user);
    require(!form.deposits.iter().any(before), Code::AlreadyExists)
}

/// Whether `user` may upload a scan with `device`, which a deposit would then name.
pub fn permit_upload(
    group: &Group,
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    time: Time,
) -> Result<(), Refusal> {
    require(group.erased().is_none(), Code::GroupErased)?;
    require(group.governed_by(view, user, time), Code::NotOriginator)?;
    view.may_act(user, device)?;
    duties::permit_effect(view, user, time)?;
    require(group.kind == GroupKind::Patient, Code::ConsentNotApplicable)?;
    require(group.forms().next().is_some(), Code::ConsentMissing)
}

/// Whether who governs the group now may be handed scans of its forms, frozen or closed as it may be.
pub fn permit_reading(
    group: &Group,
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    time: Time,
) -> Result<(), Refusal> {
    require(group.erased().is_none(), Code::GroupErased)?;
    require(group.governed_by(view, user, time), Code::NotOriginator)?;
    view.may_act(user, device)?;
    duties::permit_content(view, user, time)
}

/// Whether `opening` of the scan that was deposited at its place may be answered.
pub fn permit_opening<'g>(
    group: &'g Group,
    view: View<'_>,
    opening: &Opening,
    time: Time,
) -> Result<&'g Deposit, Refusal> {
    permit_reading(group, view, (opening.user, opening.device), time)?;
    let deposit = group.deposit(opening.seq).ok_or(Code::Unknown)?;
    require(opening.file == 0 && opening.part == Part::Content, Code::Unknown)?;
    require(opening.intent == Intent::View, Code::DownloadForbidden)?;
    Ok(deposit)
}
