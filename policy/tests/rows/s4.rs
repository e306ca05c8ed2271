//! S4: what is said in the name of a facility or of the association was drafted, checked and published by different people,
//! and what was approved is what is published.

use renkei_policy::registry::s4_announcements::Progress;
use renkei_proto::act::{Draft, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::id::{AnnouncementId, FacilityId, UserId};

use super::a10::text;
use crate::common::*;

const ONE: AnnouncementId = AnnouncementId([1; 16]);

fn draft(of: Option<FacilityId>, n: u8, checkers: &[UserId]) -> RegistryAct {
    named(ONE, of, n, checkers)
}

fn named(announcement: AnnouncementId, facility: Option<FacilityId>, n: u8, checkers: &[UserId]) -> RegistryAct {
    let checkers = List::new(checkers.to_vec()).expect("few");
    RegistryAct::DraftAnnouncement(Draft { announcement, facility, text: text(n), checkers })
}

impl District {
    fn does(&mut self, seat: Seat, act: RegistryAct) -> Result<(), Code> {
        self.act(seat, act).map(drop)
    }

    fn checks(&mut self, seat: Seat, n: u8, approve: bool) -> Result<(), Code> {
        self.does(seat, RegistryAct::CheckAnnouncement { announcement: ONE, text: text(n), approve })
    }

    fn announces(&mut self, seat: Seat, n: u8) -> Result<(), Code> {
        self.does(seat, RegistryAct::PublishAnnouncement { announcement: ONE, text: text(n) })
    }

    fn withdraws(&mut self, seat: Seat) -> Result<(), Code> {
        self.does(seat, RegistryAct::WithdrawAnnouncement { announcement: ONE })
    }

    fn progress(&self) -> Progress {
        self.registry.now().announcement(ONE).expect("drafted").progress()
    }

    fn read_by(&self, who: Who) -> bool {
        self.registry.now().announcement_kept(who.user, self.text_of_one()).is_some()
    }

    fn text_of_one(&self) -> renkei_proto::hash::Hash32 {
        self.registry.now().announcement(ONE).expect("drafted").draft.text
    }
}

#[test]
fn s4_three_people_have_seen_what_a_facility_announces() {
    let mut d = District::open();
    let of = Some(CLINIC);
    d.does(CLERK.oneself(), draft(of, 1, &[])).refused(Code::SecondPersonRequired, "S4: somebody checks it");
    let own = draft(of, 1, &[NURSE.user, CLERK.user]);
    d.does(CLERK.oneself(), own).refused(Code::SecondPersonRequired, "S4: the author checks nothing");
    let twice = draft(of, 1, &[NURSE.user, NURSE.user]);
    d.does(CLERK.oneself(), twice).refused(Code::AlreadyExists, "S4: one person is not two");
    let nobody = draft(of, 1, &[UserId([0xee; 16])]);
    d.does(CLERK.oneself(), nobody).refused(Code::Unknown, "S4: nobody checks nothing");
    d.does(NURSE.oneself(), draft(of, 1, &[CHIEF.user])).refused(Code::NotForYou, "S4: of another facility");
    d.does(DOCTOR.admin(), draft(of, 1, &[NURSE.user])).refused(Code::WrongRole, "S4: one writes as oneself");
    d.does(CLERK.oneself(), draft(of, 1, &[NURSE.user, PLANNER.user])).granted("S4: a draft");
    assert_eq!(d.progress(), Progress::Checked, "S4: it is checked first");
    d.announces(DOCTOR.admin(), 1).refused(Code::ChecksMissing, "S4: nobody has approved it");
    d.checks(CLERK.oneself(), 1, true).refused(Code::NotForYou, "S4: the author does not approve");
    d.checks(DOCTOR.oneself(), 1, true).refused(Code::NotForYou, "S4: who was not asked does not");
    d.checks(NURSE.oneself(), 2, true).refused(Code::Unknown, "S4: another text was not drafted");
    d.checks(NURSE.oneself(), 1, true).granted("S4: one approves");
    d.checks(NURSE.oneself(), 1, true).refused(Code::NothingToDo, "S4: once is enough");
    d.announces(DOCTOR.admin(), 1).refused(Code::ChecksMissing, "S4: one of two is not all");
    d.checks(PLANNER.oneself(), 1, true).granted("S4: the other approves");
    assert_eq!(d.progress(), Progress::Approved, "S4: it waits for a superior");
    d.announces(CLERK.oneself(), 1).refused(Code::NotAdministrator, "S4: the author is no superior");
    d.announces(CHIEF.admin(), 1).refused(Code::NotAdministrator, "S4: another facility's superior is none");
    d.announces(OPERATOR.operator(), 1).refused(Code::NotAdministrator, "S4: the Desk is not the clinic");
    d.announces(DOCTOR.admin(), 2).refused(Code::ChecksMissing, "S4: only the very text that was approved");
    assert!(!d.read_by(CHIEF), "S4: a draft is nobody else's");
    d.announces(DOCTOR.admin(), 1).granted("S4: published");
    assert_eq!(d.progress(), Progress::Published, "S4: it is out");
    assert!(d.read_by(CHIEF), "S4: everybody reads it");
    d.announces(DOCTOR.admin(), 1).refused(Code::NothingToDo, "S4: once");
    d.does(CLERK.oneself(), draft(of, 2, &[NURSE.user])).refused(Code::AlreadyExists, "S4: what is out stays as it is");
    d.withdraws(CLERK.oneself()).refused(Code::NotAdministrator, "S4: its author alone takes nothing back");
    d.withdraws(CHIEF.admin()).refused(Code::NotAdministrator, "S4: nor another facility");
    d.withdraws(DOCTOR.admin()).granted("S4: a superior withdraws it at once");
    assert!(!d.read_by(CHIEF), "S4: it is said no more");
    d.withdraws(DOCTOR.admin()).refused(Code::NothingToDo, "S4: once");
}

#[test]
fn s4_another_text_is_checked_anew_and_an_objection_holds_it_up() {
    let mut d = District::open();
    let of = Some(CLINIC);
    d.does(CLERK.oneself(), draft(of, 1, &[NURSE.user, PLANNER.user])).granted("S4: a draft");
    d.checks(NURSE.oneself(), 1, true).granted("S4: one approves");
    d.checks(PLANNER.oneself(), 1, false).granted("S4: the other objects");
    assert_eq!(d.progress(), Progress::Objected, "S4: it is held up");
    d.announces(DOCTOR.admin(), 1).refused(Code::ChecksMissing, "S4: against an objection nothing is published");
    d.does(NURSE.oneself(), draft(of, 2, &[PLANNER.user])).refused(Code::NotForYou, "S4: its author alone changes it");
    d.does(DOCTOR.oneself(), draft(of, 2, &[NURSE.user])).refused(Code::AlreadyExists, "S4: nor a colleague");
    d.does(CLERK.oneself(), draft(of, 2, &[NURSE.user, PLANNER.user])).granted("S4: another text");
    assert_eq!(d.progress(), Progress::Checked, "S4: the checks begin anew");
    d.checks(NURSE.oneself(), 1, true).refused(Code::Unknown, "S4: the former text is not there any more");
    d.checks(NURSE.oneself(), 2, true).granted("S4: approved");
    d.checks(PLANNER.oneself(), 2, false).granted("S4: still not");
    d.checks(PLANNER.oneself(), 2, true).granted("S4: an objection is taken back");
    d.announces(DOCTOR.admin(), 1).refused(Code::ChecksMissing, "S4: the former text was approved by half");
    d.announces(DOCTOR.admin(), 2).granted("S4: what was approved");
}

#[test]
fn s4_who_writes_checks_and_publishes_are_different_people_in_office() {
    let mut d = District::open();
    d.does(CLERK.oneself(), draft(Some(CLINIC), 1, &[DOCTOR.user])).granted("S4: the superior checks");
    d.checks(DOCTOR.oneself(), 1, true).granted("S4: approved");
    d.announces(DOCTOR.admin(), 1).refused(Code::SecondPersonRequired, "S4: who checked does not publish");
    d.does(CLERK.oneself(), draft(Some(CLINIC), 1, &[NURSE.user])).granted("S4: somebody else checks it");
    d.checks(NURSE.oneself(), 1, true).granted("S4: approved");
    d.act(CHIEF.admin(), RegistryAct::EndUser { user: NURSE.user }).expect("she left");
    d.announces(DOCTOR.admin(), 1).refused(Code::ChecksMissing, "S4: the word of who has left counts no more");
    let ended = draft(Some(CLINIC), 1, &[NURSE.user]);
    d.does(CLERK.oneself(), ended).refused(Code::UserEnded, "S4: who has left is not asked");
    d.does(CLERK.oneself(), draft(Some(CLINIC), 1, &[PLANNER.user])).granted("S4: again");
    d.checks(PLANNER.oneself(), 1, true).granted("S4: approved");
    d.announces(DOCTOR.admin(), 1).granted("S4: published");
    d.act(OPERATOR.operator(), RegistryAct::EndFacility { facility: CLINIC, close_groups: true }).expect("one voice");
    d.act(COLLEAGUE.operator(), RegistryAct::EndFacility { facility: CLINIC, close_groups: true }).expect("two");
    assert!(!d.read_by(CHIEF), "S4: what an ended facility said is said no more");
    let to_check = d.registry.now().announcements_to_check(NURSE.user).count();
    assert_eq!(to_check, 0, "S4: and nobody is asked to check it");
}

#[test]
fn s4_the_association_speaks_by_operators_and_the_desk_withdraws_anything() {
    let mut d = District::open();
    let one = |n| draft(None, n, &[DOCTOR.user]);
    d.does(DOCTOR.oneself(), draft(None, 1, &[NURSE.user]))
        .refused(Code::NotOperator, "S4: a doctor is not the association");
    d.does(OPERATOR.oneself(), one(1)).refused(Code::WrongRole, "S4: as an operator");
    d.does(OPERATOR.operator(), draft(Some(DESK), 1, &[DOCTOR.user]))
        .refused(Code::NotForYou, "S4: the Desk is the association");
    d.does(OPERATOR.operator(), one(1)).granted("S4: a draft of the association");
    d.checks(DOCTOR.oneself(), 1, true).granted("S4: a doctor checks it");
    d.announces(OPERATOR.operator(), 1).refused(Code::SecondPersonRequired, "S4: who wrote does not publish");
    d.announces(DOCTOR.admin(), 1).refused(Code::NotOperator, "S4: nor a facility");
    d.announces(COLLEAGUE.operator(), 1).granted("S4: a colleague does");
    d.withdraws(DOCTOR.admin()).refused(Code::NotOperator, "S4: a facility withdraws nothing of the association");
    d.withdraws(OPERATOR.operator()).granted("S4: the Desk does");
    let two = AnnouncementId([2; 16]);
    d.does(CLERK.oneself(), named(two, Some(CLINIC), 3, &[NURSE.user])).granted("S4: a clinic's draft");
    d.does(OPERATOR.operator(), RegistryAct::WithdrawAnnouncement { announcement: two })
        .granted("S4: the Desk stops it");
    let three = AnnouncementId([3; 16]);
    d.does(CLERK.oneself(), named(three, Some(CLINIC), 3, &[NURSE.user])).granted("S4: another");
    d.does(CLERK.oneself(), RegistryAct::WithdrawAnnouncement { announcement: three })
        .granted("S4: its author gives it up");
    for n in 0..bounds::OPEN_DRAFTS {
        let id = AnnouncementId([0x40 + u8::try_from(n).expect("few"); 16]);
        d.does(CLERK.oneself(), named(id, Some(CLINIC), 3, &[NURSE.user])).granted("S4: as many as one may");
    }
    let more = named(AnnouncementId([9; 16]), Some(CLINIC), 3, &[NURSE.user]);
    d.does(CLERK.oneself(), more).refused(Code::AlreadyExists, "S4: and no more");
}
