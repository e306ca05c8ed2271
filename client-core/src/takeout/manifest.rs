//! The manifest of an export: who took which items out, with which device, under which permit.
//!
//! It is JSON in one form (the members of every object in ascending order, no white space, as RFC 8785 has it: there are
//! only texts, whole numbers, truth values and nothing in it). The record of access has the hash of these bytes. A random
//! salt keeps whoever sees that record from trying words out.

use renkei_proto::code::Code;
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::{AssociationId, DeviceId, GroupId, StatementId, TakeoutId, UserId};
use renkei_proto::takeout::{Medium, TakeoutForm, TakeoutPurpose};
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use super::export::Left;
use crate::Result;
use crate::messages::Shown;

/// The format's name.
pub const FORMAT: &str = "renkei-takeout/1";

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// English.
    pub en: String,
    /// 日本語.
    pub ja: String,
}

/// What stands over every export.
pub fn heading() -> Heading {
    Heading {
        en: "Taken out of Renkei under a permit. To be returned or erased by the end of its period, or filed in the chart."
            .to_owned(),
        ja: "許可を受けて連携から持ち出した情報です。期間の終わりまでに返却・消去するか、診療録等に綴じてください。".to_owned(),
    }
}

/// A person by name, as far as whoever exports may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Where the person works.
    pub facility: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Who.
    pub user: UserId,
}

/// What kind of item it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// A message: its words are in the text.
    Message,
    /// A file: it is in the archive beside the text, under the name that the item gives.
    File,
}

/// How a message was amended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendedItem {
    /// Taken back, not corrected: its words did not leave.
    pub retracted: bool,
    /// Place of the amendment.
    pub seq: u64,
    /// The server's time.
    pub time: Time,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// How it was corrected or taken back last.
    pub amended: Option<AmendedItem>,
    /// Who wrote it.
    pub author: UserId,
    /// How many bytes, of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// With which device.
    pub device: DeviceId,
    /// Name within the archive, of a file.
    pub file: Option<String>,
    /// SHA-256 of what left: the words in UTF-8, or the file; none where there are none.
    pub hash: Option<Hash32>,
    /// The statement.
    pub id: StatementId,
    /// What it is.
    pub kind: ItemKind,
    /// What it is, of a file: a media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// Name as its author had it, of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Place in the group's log.
    pub seq: u64,
    /// The server's time.
    pub time: Time,
    /// Why its words could not be opened, or why the file is not in the archive.
    pub unreadable: Option<Code>,
}

impl Item {
    /// A message as it is shown now.
    pub(super) fn of(shown: &Shown) -> Self {
        let retracted = shown.amended.is_some_and(|amended| amended.retracted);
        Self {
            amended: shown.amended.map(|amended| AmendedItem {
                retracted: amended.retracted,
                seq: amended.seq,
                time: amended.time,
            }),
            author: shown.author,
            bytes: None,
            device: shown.device,
            file: None,
            hash: shown.text.as_ref().ok().filter(|_| !retracted).map(|text| sha256(text.as_bytes())),
            id: shown.id,
            kind: ItemKind::Message,
            media: None,
            name: None,
            seq: shown.seq,
            time: shown.time,
            unreadable: shown.text.as_ref().err().copied(),
        }
    }

    /// A file of that message: in the archive under a name, with its hash; or not in it, and why.
    pub(super) fn of_file(shown: &Shown, left: &Left) -> Self {
        let (known, there) = (shown.files.get(left.at), left.how.as_ref().ok());
        Self {
            bytes: there.map(|one| one.bytes).or(known.map(|file| file.length)),
            file: there.map(|one| one.name.clone()),
            hash: there.map(|one| one.hash),
            kind: ItemKind::File,
            media: known.map(|file| file.media.clone()),
            name: known.map(|file| file.name.clone()),
            unreadable: left.how.as_ref().err().copied(),
            ..Self::of(shown)
        }
    }
}

/// The manifest. Its fields stand in ascending order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When the permit was given.
    pub approved_at: Time,
    /// By whom.
    pub approved_by: UserId,
    /// Of which association.
    pub association: AssociationId,
    /// With which device it was exported.
    pub device: DeviceId,
    /// When, by that device.
    pub exported_at: Time,
    /// In which form.
    pub form: TakeoutForm,
    /// [`FORMAT`].
    pub format: String,
    /// The permit's first second.
    pub from: Time,
    /// Of which group.
    pub group: GroupId,
    /// What it is, for people.
    pub heading: Heading,
    /// The items, in the order of the log.
    pub items: Vec<Item>,
    /// What the group's members call it.
    pub label: Option<String>,
    /// On what it leaves.
    pub medium: Medium,
    /// The people who are named by identifier.
    pub people: Vec<Named>,
    /// Who exported it.
    pub person: UserId,
    /// What for.
    pub purpose: TakeoutPurpose,
    /// Random.
    pub salt: Hash32,
    /// Under a standing permit.
    pub standing: bool,
    /// The permit.
    pub takeout: TakeoutId,
    /// SHA-256 of the text.
    pub text: Hash32,
    /// The permit's first second after its end.
    pub until: Time,
}

impl Manifest {
    /// Its bytes, in their one form.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|_| Code::TooLarge.into())
    }

    /// Who it is, for people.
    pub(super) fn named(&self, user: UserId) -> String {
        let known = self.people.iter().find(|one| one.user == user);
        let name = known.and_then(|one| one.name.clone()).unwrap_or_else(|| user.to_string());
        match known.and_then(|one| one.facility.as_ref()) {
            Some(facility) => format!("{name}（{facility}）"),
            None => name,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn sample() -> Manifest {
        let user = UserId([1; 16]);
        Manifest {
            approved_at: Time(1_795_305_600),
            approved_by: UserId([2; 16]),
            association: AssociationId([3; 16]),
            device: DeviceId([4; 16]),
            exported_at: Time(1_795_309_200),
            form: TakeoutForm::Archive,
            format: FORMAT.to_owned(),
            from: Time(1_795_305_600),
            group: GroupId([5; 16]),
            heading: heading(),
            items: vec![Item {
                amended: Some(AmendedItem { retracted: false, seq: 9, time: Time(1_795_306_000) }),
                author: user,
                bytes: None,
                device: DeviceId([4; 16]),
                file: None,
                hash: Some(sha256("体温 36.5\n".as_bytes())),
                id: StatementId([6; 16]),
                kind: ItemKind::Message,
                media: None,
                name: None,
                seq: 7,
                time: Time(1_795_305_700),
                unreadable: Some(Code::KeyAwaited),
            }],
            label: Some("見本 花子さん".to_owned()),
            medium: Medium::UsbMemory,
            people: vec![Named { facility: Some("見本医院".to_owned()), name: None, user }],
            person: user,
            purpose: TakeoutPurpose::Conference,
            salt: Hash32([7; 32]),
            standing: false,
            takeout: TakeoutId([8; 16]),
            text: Hash32([9; 32]),
            until: Time(1_795_392_000),
        }
    }

    #[test]
    fn a12_5_a_manifest_has_one_form_with_every_member_in_order() {
        fn in_order(value: &serde_json::Value) -> bool {
            match value {
                serde_json::Value::Object(members) => members.keys().is_sorted() && members.values().all(in_order),
                serde_json::Value::Array(items) => items.iter().all(in_order),
                serde_json::Value::Number(number) => number.is_u64(),
                _ => true,
            }
        }
        let bytes = sample().bytes().expect("short");
        let text = core::str::from_utf8(&bytes).expect("UTF-8");
        // As written, not as a map would put it.
        let members: Vec<&str> = text.split('"').filter(|part| !part.is_empty()).collect();
        assert_eq!(members[1], "approved_at");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert!(in_order(&value));
        assert_eq!(serde_json::to_vec(&sorted(value)).expect("JSON"), bytes, "its members are written in order");
        assert_eq!(serde_json::from_slice::<Manifest>(&bytes).expect("a manifest"), sample());
    }

    /// The same with the members of every object in order, whatever kind of map a value is kept in.
    fn sorted(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(members) => {
                let mut all: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
                all.sort_by(|a, b| a.0.cmp(&b.0));
                serde_json::Value::Object(all.into_iter().collect())
            }
            serde_json::Value::Array(items) => items.into_iter().map(sorted).collect(),
            other => other,
        }
    }
}
