//! Scans of a group's forms: putting them with the group, and looking at them (A6.1).

use std::path::PathBuf;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::files::absolute;
use super::form_scans::FormScanCommand;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum ScanCommand {
    /// Put the scan of a form with the group, sealed to those who govern it / 書式のスキャンを、グループを管理する人だけが開けるよう暗号化して保管する
    Deposit {
        /// The group / グループ
        group: String,
        /// The form (its #) / 書式の番号（#）
        of: u64,
        /// The scan: the very file whose hash was recorded, PDF, JPEG or PNG / スキャンのファイル（記録したハッシュと同じもの。PDF、JPEG、PNG）
        #[arg(value_parser = absolute)]
        file: PathBuf,
    },
    /// Forms, and which of them lack their scan / 書式と、スキャンの有無の一覧
    List {
        /// The group [default: all that one governs] / グループ［省略時: 自分が管理するすべて］
        group: Option<String>,
        /// Those that lack their scan / スキャンがないものだけ
        #[arg(long)]
        missing: bool,
    },
    /// Look at a scan here. That it was opened is on record / スキャンをこの端末で見る（閲覧は記録される）
    View {
        /// The group / グループ
        group: String,
        /// The form (its #) / 書式の番号（#）
        of: u64,
    },
    /// Scans of Forms 1 and 2 / 様式1・様式2のスキャン
    #[command(subcommand)]
    Form(FormScanCommand),
}
