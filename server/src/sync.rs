//! The sync stream: everything new, from any position, for as long as the connection lives.
//!
//! A connection holds one position for each log it may see. When a log grows the connection is marked and woken; it then
//! reads the log from its position on. The bytes of an entry are encoded once and shared by all who receive them. While
//! a slow reader's stream is full the task waits, and afterwards goes on from where it was: nothing is queued for it and
//! nothing is lost.
//!
//! Order: the registry is sent at least as far as any group entry sent after it was judged under, so that a client can
//! verify each entry when it comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quinn::SendStream;
use renkei_policy::a11_session::Need;
use renkei_policy::group::a08_lists;
use renkei_policy::registry::duties;
use renkei_proto::bounds;
use renkei_proto::bytes::List;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, EntryKind};
use renkei_proto::frame::sync::{Notice, notice};
use renkei_proto::heads::Heads;
use renkei_proto::id::GroupId;
use renkei_proto::statement::{Head, LogId};
use renkei_proto::time::Time;
use renkei_store::ReadLimit;
use tokio::time::Instant;

use crate::access::{Access, access};
use crate::connection::{Driver, reset};
use crate::openings::{Handed, Openings};
use crate::service::store_code;
use crate::world::{log_key, wire};

/// What is read from the store at once for a reader that is behind.
const BEHIND: ReadLimit = ReadLimit { records: 128, bytes: 256 * 1_024 };

/// What ends a sync stream.
enum End {
    /// With a code for the client.
    Code(Code),
    /// The connection or the stream is gone.
    Gone,
}

impl From<Code> for End {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

impl From<quinn::WriteError> for End {
    fn from(_: quinn::WriteError) -> Self {
        Self::Gone
    }
}

/// Up to where one pass sends each log.
struct Plan {
    /// When it was made: everything that was there by then is in it.
    time: Time,
    registry: Head,
    groups: BTreeMap<GroupId, (Access, u64)>,
    /// Whether groups are kept back, for what the person owes (A9.2, A10.1). They have not ended, and go on from where they
    /// were.
    withheld: bool,
    /// Whether something of them is, for that or for how the device is kept (A12.1): then no head is signed. One of a log
    /// whose rest does not come would say that there is no rest.
    in_part: bool,
}

struct Sync {
    driver: Arc<Driver>,
    send: SendStream,
    positions: BTreeMap<LogId, u64>,
    /// What of it is on record.
    openings: Openings,
    shown: BTreeSet<GroupId>,
    /// Groups that the device says it has something of, and that it was not sent in this session: should they be no longer
    /// for its person, it is shown why, and lets the keys go (A12.3).
    claimed: BTreeSet<GroupId>,
    /// Heads were due while something of a group was kept back.
    heads_due: bool,
}

/// Runs the stream until the connection ends or the session is no longer open.
pub(crate) async fn run(driver: Arc<Driver>, send: SendStream, positions: Vec<(LogId, u64)>) {
    // Also what was sent on an earlier connection: should it no longer be for this person, that is said.
    let groups = |begun: bool| {
        let of = move |(log, place): &(LogId, u64)| match log {
            LogId::Group(id) if (*place > 0) == begun => Some(*id),
            LogId::Group(_) | LogId::Registry => None,
        };
        positions.iter().filter_map(of).collect::<BTreeSet<GroupId>>()
    };
    let openings = Openings::new(Arc::clone(&driver.service), driver.subject());
    let (shown, claimed) = (groups(true), groups(false));
    let positions = positions.into_iter().filter(|(_, place)| *place > 0).collect();
    let mut sync = Sync { shown, claimed, positions, openings, driver, send, heads_due: false };
    for id in &sync.shown {
        sync.driver.service.hub.follow(&sync.driver.live, *id);
    }
    if let Err(End::Code(code)) = sync.run().await {
        reset(sync.send, code);
    }
}

impl Sync {
    async fn run(&mut self) -> Result<(), End> {
        let plan = self.plan(None)?;
        self.pass(&plan).await?;
        let caught_up = notice(&Notice::CaughtUp { registry: plan.registry });
        self.send.write_all(&caught_up).await?;
        self.send_heads(&plan).await?;
        self.send_calls(&plan, false).await?;
        let every = Duration::from_secs(bounds::HEADS_EVERY);
        let mut due = Instant::now() + every;
        loop {
            let marks = tokio::time::timeout_at(due, self.driver.live.marks()).await.unwrap_or_default();
            let only = if marks.all { None } else { Some(&marks.groups) };
            let plan = self.plan(only)?;
            self.pass(&plan).await?;
            if marks.calls {
                self.send_calls(&plan, true).await?;
            }
            let again = self.heads_due && !plan.in_part;
            if marks.heads || again || Instant::now() >= due {
                self.openings.go_on();
                self.send_heads(&plan).await?;
                due = Instant::now() + every;
            }
        }
    }

    /// Says what urgent messages are to this person now (U1), or that there are none any more. Whoever is sent no groups is not
    /// rung for them: the call goes on to who stands in.
    async fn send_calls(&mut self, plan: &Plan, even_none: bool) -> Result<(), End> {
        if plan.in_part {
            return Ok(());
        }
        let calls = self.driver.service.calls(self.driver.live.user());
        if even_none || !calls.as_slice().is_empty() {
            self.send.write_all(&notice(&Notice::Calls(calls))).await?;
        }
        Ok(())
    }

    /// Signs the heads of everything that was sent, as of `plan`, and sends them.
    async fn send_heads(&mut self, plan: &Plan) -> Result<(), End> {
        self.heads_due = plan.in_part && !self.shown.is_empty();
        if self.heads_due {
            return Ok(());
        }
        let items = self.heads(plan)?;
        for item in items {
            self.send.write_all(&item).await?;
        }
        Ok(())
    }

    fn heads(&self, plan: &Plan) -> Result<Vec<Vec<u8>>, End> {
        // No entry that comes later may be dated before, should somebody set this machine's clock back.
        self.driver.service.clock.not_before(plan.time);
        let world = self.driver.service.world();
        let association = world.registry().association().ok_or(Code::NotFounded)?.id;
        let tree = world.registry_log().chain.tree_at(plan.registry.size).ok_or(Code::StorageFailed)?;
        let groups = self.shown.iter().filter_map(|id| {
            let sent = *self.positions.get(&LogId::Group(*id))?;
            let (_, followed) = world.group(*id)?;
            Some((*id, followed.chain.head_at(sent)?))
        });
        let groups: Vec<(GroupId, Head)> = groups.collect();
        let mut parts: Vec<&[(GroupId, Head)]> = groups.chunks(bounds::HEADS_GROUPS).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        parts
            .into_iter()
            .map(|part| {
                let heads = Heads {
                    version: renkei_proto::VERSION,
                    suite: renkei_proto::SUITE,
                    association,
                    time: plan.time,
                    registry: plan.registry,
                    tree,
                    groups: List::new(part.to_vec()).map_err(|_| Code::TooLarge)?,
                };
                let signed = self.driver.service.identity.sign_heads(&heads).map_err(|_| Code::TooLarge)?;
                Ok(notice(&Notice::Heads(signed)))
            })
            .collect()
    }

    /// Looks at the state for a moment: what this person may see now, and how far each log goes.
    fn plan(&mut self, only: Option<&std::collections::HashSet<GroupId>>) -> Result<Plan, End> {
        let live = &self.driver.live;
        live.permit(Need::OpenSession).map_err(|refusal| refusal.0)?;
        let service = &self.driver.service;
        let now = service.clock.utc();
        let world = service.world();
        let view = world.registry().now();
        let standing = view.may_act(live.user(), live.device()).map_err(|refusal| refusal.0)?;
        if duties::permit_content(view, standing.user, now).is_err() {
            let registry = world.registry_log().chain.head();
            return Ok(Plan { time: now, registry, groups: BTreeMap::new(), withheld: true, in_part: true });
        }
        // Until its posture is in order, a device is sent what it needs to bring it in order (A12.1).
        let in_order = view.require_posture(live.device(), now).is_ok();
        let candidates: BTreeSet<GroupId> = match only {
            _ if !in_order => BTreeSet::new(),
            Some(groups) => groups.iter().copied().collect(),
            None => world.groups_of(standing.user, standing.facility, view.is_operator(standing.user)),
        };
        let mut groups = BTreeMap::new();
        for id in candidates {
            let Some((group, followed)) = world.group(id) else { continue };
            if let Some(access) = access(group, view, &standing, now) {
                groups.insert(id, (access, followed.chain.head().size));
                if self.shown.insert(id) {
                    service.hub.follow(live, id);
                }
            }
        }
        let registry = world.registry_log().chain.head();
        Ok(Plan { time: now, registry, groups, withheld: false, in_part: !in_order })
    }

    async fn pass(&mut self, plan: &Plan) -> Result<(), End> {
        self.send_log(LogId::Registry, plan.registry.size, Access::Whole).await?;
        if plan.withheld {
            return Ok(());
        }
        for (&id, &(access, size)) in &plan.groups {
            self.send_log(LogId::Group(id), size, access).await?;
        }
        let ended: Vec<(GroupId, u64)> = {
            let world = self.driver.service.world();
            let view = world.registry().now();
            let now = self.driver.service.clock.utc();
            let live = &self.driver.live;
            let standing = view.may_act(live.user(), live.device()).map_err(|refusal| refusal.0)?;
            let over = |id: &&GroupId| {
                world.group(**id).is_none_or(|(group, _)| access(group, view, &standing, now).is_none())
            };
            // A reader who was removed sees by whom, and that is the last entry; then the device lets the keys go. Content
            // that was written before the removal and did not come in time does not come any more.
            // So does an administrator of the last who was invited or a member: the own decision among it comes back (A8.4).
            let administers = view.is_administrator(standing.user, standing.facility);
            let last = |id: &GroupId| {
                let (group, _) = world.group(*id)?;
                let own = group.members().find(|(user, _)| *user == standing.user);
                let left = own.and_then(|(_, memberships)| Some(memberships.last()?.ended?.seq));
                let touched = administers.then(|| a08_lists::last_touched(group, view, standing.facility)).flatten();
                Some(left.max(touched)? + 1)
            };
            let claimed = std::mem::take(&mut self.claimed);
            let claimed = claimed.iter().filter(over).filter(|id| last(id).is_some());
            let all: BTreeSet<GroupId> = self.shown.iter().filter(over).chain(claimed).copied().collect();
            all.into_iter().map(|id| (id, last(&id).unwrap_or(0))).collect()
        };
        for (id, last) in ended {
            self.send_log(LogId::Group(id), last, Access::Governance).await?;
            self.openings.close(id);
            self.shown.remove(&id);
            self.positions.remove(&LogId::Group(id));
            self.driver.service.hub.unfollow(&self.driver.live, id);
            self.send.write_all(&notice(&Notice::Ended { log: LogId::Group(id) })).await?;
        }
        Ok(())
    }

    /// Sends `log` from the connection's position up to `size`.
    async fn send_log(&mut self, log: LogId, size: u64, access: Access) -> Result<(), End> {
        let mut position = self.positions.get(&log).copied().unwrap_or(0);
        while position < size {
            // Between two pieces the person may have been cut off, or the session locked.
            self.driver.live.permit(Need::OpenSession).map_err(|refusal| refusal.0)?;
            // Or the group have been frozen.
            let access = self.narrowed(log, access);
            let entries = self.entries(log, position, size)?;
            if entries.is_empty() {
                return Err(Code::StorageFailed.into());
            }
            let first = position;
            if let LogId::Group(id) = log {
                self.put_on_record(id, first, &entries, access).await?;
            }
            position += u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let mut pieces: Vec<Bytes> =
                entries.into_iter().map(|(kind, bytes)| for_viewer(kind, bytes, access)).collect();
            self.send.write_all_chunks(&mut pieces).await?;
            self.positions.insert(log, position);
        }
        Ok(())
    }

    fn narrowed(&self, log: LogId, access: Access) -> Access {
        let LogId::Group(id) = log else { return access };
        let world = self.driver.service.world();
        world.group(id).map_or(access, |(group, _)| access.narrowed(group))
    }

    /// Puts on record what is about to be handed out of a group: durably, where the first messages are among it.
    async fn put_on_record(
        &mut self,
        group: GroupId,
        first: u64,
        entries: &[(EntryKind, Bytes)],
        access: Access,
    ) -> Result<(), Code> {
        // Corrections are content as well.
        let content = (first..).zip(entries).filter(|(_, (kind, _))| kind.is_content());
        let whole: Vec<u64> = content.filter(|(_, (kind, _))| access.whole(*kind)).map(|(seq, _)| seq).collect();
        let (Some(first), Some(last)) = (whole.first(), whole.last()) else { return self.openings.follow(group) };
        let messages = u32::try_from(whole.len()).unwrap_or(u32::MAX);
        self.openings.hand_out(group, Handed { first: *first, last: *last, messages }).await
    }

    /// Entries in wire form from `position` on, at most up to `size`: from memory, or else from the store.
    fn entries(&self, log: LogId, position: u64, size: u64) -> Result<Vec<(EntryKind, Bytes)>, Code> {
        let service = &self.driver.service;
        let most = usize::try_from(size - position).unwrap_or(usize::MAX);
        let recent = service.world().log(log).and_then(|followed| followed.recent_from(position));
        if let Some(mut entries) = recent {
            entries.truncate(most);
            return Ok(entries);
        }
        let records = service.log.read(log_key(log), position, BEHIND).map_err(|error| store_code(&error))?;
        records
            .into_iter()
            .take(most)
            .map(|record| {
                let entry = Entry::decode(&record.entry).map_err(|_| Code::StorageFailed)?;
                Ok((entry.header.kind, wire(&record.entry)))
            })
            .collect()
    }
}

/// What of an entry goes to a viewer with this access.
fn for_viewer(kind: EntryKind, bytes: Bytes, access: Access) -> Bytes {
    if access.whole(kind) {
        return bytes;
    }
    let entry = bytes.get(renkei_proto::frame::sync::PREFIX..).map(Entry::decode);
    match entry {
        Some(Ok(entry)) => wire(&codec::encode(&entry.header_only())),
        // Nothing rather than too much: the client sees the gap and asks again.
        _ => Bytes::new(),
    }
}
