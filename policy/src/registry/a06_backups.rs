//! Article 6: how long backups are kept (A6.2). An erasure does not reach them: they are to expire, and whoever is shown the
//! proof of an erasure is told when the last of them has.

use renkei_proto::settings::Setting;

use super::{Seq, View};

/// Longest time for which backups may be kept, in days: beyond a year it is an archive and no backup.
pub const LONGEST: u16 = 366;

impl View<'_> {
    /// For how many days a backup that was there when the registry had `from` entries may still be kept: the longest that
    /// the association has said from then on. None while it says nothing.
    pub fn backups_since(self, from: Seq) -> Option<u16> {
        let said = self.registry.settings.iter().filter(|since| since.seq < self.size && since.facility.is_none());
        let said = said.filter_map(|since| match since.setting {
            Setting::Backups(days) => Some((since.seq, days)),
            _ => None,
        });
        let (mut then, mut later) = (None, Vec::new());
        for (seq, days) in said {
            if seq < from {
                then = Some(days);
            } else {
                later.push(days);
            }
        }
        // What is said now is said of the backups that there are.
        let now = later.last().copied().or(then)?;
        let all = then.into_iter().chain(later.iter().copied()).flatten();
        now.and_then(|_| all.max())
    }
}
