//! Emergency broadcasts (S6): sending one, saying how one is, and seeing how those are whom one looks after.
//!
//! An answer is believed for its signature: the server hands answers out and can hold some back, but makes none.

use std::collections::BTreeMap;

use renkei_policy::registry::View;
use renkei_policy::registry::s6_broadcasts::Broadcast;
use renkei_proto::act::RegistryAct;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Answer, Op, Sidecar};
use renkei_proto::id::UserId;
use renkei_proto::safety::{Safety, SafetyAnswer, SignedSafety};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::text::Prose;

use crate::Result;
use crate::client::Client;

/// Most pages of answers that are asked for: more people than a district has. A server that never ends is not followed.
const PAGES: usize = 1_000;

/// How people are, after a broadcast.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HowPeopleAre {
    /// What each says who has said anything.
    pub said: BTreeMap<UserId, SafetyAnswer>,
    /// Those who have said nothing.
    pub silent: Vec<UserId>,
    /// Answers that nobody signed whose they would be: the server is not to be trusted.
    pub forged: usize,
}

impl Client {
    /// Tells the whole district at once, as an operator of the Desk. Gives the broadcast's place.
    pub async fn broadcast(&self, drill: bool, text: Prose<{ bounds::BROADCAST }>) -> Result<u64> {
        let act = RegistryAct::Broadcast { drill, text };
        let accepted = self.registry_act(Role::Operator, act, Sidecar::default()).await?;
        Ok(accepted.head.size.saturating_sub(1))
    }

    /// Ends a broadcast: nobody answers it any more.
    pub async fn close_broadcast(&self, broadcast: u64) -> Result<Accepted> {
        self.registry_act(Role::Operator, RegistryAct::CloseBroadcast { broadcast }, Sidecar::default()).await
    }

    /// Broadcasts, the latest first; only those that are not over, or all.
    pub fn broadcasts(&self, all: bool) -> Vec<Broadcast> {
        self.look(|replica| {
            let view = replica.registry().now();
            if all { view.broadcasts().rev().cloned().collect() } else { view.open_broadcasts().cloned().collect() }
        })
    }

    /// Says how one is. When this returns, the server has it durably.
    pub async fn answer_broadcast(&self, broadcast: u64, says: Safety) -> Result<()> {
        let answer = SafetyAnswer {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association: self.inner.association,
            broadcast,
            user: self.user(),
            device: self.device(),
            says,
            at: self.now(),
        };
        let signed = self.inner.with_vault(|vault| answer.sign(&vault.contents.keys.signing))?;
        let signed = signed.map_err(|_| Code::TooLarge)?;
        match self.inner.request(Op::AnswerBroadcast(signed)).await? {
            Answer::Done => Ok(()),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// How those are whose answers this person may see: oneself, the own facility's people, or everybody.
    pub async fn how_people_are(&self, broadcast: u64) -> Result<HowPeopleAre> {
        // A device that has just been approved is known before its answer is judged: help that is asked for is no forgery.
        self.inner.fresh(LogId::Registry).await?;
        let mut signed: Vec<SignedSafety> = Vec::new();
        let mut after = None;
        for _ in 0..PAGES {
            let answer = self.inner.request(Op::SafetyAnswers { broadcast, after }).await?;
            let Answer::SafetyAnswers { answers, next } = answer else { return Err(Code::Malformed.into()) };
            signed.extend(answers.into_vec());
            // Pages go forward, or end.
            if next.is_none() || next <= after {
                break;
            }
            after = next;
        }
        Ok(self.look(|replica| {
            let view = replica.registry().now();
            let mut people = HowPeopleAre::default();
            for one in &signed {
                match believed(view, one).filter(|answer| answer.broadcast == broadcast) {
                    Some(answer) if view.may_see_safety(self.user(), answer.user) => {
                        people.said.insert(answer.user, answer);
                    }
                    _ => people.forged += 1,
                }
            }
            let asked = view.asked_how_they_are(self.user());
            people.silent = asked.filter(|user| !people.said.contains_key(user)).collect();
            people
        }))
    }
}

/// What an answer says, if a device of its person signed it for this association.
fn believed(view: View<'_>, signed: &SignedSafety) -> Option<SafetyAnswer> {
    let answer = signed.unverified().ok()?;
    let device = view.device(answer.device).filter(|device| device.user == answer.user)?;
    let own = view.association().is_some_and(|association| association.id == answer.association);
    signed.verify(&device.registration.signing).ok().filter(|_| own)
}
