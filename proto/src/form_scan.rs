//! Scans of Forms 1 and 2 (A3.1, A9.1): which form, and where its files lie.
//!
//! Files lie with an owner, which is a group everywhere else. Those of a facility's forms lie in its *drawer*: an identifier
//! that everybody computes from the facility's and that no group may have. So the same requests upload and open them, and the
//! same record tells of it.

use serde::{Deserialize, Serialize};

use crate::hash::{self, Domain};
use crate::id::{FacilityId, GroupId, UserId};

/// In front of what a drawer's identifier is made of.
const DRAWER: Domain = Domain("renkei/v1/form-drawer");

/// Where the files of a facility's Forms 1 and 2 lie.
pub fn drawer(facility: FacilityId) -> GroupId {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hash::hash(DRAWER, &[&facility.0]).0) {
        *to = from;
    }
    GroupId(id)
}

/// A Form 1 or 2 on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormRef {
    /// Form 1, of a facility.
    Facility {
        /// Whose.
        facility: FacilityId,
    },
    /// Form 2, of a person.
    Staff {
        /// Where the person works.
        facility: FacilityId,
        /// Whose.
        user: UserId,
        /// The place of the entry that filed it.
        filed: u64,
    },
}

impl FormRef {
    /// The facility in whose drawer its scan lies.
    pub fn facility(self) -> FacilityId {
        match self {
            Self::Facility { facility } | Self::Staff { facility, .. } => facility,
        }
    }

    /// Where its scan lies.
    pub fn drawer(self) -> GroupId {
        drawer(self.facility())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a03_1_each_facility_has_a_drawer_of_its_own() {
        let (one, other) = (FacilityId([1; 16]), FacilityId([2; 16]));
        assert_ne!(drawer(one), drawer(other));
        assert_ne!(drawer(one).0, one.0, "it is not the facility's own identifier");
        let pledge = FormRef::Staff { facility: one, user: UserId([3; 16]), filed: 4 };
        assert_eq!(pledge.drawer(), FormRef::Facility { facility: one }.drawer());
    }
}
