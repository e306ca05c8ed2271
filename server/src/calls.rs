//! Urgent messages (U1): who is rung now, again and again, whether whoever called is there or not.
//!
//! What there is to do is asked of the rules each second, from the logs alone; so it goes on after a fall of the server
//! where it was. A person's connections are marked when that changes, and again every [`bounds::RINGS_EVERY`] seconds while
//! something rings; each of them then sends what holds at that moment. Nothing waits in a queue for who is not there: whoever
//! comes back is told first of all. A locked session is told on asking.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use renkei_policy::a11_lockout::Monotonic;
use renkei_policy::group::Group;
use renkei_policy::group::u1_calls::Matter;
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::frame::Fault;
use renkei_proto::frame::sync::{CallMatter, CallNotice, Calls};
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::time::Time;

use crate::hub::lock;
use crate::service::Service;
use crate::world::World;

/// What people were marked for last, and when.
pub(crate) type Rung = HashMap<UserId, (Calls, Monotonic)>;

/// How often what rings, rings.
const AGAIN: Duration = Duration::from_secs(bounds::RINGS_EVERY);

fn matter(matter: Matter) -> CallMatter {
    match matter {
        Matter::Rings => CallMatter::Rings,
        Matter::Waits => CallMatter::Waits,
        Matter::Telephone => CallMatter::Telephone,
    }
}

/// What urgent messages of `group` are to `user` at `now`, with the time of each.
fn of_group<'w>(
    world: &'w World,
    (id, group): (GroupId, &'w Group),
    user: UserId,
    now: Time,
) -> impl Iterator<Item = (Time, CallNotice)> + 'w {
    group.urgent(world.registry().now(), user, now).filter_map(move |(call, what)| {
        let since = group.call(call)?.by.time;
        Some((since, CallNotice { group: id, call, matter: matter(what) }))
    })
}

/// No more than one is told of: what rings before what one is to telephone about, that before what only waits, and of each the
/// latest. So nothing old that nobody acknowledged keeps a new call from ringing. Then in their order, the oldest first.
fn told(mut all: Vec<(Time, CallNotice)>) -> Calls {
    let rank = |matter: CallMatter| match matter {
        CallMatter::Rings => 0,
        CallMatter::Telephone => 1,
        CallMatter::Waits => 2,
    };
    all.sort_unstable_by_key(|(since, notice)| (rank(notice.matter), std::cmp::Reverse((*since, *notice))));
    all.truncate(bounds::CALLS_TOLD);
    all.sort_unstable();
    List::new(all.into_iter().map(|(_, notice)| notice).collect()).unwrap_or_default()
}

/// What urgent messages are to `user` at `now`.
fn of_user(world: &World, user: UserId, now: Time) -> Calls {
    told(world.called(now).flat_map(|group| of_group(world, group, user, now)).collect())
}

/// What there is to do for everybody, where there is anything: each call is looked at once.
fn of_everybody(world: &World, now: Time) -> BTreeMap<UserId, Calls> {
    let mut all: BTreeMap<UserId, Vec<(Time, CallNotice)>> = BTreeMap::new();
    for (id, group) in world.called(now) {
        for (call, since, user, what) in group.urgent_to_everybody(world.registry().now(), now) {
            let notice = CallNotice { group: id, call, matter: matter(what) };
            all.entry(user).or_default().push((since, notice));
        }
    }
    all.into_iter().map(|(user, calls)| (user, told(calls))).collect()
}

/// Whose connections are to be marked now, having been marked for `rung`.
fn due(rung: &mut Rung, mut present: BTreeMap<UserId, Calls>, now: Monotonic) -> Vec<UserId> {
    let mut due = Vec::new();
    rung.retain(|user, (told, at)| {
        let Some(calls) = present.remove(user) else {
            due.push(*user);
            return false;
        };
        let rings = calls.as_slice().iter().any(|notice| notice.matter == CallMatter::Rings);
        if calls != *told || rings && now.saturating_sub(*at) >= AGAIN {
            due.push(*user);
            (*told, *at) = (calls, now);
        }
        true
    });
    due.extend(present.keys());
    rung.extend(present.into_iter().map(|(user, calls)| (user, (calls, now))));
    due
}

impl Service {
    /// Marks the connections of everybody who is to be told something about urgent messages now.
    pub(crate) fn ring(&self) {
        let present = of_everybody(&self.world(), self.clock.utc());
        let due = due(&mut lock(&self.rung), present, self.clock.monotonic());
        if !due.is_empty() {
            self.hub.mark_calls(&due.into_iter().collect());
        }
    }

    /// What urgent messages are to `user` now.
    pub(crate) fn calls(&self, user: UserId) -> Calls {
        of_user(&self.world(), user, self.clock.utc())
    }

    /// The same for the person of this device's session, locked or open.
    pub(crate) fn calls_for(&self, user: UserId, device: DeviceId) -> Result<Calls, Fault> {
        self.sessions.of_device(device).filter(|(_, session)| session.user == user).ok_or(Code::SessionRequired)?;
        {
            let world = self.world();
            world.registry().now().may_act(user, device).map_err(|refusal| refusal.0)?;
        }
        Ok(self.calls(user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: UserId = UserId([1; 16]);
    const OTHER: UserId = UserId([2; 16]);

    fn calls(matter: CallMatter) -> Calls {
        List::new(vec![CallNotice { group: GroupId([7; 16]), call: 9, matter }]).unwrap()
    }

    fn present(all: &[(UserId, CallMatter)]) -> BTreeMap<UserId, Calls> {
        all.iter().map(|&(user, matter)| (user, calls(matter))).collect()
    }

    #[test]
    fn u1_what_rings_is_told_before_any_number_of_older_calls_that_nobody_acknowledged() {
        let notice = |at: u64, matter| (Time(at), CallNotice { group: GroupId([7; 16]), call: at, matter });
        let old = 0..u64::try_from(bounds::CALLS_TOLD).unwrap() + 9;
        let mut all: Vec<_> = old.map(|at| notice(at, CallMatter::Waits)).collect();
        all.extend([notice(500, CallMatter::Telephone), notice(900, CallMatter::Rings)]);
        let told = told(all);
        let told: Vec<_> = told.as_slice().iter().map(|one| (one.call, one.matter)).collect();
        assert_eq!(told.len(), bounds::CALLS_TOLD);
        assert_eq!(told[told.len() - 2..], [(500, CallMatter::Telephone), (900, CallMatter::Rings)]);
        assert_eq!(told[0].0, 11, "of what only waits the latest are told");
    }

    #[test]
    fn u1_who_is_rung_is_marked_at_once_again_while_it_rings_and_when_it_ends() {
        use CallMatter::{Rings, Telephone, Waits};
        let (mut rung, at) = (Rung::new(), Duration::from_secs);
        assert_eq!(due(&mut rung, present(&[(ONE, Rings)]), at(0)), [ONE]);
        assert!(due(&mut rung, present(&[(ONE, Rings)]), at(29)).is_empty(), "not every second");
        assert_eq!(due(&mut rung, present(&[(ONE, Rings)]), at(30)), [ONE], "again");
        assert_eq!(due(&mut rung, present(&[(ONE, Rings), (OTHER, Telephone)]), at(31)), [OTHER], "the author now");
        assert!(due(&mut rung, present(&[(ONE, Rings), (OTHER, Telephone)]), at(59)).is_empty());
        assert_eq!(due(&mut rung, present(&[(ONE, Waits), (OTHER, Telephone)]), at(60)), [ONE], "it is quiet now");
        assert!(due(&mut rung, present(&[(ONE, Waits), (OTHER, Telephone)]), at(9_000)).is_empty(), "and stays so");
        let mut ended = due(&mut rung, present(&[]), at(9_001));
        ended.sort_unstable();
        assert_eq!(ended, [ONE, OTHER], "that it is over is told");
        assert!(due(&mut rung, present(&[]), at(9_002)).is_empty() && rung.is_empty());
    }
}
