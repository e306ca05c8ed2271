//! Deputies of the SNS administrators.

use clap::Subcommand;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::request::Sure;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "deputy", rename_all = "kebab-case")]
pub(crate) enum DeputyCommand {
    /// Name a colleague, who decides on invitations, devices and takeouts, unlocks, stops, wipes; 92 days at most / 代理を指名する（招待・端末・持ち出しの承認、解除、停止、消去ができる。最長92日）
    Name {
        /// Whom / 対象の人
        user: String,
        /// The first day [default: from now on] / 開始日［省略時: 今から］
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The last day / 終了日
        #[arg(long, value_name = "DATE")]
        until: Date,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// End that before its time; one's own too / 代理を期日より早く終える（自分の代理も）
    End {
        /// Whose / 対象の人
        user: String,
    },
    /// Who is a deputy, or will be / 現在と今後の代理の一覧
    List,
}
