//! The bytes of Renkei.
//!
//! Everything that is stored, signed or sent is defined here, and nothing else is: this crate does no
//! input or output, reads no clock, draws no randomness and knows no rule of the policy.
//!
//! From the inside out:
//!
//! * [`bounds`] names every limit with its reason; [`bytes`] and [`text`] are values that can't exceed theirs.
//! * [`codec`] is the one canonical encoding (postcard, refused unless re-encoding gives the same bytes).
//! * [`id`], [`hash`], [`time`], [`key`] are the small vocabulary.
//! * [`statement`] is what a person's device signs: an act of [`act`] in its context. Governance, epochs,
//!   history boxes and messages are all statements, so that there is one envelope to check.
//! * [`entry`] is how a log holds a statement: numbered, timed by the server, chained by hashes.
//! * [`merkle`] is the tree over a log; [`heads`] is what the server signs of all of them, against forks.
//! * [`settings`] is what the association and a facility set; [`posture`] is how a device is kept.
//! * [`takeout`] is what may leave, under which permit, and what a device says when it exports.
//! * [`access`] is the record of who was handed what, [`access_file`] a copy of it; [`tiles`] proves a part of it.
//! * [`mod@file`] is how files are cut, named by a post, and asked for.
//! * [`paper`] is a job for the printer: forms, an enrolment ticket's sheet, a letter.
//! * [`card`] is what a patient card says, before it is sealed.
//! * [`reach`] is how somebody is reached beside the app: telephone numbers, quiet hours.
//! * [`safety`] is what somebody says of oneself when an emergency broadcast asks.
//! * [`forms`] is what travels sealed beside acts on forms and uses.
//! * [`scan`] is the key of a form's scan.
//! * [`wipe`] is a device's confirmation that it keeps nothing any more.
//! * [`ticket`] is the enrolment ticket, the key bundle bound to it, and the words two people compare.
//! * [`frame`] is what travels over QUIC; [`code`] is the closed set of answers that are not "yes".

pub mod access;
pub mod access_file;
pub mod act;
pub mod bounds;
pub mod bytes;
pub mod card;
pub mod code;
pub mod codec;
pub mod entry;
pub mod erasure_word;
pub mod file;
pub mod form_scan;
pub mod forms;
pub mod frame;
pub mod group_receipt;
pub mod hash;
pub mod heads;
pub mod id;
pub mod key;
pub mod merkle;
pub mod paper;
pub mod posture;
pub mod reach;
pub mod recovery;
pub mod report;
pub mod safety;
pub mod scan;
pub mod sentence;
pub mod settings;
pub mod statement;
pub mod takeout;
pub mod text;
pub mod ticket;
pub mod tiles;
pub mod time;
pub mod wipe;
pub mod wipe_proof;
pub mod wording;
pub mod words;

/// The version byte of everything stored or signed today.
pub const VERSION: u8 = 1;

/// The suite byte: Ed25519, SHA-256, AES-256-GCM, `Noise_Xpsk1_25519_ChaChaPoly_SHA256` with ML-KEM-768.
pub const SUITE: u8 = 1;

/// The version of the rules that a statement was written under. An unknown one stops sealing.
pub const RULES: u16 = 1;
