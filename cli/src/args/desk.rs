//! The Desk: inquiries to it, reports of incidents, training rounds, and its report.

use clap::Subcommand;
use renkei_client_core::proto::act::{IncidentKind, InquiryEnd, Measure};
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum InquiryCommand {
    /// Ask the Desk. Nothing of a patient, please: no name, no data of care / 療養相談室に問い合わせる（患者の氏名や療養の情報は書かないでください）
    Open {
        /// What it is about, in a line / 件名（1行）
        #[arg(long)]
        subject: String,
        /// What is asked; standard input when it is missing or - / 問い合わせの本文（省略または - なら標準入力）
        text: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// One's own inquiries; as an operator everybody's, what waits for the Desk first / 問い合わせの一覧（担当者には全員の分、対応待ちが先）
    List {
        /// Closed ones too / 終了したものも含める
        #[arg(long)]
        all: bool,
    },
    /// Read one / 問い合わせを読む
    Read {
        /// The inquiry, or its subject / 問い合わせ、またはその件名
        inquiry: String,
    },
    /// Write in one, without saying that it is the answer / 問い合わせに返信する（回答とはしない）
    Reply {
        /// The inquiry / 問い合わせ
        inquiry: String,
        /// What to write; standard input when it is missing or - / 本文（省略または - なら標準入力）
        text: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take one, as an operator: everybody who reads it sees who / 担当者として引き受ける（読む人全員に担当者名が示される）
    Take {
        /// The inquiry / 問い合わせ
        inquiry: String,
    },
    /// Write the answer, as an operator / 担当者として回答する
    Answer {
        /// The inquiry / 問い合わせ
        inquiry: String,
        /// What to write; standard input when it is missing or - / 本文（省略または - なら標準入力）
        text: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Close one: one's own; as an operator with a reason / 問い合わせを終了する（自分のもの、担当者は理由を付けて）
    Close {
        /// The inquiry / 問い合わせ
        inquiry: String,
        /// Why [default: one's own is settled; of another's no reply came, or who asked has left] / 終了の理由［省略時: 自分の問い合わせは解決。ほかの人のものは返信なし、または離職］
        #[arg(long, value_parser = parser(labels::INQUIRY_ENDS))]
        reason: Option<InquiryEnd>,
    },
    /// Open a closed one again / 終了した問い合わせを再開する
    Reopen {
        /// The inquiry / 問い合わせ
        inquiry: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum IncidentCommand {
    /// Report that something went wrong, to the SNS administrators of one's own facility and to the Desk / 自事業所のSNS管理者と療養相談室に、起きたことを報告する
    Report {
        /// What kind of thing / 種類
        #[arg(long, value_parser = parser(labels::INCIDENTS))]
        kind: IncidentKind,
        /// What it is about, in a line / 件名（1行）
        #[arg(long)]
        subject: String,
        /// The group in which it happened / 起きたグループ
        #[arg(long, requires = "message")]
        group: Option<String>,
        /// The number of the message / 書き込みの番号
        #[arg(long, value_name = "SEQ", requires = "group")]
        message: Option<u64>,
        /// What happened; standard input when it is missing or - / 起きたこと（省略または - なら標準入力）
        text: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// The reports that one reads, and what has to be done yet / 読める報告の一覧と、残っている対応
    List {
        /// Closed ones too / 終了したものも含める
        #[arg(long)]
        all: bool,
    },
    /// Read one / 報告を読む
    Read {
        /// The report, or its subject / 報告、またはその件名
        incident: String,
    },
    /// Write in one / 報告に書き足す
    Reply {
        /// The report / 報告
        incident: String,
        /// What to write; standard input when it is missing or - / 本文（省略または - なら標準入力）
        text: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// See to one, as an SNS administrator of the reporter's facility or as an operator / 対応を引き受ける（報告した人の事業所のSNS管理者、または療養相談室の担当者）
    Take {
        /// The report / 報告
        incident: String,
    },
    /// Say of what kind it really is / 種類を改める
    State {
        /// The report / 報告
        incident: String,
        /// What kind of thing / 種類
        #[arg(long, value_parser = parser(labels::INCIDENTS))]
        kind: IncidentKind,
    },
    /// Record what was done about it, or that it is not needed / 行った対応、または不要と判断したことを記録する
    Measure {
        /// The report / 報告
        incident: String,
        /// What / 対応
        #[arg(value_parser = parser(labels::MEASURES))]
        measure: Measure,
        /// It was found not to be needed / 不要と判断した
        #[arg(long)]
        not_needed: bool,
        /// On which day [default: today] / 行った日［省略時: 今日］
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// Close one, when everything is on record / 対応がすべて記録された報告を終了する
    Close {
        /// The report / 報告
        incident: String,
    },
    /// Open a closed one again / 終了した報告を再開する
    Reopen {
        /// The report / 報告
        incident: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum TrainingCommand {
    /// Open a round on published material: for one's own facility, or as an operator of the Desk / 公表済みの教材で研修を始める（自事業所、または担当者として）
    Open {
        /// The first day, in Japan / 開始日（日本時間）
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// The last day / 終了日
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// Which version of the material [default: the present one] / 教材の版［省略時: 現在の版］
        #[arg(long, value_name = "N")]
        version: Option<u32>,
        /// For this facility, as an operator of the Desk / 対象の事業所（療養相談室の担当者）
        #[arg(long, conflicts_with = "everybody")]
        facility: Option<String>,
        /// For everybody of the association, as an operator of the Desk / 医師会の全員を対象にする（療養相談室の担当者）
        #[arg(long)]
        everybody: bool,
    },
    /// Rounds, and who has taken part and who hasn't, as far as one may know / 研修の一覧と、受講した人・していない人（見てよい範囲）
    Status,
    /// Read the material of the round that waits for you, and sign that you have worked through it / 受講する研修の教材を読み、学んだことに署名する
    Attend {
        /// Which round [default: the one that ends first] / どの研修か［省略時: 最も早く終わるもの］
        training: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Record that somebody was at a session held in person / 対面での受講を記録する
    Record {
        /// Which round / どの研修か
        training: String,
        /// Who was there / 受講した人
        user: String,
        /// On which day / 開催日
        #[arg(long, value_name = "DATE")]
        held_on: Date,
    },
    /// Close a round / 研修を終了する
    Close {
        /// Which round / どの研修か
        training: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DeskCommand {
    /// Numbers and states of every facility, as an operator; of one's own as its administrator / 各事業所の件数と状態（担当者は全事業所、管理者は自事業所）
    Report {
        /// Also write the table to this new file / 表を新しいCSVファイルにも書き出す
        #[arg(long, value_name = "FILE")]
        csv: Option<String>,
        /// Count refusals of so many days / 過去何日分の拒否を数えるか
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        days: u16,
    },
}
