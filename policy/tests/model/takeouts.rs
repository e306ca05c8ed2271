//! Takeouts in the naive telling (A12.5): somebody asks, another one decides and later makes sure how it ended.

use std::collections::BTreeMap;

use proptest::prelude::*;
use renkei_policy::registry::a12_posture;
use renkei_policy::registry::a12_takeout::Stage;
use renkei_proto::act::RegistryAct;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{GroupId, TakeoutId};
use renkei_proto::statement::Role;
use renkei_proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_proto::time::{Date, Time};

use crate::common::{A_DAY, District};
use crate::moves::{Move, Speaker};
use crate::world::{D, F, P, PEOPLE, THE_DESK, WORKS_AT, World, device, person, place};

/// How long a permit is at most.
const MONTH: u64 = 31 * A_DAY;

/// How often somebody says how it ended.
const WORDS: usize = 5;

/// How a USB memory's takeout is said to end. The last one is for paper alone.
pub(crate) const ENDS: [TakeoutEnd; 4] =
    [TakeoutEnd::Returned, TakeoutEnd::Erased, TakeoutEnd::Lost, TakeoutEnd::Filed];

/// What somebody has asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    by: P,
    until: Time,
    /// What was decided, and when.
    decided: Option<(bool, Time)>,
    taken_back: bool,
    said: Vec<usize>,
    made_sure: bool,
}

pub(crate) type Requests = BTreeMap<usize, Asked>;

fn takeout(number: usize) -> TakeoutId {
    TakeoutId([u8::try_from(number + 1).expect("few"); 16])
}

/// The words of such a step.
pub(crate) fn write(step: &Move, d: &District) -> RegistryAct {
    match *step {
        Move::Ask { number, device: which, seconds, .. } => RegistryAct::RequestTakeout(TakeoutRequest {
            takeout: takeout(number),
            what: TakeoutSubject::Information { group: GroupId([1; 16]), first: 0, last: 9 },
            medium: Medium::UsbMemory,
            purpose: TakeoutPurpose::Conference,
            from: d.now,
            until: d.now.plus(seconds),
            device: device(which),
        }),
        Move::Decide { number, honest, approve, .. } => {
            let known = d.registry.now().takeout(takeout(number)).filter(|_| honest);
            let request = known.map_or(Hash32::default(), |known| known.statement);
            RegistryAct::DecideTakeout { takeout: takeout(number), request, approve }
        }
        Move::GiveBack { number, .. } => RegistryAct::RevokeTakeout { takeout: takeout(number) },
        Move::SayEnd { number, how, .. } => RegistryAct::DeclareTakeoutEnd { takeout: takeout(number), how: ENDS[how] },
        Move::MakeSure { number, how, days, .. } => {
            let on = Date::of_days(a12_posture::day(d.now) + days).expect("a day of ours");
            RegistryAct::ConfirmTakeoutEnd { takeout: takeout(number), how: ENDS[how], on }
        }
        _ => unreachable!("another move in the registry"),
    }
}

impl World {
    /// Somebody else sees to it: a colleague in office, or, where there is only one, that one or the Desk. Nobody is the only
    /// one on the day on which another one left.
    fn sees_to(&self, by: &Speaker, whose: P) -> bool {
        let (me, f) = (by.device.0, WORKS_AT[whose]);
        let alone = self.only_one(whose);
        let left_today = (0..PEOPLE).any(|p| {
            p != whose && WORKS_AT[p] == f && self.people[p].left.is_some_and(|then| self.now.since(then) < A_DAY)
        });
        let desk = alone && by.role == Role::Operator && self.operator(me);
        (desk || self.speaks_for(by, f)) && (me != whose || alone && !left_today)
    }

    /// Whether the policy grants a step of these.
    pub(crate) fn says_takeout(&self, step: &Move, by: &Speaker) -> bool {
        let me = by.device.0;
        let known = |number: usize| self.asked.get(&number);
        let running = |it: &Asked| matches!(it.decided, Some((true, _))) && !it.made_sure;
        let fits = |how: usize| ENDS[how] != TakeoutEnd::Filed;
        match *step {
            Move::Ask { number, device, seconds, .. } => {
                let own = device.0 == me && self.usable(device);
                by.role == Role::User && own && known(number).is_none() && (1..=MONTH).contains(&seconds)
            }
            Move::Decide { number, honest, approve, .. } => known(number).is_some_and(|it| {
                let open = it.decided.is_none() && !it.taken_back;
                let in_time = !approve || self.in_force(it.by) && self.now < it.until;
                self.sees_to(by, it.by) && open && honest && in_time
            }),
            Move::GiveBack { number, .. } => known(number).is_some_and(|it| {
                let over = matches!(it.decided, Some((false, _))) || it.taken_back || it.made_sure;
                let own = me == it.by && by.role == Role::User;
                (own || self.speaks_for(by, WORKS_AT[it.by])) && !over
            }),
            Move::SayEnd { number, how, .. } => known(number).is_some_and(|it| {
                let news = it.said.last() != Some(&how) && it.said.len() < WORDS;
                me == it.by && by.role == Role::User && running(it) && fits(how) && news
            }),
            Move::MakeSure { number, how, days, .. } => known(number).is_some_and(|it| {
                let since = it.decided.map_or(0, |(_, then)| a12_posture::day(then) - a12_posture::day(self.now));
                self.sees_to(by, it.by) && running(it) && fits(how) && (since..=0).contains(&days)
            }),
            _ => false,
        }
    }

    /// What is so after such a step.
    pub(crate) fn does_takeout(&mut self, step: &Move, me: P) {
        let now = self.now;
        if let Move::Ask { number, seconds, .. } = *step {
            let (until, said) = (now.plus(seconds), Vec::new());
            let asked = Asked { by: me, until, decided: None, taken_back: false, said, made_sure: false };
            self.asked.insert(number, asked);
            return;
        }
        let (Move::Decide { number, .. }
        | Move::GiveBack { number, .. }
        | Move::SayEnd { number, .. }
        | Move::MakeSure { number, .. }) = *step
        else {
            return;
        };
        let it = self.asked.get_mut(&number).expect("granted, so it was asked for");
        match *step {
            Move::Decide { approve, .. } => it.decided = Some((approve, now)),
            Move::GiveBack { .. } => it.taken_back = true,
            Move::SayEnd { how, .. } => it.said.push(how),
            _ => it.made_sure = true,
        }
    }

    /// What is in force, and what is over and not made sure of.
    fn stands(&self, it: &Asked) -> (bool, bool) {
        let permitted = matches!(it.decided, Some((true, _))) && !it.made_sure;
        let over = self.now >= it.until || it.taken_back || !self.holds(it.by);
        (permitted && !over, permitted && over)
    }
}

/// What is out, and what is overdue: computed by the rules and by the model.
pub(crate) fn agree(d: &District, world: &World) -> Result<(), TestCaseError> {
    let view = d.registry.now();
    prop_assert_eq!(view.takeouts(d.now).count(), world.asked.len(), "A12.5: every request is on record");
    for (one, stage) in view.takeouts(d.now) {
        let (&number, it) =
            world.asked.iter().find(|(number, _)| takeout(**number) == one.request.takeout).expect("asked for by both");
        prop_assert_eq!(one.asked.by, person(it.by));
        let rules = (stage == Stage::Permitted, stage == Stage::Overdue);
        prop_assert_eq!(rules, world.stands(it), "A12.5: whether takeout {} is in force or overdue", number);
    }
    for f in 0..crate::world::PLACES {
        let overdue = world.asked.values().filter(|it| WORKS_AT[it.by] == f && world.stands(it).1).count();
        prop_assert_eq!(view.takeouts_overdue(place(f), d.now).count(), overdue, "A12.5: overdue at facility {}", f);
    }
    Ok(())
}

/// Random numbers read as one of these steps.
pub(crate) fn decode(
    kind: u8,
    (a, b, c): (usize, usize, usize),
    [oneself, admin]: [&dyn Fn() -> Speaker; 2],
    world: &World,
) -> Move {
    let fresh = (0..30).find(|number| !world.asked.contains_key(number)).unwrap_or(0);
    let pick = |so: &dyn Fn(&Asked) -> bool| {
        let fitting: Vec<usize> = world.asked.iter().filter(|(_, it)| so(it)).map(|(&number, _)| number).collect();
        fitting.get(a % (fitting.len() + 1)).copied().unwrap_or(b % 8)
    };
    let facility: F = WORKS_AT[admin().device.0];
    let theirs = |it: &Asked| WORKS_AT[it.by] == facility || facility == THE_DESK && world.only_one(it.by);
    let running = |it: &Asked| matches!(it.decided, Some((true, _))) && !it.made_sure;
    match kind {
        99..=101 => {
            let by = oneself();
            let device: D = if c % 16 == 0 { (a % PEOPLE, b % 3) } else { by.device };
            let seconds = [500, 2_000, A_DAY, MONTH, MONTH + 1, 0][b % 6];
            Move::Ask { by, number: if c % 8 == 1 { b % 8 } else { fresh }, device, seconds }
        }
        102..=104 => {
            let number = pick(&|it| theirs(it) && it.decided.is_none());
            Move::Decide { by: admin(), number, honest: c % 8 != 0, approve: c % 4 != 1 }
        }
        105 => {
            let by = if b % 2 == 0 { oneself() } else { admin() };
            Move::GiveBack { by, number: pick(&|it| it.by == by.device.0 || theirs(it)) }
        }
        106 | 107 => {
            let number = pick(&running);
            // Mostly by the person whose it is.
            let theirs = world.asked.get(&number).filter(|_| c / 4 % 8 != 0).map(|it| (it.by, 0));
            let by = theirs.map_or_else(oneself, |device| Speaker { device, role: Role::User, acting: None });
            Move::SayEnd { by, number, how: c % 4 }
        }
        _ => {
            let number = pick(&|it| theirs(it) && running(it));
            Move::MakeSure { by: admin(), number, how: c % 4, days: [0, 0, 0, -1, 1][b / 8 % 5] }
        }
    }
}
