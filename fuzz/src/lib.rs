//! What the fuzz targets run. `proto/tests/corpus.rs`, `sealing/tests/corpus.rs` and `client-core/src/corpus.rs` run the same
//! over the kept corpus.

pub mod media;
pub mod proto;
pub mod sealing;

// Two files of the client core that stand alone: all of it would bring a network along.
#[path = "../../client-core/src/made.rs"]
mod made;
#[path = "../../client-core/src/traces.rs"]
mod traces;
