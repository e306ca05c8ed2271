//! What the fuzz targets run. `proto/tests/corpus.rs` and `sealing/tests/corpus.rs` run the same over the kept corpus.

pub mod proto;
pub mod sealing;
