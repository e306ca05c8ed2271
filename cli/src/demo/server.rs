//! The server's process: this very executable, started again as `renkei server …`.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use renkei_client_core::proto::time::Time;

use super::report::Stop;

/// A server that isn't up by then won't come.
const START: Duration = Duration::from_secs(20);

/// A running server on loopback, with a data directory of its own. Killed when dropped.
pub(super) struct Server {
    data: PathBuf,
    address: String,
    process: Child,
    kept: bool,
    /// Seconds by which its clock was moved, which a new process is told.
    ahead: Cell<u64>,
    /// Seconds by which its sessions were made older, likewise.
    waited: Cell<u64>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.kept {
            drop(self.process.kill());
            drop(self.process.wait());
        }
    }
}

fn command(arguments: &[&str]) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("server").args(arguments);
    Ok(command)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// Makes a new server's keys and gives the claim.
pub(super) fn init(data: &Path) -> Result<String, Stop> {
    let output = command(&["init", "--data", text(data)])?.output()?;
    if !output.status.success() {
        return Err(Stop(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn start(
    data: &Path,
    listen: &str,
    (ahead, waited): (u64, u64),
    foreground_log: &Path,
) -> Result<(Child, String), Stop> {
    let ready = data.join("ready");
    drop(std::fs::remove_file(&ready));
    let log = std::fs::OpenOptions::new().create(true).append(true).open(foreground_log)?;
    let arguments = ["serve", "--data", text(data), "--listen", listen, "--ready-file", text(&ready), "--dev"];
    let moved = [format!("--dev-ahead={ahead}"), format!("--dev-waited={waited}")];
    let mut process =
        command(&arguments)?.args(moved).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
    let began = Instant::now();
    while began.elapsed() < START {
        if let Ok(address) = std::fs::read_to_string(&ready) {
            return Ok((process, address.trim().to_owned()));
        }
        if let Some(status) = process.try_wait()? {
            return Err(Stop(format!("the server ended with {status}; see {}", foreground_log.display())));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(process.kill());
    Err(Stop("the server did not start".into()))
}

impl Server {
    /// Starts the server on a free port of loopback.
    pub(super) fn start(data: &Path) -> Result<Self, Stop> {
        let (process, address) = start(data, "127.0.0.1:0", (0, 0), &data.with_extension("log"))?;
        let (ahead, waited) = (Cell::new(0), Cell::new(0));
        Ok(Self { data: data.to_owned(), address, process, kept: false, ahead, waited })
    }

    /// `host:port`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Its data directory.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Seconds by which its clock was moved forward.
    pub(super) fn ahead(&self) -> u64 {
        self.ahead.get()
    }

    /// Moves the server's clock forward and gives its time.
    pub(super) fn advance(&self, seconds: u64) -> Result<Time, Stop> {
        self.ahead.set(self.ahead.get() + seconds);
        renkei_client_core::dev::set(&self.address, self.ahead.get());
        self.move_clock(seconds)
    }

    /// Makes every session so many seconds older, while dates stay as they are.
    pub(super) fn wait(&self, seconds: u64) -> Result<Time, Stop> {
        self.waited.set(self.waited.get() + seconds);
        self.tell_clock(&format!("sessions {seconds}"))
    }

    /// The clock of its machine jumps, back below zero.
    pub(super) fn jump(&self, seconds: i64) -> Result<Time, Stop> {
        self.tell_clock(&format!("jump {seconds}"))
    }

    fn move_clock(&self, seconds: u64) -> Result<Time, Stop> {
        self.tell_clock(&seconds.to_string())
    }

    fn tell_clock(&self, what: &str) -> Result<Time, Stop> {
        let mut stream = UnixStream::connect(self.data.join("dev.sock"))?;
        writeln!(stream, "{what}")?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        line.trim().parse().map(Time).map_err(|_| Stop("the server's clock says nothing".into()))
    }

    /// Kills the server as a power cut would (SIGKILL) and starts it again on the same port.
    pub(super) fn kill_and_restart(&mut self) -> Result<(), Stop> {
        self.kill()?;
        self.restart()
    }

    /// Stops the server for good (SIGKILL).
    pub(super) fn kill(&mut self) -> Result<(), Stop> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// `renkei-server verify`, which needs the server to be down.
    pub(super) fn verify(&self) -> Result<String, Stop> {
        let output = command(&["verify", text(&self.data)])?.output()?;
        let said = if output.status.success() { &output.stdout } else { &output.stderr };
        let said = String::from_utf8_lossy(said).trim().to_owned();
        if output.status.success() { Ok(said) } else { Err(Stop(said)) }
    }

    /// Starts again after [`Server::kill`].
    pub(super) fn restart(&mut self) -> Result<(), Stop> {
        let moved = (self.ahead.get(), self.waited.get());
        let (process, address) = start(&self.data, &self.address, moved, &self.data.with_extension("log"))?;
        self.process = process;
        self.address = address;
        Ok(())
    }

    /// Leaves the server up after the demo, and says which process it is.
    pub(super) fn keep(&mut self) -> u32 {
        self.kept = true;
        self.process.id()
    }
}
