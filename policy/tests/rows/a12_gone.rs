//! Article 12: whose devices are to let a group's keys go (A12.3), of an inquiry too, which the Desk reads by its office (A14.1).

use renkei_policy::group::a12_gone::{former_devices, permit_receipt};
use renkei_proto::act::{Act, GroupAct, GroupKind, HistoryPolicy, InquiryEnd};
use renkei_proto::code::Code;
use renkei_proto::id::GroupId;

use crate::common::*;

const Q: GroupId = group(7);

/// An inquiry of the nurse's that two operators erased after its year.
fn erased() -> District {
    let mut d = District::open();
    d.create_for(NURSE.oneself(), DESK, Q, GroupKind::Inquiry, HistoryPolicy::All, true).expect("asked");
    d.epoch(NURSE.oneself(), Q).expect("a key for the Desk");
    d.message(NURSE.oneself(), Q).expect("a question");
    let close = Act::Group(GroupAct::CloseInquiry { reason: InquiryEnd::Settled });
    d.act_in(Q, NURSE.oneself(), close).expect("closed");
    assert!(former_devices(d.group(Q), d.registry.now()).is_empty(), "A12.3: a closed one is still read");
    d.now = d.now.plus(366 * A_DAY);
    let order = d.draft_in(Q, OPERATOR.operator(), Act::Group(GroupAct::OrderErasure));
    let answers = sign(&order, &key_of(order.actor)).hash();
    d.submit(&order).expect("ordered");
    let confirm = Act::Group(GroupAct::ConfirmErasure { answers });
    d.act_in(Q, COLLEAGUE.operator(), confirm).expect("confirmed");
    d
}

#[test]
fn a12_3_the_desks_devices_are_among_those_that_an_erased_inquiry_leaves() {
    let d = erased();
    let found = former_devices(d.group(Q), d.registry.now());
    for who in [NURSE, OPERATOR, COLLEAGUE] {
        assert!(found.iter().any(|row| (row.0, row.1) == (who.user, who.device)), "A14.1: {:?}", who.user);
    }
    assert_eq!(found.len(), 3, "A12.3: and nobody else's");
}

#[test]
fn a12_3_whose_device_had_no_key_confirms_nothing() {
    let d = erased();
    let (group, size) = (d.group(Q), d.group(Q).size());
    let says = |who: Who, upto| permit_receipt(group, (who.user, who.device), upto).map_err(|refusal| refusal.0);
    says(OPERATOR, size).granted("A12.3: it had the key by office");
    says(NURSE, size).granted("A12.3: the one who asked");
    says(OPERATOR, size - 1).refused(Code::NothingToDo, "A12.3: of before the erasure");
    says(DOCTOR, size).refused(Code::NothingToDo, "A14.1: had nothing of it");
}
