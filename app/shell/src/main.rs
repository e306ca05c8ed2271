//! The app's window. Everything that it does is in `renkei-app-core`; here is what only a window has: the page, the one
//! way from it to the app, and the words back.
//!
//! The page has no network, no storage, and no other window: it is shipped in this binary, the content security policy
//! forbids it everything but its own files, and the one command that it may call is [`ask`]. What a person looks at is
//! protected against screen capture where the system can do that (Windows, macOS; Linux can't).

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use renkei_app_core::{App, Ask, News, Trouble};
use serde_json::Value;
use tauri::{AppHandle, Emitter as _, Manager as _, RunEvent, State, WebviewUrl, WebviewWindowBuilder};
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

/// Where this device's people are kept: `RENKEI_APP_HOME`, or the usual place for an app's data.
fn home(handle: &AppHandle) -> tauri::Result<PathBuf> {
    std::env::var_os("RENKEI_APP_HOME").map_or_else(|| handle.path().app_local_data_dir(), |dir| Ok(dir.into()))
}

async fn tell(handle: AppHandle, mut news: Receiver<News>) {
    while let Some(news) = news.recv().await {
        let over = matches!(news, News::Over { .. });
        if let Err(error) = handle.emit(NEWS, news) {
            eprintln!("{error}");
        }
        // What the page drew of somebody goes with that person: its memory and its files.
        if over && let Some(window) = handle.get_webview_window("main") {
            drop(window.clear_all_browsing_data());
        }
    }
}

fn start(handle: &AppHandle) -> tauri::Result<()> {
    let home = home(handle)?;
    let (app, news) = App::new(&home);
    handle.manage(app);
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
    window.set_focus()
}

fn main() -> ExitCode {
    let built = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ask])
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
