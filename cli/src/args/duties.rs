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
    /// Which texts are published, in which version, and which wait for a second operator / 公表された文書とその版、二人目の署名を待つもの
    List,
    /// Show one / 文書を表示する
    Show {
        /// Which / 文書の種類
        #[arg(value_parser = parser(labels::TEXTS))]
        text: TextKind,
        /// The one that waits for a second operator / 二人目の署名を待つものを表示する
        #[arg(long)]
        proposed: bool,
    },
    /// Propose the next version, as an operator of the Desk / 担当者として、新しい版を提案する
    Publish {
        /// Which / 文書の種類
        #[arg(value_parser = parser(labels::TEXTS))]
        text: TextKind,
        /// The Japanese text: a UTF-8 file, at most 32,768 bytes, headings after "# " / 日本語の本文（UTF-8のファイル、32,768バイトまで、見出しは「# 」の後）
        #[arg(long, value_name = "FILE", value_parser = forms::absolute)]
        ja: String,
        /// The English text / 英語の本文
        #[arg(long, value_name = "FILE", value_parser = forms::absolute)]
        en: String,
    },
    /// Read what a colleague has proposed, and sign it, as a second operator / 二人目の担当者として、提案された文書を読んで署名する
    Confirm {
        /// Which / 文書の種類
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
    /// Show the points to note, and whether you have acknowledged them / 留意事項と、確認したかどうかを表示する
    Show,
    /// Read and acknowledge them / 留意事項を読んで確認する
    Accept {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum ReviewCommand {
    /// Open a round on the association's points: for one's own facility, or as an operator of the Desk / 医師会の確認事項で定期確認を始める（自事業所、または担当者として）
    Open {
        /// The last day, in Japan / 期限（日本時間のその日まで）
        #[arg(long, value_name = "DATE")]
        due: Date,
        /// Days after it until who has not confirmed only reads / 期限の何日後から、未確認の人を閲覧だけにするか
        #[arg(long, value_name = "DAYS", default_value_t = 14)]
        restrict_after: u16,
        /// Days after it until who has not confirmed does nothing but confirm / 期限の何日後から、未確認の人をロックするか（確認だけができる）
        #[arg(long, value_name = "DAYS", default_value_t = 28)]
        lock_after: u16,
        /// For this facility, as an operator of the Desk / 対象の事業所（療養相談室の担当者）
        #[arg(long, conflicts_with = "everybody")]
        facility: Option<String>,
        /// For everybody of the association, as an operator of the Desk / 医師会の全員を対象にする（療養相談室の担当者）
        #[arg(long)]
        everybody: bool,
    },
    /// Rounds, and who has confirmed and who hasn't, as far as one may know / 定期確認の一覧と、確認した人・していない人（見てよい範囲）
    Status,
    /// Read the points of the round that waits for you, and confirm them / 自分の番の定期確認の事項を読み、確認する
    Confirm {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Close a round / 定期確認を終了する
    Close {
        /// Which / どの定期確認か
        review: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DutyCommand {
    /// Sign, before you leave, that you know that the duty of secrecy goes on / 離職の前に、守秘の義務が続くことを確認して署名する
    Acknowledge {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Record that a person who leaves, or has left, was told so / 離職する人、または離職した人に説明したことを記録する
    Record {
        /// Whom / 対象の人
        user: String,
        /// On which day / 説明した日
        #[arg(long, value_name = "DATE")]
        told_on: Date,
    },
}
