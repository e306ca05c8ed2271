//! Arguments of taking information, or a device, out (A12.5).

use clap::Subcommand;
use renkei_client_core::proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose};
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::forms;
use super::request::Sure;
use crate::labels::{self, parser};
use crate::secrets::Secret;

/// Places of messages, as `read` shows them: from the first of each stretch to its last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Places(Vec<(u64, u64)>);

impl Places {
    pub(crate) fn have(&self, seq: u64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&seq))
    }

    /// From the first of all to the last.
    pub(crate) fn span(&self) -> Option<(u64, u64)> {
        let first = self.0.iter().map(|(first, _)| *first).min()?;
        Some((first, self.0.iter().map(|(_, last)| *last).max()?))
    }
}

/// `12`, `12,15` or `12-20,31`.
pub(crate) fn places(text: &str) -> Result<Places, String> {
    let stretch = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last).then_some((first, last))
    };
    let all: Option<Vec<_>> = text.split(',').map(stretch).collect();
    all.map(Places).ok_or_else(|| "12,15,20-24".to_owned())
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum TakeoutCommand {
    /// Ask to take information of a group, or a device of the facility, out / グループの情報、または事業所の端末の持ち出しを申請する
    Request {
        /// Of which group / どのグループの情報か
        #[arg(long, required_unless_present = "device", requires = "medium")]
        group: Option<String>,
        /// Which messages [default: all so far] / 書き込みの番号［省略時: これまでのすべて］
        #[arg(long, value_name = "12,15,20-24", value_parser = places, requires = "group")]
        messages: Option<Places>,
        /// On what / 持ち出す媒体
        #[arg(long, value_parser = parser(labels::MEDIA))]
        medium: Option<Medium>,
        /// The device that is itself taken out, instead of information / 情報ではなく、持ち出す端末そのもの
        #[arg(long, conflicts_with_all = ["group", "medium"])]
        device: Option<String>,
        /// What for / 持ち出しの目的
        #[arg(long, value_parser = parser(labels::PURPOSES))]
        purpose: TakeoutPurpose,
        /// From this day on, in Japan [default: now] / この日（日本時間）から［省略時: 今から］
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Up to and including this day, a month at most / この日まで（当日を含む、最長一か月）
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// Export with this own device [default: this one] / 書き出しに使う自分の端末［省略時: この端末］
        #[arg(long, value_name = "DEVICE", conflicts_with = "device")]
        with: Option<String>,
    },
    /// Takeouts and standing permits: one's own, and an administrator's people's / 持ち出しと継続許可の一覧（管理者は事業所の分も）
    List,
    /// Approve a request, after reading it / 申請の内容を読んで承認する
    Approve {
        /// Which / 持ち出し（tko-…）
        takeout: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Refuse a request / 申請を却下する
    Refuse {
        /// Which / 持ち出し（tko-…）
        takeout: String,
    },
    /// Write what a permit covers, files included, to a new, encrypted file (age; ZIP inside) / 許可された内容を、ファイルも含めて新しい暗号化ファイルに書き出す（age形式、中はZIP）
    Export {
        /// The permit / 許可
        takeout: String,
        /// The new file / 新しいファイル
        #[arg(long, value_parser = forms::absolute)]
        out: String,
        /// Read the passphrase from this file descriptor [default: one is made, and shown once] / パスフレーズを読むファイル記述子［省略時: 自動で作り、一度だけ表示する］
        #[arg(long, value_name = "N")]
        passphrase_fd: Option<u32>,
        #[arg(skip)]
        passphrase: Option<Secret>,
    },
    /// Print messages to be pasted into the chart, under a permit / 許可のもとで、カルテに転記する書き込みを表示する
    Chart {
        /// The group / グループ
        #[arg(long)]
        group: String,
        /// Which messages / 書き込みの番号
        #[arg(long, value_name = "12,15,20-24", value_parser = places)]
        messages: Places,
        /// Under this permit [default: the one that covers it] / 使う許可［省略時: 当てはまるもの］
        #[arg(long, value_name = "TAKEOUT")]
        permit: Option<String>,
        #[arg(skip)]
        english: bool,
    },
    /// Let a person paste text into the chart until a day, as an administrator / 管理者として、カルテへの転記を期日まで許可する
    Standing {
        /// Whom / 対象の人
        user: String,
        /// Of this group alone / このグループだけ
        #[arg(long)]
        group: Option<String>,
        /// Up to and including this day, a year at most / この日まで（当日を含む、最長一年）
        #[arg(long, value_name = "DATE")]
        until: Date,
    },
    /// End a permit at once, or withdraw a request / 許可を直ちに終える、または申請を取り下げる
    Revoke {
        /// Which / 持ち出し（tko-…）
        takeout: String,
    },
    /// Say how one's own takeout ended / 自分の持ち出しがどう終わったかを申告する
    Declare {
        /// Which / 持ち出し（tko-…）
        takeout: String,
        /// How / 返却か消去か
        #[arg(value_parser = parser(labels::ENDS))]
        how: TakeoutEnd,
    },
    /// Confirm how a takeout ended, after making sure, as an administrator / 管理者として、持ち出しの終わり方を確かめて記録する
    ConfirmEnd {
        /// Which / 持ち出し（tko-…）
        takeout: String,
        /// How / 返却か消去か
        #[arg(value_parser = parser(labels::ENDS))]
        how: TakeoutEnd,
        /// On which day / 確認した日
        #[arg(long, value_name = "DATE")]
        on: Date,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// How many takeouts stand where at each facility: for the Desk / 事業所ごとの持ち出しの件数と状態（療養相談室用）
    Counts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_5_places_are_numbers_and_stretches() {
        let some = places("12, 15,20-24").unwrap();
        assert_eq!(some.span(), Some((12, 24)));
        let have: Vec<u64> = (0..30).filter(|seq| some.have(*seq)).collect();
        assert_eq!(have, [12, 15, 20, 21, 22, 23, 24]);
        for bad in ["", "a", "5-3", "1,", "1-2-3", "-1"] {
            assert!(places(bad).is_err(), "{bad}");
        }
    }
}
