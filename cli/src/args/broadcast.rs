//! Emergency broadcasts.

use clap::Subcommand;
use renkei_client_core::proto::safety::Safety;
use serde::{Deserialize, Serialize};

use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum BroadcastCommand {
    /// Tell the whole district at once, as an operator of the Desk; no patient information / 担当者として、地域の全員に一斉に知らせる（患者情報は書かない）
    Send {
        /// What, up to 140 characters / 本文（140字まで）
        text: String,
        /// It is a drill / 訓練
        #[arg(long)]
        drill: bool,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Broadcasts that are not over / 終了していない緊急一斉連絡の一覧
    List {
        /// Also those that are over / 終了したものも
        #[arg(long)]
        all: bool,
    },
    /// Say how you are; the last answer counts / 安否を知らせる（最後の回答が有効）
    Answer {
        /// How / 安否
        #[arg(value_parser = parser(labels::SAFETY))]
        says: Safety,
        /// To which broadcast [default: the latest] / 緊急一斉連絡の番号［省略時: 最新のもの］
        broadcast: Option<u64>,
    },
    /// How people are whom you look after, and who has said nothing / 自分が見られる人の安否と、未回答の人
    People {
        /// After which broadcast [default: the latest] / 緊急一斉連絡の番号［省略時: 最新のもの］
        broadcast: Option<u64>,
    },
    /// End a broadcast, as an operator / 担当者として、緊急一斉連絡を終了する
    Close {
        /// Which / 緊急一斉連絡の番号
        broadcast: u64,
    },
}
