//! What is on the sheets, read and looked at by other programs.

use crate::support::{FORM2, Pdf, REVIEW, TICKET, bare, paper, text, try_print};
use renkei_forms::{Error, job};
use renkei_proto::paper::{Name, Paper, Sheet};
use renkei_proto::text::Prose;
use renkei_proto::wording::TextKind;

const PLAIN: &str =
    "# 連携守秘誓約書\n\n当事業所は、次のことを誓約します。\n\n患者の情報を、連携の目的以外に使いません。\n";

fn parsed(json: &str) -> Paper {
    job(json.as_bytes()).unwrap()
}

fn texts() -> [(TextKind, &'static str); 5] {
    [
        (TextKind::Form1, include_str!("../../../texts/form1.ja.txt")),
        (TextKind::Form2, include_str!("../../../texts/form2.ja.txt")),
        (TextKind::Form3, include_str!("../../../texts/form3.ja.txt")),
        (TextKind::Notice, include_str!("../../../texts/notice.ja.txt")),
        (TextKind::ReviewPoints, include_str!("../../../texts/review-points.ja.txt")),
    ]
}

#[test]
fn a10_1_every_word_of_a_text_is_on_its_sheet_and_can_be_read_by_a_program() {
    for (kind, words) in texts() {
        let pdf = Pdf::of(&paper(text(kind, words, false)));
        let printed = pdf.text();
        for line in words.lines().map(|line| line.trim_start_matches("# ")) {
            assert!(printed.contains(&bare(line)), "{kind:?}: {line}\n{printed}");
        }
    }
}

#[test]
fn a10_1_a_sample_says_so_on_every_page_and_a_published_text_on_none() {
    let long = format!("{PLAIN}{}", "患者の情報を守ります。\n".repeat(120));
    let sample = Pdf::of(&paper(text(TextKind::Form1, &long, false)));
    assert!(sample.pages > 2);
    for page in sample.texts() {
        // Across the page, and in words above it.
        assert_eq!(page.matches("見本").count(), 2, "{page}");
    }
    let published = Pdf::of(&paper(text(TextKind::Form1, &long, true)));
    assert!(!published.text().contains("見本"));
    // One that calls itself a sample stays one when it is published.
    let still = Pdf::of(&paper(text(TextKind::Form1, &PLAIN.replacen("# ", "# 【見本】", 1), true)));
    assert!(still.text().contains("見本のまま公示された文書です"));
}

#[test]
fn a10_1_the_mark_is_seen_as_grey_behind_the_words() {
    let grey = |published| {
        let (_, seen) = Pdf::of(&paper(text(TextKind::Form1, PLAIN, published))).seen(1, 50);
        seen.iter().filter(|value| (215..=235).contains(*value)).count() * 1_000 / seen.len()
    };
    assert!(grey(false) > 40, "per mille of the page: {}", grey(false));
    assert!(grey(true) < 5, "per mille of the page: {}", grey(true));
}

#[test]
fn a10_1_the_foot_names_version_day_and_hash() {
    let sheet = text(TextKind::Form1, PLAIN, true);
    let hash = sheet.published.unwrap().hash.to_string();
    let printed = Pdf::of(&paper(sheet)).text();
    assert!(printed.contains("架空市医師会連携守秘誓約書第3版2026年11月22日（令和8年）公示"), "{printed}");
    assert!(printed.contains(&hash), "{printed}");
    assert!(printed.contains("1/1"), "{printed}");
}

#[test]
fn a10_1_words_that_were_not_published_are_not_printed_as_such() {
    let mut sheet = text(TextKind::Form1, PLAIN, true);
    sheet.wording.japanese = Prose::new(PLAIN.replace("使いません", "使います")).unwrap();
    assert!(matches!(try_print(&paper(sheet)), Err(Error::NotAuthentic)));
}

#[test]
fn a03_1_form_1_has_what_is_signed() {
    let mut sheet = text(TextKind::Form1, PLAIN, true);
    sheet.facility = Some(Name::new("みなと坂クリニック").unwrap());
    sheet.person = Some(Name::new("院長 架空 健").unwrap());
    let printed = Pdf::of(&paper(sheet)).text();
    for part in
        ["架空市医師会御中", "誓約日令和年月日（西暦年）", "みなと坂クリニック", "院長架空健", "署名（または記名押印）"]
    {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn a09_1_form_2_is_filled_in_and_has_its_translation_apart() {
    let pdf = Pdf::of(&parsed(FORM2));
    let pages = pdf.texts();
    let [japanese, english] = &pages[..] else { panic!("{pages:?}") };
    for part in ["ひなた訪問看護ステーション事業所管理者様", "架空結", "退職した後も、漏らしません。"]
    {
        assert!(japanese.contains(part), "{part}: {japanese}");
    }
    assert!(english.contains("Japanesetextbinds"), "{english}");
    assert!(english.contains("NorafterIhaveleft."), "{english}");
}

#[test]
fn a06_1_form_3_has_patient_family_date_and_both_copies() {
    let printed = Pdf::of(&paper(text(TextKind::Form3, "# 患者同意書\n\n同意します。", true))).text();
    for part in [
        "同意日",
        "患者の氏名",
        "患者の生年月日",
        "患者の署名",
        "患者との続柄",
        "家族等の署名",
        "控えを渡した日",
        "□患者・家族控え□連携元事業所控え",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn a08_2_a_phone_reads_the_tickets_link_from_the_sheet() {
    let job = parsed(TICKET);
    let Sheet::Ticket(sheet) = &job.sheet else { panic!("a ticket") };
    let pdf = Pdf::of(&job);
    let (width, seen) = pdf.seen(1, 150);
    let height = seen.len() / width;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| seen[y * width + x]);
    let found = image.detect_grids();
    let [code] = &found[..] else { panic!("{} codes", found.len()) };
    assert_eq!(code.decode().unwrap().1, *sheet.ticket.link());
    let printed = pdf.text();
    assert!(printed.contains(&*sheet.ticket.link()), "{printed}");
    for part in ["秘密", "架空結", "2026年11月30日（令和8年）00:00まで", &sheet.ticket.root.to_string()]
    {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn a09_2_a_letter_has_the_lines_of_the_screen() {
    let printed = Pdf::of(&parsed(REVIEW)).text();
    for part in ["定期確認の状況", "確認済み3人未確認1人", "未確認:架空結（看護師・ひなた訪問看護ステーション）"]
    {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn the_file_is_one_for_archives_and_for_screen_readers() {
    for json in [FORM2, TICKET, REVIEW] {
        let pdf = try_print(&parsed(json)).unwrap().pdf;
        let about = String::from_utf8_lossy(&pdf);
        for part in [
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
        ] {
            assert!(about.contains(part), "{part}");
        }
    }
}
