//! What travels over the agent's socket: one request a connection, as a line of JSON; then lines of JSON back, the last
//! of them `done`, `ask` or `error`.

use renkei_client_core::proto::bounds;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::reply::Reply;
use crate::secrets::Secret;

/// Longest request: a message in which JSON escapes every byte, and room for the rest.
pub(crate) const REQUEST: u64 = 64 * 1_024 + 6 * bounds::MESSAGE_TEXT as u64;

/// Longest line of an answer: a busy group read from its beginning.
pub(crate) const RESPONSE: u64 = 256 * 1_024 * 1_024;

/// What the agent is told at its start, through a pipe that nobody else has.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) password: Secret,
    pub(crate) how: How,
}

/// What comes beside the password.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum How {
    /// Nothing: this device's session is locked, and the password unlocks it.
    Unlock,
    /// A second factor, and the password from now on where it changes.
    SignIn { second: Second, new: Option<Secret> },
}

/// The second factor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Second {
    /// Six digits of the code generator.
    Code(u32),
    /// A recovery code.
    Recovery(Secret),
}

/// A line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Response {
    /// More follows.
    Line(Reply),
    /// The command is done.
    Done(Reply),
    /// A person must look at this first. Nothing was done.
    Ask(Box<Question>),
    /// The command was not done.
    Error(Failure),
}

/// What a person must look at before it is done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    /// What is about to be changed.
    pub(crate) about: Reply,
    /// Whether there are words in it that must be compared with the other side.
    pub(crate) compare: bool,
    /// Goes back with the repeated request.
    pub(crate) shown: String,
}
