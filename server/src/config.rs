//! How the server is run: a file, the environment, flags — the later wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the server listens when nobody says otherwise.
pub const DEFAULT_LISTEN: &str = "0.0.0.0:4433";

/// A configuration file, in TOML. Every key can be given as a flag or in the environment as well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    /// The data directory.
    pub data: Option<PathBuf>,
    /// The UDP address to listen on.
    pub listen: Option<SocketAddr>,
}

/// Why a configuration file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("{}: {source}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not what a configuration looks like.
    #[error("{}: {source}", file.display())]
    Parse {
        /// Which.
        file: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
}

impl ConfigFile {
    /// Reads a file.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(file).map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse { file: file.to_owned(), source: Box::new(source) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_with_an_unknown_key_is_refused() {
        let parsed: ConfigFile = toml::from_str("data = \"d\"\nlisten = \"127.0.0.1:1\"").unwrap();
        assert_eq!(parsed.listen, Some("127.0.0.1:1".parse().unwrap()));
        assert!(toml::from_str::<ConfigFile>("lisen = \"127.0.0.1:1\"").is_err());
    }
}
