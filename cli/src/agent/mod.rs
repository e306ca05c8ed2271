//! The agent: one process for each signed-in profile, which holds connection, vault and verified logs until lock,
//! sign-out or idle end. The other commands talk to it over a socket that only its owner can reach.

pub(crate) mod ask;
pub(crate) mod hangup;
pub(crate) mod protocol;
pub(crate) mod serve;
pub(crate) mod start;
