//! The app's window. Everything that it does is in `renkei-app-core`; here is what only a window has: the page, the one
//! way from it to the app, and the words back.
//!
//! The page has no network, no storage, and no other window: it is shipped in this binary, the content security policy
//! forbids it everything but its own files, and what it may call is [`ask`], and four more for files: [`choose`], [`keep`]
//! and [`take_out`] have the person choose in a window of the system, [`paste`] takes a pasted picture. Files come in that way or by being dropped
//! here; the page names none. They come out as pixels, by a handle that was given to the page in this session ([`view`]).
//! What a person looks at is protected against screen capture where the system can do that (Windows, macOS; Linux can't).
//!
//! Started with [`Drawing::ARGUMENT`], this program draws one file of somebody else and does nothing else.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use renkei_app_core::looking::child;
use renkei_app_core::{App, Ask, Drawing, News, Served, TakenOut, TakeoutId, Trouble};
use serde_json::Value;
use tauri::http::{Request, Response, header};
use tauri::ipc::{InvokeBody, Request as Invoked};
use tauri::{
    AppHandle, DragDropEvent, Emitter as _, Manager as _, RunEvent, State, UriSchemeResponder, UserAttentionType,
    WebviewUrl, WebviewWindowBuilder, WindowEvent,
};
use tokio::sync::mpsc::Receiver;

/// What is freed is wiped first: passwords and texts pass through many hands on their way from the page.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// The event under which news reach the page.
const NEWS: &str = "news";

/// The one way from the page to the app.
#[tauri::command]
async fn ask(app: State<'_, Arc<App>>, ask: Ask) -> Result<Value, Trouble> {
    app.ask(ask).await
}

/// Has the person choose files in a window of the system. What was chosen is told as news.
#[tauri::command]
async fn choose(app: State<'_, Arc<App>>) -> Result<(), Trouble> {
    app.offer(chosen().await)
}

/// What tests choose: they can't press a window of the system.
#[cfg(feature = "e2e")]
fn chosen() -> impl Future<Output = Vec<PathBuf>> {
    std::future::ready(std::env::var_os("RENKEI_APP_CHOOSES").map(PathBuf::from).into_iter().collect())
}

#[cfg(not(feature = "e2e"))]
async fn chosen() -> Vec<PathBuf> {
    let window = rfd::AsyncFileDialog::new().set_title("送るファイルを選ぶ").add_filter(
        "写真・PDF・音声",
        &[
            "jpg", "jpeg", "png", "pdf", "mp3", "m4a", "mp4", "wav", "ogg", "oga", "opus", "flac", "JPG", "JPEG",
            "PNG", "PDF",
        ],
    );
    let files = window.pick_files().await.unwrap_or_default();
    files.iter().map(|file| file.path().to_owned()).collect()
}

/// Has the person say where a copy of an open file is to be kept, and keeps it there, where that is allowed.
#[tauri::command]
async fn keep(app: State<'_, Arc<App>>, handle: String) -> Result<bool, Trouble> {
    let name = app.name_of(&handle)?;
    let Some(path) = destination(&name).await else { return Ok(false) };
    app.keep_copy(&handle, &path).await.map(|()| true)
}

/// Has the person say where an archive is to be written, and writes what a permit covers (A12.5). Nothing where the person
/// did not say.
#[tauri::command]
async fn take_out(app: State<'_, Arc<App>>, takeout: TakeoutId) -> Result<Option<TakenOut>, Trouble> {
    let Some(path) = destination("連携-持ち出し.zip.age").await else { return Ok(None) };
    app.take_out(takeout, &path).await.map(Some)
}

/// Where tests have it written: they can't press a window of the system.
#[cfg(feature = "e2e")]
fn destination(_: &str) -> impl Future<Output = Option<PathBuf>> {
    std::future::ready(std::env::var_os("RENKEI_APP_WRITES").map(PathBuf::from))
}

#[cfg(not(feature = "e2e"))]
async fn destination(name: &str) -> Option<PathBuf> {
    let window = rfd::AsyncFileDialog::new().set_title("保存先を選ぶ").set_file_name(name);
    window.save_file().await.map(|file| file.path().to_owned())
}

/// A picture that the person pasted. What was pasted is told as news.
#[tauri::command]
async fn paste(app: State<'_, Arc<App>>, request: Invoked<'_>) -> Result<(), Trouble> {
    match request.body() {
        InvokeBody::Raw(picture) => app.offer_pasted(picture.clone()),
        InvokeBody::Json(_) => Ok(()),
    }
}

/// Answers the page's pictures and players. Nothing of it is kept by the web view.
async fn view(handle: AppHandle, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = Arc::clone(&handle.state::<Arc<App>>());
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let Served { status, media, range, mut body } = app.serve(request.uri().path(), range).await;
    let mut answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, media)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header("Cross-Origin-Resource-Policy", "cross-origin")
        .header(header::ACCEPT_RANGES, "bytes");
    if let Some((from, to, all)) = range {
        answer = answer.header(header::CONTENT_RANGE, format!("bytes {from}-{to}/{all}"));
    }
    if let Ok(answer) = answer.body(std::mem::take(&mut *body)) {
        responder.respond(answer);
    }
}

/// Where this device's people are kept: `RENKEI_APP_HOME`, or the usual place for an app's data.
fn home(handle: &AppHandle) -> tauri::Result<PathBuf> {
    std::env::var_os("RENKEI_APP_HOME").map_or_else(|| handle.path().app_local_data_dir(), |dir| Ok(dir.into()))
}

async fn tell(handle: AppHandle, mut news: Receiver<News>) {
    while let Some(news) = news.recv().await {
        let (over, rings) = (matches!(news, News::Over { .. }), matches!(news, News::Rings));
        if let Err(error) = handle.emit(NEWS, news) {
            eprintln!("{error}");
        }
        // Behind other windows as well.
        if rings && let Some(window) = handle.get_webview_window("main") {
            drop(window.request_user_attention(Some(UserAttentionType::Critical)));
        }
        // What the page drew of somebody goes with that person: its memory and its files.
        if over && let Some(window) = handle.get_webview_window("main") {
            drop(window.clear_all_browsing_data());
        }
    }
}

fn start(handle: &AppHandle) -> tauri::Result<()> {
    let home = home(handle)?;
    let (app, news) = App::drawing_by(&home, Some(std::env::current_exe()?));
    handle.manage(Arc::clone(&app));
    tauri::async_runtime::spawn(tell(handle.clone(), news));
    let window = WebviewWindowBuilder::new(handle, "main", WebviewUrl::App("index.html".into()))
        .title("連携")
        .inner_size(1_180.0, 820.0)
        .min_inner_size(360.0, 560.0)
        .content_protected(true)
        .data_directory(home.join("page"))
        // Private browsing keeps nothing; under WebDriver it hangs.
        .incognito(!cfg!(feature = "e2e"))
        .devtools(false)
        .on_navigation(|url| matches!(url.scheme(), "tauri" | "about"))
        .on_download(|_, _| false)
        .build()?;
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
            // Nobody is inside: then nothing is taken.
            drop(app.offer(paths.clone()));
        }
    });
    window.set_focus()
}

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == Drawing::ARGUMENT) {
        return child();
    }
    let built = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ask, choose, keep, paste, take_out])
        .register_asynchronous_uri_scheme_protocol("view", |context, request, responder| {
            tauri::async_runtime::spawn(view(context.app_handle().clone(), request, responder));
        })
        .setup(|app| Ok(start(app.handle())?))
        .build(tauri::generate_context!());
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    app.run(|handle, event| {
        if let RunEvent::Exit = event {
            let app = Arc::clone(&handle.state::<Arc<App>>());
            tauri::async_runtime::block_on(app.close());
        }
    });
    ExitCode::SUCCESS
}
