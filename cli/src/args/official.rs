//! Accounts that speak officially.

use clap::Subcommand;
use renkei_client_core::proto::act::SpeaksFor;
use serde::{Deserialize, Serialize};

use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum OfficialCommand {
    /// Which accounts speak officially, for whom, and who answers for them / 公式アカウントと、その名義・責任者の一覧
    List {
        /// Also those that were withdrawn or have ended, with their dates / 取り下げ・終了したものも日付とともに表示する
        #[arg(long)]
        all: bool,
    },
    /// Propose an account, or other words for it, as an operator of the Desk; a second operator confirms / 担当者として、公式アカウントを（または説明の変更を）提案する。二人目の担当者が確認する
    Name {
        /// Whose account / 対象の人
        user: String,
        /// In whose name it speaks / 名義
        #[arg(long = "for", value_name = "WHOM", value_parser = parser(labels::SPEAKS_FOR))]
        speaks_for: SpeaksFor,
        /// What for: one line / 目的（1行）
        #[arg(long)]
        purpose: String,
        /// Who answers for it, up to 8; repeat for each / 責任者（8人まで。一人ずつ繰り返して指定する）
        #[arg(long = "responsible", value_name = "USER", required = true)]
        responsible: Vec<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Propose that it speaks officially no more; a second operator confirms / 公式アカウントの取り下げを提案する。二人目の担当者が確認する
    Withdraw {
        /// Whose account / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Look at what a colleague has proposed, and sign it / 提案された内容を確かめて、二人目として署名する
    Confirm {
        /// Whose account / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}
