//! The Desk: inquiries to it, training rounds, and its report.

use clap::Subcommand;
use renkei_client_core::proto::act::InquiryEnd;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum InquiryCommand {
    /// Ask the Desk. Nothing of a patient, please: no name, no data of care / 問い合わせを始める
    Open {
        /// What it is about, in a line / 件名
        #[arg(long)]
        subject: String,
        /// What is asked; standard input when it is missing or - / 本文
        text: Option<String>,
    },
    /// One's own inquiries; as an operator everybody's, what waits for the Desk first / 一覧
    List {
        /// Closed ones too / 終了したものも
        #[arg(long)]
        all: bool,
    },
    /// Read one / 閲覧
    Read {
        /// The inquiry, or its subject
        inquiry: String,
    },
    /// Write in one, without saying that it is the answer / 返信
    Reply {
        /// The inquiry
        inquiry: String,
        /// What to write; standard input when it is missing or -
        text: Option<String>,
    },
    /// Take one, as an operator: everybody who reads it sees who / 担当する
    Take {
        /// The inquiry
        inquiry: String,
    },
    /// Write the answer, as an operator / 回答
    Answer {
        /// The inquiry
        inquiry: String,
        /// What to write; standard input when it is missing or -
        text: Option<String>,
    },
    /// Close one: one's own; as an operator with a reason / 終了
    Close {
        /// The inquiry
        inquiry: String,
        /// Why [default: one's own is settled; of another's no reply came, or who asked has left] / 理由
        #[arg(long, value_parser = parser(labels::INQUIRY_ENDS))]
        reason: Option<InquiryEnd>,
    },
    /// Open a closed one again / 再開
    Reopen {
        /// The inquiry
        inquiry: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum TrainingCommand {
    /// Open a round on published material: for one's own facility, or as an operator of the Desk / 開始
    Open {
        /// The first day, in Japan / 開始日
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// The last day / 終了日
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// Which version of the material [default: the present one] / 教材の版
        #[arg(long, value_name = "N")]
        version: Option<u32>,
        /// For this facility, as an operator of the Desk / 事業所
        #[arg(long, conflicts_with = "everybody")]
        facility: Option<String>,
        /// For everybody of the association, as an operator of the Desk / 全員
        #[arg(long)]
        everybody: bool,
    },
    /// Rounds, and who has taken part and who hasn't, as far as one may know / 状況
    Status,
    /// Read the material of the round that waits for you, and sign that you have worked through it / 受講
    Attend {
        /// Which round [default: the one that ends first]
        training: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Record that somebody was at a session held in person / 対面での受講の記録
    Record {
        /// Which round
        training: String,
        /// Who was there
        user: String,
        /// On which day / 開催日
        #[arg(long, value_name = "DATE")]
        held_on: Date,
    },
    /// Close a round / 終了
    Close {
        /// Which round
        training: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DeskCommand {
    /// Numbers and states of every facility, as an operator; of one's own as its administrator / 報告
    Report {
        /// Also write the table to this new file / CSVの書き出し
        #[arg(long, value_name = "FILE")]
        csv: Option<String>,
        /// Count refusals of so many days / 拒否を数える日数
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        days: u16,
    },
}
