//! Emergency broadcasts (S6): what the Desk tells everybody, and how one is. Above everything else on the screen until one has answered.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::safety::Safety;
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::time::Time;
use serde::Serialize;
use ts_rs::TS;

use crate::{Inside, Result};

use crate::people::{People, Who};

/// A broadcast that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastView {
    /// Its place in the registry.
    #[ts(type = "number")]
    pub broadcast: u64,
    /// When it was sent.
    #[ts(type = "number")]
    pub time: Time,
    /// A drill.
    pub drill: bool,
    /// What it says.
    pub text: String,
    /// What this person has answered, where that can be known now.
    #[ts(type = "\"received\" | \"safe\" | \"needs-help\" | null")]
    pub said: Option<Safety>,
    /// The person sees how others are, as the Desk or for the facility.
    pub looks_after: bool,
    /// The person may close it.
    pub closes: bool,
}

/// How somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SafetyView {
    /// Who.
    pub who: Who,
    /// Nothing so far, or what.
    #[ts(type = "\"received\" | \"safe\" | \"needs-help\" | null")]
    pub says: Option<Safety>,
    /// By the clock of the device that answered.
    #[ts(type = "number | null")]
    pub at: Option<Time>,
}

/// What this person has answered, as far as it is known: asked of the server once, and then known here.
#[derive(Debug, Default)]
pub(crate) struct Said(Mutex<BTreeMap<u64, Option<Safety>>>);

impl Said {
    fn held(&self) -> MutexGuard<'_, BTreeMap<u64, Option<Safety>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says how one is.
pub(crate) async fn answer(inside: &Inside, broadcast: u64, says: Safety) -> Result<()> {
    inside.client.answer_broadcast(broadcast, says).await?;
    inside.said.held().insert(broadcast, Some(says));
    Ok(())
}

/// Broadcasts that are not over, the latest first.
pub(crate) async fn broadcasts(inside: &Inside) -> Result<Vec<BroadcastView>> {
    let client = &inside.client;
    let open = client.broadcasts(false);
    let (looks_after, closes) = client.look(|replica| {
        let view = replica.registry().now();
        (view.asked_how_they_are(client.user()).nth(1).is_some(), view.is_operator(client.user()))
    });
    let mut views = Vec::with_capacity(open.len());
    for one in open {
        let known = inside.said.held().get(&one.seq).copied();
        let said = match known {
            Some(said) => said,
            // Offline it is not known yet.
            None => match client.how_people_are(one.seq).await {
                Ok(people) => {
                    let said = people.said.get(&client.user()).map(|answer| answer.says);
                    inside.said.held().insert(one.seq, said);
                    said
                }
                Err(_) => None,
            },
        };
        let (broadcast, time, drill, text) = (one.seq, one.time, one.drill, one.text);
        views.push(BroadcastView { broadcast, time, drill, text, said, looks_after, closes });
    }
    Ok(views)
}

/// How those are whom this person looks after: who needs help first, then who has said nothing.
pub(crate) async fn people(client: &Client, broadcast: u64) -> Result<Vec<SafetyView>> {
    let people = client.how_people_are(broadcast).await?;
    if people.forged > 0 {
        return Err(Code::NotAuthentic.into());
    }
    let users: Vec<_> = people.said.keys().chain(&people.silent).copied().collect();
    let names = People::of(client, users).await?;
    let said = people.said.iter().map(|(user, answer)| SafetyView {
        who: names.who(*user),
        says: Some(answer.says),
        at: Some(answer.at),
    });
    let silent = people.silent.iter().map(|user| SafetyView { who: names.who(*user), says: None, at: None });
    let mut all: Vec<SafetyView> = said.chain(silent).collect();
    all.sort_by_key(|one| match one.says {
        Some(Safety::NeedsHelp) => 0,
        None => 1,
        Some(Safety::Received) => 2,
        Some(Safety::Safe) => 3,
    });
    Ok(all)
}

/// Tells the whole district at once, as an operator.
pub(crate) async fn send(client: &Client, drill: bool, text: &str) -> Result<()> {
    client.broadcast(drill, Prose::new(text.trim()).map_err(|_| Code::BadInput)?).await?;
    Ok(())
}
