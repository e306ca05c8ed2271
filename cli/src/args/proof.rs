//! Arguments of what is checked of a proof.

use clap::Subcommand;
use renkei_client_core::proto::hash::Hash32;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ProofCommand {
    /// Check the proof of an erasure, without server or profile, and print what it says / 消去の証明の検証
    Verify {
        /// The file
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits
        #[arg(long)]
        root: Hash32,
    },
}
