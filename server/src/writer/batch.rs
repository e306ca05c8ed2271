//! Statements of groups, judged on working copies until one append makes them all durable.

use std::collections::HashMap;

use bytes::Bytes;
use renkei_policy::Refusal;
use renkei_policy::group::{self, Group, a14_inquiries};
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, EntryHeader, EntryKind, Tip};
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::id::GroupId;
use renkei_proto::statement::{LogId, Statement};
use renkei_store::{NewRecord, RecordKey};

use super::{Reply, Submission, Workshop, answer, read};
use crate::world::{ACCESS, ANSWERS, World, log_key};

/// Group statements judged on working copies, waiting for one append.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) groups: HashMap<GroupId, Working>,
    pub(super) replies: Vec<(Reply, Accepted)>,
    keys: std::collections::HashSet<RecordKey>,
    pub(super) bytes: usize,
}

pub(super) struct Working {
    pub(super) state: Option<Group>,
    pub(super) tip: Tip,
    pub(super) expected: u64,
    pub(super) governed: bool,
    pub(super) entries: Vec<(Entry, Bytes)>,
    pub(super) records: Vec<NewRecord>,
}

impl Batch {
    /// Judges a statement and adds it, or answers its refusal. Gives it back if the batch has the same one already.
    pub(super) fn add(&mut self, workshop: &Workshop, submission: Submission) -> Result<(), Box<Submission>> {
        let statement = submission.verified.statement();
        let key = RecordKey(statement.id.0);
        if self.keys.contains(&key) {
            return Err(Box::new(submission));
        }
        let LogId::Group(id) = statement.log else { return Err(Box::new(submission)) };
        // These keys are the registry's and the record of access's own in the store.
        if [log_key(LogId::Registry), ACCESS, ANSWERS].contains(&log_key(statement.log)) {
            answer(submission.reply, Err(Code::Malformed));
            return Ok(());
        }
        let world = read(&workshop.world);
        let another = self.permit_another(&world, id, statement);
        let working = self.groups.entry(id).or_insert_with(|| Working::of(&world, id));
        match working.judge(&world, workshop.clock.utc(), &submission, another) {
            Ok((accepted, record, entry)) => {
                self.keys.insert(key);
                self.bytes += submission.size;
                working.governed |= entry.0.header.kind == EntryKind::Governance;
                working.entries.push(entry);
                working.records.push(record);
                self.replies.push((submission.reply, accepted));
            }
            Err(Refusal(code)) => answer(submission.reply, Err(code)),
        }
        Ok(())
    }

    /// Whether a person who opens an inquiry, or a report, may have one more (A14.1, S5): beside those that this batch opens, too.
    fn permit_another(&self, world: &World, id: GroupId, statement: &Statement) -> Result<(), Refusal> {
        let here = |id: GroupId| match self.groups.get(&id) {
            Some(working) => working.state.as_ref(),
            None => world.group(id).map(|(group, _)| group),
        };
        let Some((user, kind)) = a14_inquiries::opens_another(here(id), statement) else { return Ok(()) };
        let known = world.inquiries_of(user).filter(|id| !self.groups.contains_key(id));
        let groups = known.chain(self.groups.keys().copied()).filter(|other| *other != id).filter_map(here);
        a14_inquiries::permit_another(groups, user, kind)
    }
}

impl Working {
    fn of(world: &World, id: GroupId) -> Self {
        let known = world.group(id);
        let tip = known.map_or_else(|| Tip::empty(LogId::Group(id)), |(_, followed)| *followed.chain.tip());
        Self {
            state: known.map(|(group, _)| group.clone()),
            tip,
            expected: tip.head.size,
            governed: false,
            entries: Vec::new(),
            records: Vec::new(),
        }
    }

    fn judge(
        &mut self,
        world: &World,
        now: renkei_proto::time::Time,
        submission: &Submission,
        another: Result<(), Refusal>,
    ) -> Result<(Accepted, NewRecord, (Entry, Bytes)), Refusal> {
        let verified = &submission.verified;
        let statement = verified.statement();
        let view = world.registry().now();
        world.registry_log().chain.agrees(statement.seen.registry)?;
        let seen = statement.seen.group;
        let known_head = match world.group(self.tip_group()) {
            Some((_, followed)) if seen.size <= self.expected => followed.chain.head_at(seen.size),
            _ if seen.size == 0 => Some(renkei_proto::statement::Head::default()),
            _ => self.entries.iter().map(|(entry, _)| entry.header.head()).find(|head| head.size == seen.size),
        };
        if known_head != Some(seen) {
            return Err(Code::HeadMismatch.into());
        }
        let time = now.max(self.tip.time);
        let judged = group::judge(self.state.as_ref(), verified, view, time)?;
        another?;
        if let (Some(state), Some(boxes)) = (&self.state, &submission.sidecar.boxes) {
            let devices = boxes.as_slice().iter().map(|sealed| sealed.device);
            group::sealing::boxes_are_complete(state, view, statement, devices, time)?;
        }
        judged.fold(&mut self.state);
        let header = self.tip.next(verified.signed(), statement, time, view.size());
        let (accepted, record, entry) = record(header, submission);
        self.tip = Tip { head: accepted.head, time, registry: view.size(), ..self.tip };
        Ok((accepted, record, entry))
    }

    /// Whether these entries erase the group.
    pub(super) fn erases(&self) -> bool {
        !self.entries.is_empty() && self.state.as_ref().is_some_and(|group| group.erased().is_some())
    }

    fn tip_group(&self) -> GroupId {
        match self.tip.log {
            LogId::Group(id) => id,
            LogId::Registry => GroupId([0; 16]),
        }
    }
}

/// The entry and the record of a submission under `header`.
pub(super) fn record(header: EntryHeader, submission: &Submission) -> (Accepted, NewRecord, (Entry, Bytes)) {
    let accepted = Accepted { head: header.head(), time: header.time };
    let key = RecordKey(header.id.0);
    let entry = Entry { header, body: Some(submission.verified.signed().clone()) };
    let bytes = Bytes::from(codec::encode(&entry));
    // Details are personal: they go where they can be erased, never beside an entry.
    let kept = Sidecar { details: None, ..submission.sidecar.clone() };
    let sidecar = match &submission.text {
        Some(text) => Bytes::from(codec::encode(text)),
        None if kept == Sidecar::default() => Bytes::new(),
        None => Bytes::from(codec::encode(&kept)),
    };
    (accepted, NewRecord { key, entry: bytes.clone(), sidecar }, (entry, bytes))
}
