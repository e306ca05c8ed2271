//! Writes development certificates into a directory, and only if told that this is development.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Parser, ValueEnum};
use renkei_certs_dev::{Authority, Dev, Validity};

/// Development certificates of Renkei.
#[derive(Debug, Parser)]
#[command(name = "renkei-certs-dev", version)]
struct Arguments {
    /// Say that this is development; without it nothing is made
    #[arg(long)]
    dev: bool,
    /// Directory for authority.der, authority.key, device.der and device.key (PKCS#8, DER)
    #[arg(long)]
    out: PathBuf,
    /// The device that the certificate names (dev-…)
    #[arg(long)]
    device: String,
    /// When the certificate is good
    #[arg(long, value_enum, default_value_t = When::Now)]
    valid: When,
    /// Certificate of the authority to issue it; a new, foreign one if not given
    #[arg(long, requires = "authority_key")]
    authority: Option<PathBuf>,
    /// Key of that authority
    #[arg(long, requires = "authority")]
    authority_key: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum When {
    /// Today
    Now,
    /// Until yesterday
    Expired,
    /// From tomorrow
    NotYet,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.dev {
        eprintln!("renkei-certs-dev: these certificates are for development only. Say --dev if that is what this is.");
        return ExitCode::from(2);
    }
    match make(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("renkei-certs-dev: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let dev = Dev::this_is_not_production();
    let authority = match (&arguments.authority, &arguments.authority_key) {
        (Some(certificate), Some(key)) => Authority::given(dev, std::fs::read(certificate)?, std::fs::read(key)?),
        _ => Authority::foreign(dev, "Renkei development authority")?,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let validity = match arguments.valid {
        When::Now => Validity::around(now),
        When::Expired => Validity::expired(now),
        When::NotYet => Validity::not_yet(now),
    };
    let device = authority.device(dev, &arguments.device, None, validity)?;
    let parts = authority.parts(dev);
    std::fs::create_dir_all(&arguments.out)?;
    for (name, bytes) in [
        ("authority.der", &parts.certificate),
        ("authority.key", &parts.key),
        ("device.der", &device.certificate),
        ("device.key", &device.key),
    ] {
        write_private(&arguments.out.join(name), bytes)?;
    }
    Ok(())
}

/// Never over a file that is there: it may be somebody's real key.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
