//! The rules: 板橋区医師会「医療介護連携におけるソーシャル・ネットワーキング・サービス利用に関するポリシー」 as pure functions.
//!
//! The server decides with this crate and every client verifies with it; there is no second rule anywhere. Nothing here
//! does input or output, reads a clock, or draws randomness: the time is the log entry's own.
//!
//! | article | what | where |
//! | --- | --- | --- |
//! | 2 | who sees the record of access | [`a02_access`] |
//! | 3 | application and admission of a facility, and its end | [`registry::a03_admission`], [`registry::a03_end`], [`registry::desk_voices`] |
//! | 4 | originating facility and delegation to the Desk; the patient card | [`group::a04_origination`], [`registry::a04_delegation`], [`group::a04_card`] |
//! | 5 | groups: create, invite, remove, close, hand over | [`group::a05_groups`], [`group::a05_handover`] |
//! | 6 | the patient's consent, its withdrawal, erasure, its proof | [`group::a06_consent`], [`group::a06_erasure`], [`group::a06_proof`], [`registry::a06_backups`] |
//! | 7 | administrators | [`registry::a07_administrators`] |
//! | 8 | devices, staff and IDs, approval of invitations | [`registry::a08_devices`], [`registry::a08_staff`], [`group::a08_approval`], [`group::a08_lists`] |
//! | 8 | tables that leave as files | [`a08_tables`] |
//! | 9 | the staff pledge, periodic reviews, the duty after leaving | [`registry::a09_pledge`], [`registry::a09_review`], [`registry::a09_leaving`] |
//! | 8 | a forgotten password or lost code generator; somebody who mistyped too often | [`registry::a08_factors`], [`registry::a08_unlock`] |
//! | 3, 9 | scans of Forms 1 and 2 | [`registry::a09_scans`] |
//! | 10 | the association's texts, the points to note | [`registry::a10_notices`], [`registry::duties`] |
//! | 11 | passwords, guessing, second factor, sessions, locks | [`a11_password`], [`a11_lockout`], [`a11_second_factor`], [`a11_session`], [`a11_presence`] |
//! | 12 | posture, files, own devices, emergency stop, wipe | [`registry::a12_posture`], [`group::a12_files`], `registry::a12_own_devices`, [`registry::a12_suspension`], [`registry::a12_wipe`], [`group::a12_gone`] |
//! | 12 | takeout of information and devices | [`registry::a12_takeout`], [`group::a12_export`] |
//! | 13 | settings of the association and of a facility | [`registry::a13_settings`] |
//! | 14 | the contact window: inquiries to the Desk | [`group::a14_inquiries`] |
//! | 15 | training rounds, reports of numbers and states | [`registry::a15_training`], [`a15_report`] |
//! | S1 | corrections, retractions, who has seen what | [`group::s1_corrections`] |
//! | S2 | what in a text tells who somebody is, asked about before it is sent | [`s2_identifying`] |
//! | S3 | uses beyond the group, their consent, its withdrawal | [`group::s3_uses`] |
//! | S6 | emergency broadcasts, and who sees how people are | [`registry::s6_broadcasts`] |
//! | U1 | urgent messages: who is rung, who stands in, when to telephone | [`group::u1_calls`], [`registry::u1_reach`] |
//! | S5, S7 | reports of what went wrong, what is done about it; a group is halted | [`group::s5_incidents`], `group::s7_halt` |
//!
//! Who may read is computed, never told: [`group::roster`] from the group's log and the registry as it was at the entry.
//! [`group::sealing`] are the rules of epochs, history and messages that follow from it.
//!
//! A state is a fold of statements. `judge` decides without changing anything and gives a proof of its "yes"; only with
//! that proof can the state be folded on. So the server can make an entry durable between the two.

pub mod a02_access;
pub mod a08_tables;
pub mod a11_lockout;
pub mod a11_password;
pub mod a11_presence;
mod a11_romaji;
pub mod a11_second_factor;
pub mod a11_session;
pub mod a15_report;
pub mod chain;
pub mod folding;
pub mod group;
pub mod registry;
pub mod s2_identifying;

pub use renkei_proto::code::Code;

/// A "no" of the rules. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(pub Code);

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self(code)
    }
}

/// `Ok`, or the refusal with `code` unless `condition` holds.
fn require(condition: bool, code: Code) -> Result<(), Refusal> {
    if condition { Ok(()) } else { Err(Refusal(code)) }
}
