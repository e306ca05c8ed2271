//! What a granted move does to the model.

use std::ops::RangeInclusive;

use renkei_proto::statement::Role;
use renkei_proto::time::Time;

use crate::moves::{Move, Speaker};
use crate::uses::Uses;
use crate::world::{Circle, D, Made, Mandate, Preparation, Request, THE_DESK, World};

impl World {
    /// The step was granted: what is so now.
    pub(crate) fn does(&mut self, step: &Move) {
        let Some(by) = step.speaker().copied() else { return };
        let me = by.device.0;
        match *step {
            Move::Admit { facility, .. } => {
                self.admitters[facility].insert(me);
                if self.seconded(me, facility) {
                    self.let_in[facility] = true;
                    let first = self.machines.get_mut(&(7, 0)).expect("the applicant's");
                    (first.active, first.approver) = (true, Some(me));
                }
            }
            Move::Appoint { whom, .. } => {
                self.people[whom].administrator = true;
                let requests = self.circles.values_mut().flat_map(|circle| circle.requests.values_mut());
                requests.filter(|request| request.whom == whom).for_each(|request| request.could_decide = true);
            }
            Move::Dismiss { whom, .. } => {
                let now = self.now;
                let human = &mut self.people[whom];
                (human.administrator, human.left) = (false, Some(now));
            }
            Move::HandOver { whom, .. } => self.managers[World::works_at(whom)] = whom,
            Move::Grant { whom, on, .. } => self.people[whom].group_manager = on,
            Move::Pledge { whom, .. } => self.people[whom].pledged = true,
            Move::End { whom, .. } => {
                let now = self.now;
                let human = &mut self.people[whom];
                human.ended = true;
                human.left = if human.administrator { Some(now) } else { human.left };
            }
            Move::ApproveDevice { device, .. } => self.hears(&by, device),
            Move::Wipe { device, .. } => self.machines.get_mut(&device).expect("named").wiped = true,
            Move::Stop { device, lost, .. } => {
                let name = self.in_whose_name(&by, device);
                let machine = self.machines.get_mut(&device).expect("named");
                (machine.stopped, machine.gone) = (machine.stopped.max(name), machine.gone || lost);
            }
            Move::GoOn { device, .. } => {
                let machine = self.machines.get_mut(&device).expect("named");
                (machine.stopped, machine.gone) = (None, false);
            }
            Move::StopPerson { whom, .. } => {
                self.people[whom].stopped = self.people[whom].stopped.max(self.over(&by, whom));
            }
            Move::PersonGoesOn { whom, .. } => self.people[whom].stopped = None,
            Move::Rotate { .. } => {
                let now = self.now;
                let machine = self.machines.get_mut(&by.device).expect("named");
                (machine.rotated, machine.sealed_at) = (machine.rotated + 1, Some(now));
            }
            Move::Delegate { number, only, seconds, .. } => {
                let mandate =
                    Mandate { from: World::works_at(me), only, until: self.now.plus(seconds), revoked: false };
                self.mandates.insert(number, mandate);
            }
            Move::Revoke { number, .. } => self.mandates.get_mut(&number).expect("known").revoked = true,
            Move::Create { group, originator, kind, history, reads, .. } => {
                let members = if reads { [(me, 1)].into() } else { [].into() };
                let circle = Circle {
                    kind,
                    originator,
                    history,
                    consent: false,
                    closed: false,
                    members,
                    requests: [].into(),
                    epochs: Vec::new(),
                    given: [].into(),
                    missing: [].into(),
                    rubbish: [].into(),
                    removed: false,
                    size: 1,
                    lines: [].into(),
                    seen: [].into(),
                    frozen: None,
                    lifting: None,
                    erased: false,
                    uses: Uses::default(),
                };
                self.circles.insert(group, circle);
            }
            Move::Set { .. } | Move::Declare { .. } | Move::Look { .. } => self.does_settings(step, me),
            Move::Ask { .. }
            | Move::Decide { .. }
            | Move::GiveBack { .. }
            | Move::SayEnd { .. }
            | Move::MakeSure { .. } => self.does_takeout(step, me),
            _ => self.does_in_group(step, &by),
        }
    }

    fn hears(&mut self, by: &Speaker, d: D) {
        let first = self.first_ever(d);
        let approver = self.approver_in_office(d);
        let now = self.now;
        let machine = self.machines.get_mut(&d).expect("a slot");
        machine.sealed_at = machine.sealed_at.or(Some(now));
        machine.approver = approver;
        machine.named = true;
        if by.role == Role::User || machine.approver.is_some() {
            machine.vouched = true;
        } else {
            machine.approver = Some(by.device.0);
        }
        machine.active = machine.approver.is_some() && (first || machine.vouched);
    }

    fn does_in_group(&mut self, step: &Move, by: &Speaker) {
        let Some(g) = step.group() else { return };
        let made = Made { to: self.receivers(g), by: by.device, at: self.now };
        let now = self.now;
        let keys = |d: D| self.machines[&d].rotated;
        let administrator = |p: usize| World::works_at(p) == THE_DESK || self.people[p].administrator;
        let circle = self.circles.get_mut(&g).expect("granted, so it exists");
        match *step {
            Move::Consent { .. } => circle.consent = true,
            Move::Close { .. } => circle.closed = true,
            Move::Invite { number, whom, release, .. } => {
                let under = by.acting.map(|(_, n)| n);
                let (by, could_decide) = (by.device.0, administrator(whom));
                let (open, spurned, prepared) = (true, false, None);
                let request = Request { whom, by, under, open, spurned, release, could_decide, prepared };
                circle.requests.insert(number, request);
            }
            Move::Approve { number, release, .. } => {
                let newcomer = Self::first_for_newcomer(circle);
                let request = circle.requests.get_mut(&number).expect("open");
                request.open = false;
                circle.members.insert(request.whom, newcomer);
                // Sealed to the keys of before a rotation, it does not count.
                let same = |it: &Preparation| release.is_some() && keys(it.to) == it.keys;
                if let Some(Preparation { first, last, to, by, at, .. }) = request.prepared.filter(same) {
                    give(circle, first.max(newcomer)..=last, to, (by, at));
                }
            }
            Move::Prepare { number, first, last, to, .. } => {
                let preparation = Preparation { first, last, to, keys: keys(to), by: by.device, at: now };
                circle.requests.get_mut(&number).expect("open").prepared = Some(preparation);
            }
            Move::Report { first, last, .. } => {
                for epoch in first..=last {
                    let (giver, _) = World::handed(circle, by.device, epoch).expect("granted, so it was handed over");
                    circle.rubbish.insert((giver, by.device, epoch));
                    circle.missing.insert((by.device, epoch));
                }
            }
            Move::Decline { number, .. } | Move::Withdraw { number, .. } => {
                let request = circle.requests.get_mut(&number).expect("open");
                (request.open, request.spurned) = (false, true);
            }
            Move::Remove { whom, .. } => {
                circle.members.remove(&whom);
                circle.removed = true;
            }
            Move::Epoch { .. } => {
                circle.epochs.push(made);
                circle.removed = false;
            }
            Move::History { first, last, to, .. } => give(circle, first..=last, to, (by.device, now)),
            _ => circle.does_more(step, by),
        }
        circle.size += 1;
    }
}

/// The device has these keys now.
fn give(circle: &mut Circle, epochs: RangeInclusive<usize>, to: D, by_then: (D, Time)) {
    for epoch in epochs {
        circle.given.insert((to, epoch), by_then);
        circle.missing.remove(&(to, epoch));
    }
}
