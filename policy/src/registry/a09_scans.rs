//! Articles 3 and 9: scans of Form 1 and Form 2, for those who need them (A3.1, A9.1).
//!
//! | | deposits | opens |
//! | --- | --- | --- |
//! | Form 1 | SNS administrators of the facility, operators of the Desk | the same |
//! | Form 2 | SNS administrators of the person's facility | the same, and the person whose pledge it is |
//!
//! The form is on record by its day and the hash of its scan; the scan may follow at any time. As with forms of groups
//! ([`crate::group::a06_scans`]), each person deposits the scan of a form once, the last one there is in force, and the hash on
//! record binds the plaintext. Who opens it is asked at the moment: an operator or administrator who comes later may, with the
//! key that somebody hands on; one who has left may not.
//!
//! A scan is let go by a signed act, never by itself: one that another person has replaced, by somebody else than who replaced
//! it; and any of a form that proves nothing any more and was kept for as long as the facility keeps patient groups. Form 1
//! proves until the facility's admission ends, Form 2 until the ID does.

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::{BoxesRoot, RegistryAct, StaffPledge};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Opening, Part, Stored, sealed_length};
use renkei_proto::form_scan::{FormRef, drawer};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, FacilityId, FileId, GroupId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::judge::Effect;
use super::{Registry, Seq, Standing, View, duties};
use crate::{Refusal, require};

/// Seconds of a year of retention: never less than a calendar year.
const YEAR: u64 = 366 * 24 * 3600;

/// A form that is on record with the hash of its scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The place of the entry that filed it.
    pub filed: Seq,
    /// The day on the paper.
    pub on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
}

/// A scan that was deposited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// Of which form.
    pub form: FormRef,
    /// Who deposited it.
    pub by: UserId,
    /// With which device, which uploaded it.
    pub device: DeviceId,
    /// When.
    pub at: Time,
    /// The file.
    pub file: FileId,
    /// Its sealed chunks.
    pub content: Stored,
    /// Commitment to its key.
    pub commitment: Hash32,
    /// Where its key was sealed: with the deposit, and the last times that it was handed on.
    pub parcels: Vec<Parcel>,
    /// The entry that let it go, by whom and when.
    pub let_go: Option<(Seq, UserId, Time)>,
}

/// Boxes with the key of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// The entry that they are beside.
    pub seq: Seq,
    /// Who sealed them.
    pub by: UserId,
    /// With which device.
    pub from: DeviceId,
    /// Their root.
    pub boxes: BoxesRoot,
}

/// Drawers and what was deposited in them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FormScans {
    drawers: BTreeMap<GroupId, FacilityId>,
    deposits: BTreeMap<Seq, Deposit>,
    /// When IDs ended.
    ended: BTreeMap<UserId, Time>,
}

impl FormScans {
    pub(super) fn open_drawer(&mut self, facility: FacilityId) {
        self.drawers.insert(drawer(facility), facility);
    }

    pub(super) fn id_ended(&mut self, user: UserId, time: Time) {
        self.ended.entry(user).or_insert(time);
    }
}

impl<'r> View<'r> {
    /// The facility whose drawer this is, if it is one.
    pub fn drawer_of(self, owner: GroupId) -> Option<FacilityId> {
        let facility = *self.registry.form_scans.drawers.get(&owner)?;
        self.facility(facility).map(|_| facility)
    }

    /// What is on record of a form; none where it is not, or has no scan.
    pub fn form(self, form: FormRef) -> Option<Form> {
        match form {
            FormRef::Facility { facility } => {
                let known = self.facility(facility)?;
                let pledge = known.pledge.as_ref()?;
                Some(Form { filed: known.applied, on: pledge.signed_on, scan: pledge.scan })
            }
            FormRef::Staff { facility, user, filed } => {
                let person = self.user(user).filter(|person| person.facility == facility)?;
                let mut filings = person.pledge.iter().filter(|(seq, _)| *seq == filed && *seq < self.size);
                filings.find_map(|(filed, pledge)| match pledge {
                    StaffPledge::Signed { on, scan } => Some(Form { filed: *filed, on: *on, scan: *scan }),
                    StaffPledge::Exempt { .. } => None,
                })
            }
        }
    }

    /// Every Form 1 and 2 with a scan, those of ended facilities and IDs too.
    pub fn forms(self) -> impl Iterator<Item = (FormRef, Form)> {
        let facilities = self.facilities().map(|(facility, _)| FormRef::Facility { facility });
        let staff = self.users().flat_map(|(user, person)| {
            let facility = person.facility;
            person.pledge.iter().map(move |(filed, _)| FormRef::Staff { facility, user, filed: *filed })
        });
        facilities.chain(staff).filter_map(move |form| Some((form, self.form(form)?)))
    }

    /// The deposit at a place of the registry, let go or not.
    pub fn form_deposit(self, at: Seq) -> Option<&'r Deposit> {
        self.registry.form_scans.deposits.get(&at).filter(|_| at < self.size)
    }

    /// All deposits of scans of Forms 1 and 2, with their places.
    pub fn form_deposits(self) -> impl Iterator<Item = (Seq, &'r Deposit)> {
        self.registry.form_scans.deposits.range(..self.size).map(|(&at, deposit)| (at, deposit))
    }

    /// Whether the deposit was let go.
    fn is_let_go(self, deposit: &Deposit) -> bool {
        deposit.let_go.is_some_and(|(seq, ..)| seq < self.size)
    }

    /// The scan of a form that is in force, with its place.
    pub fn form_scan(self, form: FormRef) -> Option<(Seq, &'r Deposit)> {
        self.form_deposits().filter(|(_, one)| one.form == form && !self.is_let_go(one)).last()
    }

    /// Whether `user` may open the scan of a form.
    pub fn reads_form(self, user: UserId, form: FormRef) -> bool {
        let pledged = matches!(form, FormRef::Staff { user: whose, .. } if whose == user) && self.active_user(user);
        pledged || self.files_form(user, form)
    }

    /// Whether `user` may deposit the scan of a form.
    pub fn files_form(self, user: UserId, form: FormRef) -> bool {
        self.is_administrator(user, form.facility())
            || (matches!(form, FormRef::Facility { .. }) && self.is_operator(user))
    }

    /// Devices of those who may open the scan of a form.
    pub fn form_audience(self, form: FormRef) -> BTreeSet<DeviceId> {
        let users = self.users().map(|(user, _)| user).filter(|user| self.reads_form(*user, form));
        users.flat_map(|user| self.active_devices(user)).map(|(id, _)| id).collect()
    }

    /// Devices of those who may open the scan of a form now and could not when its key was sealed last.
    pub fn form_newcomers(self, at: Seq) -> BTreeSet<DeviceId> {
        let Some(deposit) = self.form_deposit(at).filter(|one| !self.is_let_go(one)) else { return BTreeSet::new() };
        let last = deposit.parcels.iter().rev().find(|parcel| parcel.seq < self.size);
        let then = last.and_then(|parcel| self.registry.at(parcel.seq));
        let had = then.map(|view| view.form_audience(deposit.form)).unwrap_or_default();
        self.form_audience(deposit.form).difference(&had).copied().collect()
    }

    /// From when on scans of this form may be let go: when it proves nothing any more, and was kept for long enough.
    pub fn form_due(self, form: FormRef) -> Option<Time> {
        let facility = form.facility();
        let with_facility = self.ended(facility).map(|(_, time)| time);
        let with_person = match form {
            FormRef::Facility { .. } => None,
            FormRef::Staff { user, .. } => {
                let ended = self.user(user)?.ended.is_some_and(|seq| seq < self.size);
                self.registry.form_scans.ended.get(&user).copied().filter(|_| ended)
            }
        };
        let over = with_facility.into_iter().chain(with_person).min()?;
        Some(over.plus(u64::from(self.rules(Some(facility)).retention) * YEAR))
    }
}

/// The role in which somebody files forms: the own office.
fn require_office(view: View<'_>, standing: &Standing<'_>, role: Role) -> Result<(), Refusal> {
    let office = if view.is_operator(standing.user) { Role::Operator } else { Role::SnsAdministrator };
    require(role == office, Code::WrongRole)
}

/// Boxes for each device of the audience, as far as one act can serve.
fn require_count(view: View<'_>, form: FormRef, key: BoxesRoot) -> Result<(), Refusal> {
    let audience = view.form_audience(form).len();
    let count = usize::try_from(key.count).unwrap_or(usize::MAX);
    let fits = count > 0 && count <= audience && count >= audience.min(bounds::GOVERNING_DEVICES);
    require(fits, Code::SidecarMismatch)
}

/// The deposit at a place, if it was not let go.
fn present(view: View<'_>, at: Seq) -> Result<&Deposit, Refusal> {
    let deposit = view.form_deposit(at).ok_or(Code::Unknown)?;
    require(!view.is_let_go(deposit), Code::ScanLetGo)?;
    Ok(deposit)
}

fn permit_deposit(
    view: View<'_>,
    statement: &Statement,
    form: FormRef,
    content: &Stored,
    key: BoxesRoot,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    view.form(form).ok_or(Code::Unknown)?;
    require(view.files_form(standing.user, form), Code::NotAdministrator)?;
    require_office(view, &standing, statement.role)?;
    let fits = content.chunks(Part::Content).is_some() && content.length <= sealed_length(bounds::SCAN);
    require(fits, Code::TooLarge)?;
    let again = view.form_deposits().any(|(_, one)| one.form == form && one.by == standing.user);
    require(!again, Code::AlreadyExists)?;
    require_count(view, form, key)
}

/// By a device of somebody who may open it, for its person; by each person once for those who came.
fn permit_hand_on(view: View<'_>, statement: &Statement, at: Seq, key: BoxesRoot) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let deposit = present(view, at)?;
    require(view.reads_form(standing.user, deposit.form), Code::NotForYou)?;
    let audience = view.form_audience(deposit.form);
    let serves_all = |parcel: &Parcel| {
        let then = view.registry.at(parcel.seq).map(|view| view.form_audience(deposit.form));
        then.is_some_and(|then| audience.is_subset(&then))
    };
    let mut own = deposit.parcels.iter().filter(|parcel| parcel.by == standing.user);
    require(!own.any(serves_all), Code::NothingToDo)?;
    require_count(view, deposit.form, key)
}

fn permit_letting_go(view: View<'_>, statement: &Statement, at: Seq, time: Time) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let deposit = present(view, at)?;
    let form = deposit.form;
    // Of a facility that has ended, nobody is left but the Desk.
    let after = view.ended(form.facility()).is_some() && view.is_operator(standing.user);
    require(view.files_form(standing.user, form) || after, Code::NotAdministrator)?;
    require_office(view, &standing, statement.role)?;
    if view.form_due(form).is_some_and(|due| due <= time) {
        return Ok(());
    }
    // Until then what is in force stays; and nobody exchanges a paper alone.
    let (in_force, last) = view.form_scan(form).ok_or(Code::Unknown)?;
    require(in_force != at, Code::RetentionRunning)?;
    require(last.by != standing.user, Code::SecondPersonRequired)
}

pub(super) fn permit(view: View<'_>, statement: &Statement, act: &RegistryAct, time: Time) -> Result<(), Refusal> {
    match act {
        RegistryAct::DepositFormScan { form, content, key, .. } => {
            permit_deposit(view, statement, *form, content, *key)
        }
        RegistryAct::HandOnFormScan { deposit, key } => permit_hand_on(view, statement, *deposit, *key),
        RegistryAct::LetGoFormScan { deposit } => permit_letting_go(view, statement, *deposit, time),
        _ => Err(Code::WrongLog.into()),
    }
}

/// Whether the boxes beside an act are for the devices that it must serve, and for nobody else. Of other acts than these:
/// there are none.
pub fn permit_boxes(
    view: View<'_>,
    act: &RegistryAct,
    mut boxes: impl Iterator<Item = DeviceId>,
) -> Result<(), Refusal> {
    let form = match act {
        RegistryAct::DepositFormScan { form, .. } => *form,
        RegistryAct::HandOnFormScan { deposit, .. } => view.form_deposit(*deposit).ok_or(Code::Unknown)?.form,
        _ => return Err(Code::SidecarMismatch.into()),
    };
    let audience = view.form_audience(form);
    require(boxes.all(|device| audience.contains(&device)), Code::SidecarMismatch)
}

/// Whether `user` may upload a scan with `device` into the drawer of `facility`, which a deposit would then name.
pub fn permit_upload(
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    facility: FacilityId,
    time: Time,
) -> Result<(), Refusal> {
    view.may_act(user, device)?;
    let mut forms = view.forms().filter(|(form, _)| form.facility() == facility);
    require(forms.any(|(form, _)| view.files_form(user, form)), Code::NotAdministrator)?;
    duties::permit_effect(view, user, time)
}

/// Whether somebody may be handed the scan that was deposited at a place, or its key.
pub fn permit_reading(
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    at: Seq,
    time: Time,
) -> Result<&Deposit, Refusal> {
    view.may_act(user, device)?;
    let deposit = view.form_deposit(at).ok_or(Code::Unknown)?;
    require(view.reads_form(user, deposit.form), Code::NotForYou)?;
    let deposit = present(view, at)?;
    duties::permit_content(view, user, time)?;
    Ok(deposit)
}

/// Whether `opening` of the scan that was deposited at its place may be answered.
pub fn permit_opening<'r>(view: View<'r>, opening: &Opening, time: Time) -> Result<&'r Deposit, Refusal> {
    let deposit = permit_reading(view, (opening.user, opening.device), opening.seq, time)?;
    require(opening.group == deposit.form.drawer(), Code::Unknown)?;
    require(opening.file == 0 && opening.part == Part::Content, Code::Unknown)?;
    require(opening.intent == Intent::View, Code::DownloadForbidden)?;
    Ok(deposit)
}

/// The deposit whose key is in the boxes beside an entry, if it may be handed to somebody.
pub fn permit_box(view: View<'_>, who: (UserId, DeviceId), seq: Seq, time: Time) -> Result<&Deposit, Refusal> {
    let beside = |one: &Deposit| one.parcels.iter().any(|parcel| parcel.seq == seq);
    let at = view.form_deposits().find(|(_, one)| beside(one)).map(|(at, _)| at).ok_or(Code::Unknown)?;
    permit_reading(view, who, at, time)
}

impl Registry {
    pub(super) fn fold_form_scan(
        &mut self,
        (seq, time): (Seq, Time),
        actor: Option<UserId>,
        by_device: Option<DeviceId>,
        act: &RegistryAct,
    ) -> Vec<Effect> {
        let (Some(by), Some(device)) = (actor, by_device) else { return Vec::new() };
        let deposits = &mut self.form_scans.deposits;
        match *act {
            RegistryAct::DepositFormScan { form, file, content, key, commitment } => {
                let parcels = vec![Parcel { seq, by, from: device, boxes: key }];
                let deposit = Deposit { form, by, device, at: time, file, content, commitment, parcels, let_go: None };
                deposits.insert(seq, deposit);
                Vec::new()
            }
            RegistryAct::HandOnFormScan { deposit, key } => {
                if let Some(known) = deposits.get_mut(&deposit) {
                    known.parcels.push(Parcel { seq, by, from: device, boxes: key });
                    // The last ones are for everybody who may open it now. The first one, and so its author, stays.
                    if known.parcels.len() > bounds::FORM_SCAN_PARCELS {
                        known.parcels.remove(1);
                    }
                }
                Vec::new()
            }
            RegistryAct::LetGoFormScan { deposit } => {
                if let Some(known) = deposits.get_mut(&deposit) {
                    known.let_go = Some((seq, by, time));
                }
                vec![Effect::FormScanLetGo(deposit)]
            }
            _ => Vec::new(),
        }
    }
}
