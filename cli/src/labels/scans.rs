//! The words of forms on paper.

use renkei_client_core::policy::group::a06_scans::FormKind;
use renkei_client_core::proto::sentence::Language;

use super::{Row, label};

const FORMS: &[Row<FormKind>] = &[
    (FormKind::Consent, "consent", "患者同意書（様式3）", "Form 3, consent"),
    (FormKind::Withdrawal, "withdrawal", "同意撤回書", "withdrawal of the consent"),
    (FormKind::Lifting, "lifting", "凍結解除の書面", "paper by which the freeze is lifted"),
    (FormKind::UseConsent, "use-consent", "利用同意書", "consent to uses"),
    (FormKind::UseWithdrawal, "use-withdrawal", "利用同意の撤回書", "withdrawal of the consent to uses"),
];

pub(crate) fn form(value: FormKind, language: Language) -> &'static str {
    label(&[FORMS], value, language)
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed_as_in_json;
    use super::*;

    #[test]
    fn a06_1_a_word_of_a_form_is_the_same_in_the_table_and_in_json() {
        typed_as_in_json(FORMS);
    }
}
