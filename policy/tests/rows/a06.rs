//! Article 6: a patient group carries no message before Form 3 (A6.1).

use renkei_proto::act::{Act, GroupAct, GroupKind, PatientConsent};
use renkei_proto::code::Code;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

fn group_of(kind: GroupKind) -> District {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, kind, true).expect("a group");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    d
}

fn record(d: &mut District, change: impl FnOnce(&mut PatientConsent)) -> Result<(), Code> {
    let mut form = consent();
    change(&mut form);
    d.act_in(G, DOCTOR.admin(), Act::Group(GroupAct::RecordConsent(form)))
}

#[test]
fn a06_1_no_message_before_the_consent() {
    let mut d = group_of(GroupKind::Patient);
    d.message(DOCTOR.oneself(), G).refused(Code::ConsentMissing, "A6.1: no message before Form 3");
    d.consent(DOCTOR.admin(), G).granted("A6.1: Form 3 is recorded");
    d.message(DOCTOR.oneself(), G).granted("A6.1: now it carries messages");
    assert_eq!(
        d.group(G).consent().map(|record| record.recorded.user),
        Some(DOCTOR.user),
        "A6.1: by whom is on record"
    );
}

#[test]
fn a06_1_a_free_group_needs_no_consent_and_takes_none() {
    let mut d = group_of(GroupKind::Free);
    d.message(DOCTOR.oneself(), G).granted("A6.1: a free group has no patient");
    d.consent(DOCTOR.admin(), G).refused(Code::ConsentNotApplicable, "A6.1: nor a consent");
}

#[test]
fn a06_1_the_consent_is_recorded_once() {
    let mut d = group_of(GroupKind::Patient);
    d.consent(DOCTOR.admin(), G).expect("recorded");
    d.consent(DOCTOR.admin(), G).refused(Code::NothingToDo, "A6.1: a recorded consent is not overwritten");
}

#[test]
fn a06_1_the_forms_days_are_in_order_and_not_tomorrow() {
    let mut d = group_of(GroupKind::Patient);
    let code = Code::DateOutOfRange;
    record(&mut d, |form| form.copy_given_on = date("2026-11-19"))
        .refused(code, "A6.1: signed before the copy is given");
    record(&mut d, |form| form.copy_given_on = date("2026-11-24")).refused(code, "A6.1: the copy is given already");
    let both = |form: &mut PatientConsent| {
        form.signed_on = date("2026-11-24");
        form.copy_given_on = date("2026-11-24");
    };
    record(&mut d, both).refused(code, "A6.1: signed already");
    record(&mut d, |form| form.signed_on = form.copy_given_on).granted("A6.1: signed and given on one day");
}
