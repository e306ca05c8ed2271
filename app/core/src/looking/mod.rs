//! Looking at files (A12.2): opened on record, drawn to pixels under the watermark, told to the page by a handle alone.
//!
//! ```text
//! page ── Ask::OpenFile ──► one signed opening ──► a handle, good for this session
//!      ── view:HANDLE.PAGE.WIDTH ──► `drawing`: the file's bytes become pixels in a process of their own
//!                                   `watermark`: who looks, and when, goes into the pixels
//!                                ◄── a JPEG that this device made. What its author made never reaches the page
//! ```
//!
//! Sound has no pixels: the page's player gets its bytes, piece by piece, by the same handle. What locks, ends the session, wipes
//! the device, takes the message back or the person out of the group wipes the bytes behind the handle
//! (`renkei_client_core::viewing`); then a handle is worth nothing.

mod drawing;
mod handles;
mod serving;
mod watermark;

pub use drawing::{Drawing, child};
pub use handles::{FileOpen, Kind};
pub(crate) use handles::{Views, keep_copy, name, open, preview, still_open};
pub use serving::Served;
pub(crate) use serving::serve;
