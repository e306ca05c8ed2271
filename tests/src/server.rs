//! The server's process.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use renkei_client_core::proto::time::Time;

/// A server that isn't up by then won't come; one that isn't down by then won't go.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ports below those that the system gives to clients, so that a server finds its own again after a restart.
const PORTS: std::ops::Range<u16> = 12_000..32_000;

/// A running server, killed when dropped.
#[derive(Debug)]
pub struct Server {
    data: PathBuf,
    address: String,
    process: Option<Child>,
    /// Seconds by which its clock was moved, which a new process is told.
    ahead: Cell<u64>,
    /// Seconds by which its sessions were made older, likewise.
    waited: Cell<u64>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program as it was built beside the tests: `target/<profile>/deps/<test>` → `target/<profile>/<name>`.
pub(crate) fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test.parent().and_then(Path::parent).expect("a test lies in target/<profile>/deps");
    let binary = profile.join(name);
    assert!(
        binary.exists(),
        "{} is missing: build it first (cargo build -p renkei-server -p renkei-cli, or run cargo xtask test)",
        binary.display()
    );
    binary
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(beside("renkei-server"));
    command.args(arguments).stdin(Stdio::null()).env_remove("RENKEI_DATA").env_remove("RENKEI_CONFIG");
    command
}

/// What a finished process said and how it ended.
fn said(output: &Output) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary directories have plain names")
}

fn log(data: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(data.with_extension("log")).expect("a log beside the data")
}

/// Starts `serve` and waits until it listens, or gives what it said before it ended.
fn serve(data: &Path, listen: &str, (ahead, waited, jump): (u64, u64, i64)) -> Result<(Child, String), String> {
    let ready = data.join("ready");
    drop(std::fs::remove_file(&ready));
    let log_before = std::fs::metadata(data.with_extension("log")).map_or(0, |file| file.len());
    let arguments = ["serve", "--data", text(data), "--listen", listen, "--ready-file", text(&ready), "--dev"];
    let moved = [format!("--dev-ahead={ahead}"), format!("--dev-waited={waited}"), format!("--dev-jump={jump}")];
    let mut process =
        command(&arguments).args(moved).stdout(Stdio::null()).stderr(log(data)).spawn().expect("the server starts");
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Ok(address) = std::fs::read_to_string(&ready) {
            return Ok((process, address.trim().to_owned()));
        }
        if process.try_wait().expect("a child can be asked for").is_some() {
            let log = std::fs::read(data.with_extension("log")).unwrap_or_default();
            let from = usize::try_from(log_before).unwrap_or(0);
            return Err(String::from_utf8_lossy(log.get(from..).unwrap_or_default()).into_owned());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(process.kill());
    drop(process.wait());
    Err("the server did not start in time".into())
}

impl Server {
    /// Makes a new server's keys in `data` and starts it on a free port of loopback. Gives the claim as well.
    pub fn create(data: &Path) -> (Self, String) {
        let made = command(&["init", "--data", text(data)]).output().expect("the server's program runs");
        let claim = said(&made).expect("init");
        (Self::start(data), claim)
    }

    /// What a server says that does not start on `data`.
    pub fn refuses_to_serve(data: &Path) -> String {
        match serve(data, "127.0.0.1:0", (0, 0, 0)) {
            Err(said) => said,
            Ok((mut process, _)) => {
                drop(process.kill());
                drop(process.wait());
                panic!("it serves");
            }
        }
    }

    /// Starts a server on the data directory `data`, on any port.
    pub fn start(data: &Path) -> Self {
        let mut port = u16::from_le_bytes(renkei_client_core::random());
        for _ in 0..50 {
            port = port.wrapping_mul(31).wrapping_add(17);
            let listen = format!("127.0.0.1:{}", PORTS.start + port % (PORTS.end - PORTS.start));
            match serve(data, &listen, (0, 0, 0)) {
                Ok((process, address)) => {
                    let (ahead, waited) = (Cell::new(0), Cell::new(0));
                    return Self { data: data.to_owned(), address, process: Some(process), ahead, waited };
                }
                Err(said) if said.contains("in use") && !said.contains("another") => {}
                Err(said) => panic!("the server did not start: {said}"),
            }
        }
        panic!("no free port");
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Moves the server's clock forward and gives its time.
    pub fn advance(&self, seconds: u64) -> Time {
        self.ahead.set(self.ahead.get() + seconds);
        // People's devices go along.
        renkei_client_core::dev::set(self.address(), self.ahead.get());
        self.move_clock(seconds)
    }

    /// Makes every session so many seconds older, while dates stay as they are.
    pub fn wait(&self, seconds: u64) {
        self.waited.set(self.waited.get() + seconds);
        self.tell_clock(&format!("sessions {seconds}"));
    }

    /// Lets one person send so many bytes of files within a day, and no more.
    pub fn files_of_a_day(&self, bytes: u64) {
        self.tell_clock(&format!("files {bytes}"));
    }

    /// The clock of the server's machine jumps by so many seconds, back below zero. Gives the server's date, as all of
    /// these do, which a code generator that is right goes by as well.
    pub fn jump(&self, seconds: i64) -> Time {
        self.tell_clock(&format!("jump {seconds}"))
    }

    /// Sets the server's dates back.
    pub fn set_back(&self, seconds: u64) -> Time {
        self.tell_clock(&format!("back {seconds}"))
    }

    /// The server's time.
    pub fn now(&self) -> Time {
        self.move_clock(0)
    }

    fn move_clock(&self, seconds: u64) -> Time {
        self.tell_clock(&seconds.to_string())
    }

    fn tell_clock(&self, what: &str) -> Time {
        let mut stream = UnixStream::connect(self.data.join("dev.sock")).expect("the clock's socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        writeln!(stream, "{what}").expect("the clock listens");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("the clock answers");
        line.trim().parse().map(Time).expect("the clock tells the time")
    }

    /// Stops the process as a power cut would (SIGKILL).
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Asks the process to end (SIGTERM) and gives how it ended.
    pub fn terminate(&mut self) -> ExitStatus {
        let mut process = self.process.take().expect("a running server");
        let id = process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = process.try_wait().expect("a child can be asked for") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(process.kill());
        drop(process.wait());
        panic!("the server did not end when told to");
    }

    /// Starts again on the same port with the same clock.
    pub fn restart(&mut self) {
        self.try_restart().unwrap_or_else(|said| panic!("the server did not start again: {said}"));
    }

    /// Starts again on the same port with the same clock, or gives what the server said instead.
    pub fn try_restart(&mut self) -> Result<(), String> {
        self.start_again(0)
    }

    /// Starts again on the same port, on a machine whose clock is wrong by so many seconds.
    pub fn restart_wrong(&mut self, seconds: i64) {
        self.kill();
        self.start_again(seconds).unwrap_or_else(|said| panic!("the server did not start again: {said}"));
    }

    fn start_again(&mut self, jump: i64) -> Result<(), String> {
        let (process, _) = serve(&self.data, &self.address, (self.ahead.get(), self.waited.get(), jump))?;
        self.process = Some(process);
        Ok(())
    }

    /// Time passes for dates and sessions while no process runs.
    pub fn stays_down(&self, seconds: u64) {
        assert!(self.process.is_none(), "a server that is down");
        self.ahead.set(self.ahead.get() + seconds);
        self.waited.set(self.waited.get() + seconds);
        renkei_client_core::dev::set(self.address(), self.ahead.get());
    }

    /// Starts a second process on the same data directory, which must end by itself: its status and what it said.
    pub fn second(&self) -> (ExitStatus, String) {
        let mut process = command(&["serve", "--data", text(&self.data), "--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server's program runs");
        let began = Instant::now();
        while process.try_wait().expect("a child can be asked for").is_none() {
            if began.elapsed() > PATIENCE {
                drop(process.kill());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let output = process.wait_with_output().expect("its words");
        (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// `renkei-server access` on the data directory: the whole record of access, in the file `out`.
    pub fn access(&self, out: &Path) -> Result<String, String> {
        let arguments = ["access", text(&self.data), "--out", text(out)];
        said(&command(&arguments).output().expect("the server's program runs"))
    }

    /// `renkei-server verify` on the data directory: what it said, and whether everything holds.
    pub fn verify(&self) -> Result<String, String> {
        said(&command(&["verify", text(&self.data)]).output().expect("the server's program runs"))
    }
}
