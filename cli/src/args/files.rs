//! Files: sending, looking, and keeping a copy where that is allowed (A12.2).

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::request::Sure;

/// A path as the agent finds it, wherever it was started.
pub(super) fn absolute(text: &str) -> Result<PathBuf, String> {
    std::path::absolute(Path::new(text)).map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum FileCommand {
    /// Send a message with files: pictures, PDF, sound, each up to 200 MB / ファイル付きで書き込む（画像、PDF、音声。それぞれ200 MBまで）
    Send {
        /// The group / グループ
        group: String,
        /// The files, ten at most / ファイル（10個まで）
        #[arg(required = true, num_args = 1..=10, value_parser = absolute)]
        files: Vec<PathBuf>,
        /// What to write with them / 一緒に送る本文
        #[arg(long, default_value = "")]
        text: String,
        /// They may be looked at only; in patient groups that always holds / 閲覧だけを許し、ダウンロードを禁止する（患者グループでは常に禁止）
        #[arg(long)]
        no_download: bool,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Look at a file here. That it was opened is on record / ファイルをこの端末で見る（閲覧は記録される）
    View {
        /// The group / グループ
        group: String,
        /// The message's number / 書き込みの番号
        seq: u64,
        /// Which of its files, from 1 / 何番目のファイルか（1から）
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
        file: u8,
        /// Its small picture alone / 縮小画像だけを見る
        #[arg(long)]
        preview: bool,
    },
    /// Keep a copy of a file, where downloads are allowed / ダウンロードが許されているファイルの写しを保存する
    Save {
        /// The group / グループ
        group: String,
        /// The message's number / 書き込みの番号
        seq: u64,
        /// Which of its files, from 1 / 何番目のファイルか（1から）
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
        file: u8,
        /// A new file / 保存先の新しいファイル
        #[arg(long, value_name = "FILE", value_parser = absolute)]
        to: PathBuf,
    },
    /// Forbid downloads in a free group, for good / 自由グループのダウンロードを今後ずっと禁止する
    Forbid {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Sendings that are not finished, and how far they have come / 送信途中のファイルと進み具合の一覧
    Uploads,
    /// Go on with an unfinished sending / 途中のファイルの続きを送る
    Resume {
        /// Which, as listed / 送信のID（一覧に表示される）
        id: String,
    },
    /// Give an unfinished sending up; what was kept of it is destroyed / 途中の送信を取りやめる（保管されていた部分は破棄される）
    Cancel {
        /// Which, as listed / 送信のID（一覧に表示される）
        id: String,
    },
}
