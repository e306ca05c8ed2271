//! What every app of Renkei is built on. No screens here, and nothing written to disk in plain text: what leaves the
//! service does so under a permit and encrypted ([`takeout`]).
//!
//! A device lives through three types:
//!
//! 1. [`enrol::enrol`] turns an enrolment ticket into a [`profile::Profile`] on disk, whose vault is closed.
//! 2. [`profile::Profile::sign_in`] opens the vault with the server's share and gives a [`client::Client`].
//! 3. A [`client::Client`] keeps a connection, follows every log that the person may see, verifies each entry with the
//!    rules the server decided by, and offers what a person does: [`office`] for administrators and the Desk,
//!    [`groups`] for those who govern, [`messages`], [`attach`], [`sending`] and [`viewing`] for those who care, [`duties`] for everybody.
//!
//! Nothing that the server says is believed without a signature under the association's root: [`replica`] is where it
//! is checked, and a log that fails there is never sent to again.
//!
//! The association's root key has its own, separate tool: [`root`].
//!
//! Every failure is a [`Fault`] with a stable code; [`renkei_proto::sentence`] has the words for a person.

pub mod access;
pub mod announcements;
pub mod attach;
pub mod audit;
pub mod broadcasts;
mod cache;
pub mod calls;
pub mod card;
pub mod client;
mod clock;
#[cfg(test)]
mod corpus;
pub mod corrections;
mod deputies;
pub mod devices;
pub mod drafts;
pub mod duties;
pub mod ending;
pub mod enrol;
pub mod erasure_proof;
mod fetching;
pub mod files;
pub mod form_scans;
pub mod gone;
pub mod groups;
mod handing_on;
mod housekeeping;
mod identifying;
pub mod import;
pub mod importing;
pub mod incidents;
pub mod inquiries;
mod keys;
mod labels;
pub mod leak;
mod link;
pub mod made;
pub mod media;
pub mod messages;
pub mod office;
pub mod official;
pub mod outbox;
pub mod overview;
pub mod probe;
pub mod profile;
mod renewal;
pub mod replica;
pub mod report;
pub mod root;
mod rotation;
pub mod scan_record;
pub mod scans;
pub mod search;
pub mod seeing;
pub mod sending;
mod sessions;
pub mod table;
pub mod takeout;
mod tls;
mod traces;
pub mod training;
pub mod uses;
mod vault;
pub mod viewing;
pub mod wipe_proof;
pub mod witness;
pub mod words;

#[cfg(feature = "dev-clock")]
pub use clock::dev;
pub use renkei_policy as policy;
pub use renkei_proto as proto;
pub use renkei_proto::frame::Fault;

/// What this crate's functions give.
pub type Result<T> = core::result::Result<T, Fault>;

/// `N` random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    use rand_core::RngCore as _;
    let mut bytes = [0; N];
    rand_core::OsRng.fill_bytes(&mut bytes);
    bytes
}

/// The device's own idea of the time: shown and signed as a claim, never judged by.
pub fn now() -> proto::time::Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    proto::time::Time(since.map_or(0, |since| since.as_secs()))
}
