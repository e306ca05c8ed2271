//! Something went wrong (S5, S7): reporting it, seeing to it, and halting a group.
//!
//! A report is a room like an inquiry ([`crate::inquiries`]): taken, answered, closed and reopened likewise. Here is what only it
//! has.

use renkei_policy::group::s5_incidents::{Recorded, Stated};
use renkei_policy::group::{By, Group};
use renkei_proto::act::{GroupAct, GroupKind, IncidentKind, Measure, MessageRef};
use renkei_proto::bounds;
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::GroupId;
use renkei_proto::text::Line;
use renkei_proto::time::{Date, Time};

use crate::Result;
use crate::client::Client;
use crate::inquiries::Inquiry;
use crate::replica::Followed;

/// What went wrong, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What went wrong, as it was said last; none before anything was said.
    pub stated: Option<Stated>,
    /// What was done, as far as it is on record.
    pub measures: Vec<(Measure, Recorded)>,
    /// What has to be on record yet before the report can be closed.
    pub missing: Vec<Measure>,
}

impl Incident {
    pub(crate) fn of(state: &Group) -> Option<Self> {
        state.is_incident().then(|| Self {
            stated: state.incident(),
            measures: state.measures().collect(),
            missing: state.measures_missing().collect(),
        })
    }
}

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// Of which kind.
    pub kind: IncidentKind,
    /// The message that it is about, where there is one.
    pub about: Option<MessageRef>,
    /// When it was noticed.
    pub noticed: Time,
}

impl Client {
    /// Reports that something went wrong, to the SNS administrators of the own facility and to the Desk, and says what.
    pub async fn report_incident(&self, subject: Line<{ bounds::LABEL }>, wrong: Wrong, text: &str) -> Result<GroupId> {
        let room = self.start_room(GroupKind::Incident, subject).await?;
        self.state_incident(room, wrong).await?;
        self.send(room, text).await?;
        Ok(room)
    }

    /// The reports that this person reads: the own ones; an administrator's colleagues'; an operator's, everybody's. What waits
    /// longest for whoever sees to it comes first.
    pub fn incidents(&self) -> Vec<Inquiry> {
        self.rooms(GroupKind::Incident)
    }

    /// Says what went wrong, or says it better.
    pub async fn state_incident(&self, room: GroupId, wrong: Wrong) -> Result<Accepted> {
        let Wrong { kind, about, noticed } = wrong;
        self.see_to(room, GroupAct::StateIncident { kind, about, noticed }).await
    }

    /// Records what was done on a day about what went wrong, or that it was found not to be needed.
    pub async fn record_measure(&self, room: GroupId, measure: Measure, done: bool, on: Date) -> Result<Accepted> {
        self.see_to(room, GroupAct::RecordMeasure { measure, done, on }).await
    }

    /// Halts a group: nothing is written in it, and nothing of it is handed out, until it goes on.
    pub async fn halt_group(&self, group: GroupId) -> Result<Accepted> {
        self.govern(group, GroupAct::Halt, Sidecar::default()).await
    }

    /// Lets a halted group go on.
    pub async fn resume_group(&self, group: GroupId) -> Result<Accepted> {
        self.govern(group, GroupAct::Resume, Sidecar::default()).await
    }

    /// Who halted the group, while it is halted.
    pub fn halted(&self, group: GroupId) -> Option<By> {
        self.look(|replica| replica.group(group).and_then(Followed::group)?.halted())
    }
}
