//! Articles 5 and 6: a withdrawn consent freezes and erases (A6.2), retention lets a closed group be erased (A5.1); it takes
//! two people each time.

use renkei_policy::group::a06_erasure::{goes_with_erasure, permit_erased_epoch};
use renkei_policy::group::sealing::permit_withheld;
use renkei_proto::act::{Act, ConsentBy, GroupAct, GroupKind, HistoryPolicy, HoldReason, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::entry::EntryKind;
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::GroupId;
use renkei_proto::settings::Setting;
use renkei_proto::statement::Claim;

use crate::common::*;

const G: GroupId = group(1);
const YEAR: u64 = 366 * 24 * 3600;

type Done = Result<(), Code>;

fn withdrawn(d: &mut District, seat: Seat) -> Done {
    let act = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-22"), scan: sha256(b"paper") };
    d.act_in(G, seat, Act::Group(act))
}

fn lift(d: &mut District, seat: Seat, scan: &[u8]) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::LiftFreeze { on: date("2026-11-22"), scan: sha256(scan) }))
}

fn hold(d: &mut District, seat: Seat, until: &str) -> Done {
    let act = GroupAct::HoldErasure { until: date(until), reason: HoldReason::RecordKeeping };
    d.act_in(G, seat, Act::Group(act))
}

fn order(d: &mut District, seat: Seat) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::OrderErasure))
}

fn confirm(d: &mut District, seat: Seat) -> Done {
    let answers = d.group(G).to_confirm().map_or(Hash32::default(), |order| order.statement);
    d.act_in(G, seat, Act::Group(GroupAct::ConfirmErasure { answers }))
}

fn frozen() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    withdrawn(&mut d, DOCTOR.admin()).granted("A6.2: the originator records the withdrawal");
    d
}

#[test]
fn a06_2_a_withdrawal_freezes_at_once() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    withdrawn(&mut d, DOCTOR.admin()).granted("A6.2: recorded");
    let code = Code::ConsentWithdrawn;
    assert_eq!(d.group(G).shut(), Some(code), "A6.2: content goes to nobody");
    d.message(NURSE.oneself(), G).refused(code, "A6.2: nothing is written");
    d.epoch(NURSE.oneself(), G).refused(code, "A6.2: no new key");
    d.history(NURSE.oneself(), G, 1, 1, &[DOCTOR]).refused(code, "A6.2: no key is handed over");
    d.report(NURSE.oneself(), G, 1, 1).refused(code, "A6.2: no key is asked for");
    d.invite(DOCTOR.admin(), G, 3, CLERK).refused(code, "A6.2: nobody is invited");
    d.approve(CHIEF.admin(), G, 2).refused(code, "A6.2: nobody is let in");
    let mark = d.act_in(G, NURSE.oneself(), Act::Seen { upto: 0 });
    mark.refused(code, "A6.2: nothing is marked");
    withdrawn(&mut d, DOCTOR.admin()).refused(Code::NothingToDo, "A6.2: once");
    d.remove(CHIEF.admin(), G, NURSE).granted("A5.2: somebody may still be let go");
    d.close(DOCTOR.admin(), G).granted("A5.1: and the group be closed");
}

#[test]
fn a06_2_only_the_originator_withdraws_of_a_patient_who_had_consented() {
    let mut d = District::with_group(HistoryPolicy::All);
    withdrawn(&mut d, CHIEF.admin()).refused(Code::NotOriginator, "A6.2: not another facility");
    withdrawn(&mut d, NURSE.oneself()).refused(Code::NotOriginator, "A6.2: not any reader");
    withdrawn(&mut d, OPERATOR.operator()).refused(Code::DelegationMissing, "A6.2: not the Desk by itself");
    let early = GroupAct::WithdrawConsent { by: ConsentBy::Family, on: date("2026-01-01"), scan: sha256(b"paper") };
    let early = d.act_in(G, DOCTOR.admin(), Act::Group(early));
    early.refused(Code::DateOutOfRange, "A6.2: not before the consent was given");
    d.delegate(DOCTOR.admin(), 1, renkei_proto::act::DelegationScope::Facility, false).expect("delegated");
    withdrawn(&mut d, OPERATOR.acting_for(CLINIC, 1)).granted("A4.2: by delegation");

    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    withdrawn(&mut d, DOCTOR.admin()).refused(Code::ConsentMissing, "A6.2: nothing was consented to");
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Free, true).expect("a group");
    withdrawn(&mut d, DOCTOR.admin()).refused(Code::ConsentNotApplicable, "A6.2: no patient");
}

#[test]
fn a06_2_erasure_takes_a_second_person_who_confirms_exactly_that() {
    let mut d = frozen();
    d.hires(DOCTOR.admin(), CLINIC, who(25));
    let other = d.act_in(G, OPERATOR.operator(), Act::Group(GroupAct::ConfirmErasure { answers: Hash32::default() }));
    other.refused(Code::Unknown, "A6.2: what is confirmed is named");
    confirm(&mut d, DOCTOR.admin()).refused(Code::SecondPersonRequired, "A6.2: not the same person");
    confirm(&mut d, CHIEF.admin()).refused(Code::NotOriginator, "A6.2: not another facility");
    confirm(&mut d, NURSE.oneself()).refused(Code::NotOriginator, "A6.2: not any reader");
    confirm(&mut d, CHIEF.operator()).refused(Code::NotOperator, "A6.2: who says to be an operator must be one");
    d.act(DOCTOR.admin(), RegistryAct::GrantGroupManager { user: CLERK.user }).expect("granted");
    confirm(&mut d, CLERK.group_manager()).refused(Code::NotAdministrator, "A6.2: inviting is not enough");
    confirm(&mut d, OPERATOR.operator()).granted("A6.2: an operator of the Desk is a second person");
    let erased = d.group(G).erased().expect("erased");
    assert_eq!(
        (erased.ordered.user, erased.confirmed.user),
        (DOCTOR.user, OPERATOR.user),
        "A6.2: by whom is on record"
    );
    assert_eq!(d.group(G).shut(), Some(Code::GroupErased), "A6.2: and so it stays");
}

#[test]
fn a06_2_another_administrator_of_the_originator_confirms_too_and_nothing_follows() {
    let mut d = frozen();
    d.act(DOCTOR.manager(), RegistryAct::AppointAdministrator { user: CLERK.user }).expect("appointed");
    confirm(&mut d, CLERK.admin()).granted("A6.2: a second administrator");
    let code = Code::GroupErased;
    confirm(&mut d, OPERATOR.operator()).refused(code, "A6.2: erased is erased");
    d.message(NURSE.oneself(), G).refused(code, "A6.2: nothing is written");
    lift(&mut d, OPERATOR.operator(), b"paper").refused(code, "A6.2: nothing brings it back");
    d.remove(DOCTOR.admin(), G, NURSE).refused(code, "A6.2: nor is there anything to take away");
    d.replayed();
}

#[test]
fn a06_2_a_freeze_by_mistake_is_lifted_by_two_people_with_the_same_words() {
    let mut d = frozen();
    lift(&mut d, CHIEF.admin(), b"form").refused(Code::NotOriginator, "A6.2: not by another facility");
    lift(&mut d, DOCTOR.admin(), b"form").granted("A6.2: a first voice");
    assert!(d.group(G).frozen().is_some() && d.group(G).lifting(), "A6.2: one voice lifts nothing");
    lift(&mut d, DOCTOR.admin(), b"form").refused(Code::SecondPersonRequired, "A6.2: nor the same one twice");
    lift(&mut d, OPERATOR.operator(), b"another form").granted("A6.2: other words are a first voice of their own");
    assert!(d.group(G).frozen().is_some(), "A6.2: and lift nothing");
    lift(&mut d, COLLEAGUE.operator(), b"another form")
        .refused(Code::NotOriginator, "A6.2: the Desk alone brings back what a patient withdrew from");
    lift(&mut d, DOCTOR.admin(), b"another form").granted("A6.2: the second voice");
    assert_eq!(d.group(G).shut(), None, "A6.2: it is lifted");
    d.message(NURSE.oneself(), G).granted("A6.2: and written to again");
    withdrawn(&mut d, DOCTOR.admin()).granted("A6.2: a consent can be withdrawn again");
}

#[test]
fn a06_2_a_hold_keeps_it_from_being_erased() {
    let mut d = frozen();
    d.act(DOCTOR.manager(), RegistryAct::AppointAdministrator { user: CLERK.user }).expect("appointed");
    hold(&mut d, DOCTOR.admin(), "2026-11-20").refused(Code::DateOutOfRange, "A6.2: not until yesterday");
    hold(&mut d, DOCTOR.admin(), "2046-11-20").refused(Code::DateOutOfRange, "A6.2: nor for ever");
    hold(&mut d, DOCTOR.admin(), "2027-01-01").granted("A6.2: a hold");
    confirm(&mut d, CLERK.admin()).refused(Code::ErasureHeld, "A6.2: erasure waits");
    hold(&mut d, OPERATOR.operator(), "2026-12-01").granted("A6.2: a first voice");
    let held = |d: &District| d.group(G).hold().expect("a hold").until;
    assert_eq!((held(&d), d.group(G).shortening()), (date("2027-01-01"), Some(date("2026-12-01"))), "A6.2: waits");
    confirm(&mut d, CLERK.admin()).refused(Code::ErasureHeld, "A6.2: one voice ends no hold");
    hold(&mut d, OPERATOR.operator(), "2026-12-01").refused(Code::SecondPersonRequired, "A6.2: nor the same one twice");
    hold(&mut d, COLLEAGUE.operator(), "2026-12-01").refused(Code::NotOriginator, "A6.2: nor the Desk alone");
    hold(&mut d, CLERK.admin(), "2026-12-02").granted("A6.2: other words are a first voice of their own");
    hold(&mut d, OPERATOR.operator(), "2026-12-01").granted("A6.2: once more");
    hold(&mut d, DOCTOR.admin(), "2026-12-01").granted("A6.2: with the originator it is two");
    assert_eq!((held(&d), d.group(G).shortening()), (date("2026-12-01"), None), "A6.2: it is shorter");
    // The first of December has begun everywhere only when it has where the day comes last.
    d.now = renkei_proto::time::Time(START.0 + 9 * 86_400 + 11 * 3600);
    confirm(&mut d, CLERK.admin()).refused(Code::ErasureHeld, "A6.2: until its day has begun everywhere");
    d.now = d.now.plus(3600);
    confirm(&mut d, CLERK.admin()).granted("A6.2: then it is over");
}

#[test]
fn a06_2_the_desk_holds_and_never_ends_a_hold_by_itself() {
    let mut d = frozen();
    hold(&mut d, OPERATOR.operator(), "2026-12-01").granted("A6.2: a hold protects");
    hold(&mut d, COLLEAGUE.operator(), "2026-12-05").granted("A6.2: a longer one too");
    hold(&mut d, OPERATOR.operator(), "2026-11-25").granted("A6.2: a first voice");
    hold(&mut d, COLLEAGUE.operator(), "2026-11-25").refused(Code::NotOriginator, "A6.2: two operators are not enough");
    hold(&mut d, DOCTOR.admin(), "2026-11-25").granted("A6.2: the originator and one of them are");
}

#[test]
fn a06_2_of_a_suspended_originator_the_desk_records_a_withdrawal_and_erases_nothing_alone() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.act(OPERATOR.operator(), RegistryAct::SuspendFacility { facility: CLINIC }).expect("suspended");
    withdrawn(&mut d, DOCTOR.admin()).refused(Code::FacilitySuspended, "A12.4: nobody there can");
    withdrawn(&mut d, NURSE.oneself()).refused(Code::NotOriginator, "A6.2: nor any reader");
    withdrawn(&mut d, OPERATOR.operator()).granted("A6.2: the patient's word waits for nobody");
    assert_eq!(d.group(G).shut(), Some(Code::ConsentWithdrawn), "A6.2: at once");
    confirm(&mut d, COLLEAGUE.operator()).refused(Code::NotOriginator, "A6.2: erasure waits for the originator");
    lift(&mut d, OPERATOR.operator(), b"paper").granted("A6.2: a first voice");
    lift(&mut d, COLLEAGUE.operator(), b"paper").refused(Code::NotOriginator, "A6.2: and so does lifting it");
    for seat in [OPERATOR, COLLEAGUE] {
        d.act(seat.operator(), RegistryAct::ResumeFacility { facility: CLINIC }).expect("let on");
    }
    confirm(&mut d, DOCTOR.admin()).granted("A6.2: the originator confirms");
    d.replayed();
}

#[test]
fn a05_1_a_closed_group_is_erased_after_its_retention_by_order_of_two() {
    let mut d = District::with_group(HistoryPolicy::All);
    order(&mut d, DOCTOR.admin()).refused(Code::RetentionRunning, "A5.1: an open group is not erased");
    d.close(DOCTOR.admin(), G).expect("closed");
    let due = d.now.plus(5 * YEAR);
    assert_eq!(d.group(G).due(d.registry.now()), Some(due), "A5.1: five years by default");
    d.now = renkei_proto::time::Time(due.0 - 1);
    order(&mut d, DOCTOR.admin()).refused(Code::RetentionRunning, "A5.1: not a second sooner");
    d.now = due;
    assert!(d.group(G).erased().is_none(), "A5.1: never by itself");
    order(&mut d, CHIEF.admin()).refused(Code::NotOriginator, "A5.1: not by another facility");
    order(&mut d, OPERATOR.operator()).refused(Code::DelegationMissing, "A5.1: nor by the Desk alone");
    order(&mut d, DOCTOR.admin()).granted("A5.1: the originator orders");
    assert_eq!(d.group(G).shut(), None, "A5.1: an order erases nothing");
    confirm(&mut d, DOCTOR.admin()).refused(Code::SecondPersonRequired, "A5.1: two people");
    confirm(&mut d, COLLEAGUE.operator()).granted("A5.1: the second one confirms");
    assert!(!d.group(G).erased().expect("erased").withdrawn, "A5.1: by its age, and no withdrawal");
}

#[test]
fn a05_1_stricter_retention_is_longer_and_free_groups_need_none() {
    let mut d = District::open();
    let set = |d: &mut District, seat: Seat, facility, years| {
        d.act(seat, RegistryAct::Set { facility, setting: Setting::Retention(years) }).map(|_| ())
    };
    set(&mut d, DOCTOR.admin(), Some(CLINIC), 3).refused(Code::WeakerThanPolicy, "A13.1: shorter is weaker");
    set(&mut d, DOCTOR.admin(), Some(CLINIC), 0).refused(Code::WeakerThanPolicy, "A5.1: never none");
    set(&mut d, DOCTOR.admin(), Some(CLINIC), 10).granted("A13.1: longer is stricter");
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    d.close(DOCTOR.admin(), G).expect("closed");
    assert_eq!(d.group(G).due(d.registry.now()), Some(d.now.plus(10 * YEAR)), "A5.1: the facility's own");
    let free = group(2);
    d.create(DOCTOR.admin(), free, GroupKind::Free, true).expect("a group");
    assert_eq!(d.group(free).due(d.registry.now()), None, "A5.1: not before it is closed");
    d.close(DOCTOR.admin(), free).expect("closed");
    assert_eq!(d.group(free).due(d.registry.now()), Some(d.now), "A5.1: no patient's record");
}

/// A group whose content is erased folds to the same as one that is whole, but for what the bodies alone have.
#[test]
fn a06_2_an_erased_log_still_follows_the_rules_from_its_headers() {
    let mut d = frozen();
    d.epoch(NURSE.oneself(), G).refused(Code::ConsentWithdrawn, "A6.2: frozen");
    confirm(&mut d, OPERATOR.operator()).expect("erased");
    let mut bare = None;
    for accepted in d.accepted.iter().filter(|one| matches!(one.log, renkei_proto::statement::LogId::Group(_))) {
        let view = d.registry.at(accepted.registry).expect("so far");
        let claim = Claim::parse(accepted.signed.clone()).expect("canonical");
        let kind = EntryKind::of(&claim.unverified().act);
        let author = claim.unverified().actor.device().expect("a device");
        match (&mut bare, goes_with_erasure(kind)) {
            (Some(group), true) if kind == EntryKind::Epoch => {
                permit_erased_epoch(group, view, author, accepted.time).granted("A6.2: by a reader");
                permit_erased_epoch(group, view, CHIEF.device, accepted.time)
                    .refused(Code::NotAReader, "A6.2: nobody makes up an epoch");
                group.pass_over_epoch(view, author, accepted.time);
            }
            (Some(group), true) => {
                permit_withheld(group, view, author, accepted.time).granted("A6.2: by a reader");
                group.pass_over(author);
            }
            _ => {
                let verified = view.authenticate(claim).expect("signed");
                let judged = renkei_policy::group::judge(bare.as_ref(), &verified, view, accepted.time);
                assert!(judged.expect("permitted").fold(&mut bare));
            }
        }
    }
    let (bare, whole) = (bare.expect("a group"), d.group(G));
    assert_eq!((bare.size(), bare.erased(), bare.messages()), (whole.size(), whole.erased(), whole.messages()));
    assert_eq!(
        bare.epochs()[0].devices,
        whole.epochs()[0].devices,
        "A6.2: for whom an epoch was made can still be told"
    );
    assert_eq!(bare.epochs()[0].roster, whole.epochs()[0].roster);
    // Once it is shut, no header passes for content.
    permit_withheld(whole, d.registry.now(), NURSE.device, d.now).refused(Code::GroupErased, "A6.2: nothing after");
}
