//! The terminal that a session was started from: when it closes, the session ends with it (A11.4,
//! docs/decisions/0056).
//!
//! An agent lives in a process group of its own, so that keys typed at the terminal are not for it; the signal that a
//! closing terminal sends goes past it for the same reason. So it holds the terminal open, without reading from it, and
//! looks whether somebody is still at the other end.

use std::fs::File;
use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;

/// How long a look at the terminal lasts. Its closing ends the look at once on most systems, and on none is it missed
/// for longer than this.
const LOOK: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// The terminal that this process belongs to, if it belongs to one.
pub(crate) fn terminal() -> Option<File> {
    File::open("/dev/tty").ok()
}

/// Is done when the terminal of this process has closed: at once, if it has already.
pub(super) fn closed() -> oneshot::Receiver<()> {
    let (tell, told) = oneshot::channel();
    // Looking blocks, and lasts as long as the process: a thread of its own.
    std::thread::spawn(move || {
        if let Some(terminal) = terminal() {
            while !hung_up(&terminal) {}
        }
        tell.send(()).unwrap_or_default();
    });
    told
}

fn hung_up(terminal: &File) -> bool {
    // Nothing is asked for: what is always told is that the other end is gone.
    let mut looked_at = [PollFd::from_borrowed_fd(terminal.as_fd(), PollFlags::empty())];
    match poll(&mut looked_at, Some(&LOOK)) {
        Ok(0) | Err(Errno::INTR) => false,
        Ok(_) | Err(_) => true,
    }
}
