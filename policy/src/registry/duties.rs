//! What people owe before they go on: the points to note (A10.1) and an overdue review (A9.2).
//!
//! A person who owes something may always do what ends it, and what protects at once. Everybody checks this of every entry:
//! the server when it decides, clients when they verify.

use std::collections::BTreeMap;

use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::statement::{Actor, Statement};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::a09_leaving::Farewell;
use super::a09_review::{Round, Stage};
use super::a10_notices::{Acknowledged, TextProposal, TextSince};
use super::a15_training::Training;
use super::{Seq, View};
use crate::{Refusal, require};

/// What the registry knows of duties.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Duties {
    /// Published texts, in order.
    pub(super) texts: Vec<TextSince>,
    /// Texts that wait for a second signature.
    pub(super) proposed: Vec<TextProposal>,
    /// Who has read which versions of the points to note.
    pub(super) read: BTreeMap<UserId, Vec<Acknowledged>>,
    /// Rounds of each facility, and with none of everybody, in order.
    pub(super) reviews: BTreeMap<Option<FacilityId>, Vec<Round>>,
    /// Who knows that the duty of secrecy goes on.
    pub(super) farewells: BTreeMap<UserId, Vec<(Seq, Farewell)>>,
    /// Training rounds, in order.
    pub(super) trainings: Vec<Training>,
}

/// Whether what `user` owes lets through what stops at `stage` of a review.
fn permit_before(view: View<'_>, user: UserId, time: Time, stage: Stage) -> Result<(), Refusal> {
    require(view.notice_unread(user).is_none(), Code::NoticeUnread)?;
    require(view.review_stage(user, time).is_none_or(|reached| reached < stage), Code::ReviewOverdue)
}

/// Whether `user` may be shown content at `time`.
pub fn permit_content(view: View<'_>, user: UserId, time: Time) -> Result<(), Refusal> {
    permit_before(view, user, time, Stage::Locked)
}

/// Whether what `user` asks for may have an effect at `time`.
pub fn permit_effect(view: View<'_>, user: UserId, time: Time) -> Result<(), Refusal> {
    permit_before(view, user, time, Stage::Restricted)
}

/// Whether the person behind `statement` may go on with it at `time`. Whoever may not act at all gets another answer, and
/// not here. `eased` lets through what a person who only reads may do as well: ask the Desk (A14.1).
pub(crate) fn permit(view: View<'_>, statement: &Statement, time: Time, eased: bool) -> Result<(), Refusal> {
    let Actor::Device { user, device } = statement.actor else { return Ok(()) };
    if ends_a_duty_or_protects(&statement.act) || view.may_act(user, device).is_err() {
        return Ok(());
    }
    if eased || done_by_devices(&statement.act) {
        return permit_content(view, user, time);
    }
    permit_effect(view, user, time)
}

fn ends_a_duty_or_protects(act: &Act) -> bool {
    matches!(
        act,
        Act::Group(GroupAct::Halt | GroupAct::Acknowledge { .. })
            | Act::Registry(
                RegistryAct::AcknowledgeNotice { .. }
                    | RegistryAct::ConfirmReview { .. }
                    | RegistryAct::AcknowledgeDuty
                    | RegistryAct::WipeDevice { .. }
                    | RegistryAct::RetireDevice { .. }
                    | RegistryAct::SuspendDevice { .. }
                    | RegistryAct::SuspendUser { .. }
                    | RegistryAct::SuspendFacility { .. }
                    | RegistryAct::RevokeTakeout { .. }
                    | RegistryAct::WithdrawAnnouncement { .. }
                    | RegistryAct::Broadcast { .. }
                    | RegistryAct::CloseBroadcast { .. }
            )
    )
}

/// What a device does by itself, so that its person and others can read.
fn done_by_devices(act: &Act) -> bool {
    match act {
        Act::Epoch(_) | Act::History(_) | Act::Seen { .. } => true,
        Act::Group(act) => {
            matches!(
                act,
                GroupAct::HandOnLabel { .. } | GroupAct::HandOnDetails { .. } | GroupAct::ReportMissing { .. }
            )
        }
        Act::Registry(act) => {
            matches!(act, RegistryAct::RotateSealing { .. } | RegistryAct::HandOnFormScan { .. })
        }
        Act::Message(_) | Act::Post(_) | Act::Amend(_) | Act::Card(_) | Act::CardKey(_) => false,
    }
}
