//! The words of a move: the statement that the speaker's device writes.

use renkei_policy::registry::a12_posture;
use renkei_proto::act::{
    Act, Amendment, ConsentBy, DelegationScope, Epoch, GroupAct, Message, RegistryAct, ReleaseKey, Words,
};
use renkei_proto::bytes::Blob;
use renkei_proto::hash::Hash32;
use renkei_proto::posture::Posture;
use renkei_proto::settings::Setting;
use renkei_proto::statement::Statement;
use renkei_proto::time::Date;

use crate::common::{
    District, boxes, consent, date, digest, handed, named, release, sealing, sealing_after, signed_pledge,
};
use crate::moves::Move;
use crate::world::{G, delegation_id, device, group_id, invitation_id, person, place, speaker};
use crate::{takeouts, uses};

fn epoch(number: usize) -> u32 {
    u32::try_from(number).expect("few")
}

fn release_key(number: usize) -> ReleaseKey {
    release(u8::try_from(number).expect("few"))
}

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
            Self::Stop { device: which, lost, .. } => RegistryAct::SuspendDevice { device: device(which), lost },
            Self::GoOn { device: which, .. } => RegistryAct::ResumeDevice { device: device(which) },
            Self::StopPerson { whom, .. } => RegistryAct::SuspendUser { user: person(whom) },
            Self::PersonGoesOn { whom, .. } => RegistryAct::ResumeUser { user: person(whom) },
            Self::Rotate { by, fresh } => {
                let id = device(by.device);
                let so_far = d.registry.now().device(id).expect("named").sealing.len();
                let sealing = if fresh { sealing_after(id, so_far) } else { sealing(id) };
                RegistryAct::RotateSealing { sealing }
            }
            Self::Delegate { number, only, seconds, .. } => RegistryAct::Delegate {
                delegation: delegation_id(number),
                scope: only.map_or(DelegationScope::Facility, |g| DelegationScope::Group(group_id(g))),
                until: d.now.plus(seconds),
                operators_read: false,
            },
            Self::Set { facility, seconds, .. } => {
                RegistryAct::Set { facility: facility.map(place), setting: Setting::IdleComputer(seconds) }
            }
            Self::Declare { device: which, tidy, .. } => {
                let posture = Posture { screen_lock: tidy, updated: tidy, ..Posture::default() };
                RegistryAct::DeclarePosture { device: device(which), posture }
            }
            Self::Look { device: which, honest, days, .. } => {
                let known = d.registry.now().posture(device(which), d.now).and_then(|standing| standing.declared);
                let declaration = known.filter(|_| honest).map_or(Hash32::default(), |declared| declared.hash);
                let until = Date::of_days(a12_posture::day(d.now) + days).expect("a day of ours");
                RegistryAct::ConfirmPosture { device: device(which), declaration, until }
            }
            Self::Revoke { number, .. } => RegistryAct::RevokeDelegation { delegation: delegation_id(number) },
            Self::Ask { .. }
            | Self::Decide { .. }
            | Self::GiveBack { .. }
            | Self::SayEnd { .. }
            | Self::MakeSure { .. } => takeouts::write(self, d),
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
                named: named(group_id(g)),
            }),
            Self::Consent { .. } => Act::Group(GroupAct::RecordConsent(consent())),
            Self::Invite { number, whom, release, .. } => {
                let (invitation, user, label) = (invitation_id(number), person(whom), boxes(1));
                let release = release.map(|key| release_key(key).hash());
                Act::Group(GroupAct::Invite { invitation, user, label, release })
            }
            Self::Prepare { number, first, last, to, .. } => {
                Act::History(handed(epoch(first), epoch(last), &[speaker(to)], Some(invitation_id(number))))
            }
            Self::Report { first, last, .. } => {
                Act::Group(GroupAct::ReportMissing { first: epoch(first), last: epoch(last) })
            }
            Self::Approve { number, honest, release, .. } => {
                let known = state.and_then(|state| state.invitation(invitation_id(number))).filter(|_| honest);
                let answers = known.map_or(Hash32::default(), |known| known.statement);
                let (invitation, release) = (invitation_id(number), release.map(release_key));
                Act::Group(GroupAct::Approve { invitation, answers, release })
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
            Self::History { first, last, to, .. } => {
                Act::History(handed(epoch(first), epoch(last), &[speaker(to)], None))
            }
            Self::Amend { original, epoch: number, back, .. } => {
                let words = Words { salt: Hash32::default(), ciphertext: Blob::default() };
                let (original, epoch) = (original as u64, epoch(number));
                Act::Amend(Amendment { original, epoch, flags: 0, words: (!back).then_some(words) })
            }
            Self::Seen { upto, .. } => Act::Seen { upto: upto as u64 },
            Self::Freeze { .. } => {
                let (by, on, scan) = (ConsentBy::Family, date("2026-11-21"), digest(b"withdrawn"));
                Act::Group(GroupAct::WithdrawConsent { by, on, scan })
            }
            Self::Lift { form, .. } => {
                let scan = digest(if form { b"stands" } else { b"stands still" });
                Act::Group(GroupAct::LiftFreeze { on: date("2026-11-22"), scan })
            }
            Self::Erase { honest, .. } => {
                let order = state.and_then(renkei_policy::group::Group::to_confirm).filter(|_| honest);
                let answers = order.map_or(Hash32::default(), |order| order.statement);
                Act::Group(GroupAct::ConfirmErasure { answers })
            }
            Self::Permit { .. } | Self::Use { .. } | Self::Unpermit { .. } | Self::Settle { .. } => uses::write(self),
            Self::Message { epoch: number, .. } => Act::Message(Message {
                epoch: epoch(number),
                salt: Hash32::default(),
                flags: 0,
                ciphertext: Blob::default(),
            }),
            _ => unreachable!("a move in the registry"),
        }
    }
}
