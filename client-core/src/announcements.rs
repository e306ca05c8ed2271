//! Announcements in the name of a facility, or of the association (S4): drafted, checked, published, withdrawn.

use renkei_policy::registry::s4_announcements::Announcement;
use renkei_proto::act::{Act, Draft, RegistryAct};
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Op, Sidecar};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{AnnouncementId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::wording::Wording;

use crate::client::Client;
use crate::{Result, random};

impl Client {
    /// The announcement of this name, if this person may read it.
    pub fn announcement(&self, id: AnnouncementId) -> Result<Announcement> {
        let found = self.look(|replica| {
            let view = replica.registry().now();
            view.announcement(id).filter(|one| view.reads_announcement(self.user(), one)).cloned()
        });
        found.ok_or_else(|| Code::Unknown.into())
    }

    /// Drafts an announcement in the name of one's facility; as an operator of the Desk in the association's. Of `again`, an
    /// own draft, the text is replaced: all checks begin anew.
    pub async fn draft_announcement(
        &self,
        again: Option<AnnouncementId>,
        wording: Wording,
        checkers: Vec<UserId>,
    ) -> Result<AnnouncementId> {
        let facility = self.standing(|standing| standing.facility)?;
        let desk = self.look(|replica| replica.registry().now().is_desk(facility));
        let announcement = again.unwrap_or_else(|| AnnouncementId(random()));
        let checkers = List::new(checkers).map_err(|_| Code::TooLarge)?;
        let draft = Draft { announcement, facility: (!desk).then_some(facility), text: wording.hash(), checkers };
        let act = Act::Registry(RegistryAct::DraftAnnouncement(draft));
        let role = if desk { Role::Operator } else { Role::User };
        let _writing = self.inner.writing.lock().await;
        self.inner.settled(LogId::Registry).await?;
        let statement = self.inner.statement(LogId::Registry, role, None, act)?;
        self.inner.submit_by(&statement, |signed| Op::Publish { signed, text: wording }).await?;
        Ok(announcement)
    }

    /// This person has read the text of this hash, and approves of it or objects.
    pub async fn check_announcement(
        &self,
        announcement: AnnouncementId,
        text: Hash32,
        approve: bool,
    ) -> Result<Accepted> {
        let act = RegistryAct::CheckAnnouncement { announcement, text, approve };
        self.registry_act(Role::User, act, Sidecar::default()).await
    }

    /// Publishes exactly the text of this hash, as a superior.
    pub async fn publish_announcement(&self, announcement: AnnouncementId, text: Hash32) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        let act = RegistryAct::PublishAnnouncement { announcement, text };
        self.registry_act(self.superior_role(role)?, act, Sidecar::default()).await
    }

    /// Gives an own draft up, or withdraws an announcement as a superior.
    pub async fn withdraw_announcement(&self, announcement: AnnouncementId) -> Result<Accepted> {
        // The Desk withdraws what it does not read.
        let known = self.look(|replica| replica.registry().now().announcement(announcement).cloned());
        let one = known.ok_or(Code::Unknown)?;
        let (_, role) = self.own_facility()?;
        let own = one.author == self.user() && one.published.is_none() && role != Role::Operator;
        let role = if own { Role::User } else { self.superior_role(role)? };
        self.registry_act(role, RegistryAct::WithdrawAnnouncement { announcement }, Sidecar::default()).await
    }

    /// The manager of a facility is a superior too, also who is no SNS administrator.
    fn superior_role(&self, role: Role) -> Result<Role> {
        let facility = self.standing(|standing| standing.facility)?;
        let manages = self.look(|replica| {
            let view = replica.registry().now();
            view.manager(facility) == Some(self.user()) && !view.is_administrator(self.user(), facility)
        });
        Ok(if manages { Role::FacilityManager } else { role })
    }
}
