//! The naive telling: tables of who is what, and the policy's sentences as plain conditions over them.

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::{GroupKind, HistoryPolicy};
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::Role;
use renkei_proto::time::Time;

use crate::common::{DESK, District, OPERATOR, START, Who, facility, who};
use crate::moves::{Move, Speaker};

/// A person, by number; a facility; one of a person's devices; a group.
pub(crate) type P = usize;
pub(crate) type F = usize;
pub(crate) type D = (P, usize);
pub(crate) type G = usize;

/// Two operators; three people of the clinic; two of the station; one whose facility has applied only.
pub(crate) const PEOPLE: usize = 8;
pub(crate) const PLACES: usize = 4;
pub(crate) const SLOTS: usize = 3;
pub(crate) const GROUPS: usize = 2;
pub(crate) const DELEGATIONS: usize = 3;
pub(crate) const WORKS_AT: [F; PEOPLE] = [0, 0, 1, 1, 1, 2, 2, 3];
pub(crate) const THE_DESK: F = 0;
/// Not a member of the association.
pub(crate) const NO_MEMBER: F = 3;

fn byte(n: usize) -> u8 {
    u8::try_from(n).expect("few")
}

pub(crate) fn place(f: F) -> FacilityId {
    facility(byte(f + 1))
}

pub(crate) fn person(p: P) -> UserId {
    speaker((p, 0)).user
}

pub(crate) fn device(d: D) -> DeviceId {
    speaker(d).device
}

pub(crate) fn speaker((p, slot): D) -> Who {
    let first = who(byte(10 * (p + 1)));
    if slot == 0 { first } else { first.with(byte(10 * (p + 1) + slot)) }
}

pub(crate) fn group_id(g: G) -> GroupId {
    GroupId([byte(g + 1); 16])
}

pub(crate) fn delegation_id(n: usize) -> DelegationId {
    DelegationId([byte(n + 1); 16])
}

pub(crate) fn invitation_id(n: usize) -> InvitationId {
    InvitationId([byte(n + 1); 16])
}

/// What the policy says to a move. `Either` where it leaves room: then the rules' answer is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Say {
    Yes,
    No,
    Either,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a table of plain facts")]
pub(crate) struct Human {
    pub(crate) ended: bool,
    pub(crate) administrator: bool,
    pub(crate) group_manager: bool,
    pub(crate) pledged: bool,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a table of plain facts")]
pub(crate) struct Machine {
    pub(crate) named: bool,
    pub(crate) approver: Option<P>,
    pub(crate) vouched: bool,
    pub(crate) active: bool,
    pub(crate) wiped: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Mandate {
    pub(crate) from: F,
    pub(crate) only: Option<G>,
    pub(crate) until: Time,
    pub(crate) revoked: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) whom: P,
    pub(crate) by: P,
    pub(crate) under: Option<usize>,
    pub(crate) open: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Circle {
    pub(crate) kind: GroupKind,
    pub(crate) originator: F,
    pub(crate) history: HistoryPolicy,
    pub(crate) consent: bool,
    pub(crate) closed: bool,
    /// Readers, with the first epoch that each may have.
    pub(crate) members: BTreeMap<P, usize>,
    pub(crate) requests: BTreeMap<usize, Request>,
    /// For whom each epoch was made.
    pub(crate) epochs: Vec<BTreeSet<D>>,
    pub(crate) given: BTreeSet<(D, usize)>,
    /// Somebody was removed since the last epoch.
    pub(crate) removed: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) people: Vec<Human>,
    pub(crate) machines: BTreeMap<D, Machine>,
    pub(crate) managers: [P; PLACES],
    pub(crate) admitters: [Vec<Option<P>>; PLACES],
    pub(crate) mandates: BTreeMap<usize, Mandate>,
    pub(crate) circles: BTreeMap<G, Circle>,
}

/// The district and the model of it, both at the same beginning.
pub(crate) fn beginning() -> (District, World) {
    let (one, two, doctor, chief) = (speaker((0, 0)), speaker((1, 0)), speaker((2, 0)), speaker((5, 0)));
    let mut d = District::empty();
    d.found().expect("founded");
    for operator in [one, two] {
        d.appoint_operator(operator).expect("an operator");
    }
    for (f, manager) in [(1, doctor), (2, chief), (3, speaker((7, 0)))] {
        d.apply(place(f), manager).expect("applied");
    }
    for f in [1, 2] {
        d.admit(one.operator(), place(f)).expect("one voice");
        d.admit(two.operator(), place(f)).expect("two voices");
    }
    for (p, administrator) in [(3, doctor), (4, doctor), (6, chief)] {
        d.register_unpledged(administrator.admin(), place(WORKS_AT[p]), speaker((p, 0))).expect("registered");
    }
    d.approve_device(doctor.admin(), speaker((3, 0))).expect("a device");
    d.approve_device(chief.admin(), speaker((6, 0))).expect("a device");
    assert_eq!((place(THE_DESK), d.now), (DESK, START));
    assert_ne!(one, OPERATOR, "numbers of this world, not of the stories");

    let human =
        |p: P| Human { administrator: [2, 5, 7].contains(&p), pledged: ![3, 4, 6].contains(&p), ..Human::default() };
    let mut machines = BTreeMap::new();
    for p in 0..PEOPLE {
        for slot in 0..SLOTS {
            let here = slot == 0 && p != 4;
            let active = here && p != 7;
            machines.insert((p, slot), Machine { named: here, active, ..Machine::default() });
        }
    }
    let world = World {
        now: START,
        people: (0..PEOPLE).map(human).collect(),
        machines,
        managers: [usize::MAX, 2, 5, 7],
        admitters: [vec![None; 2], vec![None; 2], vec![None; 2], Vec::new()],
        mandates: BTreeMap::new(),
        circles: BTreeMap::new(),
    };
    (d, world)
}

/// The same, with a patient group of the clinic and a free one of the station, each read by who opened it.
pub(crate) fn with_groups() -> (District, World) {
    let (mut d, mut world) = beginning();
    let scenes = [(0, 2, GroupKind::Patient, HistoryPolicy::All), (1, 5, GroupKind::Free, HistoryPolicy::FromApproval)];
    for (group, opener, kind, history) in scenes {
        let by = Speaker { device: (opener, 0), role: Role::SnsAdministrator, acting: None };
        let create = Move::Create { by, group, originator: WORKS_AT[opener], kind, history, reads: true };
        for step in [create, Move::Consent { by, group }] {
            if world.says(&step) == Say::Yes {
                let statement = step.write(&mut d);
                d.submit(&statement).expect("granted by both");
                world.does(&step);
            }
        }
    }
    (d, world)
}

impl World {
    pub(crate) fn group(&self, g: G) -> Option<&Circle> {
        self.circles.get(&g)
    }

    pub(crate) fn works_at(p: P) -> F {
        WORKS_AT[p]
    }

    pub(crate) fn admitted(&self, f: F) -> bool {
        self.admitters[f].len() >= 2
    }

    pub(crate) fn in_force(&self, p: P) -> bool {
        !self.people[p].ended && self.admitted(WORKS_AT[p])
    }

    pub(crate) fn usable(&self, d: D) -> bool {
        let machine = &self.machines[&d];
        machine.active && !machine.wiped && self.in_force(d.0)
    }

    pub(crate) fn operator(&self, p: P) -> bool {
        self.in_force(p) && WORKS_AT[p] == THE_DESK
    }

    pub(crate) fn administers(&self, p: P, f: F) -> bool {
        self.in_force(p) && WORKS_AT[p] == f && (f == THE_DESK || self.people[p].administrator)
    }

    pub(crate) fn administrators(&self, f: F) -> Vec<P> {
        (0..PEOPLE).filter(|&p| self.administers(p, f)).collect()
    }

    /// The speaker is an administrator of `f`, and says so.
    pub(crate) fn speaks_for(&self, by: &Speaker, f: F) -> bool {
        let role = if f == THE_DESK { Role::Operator } else { Role::SnsAdministrator };
        self.administers(by.device.0, f) && by.role == role
    }

    pub(crate) fn manages(&self, by: &Speaker, p: P) -> bool {
        let f = WORKS_AT[by.device.0];
        by.role == Role::FacilityManager
            && f != THE_DESK
            && self.managers[f] == by.device.0
            && WORKS_AT[p] == f
            && self.in_force(p)
    }

    pub(crate) fn mandated(&self, n: usize, originator: F, g: G) -> bool {
        self.mandates.get(&n).is_some_and(|mandate| {
            mandate.from == originator
                && mandate.only.is_none_or(|only| only == g)
                && !mandate.revoked
                && self.now < mandate.until
        })
    }

    /// The originating facility governs its group, or the Desk for it by delegation.
    pub(crate) fn governs(&self, by: &Speaker, originator: F, g: G) -> bool {
        let p = by.device.0;
        match (by.role, by.acting) {
            (Role::Operator, Some((f, n))) => self.operator(p) && f == originator && self.mandated(n, originator, g),
            (Role::Operator, None) => self.operator(p) && originator == THE_DESK,
            (Role::SnsAdministrator, None) => self.administers(p, originator),
            (Role::GroupManager, None) => self.in_force(p) && WORKS_AT[p] == originator && self.people[p].group_manager,
            _ => false,
        }
    }

    /// Who reads group `g`, with which devices.
    pub(crate) fn readers(&self, g: G) -> BTreeSet<D> {
        let Some(circle) = self.circles.get(&g) else { return BTreeSet::new() };
        self.machines.keys().copied().filter(|&d| circle.members.contains_key(&d.0) && self.usable(d)).collect()
    }

    /// Readers' devices that lack a key which they may have, and the latest such epoch.
    pub(crate) fn waiting(&self, g: G) -> Vec<(D, usize)> {
        let Some(circle) = self.circles.get(&g) else { return Vec::new() };
        let latest = |d: &D| {
            let may = circle.members[&d.0]..=circle.epochs.len();
            may.rev().find(|&epoch| !Self::has_key(circle, *d, epoch))
        };
        self.readers(g).iter().filter_map(|d| Some((*d, latest(d)?))).collect()
    }

    pub(crate) fn has_key(circle: &Circle, d: D, epoch: usize) -> bool {
        circle.epochs[epoch - 1].contains(&d) || circle.given.contains(&(d, epoch))
    }

    /// No other device of this person was ever named.
    pub(crate) fn first_ever(&self, d: D) -> bool {
        (0..SLOTS).all(|slot| slot == d.1 || !self.machines[&(d.0, slot)].named)
    }
}
