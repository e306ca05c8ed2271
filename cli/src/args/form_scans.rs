//! Scans of Forms 1 and 2: putting them in a facility's drawer, looking at them, letting them go (A3.1, A9.1).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::files::absolute;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "form-verb", rename_all = "kebab-case")]
pub(crate) enum FormScanCommand {
    /// Deposit the scan of a Form 1 or 2, sealed to those who need it / 様式1・様式2のスキャンを、必要な人だけが開けるよう暗号化して保管する
    Deposit {
        #[command(flatten)]
        form: Which,
        /// The scan: the very file whose hash was recorded, PDF, JPEG or PNG / スキャンのファイル（記録したハッシュと同じもの。PDF、JPEG、PNG）
        #[arg(value_parser = absolute)]
        file: PathBuf,
    },
    /// Forms 1 and 2 that one sees to, and which of them lack their scan / 自分が扱う様式1・様式2と、スキャンの有無の一覧
    List {
        /// Those that lack their scan / スキャンがないものだけ
        #[arg(long)]
        missing: bool,
    },
    /// Look at a scan here. That it was opened is on record / スキャンをこの端末で見る（閲覧は記録される）
    View {
        #[command(flatten)]
        form: Which,
    },
    /// Erase a scan that another has replaced, or whose form proves nothing any more / 差し替えられたスキャン、または不要になった様式のスキャンを消去する
    LetGo {
        /// The deposit (its #) / 保管の番号（#）
        deposit: u64,
    },
}

/// Which form.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct Which {
    /// Form 1 of this facility / この事業所の様式1
    #[arg(long, required_unless_present = "staff", conflicts_with = "staff")]
    pub(crate) facility: Option<String>,
    /// Form 2 of this person / この人の様式2
    #[arg(long)]
    pub(crate) staff: Option<String>,
    /// An earlier Form 2 (its #) [default: the last one] / 以前の様式2の番号（#）［省略時: 最新のもの］
    #[arg(long, requires = "staff")]
    pub(crate) filed: Option<u64>,
}
