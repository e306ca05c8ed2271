//! The naive telling of what people owe: tables of texts, rounds and signatures, and the articles' sentences as plain
//! conditions over them.

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::RegistryAct;
use renkei_proto::bounds;
use renkei_proto::hash::Hash32;
use renkei_proto::id::FacilityId;
use renkei_proto::statement::Role;
use renkei_proto::time::Time;
use renkei_proto::wording::TextKind;

use crate::common::{
    A_DAY, CHIEF, CLERK, CLINIC, COLLEAGUE, DESK, DOCTOR, District, NURSE, OPERATOR, ROOT, STATION, Who, digest, who,
};
use crate::moves::{Deed, Step};

/// A person, by number; a facility; a text.
pub(crate) type P = usize;
pub(crate) type F = usize;
pub(crate) type Text = u8;

/// Two operators; the clinic's manager, a second administrator and a colleague; the station's manager, a nurse and somebody
/// who comes later.
pub(crate) const PEOPLE: [Who; 8] = [OPERATOR, COLLEAGUE, DOCTOR, CLERK, who(22), CHIEF, NURSE, who(32)];
pub(crate) const WORKS_AT: [F; 8] = [0, 0, 1, 1, 1, 2, 2, 2];
pub(crate) const PLACES: [FacilityId; 3] = [DESK, CLINIC, STATION];
pub(crate) const THE_DESK: F = 0;
pub(crate) const SECOND: P = 3;
pub(crate) const NEWCOMER: P = 7;
const MANAGERS: [P; 2] = [2, 5];

/// Seconds from midnight in Japan to midnight in the world's time.
const JAPAN: i64 = 9 * 3_600;

pub(crate) fn text(n: Text) -> Hash32 {
    digest(&[b't', n])
}

/// The day in Japan, counted from 1970.
pub(crate) fn day(time: Time) -> i64 {
    (i64::try_from(time.0).expect("in this age") + JAPAN) / 86_400
}

/// The first second of a day in Japan.
fn midnight(day: i64) -> Time {
    Time(u64::try_from(day * 86_400 - JAPAN).expect("after 1970"))
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Human {
    pub(crate) registered: Option<usize>,
    pub(crate) ended: bool,
    pub(crate) administrator: bool,
    pub(crate) group_manager: bool,
    /// When the office of an administrator was lost.
    left: Option<Time>,
    /// The last version of the points to note that was acknowledged.
    read: Option<u32>,
    pub(crate) farewell: Option<Farewell>,
    /// Who has signed a reset, and when.
    resets: BTreeMap<P, Time>,
    lifts: Vec<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    Own,
    Told(P),
}

#[derive(Debug, Clone)]
pub(crate) struct Review {
    of: Option<F>,
    /// Whose it is: a facility's, or the Desk's.
    runs: Option<F>,
    points: Text,
    due: i64,
    restrict: u16,
    lock: u16,
    /// How many entries the registry had before it.
    opened: usize,
    closed: bool,
    confirmed: BTreeSet<P>,
}

/// How somebody took part in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    Oneself,
    Recorded(P),
}

#[derive(Debug, Clone)]
pub(crate) struct Training {
    of: Option<F>,
    /// Whose it is: a facility's, or the Desk's.
    runs: Option<F>,
    material: Text,
    from: i64,
    until: i64,
    closed: bool,
    attended: BTreeMap<P, Took>,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: Time,
    /// Entries of the registry.
    pub(crate) size: usize,
    pub(crate) people: [Human; 8],
    pub(crate) texts: BTreeMap<TextKind, Vec<Text>>,
    /// What waits for a second signature: the text, and who has signed it; none is the root.
    proposed: BTreeMap<TextKind, (Text, BTreeSet<Option<P>>)>,
    pub(crate) reviews: BTreeMap<u8, Review>,
    pub(crate) trainings: BTreeMap<u8, Training>,
}

/// District and model at the same beginning: everybody but the newcomer works, the clinic has two administrators.
pub(crate) fn beginning() -> (District, World) {
    let mut d = District::founded();
    d.brings_in(CLINIC, DOCTOR);
    d.brings_in(STATION, CHIEF);
    d.hires(DOCTOR.admin(), CLINIC, CLERK);
    d.hires(DOCTOR.admin(), CLINIC, who(22));
    d.hires(CHIEF.admin(), STATION, NURSE);
    d.appoint(DOCTOR.manager(), CLERK).expect("a second administrator");
    for kind in [TextKind::ReviewPoints, TextKind::TrainingMaterial] {
        for seat in [ROOT, OPERATOR.operator()] {
            d.act(seat, RegistryAct::PublishText { kind, version: 1, text: text(0) }).expect("signed");
        }
    }
    let size = usize::try_from(d.registry.size()).expect("few");
    let mut people: [Human; 8] = Default::default();
    for (p, human) in people.iter_mut().enumerate() {
        human.registered = (p != NEWCOMER).then_some(0);
        human.administrator = [2, SECOND, 5].contains(&p);
    }
    let world = World {
        now: d.now,
        size,
        people,
        texts: [(TextKind::ReviewPoints, vec![0]), (TextKind::TrainingMaterial, vec![0])].into(),
        proposed: BTreeMap::new(),
        reviews: BTreeMap::new(),
        trainings: BTreeMap::new(),
    };
    (d, world)
}

impl Review {
    /// 0 while there is time, then overdue, restricted, locked.
    fn stage(&self, now: Time) -> u8 {
        let over = |days: u16| now >= midnight(self.due + 1 + i64::from(days));
        [over(0), over(self.restrict), over(self.lock)].iter().rposition(|it| *it).map_or(0, |at| [1, 2, 3][at])
    }
}

impl World {
    pub(crate) fn in_force(&self, p: P) -> bool {
        self.people[p].registered.is_some() && !self.people[p].ended
    }

    fn operator(&self, p: P) -> bool {
        self.in_force(p) && WORKS_AT[p] == THE_DESK
    }

    fn administers(&self, p: P, f: F) -> bool {
        self.in_force(p) && WORKS_AT[p] == f && (f == THE_DESK || self.people[p].administrator)
    }

    fn administrators(&self, f: F) -> impl Iterator<Item = P> + '_ {
        (0..PEOPLE.len()).filter(move |&p| self.administers(p, f))
    }

    /// The points to note that the person has yet to acknowledge.
    pub(crate) fn unread(&self, p: P) -> Option<u32> {
        let present = self.version(TextKind::Notice);
        (present > 0 && self.people[p].read != Some(present)).then_some(present)
    }

    pub(crate) fn version(&self, kind: TextKind) -> u32 {
        u32::try_from(self.texts.get(&kind).map_or(0, Vec::len)).expect("few")
    }

    fn review_asks(&self, round: &Review, p: P) -> bool {
        let older = self.people[p].registered.is_some_and(|at| at < round.opened);
        self.in_force(p) && older && round.of.is_none_or(|f| f == WORKS_AT[p])
    }

    /// How far the round that has come furthest has come for this person.
    pub(crate) fn stage(&self, p: P, now: Time) -> Option<u8> {
        let waiting = self.reviews.iter().filter(|(n, _)| self.review_waits(**n, p));
        waiting.map(|(_, round)| round.stage(now)).max()
    }

    /// Whether the person may be shown content; whether what the person does may have an effect.
    pub(crate) fn may(&self, p: P) -> (bool, bool) {
        let stage = self.stage(p, self.now).unwrap_or(0);
        (self.unread(p).is_none() && stage < 3, self.unread(p).is_none() && stage < 2)
    }

    pub(crate) fn trainings_due(&self, p: P) -> usize {
        let waits = |one: &&Training| !one.closed && self.training_asks(one, p) && !one.attended.contains_key(&p);
        self.trainings.values().filter(waits).count()
    }

    fn training_asks(&self, one: &Training, p: P) -> bool {
        self.in_force(p) && one.of.is_none_or(|f| f == WORKS_AT[p])
    }

    /// Whether a reset of this person waits for somebody else's signature.
    pub(crate) fn reset_waits(&self, p: P) -> bool {
        !self.voices(p).is_empty()
    }

    /// Whose signatures under a reset count.
    fn voices(&self, whom: P) -> Vec<P> {
        let counts = |by: P| self.operator(by) || self.administers(by, WORKS_AT[whom]);
        let fresh = |at: Time| self.now < at.plus(A_DAY);
        let signed = self.people[whom].resets.iter();
        signed.filter(|&(&by, &at)| fresh(at) && counts(by)).map(|(&by, _)| by).collect()
    }

    /// How many sign a reset, and whether operators do.
    fn reset_needs(&self, whom: P) -> (usize, bool) {
        let others = self.administrators(WORKS_AT[whom]).filter(|&p| p != whom).count();
        let colleagues = (0..PEOPLE.len()).filter(|&p| p != whom && WORKS_AT[p] == WORKS_AT[whom]);
        let left = colleagues.filter_map(|p| self.people[p].left).any(|at| self.now < at.plus(A_DAY));
        if others == 0 || others == 1 && left { (2, true) } else { (others.min(2), false) }
    }

    /// What the policy says to a step.
    pub(crate) fn says(&self, step: &Step) -> bool {
        let Some(me) = step.by else { return self.says_to_the_root(step) };
        if !self.in_force(me) {
            return false;
        }
        let ends_a_duty = matches!(step.deed, Deed::Read { .. } | Deed::Confirm { .. } | Deed::Farewell);
        (ends_a_duty || self.may(me).1) && self.says_to(me, step.role, &step.deed)
    }

    fn says_to_the_root(&self, step: &Step) -> bool {
        match step.deed {
            Deed::Publish { kind, version, text } => self.says_to_publishing(None, kind, version, text),
            Deed::Reset { whom } | Deed::End { whom } => WORKS_AT[whom] == THE_DESK && self.in_force(whom),
            _ => false,
        }
    }

    fn says_to_publishing(&self, by: Option<P>, kind: TextKind, version: u32, text: Text) -> bool {
        let signed = self.proposed.get(&kind).filter(|(proposed, _)| *proposed == text);
        let again = signed.is_some_and(|(_, signed)| {
            signed.contains(&by) && !signed.iter().any(|&one| one != by && self.is_voice(one))
        });
        version == self.version(kind) + 1 && !again
    }

    /// Whether a signature under a text counts: the root's, and those of operators who still are.
    fn is_voice(&self, by: Option<P>) -> bool {
        by.is_none_or(|p| self.operator(p))
    }

    fn says_to(&self, me: P, role: Role, deed: &Deed) -> bool {
        let as_operator = self.operator(me) && role == Role::Operator;
        let as_administrator = |f: F| {
            self.administers(me, f) && role == if f == THE_DESK { Role::Operator } else { Role::SnsAdministrator }
        };
        let runs = |of: Option<F>| as_operator || !self.operator(me) && of.is_some_and(as_administrator);
        let oneself = role == Role::User;
        let today = day(self.now);
        // What a person wrote on paper may bear the day of any place on Earth.
        let anywhere = day(self.now.plus(5 * 3_600));
        let ahead =
            |last: i64| (today..=today + 400).contains(&last) && midnight(last + 1) <= self.now.plus(401 * A_DAY);
        match *deed {
            Deed::Publish { kind, version, text } => {
                as_operator && self.says_to_publishing(Some(me), kind, version, text)
            }
            Deed::Read { version, text } => {
                let present = self.texts.get(&TextKind::Notice).and_then(|all| all.last());
                oneself && self.unread(me) == Some(version) && present == Some(&text)
            }
            Deed::OpenReview { n, of, points, due, restrict, lock } => {
                let one_at_a_time = self.reviews.values().all(|round| round.closed || round.of != of);
                let present = self.texts.get(&TextKind::ReviewPoints).and_then(|all| all.last());
                let fresh = !self.reviews.contains_key(&n) && one_at_a_time && present == Some(&points);
                runs(of) && fresh && ahead(due) && restrict <= lock && lock <= 365
            }
            Deed::Confirm { n, points } => self.reviews.get(&n).is_some_and(|round| {
                let open = !round.closed && self.review_asks(round, me) && !round.confirmed.contains(&me);
                oneself && open && round.points == points
            }),
            Deed::CloseReview { n } => self.reviews.get(&n).is_some_and(|round| runs(round.runs) && !round.closed),
            Deed::OpenTraining { n, of, material, from, until } => {
                let open = self.trainings.values().filter(|one| !one.closed && one.of == of).count();
                let fresh = !self.trainings.contains_key(&n) && open < bounds::OPEN_TRAININGS;
                let published = self.texts.get(&TextKind::TrainingMaterial).is_some_and(|all| all.contains(&material));
                runs(of) && fresh && published && from <= until && ahead(until)
            }
            Deed::Attend { n, material } => self.trainings.get(&n).is_some_and(|one| {
                let open = !one.closed && self.training_asks(one, me) && !one.attended.contains_key(&me);
                oneself && open && one.material == material && one.from <= today
            }),
            Deed::Record { n, whom, on } => self.trainings.get(&n).is_some_and(|one| {
                let open = !one.closed && self.training_asks(one, whom) && !one.attended.contains_key(&whom);
                runs(Some(WORKS_AT[whom])) && open && (one.from..=one.until).contains(&on) && on <= today
            }),
            Deed::CloseTraining { n } => self.trainings.get(&n).is_some_and(|one| runs(one.runs) && !one.closed),
            Deed::Farewell => oneself && self.people[me].farewell != Some(Farewell::Own),
            Deed::Told { whom, on } => {
                let human = &self.people[whom];
                let office = as_administrator(WORKS_AT[whom]) && me != whom;
                human.registered.is_some() && office && on <= anywhere && human.farewell.is_none()
            }
            Deed::Reset { whom } => {
                let (_, helped) = self.reset_needs(whom);
                let office = if helped { as_operator } else { as_administrator(WORKS_AT[whom]) };
                let signed = self.voices(whom);
                let again = signed.contains(&me) && signed.iter().all(|&by| by == me);
                self.in_force(whom) && me != whom && WORKS_AT[whom] != THE_DESK && office && !again
            }
            Deed::Lift { whom } => {
                let alone = self.administrators(WORKS_AT[whom]).all(|p| p == whom);
                let helps = WORKS_AT[whom] != THE_DESK && self.operator(me);
                let office = if helps { as_operator && alone } else { as_administrator(WORKS_AT[whom]) };
                let today = self.people[whom].lifts.iter().filter(|at| self.now < at.plus(A_DAY)).count();
                self.in_force(whom) && me != whom && office && today < bounds::LIFTS
            }
            Deed::Grant { whom, on } => {
                as_administrator(WORKS_AT[whom]) && self.in_force(whom) && self.people[whom].group_manager != on
            }
            Deed::End { whom } => {
                let f = WORKS_AT[whom];
                let above = me == whom || MANAGERS.contains(&me) || !self.people[whom].administrator;
                as_administrator(f) && f != THE_DESK && self.in_force(whom) && !MANAGERS.contains(&whom) && above
            }
            Deed::Hire => as_administrator(WORKS_AT[NEWCOMER]) && self.people[NEWCOMER].registered.is_none(),
        }
    }

    /// A step was granted: what is so now, and whether a reset came about by it.
    pub(crate) fn does(&mut self, step: &Step) -> bool {
        let at = self.size;
        let by_desk = step.by.is_none_or(|p| WORKS_AT[p] == THE_DESK);
        let runs = |of: Option<F>| of.filter(|_| !by_desk);
        self.size += if matches!(step.deed, Deed::Hire) { 2 } else { 1 };
        match step.deed {
            Deed::Publish { kind, text, .. } => {
                let before = self.proposed.remove(&kind).filter(|(proposed, _)| *proposed == text);
                let mut by = before.map_or(BTreeSet::new(), |(_, by)| by);
                by.insert(step.by);
                if by.iter().filter(|&&one| self.is_voice(one)).count() >= 2 {
                    self.texts.entry(kind).or_default().push(text);
                } else {
                    self.proposed.insert(kind, (text, by));
                }
            }
            Deed::OpenReview { n, of, points, due, restrict, lock } => {
                let (opened, closed, confirmed) = (at, false, BTreeSet::new());
                self.reviews
                    .insert(n, Review { of, runs: runs(of), points, due, restrict, lock, opened, closed, confirmed });
            }
            Deed::CloseReview { n } => self.reviews.get_mut(&n).expect("granted, so it is there").closed = true,
            Deed::OpenTraining { n, of, material, from, until } => {
                let (closed, attended) = (false, BTreeMap::new());
                self.trainings.insert(n, Training { of, runs: runs(of), material, from, until, closed, attended });
            }
            Deed::CloseTraining { n } => self.trainings.get_mut(&n).expect("granted, so it is there").closed = true,
            Deed::Reset { whom } => return self.does_reset(step.by, whom),
            Deed::Lift { whom } => self.people[whom].lifts.push(self.now),
            Deed::Grant { whom, on } => self.people[whom].group_manager = on,
            Deed::End { whom } => {
                let human = &mut self.people[whom];
                human.ended = true;
                human.left = human.administrator.then_some(self.now);
            }
            Deed::Hire => self.people[NEWCOMER].registered = Some(at),
            Deed::Record { n, whom, .. } => {
                let took = Took::Recorded(step.by.expect("the root runs no round"));
                self.trainings.get_mut(&n).expect("granted, so it is there").attended.insert(whom, took);
            }
            Deed::Told { whom, .. } => self.people[whom].farewell = step.by.map(Farewell::Told),
            _ => self.does_for_oneself(step.by.expect("the root has no duties"), &step.deed),
        }
        false
    }

    fn does_for_oneself(&mut self, me: P, deed: &Deed) {
        match *deed {
            Deed::Read { version, .. } => self.people[me].read = Some(version),
            Deed::Confirm { n, .. } => {
                self.reviews.get_mut(&n).expect("granted, so it is there").confirmed.insert(me);
            }
            Deed::Attend { n, .. } => {
                self.trainings.get_mut(&n).expect("granted, so it is there").attended.insert(me, Took::Oneself);
            }
            _ => self.people[me].farewell = Some(Farewell::Own),
        }
    }

    fn does_reset(&mut self, by: Option<P>, whom: P) -> bool {
        if let Some(me) = by {
            self.people[whom].resets.insert(me, self.now);
            if self.voices(whom).len() < self.reset_needs(whom).0 {
                return false;
            }
        }
        self.people[whom].resets.clear();
        true
    }

    /// Whether an open review of this name waits for the person.
    pub(crate) fn review_waits(&self, n: u8, p: P) -> bool {
        let waits = |round: &Review| !round.closed && self.review_asks(round, p) && !round.confirmed.contains(&p);
        self.reviews.get(&n).is_some_and(waits)
    }

    /// The points of a round.
    pub(crate) fn points(&self, n: u8) -> Option<Text> {
        self.reviews.get(&n).map(|round| round.points)
    }

    /// The material of a training round.
    pub(crate) fn material(&self, n: u8) -> Option<Text> {
        self.trainings.get(&n).map(|one| one.material)
    }

    /// The first day of a training round.
    pub(crate) fn from(&self, n: u8) -> Option<i64> {
        self.trainings.get(&n).map(|one| one.from)
    }

    /// Who of a facility has yet to take part in a training round.
    pub(crate) fn lacking(&self, n: u8, f: F) -> Vec<P> {
        let lacks = |one: &Training, p: P| self.training_asks(one, p) && !one.attended.contains_key(&p);
        let one = self.trainings.get(&n);
        (0..PEOPLE.len()).filter(|&p| WORKS_AT[p] == f && one.is_some_and(|one| lacks(one, p))).collect()
    }

    /// How the person has taken part in a round.
    pub(crate) fn attended(&self, n: u8, p: P) -> Option<Took> {
        self.trainings.get(&n)?.attended.get(&p).copied()
    }
}
