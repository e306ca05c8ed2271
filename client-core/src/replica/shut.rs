//! Groups that are frozen or erased (A6.2), or that the person was removed from (A5.2): what was here goes, and bodies that
//! are missing are excused, or not.
//!
//! A reader whom the server sends bare headers can't tell at that moment why: the entry that explains it comes later in the
//! same log. So they are taken, and the log is not trusted until the explanation is there; once the server signs where the
//! log ends, it must be.

use renkei_policy::group::Group;
use renkei_proto::entry::EntryKind;

use super::Followed;

/// Bodies that somebody for whom they would be was not sent.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about what has no body")]
pub(super) struct Bare {
    /// Of content, from a reader: excused while the group is frozen, or by its erasure.
    content: bool,
    /// Of an epoch: excused by nothing but its erasure.
    epoch: bool,
    /// The freeze was lifted after it had kept content back: the log comes again, whole.
    again: bool,
    /// The person of this device was removed: what did not come before that does not come any more.
    left: bool,
    /// It is distrusted until the explanation comes.
    pub(super) doubted: bool,
}

impl Bare {
    /// Whether the person is out by now. Who comes back by an entry that is `new` to this device, having governed the group
    /// meanwhile, may read again what was kept back.
    pub(super) fn note_left(&mut self, left: bool, new: bool) {
        self.again |= self.left && !left && new;
        self.left = left;
    }
}

impl Followed {
    /// A body did not come. `reads` is whether this person reads the group.
    pub(super) fn note_bare(&mut self, kind: EntryKind, reads: bool) {
        self.bare.epoch |= kind == EntryKind::Epoch;
        self.bare.content |= reads;
        self.withheld = true;
    }

    /// Whether every body that is missing is so for a reason that the log gives.
    pub(super) fn excused(&self) -> bool {
        let erased = self.group.as_ref().is_some_and(|group| group.erased().is_some());
        let content =
            !self.bare.content || self.bare.again || self.bare.left || self.group.as_ref().is_some_and(Group::is_shut);
        content && (!self.bare.epoch || erased)
    }

    /// Whether it should come again because a freeze was lifted, or was not frozen at all.
    pub(super) fn comes_again(&self) -> bool {
        self.withheld && !self.group.as_ref().is_some_and(Group::is_shut) && (!self.bare.content || self.bare.again)
    }

    /// The group has just been shut, or opened again, by an entry that is `new` to this device.
    pub(super) fn note_shut(&mut self, was_shut: bool, new: bool) {
        let Some(group) = &self.group else { return };
        // What is here sealed while it is frozen is shown to nobody, and may be wanted again.
        let (shut, erased) = (group.is_shut(), group.erased().is_some());
        if erased {
            self.messages.clear();
            self.amendments = super::writing::Amendments::default();
            self.cards = super::writing::Cards::default();
            self.gifts.clear();
            self.prepared.clear();
            self.epochs.clear();
            self.labels.clear();
        }
        // An entry that was known already came after a server that had no reason any more to keep anything back.
        self.bare.again |= was_shut && !shut && new;
    }
}
