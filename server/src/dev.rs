//! `--dev`: a socket in the data directory through which tests and the demo move the clock. One line in: the seconds to
//! add to dates, `back` and the seconds to take from them, `sessions` and the seconds by which sessions are to be
//! older, `jump` and the seconds by which the machine's clock is to jump (back below zero), or `files` and the bytes that
//! one person may send within a day; one line out, the date it is then.

use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::clock::Clock;
use crate::files::Files;
use crate::hub::lock;

/// Listens on `path`, which only the owner of the data directory can reach.
pub(crate) fn listen(path: &Path, clock: Arc<Clock>, files: Arc<Files>) -> std::io::Result<()> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&clock), Arc::clone(&files)));
        }
    });
    Ok(())
}

async fn serve(stream: UnixStream, clock: Arc<Clock>, files: Arc<Files>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let (what, seconds) = line.trim().split_once(' ').unwrap_or(("dates", line.trim()));
        if let ("jump", Ok(seconds)) = (what, seconds.parse()) {
            clock.jump(seconds);
        }
        match (what, seconds.parse()) {
            ("jump", _) => {}
            ("dates", Ok(seconds)) => clock.advance(seconds),
            ("sessions", Ok(seconds)) => clock.wait(seconds),
            ("files", Ok(bytes)) => lock(&files.quota).most.person = bytes,
            ("back", Ok(seconds)) => clock.set_back(seconds),
            _ => return,
        }
        if write.write_all(format!("{}\n", clock.anchored().0).as_bytes()).await.is_err() {
            return;
        }
    }
}
