//! An export (A12.5), or a table (A8.1, A15.1): a device says what it is about to write, and hears whether it may. "Yes" is said
//! when that is durably on record ([`crate::noted`]).

use renkei_policy::a08_tables;
use renkei_policy::group::a12_export;
use renkei_proto::access::Table;
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Fault};
use renkei_proto::takeout::TakeoutExport;

use crate::connection::Driver;

impl Driver {
    /// Whether this device's person may export that now.
    pub(crate) fn take_out(&self, export: &TakeoutExport) -> Result<Answer, Fault> {
        let world = self.service.world();
        let view = world.registry().now();
        let standing = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
        // Whoever reads no such group hears the same of one that is there.
        let (group, log) = world.group(export.group).ok_or(Code::NotAReader)?;
        let now = self.service.clock.utc();
        let written = log.chain.time_of(export.last).unwrap_or(now);
        a12_export::permit(group, view, &standing, (export, written), now).map_err(|refusal| refusal.0)?;
        Ok(Answer::Done)
    }

    /// Whether this person may write that table to a file now.
    pub(crate) fn write_table(&self, table: Table) -> Result<Answer, Fault> {
        let world = self.service.world();
        let view = world.registry().now();
        let standing = view.may_act(self.live.user(), self.live.device()).map_err(|refusal| refusal.0)?;
        a08_tables::permit(view, standing.user, table, self.service.clock.utc()).map_err(|refusal| refusal.0)?;
        Ok(Answer::Done)
    }
}
