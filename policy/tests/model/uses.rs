//! Uses beyond the group in the naive telling (S3): against a consent of their own, and each seen to when it is withdrawn.

use std::collections::BTreeMap;

use proptest::prelude::*;
use renkei_policy::group::Group;
use renkei_proto::act::{Act, ConsentBy, GroupAct, GroupKind, UseKind, UseOutcome};

use crate::common::{boxes, date, digest};
use crate::moves::{Move, Speaker};
use crate::world::{Circle, G, Say};

/// Consents by their place, and whether each was withdrawn; uses by their place, with the consent and whether they were seen to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uses {
    consents: BTreeMap<usize, bool>,
    records: BTreeMap<usize, (usize, bool)>,
}

impl Uses {
    /// The consent that stands: the last one, unless it was withdrawn.
    pub(crate) fn present(&self) -> Option<usize> {
        self.consents.last_key_value().filter(|(_, withdrawn)| !**withdrawn).map(|(&at, _)| at)
    }

    /// What waits for somebody to see to it.
    pub(crate) fn waiting(&self, frozen: bool) -> Vec<usize> {
        let waits = |(consent, done): &(usize, bool)| !done && (frozen || self.consents[consent]);
        self.records.iter().filter(|(_, one)| waits(one)).map(|(&at, _)| at).collect()
    }
}

/// The words of such a step: all on one day, or on the day before.
pub(crate) fn write(step: &Move) -> Act {
    let on = |early: bool| date(if early { "2026-10-31" } else { "2026-11-01" });
    let (by, scan) = (ConsentBy::Patient, digest(b"uses"));
    Act::Group(match *step {
        Move::Permit { .. } => GroupAct::RecordUseConsent { by, signed_on: on(false), scan },
        Move::Use { consent, early, .. } => GroupAct::RecordUse {
            kind: UseKind::Study,
            on: on(early),
            consent: consent as u64,
            details: boxes(1),
            commitment: scan,
        },
        Move::Unpermit { early, .. } => GroupAct::WithdrawUseConsent { by, on: on(early), scan },
        Move::Settle { of, early, .. } => {
            GroupAct::SettleUse { of: of as u64, outcome: UseOutcome::Erased, on: on(early) }
        }
        _ => unreachable!("another move in a group"),
    })
}

/// What the policy says; `governs` is about the speaker.
pub(crate) fn says(step: &Move, circle: &Circle, governs: bool) -> Say {
    let open = governs && !circle.closed;
    let yes = match *step {
        Move::Permit { .. } => {
            open && circle.kind == GroupKind::Patient && circle.consent && circle.uses.present().is_none()
        }
        Move::Use { consent, early, .. } => open && circle.uses.present() == Some(consent) && !early,
        Move::Unpermit { early, .. } => governs && circle.uses.present().is_some() && !early,
        Move::Settle { of, early, .. } => {
            governs && circle.uses.records.get(&of).is_some_and(|(_, done)| !done) && !early
        }
        _ => false,
    };
    if yes { Say::Yes } else { Say::No }
}

/// What is so after such a step, which is the log's entry at `at`.
pub(crate) fn does(uses: &mut Uses, at: usize, step: &Move) {
    match *step {
        Move::Permit { .. } => drop(uses.consents.insert(at, false)),
        Move::Use { consent, .. } => drop(uses.records.insert(at, (consent, false))),
        Move::Unpermit { .. } => uses.consents.values_mut().for_each(|withdrawn| *withdrawn = true),
        Move::Settle { of, .. } => uses.records.get_mut(&of).expect("granted, so it is there").1 = true,
        _ => {}
    }
}

/// What waits for somebody: computed by the rules and by the model.
pub(crate) fn agree(state: &Group, circle: &Circle, n: G) -> Result<(), TestCaseError> {
    let rules: Vec<usize> = state.uses_to_settle().map(|(seq, _)| usize::try_from(seq).expect("few")).collect();
    prop_assert_eq!(rules, circle.uses.waiting(circle.frozen.is_some()), "S3: what waits in group {}", n);
    Ok(())
}

/// Random numbers read as one of these steps.
pub(crate) fn decode(
    kind: u8,
    (a, b, c): (usize, usize, usize),
    by: Speaker,
    group: G,
    known: Option<&Circle>,
) -> Move {
    let early = c % 8 == 0;
    let present = known.and_then(|circle| circle.uses.present());
    match kind {
        110 | 111 => Move::Permit { by, group },
        112..=115 => Move::Use { by, group, consent: present.filter(|_| a % 8 != 0).unwrap_or(b % 8), early },
        116 if c % 2 == 0 => Move::Unpermit { by, group, early: c % 8 == 2 },
        _ => {
            let open = known.map_or(Vec::new(), |circle| {
                let records = circle.uses.records.iter().filter(|(_, (_, done))| !done);
                records.map(|(&at, _)| at).collect()
            });
            Move::Settle { by, group, of: open.get(a % (open.len() + 1)).copied().unwrap_or(b % 8), early }
        }
    }
}
