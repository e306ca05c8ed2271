//! What travels beside a statement: exactly what it signs, and of exactly the length that takes.

use std::ops::RangeInclusive;

use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::frame::Sidecar;
use renkei_proto::statement::Verified;

/// How long the boxes beside an act are: exactly what their payload takes, so that nobody fills disks with them.
fn box_lengths(act: &Act) -> RangeInclusive<usize> {
    const AROUND: usize = renkei_proto::key::MLKEM768_CIPHERTEXT + 96;
    match act {
        Act::Epoch(_) => AROUND + 32..=AROUND + 32,
        Act::History(history) => {
            let keys = usize::try_from(history.last.saturating_sub(history.first)).map_or(0, |span| span + 1);
            // What is prepared under a release key has a tag of its own.
            let tag = if history.prepared_for.is_some() { 16 } else { 0 };
            AROUND + tag + 32 * keys + 1..=AROUND + tag + 32 * keys + 2
        }
        Act::Group(
            GroupAct::RecordConsent(_)
            | GroupAct::HandOnDetails { .. }
            | GroupAct::RecordUse { .. }
            | GroupAct::DepositScan { .. },
        )
        | Act::Registry(RegistryAct::DepositFormScan { .. } | RegistryAct::HandOnFormScan { .. }) => {
            AROUND + 1..=AROUND + bounds::FORM_DETAILS
        }
        Act::Group(_) => AROUND + 1..=AROUND + bounds::LABEL_PAYLOAD,
        Act::Registry(_)
        | Act::Message(_)
        | Act::Amend(_)
        | Act::Seen { .. }
        | Act::Post(_)
        | Act::Card(_)
        | Act::CardKey(_) => 0..=0,
    }
}

/// What travels beside a statement must be exactly what it signs.
pub(crate) fn check_sidecar(verified: &Verified, sidecar: &Sidecar) -> Result<(), Code> {
    let statement = verified.statement();
    let boxes = match (&sidecar.boxes, statement.boxes()) {
        (None, None) => true,
        (Some(boxes), Some(root)) => {
            let lengths = box_lengths(&statement.act);
            boxes.as_slice().iter().all(|one| lengths.contains(&one.sealed.as_slice().len()))
                && renkei_proto::frame::boxes_root(boxes) == Some(root)
        }
        _ => false,
    };
    let sealing = match (&sidecar.sealing, statement.sealing()) {
        (None, None) => true,
        (Some(keys), Some(fingerprint)) => keys.fingerprint() == fingerprint,
        _ => false,
    };
    let details = match (&sidecar.details, statement.introduces()) {
        (None, None) => true,
        (Some(details), Some(person)) => details.commitment() == person.details,
        _ => false,
    };
    if boxes && sealing && details { Ok(()) } else { Err(Code::SidecarMismatch) }
}
