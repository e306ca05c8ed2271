//! Facilities, people and devices, as statements name them.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::hash::Hash32;
use crate::id::{DeviceId, FacilityId, GroupId, UserId};
use crate::key::SigningPublic;
use crate::text::Line;
use crate::time::Date;

/// What kind of facility (事業所) one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacilityKind {
    /// 療養相談室, the association's consultation desk.
    Desk,
    /// 診療所.
    Clinic,
    /// 病院.
    Hospital,
    /// 歯科診療所.
    DentalClinic,
    /// 薬局.
    Pharmacy,
    /// 訪問看護ステーション.
    VisitingNurseStation,
    /// 居宅介護支援事業所.
    CareManagerOffice,
    /// 訪問介護事業所.
    HomeHelpStation,
    /// Another one that cares for patients at home.
    Other,
}

/// What a person does. Shown beside every name; the least that readers must know to trust a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profession {
    /// 医師.
    Doctor,
    /// 歯科医師.
    Dentist,
    /// 看護師.
    Nurse,
    /// 薬剤師.
    Pharmacist,
    /// ケアマネジャー.
    CareManager,
    /// ホームヘルパー.
    Helper,
    /// 理学療法士・作業療法士・言語聴覚士.
    Therapist,
    /// 相談員.
    Consultant,
    /// 事務.
    Clerk,
}

/// What kind of device it is (A8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// スマートフォン.
    Phone,
    /// タブレット.
    Tablet,
    /// パソコン.
    Computer,
}

/// The operating system a device runs (A8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperatingSystem {
    /// Linux.
    Linux,
    /// Microsoft Windows.
    Windows,
    /// Apple macOS.
    MacOs,
    /// Apple iOS or iPadOS.
    Ios,
    /// Android.
    Android,
}

/// Whose a device is (A8.2, A12.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// The facility's.
    Facility,
    /// The person's own (BYOD).
    Own,
}

/// A device as it is registered (A8.2). The sealing keys themselves travel in the sidecar.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeviceRegistration {
    /// The new device.
    pub device: DeviceId,
    /// What it is.
    pub kind: DeviceKind,
    /// What it runs.
    pub system: OperatingSystem,
    /// Whose it is.
    pub ownership: Ownership,
    /// The key it signs with.
    pub signing: SigningPublic,
    /// Fingerprint of the keys it receives group keys with ([`crate::key::SealingPublic::fingerprint`]).
    pub sealing: Hash32,
    /// The key with which it confirms that it was wiped ([`crate::wipe`]). It lies outside the vault, so that a device
    /// which is locked, and whose vault can't be opened any more, can still confirm.
    pub receipt: SigningPublic,
}

/// A salted commitment to personal details ([`crate::frame::Details`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Commitment(pub Hash32);

/// Form 1, 連携守秘誓約書, as filed (Art. 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityPledge {
    /// The day on the paper.
    pub signed_on: Date,
    /// SHA-256 of the scan.
    pub scan: Hash32,
}

/// Form 2, 従事者誓約書, or why it could be left out (Art. 9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaffPledge {
    /// The form was signed.
    Signed {
        /// The day on the paper.
        on: Date,
        /// SHA-256 of the scan.
        scan: Hash32,
    },
    /// An equal pledge was already held (既に取り交わしている場合).
    Exempt {
        /// Since when.
        held_since: Date,
    },
}

/// The keys by which people's devices recognise the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerKeys {
    /// Hash ([`crate::hash::AUTHORITY`]) of the certificate of the authority that issues the server's TLS certificate.
    pub server_authority: Hash32,
    /// Hash of the certificate of the authority that issues devices' TLS certificates.
    pub device_authority: Hash32,
    /// The key that signs the server's own statements (heads).
    pub statement_key: SigningPublic,
}

/// An application of a facility with its first administrator (A3.1, A7.1), signed by that person's new device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityApplication {
    /// The new facility.
    pub facility: FacilityId,
    /// Its name. A facility's name is public.
    pub name: Line<{ bounds::NAME }>,
    /// What it is.
    pub kind: FacilityKind,
    /// Whether it is a member of the association (others join under a recorded agreement).
    pub association_member: bool,
    /// Form 1.
    pub pledge: FacilityPledge,
    /// The person who applies: facility manager and first SNS administrator.
    pub manager: Person,
    /// That person's first device.
    pub device: DeviceRegistration,
}

/// A person as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The one ID of this person (A11.1).
    pub user: UserId,
    /// What the person does.
    pub profession: Profession,
    /// Commitment to the name.
    pub details: Commitment,
    /// Form 2, where it is already there. Without it there is no sign-in (A9.1).
    pub pledge: Option<StaffPledge>,
}

/// How far a delegation reaches (A4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DelegationScope {
    /// Every group of the facility, and new ones.
    Facility,
    /// One group.
    Group(GroupId),
}
