//! Arguments of the patient card (A4.1).

use clap::{Args, Subcommand};
use renkei_client_core::proto::card::{CardField, CareRole, Sex};
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};

use crate::labels::card::{CARD_FIELDS, CARE_ROLES, SEXES};
use crate::labels::parser;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(tag = "card", rename_all = "kebab-case")]
pub(crate) enum CardCommand {
    /// Show the card / 患者カードを表示する
    Show {
        /// The group / グループ
        group: String,
    },
    /// Change parts of the card; what is not named stays as it is / 患者カードの一部を変更する（指定しない項目は変わらない）
    Set {
        /// The group / グループ
        group: String,
        #[command(flatten)]
        #[serde(flatten)]
        parts: Box<CardArgs>,
        /// The revision that you were shown (its #): refused if somebody has changed it since [default: the present one] / 表示されていた版の番号（#）。その後ほかの人が変更していれば拒否される［省略時: 現在の版］
        #[arg(long, value_name = "N")]
        replaces: Option<u64>,
    },
    /// Who changed what, and when / 誰がいつ何を変更したか
    History {
        /// The group / グループ
        group: String,
    },
}

/// Parts of a card. A list that is given takes the place of the whole old one.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct CardArgs {
    /// The patient's name / 患者の氏名
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Its reading in kana / 氏名のふりがな
    #[arg(long)]
    pub(crate) kana: Option<String>,
    /// The day of birth / 生年月日
    #[arg(long, value_name = "DATE")]
    pub(crate) born: Option<Date>,
    /// As the papers have it / 書類上の性別
    #[arg(long, value_parser = parser(SEXES))]
    pub(crate) sex: Option<Sex>,
    /// Where the patient is cared for / 療養している場所の住所
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// A telephone number of the patient; may be repeated / 患者の電話番号（繰り返し指定できる）
    #[arg(long = "telephone", value_name = "NUMBER")]
    pub(crate) telephones: Vec<String>,
    /// Whom to call in an emergency, in this order / 緊急連絡先（氏名/続柄/電話）。指定した順に連絡する
    #[arg(long = "contact", value_name = "NAME/RELATION/NUMBER")]
    pub(crate) contacts: Vec<String>,
    /// An allergy, or what to be careful of; may be repeated / アレルギーや注意点（繰り返し指定できる）
    #[arg(long = "fact", value_name = "TEXT")]
    pub(crate) facts: Vec<String>,
    /// Who cares, as what: a person with an ID / ケアチームのうちIDのある人（役割=利用者）
    #[arg(long = "member", value_name = "ROLE=USER", value_parser = member)]
    pub(crate) members: Vec<(CareRole, String)>,
    /// Likewise, somebody without an ID / ケアチームのうちIDのない人（役割=氏名/事業所/電話）
    #[arg(long = "outside", value_name = "ROLE=NAME/FACILITY/NUMBER", value_parser = member)]
    pub(crate) outside: Vec<(CareRole, String)>,
    /// Empty a part; may be repeated / 空にする項目（繰り返し指定できる）
    #[arg(long, value_parser = parser(CARD_FIELDS))]
    pub(crate) clear: Vec<CardField>,
}

/// `ROLE=WHO`.
fn member(text: &str) -> Result<(CareRole, String), String> {
    let (role, who) = text.split_once('=').ok_or("ROLE=…")?;
    let known = CARE_ROLES.iter().find(|(_, typed, japanese, _)| *typed == role || *japanese == role);
    let words = || CARE_ROLES.iter().map(|(_, typed, ..)| *typed).collect::<Vec<_>>().join(" | ");
    known.map(|(role, ..)| (*role, who.to_owned())).ok_or_else(words)
}
