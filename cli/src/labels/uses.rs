//! The words of uses beyond the group.

use renkei_client_core::proto::act::{UseKind, UseOutcome};
use renkei_client_core::proto::sentence::Language;

use super::{Row, label};

pub(crate) const KINDS: &[Row<UseKind>] = &[
    (UseKind::CaseConference, "case-conference", "事例検討会", "case conference"),
    (UseKind::Study, "study", "研究", "study"),
    (UseKind::Publication, "publication", "学会・論文", "publication"),
    (UseKind::Training, "training", "研修・教育", "training"),
    (UseKind::Quality, "quality", "質の評価・統計", "quality and statistics"),
    (UseKind::Other, "other", "その他", "other"),
];

pub(crate) const OUTCOMES: &[Row<UseOutcome>] = &[
    (UseOutcome::Erased, "erased", "消去・廃棄", "erased"),
    (UseOutcome::Anonymised, "anonymised", "匿名化", "anonymised"),
    (UseOutcome::OutOfReach, "out-of-reach", "公表済み（家族に説明）", "published, and the family told"),
];

pub(crate) fn kind(value: UseKind, language: Language) -> &'static str {
    label(&[KINDS], value, language)
}

pub(crate) fn outcome(value: UseOutcome, language: Language) -> &'static str {
    label(&[OUTCOMES], value, language)
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed_as_in_json;
    use super::*;

    #[test]
    fn s3_a_word_of_a_use_is_the_same_on_the_command_line_and_in_json() {
        typed_as_in_json(KINDS);
        typed_as_in_json(OUTCOMES);
    }
}
