//! The command line. Commands that need no agent are here; those that the agent carries out are in [`request`].

pub(crate) mod audit;
pub(crate) mod card;
pub(crate) mod care;
pub(crate) mod deputy;
pub(crate) mod desk;
pub(crate) mod duties;
pub(crate) mod ending;
pub(crate) mod files;
pub(crate) mod form_scans;
pub(crate) mod forms;
pub(crate) mod office;
pub(crate) mod posture;
pub(crate) mod print;
pub(crate) mod proof;
pub(crate) mod request;
pub(crate) mod scans;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod takeout;
pub(crate) mod uses;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use renkei_client_core::proto::act::{DeviceKind, Profession};
use renkei_client_core::proto::id::{DeviceId, UserId};
use renkei_client_core::proto::sentence::Language;

use crate::labels;
use forms::PledgeArgs;
use request::Request;

const AFTER: &str = "\
Exit status / 終了コード:
  0  done
  2  the command line is wrong
  3  refused by the policy, or nothing of that name
  4  sign in first, or signing in failed
  5  not now: try again
  6  protocol error: update the program
  7  a signature or a record does not hold: stop and tell the consultation desk
  8  the server, or a file of this device, failed

Secrets are asked without echo, or read by file descriptor, one line each in the order in which they would be asked. \
They are never taken from arguments or the environment.

With --json every result is one JSON document on standard output (`read --follow`: one a line) and every error one on \
standard error.

People, groups, facilities and devices are named by identifier, by the beginning of one (at least 4 characters after \
the dash), or by their exact name.";

/// Renkei: a secure messenger for home care across facilities / 連携: 在宅医療・介護のためのメッセンジャー
#[derive(Debug, Parser)]
#[command(name = "renkei", version, after_help = AFTER)]
pub(crate) struct Arguments {
    /// Which of this machine's profiles: one is one person's device / プロファイル
    #[arg(long, global = true, env = "RENKEI_PROFILE", default_value = "default", value_parser = profile_name)]
    pub(crate) profile: String,
    /// Where profiles are kept [default: ~/.local/share/renkei] / 保存場所
    #[arg(long, global = true, env = "RENKEI_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Answer in JSON / JSONで出力
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language: ja or en [default: by locale] / 言語
    #[arg(long, global = true, value_parser = language, value_name = "ja|en")]
    pub(crate) lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

fn language(text: &str) -> Result<Language, &'static str> {
    match text {
        "ja" => Ok(Language::Japanese),
        "en" => Ok(Language::English),
        _ => Err("ja or en"),
    }
}

/// A profile's name is a directory's: it must stay one step below the home.
fn profile_name(text: &str) -> Result<String, &'static str> {
    let plain = !text.is_empty() && !text.starts_with('.') && !text.contains(['/', '\\', '\0']);
    if plain { Ok(text.to_owned()) } else { Err("a plain name without slashes or a leading dot") }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The association's root key: one file, kept offline / 医師会のルート鍵
    #[command(subcommand)]
    Root(RootCommand),
    /// Found the association and appoint the Desk's operators, with the root key / 医師会の設立と療養相談室の担当者
    #[command(subcommand)]
    Association(AssociationCommand),
    /// Enrol this device with an enrolment ticket, or ask whether it is approved / 端末の登録
    Enrol(Enrol),
    /// Sign in, or unlock with the password: starts the agent that holds connection and keys / サインイン
    SignIn(SignIn),
    /// Forms, enrolment tickets and reports as PDF, with the program renkei-forms / 印刷（PDF）
    #[command(subcommand)]
    Print(print::PrintCommand),
    /// What somebody was handed, to be checked without a server / 証明の検証
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    #[command(flatten)]
    Request(Request),
    /// Run the agent in the foreground; `sign-in` starts it
    #[command(hide = true)]
    Agent {
        /// Lock after so many seconds without a command
        #[arg(long, value_name = "SECONDS", default_value_t = IDLE)]
        idle: u64,
    },
    /// Play a whole district against a real server on this machine / デモ
    #[cfg(feature = "demo")]
    Demo {
        /// Leave the server up and print how to sign in as each person
        #[arg(long)]
        keep: bool,
    },
    /// Be renkei-server: the demo runs its own executable again
    #[cfg(feature = "demo")]
    #[command(hide = true)]
    Server {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

/// A person who steps away leaves nothing open: the longest that the policy allows (A11.4).
pub(crate) const IDLE: u64 = 15 * 60;

#[derive(Debug, Clone, Args)]
pub(crate) struct Passphrase {
    /// Read the passphrase from this file descriptor instead of asking / パスフレーズのファイル記述子
    #[arg(long, value_name = "N")]
    pub(crate) password_fd: Option<u32>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RootFile {
    /// The root key's file / ルート鍵のファイル
    #[arg(long = "root", value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RootCommand {
    /// Make a root key, closed with a passphrase of at least 16 characters / 作成
    Init {
        /// The new file
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Show its fingerprint / 指紋の表示
    Show {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AssociationCommand {
    /// Found the association on a new server / 設立
    Found {
        #[command(flatten)]
        root: RootFile,
        /// The server / サーバー
        #[arg(long, value_name = "HOST:PORT")]
        server: String,
        /// What `renkei-server init` printed (renkei:claim/…)
        #[arg(long)]
        claim: String,
        /// The association's name / 医師会の名称
        #[arg(long)]
        name: String,
        /// The consultation desk's name / 療養相談室の名称
        #[arg(long)]
        desk_name: String,
    },
    /// Make an enrolment ticket for a new operator of the Desk / 療養相談室の担当者の登録票
    OperatorTicket {
        #[command(flatten)]
        root: RootFile,
        #[command(flatten)]
        person: PersonArgs,
        /// What the operator does / 職種
        #[arg(long, value_parser = labels::parser(labels::PROFESSIONS), default_value = "consultant")]
        profession: Profession,
        #[command(flatten)]
        pledge: PledgeArgs,
    },
    /// Those who answered an operator's ticket, with the words to compare / 承認待ちの担当者
    Operators {
        #[command(flatten)]
        root: RootFile,
    },
    /// Appoint an operator with this device, after comparing the words / 担当者の任命
    Appoint {
        #[command(flatten)]
        root: RootFile,
        /// The device, or the beginning of its identifier
        device: String,
        /// The words were compared: don't ask
        #[arg(long)]
        yes: bool,
    },
    /// End an operator's ID / 担当者のIDの終了
    EndOperator {
        #[command(flatten)]
        root: RootFile,
        /// Whose
        user: UserId,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Args, serde::Serialize, serde::Deserialize)]
pub(crate) struct PersonArgs {
    /// Name / 氏名
    #[arg(long)]
    pub(crate) name: String,
    /// Its reading in kana / ふりがな
    #[arg(long)]
    pub(crate) kana: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DeviceArgs {
    /// What this device is / 端末の種類
    #[arg(long, value_parser = labels::parser(labels::DEVICES), default_value = "computer")]
    pub(crate) kind: DeviceKind,
    /// It is the person's own, not the facility's / 私物端末
    #[arg(long)]
    pub(crate) own: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The ticket's link (renkei:enrol/…), or - to read it from standard input / 登録票
    #[arg(required_unless_present = "status")]
    pub(crate) link: Option<String>,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Ask whether this device has been approved / 承認状況
    #[arg(long, conflicts_with = "link")]
    pub(crate) status: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// Read the password from this file descriptor; at the first sign-in the new one; then the new one, if it changes
    #[arg(long, value_name = "N")]
    pub(crate) password_fd: Option<u32>,
    /// The code generator's six digits / 確認コード
    #[arg(long, value_name = "NNNNNN", conflicts_with = "code_fd")]
    pub(crate) code: Option<String>,
    /// Read codes from this file descriptor: at the first sign-in the confirming one, then the next
    #[arg(long, value_name = "N")]
    pub(crate) code_fd: Option<u32>,
    /// Use a recovery code instead of the generator's / 予備コードでサインイン
    #[arg(long, conflicts_with = "code")]
    pub(crate) recovery: bool,
    /// Set a new password with this sign-in, as an expired one asks for / パスワードを変えてサインイン
    #[arg(long)]
    pub(crate) change_password: bool,
    /// Stop after the first sign-in has been set up / 初回設定のみ
    #[arg(long)]
    pub(crate) setup_only: bool,
    /// Write the code generator's otpauth:// line and the recovery codes to this file descriptor instead of showing them
    #[arg(long, value_name = "N")]
    pub(crate) show_secret_fd: Option<u32>,
    /// Lock after so many seconds without a command (at most 900) / 自動ロックまでの秒数
    #[arg(long, value_name = "SECONDS", default_value_t = IDLE, value_parser = clap::value_parser!(u64).range(1..=IDLE))]
    pub(crate) idle: u64,
}

/// Finds one device among several by its identifier or the beginning of it.
pub(crate) fn device_named(text: &str, device: DeviceId) -> bool {
    crate::resolve::names_id(text, &device.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_profile_stays_below_its_home() {
        for bad in ["", ".", "..", "a/b", "../x", "\\x", ".hidden"] {
            assert!(profile_name(bad).is_err(), "{bad}");
        }
        assert_eq!(profile_name("花子-phone").unwrap(), "花子-phone");
    }

    #[test]
    fn no_secret_has_an_argument() {
        for command in ["sign-in", "root", "password"] {
            let parsed = Arguments::try_parse_from(["renkei", command, "--password", "x"]);
            assert_eq!(parsed.unwrap_err().kind(), clap::error::ErrorKind::UnknownArgument);
        }
    }

    #[test]
    fn the_idle_time_can_not_be_longer_than_the_policy_allows() {
        assert!(Arguments::try_parse_from(["renkei", "sign-in", "--idle", "900"]).is_ok());
        assert!(Arguments::try_parse_from(["renkei", "sign-in", "--idle", "901"]).is_err());
    }

    #[test]
    fn the_language_is_chosen_by_flag_or_locale() {
        let parsed = Arguments::try_parse_from(["renkei", "--lang", "en", "status"]).unwrap();
        assert_eq!(parsed.lang, Some(Language::English));
        assert!(Arguments::try_parse_from(["renkei", "--lang", "fr", "status"]).is_err());
        assert_eq!(Language::of_locale("ja_JP.UTF-8"), Language::Japanese);
        assert_eq!(Language::of_locale("C"), Language::English);
    }
}
