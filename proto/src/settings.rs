//! What the association sets for everybody, and a facility more strictly for its own people (Art. 13).
//!
//! Each setting is an act of its own, so that the record says who changed what, and a later version can add settings.

use serde::{Deserialize, Serialize};

use crate::posture::Posture;

/// Which passwords are accepted (Art. 11 (3), and the ministry's guideline 6.0). At least one kind is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PasswordKinds {
    /// Art. 11 (3) a: 13 characters or more.
    pub long: bool,
    /// Art. 11 (3) b: 8 characters or more, changed within two calendar months.
    pub changing: bool,
    /// The guideline's third kind: 8 characters or more beside a second factor, which everybody here has.
    pub second_factor: bool,
}

/// What becomes of one session too many (A11.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Crowded {
    /// The oldest session ends.
    EndOldest,
    /// The new one is refused.
    Refuse,
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Which passwords (A11.2, A11.3).
    Passwords(PasswordKinds),
    /// Seconds without a person after which a phone's or tablet's session locks (A11.4).
    IdleMobile(u32),
    /// The same for a computer.
    IdleComputer(u32),
    /// Seconds after which a session ends, whatever is done in it (A11.4).
    SessionEnd(u32),
    /// Sessions of one person at once, each on a device of its own (A11.1).
    Sessions(u8),
    /// What becomes of one session too many (A11.1).
    Crowded(Crowded),
    /// Whether people's own devices are let in (A12.6).
    OwnDevices(bool),
    /// What is asked of every device (A12.1).
    PostureRequired(Posture),
    /// Days after which an administrator confirms a device's posture again (A12.1).
    PostureEvery(u16),
    /// Years for which a closed patient group is kept before it may be erased (A5.1).
    Retention(u8),
    /// Whether files of free groups may be kept outside (A12.2). Those of patient groups never may.
    Downloads(bool),
    /// Days for which backups of the server are kept, as its keeper says (A6.2): the association's alone. None: nothing is said.
    Backups(Option<u16>),
}
