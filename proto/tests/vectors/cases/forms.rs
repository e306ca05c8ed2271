//! What travels sealed beside acts on forms and uses.

use renkei_proto::act::{UseKind, UseOutcome};
use renkei_proto::forms::{Committed, FormNames, UseDetails};
use renkei_proto::frame::Secret32;
use renkei_proto::scan::ScanKey;
use renkei_proto::text::Line;

use super::Case;
use crate::fixtures::{hash, list};

fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).unwrap()
}

pub(super) fn cases() -> Vec<Case> {
    let names = FormNames { salt: hash(0xea), name: line("見本 太郎"), relation: Some(line("長男")) };
    let own = FormNames { name: line("見本 花子"), relation: None, ..names.clone() };
    let used =
        UseDetails { salt: hash(0xeb), about: line("事例検討会の資料"), place: line("医局の書庫 3番") };
    let key = ScanKey { key: Secret32::new([0xee; 32]) };
    let kinds = [
        UseKind::CaseConference,
        UseKind::Study,
        UseKind::Publication,
        UseKind::Training,
        UseKind::Quality,
        UseKind::Other,
    ];
    let outcomes = [UseOutcome::Erased, UseOutcome::Anonymised, UseOutcome::OutOfReach];
    vec![
        Case::new("of the family", names.clone()).with("commitment", names.commitment()),
        Case::new("of the patient", own.clone()).with("commitment", own.commitment()),
        Case::new("a use", used.clone()).with("commitment", used.commitment()),
        Case::new("a scan's", key.clone()).with("commitment", key.commitment()),
        Case::new("all", list::<_, 32>(&kinds)),
        Case::new("all", list::<_, 32>(&outcomes)),
    ]
}
