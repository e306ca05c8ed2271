//! The association's texts, and what people owe: the points to note (A10.1), reviews (A9.2), the duty of secrecy that goes
//! on after leaving (A9.1).

use renkei_policy::registry::a09_review::{Round, Stage};
use renkei_policy::registry::a10_notices::TextSince;
use renkei_policy::registry::duties;
use renkei_proto::act::{Act, RegistryAct, ReviewPlan};
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Answer, Op, Sidecar};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{GroupId, ReviewId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::Date;
use renkei_proto::wording::{TextKind, Wording};

use crate::Result;
use crate::client::Client;
use crate::replica::Replica;

/// What a person owes.
#[derive(Debug, Clone, Default)]
pub struct Owed {
    /// The points to note, not yet acknowledged in their present version.
    pub notice: Option<TextSince>,
    /// Review rounds that wait for the person.
    pub reviews: Vec<(Round, Stage)>,
}

impl Client {
    /// What this person owes now.
    pub fn owed(&self) -> Owed {
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let reviews = view.reviews_due(self.user()).map(|round| (round.clone(), round.stage(now))).collect();
            Owed { notice: view.notice_unread(self.user()).copied(), reviews }
        })
    }

    /// Whether what this person owes lets content be shown here.
    pub fn permit_content(&self) -> Result<()> {
        self.look(|replica| permit_content(replica, self.user()))
    }

    /// Whether what this person owes lets anything be done here.
    pub fn permit_effect(&self) -> Result<()> {
        let permitted =
            self.look(|replica| duties::permit_effect(replica.registry().now(), self.user(), replica.time()));
        permitted.map_err(|refusal| refusal.0.into())
    }

    /// Whether what this person owes lets one write in `group`: in an own inquiry to the Desk longer than elsewhere (A14.1).
    pub(crate) fn permit_writing(&self, group: GroupId) -> Result<()> {
        let own = |replica: &Replica| replica.group(group)?.group().map(|state| state.is_inquiry_of(self.user()));
        if self.look(own) == Some(true) { self.permit_content() } else { self.permit_effect() }
    }

    /// A text of the association that is published or proposed. What comes is what its hash names.
    pub async fn text(&self, text: Hash32) -> Result<Wording> {
        match self.inner.request(Op::Text { text }).await? {
            Answer::Text(wording) if wording.hash() == text => Ok(wording),
            Answer::Text(_) => Err(Code::NotAuthentic.into()),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// The present version of a text.
    pub fn present_text(&self, kind: TextKind) -> Result<TextSince> {
        let present = self.look(|replica| replica.registry().now().text(kind).copied());
        present.ok_or_else(|| Code::Unknown.into())
    }

    fn next_version(&self, kind: TextKind) -> u32 {
        self.look(|replica| replica.registry().now().text(kind).map_or(1, |since| since.version.saturating_add(1)))
    }

    /// Signs the next version of a text, as an operator of the Desk (A10.1). It is published with the second signature.
    pub async fn publish_text(&self, kind: TextKind, wording: Wording) -> Result<Accepted> {
        let act = RegistryAct::PublishText { kind, version: self.next_version(kind), text: wording.hash() };
        let _writing = self.inner.writing.lock().await;
        self.inner.settled(LogId::Registry).await?;
        let statement = self.inner.statement(LogId::Registry, Role::Operator, None, Act::Registry(act))?;
        self.inner.submit_by(&statement, |signed| Op::Publish { signed, text: wording }).await
    }

    /// Signs the text that a colleague has proposed: exactly the one of this hash, which was read.
    pub async fn confirm_text(&self, kind: TextKind, text: Hash32) -> Result<Accepted> {
        let act = RegistryAct::PublishText { kind, version: self.next_version(kind), text };
        self.registry_act(Role::Operator, act, Sidecar::default()).await
    }

    /// This person has read the points to note in this version (A10.1).
    pub async fn acknowledge_notice(&self, version: u32, text: Hash32) -> Result<Accepted> {
        let act = RegistryAct::AcknowledgeNotice { version, text };
        self.registry_act(Role::User, act, Sidecar::default()).await
    }

    /// Opens a review round: for one's own facility as its administrator, else as an operator of the Desk (A9.2).
    pub async fn open_review(&self, plan: ReviewPlan) -> Result<Accepted> {
        let role = self.review_role()?;
        self.registry_act(role, RegistryAct::OpenReview(plan), Sidecar::default()).await
    }

    /// Confirms the points of a round (A9.2).
    pub async fn confirm_review(&self, review: ReviewId, points: Hash32) -> Result<Accepted> {
        let act = RegistryAct::ConfirmReview { review, points };
        self.registry_act(Role::User, act, Sidecar::default()).await
    }

    /// Closes a round (A9.2).
    pub async fn close_review(&self, review: ReviewId) -> Result<Accepted> {
        let role = self.review_role()?;
        self.registry_act(role, RegistryAct::CloseReview { review }, Sidecar::default()).await
    }

    fn review_role(&self) -> Result<Role> {
        self.own_facility().map(|(_, role)| role)
    }

    /// This person knows that the duty of secrecy goes on after leaving (A9.1).
    pub async fn acknowledge_duty(&self) -> Result<Accepted> {
        self.registry_act(Role::User, RegistryAct::AcknowledgeDuty, Sidecar::default()).await
    }

    /// A person who leaves, or has left, was told so on that day (A9.1).
    pub async fn record_duty(&self, user: UserId, told_on: Date) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::RecordDuty { user, told_on }, Sidecar::default()).await
    }
}

/// Whether what `user` owes lets content be shown here.
pub(crate) fn permit_content(replica: &Replica, user: UserId) -> Result<()> {
    let permitted = duties::permit_content(replica.registry().now(), user, replica.time());
    permitted.map_err(|refusal| refusal.0.into())
}
