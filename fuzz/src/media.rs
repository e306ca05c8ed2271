//! What a device reads of a file before it leaves, and of one that a colleague's device sent: what a picture and a recording
//! say of their making. The first byte says which format, or how the camera was held.

use image::metadata::Orientation;
use renkei_sealing::post::Media;

use crate::{made, traces};

/// A target's name, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[("made", made), ("traces", traces)];

const SAYS: [Media; 6] = [Media::Pdf, Media::Mp3, Media::M4a, Media::Wav, Media::Ogg, Media::Flac];

/// What a file says of its making: some short lines.
pub fn made(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let Some(media) = SAYS.get(usize::from(*which) % SAYS.len()) else { return };
    let all = made::says(*media, bytes);
    assert!(all.len() <= 32 && all.iter().all(|one| one.text.chars().count() <= 120 && !one.text.is_empty()));
}

/// A picture without its traces: cleaned again it is the same, and nothing was added but how the camera was held.
pub fn traces(bytes: &[u8]) {
    let Some((held, bytes)) = bytes.split_first() else { return };
    let held = Orientation::from_exif(held % 9).unwrap_or(Orientation::NoTransforms);
    for clean in [traces::jpeg, traces::png] {
        let Some(once) = clean(bytes, held) else { continue };
        assert!(clean(&once, held).is_some_and(|twice| twice == once), "cleaned again it is another picture");
        let upright = clean(bytes, Orientation::NoTransforms);
        assert!(upright.is_some_and(|upright| upright.len() <= bytes.len()), "something was added");
    }
}
