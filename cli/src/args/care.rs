//! Groups, consent, invitations, members, reading and making good what one wrote.

use clap::{Args, Subcommand};
use renkei_client_core::proto::act::{ConsentBy, HistoryPolicy};
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::card::CardCommand;
use super::forms::{self, Scan};
use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct Read {
    /// The group / グループ
    pub(crate) group: String,
    /// From this place of the log on / 記録のこの番号から
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(crate) from: u64,
    /// The last N messages only / 最新のN件だけ
    #[arg(long, value_name = "N")]
    pub(crate) last: Option<usize>,
    /// Go on with what comes / 新着を待ち続ける
    #[arg(long)]
    pub(crate) follow: bool,
    /// Don't tell the others that you have seen it / ほかの人に既読を知らせない
    #[arg(long)]
    pub(crate) peek: bool,
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum MessageCommand {
    /// Say it rightly: shown in the message's place, marked as corrected / 書き込みを訂正する（元の位置に、訂正済みと示して表示される）
    Correct {
        /// The group / グループ
        group: String,
        /// The message's number, as `read` shows it / 書き込みの番号（read で表示される）
        seq: u64,
        /// What it should say; standard input when it is missing or - / 訂正後の本文（省略または - なら標準入力）
        text: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take a message back: its words stay in the trail alone, and it can't be undone / 書き込みを取り消す（本文は履歴にだけ残る。元に戻せない）
    Retract {
        /// The group / グループ
        group: String,
        /// The message's number / 書き込みの番号
        seq: u64,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Every version of a message / 書き込みのすべての版（訂正の履歴）
    Trail {
        /// The group / グループ
        group: String,
        /// The message's number / 書き込みの番号
        seq: u64,
    },
    /// Who has seen a message, and who hasn't yet / 書き込みを見た人と、まだ見ていない人
    Seen {
        /// The group / グループ
        group: String,
        /// The message's number / 書き込みの番号
        seq: u64,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum GroupCommand {
    /// Open a group: about one patient, or a free one / グループを作る（患者グループ、または自由グループ）
    Create {
        /// What its members call it; sealed / メンバーが使うグループ名（暗号化される）
        #[arg(long)]
        label: String,
        /// A free group, without patient information / 患者情報を扱わない自由グループにする
        #[arg(long)]
        free: bool,
        /// What newcomers may read / 新しく入る人が読める範囲
        #[arg(long, value_parser = forms::history, default_value = "all", value_name = "all|from-approval|from:DATE")]
        history: HistoryPolicy,
        /// For which facility the Desk opens it / どの事業所の委託で作るか（療養相談室の担当者）
        #[arg(long = "for", value_name = "FACILITY")]
        acting_for: Option<String>,
        /// Govern the group without reading it / 管理だけを行い、自分は閲覧しない
        #[arg(long)]
        not_reading: bool,
    },
    /// The groups that one reads or governs / 自分が閲覧または管理するグループの一覧
    List,
    /// Members, invitations and keys of a group / グループのメンバー、招待、鍵の状態
    Show {
        /// The group / グループ
        group: String,
    },
    /// Close a group: nothing more is written in it / グループを終了する（以後は書き込めない）
    Close {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Halt a group for the moment: nothing is written in it, and nothing of it is handed out / グループを一時停止する（再開まで読み書きできない）
    Halt {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Let a halted group go on / 一時停止したグループを再開する
    Resume {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// The patient card of a group / グループの患者カード
    #[command(subcommand)]
    Card(CardCommand),
    /// The proof that a group was erased: what, why, by whom, what is still out there / グループを消去した証明（何を、なぜ、誰が、まだ残るもの）
    ErasureProof {
        /// The group / グループ
        #[arg(long)]
        group: String,
        /// A new file for the evidence, which anybody can check / 証拠を書き出す新しいファイル（誰でも検証できる）
        #[arg(long, value_parser = forms::absolute)]
        out: Option<String>,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum ConsentCommand {
    /// Record Form 3 / 患者同意書（様式3）を記録する
    Record {
        /// The group / グループ
        group: String,
        /// Who consented / 同意した人
        #[arg(long, value_parser = parser(labels::CONSENTERS))]
        by: ConsentBy,
        /// The name on the form; sealed / 書面の署名者の氏名（暗号化される）
        #[arg(long)]
        name: String,
        /// Relation to the patient; sealed / 患者との続柄（暗号化される）
        #[arg(long)]
        relation: Option<String>,
        /// The day on the form / 書面の署名日
        #[arg(long, value_name = "DATE")]
        signed: Date,
        /// The day on which the other copy was handed over / 控えを渡した日
        #[arg(long, value_name = "DATE")]
        copy_given: Date,
        /// Scan of the form (PDF, JPEG, PNG), which is deposited sealed; or its SHA-256 alone / 書面のスキャン（PDF、JPEG、PNG。暗号化して保管）、またはSHA-256だけ
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
    },
    /// Record that the consent was withdrawn: the group freezes at once / 同意の撤回を記録する（グループは直ちに凍結される）
    Withdraw {
        /// The group / グループ
        group: String,
        /// Who withdrew it / 撤回した人
        #[arg(long, value_parser = parser(labels::CONSENTERS))]
        by: ConsentBy,
        /// The day on the paper / 書面の日付（撤回日）
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Its scan (PDF, JPEG, PNG), which is deposited sealed; or the SHA-256 alone / 書面のスキャン（PDF、JPEG、PNG。暗号化して保管）、またはSHA-256だけ
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Show Form 3 as it is recorded; the names to those who govern the group / 記録された患者同意書（様式3）を表示する（氏名はグループを管理する人にだけ）
    Show {
        /// The group / グループ
        group: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum InvitationCommand {
    /// Invite a person to a group, as its originator / 連携元として、グループに人を招待する
    Send {
        /// The group / グループ
        group: String,
        /// Whom / 対象の人
        user: String,
    },
    /// Open invitations / 承認待ちの招待の一覧
    List,
    /// Approve the invitation of somebody of one's own facility / 自事業所の人への招待を承認する
    Approve {
        /// The invitation / 招待
        invitation: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Decline it / 招待を承認しない
    Decline {
        /// The invitation / 招待
        invitation: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take an open invitation back, as the originator / 連携元として、承認待ちの招待を取り下げる
    Withdraw {
        /// The invitation / 招待
        invitation: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum MemberCommand {
    /// Who reads a group / グループを閲覧できる人の一覧
    List {
        /// The group / グループ
        group: String,
    },
    /// End a membership at once / メンバーから直ちに外す
    Remove {
        /// The group / グループ
        group: String,
        /// Whom / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Devices of former readers: which have confirmed that the group's keys are gone / 以前のメンバーの端末のうち、グループの鍵の消去を確認したもの
    Gone {
        /// The group / グループ
        group: String,
    },
}
