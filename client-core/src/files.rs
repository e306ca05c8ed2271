//! Files of a device: private to their owner, replaced whole, durable before anybody relies on them.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use renkei_proto::code::Code;

use crate::Result;

fn failed(path: &Path, error: &std::io::Error) -> renkei_proto::frame::Fault {
    tracing::error!(path = %path.display(), %error, "a file of this device");
    Code::ProfileFailed.into()
}

/// Creates a directory that only its owner can enter.
pub fn create_private_dir(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| failed(dir, &error))
}

/// Writes `bytes` to `path`, all or nothing, readable by its owner only.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension("partial");
    let write = || {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        // A bare file name has an empty parent: the present directory.
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        fs::File::open(dir)?.sync_all()
    };
    write().map_err(|error| failed(path, &error))
}

/// Begins a new file that only its owner can read. What is there already is not touched, whatever it is.
pub fn create_private(path: &Path) -> Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Code::FileExists.into(),
        _ => failed(path, &error),
    })
}

/// Adds `bytes` to a file from [`create_private`], durably.
pub fn append(file: &mut fs::File, path: &Path, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| failed(path, &error))
}

/// Reads a plain file of at most `most` bytes: nothing endless, and nothing that waits for somebody to write.
pub fn read_bounded(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    use std::io::Read as _;
    if !fs::metadata(path)?.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(u64::try_from(bytes.len()).is_ok_and(|read| read <= most).then_some(bytes))
}

/// Reads `path`; none if it isn't there.
pub fn read(path: &Path) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(zeroize::Zeroizing::new(bytes))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Overwrites `path` and removes it. What the disk keeps underneath is out of a program's reach: the content must be
/// worthless by then, as a sealed vault without its share is.
pub fn destroy(path: &Path) -> Result<()> {
    let destroy = || {
        let length = match fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut file = fs::OpenOptions::new().write(true).open(path)?;
        file.write_all(&vec![0; usize::try_from(length).unwrap_or(0)])?;
        file.sync_all()?;
        fs::remove_file(path)
    };
    destroy().map_err(|error| failed(path, &error))
}
