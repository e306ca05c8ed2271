//! Deputies of the SNS administrators: named for a time, ended before it (A8.3).

use renkei_proto::act::RegistryAct;
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::UserId;
use renkei_proto::statement::Role;
use renkei_proto::time::Time;

use crate::Result;
use crate::client::Client;

impl Client {
    /// Names a colleague who does for a time what waits for nobody: as an SNS administrator, or as the facility manager.
    pub async fn name_deputy(&self, user: UserId, from: Time, until: Time) -> Result<Accepted> {
        let role = self.principal()?;
        self.registry_act(role, RegistryAct::NameDeputy { user, from, until }, Sidecar::default()).await
    }

    /// Ends that before its time; one's own too.
    pub async fn end_deputy(&self, user: UserId) -> Result<Accepted> {
        let role = if user == self.user() { Role::User } else { self.principal()? };
        self.registry_act(role, RegistryAct::EndDeputy { user }, Sidecar::default()).await
    }

    /// A manager who is no administrator acts as the manager.
    pub(crate) fn principal(&self) -> Result<Role> {
        let (facility, role) = self.own_facility()?;
        let manages = self.look(|replica| {
            let view = replica.registry().now();
            view.manager(facility) == Some(self.user()) && !view.is_administrator(self.user(), facility)
        });
        Ok(if manages { Role::FacilityManager } else { role })
    }
}
