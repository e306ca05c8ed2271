//! Directories and file systems, to copy, to compare and to damage.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every file below `dir` with its bytes, by its path in `dir`. Sockets and locks have none.
pub fn files_below(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(dir: &Path, below: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let entry = entry.expect("a directory entry");
            let (path, below) = (entry.path(), below.join(entry.file_name()));
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                walk(&path, &below, found);
            } else if kind.is_file() {
                match std::fs::read(&path) {
                    // What a running server was just putting in place.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    bytes => drop(found.insert(below, bytes.expect("a readable file"))),
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(dir, Path::new(""), &mut found);
    found
}

/// Copies every file below `from` to `to`, as somebody who has the disk would.
pub fn copy_dir(from: &Path, to: &Path) {
    for (path, bytes) in files_below(from) {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().expect("below a directory")).expect("a directory");
        std::fs::write(path, bytes).expect("a copy");
    }
}

/// A small file system in memory, unmounted when dropped.
#[derive(Debug)]
pub struct Mount(PathBuf);

impl Mount {
    /// Mounts `mebibytes` on `dir`; none where that is not permitted.
    pub fn tmpfs(dir: &Path, mebibytes: u32) -> Option<Self> {
        std::fs::create_dir_all(dir).expect("a directory");
        let size = format!("size={mebibytes}m,mode=0700");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir).output().ok()?;
        mount.status.success().then(|| Self(dir.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, so that it also goes where a test has failed with a server still on it.
        drop(Command::new("umount").arg("-l").arg(&self.0).output());
    }
}
