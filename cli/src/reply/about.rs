//! What a person is about to do, to be looked at first. Nothing in it changes by itself: what is answered is what was shown.

use renkei_client_core::policy::s2_identifying::Kind;
use renkei_client_core::proto::act::{ConsentBy, GroupKind};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, GroupId, SessionId};
use renkei_client_core::proto::time::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{DelegationRow, InvitationRow, Where, Who};

/// A group by its name, kind and originator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NamedGroup {
    pub(crate) group: GroupId,
    pub(crate) label: Option<String>,
    pub(crate) group_kind: GroupKind,
    pub(crate) originator: Where,
}

/// Words of a text that tell who somebody is (S2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identified {
    pub(crate) kind: Kind,
    pub(crate) words: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub(crate) enum About {
    Invitation { approve: bool, of: NamedGroup, invitation: Box<InvitationRow> },
    WithdrawConsent { of: NamedGroup, by: ConsentBy, on: Date, scan: Hash32 },
    LiftFreeze { of: NamedGroup, on: Date, scan: Hash32 },
    Retract { of: NamedGroup, seq: u64, time: Time, author: Who, text: Option<String>, unreadable: Option<Code> },
    DismissAdministrator { who: Who },
    ForbidDownloads { of: NamedGroup },
    EndSession { who: Who, session: SessionId, device: DeviceId, since: Time, here: bool },
    RecoveryCodes { who: Who },
    Delegate { delegation: DelegationRow },
    Identifying { of: Option<NamedGroup>, identifying: Vec<Identified> },
}
