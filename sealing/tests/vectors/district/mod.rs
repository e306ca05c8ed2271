//! A small association with a group of its own: as the rules let it come about, as somebody without a server checks it,
//! and as one device reads it.

mod check;
mod patches;
mod read;
mod story;

pub(crate) use check::check;
pub(crate) use patches::{patched, patches};
pub(crate) use read::holds;
pub(crate) use story::make;
