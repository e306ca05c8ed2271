//! Who is sent which log, and how much of it. Derived from the rules' state; it decides delivery, never readability:
//! who can open what, the keys decide.

use renkei_policy::group::{Group, a08_lists};
use renkei_policy::registry::s4_announcements::{Announcement, Progress};
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
    Governance,
}

impl Access {
    /// The same of a group that may have been shut meanwhile.
    #[must_use]
    pub fn narrowed(self, group: &Group) -> Self {
        if group.is_shut() { Self::Governance } else { self }
    }

    /// Whether an entry of this kind is sent whole.
    pub fn whole(self, kind: EntryKind) -> bool {
        match self {
            Self::Whole => true,
            Self::Governance => !kind.is_content(),
        }
    }

    /// Whether the boxes beside an entry of this kind are handed out: the group's keys go to readers alone, what it is called
    /// to those who govern it as well.
    pub fn opens(self, kind: EntryKind) -> bool {
        self == Self::Whole || kind == EntryKind::Governance
    }
}

/// What `standing` is sent of `group` at `time`, if anything.
pub fn access(group: &Group, view: View<'_>, standing: &Standing<'_>, time: Time) -> Option<Access> {
    if group.reading_at(view, standing.user, time).is_some() {
        // Of a frozen group nobody is sent content, and of an erased one there is none (A6.2).
        return Some(Access::Whole.narrowed(group));
    }
    // An operator who was let in and may not read any more: a member, who is shown how the group goes on (A4.2).
    let waits = group.membership(standing.user).is_some();
    let governs = view.is_group_manager(standing.user, group.originator());
    let administers = view.is_administrator(standing.user, standing.facility)
        && a08_lists::touches(group, view, standing.facility, time).is_some();
    // A deputy is sent what there is to decide on, and what came of it: not all the groups of the facility (A8.3).
    let decides =
        view.is_deputy(standing.user, standing.facility, time) && a08_lists::asks(group, view, standing.facility);
    // What was content before the end of the own reading comes no more either (A5.2, A12.3).
    (waits || governs || administers || decides).then_some(Access::Governance)
}

/// Whether `viewer` may see the name of `subject`: a colleague, somebody of a shared group or of the list of official
/// accounts, or, for those whose office is to invite or to approve, anybody.
pub fn may_see_name(world: &World, viewer: &Standing<'_>, subject: UserId, time: Time) -> bool {
    let view = world.registry().now();
    let Some(person) = view.user(subject) else { return false };
    let office = view.is_operator(viewer.user)
        || view.is_administrator(viewer.user, viewer.facility)
        || view.is_group_manager(viewer.user, viewer.facility);
    // Who speaks officially, and who stands behind it, is for everybody to see (S8).
    if office || person.facility == viewer.facility || view.in_official_list(subject) {
        return true;
    }
    // Who is asked to check an announcement sees who wrote it and who else has checked it, wherever they work; the author sees
    // those who have checked it (S4). Nobody is known by name for having been named by somebody.
    let together = |one: &Announcement| {
        let with = one.author == viewer.user || one.draft.checkers.as_slice().contains(&viewer.user);
        let acted = one.author == subject || one.checks.contains_key(&subject);
        with && acted && one.progress() != Progress::Withdrawn
    };
    if view.announcements().any(together) {
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
