//! Arguments of what is checked of a proof.

use clap::{Args, Subcommand};
use renkei_client_core::proto::hash::Hash32;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ProofCommand {
    /// Check the proof of an erasure or of a wipe, without server or profile, and print what it says / 消去の証明の検証
    Verify {
        /// The file
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits
        #[arg(long)]
        root: Hash32,
    },
}

/// Of what a wipe is proved.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(required = true, multiple = false)]
pub(crate) struct WipeProofOf {
    /// Of this device / この端末
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// Of every device of this person / この人の全端末
    #[arg(long)]
    pub(crate) user: Option<String>,
}
