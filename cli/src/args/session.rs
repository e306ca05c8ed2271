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
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum RulesCommand {
    /// What holds here, and what waits for a second signature / 表示
    Show,
    /// Set one: for the association as an operator of the Desk (two must), else for one's own facility / 変更
    Set {
        // The names are the table's that reads them.
        #[arg(value_parser = settings::setting, help = settings::help())]
        setting: Setting,
        /// For one's own facility, also as an operator of the Desk / 自事業所のみ
        #[arg(long)]
        facility: bool,
    },
}
