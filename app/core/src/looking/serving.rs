//! What the page's pictures are asked for by: `HANDLE.PAGE.WIDTH`, or `HANDLE` for sound.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use zeroize::Zeroizing;

use super::handles::{Kind, View};
use crate::Inside;

/// Sound that is handed out at once.
const PIECE: usize = 1_048_576;

/// How good the JPEG is: small print stays legible.
const QUALITY: u8 = 90;

/// An answer to the page's pictures and players.
#[derive(Debug)]
pub struct Served {
    /// As HTTP has it.
    pub status: u16,
    /// What it is.
    pub media: &'static str,
    /// Which bytes of how many, where a part was asked for.
    pub range: Option<(usize, usize, usize)>,
    /// The bytes.
    pub body: Zeroizing<Vec<u8>>,
}

impl Served {
    /// Nothing, and nothing more is said.
    pub fn nothing(status: u16) -> Self {
        Self { status, media: "text/plain", range: None, body: Zeroizing::default() }
    }
}

/// Answers for `path`; `range` is what a player asks for.
pub(crate) async fn serve(inside: &Inside, path: &str, range: Option<&str>) -> Served {
    let mut parts = path.trim_start_matches('/').split('.');
    let Some(view) = parts.next().and_then(|handle| inside.views.get(handle)) else { return Served::nothing(404) };
    if view.kind == Kind::Sound {
        return view.open.look(|bytes| sound(&view, bytes, range)).unwrap_or_else(|_| Served::nothing(410));
    }
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u32>().ok());
    let (Some(page), Some(width)) = (number(parts.next()), number(parts.next())) else { return Served::nothing(404) };
    if page >= view.pages {
        return Served::nothing(404);
    }
    let Ok(file) = view.open.look(|bytes| Zeroizing::new(bytes.to_vec())) else { return Served::nothing(410) };
    let Some(mut drawn) = inside.drawing.draw(view.sort(), page, width, file).await else {
        return Served::nothing(422);
    };
    let watermark = view.watermark.clone();
    let encoding = move || {
        watermark.draw(drawn.width, drawn.height, &mut drawn.pixels)?;
        // At its full size from the beginning: a vector that grows leaves copies behind.
        let mut body = Zeroizing::new(Vec::with_capacity(drawn.pixels.len() / 2 + 4_096));
        let mut encoder = JpegEncoder::new_with_quality(&mut *body, QUALITY);
        encoder.encode(&drawn.pixels, drawn.width, drawn.height, ExtendedColorType::Rgb8).ok()?;
        Some(body)
    };
    match tokio::task::spawn_blocking(encoding).await {
        // It may have been closed while it was drawn.
        Ok(Some(body)) if view.open.look(|_| ()).is_ok() => {
            Served { status: 200, media: "image/jpeg", range: None, body }
        }
        Ok(Some(_)) => Served::nothing(410),
        _ => Served::nothing(422),
    }
}

fn sound(view: &View, bytes: &[u8], range: Option<&str>) -> Served {
    let media = view.open.media.name();
    let Some((from, to)) = range.and_then(|range| wanted(range, bytes.len())) else {
        return Served { status: 200, media, range: None, body: Zeroizing::new(bytes.to_vec()) };
    };
    let to = to.min(from + PIECE - 1);
    let body = Zeroizing::new(bytes.get(from..=to).unwrap_or_default().to_vec());
    Served { status: 206, media, range: Some((from, to, bytes.len())), body }
}

/// The first and the last byte that are asked for (RFC 9110, 14.1.2), one range of them.
fn wanted(range: &str, length: usize) -> Option<(usize, usize)> {
    let last = length.checked_sub(1)?;
    let (from, to) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", tail) => (length.saturating_sub(tail.parse().ok()?), last),
        (from, "") => (from.parse().ok()?, last),
        (from, to) => (from.parse().ok()?, to.parse::<usize>().ok()?.min(last)),
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_2_a_player_asks_for_one_range_within_the_file() {
        assert_eq!(wanted("bytes=0-", 10), Some((0, 9)));
        assert_eq!(wanted("bytes=3-5", 10), Some((3, 5)));
        assert_eq!(wanted("bytes=3-500", 10), Some((3, 9)));
        assert_eq!(wanted("bytes=-4", 10), Some((6, 9)));
        for strange in ["", "bytes=", "bytes=a-b", "bytes=5-3", "bytes=10-", "0-5", "bytes=0-1,3-4"] {
            assert_eq!(wanted(strange, 10), None, "{strange}");
        }
        assert_eq!(wanted("bytes=0-", 0), None);
    }
}
