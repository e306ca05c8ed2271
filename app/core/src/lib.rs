//! The app without its window. The page draws and asks; here is everything else.
//!
//! ```text
//! page ── Ask ──► App ──► Tablet   the people of this device: enrol, wait for approval
//!                    ──► door     password, code, first sign-in
//!                    ──► Inside   one signed-in person: home, timeline, writing, looking, deciding
//! page ◄─ News ──              something has changed: ask again; or it is over, and why
//! ```
//!
//! [`Ask`] is all that the page can ask for, a closed set; what comes back is a view, ready to be drawn, of which every type
//! is generated for the page ([`types`]). A refusal is a [`Trouble`]: a sentence in the person's language, with the next
//! step. Secrets come in and never go out again, but for the two that are shown once: the code generator's and the
//! recovery codes.

pub mod app;
pub mod ask;
pub mod decisions;
pub mod door;
pub mod duties;
pub mod home;
pub mod inside;
pub mod link;
pub mod people;
pub mod secret;
pub mod tablet;
pub mod timeline;
pub mod trouble;
pub mod types;

pub use app::{App, News};
pub use ask::Ask;
pub use trouble::Trouble;

/// What this crate's functions give.
pub type Result<T> = core::result::Result<T, Trouble>;
