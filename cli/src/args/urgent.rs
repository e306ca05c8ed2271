//! Urgent messages.

use clap::Subcommand;
use renkei_client_core::proto::reach::QuietHours;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum UrgentCommand {
    /// Urgent messages of the last half day that concern you: what to do, whom to telephone / 自分に関わる直近半日の至急連絡（すること、電話先）
    List,
    /// Wait, and say so each time that something rings / 待ち受けて、呼び出しのたびに知らせる
    Watch,
    /// Call people for a message that you wrote / 自分の書き込みについて人を至急呼び出す
    Call {
        /// The group / グループ
        group: String,
        /// The message: its place in the log / 書き込みの番号
        message: u64,
        /// Whom, up to 8 / 呼び出す人（8人まで）
        #[arg(required = true)]
        users: Vec<String>,
    },
    /// Say that you have seen to it; of your own call, that it rings no more / 確認したことを知らせる（自分の呼び出しなら取りやめる）
    Ack {
        /// The group / グループ
        group: String,
        /// The call: its place in the log / 呼び出しの番号
        call: u64,
    },
    /// Who is called in your place in a group where you don't answer / 自分が応答しないとき、このグループで代わりに呼び出される人
    StandIn {
        /// The group / グループ
        group: String,
        /// Whom: another member / 代わりの人（ほかのメンバー）
        #[arg(required_unless_present = "nobody")]
        user: Option<String>,
        /// Nobody any more / 代わりの人をなくす
        #[arg(long, conflicts_with = "user")]
        nobody: bool,
    },
    /// The hours of the day at which you are not rung: who stands in rings at once / 呼び出しを鳴らさない時間帯（代わりの人がすぐに呼び出される）
    QuietHours {
        /// Such as 22:00-06:30, in Japan [default: show them] / 例 22:00-06:30（日本時間）［省略時: 今の設定を表示］
        #[arg(value_name = "HOURS")]
        hours: Option<QuietHours>,
        /// None any more / 時間帯をなくす
        #[arg(long, conflicts_with = "hours")]
        none: bool,
    },
}
