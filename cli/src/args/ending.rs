//! Arguments of what ends a group, or gives it to another facility.

use clap::Subcommand;
use renkei_client_core::proto::act::HoldReason;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::forms::{self, Scan};
use super::request::Sure;
use crate::labels::{self, parser};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum ErasureCommand {
    /// Groups that are closed, frozen, or wait for a second person / 終了・凍結したグループと、二人目の確認を待つものの一覧
    List,
    /// Lift a freeze: the consent stands. Two people sign the same / 凍結を解除する（同意は有効。二名が同じ内容に署名する）
    Lift {
        /// The group / グループ
        group: String,
        /// The day on the form by which the consent stands / 同意が有効であることを示す書面の署名日
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Its scan (PDF, JPEG, PNG), which is deposited sealed; or the SHA-256 alone / 書面のスキャン（PDF、JPEG、PNG。暗号化して保管）、またはSHA-256だけ
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Keep a group from being erased until a day; an earlier one needs two people who sign the same / 指定の日までグループを消去しない（早めるには二名の同じ署名）
    Hold {
        /// The group / グループ
        group: String,
        /// Until this day begins / 保留の期限（この日になるまで）
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// Why / 保留の理由
        #[arg(long, value_parser = parser(labels::HOLDS))]
        reason: HoldReason,
    },
    /// Order that a closed group be erased, when it has been kept for long enough / 保存期間を過ぎた終了済みのグループの消去を指示する
    Order {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Confirm, as the second person: the group's content is gone for good / 二人目として消去を確認する（グループの内容は完全に失われる）
    Confirm {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum HandoverCommand {
    /// Offer a group to another facility / グループの引き継ぎを、ほかの事業所に申し出る
    Offer {
        /// The group / グループ
        group: String,
        /// The facility / 事業所
        facility: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Accept a group: this facility is its originator from then on / グループを引き受ける（以後はこの事業所が連携元になる）
    Accept {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take an offer back, or decline it / 引き継ぎの申し出を取り下げる、または承認しない
    Drop {
        /// The group / グループ
        group: String,
    },
}
