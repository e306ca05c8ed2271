//! Files that sessions have open. An opening is on record before it is here; what is here is no right yet: with each chunk it
//! is asked again whether the person still reads the group.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use renkei_policy::a11_lockout::Monotonic;
use renkei_policy::group::a12_files::{permit_opening, permit_reading};
use renkei_proto::access::What;
use renkei_proto::act::{Act, Post};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::file::{Opening, SignedOpening, Stored};
use renkei_proto::id::{DeviceId, RequestId, SessionId};
use renkei_proto::statement::{Claim, LogId};

use super::{Lies, code};
use crate::hub::{Live, lock};
use crate::service::{Service, decode_code};

const LASTS: Duration = Duration::from_secs(bounds::OPENING_LASTS);

/// An opening that the rules permit, and that is not on record yet.
#[derive(Debug, Clone)]
pub(crate) struct Permitted {
    opening: Opening,
    session: SessionId,
    lies: Lies,
    stored: Stored,
    post: Post,
    /// What goes on record.
    pub(crate) what: What,
}

#[derive(Debug)]
struct Grant {
    permitted: Permitted,
    since: Monotonic,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Grants(BTreeMap<(DeviceId, RequestId), Grant>);

impl Grants {
    fn open(&mut self, permitted: Permitted, now: Monotonic) {
        self.0.retain(|_, grant| now.saturating_sub(grant.since) < LASTS);
        let device = permitted.opening.device;
        let theirs = || self.0.range((device, RequestId([0; 16]))..=(device, RequestId([0xff; 16])));
        if theirs().count() >= bounds::OPEN_FILES {
            let oldest = theirs().min_by_key(|(_, grant)| grant.since).map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                self.0.remove(&oldest);
            }
        }
        self.0.insert((device, permitted.opening.request), Grant { permitted, since: now });
    }

    fn find(&self, device: DeviceId, request: RequestId, now: Monotonic) -> Option<&Permitted> {
        let grant = self.0.get(&(device, request))?;
        (now.saturating_sub(grant.since) < LASTS).then_some(&grant.permitted)
    }
}

impl Service {
    /// The post at a place of a group's log.
    fn post_at(&self, opening: &Opening) -> Result<(DeviceId, Post), Code> {
        let log = LogId::Group(opening.group);
        let bytes = self.entry(log, opening.seq)?.ok_or(Code::Unknown)?;
        let entry = Entry::decode(&bytes).map_err(|_| Code::StorageFailed)?;
        let claim = Claim::parse(entry.body.ok_or(Code::Unknown)?).map_err(|_| Code::StorageFailed)?;
        match (entry.header.author, &claim.unverified().act) {
            (Some(author), Act::Post(post)) => Ok((author, post.clone())),
            _ => Err(Code::Unknown),
        }
    }

    /// Decides on a signed opening. Nothing is open before it is on record ([`Service::opened`]).
    pub(crate) fn permit_opening(&self, live: &Live, signed: &SignedOpening) -> Result<Permitted, Code> {
        let opening = signed.unverified().map_err(decode_code)?;
        let session = live.session().ok_or(Code::SessionRequired)?;
        if (opening.user, opening.device) != (live.user(), live.device()) {
            return Err(Code::NotForYou);
        }
        {
            let world = self.world();
            let view = world.registry().now();
            let association = world.registry().association().ok_or(Code::NotFounded)?;
            let key = view.device(opening.device).ok_or(Code::DeviceNotApproved)?.registration.signing;
            if association.id != opening.association || signed.verify(&key).is_err() {
                return Err(Code::SignatureInvalid);
            }
        }
        let now = self.clock.utc();
        // Against the machine's clock, as a code generator's is: a device whose clock is right opens files also after the
        // server's was wrong for an hour and dated an entry next year.
        let wall = self.clock.wall();
        let skew = wall.since(opening.at).max(opening.at.since(wall));
        let elapsed = self.clock.monotonic();
        if skew > bounds::CLOCK_SKEW {
            return Err(Code::OpeningOver);
        }
        if lock(&self.files.grants).find(opening.device, opening.request, elapsed).is_some() {
            return Err(Code::AlreadyExists);
        }
        {
            // Whoever does not read the group is not told what is in it.
            let world = self.world();
            let (group, _) = world.group(opening.group).ok_or(Code::Unknown)?;
            let reads = group.reading(world.registry().now(), opening.user).is_some();
            group.shut().or((!reads).then_some(Code::NotAReader)).map_or(Ok(()), Err)?;
        }
        let (author, post) = self.post_at(&opening)?;
        let world = self.world();
        let (group, _) = world.group(opening.group).ok_or(Code::Unknown)?;
        permit_opening(group, world.registry().now(), &opening, &post, now).map_err(|refusal| refusal.0)?;
        let file = post.files.as_slice().get(usize::from(opening.file)).ok_or(Code::Unknown)?;
        let stored = file.part(opening.part).ok_or(Code::Unknown)?;
        let lies = Lies { group: opening.group, device: author, file: file.file };
        let Opening { group, seq, file, part, intent, request, at, .. } = opening;
        let what = What::FileOpened { group, seq, file, part, intent, request, at, signature: signed.signature };
        Ok(Permitted { opening, session, lies, stored, post, what })
    }

    /// The opening is on record: its session may fetch the file now.
    pub(crate) fn opened(&self, permitted: Permitted) {
        lock(&self.files.grants).open(permitted, self.clock.monotonic());
    }

    /// A chunk of a file that this session has open.
    pub(crate) async fn file_chunk(&self, live: &Live, request: RequestId, index: u32) -> Result<Bytes, Code> {
        let found = lock(&self.files.grants).find(live.device(), request, self.clock.monotonic()).cloned();
        let permitted = found.filter(|one| Some(one.session) == live.session()).ok_or(Code::OpeningOver)?;
        let Permitted { opening, lies, stored, post, .. } = permitted;
        {
            let world = self.world();
            let (group, _) = world.group(opening.group).ok_or(Code::Unknown)?;
            let who = (opening.user, opening.device);
            permit_reading(group, world.registry().now(), who, (opening.seq, &post), self.clock.utc())
                .map_err(|refusal| refusal.0)?;
        }
        let length = stored.chunk_length(opening.part, index).ok_or(Code::Unknown)?;
        let chunk = self.files.blobs.get(&lies.chunk(opening.part, index)).await.map_err(|error| code(&error))?;
        // Kept when the post was accepted: if it is not there any more, the disk has lost it.
        chunk.filter(|bytes| bytes.len() == length).ok_or(Code::StorageFailed)
    }
}
