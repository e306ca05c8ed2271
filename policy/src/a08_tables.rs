//! Tables that leave the program as files (A8.1, A15.1): whoever may have the list may write it down, and that it was is on the
//! record of access before it is (A2.1).

use renkei_proto::access::Table;
use renkei_proto::id::UserId;
use renkei_proto::time::Time;

use crate::Refusal;
use crate::a15_report;
use crate::group::a08_lists;
use crate::registry::{View, duties};

/// Whether `user` may write this table to a file at `time`.
pub fn permit(view: View<'_>, user: UserId, table: Table, time: Time) -> Result<(), Refusal> {
    duties::permit_effect(view, user, time)?;
    match table {
        Table::Overview => a08_lists::permit(view, user).map(drop),
        Table::Report => a15_report::permit(view, user).map(drop),
    }
}
