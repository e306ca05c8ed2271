//! From a file's bytes to pixels. The files come from others: they are drawn by a process that has nothing else, may take so much
//! time and memory and no more, and gives back numbers and pixels.
//!
//! ```text
//! in    kind (1 byte) · page (4, LE) · width (4) · the file
//! out   pages (4) · width (4) · height (4) · pixels (3 each, RGB)
//! ```

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::FontQuery;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::imageops::FilterType;
use renkei_client_core::media;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::watermark;

/// Pixels of one picture at most: a page of A4 at 300 dpi has half as many.
pub(super) const PIXELS: u64 = 16_000_000;

/// Width or height at most.
pub(super) const SIDE: u32 = 8_000;

/// What takes longer is not drawn. A busy tablet needs two seconds for the fullest page.
const PATIENCE: Duration = Duration::from_secs(30);

/// Memory of the process that draws: a picture of 100 megapixels, a file of 200 MB, and what both are read into.
const MEMORY: u64 = 3 * 1024 * 1_048_576;

/// Drawn at once: more would only wait for each other.
const AT_ONCE: usize = 2;

/// Pages of one PDF that can be turned to.
const PAGES: u32 = 10_000;

const HEAD: usize = 12;

/// What a file is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Picture,
    Pdf,
}

/// Pixels, three bytes each.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) pages: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Zeroizing<Vec<u8>>,
}

/// Who draws.
#[derive(Debug)]
pub struct Drawing {
    /// The program that draws when its one argument is [`Drawing::ARGUMENT`]; without one a thread does, which nothing stops.
    program: Option<PathBuf>,
    turns: Semaphore,
}

impl Drawing {
    /// The argument that tells this program to draw and do nothing else.
    pub const ARGUMENT: &'static str = "--draw";

    /// Drawing by `program`.
    pub fn by(program: Option<PathBuf>) -> Self {
        Self { program, turns: Semaphore::new(AT_ONCE) }
    }

    /// Draws page `page`, from 0, so wide and no wider than a picture is. None where that can't be done.
    pub(super) async fn draw(&self, sort: Sort, page: u32, width: u32, file: Zeroizing<Vec<u8>>) -> Option<Drawn> {
        let _turn = self.turns.acquire().await.ok()?;
        let drawing = async {
            match &self.program {
                Some(program) => elsewhere(program, sort, page, width, &file).await,
                None => tokio::task::spawn_blocking(move || here(sort, page, width, file)).await.ok()?,
            }
        };
        tokio::time::timeout(PATIENCE, drawing).await.ok()?
    }
}

async fn elsewhere(program: &PathBuf, sort: Sort, page: u32, width: u32, file: &[u8]) -> Option<Drawn> {
    let mut command = tokio::process::Command::new(program);
    command.arg(Drawing::ARGUMENT).env_clear().kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let (mut to, mut from) = (child.stdin.take()?, child.stdout.take()?);
    let telling = async {
        to.write_u8(u8::from(sort == Sort::Pdf)).await?;
        to.write_u32_le(page).await?;
        to.write_u32_le(width).await?;
        to.write_all(file).await?;
        to.shutdown().await?;
        drop(to);
        Ok::<(), std::io::Error>(())
    };
    let hearing = async {
        let (pages, width, height) = (from.read_u32_le().await?, from.read_u32_le().await?, from.read_u32_le().await?);
        let length = room(width, height).ok_or(std::io::ErrorKind::InvalidData)?;
        let mut pixels = Zeroizing::new(vec![0; length]);
        from.read_exact(&mut pixels).await?;
        Ok::<Drawn, std::io::Error>(Drawn { pages, width, height, pixels })
    };
    // A process that ends early closes both: what it has said counts.
    let (_, drawn) = tokio::join!(telling, hearing);
    drop(child.kill().await);
    drawn.ok()
}

/// Bytes of so many pixels, if they are not too many.
fn room(width: u32, height: u32) -> Option<usize> {
    let fits = (1..=SIDE).contains(&width) && (1..=SIDE).contains(&height);
    let pixels = u64::from(width) * u64::from(height);
    if fits && pixels <= PIXELS { usize::try_from(pixels * 3).ok() } else { None }
}

/// What the process does that was started to draw.
pub fn child() -> ExitCode {
    // Where the system has no such limits, time and pixels are bounded all the same.
    for (resource, most) in
        [(rlimit::Resource::AS, MEMORY), (rlimit::Resource::CPU, PATIENCE.as_secs()), (rlimit::Resource::CORE, 0)]
    {
        drop(resource.set(most, most));
    }
    let work = || {
        let mut input = std::io::stdin().lock();
        let mut head = [0; 9];
        input.read_exact(&mut head).ok()?;
        let [sort, page @ .., w0, w1, w2, w3] = head;
        let sort = if sort == 1 { Sort::Pdf } else { Sort::Picture };
        let mut file = Zeroizing::new(Vec::new());
        input.read_to_end(&mut file).ok()?;
        let drawn = here(sort, u32::from_le_bytes(page), u32::from_le_bytes([w0, w1, w2, w3]), file)?;
        let mut head = Vec::with_capacity(HEAD);
        for number in [drawn.pages, drawn.width, drawn.height] {
            head.extend(number.to_le_bytes());
        }
        let mut output = std::io::stdout().lock();
        output.write_all(&head).and_then(|()| output.write_all(&drawn.pixels)).and_then(|()| output.flush()).ok()
    };
    if work().is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Draws in this process.
fn here(sort: Sort, page: u32, width: u32, file: Zeroizing<Vec<u8>>) -> Option<Drawn> {
    let width = width.clamp(1, SIDE);
    let draw = move || match sort {
        Sort::Picture => picture(width, &file),
        Sort::Pdf => pdf(page, width, file),
    };
    // Strange files find strange corners of whoever reads them.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw)).ok()?
}

fn picture(width: u32, file: &[u8]) -> Option<Drawn> {
    let picture = media::decode(file).ok()?;
    let (own_width, own_height) = (u64::from(picture.width()), u64::from(picture.height()));
    let (width, height) = fitting(own_width.min(u64::from(width)), own_width, own_height);
    let picture = if (u64::from(width), u64::from(height)) == (own_width, own_height) {
        picture
    } else {
        picture.resize_exact(width, height, FilterType::Triangle)
    };
    let mut pixels = Zeroizing::new(Vec::with_capacity(room(width, height)?));
    for pixel in picture.to_rgba8().pixels() {
        let [red, green, blue, alpha] = pixel.0;
        pixels.extend([red, green, blue].map(|part| over_white(part, alpha)));
    }
    Some(Drawn { pages: 1, width, height, pixels })
}

fn over_white(part: u8, alpha: u8) -> u8 {
    let (part, alpha) = (u16::from(part), u16::from(alpha));
    u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

/// So wide, or as much smaller as the bounds ask.
fn fitting(width: u64, own_width: u64, own_height: u64) -> (u32, u32) {
    let (own_width, own_height) = (own_width.max(1), own_height.max(1));
    let side = u64::from(SIDE);
    let by_side = (side * own_width / own_height).max(1);
    let by_pixels = (PIXELS.saturating_mul(own_width) / own_height).isqrt().max(1);
    let width = width.clamp(1, side).min(by_side).min(by_pixels);
    let height = (width.saturating_mul(own_height) / own_width).clamp(1, side);
    (u32::try_from(width).unwrap_or(SIDE), u32::try_from(height).unwrap_or(SIDE))
}

fn pdf(page: u32, width: u32, file: Zeroizing<Vec<u8>>) -> Option<Drawn> {
    let pdf = Pdf::new(Arc::new(file)).ok()?;
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(PAGES).min(PAGES);
    let page = pdf.pages().get(usize::try_from(page).ok()?)?;
    let (own_width, own_height) = page.render_dimensions();
    if !(own_width.is_finite() && own_height.is_finite()) {
        return None;
    }
    // In hundredths, so that a small page keeps its shape.
    let whole = |side: f32| num(f64::from(side) * 100.0);
    let (width, height) = fitting(width.into(), whole(own_width), whole(own_height));
    let scale = |side: u32, own: f32| (f64::from(side) + 0.01) / f64::from(own);
    let settings = InterpreterSettings {
        font_resolver: Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(font) if font.character_collection.is_some() => {
                let (bytes, index) = watermark::japanese()?;
                Some((bytes as _, index))
            }
            FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
        }),
        ..InterpreterSettings::default()
    };
    #[expect(clippy::cast_possible_truncation, reason = "a scale")]
    let wanted = PixmapSettings {
        x_scale: scale(width, own_width) as f32,
        y_scale: scale(height, own_height) as f32,
        bg_color: WHITE,
    };
    let drawn = render(page, &RenderCache::new(), &settings, &RenderSettings::default(), &wanted);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let mut pixels = Zeroizing::new(Vec::with_capacity(room(width, height)?));
    for pixel in drawn.data_as_u8_slice().chunks_exact(4) {
        pixels.extend(pixel.iter().take(3));
    }
    (pixels.len() == room(width, height)?).then_some(Drawn { pages, width, height, pixels })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn num(side: f64) -> u64 {
    side.clamp(1.0, 1e9) as u64
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let drawn = image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30]));
        let mut bytes = Vec::new();
        let all = image::DynamicImage::ImageRgb8(drawn);
        all.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Jpeg).unwrap();
        bytes
    }

    /// A PDF with these pages; each draws a black square.
    fn paper(sizes: &[(u32, u32)]) -> Vec<u8> {
        let kids: Vec<String> = (0..sizes.len()).map(|at| format!("{} 0 R", 4 + at)).collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), sizes.len()),
            "<< /Length 16 >>\nstream\n10 10 50 50 re f\nendstream".to_owned(),
        ];
        for (width, height) in sizes {
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 3 0 R /Resources << >> >>"
            ));
        }
        let (mut file, mut offsets) = (b"%PDF-1.4\n".to_vec(), Vec::new());
        for (at, object) in objects.iter().enumerate() {
            offsets.push(file.len());
            file.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
        }
        let start = file.len();
        file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
        for offset in offsets {
            file.extend(format!("{offset:010} 00000 n \n").bytes());
        }
        let trailer = format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
        file.extend(trailer.bytes());
        file
    }

    fn drawn(sort: Sort, page: u32, width: u32, file: &[u8]) -> Option<Drawn> {
        here(sort, page, width, Zeroizing::new(file.to_vec()))
    }

    #[test]
    fn a12_2_a_picture_is_drawn_no_larger_than_it_is_and_than_the_bounds() {
        let one = drawn(Sort::Picture, 0, 100, &jpeg(400, 200)).unwrap();
        assert_eq!((one.pages, one.width, one.height), (1, 100, 50));
        assert_eq!(one.pixels.len(), 100 * 50 * 3);
        let one = drawn(Sort::Picture, 0, 4_000, &jpeg(400, 200)).unwrap();
        assert_eq!((one.width, one.height), (400, 200));
        for (width, own) in [(9_000, (10, 10)), (8_000, (1, 4_000)), (8_000, (4_000, 1)), (1, (1, 20_000))] {
            let (width, height) = fitting(width, own.0, own.1);
            assert!(room(width, height).is_some(), "{width} {height}");
        }
    }

    #[test]
    fn a12_2_a_pdf_is_drawn_page_by_page() {
        let file = paper(&[(200, 100), (100, 300)]);
        let one = drawn(Sort::Pdf, 0, 400, &file).unwrap();
        assert_eq!((one.pages, one.width, one.height), (2, 400, 200));
        let at = |x: usize, y: usize| one.pixels[(y * 400 + x) * 3];
        assert_eq!((at(2, 2), at(40, 160)), (255, 0), "white paper, and the square");
        let two = drawn(Sort::Pdf, 1, 100, &file).unwrap();
        assert_eq!((two.width, two.height), (100, 300));
        assert!(drawn(Sort::Pdf, 2, 100, &file).is_none(), "no third page");
    }

    #[test]
    fn a12_2_hostile_files_are_not_drawn() {
        let whole = jpeg(400, 200);
        assert!(drawn(Sort::Picture, 0, 100, &whole[..60]).is_none(), "cut off");
        assert!(drawn(Sort::Picture, 0, 100, b"").is_none());
        assert!(drawn(Sort::Pdf, 0, 100, b"%PDF-1.7\n%%EOF").is_none(), "no page");
        assert!(drawn(Sort::Pdf, 0, 100, &whole).is_none());
        // A page as large as a house is drawn as small as is asked for.
        let large = drawn(Sort::Pdf, 0, 8_000, &paper(&[(2_000_000, 2_000_000)])).unwrap();
        assert!(room(large.width, large.height).is_some());
    }
}
