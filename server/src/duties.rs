//! What people owe (A9.2, A10.1), where a request is no statement that the rules judge: what it would show or do.

use renkei_policy::registry::duties;
use renkei_proto::code::Code;
use renkei_proto::frame::Op;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::LogId;
use renkei_proto::wording::Wording;

use crate::service::{Service, store_code};

/// What a request is to its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Signing in and out, what ends a duty, what protects the person's own access, and what keeps a connection alive.
    /// Statements too: the rules judge each by itself.
    Free,
    /// It shows something.
    Content,
    /// It changes something.
    Effect,
}

fn weight(op: &Op, user: UserId) -> Weight {
    match op {
        Op::SetPassword(_)
        | Op::ConfirmFactor { .. }
        | Op::SignIn { .. }
        | Op::SignInWith { .. }
        | Op::Unlock { .. }
        | Op::Resume { .. }
        | Op::Counts
        | Op::Calls
        | Op::Application
        | Op::Lock
        | Op::SignOut
        | Op::ChangePassword { .. }
        | Op::StepUp { .. }
        | Op::Sessions { .. }
        | Op::EndSession { .. }
        | Op::RenewCertificate { .. }
        | Op::Touch
        | Op::Freshen
        | Op::Entries { log: LogId::Registry, .. }
        | Op::Text { .. }
        | Op::Submit { .. }
        | Op::Publish { .. }
        // How somebody is does not wait for what the person owes.
        | Op::AnswerBroadcast(_)
        | Op::SafetyAnswers { .. }
        | Op::Gone(_) => Weight::Free,
        // Whoever has just signed in sees under which name.
        Op::Details(users) if users.as_slice().iter().all(|other| *other == user) => Weight::Free,
        Op::Offers
        | Op::SealingKeys(_)
        | Op::Details(_)
        | Op::FetchBox { .. }
        | Op::Receipts(_)
        | Op::GroupReceipts { .. }
        | Op::AccessRecords(_)
        | Op::AccessCounts(_)
        | Op::OpenFile(_)
        | Op::FileChunk { .. }
        | Op::Report
        | Op::ErasureWord { .. }
        | Op::Entries { log: LogId::Group(_), .. } => Weight::Content,
        Op::NewTicket(_)
        | Op::NewRecoveryCodes
        | Op::Upload { .. }
        | Op::Uploaded { .. }
        | Op::TakeOut(_)
        | Op::WriteTable { .. } => Weight::Effect,
    }
}

impl Service {
    /// Whether `user` may ask for `op` now, with what the person owes.
    pub(crate) fn permit_duties(&self, user: UserId, op: &Op) -> Result<(), Code> {
        let weight = weight(op, user);
        if weight == Weight::Free {
            return Ok(());
        }
        let world = self.world();
        let (view, now) = (world.registry().now(), self.clock.utc());
        let permitted = match weight {
            Weight::Free => Ok(()),
            Weight::Content => duties::permit_content(view, user, now),
            Weight::Effect => duties::permit_effect(view, user, now),
        };
        permitted.map_err(|refusal| refusal.0)
    }

    /// A text of the association that is published or proposed, or of an announcement that `user` may read (S4).
    pub(crate) fn text(&self, (user, device): (UserId, DeviceId), text: Hash32) -> Result<Wording, Code> {
        let kept = {
            let world = self.world();
            let view = world.registry().now();
            if let Some(kept) = view.text_kept(text) {
                kept
            } else {
                // What one reads so that one may go on is always handed out; an announcement is content like another.
                let kept = view.announcement_kept(user, text).ok_or(Code::Unknown)?;
                let now = self.clock.utc();
                duties::permit_content(view, user, now).map_err(|refusal| refusal.0)?;
                view.require_posture(device, now).map_err(|refusal| refusal.0)?;
                kept
            }
        };
        let log = crate::world::log_key(LogId::Registry);
        let bytes = self.log.sidecar(log, kept).map_err(|error| store_code(&error))?.ok_or(Code::StorageFailed)?;
        let wording: Wording = renkei_proto::codec::decode(&bytes).map_err(|_| Code::StorageFailed)?;
        if wording.hash() == text { Ok(wording) } else { Err(Code::StorageFailed) }
    }
}
