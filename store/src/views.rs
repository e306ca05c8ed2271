//! Views: a place for what can be computed again.

use bytes::Bytes;

use crate::StoreError;

/// A disposable map, for instance of folded state.
///
/// A crash may lose recent writes, though never an older one while keeping a newer one, and the whole map is
/// thrown away whenever the engine doubts it. So keep with every value what it was computed from (say, the
/// log's length), and never anything that can't be computed again. Nor anything secret: deleted values may
/// stay in the files for a long time.
pub trait Views: Send + Sync + 'static {
    /// The value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Sets `key` to `value`.
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes `key`; nothing happens if it is absent.
    fn delete(&self, key: &[u8]) -> Result<(), StoreError>;

    /// All keys that start with `prefix`, in order, with their values.
    fn scan(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError>;

    /// Removes everything.
    fn clear(&self) -> Result<(), StoreError>;
}
