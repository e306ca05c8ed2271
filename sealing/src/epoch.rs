//! A group's key for exactly its present readers, and earlier keys for those who may have them.
//!
//! Who the recipients are is not decided here: the caller computes them with the rules from the verified logs.

use core::fmt;

use rand_core::CryptoRngCore;
use renkei_proto::act::{ReleaseKey, SealedLabel};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::frame::{Boxes, SealedBox};
use renkei_proto::hash::{self, Domain, Hash32};
use renkei_proto::id::{DeviceId, GroupId, InvitationId};
use renkei_proto::key::{self, SealingPublic};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::boxes::{self, Context, Purpose};
use crate::device::SealingSecret;
use crate::{SealError, aead, label};

const LABEL_KEY: Domain = Domain("renkei/v1/label-key");
const RELEASE_KEY: Domain = Domain("renkei/v1/release-key");

/// The key of one epoch of one group. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct EpochKey([u8; 32]);

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochKey(…)")
    }
}

impl EpochKey {
    /// A new key.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the signed epoch says of the key: enough to recognise it, useless to find it.
    pub fn commitment(&self, group: GroupId, number: u32) -> Hash32 {
        hash::hash(hash::EPOCH_KEY, &[&group.0, &number.to_le_bytes(), &self.0])
    }

    /// Seals the group's label for everybody who has this key.
    pub fn seal_label(
        &self,
        group: GroupId,
        number: u32,
        label: &SealedLabel,
    ) -> Result<Blob<{ bounds::SEALED_LABEL }>, SealError> {
        // The derived key depends on group and epoch, and one epoch seals one label: it is used once.
        let key = key::derive(&self.0, &number.to_le_bytes(), LABEL_KEY, &group.0);
        let sealed = aead::seal(&key, &group.0, &label::payload(label))?;
        Blob::new(sealed).map_err(|_| SealError::TooLarge)
    }

    /// Opens the label of an epoch, which must be the one that the group was founded with (`named`).
    pub fn open_label(
        &self,
        group: GroupId,
        number: u32,
        sealed: &[u8],
        named: Hash32,
    ) -> Result<SealedLabel, SealError> {
        let key = key::derive(&self.0, &number.to_le_bytes(), LABEL_KEY, &group.0);
        label::read(&aead::open(&key, &group.0, sealed)?, named)
    }
}

/// A recipient of boxes.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'k> {
    /// Whose device.
    pub device: DeviceId,
    /// Its keys, whose fingerprint the caller has compared with the registry's.
    pub keys: &'k SealingPublic,
}

/// Seals one payload to many devices, each in a box of its own, in ascending order of devices.
pub fn seal_to_all(
    context: &Context,
    payload: &[u8],
    from: &SealingSecret,
    recipients: &[Recipient<'_>],
) -> Result<Boxes, SealError> {
    let mut sealed = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let context = Context { recipient: recipient.device, ..*context };
        sealed.push(SealedBox {
            device: recipient.device,
            sealed: boxes::seal(&context, payload, from, recipient.keys)?,
        });
    }
    sealed.sort_by_key(|one| one.device);
    List::new(sealed).map_err(|_| SealError::TooLarge)
}

/// Opens the box of an epoch and checks the key against the signed commitment.
pub fn open_epoch(
    context: &Context,
    sealed: &[u8],
    commitment: Hash32,
    with: &SealingSecret,
) -> Result<EpochKey, SealError> {
    let Purpose::Epoch { number, .. } = context.purpose else { return Err(SealError::NotAuthentic) };
    let payload = boxes::open(context, sealed, with)?;
    let key = EpochKey(payload.as_slice().try_into().map_err(|_| SealError::NotAuthentic)?);
    if key.commitment(context.group, number) == commitment { Ok(key) } else { Err(SealError::NotAuthentic) }
}

/// The payload of a new epoch's boxes.
pub fn epoch_payload(key: &EpochKey) -> &[u8] {
    key.bytes()
}

/// The payload of history boxes: the keys of consecutive epochs, first to last.
pub fn history_payload(keys: &[EpochKey]) -> Result<zeroize::Zeroizing<Vec<u8>>, SealError> {
    if keys.is_empty() || keys.len() > bounds::HISTORY_EPOCHS {
        return Err(SealError::TooLarge);
    }
    Ok(zeroize::Zeroizing::new(codec::encode(keys)))
}

/// The payload of prepared history boxes: the same keys, sealed once more under the invitation's release key.
pub fn prepared_payload(
    keys: &[EpochKey],
    invitation: InvitationId,
    release: &ReleaseKey,
) -> Result<Vec<u8>, SealError> {
    // A release key is made for one invitation, which is prepared for once: the derived key is used once.
    let key = key::derive(&release.0, b"", RELEASE_KEY, &invitation.0);
    aead::seal(&key, &invitation.0, &history_payload(keys)?)
}

/// Opens a prepared history box with the release key that the approval has published, and checks every key against
/// the commitment of its own epoch, first to last.
pub fn open_prepared(
    context: &Context,
    sealed: &[u8],
    release: &ReleaseKey,
    commitments: &[Hash32],
    with: &SealingSecret,
) -> Result<Vec<EpochKey>, SealError> {
    let Purpose::Prepared { invitation, first, .. } = context.purpose else { return Err(SealError::NotAuthentic) };
    let key = key::derive(&release.0, b"", RELEASE_KEY, &invitation.0);
    let payload = aead::open(&key, &invitation.0, &boxes::open(context, sealed, with)?)?;
    read_keys(context.group, first, &payload, commitments)
}

/// Opens a history box and checks every key against the commitment of its own epoch, first to last.
pub fn open_history(
    context: &Context,
    sealed: &[u8],
    commitments: &[Hash32],
    with: &SealingSecret,
) -> Result<Vec<EpochKey>, SealError> {
    let Purpose::History { first, .. } = context.purpose else { return Err(SealError::NotAuthentic) };
    read_keys(context.group, first, &boxes::open(context, sealed, with)?, commitments)
}

fn read_keys(group: GroupId, first: u32, payload: &[u8], commitments: &[Hash32]) -> Result<Vec<EpochKey>, SealError> {
    let keys: List<EpochKey, { bounds::HISTORY_EPOCHS }> =
        codec::decode(payload).map_err(|_| SealError::NotAuthentic)?;
    let keys = keys.into_vec();
    let right = keys.len() == commitments.len()
        && (first..)
            .zip(&keys)
            .zip(commitments)
            .all(|((number, key), commitment)| key.commitment(group, number) == *commitment);
    if right { Ok(keys) } else { Err(SealError::NotAuthentic) }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;
    use renkei_proto::id::AssociationId;
    use renkei_proto::statement::Head;
    use renkei_proto::text::Line;

    use super::*;

    const GROUP: GroupId = GroupId([2; 16]);

    fn context(purpose: Purpose) -> Context {
        let (sender, recipient) = (DeviceId([5; 16]), DeviceId([6; 16]));
        Context { suite: 1, association: AssociationId([1; 16]), group: GROUP, purpose, sender, recipient }
    }

    #[test]
    fn an_epoch_key_other_than_the_signed_one_is_refused() {
        let device = SealingSecret::generate(&mut OsRng).unwrap();
        let purpose = Purpose::Epoch { number: 1, roster: Hash32::default(), prior: Head::default() };
        let key = EpochKey::generate(&mut OsRng);
        let to = [Recipient { device: DeviceId([6; 16]), keys: device.public() }];
        let sealed = seal_to_all(&context(purpose), epoch_payload(&key), &device, &to).unwrap().into_vec().remove(0);
        let open = |commitment| open_epoch(&context(purpose), sealed.sealed.as_slice(), commitment, &device);
        assert_eq!(open(key.commitment(GROUP, 1)), Ok(key.clone()));
        assert_eq!(open(key.commitment(GROUP, 2)), Err(SealError::NotAuthentic));
        assert_eq!(open(EpochKey::generate(&mut OsRng).commitment(GROUP, 1)), Err(SealError::NotAuthentic));
    }

    #[test]
    fn history_keys_are_each_checked_against_their_own_epoch() {
        let device = SealingSecret::generate(&mut OsRng).unwrap();
        let keys: Vec<_> = (0..3).map(|_| EpochKey::generate(&mut OsRng)).collect();
        let context = context(Purpose::History { first: 4, last: 6 });
        let sealed = boxes::seal(&context, &history_payload(&keys).unwrap(), &device, device.public()).unwrap();
        let commitments: Vec<_> = (4..).zip(&keys).map(|(number, key)| key.commitment(GROUP, number)).collect();
        let open = |commitments: &[Hash32]| open_history(&context, sealed.as_slice(), commitments, &device);
        assert_eq!(open(&commitments), Ok(keys.clone()));
        assert_eq!(open(&commitments[..2]), Err(SealError::NotAuthentic));
        let swapped = [commitments[1], commitments[0], commitments[2]];
        assert_eq!(open(&swapped), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_label_opens_with_its_epochs_key_only() {
        let (key, other) = (EpochKey::generate(&mut OsRng), EpochKey::generate(&mut OsRng));
        let label =
            SealedLabel {
                salt: Hash32([7; 32]), label: Line::new("見本 花子さん 在宅チーム").unwrap(), release: None
            };
        let named = label.commitment();
        let sealed = key.seal_label(GROUP, 1, &label).unwrap();
        assert_eq!(key.open_label(GROUP, 1, sealed.as_slice(), named), Ok(label));
        assert_eq!(key.open_label(GROUP, 2, sealed.as_slice(), named), Err(SealError::NotAuthentic));
        assert_eq!(other.open_label(GROUP, 1, sealed.as_slice(), named), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_reader_who_seals_another_label_under_the_epochs_key_renames_nothing() {
        let key = EpochKey::generate(&mut OsRng);
        let label = |text| SealedLabel { salt: Hash32([7; 32]), label: Line::new(text).unwrap(), release: None };
        let renamed = key.seal_label(GROUP, 1, &label("見本 次郎さん")).unwrap();
        let named = label("見本 花子さん").commitment();
        assert_eq!(key.open_label(GROUP, 1, renamed.as_slice(), named), Err(SealError::NotAuthentic));
    }

    #[test]
    fn prepared_keys_open_with_the_device_and_the_release_key_together_only() {
        let (device, other) =
            (SealingSecret::generate(&mut OsRng).unwrap(), SealingSecret::generate(&mut OsRng).unwrap());
        let keys: Vec<_> = (0..2).map(|_| EpochKey::generate(&mut OsRng)).collect();
        let invitation = InvitationId([8; 16]);
        let (release, wrong) = (ReleaseKey([9; 32]), ReleaseKey([10; 32]));
        let context = context(Purpose::Prepared { invitation, first: 1, last: 2 });
        let payload = prepared_payload(&keys, invitation, &release).unwrap();
        let sealed = boxes::seal(&context, &payload, &device, device.public()).unwrap();
        let commitments: Vec<_> = (1..).zip(&keys).map(|(number, key)| key.commitment(GROUP, number)).collect();
        let open = |release, device| open_prepared(&context, sealed.as_slice(), release, &commitments, device);
        assert_eq!(open(&release, &device), Ok(keys));
        assert_eq!(open(&wrong, &device), Err(SealError::NotAuthentic));
        assert_eq!(open(&release, &other), Err(SealError::NotAuthentic));
    }
}
