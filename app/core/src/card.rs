//! The patient card (A4.1): shown, changed by who reads the group, and its history.

use std::collections::BTreeSet;

use renkei_client_core::card::ShownCard;
use renkei_client_core::client::Client;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::card::{
    CardField, CareMember, CareRole, Carer, Contact, Kana, Outsider, PatientCard, Sex, Telephone,
};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::time::Time;
use renkei_client_core::replica::Followed;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::trouble::Trouble;

/// Revisions that one question gives at most.
const REVISIONS: usize = 100;

/// Who is called in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactText {
    /// Who.
    pub name: String,
    /// What the patient calls this person; empty if nothing is said.
    pub relation: String,
    /// The number.
    pub telephone: String,
}

/// One of the care team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberText {
    /// As what.
    #[ts(type = "string")]
    pub role: CareRole,
    /// A person of the association; otherwise somebody who has no ID.
    #[ts(type = "string | null")]
    pub user: Option<UserId>,
    /// Who, where there is no ID.
    pub name: String,
    /// Of which facility, where there is no ID.
    pub facility: String,
    /// The number, where there is no ID.
    pub telephone: String,
}

/// What a card says, as it is typed: what is empty is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardText {
    /// The patient's name.
    pub name: String,
    /// Its reading.
    pub kana: String,
    /// The day of birth, `1940-02-29`.
    pub born: String,
    /// As the papers have it.
    #[ts(type = "\"female\" | \"male\" | \"other\" | null")]
    pub sex: Option<Sex>,
    /// Where the patient is cared for.
    pub address: String,
    /// The patient's own numbers.
    pub telephones: Vec<String>,
    /// Who is called in an emergency, in this order.
    pub contacts: Vec<ContactText>,
    /// Allergies, and what to be careful of.
    pub facts: Vec<String>,
    /// Who cares.
    pub team: Vec<MemberText>,
}

/// A card as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardView {
    /// The place of the revision, by which a change names it; nothing where there is no card yet.
    #[ts(type = "number | null")]
    pub seq: Option<u64>,
    /// When it was written.
    #[ts(type = "number | null")]
    pub time: Option<Time>,
    /// By whom.
    pub author: Option<Who>,
    /// What it says.
    pub card: Option<CardText>,
    /// Why it can't be read (yet).
    pub unreadable: Option<Trouble>,
    /// The people that it names.
    pub people: Vec<Who>,
    /// Who reads the group: whom the card can name as one of the team.
    pub readers: Vec<Who>,
    /// Why it can't be changed now.
    pub shut: Option<Trouble>,
}

/// A change of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardChange {
    /// Its place.
    #[ts(type = "number")]
    pub seq: u64,
    /// When.
    #[ts(type = "number")]
    pub time: Time,
    /// Who.
    pub author: Who,
    /// Which parts; nothing where that can't be read here.
    #[ts(type = "string[] | null")]
    pub changed: Option<Vec<CardField>>,
}

fn text<T: ToString>(one: Option<&T>) -> String {
    one.map(ToString::to_string).unwrap_or_default()
}

fn told(card: &PatientCard) -> CardText {
    let contact = |one: &Contact| ContactText {
        name: one.name.to_string(),
        relation: text(one.relation.as_ref()),
        telephone: one.telephone.to_string(),
    };
    let member = |one: &CareMember| match &one.who {
        Carer::User(user) => MemberText {
            role: one.role,
            user: Some(*user),
            name: String::new(),
            facility: String::new(),
            telephone: String::new(),
        },
        Carer::Outside(who) => MemberText {
            role: one.role,
            user: None,
            name: who.name.to_string(),
            facility: text(who.facility.as_ref()),
            telephone: text(who.telephone.as_ref()),
        },
    };
    CardText {
        name: card.name.to_string(),
        kana: text(card.kana.as_ref()),
        born: text(card.born.as_ref()),
        sex: card.sex,
        address: text(card.address.as_ref()),
        telephones: card.telephones.as_slice().iter().map(ToString::to_string).collect(),
        contacts: card.contacts.as_slice().iter().map(contact).collect(),
        facts: card.facts.as_slice().iter().map(ToString::to_string).collect(),
        team: card.team.as_slice().iter().map(member).collect(),
    }
}

/// The people that a card names.
fn named(card: &PatientCard) -> impl Iterator<Item = UserId> + '_ {
    card.team.as_slice().iter().filter_map(|member| match member.who {
        Carer::User(user) => Some(user),
        Carer::Outside(_) => None,
    })
}

/// The card of a group.
pub(crate) async fn card(client: &Client, group: GroupId) -> Result<CardView> {
    let shown = client.card(group)?;
    let readers: BTreeSet<UserId> = client.look(|replica| {
        let state = replica.group(group).and_then(Followed::group);
        state.map(|state| state.readers(replica.registry().now())).unwrap_or_default()
    });
    let names: BTreeSet<UserId> = shown.iter().filter_map(|one| one.card.as_ref().ok()).flat_map(named).collect();
    let author = shown.iter().map(|one| one.author);
    let people = People::of(client, readers.iter().copied().chain(names.iter().copied()).chain(author)).await?;
    let shut = client.may_write(group).err().map(Trouble::from);
    let (readers, names) = (
        readers.into_iter().map(|user| people.who(user)).collect(),
        names.into_iter().map(|user| people.who(user)).collect(),
    );
    let (card, unreadable) = match shown.as_ref().map(|one| &one.card) {
        Some(Ok(card)) => (Some(told(card)), None),
        Some(Err(code)) => (None, Some(Trouble::from(*code))),
        None => (None, None),
    };
    let about = |one: &ShownCard| (one.seq, one.time, people.who(one.author));
    let (seq, time, author) = match shown.as_ref().map(about) {
        Some((seq, time, author)) => (Some(seq), Some(time), Some(author)),
        None => (None, None, None),
    };
    Ok(CardView { seq, time, author, card, unreadable, people: names, readers, shut })
}

/// Who changed what, the newest first.
pub(crate) async fn history(client: &Client, group: GroupId) -> Result<Vec<CardChange>> {
    let mut all = client.card_history(group, 0)?;
    all.reverse();
    all.truncate(REVISIONS);
    let people = People::of(client, all.iter().map(|one| one.author)).await?;
    let change = |one: ShownCard| CardChange {
        seq: one.seq,
        time: one.time,
        author: people.who(one.author),
        changed: one.changed,
    };
    Ok(all.into_iter().map(change).collect())
}

/// A part that was typed wrong, by its name as the page has it.
fn wrong(part: &str, ja: &str, en: &str) -> Trouble {
    Trouble::of_page(&format!("card_{part}"), ja, en)
}

fn maybe<const MAX: usize>(text: &str, ja: &str, en: &str) -> Result<Option<Line<MAX>>> {
    if text.trim().is_empty() { Ok(None) } else { line(text, ja, en).map(Some) }
}

fn line<const MAX: usize>(text: &str, ja: &str, en: &str) -> Result<Line<MAX>> {
    Line::new(text.trim()).map_err(|_| {
        wrong(
            "text",
            &format!("{ja}が空か、長すぎるか、使えない文字を含みます。1行の短い文にしてください。"),
            &format!("{en} is empty, too long, or has characters that can't be used. Keep it to one short line."),
        )
    })
}

fn telephone(text: &str) -> Result<Telephone> {
    let wrong = |_| {
        wrong(
            "telephone",
            "電話番号は「03-5555-0100」のように数字で入力してください。",
            "Type a telephone number in digits, like 03-5555-0100.",
        )
    };
    Telephone::new(text).map_err(wrong)
}

fn list<T, const MAX: usize>(items: Vec<T>) -> Result<List<T, MAX>> {
    List::new(items).map_err(|_| Code::TooLarge.into())
}

fn contact(one: &ContactText) -> Result<Contact> {
    Ok(Contact {
        name: line(&one.name, "連絡先の氏名", "The name of a contact")?,
        relation: maybe(&one.relation, "続柄", "A relation")?,
        telephone: telephone(&one.telephone)?,
    })
}

fn member(one: &MemberText) -> Result<CareMember> {
    let who = match one.user {
        Some(user) => Carer::User(user),
        None => Carer::Outside(Outsider {
            name: line(&one.name, "ケアチームの人の氏名", "The name of one of the team")?,
            facility: maybe(&one.facility, "ケアチームの人の事業所", "The facility of one of the team")?,
            telephone: if one.telephone.trim().is_empty() { None } else { Some(telephone(&one.telephone)?) },
        }),
    };
    Ok(CareMember { role: one.role, who })
}

fn card_of(text: &CardText) -> Result<PatientCard> {
    let kana = |_| {
        wrong(
            "kana",
            "ふりがなは「みほん はなこ」のように、かなだけで入力してください。",
            "Type the reading in kana alone.",
        )
    };
    let born = |_| {
        wrong(
            "born",
            "生年月日は実在する日付を「1940-02-29」のように入力してください。",
            "Type a real day of birth, like 1940-02-29.",
        )
    };
    let said = |text: &String| !text.trim().is_empty();
    let mut team = text.team.iter().map(member).collect::<Result<Vec<_>>>()?;
    team.sort_by_key(|one| one.role);
    Ok(PatientCard {
        name: line(&text.name, "患者の氏名", "The patient's name")?,
        kana: Some(&text.kana).filter(|kana| said(kana)).map(|typed| Kana::new(typed).map_err(kana)).transpose()?,
        born: Some(&text.born).filter(|born| said(born)).map(|typed| typed.trim().parse().map_err(born)).transpose()?,
        sex: text.sex,
        address: maybe::<{ bounds::CARD_LINE }>(&text.address, "住所", "The address")?,
        telephones: list(
            text.telephones.iter().filter(|one| said(one)).map(|one| telephone(one)).collect::<Result<_>>()?,
        )?,
        contacts: list(text.contacts.iter().map(contact).collect::<Result<_>>()?)?,
        facts: list(
            text.facts
                .iter()
                .filter(|one| said(one))
                .map(|one| line(one, "注意点", "A caution"))
                .collect::<Result<_>>()?,
        )?,
        team: list(team)?,
    })
}

/// Changes the card from the revision that the person was shown.
pub(crate) async fn change(client: &Client, group: GroupId, text: &CardText, replaces: Option<u64>) -> Result<()> {
    client.change_card(group, card_of(text)?, replaces).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> CardText {
        CardText {
            name: "見本 花子".to_owned(),
            kana: "みほん　はなこ".to_owned(),
            born: "1940-02-29".to_owned(),
            sex: Some(Sex::Female),
            address: String::new(),
            telephones: vec!["０３−５５５５−０１００".to_owned(), " ".to_owned()],
            contacts: vec![ContactText {
                name: "見本 一郎".to_owned(),
                relation: "長男".to_owned(),
                telephone: "090-5555-0101".to_owned(),
            }],
            facts: vec!["ペニシリンアレルギー".to_owned(), String::new()],
            team: vec![MemberText {
                role: CareRole::Hospital,
                user: None,
                name: "架空総合病院".to_owned(),
                facility: String::new(),
                telephone: String::new(),
            }],
        }
    }

    #[test]
    fn a04_1_a_card_is_as_typed_folded_and_says_nothing_where_nothing_was_typed() {
        let card = card_of(&typed()).expect("a card");
        assert_eq!(card.address, None);
        let again = told(&card);
        assert_eq!(
            (again.kana.as_str(), again.telephones.as_slice()),
            ("ミホン ハナコ", &["03-5555-0100".to_owned()][..])
        );
        assert_eq!(again.facts, ["ペニシリンアレルギー"]);
        assert_eq!(card_of(&again).expect("a card"), card);
    }

    #[test]
    fn a04_1_what_was_typed_wrong_is_told_by_its_part() {
        let code = |text: CardText| card_of(&text).map(drop).map_err(|trouble| trouble.code);
        assert_eq!(code(CardText { kana: "見本".to_owned(), ..typed() }), Err("card_kana".to_owned()));
        assert_eq!(code(CardText { born: "1940-02-30".to_owned(), ..typed() }), Err("card_born".to_owned()));
        assert_eq!(code(CardText { telephones: vec!["花子".to_owned()], ..typed() }), Err("card_telephone".to_owned()));
        assert_eq!(code(CardText { name: " ".to_owned(), ..typed() }), Err("card_text".to_owned()));
        let many = vec!["03-5555-0100".to_owned(); bounds::CARD_TELEPHONES + 1];
        assert_eq!(code(CardText { telephones: many, ..typed() }), Err("too_large".to_owned()));
    }
}
