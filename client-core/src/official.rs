//! Accounts that speak officially: named and withdrawn by the Desk, known to everybody (S8).

use renkei_policy::registry::View;
use renkei_proto::act::{OfficialAccount, RegistryAct, SpeaksFor};
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::UserId;
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::Time;

use crate::Result;
use crate::client::Client;
use crate::replica::Replica;

impl Client {
    /// Signs that an account speaks officially, as an operator of the Desk. It is listed with the second signature.
    pub async fn name_official(&self, account: OfficialAccount) -> Result<Accepted> {
        self.registry_act(Role::Operator, RegistryAct::NameOfficial(account), Sidecar::default()).await
    }

    /// Signs that it does not any more, likewise.
    pub async fn withdraw_official(&self, user: UserId) -> Result<Accepted> {
        self.registry_act(Role::Operator, RegistryAct::WithdrawOfficial { user }, Sidecar::default()).await
    }
}

/// In whose name `user` speaks officially in `view`, if so: the name to show in the mark.
pub fn in_whose_name(view: View<'_>, user: UserId) -> Option<String> {
    let account = &view.official(user)?.account;
    match account.speaks_for {
        SpeaksFor::Association => view.association().map(|association| association.name.clone()),
        SpeaksFor::Facility => view.facility(view.user(user)?.facility).map(|facility| facility.name.clone()),
    }
}

/// In whose name the words of `user` were official, if so: of a message that was corrected, when it was written and when it
/// was corrected. What was changed after a withdrawal is nobody's official word.
pub fn official_throughout(replica: &Replica, user: UserId, written: Time, corrected: Option<Time>) -> Option<String> {
    let whose = |time| in_whose_name(replica.registry_then(time), user);
    let first = whose(written)?;
    corrected.is_none_or(|time| whose(time).as_ref() == Some(&first)).then_some(first)
}

impl Replica {
    /// The registry as it was at `time`: what was written then is marked as it was then.
    pub fn registry_then(&self, time: Time) -> View<'_> {
        let registry = self.registry();
        let (mut low, mut high) = (0, registry.size());
        while low < high {
            let middle = low + (high - low) / 2;
            // What is not known to be earlier counts as later.
            if self.time_of(LogId::Registry, middle).is_some_and(|at| at <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        registry.at(low).unwrap_or_else(|| registry.now())
    }
}
