//! Where a profile and its agent's socket are.

use std::path::{Path, PathBuf};

use renkei_client_core::proto::code::Code;

use crate::args::Arguments;
use crate::failure::{Failure, Result};

/// A socket's path fits `sockaddr_un` (108 bytes on Linux, 104 on macOS, one of them the closing zero).
const SOCKET_PATH: usize = 103;

/// A profile's directory.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) home: PathBuf,
    pub(crate) profile: String,
}

impl Place {
    pub(crate) fn of(arguments: &Arguments) -> Result<Self> {
        let home = match &arguments.home {
            Some(home) => home.clone(),
            None => default_home().ok_or_else(|| Failure::about(Code::ProfileFailed, "HOME, RENKEI_HOME"))?,
        };
        // The agent has another working directory: what it is given doesn't depend on one.
        let home = std::path::absolute(&home)
            .map_err(|error| Failure::about(Code::ProfileFailed, format!("{}: {error}", home.display())))?;
        Ok(Self { home, profile: arguments.profile.clone() })
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.home.join(&self.profile)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir().join("agent.log")
    }

    pub(crate) fn socket(&self) -> Result<PathBuf> {
        let path = self.dir().join("agent.sock");
        if path.as_os_str().len() > SOCKET_PATH {
            let about = format!("{}: > {SOCKET_PATH} bytes; --home DIR", path.display());
            return Err(Failure::about(Code::BadInput, about));
        }
        Ok(path)
    }
}

fn default_home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| Path::is_absolute(path));
    let data = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
    data.map(|data| data.join("renkei"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_path_that_no_system_takes_is_refused_with_its_reason() {
        let place = |home: String| Place { home: home.into(), profile: "p".to_owned() };
        assert!(place("/short".to_owned()).socket().is_ok());
        let refused = place(format!("/{}", "x".repeat(100))).socket().unwrap_err();
        assert_eq!(refused.code(), Code::BadInput);
        assert!(refused.about.unwrap().contains("--home"));
    }
}
