//! A person at a terminal: a shell in a pseudo-terminal, in which the real `renkei` is typed, with its agent behind it.
//!
//! What is typed is typed when the screen asks for it, and what the screen shows is waited for. A secret is typed only
//! once the terminal has stopped showing what is typed, and after each step nothing on the screen may be one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pty_process::{Size, blocking};
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::proto::frame::TotpSecret;
use renkei_client_core::proto::sentence::Language;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, tcgetattr};

use crate::PATIENCE;
use crate::server::{Server, beside};

/// How long one look for what the shell shows, or for the end of the test, lasts.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// The shell's prompt: how the last command ended stands between these.
const PROMPT: (&str, &str) = ("@@", "@@ ");

/// Wide enough that no line of an answer is broken.
const SIZE: (u16, u16) = (50, 240);

/// What the terminal has shown so far.
#[derive(Default)]
struct Screen {
    shown: Mutex<Vec<u8>>,
    more: Condvar,
}

/// A terminal with a shell in it.
pub struct Terminal {
    keyboard: Option<File>,
    screen: Arc<Screen>,
    reader: Option<JoinHandle<()>>,
    leave: Arc<AtomicBool>,
    shell: Child,
    /// How far the screen has been read.
    seen: usize,
    secrets: Vec<String>,
}

/// What a command left on the screen, and how it ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// Everything between the command and the next prompt.
    pub text: String,
    /// Its exit status.
    pub status: u8,
}

impl Said {
    /// It went well.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!(self.status, 0, "{}", self.text);
        self.text
    }

    /// It ended with `status`, and said `words`.
    #[track_caller]
    pub fn badly(self, status: u8, words: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains(words), "{words}: {}", self.text);
        self.text
    }
}

/// What is typed at a question.
#[derive(Debug, Clone, Copy)]
pub enum Typed<'a> {
    /// A secret, and the return key.
    Secret(&'a str),
    /// A line.
    Line(&'a str),
    /// Ctrl-D.
    End,
    /// Ctrl-D where a secret is asked for.
    NoSecret,
    /// Ctrl-C.
    Interrupt,
}

impl Terminal {
    /// Opens a terminal in `dir`, where the person's home is as well, in the person's language.
    pub fn open(dir: &Path, language: Language) -> Self {
        let (pty, inside) = blocking::open().expect("a pseudo-terminal");
        pty.resize(Size::new(SIZE.0, SIZE.1)).expect("its size");
        let programs = beside("renkei");
        let programs = programs.parent().expect("a directory").to_str().expect("a plain name").to_owned();
        // Whoever runs the tests in the background, or past the end of a terminal, has Ctrl-C or a hang-up ignored for them and
        // for all they start.
        let shell = blocking::Command::new("/usr/bin/env")
            .args(["--default-signal=INT,QUIT,HUP", "/bin/sh", "-i"])
            .env_clear()
            .env("PATH", format!("{programs}:/usr/bin:/bin"))
            .env("HOME", dir)
            .env("RENKEI_HOME", dir)
            .env("TERM", "dumb")
            .env("LANG", language.pick("ja_JP.UTF-8", "en_US.UTF-8"))
            .env("PS1", format!("{}$?{}", PROMPT.0, PROMPT.1))
            .current_dir(dir)
            .spawn(inside)
            .expect("a shell");
        let keyboard = File::from(OwnedFd::from(pty));
        let mut shown = keyboard.try_clone().expect("the screen's side");
        let (screen, leave) = (Arc::new(Screen::default()), Arc::new(AtomicBool::new(false)));
        let reader = std::thread::spawn({
            let (screen, leave) = (Arc::clone(&screen), Arc::clone(&leave));
            move || {
                let mut some = [0; 4096];
                while !leave.load(Ordering::Relaxed) {
                    let mut looked_at = [PollFd::from_borrowed_fd(shown.as_fd(), PollFlags::IN)];
                    if poll(&mut looked_at, Some(&LOOK)).is_ok_and(|ready| ready == 0) {
                        continue;
                    }
                    // The last program in the terminal has gone when reading fails.
                    let Ok(got @ 1..) = shown.read(&mut some) else { break };
                    let mut all = screen.shown.lock().unwrap_or_else(PoisonError::into_inner);
                    all.extend_from_slice(some.get(..got).unwrap_or_default());
                    screen.more.notify_all();
                }
            }
        });
        let mut terminal =
            Self { keyboard: Some(keyboard), screen, reader: Some(reader), leave, shell, seen: 0, secrets: Vec::new() };
        terminal.prompt();
        terminal
    }

    /// Everything that the screen has shown.
    pub fn all(&self) -> String {
        let shown = self.screen.shown.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&shown).replace('\r', "")
    }

    /// Waits until `found` finds something in what was shown since it was last asked, and goes on behind it.
    #[track_caller]
    fn wait<T>(&mut self, what: &str, mut found: impl FnMut(&str) -> Option<(T, usize)>) -> T {
        let began = Instant::now();
        let mut shown = self.screen.shown.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let new = shown.get(self.seen..).unwrap_or_default();
            // A character of which a part is still on its way is not there yet.
            let new = match std::str::from_utf8(new) {
                Ok(new) => new,
                Err(cut) => std::str::from_utf8(&new[..cut.valid_up_to()]).unwrap_or_default(),
            };
            if let Some((found, length)) = found(new) {
                self.seen += length;
                let all = String::from_utf8_lossy(&shown);
                for secret in &self.secrets {
                    assert!(!all.contains(secret.as_str()), "a secret is on the screen: {what}");
                }
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "in vain: {what}; the screen shows: {new}");
            let more = self.screen.more.wait_timeout(shown, Duration::from_millis(100));
            shown = more.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for the end of the command.
    #[track_caller]
    pub fn prompt(&mut self) -> Said {
        self.wait("the shell's prompt", said)
    }

    /// Waits for `text`, and gives what was shown before it.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> String {
        self.wait(text, |new| new.find(text).map(|at| (plain(&new[..at]), at + text.len())))
    }

    /// Types `text` as it is.
    fn keys(&mut self, text: &str) {
        self.keyboard.as_mut().expect("an open terminal").write_all(text.as_bytes()).expect("somebody reads");
    }

    /// Types a line, which the terminal shows.
    #[track_caller]
    pub fn types(&mut self, line: &str) {
        self.keys(line);
        self.keys("\n");
        // What was typed is on the screen, and no answer to it.
        self.sees("\n");
    }

    /// Types what is asked for.
    #[track_caller]
    pub fn answers(&mut self, typed: Typed<'_>) {
        match typed {
            Typed::Secret(secret) => {
                self.shows_nothing_typed();
                self.secrets.push(secret.to_owned());
                self.keys(secret);
                self.keys("\n");
            }
            Typed::Line(line) => self.types(line),
            Typed::End => self.keys("\u{4}"),
            Typed::NoSecret => {
                self.shows_nothing_typed();
                self.keys("\u{4}");
            }
            Typed::Interrupt => self.keys("\u{3}"),
        }
    }

    /// Six digits, which nobody may see either, but which may stand by chance in some number.
    #[track_caller]
    fn code(&mut self, code: u32) {
        self.shows_nothing_typed();
        self.keys(&format!("{code:06}\n"));
    }

    /// Waits until the terminal no longer shows what is typed.
    #[track_caller]
    fn shows_nothing_typed(&self) {
        let keyboard = self.keyboard.as_ref().expect("an open terminal");
        let began = Instant::now();
        while tcgetattr(keyboard).expect("its modes").local_modes.contains(LocalModes::ECHO) {
            assert!(began.elapsed() < PATIENCE, "a secret is asked for while the terminal shows what is typed");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs a command that asks nothing.
    #[track_caller]
    pub fn run(&mut self, line: &str) -> Said {
        self.types(line);
        self.prompt()
    }

    /// Runs a command that asks these questions in this order.
    #[track_caller]
    pub fn run_asked(&mut self, line: &str, asked: &[(&str, Typed<'_>)]) -> Said {
        self.types(line);
        let mut text = String::new();
        for (question, typed) in asked {
            text.push_str(&self.sees(question));
            self.answers(*typed);
        }
        let said = self.prompt();
        Said { text: text + &said.text, ..said }
    }

    /// The window closes.
    pub fn hang_up(mut self) {
        self.close();
    }

    fn close(&mut self) {
        self.leave.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
        // The last of this side: what is in the terminal is told that it is gone.
        drop(self.keyboard.take());
        drop(self.shell.wait());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.keyboard.is_some() {
            self.close();
        }
    }
}

fn plain(text: &str) -> String {
    text.replace('\r', "")
}

/// The text up to a prompt, and how the command before it ended.
fn said(new: &str) -> Option<(Said, usize)> {
    let at = new.find(PROMPT.0)?;
    let rest = &new[at + PROMPT.0.len()..];
    let end = rest.find(PROMPT.1)?;
    let status = rest[..end].parse().ok()?;
    Some((Said { text: plain(&new[..at]), status }, at + PROMPT.0.len() + end + PROMPT.1.len()))
}

/// What the people of a story keep in their heads and pockets, by profile, and how they answer what `renkei` asks.
pub struct People<'a> {
    server: &'a Server,
    language: Language,
    passphrase: String,
    passwords: BTreeMap<String, String>,
    factors: BTreeMap<String, TotpSecret>,
}

/// What `renkei` may ask, in both languages.
const QUESTIONS: [(&str, &str); 8] = [
    ("新しいパスフレーズ（16文字以上）: ", "New passphrase (at least 16 characters): "),
    ("もう一度: ", "Once more: "),
    ("ルート鍵のパスフレーズ: ", "Passphrase of the root key: "),
    ("パスワード: ", "Password: "),
    ("パスワードをもう一度: ", "The same password once more: "),
    ("認証アプリに表示された6桁: ", "The six digits that the generator shows: "),
    ("確認コード（6桁）: ", "Code (six digits): "),
    (" [y/N] ", " [y/N] "),
];

impl<'a> People<'a> {
    /// People who sign in on `server`.
    pub fn of(server: &'a Server, language: Language) -> Self {
        Self {
            server,
            language,
            passphrase: format!("kaze no oto {:08x} mado", u32::from_le_bytes(renkei_client_core::random())),
            passwords: BTreeMap::new(),
            factors: BTreeMap::new(),
        }
    }

    /// Somebody who has signed in before.
    pub fn knows(&mut self, profile: &str, password: &str, factor: &TotpSecret) {
        self.passwords.insert(profile.to_owned(), password.to_owned());
        self.factors.insert(profile.to_owned(), factor.clone());
    }

    /// The password of `profile`.
    pub fn password(&mut self, profile: &str) -> String {
        let made = || format!("umi-7-{:08x}-no-sora+ringo", u32::from_le_bytes(renkei_client_core::random()));
        self.passwords.entry(profile.to_owned()).or_insert_with(made).clone()
    }

    /// The code that the generator of `profile` shows next.
    #[track_caller]
    fn next_code(&self, profile: &str) -> u32 {
        let factor = self.factors.get(profile).expect("a code generator");
        a11_second_factor::code(factor, self.server.advance(a11_second_factor::STEP))
    }

    /// Types `line`, and answers what it asks as its person does who wants it done.
    #[track_caller]
    pub fn run(&mut self, terminal: &mut Terminal, line: &str) -> Said {
        let mut words = line.split_whitespace().skip_while(|word| *word != "--profile");
        let profile = words.nth(1).unwrap_or_default().to_owned();
        terminal.types(line);
        let mut text = String::new();
        loop {
            let language = self.language;
            let next = terminal.wait(line, |new| {
                let ended = said(new).map(|(said, length)| (length, Err(said)));
                let asked = QUESTIONS.iter().enumerate().filter_map(|(number, (japanese, english))| {
                    let words = language.pick(*japanese, *english);
                    // At the end of what is shown: it waits.
                    let before = new.strip_suffix(words)?;
                    Some((new.len(), Ok((number, before.to_owned()))))
                });
                // The longest question that fits is the one that was asked.
                let asked = asked.min_by_key(|(_, asked)| asked.as_ref().map_or(0, |(_, before)| before.len()));
                ended.or(asked).map(|(length, next)| (next, length))
            });
            let (number, before) = match next {
                Ok((number, before)) => (number, plain(&before)),
                Err(said) => return Said { text: text + &said.text, ..said },
            };
            match number {
                0..=2 => {
                    let passphrase = self.passphrase.clone();
                    terminal.answers(Typed::Secret(&passphrase));
                }
                3 | 4 => {
                    let password = self.password(&profile);
                    terminal.answers(Typed::Secret(&password));
                }
                5 => {
                    self.factors.insert(profile.clone(), shown_factor(&before));
                    terminal.code(self.next_code(&profile));
                }
                6 => terminal.code(self.next_code(&profile)),
                _ => terminal.answers(Typed::Line("y")),
            }
            text.push_str(&before);
        }
    }
}

/// What a code generator would take from the screen.
#[track_caller]
fn shown_factor(text: &str) -> TotpSecret {
    let (_, behind) = text.split_once("?secret=").unwrap_or_else(|| panic!("no secret for the generator: {text}"));
    let secret = behind.split('&').next().unwrap_or_default();
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    TotpSecret(bytes.try_into().expect("twenty bytes"))
}

/// The `renkei` that was built beside the tests.
pub fn renkei() -> PathBuf {
    beside("renkei")
}
