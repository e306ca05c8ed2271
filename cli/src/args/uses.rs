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
    /// Record the consent to uses beyond the group / グループ外での利用への同意を記録する
    Consent {
        /// The group / グループ
        group: String,
        /// Who consented / 同意した人
        #[arg(long, value_parser = parser(crate::labels::CONSENTERS))]
        by: ConsentBy,
        /// The day on the form / 書面の署名日
        #[arg(long, value_name = "DATE")]
        signed: Date,
        /// Scan of the form (PDF, JPEG, PNG), which is deposited sealed; or its SHA-256 alone / 書面のスキャン（PDF、JPEG、PNG。暗号化して保管）、またはSHA-256だけ
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
    },
    /// Record that this consent was withdrawn: every open use becomes a task / この同意の撤回を記録する（継続中の利用はすべて対応が必要になる）
    Withdraw {
        /// The group / グループ
        group: String,
        /// Who withdrew it / 撤回した人
        #[arg(long, value_parser = parser(crate::labels::CONSENTERS))]
        by: ConsentBy,
        /// The day on the paper / 書面の日付（撤回日）
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Its scan (PDF, JPEG, PNG), which is deposited sealed; or the SHA-256 alone / 書面のスキャン（PDF、JPEG、PNG。暗号化して保管）、またはSHA-256だけ
        #[arg(long, value_name = "FILE", value_parser = forms::scan_file)]
        scan: Scan,
    },
    /// Record a use beyond the group / グループ外での利用を記録する
    Record {
        /// The group / グループ
        group: String,
        /// For what / 利用の目的
        #[arg(long, value_parser = parser(KINDS))]
        kind: UseKind,
        /// On which day / 利用日
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// What was used; sealed / 利用した内容（暗号化される）
        #[arg(long)]
        about: String,
        /// Where the material lies, and with whom; sealed / 資料の所在と、誰のもとにあるか（暗号化される）
        #[arg(long)]
        place: String,
    },
    /// Record what became of the material of a use / 利用した資料をどう処分したかを記録する
    Settle {
        /// The group / グループ
        group: String,
        /// The use (its #) / 利用の番号（#）
        of: u64,
        /// What became of it / 資料の処分
        #[arg(long, value_parser = parser(OUTCOMES))]
        outcome: UseOutcome,
        /// On which day / 処分日
        #[arg(long, value_name = "DATE")]
        on: Date,
        #[command(flatten)]
        #[serde(flatten)]
        sure: Sure,
    },
    /// Uses, and what is still to be done about them / 利用と、残っている対応の一覧
    List {
        /// The group [default: all that one governs] / グループ［省略時: 自分が管理するすべて］
        group: Option<String>,
        /// Those that somebody has to see to / 対応が必要なものだけ
        #[arg(long)]
        open: bool,
    },
}
