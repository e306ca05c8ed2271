//! `renkei-server`: init, serve, verify, access.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use data_encoding::BASE64URL_NOPAD;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::Secret32;
use renkei_proto::hash::Hash32;
use renkei_store::{Options, Progress};

use crate::clock::Clock;
use crate::config::{ConfigFile, DEFAULT_LISTEN};
use crate::identity::Identity;
use crate::service::{self, Service, StartError};
use crate::{access_export, dev, endpoint};

/// The server of Renkei.
#[derive(Debug, Parser)]
#[command(name = "renkei-server", version, about = "The server of Renkei / 連携のサーバー")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new server's keys and print the claim with which the association is founded on it
    Init {
        /// Data directory
        #[arg(long, env = "RENKEI_DATA")]
        data: PathBuf,
    },
    /// Serve until SIGTERM or SIGINT
    Serve {
        /// Configuration file (TOML: data, listen)
        #[arg(long, env = "RENKEI_CONFIG")]
        config: Option<PathBuf>,
        /// Data directory
        #[arg(long, env = "RENKEI_DATA")]
        data: Option<PathBuf>,
        /// UDP address to listen on [default: 0.0.0.0:4433]
        #[arg(long, env = "RENKEI_LISTEN")]
        listen: Option<SocketAddr>,
        /// Write the address that was bound to this file once the server listens
        #[arg(long)]
        ready_file: Option<PathBuf>,
        /// File of the key that seals the secrets; keep it out of backups [default: store/shred/key in the data
        /// directory]
        #[arg(long, value_name = "FILE", env = "RENKEI_SHRED_KEY")]
        shred_key: Option<PathBuf>,
        /// Second file of that key, on another disk; kept in step, and used when the first is gone
        #[arg(long, value_name = "FILE", env = "RENKEI_SHRED_COPY")]
        shred_copy: Option<PathBuf>,
        /// Development only: the clock can be moved forward through the data directory
        #[arg(long)]
        dev: bool,
        /// Development only: seconds by which dates are ahead from the start
        #[arg(long, hide = true, requires = "dev", default_value_t = 0)]
        dev_ahead: u64,
        /// Development only: seconds by which sessions are older from the start
        #[arg(long, hide = true, requires = "dev", default_value_t = 0)]
        dev_waited: u64,
        /// Development only: seconds by which the machine's clock is taken to be wrong at the start
        #[arg(
            long,
            value_name = "SECONDS",
            requires = "dev",
            allow_negative_numbers = true,
            default_value_t = 0,
            hide = true
        )]
        dev_jump: i64,
    },
    /// Check every checksum, link, signature and rule of a data directory, offline
    Verify {
        /// Data directory
        data: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the whole record of access to a file, offline: who was handed what, under a signed head
    Access {
        /// Data directory
        data: PathBuf,
        /// The file to write: JSON Lines. One that exists is left alone
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the claim again
    Claim {
        /// Data directory
        #[arg(long, env = "RENKEI_DATA")]
        data: PathBuf,
    },
}

/// What `init` prints: the authority to recognise the server by, and the one-time code.
pub fn claim_text(identity: &Identity) -> String {
    let claim: (Hash32, Secret32) = (identity.server_authority_hash(), identity.claim());
    format!("renkei:claim/{}", BASE64URL_NOPAD.encode(&codec::encode(&(identity.keys(), claim))))
}

/// Runs a command line.
pub fn run(arguments: Arguments) -> ExitCode {
    let result = match arguments.command {
        Command::Init { data } => init(&data),
        Command::Claim { data } => {
            Identity::load(&data).map_err(failed).map(|identity| println!("{}", claim_text(&identity)))
        }
        Command::Verify { data, json } => verify(&data, json),
        Command::Access { data, out } => access(&data, &out),
        Command::Serve {
            config,
            data,
            listen,
            ready_file,
            shred_key,
            shred_copy,
            dev,
            dev_ahead,
            dev_waited,
            dev_jump,
        } => {
            let options = Options { shred_key, shred_copy, ..Options::default() };
            let clock = Clock::start(dev_jump);
            clock.advance(dev_ahead);
            clock.wait(dev_waited);
            serve(config.as_deref(), data, listen, ready_file.as_deref(), (&options, clock), dev)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("renkei-server: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn failed(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn init(data: &Path) -> Result<(), String> {
    let identity = Identity::create(data).map_err(failed)?;
    eprintln!(
        "The server's keys are in {}. Keep it private. Back it up without store/shred: a backup that has the shred key undoes wipes.",
        data.display()
    );
    eprintln!("Found the association with this claim (renkei association found --claim …):");
    println!("{}", claim_text(&identity));
    Ok(())
}

fn verify(data: &Path, json: bool) -> Result<(), String> {
    let seen = service::verify(data).map_err(failed)?;
    if json {
        let line = serde_json::json!({ "logs": seen.logs, "entries": seen.entries, "access": seen.access,
            "files": seen.files, "torn_bytes": seen.torn_bytes });
        println!("{line}");
    } else {
        println!("{} logs, {} entries: every checksum, link, signature and rule holds.", seen.logs, seen.entries);
        println!("{} records of access: every link holds.", seen.access);
        println!("{} files: every one is there as it was accepted.", seen.files);
        if seen.torn_bytes > 0 {
            println!("{} bytes of an interrupted write follow; nothing in them was acknowledged.", seen.torn_bytes);
        }
    }
    Ok(())
}

fn access(data: &Path, out: &Path) -> Result<(), String> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let named = |error: std::io::Error| format!("{}: {error}", out.display());
    let mut file = std::io::BufWriter::new(options.open(out).map_err(named)?);
    let written = access_export::export_access(data, Clock::default().utc(), &mut file).map_err(failed);
    let written = written.and_then(|records| {
        let file = file.into_inner().map_err(failed)?;
        file.sync_all().map_err(named).map(|()| records)
    });
    match written {
        Ok(records) => {
            println!("{}: {records} records of access, every link checked.", out.display());
            Ok(())
        }
        Err(why) => {
            // Half a record is none.
            drop(std::fs::remove_file(out));
            Err(why)
        }
    }
}

fn serve(
    config: Option<&Path>,
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    ready_file: Option<&Path>,
    (options, clock): (&Options, Clock),
    dev: bool,
) -> Result<(), String> {
    let file = config.map(ConfigFile::read).transpose().map_err(failed)?.unwrap_or_default();
    let data = data
        .or(file.data)
        .ok_or("where is the data directory? Give --data, or run `renkei-server init --data DIR` first")?;
    let listen = match listen.or(file.listen) {
        Some(listen) => listen,
        None => DEFAULT_LISTEN.parse().map_err(failed)?,
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("RENKEI_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,quinn=warn,sled=warn"));
    drop(tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(serve_until_told(&data, listen, ready_file, (options, clock), dev))
}

/// Says where reading the journal has come to, once a second.
fn shower() -> impl FnMut(Progress) {
    let mut last = std::time::Instant::now();
    move |progress| {
        if last.elapsed() >= std::time::Duration::from_secs(1) {
            last = std::time::Instant::now();
            tracing::info!(done = progress.done, total = progress.total, "reading the journal (bytes)");
        }
    }
}

async fn serve_until_told(
    data: &Path,
    listen: SocketAddr,
    ready_file: Option<&Path>,
    (options, clock): (&Options, Clock),
    dev: bool,
) -> Result<(), String> {
    let identity = Identity::load(data).map_err(failed)?;
    let clock = Arc::new(clock);
    let (service, writing) = Service::start(data, options, identity, Arc::clone(&clock), &mut shower())
        .map_err(|error: StartError| error.to_string())?;
    let endpoint = endpoint::open(&service, listen).map_err(failed)?;
    let bound = endpoint.local_addr().map_err(failed)?;
    if dev {
        tracing::warn!("development server: its clock can be moved");
        dev::listen(&data.join("dev.sock"), clock, Arc::clone(&service.files)).map_err(failed)?;
    }
    tracing::info!(%bound, "listening");
    if let Some(file) = ready_file {
        announce(file, bound).map_err(failed)?;
    }
    let accepting = tokio::spawn(endpoint::accept(Arc::clone(&service), endpoint.clone()));
    told_to_stop().await.map_err(failed)?;
    tracing::info!("going down");
    // No new connections; what is with the writer is made durable and answered; then everybody is told.
    endpoint.set_server_config(None);
    service.hub.close_all(Code::ShuttingDown);
    endpoint.close(quinn::VarInt::from_u32(u32::from(Code::ShuttingDown.number())), b"shutting_down");
    drop(tokio::time::timeout(std::time::Duration::from_secs(2), endpoint.wait_idle()).await);
    accepting.abort();
    drop(accepting.await);
    drop(service);
    drop(tokio::time::timeout(std::time::Duration::from_secs(10), writing).await);
    tracing::info!("down");
    Ok(())
}

/// The ready file appears whole or not at all.
fn announce(file: &Path, bound: SocketAddr) -> std::io::Result<()> {
    let partial = file.with_extension("partial");
    let mut out = std::fs::File::create(&partial)?;
    writeln!(out, "{bound}")?;
    drop(out);
    std::fs::rename(partial, file)
}

#[cfg(unix)]
async fn told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
