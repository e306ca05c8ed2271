//! How what the server sends gets into the verified copy: entry by entry, and the heads that it signs behind them.

use renkei_policy::chain::Chain;
use renkei_policy::group::a06_erasure::{goes_with_erasure, permit_erased_epoch};
use renkei_policy::group::a12_gone::gone_since;
use renkei_policy::group::{self, Group};
use renkei_policy::registry::View;
use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::{Entry, EntryKind};
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::GroupId;
use renkei_proto::statement::{Claim, Head, LogId, Statement};
use renkei_proto::time::Time;

use super::{EpochSeen, Followed, Gift, LabelSeen, Mark, Replica, Sealed};

impl Replica {
    /// Takes the next entry of a log in. An entry that does not hold makes its log untrusted, for good.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<(), Code> {
        let log = entry.header.log;
        let taken = self
            .passes_through_known(log, entry.header.head())
            .and_then(|()| self.witness.permits(&entry.header))
            .and_then(|()| match log {
                LogId::Registry => self.take_registry(entry),
                LogId::Group(id) => self.take_group(id, entry),
            });
        let author = entry.header.author.and_then(|device| self.registry.now().device(device));
        if taken.is_ok() && entry.body.is_some() && author.is_some_and(|device| device.user == self.user) {
            self.own.insert(entry.header.body, entry.header.head());
        }
        if let LogId::Group(id) = log
            && let Some(followed) = self.groups.get_mut(&id)
        {
            // Remembered from the first missing body on, should the session end before it is explained.
            if !followed.excused() && followed.broken.is_none() && !self.distrusted.contains_key(&log) {
                self.distrusted.insert(log, Code::LogNotTrusted);
                followed.bare.doubted = true;
            } else if followed.bare.doubted && followed.excused() && followed.broken.is_none() {
                self.distrusted.remove(&log);
                followed.bare.doubted = false;
            }
        }
        if let Err(code) = taken {
            tracing::warn!(?log, seq = entry.header.seq, %code, "an entry does not hold");
            self.distrust(log, code);
        }
        taken
    }

    /// Takes in what the server has signed of its logs. `now` is this device's clock.
    ///
    /// It comes right behind everything that it speaks of, so each log must end exactly where it says: one that is longer
    /// here was cut short there. A log that does not, or has entries of later than these heads, is untrusted for good.
    pub(crate) fn take_heads(&mut self, signed: SignedHeads, now: Time) -> Result<(), Code> {
        let association = self.registry.association().ok_or(Code::NotFounded)?;
        let key = association.server.last().map(|(_, keys)| keys.statement_key).ok_or(Code::NotFounded)?;
        let heads = signed.verify(&key).map_err(|_| Code::NotAuthentic)?;
        if heads.association != association.id {
            return Err(Code::NotAuthentic);
        }
        let mut broken = Vec::new();
        let chain = &self.registry_chain;
        if chain.head() != heads.registry || chain.tree_at(heads.registry.size) != Some(heads.tree) {
            broken.push(LogId::Registry);
        }
        let followed = |one: &&Followed| !one.ended && one.broken.is_none();
        for (id, head) in heads.groups.as_slice() {
            let holds = match self.groups.get(id) {
                Some(one) => !followed(&one) || one.chain.head() == *head,
                None => false,
            };
            if !holds {
                broken.push(LogId::Group(*id));
            }
        }
        // Who follows more groups than fit gets their heads in several statements.
        let here = self.groups.iter().filter(|(_, one)| followed(one)).map(|(id, _)| LogId::Group(*id));
        if here.clone().count() <= bounds::HEADS_GROUPS {
            broken.extend(here.filter(|log| heads.of(*log).is_none()));
        }
        // What is in a log by then is no later than that: else dates would be the server's own.
        let ahead = |chain: &Chain| chain.tip().time > heads.time.plus(bounds::BACKDATED);
        if ahead(&self.registry_chain) {
            broken.push(LogId::Registry);
        }
        // What was not sent must be explained by now.
        let unexplained = self.groups.iter().filter(|(_, one)| followed(one) && !one.excused());
        broken.extend(unexplained.map(|(id, _)| LogId::Group(*id)));
        let here = self.groups.iter().filter(|(_, one)| followed(one) && ahead(&one.chain));
        broken.extend(here.map(|(id, _)| LogId::Group(*id)));
        for log in &broken {
            tracing::warn!(?log, "the server signed another end of this log than it sent");
            self.distrust(*log, Code::LogNotTrusted);
        }
        self.witness.take(signed, heads, now);
        if broken.is_empty() { Ok(()) } else { Err(Code::LogNotTrusted) }
    }

    fn passes_through_known(&self, log: LogId, head: Head) -> Result<(), Code> {
        match self.known.get(&log) {
            Some(known) if known.size == head.size && known.hash != head.hash => Err(Code::LogNotTrusted),
            _ => Ok(()),
        }
    }

    fn take_registry(&mut self, entry: &Entry) -> Result<(), Code> {
        let mut chain = self.registry_chain.tip().follow(entry).map(|_| ()).map_err(|_| Code::LogNotTrusted);
        if self.registry_broken.is_some() {
            chain = Err(Code::LogNotTrusted);
        }
        chain?;
        let claim = Claim::parse(entry.body.clone().ok_or(Code::NotAuthentic)?).map_err(|_| Code::Malformed)?;
        if let Act::Registry(RegistryAct::Found { root, .. }) = &claim.unverified().act
            && root.root_fingerprint() != self.root
        {
            return Err(Code::ServerNotTrusted);
        }
        if !entry.describes(claim.unverified()) || entry.header.registry != entry.header.seq {
            return Err(Code::NotAuthentic);
        }
        let verified = self.registry.now().authenticate(claim).map_err(|refusal| refusal.0)?;
        self.registry_chain.agrees(verified.statement().seen.registry).map_err(|refusal| refusal.0)?;
        let judged = self.registry.judge(&verified, entry.header.time).map_err(|refusal| refusal.0)?;
        // What groups have here was judged without this entry: so none of it can be later.
        let later = |one: &Followed| one.broken.is_none() && one.chain.tip().time > entry.header.time;
        if self.groups.values().any(later) {
            return Err(Code::LogNotTrusted);
        }
        self.registry_chain.follow(entry).map_err(|_| Code::LogNotTrusted)?;
        self.registry.fold(judged);
        Ok(())
    }

    fn take_group(&mut self, id: GroupId, entry: &Entry) -> Result<(), Code> {
        let followed = self.groups.entry(id).or_insert_with(|| Followed::new(id));
        if followed.broken.is_some() {
            return Err(Code::LogNotTrusted);
        }
        if followed.ended {
            // Invited again: the log comes from its beginning.
            *followed = Followed::new(id);
        }
        let view = self.registry.at(entry.header.registry).ok_or(Code::LogNotTrusted)?;
        self.registry_chain.was_the_latest(entry.header.registry, entry.header.time).map_err(|refusal| refusal.0)?;
        let statement = if let Some(signed) = entry.body.clone() {
            let claim = Claim::parse(signed).map_err(|_| Code::Malformed)?;
            let verified = view.authenticate(claim).map_err(|refusal| refusal.0)?;
            let statement = verified.statement().clone();
            if !entry.describes(&statement) {
                return Err(Code::NotAuthentic);
            }
            self.registry_chain.agrees(statement.seen.registry).map_err(|refusal| refusal.0)?;
            followed.chain.agrees(statement.seen.group).map_err(|refusal| refusal.0)?;
            followed.chain.tip().follow(entry).map_err(|_| Code::LogNotTrusted)?;
            let judged = group::judge(followed.group.as_ref(), &verified, view, entry.header.time);
            let judged = judged.map_err(|refusal| refusal.0)?;
            followed.chain.follow(entry).map_err(|_| Code::LogNotTrusted)?;
            let was_shut = followed.group().is_some_and(Group::is_shut);
            judged.fold(&mut followed.group);
            let new = self.known.get(&entry.header.log).is_none_or(|known| known.size <= entry.header.seq);
            followed.note_shut(was_shut, new);
            let left = followed.group().is_some_and(|group| gone_since(group, self.user).is_some());
            followed.bare.note_left(left, new);
            Some(statement)
        } else {
            // Messages and amendments come without their body to those who govern without reading. A reader from whom one
            // is withheld is being deceived, unless the group was frozen or erased; then a later entry says so.
            if entry.header.version != renkei_proto::VERSION {
                return Err(Code::LogNotTrusted);
            }
            let (header, kind) = (&entry.header, entry.header.kind);
            let (true, Some(author), Some(group)) = (goes_with_erasure(kind), header.author, followed.group.as_mut())
            else {
                return Err(Code::NotAuthentic);
            };
            let soon = self.clock.now().plus(bounds::HEADS_FRESH).max(header.time);
            // A delegation that is over, or about to be, keeps content back from operators without a word in the group's log.
            let due = |view: View<'_>, time: Time| group.reading_at(view, self.user, time).is_some();
            let reads = due(view, header.time) && due(self.registry.now(), soon);
            let permitted = match kind {
                EntryKind::Epoch => permit_erased_epoch(group, view, author, header.time),
                _ => group::sealing::permit_withheld(group, view, author, header.time),
            };
            permitted.map_err(|refusal| refusal.0)?;
            followed.chain.follow(entry).map_err(|_| Code::LogNotTrusted)?;
            match kind {
                EntryKind::Epoch => group.pass_over_epoch(view, author, header.time),
                kind => group.pass_over_content(kind, author),
            }
            followed.note_bare(kind, reads);
            None
        };
        if let Some(statement) = statement {
            followed.note(entry.header.seq, entry.header.time, statement);
        }
        Ok(())
    }
}

impl Followed {
    /// Remembers what a statement means for reading.
    fn note(&mut self, seq: u64, time: Time, statement: Statement) {
        let Some(from) = statement.actor.device() else { return };
        match &statement.act {
            Act::Message(_) | Act::Post(_) => {
                self.messages.push(Sealed { seq, time, statement });
                return;
            }
            Act::Amend(amendment) => {
                let original = amendment.original;
                self.amendments.push(original, Sealed { seq, time, statement });
                return;
            }
            Act::Card(_) => {
                self.cards.revisions.push(Sealed { seq, time, statement });
                return;
            }
            Act::CardKey(_) => {
                self.cards.keys.push(Sealed { seq, time, statement });
                return;
            }
            Act::Seen { upto } => {
                if let Some(user) = statement.actor.user() {
                    self.marks.entry(user).or_default().push(Mark { upto: *upto, time });
                }
                return;
            }
            Act::Epoch(epoch) => {
                let seen = EpochSeen {
                    from,
                    prior: statement.seen.group,
                    label: epoch.label.as_slice().to_vec(),
                    boxes: epoch.boxes,
                };
                self.epochs.insert(epoch.number, seen);
            }
            Act::History(history) => {
                let gift = Gift {
                    seq,
                    first: history.first,
                    last: history.last,
                    from,
                    to: history.devices.as_slice().to_vec(),
                    boxes: history.boxes,
                };
                match history.prepared_for {
                    None => self.gifts.push(gift),
                    Some(invitation) => drop(self.prepared.insert(invitation, gift)),
                }
            }
            Act::Group(
                GroupAct::Create { label, .. }
                | GroupAct::HandOnLabel { label }
                | GroupAct::OfferHandover { label, .. },
            ) => {
                self.labels.push(LabelSeen { seq, from, invitation: None, boxes: *label });
            }
            Act::Group(GroupAct::Invite { invitation, label, .. }) => {
                self.labels.push(LabelSeen { seq, from, invitation: Some(*invitation), boxes: *label });
            }
            Act::Group(_) | Act::Registry(_) => {}
        }
        self.events.push((seq, time, statement));
    }
}
