//! What a granted move does to the model.

use renkei_proto::act::HistoryPolicy;
use renkei_proto::statement::Role;

use crate::moves::{Move, Speaker};
use crate::world::{Circle, D, Mandate, Request, World};

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
        let machine = self.machines.get_mut(&d).expect("a slot");
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
        let readers = self.readers(g);
        let circle = self.circles.get_mut(&g).expect("granted, so it exists");
        match *step {
            Move::Consent { .. } => circle.consent = true,
            Move::Close { .. } => circle.closed = true,
            Move::Invite { number, whom, .. } => {
                let request = Request { whom, by: by.device.0, under: by.acting.map(|(_, n)| n), open: true };
                circle.requests.insert(number, request);
            }
            Move::Approve { number, .. } => {
                let first = match circle.history {
                    HistoryPolicy::All => 1,
                    HistoryPolicy::FromApproval => circle.epochs.len() + 1,
                };
                let request = circle.requests.get_mut(&number).expect("open");
                request.open = false;
                circle.members.insert(request.whom, first);
            }
            Move::Decline { number, .. } | Move::Withdraw { number, .. } => {
                circle.requests.get_mut(&number).expect("open").open = false;
            }
            Move::Remove { whom, .. } => {
                circle.members.remove(&whom);
                circle.removed = true;
            }
            Move::Epoch { .. } => {
                circle.epochs.push(readers);
                circle.removed = false;
            }
            Move::History { first, last, to, .. } => circle.given.extend((first..=last).map(|epoch| (to, epoch))),
            _ => {}
        }
    }
}
