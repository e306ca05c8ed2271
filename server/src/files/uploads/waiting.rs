//! Uploads that no post is known to name: whose, how much, and which of them may be touched now.

use std::collections::BTreeMap;
use std::sync::Mutex;

use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::file::{Part, Stored};
use renkei_proto::id::{GroupId, UserId};
use renkei_proto::time::Time;

use super::super::Lies;
use crate::hub::lock;

/// An upload that no post is known to name.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) user: UserId,
    pub(super) since: Time,
    pub(super) bytes: u64,
    /// Parts that were found whole, or not: nothing is hashed twice because a post had to be made anew.
    pub(super) checked: Vec<(Part, Stored, bool)>,
    /// Whether the mark of it is durable.
    pub(super) begun: bool,
    /// Posts that name it and are on their way: it is not swept, and gets no more chunks.
    pub(super) posting: u32,
    /// Chunks that are being written: no post can name it yet.
    pub(super) arriving: u32,
    /// Whether the disk says that a post may have named it: then it gets no more chunks either.
    pub(super) marked: bool,
}

/// What is remembered of one upload: both parts of a post that is made anew a few times. More roots than that are guesses,
/// and each costs its own check.
const CHECKED: usize = 8;

impl Upload {
    /// What was found out about a part; the oldest is forgotten.
    pub(super) fn note_checked(&mut self, part: Part, stored: Stored, whole: bool) {
        if self.checked.len() >= CHECKED {
            self.checked.remove(0);
        }
        self.checked.push((part, stored, whole));
    }
}

/// A chunk that is being written, for as long as this is held.
#[derive(Debug)]
pub(super) struct Arriving<'f>(pub(super) &'f Mutex<Waiting>, pub(super) Lies);

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        if let Some(upload) = lock(self.0).0.get_mut(&self.1) {
            upload.arriving = upload.arriving.saturating_sub(1);
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Waiting(pub(super) BTreeMap<Lies, Upload>);

impl Waiting {
    /// A place for `bytes` more of a file of `user`. Whether the file is new here.
    pub(super) fn reserve(&mut self, lies: Lies, user: UserId, bytes: u64, now: Time) -> Result<bool, Code> {
        let theirs = || self.0.values().filter(|one| one.user == user);
        let all: u64 = theirs().map(|one| one.bytes).sum();
        let new = !self.0.contains_key(&lies);
        let anybodys: u64 = self.0.values().map(|one| one.bytes).sum();
        if anybodys.saturating_add(bytes) > bounds::WAITING_IN_ALL {
            return Err(Code::UploadsSpent);
        }
        if all.saturating_add(bytes) > bounds::WAITING_UPLOADS || (new && theirs().count() >= bounds::WAITING_FILES) {
            return Err(Code::UploadsFull);
        }
        let (checked, begun, posting, arriving, marked) = (Vec::new(), false, 0, 0, false);
        let fresh = Upload { user, since: now, bytes: 0, checked, begun, posting, arriving, marked };
        let upload = self.0.entry(lies).or_insert(fresh);
        if !new && (!upload.begun || upload.posting > 0) {
            // The first chunk's mark is being written: a moment later. And what a post names is as it was looked at.
            return Err(Code::Busy);
        }
        if upload.marked {
            return Err(Code::AlreadyExists);
        }
        upload.bytes = upload.bytes.saturating_add(bytes);
        upload.arriving += 1;
        Ok(new)
    }

    /// Bytes that wait: of a person, and in a group.
    pub(super) fn bytes(&self, user: UserId, group: GroupId) -> (u64, u64) {
        let sum = |which: &dyn Fn(&Lies, &Upload) -> bool| {
            self.0.iter().filter(|(lies, one)| which(lies, one)).map(|(_, one)| one.bytes).fold(0, u64::saturating_add)
        };
        (sum(&|_, one| one.user == user), sum(&|lies, _| lies.group == group))
    }

    pub(super) fn give_back(&mut self, lies: Lies, bytes: u64) {
        if let Some(upload) = self.0.get_mut(&lies) {
            upload.bytes = upload.bytes.saturating_sub(bytes);
        }
    }

    /// Keeps the files of a post from being swept. Refused where one of them does not wait to be posted.
    pub(super) fn pin(&mut self, files: &[Lies], now: Time) -> Result<(), Code> {
        if !files.iter().all(|lies| self.0.contains_key(lies)) {
            return Err(Code::FileIncomplete);
        }
        if files.iter().filter_map(|lies| self.0.get(lies)).any(|upload| upload.arriving > 0) {
            return Err(Code::Busy);
        }
        for lies in files {
            if let Some(upload) = self.0.get_mut(lies) {
                upload.posting += 1;
                upload.since = upload.since.max(now);
            }
        }
        Ok(())
    }

    pub(super) fn unpin(&mut self, files: &[Lies]) {
        for lies in files {
            if let Some(upload) = self.0.get_mut(lies) {
                upload.posting = upload.posting.saturating_sub(1);
            }
        }
    }

    /// What was found out about a part before.
    pub(super) fn known(&self, lies: &Lies, part: Part, stored: Stored) -> Option<bool> {
        let checked = &self.0.get(lies)?.checked;
        checked.iter().find(|(known, what, _)| (*known, *what) == (part, stored)).map(|(_, _, whole)| *whole)
    }

    pub(in crate::files) fn forget(&mut self, group: GroupId) {
        self.0.retain(|lies, _| lies.group != group);
    }
}

#[cfg(test)]
mod tests {
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::{DeviceId, FileId};

    use super::*;

    fn lies(file: u8) -> Lies {
        Lies { group: GroupId([1; 16]), device: DeviceId([2; 16]), file: FileId([file; 16]) }
    }

    #[test]
    fn a12_2_nobody_fills_the_disk_with_files_that_no_message_names() {
        let (user, now) = (UserId([3; 16]), Time(0));
        let mut waiting = Waiting::default();
        assert_eq!(waiting.reserve(lies(1), user, bounds::WAITING_UPLOADS, now), Ok(true));
        assert_eq!(waiting.reserve(lies(1), user, 1, now), Err(Code::UploadsFull));
        assert_eq!(waiting.reserve(lies(2), UserId([4; 16]), 1, now), Ok(true), "another person");
        waiting.give_back(lies(1), bounds::WAITING_UPLOADS);
        for file in 2..=u8::try_from(bounds::WAITING_FILES).unwrap() {
            assert_eq!(waiting.reserve(lies(file + 10), user, 1, now), Ok(true));
        }
        assert_eq!(waiting.reserve(lies(100), user, 1, now), Err(Code::UploadsFull), "one file too many");
        assert_eq!(waiting.reserve(lies(1), user, 1, now), Err(Code::Busy), "its mark is not on the disk yet");
        waiting.0.get_mut(&lies(1)).unwrap().begun = true;
        assert_eq!(waiting.reserve(lies(1), user, 1, now), Ok(false), "more of one that is there");
        waiting.forget(GroupId([1; 16]));
        assert_eq!(waiting.reserve(lies(100), user, 1, now), Ok(true));
    }

    #[test]
    fn a12_2_a_file_that_a_post_names_gets_no_more_chunks_and_none_is_named_while_one_arrives() {
        let (user, now) = (UserId([3; 16]), Time(0));
        let waiting = Mutex::new(Waiting::default());
        assert_eq!(lock(&waiting).reserve(lies(1), user, 1, now), Ok(true));
        let arriving = Arriving(&waiting, lies(1));
        assert_eq!(lock(&waiting).pin(&[lies(1)], now), Err(Code::Busy), "a chunk is being written");
        lock(&waiting).0.get_mut(&lies(1)).unwrap().begun = true;
        drop(arriving);
        assert_eq!(lock(&waiting).pin(&[lies(1)], now), Ok(()));
        assert_eq!(lock(&waiting).reserve(lies(1), user, 1, now), Err(Code::Busy), "it is being looked at");
        lock(&waiting).unpin(&[lies(1)]);
        assert_eq!(lock(&waiting).reserve(lies(1), user, 1, now), Ok(false), "that post was refused");
    }

    #[test]
    fn a12_2_nor_do_many_people_together() {
        let mut waiting = Waiting::default();
        let people = bounds::WAITING_IN_ALL / bounds::WAITING_UPLOADS;
        for n in 0..u8::try_from(people).unwrap() {
            assert_eq!(waiting.reserve(lies(n), UserId([n; 16]), bounds::WAITING_UPLOADS, Time(0)), Ok(true));
        }
        let one_more = waiting.reserve(lies(200), UserId([200; 16]), bounds::WAITING_UPLOADS, Time(0));
        assert_eq!(one_more, Err(Code::UploadsSpent));
        assert_eq!(waiting.bytes(UserId([0; 16]), GroupId([1; 16])), {
            (bounds::WAITING_UPLOADS, people * bounds::WAITING_UPLOADS)
        });
    }

    #[test]
    fn a12_2_posts_that_guess_at_a_file_fill_no_memory() {
        let mut waiting = Waiting::default();
        waiting.reserve(lies(1), UserId([3; 16]), 1, Time(0)).unwrap();
        let upload = waiting.0.get_mut(&lies(1)).unwrap();
        let stored = |n: u8| Stored { length: 1, root: Hash32([n; 32]) };
        (0..100).for_each(|n| upload.note_checked(Part::Content, stored(n), false));
        assert_eq!(upload.checked.len(), CHECKED);
        assert_eq!(waiting.known(&lies(1), Part::Content, stored(99)), Some(false), "the newest is known");
        assert_eq!(waiting.known(&lies(1), Part::Content, stored(0)), None, "the oldest is looked at again");
    }
}
