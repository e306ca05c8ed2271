//! Devices' keys to receive with, from fixed secrets. ML-KEM keys are given by their seed (FIPS 203), the one form that
//! every library takes; ours wants them expanded.

use data_encoding::HEXLOWER;
use ml_kem::kem::KeyExport;
use ml_kem::{DecapsulationKey, MlKem768, Seed};
use renkei_proto::bytes::Blob;
use renkei_proto::codec;
use renkei_proto::hash::Hash32;
use renkei_proto::id::DeviceId;
use renkei_proto::key::{MLKEM768_PUBLIC, SealingPublic};
use renkei_sealing::device::{MLKEM768_SECRET, SealingSecret};
use serde_json::{Value, json};

/// A device's keys with the secrets from which they are made.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) x25519: [u8; 32],
    pub(crate) seed: [u8; 64],
}

/// Device number `n` of the sealed vectors.
pub(crate) fn device(n: u8) -> Device {
    Device::of(DeviceId([n; 16]), n)
}

impl Device {
    /// The device `id` with keys made of the byte `of`.
    pub(crate) fn of(id: DeviceId, of: u8) -> Self {
        let mut seed = [of ^ 0x40; 64];
        seed[32..].fill(of ^ 0x80);
        Self { id, x25519: [of; 32], seed }
    }

    pub(crate) fn secret(&self) -> SealingSecret {
        secret(self.x25519, self.seed)
    }

    pub(crate) fn public(&self) -> SealingPublic {
        self.secret().public().clone()
    }

    /// As the opener of a box is shown.
    pub(crate) fn recipient(&self) -> Value {
        json!({ "x25519_secret": hex(&self.x25519), "mlkem768_seed": hex(&self.seed) })
    }

    /// As in the files' keys.
    pub(crate) fn show(&self) -> Value {
        let public = self.public();
        json!({
            "device": self.id,
            "x25519_secret": hex(&self.x25519),
            "x25519_public": hex(public.x25519()),
            "mlkem768_seed": hex(&self.seed),
            "mlkem768_public": hex(public.mlkem768()),
            "fingerprint": public.fingerprint(),
        })
    }
}

pub(crate) fn sender() -> Device {
    device(0x21)
}

pub(crate) fn recipient() -> Device {
    device(0x22)
}

pub(crate) fn other() -> Device {
    device(0x23)
}

/// The keys as the files show them.
pub(crate) fn shown() -> Value {
    json!({ "devices": { "sender": sender().show(), "recipient": recipient().show(), "other": other().show() } })
}

/// The keys of these secrets, by the form in which a vault holds them.
#[expect(deprecated, reason = "our library takes expanded keys only")]
pub(crate) fn secret(x25519: [u8; 32], seed: [u8; 64]) -> SealingSecret {
    use ml_kem::ExpandedKeyEncoding;
    let kem = DecapsulationKey::<MlKem768>::from_seed(Seed::from(seed));
    let expanded = Blob::<MLKEM768_SECRET>::new(kem.to_expanded_bytes().to_vec()).unwrap();
    let public = Blob::<MLKEM768_PUBLIC>::new(kem.encapsulation_key().to_bytes().to_vec()).unwrap();
    let point = curve25519_dalek::montgomery::MontgomeryPoint::mul_base_clamped(x25519).to_bytes();
    let stored = (Hash32(x25519), expanded, (Hash32(point), public));
    codec::decode(&codec::encode(&stored)).unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).expect("hexadecimal digits")
}
