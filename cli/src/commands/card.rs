//! The patient card (A4.1).

use std::collections::BTreeSet;

use renkei_client_core::card::ShownCard;
use renkei_client_core::client::Client;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::card::{
    CardField, CareMember, CareRole, Carer, Contact, Kana, Outsider, PatientCard, Telephone,
};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::text::Line;

use super::corrections::counted;
use super::{Outcome, People, line};
use crate::args::card::{CardArgs, CardCommand};
use crate::failure::{Failure, Result};
use crate::reply::{CardRow, Item, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: CardCommand) -> Result<Outcome> {
    match command {
        CardCommand::Show { group } => {
            let group = resolve::group(client, &group)?;
            let card = rows(client, client.card(group)?.into_iter().collect()).await?.pop();
            Ok(Reply::Card { card: card.map(Box::new) }.into())
        }
        CardCommand::History { group } => {
            let group = resolve::group(client, &group)?;
            Ok(Reply::Cards { revisions: rows(client, client.card_history(group, 0)?).await? }.into())
        }
        CardCommand::Set { group, parts, replaces } => {
            let group = resolve::group(client, &group)?;
            let present = client.card(group)?;
            let replaces = replaces.or(present.as_ref().map(|present| present.seq));
            if present.as_ref().map(|present| present.seq) != replaces {
                return Err(overtaken(client, group).await);
            }
            let base = match present.map(|present| present.card) {
                // What is not its author's words is written anew.
                Some(Err(Code::NotAuthentic)) if parts.name.is_some() => None,
                base => base.transpose()?,
            };
            let card = changed(client, base, *parts).await?;
            let accepted = match client.change_card(group, card, replaces).await {
                Err(fault) if fault.code == Code::CardChanged => return Err(overtaken(client, group).await),
                accepted => accepted?,
            };
            let stale = !client.heads_are_fresh();
            Ok(Reply::Accepted { size: accepted.head.size, time: accepted.time, stale }.into())
        }
    }
}

/// Somebody else was quicker: who, and what they changed.
async fn overtaken(client: &Client, group: GroupId) -> Failure {
    let shown = client.card(group).ok().flatten();
    let row = rows(client, shown.into_iter().collect()).await.ok().and_then(|mut rows| rows.pop());
    let Some(row) = row else { return Code::CardChanged.into() };
    let name = row.author.name.unwrap_or_else(|| row.author.user.to_string());
    let changed = row.changed.iter().flatten().filter_map(|field| serde_json::to_value(field).ok());
    let changed: Vec<String> = changed.filter_map(|field| field.as_str().map(str::to_owned)).collect();
    Failure::about(Code::CardChanged, format!("#{} {name} [{}]", row.seq, changed.join(", ")))
}

/// What was typed is not what is wanted there, which is shown by an example.
fn bad(text: &str, example: &str) -> Failure {
    Failure::about(Code::BadInput, format!("{text} ≠ {example}"))
}

fn list<T, const MAX: usize>(items: Vec<T>) -> Result<List<T, MAX>> {
    List::new(items).map_err(|_| Failure::about(Code::TooLarge, format!("> {MAX}")))
}

/// An optional part of an argument: nothing, or blank, is none.
fn maybe<const MAX: usize>(text: Option<&str>) -> Result<Option<Line<MAX>>> {
    text.filter(|text| !text.trim().is_empty()).map(line).transpose()
}

fn telephone(text: &str) -> Result<Telephone> {
    Telephone::new(text).map_err(|_| bad(text, "03-5555-0100"))
}

/// The card with these parts changed.
async fn changed(client: &Client, base: Option<PatientCard>, parts: CardArgs) -> Result<PatientCard> {
    let mut card = match (base, &parts.name) {
        (Some(card), _) => card,
        (None, Some(name)) => PatientCard::named(line(name)?),
        (None, None) => return Err(Failure::about(Code::BadInput, "--name")),
    };
    for field in &parts.clear {
        clear(&mut card, *field)?;
    }
    if let Some(name) = &parts.name {
        card.name = line(name)?;
    }
    if let Some(kana) = &parts.kana {
        card.kana = Some(Kana::new(kana).map_err(|_| bad(kana, "みほん はなこ"))?);
    }
    card.born = parts.born.or(card.born);
    card.sex = parts.sex.or(card.sex);
    if let Some(address) = &parts.address {
        card.address = Some(line(address)?);
    }
    if !parts.telephones.is_empty() {
        card.telephones = list(parts.telephones.iter().map(|one| telephone(one)).collect::<Result<_>>()?)?;
    }
    if !parts.contacts.is_empty() {
        card.contacts = list(parts.contacts.iter().map(|one| contact(one)).collect::<Result<_>>()?)?;
    }
    if !parts.facts.is_empty() {
        card.facts = list(parts.facts.iter().map(|one| line(one)).collect::<Result<_>>()?)?;
    }
    if !parts.members.is_empty() || !parts.outside.is_empty() {
        card.team = list(team(client, &parts.members, &parts.outside).await?)?;
    }
    Ok(card)
}

fn clear(card: &mut PatientCard, field: CardField) -> Result<()> {
    match field {
        // A card without a name would be nobody's.
        CardField::Name => return Err(Failure::about(Code::BadInput, "--clear name")),
        CardField::Kana => card.kana = None,
        CardField::Born => card.born = None,
        CardField::Sex => card.sex = None,
        CardField::Address => card.address = None,
        CardField::Telephones => card.telephones = List::default(),
        CardField::Contacts => card.contacts = List::default(),
        CardField::Facts => card.facts = List::default(),
        CardField::Team => card.team = List::default(),
    }
    Ok(())
}

/// `NAME/RELATION/NUMBER`, or `NAME/NUMBER`.
fn contact(text: &str) -> Result<Contact> {
    let parts: Vec<&str> = text.split(['/', '／']).collect();
    let (name, relation, number) = match parts.as_slice() {
        [name, relation, number] => (name, Some(*relation), number),
        [name, number] => (name, None, number),
        _ => return Err(Failure::about(Code::BadInput, text)),
    };
    Ok(Contact { name: line(name)?, relation: maybe(relation)?, telephone: telephone(number)? })
}

async fn team(
    client: &Client,
    members: &[(CareRole, String)],
    outside: &[(CareRole, String)],
) -> Result<Vec<CareMember>> {
    let mut team = Vec::new();
    for (role, user) in members {
        team.push(CareMember { role: *role, who: Carer::User(resolve::user(client, user).await?) });
    }
    for (role, text) in outside {
        let mut parts = text.split(['/', '／']);
        let (name, facility, number, more) = (parts.next(), parts.next(), parts.next(), parts.next());
        let number = number.filter(|number| !number.trim().is_empty());
        let (Some(name), None) = (name, more) else { return Err(Failure::about(Code::BadInput, text)) };
        let who =
            Outsider { name: line(name)?, facility: maybe(facility)?, telephone: number.map(telephone).transpose()? };
        team.push(CareMember { role: *role, who: Carer::Outside(who) });
    }
    team.sort_by_key(|one| one.role);
    Ok(team)
}

/// The people that a card names.
fn named(card: &PatientCard) -> impl Iterator<Item = UserId> + '_ {
    card.team.as_slice().iter().filter_map(|member| match member.who {
        Carer::User(user) => Some(user),
        Carer::Outside(_) => None,
    })
}

async fn rows(client: &Client, revisions: Vec<ShownCard>) -> Result<Vec<CardRow>> {
    let cared = revisions.iter().filter_map(|one| one.card.as_ref().ok()).flat_map(named);
    let people = People::of(client, revisions.iter().map(|one| one.author).chain(cared).collect::<Vec<_>>()).await?;
    let row = |one: ShownCard| {
        let team: BTreeSet<UserId> = one.card.iter().flat_map(named).collect();
        let (card, unreadable) = match one.card {
            Ok(card) => (Some(card), None),
            Err(code) => (None, Some(code)),
        };
        CardRow {
            seq: one.seq,
            time: one.time,
            author: people.who(one.author),
            device: one.device,
            replaces: one.replaces,
            changed: one.changed,
            card,
            unreadable,
            people: team.into_iter().map(|user| people.who(user)).collect(),
        }
    };
    Ok(revisions.into_iter().map(row).collect())
}

/// A change of the card as a line of the group.
pub(super) fn item(client: &Client, group: GroupId, shown: ShownCard, people: &People) -> Item {
    Item::Card {
        seq: shown.seq,
        id: shown.id,
        time: shown.time,
        author: people.who(shown.author),
        device: shown.device,
        changed: shown.changed,
        unreadable: shown.card.err(),
        seen: counted(client, group, shown.seq),
    }
}
