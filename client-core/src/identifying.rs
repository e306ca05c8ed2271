//! The check before sending (S2): what in a text tells who somebody is. It is asked of who writes, on this device alone; what
//! is known of patients' names is what this person's own groups say.

use renkei_policy::s2_identifying::{Destination, Finding, Names, find};
use renkei_proto::act::GroupKind;
use renkei_proto::id::GroupId;

use crate::client::Client;
use crate::replica::Followed;

impl Client {
    /// What in `text` tells who somebody is, if it were sent to `group`, or to the Desk where there is none yet. In a patient
    /// group only another patient's name does.
    pub fn identifying(&self, group: Option<GroupId>, text: &str) -> Vec<Finding> {
        let patients: Vec<GroupId> = self.look(|replica| {
            let of_patient =
                |one: &Followed| !one.ended() && one.group().is_some_and(|it| it.kind() == GroupKind::Patient);
            replica.groups().filter(|(_, followed)| of_patient(followed)).map(|(id, _)| id).collect()
        });
        let own = group.filter(|group| patients.contains(group));
        let others = self.patients_names(patients.into_iter().filter(|id| own != Some(*id)));
        match own {
            Some(own) => find(text, &others.without(&self.patients_names([own])), Destination::Patient),
            None => find(text, &others, Destination::Elsewhere),
        }
    }

    /// How the patients of these groups are called, as far as this device can read it.
    fn patients_names(&self, groups: impl IntoIterator<Item = GroupId>) -> Names {
        let mut names = Names::default();
        for group in groups {
            if let Some(label) = self.label(group) {
                names.add_label(label.as_str());
            }
            if let Ok(Some(shown)) = self.card(group)
                && let Ok(card) = shown.card
            {
                names.add_name(card.name.as_str());
                if let Some(kana) = card.kana {
                    names.add_name(kana.as_str());
                }
            }
        }
        names
    }
}
