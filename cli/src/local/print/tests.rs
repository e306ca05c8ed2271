//! The jobs that the agent's answers become are those that the printer's own tests print (`forms/tests/jobs`).

use renkei_client_core::proto::act::Profession;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, FacilityId, ReviewId, TicketId, UserId};
use renkei_client_core::proto::ticket::{Purpose, Ticket, TicketSecret};
use renkei_client_core::proto::wording::TextKind;

use super::*;
use crate::args::print::Out;
use crate::reply::{Owes, ReviewRow, TextRow, WaitingRow, Where, Who};

const PUBLISHED: Time = Time(1_795_359_600);

fn yui() -> Who {
    Who {
        user: UserId([1; 16]),
        name: Some("架空 結".to_owned()),
        profession: Some(Profession::Nurse),
        facility: Some(FacilityId([2; 16])),
        facility_name: Some("ひなた訪問看護ステーション".to_owned()),
        official: None,
    }
}

fn signed_in() -> Status {
    Status {
        profile: "station".to_owned(),
        server: "localhost:4433".to_owned(),
        device: DeviceId([3; 16]),
        user: Some(UserId([1; 16])),
        approved: true,
        signed_in: true,
        who: Some(yui()),
        association: None,
        association_name: Some("架空医師会".to_owned()),
        online: true,
        roles: Vec::new(),
        groups: 0,
        registry: 1,
        heads_fresh: true,
        keys_replaced: false,
        locks_in: None,
        locked: None,
        posture: None,
        owes: Owes::default(),
    }
}

fn day() -> Date {
    Date::new(2026, 11, 23).unwrap()
}

fn wanted(text: TextKind, name: Option<&str>) -> TextArgs {
    let out = Out { out: PathBuf::from("form.pdf") };
    TextArgs { text, name: name.map(str::to_owned), facility: None, english: true, ja: None, en: None, out }
}

fn shown() -> (Reply, Reply) {
    let wording = Wording {
        japanese: Prose::new("# 従事者誓約書\n\n私は、次のことを誓約します。\n\n業務で知った情報を許可なく漏らしません。\n退職した後も、漏らしません。\n").unwrap(),
        english: Prose::new("# Staff pledge\n\nI pledge:\n\nI disclose nothing.\nNor after I have left.\n").unwrap(),
    };
    let (text, version, hash) = (TextKind::Form2, 2, wording.hash());
    let row = TextRow { text, version, hash, published: Some(PUBLISHED) };
    let shown = Reply::Text { text, version, hash, wording: Box::new(wording), acknowledged: None, unread: false };
    (Reply::Texts { texts: vec![row] }, shown)
}

fn made() -> Reply {
    let ticket = Ticket {
        version: 1,
        server: Line::new("renkei.example.jp:4433").unwrap(),
        root: Hash32([7; 32]),
        ticket: TicketId([4; 16]),
        secret: TicketSecret([5; 16]),
        expires: Time(1_795_964_400),
        purpose: Purpose::Device(UserId([1; 16])),
    };
    crate::commands::ticket_reply(&ticket)
}

fn rounds() -> Reply {
    let row = ReviewRow {
        review: ReviewId([6; 16]),
        facility: Some(Where {
            facility: FacilityId([2; 16]), name: Some("ひなた訪問看護ステーション".to_owned())
        }),
        due: day(),
        restricted_from: PUBLISHED,
        locked_from: PUBLISHED,
        open: true,
        stage: renkei_client_core::policy::registry::a09_review::Stage::Due,
        mine: false,
        confirmed: Some(3),
        waiting: vec![WaitingRow { who: yui() }],
    };
    Reply::Reviews { rounds: vec![row] }
}

fn jobs() -> [(&'static str, Paper, &'static str); 3] {
    let status = signed_in();
    let (listed, text_shown) = shown();
    let form2 = text(&wanted(TextKind::Form2, Some("架空 結")), &status, &listed, text_shown).unwrap();
    let ticket = ticket(&status, &made(), None).unwrap();
    let review = review(&status, &rounds()).unwrap();
    [
        ("form2", paper(day(), Some(&status), form2), include_str!("../../../../forms/tests/jobs/form2.json")),
        ("ticket", paper(day(), Some(&status), ticket), include_str!("../../../../forms/tests/jobs/ticket.json")),
        ("review", paper(day(), Some(&status), review), include_str!("../../../../forms/tests/jobs/review.json")),
    ]
}

#[test]
fn a10_1_the_jobs_are_those_that_the_printer_is_tested_with() {
    for (name, job, kept) in jobs() {
        if std::env::var_os("RENKEI_BLESS").is_some() {
            let path = format!("{}/../forms/tests/jobs/{name}.json", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, serde_json::to_string_pretty(&job).unwrap() + "\n").unwrap();
        } else {
            assert_eq!(serde_json::from_str::<Paper>(kept).unwrap(), job, "{name}");
        }
    }
}

#[test]
fn a10_1_a_text_that_the_list_does_not_name_is_not_printed() {
    let (listed, shown) = shown();
    let Reply::Text { text: kind, version, wording, .. } = shown else { panic!("a text") };
    let other = Reply::Text { text: kind, version, hash: Hash32([9; 32]), wording, acknowledged: None, unread: false };
    let refused = text(&wanted(TextKind::Form2, None), &signed_in(), &listed, other).unwrap_err();
    assert_eq!(refused.code(), Code::Unknown);
}

/// A printer that writes down what it was given, and answers `answer`.
#[cfg(unix)]
fn stub(dir: &Path, answer: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = dir.join("renkei-forms");
    let kept = dir.display();
    std::fs::write(&path, format!("#!/bin/sh\ncat > '{kept}/job'\n(echo \"$@\"; env) > '{kept}/seen'\n{answer}\n"))
        .unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn a08_2_a_tickets_secret_goes_through_the_pipe_alone() {
    let dir = tempfile::tempdir().unwrap();
    let program = stub(dir.path(), "echo '{\"pages\":1,\"sample\":false}'");
    let [_, (_, job, _), _] = jobs();
    let out = dir.path().join("ticket.pdf");
    let Ok(Reply::Printed { pages: 1, sample: false, file }) = print(&program, &job, &out) else { panic!("printed") };
    assert_eq!(Path::new(&file), out);

    let Reply::Ticket { link, .. } = made() else { panic!("a ticket") };
    let secret = link.trim_start_matches("renkei:enrol/");
    assert!(std::fs::read_to_string(dir.path().join("job")).unwrap().contains(secret));
    let seen = std::fs::read_to_string(dir.path().join("seen")).unwrap();
    assert!(seen.starts_with("--out "), "{seen}");
    assert!(!seen.contains(secret), "the secret is among arguments or environment");
}

#[cfg(unix)]
#[test]
fn a_printer_that_refuses_is_understood_and_one_that_breaks_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let [(_, job, _), ..] = jobs();
    let out = dir.path().join("form.pdf");
    let program = stub(dir.path(), "echo '{\"error\":{\"code\":\"font_missing\",\"about\":\"no font\"}}' >&2; exit 8");
    let refused = print(&program, &job, &out).unwrap_err();
    assert_eq!((refused.code(), refused.about.as_deref()), (Code::FontMissing, Some("no font")));

    let program = stub(dir.path(), "echo oh >&2; exit 101");
    assert_eq!(print(&program, &job, &out).unwrap_err().code(), Code::PrinterMissing);
    let program = stub(dir.path(), "echo done");
    assert_eq!(print(&program, &job, &out).unwrap_err().code(), Code::PrinterMissing);
    assert_eq!(print(&dir.path().join("none"), &job, &out).unwrap_err().code(), Code::PrinterMissing);
}
