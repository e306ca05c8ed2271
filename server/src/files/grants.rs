//! Files that sessions have open. An opening is on record before it is here; what is here is no right yet: with each chunk
//! everything is asked again, before it is read and after, when the store has taken its time: session, reading, what the
//! opening is for.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use renkei_policy::a11_lockout::Monotonic;
use renkei_policy::a11_session::Need;
use renkei_policy::group::a06_scans;
use renkei_policy::group::a12_files::{Posted, permit_going_on, permit_opening};
use renkei_policy::registry::a09_scans;
use renkei_proto::access::What;
use renkei_proto::act::{Act, GroupAct, Post};
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::file::{Opening, SignedOpening, Stored};
use renkei_proto::id::{DeviceId, RequestId, SessionId};
use renkei_proto::statement::{Claim, LogId};
use renkei_proto::time::Time;

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
    named: NamedBy,
    /// What goes on record.
    pub(crate) what: What,
}

/// What names files at a place of a log.
enum Naming {
    /// A message, and when it was written.
    Post(Post, Time),
    /// The deposit of a form's scan.
    Scan,
}

/// By what a file is named, and so for whom it is.
#[derive(Debug, Clone, Copy)]
enum NamedBy {
    /// A message: for readers.
    Post(Posted),
    /// The scan of a form: for those who govern the group.
    Scan,
    /// The scan of a Form 1 or 2: for those who need it.
    Form,
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
    /// What names files at a place of a group's log, and with which device it was written.
    fn naming_at(&self, opening: &Opening) -> Result<(DeviceId, Naming), Code> {
        let log = LogId::Group(opening.group);
        let bytes = self.entry(log, opening.seq)?.ok_or(Code::Unknown)?;
        let entry = Entry::decode(&bytes).map_err(|_| Code::StorageFailed)?;
        let claim = Claim::parse(entry.body.ok_or(Code::Unknown)?).map_err(|_| Code::StorageFailed)?;
        match (entry.header.author, &claim.unverified().act) {
            (Some(author), Act::Post(post)) => Ok((author, Naming::Post(post.clone(), entry.header.time))),
            (Some(author), Act::Group(GroupAct::DepositScan { .. })) => Ok((author, Naming::Scan)),
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
        // Against the anchored date, as a code generator's is: a device whose clock is right opens files while the machine's
        // is wrong, and after a server that was started with a wrong one dated an entry next year.
        let date = self.clock.anchored();
        let skew = date.since(opening.at).max(opening.at.since(date));
        let elapsed = self.clock.monotonic();
        if skew > bounds::CLOCK_SKEW {
            return Err(Code::OpeningOver);
        }
        if lock(&self.files.grants).find(opening.device, opening.request, elapsed).is_some() {
            return Err(Code::AlreadyExists);
        }
        if let Some(permitted) = self.permit_form_opening(&opening, signed, session, now) {
            return permitted;
        }
        {
            // Whoever neither reads the group nor governs it is not told what is in it.
            let world = self.world();
            let (group, _) = world.group(opening.group).ok_or(Code::Unknown)?;
            let view = world.registry().now();
            let reads = group.reading(view, opening.user).is_some();
            let governs = group.erased().is_none() && group.governed_by(view, opening.user, now);
            let refused = group.shut().or((!reads).then_some(Code::NotAReader));
            refused.filter(|_| !governs).map_or(Ok(()), Err)?;
        }
        let (author, naming) = self.naming_at(&opening)?;
        let world = self.world();
        let (group, _) = world.group(opening.group).ok_or(Code::Unknown)?;
        let view = world.registry().now();
        let (file, stored, named) = match &naming {
            Naming::Post(post, written) => {
                permit_opening(group, view, &opening, (post, *written), now).map_err(|refusal| refusal.0)?;
                let file = post.files.as_slice().get(usize::from(opening.file)).ok_or(Code::Unknown)?;
                let stored = file.part(opening.part).ok_or(Code::Unknown)?;
                (file.file, stored, NamedBy::Post(Posted::of(post, *written)))
            }
            Naming::Scan => {
                let deposit = a06_scans::permit_opening(group, view, &opening, now).map_err(|refusal| refusal.0)?;
                (deposit.file, deposit.content, NamedBy::Scan)
            }
        };
        let lies = Lies { group: opening.group, device: author, file };
        let Opening { group, seq, file, part, intent, request, at, .. } = opening;
        let what = What::FileOpened { group, seq, file, part, intent, request, at, signature: signed.signature };
        Ok(Permitted { opening, session, lies, stored, named, what })
    }

    /// The same for the scan of a Form 1 or 2. None where the opening is of a group's file.
    fn permit_form_opening(
        &self,
        opening: &Opening,
        signed: &SignedOpening,
        session: SessionId,
        now: Time,
    ) -> Option<Result<Permitted, Code>> {
        let world = self.world();
        let view = world.registry().now();
        view.drawer_of(opening.group)?;
        let permitted = a09_scans::permit_opening(view, opening, now).map_err(|refusal| refusal.0);
        Some(permitted.map(|deposit| {
            let Opening { group, seq, file: place, part, intent, request, at, .. } = *opening;
            let lies = Lies::of_form(deposit);
            let (file, signature) = (place, signed.signature);
            let what = What::FileOpened { group, seq, file, part, intent, request, at, signature };
            let (opening, stored, named) = (*opening, deposit.content, NamedBy::Form);
            Permitted { opening, session, lies, stored, named, what }
        }))
    }

    /// The opening is on record: its session may fetch the file now.
    pub(crate) fn opened(&self, permitted: Permitted) {
        lock(&self.files.grants).open(permitted, self.clock.monotonic());
    }

    /// Whether this session still has it open, and the rules still let it.
    fn going_on(&self, live: &Live, permitted: &Permitted) -> Result<(), Code> {
        let Permitted { opening, named, session, .. } = permitted;
        live.permit(Need::OpenSession).map_err(|refusal| refusal.0)?;
        if live.session() != Some(*session) {
            return Err(Code::OpeningOver);
        }
        let world = self.world();
        let view = world.registry().now();
        let now = self.clock.utc();
        if matches!(named, NamedBy::Form) {
            let still = a09_scans::permit_reading(view, (opening.user, opening.device), opening.seq, now);
            return still.map(drop).map_err(|refusal| refusal.0);
        }
        let (group, _) = world.group(opening.group).ok_or(Code::Unknown)?;
        let still = match named {
            NamedBy::Post(posted) => permit_going_on(group, view, opening, posted, now),
            NamedBy::Scan | NamedBy::Form => {
                a06_scans::permit_reading(group, view, (opening.user, opening.device), now)
            }
        };
        still.map_err(|refusal| refusal.0)
    }

    /// A chunk of a file that this session has open.
    pub(crate) async fn file_chunk(&self, live: &Live, request: RequestId, index: u32) -> Result<Bytes, Code> {
        let found = lock(&self.files.grants).find(live.device(), request, self.clock.monotonic()).cloned();
        let permitted = found.ok_or(Code::OpeningOver)?;
        let read = async {
            let Permitted { opening, lies, stored, .. } = &permitted;
            let length = stored.chunk_length(opening.part, index).ok_or(Code::Unknown)?;
            let chunk = self.files.blobs.get(&lies.chunk(opening.part, index)).await.map_err(|error| code(&error))?;
            // Kept when the post was accepted: if it is not there any more, the disk has lost it.
            chunk.filter(|bytes| bytes.len() == length).ok_or(Code::StorageFailed)
        };
        before_and_after(|| self.going_on(live, &permitted), read).await
    }
}

/// What is read where `ask` says yes before it is read and after: a removal, a lock, or a stricter word may come meanwhile.
async fn before_and_after<T>(
    ask: impl Fn() -> Result<(), Code>,
    read: impl Future<Output = Result<T, Code>>,
) -> Result<T, Code> {
    ask()?;
    let read = read.await;
    ask()?;
    read
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a12_2_what_ends_the_right_while_a_chunk_is_read_keeps_it_back() {
        let right = Cell::new(Ok(()));
        let read = |then| {
            let right = &right;
            async move {
                tokio::task::yield_now().await;
                right.set(then);
                Ok(7)
            }
        };
        assert_eq!(before_and_after(|| right.get(), read(Ok(()))).await, Ok(7), "nothing came");
        let removed = Err(Code::NotAReader);
        assert_eq!(before_and_after(|| right.get(), read(removed)).await, Err(Code::NotAReader), "removed meanwhile");
        let untouched = before_and_after(|| right.get(), read(Ok(())));
        assert_eq!(untouched.await, Err(Code::NotAReader), "and nothing is read any more");
        assert_eq!(right.get(), removed);
    }
}
