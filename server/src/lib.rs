//! The server: decides by the rules of [`renkei_policy`], makes durable with [`renkei_store`], delivers over QUIC.
//!
//! The way of a message:
//!
//! ```text
//! request stream ─ connection ─ session open? ─ signature ─ writer ─ rules ─ journal, fdatasync
//!                                                             │
//!        acknowledgement to the sender ◄──────────────────────┤ only with the store's proof in hand
//!        sync streams of the readers  ◄── woken, pull the log ┘
//! ```
//!
//! * [`identity`]: the server's keys and certificates; [`tls`]: TLS 1.3 and X25519MLKEM768 only.
//! * `endpoint` dispatches on ALPN: `enrol` for devices without a certificate, `connection` for the others.
//! * `requests` and `sign_in` answer; `writer` is the only one that changes anything; [`world`] is the folded state.
//! * `sync` delivers by positions; `hub` wakes and cuts off; [`access`] says who is sent what.
//! * `recorder` keeps the record of access, `minutes` counts what repeats itself; `noted` and `openings` say what goes
//!   into it, `consult` who sees what of it.
//! * [`service::verify`] checks a data directory offline.
//!
//! The server holds no rule of its own and no key of any group.

pub mod access;
pub mod access_export;
mod answers;
mod calls;
pub mod clock;
pub mod command;
pub mod config;
mod connection;
mod consult;
mod dev;
mod duties;
mod endpoint;
mod enrol;
mod erasure;
mod factors;
mod failures;
mod files;
mod gone;
mod hub;
pub mod identity;
mod lockouts;
mod minutes;
mod noted;
mod openings;
mod pace;
mod passwords;
mod presence;
mod presence_log;
mod recorder;
mod requests;
mod secrets;
pub mod service;
mod sessions;
mod sign_in;
mod sync;
mod takeout;
pub mod tls;
mod why;
pub mod world;
mod writer;
