//! The naive telling: tables of who is what, and the policy's sentences as plain conditions over them.

use std::collections::{BTreeMap, BTreeSet};

use renkei_proto::act::{GroupKind, HistoryPolicy};
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::Role;
use renkei_proto::time::Time;

use crate::common::{A_DAY, DESK, District, OPERATOR, START, Who, facility, who};
use crate::more::{Idle, Line};
use crate::moves::{Move, Speaker};
use crate::takeouts::Requests;
use crate::uses::Uses;

/// A person, by number; a facility; one of a person's devices; a group.
pub(crate) type P = usize;
pub(crate) type F = usize;
pub(crate) type D = (P, usize);
pub(crate) type G = usize;

/// Two operators; three people of the clinic; two of the station; one whose facility has applied only.
pub(crate) const PEOPLE: usize = 8;
pub(crate) const PLACES: usize = 4;
pub(crate) const SLOTS: usize = 3;
pub(crate) const GROUPS: usize = 3;
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
    /// By whose authority: 1 the person, 2 the facility, 3 the Desk.
    pub(crate) stopped: Option<u8>,
    /// When the office of an administrator was last lost.
    pub(crate) left: Option<Time>,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a table of plain facts")]
pub(crate) struct Machine {
    pub(crate) named: bool,
    pub(crate) approver: Option<P>,
    pub(crate) vouched: bool,
    pub(crate) active: bool,
    pub(crate) wiped: bool,
    /// How often it took new sealing keys, and when it got those of now.
    pub(crate) rotated: usize,
    pub(crate) sealed_at: Option<Time>,
    /// By whose authority it is suspended.
    pub(crate) stopped: Option<u8>,
    pub(crate) gone: bool,
    /// Its person has said how it is kept.
    pub(crate) declared: bool,
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
    /// Declined, or taken back.
    pub(crate) spurned: bool,
    /// Which release key it names.
    pub(crate) release: Option<usize>,
    /// Whether the invited person was an administrator at any time since.
    pub(crate) could_decide: bool,
    pub(crate) prepared: Option<Preparation>,
}

/// Keys prepared for a device of an invited person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preparation {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) to: D,
    /// For which of its keys.
    pub(crate) keys: usize,
    pub(crate) by: D,
    pub(crate) at: Time,
}

/// An epoch: for which devices with which of their keys, and since when.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) to: BTreeMap<D, usize>,
    pub(crate) by: D,
    pub(crate) at: Time,
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "a table of plain facts")]
pub(crate) struct Circle {
    pub(crate) kind: GroupKind,
    pub(crate) originator: F,
    pub(crate) history: HistoryPolicy,
    pub(crate) consent: bool,
    pub(crate) closed: bool,
    /// Readers, with the first epoch that each may have.
    pub(crate) members: BTreeMap<P, usize>,
    pub(crate) requests: BTreeMap<usize, Request>,
    pub(crate) epochs: Vec<Made>,
    /// Who handed which key to which device last, and when.
    pub(crate) given: BTreeMap<(D, usize), (D, Time)>,
    /// Keys that a device said it can't open, and has not been handed since.
    pub(crate) missing: BTreeSet<(D, usize)>,
    /// Devices of which another one said, of an epoch, that their box held rubbish.
    pub(crate) rubbish: BTreeSet<(D, D, usize)>,
    /// Somebody was removed since the last epoch.
    pub(crate) removed: bool,
    /// Entries of its log.
    pub(crate) size: usize,
    /// What was written, by its place.
    pub(crate) lines: BTreeMap<usize, Line>,
    /// How far people have said to have seen.
    pub(crate) seen: BTreeMap<P, usize>,
    /// Who recorded that the consent was withdrawn.
    pub(crate) frozen: Option<P>,
    /// Who has signed, by which of two forms, that it stands; and whether that was the Desk by itself.
    pub(crate) lifting: Option<(P, bool, bool)>,
    pub(crate) erased: bool,
    pub(crate) uses: Uses,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) people: Vec<Human>,
    pub(crate) machines: BTreeMap<D, Machine>,
    pub(crate) managers: [P; PLACES],
    /// Which operators signed a facility's admission.
    pub(crate) admitters: [BTreeSet<P>; PLACES],
    /// Whether another of them was in force when one signed.
    pub(crate) let_in: [bool; PLACES],
    pub(crate) mandates: BTreeMap<usize, Mandate>,
    pub(crate) circles: BTreeMap<G, Circle>,
    pub(crate) idle: Idle,
    pub(crate) asked: Requests,
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
            let sealed_at = here.then_some(START);
            machines.insert((p, slot), Machine { named: here, active, sealed_at, ..Machine::default() });
        }
    }
    let world = World {
        now: START,
        people: (0..PEOPLE).map(human).collect(),
        machines,
        managers: [usize::MAX, 2, 5, 7],
        admitters: [[].into(), [0, 1].into(), [0, 1].into(), [].into()],
        let_in: [true, true, true, false],
        mandates: BTreeMap::new(),
        circles: BTreeMap::new(),
        idle: Idle { whole: 600, proposed: None, own: [None; PLACES] },
        asked: Requests::new(),
    };
    (d, world)
}

/// The same, with a patient group of the clinic and two free ones of the station, each read by who opened it.
pub(crate) fn with_groups() -> (District, World) {
    let (mut d, mut world) = beginning();
    let scenes = [
        (0, 2, GroupKind::Patient, HistoryPolicy::All),
        (1, 5, GroupKind::Free, HistoryPolicy::FromApproval),
        (2, 5, GroupKind::Free, HistoryPolicy::From(START.plus(1_000))),
    ];
    for (group, opener, kind, history) in scenes {
        let by = seat(opener, Role::SnsAdministrator);
        let create = Move::Create { by, group, originator: WORKS_AT[opener], kind, history, reads: true };
        play(&mut d, &mut world, &[create]);
        if kind == GroupKind::Patient {
            play(&mut d, &mut world, &[Move::Consent { by, group }]);
        }
    }
    (d, world)
}

/// The same, with epochs, a reader who waits for keys, and open invitations for which keys can be prepared.
pub(crate) fn with_invitations() -> (District, World) {
    let (mut d, mut world) = with_groups();
    let [doctor, chief] = [2, 5].map(|p| seat(p, Role::SnsAdministrator));
    let invite = |by, group, number, whom, names: bool| {
        let release = names.then_some(number);
        Move::Invite { by, group, number, whom, release }
    };
    let epoch = |p, group| Move::Epoch { by: seat(p, Role::User), group, honest: true };
    let steps = [
        Move::Pledge { by: doctor, whom: 3 },
        Move::Pledge { by: chief, whom: 6 },
        epoch(2, 0),
        epoch(5, 1),
        epoch(5, 2),
        epoch(2, 0),
        invite(doctor, 0, 0, 5, false),
        Move::Approve { by: chief, group: 0, number: 0, honest: true, release: None },
        invite(doctor, 0, 1, 6, true),
        invite(doctor, 0, 2, 3, true),
        invite(chief, 1, 0, 2, true),
        invite(chief, 2, 0, 3, true),
        invite(chief, 2, 1, 6, false),
    ];
    play(&mut d, &mut world, &steps);
    (d, world)
}

/// The same a day later, with keys handed over, reported and prepared, and an invitation by somebody who may lose the
/// office.
pub(crate) fn with_keys() -> (District, World) {
    let (mut d, mut world) = with_invitations();
    let [doctor, chief] = [2, 5].map(|p| seat(p, Role::SnsAdministrator));
    let [reader, clerk, head] = [2, 3, 5].map(|p| seat(p, Role::User));
    let history = |by, to| Move::History { by, group: 0, first: 1, last: 2, to };
    let steps = [
        Move::Approve { by: doctor, group: 0, number: 2, honest: true, release: Some(2) },
        Move::Withdraw { by: doctor, group: 0, number: 1 },
        Move::Grant { by: doctor, whom: 3, on: true },
        history(reader, (3, 0)),
        history(reader, (5, 0)),
        Move::Invite { by: seat(3, Role::GroupManager), group: 0, number: 3, whom: 6, release: Some(3) },
    ];
    play(&mut d, &mut world, &steps);
    d.now = START.plus(A_DAY);
    world.now = d.now;
    let steps = [
        Move::Report { by: head, group: 0, first: 1, last: 2 },
        Move::History { by: clerk, group: 0, first: 1, last: 1, to: (5, 0) },
        Move::Epoch { by: head, group: 2, honest: true },
        Move::Prepare { by: head, group: 2, number: 0, first: 2, last: 2, to: (3, 0) },
        Move::Ask { by: clerk, number: 0, device: (3, 0), seconds: A_DAY },
        Move::Decide { by: doctor, number: 0, honest: true, approve: true },
        Move::Ask { by: head, number: 1, device: (5, 0), seconds: 2_000 },
        Move::Decide { by: chief, number: 1, honest: true, approve: true },
    ];
    play(&mut d, &mut world, &steps);
    (d, world)
}

/// The same, with uses of the patient's data beyond the group, one of them seen to.
pub(crate) fn with_uses() -> (District, World) {
    let (mut d, mut world) = with_keys();
    let by = seat(2, Role::SnsAdministrator);
    play(&mut d, &mut world, &[Move::Permit { by, group: 0 }]);
    let consent = world.circles[&0].uses.present().expect("just given");
    let record = Move::Use { by, group: 0, consent, early: false };
    play(&mut d, &mut world, &[record, record, record]);
    play(&mut d, &mut world, &[Move::Settle { by, group: 0, of: consent + 1, early: false }]);
    (d, world)
}

/// With keys on their way, and a withdrawn consent that waits for a second person.
pub(crate) fn with_a_frozen_group() -> (District, World) {
    let (mut d, mut world) = with_keys();
    play(&mut d, &mut world, &[Move::Freeze { by: seat(2, Role::SnsAdministrator), group: 0 }]);
    (d, world)
}

fn seat(p: P, role: Role) -> Speaker {
    Speaker { device: (p, 0), role, acting: None }
}

/// Steps that both grant.
fn play(d: &mut District, world: &mut World, steps: &[Move]) {
    for step in steps {
        assert_eq!(world.says(step), Say::Yes, "a scene is set by what is granted: {step:?}");
        let statement = step.write(d);
        d.submit(&statement).expect("granted by both");
        world.does(step);
    }
}

impl World {
    pub(crate) fn group(&self, g: G) -> Option<&Circle> {
        self.circles.get(&g)
    }

    pub(crate) fn works_at(p: P) -> F {
        WORKS_AT[p]
    }

    pub(crate) fn admitted(&self, f: F) -> bool {
        self.let_in[f]
    }

    /// Has an ID, suspended or not.
    pub(crate) fn holds(&self, p: P) -> bool {
        !self.people[p].ended && self.admitted(WORKS_AT[p])
    }

    pub(crate) fn in_force(&self, p: P) -> bool {
        self.holds(p) && self.people[p].stopped.is_none()
    }

    /// An administrator, suspended or not.
    pub(crate) fn in_office(&self, p: P) -> bool {
        self.holds(p) && (WORKS_AT[p] == THE_DESK || self.people[p].administrator)
    }

    /// The only administrator there is, suspended ones counted.
    pub(crate) fn only_one(&self, p: P) -> bool {
        let all = (0..PEOPLE).filter(|&q| WORKS_AT[q] == WORKS_AT[p] && self.in_office(q));
        all.collect::<Vec<P>>() == [p]
    }

    pub(crate) fn usable(&self, d: D) -> bool {
        let machine = &self.machines[&d];
        machine.active && !machine.wiped && machine.stopped.is_none() && self.in_force(d.0)
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
            && self.holds(p)
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
            // At the Desk one acts as an operator, and is shown as one.
            (Role::SnsAdministrator, None) => originator != THE_DESK && self.administers(p, originator),
            (Role::GroupManager, None) => self.in_force(p) && WORKS_AT[p] == originator && self.people[p].group_manager,
            _ => false,
        }
    }

    /// Who reads group `g`, with which devices.
    pub(crate) fn readers(&self, g: G) -> BTreeSet<D> {
        let Some(circle) = self.circles.get(&g) else { return BTreeSet::new() };
        self.machines.keys().copied().filter(|&d| circle.members.contains_key(&d.0) && self.usable(d)).collect()
    }

    /// With which of its keys each reader's device receives the next epoch.
    pub(crate) fn receivers(&self, g: G) -> BTreeMap<D, usize> {
        self.readers(g).into_iter().map(|d| (d, self.machines[&d].rotated)).collect()
    }

    /// Keys that readers' devices lack and may have: which device, of which epoch.
    pub(crate) fn waiting(&self, g: G) -> BTreeSet<(D, usize)> {
        let Some(circle) = self.circles.get(&g) else { return BTreeSet::new() };
        let lacks = |d: D| {
            let may = circle.members[&d.0]..=circle.epochs.len();
            may.filter(move |&epoch| !Self::has_key(circle, d, epoch) && !self.lost(circle, d, epoch))
                .map(move |epoch| (d, epoch))
        };
        self.readers(g).into_iter().flat_map(lacks).collect()
    }

    pub(crate) fn has_key(circle: &Circle, d: D, epoch: usize) -> bool {
        Self::handed(circle, d, epoch).is_some() && !circle.missing.contains(&(d, epoch))
    }

    /// Who handed that key to the device last, and when.
    pub(crate) fn handed(circle: &Circle, d: D, epoch: usize) -> Option<(D, Time)> {
        let made = &circle.epochs[epoch - 1];
        let at_first = made.to.contains_key(&d).then_some((made.by, made.at));
        circle.given.get(&(d, epoch)).copied().or(at_first)
    }

    /// Handed over before the device took its sealing keys of now.
    pub(crate) fn lost(&self, circle: &Circle, d: D, epoch: usize) -> bool {
        Self::handed(circle, d, epoch)
            .is_some_and(|(_, at)| self.machines[&d].sealed_at.is_some_and(|since| at < since))
    }

    /// The device may say that it can't open that key.
    pub(crate) fn may_report(&self, circle: &Circle, d: D, epoch: usize) -> bool {
        let may_have = circle.members.get(&d.0).is_some_and(|&first| first <= epoch);
        may_have && Self::has_key(circle, d, epoch) && !self.lost(circle, d, epoch)
    }

    /// The first epoch that somebody who is approved now may have.
    pub(crate) fn first_for_newcomer(circle: &Circle) -> usize {
        let since = |from: Time| circle.epochs.iter().position(|made| made.at >= from).map(|n| n + 1);
        let next = circle.epochs.len() + 1;
        match circle.history {
            HistoryPolicy::All => 1,
            HistoryPolicy::FromApproval => next,
            HistoryPolicy::From(from) => since(from).unwrap_or(next),
        }
    }

    /// No other device of this person was ever named.
    pub(crate) fn first_ever(&self, d: D) -> bool {
        (0..SLOTS).all(|slot| slot == d.1 || !self.machines[&(d.0, slot)].named)
    }
}
