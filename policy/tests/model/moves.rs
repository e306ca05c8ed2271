//! What people try, read from a handful of random numbers.

use proptest::prelude::*;
use renkei_proto::act::{GroupKind, HistoryPolicy};
use renkei_proto::bounds::EPOCH_AGE;
use renkei_proto::statement::{ActingFor, Role};

use crate::common::{A_DAY, A_YEAR, Seat};
use crate::world::{
    D, DELEGATIONS, F, G, GROUPS, P, PEOPLE, PLACES, Request, SLOTS, World, delegation_id, place, speaker,
};
use crate::{more, takeouts, uses};

/// Numbers that say what kind of move it is.
const KINDS: u8 = 119;

/// Random numbers that make a move.
pub(crate) type Raw = (u8, u8, u8, u8, u8, u8);

pub(crate) fn raw() -> impl Strategy<Value = Raw> {
    (0u8..KINDS, any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>())
}

/// Who speaks, as what, for which facility under which delegation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaker {
    pub(crate) device: D,
    pub(crate) role: Role,
    pub(crate) acting: Option<(F, usize)>,
}

impl Speaker {
    pub(crate) fn seat(&self) -> Seat {
        let acting_for = self.acting.map(|(f, n)| ActingFor { facility: place(f), delegation: delegation_id(n) });
        Seat { acting_for, ..speaker(self.device).as_role(self.role) }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Move {
    Wait { seconds: u64 },
    Admit { by: Speaker, facility: F },
    Appoint { by: Speaker, whom: P },
    Dismiss { by: Speaker, whom: P },
    HandOver { by: Speaker, whom: P },
    Grant { by: Speaker, whom: P, on: bool },
    Pledge { by: Speaker, whom: P },
    End { by: Speaker, whom: P },
    ApproveDevice { by: Speaker, device: D },
    Wipe { by: Speaker, device: D },
    Rotate { by: Speaker, fresh: bool },
    Delegate { by: Speaker, number: usize, only: Option<G>, seconds: u64 },
    Revoke { by: Speaker, number: usize },
    Create { by: Speaker, group: G, originator: F, kind: GroupKind, history: HistoryPolicy, reads: bool },
    Consent { by: Speaker, group: G },
    Invite { by: Speaker, group: G, number: usize, whom: P, release: Option<usize> },
    Prepare { by: Speaker, group: G, number: usize, first: usize, last: usize, to: D },
    Approve { by: Speaker, group: G, number: usize, honest: bool, release: Option<usize> },
    Decline { by: Speaker, group: G, number: usize },
    Withdraw { by: Speaker, group: G, number: usize },
    Remove { by: Speaker, group: G, whom: P },
    Close { by: Speaker, group: G },
    Epoch { by: Speaker, group: G, honest: bool },
    History { by: Speaker, group: G, first: usize, last: usize, to: D },
    Report { by: Speaker, group: G, first: usize, last: usize },
    Message { by: Speaker, group: G, epoch: usize },
    Stop { by: Speaker, device: D, lost: bool },
    GoOn { by: Speaker, device: D },
    StopPerson { by: Speaker, whom: P },
    PersonGoesOn { by: Speaker, whom: P },
    Amend { by: Speaker, group: G, original: usize, epoch: usize, back: bool },
    Seen { by: Speaker, group: G, upto: usize },
    Set { by: Speaker, facility: Option<F>, seconds: u32 },
    Freeze { by: Speaker, group: G },
    Lift { by: Speaker, group: G, form: bool },
    Erase { by: Speaker, group: G, honest: bool },
    Declare { by: Speaker, device: D, tidy: bool },
    Look { by: Speaker, device: D, honest: bool, days: i64 },
    Permit { by: Speaker, group: G },
    Use { by: Speaker, group: G, consent: usize, early: bool },
    Unpermit { by: Speaker, group: G, early: bool },
    Settle { by: Speaker, group: G, of: usize, early: bool },
    Ask { by: Speaker, number: usize, device: D, seconds: u64 },
    Decide { by: Speaker, number: usize, honest: bool, approve: bool },
    GiveBack { by: Speaker, number: usize },
    SayEnd { by: Speaker, number: usize, how: usize },
    MakeSure { by: Speaker, number: usize, how: usize, days: i64 },
}

/// The roles in the order in which chance gives them, the act's own first.
const ROLES: [Role; 5] =
    [Role::SnsAdministrator, Role::Operator, Role::FacilityManager, Role::GroupManager, Role::User];

impl Move {
    /// Reads a move. Mostly somebody speaks who has a say, in a fitting role, with a device that works; sometimes not.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of move")]
    pub(crate) fn decode((kind, who, a, b, c, odd): Raw, world: &World) -> Option<Self> {
        let (a, b, c) = (usize::from(a), usize::from(b), usize::from(c));
        let group = b % GROUPS;
        let p = Self::somebody(kind, usize::from(who), group, odd, world);
        let own = (0..SLOTS).find(|&slot| world.usable((p, slot))).filter(|_| odd % 16 != 0);
        let by_device = (p, own.unwrap_or(usize::from(odd / 16) % SLOTS));
        if !world.machines[&by_device].named {
            return None;
        }
        let desk = World::works_at(p) == 0;
        let as_role = |role: Role| {
            let strange = odd % 16 == 1;
            let role = if strange { ROLES[usize::from(odd / 16) % 5] } else { role };
            Speaker { device: by_device, role, acting: None }
        };
        let manager = || as_role(Role::FacilityManager);
        let admin = || as_role(if desk { Role::Operator } else { Role::SnsAdministrator });
        let oneself = || as_role(Role::User);
        let governor = || match () {
            () if desk => {
                let originator = world.group(group).map_or(1 + c / 8 % 2, |circle| circle.originator);
                let fitting = (0..DELEGATIONS).find(|&n| world.mandated(n, originator, group));
                let chance = (1 + c / 8 % 2, c / 16 % DELEGATIONS);
                let acting = fitting.filter(|_| odd % 16 != 2).map_or(chance, |n| (originator, n));
                Speaker { acting: (odd % 16 != 3 && originator != 0).then_some(acting), ..as_role(Role::Operator) }
            }
            () if world.people[p].administrator && odd % 16 != 3 => as_role(Role::SnsAdministrator),
            () => as_role(Role::GroupManager),
        };
        let (whom, number) = (a % PEOPLE, c % 8);
        // Mostly a colleague, for acts within a facility.
        let colleagues: Vec<P> = (0..PEOPLE).filter(|&q| World::works_at(q) == World::works_at(p)).collect();
        let colleague = if odd % 16 == 4 { whom } else { colleagues[a % colleagues.len()] };
        Some(match kind {
            0 => Self::Wait { seconds: [1, 500, 2_000][a % 3] },
            1 | 2 => Self::Admit { by: admin(), facility: [3, 3, 1, 0][b % 4] },
            3 | 4 => Self::Appoint { by: manager(), whom: colleague },
            5 => Self::Dismiss { by: manager(), whom: colleague },
            6 => Self::HandOver { by: manager(), whom: colleague },
            7..=9 => Self::Grant { by: admin(), whom: colleague, on: b % 4 != 0 },
            10 => {
                // Recorded once: a second form would only replace the first.
                if world.people[colleague].pledged {
                    return None;
                }
                Self::Pledge { by: admin(), whom: colleague }
            }
            11 if b % 2 == 0 => Self::End { by: admin(), whom: colleague },
            11..=17 => {
                let device = (if b % 4 == 0 { whom } else { colleague }, c % SLOTS);
                // The Desk's part for a person who never had a device is a question of its own.
                if desk && device.0 != p && World::works_at(device.0) != 0 && world.first_ever(device) {
                    return None;
                }
                let by = if device.0 == p && b % 8 < 6 { oneself() } else { admin() };
                Self::ApproveDevice { by, device }
            }
            18 | 19 => {
                let device = (colleague, c % SLOTS);
                // Whom the Desk may wipe beside its own is a question of its own.
                if desk && World::works_at(device.0) != 0 {
                    return None;
                }
                let by = if device.0 == p && b % 2 == 0 { oneself() } else { admin() };
                Self::Wipe { by, device }
            }
            20..=22 => {
                let only = [None, Some(0), Some(1)][b % 3];
                Self::Delegate { by: admin(), number: c % DELEGATIONS, only, seconds: [0, 1_000, 4_000, A_YEAR][a % 4] }
            }
            23 => {
                let mine =
                    |n: &usize| world.mandates.get(n).is_some_and(|it| it.from == World::works_at(p) && !it.revoked);
                Self::Revoke { by: admin(), number: (0..DELEGATIONS).find(mine).unwrap_or(c % DELEGATIONS) }
            }
            24..=28 => Self::Create {
                by: governor(),
                group,
                originator: if a % 4 == 0 { b / 4 % PLACES } else { World::works_at(p).max(1) },
                kind: if c % 3 == 0 { GroupKind::Free } else { GroupKind::Patient },
                history: match a % 4 {
                    0 | 1 => HistoryPolicy::All,
                    2 => HistoryPolicy::FromApproval,
                    _ => HistoryPolicy::From(world.now.plus([0, 600, A_DAY][b / 8 % 3])),
                },
                reads: b / 2 % 3 != 0,
            },
            29 | 30 => Self::Consent { by: governor(), group },
            31..=36 => {
                // Mostly a release key of its own.
                let release = match a / 8 % 8 {
                    0 | 1 => None,
                    2 => Some(c / 8 % 8),
                    _ => Some(number),
                };
                Self::Invite { by: governor(), group, number, whom, release }
            }
            37..=44 => {
                let open = world.group(group).and_then(|it| it.requests.iter().find(|(_, request)| request.open));
                let number = open.filter(|_| c % 16 != 6).map_or(number, |(&n, _)| n);
                match kind {
                    43 => Self::Decline { by: admin(), group, number },
                    44 => Self::Withdraw { by: governor(), group, number },
                    _ => {
                        let named =
                            world.group(group).and_then(|it| it.requests.get(&number)).and_then(|it| it.release);
                        let release = match c / 16 % 8 {
                            0 => Some(a % 8),
                            1 => Some(number),
                            2 => None,
                            _ => named,
                        };
                        Self::Approve { by: admin(), group, number, honest: c % 8 != 7, release }
                    }
                }
            }
            45 | 46 => {
                let members: Vec<P> = world.group(group).map_or(Vec::new(), |it| it.members.keys().copied().collect());
                let whom = members.get(c / 8 % (members.len() + 1)).copied().unwrap_or(whom);
                Self::Remove { by: if c % 2 == 0 { governor() } else { admin() }, group, whom }
            }
            47 if c % 4 == 0 => Self::Close { by: governor(), group },
            47..=53 => Self::Epoch { by: oneself(), group, honest: c % 8 != 7 },
            54..=58 => {
                let most = world.group(group).map_or(1, |it| it.epochs.len() + 1);
                let waiting: Vec<(D, usize)> = world.waiting(group).into_iter().collect();
                let (to, latest) = match waiting.get(c / 4 % (waiting.len() + 1)) {
                    Some(&waits) => waits,
                    None => ((c / 8 % PEOPLE, a % SLOTS), a % most),
                };
                let (first, last) = if c % 4 == 0 { (a / 4 % most, latest) } else { (latest, latest) };
                // Mostly from a reader who has the keys.
                let readers = world.readers(group);
                let has = |d: &&D| {
                    world.group(group).is_some_and(|it| {
                        (first..=last).all(|n| n > 0 && n <= it.epochs.len() && World::has_key(it, **d, n))
                    })
                };
                let giver = readers.iter().find(has).copied().filter(|_| odd % 16 > 4);
                let by = giver.map_or_else(oneself, |device| Speaker { device, role: Role::User, acting: None });
                Self::History { by, group, first, last, to }
            }
            64 | 65 => Self::Rotate { by: oneself(), fresh: c % 4 != 0 },
            66..=69 => Self::preparation(oneself(), group, (a, b, c), world),
            70..=73 => {
                let most = world.group(group).map_or(0, |it| it.epochs.len());
                let last = most.saturating_sub(b / 4 % 3);
                Self::Report { by: oneself(), group, first: last.saturating_sub(c / 8 % 2), last }
            }
            74 => Self::Wait { seconds: [A_DAY, 3 * A_DAY, EPOCH_AGE][a % 3] },
            76 | 77 => {
                let device = (if desk && b % 2 == 0 { whom } else { colleague }, c % SLOTS);
                let by = if device.0 == p && b % 4 != 0 { oneself() } else { admin() };
                Self::Stop { by, device, lost: c / 4 % 4 == 0 }
            }
            78 | 79 => {
                let stopped: Vec<D> =
                    world.machines.iter().filter(|(_, machine)| machine.stopped.is_some()).map(|(d, _)| *d).collect();
                let device = stopped.get(c % (stopped.len() + 1)).copied().unwrap_or((colleague, c % SLOTS));
                let by = if device.0 == p && b % 4 != 0 { oneself() } else { admin() };
                Self::GoOn { by, device }
            }
            80 => Self::StopPerson { by: admin(), whom: if desk { whom } else { colleague } },
            81 => {
                let stopped: Vec<P> = (0..PEOPLE).filter(|&q| world.people[q].stopped.is_some()).collect();
                Self::PersonGoesOn { by: admin(), whom: stopped.get(c % (stopped.len() + 1)).copied().unwrap_or(whom) }
            }
            110.. => uses::decode(kind, (a, b, c), governor(), group, world.group(group)),
            99.. => takeouts::decode(kind, (a, b, c), [&oneself, &admin], world),
            82.. => {
                let speakers: [&dyn Fn() -> Speaker; 3] = [&oneself, &admin, &governor];
                more::decode(kind, (a, b, c), (group, colleague), speakers, world)
            }
            _ => {
                let current = world.group(group).map_or(0, |it| it.epochs.len());
                Self::Message { by: oneself(), group, epoch: if c % 8 == 7 { a % 4 } else { current } }
            }
        })
    }

    /// Mostly for an invitation of the speaker's, all that its device has and the invited person may have.
    fn preparation(by: Speaker, group: G, (a, b, c): (usize, usize, usize), world: &World) -> Self {
        let chance = (c / 8 % PEOPLE, a % SLOTS);
        let Some(circle) = world.group(group) else {
            return Self::Prepare { by, group, number: c % 8, first: 1, last: 1, to: chance };
        };
        let mine =
            |(_, request): &(&usize, &Request)| request.open && request.release.is_some() && request.by == by.device.0;
        let found = circle.requests.iter().find(mine).filter(|_| b / 4 % 8 != 0);
        let number = found.map_or(c % 8, |(&number, _)| number);
        let theirs = found
            .and_then(|(_, request)| (0..SLOTS).map(|slot| (request.whom, slot)).find(|&device| world.usable(device)));
        let last = circle.epochs.len();
        let whole = World::first_for_newcomer(circle);
        let has = |first: &usize| (*first..=last).all(|epoch| World::has_key(circle, by.device, epoch));
        let first = (whole..=last).find(has).filter(|_| c % 8 != 0).unwrap_or(a % (last + 1));
        Self::Prepare { by, group, number, first, last, to: theirs.filter(|_| c % 8 != 1).unwrap_or(chance) }
    }

    /// A person for a move of this kind: one who has a say in it, or, once in eight times, anybody.
    fn somebody(kind: u8, chance: usize, g: G, odd: u8, world: &World) -> P {
        let open = world.group(g).and_then(|circle| circle.requests.values().find(|request| request.open));
        let fits = |&p: &P| {
            let here = World::works_at(p);
            match kind {
                1 | 2 => here == 0,
                3..=6 => world.managers.contains(&p),
                7..=23 => world.administers(p, here) || kind == 12,
                80 | 81 | 88..=90 | 97 | 98 | 102..=105 | 108 | 109 => world.administers(p, here),
                91..=94 => world.group(g).is_some_and(|circle| here == 0 || world.administers(p, circle.originator)),
                76..=79 | 95 | 96 => (0..SLOTS).any(|slot| world.usable((p, slot))),
                24..=28 => world.administers(p, here) || world.people[p].group_manager,
                29..=36 | 44..=46 | 110.. => world.group(g).is_some_and(|circle| {
                    let clerk = world.people[p].group_manager && here == circle.originator;
                    let desk = here == 0 && (0..DELEGATIONS).any(|n| world.mandated(n, circle.originator, g));
                    world.administers(p, circle.originator) || clerk || desk
                }),
                66..=69 => world.group(g).is_some_and(|circle| {
                    let asks = |request: &Request| request.open && request.by == p;
                    circle.requests.values().any(asks)
                }),
                // A reader, or somebody for whom keys are prepared.
                64 | 65 => world.group(g).is_some_and(|circle| {
                    let waits = |it: &Request| it.open && it.prepared.is_some() && it.whom == p;
                    circle.members.contains_key(&p) || circle.requests.values().any(waits)
                }),
                37..=43 => open.is_some_and(|request| world.administers(p, World::works_at(request.whom))),
                99..=101 | 106 | 107 => world.in_force(p),
                _ => world.readers(g).iter().any(|reader| reader.0 == p),
            }
        };
        let fitting: Vec<P> = (0..PEOPLE).filter(fits).collect();
        if fitting.is_empty() || odd / 16 % 8 == 7 { chance % PEOPLE } else { fitting[chance % fitting.len()] }
    }

    pub(crate) fn speaker(&self) -> Option<&Speaker> {
        match self {
            Self::Wait { .. } => None,
            Self::Admit { by, .. }
            | Self::Appoint { by, .. }
            | Self::Dismiss { by, .. }
            | Self::HandOver { by, .. }
            | Self::Grant { by, .. }
            | Self::Pledge { by, .. }
            | Self::End { by, .. }
            | Self::ApproveDevice { by, .. }
            | Self::Wipe { by, .. }
            | Self::Rotate { by, .. }
            | Self::Delegate { by, .. }
            | Self::Revoke { by, .. }
            | Self::Create { by, .. }
            | Self::Consent { by, .. }
            | Self::Invite { by, .. }
            | Self::Prepare { by, .. }
            | Self::Approve { by, .. }
            | Self::Decline { by, .. }
            | Self::Withdraw { by, .. }
            | Self::Remove { by, .. }
            | Self::Close { by, .. }
            | Self::Epoch { by, .. }
            | Self::History { by, .. }
            | Self::Report { by, .. }
            | Self::Message { by, .. }
            | Self::Stop { by, .. }
            | Self::GoOn { by, .. }
            | Self::StopPerson { by, .. }
            | Self::PersonGoesOn { by, .. }
            | Self::Amend { by, .. }
            | Self::Seen { by, .. }
            | Self::Set { by, .. }
            | Self::Freeze { by, .. }
            | Self::Lift { by, .. }
            | Self::Erase { by, .. }
            | Self::Declare { by, .. }
            | Self::Look { by, .. }
            | Self::Permit { by, .. }
            | Self::Use { by, .. }
            | Self::Unpermit { by, .. }
            | Self::Settle { by, .. }
            | Self::Ask { by, .. }
            | Self::Decide { by, .. }
            | Self::GiveBack { by, .. }
            | Self::SayEnd { by, .. }
            | Self::MakeSure { by, .. } => Some(by),
        }
    }

    /// Its name.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Wait { .. } => "wait",
            Self::Admit { .. } => "admit",
            Self::Appoint { .. } => "appoint",
            Self::Dismiss { .. } => "dismiss",
            Self::HandOver { .. } => "hand over",
            Self::Grant { .. } => "grant",
            Self::Pledge { .. } => "pledge",
            Self::End { .. } => "end",
            Self::ApproveDevice { .. } => "approve a device",
            Self::Wipe { .. } => "wipe",
            Self::Rotate { .. } => "rotate",
            Self::Delegate { .. } => "delegate",
            Self::Revoke { .. } => "revoke",
            Self::Create { .. } => "create",
            Self::Consent { .. } => "consent",
            Self::Invite { .. } => "invite",
            Self::Prepare { .. } => "prepare",
            Self::Approve { .. } => "approve",
            Self::Decline { .. } => "decline",
            Self::Withdraw { .. } => "withdraw",
            Self::Remove { .. } => "remove",
            Self::Close { .. } => "close",
            Self::Epoch { .. } => "epoch",
            Self::History { .. } => "history",
            Self::Report { .. } => "report",
            Self::Message { .. } => "message",
            Self::Stop { .. } => "suspend a device",
            Self::GoOn { .. } => "resume a device",
            Self::StopPerson { .. } => "suspend a person",
            Self::PersonGoesOn { .. } => "resume a person",
            Self::Amend { .. } => "amend",
            Self::Seen { .. } => "mark as seen",
            Self::Set { facility: None, .. } => "set for all",
            Self::Set { .. } => "set for a facility",
            Self::Freeze { .. } => "withdraw consent",
            Self::Lift { .. } => "lift a freeze",
            Self::Erase { .. } => "confirm an erasure",
            Self::Declare { .. } => "declare a posture",
            Self::Look { .. } => "confirm a posture",
            Self::Permit { .. } => "consent to uses",
            Self::Use { .. } => "record a use",
            Self::Unpermit { .. } => "withdraw the consent to uses",
            Self::Settle { .. } => "see to a use",
            Self::Ask { .. } => "ask for a takeout",
            Self::Decide { .. } => "decide on a takeout",
            Self::GiveBack { .. } => "give a permit back",
            Self::SayEnd { .. } => "say how a takeout ended",
            Self::MakeSure { .. } => "make sure of its end",
        }
    }

    pub(crate) fn group(&self) -> Option<G> {
        match *self {
            Self::Create { group, .. }
            | Self::Consent { group, .. }
            | Self::Invite { group, .. }
            | Self::Prepare { group, .. }
            | Self::Approve { group, .. }
            | Self::Decline { group, .. }
            | Self::Withdraw { group, .. }
            | Self::Remove { group, .. }
            | Self::Close { group, .. }
            | Self::Epoch { group, .. }
            | Self::History { group, .. }
            | Self::Report { group, .. }
            | Self::Message { group, .. }
            | Self::Amend { group, .. }
            | Self::Seen { group, .. }
            | Self::Freeze { group, .. }
            | Self::Lift { group, .. }
            | Self::Erase { group, .. }
            | Self::Permit { group, .. }
            | Self::Use { group, .. }
            | Self::Unpermit { group, .. }
            | Self::Settle { group, .. } => Some(group),
            _ => None,
        }
    }
}
