//! The contact window (A14.1): asking the Desk, and, as an operator, seeing to what was asked.
//!
//! An inquiry is a group: it is written in and read like one ([`Client::send`], [`Client::read`]). Here is what only it has.

use renkei_policy::group::By;
use renkei_policy::group::a14_inquiries::{InquiryState, REPLY_WAIT, Turn};
use renkei_proto::act::{Act, GroupAct, GroupKind, HistoryPolicy, InquiryEnd, SealedLabel};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Sidecar, boxes_root};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{GroupId, UserId};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::text::Line;
use renkei_proto::time::Time;
use renkei_sealing::boxes::Purpose;

use crate::client::Client;
use crate::groups::{devices_of, with_boxes};
use crate::incidents::Incident;
use crate::replica::Followed;
use crate::{Result, random};

/// An inquiry as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Which.
    pub group: GroupId,
    /// Who asked.
    pub asker: UserId,
    /// When.
    pub opened: Time,
    /// Where it stands.
    pub state: InquiryState,
    /// Whose turn it is.
    pub turn: Turn,
    /// The operator who sees to it.
    pub taken: Option<By>,
    /// Who closed it, and why.
    pub closed: Option<(By, InquiryEnd)>,
    /// When something was last written.
    pub written: Option<Time>,
    /// From when on the Desk may close it, as an answer got no reply.
    pub closable: Option<Time>,
    /// Of a report: what went wrong, and what was done about it (S5, S7).
    pub incident: Option<Incident>,
}

impl Client {
    /// Opens an inquiry with the Desk, and writes what is asked.
    pub async fn open_inquiry(&self, subject: Line<{ bounds::LABEL }>, text: &str) -> Result<GroupId> {
        let group = self.start_inquiry(subject).await?;
        self.send(group, text).await?;
        Ok(group)
    }

    /// Opens an inquiry in which nothing is written yet.
    pub async fn start_inquiry(&self, subject: Line<{ bounds::LABEL }>) -> Result<GroupId> {
        self.start_room(GroupKind::Inquiry, subject).await
    }

    /// Opens an inquiry, or a report of an incident.
    pub(crate) async fn start_room(&self, kind: GroupKind, subject: Line<{ bounds::LABEL }>) -> Result<GroupId> {
        self.inner.fresh(LogId::Registry).await?;
        let id = GroupId(random());
        let (desk, devices) = self.look(|replica| {
            let view = replica.registry().now();
            let own = view.user(self.user()).map(|person| person.facility);
            // To a report the own administrators see as well (S5).
            let sees_to = |user: UserId| {
                let own = own.is_some_and(|facility| view.is_administrator(user, facility));
                view.is_operator(user) || (kind == GroupKind::Incident && own)
            };
            let office = view.users().map(|(user, _)| user).filter(|user| *user != self.user() && sees_to(*user));
            let devices = devices_of(view, office.chain(std::iter::once(self.user())));
            (replica.registry().association().map(|association| association.desk), devices)
        });
        let originator = desk.ok_or(Code::NotFounded)?;
        let sealed = SealedLabel { salt: Hash32(random()), label: subject, release: None };
        let boxes = self.label_boxes(id, Purpose::GoverningLabel, &sealed, devices).await?;
        let act = GroupAct::Create {
            kind,
            originator,
            history: HistoryPolicy::All,
            creator_reads: true,
            label: boxes_root(&boxes).ok_or(Code::TooManyDevices)?,
            named: sealed.commitment(),
        };
        self.inner.with_vault(|vault| vault.contents.labels.insert(id, sealed))?;
        let sidecar = with_boxes(boxes);
        let created = self.submit_unchecked(LogId::Group(id), Role::User, None, Act::Group(act), sidecar).await;
        if created.is_err() {
            self.inner.with_vault(|vault| vault.contents.labels.remove(&id))?;
        }
        created?;
        self.inner.save()?;
        Ok(id)
    }

    /// The inquiries that this person reads: the own ones, and for an operator everybody's. What waits longest for the Desk
    /// comes first.
    pub fn inquiries(&self) -> Vec<Inquiry> {
        self.rooms(GroupKind::Inquiry)
    }

    /// Inquiries, or reports.
    pub(crate) fn rooms(&self, kind: GroupKind) -> Vec<Inquiry> {
        let mut all: Vec<Inquiry> = self.look(|replica| {
            let view = replica.registry().now();
            let followed = replica.groups().filter(|(_, followed)| !followed.ended());
            let row = |(group, followed): (GroupId, &Followed)| {
                let state = followed.group().filter(|state| state.kind() == kind && state.erased().is_none())?;
                let last = state.written().next_back();
                Some(Inquiry {
                    group,
                    asker: state.created().user,
                    opened: state.created().time,
                    state: state.inquiry_state(view)?,
                    turn: state.inquiry_turn(view),
                    taken: state.taken_by(view),
                    closed: state.inquiry_closed(),
                    written: last.and_then(|row| replica.time_of(LogId::Group(group), row.seq)),
                    closable: state.answer(view).map(|answered| answered.by.time.plus(REPLY_WAIT)),
                    incident: Incident::of(state),
                })
            };
            followed.filter_map(row).collect()
        });
        all.sort_by_key(|one| (one.turn, one.written.unwrap_or(one.opened), one.group));
        all
    }

    fn inquiry_role(&self, group: GroupId) -> Result<Role> {
        self.look(|replica| {
            let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
            // The server says what is missing.
            Ok(match state.is_inquiry_of(self.user()) {
                true => Role::User,
                false if state.is_incident() && !replica.registry().now().is_operator(self.user()) => {
                    Role::SnsAdministrator
                }
                false => Role::Operator,
            })
        })
    }

    pub(crate) async fn see_to(&self, group: GroupId, act: GroupAct) -> Result<Accepted> {
        let role = self.inquiry_role(group)?;
        self.submit_unchecked(LogId::Group(group), role, None, Act::Group(act), Sidecar::default()).await
    }

    /// Takes an inquiry, as an operator. Everybody who reads it sees who.
    pub async fn take_inquiry(&self, group: GroupId) -> Result<Accepted> {
        self.see_to(group, GroupAct::TakeInquiry).await
    }

    /// Writes an answer, and says that it is one.
    pub async fn answer_inquiry(&self, group: GroupId, text: &str) -> Result<Accepted> {
        let sent = self.send(group, text).await?;
        self.mark_answered(group, sent.head.size.saturating_sub(1)).await
    }

    /// Says that an own message is the answer.
    pub async fn mark_answered(&self, group: GroupId, message: u64) -> Result<Accepted> {
        self.see_to(group, GroupAct::AnswerInquiry { message }).await
    }

    /// Closes an inquiry.
    pub async fn close_inquiry(&self, group: GroupId, reason: InquiryEnd) -> Result<Accepted> {
        self.see_to(group, GroupAct::CloseInquiry { reason }).await
    }

    /// Why this person would close it, unless something else is said: who asked, as it is settled; an operator, as no reply
    /// came, or nobody is there who could give one.
    pub fn usual_end(&self, group: GroupId) -> Result<InquiryEnd> {
        self.look(|replica| {
            let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
            let there = replica.registry().now().holds_id(state.created().user);
            Ok(match (state.is_inquiry_of(self.user()), there) {
                (true, _) => InquiryEnd::Settled,
                // A report does not run out: it is settled, or goes on (S7).
                (false, _) if state.is_incident() => InquiryEnd::Settled,
                (false, true) => InquiryEnd::NoReply,
                (false, false) => InquiryEnd::AskerGone,
            })
        })
    }

    /// Opens a closed inquiry again.
    pub async fn reopen_inquiry(&self, group: GroupId) -> Result<Accepted> {
        self.see_to(group, GroupAct::ReopenInquiry).await
    }
}
