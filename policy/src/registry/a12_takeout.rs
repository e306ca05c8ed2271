//! Article 12 (9): information, or a facility's device, is taken out under a permit alone (A12.5).
//!
//! ```text
//! request ─► approved ──► in force from … until ─► over ─► end confirmed (returned, erased, filed, not used, lost)
//!        └─► refused   └─► revoked: over at once
//!        └─► withdrawn
//! standing permit (text for the chart) ─► over by its time, or revoked
//! ```
//!
//! The person asks; an SNS administrator of the person's facility decides what was signed, and confirms at the end. Nobody
//! does either for oneself where the facility has another administrator; an operator of the Desk can for an only one. A
//! permit is good for one person, one device, one group's items and one medium; whoever is suspended, ended or out of the
//! group has none, as nothing of this is asked of anybody who may not act or does not read ([`crate::group::a12_export`]).

use std::collections::BTreeMap;

use renkei_proto::act::{Ownership, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FacilityId, GroupId, TakeoutId, UserId};
use renkei_proto::statement::{Role, Statement};
use renkei_proto::takeout::{
    Medium, StandingTakeout, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutRequest, TakeoutSubject,
};
use renkei_proto::time::{DAY, Date, Time};
use serde::{Deserialize, Serialize};

use super::a12_posture::day;
use super::{Registry, Seq, Standing, View, a08_devices, a08_factors};
use crate::{Refusal, require};

/// How often a person may say how one takeout ended: now and then somebody is wrong.
pub const DECLARATIONS: usize = 5;

/// A word that somebody has signed on a takeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// Who.
    pub by: UserId,
}

/// How a takeout ended, by the word of an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// By whom, and when it was signed.
    pub word: Word,
    /// How.
    pub how: TakeoutEnd,
    /// On which day.
    pub on: Date,
}

/// A takeout that was asked for, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeout {
    /// Who asked, and when.
    pub asked: Word,
    /// For what.
    pub request: TakeoutRequest,
    /// Hash of the signed request, which a decision must name.
    pub statement: Hash32,
    /// Who decided, and whether it was approved.
    pub decided: Option<(Word, bool)>,
    /// Who revoked it, or withdrew the request.
    pub revoked: Option<Word>,
    /// What the person has said of its end, latest last.
    pub declared: Vec<(Word, TakeoutEnd)>,
    /// How it ended.
    pub confirmed: Option<Confirmed>,
}

/// A standing permit, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingPermit {
    /// Who gave it.
    pub given: Word,
    /// For whom, of what, until when.
    pub permit: StandingTakeout,
    /// Who revoked it.
    pub revoked: Option<Word>,
}

/// Where a takeout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It waits for an administrator.
    Requested,
    /// Nobody decided before its time was over.
    Lapsed,
    /// The administrator refused.
    Refused,
    /// The person withdrew the request.
    Withdrawn,
    /// Approved, and not over yet.
    Permitted,
    /// Over, and nobody has confirmed how it ended.
    Overdue,
    /// Its end is confirmed.
    Ended,
}

/// What the registry knows of takeouts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Takeouts {
    asked: BTreeMap<TakeoutId, Takeout>,
    standing: BTreeMap<TakeoutId, StandingPermit>,
}

impl Takeout {
    /// The takeout as it was after `size` entries.
    fn as_of(&self, size: u64) -> Option<Self> {
        let then = |word: &Word| word.seq < size;
        then(&self.asked).then(|| Self {
            decided: self.decided.filter(|(word, _)| then(word)),
            revoked: self.revoked.filter(then),
            declared: self.declared.iter().filter(|(word, _)| then(word)).copied().collect(),
            confirmed: self.confirmed.filter(|one| then(&one.word)),
            ..self.clone()
        })
    }

    /// Whether it is of information of `group`.
    pub fn is_of(&self, group: GroupId) -> bool {
        self.group() == Some(group)
    }

    /// The group whose information it is of; none where it is of a device.
    pub fn group(&self) -> Option<GroupId> {
        match self.request.what {
            TakeoutSubject::Information { group, .. } => Some(group),
            TakeoutSubject::Device => None,
        }
    }

    /// Whether something may be out under it, and nobody has confirmed that it came back or is gone.
    pub fn may_be_out(&self) -> bool {
        self.decided.is_some_and(|(_, approved)| approved) && self.confirmed.is_none()
    }

    /// Where it stands at `time`. A permit whose person's ID has ended is over.
    fn stage(&self, view: View<'_>, time: Time) -> Stage {
        let approved = self.decided.map(|(_, approved)| approved);
        match (approved, self.revoked, self.confirmed) {
            (_, _, Some(_)) => Stage::Ended,
            (Some(false), ..) => Stage::Refused,
            (None, Some(_), None) => Stage::Withdrawn,
            (None, None, None) if time < self.request.until => Stage::Requested,
            (None, None, None) => Stage::Lapsed,
            (Some(true), revoked, None) => {
                let over = time >= self.request.until || revoked.is_some() || !view.holds_id(self.asked.by);
                if over { Stage::Overdue } else { Stage::Permitted }
            }
        }
    }
}

impl StandingPermit {
    /// Whether it is in force at `time`.
    pub fn in_force(&self, time: Time) -> bool {
        self.revoked.is_none() && time < self.permit.until
    }
}

impl<'r> View<'r> {
    /// A takeout by then.
    pub fn takeout(self, id: TakeoutId) -> Option<Takeout> {
        self.registry.takeouts.asked.get(&id)?.as_of(self.size)
    }

    /// Every takeout by then, and where it stands at `time`.
    pub fn takeouts(self, time: Time) -> impl Iterator<Item = (Takeout, Stage)> + 'r {
        let known = self.registry.takeouts.asked.values();
        known.filter_map(move |one| one.as_of(self.size)).map(move |one| {
            let stage = one.stage(self, time);
            (one, stage)
        })
    }

    /// A standing permit by then.
    pub fn standing_takeout(self, id: TakeoutId) -> Option<StandingPermit> {
        let known = self.registry.takeouts.standing.get(&id).filter(|one| one.given.seq < self.size)?;
        Some(StandingPermit { revoked: known.revoked.filter(|word| word.seq < self.size), ..known.clone() })
    }

    /// Every standing permit by then.
    pub fn standing_takeouts(self) -> impl Iterator<Item = StandingPermit> + 'r {
        self.registry.takeouts.standing.keys().filter_map(move |id| self.standing_takeout(*id))
    }

    /// Takeouts of the people of `facility` that are over and not confirmed.
    pub fn takeouts_overdue(self, facility: FacilityId, time: Time) -> impl Iterator<Item = Takeout> + 'r {
        let theirs = move |user: UserId| self.user(user).is_some_and(|person| person.facility == facility);
        self.takeouts(time)
            .filter(move |(one, stage)| *stage == Stage::Overdue && theirs(one.asked.by))
            .map(|(one, _)| one)
    }

    /// Nobody's list is endless, and nobody makes the registry long by asking and taking back.
    fn require_room(self, user: UserId, time: Time) -> Result<(), Refusal> {
        let today = |word: &Word| time.since(word.time) < DAY;
        let known = &self.registry.takeouts;
        let open = |one: &&Takeout| {
            let stage = one.stage(self, time);
            one.asked.by == user
                && (today(&one.asked) || [Stage::Requested, Stage::Permitted, Stage::Overdue].contains(&stage))
        };
        let given = |one: &&StandingPermit| one.permit.user == user && (today(&one.given) || one.in_force(time));
        let count = known.asked.values().filter(open).count() + known.standing.values().filter(given).count();
        require(count < bounds::TAKEOUTS_OPEN, Code::TakeoutsOpen)
    }

    fn require_new_takeout(self, id: TakeoutId) -> Result<(), Refusal> {
        let known = &self.registry.takeouts;
        require(!known.asked.contains_key(&id) && !known.standing.contains_key(&id), Code::AlreadyExists)
    }
}

/// Who else than the facility's other administrators sees to the takeouts of a person.
struct Others {
    /// The person, being the only administrator.
    oneself: bool,
    /// An operator of the Desk: for an only administrator, and where the facility's admission has ended.
    desk: bool,
}

fn others(view: View<'_>, user: UserId, facility: FacilityId, time: Time) -> Others {
    let only = a08_devices::only_administrator(view, user);
    // Nobody is the only one by having the other one dismissed for a moment.
    let left = |(seq, then): &(Seq, Time)| *seq < view.size() && time.since(*then) < a08_factors::WAIT;
    let just_left = view
        .users()
        .any(|(id, other)| id != user && other.facility == facility && other.left_office.as_ref().is_some_and(left));
    Others { oneself: only && !just_left, desk: only || view.ended(facility).is_some() }
}

/// Who sees to the takeouts of `user`: an administrator of the facility, another one wherever there is one.
fn permit_office(view: View<'_>, statement: &Statement, user: UserId, time: Time) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let facility = view.user(user).ok_or(Code::Unknown)?.facility;
    let others = others(view, user, facility, time);
    let by_the_desk = others.desk && statement.role == Role::Operator && view.is_operator(standing.user);
    if !by_the_desk {
        view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?;
    }
    require(standing.user != user || others.oneself, Code::SecondPersonRequired)
}

/// Whether `viewer` decides on takeouts of `user`, and confirms their end: for whoever shows what waits for whom.
pub fn sees_to(view: View<'_>, viewer: UserId, user: UserId, time: Time) -> bool {
    let Some(facility) = view.user(user).map(|person| person.facility) else { return false };
    let others = others(view, user, facility, time);
    let office = view.is_administrator(viewer, facility)
        || others.desk && view.is_operator(viewer)
        || view.deputy_for(viewer, user, time);
    office && (viewer != user || others.oneself)
}

/// Decides on an act of this article; any other is none of it.
pub(super) fn permit(view: View<'_>, statement: &Statement, act: &RegistryAct, time: Time) -> Result<(), Refusal> {
    match act {
        RegistryAct::RequestTakeout(request) => permit_request(view, statement, request, time),
        RegistryAct::DecideTakeout { takeout, request, approve } => {
            permit_decision(view, statement, *takeout, *request, *approve, time)
        }
        RegistryAct::GrantStandingTakeout(permit) => permit_standing(view, statement, permit, time),
        RegistryAct::RevokeTakeout { takeout } => permit_revocation(view, statement, *takeout),
        RegistryAct::DeclareTakeoutEnd { takeout, how } => permit_declaration(view, statement, *takeout, *how),
        RegistryAct::ConfirmTakeoutEnd { takeout, how, on } => {
            permit_confirmation(view, statement, *takeout, *how, *on, time)
        }
        _ => Err(Code::Unknown.into()),
    }
}

/// The person asks, for oneself, with any of the own devices.
pub(super) fn permit_request(
    view: View<'_>,
    statement: &Statement,
    request: &TakeoutRequest,
    time: Time,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    view.require_new_takeout(request.takeout)?;
    let device = view.device(request.device).filter(|known| known.user == standing.user).ok_or(Code::NotForYou)?;
    require(view.active_device(request.device), Code::DeviceNotApproved)?;
    match request.what {
        TakeoutSubject::Information { first, last, .. } => {
            require(request.medium != Medium::Device && first <= last, Code::TakeoutNotPermitted)?;
        }
        // What is a person's own leaves the facility every evening.
        TakeoutSubject::Device => {
            let fits = request.medium == Medium::Device && device.registration.ownership == Ownership::Facility;
            require(fits, Code::TakeoutNotPermitted)?;
        }
    }
    let length = request.until.0.checked_sub(request.from.0).ok_or(Code::DateOutOfRange)?;
    let ahead = request.from.since(time) <= bounds::TAKEOUT_AHEAD;
    require((1..=bounds::TAKEOUT_PERIOD).contains(&length) && ahead && time < request.until, Code::DateOutOfRange)?;
    view.require_room(standing.user, time)
}

/// What was signed is approved or refused, once, and before its time is over.
pub(super) fn permit_decision(
    view: View<'_>,
    statement: &Statement,
    takeout: TakeoutId,
    request: Hash32,
    approve: bool,
    time: Time,
) -> Result<(), Refusal> {
    let known = view.takeout(takeout).ok_or(Code::Unknown)?;
    permit_office(view, statement, known.asked.by, time)?;
    require(known.decided.is_none() && known.revoked.is_none(), Code::NothingToDo)?;
    require(known.statement == request, Code::Unknown)?;
    if approve {
        view.require_active_user(known.asked.by)?;
        require(time < known.request.until, Code::DateOutOfRange)?;
    }
    Ok(())
}

/// A standing permit for somebody of the own facility.
pub(super) fn permit_standing(
    view: View<'_>,
    statement: &Statement,
    permit: &StandingTakeout,
    time: Time,
) -> Result<(), Refusal> {
    view.require_new_takeout(permit.takeout)?;
    permit_office(view, statement, permit.user, time)?;
    view.require_active_user(permit.user)?;
    let length = permit.until.since(time);
    require((1..=bounds::TAKEOUT_STANDING).contains(&length), Code::DateOutOfRange)?;
    view.require_room(permit.user, time)
}

/// The person gives it back, or an administrator of the facility takes it: that protects, so one's own too.
pub(super) fn permit_revocation(view: View<'_>, statement: &Statement, takeout: TakeoutId) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let (user, over) = match (view.takeout(takeout), view.standing_takeout(takeout)) {
        (Some(one), _) => {
            let refused = one.decided.is_some_and(|(_, approved)| !approved);
            (one.asked.by, refused || one.revoked.is_some() || one.confirmed.is_some())
        }
        (None, Some(one)) => (one.permit.user, one.revoked.is_some()),
        (None, None) => return Err(Code::Unknown.into()),
    };
    if standing.user != user || statement.role != Role::User {
        let facility = view.user(user).ok_or(Code::Unknown)?.facility;
        view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?;
    }
    require(!over, Code::NothingToDo)
}

/// The person says how it ended. It is over with an administrator's confirmation.
pub(super) fn permit_declaration(
    view: View<'_>,
    statement: &Statement,
    takeout: TakeoutId,
    how: TakeoutEnd,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    let known = view.takeout(takeout).ok_or(Code::Unknown)?;
    require(known.asked.by == standing.user, Code::NotForYou)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    require_running(&known)?;
    require(known.request.medium.ends(how), Code::TakeoutNotPermitted)?;
    let news = known.declared.last().is_none_or(|(_, before)| *before != how);
    require(news && known.declared.len() < DECLARATIONS, Code::NothingToDo)
}

fn require_running(known: &Takeout) -> Result<(), Refusal> {
    require(known.may_be_out(), Code::NothingToDo)
}

/// An administrator has made sure how it ended, before its time or after, also of a person who has left.
pub(super) fn permit_confirmation(
    view: View<'_>,
    statement: &Statement,
    takeout: TakeoutId,
    how: TakeoutEnd,
    on: Date,
    time: Time,
) -> Result<(), Refusal> {
    let known = view.takeout(takeout).ok_or(Code::Unknown)?;
    permit_office(view, statement, known.asked.by, time)?;
    require_running(&known)?;
    require(known.request.medium.ends(how), Code::TakeoutNotPermitted)?;
    let since = known.decided.map_or(i64::MAX, |(word, _)| day(word.time));
    require((since..=day(time)).contains(&on.days()), Code::DateOutOfRange)
}

/// What is about to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// Under which permit.
    pub takeout: TakeoutId,
    /// Of which group.
    pub group: GroupId,
    /// In which form.
    pub form: TakeoutForm,
    /// The first place.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// When the entry at the last place was written, by its log.
    pub written: Time,
}

impl Leaving {
    /// What `export` says, the last of it written at that time.
    pub fn of(export: &TakeoutExport, written: Time) -> Self {
        let TakeoutExport { takeout, group, form, first, last, .. } = *export;
        Self { takeout, group, form, first, last, written }
    }
}

/// Whether a permit in force covers what is `leaving` by this person with this device. What the group itself asks for, and
/// that the person may act at all, is looked at by [`crate::group::a12_export`].
///
/// Whoever approved knew what was in the group when the request was signed, and nothing later: a permit never grows. A
/// standing one is for what will be written, and for text alone.
pub fn covers(view: View<'_>, standing: &Standing<'_>, leaving: &Leaving, time: Time) -> Result<(), Refusal> {
    let asked = view.takeout(leaving.takeout).is_some_and(|one| {
        let request = &one.request;
        let items = match request.what {
            TakeoutSubject::Information { group, first, last } => {
                let stretch = first <= leaving.first && leaving.last <= last;
                group == leaving.group && stretch && leaving.written <= one.asked.time
            }
            TakeoutSubject::Device => false,
        };
        let bound = one.asked.by == standing.user && request.device == standing.device;
        let running = one.stage(view, time) == Stage::Permitted && request.from <= time;
        items && bound && running && request.medium.takes(leaving.form)
    });
    let permitted = asked
        || view.standing_takeout(leaving.takeout).is_some_and(|one| {
            let of_group = one.permit.group.is_none_or(|group| group == leaving.group);
            let bound = one.permit.user == standing.user && leaving.form == TakeoutForm::Text;
            of_group && bound && one.in_force(time)
        });
    require(permitted, Code::TakeoutNotPermitted)
}

impl Registry {
    /// Takes in what was judged.
    pub(super) fn fold_takeout(
        &mut self,
        (seq, time): (Seq, Time),
        by: Option<UserId>,
        statement: Hash32,
        act: &RegistryAct,
    ) {
        let Some(by) = by else { return };
        let word = Word { seq, time, by };
        let Takeouts { asked, standing } = &mut self.takeouts;
        match *act {
            RegistryAct::RequestTakeout(request) => {
                let new = Takeout {
                    asked: word,
                    request,
                    statement,
                    decided: None,
                    revoked: None,
                    declared: Vec::new(),
                    confirmed: None,
                };
                asked.insert(request.takeout, new);
            }
            RegistryAct::DecideTakeout { takeout, approve, .. } => {
                asked.entry(takeout).and_modify(|one| one.decided = Some((word, approve)));
            }
            RegistryAct::GrantStandingTakeout(permit) => {
                standing.insert(permit.takeout, StandingPermit { given: word, permit, revoked: None });
            }
            RegistryAct::RevokeTakeout { takeout } => {
                asked.entry(takeout).and_modify(|one| one.revoked = Some(word));
                standing.entry(takeout).and_modify(|one| one.revoked = Some(word));
            }
            RegistryAct::DeclareTakeoutEnd { takeout, how } => {
                asked.entry(takeout).and_modify(|one| one.declared.push((word, how)));
            }
            RegistryAct::ConfirmTakeoutEnd { takeout, how, on } => {
                asked.entry(takeout).and_modify(|one| one.confirmed = Some(Confirmed { word, how, on }));
            }
            _ => {}
        }
    }
}
