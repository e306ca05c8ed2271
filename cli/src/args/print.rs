//! What is printed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use renkei_client_core::proto::time::Date;
use renkei_client_core::proto::wording::TextKind;

use crate::labels::{self, parser};

#[derive(Debug, Clone, Args)]
pub(crate) struct Out {
    /// The new PDF file / 作成するPDFファイル
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PrintCommand {
    /// A text of the association as published: Forms 1–3 with lines to sign on, the points to note / 公表された医師会の文書（署名欄のある様式1〜3、留意事項）
    Text(TextArgs),
    /// An enrolment ticket with its QR code. The sheet is secret; the link is not shown / QRコード付きの新しい登録票。印刷物は秘密で、リンクは表示されない
    Ticket {
        /// Whose device [default: one's own] / 誰の端末か［省略時: 自分］
        #[arg(conflicts_with = "new_facility")]
        user: Option<String>,
        /// For the application of a new facility, as an operator of the Desk / 新しい事業所の申請用（療養相談室の担当者）
        #[arg(long)]
        new_facility: bool,
        #[command(flatten)]
        out: Out,
    },
    /// The state of the review rounds, with everybody who has not confirmed / 定期確認の状況と、未確認の人の一覧
    Review {
        #[command(flatten)]
        out: Out,
    },
    /// Draft of a report on a device that is lost or in wrong hands / 紛失した端末、または他人の手に渡った端末についての漏えい等報告の案
    LeakReport {
        /// The device / 端末
        device: String,
        /// From when on: the day on which it was seen last, in Japan / いつから（端末が最後に確認された日、日本時間）
        #[arg(long, value_name = "DATE")]
        since: Date,
        #[command(flatten)]
        out: Out,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct TextArgs {
    /// Which / 文書の種類
    #[arg(value_parser = parser(labels::TEXTS))]
    pub(crate) text: TextKind,
    /// Fill in the person: who signs Form 1 or 2, who explains Form 3 / 記入する氏名（様式1・2では署名者、様式3では説明者）
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Fill in this facility [default: one's own] / 記入する事業所名［省略時: 自事業所］
    #[arg(long)]
    pub(crate) facility: Option<String>,
    /// The English text too, on pages of its own / 英語の参考訳も別ページに印刷する
    #[arg(long)]
    pub(crate) english: bool,
    /// A text out of a file instead, marked 見本 on every page: no sign-in needed / 公表前のファイルから、全ページに「見本」と入れて印刷する（サインイン不要）
    #[arg(long, value_name = "FILE", requires = "en")]
    pub(crate) ja: Option<String>,
    /// Its English text / 英語の本文
    #[arg(long, value_name = "FILE", requires = "ja")]
    pub(crate) en: Option<String>,
    #[command(flatten)]
    pub(crate) out: Out,
}

impl PrintCommand {
    /// The file that is wanted.
    pub(crate) fn out(&self) -> &Out {
        match self {
            Self::Text(TextArgs { out, .. })
            | Self::Ticket { out, .. }
            | Self::Review { out }
            | Self::LeakReport { out, .. } => out,
        }
    }
}
