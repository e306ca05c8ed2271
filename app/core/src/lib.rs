//! The app without its window. The page draws and asks; here is everything else.
//!
//! ```text
//! page ── Ask ──► App ──► Tablet   the people of this device: enrol, wait for approval
//!                    ──► door     password, code, first sign-in
//!                    ──► Inside   one signed-in person: home, timeline, writing (asked about first), looking, deciding;
//!                                 staff, devices, sessions, and what is ordered of them (deeds)
//! page ── view: ─────► looking  pixels of a file that was opened, by its handle
//! page ◄─ News ──              something has changed: ask again; or it is over, and why
//! ```
//!
//! [`Ask`] is all that the page can ask for, a closed set; what comes back is a view, ready to be drawn, of which every type
//! is generated for the page ([`types`]). A refusal is a [`Trouble`]: a sentence in the person's language, with the next
//! step. Secrets come in and never go out again, but for those that are shown once: the code generator's, the
//! recovery codes, and the link of a ticket that an administrator hands over.

pub mod announcements;
pub mod app;
pub mod ask;
pub mod attaching;
pub mod broadcasts;
pub mod calls;
pub mod card;
pub mod decisions;
pub mod deed;
pub mod deeds;
pub mod delegating;
pub mod desk;
pub mod door;
pub mod duties;
pub mod endings;
pub mod home;
pub mod incidents;
pub mod inquiries;
pub mod inside;
pub mod link;
pub mod looking;
pub mod managing;
pub mod people;
pub mod rounds;
pub mod secret;
pub mod sending;
pub mod staff;
pub mod staff_file;
pub mod tablet;
pub mod takeouts;
pub mod timeline;
pub mod trouble;
pub mod types;
pub mod waiting;
pub mod writing;

pub use app::{App, News};
pub use ask::Ask;
pub(crate) use inside::Inside;
pub use looking::{Drawing, Served};
pub use renkei_client_core::proto::id::TakeoutId;
pub use takeouts::TakenOut;
pub use trouble::Trouble;

/// What this crate's functions give.
pub type Result<T> = core::result::Result<T, Trouble>;
