//! The registry as this device has verified it, kept sealed between two sessions, so that the next one goes on from
//! there. What is kept is the folded state and the hash of every entry, not the entries.
//!
//! It may be lost or thrown away at any time: the registry then comes once more from its beginning.

use renkei_policy::chain::Chain;
use renkei_policy::registry::Registry;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::hash::Hash32;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::client::Inner;
use crate::vault::Vault;
use crate::{Result, files};

/// The name under which it is sealed, and its file's.
pub(crate) const PART: &str = "registry";

/// Changes whenever the same entries fold to something else, or are kept in another form.
const FORM: u16 = 14;

/// Entries by which the registry grows before it is kept once more, so that a busy day does not write it every minute.
const GROWN: u64 = 256;

#[derive(Serialize, Deserialize)]
struct Kept<'k> {
    form: u16,
    rules: u16,
    root: Hash32,
    registry: std::borrow::Cow<'k, Registry>,
    chain: std::borrow::Cow<'k, Chain>,
}

/// What was kept for the association with this root, if it is there and of this build's form.
pub(crate) fn load(vault: &Vault, root: Hash32) -> Option<(Registry, Chain)> {
    let plain = vault.open_part(PART)?;
    let kept: Kept<'static> = codec::decode(&plain).ok()?;
    let fits = kept.form == FORM && kept.rules == renkei_proto::RULES && kept.root == root;
    let same = kept.registry.size() == kept.chain.head().size;
    (fits && same).then(|| (kept.registry.into_owned(), kept.chain.into_owned()))
}

impl Inner {
    /// Keeps the registry, if it has grown enough since it was kept, or at all where the session ends.
    pub(crate) fn keep_registry(&self, ends: bool) -> Result<()> {
        let (plain, size) = {
            let replica = self.replica();
            let size = replica.registry().size();
            let grown = size.saturating_sub(self.kept.load(std::sync::atomic::Ordering::Relaxed));
            let due = if ends { grown > 0 } else { grown >= GROWN };
            if !due || replica.trusted(renkei_proto::statement::LogId::Registry).is_err() {
                return Ok(());
            }
            let kept = Kept {
                form: FORM,
                rules: renkei_proto::RULES,
                root: replica.root(),
                registry: std::borrow::Cow::Borrowed(replica.registry()),
                chain: std::borrow::Cow::Borrowed(replica.registry_chain()),
            };
            (Zeroizing::new(codec::encode(&kept)), size)
        };
        let (path, sealed) = self.with_vault(|vault| (vault.part(PART), vault.seal_part(PART, &plain)))?;
        files::write_private(&path, &sealed.map_err(|_| Code::ProfileFailed)?)?;
        self.kept.store(size, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }
}
