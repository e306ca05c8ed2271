//! Rows A3.1, A9.1: scans of Forms 1 and 2, deposited and opened by those who need them, and let go.

use renkei_policy::registry::Effect;
use renkei_policy::registry::a09_scans::{permit_box, permit_boxes, permit_opening, permit_upload};
use renkei_proto::act::{Act, GroupAct, GroupKind, HistoryPolicy, RegistryAct, StaffPledge};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, Opening, Part, Stored, sealed_length};
use renkei_proto::form_scan::FormRef;
use renkei_proto::id::{DeviceId, FileId, RequestId};

use crate::common::*;

type Done = Result<(), Code>;

const FORM1: FormRef = FormRef::Facility { facility: STATION };

fn form2(d: &District, who: Who) -> FormRef {
    let person = d.registry.now().user(who.user).expect("a person");
    let (filed, _) = person.pledge.last().expect("Form 2");
    FormRef::Staff { facility: person.facility, user: who.user, filed: *filed }
}

fn stored(length: u64) -> Stored {
    Stored { length: sealed_length(length), root: digest(b"chunks") }
}

fn audience(d: &District, form: FormRef) -> Vec<DeviceId> {
    d.registry.now().form_audience(form).into_iter().collect()
}

fn deposit_with(d: &mut District, seat: Seat, form: FormRef, content: Stored, count: usize) -> Done {
    let (file, key) = (FileId([7; 16]), boxes(count));
    let act = RegistryAct::DepositFormScan { form, file, content, key, commitment: digest(b"key") };
    d.act(seat, act).map(drop)
}

fn deposit(d: &mut District, seat: Seat, form: FormRef) -> Done {
    let count = audience(d, form).len();
    deposit_with(d, seat, form, stored(1_000), count)
}

fn hand_on(d: &mut District, seat: Seat, at: u64) -> Done {
    let form = d.registry.now().form_deposit(at).map(|one| one.form);
    let count = form.map_or(1, |form| audience(d, form).len());
    d.act(seat, RegistryAct::HandOnFormScan { deposit: at, key: boxes(count) }).map(drop)
}

fn let_go(d: &mut District, seat: Seat, at: u64) -> Result<Vec<Effect>, Code> {
    d.act(seat, RegistryAct::LetGoFormScan { deposit: at })
}

fn opening(d: &District, who: Who, form: FormRef, seq: u64) -> Opening {
    Opening {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        association: association(),
        user: who.user,
        device: who.device,
        group: form.drawer(),
        seq,
        file: 0,
        part: Part::Content,
        intent: Intent::View,
        request: RequestId([1; 16]),
        at: d.now,
    }
}

fn open(d: &District, opening: Opening) -> Done {
    permit_opening(d.registry.now(), &opening, d.now).map(drop).map_err(|refusal| refusal.0)
}

fn opened_by(d: &District, who: Who, form: FormRef, seq: u64) -> Done {
    open(d, opening(d, who, form, seq))
}

fn last(d: &District) -> u64 {
    d.registry.size() - 1
}

#[test]
fn a03_1_the_scan_of_form_1_is_deposited_by_the_facilitys_administrators_and_the_desk() {
    let mut d = District::open();
    let lacks = |d: &District| d.registry.now().form_scan(FORM1).is_none();
    assert!(d.registry.now().forms().any(|(form, _)| form == FORM1) && lacks(&d));
    for seat in [DOCTOR.admin(), NURSE.oneself(), NURSE.admin()] {
        deposit(&mut d, seat, FORM1).refused(Code::NotAdministrator, "A3.1: nobody else");
    }
    deposit(&mut d, CHIEF.oneself(), FORM1).refused(Code::WrongRole, "A3.1: in the office");
    let none = FormRef::Facility { facility: DESK };
    deposit(&mut d, OPERATOR.operator(), none).refused(Code::Unknown, "A3.1: the Desk has no Form 1");
    for length in [0, bounds::SCAN + 1] {
        deposit_with(&mut d, CHIEF.admin(), FORM1, stored(length), 3).refused(Code::TooLarge, "A3.1: no scan");
    }
    for count in [0, 2, 4] {
        let wrong = deposit_with(&mut d, CHIEF.admin(), FORM1, stored(1_000), count);
        wrong.refused(Code::SidecarMismatch, "A3.1: a box for each device of the three, and no other");
    }
    deposit(&mut d, CHIEF.admin(), FORM1).granted("A3.1: the facility's administrator");
    deposit(&mut d, CHIEF.admin(), FORM1).refused(Code::AlreadyExists, "A3.1: once by each person");
    let first = last(&d);
    deposit(&mut d, OPERATOR.operator(), FORM1).granted("A3.1: an operator, who has the paper");
    let (at, one) = d.registry.now().form_scan(FORM1).expect("A3.1: the later one is in force");
    assert_eq!((at, one.by), (last(&d), OPERATOR.user));
    assert_eq!(d.registry.now().form_deposit(first).map(|one| one.by), Some(CHIEF.user), "A3.1: who it was stays");
    d.replayed();
}

#[test]
fn a03_1_the_scan_of_form_1_is_opened_by_the_desk_and_the_facilitys_administrators_while_they_are_it() {
    let mut d = District::open();
    deposit(&mut d, CHIEF.admin(), FORM1).expect("deposited");
    let at = last(&d);
    for who in [CHIEF, OPERATOR, COLLEAGUE] {
        opened_by(&d, who, FORM1, at).granted("A3.1: who needs it");
    }
    for who in [NURSE, DOCTOR, CLERK] {
        opened_by(&d, who, FORM1, at).refused(Code::NotForYou, "A3.1: nobody else");
        let box_of = permit_box(d.registry.now(), (who.user, who.device), at, d.now);
        box_of.map(drop).map_err(|refusal| refusal.0).refused(Code::NotForYou, "A3.1: nor the key");
    }
    let good = opening(&d, CHIEF, FORM1, at);
    open(&d, Opening { intent: Intent::Save, ..good }).refused(Code::DownloadForbidden, "A12.2: never kept");
    open(&d, Opening { part: Part::Preview, ..good }).refused(Code::Unknown, "A3.1: no small picture");
    open(&d, Opening { file: 1, ..good }).refused(Code::Unknown, "A3.1: nor a second file");
    open(&d, Opening { group: FormRef::Facility { facility: CLINIC }.drawer(), ..good })
        .refused(Code::Unknown, "A3.1: not in another's drawer");
    open(&d, Opening { seq: at + 1, ..good }).refused(Code::Unknown, "A3.1: there is none");
    d.end(ROOT, COLLEAGUE).expect("an operator leaves");
    opened_by(&d, COLLEAGUE, FORM1, at).refused(Code::UserEnded, "A3.1: not one who left");
    // One who comes later: by the key that is handed on.
    let late = who(3);
    d.appoint_operator(late).expect("another operator");
    opened_by(&d, late, FORM1, at).granted("A3.1: nor only those of then");
    assert_eq!(d.registry.now().form_newcomers(at).into_iter().collect::<Vec<_>>(), [late.device]);
    hand_on(&mut d, NURSE.oneself(), at).refused(Code::NotForYou, "A3.1: by one who may open it");
    hand_on(&mut d, CHIEF.admin(), at).refused(Code::WrongRole, "A3.1: by the device, for its person");
    hand_on(&mut d, CHIEF.oneself(), at).granted("A3.1: handed on");
    assert_eq!(d.registry.now().form_newcomers(at).len(), 0);
    hand_on(&mut d, CHIEF.oneself(), at).refused(Code::NothingToDo, "A3.1: once for those who came");
    d.replayed();
}

#[test]
fn a09_1_the_scan_of_form_2_is_for_the_facilitys_administrators_and_the_person() {
    let mut d = District::open();
    let form = form2(&d, NURSE);
    for seat in [NURSE.oneself(), DOCTOR.admin(), OPERATOR.operator()] {
        deposit(&mut d, seat, form).refused(Code::NotAdministrator, "A9.1: by an own administrator");
    }
    let elsewhere = FormRef::Staff { facility: CLINIC, user: NURSE.user, filed: d.registry.size() - 1 };
    deposit(&mut d, DOCTOR.admin(), elsewhere).refused(Code::Unknown, "A9.1: not of another facility's person");
    deposit(&mut d, CHIEF.admin(), form).granted("A9.1: the own administrator");
    let at = last(&d);
    for who in [CHIEF, NURSE] {
        opened_by(&d, who, form, at).granted("A9.1: who filed it, and who signed it");
    }
    let colleague = who(32);
    d.hires(CHIEF.admin(), STATION, colleague);
    for who in [colleague, DOCTOR, OPERATOR] {
        opened_by(&d, who, form, at).refused(Code::NotForYou, "A9.1: not a colleague, another facility, the Desk");
    }
    d.appoint(CHIEF.manager(), colleague).expect("an administrator");
    opened_by(&d, colleague, form, at).granted("A9.1: a later administrator");
    d.pledge(CHIEF.admin(), colleague, StaffPledge::Exempt { held_since: date("2026-01-01") }).expect("recorded");
    let exempt = form2(&d, colleague);
    deposit(&mut d, CHIEF.admin(), exempt).refused(Code::Unknown, "A9.1: an exemption has no hash of a paper");
    d.end(CHIEF.admin(), NURSE).expect("left");
    opened_by(&d, NURSE, form, at).refused(Code::UserEnded, "A9.1: whoever has left has no device any more");
    opened_by(&d, CHIEF, form, at).granted("A9.1: the proof stays");
    d.replayed();
}

#[test]
fn a09_1_boxes_are_for_nobody_but_those_who_need_the_scan() {
    let d = District::open();
    let form = form2(&d, NURSE);
    let key = boxes(2);
    let act = RegistryAct::DepositFormScan {
        form,
        file: FileId([7; 16]),
        content: stored(10),
        key,
        commitment: digest(b"key"),
    };
    let fit =
        |boxes: &[DeviceId]| permit_boxes(d.registry.now(), &act, boxes.iter().copied()).map_err(|refusal| refusal.0);
    fit(&audience(&d, form)).granted("A9.1: the person and the administrator");
    fit(&[CHIEF.device, DOCTOR.device]).refused(Code::SidecarMismatch, "A9.1: and nobody else");
    let uploads = |who: Who, facility| {
        permit_upload(d.registry.now(), (who.user, who.device), facility, d.now).map_err(|refusal| refusal.0)
    };
    uploads(CHIEF, STATION).granted("A9.1: who may deposit it uploads it");
    uploads(OPERATOR, STATION).granted("A3.1: also the Desk");
    uploads(DOCTOR, STATION).refused(Code::NotAdministrator, "A9.1: not another facility's administrator");
    uploads(NURSE, STATION).refused(Code::NotAdministrator, "A9.1: nor the person");
}

#[test]
fn a03_1_a_scan_is_let_go_when_replaced_by_somebody_else_or_when_it_proves_nothing_any_more() {
    let mut d = District::open();
    deposit(&mut d, CHIEF.admin(), FORM1).expect("rubbish");
    let first = last(&d);
    let_go(&mut d, CHIEF.admin(), first).refused(Code::RetentionRunning, "A3.1: what is in force stays");
    deposit(&mut d, OPERATOR.operator(), FORM1).expect("the right one");
    let second = last(&d);
    let_go(&mut d, OPERATOR.operator(), first).refused(Code::SecondPersonRequired, "A3.1: nobody exchanges it alone");
    let_go(&mut d, DOCTOR.admin(), first).refused(Code::NotAdministrator, "A3.1: nor another facility");
    let gone = let_go(&mut d, COLLEAGUE.operator(), first).granted("A3.1: by somebody else");
    assert_eq!(gone, [Effect::FormScanLetGo(first)]);
    let_go(&mut d, COLLEAGUE.operator(), first).refused(Code::ScanLetGo, "A3.1: once");
    opened_by(&d, CHIEF, FORM1, first).refused(Code::ScanLetGo, "A3.1: nobody opens it any more");
    hand_on(&mut d, CHIEF.oneself(), first).refused(Code::ScanLetGo, "A3.1: nor is its key handed on");
    deposit(&mut d, CHIEF.admin(), FORM1).refused(Code::AlreadyExists, "A3.1: not in turns");
    let_go(&mut d, COLLEAGUE.operator(), second).refused(Code::RetentionRunning, "A3.1: the facility is admitted");
    for seat in [OPERATOR.operator(), COLLEAGUE.operator()] {
        d.act(seat, RegistryAct::EndFacility { facility: STATION, close_groups: false }).expect("ended");
    }
    opened_by(&d, CHIEF, FORM1, second).refused(Code::FacilityEnded, "A3.2: its people are out");
    opened_by(&d, OPERATOR, FORM1, second).granted("A3.1: the Desk keeps the proof");
    let_go(&mut d, OPERATOR.operator(), second).refused(Code::RetentionRunning, "A3.1: for as long as records are");
    d.now = d.now.plus(5 * 366 * A_DAY);
    let_go(&mut d, OPERATOR.operator(), second).granted("A3.1: then no more");
    assert!(d.registry.now().form_scan(FORM1).is_none());
    d.replayed();
}

#[test]
fn a09_1_the_scan_of_form_2_is_kept_while_the_id_lives_and_for_the_retention_after() {
    let mut d = District::open();
    let form = form2(&d, NURSE);
    deposit(&mut d, CHIEF.admin(), form).expect("deposited");
    let at = last(&d);
    d.now = d.now.plus(6 * 366 * A_DAY);
    let_go(&mut d, CHIEF.admin(), at).refused(Code::RetentionRunning, "A9.1: the ID lives");
    d.end(CHIEF.admin(), NURSE).expect("left");
    let_go(&mut d, CHIEF.admin(), at).refused(Code::RetentionRunning, "A9.1: the duty of secrecy goes on");
    d.now = d.now.plus(5 * 366 * A_DAY - 1);
    let_go(&mut d, CHIEF.admin(), at).refused(Code::RetentionRunning, "A9.1: to the last second");
    d.now = d.now.plus(1);
    let_go(&mut d, OPERATOR.operator(), at).refused(Code::NotAdministrator, "A9.1: not the Desk's, while it is there");
    let_go(&mut d, CHIEF.admin(), at).granted("A9.1: then by the administrator");
    d.replayed();
}

#[test]
fn a03_1_no_group_takes_the_place_of_a_facilitys_forms() {
    let mut d = District::open();
    let drawer = FORM1.drawer();
    d.create_for(DOCTOR.admin(), CLINIC, drawer, GroupKind::Patient, HistoryPolicy::All, true)
        .refused(Code::AlreadyExists, "A3.1: the drawer's identifier is taken");
    d.act_in(drawer, DOCTOR.admin(), Act::Group(GroupAct::Close))
        .refused(Code::Unknown, "A3.1: there is no such group");
}
