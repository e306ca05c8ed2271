//! Row A12.2: files are looked at, not taken along.

use renkei_policy::group::a12_files::{Posted, downloads_forbidden, permit_going_on, permit_opening, permit_upload};
use renkei_proto::act::{Act, ConsentBy, GroupAct, GroupKind, HistoryPolicy, Post, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::file::{Attachment, Intent, NO_DOWNLOAD, Opening, Part, SEALED_CHUNK, Stored, sealed_length};
use renkei_proto::id::{FileId, GroupId, RequestId};
use renkei_proto::settings::Setting;

use crate::common::*;

const G: GroupId = group(1);
const FREE: GroupId = group(2);

fn stored(length: u64) -> Stored {
    Stored { length: sealed_length(length), root: digest(b"chunks") }
}

fn file(n: u8) -> Attachment {
    Attachment { file: FileId([n; 16]), content: stored(1_000), preview: Some(stored(100)) }
}

fn post(d: &District, id: GroupId, files: Vec<Attachment>, flags: u8) -> Post {
    let (epoch, files) = (d.group(id).epoch(), List::new(files).expect("few"));
    Post { epoch, salt: digest(b"salt"), flags, files, ciphertext: Blob::default() }
}

fn send(d: &mut District, seat: Seat, id: GroupId, files: Vec<Attachment>, flags: u8) -> Result<(), Code> {
    let act = Act::Post(post(d, id, files, flags));
    d.act_in(id, seat, act)
}

fn opening(d: &District, who: Who, id: GroupId, seq: u64, intent: Intent) -> Opening {
    Opening {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        association: association(),
        user: who.user,
        device: who.device,
        group: id,
        seq,
        file: 0,
        part: Part::Content,
        intent,
        request: RequestId([1; 16]),
        at: d.now,
    }
}

fn open(d: &District, opening: Opening, post: &Post) -> Result<(), Code> {
    permit_opening(d.group(opening.group), d.registry.now(), &opening, (post, d.now), d.now)
        .map_err(|refusal| refusal.0)
}

/// A patient group in which the nurse has sent a file.
fn scene() -> (District, u64, Post) {
    let mut d = District::with_group(HistoryPolicy::All);
    send(&mut d, NURSE.oneself(), G, vec![file(1)], 0).expect("sent");
    let (seq, post) = (d.group(G).size() - 1, post(&d, G, vec![file(1)], 0));
    (d, seq, post)
}

/// A free group of the doctor's in which files were sent, one of them not to be downloaded.
fn free() -> (District, Post, Post) {
    let mut d = District::with_group(HistoryPolicy::All);
    d.create(DOCTOR.admin(), FREE, GroupKind::Free, true).expect("created");
    d.epoch(DOCTOR.oneself(), FREE).expect("an epoch");
    send(&mut d, DOCTOR.oneself(), FREE, vec![file(1)], 0).expect("sent");
    send(&mut d, DOCTOR.oneself(), FREE, vec![file(2)], NO_DOWNLOAD).expect("sent");
    let (plain, strict) = (post(&d, FREE, vec![file(1)], 0), post(&d, FREE, vec![file(2)], NO_DOWNLOAD));
    (d, plain, strict)
}

fn save(d: &District, post: &Post) -> Result<(), Code> {
    open(d, opening(d, DOCTOR, FREE, d.group(FREE).size() - 1, Intent::Save), post)
}

// ---- posts ----------------------------------------------------------------------------------------------------------

#[test]
fn a12_2_a_post_is_a_message_to_everything_that_counts_messages() {
    let (d, seq, _) = scene();
    assert_eq!(d.group(G).written_at(seq).map(|row| (row.by, row.amends)), Some((NURSE.device, false)));
    assert_eq!(d.group(G).messages(), 2);
}

#[test]
fn a12_2_only_a_reader_posts_under_the_present_key_and_after_the_consent() {
    let mut d = District::with_group(HistoryPolicy::All);
    send(&mut d, CHIEF.oneself(), G, vec![file(1)], 0).refused(Code::NotAReader, "A12.2: no member");
    send(&mut d, NURSE.admin(), G, vec![file(1)], 0).refused(Code::WrongRole, "A12.2: oneself");
    let old = Post { epoch: d.group(G).epoch() - 1, ..post(&d, G, vec![file(1)], 0) };
    d.act_in(G, NURSE.oneself(), Act::Post(old)).refused(Code::RekeyRequired, "A12.2: an older key");
    d.create(DOCTOR.admin(), FREE, GroupKind::Patient, true).expect("created");
    d.epoch(DOCTOR.oneself(), FREE).expect("an epoch");
    send(&mut d, DOCTOR.oneself(), FREE, vec![file(1)], 0).refused(Code::ConsentMissing, "A6.1 holds for files too");
    d.close(DOCTOR.admin(), G).expect("closed");
    send(&mut d, NURSE.oneself(), G, vec![file(1)], 0).refused(Code::GroupClosed, "A5.1 holds for files too");
}

#[test]
fn a12_2_a_post_names_some_files_that_can_be_each_once() {
    let (mut d, ..) = scene();
    let mut try_files = |files: Vec<Attachment>| send(&mut d, NURSE.oneself(), G, files, 0);
    try_files(vec![]).refused(Code::NothingToDo, "A12.2: no file");
    try_files(vec![file(1), file(2), file(1)]).refused(Code::AlreadyExists, "A12.2: one of them twice");
    let impossible = Stored { length: SEALED_CHUNK as u64 + 16, ..stored(1) };
    for content in [stored(0), stored(bounds::FILE + 1), impossible] {
        let wrong = Attachment { content, ..file(3) };
        try_files(vec![wrong]).refused(Code::TooLarge, "A12.2: no file has this length");
    }
    let wrong = Attachment { preview: Some(stored(bounds::PREVIEW + 1)), ..file(3) };
    try_files(vec![wrong]).refused(Code::TooLarge, "A12.2: a preview is small");
}

#[test]
fn a12_2_a_flag_without_a_meaning_is_refused() {
    let (mut d, ..) = scene();
    for flags in [2, 3, 128] {
        send(&mut d, NURSE.oneself(), G, vec![file(4)], flags).refused(Code::UnknownVersion, "A12.2: an unknown flag");
    }
    send(&mut d, NURSE.oneself(), G, vec![file(4)], NO_DOWNLOAD).granted("A12.2: the one that there is");
}

// ---- no download ----------------------------------------------------------------------------------------------------

#[test]
fn a12_2_nothing_of_a_patient_group_is_downloaded_and_nobody_can_change_that() {
    let (mut d, seq, post) = scene();
    for who in [NURSE, DOCTOR] {
        let view = opening(&d, who, G, seq, Intent::View);
        open(&d, view, &post).granted("A12.2: looking is what it is for");
        let save = opening(&d, who, G, seq, Intent::Save);
        open(&d, save, &post).refused(Code::DownloadForbidden, "A12.2: not even its author");
    }
    let forbid = Act::Group(GroupAct::ForbidDownload);
    d.act_in(G, DOCTOR.admin(), forbid).refused(Code::NothingToDo, "A12.2: it holds anyway");
}

#[test]
fn a12_2_in_a_free_group_the_author_forbids_it_for_one_message() {
    let (d, plain, strict) = free();
    save(&d, &plain).granted("A12.2: no patient's");
    save(&d, &strict).refused(Code::DownloadForbidden, "A12.2: stricter, by its author");
}

#[test]
fn a12_2_the_originator_forbids_it_for_a_free_group_once_and_for_good() {
    let (mut d, plain, _) = free();
    let forbid = || Act::Group(GroupAct::ForbidDownload);
    d.act_in(FREE, NURSE.oneself(), forbid()).refused(Code::NotOriginator, "A12.2: nobody else");
    d.act_in(FREE, DOCTOR.admin(), forbid()).granted("A12.2: the originator");
    save(&d, &plain).refused(Code::DownloadForbidden, "A12.2: also what was sent before");
    d.act_in(FREE, DOCTOR.admin(), forbid()).refused(Code::NothingToDo, "A12.2: once");
    assert!(d.group(FREE).downloads_forbidden_by().is_some());
}

#[test]
fn a13_1_the_association_or_a_facility_forbids_it_for_its_people() {
    let (mut d, plain, _) = free();
    let set = |facility| RegistryAct::Set { facility, setting: Setting::Downloads(false) };
    d.act(DOCTOR.admin(), set(Some(CLINIC))).expect("set");
    assert!(downloads_forbidden(d.group(FREE), d.registry.now(), DOCTOR.user, plain.flags), "A13.1: by the facility");
    let (mut d, plain, _) = free();
    d.act(OPERATOR.operator(), set(None)).expect("a voice");
    save(&d, &plain).granted("A13.1: one voice is not enough");
    d.act(COLLEAGUE.operator(), set(None)).expect("the second");
    save(&d, &plain).refused(Code::DownloadForbidden, "A13.1: by the association");
    let loosen = RegistryAct::Set { facility: Some(CLINIC), setting: Setting::Downloads(true) };
    d.act(DOCTOR.admin(), loosen).refused(Code::WeakerThanPolicy, "A13.1: never weaker");
}

/// Whether a copy that was begun to be kept goes on.
fn goes_on(d: &District, post: &Post) -> Result<(), Code> {
    let begun = opening(d, DOCTOR, FREE, d.group(FREE).size() - 1, Intent::Save);
    let posted = Posted::of(post, d.now);
    permit_going_on(d.group(FREE), d.registry.now(), &begun, &posted, d.now).map_err(|refusal| refusal.0)
}

#[test]
fn a12_2_a_stricter_word_ends_a_copy_that_was_begun() {
    let (mut d, plain, strict) = free();
    goes_on(&d, &plain).granted("A12.2: as it was permitted");
    goes_on(&d, &strict).refused(Code::DownloadForbidden, "A12.2: the author's word");
    d.act_in(FREE, DOCTOR.admin(), Act::Group(GroupAct::ForbidDownload)).expect("forbidden");
    goes_on(&d, &plain).refused(Code::DownloadForbidden, "A12.2: the originator's");
    let (mut d, plain, _) = free();
    let setting = Setting::Downloads(false);
    d.act(DOCTOR.admin(), RegistryAct::Set { facility: Some(CLINIC), setting }).expect("set");
    goes_on(&d, &plain).refused(Code::DownloadForbidden, "A13.1: the facility's");
}

// ---- opening --------------------------------------------------------------------------------------------------------

#[test]
fn a12_2_only_a_present_reader_opens_a_file() {
    let (mut d, seq, post) = scene();
    let view = opening(&d, CHIEF, G, seq, Intent::View);
    open(&d, view, &post).refused(Code::NotAReader, "A12.2: no member, though an administrator");
    d.remove(DOCTOR.admin(), G, NURSE).expect("removed");
    let view = opening(&d, NURSE, G, seq, Intent::View);
    open(&d, view, &post).refused(Code::NotAReader, "A12.2: removed, though the author");
}

#[test]
fn a12_2_there_must_be_such_a_file_and_such_a_part() {
    let (d, seq, _) = scene();
    let bare = post(&d, G, vec![Attachment { preview: None, ..file(1) }], 0);
    let at = |file, part| Opening { file, part, ..opening(&d, DOCTOR, G, seq, Intent::View) };
    open(&d, at(0, Part::Content), &bare).granted("A12.2: the file");
    open(&d, at(0, Part::Preview), &bare).refused(Code::Unknown, "A12.2: it has no preview");
    open(&d, at(1, Part::Content), &bare).refused(Code::Unknown, "A12.2: it has one file");
}

#[test]
fn a12_2_the_file_of_a_message_that_was_taken_back_is_opened_by_nobody() {
    let (mut d, seq, post) = scene();
    let epoch = d.group(G).epoch();
    let retract = renkei_proto::act::Amendment { original: seq, epoch, flags: 0, words: None };
    d.act_in(G, NURSE.oneself(), Act::Amend(retract)).expect("taken back");
    for who in [NURSE, DOCTOR] {
        let view = opening(&d, who, G, seq, Intent::View);
        open(&d, view, &post).refused(Code::AlreadyRetracted, "A12.2 with S1");
    }
}

#[test]
fn a12_2_a_newcomer_opens_only_what_the_history_policy_gives() {
    let mut d = District::with_group(HistoryPolicy::FromApproval);
    send(&mut d, NURSE.oneself(), G, vec![file(1)], 0).expect("sent");
    let (seq, before) = (d.group(G).size() - 1, post(&d, G, vec![file(1)], 0));
    d.joins(G, 9, CHIEF);
    d.epoch(DOCTOR.oneself(), G).expect("an epoch");
    let view = opening(&d, CHIEF, G, seq, Intent::View);
    open(&d, view, &before).refused(Code::NotForYou, "A12.2: from before the approval");
    let after = post(&d, G, vec![file(2)], 0);
    open(&d, view, &after).granted("A12.2: from then on");
}

#[test]
fn a12_2_a_frozen_group_opens_nothing_and_takes_no_file() {
    let (mut d, seq, post) = scene();
    let who = |who: Who| (who.user, who.device);
    permit_upload(d.group(G), d.registry.now(), who(NURSE), d.now).map_err(|no| no.0).granted("A12.2: before");
    let (on, scan) = (date("2026-11-22"), digest(b"paper"));
    let withdrawn = GroupAct::WithdrawConsent { by: ConsentBy::Patient, on, scan };
    d.act_in(G, DOCTOR.admin(), Act::Group(withdrawn)).expect("withdrawn");
    let view = d.registry.now();
    let (group, code) = (d.group(G), Code::ConsentWithdrawn);
    permit_upload(group, view, who(NURSE), d.now).map_err(|no| no.0).refused(code, "A6.2: no upload");
    let begun = opening(&d, NURSE, G, seq, Intent::View);
    permit_going_on(group, view, &begun, &Posted::of(&post, d.now), d.now)
        .map_err(|no| no.0)
        .refused(code, "A6.2: no chunk");
    open(&d, opening(&d, NURSE, G, seq, Intent::View), &post).refused(code, "A6.2: no opening");
}

#[test]
fn a12_2_nobody_else_uploads_for_a_group() {
    let (mut d, ..) = scene();
    let try_with = |d: &District, who: Who| {
        permit_upload(d.group(G), d.registry.now(), (who.user, who.device), d.now).map_err(|no| no.0)
    };
    try_with(&d, CHIEF).refused(Code::NotAReader, "A12.2: no member");
    d.close(DOCTOR.admin(), G).expect("closed");
    try_with(&d, NURSE).refused(Code::GroupClosed, "A12.2: nothing more is written");
}
