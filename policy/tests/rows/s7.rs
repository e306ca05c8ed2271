//! Row S7: whoever governs a group halts it at once, and it goes on when its SNS administrator says so.

use renkei_policy::group::sealing::permit_withheld;
use renkei_proto::act::{Act, ConsentBy, GroupAct, HistoryPolicy};
use renkei_proto::code::Code;
use renkei_proto::id::GroupId;

use crate::common::*;

const G: GroupId = group(1);

type Done = Result<(), Code>;

fn halt(d: &mut District, seat: Seat) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::Halt))
}

fn resume(d: &mut District, seat: Seat) -> Done {
    d.act_in(G, seat, Act::Group(GroupAct::Resume))
}

fn halted() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    halt(&mut d, DOCTOR.admin()).granted("S7: the originator halts it");
    d
}

#[test]
fn s7_in_a_halted_group_nothing_is_written_or_handed_out() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.invite(DOCTOR.admin(), G, 2, CHIEF).expect("invited");
    halt(&mut d, DOCTOR.admin()).granted("S7: halted");
    let code = Code::GroupHalted;
    assert_eq!(d.group(G).shut(), Some(code), "S7: content goes to nobody");
    assert_eq!(d.group(G).halted().map(|by| by.user), Some(DOCTOR.user));
    d.message(NURSE.oneself(), G).refused(code, "S7: nothing is written");
    d.epoch(NURSE.oneself(), G).refused(code, "S7: no new key");
    d.history(NURSE.oneself(), G, 1, 1, &[DOCTOR]).refused(code, "S7: no key is handed over");
    d.approve(CHIEF.admin(), G, 2).refused(code, "S7: nobody is let in");
    halt(&mut d, DOCTOR.admin()).refused(code, "S7: once");
    let (view, now) = (d.registry.now(), d.now);
    let withheld = permit_withheld(d.group(G), view, NURSE.device, now).map_err(|refusal| refusal.0);
    assert_eq!(withheld, Err(code), "S7: nor is anything made up meanwhile");
    d.remove(CHIEF.admin(), G, NURSE).granted("S7: somebody may be let go meanwhile");
    resume(&mut d, DOCTOR.admin()).granted("S7: it goes on");
    assert_eq!(d.group(G).shut(), None);
    d.message(DOCTOR.oneself(), G).refused(Code::RekeyRequired, "S7: under a key that who left does not have");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    d.message(DOCTOR.oneself(), G).granted("S7: and is written in");
    d.replayed();
}

#[test]
fn s7_it_is_halted_by_who_governs_it_and_nobody_else() {
    let mut d = District::with_group(HistoryPolicy::All);
    for (seat, code) in [
        (NURSE.oneself(), Code::NotOriginator),
        (CHIEF.admin(), Code::NotOriginator),
        (OPERATOR.operator(), Code::DelegationMissing),
    ] {
        halt(&mut d, seat).refused(code, "S7: not a reader, not another facility, not the Desk by itself");
    }
    resume(&mut d, DOCTOR.admin()).refused(Code::NothingToDo, "S7: it is not halted");
    halt(&mut d, DOCTOR.admin()).expect("halted");
    resume(&mut d, NURSE.oneself()).refused(Code::NotOriginator, "S7: nor goes on by a reader's word");
    resume(&mut d, CHIEF.admin()).refused(Code::NotOriginator, "S7: or another facility's");
}

#[test]
fn s7_a_manager_of_groups_halts_and_an_administrator_lets_go_on() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.grant(DOCTOR.admin(), CLERK).expect("a group manager");
    halt(&mut d, CLERK.group_manager()).granted("S7: it must be quick");
    resume(&mut d, CLERK.group_manager()).refused(Code::NotAdministrator, "S7: going on is a decision");
    resume(&mut d, DOCTOR.admin()).granted("S7: the administrator's");
}

#[test]
fn s7_a_withdrawn_consent_stands_whatever_becomes_of_the_halt() {
    let mut d = halted();
    assert!(!d.group(G).is_ending(), "S7: what was taken out need not come back for a halt");
    let (by, on) = (ConsentBy::Patient, date("2026-11-22"));
    let withdraw = GroupAct::WithdrawConsent { by, on, scan: digest(b"paper") };
    d.act_in(G, DOCTOR.admin(), Act::Group(withdraw)).granted("A6.2: also of a halted group");
    assert_eq!(d.group(G).shut(), Some(Code::ConsentWithdrawn));
    assert!(d.group(G).is_ending(), "A6.2: but for a withdrawn consent it must");
    resume(&mut d, DOCTOR.admin()).granted("S7: the halt is over");
    assert_eq!(d.group(G).shut(), Some(Code::ConsentWithdrawn), "A6.2: the freeze is not");
    d.message(NURSE.oneself(), G).refused(Code::ConsentWithdrawn, "A6.2: nothing is written");
}

#[test]
fn s7_a_closed_group_is_halted_as_well() {
    let mut d = District::with_group(HistoryPolicy::All);
    d.act_in(G, DOCTOR.admin(), Act::Group(GroupAct::Close)).expect("closed");
    halt(&mut d, DOCTOR.admin()).granted("S7: what is read in it may be what leaks");
    assert_eq!(d.group(G).shut(), Some(Code::GroupHalted), "S7: nothing of it is handed out");
    resume(&mut d, DOCTOR.admin()).granted("S7: it goes on, closed as it was");
    assert_eq!(d.group(G).shut(), None, "S7: readers look things up again");
}
