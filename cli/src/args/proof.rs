//! Arguments of what is checked of a proof.

use clap::{Args, Subcommand};
use renkei_client_core::proto::hash::Hash32;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ProofCommand {
    /// Check the proof of an erasure or of a wipe, without server or profile, and print what it says / 消去の証明を、サーバーもプロファイルも使わずに検証し、内容を表示する
    Verify {
        /// The file / ファイル
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits / 医師会のルート鍵の指紋（16進数64桁）
        #[arg(long)]
        root: Hash32,
    },
}

/// Of what a wipe is proved.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(required = true, multiple = false)]
pub(crate) struct WipeProofOf {
    /// Of this device / この端末の分
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// Of every device of this person / この人の全端末の分
    #[arg(long)]
    pub(crate) user: Option<String>,
}
