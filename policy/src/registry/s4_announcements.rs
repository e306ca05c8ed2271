//! S4: what is said in the name of a facility, or of the association, was checked by several people before.
//!
//! ```text
//! draft ──▶ every checker approves this very text ──▶ a superior publishes it ──▶ withdrawn, by a superior
//!   ▲            │ objects, or the author has another text
//!   └────────────┘ the checks begin anew
//! ```
//!
//! Whoever speaks for the association, or works at the facility, writes; the author names who is asked to check; and a
//! superior (an SNS administrator or the manager; for the association an operator of the Desk) publishes. Nobody is two of
//! these for one announcement: at least three people have seen each. A check and the publication name the text by its hash:
//! what was approved is what is published. Everybody in the district reads what is published, and of a draft only those
//! who have to do with it.

use std::collections::BTreeMap;

use renkei_proto::act::Draft;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AnnouncementId, FacilityId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View};
use crate::{Refusal, require};

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Who wrote it.
    pub author: UserId,
    /// Its present text, with whose checks are asked for.
    pub draft: Draft,
    /// The entry beside which that text is kept.
    pub kept: Seq,
    /// When that text was drafted.
    pub drafted: Time,
    /// What those who have checked that text said, and when.
    pub checks: BTreeMap<UserId, (Time, bool)>,
    /// Who published it, when.
    pub published: Option<(Seq, Time, UserId)>,
    /// Who withdrew it, when.
    pub withdrawn: Option<(Seq, Time, UserId)>,
}

/// How far an announcement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Somebody has yet to check it.
    Checked,
    /// Somebody objects: it waits for another text, or for the objection to be taken back.
    Objected,
    /// All have approved: it waits for a superior.
    Approved,
    /// Published.
    Published,
    /// Given up, or withdrawn.
    Withdrawn,
}

impl Announcement {
    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let approves = |user: &UserId| self.checks.get(user).map(|&(_, approves)| approves);
        let mut checkers = self.draft.checkers.as_slice().iter().map(approves);
        if self.withdrawn.is_some() {
            Progress::Withdrawn
        } else if self.published.is_some() {
            Progress::Published
        } else if self.checks.values().any(|&(_, approves)| !approves) {
            Progress::Objected
        } else if checkers.all(|said| said == Some(true)) {
            Progress::Approved
        } else {
            Progress::Checked
        }
    }

    /// Neither published nor withdrawn.
    fn open(&self) -> bool {
        self.published.is_none() && self.withdrawn.is_none()
    }
}

impl<'r> View<'r> {
    /// Every announcement, in the order in which they were begun.
    pub fn announcements(self) -> impl DoubleEndedIterator<Item = &'r Announcement> {
        self.registry.announcements.iter()
    }

    /// The announcement of this name.
    pub fn announcement(self, id: AnnouncementId) -> Option<&'r Announcement> {
        self.announcements().find(|one| one.draft.announcement == id)
    }

    /// Whether `user` may publish, and withdraw, in the name of `facility` (none: of the association).
    pub fn superior(self, user: UserId, facility: Option<FacilityId>) -> bool {
        match facility {
            Some(facility) => {
                let manager = self.manager(facility) == Some(user) && self.active_user(user);
                manager || self.is_administrator(user, facility)
            }
            None => self.is_operator(user),
        }
    }

    /// Whether the facility in whose name it is still is one of the district.
    pub fn announcement_stands(self, one: &Announcement) -> bool {
        one.draft.facility.is_none_or(|facility| self.admitted(facility))
    }

    /// Whether `user` may know of it and read its present text: everybody once it is published, and before and after that
    /// its author, who checks it, and the superiors. What an ended facility has said is not said any more.
    pub fn reads_announcement(self, user: UserId, one: &Announcement) -> bool {
        (one.progress() == Progress::Published && self.announcement_stands(one))
            || one.author == user
            || one.draft.checkers.as_slice().contains(&user)
            || self.superior(user, one.draft.facility)
    }

    /// The entry beside which the text of this hash is kept, if `user` may read it as an announcement.
    pub fn announcement_kept(self, user: UserId, text: Hash32) -> Option<Seq> {
        let mut named = self.announcements().filter(|one| one.draft.text == text);
        named.find(|one| self.reads_announcement(user, one)).map(|one| one.kept)
    }

    /// Those whose text waits for a check by `user`.
    pub fn announcements_to_check(self, user: UserId) -> impl Iterator<Item = &'r Announcement> {
        let waits = move |one: &&Announcement| {
            self.announcement_stands(one)
                && one.open()
                && one.draft.checkers.as_slice().contains(&user)
                && !one.checks.contains_key(&user)
        };
        self.announcements().filter(waits)
    }

    /// Those that `user` may publish now.
    pub fn announcements_to_publish(self, user: UserId) -> impl Iterator<Item = &'r Announcement> {
        let waits = move |one: &&Announcement| {
            let apart = one.author != user && !one.draft.checkers.as_slice().contains(&user);
            one.progress() == Progress::Approved && apart && self.superior(user, one.draft.facility)
        };
        self.announcements().filter(waits)
    }
}

/// Who writes in the name of `facility`: anybody who works there; of the association: an operator of the Desk.
fn author(view: View<'_>, statement: &Statement, facility: Option<FacilityId>) -> Result<UserId, Refusal> {
    let standing = view.standing(statement)?;
    if let Some(facility) = facility {
        require(standing.facility == facility && !view.is_desk(facility), Code::NotForYou)?;
        require(statement.role == Role::User, Code::WrongRole)?;
    } else {
        require(view.is_operator(standing.user), Code::NotOperator)?;
        require(statement.role == Role::Operator, Code::WrongRole)?;
    }
    Ok(standing.user)
}

/// Who publishes and withdraws in the name of `facility`.
fn superior(view: View<'_>, statement: &Statement, facility: Option<FacilityId>) -> Result<UserId, Refusal> {
    let standing = view.standing(statement)?;
    match facility {
        Some(facility) if statement.role == Role::FacilityManager => {
            require(view.manager(facility) == Some(standing.user), Code::NotFacilityManager)?;
        }
        Some(facility) => view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?,
        None => {
            require(view.is_operator(standing.user), Code::NotOperator)?;
            require(statement.role == Role::Operator, Code::WrongRole)?;
        }
    }
    Ok(standing.user)
}

pub(super) fn permit_draft(view: View<'_>, statement: &Statement, draft: &Draft) -> Result<(), Refusal> {
    let author = author(view, statement, draft.facility)?;
    let checkers = draft.checkers.as_slice();
    require(!checkers.is_empty() && !checkers.contains(&author), Code::SecondPersonRequired)?;
    for (at, user) in checkers.iter().enumerate() {
        require(checkers.iter().skip(at + 1).all(|other| other != user), Code::AlreadyExists)?;
        view.require_active_user(*user)?;
    }
    if let Some(one) = view.announcement(draft.announcement) {
        let own = one.author == author && one.draft.facility == draft.facility && one.open();
        return require(own, Code::AlreadyExists);
    }
    let open = view.announcements().filter(|one| one.author == author && one.open()).count();
    require(open < bounds::OPEN_DRAFTS, Code::AlreadyExists)
}

pub(super) fn permit_check(
    view: View<'_>,
    statement: &Statement,
    (announcement, text): (AnnouncementId, Hash32),
    approve: bool,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let one = view.announcement(announcement).ok_or(Code::Unknown)?;
    require(one.draft.checkers.as_slice().contains(&standing.user), Code::NotForYou)?;
    require(one.open(), Code::NothingToDo)?;
    // The author has changed it meanwhile: that text was not read.
    require(one.draft.text == text, Code::Unknown)?;
    let said = one.checks.get(&standing.user).map(|&(_, approves)| approves);
    require(said != Some(approve), Code::NothingToDo)
}

pub(super) fn permit_publication(
    view: View<'_>,
    statement: &Statement,
    announcement: AnnouncementId,
    text: Hash32,
) -> Result<(), Refusal> {
    let one = view.announcement(announcement).ok_or(Code::Unknown)?;
    let by = superior(view, statement, one.draft.facility)?;
    require(one.open(), Code::NothingToDo)?;
    let checkers = one.draft.checkers.as_slice();
    require(by != one.author && !checkers.contains(&by), Code::SecondPersonRequired)?;
    require(one.draft.text == text && one.progress() == Progress::Approved, Code::ChecksMissing)?;
    // Of one who has left, the word counts no more.
    require(checkers.iter().all(|user| view.active_user(*user)), Code::ChecksMissing)
}

/// By a superior; of a draft by its author too, and of anything by the Desk.
pub(super) fn permit_withdrawal(
    view: View<'_>,
    statement: &Statement,
    announcement: AnnouncementId,
) -> Result<(), Refusal> {
    let one = view.announcement(announcement).ok_or(Code::Unknown)?;
    let standing = view.standing(statement)?;
    let own = one.open() && one.author == standing.user && statement.role == Role::User;
    if !own {
        let desk = statement.role == Role::Operator;
        superior(view, statement, one.draft.facility.filter(|_| !desk))?;
    }
    require(one.withdrawn.is_none(), Code::NothingToDo)
}

impl Registry {
    fn announcement_mut(&mut self, announcement: AnnouncementId) -> Option<&mut Announcement> {
        self.announcements.iter_mut().find(|one| one.draft.announcement == announcement)
    }

    pub(super) fn fold_draft(&mut self, (kept, drafted): (Seq, Time), actor: Option<UserId>, draft: Draft) {
        let Some(author) = actor else { return };
        let (checks, published, withdrawn) = (BTreeMap::new(), None, None);
        let fresh = Announcement { author, draft, kept, drafted, checks, published, withdrawn };
        match self.announcement_mut(fresh.draft.announcement) {
            Some(one) => *one = fresh,
            None => self.announcements.push(fresh),
        }
    }

    pub(super) fn fold_check(
        &mut self,
        time: Time,
        actor: Option<UserId>,
        announcement: AnnouncementId,
        approve: bool,
    ) {
        if let (Some(user), Some(one)) = (actor, self.announcement_mut(announcement)) {
            one.checks.insert(user, (time, approve));
        }
    }

    pub(super) fn fold_announced(&mut self, at: (Seq, Time), actor: Option<UserId>, announcement: AnnouncementId) {
        if let (Some(user), Some(one)) = (actor, self.announcement_mut(announcement)) {
            one.published = Some((at.0, at.1, user));
        }
    }

    pub(super) fn fold_unannounced(&mut self, at: (Seq, Time), actor: Option<UserId>, announcement: AnnouncementId) {
        if let (Some(user), Some(one)) = (actor, self.announcement_mut(announcement)) {
            one.withdrawn = Some((at.0, at.1, user));
        }
    }
}
