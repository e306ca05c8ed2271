//! Article 14: inquiries to the Desk (A14.1).

use renkei_policy::group::a08_lists::touches;
use renkei_policy::group::a14_inquiries::{InquiryState, REPLY_WAIT, Turn, opens_another, permit_another};
use renkei_proto::act::{Act, Amendment, GroupAct, GroupKind, HistoryPolicy, InquiryEnd, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;

use crate::common::*;

const Q: renkei_proto::id::GroupId = group(7);
const NEW_OPERATOR: Who = who(3);

fn open(d: &mut District, seat: Seat, id: renkei_proto::id::GroupId) -> Result<(), Code> {
    d.create_for(seat, DESK, id, GroupKind::Inquiry, HistoryPolicy::All, true)
}

fn does(d: &mut District, seat: Seat, act: GroupAct) -> Result<(), Code> {
    d.act_in(Q, seat, Act::Group(act))
}

fn take(d: &mut District, who: Who) -> Result<(), Code> {
    does(d, who.operator(), GroupAct::TakeInquiry)
}

fn answer(d: &mut District, who: Who, message: u64) -> Result<(), Code> {
    does(d, who.operator(), GroupAct::AnswerInquiry { message })
}

fn close(d: &mut District, seat: Seat, reason: InquiryEnd) -> Result<(), Code> {
    does(d, seat, GroupAct::CloseInquiry { reason })
}

fn reopen(d: &mut District, seat: Seat) -> Result<(), Code> {
    does(d, seat, GroupAct::ReopenInquiry)
}

/// The place of the last message.
fn last(d: &District) -> u64 {
    d.group(Q).written().next_back().expect("a message").seq
}

fn state(d: &District) -> (InquiryState, Turn) {
    let view = d.registry.now();
    (d.group(Q).inquiry_state(view).expect("an inquiry"), d.group(Q).inquiry_turn(view))
}

/// The nurse has asked.
fn asked() -> District {
    let mut d = District::open();
    open(&mut d, NURSE.oneself(), Q).granted("A14.1: anybody asks");
    d.epoch(NURSE.oneself(), Q).expect("an epoch");
    d.message(NURSE.oneself(), Q).expect("a question");
    d
}

fn readers(d: &District) -> Vec<renkei_proto::id::UserId> {
    let mut users: Vec<_> = d.roster(Q).devices().map(|(_, reader)| reader.user).collect();
    users.dedup();
    users
}

#[test]
fn a14_1_anybody_asks_the_desk_for_oneself() {
    let mut d = District::open();
    open(&mut d, NURSE.admin(), Q).refused(Code::WrongRole, "A14.1: for oneself");
    open(&mut d, OPERATOR.oneself(), Q).refused(Code::InquiryOnly, "A14.1: the Desk does not ask itself");
    d.create_for(NURSE.oneself(), STATION, Q, GroupKind::Inquiry, HistoryPolicy::All, true)
        .refused(Code::NotOriginator, "A14.1: of the Desk");
    d.create_for(NURSE.oneself(), DESK, Q, GroupKind::Inquiry, HistoryPolicy::All, false)
        .refused(Code::InquiryOnly, "A14.1: who asks reads");
    d.create_for(NURSE.oneself(), DESK, Q, GroupKind::Inquiry, HistoryPolicy::FromApproval, true)
        .refused(Code::InquiryOnly, "A14.1: a later operator reads what was asked");
    d.create_for(NURSE.oneself(), DESK, Q, GroupKind::Free, HistoryPolicy::All, true)
        .refused(Code::NotOriginator, "A4.1: other groups are not opened so");
    open(&mut d, NURSE.oneself(), Q).granted("A14.1: an inquiry");
    open(&mut d, PLANNER.oneself(), group(8)).granted("A14.1: of a facility that is no member, too");
}

#[test]
fn a14_1_its_readers_are_who_asks_and_the_operators_of_the_moment() {
    let mut d = asked();
    assert_eq!(readers(&d), [OPERATOR.user, COLLEAGUE.user, NURSE.user]);
    d.appoint_operator(NEW_OPERATOR).expect("an operator");
    assert_eq!(readers(&d), [OPERATOR.user, COLLEAGUE.user, NEW_OPERATOR.user, NURSE.user]);
    d.message(NURSE.oneself(), Q).refused(Code::RekeyRequired, "A14.1: under a key that the new one has as well");
    d.epoch(NURSE.oneself(), Q).expect("an epoch");
    d.history(OPERATOR.oneself(), Q, 1, 1, &[NEW_OPERATOR]).granted("A14.1: the new one reads what was asked before");
    d.message(NEW_OPERATOR.oneself(), Q).granted("A14.1: and writes");
    d.end(ROOT, COLLEAGUE).expect("dismissed");
    assert_eq!(readers(&d), [OPERATOR.user, NEW_OPERATOR.user, NURSE.user]);
    d.message(NURSE.oneself(), Q).refused(Code::RekeyRequired, "A14.1: not under a key that one who left has");
    d.epoch(NURSE.oneself(), Q).expect("an epoch");
    d.message(NURSE.oneself(), Q).granted("A14.1: but under one that he has not");
    d.message(COLLEAGUE.oneself(), Q).refused(Code::UserEnded, "A14.1: who left writes no more");
    d.replayed();
}

#[test]
fn a14_1_nobody_is_let_in_removed_or_put_in_charge() {
    let mut d = asked();
    let only = Code::InquiryOnly;
    d.invite(OPERATOR.operator(), Q, 1, CLERK).refused(only, "A14.1: nobody is invited");
    d.remove(CHIEF.admin(), Q, NURSE).refused(only, "A14.1: the own administrator ends no inquiry");
    d.remove(OPERATOR.operator(), Q, NURSE).refused(only, "A14.1: nor does the Desk shut who asks out");
    d.close(OPERATOR.operator(), Q).refused(only, "A14.1: it is closed as an inquiry, with a reason");
    does(&mut d, OPERATOR.operator(), GroupAct::HandOnLabel { label: boxes(1) }).refused(only, "A14.1: nor told on");
    does(&mut d, OPERATOR.operator(), GroupAct::OfferHandover { to: CLINIC, label: boxes(1) })
        .refused(only, "A14.1: nor handed over");
    for stranger in [CHIEF, DOCTOR, CLERK] {
        d.message(stranger.oneself(), Q).refused(Code::NotAReader, "A14.1: nobody else writes");
        take(&mut d, stranger).refused(Code::NotOperator, "A14.1: nobody else takes it");
        close(&mut d, stranger.oneself(), InquiryEnd::Settled).refused(Code::NotAReader, "A14.1: nor closes it");
    }
    let mut wrong = d.epoch_draft(NURSE.oneself(), Q);
    if let Act::Epoch(epoch) = &mut wrong.act {
        epoch.number = 2;
        epoch.roster = digest(b"with a stranger");
    }
    d.submit(&wrong).map(drop).refused(Code::RosterMismatch, "A14.1: nobody adds a reader, the asker neither");
}

#[test]
fn a14_1_the_own_facility_is_told_that_there_is_one_and_no_more() {
    let d = asked();
    let (group, view) = (d.group(Q), d.registry.now());
    assert_eq!(touches(group, view, STATION, d.now), None, "A14.1: not listed at the own facility");
    assert!(touches(group, view, DESK, d.now).is_some(), "A14.1: the Desk's");
    let numbers = renkei_policy::a15_report::numbers([group].into_iter(), view, Some(STATION));
    assert_eq!(numbers.first().map(|one| (one.facility, one.inquiries.open)), Some((STATION, 1)));
}

#[test]
fn a14_1_an_inquiry_goes_from_open_to_taken_to_answered_to_closed() {
    let mut d = asked();
    assert_eq!(state(&d), (InquiryState::Open, Turn::Desk));
    let question = last(&d);
    take(&mut d, NURSE).refused(Code::NotOperator, "A14.1: who asks does not take it");
    does(&mut d, OPERATOR.oneself(), GroupAct::TakeInquiry).refused(Code::WrongRole, "A14.1: as an operator");
    take(&mut d, OPERATOR).granted("A14.1: an operator takes it");
    take(&mut d, OPERATOR).refused(Code::NothingToDo, "A14.1: once");
    assert_eq!(d.group(Q).taken_by(d.registry.now()).map(|by| by.user), Some(OPERATOR.user));
    take(&mut d, COLLEAGUE).granted("A14.1: a colleague takes it over");
    assert_eq!(state(&d), (InquiryState::Taken, Turn::Desk));
    answer(&mut d, COLLEAGUE, question).refused(Code::NotTheAuthor, "A14.1: the question is no answer");
    answer(&mut d, COLLEAGUE, 99).refused(Code::Unknown, "A14.1: an answer is a message");
    d.message(COLLEAGUE.oneself(), Q).expect("an answer");
    assert_eq!(state(&d), (InquiryState::Taken, Turn::Asker), "a question back");
    let said = last(&d);
    answer(&mut d, OPERATOR, said).refused(Code::NotTheAuthor, "A14.1: one's own");
    answer(&mut d, COLLEAGUE, said).granted("A14.1: answered");
    answer(&mut d, COLLEAGUE, said).refused(Code::NothingToDo, "A14.1: once");
    assert_eq!(state(&d), (InquiryState::Answered, Turn::Asker));
    d.message(COLLEAGUE.oneself(), Q).expect("more of it");
    let more = last(&d);
    d.message(NURSE.oneself(), Q).expect("asks on");
    answer(&mut d, COLLEAGUE, more).refused(Code::AskedMeanwhile, "A14.1: what came after it was not read");
    assert_eq!(state(&d), (InquiryState::Taken, Turn::Desk), "A14.1: what is asked on is not answered");
    answer(&mut d, COLLEAGUE, said).refused(Code::NothingToDo, "A14.1: not by the same words");
    close(&mut d, COLLEAGUE.operator(), InquiryEnd::Settled).refused(Code::NotAReader, "A14.1: not for who asked");
    close(&mut d, NURSE.oneself(), InquiryEnd::Settled).granted("A14.1: who asked is content");
    assert_eq!(state(&d), (InquiryState::Closed, Turn::Nobody));
    close(&mut d, NURSE.oneself(), InquiryEnd::Settled).refused(Code::NothingToDo, "A14.1: once");
    for who in [NURSE, COLLEAGUE] {
        d.message(who.oneself(), Q).refused(Code::InquiryClosed, "A14.1: nothing is written in it");
    }
    take(&mut d, OPERATOR).refused(Code::InquiryClosed, "A14.1: nor is it taken");
    reopen(&mut d, CHIEF.oneself()).refused(Code::NotAReader, "A14.1: nobody else reopens it");
    reopen(&mut d, NURSE.oneself()).granted("A14.1: reopened");
    reopen(&mut d, NURSE.oneself()).refused(Code::NothingToDo, "A14.1: once");
    assert_eq!(state(&d), (InquiryState::Open, Turn::Desk));
    d.message(NURSE.oneself(), Q).granted("A14.1: and goes on");
    d.replayed();
}

#[test]
fn a14_1_the_desk_closes_what_got_no_reply_and_what_nobody_waits_for() {
    let mut d = asked();
    close(&mut d, OPERATOR.operator(), InquiryEnd::NoReply).refused(Code::ReplyAwaited, "A14.1: not unanswered");
    close(&mut d, OPERATOR.operator(), InquiryEnd::AskerGone).refused(Code::ReplyAwaited, "A14.1: who asked is there");
    d.message(OPERATOR.oneself(), Q).expect("an answer");
    let said = last(&d);
    answer(&mut d, OPERATOR, said).expect("answered");
    d.now = d.now.plus(REPLY_WAIT - 1);
    close(&mut d, COLLEAGUE.operator(), InquiryEnd::NoReply).refused(Code::ReplyAwaited, "A14.1: not before the time");
    close(&mut d, NURSE.oneself(), InquiryEnd::NoReply).refused(Code::NotOperator, "A14.1: that is the Desk's word");
    d.now = d.now.plus(1);
    let mut other = d.clone();
    close(&mut d, COLLEAGUE.operator(), InquiryEnd::NoReply).granted("A14.1: after it");
    reopen(&mut d, NURSE.oneself()).granted("A14.1: who asked is not shut out by it");
    other.end(CHIEF.admin(), NURSE).expect("ended");
    close(&mut other, OPERATOR.operator(), InquiryEnd::AskerGone).granted("A14.1: nobody waits for an answer");
}

#[test]
fn a14_1_an_operator_who_has_left_does_not_hold_an_inquiry() {
    let mut d = asked();
    take(&mut d, COLLEAGUE).expect("taken");
    d.end(ROOT, COLLEAGUE).expect("dismissed");
    assert_eq!(state(&d).0, InquiryState::Open, "A14.1: it waits for somebody");
    take(&mut d, OPERATOR).granted("A14.1: and somebody takes it");
}

#[test]
fn a14_1_so_many_inquiries_of_one_person_are_open_at_once() {
    let mut d = District::open();
    for n in 0..bounds::OPEN_INQUIRIES {
        permit_another(d.groups.values().filter_map(|log| log.state.as_ref()), NURSE.user, GroupKind::Inquiry)
            .granted("A14.1: one more");
        open(&mut d, NURSE.oneself(), group(50 + u8::try_from(n).expect("few"))).expect("opened");
    }
    let many = |d: &District, who: Who| {
        permit_another(d.groups.values().filter_map(|log| log.state.as_ref()), who.user, GroupKind::Inquiry)
    };
    many(&d, NURSE).refused(Code::TooManyInquiries, "A14.1: and no more");
    many(&d, CLERK).granted("A14.1: each for oneself");
    let close = GroupAct::CloseInquiry { reason: InquiryEnd::Settled };
    d.act_in(group(50), NURSE.oneself(), Act::Group(close)).expect("closed");
    many(&d, NURSE).granted("A14.1: a closed one does not count");
    // Reopening is asked as well, and an operator's not.
    let again = d.draft_in(group(50), NURSE.oneself(), Act::Group(GroupAct::ReopenInquiry));
    assert_eq!(opens_another(Some(d.group(group(50))), &again), Some((NURSE.user, GroupKind::Inquiry)));
    let by_desk = d.draft_in(group(50), OPERATOR.operator(), Act::Group(GroupAct::ReopenInquiry));
    assert_eq!(opens_another(Some(d.group(group(50))), &by_desk), None);
}

#[test]
fn a14_1_it_is_erased_by_two_operators_when_it_was_kept_for_a_year() {
    let mut d = asked();
    does(&mut d, OPERATOR.operator(), GroupAct::OrderErasure).refused(Code::RetentionRunning, "A14.1: not while open");
    close(&mut d, NURSE.oneself(), InquiryEnd::Settled).expect("closed");
    does(&mut d, OPERATOR.operator(), GroupAct::OrderErasure).refused(Code::RetentionRunning, "A14.1: nor at once");
    d.now = d.now.plus(366 * A_DAY);
    does(&mut d, CHIEF.admin(), GroupAct::OrderErasure).refused(Code::NotOriginator, "A14.1: not the own facility");
    let order = d.draft_in(Q, OPERATOR.operator(), Act::Group(GroupAct::OrderErasure));
    let answers = sign(&order, &key_of(order.actor)).hash();
    d.submit(&order).map(drop).granted("A14.1: the Desk, after a year");
    let confirm = GroupAct::ConfirmErasure { answers };
    does(&mut d, OPERATOR.operator(), confirm.clone()).refused(Code::SecondPersonRequired, "A14.1: two people");
    does(&mut d, COLLEAGUE.operator(), confirm).granted("A14.1: two operators");
    reopen(&mut d, NURSE.oneself()).refused(Code::GroupErased, "A14.1: it is gone");
}

#[test]
fn a14_1_who_is_stopped_does_not_reach_it_and_who_only_reads_does() {
    let mut d = asked();
    super::a09_review::overdue_for_the_station(&mut d);
    let patient = group(9);
    d.create_for(CHIEF.admin(), STATION, patient, GroupKind::Free, HistoryPolicy::All, true)
        .refused(Code::ReviewOverdue, "A9.2: restricted");
    d.epoch(NURSE.oneself(), Q).expect("devices go on");
    d.message(NURSE.oneself(), Q).granted("A14.1: who only reads asks on");
    open(&mut d, NURSE.oneself(), group(8)).granted("A14.1: and asks anew");
    d.act_in(Q, NURSE.oneself(), amendment(last(&d), d.group(Q).epoch())).granted("A14.1: and corrects it");
    d.now = d.now.plus(14 * A_DAY);
    d.message(NURSE.oneself(), Q).refused(Code::ReviewOverdue, "A14.1: a lock is ended by confirming");
    let mut d = asked();
    d.act(CHIEF.admin(), RegistryAct::SuspendUser { user: NURSE.user }).expect("suspended");
    d.message(NURSE.oneself(), Q).refused(Code::UserSuspended, "A14.1: it may be a thief");
    assert!(!readers(&d).contains(&NURSE.user), "A14.1: nor is anything sent there");
}

fn amendment(original: u64, epoch: u32) -> Act {
    Act::Amend(Amendment { original, epoch, flags: 0, words: None })
}

#[test]
fn a14_1_only_an_inquiry_is_taken_answered_or_reopened() {
    let mut d = District::with_group(HistoryPolicy::All);
    let g = group(1);
    for act in [GroupAct::TakeInquiry, GroupAct::AnswerInquiry { message: 1 }, GroupAct::ReopenInquiry] {
        d.act_in(g, OPERATOR.operator(), Act::Group(act)).refused(Code::NothingToDo, "A14.1: no inquiry");
    }
    assert_eq!(d.group(g).inquiry_state(d.registry.now()), None);
    assert!(d.roster(g).devices().all(|(_, reader)| reader.user != OPERATOR.user), "the Desk reads inquiries alone");
}
