//! Sendings as a screen has them: taken over at once and kept, sent by whoever goes on with them, told without a question to
//! the server.

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::Part;
use renkei_proto::id::{FileId, GroupId};

use super::{KeptFile, Sending, UnderWay, Unfinished};
use crate::Result;
use crate::attach::Outgoing;
use crate::client::{Client, lock};

impl UnderWay {
    /// Nothing is known of what the server has of a file.
    pub(crate) fn has_none(&self, file: FileId) {
        lock(&self.1).insert(file, 0);
    }

    /// The server has so many chunks more of it.
    pub(crate) fn has_more(&self, file: FileId, chunks: u32) {
        let mut counts = lock(&self.1);
        let count = counts.entry(file).or_default();
        *count = count.saturating_add(chunks);
    }

    fn has(&self, file: FileId) -> u32 {
        lock(&self.1).get(&file).copied().unwrap_or_default()
    }
}

impl Client {
    /// Takes over a message with files. When this returns, what is needed to send it is kept on this device, durably;
    /// [`Client::go_on`] sends it.
    pub async fn begin_sending(
        &self,
        group: GroupId,
        text: &str,
        files: &mut [Outgoing],
        no_download: bool,
    ) -> Result<FileId> {
        if text.len() > bounds::MESSAGE_TEXT || files.len() > bounds::FILES {
            return Err(Code::TooLarge.into());
        }
        let id = files.first().map(|file| file.file).ok_or(Code::NothingToDo)?;
        self.permit_writing(group)?;
        self.require_sendable(group)?;
        for file in files.iter_mut() {
            self.plan(group, file).await?;
        }
        self.keep(id, (group, text, no_download), files)?;
        self.inner.note_change();
        Ok(id)
    }

    /// What is not finished, oldest first, and how much of it the server has, as far as it was seen here. The server is not
    /// asked.
    pub fn kept_sendings(&self) -> Result<Vec<Unfinished>> {
        let all = self.inner.with_sendings(|all, _| Ok(all.clone()))?;
        let told = |(id, sending): (FileId, Sending)| {
            let chunks = |file: &KeptFile| file.parts.iter().map(|part| part.leaves.len()).sum::<usize>();
            let content =
                |file: &KeptFile| file.parts.iter().find(|one| one.part == Part::Content).map_or(0, |one| one.length);
            let arrived = sending.files.iter().map(|file| self.inner.under_way.has(file.file)).sum();
            let chunks = u32::try_from(sending.files.iter().map(chunks).sum::<usize>()).unwrap_or(u32::MAX);
            let files = sending.files.iter().map(|file| (file.name.to_string(), content(file))).collect();
            let Sending { group, text, since, .. } = sending;
            Unfinished { id, group, text, since, files, arrived, chunks }
        };
        let mut all: Vec<Unfinished> = all.into_iter().map(told).collect();
        all.sort_by_key(|one| one.since);
        Ok(all)
    }
}
