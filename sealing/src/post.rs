//! A message with files (A12.2): its text and the keys, names and kinds of its files, under a key of their own like a
//! message's. The files themselves are sealed apart ([`crate::file`]) and named in the open part of the statement, which the
//! ciphertext is bound to.

use core::fmt;

use renkei_proto::act::{Act, Post};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::file::{Part, sealed_length};
use renkei_proto::hash::Domain;
use renkei_proto::key;
use renkei_proto::statement::Statement;
use renkei_proto::text::Line;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::epoch::EpochKey;
use crate::file::FileKey;
use crate::{SealError, aead, padding};

const POST_KEY: Domain = Domain("renkei/v1/post-key");

/// What a file is. Nothing else is sent: what can run, or hides something that runs, has no place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A PDF.
    Pdf,
    /// Sound, MP3.
    Mp3,
    /// Sound, AAC in MP4.
    M4a,
    /// Sound, WAV.
    Wav,
    /// Sound, Vorbis or Opus in Ogg.
    Ogg,
    /// Sound, FLAC.
    Flac,
}

impl Media {
    /// Its media type (IANA).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
        }
    }

    /// Whether it is a picture.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What readers are told of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// The key of its parts.
    pub key: FileKey,
    /// Its name as its author had it, without any folder.
    pub name: Line<{ bounds::NAME }>,
    /// What it is.
    pub media: Media,
    /// Its bytes.
    pub length: u64,
    /// Bytes of its preview, a JPEG; none where it has none.
    pub preview: Option<u64>,
}

/// What a post says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostContent {
    /// The text. May be empty.
    pub text: String,
    /// The files, in the order of the statement's.
    pub files: List<FileNote, { bounds::FILES }>,
}

impl PostContent {
    /// Whether it speaks of exactly the files that the statement names, in their sizes.
    fn describes(&self, post: &Post) -> bool {
        let (notes, files) = (self.files.as_slice(), post.files.as_slice());
        let same = |(note, file): (&FileNote, &renkei_proto::file::Attachment)| {
            let preview = note.preview.map(sealed_length) == file.part(Part::Preview).map(|stored| stored.length);
            sealed_length(note.length) == file.content.length && preview
        };
        self.text.len() <= bounds::MESSAGE_TEXT && notes.len() == files.len() && notes.iter().zip(files).all(same)
    }
}

/// Fills the empty ciphertext of `statement`, which says everything else already and has a fresh random salt.
pub fn seal(statement: &mut Statement, content: &PostContent, epoch: &EpochKey) -> Result<(), SealError> {
    let context = statement.associated_data();
    let sender = statement.actor.device().ok_or(SealError::BadKey)?;
    let Act::Post(post) = &mut statement.act else { return Err(SealError::BadKey) };
    if !content.describes(post) {
        return Err(SealError::TooLarge);
    }
    let key = key::derive(epoch.bytes(), &post.salt.0, POST_KEY, &sender.0);
    let sealed = aead::seal(&key, &context, &padding::pad(Zeroizing::new(codec::encode(content))))?;
    post.ciphertext = Blob::new(sealed).map_err(|_| SealError::TooLarge)?;
    Ok(())
}

/// Opens the post in `statement`, whose signature the caller has verified.
pub fn open(statement: &Statement, epoch: &EpochKey) -> Result<PostContent, SealError> {
    let sender = statement.actor.device().ok_or(SealError::NotAuthentic)?;
    let Act::Post(post) = &statement.act else { return Err(SealError::NotAuthentic) };
    let key = key::derive(epoch.bytes(), &post.salt.0, POST_KEY, &sender.0);
    let opened = aead::open(&key, &statement.associated_data(), post.ciphertext.as_slice())?;
    let content: PostContent = codec::decode(padding::unpad(&opened)?).map_err(|_| SealError::NotAuthentic)?;
    // What no honest device seals is not shown either.
    if content.describes(post) { Ok(content) } else { Err(SealError::NotAuthentic) }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;
    use renkei_proto::act::Message;
    use renkei_proto::file::{Attachment, NO_DOWNLOAD, Stored};
    use renkei_proto::hash::Hash32;
    use renkei_proto::id::{FileId, GroupId};
    use renkei_proto::statement::LogId;

    use super::*;
    use crate::message;
    use crate::sample::sample;

    fn note(length: u64, preview: Option<u64>) -> FileNote {
        let (key, name) = (FileKey::generate(&mut OsRng), Line::new("見本.jpg").unwrap());
        FileNote { key, name, media: Media::Jpeg, length, preview }
    }

    fn stored(length: u64) -> Stored {
        Stored { length: sealed_length(length), root: Hash32([8; 32]) }
    }

    fn content() -> PostContent {
        PostContent { text: "創部の写真です".into(), files: List::new(vec![note(5_000, Some(900))]).unwrap() }
    }

    fn statement() -> Statement {
        let file = Attachment { file: FileId([7; 16]), content: stored(5_000), preview: Some(stored(900)) };
        let post = Post {
            epoch: 1,
            salt: Hash32([6; 32]),
            flags: NO_DOWNLOAD,
            files: List::new(vec![file]).unwrap(),
            ciphertext: Blob::default(),
        };
        sample(1, Act::Post(post))
    }

    fn with(statement: &Statement, alter: impl FnOnce(&mut Post)) -> Statement {
        let mut it = statement.clone();
        if let Act::Post(post) = &mut it.act {
            alter(post);
        }
        it
    }

    #[test]
    fn a12_2_a_post_opens_to_what_was_written_and_no_flag_or_file_of_it_can_be_changed() {
        let key = EpochKey::generate(&mut OsRng);
        let (mut sealed, content) = (statement(), content());
        seal(&mut sealed, &content, &key).unwrap();
        assert_eq!(open(&sealed, &key), Ok(content));
        let other = Attachment { file: FileId([9; 16]), content: stored(5_000), preview: Some(stored(900)) };
        let changes = [
            ("the flag", with(&sealed, |it| it.flags = 0)),
            ("the epoch", with(&sealed, |it| it.epoch = 2)),
            ("another file", with(&sealed, |it| it.files = List::new(vec![other]).unwrap())),
            ("no file", with(&sealed, |it| it.files = List::default())),
            ("another group", Statement { log: LogId::Group(GroupId([9; 16])), ..sealed.clone() }),
        ];
        for (name, it) in changes {
            assert_eq!(open(&it, &key), Err(SealError::NotAuthentic), "{name}");
        }
        assert_eq!(open(&sealed, &EpochKey::generate(&mut OsRng)), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a12_2_a_post_speaks_of_exactly_the_files_that_it_names() {
        let key = EpochKey::generate(&mut OsRng);
        let mut wrong = content();
        wrong.files = List::new(vec![note(5_001, Some(900))]).unwrap();
        assert_eq!(seal(&mut statement(), &wrong, &key), Err(SealError::TooLarge), "another length");
        wrong.files = List::new(vec![note(5_000, None)]).unwrap();
        assert_eq!(seal(&mut statement(), &wrong, &key), Err(SealError::TooLarge), "no preview");
        wrong.files = List::default();
        assert_eq!(seal(&mut statement(), &wrong, &key), Err(SealError::TooLarge), "no file");
        let long = PostContent { text: "a".repeat(bounds::MESSAGE_TEXT + 1), ..content() };
        assert_eq!(seal(&mut statement(), &long, &key), Err(SealError::TooLarge), "too long");
    }

    #[test]
    fn a12_2_a_post_with_ten_files_and_the_longest_text_has_room() {
        let key = EpochKey::generate(&mut OsRng);
        let long = Line::new("あ".repeat(bounds::NAME / 3)).unwrap();
        let notes =
            (0..bounds::FILES).map(|_| FileNote { name: long.clone(), ..note(bounds::FILE, Some(bounds::PREVIEW)) });
        let text = "a".repeat(bounds::MESSAGE_TEXT);
        let content = PostContent { text, files: List::new(notes.collect()).unwrap() };
        let file = |n: u8| Attachment {
            file: FileId([n; 16]),
            content: stored(bounds::FILE),
            preview: Some(stored(bounds::PREVIEW)),
        };
        let mut full = with(&statement(), |it| it.files = List::new((0..10).map(file).collect()).unwrap());
        seal(&mut full, &content, &key).unwrap();
        assert_eq!(open(&full, &key), Ok(content));
        assert!(codec::encode(&full).len() < bounds::STATEMENT);
    }

    #[test]
    fn a12_2_a_message_is_no_post() {
        let key = EpochKey::generate(&mut OsRng);
        let mut sealed = statement();
        seal(&mut sealed, &content(), &key).unwrap();
        let Act::Post(post) = sealed.act.clone() else { panic!() };
        let Ok(ciphertext) = Blob::new(post.ciphertext.into_vec()) else { panic!() };
        let act = Act::Message(Message { epoch: post.epoch, salt: post.salt, flags: 0, ciphertext });
        assert_eq!(message::open(&Statement { act, ..sealed.clone() }, &key), Err(SealError::NotAuthentic));
        assert_eq!(message::open(&sealed, &key), Err(SealError::NotAuthentic));
    }
}
