//! Arguments of uses of a patient's data beyond the group (S3).

use clap::Subcommand;
use renkei_client_core::proto::act::{ConsentBy, UseKind, UseOutcome};
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use super::forms::{self, Scan};
use super::request::Sure;
use crate::labels::parser;
use crate::labels::uses::{KINDS, OUTCOMES};

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub(crate) enum UseCommand {
    /// Record the consent to uses beyond the group / 利用同意書の記録
    Consent {
        /// The group
        group: String,
        /// Who consented / 同意者
        #[arg(long, value_parser = parser(crate::labels::CONSENTERS))]
        by: ConsentBy,
        /// The day on the form / 署名日
        #[arg(long, value_name = "DATE")]
        signed: Date,
        /// Scan of the form (PDF, JPEG, PNG), which is deposited sealed; or its SHA-256 alone / スキャン（暗号化して保管）またはSHA-256
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
    },
    /// Record that this consent was withdrawn: every open use becomes a task / 利用同意の撤回
    Withdraw {
        /// The group
        group: String,
        /// Who withdrew it / 撤回者
        #[arg(long, value_parser = parser(crate::labels::CONSENTERS))]
        by: ConsentBy,
        /// The day on the paper / 撤回日
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Its scan (PDF, JPEG, PNG), which is deposited sealed; or the SHA-256 alone / スキャン（暗号化して保管）またはSHA-256
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
    },
    /// Record a use beyond the group / 利用の記録
    Record {
        /// The group
        group: String,
        /// For what / 目的
        #[arg(long, value_parser = parser(KINDS))]
        kind: UseKind,
        /// On which day / 利用日
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// What was used; sealed / 内容
        #[arg(long)]
        about: String,
        /// Where the material lies, and with whom; sealed / 資料の所在
        #[arg(long)]
        place: String,
    },
    /// Record what became of the material of a use / 資料の処分の記録
    Settle {
        /// The group
        group: String,
        /// The use (its #)
        of: u64,
        /// What became of it / 処分
        #[arg(long, value_parser = parser(OUTCOMES))]
        outcome: UseOutcome,
        /// On which day / 処分日
        #[arg(long, value_name = "DATE")]
        on: Date,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Uses, and what is still to be done about them / 一覧
    List {
        /// The group [default: all that one governs]
        group: Option<String>,
        /// Those that somebody has to see to / 対応が必要なもののみ
        #[arg(long)]
        open: bool,
    },
}
