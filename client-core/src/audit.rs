//! Evidence for people: who could read a group, a copy of the logs that anybody can check, and the comparison of what
//! the server has told two of its users.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use renkei_policy::group::sealing::was_given;
use renkei_policy::group::{By, Group, Membership};
use renkei_policy::registry::View;
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::code::Code;
use renkei_proto::entry::{ENTRY_MAX, Entry};
use renkei_proto::frame::{Answer, Op};
use renkei_proto::hash::Hash32;
use renkei_proto::heads::{Heads, SignedHeads};
use renkei_proto::id::{DeviceId, GroupId, UserId};
use renkei_proto::key::SigningPublic;
use renkei_proto::statement::LogId;
use renkei_proto::time::Time;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::client::{Client, lock};
use crate::clock::Clock;
use crate::replica::Replica;

/// The format's name, in the file.
pub const FORMAT: &str = "renkei-audit/1";

/// Logs as they were sent, for somebody who checks them without a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// [`FORMAT`].
    pub format: String,
    /// Fingerprint of the association's root, as the exporting device knows it. Whoever checks brings their own.
    pub root: Hash32,
    /// Heads that the server signed, as text.
    pub heads: Vec<String>,
    /// The registry's entries from the first on, in hexadecimal.
    pub registry: Vec<String>,
    /// Logs of groups.
    pub groups: Vec<ExportedGroup>,
}

/// One group's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedGroup {
    /// Which group.
    pub group: GroupId,
    /// Its entries from the first on, in hexadecimal. Messages that the exporter may not read are there by their header.
    pub entries: Vec<String>,
}

/// What a check has found in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The association's name.
    pub association: String,
    /// Entries of the registry.
    pub registry: u64,
    /// Merkle root over the registry.
    pub tree: Hash32,
    /// Time of the registry's last entry.
    pub last: Time,
    /// Each group with its entries and how many of them came without their body.
    pub groups: Vec<(GroupId, u64, u64)>,
    /// Time of the newest heads that the server signed and that agree; none if the file has none.
    pub heads: Option<Time>,
    /// Logs that end in the file before the signed heads say that they did: a copy that was cut.
    pub short: Vec<LogId>,
    /// Groups that the signed heads name and the file leaves out. Whoever exports chooses groups.
    pub left_out: u64,
}

/// The first thing that is wrong with an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{place}: {code}")]
pub struct Flaw {
    /// Where.
    pub place: Place,
    /// What.
    pub code: Code,
}

/// Where something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the file as a whole: not an export, or of another root.
    File,
    /// In an entry of the registry.
    Registry(u64),
    /// In an entry of a group's log.
    Group(GroupId, u64),
    /// In signed heads, by their place in the file.
    Heads(u64),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File => f.write_str("file"),
            Self::Registry(seq) => write!(f, "registry, entry {seq}"),
            Self::Group(group, seq) => write!(f, "{group}, entry {seq}"),
            Self::Heads(at) => write!(f, "heads {at}"),
        }
    }
}

fn flaw(place: Place, code: Code) -> Flaw {
    Flaw { place, code }
}

/// Checks an export against the fingerprint of the root: every link, every signature, every rule, and the heads.
/// Needs nothing else: no server, no profile.
pub fn verify(export: &Export, root: Hash32) -> core::result::Result<Checked, Flaw> {
    follow(export, root).map(|(checked, _)| checked)
}

/// The same, with the logs as they were followed.
pub(crate) fn follow(export: &Export, root: Hash32) -> core::result::Result<(Checked, Replica), Flaw> {
    if export.format != FORMAT {
        return Err(flaw(Place::File, Code::UnknownVersion));
    }
    // Nobody's eyes: a reader would take missing bodies for deceit, an auditor has no claim to them.
    let mut replica = Replica::new(root, UserId([0; 16]), BTreeMap::new(), Clock::new(""));
    for (seq, entry) in (0..).zip(&export.registry) {
        take(&mut replica, LogId::Registry, seq, entry).map_err(|code| flaw(Place::Registry(seq), code))?;
    }
    let mut groups = Vec::new();
    for one in &export.groups {
        if one.entries.is_empty() {
            return Err(flaw(Place::Group(one.group, 0), Code::LogNotTrusted));
        }
        let mut withheld = 0;
        for (seq, entry) in (0..).zip(&one.entries) {
            let whole = take(&mut replica, LogId::Group(one.group), seq, entry);
            withheld += u64::from(!whole.map_err(|code| flaw(Place::Group(one.group, seq), code))?);
        }
        // What is missing must have been erased, and a later entry must say so.
        let end = u64::try_from(one.entries.len()).unwrap_or(u64::MAX);
        replica.trusted(LogId::Group(one.group)).map_err(|code| flaw(Place::Group(one.group, end), code))?;
        groups.push((one.group, u64::try_from(one.entries.len()).unwrap_or(u64::MAX), withheld));
    }
    let (mut newest, mut short, mut left_out) = (None, Vec::new(), std::collections::BTreeSet::new());
    for (at, text) in (0..).zip(&export.heads) {
        let bad = |code| flaw(Place::Heads(at), code);
        let signed: SignedHeads = text.parse().map_err(|_| bad(Code::Malformed))?;
        let heads = believe(&replica, &signed).map_err(bad)?;
        let held = hold(&replica, &heads);
        if held.forked.or(held.withheld).is_some() {
            return Err(bad(Code::LogNotTrusted));
        }
        newest = newest.max(Some(heads.time));
        let named = heads.groups.as_slice().iter().map(|(id, _)| *id);
        left_out.extend(named.filter(|id| export.groups.iter().all(|one| one.group != *id)));
        short.extend(held.short.into_iter().filter(|log| !short.contains(log)).collect::<Vec<_>>());
    }
    let association = replica.registry().association().ok_or(flaw(Place::File, Code::NotFounded))?;
    let chain = replica.registry_chain();
    let size = chain.head().size;
    let checked = Checked {
        association: association.name.clone(),
        registry: size,
        tree: chain.tree_at(size).unwrap_or_default(),
        last: chain.tip().time,
        groups,
        heads: newest,
        short,
        left_out: u64::try_from(left_out.len()).unwrap_or(u64::MAX),
    };
    Ok((checked, replica))
}

/// Takes an entry, and says whether it came with its body.
fn take(replica: &mut Replica, log: LogId, seq: u64, entry: &str) -> core::result::Result<bool, Code> {
    let bytes = HEXLOWER.decode(entry.as_bytes()).map_err(|_| Code::Malformed)?;
    let read = Entry::decode(&bytes).map_err(|_| Code::Malformed)?;
    if read.header.log != log || read.header.seq != seq {
        return Err(Code::LogNotTrusted);
    }
    replica.take(&read)?;
    Ok(read.body.is_some())
}

/// What the server has signed, if it was signed with the key that was in force.
fn believe(replica: &Replica, signed: &SignedHeads) -> core::result::Result<Heads, Code> {
    let association = replica.registry().association().ok_or(Code::NotFounded)?;
    let size = signed.unverified().map_err(|_| Code::Malformed)?.registry.size;
    let key = server_key(replica, size)?;
    let heads = signed.verify(&key).map_err(|_| Code::NotAuthentic)?;
    if heads.association == association.id { Ok(heads) } else { Err(Code::NotAuthentic) }
}

/// The server's statement key that was in force when the registry had `size` entries.
pub(crate) fn server_key(replica: &Replica, size: u64) -> core::result::Result<SigningPublic, Code> {
    let association = replica.registry().association().ok_or(Code::NotFounded)?;
    let mut certified = association.server.iter().rev();
    let in_force = certified.find(|(seq, _)| *seq < size).or(association.server.first());
    in_force.map(|(_, keys)| keys.statement_key).ok_or(Code::NotFounded)
}

/// Heads held against the logs here.
#[derive(Debug, Default)]
struct Held {
    /// The first log of which the server signed another history.
    forked: Option<LogId>,
    /// The first log of which the server signed less than it had by then.
    withheld: Option<LogId>,
    /// Logs that end here before these heads say that they did.
    short: Vec<LogId>,
}

fn hold(replica: &Replica, heads: &Heads) -> Held {
    let mut held = Held::default();
    let chain = replica.registry_chain();
    let tree = chain.tree_at(heads.registry.size);
    if tree.is_some_and(|tree| tree != heads.tree) {
        held.forked = Some(LogId::Registry);
    }
    let groups = heads.groups.as_slice().iter().map(|(id, head)| (LogId::Group(*id), *head));
    for (log, head) in std::iter::once((LogId::Registry, heads.registry)).chain(groups) {
        let here = match log {
            LogId::Registry => Some(chain.head().size),
            LogId::Group(id) => replica.group(id).map(crate::replica::Followed::size),
        };
        // A log that is not here says nothing.
        let Some(here) = here else { continue };
        if head.size > here {
            held.short.push(log);
        } else if replica.head_at(log, head.size) != Some(head) {
            held.forked.get_or_insert(log);
        } else if replica.time_of(log, head.size).is_some_and(|next| next.plus(bounds::BACKDATED) < heads.time) {
            held.withheld.get_or_insert(log);
        }
    }
    held
}

/// How somebody came to be able to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A reader at that time.
    Then,
    /// Became a reader later and was given the keys of that time, as the group's history policy says.
    Later,
}

/// A device that could open what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingDevice {
    /// Which.
    pub device: DeviceId,
    /// When it was wiped, if it was.
    pub wiped: Option<Time>,
}

/// Somebody who could read, and by whose doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouldRead {
    /// Who.
    pub user: UserId,
    /// How.
    pub reading: Reading,
    /// With which devices.
    pub devices: Vec<ReadingDevice>,
    /// Who invited.
    pub invited: By,
    /// Who approved.
    pub approved: By,
    /// When the reading ended, and by whom; none while it goes on.
    pub ended: Option<(Time, Option<By>)>,
}

/// Who could read what was written in the group between two moments (`from` included, `until` excluded), by the keys
/// that devices were given: the log says it, whoever was told what.
pub fn who_could_read(replica: &Replica, id: GroupId, from: Time, until: Time) -> Result<Vec<CouldRead>> {
    let group = replica.group(id).and_then(|followed| followed.group()).ok_or(Code::Unknown)?;
    // From half a log, or one that does not hold, nothing can be said.
    replica.writable(LogId::Group(id))?;
    let view = replica.registry().now();
    let epochs = group.epochs();
    let in_force = epochs.iter().enumerate().filter(|(at, epoch)| {
        let next = epochs.get(at + 1).map(|next| next.time);
        epoch.time < until && next.is_none_or(|next| next >= from)
    });
    let in_force: Vec<_> = in_force.map(|(_, epoch)| epoch).collect();
    let mut rows = Vec::new();
    let members = group.members().map(|(user, memberships)| (user, memberships.to_vec()));
    for (user, memberships) in members.chain(operators_of_inquiry(group, view)) {
        for membership in &memberships {
            let devices = devices_of(view, user).filter(|device| {
                let holds = |epoch: &&&renkei_policy::group::EpochRecord| was_given(group, *device, epoch);
                in_force.iter().any(|epoch| holds(&epoch) && belongs(membership, epoch.seq, group, *device))
            });
            let devices: Vec<ReadingDevice> = devices.map(|device| reading(replica, view, device)).collect();
            let present = membership.approved.time < until && membership.ended.is_none_or(|by| by.time >= from);
            if devices.is_empty() && !present {
                continue;
            }
            let reading = if present { Reading::Then } else { Reading::Later };
            let id_ended = view.user(user).and_then(|person| person.ended);
            let id_ended = id_ended.and_then(|seq| replica.registry_chain().time_of(seq)).map(|time| (time, None));
            let ended = membership.ended.map(|by| (by.time, Some(by))).or(id_ended);
            let (invited, approved) = (membership.invited, membership.approved);
            rows.push(CouldRead { user, reading, devices, invited, approved, ended });
        }
    }
    Ok(rows)
}

/// Operators of the Desk who were given keys of an inquiry (A14.1): let in by who asked, by opening it.
fn operators_of_inquiry<'r>(group: &'r Group, view: View<'r>) -> impl Iterator<Item = (UserId, Vec<Membership>)> + 'r {
    let by = group.created();
    let given = move |user: UserId| {
        devices_of(view, user).any(|device| group.epochs().iter().any(|epoch| was_given(group, device, epoch)))
    };
    let all = group.is_inquiry().then(|| view.users()).into_iter().flatten();
    let desk = all.filter(move |(user, person)| view.is_desk(person.facility) && *user != by.user && given(*user));
    desk.map(move |(user, _)| (user, vec![Membership { invited: by, approved: by, first_epoch: 1, ended: None }]))
}

/// Whether a key of the epoch at `seq` came to a device by this stretch of its person's reading.
fn belongs(membership: &Membership, seq: u64, group: &Group, device: DeviceId) -> bool {
    let own = group.epochs().iter().any(|epoch| epoch.seq == seq && epoch.devices.binary_search(&device).is_ok());
    let during = seq > membership.approved.seq && membership.ended.is_none_or(|by| seq < by.seq);
    // What was handed over from before came with the latest approval.
    if own { during } else { seq < membership.approved.seq || during }
}

fn devices_of(view: View<'_>, user: UserId) -> impl Iterator<Item = DeviceId> {
    view.user(user).into_iter().flat_map(|person| person.devices.iter().copied())
}

fn reading(replica: &Replica, view: View<'_>, device: DeviceId) -> ReadingDevice {
    let wiped = view.device(device).and_then(|known| known.wiped);
    ReadingDevice { device, wiped: wiped.and_then(|seq| replica.registry_chain().time_of(seq)) }
}

/// What comes of holding somebody else's heads against one's own logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Both were shown the same, as far as both go.
    Same {
        /// When the server signed the other's.
        time: Time,
    },
    /// The server has shown two histories of this log. Both signatures together prove it.
    Forked {
        /// Which log.
        log: LogId,
    },
    /// The server has signed less of this log than it had by then: it kept the rest back from one of the two.
    Withheld {
        /// Which log.
        log: LogId,
    },
}

impl Client {
    /// A copy of the registry and of these groups' logs, as this person may see them, for [`verify`].
    pub async fn export(&self, groups: &[GroupId]) -> Result<Export> {
        let root = lock(&self.inner.profile).public().root;
        let registry = self.entries(LogId::Registry).await?;
        let mut exported = Vec::new();
        for &group in groups {
            exported.push(ExportedGroup { group, entries: self.entries(LogId::Group(group)).await? });
        }
        self.inner.newest_heads(groups).await;
        let heads = self.heads().map(|signed| signed.text()).into_iter().collect();
        Ok(Export { format: FORMAT.to_owned(), root, heads, registry, groups: exported })
    }

    async fn entries(&self, log: LogId) -> Result<Vec<String>> {
        let mut entries = Vec::new();
        loop {
            let from = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let Answer::Entries(some) = self.inner.request(Op::Entries { log, from }).await? else {
                return Err(Code::Malformed.into());
            };
            if some.as_slice().is_empty() {
                self.require_whole(log, &entries)?;
                return Ok(entries);
            }
            entries.extend(some.as_slice().iter().map(|entry: &Blob<ENTRY_MAX>| HEXLOWER.encode(entry.as_slice())));
        }
    }

    /// What was fetched must be the log that this device has verified, and go as far.
    fn require_whole(&self, log: LogId, entries: &[String]) -> Result<()> {
        let last = entries.last().and_then(|text| HEXLOWER.decode(text.as_bytes()).ok());
        let last = last.and_then(|bytes| Entry::decode(&bytes).ok()).map(|entry| entry.header.head());
        self.look(|replica| {
            replica.writable(log)?;
            let here = match log {
                LogId::Registry => Some(replica.registry_chain().head()),
                LogId::Group(id) => replica.head_at(log, replica.group(id).map_or(0, crate::replica::Followed::size)),
            };
            // It may have grown since.
            let (Some(here), Some(last)) = (here, last) else { return Err(Code::LogNotTrusted.into()) };
            let grown = last.size > here.size || last == here;
            if grown { Ok(()) } else { Err(Code::LogNotTrusted.into()) }
        })
    }

    /// The last heads that the server has signed for this device: to be handed to somebody who compares.
    pub fn heads(&self) -> Option<SignedHeads> {
        self.look(|replica| replica.witness().signed().cloned())
    }

    /// Holds heads that the server has signed for somebody else against the logs here.
    pub fn compare(&self, theirs: &SignedHeads) -> Result<Comparison> {
        self.look(|replica| {
            let heads = believe(replica, theirs)?;
            let held = hold(replica, &heads);
            // One's own last heads may be of a log that grew no further here.
            let contradicted = replica.witness().heads().and_then(|own| own.contradicts(&heads));
            Ok(match (held.forked, held.withheld.or(contradicted)) {
                (Some(log), _) => Comparison::Forked { log },
                (None, Some(log)) => Comparison::Withheld { log },
                (None, None) => {
                    // What is distrusted here agrees with nothing.
                    replica.trusted(LogId::Registry)?;
                    Comparison::Same { time: heads.time }
                }
            })
        })
    }
}
