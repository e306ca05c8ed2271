//! The app's window, driven as a person would: by what is written on it. It runs under Xvfb, by `WebKitWebDriver`, and is the
//! app itself, built with the feature `e2e`; `cargo xtask test app` builds it and says where it is.

#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, reason = "a test fails by it")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// Something that is waited for comes within this time, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Names the app's binary.
pub const BINARY: &str = "RENKEI_APP";

/// Words in Latin letters that a Japanese screen may have: what everybody calls so, and names of this district.
const LATIN: &[&str] =
    &["SNS", "English", "Enter", "QR", "renkei:enrol/", "clinic", "station", "helper", "nurse", "desk", "Linux"];

/// A process that is stopped with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A window of the app.
pub struct Window {
    client: Client,
    screens: PathBuf,
    /// Stopped in this order.
    _driver: Running,
    _display: Running,
}

impl core::fmt::Debug for Window {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Window").finish_non_exhaustive()
    }
}

fn binary() -> PathBuf {
    let path = std::env::var_os(BINARY).unwrap_or_else(|| panic!("{BINARY} is not set: cargo xtask test app"));
    PathBuf::from(path)
}

/// A display that nobody else has.
fn display() -> (Running, String) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
    let mut started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
    let mut number = String::new();
    let out = started.stdout.take().expect("a pipe");
    BufReader::new(out).read_line(&mut number).expect("a display");
    (Running(started), format!(":{}", number.trim()))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|here| here.local_addr()).expect("a free port").port()
}

/// What whoever is asked where something is to be written says, below the home.
pub const WRITTEN: &str = "連携-持ち出し.zip.age";

impl Window {
    /// Opens the app whose people are kept below `home`.
    pub async fn open(home: &Path) -> Self {
        Self::choosing(home, None).await
    }

    /// The same, where whoever is asked for a file chooses this one: a window of the system can't be pressed.
    pub async fn choosing(home: &Path, file: Option<&Path>) -> Self {
        let (on, display) = display();
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("DISPLAY", &display).env("RENKEI_APP_HOME", home);
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").env("LANG", "C.UTF-8").stdout(Stdio::null());
        command.envs(file.map(|file| ("RENKEI_APP_CHOOSES", file)));
        command.env("RENKEI_APP_WRITES", home.join(WRITTEN));
        let driver = Running(command.spawn().expect("webkit2gtk-driver is installed"));
        let options = json!({ "binary": binary(), "args": [] });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities);
        let until = Instant::now() + PATIENCE;
        let client = loop {
            match builder.connect(&format!("http://127.0.0.1:{port}")).await {
                Ok(client) => break client,
                Err(error) if Instant::now() > until => panic!("no session: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        let screens = std::env::var_os("RENKEI_SCREENS").map_or_else(|| home.join("screens"), PathBuf::from);
        std::fs::create_dir_all(&screens).expect("a directory");
        Self { client, screens, _driver: driver, _display: on }
    }

    /// The elements that `css` chooses and that show `text`.
    async fn all(&self, css: &str, text: &str) -> Result<Vec<Element>, CmdError> {
        let mut found = Vec::new();
        for one in self.client.find_all(Locator::Css(css)).await? {
            // It may have gone while it was asked.
            if one.text().await.is_ok_and(|shown| shown.contains(text)) {
                found.push(one);
            }
        }
        Ok(found)
    }

    /// Everything that is written on the window.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.expect("a page");
        body.text().await.expect("a text")
    }

    /// Waits for an element that `css` chooses and that shows `text`.
    pub async fn see(&self, css: &str, text: &str) -> Element {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Ok(found) = self.all(css, text).await
                && let Some(one) = found.into_iter().next()
            {
                return one;
            }
            if Instant::now() > until {
                self.picture("in-vain").await;
                panic!("no {css} with {text:?} on:\n{}", self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until `text` is nowhere on the window.
    pub async fn gone(&self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while self.text().await.contains(text) {
            assert!(Instant::now() < until, "{text:?} is still on:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses the button, or whatever `css` chooses, that shows `text`.
    pub async fn press(&self, css: &str, text: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let one = self.see(css, text).await;
            // The driver takes a button for seen of which an edge is, and then presses beside it.
            let shown = "arguments[0].scrollIntoView({ block: 'center' })";
            let whole = serde_json::to_value(&one).expect("an element");
            let pressed = match self.client.execute(shown, vec![whole]).await {
                Ok(_) => one.click().await,
                Err(error) => Err(error),
            };
            if pressed.is_ok() {
                return;
            }
            // It was drawn anew in that moment.
            assert!(Instant::now() < until, "{text:?} can't be pressed: {pressed:?}");
        }
    }

    /// Types into the field that `css` chooses.
    pub async fn write(&self, css: &str, text: &str) {
        self.see(css, "").await.send_keys(text).await.expect("a field");
    }

    /// Waits until a script gives true.
    pub async fn holds(&self, script: &str) {
        let until = Instant::now() + PATIENCE;
        while self.script(script, Vec::new()).await != json!(true) {
            if Instant::now() > until {
                self.picture("in-vain").await;
                panic!("never {script} on:\n{}", self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What a script gives.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.expect("a script that runs")
    }

    /// Keeps a picture of the window.
    pub async fn picture(&self, name: &str) {
        self.settled().await;
        let png = self.client.screenshot().await.expect("a picture");
        std::fs::write(self.screens.join(format!("{name}.png")), png).expect("kept");
    }

    /// Makes the window so wide and high.
    pub async fn size(&self, width: u32, height: u32) {
        self.client.set_window_rect(0, 0, width, height).await.expect("another size");
        let until = Instant::now() + PATIENCE;
        while self.script("return innerWidth", Vec::new()).await != json!(width) {
            assert!(Instant::now() < until, "the window is not {width} wide");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.settled().await;
    }

    /// Waits until what is laid out has been drawn.
    pub async fn settled(&self) {
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(null)));";
        self.client.execute_async(drawn, Vec::new()).await.expect("drawn");
    }

    /// What axe finds against WCAG 2.2 AA on what is shown now.
    pub async fn faults(&self) -> Vec<String> {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../page/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).expect("npm ci has been run");
        self.script(&format!("{axe}; window.axe = axe;"), Vec::new()).await;
        let run = "const done = arguments[0];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
                .then((found) => done(found.violations.map((one) => `${one.id}: ${one.nodes.map((n) => n.html)}`)))
                .catch((error) => done([String(error)]));";
        let found = self.client.execute_async(run, Vec::new()).await.expect("axe");
        let found = found.as_array().expect("a list").iter();
        found.map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What does not fit where it stands: text that is cut off, and elements that reach over the edge of the window.
    pub async fn clipped(&self) -> Vec<String> {
        let find = "return [...document.querySelectorAll('button, input, textarea, p, h1, h2, h3, li, label, time')]
            .filter((one) => {
                const box = one.getBoundingClientRect();
                const shown = box.width > 1 && box.height > 1 && getComputedStyle(one).visibility !== 'hidden';
                const scrolls = one.closest('.lines, textarea, .last, .text') !== null;
                return shown && !scrolls
                    && (box.right > innerWidth + 1 || box.left < -1 || one.scrollWidth > one.clientWidth + 2);
            })
            .filter((one) => getComputedStyle(one).display !== 'inline')
            .map((one) => one.outerHTML.slice(0, 200))";
        let found = self.script(find, Vec::new()).await;
        let found = found.as_array().expect("a list").iter();
        found.map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Keeps a picture of the window, on which nothing is found by axe, nothing is cut off, and nothing is English.
    pub async fn is_sound(&self, screen: &str) {
        self.picture(screen).await;
        assert_eq!(self.faults().await, [] as [&str; 0], "{screen}: WCAG 2.2 AA");
        assert_eq!(self.clipped().await, [] as [&str; 0], "{screen}: clipped");
        let mut text = self.text().await;
        // What is marked as English is meant to be: words to compare are given in Latin letters too.
        let marked = "return [...document.querySelectorAll('[lang=en]')].map((one) => one.innerText)";
        for meant in self.script(marked, Vec::new()).await.as_array().into_iter().flatten() {
            text = text.replace(meant.as_str().unwrap_or_default(), "");
        }
        for known in LATIN {
            text = text.replace(known, "");
        }
        let words = text.split(|c: char| !c.is_ascii_alphabetic());
        let english: Vec<&str> = words.filter(|word| word.len() > 3).collect();
        assert_eq!(english, [] as [&str; 0], "{screen}: English");
    }

    /// Closes the window.
    pub async fn close(self) {
        drop(self.client.close().await);
    }
}
