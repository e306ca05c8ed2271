//! Facilities, staff, devices, delegation.

use clap::{Args, Subcommand};
use renkei_client_core::proto::act::{FacilityKind, Profession};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::deputy::DeputyCommand;
use super::forms::{self, PledgeArgs};
use super::posture::{PostureArgs, WhoseDevices};
use super::proof::WipeProofOf;
use super::request::Sure;
use super::{DeviceArgs, PersonArgs};
use crate::labels::{self, parser};

const IMPORT: &str = "\
Columns, by the first line, in any order / 列（1行目の見出し、順不同）:
  氏名 name, 職種 profession                         needed / 必須
  ふりがな kana
  誓約書 pledge (the day signed), スキャン scan (a file beside this one, or its SHA-256)
  免除 held since (an equal pledge)
  SNS管理者 administrator, グループ担当 group manager   yes or no / ○ または空欄

UTF-8 or Shift_JIS. After a broken connection run it again: who is registered is passed over.";

/// A facility's application: its manager's device enrols with it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Apply {
    /// The ticket's link (renkei:enrol/…), or - to read it from standard input / 登録票
    pub(crate) link: String,
    /// The facility's name / 事業所名
    #[arg(long)]
    pub(crate) name: String,
    /// What it is: --kind clinic, … / 事業所の種類
    #[arg(long, value_parser = parser(labels::FACILITIES))]
    pub(crate) kind: FacilityKind,
    /// It is a member of the association / 医師会の会員
    #[arg(long)]
    pub(crate) member: bool,
    /// Form 1 was signed on this date / 連携守秘誓約書の署名日
    #[arg(long, value_name = "DATE")]
    pub(crate) form1_signed: Date,
    /// Scan of Form 1, or its SHA-256 / 連携守秘誓約書のスキャン
    #[arg(long, value_name = "FILE", value_parser = forms::scan)]
    pub(crate) form1_scan: Hash32,
    /// The facility manager, who applies / 事業所管理者の氏名
    #[arg(long)]
    pub(crate) manager: String,
    /// The manager's name in kana / ふりがな
    #[arg(long)]
    pub(crate) kana: Option<String>,
    /// What the manager does / 職種
    #[arg(long, value_parser = parser(labels::PROFESSIONS))]
    pub(crate) profession: Profession,
    #[command(flatten)]
    pub(crate) pledge: PledgeArgs,
    /// What this device is / 端末の種類
    #[arg(long, value_name = "KIND", value_parser = parser(labels::DEVICES), default_value = "computer")]
    pub(crate) device: renkei_client_core::proto::act::DeviceKind,
    /// The device is the person's own / 私物端末
    #[arg(long)]
    pub(crate) own: bool,
}

impl Apply {
    pub(crate) fn device(&self) -> DeviceArgs {
        DeviceArgs { kind: self.device, own: self.own }
    }
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum FacilityCommand {
    /// Apply for a new facility with the Desk's ticket, enrolling this device / 利用の申請
    #[serde(skip)]
    Apply(Box<Apply>),
    /// Make an enrolment ticket for a new facility, as an operator / 新しい事業所の登録票
    Ticket,
    /// Facilities that wait for admission, with the words to compare / 承認待ちの事業所
    Applications,
    /// Admit a facility; two operators must / 事業所の承認
    Admit {
        /// The facility
        facility: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// End a facility's admission; two operators must / 利用の終了（二名）
    End {
        /// The facility
        facility: String,
        /// Close the groups that it has left open / 残ったグループも終了
        #[arg(long)]
        close_groups: bool,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// All facilities / 一覧
    List,
    /// Appoint an SNS administrator, as the facility manager / SNS管理者の任命
    AppointAdministrator {
        /// Whom
        user: String,
    },
    /// Dismiss an SNS administrator / SNS管理者の解任
    DismissAdministrator {
        /// Whom
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Hand the office of facility manager over / 事業所管理者の引き継ぎ
    HandOver {
        /// To whom
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Make an enrolment ticket for each new facility of a CSV file, as an operator / CSVからの登録票の発行
    Tickets {
        /// The file: columns 事業所名 (name), 種別 (kind)
        #[arg(value_parser = forms::absolute)]
        file: String,
        /// Show every fault by line, and issue nothing / 確認のみ
        #[arg(long)]
        dry_run: bool,
        /// The new file for the links, for your eyes only / 登録票の書き出し先
        #[arg(long, value_parser = forms::absolute, required_unless_present = "dry_run")]
        out: Option<String>,
    },
    /// Every group, member, device and delegation that touches one's facility, as its administrator / 一覧と書き出し
    Overview {
        /// Also write tables: FILE-groups.csv, -members.csv, -devices.csv, -delegations.csv, -takeouts.csv / CSVの書き出し
        #[arg(long, value_name = "FILE")]
        csv: Option<String>,
    },
    /// Stop a facility with everybody in it at once; two operators let it go on / 利用の停止
    Suspend {
        /// The facility [default: one's own]
        facility: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Let a suspended facility go on; two operators must / 利用の再開
    Resume {
        /// The facility
        facility: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum StaffCommand {
    /// Register a person and issue the ID / 登録
    Add {
        #[command(flatten)]
        #[serde(flatten)]
        person: PersonArgs,
        /// What the person does / 職種
        #[arg(long, value_parser = parser(labels::PROFESSIONS))]
        profession: Profession,
        #[command(flatten)]
        #[serde(flatten)]
        pledge: PledgeArgs,
    },
    /// Everybody of one's own facility / 一覧
    List,
    /// File a person's Form 2, or the exemption / 誓約書の記録
    Pledge {
        /// Whose
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        pledge: PledgeArgs,
    },
    /// End an ID: sessions, devices and memberships end with it / IDの終了
    End {
        /// Whose
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Have a person's password and code generator forgotten: the next sign-in sets new ones / 認証の初期化
    Reset {
        /// Whose
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// End the wait of a person who mistyped password or code too often: one more try / 待ち時間の解除
    Unlock {
        /// Whose
        user: String,
    },
    /// Let a person create groups and invite for the facility / グループ担当の付与
    Grant {
        /// Whom
        user: String,
    },
    /// Take that back / グループ担当の取り消し
    Revoke {
        /// From whom
        user: String,
    },
    /// Register the people of a CSV file; nobody, unless every line is right / CSVからの登録
    #[command(after_help = IMPORT)]
    Import {
        /// The file
        #[arg(value_parser = forms::absolute)]
        file: String,
        /// Show every fault by line, and register nobody / 確認のみ
        #[arg(long)]
        dry_run: bool,
        /// Make an enrolment ticket for each person without a device / 登録票も発行
        #[arg(long)]
        tickets: bool,
    },
    /// Stop a person with all devices at once; the person can be let on later / 停止
    Suspend {
        /// Whom
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Let a suspended person go on / 再開
    Resume {
        /// Whom
        user: String,
    },
    /// Deputies of the SNS administrators, for a time / SNS管理者の代理
    #[command(subcommand)]
    Deputy(DeputyCommand),
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DeviceCommand {
    /// Make an enrolment ticket for a device of a person, or of oneself / 登録票
    Ticket {
        /// Whose device [default: one's own]
        user: Option<String>,
    },
    /// Devices that answered this device's tickets, with the words to compare / 承認待ちの端末
    Offers,
    /// Approve a device that answered a ticket of this device / 承認
    Approve {
        /// The device
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Give the second signature for a device that somebody else has approved / 二人目の承認
    Confirm {
        /// The device
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Devices of one's own facility, or of one person / 一覧
    List {
        /// Whose
        #[arg(long)]
        user: Option<String>,
    },
    /// Wipe a device: cut off at once, and its vault can never be opened again / 消去
    Wipe {
        /// The device
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Get a new certificate for this device / 証明書の更新
    RenewCertificate,
    /// Renew the keys that this device receives group keys with / 受信鍵の更新
    RenewKeys,
    /// Stop a device at once; it can be let on later / 緊急停止
    Suspend {
        /// The device
        device: String,
        /// It is lost: its person alone does not let it on / 紛失
        #[arg(long)]
        lost: bool,
    },
    /// Let a suspended device go on, from another device / 再開
    Resume {
        /// The device
        device: String,
    },
    /// Take a device out of use for good: wiped, and never let in again / 使用終了
    Retire {
        /// The device
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Wipe all devices of a person, or of one's own facility / 一括消去
    WipeAll {
        #[command(flatten)]
        #[serde(flatten)]
        whose: WhoseDevices,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Declare how one of one's own devices is kept: each that holds / 端末の状態の申告
    Declare {
        /// The device [default: this one]
        #[arg(long)]
        device: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        posture: PostureArgs,
    },
    /// Confirm what was declared of a device, after looking at it / 端末の状態の確認
    ConfirmPosture {
        /// The device
        device: String,
        /// Up to and including this day [default: as long as is set] / 期限
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// The proof that a device, or every device of a person, was wiped: by whom, when, and what it confirmed / 端末の消去の証明
    WipeProof {
        #[command(flatten)]
        #[serde(flatten)]
        of: WipeProofOf,
        /// Write the evidence to this new file, for somebody who checks it (renkei proof verify) / 証拠の書き出し
        #[arg(long)]
        out: Option<String>,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DelegationCommand {
    /// Let the Desk act as originator for one's own facility / 委託の登録
    Grant {
        /// For one group only / 一つのグループのみ
        #[arg(long)]
        group: Option<String>,
        /// Up to and including this day, in Japan / 終了日
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// The Desk's operators may also read / 担当者の閲覧を認める
        #[arg(long)]
        operators_read: bool,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take a delegation back at once / 委託の取り消し
    Revoke {
        /// Which
        delegation: String,
    },
    /// Delegations / 一覧
    List,
}
