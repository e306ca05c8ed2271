//! What those who govern a group do: create, record consent, invite, approve, remove, close.

use std::collections::BTreeSet;

use renkei_policy::registry::View;
use renkei_proto::act::{
    Act, ConsentBy, DelegationScope, GroupAct, GroupKind, History, HistoryPolicy, PatientConsent, ReleaseKey,
    SealedLabel,
};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Accepted, Boxes, Sidecar, boxes_root};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, UserId};
use renkei_proto::statement::{ActingFor, LogId, Role};
use renkei_proto::text::Line;
use renkei_proto::time::{Date, Time};
use renkei_sealing::boxes::Purpose;
use renkei_sealing::epoch::prepared_payload;
use renkei_sealing::label;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::office::role_of;
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
pub(crate) fn governing_devices(view: View<'_>, originator: FacilityId, desk: bool) -> Vec<DeviceId> {
    let governs = |user: UserId| {
        view.is_administrator(user, originator)
            || view.is_group_manager(user, originator)
            || (desk && view.is_operator(user))
    };
    devices_of(view, view.users().map(|(id, _)| id).filter(|id| governs(*id)))
}

/// Whether the Desk governs `group` of `originator` too, under whichever delegation.
pub(crate) fn desk_governs(view: View<'_>, originator: FacilityId, group: GroupId, time: Time) -> bool {
    view.delegations().any(|(id, _)| view.delegation(id, originator, group, time).is_ok())
}

pub(crate) fn devices_of(view: View<'_>, users: impl Iterator<Item = UserId>) -> Vec<DeviceId> {
    let users: BTreeSet<UserId> = users.collect();
    let devices: BTreeSet<DeviceId> =
        users.iter().flat_map(|user| view.active_devices(*user)).map(|(device, _)| device).collect();
    devices.into_iter().take(bounds::GOVERNING_DEVICES).collect()
}

pub(crate) fn with_boxes(boxes: Boxes) -> Sidecar {
    Sidecar { boxes: Some(boxes), ..Sidecar::default() }
}

impl Client {
    /// In which role, and for whom, this person governs groups of `originator`.
    pub(crate) fn governing(
        &self,
        originator: FacilityId,
        group: Option<GroupId>,
    ) -> Result<(Role, Option<ActingFor>)> {
        self.look(|replica| {
            let view = replica.registry().now();
            let me = self.user();
            let for_itself = view.is_desk(originator) || view.ended(originator).is_some();
            if for_itself && view.is_operator(me) {
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

    pub(crate) fn originator(&self, group: GroupId) -> Result<FacilityId> {
        self.look(|replica| {
            let state = replica.group(group).and_then(|followed| followed.group());
            state.map(renkei_policy::group::Group::originator).ok_or_else(|| Code::Unknown.into())
        })
    }

    pub(crate) async fn govern(&self, group: GroupId, act: GroupAct, sidecar: Sidecar) -> Result<Accepted> {
        let (role, acting_for) = self.governing(self.originator(group)?, Some(group))?;
        self.submit_unchecked(LogId::Group(group), role, acting_for, Act::Group(act), sidecar).await
    }

    /// Opens a group (A4.1, A4.2, A5.1).
    pub async fn create_group(&self, new: NewGroup) -> Result<GroupId> {
        self.inner.fresh(LogId::Registry).await?;
        let id = GroupId(random());
        let originator = match new.acting_for {
            Some(facility) => facility,
            None => self.standing(|standing| standing.facility)?,
        };
        let (role, acting_for) = self.governing(originator, None)?;
        // An operator who acts for the facility later finds the group under its name, whoever opened it.
        let devices = self.look(|replica| {
            let view = replica.registry().now();
            governing_devices(view, originator, desk_governs(view, originator, id, replica.time()))
        });
        let sealed = SealedLabel { salt: Hash32(random()), label: new.label, release: None };
        let boxes = self.label_boxes(id, Purpose::GoverningLabel, &sealed, devices).await?;
        let label = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let act = GroupAct::Create {
            kind: new.kind,
            originator,
            history: new.history,
            creator_reads: new.creator_reads,
            label,
            named: sealed.commitment(),
        };
        self.inner.with_vault(|vault| vault.contents.labels.insert(id, sealed))?;
        let created =
            self.submit_unchecked(LogId::Group(id), role, acting_for, Act::Group(act), with_boxes(boxes)).await;
        if created.is_err() {
            self.inner.with_vault(|vault| vault.contents.labels.remove(&id))?;
        }
        created?;
        self.inner.save()?;
        Ok(id)
    }

    pub(crate) async fn label_boxes(
        &self,
        group: GroupId,
        purpose: Purpose,
        label: &SealedLabel,
        devices: Vec<DeviceId>,
    ) -> Result<Boxes> {
        self.inner.seal_boxes(group, purpose, &label::payload(label), &devices).await
    }

    /// Records Form 3 (A6.1).
    pub async fn record_consent(&self, group: GroupId, form: ConsentForm) -> Result<Accepted> {
        self.inner.fresh(LogId::Group(group)).await?;
        let originator = self.originator(group)?;
        self.governing(originator, Some(group))?;
        let devices = self.look(|replica| {
            let view = replica.registry().now();
            governing_devices(view, originator, desk_governs(view, originator, group, replica.time()))
        });
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
    ///
    /// Where this device reads the group, it prepares the earlier keys that the person may have at once, under a release
    /// key that goes to the deciding administrators with the label: so the approval alone makes the group readable.
    pub async fn invite(&self, group: GroupId, user: UserId) -> Result<InvitationId> {
        self.inner.fresh(LogId::Group(group)).await?;
        self.inner.fetch_keys(group).await?;
        let label = self.inner.label(group).ok_or(Code::KeyAwaited)?;
        let invitation = InvitationId(random());
        let preparable = self.preparable(group, user);
        let release = preparable.as_ref().map(|_| ReleaseKey(random()));
        let deciding = self.look(|replica| {
            let view = replica.registry().now();
            let facility = view.user(user).map(|person| person.facility);
            // Deputies who are still to come too: the invitation may wait for them (A8.3).
            let time = replica.time();
            let deputies = facility.into_iter().flat_map(|facility| view.deputies(facility, time).map(|(id, _)| id));
            devices_of(view, facility.into_iter().flat_map(|facility| view.administrators(facility)).chain(deputies))
        });
        let invited = self.look(|replica| devices_of(replica.registry().now(), std::iter::once(user)));
        let invited = invited.into_iter().filter(|device| !deciding.contains(device)).collect();
        let purpose = Purpose::InvitationLabel { invitation };
        let with_release = SealedLabel { release, ..label.clone() };
        let mut boxes = self.label_boxes(group, purpose, &with_release, deciding).await?.into_vec();
        boxes.extend(self.label_boxes(group, purpose, &label, invited).await?.into_vec());
        boxes.sort_by_key(|one| one.device);
        let boxes = List::new(boxes).map_err(|_| Code::TooManyDevices)?;
        let label = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let release_hash = release.as_ref().map(ReleaseKey::hash);
        let act = GroupAct::Invite { invitation, user, label, release: release_hash };
        self.govern(group, act, with_boxes(boxes)).await?;
        if let (Some((first, last, devices)), Some(release)) = (preparable, release)
            && let Err(error) = self.prepare(group, invitation, &release, first, last, devices).await
        {
            // The readers may just have changed. A colleague's device hands the keys over after the approval.
            tracing::debug!(%group, %error, "nothing was prepared for the invited person");
        }
        Ok(invitation)
    }

    /// The earlier keys that somebody who is approved now may have and this device holds, and that person's devices.
    fn preparable(&self, group: GroupId, user: UserId) -> Option<(u32, u32, Vec<DeviceId>)> {
        let (first, last, devices) = self.look(|replica| {
            let state = replica.group(group)?.group()?;
            state.membership(self.user())?;
            let view = replica.registry().now();
            // Who decides on the own invitation would have the release key before the approval.
            let facility = view.user(user)?.facility;
            if view.is_administrator(user, facility) || view.deputised_since(user, view.size(), replica.time()) {
                return None;
            }
            let (first, last) = (state.first_epoch_for_newcomer(), state.epoch());
            let devices = devices_of(view, std::iter::once(user));
            (first <= last && !devices.is_empty()).then_some((first, last, devices))
        })?;
        let most = u32::try_from(bounds::HISTORY_EPOCHS).unwrap_or(u32::MAX) - 1;
        let first = first.max(last.saturating_sub(most));
        self.inner.keys_between(group, first, last).is_ok().then_some((first, last, devices))
    }

    async fn prepare(
        &self,
        group: GroupId,
        invitation: InvitationId,
        release: &ReleaseKey,
        first: u32,
        last: u32,
        devices: Vec<DeviceId>,
    ) -> Result<Accepted> {
        let keys = self.inner.keys_between(group, first, last)?;
        let payload = prepared_payload(&keys, invitation, release).map_err(|_| Code::TooLarge)?;
        let purpose = Purpose::Prepared { invitation, first, last };
        let boxes = self.inner.seal_boxes(group, purpose, &payload, &devices).await?;
        let root = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        let devices = List::new(devices).map_err(|_| Code::TooManyDevices)?;
        let act = Act::History(History { first, last, devices, boxes: root, prepared_for: Some(invitation) });
        self.submit_unchecked(LogId::Group(group), Role::User, None, act, with_boxes(boxes)).await
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
            self.hand_on_details(group).await;
        }
    }

    async fn hand_on_label(&self, group: GroupId, originator: FacilityId) -> Result<()> {
        self.inner.fresh(LogId::Group(group)).await?;
        let label = self.inner.label(group).ok_or(Code::KeyAwaited)?;
        let devices = self.look(|replica| {
            let view = replica.registry().now();
            governing_devices(view, originator, desk_governs(view, originator, group, replica.time()))
        });
        let boxes = self.label_boxes(group, Purpose::GoverningLabel, &label, devices).await?;
        let label = boxes_root(&boxes).ok_or(Code::TooManyDevices)?;
        self.govern(group, GroupAct::HandOnLabel { label }, with_boxes(boxes)).await.map(|_| ())
    }

    /// Closes the group (A5.1).
    pub async fn close_group(&self, group: GroupId) -> Result<Accepted> {
        self.govern(group, GroupAct::Close, Sidecar::default()).await
    }

    /// Forbids downloads of files in a free group, for good (A12.2). In a patient group that holds anyway.
    pub async fn forbid_downloads(&self, group: GroupId) -> Result<Accepted> {
        self.govern(group, GroupAct::ForbidDownload, Sidecar::default()).await
    }

    /// Approves an invitation of somebody of one's own facility (A8.4).
    pub async fn approve_invitation(&self, group: GroupId, invitation: InvitationId) -> Result<Accepted> {
        self.inner.fresh(LogId::Group(group)).await?;
        self.inner.fetch_labels(group).await?;
        let open = self.look(|replica| replica.group(group)?.group()?.invitation(invitation).cloned());
        let open = open.ok_or(Code::Unknown)?;
        // Where this device never got the key, a colleague's hands the earlier keys over.
        let release = self.inner.with_vault(|vault| vault.contents.releases.get(&invitation).copied())?;
        // Nor is it published for a device that was wiped or has other keys since: what was sealed to the old ones stays shut.
        let good = self.look(|replica| {
            let view = replica.registry().now();
            let good = |device: &DeviceId, registry: u64| {
                view.active_device(*device) && view.sealing(*device).is_some_and(|since| since.seq < registry)
            };
            open.prepared.as_ref().is_none_or(|one| one.devices.iter().all(|device| good(device, one.registry)))
        });
        let release = release.filter(|release| good && open.release == Some(release.hash()));
        self.decide(group, GroupAct::Approve { invitation, answers: open.statement, release }).await
    }

    /// Declines an invitation of somebody of one's own facility (A8.4).
    pub async fn decline_invitation(&self, group: GroupId, invitation: InvitationId) -> Result<Accepted> {
        self.decide(group, GroupAct::Decline { invitation }).await
    }

    async fn decide(&self, group: GroupId, act: GroupAct) -> Result<Accepted> {
        let facility = self.standing(|standing| standing.facility)?;
        let role = self.look(|replica| role_of(replica.registry(), self.user(), facility));
        self.submit_unchecked(LogId::Group(group), role, None, Act::Group(act), Sidecar::default()).await
    }

    /// The group's label, if this device can know it.
    pub fn label(&self, group: GroupId) -> Option<Line<{ bounds::LABEL }>> {
        self.inner.label(group).map(|sealed| sealed.label)
    }

    /// The epoch whose maker put another label into it than the group's, if the newest one is such: shown as a warning.
    pub fn renamed(&self, group: GroupId) -> Option<u32> {
        self.inner.renamed(group)
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
            let once = |scope: DelegationScope| match scope {
                DelegationScope::Facility => true,
                DelegationScope::Group(only) => Some(only) == group,
            };
            let mut theirs = view.delegations().filter(|(_, delegation)| delegation.facility == facility);
            theirs.find(|(_, delegation)| once(delegation.scope)).map(|(id, _)| id)
        })
}
