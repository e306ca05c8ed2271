//! Article 12 (9) with (5): files leave under a permit alone, and no permit grows after it was asked for (A12.5).

use renkei_policy::group::a12_export;
use renkei_policy::group::a12_files::{Posted, permit_going_on, permit_opening};
use renkei_proto::act::{HistoryPolicy, Post, RegistryAct};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::file::{Attachment, Intent, NO_DOWNLOAD, Opening, Part, Stored, sealed_length};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{FileId, GroupId, RequestId, TakeoutId};
use renkei_proto::takeout::{
    Medium, StandingTakeout, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_proto::time::Time;

use crate::common::*;

const TAKEOUT: TakeoutId = TakeoutId([1; 16]);

fn g() -> GroupId {
    group(1)
}

/// The nurse's request for everything that is in the group, on this medium, with this device.
fn asks(d: &mut District, medium: Medium, who: Who) {
    let request = TakeoutRequest {
        takeout: TAKEOUT,
        what: TakeoutSubject::Information { group: g(), first: 0, last: u64::MAX },
        medium,
        purpose: TakeoutPurpose::Conference,
        from: d.now,
        until: d.now.plus(A_DAY),
        device: who.device,
    };
    d.act(who.oneself(), RegistryAct::RequestTakeout(request)).expect("asked");
}

fn approved(d: &mut District, seat: Seat) -> Result<(), Code> {
    let request = d.registry.now().takeout(TAKEOUT).expect("asked").statement;
    d.act(seat, RegistryAct::DecideTakeout { takeout: TAKEOUT, request, approve: true }).map(drop)
}

/// The nurse may take all of the group out.
fn scene() -> District {
    let mut d = District::with_group(HistoryPolicy::All);
    asks(&mut d, Medium::UsbMemory, NURSE);
    approved(&mut d, CHIEF.admin()).expect("approved");
    d
}

/// A post with a picture, and its preview. No author has allowed that it is downloaded.
fn post(d: &District) -> Post {
    let stored = |length| Stored { length: sealed_length(length), root: Hash32([3; 32]) };
    let file = Attachment { file: FileId([1; 16]), content: stored(1_000), preview: Some(stored(100)) };
    Post {
        epoch: d.group(g()).epoch(),
        salt: digest(b"salt"),
        flags: NO_DOWNLOAD,
        files: List::new(vec![file]).expect("one"),
        ciphertext: Blob::default(),
    }
}

fn opening(d: &District, who: Who) -> Opening {
    Opening {
        version: renkei_proto::VERSION,
        suite: renkei_proto::SUITE,
        association: association(),
        user: who.user,
        device: who.device,
        group: g(),
        seq: 1,
        file: 0,
        part: Part::Content,
        intent: Intent::TakeOut { takeout: TAKEOUT },
        request: RequestId([1; 16]),
        at: d.now,
    }
}

/// Whether this opening, of a post that was written then, is granted; and one that was granted goes on just as long.
fn opens_at(d: &District, opening: &Opening, written: Time) -> Result<(), Code> {
    let (group, view, post) = (d.group(opening.group), d.registry.now(), post(d));
    let granted = permit_opening(group, view, opening, (&post, written), d.now);
    let goes_on = permit_going_on(group, view, opening, &Posted::of(&post, written), d.now);
    assert_eq!(granted, goes_on, "A12.5: what is not granted does not go on");
    granted.map_err(|refusal| refusal.0)
}

fn opens(d: &District, who: Who) -> Result<(), Code> {
    opens_at(d, &opening(d, who), d.group(g()).created().time)
}

fn exports(d: &District, form: TakeoutForm, written: Time) -> Result<(), Code> {
    let manifest = Hash32([7; 32]);
    let export = TakeoutExport { takeout: TAKEOUT, group: g(), form, first: 1, last: 1, items: 1, manifest };
    let view = d.registry.now();
    let standing = view.may_act(NURSE.user, NURSE.device).expect("active");
    a12_export::permit(d.group(g()), view, &standing, (&export, written), d.now).map_err(|refusal| refusal.0)
}

#[test]
fn a12_5_a_file_leaves_a_patient_group_under_a_permit_though_nothing_is_downloaded_there() {
    let d = scene();
    let save = Opening { intent: Intent::Save, ..opening(&d, NURSE) };
    opens_at(&d, &save, Time(0)).refused(Code::DownloadForbidden, "A12.2: nothing is downloaded");
    opens(&d, NURSE).granted("A12.5: it leaves under its permit");
    let preview = Opening { part: Part::Preview, ..opening(&d, NURSE) };
    opens_at(&d, &preview, Time(0)).refused(Code::TakeoutNotPermitted, "A12.5: the file, not its small picture");
}

#[test]
fn a12_5_a_file_leaves_by_the_person_and_the_device_of_the_permit_alone() {
    let mut d = scene();
    opens(&d, DOCTOR).refused(Code::TakeoutNotPermitted, "A12.5: nobody of another facility");
    d.joins(g(), 9, CHIEF);
    opens(&d, CHIEF).refused(Code::TakeoutNotPermitted, "A12.5: not who approved it");
    let phone = NURSE.with(131);
    d.approve_device(CHIEF.admin(), phone).expect("approved");
    d.approve_device(NURSE.oneself(), phone).expect("vouched");
    opens(&d, phone).refused(Code::TakeoutNotPermitted, "A12.5: not the same person's other device");
    let other = Opening { intent: Intent::TakeOut { takeout: TakeoutId([2; 16]) }, ..opening(&d, NURSE) };
    opens_at(&d, &other, Time(0)).refused(Code::TakeoutNotPermitted, "A12.5: not under a permit that nobody gave");
}

#[test]
fn a12_5_a_file_leaves_before_the_end_of_its_permit() {
    let mut revoked = scene();
    revoked.act(CHIEF.admin(), RegistryAct::RevokeTakeout { takeout: TAKEOUT }).expect("revoked");
    opens(&revoked, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: revoked, at once");
    let mut removed = scene();
    removed.remove(CHIEF.admin(), g(), NURSE).expect("removed");
    opens(&removed, NURSE).refused(Code::NotAReader, "A5.2: out of the group");
    let mut over = scene();
    over.now = over.now.plus(A_DAY - 1);
    opens(&over, NURSE).granted("A12.5: to its last second");
    over.now = over.now.plus(1);
    opens(&over, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: and not after it");
}

#[test]
fn a12_5_a_file_leaves_after_somebody_in_office_has_approved() {
    let mut d = District::with_group(HistoryPolicy::All);
    opens(&d, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: nobody asked");
    asks(&mut d, Medium::UsbMemory, NURSE);
    opens(&d, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: nobody has approved");
    approved(&mut d, DOCTOR.admin()).refused(Code::NotAdministrator, "A12.5: not another facility's administrator");
    opens(&d, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: and so nothing leaves");
    approved(&mut d, CHIEF.admin()).expect("approved");
    opens(&d, NURSE).granted("A12.5: then it may");
}

#[test]
fn a12_5_a_file_does_not_leave_as_text_for_the_chart() {
    let mut d = District::with_group(HistoryPolicy::All);
    let until = d.now.plus(A_DAY);
    let permit = StandingTakeout { takeout: TAKEOUT, user: NURSE.user, group: None, until };
    d.act(CHIEF.admin(), RegistryAct::GrantStandingTakeout(permit)).expect("granted");
    opens(&d, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: a standing permit is for text");
    exports(&d, TakeoutForm::Text, d.now).granted("A12.5: which it does permit");
    let mut d = District::with_group(HistoryPolicy::All);
    asks(&mut d, Medium::Chart, NURSE);
    approved(&mut d, CHIEF.admin()).expect("approved");
    opens(&d, NURSE).refused(Code::TakeoutNotPermitted, "A12.5: so is one for the chart");
}

#[test]
fn a12_5_a_permit_covers_what_was_there_when_it_was_asked_for_and_never_grows() {
    let mut d = scene();
    let asked = d.registry.now().takeout(TAKEOUT).expect("asked").asked.time;
    d.now = d.now.plus(60);
    let then = opening(&d, NURSE);
    opens_at(&d, &then, asked).granted("A12.5: it was there");
    opens_at(&d, &then, asked.plus(1)).refused(Code::TakeoutNotPermitted, "A12.5: a file that came later");
    exports(&d, TakeoutForm::Archive, asked).granted("A12.5: words that were there");
    exports(&d, TakeoutForm::Archive, asked.plus(1)).refused(Code::TakeoutNotPermitted, "A12.5: words that came later");
}
