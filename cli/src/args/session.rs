//! One's own password and sessions, and what is set.

use clap::Subcommand;
use renkei_client_core::proto::settings::Setting;
use serde::{Deserialize, Serialize};

use super::request::Sure;
use super::settings;
use crate::secrets::Secret;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum PasswordCommand {
    /// Change it: the present one, then the new one / パスワードを変える（今のもの、次に新しいもの）
    Change {
        /// Read both from this file descriptor: the present one, then the new one / 両方を読むファイル記述子（今のもの、次に新しいもの）
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
    /// List them / セッションの一覧
    List {
        /// Whose [default: one's own] / 対象の人［省略時: 自分］
        #[arg(long)]
        user: Option<String>,
    },
    /// End one / セッションを終了する
    End {
        /// The session / セッション
        session: String,
        /// Whose it is [default: one's own] / 誰のセッションか［省略時: 自分］
        #[arg(long)]
        user: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum RulesCommand {
    /// What holds here, and what waits for a second signature / 現在の設定と、二人目の署名を待つもの
    Show,
    /// Set one: for the association as an operator of the Desk (two must), else for one's own facility / 設定を変える（療養相談室の担当者は医師会全体、二名が必要。ほかは自事業所）
    Set {
        // The names are the table's that reads them.
        #[arg(value_parser = settings::setting, help = settings::help())]
        setting: Setting,
        /// For one's own facility, also as an operator of the Desk / 担当者であっても、自事業所だけに設定する
        #[arg(long)]
        facility: bool,
    },
}
