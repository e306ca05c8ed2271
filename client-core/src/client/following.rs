//! The connection's life: made again when it breaks, followed while it lasts, and ended when the session is over.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::frame::{Fault, sync};
use renkei_proto::statement::LogId;

use super::{Connection, Inner, RETRY, Remembered, lock};
use crate::Result;
use crate::link::{Link, stream_ended};
use crate::profile::Profile;

impl Inner {
    /// Connects again and shows the session.
    async fn reconnect(&self) -> Result<Link> {
        let profile = lock(&self.profile).clone();
        profile.resume((self.session, &self.session_key)).await
    }

    /// Follows the sync streams of `link` to its end.
    async fn follow(&self, link: &Link) -> Fault {
        loop {
            if let Some(fault) = self.follow_stream(link).await {
                return fault;
            }
        }
    }

    /// Follows one sync stream to its end, or until it has to begin again: when this person has become a reader of a
    /// group whose messages were withheld so far.
    async fn follow_stream(&self, link: &Link) -> Option<Fault> {
        let mut positions = self.replica().positions();
        positions.extend(self.claimed().into_iter().map(|id| (LogId::Group(id), 0)));
        let mut stream = match link.sync(positions).await {
            Ok(stream) => stream,
            Err(fault) => return Some(fault),
        };
        // A stream that begins says what there is, and nothing where there is nothing.
        if !self.rung.borrow().calls.as_slice().is_empty() {
            self.take_calls(sync::Calls::default());
        }
        let mut buffer: Vec<u8> = Vec::new();
        loop {
            match stream.read_chunk(bounds::SYNC_CHUNK, true).await {
                Ok(Some(chunk)) => buffer.extend_from_slice(&chunk.bytes),
                Ok(None) => return Some(Code::Unreachable.into()),
                Err(error) => return Some(stream_ended(&error)),
            }
            let taken = match self.take_items(&buffer) {
                Ok(taken) => taken,
                Err(code) => return Some(code.into()),
            };
            if taken > 0 {
                buffer.drain(..taken);
                self.open_files.close_over(&self.replica(), self.user);
                let again = self.replica().forget_withheld();
                self.note_change();
                if again {
                    return None;
                }
            }
        }
    }

    /// What the server says about urgent messages from now on.
    fn take_calls(&self, calls: sync::Calls) {
        self.rung.send_modify(|rung| {
            rung.times += 1;
            rung.calls = calls;
        });
    }

    fn take_items(&self, buffer: &[u8]) -> core::result::Result<usize, Code> {
        let (mut at, mut heads) = (0, false);
        let _turn = self.turn_to_save();
        let mut replica = self.replica();
        let distrusted = replica.distrusted().clone();
        while let Some((tag, bytes, length)) =
            sync::take(buffer.get(at..).unwrap_or_default()).map_err(|_| Code::Malformed)?
        {
            match tag {
                // A log that does not hold is marked so, and the others go on.
                sync::ENTRY => drop(replica.take(&Entry::decode(bytes).map_err(|_| Code::Malformed)?)),
                sync::NOTICE => match renkei_proto::codec::decode(bytes).map_err(|_| Code::Malformed)? {
                    sync::Notice::CaughtUp { registry } => replica.set_caught_up(registry),
                    sync::Notice::Ended { log } => replica.end(log),
                    sync::Notice::Calls(calls) => self.take_calls(calls),
                    // Heads that do not hold make their log untrusted; what is told here is told by that.
                    sync::Notice::Heads(signed) => {
                        heads |= replica.take_heads(signed, self.clock.now()) != Err(Code::NotAuthentic);
                    }
                },
                _ => return Err(Code::Malformed),
            }
            at += length;
        }
        // However the session ends, what the server signed, and how far its logs went then, is on the disk. That a log did not
        // hold is there before anybody can see it here: no later session begins without it.
        let kept = if *replica.distrusted() != distrusted {
            let kept = self.write_vault(Remembered::of(&replica));
            drop(replica);
            kept
        } else if heads {
            let remembered = Remembered::of(&replica);
            drop(replica);
            self.write_vault(remembered).and_then(|()| self.keep_registry(false))
        } else {
            Ok(())
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "what the server signed, or what did not hold, was not kept");
        }
        Ok(at)
    }

    /// Whether the fault means that this session will not go on.
    fn final_fault(fault: &Fault) -> bool {
        !matches!(
            fault.code,
            Code::Unreachable
                | Code::ShuttingDown
                | Code::Busy
                | Code::StorageFull
                | Code::StorageFailed
                | Code::TryLater
        )
    }

    /// Keeps a connection for as long as the session lives.
    pub(super) async fn run(&self, first: Link) {
        let mut next = Some(first);
        let mut pause = RETRY.0;
        loop {
            let fault = match next.take() {
                Some(link) => {
                    self.link.send_replace(Some(link.clone()));
                    self.connection.send_replace(Connection::Online);
                    pause = RETRY.0;
                    let fault = self.follow(&link).await;
                    link.over().unwrap_or(fault)
                }
                None => match self.reconnect().await {
                    Ok(link) => {
                        next = Some(link);
                        continue;
                    }
                    Err(fault) => fault,
                },
            };
            self.link.send_replace(None);
            if Self::final_fault(&fault) {
                self.finish(fault);
                return;
            }
            self.connection.send_replace(Connection::Offline);
            self.note_change();
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY.1);
        }
    }

    /// The session is over: the vault closes, and a wiped device destroys what it has.
    fn finish(&self, fault: Fault) {
        let saved = self.save().and_then(|()| self.keep_registry(true));
        self.close_vault();
        if let Err(error) = saved {
            tracing::debug!(%error, "the vault was not kept at the end of the session");
        }
        let profile = lock(&self.profile).clone();
        let wiped = profile.obey(&fault);
        self.connection.send_replace(Connection::Over(fault));
        self.note_change();
        if wiped {
            // In a task of its own: whoever hears that the session is over lets this client go.
            let dir = profile.dir().to_owned();
            drop(tokio::spawn(async move { Profile::try_confirm_wipe(&dir).await }));
        }
    }
}
