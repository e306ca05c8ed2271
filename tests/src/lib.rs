//! The kit of the whole-system tests: a real server process on loopback with a data directory of its own, an association
//! on it, and people with devices.
//!
//! Nothing here sleeps for the sake of time: the server's clock is moved. What other processes and devices do by
//! themselves is waited for, with an end.
//!
//! ```no_run
//! # async fn story() {
//! use renkei_tests::{Team, refused};
//! let team = Team::of_two().await;
//! team.chief.client().send(team.group, "こんにちは").await.unwrap();
//! # }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "the kit of tests: whatever doesn't hold here fails the test that it happens in"
)]

pub mod alone;
mod damage;
mod person;
pub mod rogue;
mod server;
mod stranger;
pub mod terminal;
mod world;

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use renkei_client_core::Fault;
use renkei_client_core::proto::code::Code;

pub use damage::{Mount, copy_dir, files_below};
pub use person::Person;
pub use server::Server;
pub use stranger::{Stranger, device_authority, with_certificate};
pub use world::{Team, World, consent, form1, line, pledge, request};

/// How long something that another process or device does by itself may take, also on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// One day, in seconds.
pub const DAY: u64 = 24 * 3600;

/// The refusal, which must be this one.
#[track_caller]
pub fn refused<T: Debug>(result: Result<T, Fault>, code: Code) -> Fault {
    match result {
        Err(fault) if fault.code == code => fault,
        other => panic!("expected {code}, got {other:?}"),
    }
}

/// What comes of `work`, which must come in time.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}
