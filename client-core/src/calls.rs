//! Urgent messages (U1): calling people, being rung, acknowledging, and who stands in.
//!
//! What is shown is computed by the rules from the verified logs. When to ring the server says, and it is believed only for a
//! call that the logs have and that concerns this person; should this device's clock be behind, its word that it is time to
//! telephone is taken as well.

use std::time::Duration;

use renkei_policy::group::Group;
use renkei_policy::group::u1_calls::{CALL_ENDS, Call, Line, Matter};
use renkei_policy::registry::View;
use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::{Class, Code};
use renkei_proto::frame::sync::{CallMatter, CallNotice, Calls};
use renkei_proto::frame::{Accepted, Answer, Fault, Op, Sidecar};
use renkei_proto::id::{FacilityId, GroupId, UserId};
use renkei_proto::reach::{QuietHours, Telephone};
use renkei_proto::statement::{LogId, Role};
use renkei_proto::time::Time;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::Result;
use crate::client::{Client, Connection};
use crate::profile::Profile;
use crate::replica::{Followed, Replica};

/// What the server said last about urgent messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rung {
    /// Counts what it said: the same again is another ringing.
    pub times: u64,
    /// What it said.
    pub calls: Calls,
}

/// An urgent message that concerns this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urgent {
    /// In which group.
    pub group: GroupId,
    /// The place of the call.
    pub call: u64,
    /// The place of the message.
    pub message: u64,
    /// Who called.
    pub by: UserId,
    /// When, by the server's time.
    pub time: Time,
    /// What this person is to do; none where there is nothing (any more).
    pub matter: Option<Matter>,
    /// Those called.
    pub people: Vec<Called>,
}

/// Somebody who was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// How it stands.
    pub line: Line,
    /// Under which number the person's facility is telephoned, if it has said so.
    pub telephone: Option<Telephone>,
}

impl Profile {
    /// Which urgent messages concern the person of this device's session, locked or open: no content. Refused with
    /// `session_required` where there is no session.
    pub async fn calls(&self) -> Result<Vec<CallNotice>> {
        let link = self.link().await?;
        let answer = link.request(Op::Calls).await;
        link.close();
        match answer? {
            Answer::Calls(calls) => Ok(calls.into_vec()),
            _ => Err(Code::Malformed.into()),
        }
    }
}

/// For so long somebody in a hurry waits for a connection.
const SOON: Duration = Duration::from_secs(3);

/// Between two questions of a locked device: it is rung within this time.
const LOOK: Duration = Duration::from_secs(10);

impl Profile {
    /// Calls `rings` when an urgent message rings the person of this device's locked session, and again every
    /// [`bounds::RINGS_EVERY`] seconds. Returns when the session is over, with the reason.
    pub async fn listen_for_calls(&self, mut rings: impl FnMut()) -> Fault {
        let mut last: (Vec<CallNotice>, Option<Instant>) = (Vec::new(), None);
        loop {
            let fault = match self.link().await {
                Ok(link) => loop {
                    match link.request(Op::Calls).await {
                        Ok(Answer::Calls(calls)) => {
                            let mut calls = calls.into_vec();
                            calls.retain(|one| one.matter == CallMatter::Rings);
                            let new = calls.iter().any(|one| !last.0.contains(one));
                            let again = last.1.is_none_or(|at| at.elapsed().as_secs() >= bounds::RINGS_EVERY);
                            if !calls.is_empty() && (new || again) {
                                rings();
                                last.1 = Some(Instant::now());
                            }
                            last.0 = calls;
                        }
                        Ok(_) => break Code::Malformed.into(),
                        Err(fault) => break fault,
                    }
                    tokio::time::sleep(LOOK).await;
                },
                Err(fault) => fault,
            };
            if fault.code.class() != Class::Later {
                return fault;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Client {
    /// Writes a message and calls people for it. Where they may not be called (any more), nothing is written; where there is no
    /// connection, this is said soon, so that somebody telephones.
    pub async fn send_urgent(&self, group: GroupId, text: &str, of: &[UserId]) -> Result<Accepted> {
        self.permit_calling(group, of)?;
        let mut connection = self.connection();
        let online = connection.wait_for(|state| !matches!(state, Connection::Offline));
        if tokio::time::timeout(SOON, online).await.is_err() {
            return Err(Code::Unreachable.into());
        }
        let message = self.send(group, text).await?.head.size.saturating_sub(1);
        self.call(group, message, of).await
    }

    /// Whether these people may be called in `group` now.
    pub fn permit_calling(&self, group: GroupId, of: &[UserId]) -> Result<()> {
        self.look(|replica| {
            let state = replica.group(group).and_then(Followed::group).ok_or(Code::Unknown)?;
            let permitted = state.permit_calling(replica.registry().now(), self.user(), of, replica.time());
            Ok(permitted.map_err(|refusal| refusal.0)?)
        })
    }

    /// Calls people for an own message. It rings them until they acknowledge it.
    pub async fn call(&self, group: GroupId, message: u64, of: &[UserId]) -> Result<Accepted> {
        let of = List::new(of.to_vec()).map_err(|_| Code::TooLarge)?;
        self.act_as_oneself(group, GroupAct::Call { message, of }).await
    }

    /// Says that one has seen to a call; of one's own, that nobody is called any more.
    pub async fn acknowledge(&self, group: GroupId, call: u64) -> Result<Accepted> {
        self.act_as_oneself(group, GroupAct::Acknowledge { call }).await
    }

    /// Names who is called in one's place in a group, or nobody.
    pub async fn name_stand_in(&self, group: GroupId, user: Option<UserId>) -> Result<Accepted> {
        self.act_as_oneself(group, GroupAct::StandIn { user }).await
    }

    async fn act_as_oneself(&self, group: GroupId, act: GroupAct) -> Result<Accepted> {
        self.submit_unchecked(LogId::Group(group), Role::User, None, Act::Group(act), Sidecar::default()).await
    }

    /// Sets the hours of the day at which one is not rung, or takes them back.
    pub async fn set_quiet_hours(&self, hours: Option<QuietHours>) -> Result<Accepted> {
        self.registry_act(Role::User, RegistryAct::SetQuietHours { hours }, Sidecar::default()).await
    }

    /// Says under which number the own facility is telephoned, or takes it back.
    pub async fn set_telephone(&self, number: Option<Telephone>) -> Result<Accepted> {
        let role = self.principal()?;
        let (facility, _) = self.own_facility()?;
        self.registry_act(role, RegistryAct::SetTelephone { facility, number }, Sidecar::default()).await
    }

    /// The hours at which this person is not rung.
    pub fn quiet_hours(&self, user: UserId) -> Option<QuietHours> {
        self.look(|replica| replica.registry().now().quiet_hours(user))
    }

    /// Under which number a facility is telephoned.
    pub fn telephone(&self, facility: FacilityId) -> Option<Telephone> {
        self.look(|replica| replica.registry().now().telephone(facility).cloned())
    }

    /// Who is called in the place of `user` in `group`.
    pub fn stand_in(&self, group: GroupId, user: UserId) -> Option<UserId> {
        self.look(|replica| replica.group(group).and_then(Followed::group)?.stand_in(user))
    }

    /// What the server says about urgent messages, to watch: each change is a ringing, or the end of one.
    pub fn rung(&self) -> watch::Receiver<Rung> {
        self.inner.rung.subscribe()
    }

    /// Whether something rings this person now: the server says so of a call that the logs have and that waits for this person.
    pub fn rings(&self) -> bool {
        let told = self.inner.rung.borrow().calls.clone();
        let rings = |one: &CallNotice| one.matter == CallMatter::Rings;
        let waits = self.urgent();
        let waits = |one: &CallNotice| {
            let waiting = |urgent: &&Urgent| matches!(urgent.matter, Some(Matter::Rings | Matter::Waits));
            waits.iter().filter(waiting).any(|urgent| (urgent.group, urgent.call) == (one.group, one.call))
        };
        told.as_slice().iter().any(|one| rings(one) && waits(one))
    }

    /// The urgent messages of the last half day that concern this person: what there is to do first, and the latest first.
    pub fn urgent(&self) -> Vec<Urgent> {
        let told = self.inner.rung.borrow().calls.clone();
        let me = self.user();
        let mut all: Vec<Urgent> = self.look(|replica| {
            // Should this device's clock be behind, the server's word on its logs has a later time.
            let signed = replica.witness().heads().map(|heads| heads.time);
            let now = replica.time().max(signed.unwrap_or_default());
            let groups = replica.groups().filter(|(_, followed)| !followed.ended());
            let groups = groups.filter_map(|(id, followed)| Some((id, followed.group()?)));
            groups.flat_map(|(id, state)| of_group(replica, (id, state), me, now)).collect()
        });
        for one in &mut all {
            let named = |notice: &&CallNotice| (notice.group, notice.call) == (one.group, one.call);
            let told = told.as_slice().iter().find(named).map(|notice| notice.matter);
            let open = one.by == me && one.people.iter().any(|called| called.line.over.is_none());
            if told == Some(CallMatter::Telephone) && open {
                one.matter = Some(Matter::Telephone);
                let waits = one.people.iter_mut().filter(|called| called.line.over.is_none());
                waits.for_each(|called| called.line.stage.telephone = true);
            }
        }
        all.sort_by_key(|one| (one.matter.is_none(), one.matter, std::cmp::Reverse(one.time), one.group, one.call));
        all
    }
}

/// Those of one group.
fn of_group(replica: &Replica, (group, state): (GroupId, &Group), me: UserId, now: Time) -> Vec<Urgent> {
    let view = replica.registry().now();
    let matters: Vec<(u64, Matter)> = state.urgent(view, me, now).collect();
    let recent = state.calls().rev().take_while(|(_, call)| now.since(call.by.time) < CALL_ENDS);
    let mine =
        |at: u64, call: &Call| call.by.user == me || call.of.contains(&me) || matters.iter().any(|(seq, _)| *seq == at);
    recent
        .filter(|(at, call)| mine(*at, call))
        .map(|(at, call)| Urgent {
            group,
            call: at,
            message: call.message,
            by: call.by.user,
            time: call.by.time,
            matter: matters.iter().find(|(seq, _)| *seq == at).map(|(_, matter)| *matter),
            people: state.lines(view, call, now).map(|line| called(view, line)).collect(),
        })
        .collect()
}

fn called(view: View<'_>, line: Line) -> Called {
    let facility = view.user(line.user).map(|person| person.facility);
    Called { line, telephone: facility.and_then(|facility| view.telephone(facility)).cloned() }
}
