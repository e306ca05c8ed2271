//! Keys of this device and of others.

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Boxes, Op, SealedBox, box_is_under};
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::key::SealingPublic;
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use renkei_sealing::boxes::{Context, Purpose};
use renkei_sealing::epoch::{Recipient, seal_to_all};
use zeroize::Zeroizing;

use crate::Result;
use crate::client::{Inner, lock};

/// A new TLS key, and the request for a certificate of it.
pub(crate) fn tls_key() -> Result<(Zeroizing<Vec<u8>>, Blob<1_024>)> {
    let failed = |error: rcgen::Error| {
        tracing::error!(%error, "no TLS key");
        Code::ProfileFailed
    };
    let key = KeyPair::generate_for(&PKCS_ED25519).map_err(failed)?;
    let request = CertificateParams::default().serialize_request(&key).map_err(failed)?;
    let request = Blob::new(request.der().to_vec()).map_err(|_| Code::TooLarge)?;
    Ok((Zeroizing::new(key.serialize_der()), request))
}

/// When a certificate ends (RFC 5280, section 4.1.2.5).
pub(crate) fn certificate_ends(der: &[u8]) -> Option<Time> {
    use x509_parser::prelude::{FromDer as _, X509Certificate};
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    u64::try_from(certificate.validity().not_after.timestamp()).ok().map(Time)
}

impl Inner {
    /// The sealing keys of `devices`, each compared with its fingerprint in the verified registry.
    pub(crate) async fn sealing_keys(&self, devices: &[DeviceId]) -> Result<Vec<(DeviceId, SealingPublic)>> {
        let registered =
            |device: DeviceId| self.replica().registry().now().sealing(device).map(|since| since.fingerprint);
        let missing: Vec<DeviceId> = {
            let known = lock(&self.sealing_keys).clone();
            let present = |device: &DeviceId| {
                known.get(device).is_some_and(|keys| registered(*device) == Some(keys.fingerprint()))
            };
            devices.iter().copied().filter(|device| !present(device)).collect()
        };
        for some in missing.chunks(renkei_proto::bounds::LOOKUP) {
            let asked = List::new(some.to_vec()).map_err(|_| Code::TooLarge)?;
            let Answer::SealingKeys(found) = self.request(Op::SealingKeys(asked)).await? else {
                return Err(Code::Malformed.into());
            };
            for (device, keys) in found.into_vec() {
                if registered(device) != Some(keys.fingerprint()) {
                    return Err(Code::NotAuthentic.into());
                }
                lock(&self.sealing_keys).insert(device, keys);
            }
        }
        let known = lock(&self.sealing_keys);
        devices
            .iter()
            .map(|device| known.get(device).map(|keys| (*device, keys.clone())).ok_or_else(|| Code::Unknown.into()))
            .collect()
    }

    /// Where this device's boxes belong.
    pub(crate) fn context(&self, group: GroupId, purpose: Purpose, sender: DeviceId) -> Context {
        let suite = renkei_proto::SUITE;
        Context { suite, association: self.association, group, purpose, sender, recipient: self.device }
    }

    /// Seals one payload to all these devices.
    pub(crate) async fn seal_boxes(
        &self,
        group: GroupId,
        purpose: Purpose,
        payload: &[u8],
        devices: &[DeviceId],
    ) -> Result<Boxes> {
        let keys = self.sealing_keys(devices).await?;
        let recipients: Vec<Recipient<'_>> =
            keys.iter().map(|(device, keys)| Recipient { device: *device, keys }).collect();
        let context = self.context(group, purpose, self.device);
        let boxes =
            self.with_vault(|vault| seal_to_all(&context, payload, &vault.contents.keys.sealing, &recipients))?;
        boxes.map_err(|_| Code::TooManyDevices.into())
    }

    /// Fetches this device's box beside an entry, under the root that the entry signs.
    pub(crate) async fn fetch_box(
        &self,
        group: GroupId,
        seq: u64,
        root: renkei_proto::act::BoxesRoot,
    ) -> Result<SealedBox> {
        self.fetch_box_of(LogId::Group(group), seq, root).await
    }

    /// The same of any log.
    pub(crate) async fn fetch_box_of(
        &self,
        log: LogId,
        seq: u64,
        root: renkei_proto::act::BoxesRoot,
    ) -> Result<SealedBox> {
        let answer = self.request(Op::FetchBox { log, seq }).await?;
        let Answer::FetchedBox { index, sealed, proof } = answer else { return Err(Code::Malformed.into()) };
        if sealed.device == self.device && box_is_under(root, index, &sealed, &proof) {
            Ok(sealed)
        } else {
            Err(Code::NotAuthentic.into())
        }
    }
}
