//! The files of a data directory whose server is down: is everything there that messages name, as it was accepted?

use renkei_proto::entry::{Entry, EntryKind};
use renkei_proto::file::{Attachment, Part, Stored};
use renkei_proto::id::{DeviceId, GroupId};
use renkei_proto::merkle::Frontier;
use renkei_proto::statement::{Claim, LogId};

use super::{Files, Lies, owner};

/// What posts and deposits of scans name.
#[derive(Debug, Default)]
pub(crate) struct Named(Vec<(GroupId, u64, DeviceId, Attachment)>);

impl Named {
    /// Remembers the files of an entry, which holds.
    pub(crate) fn note(&mut self, log: LogId, bytes: &[u8]) {
        let Ok(entry) = Entry::decode(bytes) else { return };
        if !matches!(entry.header.kind, EntryKind::Message | EntryKind::Governance | EntryKind::Registry) {
            return;
        }
        let claim = entry.body.map(Claim::parse);
        if let (Some(Ok(claim)), Some(device)) = (claim, entry.header.author) {
            let act = &claim.unverified().act;
            let Some(group) = owner(log, act) else { return };
            let named = act.files();
            self.0.extend(named.into_iter().map(|one| (group, entry.header.seq, device, one)));
        }
    }

    /// How many there are, all of them whole; or the first message with one that is not. Blocks.
    pub(crate) fn check(self, files: &Files, erased: impl Fn(GroupId, u64) -> bool) -> Result<u64, (GroupId, u64)> {
        let mut whole = 0;
        for (group, seq, device, attachment) in self.0 {
            if erased(group, seq) {
                continue;
            }
            let lies = Lies { group, device, file: attachment.file };
            let there = [Part::Content, Part::Preview]
                .into_iter()
                .filter_map(|part| attachment.part(part).map(|stored| (part, stored)))
                .all(|(part, stored)| files.is_whole(&lies, part, stored));
            if !there {
                return Err((group, seq));
            }
            whole += 1;
        }
        Ok(whole)
    }
}

impl Files {
    fn is_whole(&self, lies: &Lies, part: Part, stored: Stored) -> bool {
        let mut tree = Frontier::default();
        for index in 0..stored.chunks(part).unwrap_or_default() {
            let Ok(Some(chunk)) = self.blobs.read(&lies.chunk(part, index)) else { return false };
            tree.push(&chunk);
        }
        tree.root() == stored.root
    }
}
