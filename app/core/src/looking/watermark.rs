//! Who looks, and when, in the pixels of what is looked at: whoever photographs the screen photographs that too.

use std::sync::{Arc, OnceLock};

use ab_glyph::{Font as _, FontVec, PxScale, ScaleFont as _};
use fontdb::{Database, Family, Query, Source};
use renkei_client_core::proto::time::Time;

/// Fonts with the characters of names, the first before the next: those of the systems that there are.
const FAMILIES: [&str; 12] = [
    "BIZ UDPGothic",
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Hiragino Sans",
    "Hiragino Kaku Gothic ProN",
    "Yu Gothic UI",
    "Yu Gothic",
    "Meiryo",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
    "VL Gothic",
];

/// A font file larger than this is none.
const LARGEST: u64 = 128 * 1_048_576;

/// Seconds that Japan's clocks are ahead.
const JAPAN: u64 = 9 * 3_600;

/// How much of a pixel the words take, of 255: enough to be read on a photograph of the screen, and what is under it stays to be
/// judged.
const INK: u32 = 68;

type Face = (Arc<Vec<u8>>, u32);

/// A Japanese font of this system.
pub(super) fn japanese() -> Option<Face> {
    static FOUND: OnceLock<Option<Face>> = OnceLock::new();
    let find = || {
        let mut all = Database::new();
        all.load_system_fonts();
        let family = |name: &&'static str| {
            let id = all.query(&Query { families: &[Family::Name(name)], ..Query::default() })?;
            let (source, index) = all.face_source(id)?;
            let (Source::File(path) | Source::SharedFile(path, _)) = source else { return None };
            let bytes = renkei_client_core::files::read_bounded(&path, LARGEST).ok()??;
            Some((Arc::new(bytes), index))
        };
        FAMILIES.iter().find_map(family)
    };
    FOUND.get_or_init(find).clone()
}

/// Words that are drawn over a picture again and again.
#[derive(Debug)]
pub(super) struct Watermark {
    lines: [String; 2],
}

/// The words as dots: how much of each is covered.
struct Stamp {
    width: usize,
    height: usize,
    cover: Vec<u8>,
}

/// Day and hour in Japan.
fn moment(time: Time) -> String {
    let day = time.day_in_japan().map(|day| day.to_string()).unwrap_or_default();
    let minutes = time.0.saturating_add(JAPAN) / 60;
    format!("{day} {:02}:{:02} JST", minutes / 60 % 24, minutes % 60)
}

impl Watermark {
    /// Who looks, from where, and since when. None where this system can't write Japanese: then nothing is shown.
    pub(super) fn of(name: &str, facility: &str, time: Time) -> Option<Self> {
        font()?;
        Some(Self { lines: [format!("{name}\u{3000}{facility}"), moment(time)] })
    }

    /// Draws the words over a picture, slanting, wherever it is cut.
    pub(super) fn draw(&self, width: u32, height: u32, pixels: &mut [u8]) -> Option<()> {
        let stamp = self.stamp(width, height)?;
        let (tall, wide) = (number(stamp.height), number(stamp.width));
        // 24 degrees.
        let (sine, cosine) = (0.406_737_f32, 0.913_545_f32);
        let row = usize::try_from(width).ok()?.checked_mul(3)?;
        for (y, line) in (0_u16..).zip(pixels.chunks_exact_mut(row)) {
            for (x, pixel) in (0_u16..).zip(line.chunks_exact_mut(3)) {
                let (x, y) = (f32::from(x), f32::from(y));
                let (along, down) = (x * cosine - y * sine, x * sine + y * cosine);
                // Each row begins half a width further than the one before.
                let shift = if (down / tall).floor().rem_euclid(2.0) < 1.0 { 0.0 } else { wide / 2.0 };
                let at = |more: f32| stamp.at((along + shift + more).rem_euclid(wide), (down + more).rem_euclid(tall));
                let (light, dark) = (u32::from(at(-1.5)) * INK / 255, u32::from(at(0.0)) * INK / 255);
                for part in pixel {
                    let lit = u32::from(*part) + (255 - u32::from(*part)) * light / 255;
                    *part = u8::try_from(lit - lit * dark / 255).unwrap_or(*part);
                }
            }
        }
        Some(())
    }

    fn stamp(&self, width: u32, height: u32) -> Option<Stamp> {
        let font = font()?;
        let size = (f32::from(u16::try_from(width.min(height)).unwrap_or(u16::MAX)) / 30.0).clamp(9.0, 40.0);
        let scaled = font.as_scaled(PxScale::from(size));
        let length = |line: &str| line.chars().map(|c| scaled.h_advance(font.glyph_id(c))).sum::<f32>();
        let longest = self.lines.iter().map(|line| length(line)).fold(0.0, f32::max);
        let (wide, tall) = (whole(longest + 4.0 * size), whole(7.0 * size));
        let mut stamp = Stamp { width: wide, height: tall, cover: vec![0; wide.checked_mul(tall)?] };
        let mut base = 1.5 * size;
        for line in &self.lines {
            let mut left = 0.0;
            for c in line.chars() {
                let id = font.glyph_id(c);
                let glyph = id.with_scale_and_position(size, ab_glyph::point(left, base));
                left += scaled.h_advance(id);
                let Some(outlined) = font.outline_glyph(glyph) else { continue };
                let corner = outlined.px_bounds().min;
                outlined.draw(|x, y, cover| {
                    let at = |from: f32, by: u32| whole(from.max(0.0)).checked_add(usize::try_from(by).ok()?);
                    let place = at(corner.x, x).zip(at(corner.y, y)).filter(|(x, y)| *x < wide && *y < tall);
                    if let Some(dot) = place.and_then(|(x, y)| stamp.cover.get_mut(y * wide + x)) {
                        *dot = (*dot).max(share(cover));
                    }
                });
            }
            base += 1.5 * size;
        }
        Some(stamp)
    }
}

impl Stamp {
    fn at(&self, x: f32, y: f32) -> u8 {
        self.cover.get(whole(y).min(self.height - 1) * self.width + whole(x)).copied().unwrap_or(0)
    }
}

fn font() -> Option<&'static FontVec> {
    static FONT: OnceLock<Option<FontVec>> = OnceLock::new();
    let load = || {
        let (bytes, index) = japanese()?;
        FontVec::try_from_vec_and_index(bytes.to_vec(), index).ok()
    };
    FONT.get_or_init(load).as_ref()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn whole(number: f32) -> usize {
    number.clamp(0.0, 100_000.0) as usize
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn share(cover: f32) -> u8 {
    (cover.clamp(0.0, 1.0) * 255.0) as u8
}

fn number(side: usize) -> f32 {
    u16::try_from(side).map_or(f32::from(u16::MAX), f32::from).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_2_the_watermark_says_the_time_in_japan() {
        assert_eq!(moment(Time(1_795_425_540)), "2026-11-23 18:19 JST");
        assert_eq!(moment(Time(1_795_360_800)), "2026-11-23 00:20 JST");
    }

    #[test]
    fn a12_2_the_watermark_is_in_the_pixels_of_dark_and_of_light_pictures() {
        let mark = Watermark::of("架空 健", "みなと坂クリニック（架空）", Time(1_795_424_340)).expect("a font");
        for ground in [0_u8, 128, 255] {
            let mut pixels = vec![ground; 600 * 400 * 3];
            mark.draw(600, 400, &mut pixels).expect("drawn");
            let drawn = pixels.iter().filter(|part| part.abs_diff(ground) > 16).count();
            assert!((pixels.len() / 200..pixels.len() / 3).contains(&drawn), "{drawn} on {ground}");
            // In every part of it, wherever it is cut.
            for (top, left) in [(0, 0), (0, 300), (200, 0), (200, 300)] {
                let cut =
                    (top..top + 200).flat_map(|y| pixels[(y * 600 + left) * 3..(y * 600 + left + 300) * 3].iter());
                assert!(cut.filter(|part| part.abs_diff(ground) > 16).count() > 100, "{top} {left}");
            }
        }
    }
}
