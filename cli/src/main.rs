//! `renkei`: the command line of Renkei for people and scripts.
//!
//! `renkei sign-in` starts an agent ([`agent`]) that holds the connection and the open vault; most commands are a short
//! conversation with it ([`commands`] is what it does for them). The root key's commands and enrolment run in this
//! process ([`local`]). Nothing here decides anything: the client core and the server do.

mod agent;
mod args;
mod commands;
#[cfg(feature = "demo")]
mod demo;
mod failure;
mod help;
mod labels;
mod local;
mod place;
mod reply;
mod resolve;
mod secrets;
mod show;
mod tables;
mod talk;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::Language;
use tracing_subscriber::EnvFilter;

use args::Command;
use args::audit::AuditCommand;
use args::office::FacilityCommand;
use args::request::Request;
use failure::{Failure, Result};
use place::Place;
use terminal::Terminal;

/// What is freed is wiped, in every library as well: passwords and shares pass through buffers that are not ours
/// (docs/decisions/0023).
#[global_allocator]
static WIPED: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().collect();
    let language = help::chosen(&typed);
    let arguments = match help::parse(&typed, language) {
        Ok(arguments) => arguments,
        Err(fault) => return misunderstood(&fault, &typed, language),
    };
    let language = arguments.lang.unwrap_or(language);
    let terminal = Terminal { json: arguments.json, language };
    let result = Place::of(&arguments).and_then(|place| {
        let result = run(arguments.command, &place, terminal);
        if result.as_ref().is_err_and(|failure| matches!(failure.code(), Code::DeviceWiped | Code::UserEnded)) {
            // Should the server not have heard of it yet: a wiped device has one thing left to say.
            let confirmed = async {
                Profile::try_confirm_wipe(&place.dir()).await;
                Ok(())
            };
            drop(wait(confirmed));
        }
        result
    });
    result.unwrap_or_else(|failure| {
        failure.tell(terminal.json, terminal.language);
        failure.exit_code()
    })
}

/// Help that was asked for, or what is wrong with the command line.
fn misunderstood(fault: &clap::Error, typed: &[std::ffi::OsString], language: Language) -> ExitCode {
    let said = help::japanese(fault, typed);
    match said {
        Some(said) if typed.iter().any(|word| word == "--json") => {
            let english = fault.to_string();
            let about = language.pick(said.as_str(), english.trim_start_matches("error: "));
            Failure::about(Code::BadInput, about.lines().next().unwrap_or_default()).tell(true, language);
        }
        Some(said) if language == Language::Japanese => eprintln!("{said}"),
        _ => drop(fault.print()),
    }
    ExitCode::from(u8::try_from(fault.exit_code()).unwrap_or(2))
}

/// What the libraries have to say goes to standard error, and nothing of it to a person who didn't ask.
fn log(default: &str) {
    let filter = EnvFilter::try_from_env("RENKEI_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    drop(tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init());
}

fn run(command: Command, place: &Place, terminal: Terminal) -> Result<ExitCode> {
    let reply = match command {
        #[cfg(feature = "demo")]
        Command::Demo { code: Some(secret), .. } => {
            println!("{:06}", demo::code(&secret)?);
            return Ok(ExitCode::SUCCESS);
        }
        #[cfg(feature = "demo")]
        Command::Demo { keep, .. } => {
            log("off");
            return Ok(demo::run(keep, terminal.language));
        }
        #[cfg(feature = "demo")]
        Command::Server { arguments } => {
            use renkei_server::command;
            let all = std::iter::once("renkei-server".into()).chain(arguments);
            return Ok(command::run(command::Arguments::parse_from(all)));
        }
        Command::Agent { idle, with_terminal } => {
            log("warn");
            return wait(async { Ok(agent::serve::run(place, idle, with_terminal).await) });
        }
        command => {
            log("off");
            match command {
                Command::Root(command) => local::root::run_root(&command, terminal)?,
                Command::Association(command) => wait(local::root::run_association(command, terminal))?,
                Command::Enrol(command) => wait(local::enrol::run(command, place, terminal))?,
                Command::SignIn(command) => wait(local::sign_in::run(command, place, terminal))?,
                Command::Request(Request::Facility(FacilityCommand::Apply(form))) => {
                    wait(local::enrol::apply(*form, place, terminal))?
                }
                Command::Request(Request::Audit(AuditCommand::Verify { file, root })) => {
                    commands::audit::verify(std::path::Path::new(&file), root, terminal)?
                }
                Command::Request(Request::Audit(AuditCommand::VerifyAccess { file, root, earlier })) => {
                    commands::access::verify(std::path::Path::new(&file), root, earlier.as_deref(), terminal)?
                }
                Command::Proof(args::proof::ProofCommand::Verify { file, root }) => {
                    commands::proof::verify(std::path::Path::new(&file), root, terminal)?
                }
                Command::Print(command) => local::print::run(command, place, terminal)?,
                Command::Request(request) => talk::run(request, place, terminal)?,
                #[cfg(feature = "demo")]
                Command::Demo { .. } | Command::Server { .. } => return Ok(ExitCode::SUCCESS),
                Command::Agent { .. } => return Ok(ExitCode::SUCCESS),
            }
        }
    };
    terminal.print(&reply);
    Ok(ExitCode::SUCCESS)
}

fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::about(Code::ProfileFailed, error.to_string()))?;
    runtime.block_on(work)
}
