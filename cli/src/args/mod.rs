//! The command line. Commands that need no agent are here; those that the agent carries out are in [`request`].

pub(crate) mod announcements;
pub(crate) mod audit;
pub(crate) mod broadcast;
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
pub(crate) mod official;
pub(crate) mod posture;
pub(crate) mod print;
pub(crate) mod proof;
pub(crate) mod request;
pub(crate) mod scans;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod takeout;
pub(crate) mod urgent;
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
Exit status:
  0  done
  2  the command line is wrong
  3  refused by the policy, nothing of that name, or not confirmed
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
the dash), or by their exact name.
 / 
終了コード:
  0  完了
  2  コマンドの指定が正しくない
  3  規程により拒否された、該当するものがない、または確認されなかった
  4  サインインしていない、またはサインインできなかった
  5  今はできない（後でやり直す）
  6  プロトコルのエラー（プログラムを更新する）
  7  署名または記録が正しくない（操作を止めて療養相談室に連絡する）
  8  サーバーまたはこの端末のファイルの異常

パスワードなどは画面に表示せずに尋ねるか、ファイル記述子から尋ねる順に1行ずつ読みます。引数や環境変数では受け取りません。

--json を付けると、結果は標準出力に一つのJSON（read --follow では1行に一つ）、エラーは標準エラー出力に一つのJSONとして出ます。

人、グループ、事業所、端末は、識別子、識別子の先頭（ハイフンの後4文字以上）、または正確な名前で指定します。";

/// Renkei: a secure messenger for home care across facilities / Renkei（連携）: 事業所をこえた在宅医療・介護のための安全なメッセンジャー
#[derive(Debug, Parser)]
#[command(name = "renkei", version, after_help = AFTER)]
pub(crate) struct Arguments {
    /// Which of this machine's profiles: one is one person's device / このコンピューターのどのプロファイルか（一つが一人の一台の端末）
    #[arg(long, global = true, env = "RENKEI_PROFILE", default_value = "default", value_parser = profile_name)]
    pub(crate) profile: String,
    /// Where profiles are kept [default: ~/.local/share/renkei] / プロファイルの保存場所［省略時: ~/.local/share/renkei］
    #[arg(long, global = true, env = "RENKEI_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Answer in JSON / 結果をJSONで出力する
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language: ja or en [default: by locale] / 言語（ja または en）［省略時: ロケールによる］
    #[arg(long, global = true, env = "RENKEI_LANG", value_parser = language, value_name = "ja|en")]
    pub(crate) lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

pub(crate) fn language(text: &str) -> Result<Language, &'static str> {
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
    /// The association's root key: one file, kept offline / 医師会のルート鍵（一つのファイル。ネットワークから離して保管）
    #[command(subcommand)]
    Root(RootCommand),
    /// Found the association and appoint the Desk's operators, with the root key / ルート鍵で医師会を設立し、療養相談室の担当者を任命する
    #[command(subcommand)]
    Association(AssociationCommand),
    /// Enrol this device with an enrolment ticket, or ask whether it is approved / 登録票でこの端末を登録する、または承認されたか確かめる
    Enrol(Enrol),
    /// Sign in, or unlock with the password: starts the agent that holds connection and keys / サインインする、またはパスワードでロックを解除する（接続と鍵を保持するエージェントが起動する）
    SignIn(SignIn),
    /// Forms, enrolment tickets and reports as PDF, with the program renkei-forms / 様式、登録票、報告をPDFにする（プログラム renkei-forms を使う）
    #[command(subcommand)]
    Print(print::PrintCommand),
    /// What somebody was handed, to be checked without a server / 受け取った証明を、サーバーなしで検証する
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    #[command(flatten)]
    Request(Request),
    /// Run the agent in the foreground; `sign-in` starts it / エージェントを前面で動かす（通常は sign-in が起動する）
    #[command(hide = true)]
    Agent {
        /// Lock after so many seconds without a command / コマンドがないままこの秒数が過ぎるとロックする
        #[arg(long, value_name = "SECONDS", default_value_t = IDLE)]
        idle: u64,
        /// Sign out when the terminal of this process closes / このプロセスのターミナルが閉じるとサインアウトする
        #[arg(long)]
        with_terminal: bool,
    },
    /// Play a whole district against a real server on this machine / デモ: このコンピューターの実際のサーバーで一つの地域を再現する
    #[cfg(feature = "demo")]
    Demo {
        /// Leave the server up and print how to sign in as each person / サーバーを動かしたままにし、各参加者のサインインの方法を表示する
        #[arg(long)]
        keep: bool,
        /// Print what this code generator of the demo shows now / デモのこの認証アプリ（秘密鍵）が今示す確認コードを表示する
        #[arg(long, value_name = "SECRET", hide = true, conflicts_with = "keep")]
        code: Option<String>,
    },
    /// Be renkei-server: the demo runs its own executable again / renkei-server として動く（デモが自分の実行ファイルを使う）
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
    /// Read the passphrase from this file descriptor instead of asking / パスフレーズを尋ねずに、このファイル記述子から読む
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
    /// Make a root key, closed with a passphrase of at least 16 characters / ルート鍵を作る（16文字以上のパスフレーズで暗号化する）
    Init {
        /// The new file / 新しいファイル
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Show its fingerprint / ルート鍵の指紋を表示する
    Show {
        /// The file / ファイル
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AssociationCommand {
    /// Found the association on a new server / 新しいサーバーに医師会を設立する
    Found {
        #[command(flatten)]
        root: RootFile,
        /// The server / サーバー
        #[arg(long, value_name = "HOST:PORT")]
        server: String,
        /// What `renkei-server init` printed (renkei:claim/…) / renkei-server init が表示した設立用コード（renkei:claim/…）
        #[arg(long)]
        claim: String,
        /// The association's name / 医師会の名称
        #[arg(long)]
        name: String,
        /// The consultation desk's name / 療養相談室の名称
        #[arg(long)]
        desk_name: String,
    },
    /// Make an enrolment ticket for a new operator of the Desk / 療養相談室の新しい担当者の登録票を作る
    OperatorTicket {
        #[command(flatten)]
        root: RootFile,
        #[command(flatten)]
        person: PersonArgs,
        /// What the operator does / 担当者の職種
        #[arg(long, value_parser = labels::parser(labels::PROFESSIONS), default_value = "consultant")]
        profession: Profession,
        #[command(flatten)]
        pledge: PledgeArgs,
    },
    /// Those who answered an operator's ticket, with the words to compare / 担当者の登録票に応じた人と、照合用の言葉の一覧
    Operators {
        #[command(flatten)]
        root: RootFile,
    },
    /// Appoint an operator with this device, after comparing the words / 照合用の言葉を確かめたうえで、この端末の人を担当者に任命する
    Appoint {
        #[command(flatten)]
        root: RootFile,
        /// The device, or the beginning of its identifier / 端末、またはその識別子の先頭
        device: String,
        /// The words were compared: don't ask / 照合用の言葉は確認済み: 尋ねずに実行する
        #[arg(long)]
        yes: bool,
    },
    /// End an operator's ID / 担当者のIDを終了する
    EndOperator {
        #[command(flatten)]
        root: RootFile,
        /// Whose / 対象の人
        user: UserId,
        /// Don't ask / 確認せずに実行する
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Args, serde::Serialize, serde::Deserialize)]
pub(crate) struct PersonArgs {
    /// Name / 氏名
    #[arg(long)]
    pub(crate) name: String,
    /// Its reading in kana / 氏名のふりがな
    #[arg(long)]
    pub(crate) kana: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DeviceArgs {
    /// What this device is / 端末の種類
    #[arg(long, value_parser = labels::parser(labels::DEVICES), default_value = "computer")]
    pub(crate) kind: DeviceKind,
    /// It is the person's own, not the facility's / 事業所ではなく本人の私物の端末である
    #[arg(long)]
    pub(crate) own: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The ticket's link (renkei:enrol/…), or - to read it from standard input / 登録票のリンク（renkei:enrol/…）。- なら標準入力から読む
    #[arg(required_unless_present = "status")]
    pub(crate) link: Option<String>,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Ask whether this device has been approved / この端末が承認されたかどうかを尋ねる
    #[arg(long, conflicts_with = "link")]
    pub(crate) status: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags, each of its own")]
pub(crate) struct SignIn {
    /// Read the password from this file descriptor; at the first sign-in the new one; then the new one, if it changes / パスワードを読むファイル記述子（初回は新しいもの、変更するときは続けて新しいもの）
    #[arg(long, value_name = "N")]
    pub(crate) password_fd: Option<u32>,
    /// The code generator's six digits / 認証アプリの確認コード（6桁）
    #[arg(long, value_name = "NNNNNN", conflicts_with = "code_fd")]
    pub(crate) code: Option<String>,
    /// Read codes from this file descriptor: at the first sign-in the confirming one, then the next / 確認コードを読むファイル記述子（初回は設定用、続けて次のコード）
    #[arg(long, value_name = "N")]
    pub(crate) code_fd: Option<u32>,
    /// Use a recovery code instead of the generator's / 確認コードの代わりに予備コードを使う
    #[arg(long, conflicts_with = "code")]
    pub(crate) recovery: bool,
    /// Set a new password with this sign-in, as an expired one asks for / サインインと同時にパスワードを変える（期限切れのときなど）
    #[arg(long)]
    pub(crate) change_password: bool,
    /// Stop after the first sign-in has been set up / 初回の設定だけで終える
    #[arg(long)]
    pub(crate) setup_only: bool,
    /// Write the code generator's otpauth:// line and the recovery codes to this file descriptor instead of showing them / 認証アプリ用の otpauth:// の行と予備コードを、表示せずにこのファイル記述子に書く
    #[arg(long, value_name = "N")]
    pub(crate) show_secret_fd: Option<u32>,
    /// Lock after so many seconds without a command (at most 900) / コマンドがないままこの秒数が過ぎるとロックする（最大900）
    #[arg(long, value_name = "SECONDS", default_value_t = IDLE, value_parser = clap::value_parser!(u64).range(1..=IDLE))]
    pub(crate) idle: u64,
    /// Stay signed in when this terminal closes / ターミナルを閉じてもサインインしたままにする
    #[arg(long)]
    pub(crate) stay: bool,
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
