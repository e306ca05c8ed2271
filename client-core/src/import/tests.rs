//! Files as people make them, and as nobody should.

use proptest::prelude::*;

use super::*;

/// 2026-03-10 in the morning.
const NOW: Time = Time(1_773_100_000);

fn found(bytes: &[u8]) -> Vec<(u64, Option<Column>, Wrong)> {
    let findings = staff(bytes, NOW).findings;
    findings.into_iter().map(|one| (one.line, one.column, one.what)).collect()
}

fn names(lines: &Lines<NewColleague>) -> Vec<(u64, &str)> {
    lines.rows.iter().map(|(line, person)| (*line, person.name.as_str())).collect()
}

/// The file as a spreadsheet in Japan writes it.
fn shift_jis(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lossy);
    bytes.into_owned()
}

const GOOD: &str = "職種,氏名,ふりがな,免除,グループ担当\r\n看護師,架空 結,かくう ゆい,2026/1/5,○\r\n\r\n,,,,\r\n\
    ケアマネ,架空 誠,かくう まこと,令和8年1月5日,\r\n";

#[test]
fn a08_3_a_file_is_read_in_the_encodings_that_spreadsheets_write() {
    let marked = ["\u{feff}".as_bytes(), GOOD.as_bytes()].concat();
    for (bytes, encoding) in [
        (GOOD.as_bytes().to_vec(), Encoding::Utf8),
        (marked, Encoding::Utf8),
        (shift_jis(GOOD), Encoding::ShiftJis),
        (GOOD.replace("\r\n", "\n").into_bytes(), Encoding::Utf8),
        (GOOD.replace("\r\n", "\r").into_bytes(), Encoding::Utf8),
    ] {
        let lines = staff(&bytes, NOW);
        assert_eq!((lines.encoding, lines.findings.as_slice()), (Some(encoding), &[][..]));
        assert_eq!(names(&lines), [(2, "架空 結"), (5, "架空 誠")], "blank lines are counted and passed over");
        let first = &lines.rows[0].1;
        assert_eq!((first.profession, first.group_manager, first.administrator), (Profession::Nurse, true, false));
        assert_eq!(first.pledge, Some(Pledge::HeldSince("2026-01-05".parse().unwrap())));
        assert_eq!(lines.rows[1].1.profession, Profession::CareManager);
        assert_eq!(lines.rows[1].1.pledge, first.pledge, "an era's year is a year");
    }
}

#[test]
fn a08_3_columns_are_found_by_name_in_either_language_and_any_order() {
    let english = "Held since,PROFESSION,Name,Group manager\n2026-01-05,care-manager,架空 誠,no\n";
    let lines = staff(english.as_bytes(), NOW);
    assert_eq!((names(&lines), lines.findings.len()), (vec![(2, "架空 誠")], 0));
    let missing = found("氏名,備考\n架空 誠,x\n".as_bytes());
    assert_eq!(
        missing,
        [(1, None, Wrong::ColumnIgnored { found: "備考".into() }), (1, Some(Column::Profession), Wrong::ColumnMissing),]
    );
    let twice = found("氏名,職種,名前\n架空 誠,医師,架空 誠\n".as_bytes());
    assert_eq!(twice, [(1, Some(Column::Name), Wrong::ColumnTwice)]);
    assert_eq!(found(b""), [(0, None, Wrong::Empty),]);
    assert_eq!(found("氏名,職種\n".as_bytes()), [(0, None, Wrong::Empty)]);
}

#[test]
fn a08_3_every_fault_of_every_line_is_found_and_none_hides_another() {
    let long = "長".repeat(86);
    let hash = "ab".repeat(32);
    let file = format!(
        "氏名,職種,誓約書,スキャン,免除,SNS管理者\n\
         架空 一,魔法使い,2026-13-01,{hash},,多分\n\
         ,医師,2026-03-01,,,\n\
         {long},医師,,x.pdf,,\n\
         架空 四,医師,2026-03-20,{hash},,\n\
         架空 五,医師,2026-03-01,{hash},2026-03-01,\n\
         架空 六,医師,,,2026-01-05,,,余り\n"
    );
    let text = |found: &str| found.to_owned();
    assert_eq!(
        found(file.as_bytes()),
        [
            (2, Some(Column::Profession), Wrong::UnknownWord { found: text("魔法使い") }),
            (2, Some(Column::Pledge), Wrong::BadDay { found: text("2026-13-01") }),
            (2, Some(Column::Administrator), Wrong::NotYesOrNo { found: text("多分") }),
            (3, Some(Column::Name), Wrong::Blank),
            (3, Some(Column::Scan), Wrong::ScanMissing),
            (4, Some(Column::Name), Wrong::TooLong { most: bounds::NAME }),
            (4, Some(Column::Pledge), Wrong::DayMissing),
            (5, Some(Column::Pledge), Wrong::Future),
            (6, Some(Column::HeldSince), Wrong::PledgeTwice),
            (7, None, Wrong::TooManyFields),
        ]
    );
}

#[test]
fn a08_3_hostile_characters_are_no_part_of_a_name() {
    for hostile in
        ["架空\u{202e}一", "架\u{200b}空", "架\u{200d}空", "架空\u{7}", "\"架空\n一\"", "\u{2066}架空", "架\u{feff}空"]
    {
        let file = format!("氏名,職種,免除\n{hostile},医師,2026-01-05\n");
        assert_eq!(found(file.as_bytes()), [(2, Some(Column::Name), Wrong::Deceptive)], "{hostile:?}");
    }
    let quoted = found("氏名,職種,免除\n架空 一,\u{202e}魔法\u{1b}[31m使い,2026-01-05\n".as_bytes());
    let Wrong::UnknownWord { found } = &quoted[0].2 else { panic!("{quoted:?}") };
    assert_eq!(found, "魔法[31m使い", "what is quoted is harmless");
}

#[test]
fn a08_3_who_stands_there_twice_is_named_with_the_first_line() {
    let file = "氏名,ふりがな,職種,免除\n架空 結,かくう ゆい,看護師,2026-01-05\n\
        架空　結,カクウ ﾕｲ,看護師,2026-01-05\n架空 結,かくう むすび,看護師,2026-01-05\n";
    assert_eq!(
        found(file.as_bytes()),
        [(3, Some(Column::Name), Wrong::Twice { first: 2 }), (4, Some(Column::Name), Wrong::Namesake { first: 2 }),]
    );
    let lines = staff(file.as_bytes(), NOW);
    assert_eq!(names(&lines).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4], "a namesake is somebody else");
}

#[test]
fn a08_3_a_file_has_bounds() {
    let line = "架空 一,医師\n";
    let large = format!("氏名,職種\n{}", line.repeat(bounds::IMPORT / line.len()));
    assert_eq!(
        found(&[large.as_bytes(), line.as_bytes()].concat()),
        [(0, None, Wrong::TooLarge { most: bounds::IMPORT })]
    );
    let many: Vec<String> = (0..=bounds::IMPORT_LINES).map(|n| format!("架空 {n},医師,2026-01-05")).collect();
    let most = bounds::IMPORT_LINES;
    let end = u64::try_from(most).unwrap() + 2;
    assert_eq!(
        found(format!("氏名,職種,免除\n{}", many.join("\n")).as_bytes()),
        [(end, None, Wrong::TooManyLines { most })]
    );
    assert_eq!(found(&[0xff, 0xfe, b'a', 0]), [(0, None, Wrong::NotText)], "UTF-16 is not guessed at");
    assert_eq!(found(&[b'a', 0xff, 0xfd, 0x80]), [(0, None, Wrong::NotText)]);
    let wide = format!("氏名,職種{}\n架空 一,医師\n", ",x".repeat(400_000));
    assert!(found(wide.as_bytes()).contains(&(1, None, Wrong::TooManyFields)));
}

#[test]
fn a08_3_facilities_are_read_likewise() {
    let lines = facilities(&shift_jis(
        "種別,事業所名\r\n薬局,すずらん薬局（架空）\r\n城,白い城（架空）\r\n薬局,すずらん薬局(架空)\r\n",
    ));
    assert_eq!(lines.rows.len(), 1);
    assert_eq!(lines.rows[0].1.kind, FacilityKind::Pharmacy);
    let what: Vec<_> = lines.findings.iter().map(|one| (one.line, one.column, one.what.clone())).collect();
    assert_eq!(
        what,
        [
            (3, Some(Column::Kind), Wrong::UnknownWord { found: "城".into() }),
            (4, Some(Column::Name), Wrong::Twice { first: 2 }),
        ]
    );
}

#[test]
fn a08_3_days_are_read_as_people_write_them() {
    for good in ["2026-03-01", "2026/3/1", "2026.3.1", "２０２６年３月１日", "令和8年3月1日", "R8.3.1", "R08/03/01"]
    {
        assert_eq!(text::day(good), "2026-03-01".parse().ok(), "{good}");
    }
    assert_eq!(text::day("令和元年5月1日"), "2019-05-01".parse().ok());
    for bad in
        ["", "46082", "2026-02-30", "3/1/2026", "2026-3", "2026-3-1-1", "令和0年1月1日", "+2026-3-1", "2026年3月1日日"]
    {
        assert_eq!(text::day(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn a08_3_any_bytes_give_rows_or_findings(bytes in proptest::collection::vec(any::<u8>(), 0..2_048)) {
        let read = staff(&bytes, NOW);
        prop_assert!(!read.rows.is_empty() || !clean(&read.findings));
        let read = facilities(&bytes);
        prop_assert!(!read.rows.is_empty() || !clean(&read.findings));
    }

    #[test]
    fn a08_3_any_text_below_a_good_header_gives_a_row_or_a_finding_for_its_line(
        lines in proptest::collection::vec("[^\r\n\",]{0,20},(看護師|医師|魔法使い)?,[0-9/年月日-]{0,10}", 1..40)
    ) {
        let file = format!("氏名,職種,免除\n{}\n", lines.join("\n"));
        let read = staff(file.as_bytes(), NOW);
        for (line, text) in (2..).zip(&lines) {
            let blank = text.split(',').all(|field| field.trim().is_empty());
            let row = read.rows.iter().any(|(of, _)| *of == line);
            let fault = read.findings.iter().any(|one| one.line == line && !one.what.is_warning());
            prop_assert_eq!(row, !blank && !fault, "line {}: {:?}", line, text);
        }
        for (_, person) in &read.rows {
            let again: Result<Line<256>, _> = Line::new(person.name.as_str());
            prop_assert!(again.is_ok());
        }
    }
}
