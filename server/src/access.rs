//! Who is sent which log, and how much of it. Derived from the rules' state; it decides delivery, never readability:
//! who can open what, the keys decide.

use renkei_policy::group::{Group, a08_lists};
use renkei_policy::registry::{Standing, View};
use renkei_proto::entry::EntryKind;
use renkei_proto::id::UserId;
use renkei_proto::time::Time;

use crate::world::World;

/// How much of a log a person is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All of it: a reader.
    Whole,
    /// Messages and amendments as headers alone: one who governs the group or decides on its invitations, without reading it.
    Governance {
        /// Entries before this one whole: those from before the end of the person's own reading.
        whole_before: u64,
    },
}

impl Access {
    /// The same of a group that may have been shut meanwhile.
    #[must_use]
    pub fn narrowed(self, group: &Group) -> Self {
        if group.is_shut() { Self::Governance { whole_before: 0 } } else { self }
    }

    /// Whether the entry at `seq` is sent whole.
    pub fn whole(self, seq: u64, kind: EntryKind) -> bool {
        match self {
            Self::Whole => true,
            Self::Governance { whole_before } => seq < whole_before || !kind.is_content(),
        }
    }
}

/// What `standing` is sent of `group` at `time`, if anything.
pub fn access(group: &Group, view: View<'_>, standing: &Standing<'_>, time: Time) -> Option<Access> {
    if group.reading(view, standing.user).is_some() {
        // Of a frozen group nobody is sent content, and of an erased one there is none (A6.2).
        return Some(if group.is_shut() { Access::Governance { whole_before: 0 } } else { Access::Whole });
    }
    let governs = view.is_group_manager(standing.user, group.originator());
    let administers = view.is_administrator(standing.user, standing.facility)
        && a08_lists::touches(group, view, standing.facility, time).is_some();
    // A deputy is sent what there is to decide on, and what came of it: not all the groups of the facility (A8.3).
    let decides =
        view.is_deputy(standing.user, standing.facility, time) && a08_lists::asks(group, view, standing.facility);
    if governs || administers || decides {
        let memberships = group.members().find(|(user, _)| *user == standing.user).map(|(_, all)| all);
        let ended = memberships.and_then(|all| all.last()?.ended).map_or(0, |by| by.seq);
        let ended = if group.is_shut() { 0 } else { ended };
        return Some(Access::Governance { whole_before: ended });
    }
    None
}

/// Whether `viewer` may see the name of `subject`: a colleague, somebody of a shared group, or, for those whose office
/// is to invite or to approve, anybody.
pub fn may_see_name(world: &World, viewer: &Standing<'_>, subject: UserId, time: Time) -> bool {
    let view = world.registry().now();
    let Some(person) = view.user(subject) else { return false };
    let office = view.is_operator(viewer.user)
        || view.is_administrator(viewer.user, viewer.facility)
        || view.is_group_manager(viewer.user, viewer.facility);
    if office || person.facility == viewer.facility {
        return true;
    }
    world.groups_of(viewer.user, viewer.facility, false).iter().filter_map(|id| world.group(*id)).any(|(group, _)| {
        access(group, view, viewer, time).is_some()
            && (group.members().any(|(user, _)| user == subject)
                || group.created().user == subject
                // Who asks sees who at the Desk reads it (A14.1).
                || group.reading(view, subject).is_some()
                || group
                    .invitations()
                    .any(|(_, invitation)| invitation.invited.user == subject || invitation.user == subject))
    })
}
