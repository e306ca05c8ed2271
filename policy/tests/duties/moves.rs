//! What people try, read from a handful of random numbers.

use proptest::prelude::*;
use renkei_proto::act::{RegistryAct, ReviewPlan, TrainingPlan};
use renkei_proto::id::{ReviewId, TrainingId};
use renkei_proto::statement::Role;
use renkei_proto::time::Date;
use renkei_proto::wording::TextKind;

use crate::common::{ROOT, Seat};
use crate::world::{F, NEWCOMER, P, PEOPLE, PLACES, SECOND, THE_DESK, Text, WORKS_AT, World, day, text};

/// Random numbers that make a step.
pub(crate) type Raw = (u8, u8, u8, u8, u8, u8);

/// Numbers that say what kind of step it is.
const KINDS: u8 = 40;

pub(crate) fn raw() -> impl Strategy<Value = Raw> {
    (0..KINDS, any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>())
}

/// Days are counted from 1970, in Japan.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Publish {
        kind: TextKind,
        version: u32,
        text: Text,
    },
    Read {
        version: u32,
        text: Text,
    },
    OpenReview {
        n: u8,
        of: Option<F>,
        points: Text,
        due: i64,
        restrict: u16,
        lock: u16,
    },
    Confirm {
        n: u8,
        points: Text,
    },
    CloseReview {
        n: u8,
    },
    OpenTraining {
        n: u8,
        of: Option<F>,
        material: Text,
        from: i64,
        until: i64,
    },
    Attend {
        n: u8,
        material: Text,
    },
    Record {
        n: u8,
        whom: P,
        on: i64,
    },
    CloseTraining {
        n: u8,
    },
    Farewell,
    Told {
        whom: P,
        on: i64,
    },
    Reset {
        whom: P,
    },
    Lift {
        whom: P,
    },
    Grant {
        whom: P,
        on: bool,
    },
    End {
        whom: P,
    },
    /// The newcomer is registered and gets a device.
    Hire,
}

/// Who does what, as what; none is the root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) by: Option<P>,
    pub(crate) role: Role,
    pub(crate) deed: Deed,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Move {
    Wait { seconds: u64 },
    Step(Step),
}

impl Move {
    pub(crate) fn decode((kind, who, a, b, c, odd): Raw, world: &World) -> Self {
        if kind < 4 {
            let days = [0, 0, 1, 3, 7, 15][usize::from(a) % 6];
            return Self::Wait { seconds: days * 86_400 + u64::from(b) * 300 };
        }
        Self::Step(Step::decode(kind, who, (a, b, c), odd, world))
    }
}

impl Step {
    pub(crate) fn seat(&self) -> Seat {
        self.by.map_or(ROOT, |p| PEOPLE[p].as_role(self.role))
    }

    fn decode(kind: u8, who: u8, (a, b, c): (u8, u8, u8), odd: u8, world: &World) -> Self {
        let today = day(world.now);
        let anybody = usize::from(who) % PEOPLE.len();
        let office = [0, 1, 2, 3, 5][usize::from(who) % 5];
        let whom = usize::from(a) % PEOPLE.len();
        let of = if WORKS_AT[office] == THE_DESK && c % 2 == 0 {
            None
        } else {
            Some([WORKS_AT[office], 1, 2][usize::from(c / 2) % 3])
        };
        let last = |kind: TextKind| world.texts.get(&kind).and_then(|all| all.last()).copied();
        let named = |kind: TextKind| last(kind).filter(|_| b % 8 != 0).unwrap_or(b % 4);
        let (n, other) = (a % 16, b / 8 % 8 == 0);
        let rounds = |asked: Option<P>| {
            let open = world.reviews.keys().copied().filter(|n| asked.is_none_or(|p| world.review_waits(*n, p)));
            open.collect::<Vec<u8>>()
        };
        let pick = |all: Vec<u8>| all.get(usize::from(a) % (all.len() + 1)).copied().unwrap_or(n);
        let as_oneself = |p: P, deed| (p, Role::User, deed);
        let in_office = |deed| {
            let role = if WORKS_AT[office] == THE_DESK { Role::Operator } else { Role::SnsAdministrator };
            (office, role, deed)
        };
        let (by, role, deed) = match kind {
            4..=9 => {
                let kinds = [TextKind::ReviewPoints, TextKind::TrainingMaterial, TextKind::Notice];
                let kind = if c / 4 % 2 == 0 { kinds[usize::from(c) % 2] } else { kinds[usize::from(kind) % 3] };
                let version = world.version(kind) + if other { u32::from(c % 3) } else { 1 };
                let role = Role::Operator;
                let by = if who % 8 == 7 { anybody } else { usize::from(who) % 2 };
                let deed = Deed::Publish { kind, version, text: b % 2 };
                (by, role, deed)
            }
            10..=14 => {
                let version = world.version(TextKind::Notice);
                let version = if other { version.saturating_sub(1) } else { version };
                let unread: Vec<P> = (0..PEOPLE.len()).filter(|&p| world.unread(p).is_some()).collect();
                let by = unread.get(usize::from(who) % (unread.len() + 1)).copied().unwrap_or(anybody);
                as_oneself(by, Deed::Read { version, text: named(TextKind::Notice) })
            }
            15 | 16 => {
                let due = today + [0, 1, 7, 30, -1, 401][usize::from(b / 8) % 6];
                let (restrict, lock) = [(0, 0), (1, 3), (3, 3), (7, 14), (4, 3), (1, 366)][usize::from(odd / 8) % 6];
                in_office(Deed::OpenReview { n, of, points: named(TextKind::ReviewPoints), due, restrict, lock })
            }
            17..=20 => {
                let n = pick(rounds(Some(anybody)));
                let points = world.points(n).filter(|_| b % 8 != 0).unwrap_or(b % 4);
                as_oneself(anybody, Deed::Confirm { n, points })
            }
            21 => in_office(Deed::CloseReview { n: pick(rounds(None)) }),
            22 | 23 => {
                let from = today + [0, -3, 1, 5][usize::from(b / 8) % 4];
                let until = from + [0, 10, 30, -1, 402][usize::from(odd / 8) % 5];
                in_office(Deed::OpenTraining { n, of, material: named(TextKind::TrainingMaterial), from, until })
            }
            24..=26 => {
                let n = pick(world.trainings.keys().copied().collect());
                let material = world.material(n).filter(|_| b % 8 != 0).unwrap_or(b % 4);
                as_oneself(anybody, Deed::Attend { n, material })
            }
            27 | 28 => {
                let n = pick(world.trainings.keys().copied().collect());
                let lacking = world.lacking(n, WORKS_AT[office]);
                let chance = usize::from(b) % PEOPLE.len();
                let whom = lacking.get(usize::from(b) % (lacking.len() + 1)).copied().unwrap_or(chance);
                let from = world.from(n).unwrap_or(today);
                in_office(Deed::Record { n, whom, on: [today, from, from, today - 1, today + 1][usize::from(c) % 5] })
            }
            29 => in_office(Deed::CloseTraining { n: pick(world.trainings.keys().copied().collect()) }),
            30 => as_oneself(anybody, Deed::Farewell),
            31 => in_office(Deed::Told { whom, on: today + [0, -1, 1][usize::from(b) % 3] }),
            32..=34 => in_office(Deed::Reset { whom }),
            35 => in_office(Deed::Lift { whom: [4, 6, whom, whom][usize::from(b) % 4] }),
            // Often the clinic's second administrator, so that one remains who was two a moment ago.
            36 if b % 2 == 0 => in_office(Deed::End { whom: if b % 4 == 0 { SECOND } else { whom } }),
            36..=38 => in_office(Deed::Grant { whom, on: b % 2 == 0 }),
            _ => in_office(Deed::Hire),
        };
        match odd % 16 {
            0 => Self { by: None, role: Role::Root, deed },
            1 => Self {
                by: Some(by),
                role: [Role::User, Role::Operator, Role::GroupManager, Role::Deputy][usize::from(odd / 16) % 4],
                deed,
            },
            2 => Self { by: Some(anybody), role, deed },
            _ => Self { by: Some(by), role, deed },
        }
    }

    /// Its name.
    pub(crate) fn kind(&self) -> &'static str {
        match self.deed {
            Deed::Publish { .. } => "publish",
            Deed::Read { .. } => "acknowledge",
            Deed::OpenReview { .. } => "open a review",
            Deed::Confirm { .. } => "confirm a review",
            Deed::CloseReview { .. } => "close a review",
            Deed::OpenTraining { .. } => "open a training",
            Deed::Attend { .. } => "take part",
            Deed::Record { .. } => "record who took part",
            Deed::CloseTraining { .. } => "close a training",
            Deed::Farewell => "acknowledge the duty",
            Deed::Told { .. } => "record the duty",
            Deed::Reset { .. } => "reset",
            Deed::Lift { .. } => "lift a wait",
            Deed::Grant { .. } => "grant",
            Deed::End { .. } => "end",
            Deed::Hire => "hire",
        }
    }

    /// The words of it. Of the newcomer's two the first.
    pub(crate) fn write(&self) -> RegistryAct {
        let date = |days: i64| Date::of_days(days).expect("in this age");
        let place = |of: Option<F>| of.map(|f| PLACES[f]);
        let (review, training) = (|n| ReviewId([n; 16]), |n| TrainingId([n; 16]));
        match self.deed {
            Deed::Publish { kind, version, text: n } => RegistryAct::PublishText { kind, version, text: text(n) },
            Deed::Read { version, text: n } => RegistryAct::AcknowledgeNotice { version, text: text(n) },
            Deed::OpenReview { n, of, points, due, restrict, lock } => RegistryAct::OpenReview(ReviewPlan {
                review: review(n),
                facility: place(of),
                points: text(points),
                due: date(due),
                restrict_after: restrict,
                lock_after: lock,
            }),
            Deed::Confirm { n, points } => RegistryAct::ConfirmReview { review: review(n), points: text(points) },
            Deed::CloseReview { n } => RegistryAct::CloseReview { review: review(n) },
            Deed::OpenTraining { n, of, material, from, until } => RegistryAct::OpenTraining(TrainingPlan {
                training: training(n),
                facility: place(of),
                material: text(material),
                from: date(from),
                until: date(until),
            }),
            Deed::Attend { n, material } => {
                RegistryAct::AttendTraining { training: training(n), material: text(material) }
            }
            Deed::Record { n, whom, on } => {
                RegistryAct::RecordAttendance { training: training(n), user: PEOPLE[whom].user, held_on: date(on) }
            }
            Deed::CloseTraining { n } => RegistryAct::CloseTraining { training: training(n) },
            Deed::Farewell => RegistryAct::AcknowledgeDuty,
            Deed::Told { whom, on } => RegistryAct::RecordDuty { user: PEOPLE[whom].user, told_on: date(on) },
            Deed::Reset { whom } => RegistryAct::ResetFactors { user: PEOPLE[whom].user },
            Deed::Lift { whom } => RegistryAct::LiftLockout { user: PEOPLE[whom].user },
            Deed::Grant { whom, on: true } => RegistryAct::GrantGroupManager { user: PEOPLE[whom].user },
            Deed::Grant { whom, .. } => RegistryAct::RevokeGroupManager { user: PEOPLE[whom].user },
            Deed::End { whom } => RegistryAct::EndUser { user: PEOPLE[whom].user },
            Deed::Hire => {
                RegistryAct::RegisterStaff { facility: PLACES[WORKS_AT[NEWCOMER]], person: PEOPLE[NEWCOMER].person() }
            }
        }
    }
}
