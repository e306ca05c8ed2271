//! Looking into the record of access (A2.1): which records somebody may see, with proofs under a signed head; and numbers.

use std::collections::BTreeMap;

use bytes::Bytes;
use renkei_policy::a02_access::{self, Lens};
use renkei_policy::a15_report;
use renkei_proto::access::{AccessCount, AccessHead, AccessQuestion, AccessRecord, Kind, SignedAccessHead};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Fault};
use renkei_proto::id::{FacilityId, GroupId, UserId};
use renkei_proto::time::Time;
use renkei_store::{Log, ReadLimit};
use tokio::task::block_in_place;

use crate::connection::Driver;
use crate::recorder;
use crate::service::{Service, store_code};
use crate::world::{ACCESS, World};

const READ: ReadLimit = ReadLimit { records: 512, bytes: 512 * 1_024 };

/// The record at `seq` by its time.
fn time_of(log: &dyn Log, seq: u64) -> Result<Time, Code> {
    let found = log.read(ACCESS, seq, ReadLimit { records: 1, bytes: 1 }).map_err(|error| store_code(&error))?;
    let record = found.first().and_then(|record| AccessRecord::decode(&record.entry).ok());
    record.map(|record| record.time).ok_or(Code::StorageFailed)
}

/// The first of `size` records that is not before `since`: their times only grow.
fn first_since(log: &dyn Log, size: u64, since: Time) -> Result<u64, Code> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        if time_of(log, middle)? < since {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// A stretch of the record within a question's time, and where to go on.
struct Stretch {
    records: Vec<(AccessRecord, Bytes)>,
    next: Option<u64>,
}

/// The next records of the question from `at` on, a read at a time.
fn stretch(log: &dyn Log, question: &AccessQuestion, at: u64, size: u64) -> Result<Stretch, Code> {
    let found = log.read(ACCESS, at, READ).map_err(|error| store_code(&error))?;
    let (mut records, mut next) = (Vec::with_capacity(found.len()), at);
    for record in found.into_iter().filter(|record| record.seq < size) {
        let read = AccessRecord::decode(&record.entry).map_err(|_| Code::StorageFailed)?;
        if read.time >= question.until {
            return Ok(Stretch { records, next: None });
        }
        next = record.seq + 1;
        records.push((read, record.entry));
    }
    Ok(Stretch { next: (next < size && next > at).then_some(next), records })
}

impl Service {
    /// The head of the first `size` records. Of the record as it is now it says so; of an earlier one it has the time of
    /// the last record in it: nobody shows a part as all that there was at a later time.
    fn access_head(&self, size: u64) -> Result<SignedAccessHead, Code> {
        let tree = self.recorder.tree();
        let time = match size.checked_sub(1) {
            Some(last) if size < tree.size() => time_of(&*self.log, last)?,
            _ => self.clock.utc(),
        };
        let association = self.world().registry().association().ok_or(Code::NotFounded)?.id;
        let last = recorder::last(&*self.log, size).ok_or(Code::StorageFailed)?;
        let tree = tree.root(size, &mut |tile| recorder::tile(&*self.log, tile));
        let head = AccessHead {
            version: renkei_proto::VERSION,
            suite: renkei_proto::SUITE,
            association,
            time,
            size,
            last,
            tree: tree.ok_or(Code::StorageFailed)?,
        };
        self.identity.sign_access_head(&head).map_err(|_| Code::TooLarge)
    }

    /// How many records the question is about, and the first of them to look at.
    async fn bounds_of(&self, user: UserId, question: &AccessQuestion) -> Result<(u64, u64), Fault> {
        self.questions.permit(user, self.clock.monotonic())?;
        if question.size.is_none() {
            self.recorder.catch_up().await?;
        }
        let now = self.recorder.ledger().tip.size;
        let size = question.size.unwrap_or(now);
        if size > now {
            return Err(Code::Unknown.into());
        }
        let first = block_in_place(|| first_since(&*self.log, size, question.since))?;
        Ok((size, question.from.max(first)))
    }
}

/// Whose a group is, or a drawer: who looked at a facility's forms, its administrators see.
fn originator(world: &World, id: GroupId) -> Option<FacilityId> {
    let drawer = world.registry().now().drawer_of(id);
    drawer.or_else(|| world.group(id).map(|(group, _)| group.originator()))
}

impl Driver {
    /// Numbers of facilities (A15.1).
    pub(crate) fn report(&self) -> Result<Answer, Fault> {
        let world = self.service.world();
        let view = world.registry().now();
        let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
        let only = a15_report::permit(view, viewer.user).map_err(|refusal| refusal.0)?;
        let numbers = a15_report::numbers(world.groups(), view, only);
        Ok(Answer::Report(List::new(numbers).map_err(|_| Code::TooLarge)?))
    }

    fn lens(&self, question: &AccessQuestion) -> Result<Lens, Code> {
        let world = self.service.world();
        let view = world.registry().now();
        let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
        let originator = |id| originator(&world, id);
        a02_access::permit_records(view, &viewer, question.scope, originator).map_err(|refusal| refusal.0)
    }

    /// A page of records that this person may see.
    pub(crate) async fn access_records(&self, question: &AccessQuestion) -> Result<Answer, Fault> {
        let service = &self.service;
        let lens = self.lens(question)?;
        let (size, from) = service.bounds_of(self.live.user(), question).await?;
        // Reads the disk: the other connections of this thread go on elsewhere meanwhile.
        block_in_place(|| self.page(question, &lens, size, from))
    }

    fn page(&self, question: &AccessQuestion, lens: &Lens, size: u64, from: u64) -> Result<Answer, Fault> {
        let service = &self.service;
        let (mut places, mut found) = (Vec::new(), Vec::new());
        let mut next = (from < size).then_some(from);
        while let Some(at) = next.filter(|at| *at - from < bounds::ACCESS_LOOK && found.len() < bounds::ACCESS_PAGE) {
            let stretch = stretch(&*service.log, question, at, size)?;
            next = stretch.next;
            let world = service.world();
            let view = world.registry().now();
            let originator = |id| originator(&world, id);
            for (record, bytes) in stretch.records {
                if !lens.shows(view, &record, originator) {
                    continue;
                }
                if found.len() == bounds::ACCESS_PAGE {
                    next = Some(record.seq);
                    break;
                }
                places.push(record.seq);
                found.push(bytes);
            }
        }
        let tree = service.recorder.tree();
        let proofs = tree.prove(&places, size, &mut |tile| recorder::tile(&*service.log, tile));
        let proofs = proofs.ok_or(Code::StorageFailed)?;
        let blob = |bytes: Bytes| Blob::new(bytes.to_vec()).map_err(|_| Code::StorageFailed);
        let records: Result<Vec<_>, Code> =
            found.into_iter().zip(proofs).map(|(bytes, proof)| Ok((blob(bytes)?, proof))).collect();
        let records = List::new(records?).map_err(|_| Code::TooLarge)?;
        Ok(Answer::AccessRecords { head: service.access_head(size)?, records, next })
    }

    /// A part of the numbers.
    pub(crate) async fn access_counts(&self, question: &AccessQuestion) -> Result<Answer, Fault> {
        let service = &self.service;
        {
            let world = service.world();
            let view = world.registry().now();
            let viewer = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
            a02_access::permit_counts(view, &viewer).map_err(|refusal| refusal.0)?;
        }
        let (size, from) = service.bounds_of(self.live.user(), question).await?;
        block_in_place(|| self.counted(question, size, from))
    }

    fn counted(&self, question: &AccessQuestion, size: u64, from: u64) -> Result<Answer, Fault> {
        let service = &self.service;
        let mut counts: BTreeMap<(Option<FacilityId>, Kind), u64> = BTreeMap::new();
        let mut next = (from < size).then_some(from);
        while let Some(at) = next.filter(|at| *at - from < bounds::ACCESS_LOOK) {
            let stretch = stretch(&*service.log, question, at, size)?;
            next = stretch.next;
            let world = service.world();
            let view = world.registry().now();
            for (record, _) in stretch.records {
                let facility = record.user.and_then(|user| view.user(user)).map(|person| person.facility);
                let (kind, times) = record.what.counted();
                *counts.entry((facility, kind)).or_default() += u64::from(times);
            }
        }
        let count = |((facility, kind), times)| AccessCount { facility, kind, times };
        let counts: Vec<AccessCount> = counts.into_iter().map(count).filter(|count| count.times > 0).collect();
        Ok(Answer::AccessCounts { counts: List::new(counts).map_err(|_| Code::TooLarge)?, next })
    }
}
