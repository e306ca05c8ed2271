//! Article 12 (5): files are looked at, not taken along (A12.2).
//!
//! In a patient group, and in an inquiry to the Desk, no file is ever downloaded, and nobody can change that: article 13 knows
//! overrides towards stricter only.
//! In a free group files may be kept outside, unless the originator forbade it for the group, the author for the message, or
//! the association or a facility in its settings. What holds is looked at when a file is opened, not when it was posted.
//!
//! What leaves all the same leaves under a permit that an administrator gave (A12.5): then a file is opened for that, and into
//! the archive only.
//!
//! Opening is for present readers who may have the key of the post's epoch. A file of a message that was taken back is not
//! opened any more: the photograph of the wrong patient is why it was taken back.

use renkei_proto::act::{GroupKind, Post};
use renkei_proto::code::Code;
use renkei_proto::file::{Intent, NO_DOWNLOAD, Opening, Part};
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::a04_origination::require_originator;
use super::a05_groups::require_open;
use super::a06_consent::require_consent;
use super::roster::Roster;
use super::sealing::{require_writable, require_writer};
use super::{By, Group, a12_export};
use crate::registry::{View, duties};
use crate::{Refusal, require};

impl Group {
    /// Who forbade downloads in this free group, once it was done.
    pub fn downloads_forbidden_by(&self) -> Option<By> {
        self.no_download
    }

    /// Whether no file of the group may be downloaded, whatever its message says: by the kind of group, by its originator, or by
    /// the settings of the association or of the originator's facility.
    pub fn forbids_downloads(&self, view: View<'_>) -> bool {
        self.kind != GroupKind::Free || self.no_download.is_some() || !view.rules(Some(self.originator)).downloads
    }
}

/// Like a message, with files that can exist.
pub(super) fn permit_post(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    post: &Post,
    roster: &Roster,
    time: Time,
) -> Result<(), Refusal> {
    require_writer(group, view, statement, roster)?;
    require(post.flags & !NO_DOWNLOAD == 0, Code::UnknownVersion)?;
    let files = post.files.as_slice();
    require(!files.is_empty(), Code::NothingToDo)?;
    let mut named: Vec<_> = files.iter().map(|one| one.file).collect();
    named.sort_unstable();
    require(named.is_sorted_by(|a, b| a < b), Code::AlreadyExists)?;
    let can_be =
        |part: Part| files.iter().filter_map(move |one| one.part(part)).all(|stored| stored.chunks(part).is_some());
    require(can_be(Part::Content) && can_be(Part::Preview), Code::TooLarge)?;
    require_writable(group, roster, post.epoch, time)
}

/// By the originator, once, in a free group: in a patient group it holds anyway.
pub(super) fn permit_forbidding(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    require_open(group, view)?;
    require(group.kind == GroupKind::Free && group.no_download.is_none(), Code::NothingToDo)
}

/// Whether `user` may upload a file with `device`, which a post would then name.
pub fn permit_upload(
    group: &Group,
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    time: Time,
) -> Result<(), Refusal> {
    if let Some(code) = group.shut() {
        return Err(code.into());
    }
    duties::permit_effect(view, user, time)?;
    group.reading(view, user).ok_or(Code::NotAReader)?;
    require(Roster::of(group, view, time).has(user, device), Code::NotAReader)?;
    require_open(group, view)?;
    require_consent(group)
}

/// What an opening is judged by of the message that it names: all that whoever has the file open needs to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// When it was written, by its log.
    pub written: Time,
    /// The epoch whose key it is under.
    pub epoch: u32,
    /// Its author's word on it.
    pub flags: u8,
}

impl Posted {
    /// Of that message, written then.
    pub fn of(post: &Post, written: Time) -> Self {
        Self { written, epoch: post.epoch, flags: post.flags }
    }
}

/// Whether `opening` may be answered: `post` is the message that it names, written then.
pub fn permit_opening(
    group: &Group,
    view: View<'_>,
    opening: &Opening,
    (post, written): (&Post, Time),
    time: Time,
) -> Result<(), Refusal> {
    permit_reading(group, view, opening, post.epoch, time)?;
    let file = post.files.as_slice().get(usize::from(opening.file)).ok_or(Code::Unknown)?;
    file.part(opening.part).ok_or(Code::Unknown)?;
    permit_intent(group, view, opening, &Posted::of(post, written), time)
}

/// Whether whoever was granted `opening` may go on to be handed the file: everything is asked again with each part of it, what
/// it is for as well, so that a stricter word, a revocation, or the end of a permit ends it at once.
pub fn permit_going_on(
    group: &Group,
    view: View<'_>,
    opening: &Opening,
    posted: &Posted,
    time: Time,
) -> Result<(), Refusal> {
    permit_reading(group, view, opening, posted.epoch, time)?;
    permit_intent(group, view, opening, posted, time)
}

/// Whether the person reads this message of the group now.
fn permit_reading(group: &Group, view: View<'_>, opening: &Opening, epoch: u32, time: Time) -> Result<(), Refusal> {
    if let Some(code) = group.shut() {
        return Err(code.into());
    }
    duties::permit_content(view, opening.user, time)?;
    let reading = group.reading(view, opening.user).ok_or(Code::NotAReader)?;
    require(Roster::of(group, view, time).has(opening.user, opening.device), Code::NotAReader)?;
    // What was sealed before the history that this reader may have.
    require(reading.first_epoch <= epoch, Code::NotForYou)?;
    require(!group.retracted(opening.seq), Code::AlreadyRetracted)
}

/// Whether a file may be opened for that.
fn permit_intent(group: &Group, view: View<'_>, opening: &Opening, posted: &Posted, time: Time) -> Result<(), Refusal> {
    match opening.intent {
        Intent::View => Ok(()),
        Intent::Save => {
            let forbidden = downloads_forbidden(group, view, opening.user, posted.flags);
            require(!forbidden, Code::DownloadForbidden)
        }
        // The file, not the small picture of it. That nothing is downloaded is why it takes a permit.
        Intent::TakeOut { takeout } => {
            require(opening.part == Part::Content, Code::TakeoutNotPermitted)?;
            let who = (opening.user, opening.device);
            a12_export::permit_file(group, view, who, takeout, (opening.seq, posted.written), time)
        }
    }
}

/// Whether `user` may not keep files outside of a message with these flags.
pub fn downloads_forbidden(group: &Group, view: View<'_>, user: UserId, flags: u8) -> bool {
    let facility = view.user(user).map(|person| person.facility);
    group.forbids_downloads(view) || flags & NO_DOWNLOAD != 0 || !view.rules(facility).downloads
}
