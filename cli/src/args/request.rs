//! The commands that the agent carries out. What is parsed here is what travels to it, so that a command has one
//! description; what only the terminal knows (a secret, a text from standard input, a confirmation) is filled in after
//! parsing.

use clap::{Args, Subcommand};
use renkei_client_core::proto::act::{ConsentBy, FacilityKind, HistoryPolicy, Profession};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::card::CardCommand;
use super::desk::{DeskCommand, InquiryCommand, TrainingCommand};
use super::duties::{DutyCommand, NoticeCommand, ReviewCommand, TextCommand};
use super::ending::{ErasureCommand, HandoverCommand};
use super::files::FileCommand;
use super::forms::{self, PledgeArgs};
use super::posture::{PostureArgs, WhoseDevices};
use super::takeout::TakeoutCommand;
use super::uses::UseCommand;
use super::{DeviceArgs, PersonArgs, settings};
use crate::labels::{self, parser};
use crate::secrets::Secret;

const IMPORT: &str = "\
Columns, by the first line, in any order / 列（1行目の見出し、順不同）:
  氏名 name, 職種 profession                         needed / 必須
  ふりがな kana
  誓約書 pledge (the day signed), スキャン scan (a file beside this one, or its SHA-256)
  免除 held since (an equal pledge)
  SNS管理者 administrator, グループ担当 group manager   yes or no / ○ または空欄

UTF-8 or Shift_JIS. After a broken connection run it again: who is registered is passed over.";

/// Whether a person has looked at what is about to be done.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct Sure {
    /// Don't ask: what had to be compared was compared / 確認せずに実行
    #[arg(long)]
    pub(crate) yes: bool,
    /// What the person was shown. The agent refuses when it has become something else.
    #[arg(skip)]
    pub(crate) shown: Option<String>,
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Who is signed in here, and how the connection stands / 状態
    Status,
    /// Lock: the keys leave memory until the next sign-in / ロック
    Lock,
    /// Sign out / サインアウト
    SignOut,
    /// The password / パスワード
    #[command(subcommand)]
    Password(PasswordCommand),
    /// Facilities and their administrators / 事業所
    #[command(subcommand)]
    Facility(FacilityCommand),
    /// Staff of one's own facility / 従事者
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Devices / 端末
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Delegation of origination to the Desk / 委託
    #[command(subcommand)]
    Delegation(DelegationCommand),
    /// Groups / グループ
    #[command(subcommand)]
    Group(GroupCommand),
    /// Patients' consent / 患者同意書
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Invitations to groups / 招待
    #[command(subcommand)]
    Invitation(InvitationCommand),
    /// Erasing groups, by two people / 消去
    #[command(subcommand)]
    Erasure(ErasureCommand),
    /// Handing groups over to another facility / 引き継ぎ
    #[command(subcommand)]
    Handover(HandoverCommand),
    /// Members of groups / メンバー
    #[command(subcommand)]
    Member(MemberCommand),
    /// Write to a group / 送信
    Send {
        /// The group / グループ
        group: String,
        /// What to write; standard input when it is missing or - / 本文
        text: Option<String>,
    },
    /// Read a group / 閲覧
    Read(Read),
    /// Where one is signed in, or people of one's facility are / セッション
    #[command(subcommand)]
    Session(SessionCommand),
    /// Show a fresh code, as administrative acts ask for / 確認コードの再入力
    StepUp {
        /// Read the code from this file descriptor
        #[arg(long, value_name = "N")]
        code_fd: Option<u32>,
        #[arg(skip)]
        code: Option<Secret>,
    },
    /// Get new recovery codes in place of all old ones / 予備コードの再発行
    RecoveryCodes,
    /// What the association and the facility have set / 設定
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Correct and take back what you wrote, and see who has seen it / 訂正・取り消し・既読
    #[command(subcommand)]
    Message(MessageCommand),
    /// Evidence: who could read, copies to check, comparing with a colleague / 監査
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The association's texts / 医師会の文書
    #[command(subcommand)]
    Text(TextCommand),
    /// The points to note / 留意事項
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// Periodic reviews / 定期確認
    #[command(subcommand)]
    Review(ReviewCommand),
    /// The duty of secrecy after leaving / 離職後の守秘
    #[command(subcommand)]
    Duty(DutyCommand),
    /// Files: send, look at, keep where that is allowed / ファイル
    #[command(subcommand)]
    File(FileCommand),
    /// Uses of a patient's data beyond the group / グループ外での利用
    #[command(subcommand)]
    Use(UseCommand),
    /// Asking the association's consultation desk / 療養相談室への問い合わせ
    #[command(subcommand)]
    Inquiry(InquiryCommand),
    /// Training rounds / 研修
    #[command(subcommand)]
    Training(TrainingCommand),
    /// The Desk's report / 療養相談室の報告
    #[command(subcommand)]
    Desk(DeskCommand),
    /// Taking information, or a facility's device, out / 持ち出し
    #[command(subcommand)]
    Takeout(TakeoutCommand),
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum AuditCommand {
    /// Who could read a group, with which devices, and by whose doing / 閲覧できた人
    WhoCouldRead {
        /// The group
        #[arg(long)]
        group: String,
        /// What was written on this day (in Japan) only / 日付
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// Write the registry and groups' logs to a file that anybody can check / 書き出し
    Export {
        /// A group; may be given several times
        #[arg(long = "group")]
        groups: Vec<String>,
        /// The new file
        #[arg(long, value_parser = forms::absolute)]
        out: String,
    },
    /// Check such a file, without server or profile, against the root's fingerprint / 検証
    Verify {
        /// The file
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits
        #[arg(long)]
        root: Hash32,
    },
    /// Show what the server has signed last, to be given to a colleague who compares / 署名された先頭
    Heads,
    /// Write again to a log that did not hold, after finding out what happened; then sign in again / 信頼の回復
    TrustAgain {
        /// The group; without it the registry
        #[arg(long)]
        group: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Compare what the server has signed for a colleague with what it sent to this device / 突き合わせ
    Compare {
        /// What `audit heads` printed there (renkei:heads/…)
        heads: String,
    },
    /// Write what one may see of the record of access to a file that anybody can check / アクセス記録の書き出し
    Access {
        #[command(flatten)]
        #[serde(flatten)]
        whose: WhoseAccess,
        /// From this day on, in Japan / 開始日
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Up to and including this day / 終了日
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        /// The new file: JSON Lines
        #[arg(long, value_parser = forms::absolute)]
        out: String,
    },
    /// Who really was handed the messages of a group, with which device, when / 実際に閲覧した人
    WhoRead {
        /// The group
        #[arg(long)]
        group: String,
        /// On this day (in Japan) only / 日付
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// How often what was accessed at each facility, day by day: for the Desk / アクセス件数
    AccessCounts {
        /// From this day on, in Japan / 開始日
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// Up to and including this day [default: that day alone] / 終了日
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
    },
    /// Draft of a report on a device that is lost or in wrong hands / 漏えい等報告の案
    LeakReport {
        /// The device
        device: String,
        /// From when on: the day on which it was seen last, in Japan / いつから
        #[arg(long, value_name = "DATE")]
        since: Date,
    },
    /// Check a file of the record of access, without server or profile / アクセス記録の検証
    VerifyAccess {
        /// The file
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits
        #[arg(long)]
        root: Hash32,
        /// A head that was kept from earlier (renkei:access/…), to be held against the whole record / 以前の署名
        #[arg(long, value_name = "HEAD")]
        earlier: Option<String>,
    },
}

/// Whose records [default: an administrator's whole facility, anybody else's own]
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct WhoseAccess {
    /// One's own only / 自分の記録のみ
    #[arg(long, conflicts_with_all = ["group", "user"])]
    pub(crate) mine: bool,
    /// Those of one group that the facility originates / グループ
    #[arg(long, conflicts_with = "user")]
    pub(crate) group: Option<String>,
    /// Those of one person of the facility, by identifier / 利用者
    #[arg(long)]
    pub(crate) user: Option<UserId>,
}

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
pub(crate) enum PasswordCommand {
    /// Change it: the present one, then the new one / 変更
    Change {
        /// Read both from this file descriptor: the present one, then the new one
        #[arg(long, value_name = "N")]
        password_fd: Option<u32>,
        #[arg(skip)]
        old: Option<Secret>,
        #[arg(skip)]
        new: Option<Secret>,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum SessionCommand {
    /// List them / 一覧
    List {
        /// Whose [default: one's own]
        #[arg(long)]
        user: Option<String>,
    },
    /// End one / 終了
    End {
        /// The session
        session: String,
        /// Whose it is [default: one's own]
        #[arg(long)]
        user: Option<String>,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum RulesCommand {
    /// What holds here, and what waits for a second signature / 表示
    Show,
    /// Set one: for the association as an operator of the Desk (two must), else for one's own facility / 変更
    Set {
        /// passwords=long,changing,second-factor idle-mobile=SECONDS idle-computer=SECONDS session-end=SECONDS
        /// sessions=NUMBER crowded=end-oldest|refuse own-devices=yes|no
        #[arg(value_parser = settings::setting)]
        setting: Setting,
        /// For one's own facility, also as an operator of the Desk / 自事業所のみ
        #[arg(long)]
        facility: bool,
    },
}

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
        /// Name the groups in the tables by their labels, which can be patients' names / グループの名称も書き出す
        #[arg(long, requires = "csv")]
        labels: bool,
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
    },
    /// Take a delegation back at once / 委託の取り消し
    Revoke {
        /// Which
        delegation: String,
    },
    /// Delegations / 一覧
    List,
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum GroupCommand {
    /// Open a group: about one patient, or a free one / 作成
    Create {
        /// What its members call it; sealed / 名称
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
        /// Scan of the form, or its SHA-256 / スキャン
        #[arg(long, value_name = "FILE", value_parser = forms::scan)]
        scan: Hash32,
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
        /// Its scan, or the SHA-256 / スキャン
        #[arg(long, value_name = "FILE", value_parser = forms::scan)]
        scan: Hash32,
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
    },
    /// Decline it / 辞退
    Decline {
        /// The invitation
        invitation: String,
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

impl Request {
    /// Where a person's confirmation goes, for the commands that want one.
    pub(crate) fn sure(&mut self) -> Option<&mut Sure> {
        match self {
            Self::Facility(
                FacilityCommand::Admit { sure, .. }
                | FacilityCommand::HandOver { sure, .. }
                | FacilityCommand::Suspend { sure, .. }
                | FacilityCommand::End { sure, .. },
            )
            | Self::Erasure(ErasureCommand::Order { sure, .. } | ErasureCommand::Confirm { sure, .. })
            | Self::Handover(HandoverCommand::Offer { sure, .. } | HandoverCommand::Accept { sure, .. })
            | Self::Staff(
                StaffCommand::End { sure, .. } | StaffCommand::Reset { sure, .. } | StaffCommand::Suspend { sure, .. },
            )
            | Self::Device(
                DeviceCommand::Approve { sure, .. }
                | DeviceCommand::Confirm { sure, .. }
                | DeviceCommand::Wipe { sure, .. }
                | DeviceCommand::Retire { sure, .. }
                | DeviceCommand::WipeAll { sure, .. }
                | DeviceCommand::ConfirmPosture { sure, .. },
            )
            | Self::Group(GroupCommand::Close { sure, .. })
            | Self::Text(TextCommand::Confirm { sure, .. })
            | Self::Notice(NoticeCommand::Accept { sure })
            | Self::Review(ReviewCommand::Confirm { sure })
            | Self::Duty(DutyCommand::Acknowledge { sure })
            | Self::Use(UseCommand::Settle { sure, .. })
            | Self::Training(TrainingCommand::Attend { sure, .. })
            | Self::Takeout(TakeoutCommand::Approve { sure, .. } | TakeoutCommand::ConfirmEnd { sure, .. })
            | Self::Member(MemberCommand::Remove { sure, .. }) => Some(sure),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::{Arguments, Command};

    fn travel(arguments: &[&str]) -> String {
        let parsed = Arguments::try_parse_from(std::iter::once(&"renkei").chain(arguments)).unwrap();
        let Command::Request(request) = parsed.command else { panic!("not for the agent") };
        let line = serde_json::to_string(&request).unwrap();
        let again: super::Request = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), line);
        line
    }

    #[test]
    fn every_kind_of_command_survives_the_way_to_the_agent() {
        let hash = "ab".repeat(32);
        assert_eq!(travel(&["status"]), r#"{"command":"status"}"#);
        travel(&["send", "見本 花子さん", "おはようございます"]);
        travel(&["read", "grp-abcd", "--last", "5", "--follow"]);
        travel(&["facility", "admit", "fac-abcd", "--yes"]);
        travel(&[
            "staff",
            "add",
            "--name",
            "見本",
            "--profession",
            "nurse",
            "--pledge-signed",
            "2026-01-05",
            "--pledge-scan",
            &hash,
        ]);
        travel(&["staff", "add", "--name", "見本", "--kana", "みほん", "--profession", "nurse"]);
        travel(&["device", "list", "--user", "見本"]);
        travel(&["delegation", "grant", "--until", "2027-03-31", "--operators-read"]);
        travel(&["group", "create", "--label", "見本", "--history", "from-approval", "--for", "見本医院"]);
        travel(&[
            "consent",
            "record",
            "見本",
            "--by",
            "family",
            "--name",
            "見本",
            "--relation",
            "長女",
            "--signed",
            "2026-01-05",
            "--copy-given",
            "2026-01-05",
            "--scan",
            &hash,
        ]);
        travel(&["consent", "withdraw", "見本", "--by", "patient", "--on", "2026-01-05", "--scan", &hash]);
        travel(&["erasure", "hold", "見本", "--until", "2031-01-05", "--reason", "record-keeping"]);
        travel(&["erasure", "confirm", "見本", "--yes"]);
        travel(&["handover", "offer", "見本", "見本医院"]);
        travel(&["facility", "end", "見本医院", "--close-groups"]);
        travel(&["rules", "set", "passwords=long,changing"]);
        travel(&["session", "end", "ses-abcd", "--user", "見本"]);
        travel(&["step-up"]);
        travel(&["member", "remove", "見本", "見本", "--yes"]);
        travel(&["read", "grp-abcd", "--peek"]);
        travel(&["message", "correct", "見本 花子さん", "12", "体温 36.5"]);
        travel(&["message", "retract", "見本 花子さん", "12"]);
        travel(&["message", "seen", "見本 花子さん", "12"]);
        travel(&["device", "suspend", "dev-abcd", "--lost"]);
        travel(&["device", "wipe-all", "--facility", "--facility-owned", "--yes"]);
        travel(&["device", "declare", "--screen-lock", "--boot-password"]);
        travel(&["facility", "suspend", "--yes"]);
        travel(&["text", "publish", "review-points", "--ja", "a", "--en", "b"]);
        travel(&["notice", "accept", "--yes"]);
        travel(&["review", "open", "--due", "2027-03-31", "--everybody"]);
        travel(&["review", "close", "rev-abcd"]);
        travel(&["inquiry", "open", "--subject", "見本", "本文"]);
        travel(&["inquiry", "close", "grp-abcd", "--reason", "no-reply"]);
        travel(&["training", "open", "--from", "2027-03-01", "--until", "2027-03-31", "--everybody"]);
        travel(&["training", "record", "trn-abcd", "見本", "--held-on", "2027-03-02"]);
        travel(&["desk", "report", "--csv", "report.csv"]);
        travel(&["duty", "record", "見本", "--told-on", "2027-03-31"]);
        travel(&["file", "send", "見本", "/tmp/a.jpg", "/tmp/b.pdf", "--text", "ご確認を", "--no-download"]);
        travel(&["file", "view", "見本", "12", "--file", "2", "--preview"]);
        travel(&["file", "save", "見本", "12", "--to", "/tmp/c.pdf"]);
        travel(&["file", "forbid", "見本"]);
        travel(&["group", "card", "show", "見本"]);
        travel(&["consent", "show", "見本"]);
        travel(&["use", "settle", "見本", "12", "--outcome", "erased", "--on", "2026-01-05", "--yes"]);
        travel(&["group", "card", "set", "見本", "--kana", "みほん", "--fact", "ペニシリン", "--clear", "address"]);
        let usb = ["--medium", "usb-memory", "--purpose", "conference", "--until", "2027-03-31"];
        travel(&[&["takeout", "request", "--group", "見本", "--messages", "3-9,12"], &usb[..]].concat());
        travel(&["takeout", "request", "--device", "dev-abcd", "--purpose", "visit", "--until", "2027-03-31"]);
        travel(&["takeout", "approve", "tko-abcd", "--yes"]);
        travel(&["takeout", "export", "tko-abcd", "--out", "/tmp/x.zip.age"]);
        travel(&["takeout", "chart", "--group", "見本", "--messages", "12"]);
        travel(&["takeout", "standing", "見本", "--until", "2027-03-31"]);
        travel(&["takeout", "confirm-end", "tko-abcd", "returned", "--on", "2027-03-31", "--yes"]);
    }
}
