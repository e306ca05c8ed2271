//! Commands that run in this process: those of the root key, and those of a device that has no agent yet.

pub(crate) mod enrol;
pub(crate) mod print;
pub(crate) mod root;
pub(crate) mod sign_in;
