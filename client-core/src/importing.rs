//! Files of people and facilities, held against the registry and carried out (A8.3).
//!
//! An import has no memory of its own. Its plan is what the file says beside what the registry has: who is there already,
//! by name, reading and profession, is not registered again. So after a broken connection the same file is given once
//! more, and only what is missing is done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use renkei_policy::registry::{a08_devices, a08_staff};
use renkei_proto::act::StaffPledge;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::frame::Details;
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::ticket::{Purpose, Ticket};
use renkei_proto::time::Time;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::import::{self, Column, Encoding, Finding, Key, Lines, NewColleague, NewFacility, Pledge, Scan, Wrong};
use crate::{Result, files, random};

/// One person of a file, and who that is in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPerson {
    /// The line.
    pub line: u64,
    /// What it says.
    pub person: NewColleague,
    /// The pledge with the hash of its scan.
    pub pledge: Option<StaffPledge>,
    /// The colleague who is this person, if one is.
    pub there: Option<UserId>,
}

/// What would come of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<T> {
    /// How the file was written.
    pub encoding: Option<Encoding>,
    /// What would be done, line by line.
    pub rows: Vec<T>,
    /// What is wrong, or worth a look.
    pub findings: Vec<Finding>,
}

impl<T> Plan<T> {
    /// Whether nothing stands in the way.
    pub fn clean(&self) -> bool {
        import::clean(&self.findings)
    }
}

/// What came of a line.
#[derive(Debug, Clone)]
pub struct ImportedPerson {
    /// The ID.
    pub user: UserId,
    /// Whether it is new.
    pub registered: bool,
    /// An enrolment ticket, where one was wanted and the person has no device.
    pub ticket: Option<Ticket>,
}

/// Reads a file that is to be imported. One that is too large is not read to its end.
fn content(path: &Path) -> Result<Vec<u8>> {
    let most = u64::try_from(bounds::IMPORT).unwrap_or(u64::MAX);
    match files::read_bounded(path, most) {
        Ok(Some(bytes)) => Ok(bytes),
        // Longer than may be: the reading says so.
        Ok(None) => Ok(vec![0; bounds::IMPORT + 1]),
        Err(_) => Err(Code::BadInput.into()),
    }
}

/// The scan that lies beside the file. One elsewhere is not looked at: a file that somebody else has made does not choose
/// what of this machine is hashed.
fn scan(folder: &Path, name: &str) -> core::result::Result<Hash32, Wrong> {
    let found = std::fs::canonicalize(folder.join(name)).map_err(|_| Wrong::ScanUnreadable)?;
    let folder = std::fs::canonicalize(folder).map_err(|_| Wrong::ScanUnreadable)?;
    if !found.starts_with(folder) {
        return Err(Wrong::ScanOutside);
    }
    let bytes = files::read_bounded(&found, bounds::SCAN).map_err(|_| Wrong::ScanUnreadable)?;
    bytes.map(|bytes| sha256(&bytes)).ok_or(Wrong::ScanUnreadable)
}

/// A file of people with the scans that it names, by a program that has no folder to look in: each as its name was given,
/// with its SHA-256.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// What the file says.
    pub content: Zeroizing<Vec<u8>>,
    /// The scans beside it.
    pub scans: BTreeMap<String, Hash32>,
}

/// Where the scans are.
enum Beside<'a> {
    Folder(&'a Path),
    Given(&'a BTreeMap<String, Hash32>),
}

impl Beside<'_> {
    fn scan(&self, name: &str) -> core::result::Result<Hash32, Wrong> {
        match self {
            Self::Folder(folder) => scan(folder, name),
            Self::Given(scans) => scans.get(name).copied().ok_or(Wrong::ScanUnreadable),
        }
    }
}

/// The pledge with the hash of its scan.
fn resolved(beside: &Beside<'_>, pledge: &Pledge) -> core::result::Result<StaffPledge, Wrong> {
    Ok(match pledge {
        Pledge::HeldSince(held_since) => StaffPledge::Exempt { held_since: *held_since },
        Pledge::Signed { on, scan: Scan::Hash(scan) } => StaffPledge::Signed { on: *on, scan: *scan },
        Pledge::Signed { on, scan: Scan::File(name) } => StaffPledge::Signed { on: *on, scan: beside.scan(name)? },
    })
}

/// What is said of a line's pledge, once its scan was looked for.
type Resolved = core::result::Result<Option<StaffPledge>, Wrong>;

/// The people of a file, and their pledges beside them. A thousand scans take their time: not for a thread that serves.
fn with_pledges(path: &Path, moment: Time) -> Result<(Lines<NewColleague>, Vec<Resolved>)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    Ok(with_scans(&content(path)?, &Beside::Folder(folder), moment))
}

fn with_scans(content: &[u8], beside: &Beside<'_>, moment: Time) -> (Lines<NewColleague>, Vec<Resolved>) {
    let lines = import::staff(content, moment);
    let of = |person: &NewColleague| person.pledge.as_ref().map(|pledge| resolved(beside, pledge)).transpose();
    let pledges = lines.rows.iter().map(|(_, person)| of(person)).collect();
    (lines, pledges)
}

/// The colleagues in force: by all that makes them the same person, and by name alone.
struct Colleagues {
    same: BTreeMap<Key, UserId>,
    names: BTreeSet<String>,
}

impl Client {
    /// What would come of registering the people of this file. Nothing is changed.
    pub async fn plan_staff(&self, path: &Path, tickets: bool) -> Result<Plan<PlannedPerson>> {
        let (path, moment) = (path.to_owned(), self.inner.clock.now());
        self.plan_people(tickets, move || with_pledges(&path, moment)).await
    }

    /// The same of a file that was handed in with its scans.
    pub async fn plan_given_staff(&self, given: Given, tickets: bool) -> Result<Plan<PlannedPerson>> {
        let moment = self.inner.clock.now();
        let read = move || Ok(with_scans(&given.content, &Beside::Given(&given.scans), moment));
        self.plan_people(tickets, read).await
    }

    async fn plan_people(
        &self,
        tickets: bool,
        read: impl FnOnce() -> Result<(Lines<NewColleague>, Vec<Resolved>)> + Send + 'static,
    ) -> Result<Plan<PlannedPerson>> {
        let facility = self.standing(|standing| standing.facility)?;
        let manages = self.look(|replica| {
            let view = replica.registry().now();
            a08_staff::may_register(view, self.user(), facility).map_err(|refusal| refusal.0)?;
            Ok::<bool, Code>(view.manager(facility) == Some(self.user()))
        })?;
        let colleagues = self.colleagues(facility).await?;
        let (Lines { encoding, rows, mut findings }, pledges) =
            tokio::task::spawn_blocking(read).await.map_err(|_| Code::BadInput)??;
        let mut planned = Vec::with_capacity(rows.len());
        for ((line, person), pledge) in rows.into_iter().zip(pledges) {
            let mut wrong = |column, what| findings.push(Finding { line, column: Some(column), what });
            let key = person.key();
            let there = colleagues.same.get(&key).copied();
            if there.is_none() && colleagues.names.contains(&key.0) {
                wrong(Column::Name, Wrong::NameTaken);
            }
            let pledge = pledge.unwrap_or_else(|what| {
                wrong(Column::Scan, what);
                None
            });
            if person.administrator && !manages && !there.is_some_and(|user| self.administers(user, facility)) {
                wrong(Column::Administrator, Wrong::NotFacilityManager);
            }
            planned.push(PlannedPerson { line, person, pledge, there });
        }
        if tickets {
            let most = bounds::OPEN_TICKETS.saturating_sub(self.open_tickets()?);
            if planned.iter().filter(|one| self.wants_ticket(one)).count() > most {
                findings.push(Finding { line: 0, column: None, what: Wrong::TooManyTickets { most } });
            }
        }
        findings.sort_by_key(|finding| finding.line);
        Ok(Plan { encoding, rows: planned, findings })
    }

    /// Does what a line of a clean plan says and the registry does not have yet: the ID, the offices, a ticket.
    pub async fn import_person(&self, planned: &PlannedPerson, ticket: bool) -> Result<ImportedPerson> {
        let facility = self.standing(|standing| standing.facility)?;
        let person = &planned.person;
        let user = if let Some(user) = planned.there {
            user
        } else {
            let details = Details { salt: Hash32(random()), name: person.name.clone(), kana: person.kana.clone() };
            self.register_staff(person.profession, details, planned.pledge.clone()).await?
        };
        let granted = self.look(|replica| replica.registry().now().is_group_manager(user, facility));
        if person.group_manager && !granted {
            self.set_group_manager(user, true).await?;
        }
        if person.administrator && !self.administers(user, facility) {
            self.set_administrator(user, true).await?;
        }
        let ticket = if ticket && self.wants_ticket(planned) {
            Some(self.issue_ticket(Purpose::Device(user)).await?)
        } else {
            None
        };
        Ok(ImportedPerson { user, registered: planned.there.is_none(), ticket })
    }

    /// What would come of issuing a ticket to each facility of this file. Nothing is changed.
    pub fn plan_facilities(&self, path: &Path) -> Result<Plan<(u64, NewFacility)>> {
        let taken: BTreeSet<String> = self.look(|replica| {
            let view = replica.registry().now();
            let purpose = Purpose::Facility(FacilityId(random()));
            a08_devices::permit_ticket(view, self.user(), purpose, replica.time()).map_err(|refusal| refusal.0)?;
            Ok::<_, Code>(view.facilities().map(|(_, facility)| import::fold(&facility.name)).collect())
        })?;
        let Lines { encoding, rows, mut findings } = import::facilities(&content(path)?);
        let again = rows.iter().filter(|(_, one)| taken.contains(&import::fold(one.name.as_str())));
        let name = Some(Column::Name);
        findings.extend(again.map(|(line, _)| Finding { line: *line, column: name, what: Wrong::NameTaken }));
        let most = bounds::OPEN_TICKETS.saturating_sub(self.open_tickets()?);
        if rows.len() > most {
            findings.push(Finding { line: 0, column: None, what: Wrong::TooManyTickets { most } });
        }
        findings.sort_by_key(|finding| finding.line);
        Ok(Plan { encoding, rows, findings })
    }

    async fn colleagues(&self, facility: FacilityId) -> Result<Colleagues> {
        let active: Vec<UserId> = self.look(|replica| {
            let view = replica.registry().now();
            let here = view.users().filter(|(user, person)| person.facility == facility && view.active_user(*user));
            here.map(|(user, _)| user).collect()
        });
        let named = self.names(&active).await?;
        // A colleague without a name would be registered a second time.
        if named.len() != active.len() {
            return Err(Code::NotAuthentic.into());
        }
        let (mut same, mut names) = (BTreeMap::new(), BTreeSet::new());
        for (user, details) in named {
            let profession = self.look(|replica| replica.registry().now().user(user).map(|person| person.profession));
            let profession = profession.ok_or(Code::Unknown)?;
            let as_in_a_file = NewColleague {
                name: details.name,
                kana: details.kana,
                profession,
                pledge: None,
                administrator: false,
                group_manager: false,
            };
            let key = as_in_a_file.key();
            names.insert(key.0.clone());
            same.entry(key).or_insert(user);
        }
        Ok(Colleagues { same, names })
    }

    fn administers(&self, user: UserId, facility: FacilityId) -> bool {
        self.look(|replica| replica.registry().now().is_administrator(user, facility))
    }

    /// Somebody new, or somebody who was registered and has had no device since.
    fn wants_ticket(&self, planned: &PlannedPerson) -> bool {
        let devices = |user| self.look(|replica| replica.registry().now().user(user).map(|one| one.devices.len()));
        planned.there.is_none_or(|user| devices(user) == Some(0))
    }

    /// Tickets of this device that may still be open at the server.
    fn open_tickets(&self) -> Result<usize> {
        let moment = self.inner.clock.now();
        self.inner.with_vault(|vault| vault.contents.issued.values().filter(|one| one.expires > moment).count())
    }
}
