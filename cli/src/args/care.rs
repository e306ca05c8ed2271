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
    /// From this place of the log on
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(crate) from: u64,
    /// The last N messages only / 最新のN件
    #[arg(long, value_name = "N")]
    pub(crate) last: Option<usize>,
    /// Go on with what comes / 新着を待つ
    #[arg(long)]
    pub(crate) follow: bool,
    /// Don't tell the others that you have seen it / 既読にしない
    #[arg(long)]
    pub(crate) peek: bool,
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum MessageCommand {
    /// Say it rightly: shown in the message's place, marked as corrected / 訂正
    Correct {
        /// The group / グループ
        group: String,
        /// The message's number, as `read` shows it / 番号
        seq: u64,
        /// What it should say; standard input when it is missing or - / 本文
        text: Option<String>,
    },
    /// Take a message back: its words stay in the trail alone, and it can't be undone / 取り消し
    Retract {
        /// The group / グループ
        group: String,
        /// The message's number / 番号
        seq: u64,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Every version of a message / 訂正の履歴
    Trail {
        /// The group / グループ
        group: String,
        /// The message's number / 番号
        seq: u64,
    },
    /// Who has seen a message, and who hasn't yet / 既読
    Seen {
        /// The group / グループ
        group: String,
        /// The message's number / 番号
        seq: u64,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum GroupCommand {
    /// Open a group: about one patient, or a free one / 作成
    Create {
        /// What its members call it; sealed / グループ名
        #[arg(long)]
        label: String,
        /// A free group, without patient information / 自由グループ
        #[arg(long)]
        free: bool,
        /// What newcomers may read / 過去の閲覧
        #[arg(long, value_parser = forms::history, default_value = "all", value_name = "all|from-approval|from:DATE")]
        history: HistoryPolicy,
        /// For which facility the Desk opens it / 委託元の事業所
        #[arg(long = "for", value_name = "FACILITY")]
        acting_for: Option<String>,
        /// Govern the group without reading it / 自分は閲覧しない
        #[arg(long)]
        not_reading: bool,
    },
    /// The groups that one reads or governs / 一覧
    List,
    /// Members, invitations and keys of a group / 詳細
    Show {
        /// The group
        group: String,
    },
    /// Close a group: nothing more is written in it / 終了
    Close {
        /// The group
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// The patient card of a group / 患者カード
    #[command(subcommand)]
    Card(CardCommand),
    /// The proof that a group was erased: what, why, by whom, what is still out there / 消去の証明
    ErasureProof {
        /// The group
        #[arg(long)]
        group: String,
        /// A new file for the evidence, which anybody can check / 証拠のファイル
        #[arg(long, value_parser = forms::absolute)]
        out: Option<String>,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum ConsentCommand {
    /// Record Form 3 / 患者同意書の記録
    Record {
        /// The group
        group: String,
        /// Who consented / 同意者
        #[arg(long, value_parser = parser(labels::CONSENTERS))]
        by: ConsentBy,
        /// The name on the form; sealed / 署名者の氏名
        #[arg(long)]
        name: String,
        /// Relation to the patient; sealed / 続柄
        #[arg(long)]
        relation: Option<String>,
        /// The day on the form / 署名日
        #[arg(long, value_name = "DATE")]
        signed: Date,
        /// The day on which the other copy was handed over / 控えを渡した日
        #[arg(long, value_name = "DATE")]
        copy_given: Date,
        /// Scan of the form (PDF, JPEG, PNG), which is deposited sealed; or its SHA-256 alone / スキャン（暗号化して保管）またはSHA-256
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
    },
    /// Record that the consent was withdrawn: the group freezes at once / 同意撤回の記録（直ちに凍結）
    Withdraw {
        /// The group
        group: String,
        /// Who withdrew it / 撤回者
        #[arg(long, value_parser = parser(labels::CONSENTERS))]
        by: ConsentBy,
        /// The day on the paper / 撤回日
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Its scan (PDF, JPEG, PNG), which is deposited sealed; or the SHA-256 alone / スキャン（暗号化して保管）またはSHA-256
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Show Form 3 as it is recorded; the names to those who govern the group / 患者同意書の表示
    Show {
        /// The group
        group: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum InvitationCommand {
    /// Invite a person to a group, as its originator / 招待
    Send {
        /// The group
        group: String,
        /// Whom
        user: String,
    },
    /// Open invitations / 承認待ちの招待
    List,
    /// Approve the invitation of somebody of one's own facility / 承認
    Approve {
        /// The invitation
        invitation: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Decline it / 不承認
    Decline {
        /// The invitation
        invitation: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take an open invitation back, as the originator / 取り下げ
    Withdraw {
        /// The invitation
        invitation: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum MemberCommand {
    /// Who reads a group / 一覧
    List {
        /// The group
        group: String,
    },
    /// End a membership at once / 解除
    Remove {
        /// The group
        group: String,
        /// Whom
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Devices of former readers: which have confirmed that the group's keys are gone / 鍵の消去の確認
    Gone {
        /// The group
        group: String,
    },
}
