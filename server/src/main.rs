//! The `renkei-server` executable.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    renkei_server::command::run(renkei_server::command::Arguments::parse())
}
