//! Article 12 (5): files are looked at, not taken along (A12.2).
//!
//! In a patient group, and in an inquiry to the Desk, no file is ever downloaded, and nobody can change that: article 13 knows
//! overrides towards stricter only.
//! In a free group files may be kept outside, unless the originator forbade it for the group, the author for the message, or
//! the association or a facility in its settings. What holds is looked at when a file is opened, not when it was posted.
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
use super::{By, Group};
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

/// Whether whoever reads the group now may go on to be handed a file of the message at `seq`.
pub fn permit_reading(
    group: &Group,
    view: View<'_>,
    (user, device): (UserId, DeviceId),
    (seq, post): (u64, &Post),
    time: Time,
) -> Result<(), Refusal> {
    if let Some(code) = group.shut() {
        return Err(code.into());
    }
    duties::permit_content(view, user, time)?;
    let reading = group.reading(view, user).ok_or(Code::NotAReader)?;
    require(Roster::of(group, view, time).has(user, device), Code::NotAReader)?;
    // What was sealed before the history that this reader may have.
    require(reading.first_epoch <= post.epoch, Code::NotForYou)?;
    require(!group.retracted(seq), Code::AlreadyRetracted)
}

/// Whether `opening` may be answered: `post` is the one that it names.
pub fn permit_opening(
    group: &Group,
    view: View<'_>,
    opening: &Opening,
    post: &Post,
    time: Time,
) -> Result<(), Refusal> {
    permit_reading(group, view, (opening.user, opening.device), (opening.seq, post), time)?;
    let file = post.files.as_slice().get(usize::from(opening.file)).ok_or(Code::Unknown)?;
    file.part(opening.part).ok_or(Code::Unknown)?;
    match opening.intent {
        Intent::View => Ok(()),
        Intent::Save => require(!downloads_forbidden(group, view, opening.user, post), Code::DownloadForbidden),
    }
}

/// Whether `user` may not keep files of `post` outside.
pub fn downloads_forbidden(group: &Group, view: View<'_>, user: UserId, post: &Post) -> bool {
    let facility = view.user(user).map(|person| person.facility);
    group.forbids_downloads(view) || post.flags & NO_DOWNLOAD != 0 || !view.rules(facility).downloads
}
