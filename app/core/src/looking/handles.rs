//! What is open for the page: handles that nobody guesses, few at a time, gone with the person.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::random;
use renkei_client_core::viewing::OpenFile;
use serde::Serialize;
use ts_rs::TS;
use zeroize::Zeroizing;

use super::drawing::Sort;
use super::watermark::Watermark;
use crate::people::People;
use crate::{Inside, Result, Trouble};

/// Files that are open at once: one is looked at; with the one before it, while the page changes.
const FILES: usize = 2;

/// Small pictures that are open at once: several screens full, small ones.
const PREVIEWS: usize = 120;

/// The width in which a file is drawn first, to see whether it can be.
const FIRST: u32 = 64;

/// What a file is to whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One picture.
    Picture,
    /// Pages.
    Pages,
    /// To be listened to.
    Sound,
}

/// A file that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileOpen {
    /// By what its pictures are asked for.
    pub handle: String,
    /// As its author had it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How many pages.
    pub pages: u32,
    /// To be looked at only (A12.2).
    pub no_download: bool,
}

/// Something that is open.
#[derive(Debug)]
pub(super) struct View {
    place: (GroupId, u64, u8, Part),
    handle: String,
    pub(super) open: OpenFile,
    pub(super) kind: Kind,
    pub(super) pages: u32,
    pub(super) watermark: Arc<Watermark>,
}

impl View {
    pub(super) fn sort(&self) -> Sort {
        if self.kind == Kind::Pages { Sort::Pdf } else { Sort::Picture }
    }

    fn is_open(&self) -> bool {
        self.open.look(|_| ()).is_ok()
    }
}

/// Everything that is open.
#[derive(Debug, Default)]
pub(crate) struct Views {
    all: Mutex<VecDeque<Arc<View>>>,
    /// One opening of a place at a time, as each is on record: of files, and of small pictures, which wait for no large file.
    opening: [tokio::sync::Mutex<()>; 2],
}

impl Views {
    fn held(&self) -> MutexGuard<'_, VecDeque<Arc<View>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, handle: &str) -> Option<Arc<View>> {
        self.held().iter().find(|view| view.handle == handle).cloned()
    }

    fn at(&self, place: (GroupId, u64, u8, Part)) -> Option<Arc<View>> {
        self.held().iter().find(|view| view.place == place && view.is_open()).cloned()
    }

    /// Keeps one more; the oldest of its kind goes when there are too many.
    fn keep(&self, view: View) -> Arc<View> {
        let (view, part) = (Arc::new(view), |one: &Arc<View>| one.place.3);
        let most = if part(&view) == Part::Preview { PREVIEWS } else { FILES };
        let mut all = self.held();
        all.retain(|one| one.is_open());
        while all.iter().filter(|one| part(one) == part(&view)).count() >= most {
            let Some(oldest) = all.iter().position(|one| part(one) == part(&view)) else { break };
            drop(all.remove(oldest));
        }
        all.push_back(Arc::clone(&view));
        view
    }

    /// Looked at no longer.
    pub(crate) fn close(&self, handle: &str) {
        self.held().retain(|view| view.handle != handle);
    }
}

/// A file can't be shown: it is broken, or made to do harm.
fn broken() -> Trouble {
    Trouble::of_page(
        "cannot_be_shown",
        "このファイルは壊れているか、安全に表示できない内容のため、開けません。送った人に、写真またはPDFとして作り直して送ってもらってください。",
        "This file is broken, or can't be shown safely. Ask whoever sent it to make it anew, as a picture or PDF.",
    )
}

fn no_font() -> Trouble {
    Trouble::of_page(
        "no_font",
        "この端末に日本語の書体がないため、閲覧者の氏名を重ねて表示できません。端末の管理者に、日本語の書体の追加を依頼してください。",
        "This device has no Japanese font, so the name of who looks can't be drawn over the file. Ask whoever keeps the device to add one.",
    )
}

async fn opened(inside: &Inside, place: (GroupId, u64, u8, Part)) -> Result<Arc<View>> {
    let (group, seq, file, part) = place;
    let [files, previews] = &inside.views.opening;
    let _one = if part == Part::Preview { previews.lock().await } else { files.lock().await };
    if let Some(view) = inside.views.at(place) {
        return Ok(view);
    }
    let client = &inside.client;
    let me = People::of(client, [client.user()]).await?.who(client.user());
    let name = me.name.unwrap_or_else(|| client.user().to_string());
    let watermark =
        Watermark::of(&name, me.facility.as_deref().unwrap_or_default(), client.now()).ok_or_else(no_font)?;
    let open = client.open_file(group, seq, file, part).await?;
    let kind = match open.media.name() {
        "application/pdf" => Kind::Pages,
        name if name.starts_with("audio/") => Kind::Sound,
        _ => Kind::Picture,
    };
    let handle: [u8; 16] = random();
    let handle = data_encoding::HEXLOWER.encode(&handle);
    let watermark = Arc::new(watermark);
    let mut view = View { place, handle, open, kind, pages: 1, watermark };
    if kind != Kind::Sound {
        let bytes = view.open.look(|bytes| Zeroizing::new(bytes.to_vec()))?;
        view.pages = inside.drawing.draw(view.sort(), 0, FIRST, bytes).await.ok_or_else(broken)?.pages;
    }
    Ok(inside.views.keep(view))
}

/// Opens a file of a message, on record.
pub(crate) async fn open(inside: &Inside, group: GroupId, seq: u64, file: u8) -> Result<FileOpen> {
    let view = opened(inside, (group, seq, file, Part::Content)).await?;
    let shown = inside.client.read_between(group, seq..seq.saturating_add(1))?;
    let about = shown.first().and_then(|one| one.files.get(usize::from(file)));
    Ok(FileOpen {
        handle: view.handle.clone(),
        name: view.open.name.clone(),
        kind: view.kind,
        pages: view.pages,
        no_download: about.is_none_or(|one| one.no_download),
    })
}

/// Opens the small picture of a file, on record: once, for as long as it is open here. Its handle.
pub(crate) async fn preview(inside: &Inside, group: GroupId, seq: u64, file: u8) -> Result<String> {
    opened(inside, (group, seq, file, Part::Preview)).await.map(|view| view.handle.clone())
}

/// What an open file is called, for a window of the system that asks where to keep a copy.
pub(crate) fn name(inside: &Inside, handle: &str) -> Result<String> {
    let view = inside.views.get(handle).ok_or(Code::OpeningOver)?;
    Ok(view.open.name.clone())
}

/// Keeps a copy of an open file where the person said, if the rules allow that: asked for anew, on record.
pub(crate) async fn keep_copy(inside: &Inside, handle: &str, path: &Path) -> Result<()> {
    let view = inside.views.get(handle).ok_or(Code::OpeningOver)?;
    let (group, seq, file, _) = view.place;
    Ok(inside.client.save_file(group, seq, file, path).await?)
}

/// Whether what the page shows may still be shown.
pub(crate) fn still_open(inside: &Inside, handle: &str) -> Result<()> {
    let view = inside.views.get(handle).ok_or(Code::OpeningOver)?;
    Ok(view.open.look(|_| ())?)
}
