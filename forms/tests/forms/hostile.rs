//! Words that try to be something else, run off the page, or can't be shown.

use crate::support::{FORM2, PROGRAM, Pdf, TICKET, bare, paper, program, text, try_print};
use std::process::Command;

use renkei_forms::fonts::Fonts;
use renkei_forms::{Error, job};
use renkei_proto::bounds;
use renkei_proto::paper::Name;
use renkei_proto::wording::TextKind;

/// A4 is 595 points wide, with margins of 24 mm.
const LEFT: f64 = 68.0;
const RIGHT: f64 = 595.3 - 68.0;

const MARKUP: [&str; 16] = [
    "#panic(\"no\")",
    "#import \"@preview/a:1.0.0\"",
    "#read(\"/etc/hostname\")",
    "#image(\"x.png\")",
    "$ x^2 $ と $y$",
    "*太字* _斜体_ `code`",
    "```rust panic!()```",
    "= 見出し",
    "- 項目 + 番号 / 用語: 説明",
    "<label> @label",
    "// 注釈 /* 注釈 */",
    "[ ] { } ( ) \\ ~ ' \"",
    "https://example.jp/#a",
    "#{while true {}}",
    "\\u{5d}",
    "\"}],\"is\":\"page\"",
];

#[test]
fn text_never_becomes_markup() {
    let words = format!("# 誓約書 #strong[*x*]\n\n{}\n", MARKUP.join("\n"));
    let mut sheet = text(TextKind::Form2, &words, true);
    sheet.facility = Some(Name::new("#panic(\"facility\") $x$ *a*").unwrap());
    sheet.person = Some(Name::new("[架空] #sys.inputs _結_").unwrap());
    let printed = Pdf::of(&paper(sheet)).text();
    for line in
        MARKUP.into_iter().chain(["誓約書 #strong[*x*]", "#panic(\"facility\") $x$ *a*", "[架空] #sys.inputs _結_"])
    {
        assert!(printed.contains(&bare(line)), "{line}: {printed}");
    }
}

#[test]
fn text_that_could_deceive_is_refused() {
    for bad in ["\\u202e", "\\u2066", "\\u200b", "\\u0007", "\\u2028"] {
        let bad = FORM2.replacen("私は", &format!("私{bad}は"), 1);
        assert!(matches!(job(bad.as_bytes()), Err(Error::Malformed(_))), "{bad}");
        let name = FORM2.replacen("架空 結", "架空\\u202e結", 1);
        assert!(matches!(job(name.as_bytes()), Err(Error::Malformed(_))));
    }
}

#[test]
fn nothing_runs_off_the_page() {
    let name = || Some(Name::new("W".repeat(bounds::NAME)).unwrap());
    for run in ["a", "1", "。", "ー", "（", "・", "W", "漢"] {
        let most = (bounds::WORDING - 64) / run.len();
        let words = format!("# {}\n\n{}\n", run.repeat(300), run.repeat(most - 300));
        let mut sheet = text(TextKind::Form2, &words, true);
        (sheet.facility, sheet.person) = (name(), name());
        let mut job = paper(sheet);
        job.association = name();
        let pdf = Pdf::of(&job);
        assert!(pdf.text().matches(run).count() >= most, "{run}");
        let (from, to) = pdf.across();
        // Punctuation may hang a little into the margin.
        assert!(from > LEFT - 12.0 && to < RIGHT + 12.0, "{run}: {from} to {to}");
    }
}

#[test]
fn a_thousand_lines_go_on_to_the_next_page_and_none_is_lost() {
    let lines: Vec<String> = (1..=1_000).map(|number| format!("第{number}項 守ります。")).collect();
    let pdf = Pdf::of(&paper(text(TextKind::Notice, &lines.join("\n"), true)));
    assert!((20..60).contains(&pdf.pages), "{}", pdf.pages);
    let printed = pdf.text();
    for line in &lines {
        assert!(printed.contains(&bare(line)), "{line}");
    }
    assert!(printed.contains(&format!("{0}/{0}", pdf.pages)));
}

#[test]
fn indented_and_empty_lines_are_no_trouble() {
    let words = format!("{}右\n\n\n\n# \n#\n#見出しではない\n　全角\n", " ".repeat(5_000));
    let pdf = Pdf::of(&paper(text(TextKind::Notice, &words, true)));
    assert!(pdf.text().contains("#見出しではない"));
    assert!(pdf.across().1 < RIGHT + 12.0);
}

#[test]
fn rare_characters_of_names_are_printed_and_missing_ones_are_named() {
    let mut sheet = text(TextKind::Form2, "# 誓約書", true);
    // The first is in the form's font, the second only in the font of family registers.
    sheet.person = Some(Name::new("髙﨑 𠮷田").unwrap());
    assert!(Pdf::of(&paper(sheet.clone())).text().contains("髙﨑𠮷田"));

    sheet.person = Some(Name::new("架空 𓀀結𓀁𓀀").unwrap());
    let Err(Error::Unprintable(lacking)) = try_print(&paper(sheet)) else { panic!("has shapes for hieroglyphs") };
    assert_eq!(lacking, ['𓀀', '𓀁']);
}

#[test]
fn without_the_font_nothing_is_printed_in_another() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Fonts::find(&[empty.path().to_owned()]), Err(Error::FontMissing("BIZ UDPGothic"))));
    let out = empty.path().join("form.pdf");
    let output = program(FORM2.as_bytes(), &out, &["--fonts", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(8));
    assert!(String::from_utf8_lossy(&output.stderr).contains("\"code\":\"font_missing\""));
    assert!(!out.exists());
    let check = |more: &[&str]| Command::new(PROGRAM).arg("--check").args(more).status().unwrap().code();
    assert_eq!(check(&["--fonts", empty.path().to_str().unwrap()]), Some(8));
    assert_eq!(check(&[]), Some(0));
}

#[test]
fn the_same_job_gives_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    for (name, job) in [("form2", FORM2), ("ticket", TICKET)] {
        // Two processes, so that no order of a hash table is the same by chance.
        let files = [1, 2].map(|number| {
            let out = dir.path().join(format!("{name}-{number}.pdf"));
            assert!(program(job.as_bytes(), &out, &[]).status.success());
            std::fs::read(out).unwrap()
        });
        assert_eq!(files[0], files[1], "{name}");
        let out = dir.path().join(format!("{name}-later.pdf"));
        assert!(program(job.replacen("2026-11-23", "2026-11-24", 1).as_bytes(), &out, &[]).status.success());
        assert_ne!(files[0], std::fs::read(out).unwrap(), "{name}");
    }
}

#[test]
fn a_file_is_its_owners_alone_and_replaces_none() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("ticket.pdf");
    let output = program(TICKET.as_bytes(), &out, &[]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "{\"pages\":1,\"sample\":false}");
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);

    let before = std::fs::read(&out).unwrap();
    let again = program(FORM2.as_bytes(), &out, &[]);
    assert_eq!(again.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&again.stderr).contains("\"code\":\"file_exists\""));
    assert_eq!(std::fs::read(&out).unwrap(), before);
}

#[test]
fn a_tickets_secret_is_in_the_file_alone() {
    let dir = tempfile::tempdir().unwrap();
    let secret = TICKET.split("renkei:enrol/").nth(1).unwrap().split('"').next().unwrap();
    let told = |job: &str, out: &str| {
        let output = program(job.as_bytes(), &dir.path().join(out), &[]);
        (output.status.success(), [output.stdout, output.stderr].concat())
    };
    let broken = TICKET.replacen("renkei:enrol/AR", "renkei:enrol/AQ", 1);
    let more = TICKET.replacen("\"facility\"", "\"more\": 1, \"facility\"", 1);
    for (job, done) in [(TICKET, true), (&broken, false), (&more, false)] {
        let (success, said) = told(job, &format!("{}.pdf", job.len()));
        assert_eq!(success, done);
        assert!(!String::from_utf8_lossy(&said).contains(&secret[4..20]), "{}", String::from_utf8_lossy(&said));
    }
    // One file for the one that was printed, none for the others, and nothing beside it.
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_job_is_refused() {
    for bad in ["", "{}", "[]", "null", &FORM2[..200], &FORM2.replacen("\"text\": \"form2\"", "\"text\": \"form9\"", 1)]
    {
        assert!(matches!(job(bad.as_bytes()), Err(Error::Malformed(_))), "{bad}");
    }
    let later = FORM2.replacen("\"format\": 1", "\"format\": 2", 1);
    assert!(matches!(job(later.as_bytes()), Err(Error::UnknownFormat(2))));
    let dir = tempfile::tempdir().unwrap();
    let output = program(&vec![b' '; bounds::PAPER + 1], &dir.path().join("x.pdf"), &[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("\"code\":\"too_large\""));
}
