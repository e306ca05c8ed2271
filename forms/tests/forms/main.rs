//! Prints, and looks at what came of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; what fails fails the test")]

mod hostile;
mod printing;
mod support;
