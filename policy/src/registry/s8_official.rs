//! Row S8: the accounts that speak officially are listed, with who stands behind them.
//!
//! Two operators of the Desk sign that an existing account speaks in the name of the association, or of its own facility,
//! what for, and who answers for it. Two sign other words, and two withdraw it. All that is the Desk's alone: the list is the
//! association's word to the whole district, so that it is one list, and it takes the two who also admit facilities. A
//! facility that wants an account listed asks the Desk, as it asks for everything else; a way of its own would still need
//! both of them. What can't wait needs no withdrawal: who is suspended says nothing, by one signature (A12.4).
//!
//! An account is official while its person holds the ID, the facility is admitted, and somebody who answers for it still
//! is there. So it ends by itself, with nobody left to remember. What was listed stays on record with its dates.
//!
//! The mark beside a name comes from here and never from the name, which may say anything.

use std::collections::BTreeMap;

use renkei_proto::act::{OfficialAccount, SpeaksFor};
use renkei_proto::code::Code;
use renkei_proto::id::UserId;
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::{Period, Registry, Seq, View, desk_voices};
use crate::{Refusal, require};

/// Who signed: an entry and its author. None is the root.
pub type Voice = (Seq, Option<UserId>);

/// What the registry knows of official accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Officials {
    /// All that were ever listed, in order.
    listed: Vec<Official>,
    /// What waits for a second signature, one for each account.
    changes: BTreeMap<UserId, Change>,
}

/// An account as it was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// Its words.
    pub account: OfficialAccount,
    /// From the entry that listed it to the one that withdrew it, or listed it in other words.
    pub period: Period,
    /// When it was listed.
    pub since: Time,
    /// By whom.
    pub by: Vec<Voice>,
    /// When it was withdrawn or got other words.
    pub until: Option<Time>,
    /// By whom.
    pub ended_by: Vec<Voice>,
}

/// What some have signed and is not in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The words; none where it is to be withdrawn.
    pub account: Option<OfficialAccount>,
    /// Who signed so far.
    pub by: Vec<Voice>,
}

impl<'r> View<'r> {
    /// Every account that was ever listed, in order.
    pub fn officials(self) -> impl DoubleEndedIterator<Item = &'r Official> {
        self.registry.officials.listed.iter().filter(move |one| one.period.from < self.size)
    }

    /// As what `user` speaks officially, if so.
    pub fn official(self, user: UserId) -> Option<&'r Official> {
        self.officials().rev().find(|one| one.account.user == user).filter(|one| self.speaks(one))
    }

    /// Whether what was listed is in force: neither withdrawn nor replaced, and the account and somebody who answers for it
    /// are still there.
    pub fn speaks(self, official: &Official) -> bool {
        official.period.holds(self.size)
            && self.holds_id(official.account.user)
            && official.account.responsible.as_slice().iter().any(|user| self.holds_id(*user))
    }

    /// What waits for a second signature, by account.
    pub fn official_changes(self) -> impl Iterator<Item = (UserId, &'r Change)> {
        self.registry.officials.changes.iter().map(|(user, change)| (*user, change))
    }

    /// Whether `user` stands in the list: as an account, as somebody who answers for one, or as one who listed it.
    pub fn in_official_list(self, user: UserId) -> bool {
        let names = |one: &Official| {
            one.account.user == user
                || one.account.responsible.as_slice().contains(&user)
                || one.by.iter().any(|(_, by)| *by == Some(user))
        };
        self.officials().any(|one| names(one) && self.speaks(one))
    }
}

fn require_second(
    view: View<'_>,
    user: UserId,
    account: Option<&OfficialAccount>,
    by: Option<UserId>,
) -> Result<(), Refusal> {
    let change = view.registry.officials.changes.get(&user).filter(|change| change.account.as_ref() == account);
    let signed = change.map_or(&[][..], |change| &change.by);
    desk_voices::require_voice(view, signed.iter().map(|&(_, other)| other), by)
}

pub(super) fn permit_naming(view: View<'_>, statement: &Statement, account: &OfficialAccount) -> Result<(), Refusal> {
    let by = desk_voices::speaker(view, statement)?;
    let facility = view.require_active_user(account.user)?.facility;
    let responsible = account.responsible.as_slice();
    // Nobody is official without somebody who answers for it.
    require(!responsible.is_empty(), Code::Unknown)?;
    for (at, user) in responsible.iter().enumerate() {
        require(!responsible.iter().take(at).any(|before| before == user), Code::AlreadyExists)?;
        let person = view.require_active_user(*user)?;
        // What a facility says is answered for by its own people.
        let of_it = account.speaks_for == SpeaksFor::Association || person.facility == facility;
        require(of_it, Code::WrongRole)?;
    }
    require(view.official(account.user).is_none_or(|present| present.account != *account), Code::NothingToDo)?;
    require_second(view, account.user, Some(account), by)
}

pub(super) fn permit_withdrawal(view: View<'_>, statement: &Statement, user: UserId) -> Result<(), Refusal> {
    let by = desk_voices::speaker(view, statement)?;
    view.user(user).ok_or(Code::Unknown)?;
    require(view.official(user).is_some(), Code::NothingToDo)?;
    require_second(view, user, None, by)
}

impl Registry {
    pub(super) fn fold_official(
        &mut self,
        (seq, time): (Seq, Time),
        actor: Option<UserId>,
        user: UserId,
        account: Option<OfficialAccount>,
    ) {
        // Other words take the place of those that were proposed before.
        let before = self.officials.changes.remove(&user).filter(|change| change.account == account);
        let mut change = before.unwrap_or_else(|| Change { account, by: Vec::new() });
        change.by.push((seq, actor));
        if !desk_voices::enough(self.now(), change.by.iter().map(|&(_, by)| by)) {
            self.officials.changes.insert(user, change);
            return;
        }
        let Change { account, by } = change;
        let open = |one: &&mut Official| one.account.user == user && one.period.until.is_none();
        for one in self.officials.listed.iter_mut().filter(open) {
            one.period.until = Some(seq);
            one.until = Some(time);
            one.ended_by.clone_from(&by);
        }
        if let Some(account) = account {
            let period = Period::starting(seq);
            self.officials.listed.push(Official {
                account,
                period,
                since: time,
                by,
                until: None,
                ended_by: Vec::new(),
            });
        }
    }
}
