//! The record of access: one of each kind, in one chain, and the head over them.

use renkei_proto::access::{
    AccessCount, AccessHead, AccessQuestion, AccessRecord, AccessTip, Asked, Kind, Listing, Scope, Source, Stage,
    Subject, What,
};
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Op};
use renkei_proto::hash::Hash32;
use renkei_proto::id::SessionId;
use renkei_proto::merkle;
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use renkei_proto::{SUITE, VERSION};

use super::{Case, hex_of, variant};
use crate::access_formats::AccessHeadText;
use crate::fixtures::{DEVICE, FACILITY, GROUP, NOW, TICKET, USER, blob, list, root, server};

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
    ];
    all.extend(
        [Listing::Names, Listing::Devices, Listing::Offers, Listing::Receipts, Listing::Application].map(listed),
    );
    all.extend(refusals.map(|(asked, code)| (stranger("192.0.2.9"), refused(asked, code, None))));
    all.push((who, refused(Asked::Export, Code::NotForYou, Some(GROUP))));
    all.extend(scopes.map(|scope| (who, What::Consulted { scope, from: 0, records: 40 })));
    all
}

/// The bytes of a chain of records.
pub(crate) fn chain() -> (AccessTip, Vec<Vec<u8>>) {
    let mut tip = AccessTip::default();
    let happened = happenings().into_iter();
    let records = happened.map(|(who, what)| tip.append(NOW.plus(tip.size), who, what)).collect();
    (tip, records)
}

/// The head over them.
pub(crate) fn head() -> AccessHead {
    let (tip, records) = chain();
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

pub(super) fn ops() -> Vec<Op> {
    let question = |scope, size| AccessQuestion { scope, since: Time(0), until: Time(u64::MAX), from: 4, size };
    vec![
        Op::AccessRecords(question(Scope::Group(GROUP), Some(70_000))),
        Op::AccessCounts(question(Scope::Counts, None)),
    ]
}

pub(super) fn answers() -> Vec<Answer> {
    let (_, records) = chain();
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
            head: head().sign(&server()).unwrap(),
            records: list(&[proven(5), proven(6)]),
            next: Some(7),
        },
        Answer::AccessCounts { counts: list(&counts), next: None },
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let (_, records) = chain();
    let mut cases: Vec<Case> = Vec::new();
    for (number, bytes) in records.iter().enumerate() {
        let record = AccessRecord::decode(bytes).unwrap();
        let name = format!("{number}: {}", variant(&record.what));
        cases.push(Case::new(name, record).with("hash", AccessRecord::hash(bytes)));
    }
    let first = AccessHead { size: 0, last: Hash32::default(), tree: merkle::root::<&[u8]>(&[]), ..head() };
    for (name, head) in [("over the records", head()), ("over nothing", first)] {
        let signed = head.sign(&server()).unwrap();
        cases.push(Case::new(name, head).with("signed", hex_of(&signed)).with("signature", signed.signature));
        cases.push(Case::new(name, AccessHeadText(signed.clone())).with("signed", hex_of(&signed)));
        cases.push(Case::new(name, signed.clone()).with("text", signed.text()));
    }
    cases
}
