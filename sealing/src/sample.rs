//! A statement for the tests of what is sealed into statements.

use renkei_proto::act::Act;
use renkei_proto::id::{AssociationId, DeviceId, GroupId, StatementId, UserId};
use renkei_proto::statement::{Actor, Head, LogId, Role, Seen, Statement};
use renkei_proto::time::Time;

/// The `counter`th statement of a device in a group.
pub(crate) fn sample(counter: u64, act: Act) -> Statement {
    Statement {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        rules: renkei_proto::RULES,
        association: AssociationId([1; 16]),
        log: LogId::Group(GroupId([2; 16])),
        id: StatementId([3; 16]),
        counter,
        actor: Actor::Device { user: UserId([4; 16]), device: DeviceId([5; 16]) },
        role: Role::User,
        acting_for: None,
        seen: Seen { registry: Head::default(), group: Head::default() },
        claimed_at: Time(1),
        act,
    }
}
