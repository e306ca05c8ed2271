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
    /// Who could read a group, with which devices, and by whose doing / グループを閲覧できた人と端末、誰の操作によるか
    WhoCouldRead {
        /// The group / グループ
        #[arg(long)]
        group: String,
        /// What was written on this day (in Japan) only / この日（日本時間）に書かれたものだけ
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// Write the registry and groups' logs to a file that anybody can check / 登録簿とグループの記録を、誰でも検証できるファイルに書き出す
    Export {
        /// A group; may be given several times / グループ（繰り返し指定できる）
        #[arg(long = "group")]
        groups: Vec<String>,
        /// The new file / 新しいファイル
        #[arg(long, value_parser = forms::absolute)]
        out: String,
    },
    /// Check such a file, without server or profile, against the root's fingerprint / 書き出したファイルを、サーバーもプロファイルも使わず、ルートの指紋で検証する
    Verify {
        /// The file / ファイル
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits / 医師会のルート鍵の指紋（16進数64桁）
        #[arg(long)]
        root: Hash32,
    },
    /// Show what the server has signed last, to be given to a colleague who compares / サーバーによる記録の最新の署名を表示する（突き合わせる人に渡す）
    Heads,
    /// Write again to a log that did not hold, after finding out what happened; then sign in again / 検証に失敗した記録への書き込みを、原因を確かめたうえで再開する（その後もう一度サインイン）
    TrustAgain {
        /// The group; without it the registry / グループ（省略時は登録簿）
        #[arg(long)]
        group: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Compare what the server has signed for a colleague with what it sent to this device / ほかの人に対するサーバーの署名を、この端末が受け取った記録と突き合わせる
    Compare {
        /// What `audit heads` printed there (renkei:heads/…) / 相手の端末で audit heads が表示したもの（renkei:heads/…）
        heads: String,
    },
    /// Write what one may see of the record of access to a file that anybody can check / 自分が見てよいアクセス記録を、誰でも検証できるファイルに書き出す
    Access {
        #[command(flatten)]
        #[serde(flatten)]
        whose: WhoseAccess,
        /// From this day on, in Japan / この日（日本時間）から
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Up to and including this day / この日まで（当日を含む）
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        /// The new file: JSON Lines / 新しいファイル（JSON Lines形式）
        #[arg(long, value_parser = forms::absolute)]
        out: String,
    },
    /// Who really was handed the messages of a group, with which device, when / グループの書き込みを実際に受け取った人、端末、日時
    WhoRead {
        /// The group / グループ
        #[arg(long)]
        group: String,
        /// On this day (in Japan) only / この日（日本時間）だけ
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// How often what was accessed at each facility, day by day: for the Desk / 事業所ごと、日ごとのアクセス件数（療養相談室用）
    AccessCounts {
        /// From this day on, in Japan / この日（日本時間）から
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// Up to and including this day [default: that day alone] / この日まで（当日を含む）［省略時: 開始日のみ］
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
    },
    /// Draft of a report on a device that is lost or in wrong hands / 紛失した端末、または他人の手に渡った端末についての漏えい等報告の案
    LeakReport {
        /// The device / 端末
        device: String,
        /// From when on: the day on which it was seen last, in Japan / いつから（端末が最後に確認された日、日本時間）
        #[arg(long, value_name = "DATE")]
        since: Date,
    },
    /// Check a file of the record of access, without server or profile / アクセス記録のファイルを、サーバーもプロファイルも使わずに検証する
    VerifyAccess {
        /// The file / ファイル
        file: String,
        /// Fingerprint of the association's root, 64 hexadecimal digits / 医師会のルート鍵の指紋（16進数64桁）
        #[arg(long)]
        root: Hash32,
        /// A head that was kept from earlier (renkei:access/…), to be held against the whole record / 以前に控えた署名（renkei:access/…）。記録全体と突き合わせる
        #[arg(long, value_name = "HEAD")]
        earlier: Option<String>,
    },
}

/// Whose records [default: an administrator's whole facility, anybody else's own]
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct WhoseAccess {
    /// One's own only / 自分の記録だけ
    #[arg(long, conflicts_with_all = ["group", "user"])]
    pub(crate) mine: bool,
    /// Those of one group that the facility originates / この事業所が連携元の一つのグループの記録
    #[arg(long, conflicts_with = "user")]
    pub(crate) group: Option<String>,
    /// Those of one person of the facility, by identifier / 事業所の従事者一人の記録（識別子で指定）
    #[arg(long)]
    pub(crate) user: Option<UserId>,
}
