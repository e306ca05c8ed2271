//! What the policy says to a move, sentence by sentence.

use renkei_proto::act::{GroupKind, HistoryPolicy};
use renkei_proto::bounds;
use renkei_proto::statement::Role;

use crate::common::A_DAY;
use crate::moves::{Move, Speaker};
use crate::world::{Circle, D, F, G, NO_MEMBER, P, Request, SLOTS, Say, THE_DESK, WORKS_AT, World};

impl World {
    /// What the policy says to `step`.
    pub(crate) fn says(&self, step: &Move) -> Say {
        let Some(by) = step.speaker() else { return Say::Either };
        if !self.usable(by.device) {
            return Say::No;
        }
        if by.acting.is_some() && step.group().is_none() {
            return Say::No;
        }
        let yes = match step.group() {
            None => self.says_registry(step, by),
            Some(g) => return self.says_group(step, by, g),
        };
        if yes { Say::Yes } else { Say::No }
    }

    fn says_registry(&self, step: &Move, by: &Speaker) -> bool {
        let me = by.device.0;
        match *step {
            Move::Admit { facility, .. } => {
                self.operator(me)
                    && by.role == Role::Operator
                    && !self.admitted(facility)
                    && (!self.admitters[facility].contains(&me) || self.seconded(me, facility))
            }
            Move::Appoint { whom, .. } => {
                self.manages(by, whom) && self.in_force(whom) && !self.people[whom].administrator
            }
            Move::Dismiss { whom, .. } => {
                self.manages(by, whom)
                    && self.people[whom].administrator
                    && self.administrators(WORKS_AT[whom]).iter().any(|&p| p != whom)
            }
            Move::HandOver { whom, .. } => {
                self.manages(by, whom) && self.in_force(whom) && self.managers[WORKS_AT[whom]] != whom
            }
            Move::Grant { whom, on, .. } => {
                self.speaks_for(by, WORKS_AT[whom]) && !self.people[whom].ended && self.people[whom].group_manager != on
            }
            Move::Pledge { whom, .. } => self.speaks_for(by, WORKS_AT[whom]) && !self.people[whom].ended,
            Move::End { whom, .. } => {
                let f = WORKS_AT[whom];
                f != THE_DESK
                    && self.speaks_for(by, f)
                    && !self.people[whom].ended
                    && self.managers[f] != whom
                    && self.administrators(f).iter().any(|&p| p != whom)
                    && (me == whom || self.managers[f] == me || !self.in_office(whom))
            }
            Move::ApproveDevice { device, .. } => self.counts(by, device),
            Move::Wipe { device, .. } => {
                let own = device.0 == me && by.role == Role::User;
                let machine = &self.machines[&device];
                machine.named && !machine.wiped && (own || self.speaks_for(by, WORKS_AT[device.0]))
            }
            Move::Rotate { fresh, .. } => {
                let rested = self.machines[&by.device].sealed_at.is_some_and(|at| at.plus(A_DAY) <= self.now);
                by.role == Role::User && fresh && rested
            }
            Move::Delegate { number, seconds, .. } => {
                let f = WORKS_AT[me];
                f != THE_DESK
                    && f != NO_MEMBER
                    && self.speaks_for(by, f)
                    && seconds > 0
                    && !self.mandates.contains_key(&number)
            }
            Move::Revoke { number, .. } => {
                self.mandates.get(&number).is_some_and(|mandate| !mandate.revoked && self.speaks_for(by, mandate.from))
            }
            Move::Stop { device, lost, .. } => {
                let machine = &self.machines[&device];
                let name = self.in_whose_name(by, device);
                let news = |name| lost && !machine.gone || machine.stopped.is_none_or(|so_far| so_far < name);
                machine.named && !machine.wiped && name.is_some_and(news)
            }
            Move::GoOn { device, .. } => {
                let machine = &self.machines[&device];
                let name = self.in_whose_name(by, device);
                let reaches = name.is_some_and(|name| machine.stopped.is_some_and(|so_far| name >= so_far));
                let looked_at = name.is_some_and(|name| name > 1) && (device.0 != me || self.only_one(me));
                machine.named && !machine.wiped && reaches && (!machine.gone || looked_at)
            }
            Move::StopPerson { whom, .. } => {
                self.over(by, whom).is_some_and(|name| self.people[whom].stopped.is_none_or(|so_far| so_far < name))
            }
            Move::PersonGoesOn { whom, .. } => {
                self.over(by, whom).is_some_and(|name| self.people[whom].stopped.is_some_and(|so_far| name >= so_far))
            }
            _ => self.says_of_settings(step, by),
        }
    }

    /// Somebody else signed the admission too, and is in force.
    pub(crate) fn seconded(&self, me: P, facility: F) -> bool {
        self.admitters[facility].iter().any(|&p| p != me && self.operator(p))
    }

    /// In whose name the speaker stops devices of this person's facility, or lets them go on.
    fn in_the_name_of(&self, by: &Speaker, whom: P) -> Option<u8> {
        if self.operator(by.device.0) && by.role == Role::Operator {
            return Some(3);
        }
        self.speaks_for(by, WORKS_AT[whom]).then_some(2)
    }

    /// In whose name the speaker stops this device.
    pub(crate) fn in_whose_name(&self, by: &Speaker, d: D) -> Option<u8> {
        if d.0 == by.device.0 && by.role == Role::User { Some(1) } else { self.in_the_name_of(by, d.0) }
    }

    /// In whose name the speaker stops this person.
    pub(crate) fn over(&self, by: &Speaker, whom: P) -> Option<u8> {
        let (me, manager) = (by.device.0, self.managers[WORKS_AT[whom]]);
        let name = self.in_the_name_of(by, whom)?;
        let above = name == 3 || manager == me || !self.in_office(whom) && manager != whom;
        (me != whom && !self.people[whom].ended && above).then_some(name)
    }

    /// Whether the signature under a device's approval counts: the administrator's, or the second one that a further
    /// device needs.
    fn counts(&self, by: &Speaker, d: D) -> bool {
        let (me, owner, machine) = (by.device.0, d.0, &self.machines[&d]);
        if !self.in_force(owner) || machine.active || machine.wiped || machine.stopped.is_some() {
            return false;
        }
        let f = WORKS_AT[owner];
        let alone = self.only_one(owner);
        let bare = !(0..SLOTS).any(|slot| self.usable((owner, slot)));
        let second = |approver: P| bare && !self.first_ever(d) && !machine.vouched && approver != me;
        if by.role == Role::User {
            return me == owner && !machine.vouched;
        }
        if self.speaks_for(by, f) {
            return self.approver_in_office(d).map_or(me != owner || alone, second);
        }
        self.operator(me) && by.role == Role::Operator && bare && self.approver_in_office(d).map_or(alone, second)
    }

    /// Who approved the device, if that person is still in office: a voice ends with the office.
    pub(crate) fn approver_in_office(&self, d: D) -> Option<P> {
        let approver = self.machines[&d].approver?;
        (self.administers(approver, WORKS_AT[d.0]) || self.operator(approver)).then_some(approver)
    }

    fn says_group(&self, step: &Move, by: &Speaker, g: G) -> Say {
        let say = |yes| if yes { Say::Yes } else { Say::No };
        let me = by.device.0;
        if let Move::Create { originator, kind, reads, .. } = *step {
            let patients = kind == GroupKind::Free || originator != THE_DESK;
            let reading = !reads || WORKS_AT[me] == originator;
            return say(!self.circles.contains_key(&g) && self.governs(by, originator, g) && patients && reading);
        }
        let Some(circle) = self.circles.get(&g) else { return Say::No };
        if Self::shut_for(circle, step) {
            return Say::No;
        }
        let governs = self.governs(by, circle.originator, g);
        let reads = self.readers(g).contains(&by.device) && by.role == Role::User && by.acting.is_none();
        match *step {
            Move::Consent { .. } => {
                say(governs && !circle.closed && circle.kind == GroupKind::Patient && !circle.consent)
            }
            Move::Close { .. } => say(governs && !circle.closed),
            Move::Invite { number, whom, release, .. } => {
                let waiting = circle.requests.values().any(|request| request.open && request.whom == whom);
                let there = self.in_force(whom) && !circle.members.contains_key(&whom) && !waiting;
                // Nobody in this world lets the Desk's operators read.
                let outside = WORKS_AT[whom] == THE_DESK && circle.originator != THE_DESK;
                let used = release.is_some() && circle.requests.values().any(|request| request.release == release);
                let new = !circle.requests.contains_key(&number) && !used;
                say(governs && !circle.closed && there && !outside && new)
            }
            Move::Withdraw { number, .. } => {
                say(governs && circle.requests.get(&number).is_some_and(|request| request.open))
            }
            Move::Approve { number, honest, release, .. } => {
                let named = circle.requests.get(&number).and_then(|request| request.release);
                let fits = release.is_none() || release == named;
                if fits { self.says_approval(circle, g, by, number, Some(honest)) } else { Say::No }
            }
            Move::Decline { number, .. } => self.says_approval(circle, g, by, number, None),
            Move::Remove { whom, .. } => {
                let own_side = by.acting.is_none() && self.administers(me, WORKS_AT[whom]);
                let may = if own_side { self.speaks_for(by, WORKS_AT[whom]) } else { governs };
                // Of one who speaks for both sides, any of the two roles would do.
                if own_side && governs && !may {
                    return Say::Either;
                }
                say(may && circle.members.contains_key(&whom))
            }
            Move::Epoch { honest, .. } => say(reads && !circle.closed && honest),
            Move::Message { epoch, .. } => self.may_write(circle, g, reads, epoch),
            Move::Amend { epoch, .. } => {
                let writes = self.may_write(circle, g, reads, epoch);
                self.says_more(step, by, g, circle, (reads, writes))
            }
            Move::History { first, last, to, .. } => {
                let due = (first..=last).all(|epoch| self.waiting(g).contains(&(to, epoch)));
                say(reads && due && Self::hands_over(circle, by.device, first, last, Some(to)))
            }
            Move::Prepare { number, first, last, to, .. } => {
                let asked = circle.requests.get(&number).is_some_and(|request| {
                    request.open
                        && request.by == me
                        && request.release.is_some()
                        && request.prepared.is_none()
                        && request.whom == to.0
                        && !request.could_decide
                        && self.still_governs(request, circle.originator, g)
                });
                let may = first >= Self::first_for_newcomer(circle) && self.usable(to) && !circle.closed;
                say(reads && asked && may && Self::hands_over(circle, by.device, first, last, Some(to)))
            }
            Move::Report { first, last, .. } => {
                let there = reads && Self::hands_over(circle, by.device, first, last, None);
                say(there && (first..=last).all(|epoch| self.may_report(circle, by.device, epoch)))
            }
            _ => self.says_more(step, by, g, circle, (reads, Say::No)),
        }
    }

    /// Whether a reader may write now, under the key with this number.
    fn may_write(&self, circle: &Circle, g: G, reads: bool, epoch: usize) -> Say {
        let say = |yes: bool| if yes { Say::Yes } else { Say::No };
        let current = circle.epochs.len();
        let fits = circle.epochs.last().is_some_and(|made| {
            let age = self.now.since(made.at) < bounds::EPOCH_AGE;
            let that_day = |from| self.now < from || made.at >= from;
            let readable = !matches!(circle.history, HistoryPolicy::From(from) if !that_day(from));
            // Somebody has its key in boxes, and somebody the key to the boxes, and neither was let in.
            let shared = |request: &Request| {
                request.spurned && request.prepared.is_some_and(|prepared| prepared.last >= current)
            };
            let shared = circle.requests.values().any(shared);
            made.to == self.receivers(g) && age && readable && !shared
        });
        let consented = circle.kind == GroupKind::Free || circle.consent;
        let yes = reads && !circle.closed && consented && fits && epoch == current;
        // The same readers again after a removal: whether the key from before it still serves is open.
        if yes && circle.removed { Say::Either } else { say(yes) }
    }

    fn says_approval(&self, circle: &Circle, g: G, by: &Speaker, number: usize, honest: Option<bool>) -> Say {
        let Some(request) = circle.requests.get(&number).filter(|request| request.open) else { return Say::No };
        let own_staff = WORKS_AT[request.whom] == circle.originator;
        let decides = by.acting.is_none()
            && self.speaks_for(by, WORKS_AT[request.whom])
            && (own_staff || by.device.0 != request.by);
        let may_join = self.in_force(request.whom) && self.people[request.whom].pledged;
        let approval = honest.is_none_or(|honest| honest && !circle.closed && may_join);
        let lapsed = request.under.is_some_and(|n| !self.mandated(n, circle.originator, g));
        // An invitation lives no longer than the delegation that it was made under.
        if decides && approval && !(lapsed && honest.is_some()) { Say::Yes } else { Say::No }
    }

    /// Who invited still governs the group, the Desk under the delegation of then.
    fn still_governs(&self, request: &Request, originator: usize, g: G) -> bool {
        let by = request.by;
        match request.under {
            Some(n) => self.mandated(n, originator, g),
            None => self.administers(by, originator) || WORKS_AT[by] == originator && self.people[by].group_manager,
        }
    }

    /// These epochs are there, the device has the key of each, and none of its boxes for `to` held rubbish.
    fn hands_over(circle: &Circle, d: D, first: usize, last: usize, to: Option<D>) -> bool {
        let there = 1 <= first && first <= last && last <= circle.epochs.len();
        let rubbish = |epoch| to.is_some_and(|to| circle.rubbish.contains(&(d, to, epoch)));
        there && (first..=last).all(|epoch| Self::has_key(circle, d, epoch) && !rubbish(epoch))
    }
}
