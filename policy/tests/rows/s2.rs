//! S2: what in a text tells who somebody is, looked for before it is sent. All names and numbers are invented.

use proptest::prelude::*;
use renkei_policy::s2_identifying::{Destination, Kind, Names, find};

/// The patients whom the author knows.
fn names() -> Names {
    let mut names = Names::default();
    names.add_name("見本 花子");
    names.add_name("ミホン ハナコ");
    names.add_label("試験太郎様 在宅");
    names.add_label("例田さんの在宅療養");
    names
}

/// What was found where, as words of the text.
fn found(text: &str) -> Vec<(Kind, &str)> {
    find(text, &names(), Destination::Elsewhere).into_iter().map(|one| (one.kind, &text[one.at])).collect()
}

#[test]
fn s2_a_patients_name_is_found_however_it_is_written() {
    for (text, word) in [
        ("見本花子さんの件です", "見本花子"),
        ("昨日、見本　花子に会いました", "見本　花子"),
        ("みほんはなこさん", "みほんはなこ"),
        ("ﾐﾎﾝ ﾊﾅｺ 様", "ﾐﾎﾝ ﾊﾅｺ"),
        ("見本さんは元気です", "見本"),
        ("みほん 様のご家族", "みほん"),
        ("試験太郎の薬", "試験太郎"),
        ("例田さんへ", "例田"),
    ] {
        assert_eq!(found(text), [(Kind::PatientName, word)], "{text}");
    }
    for text in ["見本を送ります", "様式の見本です", "例田の意味", "花子さん", "試験は明日です"]
    {
        assert_eq!(found(text), [], "a word is no person: {text}");
    }
}

#[test]
fn s2_telephone_numbers_are_found_and_measurements_are_not() {
    for text in [
        "03-5555-0100",
        "０３（５５５５）０１００",
        "0355550100",
        "090-5555-0100",
        "+81 90-5555-0100",
        "０３ー５５５５ー０１００",
    ] {
        let whole = format!("電話は{text}です");
        let hits = found(&whole);
        assert_eq!(hits.len(), 1, "{text}");
        assert_eq!(hits[0].0, Kind::Telephone, "{text}");
        assert!(text.ends_with(hits[0].1) || text.starts_with('+'), "{text}: all of it, {hits:?}");
    }
    for text in [
        "血圧 120-80、脈 72、体温 36.5",
        "SpO2 96% 98%",
        "2026-11-23 10:30",
        "1日3回 0.5mg",
        "100 200 300 400",
        "0 1 2 3 4 5 6 7 8 9",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn s2_addresses_and_postal_codes_are_found() {
    for (text, word) in [
        ("住所は見本区例町三丁目5-2です", "見本区例町三丁目5-2"),
        ("見本市例1-2-3に移りました", "見本市例1-2-3"),
        ("見本村12番地", "見本村12番地"),
        ("〒000-0000", "000-0000"),
    ] {
        let hits = found(text);
        assert!(
            hits.iter().any(|(kind, at)| *kind == Kind::Address && at.ends_with(word.chars().last().unwrap())),
            "{text}: {hits:?}"
        );
        assert_eq!(hits.len(), 1, "{text}: {hits:?}");
    }
    for text in ["見本区の会議は3時からです", "区内で2件ありました", "市の窓口へ", "町内会 5 名"]
    {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn s2_a_day_of_birth_is_found_by_the_words_beside_it() {
    for (text, word) in [
        ("昭和12年3月4日生まれ", "12年3月4日"),
        ("生年月日：1937/03/04", "1937/03/04"),
        ("Ｓ１２．３．４生", "１２．３．４"),
        ("昭和元年12月30日生", "元年12月30日"),
    ] {
        assert_eq!(found(text), [(Kind::BirthDate, word)], "{text}");
    }
    for text in ["2026年11月23日に訪問しました", "次回は12/3です", "11月23日生食を交換"] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn s2_numbers_of_papers_are_found_by_their_word_and_the_my_number_by_its_check() {
    for (text, kind, word) in [
        ("被保険者番号 0000012345", Kind::Number, "0000012345"),
        ("保険者番号は131193です", Kind::Number, "131193"),
        ("カルテ番号：1234567", Kind::Number, "1234567"),
        ("123456789018", Kind::MyNumber, "123456789018"),
        ("1234-5678-9018", Kind::MyNumber, "1234-5678-9018"),
        ("マイナンバー 123456789017", Kind::Number, "123456789017"),
    ] {
        assert_eq!(found(text), [(kind, word)], "{text}");
    }
    for text in ["123456789017", "室内は 131193 歩", "番号札 12"] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn s2_in_a_patient_group_only_another_patient_is_asked_about() {
    let mut own = Names::default();
    own.add_name("見本 花子");
    own.add_name("ミホン ハナコ");
    let others = names().without(&own);
    let text = "見本花子さん、03-5555-0100。例田さん。試験太郎さんの薬が入っていました。";
    let hits = find(text, &others, Destination::Patient);
    let hits: Vec<(Kind, &str)> = hits.into_iter().map(|one| (one.kind, &text[one.at])).collect();
    assert_eq!(hits, [(Kind::PatientName, "試験太郎")], "the whole name of somebody else, and nothing more");
}

proptest! {
    /// Whatever is typed or pasted: every place can be cut out, in order, without overlaps.
    #[test]
    fn s2_looking_is_total(text in "(\\PC|[0-9０-９()ー市区町村丁目番年月日生見本花子 \u{200b}-]){0,60}") {
        for destination in [Destination::Patient, Destination::Elsewhere] {
            let mut end = 0;
            for one in find(&text, &names(), destination) {
                prop_assert!(one.at.start >= end && one.at.start < one.at.end);
                prop_assert!(text.get(one.at.clone()).is_some());
                end = one.at.end;
            }
        }
    }
}
