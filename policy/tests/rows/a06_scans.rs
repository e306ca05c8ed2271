//! Rows A6.1, A6.2, S3: scans of a group's forms, deposited and opened by those who govern it.

use renkei_policy::group::a06_scans::{FormKind, permit_opening, permit_reading, permit_upload};
use renkei_policy::group::sealing::boxes_are_complete;
use renkei_proto::act::{Act, ConsentBy, DelegationScope, GroupAct, GroupKind, HistoryPolicy};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Opening, Part, Stored, sealed_length};
use renkei_proto::id::{FileId, GroupId, RequestId};

use crate::common::*;

const G: GroupId = group(1);

type Done = Result<(), Code>;

fn stored(length: u64) -> Stored {
    Stored { length: sealed_length(length), root: digest(b"chunks") }
}

fn act(d: &mut District, seat: Seat, act: GroupAct) -> Done {
    d.act_in(G, seat, Act::Group(act))
}

fn deposit_of(of: u64, content: Stored) -> GroupAct {
    GroupAct::DepositScan { of, file: FileId([7; 16]), content, key: boxes(1), commitment: digest(b"key") }
}

fn deposit(d: &mut District, seat: Seat, of: u64) -> Done {
    act(d, seat, deposit_of(of, stored(1_000)))
}

fn opening(d: &District, who: Who, seq: u64) -> Opening {
    Opening {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        association: association(),
        user: who.user,
        device: who.device,
        group: G,
        seq,
        file: 0,
        part: Part::Content,
        intent: Intent::View,
        request: RequestId([1; 16]),
        at: d.now,
    }
}

fn open(d: &District, opening: Opening) -> Done {
    permit_opening(d.group(G), d.registry.now(), &opening, d.now).map(drop).map_err(|refusal| refusal.0)
}

fn opened_by(d: &District, who: Who, seq: u64) -> Done {
    open(d, opening(d, who, seq))
}

fn uploads(d: &District, who: Who) -> Done {
    permit_upload(d.group(G), d.registry.now(), (who.user, who.device), d.now).map_err(|refusal| refusal.0)
}

fn last(d: &District) -> u64 {
    d.group(G).size() - 1
}

/// A group with Form 3 on record, and its place.
fn scene() -> (District, u64) {
    let d = District::with_group(HistoryPolicy::All);
    let form = d.group(G).consent().expect("Form 3").recorded.seq;
    (d, form)
}

#[test]
fn a06_1_the_scan_of_form_3_is_deposited_by_who_governs_the_group_and_nobody_else() {
    let (mut d, form) = scene();
    let missing: Vec<_> = d.group(G).forms_without_scan().map(|(of, one)| (of, one.kind)).collect();
    assert_eq!(missing, [(form, FormKind::Consent)], "A6.1: the list says which form lacks its scan");
    for seat in [NURSE.oneself(), CHIEF.admin(), DOCTOR.oneself()] {
        deposit(&mut d, seat, form).refused(Code::NotOriginator, "A6.1: not a reader, nor another facility");
    }
    deposit(&mut d, OPERATOR.operator(), form).refused(Code::DelegationMissing, "A4.2: nor the Desk by itself");
    for of in [0, last(&d) + 1, u64::MAX] {
        deposit(&mut d, DOCTOR.admin(), of).refused(Code::Unknown, "A6.1: there is no form");
    }
    for length in [0, bounds::SCAN + 1] {
        act(&mut d, DOCTOR.admin(), deposit_of(form, stored(length)))
            .refused(Code::TooLarge, "A6.1: no scan is so long");
    }
    deposit(&mut d, DOCTOR.admin(), form).granted("A6.1: by the originator's administrator");
    assert_eq!(d.group(G).scan_of(form).map(|(at, one)| (at, one.of)), Some((last(&d), form)));
    assert_eq!(d.group(G).forms_without_scan().count(), 0);
    deposit(&mut d, DOCTOR.admin(), form).refused(Code::AlreadyExists, "A6.1: once by each person");
    d.replayed();
}

#[test]
fn a06_1_rubbish_in_place_of_a_scan_is_mended_by_somebody_else_and_stays_on_record() {
    let (mut d, form) = scene();
    d.grant(DOCTOR.admin(), CLERK).expect("a group manager");
    deposit(&mut d, CLERK.group_manager(), form).granted("A6.1: by a group manager");
    let first = last(&d);
    deposit(&mut d, DOCTOR.admin(), form).granted("A6.1: by another person");
    assert_eq!(d.group(G).scan_of(form).map(|(at, _)| at), Some(last(&d)), "A6.1: the later one is in force");
    assert_eq!(
        d.group(G).deposit(first).map(|one| one.by.user),
        Some(CLERK.user),
        "A6.1: who put it there is on record"
    );
    deposit(&mut d, CLERK.group_manager(), form).refused(Code::AlreadyExists, "A6.1: not in turns");
}

#[test]
fn a06_1_a_scan_is_opened_by_who_governs_the_group_now_to_look_at_only() {
    let (mut d, form) = scene();
    deposit(&mut d, DOCTOR.admin(), form).expect("deposited");
    let at = last(&d);
    opened_by(&d, DOCTOR, at).granted("A6.1: the originator's administrator");
    for who in [NURSE, CHIEF, OPERATOR, CLERK] {
        opened_by(&d, who, at).refused(Code::NotOriginator, "A6.1: not every reader, nor the Desk");
        uploads(&d, who).refused(Code::NotOriginator, "A6.1: nor do they upload one");
    }
    for wrong in [form, 0, u64::MAX] {
        opened_by(&d, DOCTOR, wrong).refused(Code::Unknown, "A6.1: nothing is deposited there");
    }
    let good = opening(&d, DOCTOR, at);
    open(&d, Opening { intent: Intent::Save, ..good }).refused(Code::DownloadForbidden, "A12.2: never kept");
    open(&d, Opening { part: Part::Preview, ..good }).refused(Code::Unknown, "A6.1: it has no small picture");
    open(&d, Opening { file: 1, ..good }).refused(Code::Unknown, "A6.1: nor a second file");
    d.delegate(DOCTOR.admin(), 1, DelegationScope::Group(G), false).expect("delegated");
    opened_by(&d, OPERATOR, at).granted("A4.2: the Desk under a delegation");
    d.revoke(DOCTOR.admin(), 1).expect("revoked");
    opened_by(&d, OPERATOR, at).refused(Code::NotOriginator, "A4.2: for as long as it holds");
    d.grant(DOCTOR.admin(), CLERK).expect("a group manager");
    opened_by(&d, CLERK, at).granted("A6.1: who came to govern later");
    d.end(DOCTOR.admin(), CLERK).expect("left");
    opened_by(&d, CLERK, at).refused(Code::NotOriginator, "A8.5: nobody who has left");
}

#[test]
fn a06_1_the_key_of_a_scan_is_in_boxes_for_all_who_govern_the_group_and_nobody_else() {
    let (mut d, form) = scene();
    d.grant(DOCTOR.admin(), CLERK).expect("a group manager");
    let fit = |d: &mut District, act: GroupAct, boxes: &[Who]| {
        let statement = d.draft_in(G, DOCTOR.admin(), Act::Group(act));
        let mut devices: Vec<_> = boxes.iter().map(|who| who.device).collect();
        devices.sort_unstable();
        let (group, view) = (d.group(G), d.registry.now());
        boxes_are_complete(group, view, &statement, devices.into_iter(), d.now).map_err(|refusal| refusal.0)
    };
    let new = || deposit_of(form, stored(1_000));
    let code = Code::SidecarMismatch;
    fit(&mut d, new(), &[DOCTOR, CLERK]).granted("A6.1: exactly those");
    fit(&mut d, new(), &[DOCTOR]).refused(code, "A6.1: none is left out");
    fit(&mut d, new(), &[]).refused(code, "A6.1: none is left out");
    fit(&mut d, new(), &[DOCTOR, CLERK, NURSE]).refused(code, "A6.1: no reader who does not govern");
    fit(&mut d, new(), &[DOCTOR, CLERK, OPERATOR]).refused(code, "A4.2: nor the Desk without a delegation");
    deposit(&mut d, DOCTOR.admin(), form).expect("deposited");
    let (of, details, commitment) = (last(&d), boxes(1), digest(b"key"));
    let on = || GroupAct::HandOnDetails { of, details, commitment };
    fit(&mut d, on(), &[CLERK]).granted("A6.1: handed on to one of them");
    fit(&mut d, on(), &[CLERK, NURSE]).refused(code, "A6.1: to nobody else");
    act(&mut d, DOCTOR.admin(), GroupAct::OfferHandover { to: OFFICE, label: boxes(1) }).expect("offered");
    fit(&mut d, on(), &[DOCTOR, CLERK, PLANNER]).granted("A5.1: with an offer, also to who decides on it");
}

#[test]
fn a05_1_scans_go_with_the_group_to_the_facility_that_takes_it_over() {
    let (mut d, form) = scene();
    deposit(&mut d, DOCTOR.admin(), form).expect("deposited");
    let at = last(&d);
    let handed = |d: &mut District, seat: Seat, key: &[u8]| {
        let commitment = digest(key);
        act(d, seat, GroupAct::HandOnDetails { of: at, details: boxes(1), commitment })
    };
    act(&mut d, DOCTOR.admin(), GroupAct::OfferHandover { to: OFFICE, label: boxes(1) }).expect("offered");
    handed(&mut d, DOCTOR.admin(), b"another").refused(Code::SidecarMismatch, "A6.1: no other key");
    handed(&mut d, PLANNER.admin(), b"key").refused(Code::NotOriginator, "A5.1: not before it is accepted");
    handed(&mut d, DOCTOR.admin(), b"key").granted("A5.1: with the offer");
    opened_by(&d, PLANNER, at).refused(Code::NotOriginator, "A5.1: an offer alone opens nothing");
    let answers = d.group(G).offered().expect("an offer").statement;
    act(&mut d, PLANNER.admin(), GroupAct::AcceptHandover { answers }).expect("accepted");
    opened_by(&d, PLANNER, at).granted("A5.1: who governs now");
    opened_by(&d, DOCTOR, at).refused(Code::NotOriginator, "A5.1: who governed before no longer");
    let now = (DOCTOR.user, DOCTOR.device);
    let going_on = permit_reading(d.group(G), d.registry.now(), now, d.now).map_err(|refusal| refusal.0);
    going_on.refused(Code::NotOriginator, "A5.1: nor what was open");
    deposit(&mut d, DOCTOR.admin(), form).refused(Code::NotOriginator, "A5.1: nor does the former one deposit");
}

#[test]
fn a06_2_the_forms_of_a_withdrawal_and_of_a_lifted_freeze_have_scans_also_while_the_group_is_frozen() {
    let (mut d, form) = scene();
    deposit(&mut d, DOCTOR.admin(), form).expect("deposited");
    let at = last(&d);
    let paper = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-22"), scan: digest(b"w") };
    act(&mut d, DOCTOR.admin(), paper).expect("withdrawn");
    let withdrawal = last(&d);
    uploads(&d, DOCTOR).granted("A6.2: the scan of the withdrawal can follow");
    deposit(&mut d, DOCTOR.admin(), withdrawal).granted("A6.2: in the frozen group");
    opened_by(&d, DOCTOR, at).granted("A6.2: who must decide sees what was signed");
    let lift = || GroupAct::LiftFreeze { on: date("2026-11-22"), scan: digest(b"l") };
    act(&mut d, DOCTOR.admin(), lift()).expect("signed");
    let lifting = last(&d);
    act(&mut d, OPERATOR.operator(), lift()).expect("lifted by two");
    let kinds: Vec<_> = d.group(G).forms().map(|(of, one)| (of, one.kind)).collect();
    let wanted = [(form, FormKind::Consent), (withdrawal, FormKind::Withdrawal), (lifting, FormKind::Lifting)];
    assert_eq!(kinds, wanted, "A6.2: what two people sign is one paper");
    d.replayed();
}

#[test]
fn a06_2_nothing_is_deposited_or_opened_in_an_erased_group() {
    let (mut d, form) = scene();
    deposit(&mut d, DOCTOR.admin(), form).expect("deposited");
    let at = last(&d);
    let paper = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-22"), scan: digest(b"w") };
    act(&mut d, DOCTOR.admin(), paper).expect("withdrawn");
    let withdrawal = last(&d);
    let answers = d.group(G).to_confirm().expect("an order").statement;
    act(&mut d, OPERATOR.operator(), GroupAct::ConfirmErasure { answers }).expect("erased");
    deposit(&mut d, DOCTOR.admin(), withdrawal).refused(Code::GroupErased, "A6.2: erased");
    opened_by(&d, DOCTOR, at).refused(Code::GroupErased, "A6.2: erased");
    uploads(&d, DOCTOR).refused(Code::GroupErased, "A6.2: erased");
}

#[test]
fn s3_the_consent_to_uses_and_its_withdrawal_have_scans() {
    let (mut d, form) = scene();
    let given =
        GroupAct::RecordUseConsent { by: ConsentBy::Patient, signed_on: date("2026-11-20"), scan: digest(b"u") };
    act(&mut d, DOCTOR.admin(), given).expect("consented");
    let consent = last(&d);
    let gone = GroupAct::WithdrawUseConsent { by: ConsentBy::Patient, on: date("2026-11-21"), scan: digest(b"v") };
    act(&mut d, DOCTOR.admin(), gone).expect("withdrawn");
    let withdrawal = last(&d);
    let missing: Vec<_> = d.group(G).forms_without_scan().map(|(of, one)| (of, one.kind, one.scan)).collect();
    let scan = d.group(G).form(form).expect("Form 3").scan;
    let wanted = [
        (form, FormKind::Consent, scan),
        (consent, FormKind::UseConsent, digest(b"u")),
        (withdrawal, FormKind::UseWithdrawal, digest(b"v")),
    ];
    assert_eq!(missing, wanted);
    deposit(&mut d, DOCTOR.admin(), consent).granted("S3: deposited");
    deposit(&mut d, DOCTOR.admin(), withdrawal).granted("S3: deposited");
}

#[test]
fn a06_1_scans_are_for_patient_groups_with_a_form_on_record_and_for_a_closed_one_too() {
    let (mut d, form) = scene();
    d.close(DOCTOR.admin(), G).expect("closed");
    uploads(&d, DOCTOR).granted("A6.1: the paper may be scanned later");
    deposit(&mut d, DOCTOR.admin(), form).granted("A6.1: also of a closed group");
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    uploads(&d, DOCTOR).refused(Code::ConsentMissing, "A6.1: no form is on record");
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Free, true).expect("a group");
    uploads(&d, DOCTOR).refused(Code::ConsentNotApplicable, "A6.1: no patient, no form");
}
