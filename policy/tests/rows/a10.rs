//! Article 10: the association's texts, and the points to note that everybody acknowledges (A10.1).

use renkei_policy::registry::duties::{permit_content, permit_effect};
use renkei_proto::act::{Act, GroupKind, HistoryPolicy, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::wording::TextKind;

use crate::common::*;

pub(super) fn text(n: u8) -> Hash32 {
    digest(&[b't', n])
}

fn sign(d: &mut District, seat: Seat, kind: TextKind, version: u32, text: Hash32) -> Result<(), Code> {
    d.act(seat, RegistryAct::PublishText { kind, version, text }).map(drop)
}

/// Both operators sign the next version of a text.
pub(super) fn publish(d: &mut District, kind: TextKind, version: u32, text: Hash32) {
    sign(d, OPERATOR.operator(), kind, version, text).expect("proposed");
    sign(d, COLLEAGUE.operator(), kind, version, text).expect("published");
}

pub(super) fn acknowledge(d: &mut District, seat: Seat, version: u32, text: Hash32) -> Result<(), Code> {
    d.act(seat, RegistryAct::AcknowledgeNotice { version, text }).map(drop)
}

#[test]
fn a10_1_two_operators_publish_a_text_and_one_does_not() {
    let mut d = District::open();
    let kind = TextKind::Form1;
    sign(&mut d, DOCTOR.admin(), kind, 1, text(1)).refused(Code::NotOperator, "A10.1: the text is the association's");
    sign(&mut d, OPERATOR.admin(), kind, 1, text(1)).refused(Code::WrongRole, "A10.1: as an operator");
    sign(&mut d, OPERATOR.operator(), kind, 2, text(1)).refused(Code::Unknown, "A10.1: no version is left out");
    sign(&mut d, OPERATOR.operator(), kind, 0, text(1)).refused(Code::AlreadyExists, "A10.1: the first is 1");
    sign(&mut d, OPERATOR.operator(), kind, 1, text(1)).granted("A10.1: one proposes");
    assert!(d.registry.now().text(kind).is_none(), "A10.1: one signature publishes nothing");
    sign(&mut d, OPERATOR.operator(), kind, 1, text(1)).refused(Code::SecondPersonRequired, "A10.1: one is not two");
    sign(&mut d, COLLEAGUE.operator(), kind, 1, text(2)).granted("A10.1: another text takes its place");
    assert!(d.registry.now().text(kind).is_none(), "A10.1: two texts are no agreement");
    assert_eq!(d.registry.now().text_kept(text(1)), None, "A10.1: what was replaced is nobody's proposal");
    let first = d.registry.size() - 1;
    sign(&mut d, OPERATOR.operator(), kind, 1, text(2)).granted("A10.1: the same text");
    let since = d.registry.now().text(kind).expect("published");
    assert_eq!(
        (since.version, since.text, since.kept),
        (1, text(2), first),
        "A10.1: it is in force, kept where proposed"
    );
    assert_eq!(d.registry.now().text_proposals().count(), 0, "A10.1: nothing waits");
    sign(&mut d, COLLEAGUE.operator(), kind, 1, text(3))
        .refused(Code::AlreadyExists, "A10.1: no version is written twice");
    assert!(d.registry.at(first + 1).is_some_and(|view| view.text(kind).is_none()), "A10.1: before, there was none");
}

#[test]
fn a10_1_the_root_is_one_of_two_and_whoever_left_the_desk_is_none() {
    let mut d = District::open();
    sign(&mut d, ROOT, TextKind::Form2, 1, text(1)).granted("A10.1: the root proposes");
    sign(&mut d, ROOT, TextKind::Form2, 1, text(1)).refused(Code::SecondPersonRequired, "A10.1: it is one");
    sign(&mut d, OPERATOR.operator(), TextKind::Form2, 1, text(1)).granted("A10.1: with an operator it is two");
    assert!(d.registry.now().text(TextKind::Form2).is_some(), "A10.1: published");
    sign(&mut d, COLLEAGUE.operator(), TextKind::Form2, 2, text(2)).expect("proposed");
    d.end(ROOT, COLLEAGUE).expect("left");
    sign(&mut d, OPERATOR.operator(), TextKind::Form2, 2, text(2)).granted("A10.1: signed");
    let present = d.registry.now().text(TextKind::Form2).map(|since| since.version);
    assert_eq!(present, Some(1), "A10.1: one of the two has left");
}

#[test]
fn a10_1_without_a_published_notice_nobody_owes_anything() {
    let mut d = District::open();
    for kind in [TextKind::Form1, TextKind::Form2, TextKind::Form3, TextKind::ReviewPoints] {
        publish(&mut d, kind, 1, text(1));
    }
    assert!(d.registry.now().notice_unread(NURSE.user).is_none(), "A10.1: only the points to note are acknowledged");
    acknowledge(&mut d, NURSE.oneself(), 1, text(1)).refused(Code::Unknown, "A10.1: there is none");
    d.grant(CHIEF.admin(), NURSE).granted("A10.1: everything goes on");
}

#[test]
fn a10_1_nothing_is_written_or_governed_before_the_notice_was_read() {
    let mut d = District::with_group(HistoryPolicy::All);
    let g = group(1);
    publish(&mut d, TextKind::Notice, 1, text(1));
    let code = Code::NoticeUnread;
    d.message(NURSE.oneself(), g).refused(code, "A10.1: no message");
    let state = d.group(g).size() - 1;
    d.act_in(g, NURSE.oneself(), Act::Seen { upto: state }).refused(code, "A10.1: nothing is seen either");
    d.epoch(NURSE.oneself(), g).refused(code, "A10.1: no keys");
    d.create(DOCTOR.admin(), group(2), GroupKind::Free, true).refused(code, "A10.1: no group");
    d.invite(DOCTOR.admin(), g, 2, PLANNER).refused(code, "A10.1: no invitation");
    d.grant(CHIEF.admin(), NURSE).refused(code, "A10.1: no office");
    d.end(CHIEF.admin(), NURSE).refused(code, "A10.1: nor an end");
    d.rotate(NURSE.oneself(), sealing_after(NURSE.device, 1)).refused(code, "A10.1: no new keys");
    sign(&mut d, OPERATOR.operator(), TextKind::Form1, 1, text(1)).refused(code, "A10.1: operators are no exception");
    let view = d.registry.now();
    permit_content(view, NURSE.user, d.now).refused(code, "A10.1: nothing to read");
    permit_effect(view, NURSE.user, d.now).refused(code, "A10.1: nothing to ask for");

    acknowledge(&mut d, NURSE.oneself(), 1, text(1)).granted("A10.1: acknowledging is always possible");
    d.message(NURSE.oneself(), g).granted("A10.1: and then everything goes on");
    permit_content(d.registry.now(), NURSE.user, d.now).granted("A10.1: to read as well");
    d.grant(CHIEF.admin(), NURSE).refused(code, "A10.1: everybody for oneself");
}

#[test]
fn a10_1_who_may_not_act_is_told_that_and_what_protects_waits_for_nothing() {
    let mut d = District::open();
    publish(&mut d, TextKind::Notice, 1, text(1));
    d.wipe(NURSE.oneself(), NURSE).granted("A12.3: a lost device is wiped at once");
    acknowledge(&mut d, NURSE.oneself(), 1, text(1)).refused(Code::DeviceWiped, "A12.3: a wiped device says nothing");
    d.wipe(DOCTOR.admin(), CHIEF).refused(Code::NotAdministrator, "A12.3: by those who may");
    d.apply(facility(9), who(90)).granted("A3.1: who is not in yet has nothing to acknowledge");
}

#[test]
fn a10_1_the_acknowledgement_names_the_present_version_by_the_persons_own_hand() {
    let mut d = District::open();
    publish(&mut d, TextKind::Notice, 1, text(1));
    acknowledge(&mut d, NURSE.oneself(), 2, text(1)).refused(Code::Unknown, "A10.1: no version that is not there");
    acknowledge(&mut d, NURSE.oneself(), 1, text(2)).refused(Code::Unknown, "A10.1: no other text");
    acknowledge(&mut d, CHIEF.admin(), 1, text(1)).refused(Code::WrongRole, "A10.1: in no office");
    acknowledge(&mut d, NURSE.oneself(), 1, text(1)).granted("A10.1: the present one");
    acknowledge(&mut d, NURSE.oneself(), 1, text(1)).refused(Code::NothingToDo, "A10.1: once");
    let before = d.registry.size();
    for seat in [OPERATOR, COLLEAGUE] {
        acknowledge(&mut d, seat.oneself(), 1, text(1)).expect("acknowledged");
    }
    publish(&mut d, TextKind::Notice, 2, text(2));
    let unread = d.registry.now().notice_unread(NURSE.user).map(|since| since.version);
    assert_eq!(unread, Some(2), "A10.1: a new version is read anew, by everybody");
    acknowledge(&mut d, NURSE.oneself(), 1, text(1)).refused(Code::Unknown, "A10.1: the old one no more");
    let view = d.registry.at(before).expect("a moment of the registry");
    assert!(view.notice_unread(NURSE.user).is_none(), "A10.1: what was read then was read then");
    assert_eq!(d.replayed().registry, d.registry, "A10.1: everybody comes to the same");
}
