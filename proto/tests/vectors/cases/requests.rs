//! The main protocol: requests, answers and faults.

use renkei_proto::access::Table;
use renkei_proto::code::Code;
use renkei_proto::codec::encode;
use renkei_proto::frame::{
    Answer, ClientFrame, Details, Fault, Op, Password, PasswordRule, RENEW, RESUME, RecoveryCode, Request,
    SecondFactor, Secret32, SessionRow, Sidecar, TotpSecret, find_box,
};
use renkei_proto::id::{RequestId, SessionId};
use renkei_proto::report::{FacilityNumbers, GroupNumbers, InquiryNumbers};
use renkei_proto::statement::LogId;

use super::{Case, access, enrolment, logs, opening, statements, takeout, variant};
use crate::fixtures::{
    DESK, DEVICE, FACILITY, GROUP, NEW_DEVICE, NOW, OTHER_USER, USER, author, blob, boxes, bundle, details, hash, line,
    list, sealing, session, sign, signed_erasure_word, signed_group_receipt, signed_receipt, signed_safety, wording,
};

const SESSION: SessionId = SessionId([0xf1; 16]);
const RECOVERY: RecoveryCode = RecoveryCode([0xf5; 10]);

fn ops() -> Vec<Op> {
    let password = |text| Password::new(text).unwrap();
    let request = b"a certificate signing request";
    vec![
        // Half-width and full-width forms of the same keys give the same bytes.
        Op::SetPassword(password("ｓａｋｕｒａ-Kaede-27")),
        Op::ConfirmFactor { code: 123_456 },
        Op::SignIn {
            user: USER,
            password: password("sakura-Kaede-27"),
            code: Some(7),
            session_key: session().public(),
        },
        Op::Resume { session: SESSION, signature: enrolment::over_exporter(&session(), RESUME, b"") },
        Op::Application,
        Op::ChangePassword { old: password("sakura-Kaede-27"), new: password("かえで-Sakura-28") },
        Op::Lock,
        Op::SignOut,
        Op::Submit { signed: sign(&statements::message()), sidecar: Sidecar::default() },
        Op::NewTicket(enrolment::new_ticket()),
        Op::Offers,
        Op::SealingKeys(list(&[DEVICE, NEW_DEVICE])),
        Op::Details(list(&[USER])),
        Op::FetchBox { log: LogId::Group(GROUP), seq: 70_000 },
        Op::RenewCertificate { request: blob(request), signature: enrolment::over_exporter(&author(), RENEW, request) },
        Op::Receipts(list(&[NEW_DEVICE])),
        Op::Freshen,
        Op::Entries { log: LogId::Group(GROUP), from: 70_000 },
        Op::SignInWith {
            user: USER,
            password: password("sakura-Kaede-27"),
            second: SecondFactor::Recovery(RECOVERY),
            new: Some(password("かえで-Sakura-28")),
            session_key: session().public(),
        },
        Op::Unlock { password: password("sakura-Kaede-27"), session_key: session().public() },
        Op::Touch,
        Op::Counts,
        Op::Sessions { user: OTHER_USER },
        Op::EndSession { user: OTHER_USER, session: SESSION },
        Op::StepUp { code: 999_999 },
        Op::NewRecoveryCodes,
        Op::Publish { signed: sign(&statements::publication()), text: wording("見本", "Sample") },
        Op::Text { text: wording("見本", "Sample").hash() },
        Op::Gone(signed_group_receipt()),
        Op::GroupReceipts { group: GROUP, devices: list(&[NEW_DEVICE]) },
        Op::Report,
        takeout::op(),
        Op::ErasureWord { group: GROUP },
        Op::WriteTable { table: Table::Overview, rows: 70_000 },
        Op::Calls,
        Op::AnswerBroadcast(signed_safety()),
        Op::SafetyAnswers { broadcast: 70_002, after: Some(USER) },
    ]
}

fn answers() -> Vec<Answer> {
    let (index, sealed, proof) = find_box(&boxes(), NEW_DEVICE).unwrap();
    let plain = Details { salt: hash(0x62), name: line("Mihon Taro"), kana: None };
    vec![
        Answer::Done,
        Answer::Factor(TotpSecret([0xf2; 20])),
        Answer::SignedIn { session: SESSION, share: Secret32::new([0xf3; 32]) },
        Answer::Application { signed: sign(&statements::message()), admitted_by: 1 },
        Answer::Accepted(enrolment::accepted()),
        Answer::Offers(list(&[enrolment::offer(&bundle())])),
        Answer::SealingKeys(list(&[(NEW_DEVICE, sealing())])),
        Answer::Details(list(&[(USER, plain), (OTHER_USER, details())])),
        Answer::FetchedBox { index, sealed, proof },
        Answer::Certificate(blob(b"a certificate")),
        Answer::Receipts(list(&[(NEW_DEVICE, signed_receipt())])),
        Answer::Entries(list(&[blob(&encode(&logs::entry(&statements::message())))])),
        Answer::Recovery(list(&[RECOVERY, RecoveryCode([0xf6; 10])])),
        Answer::Counts(list(&[(GROUP, 70_000)])),
        Answer::Sessions(list(&[SessionRow { session: SESSION, device: DEVICE, since: NOW, idle: 299, locked: true }])),
        Answer::Text(wording("見本", "Sample")),
        Answer::GroupReceipts(list(&[(NEW_DEVICE, signed_group_receipt())])),
        Answer::Report(list(&[FacilityNumbers::none(DESK), numbers()])),
        Answer::ErasureWord(signed_erasure_word()),
        Answer::Calls(logs::calls()),
        Answer::SafetyAnswers { answers: list(&[signed_safety()]), next: Some(USER) },
    ]
}

/// A facility with something of everything.
fn numbers() -> FacilityNumbers {
    FacilityNumbers {
        facility: FACILITY,
        patient: GroupNumbers { open: 300, closed: 1, frozen: 2, erased: 3 },
        free: GroupNumbers { open: 4, closed: 5, frozen: 0, erased: 6 },
        invitations: 7,
        oldest_invitation: Some(NOW),
        inquiries: InquiryNumbers { open: 8, taken: 9, answered: 10, closed: 11, erased: 12 },
        oldest_inquiry: Some(NOW.plus(1)),
    }
}

fn faults() -> Vec<Fault> {
    use PasswordRule::{Digit, Guessable, Length, Letter, Personal, Reused, Symbol};
    vec![
        Fault::from(Code::FacilityNotAdmitted),
        Fault { code: Code::TryLater, retry_after: Some(900), failed: list(&[]) },
        Fault {
            code: Code::PasswordTooWeak,
            retry_after: None,
            failed: list(&[Length, Letter, Digit, Symbol, Guessable, Personal, Reused]),
        },
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let request = |op| ClientFrame::Request(Request { id: RequestId([0xf4; 16]), op });
    let ops = ops().into_iter().chain(access::ops()).chain(opening::ops());
    let mut cases: Vec<Case> = ops.map(|op| Case::new(variant(&op), request(op))).collect();
    let first = Op::SignIn {
        user: USER,
        password: Password::new("sakura-Kaede-27").unwrap(),
        code: None,
        session_key: session().public(),
    };
    cases.push(Case::new("SignIn without a code", request(first)));
    let with = Op::SignInWith {
        user: USER,
        password: Password::new("sakura-Kaede-27").unwrap(),
        second: SecondFactor::Code(7),
        new: None,
        session_key: session().public(),
    };
    cases.push(Case::new("SignInWith a code and no new password", request(with)));
    cases.push(Case::new("Sync", ClientFrame::Sync(list(&[(LogId::Registry, 12), (LogId::Group(GROUP), 0)]))));
    let answers = answers().into_iter().chain(access::answers()).chain(opening::answers());
    cases.extend(answers.map(|answer| Case::new(variant(&answer), Ok::<_, Fault>(answer))));
    for fault in faults() {
        cases.push(Case::new(format!("{} is why not", fault.code), Err::<Answer, _>(fault.clone())));
        cases.push(Case::new(fault.code.to_string(), fault));
    }
    cases
}
