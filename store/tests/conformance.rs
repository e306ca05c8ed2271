//! Every engine keeps the promises of its traits.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

mod memory {
    use renkei_store::MemoryStore;

    fn fresh() -> (MemoryStore, ()) {
        (MemoryStore::new(), ())
    }

    renkei_store::log_conformance!(fresh);
    renkei_store::secrets_conformance!(fresh);
    renkei_store::views_conformance!(fresh);
}

mod embedded {
    use renkei_store::EmbeddedStore;
    use tempfile::TempDir;

    fn fresh() -> (EmbeddedStore, TempDir) {
        let dir = TempDir::new().unwrap();
        (crate::support::open(dir.path()), dir)
    }

    renkei_store::log_conformance!(fresh);
    renkei_store::secrets_conformance!(fresh);
    renkei_store::views_conformance!(fresh);
}
