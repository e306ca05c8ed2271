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
    /// Groups that are closed, frozen, or wait for a second person / 一覧
    List,
    /// Lift a freeze: the consent stands. Two people sign the same / 凍結の解除（二名）
    Lift {
        /// The group
        group: String,
        /// The day on the form by which the consent stands / 署名日
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Its scan (PDF, JPEG, PNG), which is deposited sealed; or the SHA-256 alone / スキャン（暗号化して保管）またはSHA-256
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Keep a group from being erased until a day / 消去の保留
    Hold {
        /// The group
        group: String,
        /// Until this day begins / 期限
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// Why / 理由
        #[arg(long, value_parser = parser(labels::HOLDS))]
        reason: HoldReason,
    },
    /// Order that a closed group be erased, when it has been kept for long enough / 消去の指示
    Order {
        /// The group
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Confirm, as the second person: the group's content is gone for good / 消去の確認（二人目）
    Confirm {
        /// The group
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum HandoverCommand {
    /// Offer a group to another facility / 引き継ぎの申し出
    Offer {
        /// The group
        group: String,
        /// The facility
        facility: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Accept a group: this facility is its originator from then on / 引き受け
    Accept {
        /// The group
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Take an offer back, or decline it / 取り下げ・不承認
    Drop {
        /// The group
        group: String,
    },
}
