//! Deputies of the SNS administrators.

use clap::Subcommand;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "deputy", rename_all = "kebab-case")]
pub(crate) enum DeputyCommand {
    /// Name a colleague, who decides on invitations, devices and takeouts, unlocks, stops, wipes; 92 days at most / 指名
    Name {
        /// Whom
        user: String,
        /// The first day [default: from now on]
        #[arg(long)]
        from: Option<Date>,
        /// The last day
        #[arg(long)]
        until: Date,
    },
    /// End that before its time; one's own too / 終了
    End {
        /// Whose
        user: String,
    },
    /// Who is a deputy, or will be / 一覧
    List,
}
