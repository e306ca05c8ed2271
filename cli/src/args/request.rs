//! The commands that the agent carries out. What is parsed here is what travels to it, so that a command has one
//! description; what only the terminal knows (a secret, a text from standard input, a confirmation) is filled in after
//! parsing.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::announcements::AnnouncementCommand;
use super::audit::AuditCommand;
use super::broadcast::BroadcastCommand;
use super::care::{ConsentCommand, GroupCommand, InvitationCommand, MemberCommand, MessageCommand, Read};
use super::deputy::DeputyCommand;
use super::desk::{DeskCommand, IncidentCommand, InquiryCommand, TrainingCommand};
use super::duties::{DutyCommand, NoticeCommand, ReviewCommand, TextCommand};
use super::ending::{ErasureCommand, HandoverCommand};
use super::files::FileCommand;
use super::office::{DelegationCommand, DeviceCommand, FacilityCommand, StaffCommand};
use super::official::OfficialCommand;
use super::scans::ScanCommand;
use super::session::{PasswordCommand, RulesCommand, SessionCommand};
use super::takeout::TakeoutCommand;
use super::urgent::UrgentCommand;
use super::uses::UseCommand;
use crate::secrets::Secret;

/// Whether a person has looked at what is about to be done.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct Sure {
    /// Don't ask: what had to be compared was compared / 確かめるべきことは確認済み: 尋ねずに実行する
    #[arg(long)]
    pub(crate) yes: bool,
    /// What the person was shown. The agent refuses when it has become something else.
    #[arg(skip)]
    pub(crate) shown: Option<String>,
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Who is signed in here, and how the connection stands / サインインしている人と、接続の状態
    Status,
    /// Lock: the keys leave memory until the next sign-in / ロックする（次のサインインまで鍵をメモリーから消す）
    Lock,
    /// Sign out / サインアウトする
    SignOut,
    /// The password / パスワードの変更
    #[command(subcommand)]
    Password(PasswordCommand),
    /// Facilities and their administrators / 事業所とその管理者
    #[command(subcommand)]
    Facility(FacilityCommand),
    /// Staff of one's own facility / 自事業所の従事者
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Devices / 端末
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Delegation of origination to the Desk / 連携元としての操作の療養相談室への委託
    #[command(subcommand)]
    Delegation(DelegationCommand),
    /// Groups / グループ
    #[command(subcommand)]
    Group(GroupCommand),
    /// Patients' consent / 患者の同意
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Invitations to groups / グループへの招待
    #[command(subcommand)]
    Invitation(InvitationCommand),
    /// Erasing groups, by two people / 二名によるグループの消去
    #[command(subcommand)]
    Erasure(ErasureCommand),
    /// Handing groups over to another facility / ほかの事業所へのグループの引き継ぎ
    #[command(subcommand)]
    Handover(HandoverCommand),
    /// Members of groups / グループのメンバー
    #[command(subcommand)]
    Member(MemberCommand),
    /// Write to a group / グループに書き込む
    Send {
        /// The group / グループ
        group: String,
        /// What to write; standard input when it is missing or - / 本文（省略または - なら標準入力）
        text: Option<String>,
        /// Urgent: it rings this person until it is acknowledged; repeat for each, up to 8 / 至急: 確認されるまでこの人を呼び出す（8人まで。一人ずつ繰り返して指定する）
        #[arg(long = "call", value_name = "USER")]
        call: Vec<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Emergency broadcasts to the whole district, and how people are / 地域全体への緊急一斉連絡と安否
    #[command(subcommand)]
    Broadcast(BroadcastCommand),
    /// Urgent messages: calling, acknowledging, who stands in, quiet hours / 至急連絡（呼び出し、確認、代わりの人、鳴らさない時間帯）
    #[command(subcommand)]
    Urgent(UrgentCommand),
    /// Read a group / グループの書き込みを読む
    Read(Read),
    /// Where one is signed in, or people of one's facility are / 自分または自事業所の人がサインインしているセッション
    #[command(subcommand)]
    Session(SessionCommand),
    /// Show a fresh code, as administrative acts ask for / 管理の操作のために、新しい確認コードを入力する
    StepUp {
        /// Read the code from this file descriptor / 確認コードを読むファイル記述子
        #[arg(long, value_name = "N")]
        code_fd: Option<u32>,
        #[arg(skip)]
        code: Option<Secret>,
    },
    /// Get new recovery codes in place of all old ones / 予備コードを作り直す（古いものはすべて無効になる）
    RecoveryCodes {
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// What the association and the facility have set / 医師会と事業所の設定
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Correct and take back what you wrote, and see who has seen it / 自分の書き込みの訂正と取り消し、既読の確認
    #[command(subcommand)]
    Message(MessageCommand),
    /// Evidence: who could read, copies to check, comparing with a colleague / 証拠（閲覧できた人、検証用の写し、突き合わせ）
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The association's texts / 医師会の文書
    #[command(subcommand)]
    Text(TextCommand),
    /// Announcements in the name of a facility or of the association / 事業所または医師会の名でのお知らせ
    #[command(subcommand)]
    Announcement(AnnouncementCommand),
    /// The points to note / 医師会の留意事項
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// Periodic reviews / 定期確認
    #[command(subcommand)]
    Review(ReviewCommand),
    /// The duty of secrecy after leaving / 離職後の守秘
    #[command(subcommand)]
    Duty(DutyCommand),
    /// Files: send, look at, keep where that is allowed / ファイルの送信、閲覧、許された場合の保存
    #[command(subcommand)]
    File(FileCommand),
    /// Uses of a patient's data beyond the group / 患者情報のグループ外での利用
    #[command(subcommand)]
    Use(UseCommand),
    /// Asking the association's consultation desk / 療養相談室への問い合わせ
    #[command(subcommand)]
    Inquiry(InquiryCommand),
    /// Reports that something went wrong / インシデントの報告
    #[command(subcommand)]
    Incident(IncidentCommand),
    /// Training rounds / 研修
    #[command(subcommand)]
    Training(TrainingCommand),
    /// The Desk's report / 療養相談室の報告
    #[command(subcommand)]
    Desk(DeskCommand),
    /// Taking information, or a facility's device, out / 情報または事業所の端末の持ち出し
    #[command(subcommand)]
    Takeout(TakeoutCommand),
    /// Accounts that speak officially / 公式アカウント
    #[command(subcommand)]
    Official(OfficialCommand),
    /// Scans of a group's forms / グループの書式のスキャン
    #[command(subcommand)]
    Scan(ScanCommand),
}

impl Request {
    /// Where a person's confirmation goes, for the commands that want one.
    pub(crate) fn sure(&mut self) -> Option<&mut Sure> {
        match self {
            Self::Facility(
                FacilityCommand::Admit { sure, .. }
                | FacilityCommand::HandOver { sure, .. }
                | FacilityCommand::DismissAdministrator { sure, .. }
                | FacilityCommand::Suspend { sure, .. }
                | FacilityCommand::End { sure, .. },
            )
            | Self::Erasure(
                ErasureCommand::Order { sure, .. }
                | ErasureCommand::Confirm { sure, .. }
                | ErasureCommand::Lift { sure, .. },
            )
            | Self::Handover(HandoverCommand::Offer { sure, .. } | HandoverCommand::Accept { sure, .. })
            | Self::Staff(
                StaffCommand::End { sure, .. }
                | StaffCommand::Reset { sure, .. }
                | StaffCommand::Suspend { sure, .. }
                | StaffCommand::Deputy(DeputyCommand::Name { sure, .. }),
            )
            | Self::Device(
                DeviceCommand::Approve { sure, .. }
                | DeviceCommand::Confirm { sure, .. }
                | DeviceCommand::Wipe { sure, .. }
                | DeviceCommand::Retire { sure, .. }
                | DeviceCommand::WipeAll { sure, .. }
                | DeviceCommand::ConfirmPosture { sure, .. },
            )
            | Self::Group(
                GroupCommand::Close { sure, .. } | GroupCommand::Halt { sure, .. } | GroupCommand::Resume { sure, .. },
            )
            | Self::Broadcast(BroadcastCommand::Send { sure, .. })
            | Self::Text(TextCommand::Confirm { sure, .. })
            | Self::Announcement(
                AnnouncementCommand::Draft { sure, .. }
                | AnnouncementCommand::Approve { sure, .. }
                | AnnouncementCommand::Publish { sure, .. }
                | AnnouncementCommand::Withdraw { sure, .. },
            )
            | Self::Official(
                OfficialCommand::Name { sure, .. }
                | OfficialCommand::Withdraw { sure, .. }
                | OfficialCommand::Confirm { sure, .. },
            )
            | Self::Notice(NoticeCommand::Accept { sure })
            | Self::Review(ReviewCommand::Confirm { sure })
            | Self::Duty(DutyCommand::Acknowledge { sure })
            | Self::Use(UseCommand::Settle { sure, .. })
            | Self::Training(TrainingCommand::Attend { sure, .. })
            | Self::Takeout(TakeoutCommand::Approve { sure, .. } | TakeoutCommand::ConfirmEnd { sure, .. })
            | Self::File(FileCommand::Send { sure, .. } | FileCommand::Forbid { sure, .. })
            | Self::Invitation(InvitationCommand::Approve { sure, .. } | InvitationCommand::Decline { sure, .. })
            | Self::Consent(ConsentCommand::Withdraw { sure, .. })
            | Self::Send { sure, .. }
            | Self::Message(MessageCommand::Correct { sure, .. } | MessageCommand::Retract { sure, .. })
            | Self::Inquiry(
                InquiryCommand::Open { sure, .. }
                | InquiryCommand::Reply { sure, .. }
                | InquiryCommand::Answer { sure, .. },
            )
            | Self::Incident(IncidentCommand::Report { sure, .. } | IncidentCommand::Reply { sure, .. })
            | Self::Session(SessionCommand::End { sure, .. })
            | Self::Delegation(DelegationCommand::Grant { sure, .. })
            | Self::RecoveryCodes { sure }
            | Self::Audit(AuditCommand::TrustAgain { sure, .. })
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

    /// Something that `argument` takes.
    fn sample(argument: &clap::Arg) -> String {
        let names = argument.get_value_names().unwrap_or_default();
        let named = |wanted: &str| names.iter().any(|name| name.as_str() == wanted);
        match argument.get_possible_values().first() {
            Some(value) => value.get_name().to_owned(),
            None if named("DATE") => "2026-01-05".to_owned(),
            None if named("FILE") => "ab".repeat(32),
            None => "1".to_owned(),
        }
    }

    /// Every command under `command` that can be told `--yes`, with what else it needs.
    fn asking(command: &clap::Command, before: &[String], found: &mut Vec<Vec<String>>) {
        for one in command.get_subcommands() {
            let mut line = before.to_owned();
            line.push(one.get_name().to_owned());
            asking(one, &line, found);
            if one.get_arguments().any(|argument| argument.get_id() == "yes") {
                for argument in one.get_arguments().filter(|argument| argument.is_required_set()) {
                    line.extend(argument.get_long().map(|long| format!("--{long}")));
                    line.push(sample(argument));
                }
                found.push(line);
            }
        }
    }

    #[test]
    fn every_command_that_asks_is_told_the_answer() {
        let command = <Arguments as clap::CommandFactory>::command();
        let mut found = Vec::new();
        asking(&command, &["renkei".to_owned()], &mut found);
        // Those with the root key ask in this process.
        found.retain(|line| line.get(1).is_none_or(|first| first != "association"));
        assert!(found.iter().any(|line| line.ends_with(&["trust-again".to_owned()])), "{found:?}");
        for mut line in found {
            line.push("--yes".to_owned());
            // Whose devices: one of several flags.
            line.extend(line.iter().any(|word| word == "wipe-all").then(|| "--facility".to_owned()));
            let parsed = Arguments::try_parse_from(&line).unwrap_or_else(|fault| panic!("{line:?}: {fault}"));
            let Command::Request(mut request) = parsed.command else { panic!("{line:?}: not for the agent") };
            assert!(request.sure().is_some_and(|sure| sure.yes), "{line:?}: the answer goes nowhere");
        }
    }

    #[test]
    fn every_kind_of_command_survives_the_way_to_the_agent() {
        let hash = "ab".repeat(32);
        assert_eq!(travel(&["status"]), r#"{"command":"status"}"#);
        travel(&["send", "見本 花子さん", "おはようございます"]);
        travel(&["send", "見本 花子さん", "急変です", "--call", "見本医師", "--call", "架空看護師"]);
        travel(&["urgent", "call", "見本", "12", "見本医師"]);
        travel(&["urgent", "stand-in", "見本", "架空看護師"]);
        travel(&["urgent", "stand-in", "見本", "--nobody"]);
        travel(&["urgent", "quiet-hours", "22:00-06:30"]);
        travel(&["facility", "telephone", "03-0000-0000"]);
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
        travel(&["scan", "deposit", "見本", "12", "form3.pdf"]);
        travel(&["scan", "list", "--missing"]);
        travel(&["scan", "view", "見本", "12"]);
        travel(&["scan", "form", "deposit", "--facility", "見本", "form1.pdf"]);
        travel(&["scan", "form", "view", "--staff", "架空", "--filed", "12"]);
        travel(&["scan", "form", "list", "--missing"]);
        travel(&["scan", "form", "let-go", "12"]);
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
        travel(&["device", "wipe-proof", "--user", "見本", "--out", "wiped.proof"]);
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
        travel(&["file", "uploads"]);
        travel(&["file", "resume", "fil-abcd"]);
        travel(&["file", "cancel", "fil-abcd"]);
        travel(&["group", "card", "show", "見本"]);
        travel(&["consent", "show", "見本"]);
        travel(&["use", "settle", "見本", "12", "--outcome", "erased", "--on", "2026-01-05", "--yes"]);
        travel(&["group", "card", "set", "見本", "--kana", "みほん", "--fact", "ペニシリン", "--clear", "address"]);
        let usb = ["--medium", "usb-memory", "--purpose", "conference", "--until", "2027-03-31"];
        travel(&[&["takeout", "request", "--group", "見本", "--messages", "3-9,12"], &usb[..]].concat());
        travel(&["takeout", "request", "--device", "dev-abcd", "--purpose", "visit", "--until", "2027-03-31"]);
        travel(&["takeout", "approve", "tko-abcd", "--yes"]);
        travel(&["invitation", "approve", "inv-abcd", "--yes"]);
        assert_eq!(travel(&["recovery-codes"]), r#"{"command":"recovery-codes","yes":false,"shown":null}"#);
        travel(&["takeout", "export", "tko-abcd", "--out", "/tmp/x.zip.age"]);
        travel(&["takeout", "chart", "--group", "見本", "--messages", "12"]);
        travel(&["takeout", "standing", "見本", "--until", "2027-03-31"]);
        travel(&["takeout", "confirm-end", "tko-abcd", "returned", "--on", "2027-03-31", "--yes"]);
    }
}
