//! The record of access for people (A2.1): what this person may see of it, checked record by record against the head that
//! the server signed, and who really was handed what is in a group.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use renkei_proto::access::{AccessCount, AccessHead, AccessQuestion, AccessRecord, Kind, Scope, Stage, What};
use renkei_proto::access_file::{FORMAT, First, Line};
use renkei_proto::code::Code;
use renkei_proto::file::Part;
use renkei_proto::frame::{Answer, Fault, Op};
use renkei_proto::id::{DeviceId, FacilityId, GroupId, RequestId, UserId};
use renkei_proto::merkle;
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::client::{Client, lock};

/// Seconds for which a server can make somebody wait between two parts of an answer.
const LONGEST_WAIT: u64 = 60;

/// A part of the record, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// The first line of the file that it makes.
    pub first: First,
    /// The records, in order.
    pub lines: Vec<Line>,
}

impl Records {
    /// The file: see [`renkei_proto::access_file`].
    pub fn text(&self) -> Result<String> {
        let line = |json: serde_json::Result<String>| json.map_err(|_| Code::TooLarge);
        let mut text = line(serde_json::to_string(&self.first))?;
        for one in &self.lines {
            text.push('\n');
            text.push_str(&line(serde_json::to_string(one))?);
        }
        text.push('\n');
        Ok(text)
    }
}

/// A device that was handed what is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub device: DeviceId,
    /// First.
    pub first: Time,
    /// Last, as far as it is on record.
    pub last: Time,
    /// How often it was opened: once a connection.
    pub openings: u64,
    /// Pages that were exported.
    pub exports: u64,
    /// How often some of it was taken out under a permit (A12.5).
    #[serde(default)]
    pub takeouts: u64,
    /// How many messages in all, each as often as it was handed out.
    pub messages: u64,
    /// How often a file was opened; small pictures are not counted.
    pub files: u64,
    /// Openings without an end on record: they go on, or the server fell. Whatever was written since may have been handed
    /// out as well.
    pub open: u64,
}

/// Who was handed messages of `group`, by these records.
pub fn who_read<'r>(group: GroupId, records: impl IntoIterator<Item = &'r AccessRecord>) -> Vec<Handed> {
    let mut found: BTreeMap<(UserId, DeviceId), Handed> = BTreeMap::new();
    for record in records {
        let (Some(user), Some(device)) = (record.user, record.device) else { continue };
        if record.what.group() != Some(group) {
            continue;
        }
        let (begun, ended, exports, takeouts, messages, files) = match record.what {
            What::Opened { stage, messages, .. } => {
                (u64::from(stage == Stage::Began), u64::from(stage == Stage::Ended), 0, 0, u64::from(messages), 0)
            }
            What::Exported { .. } => (0, 0, 1, 0, 0, 0),
            What::TakenOut { .. } => (0, 0, 0, 1, 0, 0),
            What::FileOpened { part: Part::Content, .. } => (0, 0, 0, 0, 0, 1),
            _ => continue,
        };
        let new = || Handed {
            user,
            device,
            first: record.time,
            last: record.time,
            openings: 0,
            exports: 0,
            takeouts: 0,
            messages: 0,
            files: 0,
            open: 0,
        };
        let known = found.entry((user, device)).or_insert_with(new);
        known.last = known.last.max(record.time);
        known.openings += begun;
        known.exports += exports;
        known.takeouts += takeouts;
        known.messages += messages;
        known.files += files;
        known.open = (known.open + begun).saturating_sub(ended);
    }
    let mut all: Vec<Handed> = found.into_values().collect();
    all.sort_by_key(|handed| (handed.first, handed.user, handed.device));
    all
}

impl Client {
    /// What this person may see of the record in this scope, from `since` until `until` (excluded). Every record is
    /// checked: that it is under the head, and the head under the server's signature.
    pub async fn access_records(&self, scope: Scope, since: Time, until: Time) -> Result<Records> {
        let (root, association) = (lock(&self.inner.profile).public().root, self.inner.association);
        let mut question = AccessQuestion { scope, since, until, from: 0, size: None };
        let mut lines: Vec<Line> = Vec::new();
        let mut known: Option<(AccessHead, String)> = None;
        let mut openings = BTreeSet::new();
        loop {
            let answer = self.ask_on(Op::AccessRecords(question), question.from > 0).await?;
            let Answer::AccessRecords { head: signed, records, next } = answer else {
                return Err(Code::Malformed.into());
            };
            let head = signed.verify(&self.server_key()?).map_err(|_| Code::ExportWrong)?;
            let same = |(first, _): &(AccessHead, String)| (first.size, first.last, first.tree);
            let agrees = known.as_ref().is_none_or(|first| same(first) == (head.size, head.last, head.tree));
            if head.association != association || !agrees {
                return Err(Code::ExportWrong.into());
            }
            let (size, tree) = (usize::try_from(head.size).map_err(|_| Code::TooLarge)?, head.tree);
            for (bytes, proof) in records.into_vec() {
                let line = Line::new(bytes.as_slice(), Some(proof.clone())).map_err(|_| Code::ExportWrong)?;
                let place = usize::try_from(line.record.seq).map_err(|_| Code::TooLarge)?;
                let follows = lines.last().is_none_or(|before| before.record.seq < line.record.seq);
                if !follows || !merkle::includes(tree, size, place, bytes.as_slice(), &proof) {
                    return Err(Code::ExportWrong.into());
                }
                self.require_signed(&line.record, &mut openings)?;
                lines.push(line);
            }
            let (_, text) = known.get_or_insert_with(|| (head, signed.text()));
            match next {
                Some(next) if next > question.from => {
                    question = AccessQuestion { from: next, size: Some(head.size), ..question }
                }
                Some(_) => return Err(Code::Malformed.into()),
                None => {
                    let head = text.clone();
                    let registry = self.server_key_entries().await?;
                    let format = FORMAT.to_owned();
                    return Ok(Records {
                        first: First { format, association, root, registry, head, scope: Some(scope) },
                        lines,
                    });
                }
            }
        }
    }

    /// Asks a question on the record. In the middle of a long one, the server's pace is waited for.
    async fn ask_on(&self, op: Op, going_on: bool) -> Result<Answer> {
        loop {
            match self.inner.request(op.clone()).await {
                Err(Fault { code: Code::TryLater, retry_after: Some(seconds), .. }) if going_on => {
                    let seconds = u64::from(seconds).min(LONGEST_WAIT);
                    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
                }
                answer => return answer,
            }
        }
    }

    /// How often what was accessed between two moments, by facility and kind: for the Desk.
    pub async fn access_counts(&self, since: Time, until: Time) -> Result<Vec<AccessCount>> {
        let mut question = AccessQuestion { scope: Scope::Counts, since, until, from: 0, size: None };
        let mut all: BTreeMap<(Option<FacilityId>, Kind), u64> = BTreeMap::new();
        loop {
            let Answer::AccessCounts { counts, next } =
                self.ask_on(Op::AccessCounts(question), question.from > 0).await?
            else {
                return Err(Code::Malformed.into());
            };
            for count in counts.into_vec() {
                let known = all.entry((count.facility, count.kind)).or_default();
                *known = known.saturating_add(count.times);
            }
            match next {
                Some(next) if next > question.from => question.from = next,
                Some(_) => return Err(Code::Malformed.into()),
                None => break,
            }
        }
        Ok(all.into_iter().map(|((facility, kind), times)| AccessCount { facility, kind, times }).collect())
    }

    /// A file that was opened: its device has signed so, and each signature counts once. The server makes none up.
    fn require_signed(&self, record: &AccessRecord, known: &mut BTreeSet<(DeviceId, RequestId)>) -> Result<()> {
        let Some((opening, signature)) = record.opening(self.inner.association) else {
            let opened = matches!(record.what, What::FileOpened { .. });
            return if opened { Err(Code::ExportWrong.into()) } else { Ok(()) };
        };
        let key = self
            .look(|replica| replica.registry().now().device(opening.device).map(|device| device.registration.signing));
        let holds = key.is_some_and(|key| opening.holds(&key, &signature).is_ok());
        if holds && known.insert((opening.device, opening.request)) { Ok(()) } else { Err(Code::ExportWrong.into()) }
    }

    /// The key with which the server signs its heads, as the registry says.
    fn server_key(&self) -> Result<renkei_proto::key::SigningPublic> {
        let key = self.look(|replica| {
            let association = replica.registry().association()?;
            association.server.last().map(|(_, keys)| keys.statement_key)
        });
        key.ok_or_else(|| Code::NotFounded.into())
    }

    /// The entries of the registry by which anybody finds that key who knows the root: the founding, and the last
    /// certification of other keys.
    async fn server_key_entries(&self) -> Result<Vec<String>> {
        let last = self.look(|replica| {
            replica.registry().association().and_then(|known| known.server.last().map(|(seq, _)| *seq))
        });
        let mut entries = Vec::new();
        for from in [Some(0), last.filter(|seq| *seq > 0)].into_iter().flatten() {
            let Answer::Entries(some) = self.inner.request(Op::Entries { log: LogId::Registry, from }).await? else {
                return Err(Code::Malformed.into());
            };
            let entry = some.as_slice().first().ok_or(Code::ExportWrong)?;
            entries.push(HEXLOWER.encode(entry.as_slice()));
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::hash::Hash32;

    use renkei_proto::file::Intent;
    use renkei_proto::key::Signature;

    use super::*;

    const GROUP: GroupId = GroupId([1; 16]);

    fn record(time: u64, user: u8, what: What) -> AccessRecord {
        AccessRecord {
            version: 1,
            seq: time,
            prev: Hash32([0; 32]),
            time: Time(time),
            user: Some(UserId([user; 16])),
            device: Some(DeviceId([user; 16])),
            source: None,
            what,
        }
    }

    fn opened(stage: Stage, messages: u32) -> What {
        What::Opened { group: GROUP, stage, first: 0, last: 9, messages }
    }

    fn file(part: Part) -> What {
        What::FileOpened {
            group: GROUP,
            seq: 3,
            file: 0,
            part,
            intent: Intent::View,
            request: RequestId([1; 16]),
            at: Time(6),
            signature: Signature([0; 64]),
        }
    }

    #[test]
    fn a02_1_who_read_counts_what_was_handed_out_and_says_what_has_no_end() {
        let records = [
            record(1, 1, opened(Stage::Began, 5)),
            record(2, 2, What::Followed { group: GROUP }),
            record(3, 1, opened(Stage::WentOn, 2)),
            record(4, 1, opened(Stage::Ended, 0)),
            record(5, 3, opened(Stage::Began, 1)),
            record(6, 1, What::Exported { log: LogId::Group(GROUP), from: 0, entries: 7 }),
            record(6, 1, file(Part::Preview)),
            record(6, 1, file(Part::Content)),
            record(7, 4, What::Opened { group: GroupId([9; 16]), stage: Stage::Began, first: 0, last: 0, messages: 1 }),
        ];
        let found = who_read(GROUP, &records);
        assert_eq!(found.iter().map(|one| one.user.0[0]).collect::<Vec<_>>(), [1, 3]);
        let first = found.first().expect("somebody");
        assert_eq!((first.first, first.last), (Time(1), Time(6)));
        assert_eq!((first.openings, first.exports, first.messages, first.open), (1, 1, 7, 0));
        assert_eq!(first.files, 1, "a small picture in passing is no file");
        assert_eq!(found.last().expect("somebody").open, 1, "an opening without an end is said to have none");
    }
}
