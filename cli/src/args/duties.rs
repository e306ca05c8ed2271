//! The association's texts and what people owe: points to note, reviews, the duty of secrecy.

use clap::Subcommand;
use renkei_client_core::proto::time::Date;
use renkei_client_core::proto::wording::TextKind;
use serde::{Deserialize, Serialize};

use super::forms;
use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum TextCommand {
    /// Which texts are published, in which version, and which wait for a second operator / 一覧
    List,
    /// Show one / 表示
    Show {
        /// Which / 種類
        #[arg(value_parser = parser(labels::TEXTS))]
        text: TextKind,
        /// The one that waits for a second operator / 二人目の署名を待つもの
        #[arg(long)]
        proposed: bool,
    },
    /// Propose the next version, as an operator of the Desk / 新しい版の提案
    Publish {
        /// Which / 種類
        #[arg(value_parser = parser(labels::TEXTS))]
        text: TextKind,
        /// The Japanese text: a UTF-8 file, at most 32,768 bytes, headings after "# " / 日本語の本文
        #[arg(long, value_name = "FILE", value_parser = forms::absolute)]
        ja: String,
        /// The English text / 英語の本文
        #[arg(long, value_name = "FILE", value_parser = forms::absolute)]
        en: String,
    },
    /// Read what a colleague has proposed, and sign it, as a second operator / 提案への署名
    Confirm {
        /// Which / 種類
        #[arg(value_parser = parser(labels::TEXTS))]
        text: TextKind,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum NoticeCommand {
    /// Show the points to note, and whether you have acknowledged them / 表示
    Show,
    /// Read and acknowledge them / 確認
    Accept {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum ReviewCommand {
    /// Open a round on the association's points: for one's own facility, or as an operator of the Desk / 開始
    Open {
        /// The last day, in Japan / 期限
        #[arg(long, value_name = "DATE")]
        due: Date,
        /// Days after it until who has not confirmed only reads / 閲覧のみになるまでの日数
        #[arg(long, value_name = "DAYS", default_value_t = 14)]
        restrict_after: u16,
        /// Days after it until who has not confirmed does nothing but confirm / ロックまでの日数
        #[arg(long, value_name = "DAYS", default_value_t = 28)]
        lock_after: u16,
        /// For this facility, as an operator of the Desk / 事業所
        #[arg(long, conflicts_with = "everybody")]
        facility: Option<String>,
        /// For everybody of the association, as an operator of the Desk / 全員
        #[arg(long)]
        everybody: bool,
    },
    /// Rounds, and who has confirmed and who hasn't, as far as one may know / 状況
    Status,
    /// Read the points of the round that waits for you, and confirm them / 確認
    Confirm {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Close a round / 終了
    Close {
        /// Which
        review: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DutyCommand {
    /// Sign, before you leave, that you know that the duty of secrecy goes on / 離職前の確認
    Acknowledge {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Record that a person who leaves, or has left, was told so / 説明の記録
    Record {
        /// Whom
        user: String,
        /// On which day
        #[arg(long, value_name = "DATE")]
        told_on: Date,
    },
}
