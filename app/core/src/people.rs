//! People as they are shown: by name, profession and facility, always together (A4.2: who acts, and for whom).

use std::collections::{BTreeMap, BTreeSet};

use renkei_client_core::client::Client;
use renkei_client_core::official::in_whose_name;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::act::Profession;
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::statement::ActingFor;
use serde::Serialize;
use ts_rs::TS;

use crate::Result;

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// The person's ID.
    #[ts(type = "string")]
    pub user: UserId,
    /// Nothing where the name can't be had now.
    pub name: Option<String>,
    /// What the person does, as the words for it are named.
    #[ts(type = "string | null")]
    pub profession: Option<Profession>,
    /// Where the person works.
    pub facility: Option<String>,
    /// Whether it is the person who looks.
    pub me: bool,
    /// In whose name the account speaks, where it is an official one: from the registry, never from the name (S8).
    pub official: Option<String>,
    /// The facility for which the Desk acts here, where it does.
    pub acting_for: Option<String>,
}

/// Names for a screen.
#[derive(Debug)]
pub(crate) struct People {
    known: BTreeMap<UserId, Who>,
    me: UserId,
}

impl People {
    /// Asks for the names of `users`; offline, or where a name may not be seen, the rest comes without it.
    pub(crate) async fn of(client: &Client, users: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let users: Vec<UserId> = users.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let names = match client.names(&users).await {
            Ok(names) => names,
            Err(fault) if fault.code.class() == Class::Later => Vec::new(),
            // Names are content: who owes something first sees the rest without them.
            Err(fault) if matches!(fault.code, Code::NoticeUnread | Code::ReviewOverdue) => Vec::new(),
            Err(fault) => return Err(fault.into()),
        };
        let mut names: BTreeMap<UserId, String> =
            names.into_iter().map(|(user, details)| (user, details.name.to_string())).collect();
        let me = client.user();
        let known = client.look(|replica| {
            let view = replica.registry().now();
            users.iter().map(|user| (*user, who(view, *user, names.remove(user), me))).collect()
        });
        Ok(Self { known, me })
    }

    pub(crate) fn who(&self, user: UserId) -> Who {
        let nobody = || Who {
            user,
            name: None,
            profession: None,
            facility: None,
            me: user == self.me,
            official: None,
            acting_for: None,
        };
        self.known.get(&user).cloned().unwrap_or_else(nobody)
    }

    /// Somebody who did something, perhaps for another facility.
    pub(crate) fn actor(&self, view: View<'_>, user: UserId, acting_for: Option<ActingFor>) -> Who {
        let facility = acting_for.and_then(|acting| view.facility(acting.facility));
        Who { acting_for: facility.map(|facility| facility.name.clone()), ..self.who(user) }
    }
}

fn who(view: View<'_>, user: UserId, name: Option<String>, me: UserId) -> Who {
    let person = view.user(user);
    let facility = person.and_then(|person| view.facility(person.facility));
    Who {
        user,
        name,
        profession: person.map(|person| person.profession),
        facility: facility.map(|facility| facility.name.clone()),
        me: user == me,
        official: in_whose_name(view, user),
        acting_for: None,
    }
}
