//! The patient card in words.

use renkei_client_core::proto::card::{CardField, Carer, PatientCard};
use renkei_client_core::proto::sentence::Language;

use super::{corrections, list, moment, person, reason};
use crate::labels::card as labels;
use crate::reply::{CardRow, Item};

/// Which parts were changed.
fn changed(fields: Option<&Vec<CardField>>, language: Language) -> String {
    let Some(fields) = fields else { return String::new() };
    let words: Vec<&str> = fields.iter().map(|field| labels::field(*field, language)).collect();
    match language {
        Language::Japanese => format!("（{}）", words.join("、")),
        Language::English => format!(" ({})", words.join(", ")),
    }
}

/// A change as a line of the group.
pub(super) fn item(item: &Item, language: Language) -> String {
    let Item::Card { seq, time, author, changed: fields, unreadable, seen, .. } = item else { return String::new() };
    let what = language.pick("患者カードの変更", "patient card changed");
    let (fields, marks) = (changed(fields.as_ref(), language), corrections::marks(None, *seen, language));
    let body = corrections::body(None, *unreadable, language);
    format!("#{seq}  {}  {what}{fields}  {}{marks}{body}", moment(*time), person(author, language))
}

/// The present card.
pub(super) fn shown(row: Option<&CardRow>, language: Language) -> String {
    let Some(row) = row else { return language.pick("カードはありません。", "There is no card.").to_owned() };
    let by = person(&row.author, language);
    let last = language.pick("最終変更", "Last changed");
    let last = format!("{last}: #{} {} {by}", row.seq, moment(row.time));
    match (&row.card, row.unreadable) {
        (Some(card), _) => format!("{}\n{last}", body(card, row, language)),
        (None, code) => format!("{}\n{last}", code.map(|code| reason(code, language)).unwrap_or_default()),
    }
}

fn body(card: &PatientCard, row: &CardRow, language: Language) -> String {
    let mut lines = Vec::new();
    let mut say = |field: CardField, text: Option<String>| {
        lines.extend(text.map(|text| format!("{}: {text}", labels::field(field, language))));
    };
    say(CardField::Name, Some(card.name.to_string()));
    say(CardField::Kana, card.kana.as_ref().map(ToString::to_string));
    say(CardField::Born, card.born.map(|day| day.to_string()));
    say(CardField::Sex, card.sex.map(|sex| labels::sex(sex, language).to_owned()));
    say(CardField::Address, card.address.as_ref().map(ToString::to_string));
    for one in card.telephones.as_slice() {
        say(CardField::Telephones, Some(one.to_string()));
    }
    for one in card.contacts.as_slice() {
        let relation = one.relation.as_ref().map(|relation| format!(" [{relation}]")).unwrap_or_default();
        say(CardField::Contacts, Some(format!("{}{relation} {}", one.name, one.telephone)));
    }
    for one in card.facts.as_slice() {
        say(CardField::Facts, Some(one.to_string()));
    }
    for one in card.team.as_slice() {
        let who = match &one.who {
            Carer::User(user) => {
                let known = row.people.iter().find(|who| who.user == *user);
                known.map_or_else(|| user.to_string(), |who| person(who, language))
            }
            Carer::Outside(outside) => {
                let more = outside.facility.as_ref().map(ToString::to_string).into_iter();
                let more = more.chain(outside.telephone.as_ref().map(ToString::to_string));
                std::iter::once(outside.name.to_string()).chain(more).collect::<Vec<_>>().join(" ")
            }
        };
        say(CardField::Team, Some(format!("{} {who}", labels::role(one.role, language))));
    }
    lines.join("\n")
}

/// Every revision in one line.
pub(super) fn history(rows: &[CardRow], language: Language) -> String {
    list(rows, language, |row| {
        let unreadable = row.unreadable.map(|code| format!(" {}", reason(code, language))).unwrap_or_default();
        let fields = changed(row.changed.as_ref(), language);
        format!("#{}  {}  {}{fields}{unreadable}", row.seq, moment(row.time), person(&row.author, language))
    })
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::bytes::List;
    use renkei_client_core::proto::card::{CareMember, CareRole};
    use renkei_client_core::proto::id::{DeviceId, UserId};
    use renkei_client_core::proto::text::Line;
    use renkei_client_core::proto::time::Time;

    use super::*;
    use crate::reply::Who;

    #[test]
    fn a04_1_a_card_is_shown_with_the_team_by_role_and_name() {
        let user = UserId([1; 16]);
        let who = Who {
            user,
            name: Some("架空 結".into()),
            profession: None,
            facility: None,
            facility_name: None,
            official: None,
        };
        let member = CareMember { role: CareRole::VisitingNurse, who: Carer::User(user) };
        let mut card = PatientCard::named(Line::new("見本 花子").expect("a name"));
        card.team = List::new(vec![member]).expect("fits");
        let row = CardRow {
            seq: 7,
            time: Time(0),
            author: who.clone(),
            device: DeviceId([2; 16]),
            replaces: None,
            changed: Some(card.changed(None)),
            card: Some(card),
            unreadable: None,
            people: vec![who],
        };
        let text = shown(Some(&row), Language::Japanese);
        assert_eq!(text, "氏名: 見本 花子\nケアチーム: 訪問看護 架空 結\n最終変更: #7 1970-01-01 09:00 架空 結");
        assert_eq!(history(&[row], Language::English), "#7  1970-01-01 09:00  架空 結 (name, care team)");
        assert_eq!(shown(None, Language::English), "There is no card.");
    }
}
