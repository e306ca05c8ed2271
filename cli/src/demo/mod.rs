//! The demo: a whole district on one machine, against a real server in a process of its own.
//!
//! Nothing is played: the people sign, seal and read with the same client core as every app, over QUIC, and each refusal
//! comes from the server. A step says its row of the policy, what was done and what was seen; one that does not hold
//! makes the demo fail.

mod chapters;
mod district;
mod person;
mod report;
mod server;

use std::process::ExitCode;

use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::TotpSecret;
use renkei_client_core::proto::sentence::Language;

use report::Report;

/// What a code generator with this secret, as the demo prints it, shows now by the clock of the demo's devices.
pub(crate) fn code(secret: &str) -> crate::failure::Result<u32> {
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).map_err(|_| Code::BadInput)?;
    let secret = TotpSecret(bytes.as_slice().try_into().map_err(|_| Code::BadInput)?);
    Ok(a11_second_factor::code(&secret, renkei_client_core::dev::now()))
}

/// Plays the demo. With `keep` the server stays up afterwards and the way to sign in as each person is printed.
pub(crate) fn run(keep: bool, language: Language) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("demo: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::new(language);
    let outcome = runtime.block_on(chapters::play(&mut report, keep));
    if let Err(stop) = outcome {
        report.stopped(&stop);
    }
    report.finish()
}
