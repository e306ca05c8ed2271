//! The words of a move: the statement that the speaker's device writes.

use renkei_proto::act::{Act, DelegationScope, Epoch, GroupAct, History, Message, RegistryAct};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::hash::Hash32;
use renkei_proto::statement::Statement;

use crate::common::{District, boxes, consent, digest, signed_pledge};
use crate::moves::Move;
use crate::world::{G, delegation_id, device, group_id, invitation_id, person, place, speaker};

impl Move {
    /// The statement, as the speaker's device writes it.
    pub(crate) fn write(&self, d: &mut District) -> Statement {
        let seat = self.speaker().expect("somebody speaks").seat();
        match self.group() {
            None => {
                let act = self.registry_act(d);
                d.draft(seat, act)
            }
            Some(g) => {
                let act = self.group_act(d, g);
                d.draft_in(group_id(g), seat, act)
            }
        }
    }

    fn registry_act(&self, d: &District) -> RegistryAct {
        match *self {
            Self::Admit { facility, .. } => {
                let application = d.registry.now().facility(place(facility)).expect("applied").application;
                RegistryAct::AdmitFacility { facility: place(facility), application }
            }
            Self::Appoint { whom, .. } => RegistryAct::AppointAdministrator { user: person(whom) },
            Self::Dismiss { whom, .. } => RegistryAct::DismissAdministrator { user: person(whom) },
            Self::HandOver { whom, .. } => RegistryAct::HandOverManagement { user: person(whom) },
            Self::Grant { whom, on: true, .. } => RegistryAct::GrantGroupManager { user: person(whom) },
            Self::Grant { whom, .. } => RegistryAct::RevokeGroupManager { user: person(whom) },
            Self::Pledge { whom, .. } => {
                RegistryAct::RecordPledge { user: person(whom), pledge: signed_pledge("2026-11-01") }
            }
            Self::End { whom, .. } => RegistryAct::EndUser { user: person(whom) },
            Self::ApproveDevice { device, .. } => {
                RegistryAct::ApproveDevice { user: person(device.0), device: speaker(device).registration() }
            }
            Self::Wipe { device: which, .. } => RegistryAct::WipeDevice { device: device(which) },
            Self::Delegate { number, only, seconds, .. } => RegistryAct::Delegate {
                delegation: delegation_id(number),
                scope: only.map_or(DelegationScope::Facility, |g| DelegationScope::Group(group_id(g))),
                until: d.now.plus(seconds),
                operators_read: false,
            },
            Self::Revoke { number, .. } => RegistryAct::RevokeDelegation { delegation: delegation_id(number) },
            _ => unreachable!("a move in a group"),
        }
    }

    fn group_act(&self, d: &District, g: G) -> Act {
        let state = d.groups.get(&group_id(g)).and_then(|log| log.state.as_ref());
        match *self {
            Self::Create { originator, kind, history, reads, .. } => Act::Group(GroupAct::Create {
                kind,
                originator: place(originator),
                history,
                creator_reads: reads,
                label: boxes(1),
            }),
            Self::Consent { .. } => Act::Group(GroupAct::RecordConsent(consent())),
            Self::Invite { number, whom, .. } => {
                Act::Group(GroupAct::Invite { invitation: invitation_id(number), user: person(whom), label: boxes(1) })
            }
            Self::Approve { number, honest, .. } => {
                let known = state.and_then(|state| state.invitation(invitation_id(number))).filter(|_| honest);
                let answers = known.map_or(Hash32::default(), |known| known.statement);
                Act::Group(GroupAct::Approve { invitation: invitation_id(number), answers })
            }
            Self::Decline { number, .. } => Act::Group(GroupAct::Decline { invitation: invitation_id(number) }),
            Self::Withdraw { number, .. } => Act::Group(GroupAct::Withdraw { invitation: invitation_id(number) }),
            Self::Remove { whom, .. } => Act::Group(GroupAct::Remove { user: person(whom) }),
            Self::Close { .. } => Act::Group(GroupAct::Close),
            Self::Epoch { honest, .. } => {
                let roster = state.map(|_| d.roster(group_id(g))).unwrap_or_default();
                let hash = if honest { roster.hash() } else { Hash32::default() };
                let number = state.map_or(1, |state| state.epoch() + 1);
                let (commitment, boxes) = (digest(&number.to_be_bytes()), boxes(roster.len()));
                Act::Epoch(Epoch { number, roster: hash, commitment, boxes, label: Blob::default() })
            }
            Self::History { first, last, to, .. } => Act::History(History {
                first: u32::try_from(first).expect("few"),
                last: u32::try_from(last).expect("few"),
                devices: List::new(vec![device(to)]).expect("one"),
                boxes: boxes(1),
            }),
            Self::Message { epoch, .. } => Act::Message(Message {
                epoch: u32::try_from(epoch).expect("few"),
                salt: Hash32::default(),
                flags: 0,
                ciphertext: Blob::default(),
            }),
            _ => unreachable!("a move in the registry"),
        }
    }
}
