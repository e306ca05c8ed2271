//! What a granted move does to the model.

use std::ops::RangeInclusive;

use renkei_proto::statement::Role;

use crate::moves::{Move, Release, Speaker};
use crate::world::{Circle, D, Made, Mandate, Request, World};

impl World {
    /// The step was granted: what is so now.
    pub(crate) fn does(&mut self, step: &Move) {
        let Some(by) = step.speaker().copied() else { return };
        let me = by.device.0;
        match *step {
            Move::Admit { facility, .. } => {
                self.admitters[facility].push(Some(me));
                if self.admitters[facility].len() == 2 {
                    let first = self.machines.get_mut(&(7, 0)).expect("the applicant's");
                    (first.active, first.approver) = (true, Some(me));
                }
            }
            Move::Appoint { whom, .. } => self.people[whom].administrator = true,
            Move::Dismiss { whom, .. } => self.people[whom].administrator = false,
            Move::HandOver { whom, .. } => self.managers[World::works_at(whom)] = whom,
            Move::Grant { whom, on, .. } => self.people[whom].group_manager = on,
            Move::Pledge { whom, .. } => self.people[whom].pledged = true,
            Move::End { whom, .. } => self.people[whom].ended = true,
            Move::ApproveDevice { device, .. } => self.hears(&by, device),
            Move::Wipe { device, .. } => self.machines.get_mut(&device).expect("named").wiped = true,
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
                    removed: false,
                };
                self.circles.insert(group, circle);
            }
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
        let made = Made { to: self.receivers(g), at: self.now };
        let circle = self.circles.get_mut(&g).expect("granted, so it exists");
        match *step {
            Move::Consent { .. } => circle.consent = true,
            Move::Close { .. } => circle.closed = true,
            Move::Invite { number, whom, release, .. } => {
                let under = by.acting.map(|(_, n)| n);
                let request = Request { whom, by: by.device.0, under, open: true, release, prepared: None };
                circle.requests.insert(number, request);
            }
            Move::Approve { number, release, .. } => {
                let newcomer = Self::first_for_newcomer(circle);
                let request = circle.requests.get_mut(&number).expect("open");
                request.open = false;
                circle.members.insert(request.whom, newcomer);
                if let Some((first, last, to)) = request.prepared.filter(|_| release == Release::Right) {
                    give(circle, first.max(newcomer)..=last, to);
                }
            }
            Move::Prepare { number, first, last, to, .. } => {
                circle.requests.get_mut(&number).expect("open").prepared = Some((first, last, to));
            }
            Move::Report { first, last, .. } => {
                for epoch in first..=last {
                    let missing = circle.missing.entry((by.device, epoch)).or_default();
                    *missing = (missing.0 + 1, true);
                }
            }
            Move::Decline { number, .. } | Move::Withdraw { number, .. } => {
                circle.requests.get_mut(&number).expect("open").open = false;
            }
            Move::Remove { whom, .. } => {
                circle.members.remove(&whom);
                circle.removed = true;
            }
            Move::Epoch { .. } => {
                circle.epochs.push(made);
                circle.removed = false;
            }
            Move::History { first, last, to, .. } => give(circle, first..=last, to),
            _ => {}
        }
    }
}

/// The device has these keys now.
fn give(circle: &mut Circle, epochs: RangeInclusive<usize>, to: D) {
    for epoch in epochs {
        circle.given.insert((to, epoch));
        if let Some(missing) = circle.missing.get_mut(&(to, epoch)) {
            missing.1 = false;
        }
    }
}
