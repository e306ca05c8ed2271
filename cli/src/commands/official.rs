//! Accounts that speak officially (S8).

use std::collections::BTreeSet;

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::View;
use renkei_client_core::policy::registry::s8_official::{Change, Official, Voice};
use renkei_client_core::proto::act::{OfficialAccount, SpeaksFor};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec::encode;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::UserId;

use super::{Outcome, People, ask_first, line};
use crate::args::official::OfficialCommand;
use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::{OfficialRow, OfficialState, Reply};
use crate::resolve;

pub(super) async fn run(client: &Client, command: OfficialCommand) -> Result<Outcome> {
    match command {
        OfficialCommand::List { all } => Ok(Reply::Officials { accounts: rows(client, all).await? }.into()),
        OfficialCommand::Name { user, speaks_for, purpose, responsible, sure } => {
            let user = resolve::user(client, &user).await?;
            let mut named = Vec::new();
            for one in &responsible {
                named.push(resolve::user(client, one).await?);
            }
            let responsible =
                List::new(named).map_err(|many| Failure::about(Code::TooLarge, format!("--responsible: {many}")))?;
            let account = OfficialAccount { user, speaks_for, purpose: line(&purpose)?, responsible };
            sign(client, user, Some(account), &sure).await
        }
        OfficialCommand::Withdraw { user, sure } => {
            let user = resolve::user(client, &user).await?;
            sign(client, user, None, &sure).await
        }
        OfficialCommand::Confirm { user, sure } => {
            let user = resolve::user(client, &user).await?;
            let waiting = client.look(|replica| {
                let mut changes = replica.registry().now().official_changes();
                changes.find(|(one, _)| *one == user).map(|(_, change)| change.account.clone())
            });
            sign(client, user, waiting.ok_or(Code::Unknown)?, &sure).await
        }
    }
}

/// Signs the words for an account, or its withdrawal, once the person has looked at exactly that.
async fn sign(client: &Client, user: UserId, account: Option<OfficialAccount>, sure: &Sure) -> Result<Outcome> {
    let change = Change { account, by: Vec::new() };
    let present = client.look(|replica| replica.registry().now().official(user).cloned());
    let shown = sha256(&encode(&(user, change.account.as_ref(), present.as_ref().map(|one| one.period.from))));
    let people = People::of(client, names(present.iter(), [(user, &change)].into_iter())).await?;
    let row = client.look(|replica| waiting(replica.registry().now(), &people, user, &change));
    let about = Reply::Officials { accounts: row.into_iter().collect() };
    if let Some(question) = ask_first(sure, &shown.to_string(), false, about)? {
        return Ok(question);
    }
    Ok(match change.account {
        Some(account) => client.name_official(account).await?.into(),
        None => client.withdraw_official(user).await?.into(),
    })
}

/// Everybody whose name a list needs.
fn names<'r>(
    listed: impl Iterator<Item = &'r Official>,
    changes: impl Iterator<Item = (UserId, &'r Change)>,
) -> BTreeSet<UserId> {
    let mut users = BTreeSet::new();
    let mut of = |account: &OfficialAccount, by: &[Voice]| {
        users.insert(account.user);
        users.extend(account.responsible.as_slice());
        users.extend(by.iter().filter_map(|(_, by)| *by));
    };
    listed.for_each(|one| of(&one.account, &one.by));
    let changes: Vec<_> = changes.collect();
    for (_, change) in &changes {
        if let Some(account) = &change.account {
            of(account, &change.by);
        }
    }
    users.extend(changes.iter().map(|(user, _)| *user));
    users.extend(changes.iter().flat_map(|(_, change)| change.by.iter().filter_map(|(_, by)| *by)));
    users
}

async fn rows(client: &Client, all: bool) -> Result<Vec<OfficialRow>> {
    let users = client.look(|replica| {
        let view = replica.registry().now();
        names(view.officials().filter(|one| all || view.speaks(one)), changes(view, client.user()))
    });
    let people = People::of(client, users).await?;
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let shown = view.officials().filter(|one| all || view.speaks(one));
        let mut rows: Vec<OfficialRow> = shown.map(|one| listed(view, &people, one)).collect();
        rows.extend(changes(view, client.user()).filter_map(|(user, change)| waiting(view, &people, user, change)));
        rows
    }))
}

/// What waits is for those who sign it.
fn changes(view: View<'_>, me: UserId) -> impl Iterator<Item = (UserId, &Change)> {
    view.official_changes().filter(move |_| view.is_operator(me))
}

fn listed(view: View<'_>, people: &People, one: &Official) -> OfficialRow {
    let state = match one.until {
        Some(_) => OfficialState::Withdrawn,
        None if view.speaks(one) => OfficialState::Listed,
        None => OfficialState::Ended,
    };
    let row = row(view, people, &one.account, &one.by, state);
    OfficialRow { since: Some(one.since), until: one.until, ..row }
}

fn waiting(view: View<'_>, people: &People, user: UserId, change: &Change) -> Option<OfficialRow> {
    if let Some(account) = &change.account {
        return Some(row(view, people, account, &change.by, OfficialState::Proposed));
    }
    let present = view.official(user)?;
    let row = row(view, people, &present.account, &change.by, OfficialState::WithdrawalProposed);
    Some(OfficialRow { since: Some(present.since), ..row })
}

fn row(view: View<'_>, people: &People, of: &OfficialAccount, by: &[Voice], state: OfficialState) -> OfficialRow {
    let facility = || view.user(of.user).and_then(|person| view.facility(person.facility));
    let name_of = match of.speaks_for {
        SpeaksFor::Association => view.association().map(|association| association.name.clone()),
        SpeaksFor::Facility => facility().map(|facility| facility.name.clone()),
    };
    OfficialRow {
        who: people.who(of.user),
        state,
        speaks_for: of.speaks_for,
        name_of,
        purpose: of.purpose.to_string(),
        responsible: of.responsible.as_slice().iter().map(|user| people.who(*user)).collect(),
        by: by.iter().filter_map(|(_, by)| *by).map(|user| people.who(user)).collect(),
        since: None,
        until: None,
    }
}
