//! Article 10: the association's texts, and that everybody has read the points to note (A10.1).
//!
//! A text belongs to the association: two operators of the Desk, or one and the root, sign each version of it by its hash.
//! The points to note are acknowledged by everybody in their present version, with a signature that names the very text.
//! What is held back until then is decided in [`super::duties`].

use renkei_proto::code::Code;
use renkei_proto::hash::Hash32;
use renkei_proto::id::UserId;
use renkei_proto::statement::{Role, Statement};
use renkei_proto::time::Time;
use renkei_proto::wording::TextKind;
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View, desk_voices};
use crate::{Refusal, require};

/// A version of a text in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSince {
    /// The entry that published it.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// Which text.
    pub kind: TextKind,
    /// Which version.
    pub version: u32,
    /// Its hash.
    pub text: Hash32,
    /// The entry beside which the text itself is kept.
    pub kept: Seq,
}

/// A version that some have signed and that is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextProposal {
    /// Which text.
    pub kind: TextKind,
    /// Which version.
    pub version: u32,
    /// Its hash.
    pub text: Hash32,
    /// Who signed it so far, the first one with the text; none in it is the root.
    pub by: Vec<(Seq, Option<UserId>)>,
}

/// That somebody has read a version of the points to note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The entry.
    pub seq: Seq,
    /// Its time.
    pub time: Time,
    /// Which version.
    pub version: u32,
}

impl<'r> View<'r> {
    /// The texts that were ever in force, in the order of their publication.
    pub fn texts(self) -> impl DoubleEndedIterator<Item = &'r TextSince> {
        self.registry.duties.texts.iter().filter(move |since| since.seq < self.size)
    }

    /// The present version of a text.
    pub fn text(self, kind: TextKind) -> Option<&'r TextSince> {
        self.texts().rev().find(|since| since.kind == kind)
    }

    /// Texts that wait for a second signature.
    pub fn text_proposals(self) -> impl Iterator<Item = &'r TextProposal> {
        self.registry.duties.proposed.iter()
    }

    /// The entry beside which the text of this hash is kept.
    pub fn text_kept(self, text: Hash32) -> Option<Seq> {
        let published = self.texts().rev().find(|since| since.text == text).map(|since| since.kept);
        let proposed = || self.text_proposals().find(|one| one.text == text)?.by.first().map(|&(seq, _)| seq);
        published.or_else(proposed)
    }

    /// The last version of the points to note that the person has acknowledged.
    pub fn notice_read(self, user: UserId) -> Option<Acknowledged> {
        let read = self.registry.duties.read.get(&user)?;
        read.iter().rev().find(|one| one.seq < self.size).copied()
    }

    /// The points to note, if the person has yet to acknowledge their present version.
    pub fn notice_unread(self, user: UserId) -> Option<&'r TextSince> {
        let read = self.notice_read(user).map(|one| one.version);
        self.text(TextKind::Notice).filter(|notice| read != Some(notice.version))
    }
}

pub(super) fn permit_publication(
    view: View<'_>,
    statement: &Statement,
    kind: TextKind,
    version: u32,
    text: Hash32,
) -> Result<(), Refusal> {
    let by = desk_voices::speaker(view, statement)?;
    let present = view.text(kind).map_or(0, |since| since.version);
    require(version > present, Code::AlreadyExists)?;
    require(present.checked_add(1) == Some(version), Code::Unknown)?;
    let proposed = view.text_proposals().find(|one| (one.kind, one.text) == (kind, text));
    let signed = proposed.map_or(&[][..], |one| &one.by);
    desk_voices::require_voice(view, signed.iter().map(|&(_, other)| other), by)
}

pub(super) fn permit_acknowledgement(
    view: View<'_>,
    statement: &Statement,
    version: u32,
    text: Hash32,
) -> Result<(), Refusal> {
    let standing = view.standing(statement)?;
    require(statement.role == Role::User, Code::WrongRole)?;
    let present = view.text(TextKind::Notice).ok_or(Code::Unknown)?;
    require((present.version, present.text) == (version, text), Code::Unknown)?;
    require(view.notice_unread(standing.user).is_some(), Code::NothingToDo)
}

impl Registry {
    pub(super) fn fold_publication(
        &mut self,
        (seq, time): (Seq, Time),
        actor: Option<UserId>,
        (kind, version, text): (TextKind, u32, Hash32),
    ) {
        // Another text of the same kind takes the place of the one that was proposed before.
        let proposed = &mut self.duties.proposed;
        let before = proposed.iter().position(|one| one.kind == kind).map(|at| proposed.remove(at));
        let fresh = || TextProposal { kind, version, text, by: Vec::new() };
        let mut proposal = before.filter(|one| one.text == text).unwrap_or_else(fresh);
        proposal.by.push((seq, actor));
        // The first signature stays, as the text is kept beside it.
        if desk_voices::enough(self.now(), proposal.by.iter().map(|&(_, by)| by)) {
            let kept = self.now().text_kept(text).or(proposal.by.first().map(|&(seq, _)| seq)).unwrap_or(seq);
            self.duties.texts.push(TextSince { seq, time, kind, version, text, kept });
        } else {
            self.duties.proposed.push(proposal);
        }
    }

    pub(super) fn fold_acknowledgement(&mut self, (seq, time): (Seq, Time), actor: Option<UserId>, version: u32) {
        if let Some(user) = actor {
            self.duties.read.entry(user).or_default().push(Acknowledged { seq, time, version });
        }
    }
}
