//! Urgent messages (U1): what rings this person, whom this person has called, and how that goes on. Calling needs the server: who
//! can't reach it is told so at once, and telephones.

use renkei_client_core::calls::{Called, Urgent};
use renkei_client_core::client::Client;
use renkei_client_core::policy::group::u1_calls::{Matter, Over};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::sync::CallMatter;
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::reach::{QuietHours, Telephone};
use renkei_client_core::proto::time::Time;
use renkei_client_core::replica::Followed;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;
use crate::people::{People, Who};
use crate::timeline;
use crate::trouble::Trouble;

/// Seconds for which an own call is shown when there is nothing to do about it any more: that it was acknowledged is good to see.
const SHOWN: u64 = 30 * 60;

/// An urgent message that concerns this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UrgentView {
    /// In which group.
    #[ts(type = "string")]
    pub group: GroupId,
    /// What that is called.
    pub label: Option<String>,
    /// The place of the call in its log.
    #[ts(type = "number")]
    pub call: u64,
    /// The number of the message's line.
    pub line: Option<usize>,
    /// What the message says.
    pub text: Option<String>,
    /// Who called.
    pub by: Who,
    /// When, by the server's time.
    #[ts(type = "number")]
    pub time: Time,
    /// What this person is to do: acknowledge what `rings`, or `waits` without ringing; `telephone`; nothing.
    #[ts(type = "\"rings\" | \"waits\" | \"telephone\" | null")]
    pub matter: Option<CallMatter>,
    /// Those called.
    pub people: Vec<CalledView>,
}

/// Somebody who was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CalledView {
    /// Who.
    pub who: Who,
    /// How it stands.
    pub state: CalledState,
    /// Who is called in the place.
    pub stand_in: Option<Who>,
    /// Who acknowledged it.
    pub by: Option<Who>,
    /// When.
    #[ts(type = "number | null")]
    pub at: Option<Time>,
    /// The number of the person's facility.
    #[ts(type = "string | null")]
    pub telephone: Option<Telephone>,
}

/// How it stands with somebody who was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CalledState {
    /// It rings.
    Rings,
    /// It rings at who stands in as well.
    StandIn,
    /// It is time to telephone.
    Telephone,
    /// Acknowledged.
    Acknowledged,
    /// Its author called it off.
    CalledOff,
    /// The message was taken back.
    Retracted,
    /// The group is closed, halted or frozen.
    Stopped,
    /// Not a reader any more.
    Gone,
    /// Half a day has gone by.
    Expired,
}

/// Whom one could call in a group, and who is called in one's own place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallableView {
    /// Readers of the group other than oneself.
    pub people: Vec<Who>,
    /// How many may be called at once.
    pub most: usize,
    /// Why nobody may be called now.
    pub refused: Option<Trouble>,
    /// Who is called in one's place.
    pub stand_in: Option<Who>,
}

/// How this person, and the own facility, are reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReachView {
    /// The hours at which nothing rings: from, until, `22:00` each.
    pub quiet: Option<(String, String)>,
    /// The own facility's number.
    #[ts(type = "string | null")]
    pub telephone: Option<Telephone>,
    /// This person may set it.
    pub sets_telephone: bool,
}

/// What concerns this person now: what there is to do first.
pub(crate) async fn urgent(client: &Client) -> Result<Vec<UrgentView>> {
    let now = client.look(renkei_client_core::replica::Replica::time);
    let me = client.user();
    let mut all = client.urgent();
    all.retain(|one| one.matter.is_some() || one.by == me && now.since(one.time) < SHOWN);
    let people = People::of(client, all.iter().flat_map(users_of).collect::<Vec<_>>()).await?;
    Ok(all.iter().map(|one| view(client, &people, one)).collect())
}

fn users_of(one: &Urgent) -> Vec<UserId> {
    let mut users = vec![one.by];
    for called in &one.people {
        users.push(called.line.user);
        users.extend(called.line.stand_in);
        if let Some(Over::Acknowledged(by) | Over::CalledOff(by)) = called.line.over {
            users.push(by.user);
        }
    }
    users
}

fn view(client: &Client, people: &People, one: &Urgent) -> UrgentView {
    let text = client.read_between(one.group, one.message..one.message + 1).ok();
    UrgentView {
        group: one.group,
        label: client.label(one.group).map(|label| label.to_string()),
        call: one.call,
        line: timeline::number(client, one.group, one.message),
        text: text.and_then(|shown| shown.into_iter().next()?.text.ok()),
        by: people.who(one.by),
        time: one.time,
        matter: one.matter.map(|matter| match matter {
            Matter::Rings => CallMatter::Rings,
            Matter::Waits => CallMatter::Waits,
            Matter::Telephone => CallMatter::Telephone,
        }),
        people: one.people.iter().map(|called| called_view(called, people)).collect(),
    }
}

fn called_view(called: &Called, people: &People) -> CalledView {
    let (line, stage) = (called.line, called.line.stage);
    let (state, by) = match line.over {
        Some(Over::Acknowledged(by)) => (CalledState::Acknowledged, Some(by)),
        Some(Over::CalledOff(by)) => (CalledState::CalledOff, Some(by)),
        Some(Over::Retracted) => (CalledState::Retracted, None),
        Some(Over::Stopped) => (CalledState::Stopped, None),
        Some(Over::Gone) => (CalledState::Gone, None),
        Some(Over::Expired) => (CalledState::Expired, None),
        None if stage.telephone => (CalledState::Telephone, None),
        None if stage.stand_in_called => (CalledState::StandIn, None),
        None => (CalledState::Rings, None),
    };
    CalledView {
        who: people.who(line.user),
        state,
        stand_in: line.stand_in.map(|user| people.who(user)),
        by: by.map(|by| people.who(by.user)),
        at: by.map(|by| by.time),
        telephone: called.telephone.clone(),
    }
}

/// Whom one could call in a group.
pub(crate) async fn callable(client: &Client, group: GroupId) -> Result<CallableView> {
    let me = client.user();
    let readers: Vec<UserId> = client.look(|replica| {
        let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
        let view = replica.registry().now();
        let there = |user: &UserId| view.active_user(*user) && state.reading_at(view, *user, replica.time()).is_some();
        let others = state.readers(view).into_iter().filter(|user| *user != me).filter(there);
        Ok::<_, Trouble>(others.collect())
    })?;
    let stand_in = client.stand_in(group, me);
    let refused = readers.first().and_then(|one| client.permit_calling(group, &[*one]).err()).map(Trouble::from);
    let people = People::of(client, readers.iter().copied().chain(stand_in).collect::<Vec<_>>()).await?;
    let most = renkei_client_core::proto::bounds::CALLED;
    let readers = readers.into_iter().map(|user| people.who(user)).collect();
    Ok(CallableView { people: readers, most, refused, stand_in: stand_in.map(|user| people.who(user)) })
}

/// How this person is reached.
pub(crate) fn reach(client: &Client) -> Result<ReachView> {
    let me = client.user();
    let quiet = client.quiet_hours(me).map(|hours| {
        let text = hours.to_string();
        text.split_once('-').map(|(from, until)| (from.to_owned(), until.to_owned())).unwrap_or_default()
    });
    client.look(|replica| {
        let view = replica.registry().now();
        let facility = view.user(me).map(|person| person.facility).ok_or(Code::Unknown)?;
        let sets_telephone = view.is_administrator(me, facility) || view.manager(facility) == Some(me);
        Ok(ReachView { quiet, telephone: view.telephone(facility).cloned(), sets_telephone })
    })
}

/// Hours as the page names them.
pub(crate) fn hours(quiet: Option<(String, String)>) -> Result<Option<QuietHours>> {
    let parsed = quiet.map(|(from, until)| format!("{from}-{until}").parse::<QuietHours>());
    Ok(parsed.transpose().map_err(|_| Code::BadInput)?)
}

/// A telephone number as somebody typed it: full-width digits and marks are taken for what they are.
pub(crate) fn telephone(typed: Option<&str>) -> Result<Option<Telephone>> {
    let Some(typed) = typed else { return Ok(None) };
    let plain = typed.trim().chars().map(|c| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        'ー' | '－' | '‐' | '−' | '–' => '-',
        '＋' => '+',
        '\u{3000}' => ' ',
        other => other,
    });
    Ok(Some(Telephone::new(plain.collect::<String>()).map_err(|_| Code::BadInput)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u1_app_a_number_typed_in_full_width_is_the_same_number() {
        let number = |typed: &str| telephone(Some(typed)).ok().flatten().map(|number| number.to_string());
        for typed in ["03-0000-0000", "０３－００００－００００", " 03ー0000ー0000 ", "０３−００００−００００"]
        {
            assert_eq!(number(typed).as_deref(), Some("03-0000-0000"), "{typed}");
        }
        assert_eq!(number("＋81\u{3000}3 0000 0000").as_deref(), Some("+81 3 0000 0000"));
        assert!(telephone(Some("電話")).is_err() && telephone(None).is_ok_and(|number| number.is_none()));
    }

    #[test]
    fn u1_app_hours_are_two_times_of_a_day() {
        let pair = |from: &str, until: &str| hours(Some((from.to_owned(), until.to_owned())));
        assert_eq!(pair("22:00", "06:30").unwrap().map(|hours| hours.to_string()).as_deref(), Some("22:00-06:30"));
        assert!(pair("22:00", "22:00").is_err() && pair("", "").is_err() && pair("25:00", "01:00").is_err());
        assert_eq!(hours(None).unwrap(), None);
    }
}
