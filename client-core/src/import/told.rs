//! What is said of a file's lines, in both languages: every app shows the same.

use renkei_proto::sentence::Language;

use super::{Column, Wrong};

/// What a column is called.
pub fn column(column: Column, language: Language) -> &'static str {
    match column {
        Column::Name => language.pick("氏名・事業所名", "name"),
        Column::Kana => language.pick("ふりがな", "kana"),
        Column::Profession => language.pick("職種", "profession"),
        Column::Pledge => language.pick("誓約書", "pledge"),
        Column::Scan => language.pick("スキャン", "scan"),
        Column::HeldSince => language.pick("免除", "held since"),
        Column::Administrator => language.pick("SNS管理者", "administrator"),
        Column::GroupManager => language.pick("グループ担当", "group manager"),
        Column::Kind => language.pick("種別", "kind"),
    }
}

/// What is wrong, and what to do about it.
pub fn wrong(what: &Wrong, language: Language) -> String {
    let fixed = |japanese: &'static str, english: &'static str| language.pick(japanese, english).to_owned();
    let with = |shown: &dyn std::fmt::Display, japanese: &str, english: &str| {
        let text = language.pick(japanese, english);
        text.replace("{}", &shown.to_string())
    };
    match what {
        Wrong::TooLarge { most } => {
            with(most, "ファイルが大きすぎます（{}バイトまで）", "the file is larger than {} bytes")
        }
        Wrong::NotText => fixed(
            "UTF-8でもShift_JISでもありません。CSV形式で保存し直してください",
            "neither UTF-8 nor Shift_JIS: save it as CSV",
        ),
        Wrong::TooManyLines { most } => {
            with(most, "{}行を超えています。分けてください", "more than {} lines: divide the file")
        }
        Wrong::Empty => fixed("見出しの下に行がありません", "there is no line below the first"),
        Wrong::ColumnMissing => {
            fixed("この列がありません。1行目に見出しを入れてください", "this column is missing from the first line")
        }
        Wrong::ColumnTwice => fixed("この列が二つあります", "this column is there twice"),
        Wrong::TooManyFields => fixed("見出しより多くの欄があります", "more fields than columns"),
        Wrong::Blank => fixed("空欄です", "is blank"),
        Wrong::TooLong { most } => with(most, "長すぎます（{}バイトまで）", "is longer than {} bytes"),
        Wrong::Deceptive => fixed(
            "改行、見えない文字、または表示の向きを変える文字が含まれています。打ち直してください",
            "holds a line break, or a character that can't be seen or turns the reading direction: type it anew",
        ),
        Wrong::UnknownWord { found } => {
            with(found, "「{}」は分かりません。決められた語を使ってください", "'{}' is not one of the words")
        }
        Wrong::BadDay { found } => {
            with(found, "「{}」は日付ではありません（例: 2026-03-01）", "'{}' is not a day, such as 2026-03-01")
        }
        Wrong::Future => fixed("未来の日付です", "is in the future"),
        Wrong::NotYesOrNo { found } => with(found, "「{}」は○か空欄にしてください", "'{}' is neither yes nor no"),
        Wrong::ScanMissing => {
            fixed("誓約書のスキャンのファイル名を入れてください", "name the file with the scan of the pledge")
        }
        Wrong::DayMissing => fixed("誓約書の署名日を入れてください", "give the day on which the pledge was signed"),
        Wrong::PledgeTwice => {
            fixed("誓約書と免除の両方があります。一方にしてください", "both a pledge and an exemption: keep one")
        }
        Wrong::Twice { first } => with(first, "{}行目と同じです", "is the same as in line {}"),
        Wrong::ScanUnreadable => fixed("スキャンのファイルを読めません", "the scan can't be read"),
        Wrong::ScanOutside => fixed(
            "スキャンはこのファイルと同じフォルダーに置いてください",
            "the scan must lie in the same folder as this file",
        ),
        Wrong::NotFacilityManager => {
            fixed("SNS管理者を任命できるのは事業所管理者だけです", "only the facility manager appoints administrators")
        }
        Wrong::TooManyTickets { most } => {
            with(most, "登録票は今あと{}件までしか発行できません", "only {} more tickets can be issued now")
        }
        Wrong::ColumnIgnored { found } => with(found, "「{}」の列は使いません", "the column '{}' is not used"),
        Wrong::Namesake { first } => with(
            first,
            "{}行目と同じ氏名です。別の人か確かめてください",
            "has the same name as line {}: is it somebody else?",
        ),
        Wrong::NameTaken => fixed(
            "同じ名前が登録済みです。別の人・事業所か確かめてください",
            "this name is registered already: is it somebody else?",
        ),
        Wrong::NoPledge => fixed(
            "誓約書も免除もありません。記録するまでサインインできません",
            "neither pledge nor exemption: no sign-in before one is filed",
        ),
    }
}
