//! The record of access: one of each kind, in one chain, and the head over them.

use renkei_proto::access::{
    AccessCount, AccessHead, AccessQuestion, AccessRecord, AccessTip, Asked, Kind, Listing, Scope, SignedAccessHead,
    Source, Stage, Subject, Table, What,
};
use renkei_proto::access_file::{FORMAT, First, Line};
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Op};
use renkei_proto::hash::Hash32;
use renkei_proto::id::SessionId;
use renkei_proto::merkle;
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use renkei_proto::{SUITE, VERSION};

use super::{Case, hex_of, logs, opening, takeout, variant};
use crate::access_formats::{AccessFile, AccessHeadText};
use crate::fixtures::{DEVICE, FACILITY, GROUP, NOW, TICKET, USER, blob, founding, list, root, server};

const SESSION: SessionId = SessionId([0xf1; 16]);

fn source(text: &str) -> Source {
    text.parse().unwrap()
}

fn happenings() -> Vec<(Subject, What)> {
    let who = Subject { user: Some(USER), device: Some(DEVICE), source: None };
    let from = |text| Subject { source: Some(source(text)), ..who };
    let stranger = |text| Subject { source: Some(source(text)), ..Subject::default() };
    let group = LogId::Group(GROUP);
    let opened = |stage, first, last, messages| (who, What::Opened { group: GROUP, stage, first, last, messages });
    let listed = |what| (who, What::Listed { what, times: 300 });
    let refused = |asked, code, group| What::Refused { asked, code, group, times: 1 };
    let refusals = [
        (Asked::Connection, Code::CertificateRequired),
        (Asked::Sync, Code::SessionRequired),
        (Asked::SignIn, Code::SignInFailed),
        (Asked::Enrolment, Code::TicketRefused),
        (Asked::Root, Code::SignatureInvalid),
        (Asked::Session, Code::SessionRequired),
        (Asked::Statement, Code::NotAdministrator),
        (Asked::Ticket, Code::NotAdministrator),
        (Asked::Listing, Code::SessionRequired),
        (Asked::Box, Code::NotForYou),
        (Asked::Export, Code::NotForYou),
        (Asked::Record, Code::NotAdministrator),
        (Asked::Unreadable, Code::Malformed),
        (Asked::Other, Code::SessionRequired),
    ];
    let scopes = [Scope::Own, Scope::Facility, Scope::User(USER), Scope::Group(GROUP), Scope::Counts];
    let mut all = vec![
        (Subject::default(), What::Started),
        (from("192.0.2.7"), What::SetUp),
        (from("192.0.2.7"), What::SignedIn { session: SESSION }),
        (from("2001:db8::7"), What::Resumed { session: SESSION }),
        (from("2001:db8::7"), What::PasswordChanged),
        opened(Stage::Began, 5, 70_000, 280),
        opened(Stage::WentOn, 70_001, 70_003, 2),
        opened(Stage::Ended, 70_003, 70_003, 0),
        (who, What::Followed { group: GROUP }),
        (who, What::BoxFetched { group: GROUP, seq: 70_000 }),
        (who, What::Exported { log: group, from: 0, entries: 1_024 }),
        (who, What::Acted { log: LogId::Registry, seq: 12 }),
        (who, What::TicketIssued { ticket: TICKET }),
        (stranger("192.0.2.8"), What::TicketUsed { ticket: TICKET }),
        (who, What::CertificateRenewed),
        (who, What::Locked { session: SESSION }),
        (who, What::SignedOut { session: SESSION }),
        (Subject::default(), What::Crowded { times: 9_000 }),
        (Subject::default(), What::Lost { times: 1 }),
        (from("192.0.2.7"), What::Unlocked { session: SESSION }),
        (who, What::LeftAlone { session: SESSION }),
        (who, What::SessionEnded { session: SESSION, code: Code::SessionExpired }),
        (from("192.0.2.7"), What::SteppedUp),
        (who, What::RecoveryRenewed),
        (from("192.0.2.7"), What::RecoveryUsed),
        (who, What::EndedFor { user: USER, session: SESSION }),
    ];
    all.extend(
        [
            Listing::Names,
            Listing::Devices,
            Listing::Offers,
            Listing::Receipts,
            Listing::Application,
            Listing::Counts,
            Listing::Sessions,
            Listing::Report,
            Listing::Safety,
        ]
        .map(listed),
    );
    all.extend(refusals.map(|(asked, code)| (stranger("192.0.2.9"), refused(asked, code, None))));
    all.push((who, refused(Asked::Export, Code::NotForYou, Some(GROUP))));
    all.extend(scopes.map(|scope| (who, What::Consulted { scope, from: 0, records: 40 })));
    all.extend(takeout::happenings().map(|what| (who, what)));
    all.extend([Table::Overview, Table::Report].map(|table| (who, What::TableWritten { table, rows: 70_000 })));
    all
}

/// Records in a file.
const SHORT: usize = 8;

/// The bytes of a chain of so many records at most.
fn chain(most: usize) -> (AccessTip, Vec<Vec<u8>>) {
    let mut tip = AccessTip::default();
    let happened = happenings().into_iter().take(most);
    let records = happened.map(|(who, what)| tip.append(NOW.plus(tip.size), who, what)).collect();
    (tip, records)
}

fn head_of(most: usize) -> AccessHead {
    let (tip, records) = chain(most);
    AccessHead {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        time: NOW.plus(100),
        size: tip.size,
        last: tip.last,
        tree: merkle::root(&records),
    }
}

/// The head over the records of a file.
pub(crate) fn head() -> AccessHead {
    head_of(SHORT)
}

pub(super) fn ops() -> Vec<Op> {
    let question = |scope, size| AccessQuestion { scope, since: Time(0), until: Time(u64::MAX), from: 4, size };
    vec![
        Op::AccessRecords(question(Scope::Group(GROUP), Some(70_000))),
        Op::AccessCounts(question(Scope::Counts, None)),
    ]
}

pub(super) fn answers() -> Vec<Answer> {
    let (_, records) = chain(usize::MAX);
    let proven = |place: usize| (blob(&records[place]), merkle::prove(&records, place).unwrap());
    let count = |facility, kind, times| AccessCount { facility, kind, times };
    let kinds = [
        Kind::SignIn,
        Kind::SignInFailed,
        Kind::SessionEnd,
        Kind::Opening,
        Kind::Listing,
        Kind::Export,
        Kind::Refusal,
        Kind::Act,
        Kind::Record,
        Kind::Server,
    ];
    let mut counts = vec![count(None, Kind::Server, 1)];
    counts.extend(kinds.map(|kind| count(Some(FACILITY), kind, 300)));
    vec![
        Answer::AccessRecords {
            head: head_of(usize::MAX).sign(&server()).unwrap(),
            records: list(&[proven(5), proven(6)]),
            next: Some(7),
        },
        Answer::AccessCounts { counts: list(&counts), next: None },
    ]
}

/// The first line of a file with this head.
pub(crate) fn first(head: &SignedAccessHead, scope: Option<Scope>) -> First {
    let public = root().public();
    First {
        format: FORMAT.to_owned(),
        association: public.association(),
        root: public.root_fingerprint(),
        registry: vec![hex_of(&logs::entry(&founding()))],
        head: head.text(),
        scope,
    }
}

/// The lines of all records, without proofs, or of these with them.
pub(crate) fn lines(some: Option<&[usize]>) -> Vec<Line> {
    let (_, records) = chain(SHORT);
    let line = |place: usize, proof| Line::new(&records[place], proof).unwrap();
    match some {
        None => (0..records.len()).map(|place| line(place, None)).collect(),
        Some(some) => some.iter().map(|&place| line(place, merkle::prove(&records, place))).collect(),
    }
}

/// A file of these lines.
pub(crate) fn file(first: &First, lines: &[Line]) -> AccessFile {
    let lines = lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n");
    AccessFile(serde_json::to_string(first).unwrap() + "\n" + &lines.collect::<String>())
}

pub(super) fn cases() -> Vec<Case> {
    let (_, records) = chain(usize::MAX);
    let mut cases: Vec<Case> = Vec::new();
    for (number, bytes) in records.iter().enumerate() {
        let record = AccessRecord::decode(bytes).unwrap();
        let name = format!("{number}: {}", variant(&record.what));
        cases.push(Case::new(name, record).with("hash", AccessRecord::hash(bytes)));
    }
    let (tip, records) = chain(usize::MAX);
    for (number, bytes) in opening::records(tip).iter().enumerate() {
        let record = AccessRecord::decode(bytes).unwrap();
        let name = format!("{}: {}", records.len() + number, variant(&record.what));
        let (opening, _) = record.opening(root().public().association()).unwrap();
        let case = Case::new(name, record).with("hash", AccessRecord::hash(bytes));
        cases.push(case.with("opening", hex_of(&opening)));
    }
    let signed = head().sign(&server()).unwrap();
    cases.push(Case::new("all of it", file(&first(&signed, None), &lines(None))));
    let part = lines(Some(&[0, 5, 7]));
    cases.push(Case::new("a part", file(&first(&signed, Some(Scope::Group(GROUP))), &part)));
    cases.push(Case::new("a part of nothing", file(&first(&signed, Some(Scope::Own)), &[])));
    let none = AccessHead { size: 0, last: Hash32::default(), tree: merkle::root::<&[u8]>(&[]), ..head_of(usize::MAX) };
    for (name, head) in [("over the records", head_of(usize::MAX)), ("over nothing", none)] {
        let signed = head.sign(&server()).unwrap();
        cases.push(Case::new(name, head).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, AccessHeadText(signed.clone())).with("signed", hex_of(&signed)));
        cases.push(Case::new(name, signed.clone()).with("text", signed.text()));
    }
    cases
}
