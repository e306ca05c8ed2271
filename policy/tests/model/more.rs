//! The rest of the naive telling: corrections and marks (S1), settings (A13.1), posture (A12.1), and how a group's consent
//! ends (A6.2).

use renkei_proto::act::GroupKind;
use renkei_proto::statement::Role;

use crate::moves::{Move, Speaker};
use crate::uses;
use crate::world::{Circle, D, F, G, Machine, P, Say, THE_DESK, WORKS_AT, World};

/// Days for which a confirmation of a posture is good at most, where nothing else was set.
const POSTURE: i64 = 183;

/// Idle seconds that may be set.
const IDLE: std::ops::RangeInclusive<u32> = 60..=900;

/// Something written in a group, by its place in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) by: P,
    /// It corrects another one.
    pub(crate) amends: bool,
    pub(crate) taken_back: bool,
}

/// Idle seconds: the association's, who proposes other ones, and each facility's.
#[derive(Debug, Clone)]
pub(crate) struct Idle {
    pub(crate) whole: u32,
    pub(crate) proposed: Option<(u32, Vec<P>)>,
    pub(crate) own: [Option<u32>; crate::world::PLACES],
}

impl Idle {
    /// What holds for a facility: the stricter of both.
    pub(crate) fn of(&self, f: F) -> u32 {
        self.own[f].map_or(self.whole, |own| own.min(self.whole))
    }
}

fn say(yes: bool) -> Say {
    if yes { Say::Yes } else { Say::No }
}

impl World {
    /// Whether the group is left as it is because its consent was withdrawn, or its content erased.
    pub(crate) fn shut_for(circle: &Circle, step: &Move) -> bool {
        let leads_out = matches!(
            step,
            Move::Freeze { .. }
                | Move::Lift { .. }
                | Move::Erase { .. }
                | Move::Close { .. }
                | Move::Remove { .. }
                | Move::Decline { .. }
                | Move::Withdraw { .. }
                | Move::Settle { .. }
        );
        circle.erased || circle.frozen.is_some() && !leads_out
    }

    /// One of those who answer for a group's end: not only somebody who may invite for it.
    fn second(&self, by: &Speaker, circle: &Circle, g: G) -> bool {
        let desk = by.role == Role::Operator && by.acting.is_none();
        if desk {
            self.operator(by.device.0)
        } else {
            by.role != Role::GroupManager && self.governs(by, circle.originator, g)
        }
    }

    /// The Desk speaks, and not for the originator.
    fn by_itself(&self, by: &Speaker) -> bool {
        self.operator(by.device.0) && by.acting.is_none()
    }

    /// What the policy says to these steps in a group; `reads` and `writes` are about the speaker.
    pub(crate) fn says_more(
        &self,
        step: &Move,
        by: &Speaker,
        g: G,
        circle: &Circle,
        (reads, writes): (bool, Say),
    ) -> Say {
        let me = by.device.0;
        match *step {
            Move::Amend { original, .. } => {
                let mine = |line: &Line| line.by == me && !line.amends && !line.taken_back;
                if circle.lines.get(&original).is_some_and(mine) { writes } else { Say::No }
            }
            Move::Seen { upto, .. } => {
                let further = circle.seen.get(&me).is_none_or(|so_far| *so_far < upto);
                say(reads && !circle.closed && circle.lines.contains_key(&upto) && further)
            }
            Move::Freeze { .. } => {
                let consented = circle.kind == GroupKind::Patient && circle.consent;
                say(self.governs(by, circle.originator, g) && consented && circle.frozen.is_none())
            }
            Move::Lift { form, .. } => {
                let first = circle.lifting.filter(|(_, same, _)| *same == form);
                let fits = first.is_none_or(|(first, _, desk)| first != me && !(desk && self.by_itself(by)));
                say(self.second(by, circle, g) && circle.frozen.is_some() && fits)
            }
            Move::Erase { honest, .. } => {
                let other = circle.frozen.is_some_and(|first| first != me);
                let seen_to = circle.uses.waiting(true).is_empty();
                say(self.second(by, circle, g) && other && honest && seen_to)
            }
            _ => uses::says(step, circle, self.governs(by, circle.originator, g)),
        }
    }

    /// What the policy says to these steps in the registry.
    pub(crate) fn says_of_settings(&self, step: &Move, by: &Speaker) -> bool {
        let me = by.device.0;
        match *step {
            Move::Set { facility: None, seconds, .. } => {
                let signed = self.idle.proposed.as_ref().filter(|(value, _)| *value == seconds).map(|(_, by)| by);
                let mine = signed.is_some_and(|by| by.contains(&me));
                let completes = signed.is_some_and(|by| by.iter().any(|&p| p != me && self.operator(p)));
                let office = self.operator(me) && by.role == Role::Operator;
                office && IDLE.contains(&seconds) && self.idle.whole != seconds && (completes || !mine)
            }
            Move::Set { facility: Some(f), seconds, .. } => {
                let news = self.idle.own[f] != Some(seconds);
                self.speaks_for(by, f) && IDLE.contains(&seconds) && seconds <= self.idle.whole && news
            }
            Move::Declare { device, .. } => {
                let machine = &self.machines[&device];
                by.role == Role::User && device.0 == me && machine.named && !machine.wiped
            }
            Move::Look { device, honest, days, .. } => {
                let Machine { named, wiped, declared, .. } = self.machines[&device];
                let alone = self.only_one(device.0);
                let desk = alone && by.role == Role::Operator && self.operator(me);
                let office = desk || self.speaks_for(by, WORKS_AT[device.0]);
                let other = me != device.0 || alone;
                named && !wiped && office && other && declared && honest && (0..=POSTURE).contains(&days)
            }
            _ => self.says_takeout(step, by),
        }
    }

    /// What is so after such a step.
    pub(crate) fn does_settings(&mut self, step: &Move, me: P) {
        match *step {
            Move::Set { facility: Some(f), seconds, .. } => self.idle.own[f] = Some(seconds),
            Move::Set { facility: None, seconds, .. } => {
                let (_, mut by) =
                    self.idle.proposed.take().filter(|(value, _)| *value == seconds).unwrap_or((seconds, Vec::new()));
                by.retain(|&p| p != me);
                by.push(me);
                if by.iter().filter(|&&p| self.operator(p)).count() >= 2 {
                    self.idle.whole = seconds;
                } else {
                    self.idle.proposed = Some((seconds, by));
                }
            }
            Move::Declare { device, .. } => self.machines.get_mut(&device).expect("named").declared = true,
            _ => {}
        }
    }
}

impl Circle {
    /// What is so after such a step, which is the log's entry at `self.size`.
    pub(crate) fn does_more(&mut self, step: &Move, by: &Speaker) {
        let me = by.device.0;
        let desk = WORKS_AT[me] == THE_DESK && by.acting.is_none();
        let line = |amends| Line { by: me, amends, taken_back: false };
        match *step {
            Move::Message { .. } => drop(self.lines.insert(self.size, line(false))),
            Move::Amend { original, back, .. } => {
                self.lines.insert(self.size, line(true));
                self.lines.get_mut(&original).expect("granted, so it is there").taken_back |= back;
            }
            Move::Seen { upto, .. } => drop(self.seen.insert(me, upto)),
            Move::Freeze { .. } => self.frozen = Some(me),
            Move::Lift { form, .. } => {
                let second = self.lifting.is_some_and(|(first, same, _)| first != me && same == form);
                self.lifting = (!second).then_some((me, form, desk));
                if second {
                    self.frozen = None;
                }
            }
            Move::Erase { .. } => self.erased = true,
            _ => uses::does(&mut self.uses, self.size, step),
        }
    }
}

/// Random numbers read as one of these steps.
pub(crate) fn decode(
    kind: u8,
    (a, b, c): (usize, usize, usize),
    (group, colleague): (G, P),
    [oneself, admin, governor]: [&dyn Fn() -> Speaker; 3],
    world: &World,
) -> Move {
    let circle = world.group(group);
    let lines: Vec<usize> = circle.map_or(Vec::new(), |it| it.lines.keys().copied().collect());
    let line = |own: Option<P>| {
        let mine: Vec<usize> = lines
            .iter()
            .copied()
            .filter(|at| own.is_none_or(|me| circle.is_some_and(|it| it.lines[at].by == me && !it.lines[at].amends)))
            .collect();
        let from = if mine.is_empty() || b / 8 % 4 == 0 { &lines } else { &mine };
        from.get(b / 32 % from.len().max(1)).copied().unwrap_or(b % 4)
    };
    match kind {
        82..=85 => {
            let by = oneself();
            let current = circle.map_or(0, |it| it.epochs.len());
            let epoch = if c % 8 == 7 { a % 4 } else { current };
            Move::Amend { by, group, original: line(Some(by.device.0)), epoch, back: c / 8 % 4 == 0 }
        }
        86 | 87 => Move::Seen { by: oneself(), group, upto: line(None) },
        88..=90 => {
            let seconds = [60, 300, 300, 600, 900, 901, 59, 400][a % 8];
            let desk = WORKS_AT[admin().device.0] == THE_DESK;
            let facility = if desk && b % 4 != 0 { None } else { Some([WORKS_AT[colleague], b / 4 % 4][b / 16 % 2]) };
            Move::Set { by: admin(), facility, seconds }
        }
        91 if c % 4 != 0 => Move::Freeze { by: governor(), group },
        91..=94 => {
            // As a second person an operator needs no delegation, and looks for what waits.
            let desk = WORKS_AT[governor().device.0] == THE_DESK && b % 8 != 0;
            let frozen = (0..crate::world::GROUPS).find(|&g| world.group(g).is_some_and(|it| it.frozen.is_some()));
            let (by, group) = if desk { (admin(), frozen.unwrap_or(group)) } else { (governor(), group) };
            if c % 4 == 1 {
                Move::Erase { by, group, honest: a % 8 != 0 }
            } else {
                Move::Lift { by, group, form: a % 4 == 0 }
            }
        }
        95 | 96 => {
            let by = oneself();
            let device: D = if a % 4 == 0 { (colleague, b % crate::world::SLOTS) } else { by.device };
            Move::Declare { by, device, tidy: c % 2 == 0 }
        }
        _ => {
            let theirs =
                |d: &D| WORKS_AT[d.0] == WORKS_AT[colleague] && (d.0 != admin().device.0 || world.only_one(d.0));
            let declared = world.machines.iter().filter(|(d, it)| it.declared && theirs(d));
            let declared: Vec<D> = declared.map(|(d, _)| *d).collect();
            let chance = (colleague, b % crate::world::SLOTS);
            let device = declared.get(b / 4 % (declared.len() + 1)).copied().unwrap_or(chance);
            let days = [0, 30, POSTURE, POSTURE + 1, -1, 90][c % 6];
            let by = if a % 8 == 0 { oneself() } else { admin() };
            Move::Look { by, device, honest: a / 8 % 8 != 0, days }
        }
    }
}
