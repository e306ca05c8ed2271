//! Row A4.1, the patient card: kept by readers, one change at a time, and readable for newcomers.

use renkei_policy::group::Group;
use renkei_proto::act::{Act, Card, CardKey, ConsentBy, GroupAct, GroupKind, HistoryPolicy};
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::entry::EntryKind;
use renkei_proto::hash::Hash32;
use renkei_proto::statement::{Claim, LogId, Role};

use crate::common::*;

const G: renkei_proto::id::GroupId = group(1);

/// Doctor and nurse read; newcomers read from their approval on.
fn scene() -> District {
    District::with_group(HistoryPolicy::FromApproval)
}

fn card(d: &District, replaces: Option<u64>) -> Act {
    let (salt, key, ciphertext) = (digest(b"salt"), digest(b"key"), Blob::default());
    Act::Card(Card { replaces, epoch: d.group(G).epoch(), salt, key, ciphertext })
}

fn change(d: &mut District, seat: Seat, replaces: Option<u64>) -> Result<(), Code> {
    let act = card(d, replaces);
    d.act_in(G, seat, act)
}

fn handing(d: &District, card: u64) -> Act {
    Act::CardKey(CardKey { card, epoch: d.group(G).epoch(), salt: digest(b"salt"), sealed: Blob::default() })
}

fn hand_on(d: &mut District, seat: Seat, card: u64) -> Result<(), Code> {
    let act = handing(d, card);
    d.act_in(G, seat, act)
}

fn present(d: &District) -> Option<u64> {
    d.group(G).card().map(|card| card.seq)
}

#[test]
fn a04_1_every_reader_keeps_the_card_each_change_of_the_one_before() {
    let mut d = scene();
    assert_eq!(present(&d), None);
    change(&mut d, NURSE.oneself(), None).granted("A4.1: the first card");
    let first = present(&d);
    assert_eq!(first, Some(d.group(G).size() - 1), "its place is its name");
    change(&mut d, DOCTOR.oneself(), first).granted("A4.1: care is shared");
    assert_ne!(present(&d), first);
    assert_eq!(d.group(G).messages(), 1, "a card is no message");
}

#[test]
fn a04_1_of_two_changes_of_one_card_the_second_is_refused() {
    let mut d = scene();
    let code = Code::CardChanged;
    change(&mut d, NURSE.oneself(), None).expect("a first card");
    let first = present(&d);
    change(&mut d, DOCTOR.oneself(), None).refused(code, "A4.1: somebody wrote it first");
    change(&mut d, DOCTOR.oneself(), first).granted("A4.1: seen, and changed");
    change(&mut d, NURSE.oneself(), first).refused(code, "A4.1: nothing is overwritten unseen");
    for wrong in [Some(0), Some(d.group(G).size()), Some(u64::MAX)] {
        change(&mut d, NURSE.oneself(), wrong).refused(code, "A4.1: only the present one is replaced");
    }
    // A device that names what it can't have seen guesses.
    let replaces = present(&d);
    let mut early = d.draft_in(G, NURSE.oneself(), card(&d, replaces));
    early.seen.group = renkei_proto::statement::Head::default();
    d.submit(&early).map(|_| ()).refused(Code::HeadMismatch, "A4.1: what was replaced was seen");
}

#[test]
fn a04_1_nobody_but_a_reader_touches_the_card() {
    let mut d = scene();
    for seat in [CHIEF.oneself(), PLANNER.oneself(), CLERK.oneself()] {
        change(&mut d, seat, None).refused(Code::NotAReader, "A4.1: who does not read does not write");
    }
    for seat in [DOCTOR.admin(), NURSE.group_manager(), NURSE.as_role(Role::FacilityManager)] {
        change(&mut d, seat, None).refused(Code::WrongRole, "A4.1: a card is written by oneself");
    }
    d.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    change(&mut d, NURSE.oneself(), None).refused(Code::NotAReader, "A5.2: no longer");
}

#[test]
fn a04_1_a_card_is_of_a_patient_who_consented() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    change(&mut d, DOCTOR.oneself(), None).refused(Code::ConsentMissing, "A6.1: as of a message");
    d.consent(DOCTOR.admin(), G).expect("consent");
    change(&mut d, DOCTOR.oneself(), None).granted("A4.1: after it");
    let free = group(2);
    d.create(DOCTOR.admin(), free, GroupKind::Free, true).expect("a group");
    d.epoch(DOCTOR.oneself(), free).expect("an epoch");
    let act = card(&d, None);
    d.act_in(free, DOCTOR.oneself(), act).refused(Code::CardNotApplicable, "A4.1: no patient, no card");
}

#[test]
fn a04_1_a_card_is_under_the_present_key() {
    let mut d = scene();
    let old = card(&d, None);
    d.joins(G, 2, CHIEF);
    d.act_in(G, DOCTOR.oneself(), old.clone()).refused(Code::RekeyRequired, "A4.1: the readers have changed");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    d.act_in(G, DOCTOR.oneself(), old).refused(Code::RekeyRequired, "A4.1: nor under a key of before");
    change(&mut d, DOCTOR.oneself(), None).granted("A4.1: under the present one");
}

#[test]
fn a04_1_a_closed_a_frozen_and_an_erased_group_keep_the_card_as_it_is() {
    let mut d = scene();
    change(&mut d, NURSE.oneself(), None).expect("a card");
    let first = present(&d);
    let withdrawn = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-22"), scan: digest(b"w") };
    d.act_in(G, DOCTOR.admin(), Act::Group(withdrawn)).expect("withdrawn");
    change(&mut d, NURSE.oneself(), first).refused(Code::ConsentWithdrawn, "A6.2: frozen");
    let answers = d.group(G).to_confirm().expect("an order").statement;
    d.act_in(G, OPERATOR.operator(), Act::Group(GroupAct::ConfirmErasure { answers })).expect("erased");
    change(&mut d, NURSE.oneself(), first).refused(Code::GroupErased, "A6.2: erased");
    let mut d = scene();
    change(&mut d, NURSE.oneself(), None).expect("a card");
    let first = present(&d);
    d.close(DOCTOR.admin(), G).expect("closed");
    change(&mut d, NURSE.oneself(), first).refused(Code::GroupClosed, "A5.1: closed");
}

#[test]
fn a04_1_the_card_is_seen_like_a_message_and_is_amended_by_nobody() {
    let mut d = scene();
    change(&mut d, NURSE.oneself(), None).expect("a card");
    let card = present(&d).expect("a card");
    d.act_in(G, DOCTOR.oneself(), Act::Seen { upto: card }).granted("A4.1: who has seen it is told");
    let (epoch, flags, words) = (d.group(G).epoch(), 0, None);
    let back = Act::Amend(renkei_proto::act::Amendment { original: card, epoch, flags, words });
    d.act_in(G, NURSE.oneself(), back).refused(Code::Unknown, "A4.1: a card is changed, not taken back");
}

// ---- newcomers ------------------------------------------------------------------------------------------------------

/// A card, and then a newcomer whose keys begin after it.
fn with_newcomer(history: HistoryPolicy) -> (District, u64) {
    let mut d = District::with_group(history);
    change(&mut d, NURSE.oneself(), None).expect("a card");
    let card = present(&d).expect("a card");
    d.joins(G, 2, CHIEF);
    assert!(!d.group(G).card_awaited(1), "before there is a key for the newcomer there is nothing to hand on");
    hand_on(&mut d, NURSE.oneself(), card).refused(Code::RekeyRequired, "A4.1: under the newcomer's key");
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    (d, card)
}

#[test]
fn a04_1_the_key_of_the_card_is_handed_on_to_a_newcomer() {
    let (mut d, card) = with_newcomer(HistoryPolicy::FromApproval);
    assert!(d.group(G).card_awaited(1), "the newcomer can't read it yet");
    assert!(!d.group(G).card_awaited(2), "under the second key everybody can");
    hand_on(&mut d, DOCTOR.oneself(), card).granted("A4.1: by whoever makes the epoch");
    hand_on(&mut d, DOCTOR.oneself(), card).refused(Code::NothingToDo, "A4.1: once in an epoch");
    hand_on(&mut d, NURSE.oneself(), card).granted("A4.1: another device may, should that have been rubbish");
    assert_eq!(present(&d), Some(card), "nothing is changed by it");
    d.replayed();
}

#[test]
fn a04_1_where_newcomers_have_the_key_nothing_is_handed_on() {
    let (mut d, card) = with_newcomer(HistoryPolicy::All);
    hand_on(&mut d, DOCTOR.oneself(), card).refused(Code::NothingToDo, "A4.1: they are given the epoch's key");
}

#[test]
fn a04_1_only_the_present_card_is_handed_on_and_only_by_readers() {
    let (mut d, card) = with_newcomer(HistoryPolicy::FromApproval);
    hand_on(&mut d, PLANNER.oneself(), card).refused(Code::NotAReader, "A4.1: by readers");
    hand_on(&mut d, DOCTOR.admin(), card).refused(Code::WrongRole, "A4.1: as oneself");
    for wrong in [0, card - 1, card + 1, u64::MAX] {
        hand_on(&mut d, DOCTOR.oneself(), wrong).refused(Code::CardChanged, "A4.1: no other card");
    }
    let act = Act::CardKey(CardKey { card, epoch: 1, salt: Hash32::default(), sealed: Blob::default() });
    d.act_in(G, DOCTOR.oneself(), act).refused(Code::RekeyRequired, "A4.1: under the present key");
    change(&mut d, CHIEF.oneself(), Some(card)).granted("A4.1: a newcomer keeps it as well");
    hand_on(&mut d, DOCTOR.oneself(), card).refused(Code::CardChanged, "A4.1: it is no longer the present one");
    let next = present(&d).expect("a card");
    hand_on(&mut d, DOCTOR.oneself(), next).refused(Code::NothingToDo, "A4.1: everybody reads the new one");
}

#[test]
fn a04_1_nothing_is_handed_on_in_a_closed_or_a_frozen_group() {
    let (mut d, card) = with_newcomer(HistoryPolicy::FromApproval);
    d.close(DOCTOR.admin(), G).expect("closed");
    hand_on(&mut d, DOCTOR.oneself(), card).refused(Code::GroupClosed, "A5.1: closed");
    let (mut d, card) = with_newcomer(HistoryPolicy::FromApproval);
    let withdrawn = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on: date("2026-11-22"), scan: digest(b"w") };
    d.act_in(G, DOCTOR.admin(), Act::Group(withdrawn)).expect("withdrawn");
    hand_on(&mut d, DOCTOR.oneself(), card).refused(Code::ConsentWithdrawn, "A6.2: frozen");
}

/// The group as somebody follows it who is sent content as headers alone.
#[test]
fn a04_1_who_governs_without_reading_follows_the_card_by_headers() {
    let (mut d, card) = with_newcomer(HistoryPolicy::FromApproval);
    hand_on(&mut d, DOCTOR.oneself(), card).expect("handed on");
    change(&mut d, CHIEF.oneself(), Some(card)).expect("changed");
    let mut bare: Option<Group> = None;
    for entry in d.accepted.iter().filter(|entry| entry.log == LogId::Group(G)) {
        let claim = Claim::parse(entry.signed.clone()).expect("canonical");
        let view = d.registry.at(entry.registry).expect("so far");
        let kind = EntryKind::of(&claim.unverified().act);
        let author = claim.unverified().actor.device().expect("a device");
        match &mut bare {
            Some(group) if kind.is_content() => {
                renkei_policy::group::sealing::permit_withheld(group, view, author, entry.time).granted("by a reader");
                group.pass_over_content(kind, author);
            }
            _ => {
                let verified = view.authenticate(claim).granted("signed by its author");
                let judged = renkei_policy::group::judge(bare.as_ref(), &verified, view, entry.time);
                assert!(judged.granted("granted to one, granted to all").fold(&mut bare));
            }
        }
    }
    assert_eq!(bare.as_ref(), Some(d.group(G)), "nothing of the card's words is needed to follow it");
}
