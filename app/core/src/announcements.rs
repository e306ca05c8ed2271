//! What is said in the name of a facility or of the association (S4), and which accounts speak officially (S8): to be read by
//! everybody; drafted, checked, published and withdrawn by those who may. Whoever approves or publishes signs exactly the text
//! that was shown, by its hash.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::View;
use renkei_client_core::policy::registry::s4_announcements::{Announcement, Progress};
use renkei_client_core::policy::registry::s8_official::{Change, Official};
use renkei_client_core::proto::act::{OfficialAccount, SpeaksFor};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::codec::encode;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{AnnouncementId, UserId};
use renkei_client_core::proto::text::{Line, Prose};
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::wording::Wording;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::people::{People, Who};
use crate::writing::{self, Checked};
use crate::{Inside, Result};

/// Announcements that a screen asks for at once: their texts come one by one.
const AT_ONCE: usize = 20;

/// Texts that were fetched, by their hash: they do not change.
#[derive(Debug, Default)]
pub(crate) struct Texts(Mutex<BTreeMap<Hash32, (String, String)>>);

/// An announcement, with its present text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "facts that a screen shows one by one")]
pub struct AnnouncementView {
    /// Which.
    #[ts(type = "string")]
    pub announcement: AnnouncementId,
    /// In whose name: a facility's, or the association's.
    pub name: String,
    /// It is the association's.
    pub association: bool,
    /// How far it has come.
    #[ts(type = "\"checked\" | \"objected\" | \"approved\" | \"published\" | \"withdrawn\"")]
    pub progress: Progress,
    /// When its present text was drafted.
    #[ts(type = "number")]
    pub drafted: Time,
    /// When it was published.
    #[ts(type = "number | null")]
    pub published: Option<Time>,
    /// Hash of its text: a check and the publication name it.
    #[ts(type = "string")]
    pub text: Hash32,
    /// The text in Japanese, which binds; and in English. Nothing while it can't be had.
    pub words: Option<(String, String)>,
    /// Who wrote it, for those who have to do with it.
    pub author: Option<Who>,
    /// Who checks it, and what they said.
    pub checks: Vec<(Who, Option<bool>)>,
    /// Who published it.
    pub published_by: Option<Who>,
    /// This person is asked to check it.
    pub to_check: bool,
    /// This person is one who checks it.
    pub checker: bool,
    /// This person may publish it now.
    pub to_publish: bool,
    /// This person may give it other words: it is an own draft.
    pub own_draft: bool,
    /// This person may give it up, or withdraw it.
    pub withdrawable: bool,
}

/// What a person is shown of announcements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AnnouncementsView {
    /// Newest first; drafts that wait for this person before all others.
    pub all: Vec<AnnouncementView>,
    /// There are older ones.
    pub more: bool,
    /// In whose name this person drafts.
    pub own_name: Option<String>,
    /// Whom one could ask to check a draft: the people of the own facility.
    pub colleagues: Vec<Who>,
    /// Accounts that speak officially.
    pub officials: Vec<OfficialView>,
    /// This person signs which accounts do, as an operator of the Desk.
    pub names_officials: bool,
}

/// An account that speaks officially, or that somebody proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfficialView {
    /// The account.
    pub who: Who,
    /// In whose name: a facility's, or the association's. Nothing where it is to be withdrawn.
    pub name: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// Who answers for it.
    pub responsible: Vec<Who>,
    /// Since when; nothing of what is proposed.
    #[ts(type = "number | null")]
    pub since: Option<Time>,
    /// Who proposes it, where it waits for a second signature.
    pub proposed_by: Option<Who>,
    /// Hash of what is proposed, for who may give the second one: that signature names it.
    #[ts(type = "string | null")]
    pub to_sign: Option<Hash32>,
}

/// What is drafted.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftPlan {
    /// The own draft that gets these words; otherwise it is a new one.
    #[ts(type = "string | null")]
    pub again: Option<AnnouncementId>,
    /// The text in Japanese.
    pub ja: String,
    /// The text in English; otherwise the Japanese one.
    pub en: Option<String>,
    /// Who is asked to check it.
    #[ts(type = "string[]")]
    pub checkers: Vec<UserId>,
}

/// The announcements that this person may read: newest first.
pub(crate) async fn announcements(inside: &Inside, count: usize) -> Result<AnnouncementsView> {
    let client = &inside.client;
    let me = client.user();
    let count = count.clamp(1, AT_ONCE * 10);
    let (mut all, colleagues): (Vec<Announcement>, Vec<UserId>) = client.look(|replica| {
        let view = replica.registry().now();
        let listed = |one: &&Announcement| view.reads_announcement(me, one) && one.progress() != Progress::Withdrawn;
        let own = view.user(me).map(|person| person.facility);
        let colleague = |(user, _): &(UserId, _)| *user != me && view.active_user(*user);
        let there = view.users().filter(|(_, one)| Some(one.facility) == own).filter(colleague);
        (view.announcements().filter(listed).cloned().collect(), there.map(|(user, _)| user).collect())
    });
    // What waits for this person stands first.
    let waits = |one: &Announcement| {
        client.look(|replica| {
            let view = replica.registry().now();
            let is = |due: &Announcement| due.draft.announcement == one.draft.announcement;
            view.announcements_to_check(me).any(is) || view.announcements_to_publish(me).any(is)
        })
    };
    all.sort_by_cached_key(|one| {
        let time = one.published.map_or(one.drafted, |(_, time, _)| time);
        (!waits(one), one.published.is_some(), std::cmp::Reverse(time))
    });
    let more = all.len() > count;
    all.truncate(count);
    let (officials, proposed) = client.look(|replica| accounts(replica.registry().now(), me));
    let users = all.iter().flat_map(|one| concerned(client, one)).chain(colleagues.iter().copied());
    let users = users.chain(officials.iter().flat_map(|one| named(&one.account)));
    let users = users.chain(proposed.iter().flat_map(|(user, change)| {
        let by = change.by.iter().filter_map(|(_, by)| *by);
        change.account.iter().flat_map(named).chain(by).chain([*user]).collect::<Vec<_>>()
    }));
    let people = People::of(client, users.collect::<Vec<UserId>>()).await?;
    let mut views = Vec::with_capacity(all.len());
    for one in all {
        let words = words(inside, one.draft.text).await?;
        views.push(client.look(|replica| view_of(replica.registry().now(), me, &people, &one, words)));
    }
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let mut accounts: Vec<OfficialView> =
            proposed.iter().map(|(user, one)| change(view, me, &people, *user, one)).collect();
        accounts.extend(officials.iter().map(|one| official(view, &people, one)));
        let own = view.user(me).map(|person| person.facility);
        let name = own.map(|own| name_of(view, (!view.is_desk(own)).then_some(own)));
        AnnouncementsView {
            all: views,
            more,
            own_name: name,
            colleagues: colleagues.iter().map(|user| people.who(*user)).collect(),
            officials: accounts,
            names_officials: view.is_operator(me),
        }
    }))
}

/// How many wait for this person to check or publish them.
pub(crate) fn waiting(client: &Client) -> usize {
    client.look(|replica| {
        let view = replica.registry().now();
        view.announcements_to_check(client.user()).count() + view.announcements_to_publish(client.user()).count()
    })
}

/// Its text, if it can be had now.
async fn words(inside: &Inside, text: Hash32) -> Result<Option<(String, String)>> {
    let held = || inside.texts.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = held().get(&text).cloned() {
        return Ok(Some(known));
    }
    match inside.client.text(text).await {
        Ok(wording) => {
            let words = (wording.japanese.to_string(), wording.english.to_string());
            held().insert(text, words.clone());
            Ok(Some(words))
        }
        Err(fault) if fault.code.class() == Class::Later => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// Those who have to do with it, as far as they are this person's business.
fn concerned(client: &Client, one: &Announcement) -> Vec<UserId> {
    let me = client.user();
    if !client.look(|replica| concerns(replica.registry().now(), me, one)) {
        return Vec::new();
    }
    let by = one.published.map(|(_, _, by)| by);
    std::iter::once(one.author).chain(one.draft.checkers.as_slice().iter().copied()).chain(by).collect()
}

fn concerns(view: View<'_>, me: UserId, one: &Announcement) -> bool {
    one.author == me || one.draft.checkers.as_slice().contains(&me) || view.superior(me, one.draft.facility)
}

fn name_of(view: View<'_>, facility: Option<renkei_client_core::proto::id::FacilityId>) -> String {
    let name = match facility {
        Some(facility) => view.facility(facility).map(|facility| facility.name.clone()),
        None => view.association().map(|association| association.name.clone()),
    };
    name.unwrap_or_default()
}

fn view_of(
    view: View<'_>,
    me: UserId,
    people: &People,
    one: &Announcement,
    words: Option<(String, String)>,
) -> AnnouncementView {
    let inside = concerns(view, me, one);
    let is = |due: &Announcement| due.draft.announcement == one.draft.announcement;
    let said = |user: &UserId| (people.who(*user), one.checks.get(user).map(|&(_, approves)| approves));
    let open = one.published.is_none() && one.withdrawn.is_none();
    let own_draft = open && one.author == me;
    AnnouncementView {
        announcement: one.draft.announcement,
        name: name_of(view, one.draft.facility),
        association: one.draft.facility.is_none(),
        progress: one.progress(),
        drafted: one.drafted,
        published: one.published.map(|(_, time, _)| time),
        text: one.draft.text,
        words,
        author: inside.then(|| people.who(one.author)),
        checks: if inside { one.draft.checkers.as_slice().iter().map(said).collect() } else { Vec::new() },
        published_by: one.published.filter(|_| inside).map(|(_, _, by)| people.who(by)),
        to_check: view.announcements_to_check(me).any(is),
        checker: open && one.draft.checkers.as_slice().contains(&me),
        to_publish: view.announcements_to_publish(me).any(is),
        own_draft,
        withdrawable: own_draft || view.superior(me, one.draft.facility) || view.is_operator(me),
    }
}

/// The accounts that speak officially now, and, for those who sign them, what is proposed.
fn accounts(view: View<'_>, me: UserId) -> (Vec<Official>, Vec<(UserId, Change)>) {
    let listed = view.officials().filter(|one| view.speaks(one)).cloned().collect();
    let proposed = view.official_changes().filter(|_| view.is_operator(me));
    (listed, proposed.map(|(user, change)| (user, change.clone())).collect())
}

fn named(account: &OfficialAccount) -> Vec<UserId> {
    std::iter::once(account.user).chain(account.responsible.as_slice().iter().copied()).collect()
}

fn in_name_of(view: View<'_>, account: &OfficialAccount) -> String {
    match account.speaks_for {
        SpeaksFor::Association => name_of(view, None),
        SpeaksFor::Facility => {
            view.user(account.user).map_or_else(String::new, |person| name_of(view, Some(person.facility)))
        }
    }
}

fn official(view: View<'_>, people: &People, one: &Official) -> OfficialView {
    let OfficialAccount { user, purpose, responsible, .. } = &one.account;
    OfficialView {
        who: people.who(*user),
        name: Some(in_name_of(view, &one.account)),
        purpose: Some(purpose.to_string()),
        responsible: responsible.as_slice().iter().map(|user| people.who(*user)).collect(),
        since: Some(one.since),
        proposed_by: None,
        to_sign: None,
    }
}

fn change(view: View<'_>, me: UserId, people: &People, user: UserId, one: &Change) -> OfficialView {
    let signed = one.by.iter().any(|(_, by)| *by == Some(me));
    let account = one.account.as_ref();
    let responsible = account.map_or_else(Vec::new, |account| account.responsible.as_slice().to_vec());
    OfficialView {
        who: people.who(user),
        name: account.map(|account| in_name_of(view, account)),
        purpose: account.map(|account| account.purpose.to_string()),
        responsible: responsible.iter().map(|user| people.who(*user)).collect(),
        since: None,
        proposed_by: one.by.iter().find_map(|(_, by)| *by).map(|by| people.who(by)),
        to_sign: (!signed).then(|| proposal(one.account.as_ref())),
    }
}

/// Drafts an announcement. What is asked about first goes to nobody.
pub(crate) async fn draft(client: &Client, plan: DraftPlan, meant: Option<Hash32>) -> Result<Checked> {
    let prose = |text: &str| Prose::new(text.trim().replace("\r\n", "\n")).map_err(|_| Code::BadInput);
    let japanese = prose(&plan.ja)?;
    let english = plan.en.as_deref().filter(|text| !text.trim().is_empty()).map(prose).transpose()?;
    let english = english.unwrap_or_else(|| japanese.clone());
    let words = [japanese.as_str(), english.as_str()];
    if let Some(question) = writing::asked_of_report(client, &words, meant) {
        return Ok(Checked::Asks(question));
    }
    let wording = Wording { japanese, english };
    client.draft_announcement(plan.again, wording, plan.checkers).await?;
    Ok(Checked::Sent)
}

/// Hash of what is proposed of an account; none is its withdrawal.
fn proposal(account: Option<&OfficialAccount>) -> Hash32 {
    sha256(&encode(&account))
}

/// Gives the second signature to what is proposed of an account, and was shown.
pub(crate) async fn sign_official(client: &Client, user: UserId, shown: Hash32) -> Result<()> {
    let proposed = client.look(|replica| {
        let mut changes = replica.registry().now().official_changes();
        changes.find(|(one, _)| *one == user).map(|(_, change)| change.account.clone())
    });
    let proposed = proposed.ok_or(Code::NothingToDo)?;
    if proposal(proposed.as_ref()) != shown {
        return Err(Code::NotAuthentic.into());
    }
    match proposed {
        Some(account) => client.name_official(account).await?,
        None => client.withdraw_official(user).await?,
    };
    Ok(())
}

/// Signs that an account speaks for the association, as an operator: a second operator gives the other signature.
pub(crate) async fn name_official(
    client: &Client,
    user: UserId,
    purpose: &str,
    responsible: Vec<UserId>,
) -> Result<()> {
    let purpose = Line::new(purpose.trim()).map_err(|_| Code::BadInput)?;
    let responsible = List::new(responsible).map_err(|_| Code::TooLarge)?;
    let account = OfficialAccount { user, speaks_for: SpeaksFor::Association, purpose, responsible };
    client.name_official(account).await?;
    Ok(())
}
