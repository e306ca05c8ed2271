//! Facilities, staff, devices, delegation.

use clap::{Args, Subcommand};
use renkei_client_core::proto::act::{FacilityKind, Profession};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::reach::Telephone;
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
Columns, by the first line, in any order:
  氏名 name, 職種 profession                         needed
  ふりがな kana
  誓約書 pledge (the day signed), スキャン scan (a file beside this one, or its SHA-256)
  免除 held since (an equal pledge)
  SNS管理者 administrator, グループ担当 group manager   yes or no

UTF-8 or Shift_JIS. After a broken connection run it again: who is registered is passed over.
 / 
列（1行目の見出し、順不同）:
  氏名、職種                                         必須
  ふりがな
  誓約書（署名日）、スキャン（同じ場所のファイル、またはSHA-256）
  免除（同等の誓約書を取り交わした日）
  SNS管理者、グループ担当                            ○ または空欄

文字コードは UTF-8 または Shift_JIS。途中で接続が切れたら、もう一度実行してください。登録済みの人は飛ばします。";

/// A facility's application: its manager's device enrols with it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Apply {
    /// The ticket's link (renkei:enrol/…), or - to read it from standard input / 登録票のリンク（renkei:enrol/…）。- なら標準入力から読む
    pub(crate) link: String,
    /// The facility's name / 事業所名
    #[arg(long)]
    pub(crate) name: String,
    /// What it is: --kind clinic, … / 事業所の種類
    #[arg(long, value_parser = parser(labels::FACILITIES))]
    pub(crate) kind: FacilityKind,
    /// It is a member of the association / 医師会の会員である
    #[arg(long)]
    pub(crate) member: bool,
    /// Form 1 was signed on this date / 連携守秘誓約書（様式1）の署名日
    #[arg(long, value_name = "DATE")]
    pub(crate) form1_signed: Date,
    /// Scan of Form 1, or its SHA-256 / 連携守秘誓約書（様式1）のスキャン、またはSHA-256
    #[arg(long, value_name = "FILE", value_parser = forms::scan)]
    pub(crate) form1_scan: Hash32,
    /// The facility manager, who applies / 申請する事業所管理者の氏名
    #[arg(long)]
    pub(crate) manager: String,
    /// The manager's name in kana / 事業所管理者のふりがな
    #[arg(long)]
    pub(crate) kana: Option<String>,
    /// What the manager does / 事業所管理者の職種
    #[arg(long, value_parser = parser(labels::PROFESSIONS))]
    pub(crate) profession: Profession,
    #[command(flatten)]
    pub(crate) pledge: PledgeArgs,
    /// What this device is / 端末の種類
    #[arg(long, value_name = "KIND", value_parser = parser(labels::DEVICES), default_value = "computer")]
    pub(crate) device: renkei_client_core::proto::act::DeviceKind,
    /// The device is the person's own / 本人の私物の端末である
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
    /// Apply for a new facility with the Desk's ticket, enrolling this device / 療養相談室の登録票で事業所の利用を申請し、この端末を登録する
    #[serde(skip)]
    Apply(Box<Apply>),
    /// Make an enrolment ticket for a new facility, as an operator / 担当者として、新しい事業所の登録票を作る
    Ticket,
    /// Facilities that wait for admission, with the words to compare / 承認待ちの事業所と、照合用の言葉の一覧
    Applications,
    /// Admit a facility; two operators must / 事業所を承認する（担当者二名が必要）
    Admit {
        /// The facility / 事業所
        facility: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// End a facility's admission; two operators must / 事業所の利用を終了する（担当者二名が必要）
    End {
        /// The facility / 事業所
        facility: String,
        /// Close the groups that it has left open / 残ったグループも終了する
        #[arg(long)]
        close_groups: bool,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// All facilities / すべての事業所の一覧
    List,
    /// Under which number one's own facility is telephoned when nobody acknowledges an urgent message / 至急連絡が確認されないときに電話する、自事業所の電話番号
    Telephone {
        /// The number, which everybody in the district sees / 電話番号（地域のすべての利用者に表示される）
        #[arg(required_unless_present = "none")]
        number: Option<Telephone>,
        /// None any more / 番号をなくす
        #[arg(long, conflicts_with = "number")]
        none: bool,
    },
    /// Appoint an SNS administrator, as the facility manager / 事業所管理者として、SNS管理者を任命する
    AppointAdministrator {
        /// Whom / 対象の人
        user: String,
    },
    /// Dismiss an SNS administrator / SNS管理者を解任する
    DismissAdministrator {
        /// Whom / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Hand the office of facility manager over / 事業所管理者を引き継ぐ
    HandOver {
        /// To whom / 引き継ぐ相手
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Make an enrolment ticket for each new facility of a CSV file, as an operator / 担当者として、CSVファイルの新しい事業所ごとに登録票を作る
    Tickets {
        /// The file: columns 事業所名 (name), 種別 (kind) / CSVファイル（列: 事業所名、種別）
        #[arg(value_parser = forms::absolute)]
        file: String,
        /// Show every fault by line, and issue nothing / 誤りを行ごとに示すだけで、何も発行しない
        #[arg(long)]
        dry_run: bool,
        /// The new file for the links, for your eyes only / 登録票のリンクを書き出す新しいファイル（ほかの人に見せない）
        #[arg(long, value_parser = forms::absolute, required_unless_present = "dry_run")]
        out: Option<String>,
    },
    /// Every group, member, device and delegation that touches one's facility, as its administrator / 管理者として、自事業所に関わるグループ、メンバー、端末、委託をすべて表示する
    Overview {
        /// Also write tables: FILE-groups.csv, -members.csv, -devices.csv, -delegations.csv, -takeouts.csv / 表も書き出す: FILE-groups.csv、-members.csv、-devices.csv、-delegations.csv、-takeouts.csv
        #[arg(long, value_name = "FILE")]
        csv: Option<String>,
    },
    /// Stop a facility with everybody in it at once; two operators let it go on / 事業所の全員を直ちに停止する（再開には担当者二名が必要）
    Suspend {
        /// The facility [default: one's own] / 事業所［省略時: 自事業所］
        facility: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Let a suspended facility go on; two operators must / 停止した事業所を再開する（担当者二名が必要）
    Resume {
        /// The facility / 事業所
        facility: String,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum StaffCommand {
    /// Register a person and issue the ID / 従事者を登録し、IDを発行する
    Add {
        #[command(flatten)]
        #[serde(flatten)]
        person: PersonArgs,
        /// What the person does / 従事者の職種
        #[arg(long, value_parser = parser(labels::PROFESSIONS))]
        profession: Profession,
        #[command(flatten)]
        #[serde(flatten)]
        pledge: PledgeArgs,
    },
    /// Everybody of one's own facility / 自事業所の従事者の一覧
    List,
    /// File a person's Form 2, or the exemption / 従事者誓約書（様式2）または免除を記録する
    Pledge {
        /// Whose / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        pledge: PledgeArgs,
    },
    /// End an ID: sessions, devices and memberships end with it / IDを終了する（セッション、端末、メンバーの資格も終わる）
    End {
        /// Whose / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Have a person's password and code generator forgotten: the next sign-in sets new ones / パスワードと認証アプリの設定を消す（次のサインインで新しく設定する）
    Reset {
        /// Whose / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// End the wait of a person who mistyped password or code too often: one more try / パスワードや確認コードを誤り続けた人の待ち時間を解く（もう一度だけ試せる）
    Unlock {
        /// Whose / 対象の人
        user: String,
    },
    /// Let a person create groups and invite for the facility / グループの作成と招待を任せる（グループ担当）
    Grant {
        /// Whom / 対象の人
        user: String,
    },
    /// Take that back / グループ担当から外す
    Revoke {
        /// From whom / 対象の人
        user: String,
    },
    /// Register the people of a CSV file; nobody, unless every line is right / CSVファイルの従事者を登録する（全行が正しい場合だけ）
    #[command(after_help = IMPORT)]
    Import {
        /// The file / ファイル
        #[arg(value_parser = forms::absolute)]
        file: String,
        /// Show every fault by line, and register nobody / 誤りを行ごとに示すだけで、誰も登録しない
        #[arg(long)]
        dry_run: bool,
        /// Make an enrolment ticket for each person without a device / 端末のない人ごとに登録票も作る
        #[arg(long)]
        tickets: bool,
    },
    /// Stop a person with all devices at once; the person can be let on later / 従事者をすべての端末とともに直ちに停止する（後で再開できる）
    Suspend {
        /// Whom / 対象の人
        user: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Let a suspended person go on / 停止した従事者を再開する
    Resume {
        /// Whom / 対象の人
        user: String,
    },
    /// Deputies of the SNS administrators, for a time / 期間を定めたSNS管理者の代理
    #[command(subcommand)]
    Deputy(DeputyCommand),
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DeviceCommand {
    /// Make an enrolment ticket for a device of a person, or of oneself / 従事者または自分の端末の登録票を作る
    Ticket {
        /// Whose device [default: one's own] / 誰の端末か［省略時: 自分］
        user: Option<String>,
    },
    /// Devices that answered this device's tickets, with the words to compare / この端末の登録票に応じた端末と、照合用の言葉の一覧
    Offers,
    /// Approve a device that answered a ticket of this device / この端末の登録票に応じた端末を承認する
    Approve {
        /// The device / 端末
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Give the second signature for a device that somebody else has approved / ほかの人が承認した端末に、二人目として署名する
    Confirm {
        /// The device / 端末
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Devices of one's own facility, or of one person / 自事業所または一人の従事者の端末の一覧
    List {
        /// Whose / 対象の人
        #[arg(long)]
        user: Option<String>,
    },
    /// Wipe a device: cut off at once, and its vault can never be opened again / 端末を消去する（直ちに切断され、保管庫は二度と開けない）
    Wipe {
        /// The device / 端末
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Get a new certificate for this device / この端末の証明書を更新する
    RenewCertificate,
    /// Renew the keys that this device receives group keys with / グループの鍵を受け取るための、この端末の鍵を更新する
    RenewKeys,
    /// Stop a device at once; it can be let on later / 端末を直ちに停止する（後で再開できる）
    Suspend {
        /// The device / 端末
        device: String,
        /// It is lost: its person alone does not let it on / 紛失である（本人だけでは再開できない）
        #[arg(long)]
        lost: bool,
    },
    /// Let a suspended device go on, from another device / 停止した端末を、別の端末から再開する
    Resume {
        /// The device / 端末
        device: String,
    },
    /// Take a device out of use for good: wiped, and never let in again / 端末の使用を終える（消去され、二度と接続できない）
    Retire {
        /// The device / 端末
        device: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Wipe all devices of a person, or of one's own facility / 一人の従事者または自事業所の端末をすべて消去する
    WipeAll {
        #[command(flatten)]
        #[serde(flatten)]
        whose: WhoseDevices,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Declare how one of one's own devices is kept: each that holds / 自分の端末の状態のうち、当てはまるものを申告する
    Declare {
        /// The device [default: this one] / 端末［省略時: この端末］
        #[arg(long)]
        device: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        posture: PostureArgs,
    },
    /// Confirm what was declared of a device, after looking at it / 端末を見たうえで、申告された状態を確認する
    ConfirmPosture {
        /// The device / 端末
        device: String,
        /// Up to and including this day [default: as long as is set] / この日まで（当日を含む）［省略時: 設定による期間］
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// The proof that a device, or every device of a person, was wiped: by whom, when, and what it confirmed / 端末、または一人の従事者の全端末を消去した証明（誰が、いつ、何が確認されたか）
    WipeProof {
        #[command(flatten)]
        #[serde(flatten)]
        of: WipeProofOf,
        /// Write the evidence to this new file, for somebody who checks it (renkei proof verify) / 検証する人のため、証拠を新しいファイルに書き出す（renkei proof verify）
        #[arg(long)]
        out: Option<String>,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum DelegationCommand {
    /// Let the Desk act as originator for one's own facility / 連携元としての操作を療養相談室に委託する
    Grant {
        /// For one group only / 一つのグループだけ
        #[arg(long)]
        group: Option<String>,
        /// Up to and including this day, in Japan / この日まで（当日を含む、日本時間）
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// The Desk's operators may also read / 療養相談室の担当者の閲覧も認める
        #[arg(long)]
        operators_read: bool,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take a delegation back at once / 委託を直ちに取り消す
    Revoke {
        /// Which / 委託
        delegation: String,
    },
    /// Delegations / 委託の一覧
    List,
}
