//! From an act to an entry: the statement, its way to the server, and back through the log.

use std::time::Duration;

use renkei_proto::act::Act;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Answer, Fault, Op, Sidecar};
use renkei_proto::id::{GroupId, StatementId};
use renkei_proto::statement::{ActingFor, Actor, LogId, Role, Signed, Statement};

use super::Inner;
use crate::replica::Replica;
use crate::{Result, now, random};

/// An acknowledged statement comes back through the log within this time.
const ECHO: Duration = Duration::from_secs(20);

/// Fresh heads come this soon after they were asked for, or something is wrong.
const HEADS: Duration = Duration::from_secs(3);

/// The server's time goes on within this time.
const SECOND: Duration = Duration::from_millis(1_100);

/// A signed act of governance that got no answer may still be entered: the person is told so. A message is sent again.
fn unconfirmed(act: &Act, fault: Fault) -> Fault {
    let governs = matches!(act, Act::Registry(_) | Act::Group(_));
    if governs && fault.code == Code::Unreachable { Code::Unconfirmed.into() } else { fault }
}

impl Inner {
    /// The statement that says `act`, next in its log.
    pub(crate) fn statement(
        &self,
        log: LogId,
        role: Role,
        acting_for: Option<ActingFor>,
        act: Act,
    ) -> Result<Statement> {
        if self.keys_replaced() {
            return Err(Code::KeysReplaced.into());
        }
        let replica = self.replica();
        replica.writable(log)?;
        Ok(Statement {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            rules: renkei_proto::RULES,
            association: self.association,
            log,
            id: StatementId(random()),
            counter: replica.counter(log, self.device) + 1,
            actor: Actor::Device { user: self.user, device: self.device },
            role,
            acting_for,
            seen: replica.seen(log),
            claimed_at: now(),
            act,
        })
    }

    /// Signs and submits `statement`, and waits until it has come back through the log as it was accepted.
    ///
    /// The caller holds [`Inner::writing`].
    pub(crate) async fn submit(&self, statement: &Statement, sidecar: Sidecar) -> Result<Accepted> {
        self.submit_by(statement, |signed| Op::Submit { signed, sidecar }).await
    }

    /// The same by another request than the usual one.
    pub(crate) async fn submit_by(&self, statement: &Statement, op: impl FnOnce(Signed) -> Op) -> Result<Accepted> {
        let signed = self.with_vault(|vault| statement.sign(&vault.contents.keys.signing))?;
        let signed = signed.map_err(|_| Code::TooLarge)?;
        let body = signed.hash();
        let answer = self.request(op(signed)).await;
        let Answer::Accepted(accepted) = answer.map_err(|fault| unconfirmed(&statement.act, fault))? else {
            return Err(Code::Malformed.into());
        };
        // What was acknowledged is what everybody sees: this very statement has come back, at the place that was named.
        let came = self.wait_for(statement.log, accepted.head.size).await;
        came.map_err(|fault| unconfirmed(&statement.act, fault))?;
        if self.replica().echo(body) == Some(accepted.head) { Ok(accepted) } else { Err(Code::LogNotTrusted.into()) }
    }

    /// Waits until `log` is here as far as this device has known it: after becoming a reader, a log comes again, whole.
    /// A server that keeps the rest back is not written to.
    pub(crate) async fn settled(&self, log: LogId) -> Result<()> {
        let settled = self.wait_until(ECHO, |replica| match replica.writable(log) {
            Ok(()) => Ok(Some(())),
            // Nothing of a group comes before this device is in order (A12.1).
            Err(Code::KeyAwaited) => {
                let view = replica.registry().now();
                view.require_posture(self.device, replica.time()).map(|()| None).map_err(|refusal| refusal.0)
            }
            Err(code) => Err(code),
        });
        settled.await
    }

    /// Waits until `log` has at least `size` entries here.
    async fn wait_for(&self, log: LogId, size: u64) -> Result<()> {
        self.wait_until(ECHO, |replica| {
            replica.trusted(log)?;
            Ok(replica.head_at(log, size).map(|_| ()))
        })
        .await
    }

    /// Asks for heads that go as far as the registry and `groups` do here. The server may not answer: whoever needs fresh
    /// ones asks with [`Inner::fresh`].
    pub(crate) async fn newest_heads(&self, groups: &[GroupId]) {
        let reach = |replica: &Replica| {
            let heads = replica.witness().heads()?;
            let named = |id: &GroupId| heads.groups.as_slice().iter().find(|(named, _)| named == id);
            let whole = |id: &GroupId| {
                let here = replica.group(*id).filter(|followed| !followed.ended()).map(crate::replica::Followed::size);
                here.is_none_or(|size| named(id).is_some_and(|(_, head)| head.size >= size))
            };
            (heads.registry == replica.registry_chain().head() && groups.iter().all(whole)).then_some(())
        };
        let asked = async {
            while self.request(Op::Freshen).await.is_ok() {
                match self.wait_until(SECOND, |replica| Ok(reach(replica))).await {
                    Err(fault) if fault.code == Code::Unreachable => {}
                    _ => return,
                }
            }
        };
        // Too late is no fault: what they do not reach, they do not vouch for.
        drop(tokio::time::timeout(HEADS, asked).await);
    }

    /// Makes sure of the server's fresh word on the registry, and on `log`: nobody is let in without it (promise 3). After
    /// a pause it is asked for, and comes over the sync stream behind everything that it speaks of.
    pub(crate) async fn fresh(&self, log: LogId) -> Result<()> {
        let clock = &self.clock;
        let fresh = |replica: &Replica| {
            let now = clock.now();
            // A log that is over for this person has no heads: what is tried there, the server refuses with its reason.
            let over = |log: LogId| match log {
                LogId::Group(id) => replica.group(id).is_some_and(crate::replica::Followed::ended),
                LogId::Registry => false,
            };
            [LogId::Registry, log].iter().all(|log| over(*log) || replica.witness().fresh(*log, now))
        };
        if fresh(&self.replica()) {
            return Ok(());
        }
        let asked = async {
            loop {
                self.request(Op::Freshen).await?;
                // Signed in the same second as the last of an earlier session, they are not newer yet.
                let ready = |replica: &Replica| {
                    // Of groups, a device that is not in order is told nothing until it is (A12.1).
                    if log != LogId::Registry {
                        let view = replica.registry().now();
                        view.require_posture(self.device, replica.time()).map_err(|refusal| refusal.0)?;
                    }
                    Ok(fresh(replica).then_some(()))
                };
                match self.wait_until(SECOND, ready).await {
                    Err(fault) if fault.code == Code::Unreachable => {}
                    other => return other,
                }
            }
        };
        tokio::time::timeout(HEADS, asked).await.unwrap_or_else(|_| Err(Code::HeadsStale.into()))
    }
}
