//! The words of the patient card.

use renkei_client_core::proto::card::{CardField, CareRole, Sex};
use renkei_client_core::proto::sentence::Language;
pub(crate) use renkei_client_core::words::{CARD_FIELDS, CARE_ROLES, SEXES};

use super::label;

pub(crate) fn sex(value: Sex, language: Language) -> &'static str {
    label(&[SEXES], value, language)
}

pub(crate) fn role(value: CareRole, language: Language) -> &'static str {
    label(&[CARE_ROLES], value, language)
}

pub(crate) fn field(value: CardField, language: Language) -> &'static str {
    label(&[CARD_FIELDS], value, language)
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed_as_in_json;
    use super::*;

    #[test]
    fn a04_1_a_word_of_the_card_is_the_same_on_the_command_line_and_in_json() {
        typed_as_in_json(SEXES);
        typed_as_in_json(CARE_ROLES);
        typed_as_in_json(CARD_FIELDS);
    }
}
