//! Secrets: small values that change, and that can really be erased.

use std::fmt;

use zeroize::Zeroizing;

use crate::SecretsError;

/// A secret. Its memory is overwritten when it is dropped.
pub type SecretValue = Zeroizing<Vec<u8>>;

/// A durable map of secrets, a few megabytes at most.
///
/// When [`Secrets::apply`] has returned, whatever it deleted or overwrote is in no file of the data directory
/// any more, and this crate's copies in memory have been overwritten. If it deleted anything, then what a backup kept
/// of the secrets before is unreadable as well: the key under which they were sealed is destroyed (unless the backup
/// has that too). What the file system or the disk keeps underneath is out of a program's reach.
///
/// Keys are not secret. All calls may block for as long as a few `fdatasync` take.
pub trait Secrets: Send + Sync + 'static {
    /// The value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<SecretValue>, SecretsError>;

    /// Applies all changes, in order, or on any error but [`SecretsError::Failed`] none of them. A
    /// [`SecretChange::Delete`] among them, even of an absent key, makes older copies of all secrets unreadable.
    fn apply(&self, changes: Vec<SecretChange>) -> Result<SecretsDurable, SecretsError>;

    /// All keys that start with `prefix`, in order, with their values.
    fn scan(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, SecretValue)>, SecretsError>;
}

/// One change of a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretChange {
    /// Sets `key` to `value` and erases the value it had.
    Put {
        /// Which secret.
        key: Vec<u8>,
        /// Its new value.
        value: SecretValue,
    },
    /// Erases the value of `key`; nothing happens if it is absent.
    Delete {
        /// Which secret.
        key: Vec<u8>,
    },
}

/// The proof that changes of secrets are durable and that what they replaced is gone. Only this crate can
/// make one.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "without this proof neither a change nor an erasure may be acknowledged"]
pub struct SecretsDurable(());

impl SecretsDurable {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl fmt::Debug for SecretChange {
    /// Never shows a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "Put({} bytes at key {})", value.len(), key.escape_ascii()),
            Self::Delete { key } => write!(f, "Delete(key {})", key.escape_ascii()),
        }
    }
}
