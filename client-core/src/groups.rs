//! What those who govern a group do: create, record consent, invite, approve, remove, close.

use std::collections::BTreeSet;

use renkei_policy::registry::View;
use renkei_proto::act::{Act, ConsentBy, GroupAct, GroupKind, HistoryPolicy, PatientConsent};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Accepted, Boxes, Sidecar, boxes_root};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::{ActingFor, LogId, Role};
use renkei_proto::text::Line;
use renkei_proto::time::Date;
use renkei_sealing::boxes::Purpose;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::{Result, now, random};

/// A new group.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// About what.
    pub kind: GroupKind,
    /// What its members call it: "見本 花子さん". Sealed.
    pub label: Line<{ bounds::LABEL }>,
    /// What newcomers may read.
    pub history: HistoryPolicy,
    /// For which facility the Desk opens it; none for one's own.
    pub acting_for: Option<FacilityId>,
    /// Whether the person who opens it reads it.
    pub creator_reads: bool,
}

/// Form 3 as it is recorded.
#[derive(Debug, Clone)]
pub struct ConsentForm {
    /// Who consented.
    pub by: ConsentBy,
    /// The day on the paper.
    pub signed_on: Date,
    /// The day on which the other copy was handed over.
    pub copy_given_on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
    /// Names on the form: sealed.
    pub names: ConsentNames,
}

/// The sealed part of Form 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentNames {
    /// Who signed.
    pub name: Line<{ bounds::NAME }>,
    /// The relation to the patient, where it was not the patient.
    pub relation: Option<Line<{ bounds::NAME }>>,
}

/// The active devices of everybody who governs groups of `originator`, and of the Desk where it acts.
fn governing_devices(view: View<'_>, originator: FacilityId, desk: bool) -> Vec<DeviceId> {
    let governs = |user: UserId| {
        view.is_administrator(user, originator)
            || view.is_group_manager(user, originator)
            || (desk && view.is_operator(user))
    };
    devices_of(view, view.users().map(|(id, _)| id).filter(|id| governs(*id)))
}

fn devices_of(view: View<'_>, users: impl Iterator<Item = UserId>) -> Vec<DeviceId> {
    let users: BTreeSet<UserId> = users.collect();
    let devices: BTreeSet<DeviceId> =
        users.iter().flat_map(|user| view.active_devices(*user)).map(|(device, _)| device).collect();
    devices.into_iter().take(bounds::ROSTER_DEVICES).collect()
}

fn with_boxes(boxes: Boxes) -> Sidecar {
    Sidecar { boxes: Some(boxes), ..Sidecar::default() }
}

impl Client {
    /// In which role, and for whom, this person governs groups of `originator`.
    fn governing(&self, originator: FacilityId, group: Option<GroupId>) -> Result<(Role, Option<ActingFor>)> {
        self.look(|replica| {
            let view = replica.registry().now();
            let me = self.user();
            if view.is_desk(originator) && view.is_operator(me) {
                return Ok((Role::Operator, None));
            }
            if view.is_administrator(me, originator) {
                return Ok((Role::SnsAdministrator, None));
            }
            if view.is_group_manager(me, originator) {
                return Ok((Role::GroupManager, None));
            }
            if view.is_operator(me) {
                let delegation = best_delegation(view, originator, group).ok_or(Code::DelegationMissing)?;
                return Ok((Role::Operator, Some(ActingFor { facility: originator, delegation })));
            }
            // The server says what is missing.
            Ok((Role::User, None))
        })
    }

    fn originator(&self, group: GroupId) -> Result<FacilityId> {
        self.look(|replica| {
            let state = replica.group(group).and_then(|followed| followed.group());
            state.map(renkei_policy::group::Group::originator).ok_or_else(|| Code::Unknown.into())
        })
    }

    async fn govern(&self, group: GroupId, act: GroupAct, sidecar: Sidecar) -> Result<Accepted> {
        let (role, acting_for) = self.governing(self.originator(group)?, Some(group))?;
        self.submit_unchecked(LogId::Group(group), role, acting_for, Act::Group(act), sidecar).await
    }

    /// Opens a group (A4.1, A4.2, A5.1).
    pub async fn create_group(&self, new: NewGroup) -> Result<GroupId> {
        let id = GroupId(random());
        let originator = match new.acting_for {
            Some(facility) => facility,
            None => self.standing(|standing| standing.facility)?,
        };
        let (role, acting_for) = self.governing(originator, None)?;
        let devices =
            self.look(|replica| governing_devices(replica.registry().now(), originator, acting_for.is_some()));
        let boxes = self.label_boxes(id, Purpose::GoverningLabel, &new.label, devices).await?;
        let label = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let act = GroupAct::Create {
            kind: new.kind,
            originator,
            history: new.history,
            creator_reads: new.creator_reads,
            label,
        };
        self.inner.with_vault(|vault| vault.contents.labels.insert(id, new.label.clone()))?;
        let created =
            self.submit_unchecked(LogId::Group(id), role, acting_for, Act::Group(act), with_boxes(boxes)).await;
        if created.is_err() {
            self.inner.with_vault(|vault| vault.contents.labels.remove(&id))?;
        }
        created?;
        self.inner.save()?;
        Ok(id)
    }

    async fn label_boxes(
        &self,
        group: GroupId,
        purpose: Purpose,
        label: &Line<{ bounds::LABEL }>,
        devices: Vec<DeviceId>,
    ) -> Result<Boxes> {
        self.inner.seal_boxes(group, purpose, label.as_str().as_bytes(), &devices).await
    }

    /// Records Form 3 (A6.1).
    pub async fn record_consent(&self, group: GroupId, form: ConsentForm) -> Result<Accepted> {
        let originator = self.originator(group)?;
        let (_, acting_for) = self.governing(originator, Some(group))?;
        let devices =
            self.look(|replica| governing_devices(replica.registry().now(), originator, acting_for.is_some()));
        let payload = codec::encode(&form.names);
        let boxes = self.inner.seal_boxes(group, Purpose::ConsentDetails, &payload, &devices).await?;
        let consent = PatientConsent {
            by: form.by,
            signed_on: form.signed_on,
            copy_given_on: form.copy_given_on,
            scan: form.scan,
            details: boxes_root(&boxes).ok_or(Code::TooManyDevices)?,
        };
        self.govern(group, GroupAct::RecordConsent(consent), with_boxes(boxes)).await
    }

    /// Invites a person (A5.2). The person's own administrator decides.
    pub async fn invite(&self, group: GroupId, user: UserId) -> Result<InvitationId> {
        self.inner.fetch_keys(group).await?;
        let label = self.label(group).ok_or(Code::KeyAwaited)?;
        let invitation = InvitationId(random());
        let devices = self.look(|replica| {
            let view = replica.registry().now();
            let facility = view.user(user).map(|person| person.facility);
            let deciding = facility.into_iter().flat_map(|facility| view.administrators(facility));
            devices_of(view, deciding.chain([user]))
        });
        let boxes = self.label_boxes(group, Purpose::InvitationLabel { invitation }, &label, devices).await?;
        let root = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        self.govern(group, GroupAct::Invite { invitation, user, label: root }, with_boxes(boxes)).await?;
        Ok(invitation)
    }

    /// Takes an open invitation back.
    pub async fn withdraw(&self, group: GroupId, invitation: InvitationId) -> Result<Accepted> {
        self.govern(group, GroupAct::Withdraw { invitation }, Sidecar::default()).await
    }

    /// Removes a member, as the originator or as the member's own administrator (A5.2).
    pub async fn remove(&self, group: GroupId, user: UserId) -> Result<Accepted> {
        let (role, acting_for) = self.removing(group, user)?;
        let act = Act::Group(GroupAct::Remove { user });
        self.submit_unchecked(LogId::Group(group), role, acting_for, act, Sidecar::default()).await
    }

    fn removing(&self, group: GroupId, user: UserId) -> Result<(Role, Option<ActingFor>)> {
        let own = self.look(|replica| {
            let view = replica.registry().now();
            let facility = view.user(user).map(|person| person.facility)?;
            let role = if view.is_desk(facility) { Role::Operator } else { Role::SnsAdministrator };
            view.is_administrator(self.user(), facility).then_some(role)
        });
        match own {
            Some(role) => Ok((role, None)),
            None => self.governing(self.originator(group)?, Some(group)),
        }
    }

    /// Hands the labels of the facility's groups on to everybody who governs them now, after somebody new does: an
    /// administrator, a device, the Desk. Best effort: what fails here is handed on with the next such change.
    pub(crate) async fn hand_on_labels(&self) {
        let Ok(facility) = self.standing(|standing| standing.facility) else { return };
        let groups: Vec<GroupId> = self.look(|replica| {
            let own = |followed: &crate::replica::Followed| {
                followed.group().is_some_and(|group| group.originator() == facility)
            };
            replica.groups().filter(|(_, followed)| own(followed) && !followed.ended()).map(|(id, _)| id).collect()
        });
        for group in groups {
            if let Err(error) = self.hand_on_label(group, facility).await {
                tracing::debug!(%group, %error, "the label was not handed on");
            }
        }
    }

    async fn hand_on_label(&self, group: GroupId, originator: FacilityId) -> Result<()> {
        let label = self.label(group).ok_or(Code::KeyAwaited)?;
        let devices = self.look(|replica| {
            let view = replica.registry().now();
            let time = replica.time();
            let desk = view.delegations().any(|(id, _)| view.delegation(id, originator, group, time).is_ok());
            governing_devices(view, originator, desk)
        });
        let boxes = self.label_boxes(group, Purpose::GoverningLabel, &label, devices).await?;
        let label = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        self.govern(group, GroupAct::HandOnLabel { label }, with_boxes(boxes)).await.map(|_| ())
    }

    /// Closes the group (A5.1).
    pub async fn close_group(&self, group: GroupId) -> Result<Accepted> {
        self.govern(group, GroupAct::Close, Sidecar::default()).await
    }

    /// Approves an invitation of somebody of one's own facility (A8.4).
    pub async fn approve_invitation(&self, group: GroupId, invitation: InvitationId) -> Result<Accepted> {
        let answers = self.look(|replica| {
            let state = replica.group(group)?.group()?;
            Some(state.invitation(invitation)?.statement)
        });
        let act = GroupAct::Approve { invitation, answers: answers.ok_or(Code::Unknown)? };
        self.decide(group, act).await
    }

    /// Declines an invitation of somebody of one's own facility (A8.4).
    pub async fn decline_invitation(&self, group: GroupId, invitation: InvitationId) -> Result<Accepted> {
        self.decide(group, GroupAct::Decline { invitation }).await
    }

    async fn decide(&self, group: GroupId, act: GroupAct) -> Result<Accepted> {
        let facility = self.standing(|standing| standing.facility)?;
        let desk = self.look(|replica| replica.registry().now().is_desk(facility));
        let role = if desk { Role::Operator } else { Role::SnsAdministrator };
        self.submit_unchecked(LogId::Group(group), role, None, Act::Group(act), Sidecar::default()).await
    }

    /// The group's label, if this device can know it.
    pub fn label(&self, group: GroupId) -> Option<Line<{ bounds::LABEL }>> {
        self.inner.label(group)
    }
}

/// The delegation in force that reaches furthest into the future.
fn best_delegation(view: View<'_>, facility: FacilityId, group: Option<GroupId>) -> Option<DelegationId> {
    let covers = |id: DelegationId| {
        // A new group has no identifier yet that a delegation could name: only one for the whole facility covers it.
        view.delegation(id, facility, group.unwrap_or(GroupId([0; 16])), now()).is_ok()
    };
    view.delegations()
        .filter(|(id, delegation)| delegation.facility == facility && covers(*id))
        .max_by_key(|(_, delegation)| delegation.until)
        .map(|(id, _)| id)
        .or_else(|| {
            // Expired or revoked: the server's refusal names which.
            view.delegations().find(|(_, delegation)| delegation.facility == facility).map(|(id, _)| id)
        })
}
