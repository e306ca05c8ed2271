//! Evidence and the record of access.

use clap::{Args, Subcommand};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::forms;
use super::request::Sure;

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
    /// Those of one person of the facility, by identifier / 従事者
    #[arg(long)]
    pub(crate) user: Option<UserId>,
}
