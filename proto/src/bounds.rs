//! Every bound of the wire and of stored bytes, with its reason.
//!
//! A bound is checked before memory is allocated for what it bounds. Sizes are bytes unless said otherwise.

/// One frame of a request or an answer. Fits an epoch for [`ROSTER_DEVICES`] devices with its boxes (1,216 bytes
/// each) with room to spare, and is small enough that 10,000 connections can't exhaust memory with half frames.
pub const FRAME: usize = 1_048_576;

/// One frame before the peer has shown a certificate: a key bundle with a facility's application fits in 8 `KiB`.
pub const ENROL_FRAME: usize = 16_384;

/// A signed statement. A message of [`MESSAGE_TEXT`] bytes with its context fits.
pub const STATEMENT: usize = 65_536;

/// The boxes or keys that travel beside a statement.
pub const SIDECAR: usize = 917_504;

/// The text of one message in UTF-8: about 10,000 Japanese characters, ten times the longest visiting report seen.
pub const MESSAGE_TEXT: usize = 32_768;

/// A sealed message: its text, the padding and the authentication tag.
pub const CIPHERTEXT: usize = MESSAGE_TEXT + 1_024;

/// A name of a facility or a person: 85 Japanese characters.
pub const NAME: usize = 256;

/// The label of a group ("見本 花子さん 在宅チーム").
pub const LABEL: usize = 256;

/// A sealed label: the label and an authentication tag with some room for a later suite.
pub const SEALED_LABEL: usize = LABEL + 64;

/// A reason given for an act.
pub const REASON: usize = 512;

/// The details of a consent form in a sealed box.
pub const FORM_DETAILS: usize = 2_048;

/// Readers' devices of one group: 200 people with two devices and some to spare. Their boxes fit [`SIDECAR`].
pub const ROSTER_DEVICES: usize = 700;

/// One sealed box: an ML-KEM-768 ciphertext (1,088), Noise X framing (96) and the payload with its tag.
pub const SEALED_BOX: usize = 1_088 + 96 + 16 + BOX_PAYLOAD;

/// What one sealed box carries: up to [`HISTORY_EPOCHS`] epoch keys, or a form's details.
pub const BOX_PAYLOAD: usize = 8_704;

/// Earlier epochs handed over in one history statement: five years of weekly epochs.
pub const HISTORY_EPOCHS: usize = 260;

/// A password as typed, UTF-8, so that hashing has a bounded input.
pub const PASSWORD: usize = 256;

/// One certificate or a short chain in DER.
pub const CERTIFICATE: usize = 4_096;

/// Logs that one client may follow: every group of a busy district nurse, several times over.
pub const LOGS_FOLLOWED: usize = 4_096;

/// How many subjects one look-up (keys, details) may name.
pub const LOOKUP: usize = 256;

/// One chunk of the sync stream. A client reads whole chunks, so this bounds its buffer as well.
pub const SYNC_CHUNK: usize = 262_144;
