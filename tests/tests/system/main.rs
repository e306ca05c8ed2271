//! The whole system: real server processes, real sockets, real directories. A story is a file; its first lines say which.
//!
//! One program for all of them: as a program each, every story would be linked with the whole client and server, which took
//! longer than telling it and filled a small disk. The lying server has a program of its own beside this (`rogue`).

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

mod access;
mod alone;
mod announcements;
mod app;
mod app_announcements;
mod app_calls;
mod app_delegating;
mod app_endings;
mod app_files;
mod app_groups;
mod app_identifying;
mod app_incidents;
mod app_inquiries;
mod app_office;
mod app_page;
mod app_takeouts;
mod attacks;
mod away;
mod broadcasts;
mod calls;
mod card;
mod changed_password;
mod clock_jumps;
mod clocks;
mod codes;
mod corrections;
mod crash;
mod damage;
mod deputies;
mod devices;
mod documents;
mod duties;
mod enrolment;
mod erasure;
mod evidence;
mod factors;
mod files;
mod first_steps;
mod form_scans;
mod former_readers;
mod gone;
mod groups;
mod identifying;
mod incidents;
mod inquiries;
mod kept;
mod keys;
mod lists;
mod locks;
#[cfg(target_os = "linux")]
mod memory;
mod official;
mod outbox;
mod proof;
mod rows;
mod scans;
mod signing_in;
mod takeout;
mod takeout_files;
mod terminal;
mod training;
mod transport;
mod tried_as_careless_user;
mod tried_as_curious_administrator;
mod tried_as_thief;
mod unlock;
mod uploads;
mod uses;
mod wipe;
mod wipe_proof;
