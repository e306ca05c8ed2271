//! Announcements in the name of a facility, or of the association.

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::forms;
use super::request::Sure;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum AnnouncementCommand {
    /// Draft one in the name of your facility; as an operator of the Desk, in the association's / 自事業所の名で（担当者は医師会の名で）お知らせの案を作る
    Draft {
        /// The Japanese text: a UTF-8 file, at most 32,768 bytes, headings after "# " / 日本語の本文（UTF-8のファイル、32,768バイトまで、見出しは「# 」の後）
        #[arg(long, value_name = "FILE", value_parser = forms::absolute)]
        ja: String,
        /// The English text [default: the Japanese one] / 英語の本文［省略時: 日本語の本文］
        #[arg(long, value_name = "FILE", value_parser = forms::absolute)]
        en: Option<String>,
        /// Who is asked to check it, at least one besides you and who publishes it / 確認を依頼する人（自分と公開する人のほかに一人以上）
        #[arg(long = "checked-by", value_name = "USER", required = true)]
        checked_by: Vec<String>,
        /// A new text for your own draft of this name: all checks begin anew / 自分の案の文面を差し替える（確認は最初からやり直し）
        #[arg(long, value_name = "ANNOUNCEMENT")]
        again: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// What is published, and drafts that you have to do with / 公開されたお知らせと、自分が関わる案
    List,
    /// Read one / 本文を読む
    Show {
        /// Which / どのお知らせか
        announcement: String,
    },
    /// Read a draft that you were asked to check, and approve of exactly this text / 確認を依頼された案を読み、その文面を承認する
    Approve {
        /// Which / どのお知らせか
        announcement: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Object to a draft: it is not published as it is / 案に異議を出す（その文面は公開されない）
    Object {
        /// Which / どのお知らせか
        announcement: String,
    },
    /// Read what all have approved, and publish it to the whole district / 全員が承認した文面を読み、地域全体に公開する
    Publish {
        /// Which / どのお知らせか
        announcement: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Withdraw what is published, or give a draft up / 公開を取り下げる、または案を取りやめる
    Withdraw {
        /// Which / どのお知らせか
        announcement: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}
