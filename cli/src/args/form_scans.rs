//! Scans of Forms 1 and 2: putting them in a facility's drawer, looking at them, letting them go (A3.1, A9.1).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::files::absolute;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "form-verb", rename_all = "kebab-case")]
pub(crate) enum FormScanCommand {
    /// Deposit the scan of a Form 1 or 2, sealed to those who need it / スキャンの保管（暗号化）
    Deposit {
        #[command(flatten)]
        form: Which,
        /// The scan: the very file whose hash was recorded, PDF, JPEG or PNG / スキャンのファイル
        #[arg(value_parser = absolute)]
        file: PathBuf,
    },
    /// Forms 1 and 2 that one sees to, and which of them lack their scan / 様式1・様式2とスキャンの一覧
    List {
        /// Those that lack their scan / スキャンがないもののみ
        #[arg(long)]
        missing: bool,
    },
    /// Look at a scan here. That it was opened is on record / 閲覧（記録されます）
    View {
        #[command(flatten)]
        form: Which,
    },
    /// Erase a scan that another has replaced, or whose form proves nothing any more / スキャンの消去
    LetGo {
        /// The deposit (its #) / 保管の番号
        deposit: u64,
    },
}

/// Which form.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct Which {
    /// Form 1 of this facility / 様式1（事業所）
    #[arg(long, required_unless_present = "staff", conflicts_with = "staff")]
    pub(crate) facility: Option<String>,
    /// Form 2 of this person / 様式2（従事者）
    #[arg(long)]
    pub(crate) staff: Option<String>,
    /// An earlier Form 2 (its #) [default: the last one] / 以前の様式2の番号
    #[arg(long, requires = "staff")]
    pub(crate) filed: Option<u64>,
}
