//! Row S3: uses of a patient's data beyond the group, recorded against a consent; a withdrawal finds them.

use renkei_proto::act::{Act, ConsentBy, GroupAct, GroupKind, HistoryPolicy, UseKind, UseOutcome};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);
const GIVEN: &str = "2026-11-20";

type Done = Result<(), Code>;

fn act(d: &mut District, seat: Seat, act: GroupAct) -> Done {
    d.act_in(G, seat, Act::Group(act))
}

fn consented(d: &mut District, seat: Seat) -> Done {
    act(d, seat, GroupAct::RecordUseConsent { by: ConsentBy::Patient, signed_on: date(GIVEN), scan: digest(b"form") })
}

fn used(d: &mut District, seat: Seat, consent: u64, on: &str) -> Done {
    let (kind, on, details, commitment) = (UseKind::CaseConference, date(on), boxes(1), digest(b"details"));
    act(d, seat, GroupAct::RecordUse { kind, on, consent, details, commitment })
}

fn withdrawn(d: &mut District, seat: Seat) -> Done {
    act(d, seat, GroupAct::WithdrawUseConsent { by: ConsentBy::Patient, on: date("2026-11-21"), scan: digest(b"w") })
}

fn settled(d: &mut District, seat: Seat, of: u64, on: &str) -> Done {
    act(d, seat, GroupAct::SettleUse { of, outcome: UseOutcome::Erased, on: date(on) })
}

fn handed_on(d: &mut District, seat: Seat, of: u64, commitment: Hash32) -> Done {
    act(d, seat, GroupAct::HandOnDetails { of, details: boxes(1), commitment })
}

fn last(d: &District) -> u64 {
    d.group(G).size() - 1
}

/// A consent to uses, and one use against it: their places.
fn scene() -> (District, u64, u64) {
    let mut d = District::with_group(HistoryPolicy::All);
    consented(&mut d, DOCTOR.admin()).expect("a consent");
    let consent = last(&d);
    used(&mut d, DOCTOR.admin(), consent, GIVEN).expect("a use");
    let record = last(&d);
    (d, consent, record)
}

fn to_settle(d: &District) -> Vec<u64> {
    d.group(G).uses_to_settle().map(|(seq, _)| seq).collect()
}

#[test]
fn s3_no_use_without_a_consent_of_its_own() {
    let mut d = District::with_group(HistoryPolicy::All);
    let form3 = d.group(G).consent().expect("Form 3").recorded.seq;
    for consent in [form3, 0, last(&d), u64::MAX] {
        used(&mut d, DOCTOR.admin(), consent, GIVEN).refused(Code::UseConsentMissing, "S3: Form 3 is not enough");
    }
    consented(&mut d, DOCTOR.admin()).granted("S3: recorded by the originator");
    let consent = last(&d);
    used(&mut d, DOCTOR.admin(), consent - 1, GIVEN).refused(Code::UseConsentMissing, "S3: against that very one");
    used(&mut d, DOCTOR.admin(), consent, GIVEN).granted("S3: recorded against it");
    consented(&mut d, DOCTOR.admin()).refused(Code::NothingToDo, "S3: one consent at a time");
    d.replayed();
}

#[test]
fn s3_only_who_governs_the_group_records_uses() {
    let (mut d, consent, record) = scene();
    for seat in [NURSE.oneself(), CHIEF.admin(), DOCTOR.oneself(), CLERK.group_manager()] {
        let code = Code::NotOriginator;
        used(&mut d, seat, consent, GIVEN).refused(code, "S3: not a reader, nor another facility");
        withdrawn(&mut d, seat).refused(code, "S3: nor a withdrawal");
        settled(&mut d, seat, record, GIVEN).refused(code, "S3: nor what became of it");
        handed_on(&mut d, seat, record, digest(b"details")).refused(code, "S3: nor hands it on");
    }
    used(&mut d, OPERATOR.operator(), consent, GIVEN).refused(Code::DelegationMissing, "A4.2: nor the Desk by itself");
}

#[test]
fn s3_days_are_plausible() {
    let (mut d, consent, record) = scene();
    let code = Code::DateOutOfRange;
    used(&mut d, DOCTOR.admin(), consent, "2026-11-19").refused(code, "S3: not before the consent was given");
    used(&mut d, DOCTOR.admin(), consent, "2027-11-22").refused(code, "S3: nor next year");
    settled(&mut d, DOCTOR.admin(), record, "2026-11-19").refused(code, "S3: not before it was used");
    settled(&mut d, DOCTOR.admin(), record, "2027-11-22").refused(code, "S3: nor next year");
    let early = GroupAct::WithdrawUseConsent { by: ConsentBy::Family, on: date("2026-11-19"), scan: digest(b"w") };
    act(&mut d, DOCTOR.admin(), early).refused(code, "S3: not withdrawn before it was given");
}

#[test]
fn s3_a_consent_to_uses_belongs_to_a_patient_group_with_form_3() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    consented(&mut d, DOCTOR.admin()).refused(Code::ConsentMissing, "A6.1: Form 3 first");
    d.consent(DOCTOR.admin(), G).expect("consent");
    consented(&mut d, DOCTOR.admin()).granted("S3: after it");
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Free, true).expect("a group");
    consented(&mut d, DOCTOR.admin()).refused(Code::ConsentNotApplicable, "S3: no patient, no uses");
}

#[test]
fn s3_a_withdrawn_consent_leaves_every_open_use_as_a_task() {
    let (mut d, consent, first) = scene();
    used(&mut d, DOCTOR.admin(), consent, GIVEN).expect("a second use");
    let second = last(&d);
    assert_eq!(to_settle(&d), [], "while the consent stands nobody has to do anything");
    settled(&mut d, DOCTOR.admin(), first, "2026-11-21").granted("S3: what is over may be settled at any time");
    withdrawn(&mut d, DOCTOR.admin()).granted("S3: withdrawn");
    assert_eq!(to_settle(&d), [second], "what is still there is found");
    let code = Code::UseConsentMissing;
    used(&mut d, DOCTOR.admin(), consent, GIVEN).refused(code, "S3: nothing more is used");
    withdrawn(&mut d, DOCTOR.admin()).refused(code, "S3: it is withdrawn");
    d.message(NURSE.oneself(), G).granted("S3: the group itself goes on");
    settled(&mut d, DOCTOR.admin(), first, "2026-11-21").refused(Code::NothingToDo, "S3: said once");
    settled(&mut d, DOCTOR.admin(), consent, "2026-11-21").refused(Code::Unknown, "S3: of a use");
    settled(&mut d, DOCTOR.admin(), second, "2026-11-21").granted("S3: seen to");
    assert_eq!(to_settle(&d), []);
    let done = d.group(G).uses().find(|(seq, _)| *seq == second).and_then(|(_, record)| record.settled);
    assert!(done.is_some_and(|done| done.by.user == DOCTOR.user), "by whom and when stays on record");
    consented(&mut d, DOCTOR.admin()).granted("S3: it may be given anew");
    assert_eq!(to_settle(&d), [], "and opens nothing again");
}

#[test]
fn s3_a_withdrawn_form_3_is_not_confirmed_before_every_use_is_settled() {
    let (mut d, consent, record) = scene();
    let form3 = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-22"), scan: digest(b"w") };
    act(&mut d, DOCTOR.admin(), form3).expect("withdrawn");
    assert_eq!(to_settle(&d), [record], "a withdrawal finds what was used");
    used(&mut d, DOCTOR.admin(), consent, GIVEN).refused(Code::ConsentWithdrawn, "A6.2: frozen");
    let answers = d.group(G).to_confirm().expect("an order").statement;
    let confirm = |d: &mut District| act(d, OPERATOR.operator(), GroupAct::ConfirmErasure { answers });
    confirm(&mut d).refused(Code::UsesStanding, "S3: with the group nobody would know where to look");
    handed_on(&mut d, DOCTOR.admin(), record, digest(b"details")).granted("S3: who must see to it is told where");
    settled(&mut d, DOCTOR.admin(), record, "2026-11-22").granted("S3: seen to, in the frozen group");
    confirm(&mut d).granted("A6.2: then it is erased");
    let left: Vec<_> = d.group(G).uses().map(|(seq, record)| (seq, record.settled.is_some())).collect();
    assert_eq!(left, [(record, true)], "S3: the record says what was used, and that it was seen to");
    d.replayed();
}

#[test]
fn s3_a_closed_group_takes_no_new_use_and_its_open_ones_are_still_settled() {
    let (mut d, consent, record) = scene();
    d.close(DOCTOR.admin(), G).expect("closed");
    used(&mut d, DOCTOR.admin(), consent, GIVEN).refused(Code::GroupClosed, "A5.1: closed");
    withdrawn(&mut d, DOCTOR.admin()).granted("S3: withdrawn all the same");
    settled(&mut d, DOCTOR.admin(), record, "2026-11-21").granted("S3: and seen to");
}

#[test]
fn s3_details_are_handed_on_as_they_were_committed_to() {
    let (mut d, consent, record) = scene();
    let right = digest(b"details");
    handed_on(&mut d, DOCTOR.admin(), record, right).granted("S3: to who governs now");
    handed_on(&mut d, DOCTOR.admin(), record, digest(b"others")).refused(Code::SidecarMismatch, "S3: no others");
    for of in [consent, last(&d), 0, u64::MAX] {
        handed_on(&mut d, DOCTOR.admin(), of, right).refused(Code::Unknown, "S3: there is nothing sealed");
    }
}

#[test]
fn a06_1_the_names_on_form_3_are_handed_on_and_nobody_after_the_first_changes_them() {
    let mut d = District::with_group(HistoryPolicy::All);
    let form = d.group(G).consent().expect("Form 3").recorded.seq;
    assert_eq!(d.group(G).details_of(form), None, "the form itself commits to none");
    let code = Code::NotOriginator;
    handed_on(&mut d, CHIEF.admin(), form, digest(b"names")).refused(code, "A6.1: not by another facility");
    handed_on(&mut d, DOCTOR.admin(), form, digest(b"names")).granted("A6.1: the first commits");
    handed_on(&mut d, DOCTOR.admin(), form, digest(b"others")).refused(Code::SidecarMismatch, "A6.1: no others");
    act(&mut d, DOCTOR.admin(), GroupAct::OfferHandover { to: OFFICE, label: boxes(1) }).expect("offered");
    let answers = d.group(G).offered().expect("an offer").statement;
    handed_on(&mut d, PLANNER.admin(), form, digest(b"names")).refused(code, "A5.1: not before it is accepted");
    act(&mut d, PLANNER.admin(), GroupAct::AcceptHandover { answers }).expect("accepted");
    handed_on(&mut d, DOCTOR.admin(), form, digest(b"names")).refused(code, "A5.1: no longer");
    handed_on(&mut d, PLANNER.admin(), form, digest(b"others")).refused(Code::SidecarMismatch, "A5.1: nor others");
    handed_on(&mut d, PLANNER.admin(), form, digest(b"names")).granted("A5.1: by who governs now");
}
