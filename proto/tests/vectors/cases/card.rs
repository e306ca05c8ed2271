//! The patient card: its statements, and what is inside.

use renkei_proto::act::{Act, Card, CardKey};
use renkei_proto::bytes::List;
use renkei_proto::card::{
    CardContent, CareMember, CareRole, Carer, Contact, Kana, Outsider, PatientCard, Sex, Telephone,
};
use renkei_proto::text::Line;

use super::Case;
use crate::fixtures::{OTHER_USER, blob, date, hash};

/// The first card, a later one, and a key that is handed on.
pub(super) fn statements() -> [(&'static str, Act); 3] {
    let card = |replaces| {
        let (salt, key, ciphertext) = (hash(0xe1), hash(0xe2), blob(&[0xe3; 48]));
        Act::Card(Card { replaces, epoch: 2, salt, key, ciphertext })
    };
    let key = CardKey { card: 69_998, epoch: 3, salt: hash(0xe4), sealed: blob(&[0xe5; 48]) };
    [("Card", card(Some(69_998))), ("Card the first", card(None)), ("CardKey", Act::CardKey(key))]
}

fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).unwrap()
}

fn telephone(text: &str) -> Telephone {
    Telephone::new(text).unwrap()
}

/// A card with everything on it.
fn full() -> PatientCard {
    let outside = Outsider {
        name: line("架空 理子"),
        facility: Some(line("見本リハビリ")),
        telephone: Some(telephone("03-5555-0103")),
    };
    let plain = Outsider { name: line("みなと坂病院"), facility: None, telephone: None };
    let team = [
        (CareRole::AttendingDoctor, Carer::User(OTHER_USER)),
        (CareRole::Rehabilitation, Carer::Outside(outside)),
        (CareRole::Hospital, Carer::Outside(plain)),
    ];
    let contact = |name, relation: Option<&str>, number| Contact {
        name: line(name),
        relation: relation.map(line),
        telephone: telephone(number),
    };
    let contacts =
        vec![contact("見本 太郎", Some("長男"), "090-5555-0101"), contact("見本 次郎", None, "+81 90-5555-0102")];
    PatientCard {
        name: line("見本 花子"),
        kana: Some(Kana::new("ミホン ハナコ").unwrap()),
        born: Some(date("1940-02-29")),
        sex: Some(Sex::Female),
        address: Some(line("見本区架空1-2-3")),
        telephones: List::new(vec![telephone("03-5555-0100")]).unwrap(),
        contacts: List::new(contacts).unwrap(),
        facts: List::new(vec![line("ペニシリンアレルギー"), line("右耳が遠い")]).unwrap(),
        team: List::new(team.map(|(role, who)| CareMember { role, who }).into()).unwrap(),
    }
}

pub(super) fn cases() -> Vec<Case> {
    let named = PatientCard::named(line("見本 花子"));
    vec![Case::new("everything", CardContent::Patient(full())), Case::new("a name", CardContent::Patient(named))]
}
