//! Row S1: the author corrects or takes back a message, the trail stays, and readers say how far they have seen.

use renkei_policy::group::Group;
use renkei_policy::group::sealing::writable_epoch;
use renkei_proto::act::{Act, Amendment, GroupKind, HistoryPolicy, Words};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::statement::Role;

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

/// Doctor and nurse read; the nurse wrote a message, which is the last entry.
fn scene() -> (District, u64) {
    let d = District::with_group(HistoryPolicy::All);
    let said = d.group(G).size() - 1;
    assert_eq!(d.group(G).written_at(said).map(|row| row.by), Some(NURSE.device));
    (d, said)
}

fn words() -> Words {
    Words { salt: digest(b"salt"), ciphertext: Blob::default() }
}

fn amendment(d: &District, original: u64, words: Option<Words>) -> Act {
    Act::Amend(Amendment { original, epoch: d.group(G).epoch(), flags: 0, words })
}

fn correct(d: &mut District, seat: Seat, original: u64) -> Result<(), Code> {
    let act = amendment(d, original, Some(words()));
    d.act_in(G, seat, act)
}

fn retract(d: &mut District, seat: Seat, original: u64) -> Result<(), Code> {
    let act = amendment(d, original, None);
    d.act_in(G, seat, act)
}

fn mark(d: &mut District, seat: Seat, upto: u64) -> Result<(), Code> {
    d.act_in(G, seat, Act::Seen { upto })
}

// ---- corrections and retractions ------------------------------------------------------------------------------------

#[test]
fn s1_the_author_corrects_a_message_again_and_again() {
    let (mut d, said) = scene();
    correct(&mut d, NURSE.oneself(), said).granted("S1: what was wrong is said at once");
    correct(&mut d, NURSE.oneself(), said).granted("S1: and again");
    assert!(!d.group(G).retracted(said), "corrected, not taken back");
}

#[test]
fn s1_the_author_corrects_with_any_of_the_own_devices() {
    let (mut d, said) = scene();
    let tablet = NURSE.with(131);
    d.approve_device(CHIEF.admin(), tablet).expect("approved");
    d.approve_device(NURSE.oneself(), tablet).expect("vouched for");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    correct(&mut d, tablet.oneself(), said).granted("S1: the same person");
}

#[test]
fn s1_nobody_else_amends_a_message() {
    let (mut d, said) = scene();
    let code = Code::NotTheAuthor;
    correct(&mut d, DOCTOR.oneself(), said).refused(code, "S1: not a colleague, though of the originator");
    retract(&mut d, DOCTOR.oneself(), said).refused(code, "S1: nor takes it back");
    assert!(!d.group(G).retracted(said));
}

#[test]
fn s1_in_no_other_role_than_the_authors_own() {
    let (mut d, said) = scene();
    for seat in [NURSE.admin(), NURSE.group_manager(), NURSE.as_role(Role::FacilityManager)] {
        retract(&mut d, seat, said).refused(Code::WrongRole, "S1: a message is written by oneself");
    }
}

#[test]
fn s1_what_was_taken_back_stays_so() {
    let (mut d, said) = scene();
    retract(&mut d, NURSE.oneself(), said).granted("S1: taken back");
    assert!(d.group(G).retracted(said));
    correct(&mut d, NURSE.oneself(), said).refused(Code::AlreadyRetracted, "S1: no new words for it");
    retract(&mut d, NURSE.oneself(), said).refused(Code::AlreadyRetracted, "S1: once");
}

#[test]
fn s1_the_message_stays_in_the_log() {
    let (mut d, said) = scene();
    let before = d.groups[&G].chain.head_at(said + 1);
    retract(&mut d, NURSE.oneself(), said).expect("taken back");
    assert_eq!(d.groups[&G].chain.head_at(said + 1), before, "S1: the trail is kept");
    let rows: Vec<(u64, bool)> = d.group(G).written().map(|row| (row.seq, row.amends)).collect();
    assert_eq!(rows, [(said, false), (said + 1, true)], "both are there");
}

#[test]
fn s1_only_messages_are_amended() {
    let (mut d, said) = scene();
    correct(&mut d, NURSE.oneself(), said).expect("corrected");
    let size = d.group(G).size();
    let none = (0..size + 2).filter(|seq| *seq != said).chain([u64::MAX]);
    for seq in none {
        retract(&mut d, NURSE.oneself(), seq).refused(Code::Unknown, "S1: no message, or itself an amendment");
    }
}

#[test]
fn s1_an_author_who_had_not_seen_the_message_does_not_amend_it() {
    let (mut d, said) = scene();
    let act = amendment(&d, said, None);
    let mut statement = d.draft_in(G, NURSE.oneself(), act);
    statement.seen.group = d.groups[&G].chain.head_at(said).expect("so far");
    let result = d.submit(&statement).map(|_| ());
    result.refused(Code::HeadMismatch, "S1: the head seen names which message is meant");
}

#[test]
fn s1_after_the_end_of_the_membership_nothing_is_amended() {
    let (mut d, said) = scene();
    d.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    retract(&mut d, NURSE.oneself(), said).refused(Code::NotAReader, "S1: no reader, no amendment");
}

#[test]
fn s1_nothing_is_amended_or_marked_in_a_closed_group() {
    let (mut d, said) = scene();
    d.close(DOCTOR.admin(), G).expect("closed");
    correct(&mut d, NURSE.oneself(), said).refused(Code::GroupClosed, "A5.1: nothing more is written");
    retract(&mut d, NURSE.oneself(), said).refused(Code::GroupClosed, "A5.1: nothing is taken back");
    mark(&mut d, DOCTOR.oneself(), said).refused(Code::GroupClosed, "A5.1: no marks either");
}

#[test]
fn s1_an_amendment_is_under_the_key_of_exactly_the_present_readers() {
    let (mut d, said) = scene();
    d.joins(G, 2, CHIEF);
    correct(&mut d, NURSE.oneself(), said).refused(Code::RekeyRequired, "promise 3: as for a message");
    retract(&mut d, NURSE.oneself(), said).refused(Code::RekeyRequired, "promise 3: its header shows no less");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    let old = Act::Amend(Amendment { original: said, epoch: 1, flags: 0, words: Some(words()) });
    d.act_in(G, NURSE.oneself(), old).refused(Code::RekeyRequired, "promise 3: not under the key of before");
    correct(&mut d, NURSE.oneself(), said).granted("under the present key");
}

#[test]
fn s1_an_amendment_fills_the_epoch_like_a_message() {
    let (mut d, said) = scene();
    let state = d.groups.get_mut(&G).and_then(|log| log.state.as_mut()).expect("the group exists");
    // The scene has sent one.
    for _ in 0..bounds::EPOCH_MESSAGES - 2 {
        state.pass_over_amendment(NURSE.device);
    }
    correct(&mut d, NURSE.oneself(), said).granted("the last one");
    let full = correct(&mut d, NURSE.oneself(), said);
    full.refused(Code::RekeyRequired, "promise 3: a key opens a bounded number of writings");
}

#[test]
fn s1_a_flag_that_nobody_knows_is_refused() {
    let (mut d, said) = scene();
    let act = Act::Amend(Amendment { original: said, epoch: 1, flags: 1, words: Some(words()) });
    d.act_in(G, NURSE.oneself(), act).refused(Code::UnknownVersion, "a condition that can't be kept is not accepted");
}

#[test]
fn s1_nothing_is_amended_before_the_group_or_in_the_registry() {
    let (mut d, said) = scene();
    let act = amendment(&d, said, None);
    let mut elsewhere = d.draft_in(group(9), NURSE.oneself(), act.clone());
    d.submit(&elsewhere).map(|_| ()).refused(Code::Unknown, "no group, no amendment");
    elsewhere.log = renkei_proto::statement::LogId::Registry;
    elsewhere.counter = d.registry.counter(Some(NURSE.device)) + 1;
    d.submit(&elsewhere).map(|_| ()).refused(Code::WrongLog, "not in the registry");
}

#[test]
fn s1_who_is_shown_headers_alone_keeps_every_rule_that_needs_no_body() {
    let (mut d, said) = scene();
    correct(&mut d, NURSE.oneself(), said).expect("corrected");
    mark(&mut d, DOCTOR.oneself(), said + 1).expect("seen");
    d.message(DOCTOR.oneself(), G).expect("a message");
    let whole = d.group(G).clone();
    let bare = replayed_bare(&d);
    assert_eq!(bare, whole, "S1: the same state, but for what the bodies say was taken back");
    retract(&mut d, NURSE.oneself(), said).expect("taken back");
    let bare = replayed_bare(&d);
    assert!(d.group(G).retracted(said) && !bare.retracted(said), "which of them, only readers know");
    assert_eq!(bare.written().collect::<Vec<_>>(), d.group(G).written().collect::<Vec<_>>());
}

/// The group as somebody follows it who is sent messages and amendments as headers alone.
fn replayed_bare(d: &District) -> Group {
    let mut state: Option<Group> = None;
    for entry in d.accepted.iter().filter(|entry| entry.log == renkei_proto::statement::LogId::Group(G)) {
        let claim = renkei_proto::statement::Claim::parse(entry.signed.clone()).expect("canonical");
        let view = d.registry.at(entry.registry).expect("so far");
        let author = claim.unverified().actor.device().expect("a device");
        match (&claim.unverified().act, &mut state) {
            (Act::Message(_), Some(group)) => group.pass_over(author),
            (Act::Amend(_), Some(group)) => group.pass_over_amendment(author),
            _ => {
                let verified = view.authenticate(claim).granted("signed by its author");
                let judged = renkei_policy::group::judge(state.as_ref(), &verified, view, entry.time);
                assert!(judged.granted("granted to one, granted to all").fold(&mut state));
            }
        }
    }
    state.expect("a group")
}

// ---- marks ----------------------------------------------------------------------------------------------------------

#[test]
fn s1_a_reader_says_how_far_and_only_further() {
    let (mut d, said) = scene();
    d.message(NURSE.oneself(), G).expect("a second one");
    assert_eq!(d.group(G).seen(DOCTOR.user), None, "not yet");
    mark(&mut d, DOCTOR.oneself(), said).granted("S1: the first");
    mark(&mut d, DOCTOR.oneself(), said).refused(Code::NothingToDo, "S1: the same says nothing new");
    mark(&mut d, DOCTOR.oneself(), said + 1).granted("S1: the second");
    mark(&mut d, DOCTOR.oneself(), said).refused(Code::NothingToDo, "S1: never back");
    assert_eq!(d.group(G).seen(DOCTOR.user), Some(said + 1));
    assert_eq!(d.group(G).seen(NURSE.user), None, "each for oneself");
}

#[test]
fn s1_a_mark_is_the_persons_not_the_devices() {
    let (mut d, said) = scene();
    let tablet = NURSE.with(131);
    d.approve_device(CHIEF.admin(), tablet).expect("approved");
    d.approve_device(NURSE.oneself(), tablet).expect("vouched for");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    d.message(DOCTOR.oneself(), G).expect("a message");
    let last = d.group(G).size() - 1;
    mark(&mut d, NURSE.oneself(), last).granted("with one device");
    mark(&mut d, tablet.oneself(), said).refused(Code::NothingToDo, "S1: seen is seen");
    mark(&mut d, tablet.oneself(), last).refused(Code::NothingToDo, "S1: and told once");
}

#[test]
fn s1_a_mark_names_something_that_was_written() {
    let (mut d, said) = scene();
    let size = d.group(G).size();
    for upto in (0..size + 2).filter(|upto| *upto != said).chain([u64::MAX]) {
        mark(&mut d, DOCTOR.oneself(), upto).refused(Code::Unknown, "S1: nothing to be seen there");
    }
    mark(&mut d, DOCTOR.oneself(), said).expect("seen");
    let own = d.group(G).size() - 1;
    mark(&mut d, NURSE.oneself(), own).refused(Code::Unknown, "S1: marks call for no marks");
    correct(&mut d, NURSE.oneself(), said).expect("corrected");
    let correction = d.group(G).size() - 1;
    mark(&mut d, DOCTOR.oneself(), correction).granted("S1: a correction is seen too");
}

#[test]
fn s1_nobody_marks_what_the_device_had_not_got() {
    let (mut d, said) = scene();
    let mut statement = d.draft_in(G, DOCTOR.oneself(), Act::Seen { upto: said });
    statement.seen.group = d.groups[&G].chain.head_at(said).expect("so far");
    d.submit(&statement).map(|_| ()).refused(Code::HeadMismatch, "S1: it had not come yet");
}

#[test]
fn s1_only_readers_mark() {
    let (mut d, said) = scene();
    for who in [CHIEF, CLERK, OPERATOR, PLANNER] {
        mark(&mut d, who.oneself(), said).refused(Code::NotAReader, "S1: who does not read has seen nothing");
    }
    mark(&mut d, DOCTOR.admin(), said).refused(Code::WrongRole, "S1: for oneself");
    d.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    mark(&mut d, NURSE.oneself(), said).refused(Code::NotAReader, "S1: nor after the end");
}

#[test]
fn s1_a_mark_needs_no_epoch_and_fills_none() {
    let (mut d, said) = scene();
    d.joins(G, 2, CHIEF);
    mark(&mut d, DOCTOR.oneself(), said).granted("S1: before the next key is made");
    mark(&mut d, CHIEF.oneself(), said).granted("S1: a newcomer");
    let mut d = scene().0;
    let state = d.groups.get_mut(&G).and_then(|log| log.state.as_mut()).expect("the group exists");
    for _ in 0..bounds::EPOCH_MESSAGES - 2 {
        state.pass_over(NURSE.device);
    }
    mark(&mut d, DOCTOR.oneself(), said).expect("seen");
    let roster = d.roster(G);
    assert!(writable_epoch(d.group(G), &roster, d.now).is_some(), "S1: a mark is no message");
}

#[test]
fn s1_marks_and_amendments_of_a_free_group() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Free, true).expect("a group");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    d.message(DOCTOR.oneself(), G).expect("a message");
    let said = d.group(G).size() - 1;
    retract(&mut d, DOCTOR.oneself(), said).granted("S1: in every group");
}
