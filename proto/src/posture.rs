//! How a device is kept (Art. 12 (1)–(4), (8)): what its person declares, what an administrator confirms, and what the
//! association or a facility asks for are all said in the same words (A12.1).

use serde::{Deserialize, Serialize};

/// What holds for a device, or what is asked of it.
#[expect(clippy::struct_excessive_bools, reason = "each is a line of the policy's list, and none follows from another")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Posture {
    /// The screen locks by itself.
    pub screen_lock: bool,
    /// Starting or unlocking it needs a password of at least 8 characters.
    pub boot_password: bool,
    /// No file-sharing software is installed.
    pub no_file_sharing: bool,
    /// Antivirus software runs and is kept current. Not asked of phones and tablets, whose systems have none.
    pub antivirus: bool,
    /// No browser stores passwords.
    pub no_stored_passwords: bool,
    /// It is under mobile device management (MDM).
    pub managed: bool,
    /// The system's updates are installed.
    pub updated: bool,
}

impl Posture {
    /// Each line of it with its name, in the order of the policy.
    pub const fn lines(self) -> [(&'static str, bool); 7] {
        [
            ("screen-lock", self.screen_lock),
            ("boot-password", self.boot_password),
            ("no-file-sharing", self.no_file_sharing),
            ("antivirus", self.antivirus),
            ("no-stored-passwords", self.no_stored_passwords),
            ("managed", self.managed),
            ("updated", self.updated),
        ]
    }

    /// Whether everything that `asked` has is here too.
    pub fn covers(self, asked: Self) -> bool {
        self.lines().iter().zip(asked.lines()).all(|((_, here), (_, asked))| *here || !asked)
    }

    /// Everything that either has.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self {
            screen_lock: self.screen_lock || other.screen_lock,
            boot_password: self.boot_password || other.boot_password,
            no_file_sharing: self.no_file_sharing || other.no_file_sharing,
            antivirus: self.antivirus || other.antivirus,
            no_stored_passwords: self.no_stored_passwords || other.no_stored_passwords,
            managed: self.managed || other.managed,
            updated: self.updated || other.updated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_1_a_posture_covers_what_it_has_and_no_more() {
        let locked = Posture { screen_lock: true, ..Posture::default() };
        let updated = Posture { updated: true, ..Posture::default() };
        assert!(locked.covers(Posture::default()) && locked.covers(locked));
        assert!(!locked.covers(updated) && !updated.covers(locked));
        assert!(locked.with(updated).covers(locked) && locked.with(updated).covers(updated));
        let all = Posture {
            screen_lock: true,
            boot_password: true,
            no_file_sharing: true,
            antivirus: true,
            no_stored_passwords: true,
            managed: true,
            updated: true,
        };
        assert!(all.lines().iter().all(|(_, has)| *has));
    }
}
