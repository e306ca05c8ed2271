//! Article 13: what the association sets holds for everybody; a facility overrides it only towards stricter (A13.1).
//!
//! A setting of the association is made by two operators of the Desk, or by one and the root; one of a facility by its
//! SNS administrator. What holds for a person is the stricter of the two at any moment: should the association become
//! stricter than a facility was, everybody is bound at once.

use renkei_proto::act::DeviceKind;
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, UserId};
use renkei_proto::posture::Posture;
use renkei_proto::settings::{Crowded, PasswordKinds, Setting};
use renkei_proto::statement::Statement;
use serde::{Deserialize, Serialize};

use super::{Registry, Seq, View, a06_backups, a12_own_devices, desk_voices};
use crate::a11_password::Kind;
use crate::{Refusal, require};

/// Longest idle time that may be set, in seconds: article 11 (5) asks for a lock when one is away, and the guideline's
/// explanations never go over a quarter of an hour.
pub const LONGEST_IDLE: u32 = 15 * 60;

/// Shortest one, in seconds: shorter, and people defeat it.
pub const SHORTEST_IDLE: u32 = 60;

/// Longest session, in seconds: a day.
pub const LONGEST_SESSION: u32 = 24 * 3600;

/// Shortest one, in seconds: a home visit.
pub const SHORTEST_SESSION: u32 = 3600;

/// Most sessions of one person: as many as devices.
pub const MOST_SESSIONS: u8 = 8;

/// Longest time until a posture is confirmed again, in days: a year. People's devices don't stay as they were looked at.
pub const LONGEST_POSTURE: u16 = 365;
/// Shortest retention of closed patient groups, in years.
pub const SHORTEST_RETENTION: u8 = 1;

/// Longest one: no record of care is asked for longer.
pub const LONGEST_RETENTION: u8 = 30;

/// The settings that hold for a facility's people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which passwords.
    pub passwords: PasswordKinds,
    /// Seconds until a phone's or tablet's session locks.
    pub idle_mobile: u32,
    /// Seconds until a computer's session locks.
    pub idle_computer: u32,
    /// Seconds until a session ends.
    pub session_end: u32,
    /// Sessions of a person at once.
    pub sessions: u8,
    /// What becomes of one too many.
    pub crowded: Crowded,
    /// Whether people's own devices are let in.
    pub own_devices: bool,
    /// What is asked of every device.
    pub posture_required: Posture,
    /// Days for which a confirmation of it is good.
    pub posture_every: u16,
    /// Years for which a closed patient group is kept before it may be erased.
    pub retention: u8,
    /// Whether files of free groups may be kept outside. Those of patient groups never (A12.2).
    pub downloads: bool,
    /// Days for which backups of the server are kept; none where nothing was said (A6.2).
    pub backups: Option<u16>,
}

impl Default for Rules {
    /// What holds where nothing was set: article 11 (3) a; locks after 5 and 10 minutes; a long working day; a computer
    /// and a phone; nothing asked of devices, so that a facility can begin, and what is asked confirmed twice a year.
    fn default() -> Self {
        Self {
            passwords: PasswordKinds { long: true, changing: false, second_factor: false },
            idle_mobile: 5 * 60,
            idle_computer: 10 * 60,
            session_end: 12 * 3600,
            sessions: 2,
            crowded: Crowded::EndOldest,
            own_devices: true,
            posture_required: Posture::default(),
            posture_every: 183,
            retention: 5,
            downloads: true,
            backups: None,
        }
    }
}

impl Rules {
    /// Seconds until a session on a device of `kind` locks.
    pub fn idle(&self, kind: DeviceKind) -> u32 {
        match kind {
            DeviceKind::Phone | DeviceKind::Tablet => self.idle_mobile,
            DeviceKind::Computer => self.idle_computer,
        }
    }

    /// Every setting.
    pub fn settings(&self) -> [Setting; 12] {
        [
            Setting::Passwords(self.passwords),
            Setting::IdleMobile(self.idle_mobile),
            Setting::IdleComputer(self.idle_computer),
            Setting::SessionEnd(self.session_end),
            Setting::Sessions(self.sessions),
            Setting::Crowded(self.crowded),
            Setting::OwnDevices(self.own_devices),
            Setting::PostureRequired(self.posture_required),
            Setting::PostureEvery(self.posture_every),
            Setting::Retention(self.retention),
            Setting::Downloads(self.downloads),
            Setting::Backups(self.backups),
        ]
    }

    fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Passwords(kinds) => self.passwords = kinds,
            Setting::IdleMobile(seconds) => self.idle_mobile = seconds,
            Setting::IdleComputer(seconds) => self.idle_computer = seconds,
            Setting::SessionEnd(seconds) => self.session_end = seconds,
            Setting::Sessions(count) => self.sessions = count,
            Setting::Crowded(crowded) => self.crowded = crowded,
            Setting::OwnDevices(allowed) => self.own_devices = allowed,
            Setting::PostureRequired(asked) => self.posture_required = asked,
            Setting::PostureEvery(days) => self.posture_every = days,
            Setting::Retention(years) => self.retention = years,
            Setting::Downloads(allowed) => self.downloads = allowed,
            Setting::Backups(days) => self.backups = days,
        }
    }

    /// What these rules have for the kind of setting that `like` is.
    fn get(&self, like: Setting) -> Setting {
        match like {
            Setting::Passwords(_) => Setting::Passwords(self.passwords),
            Setting::IdleMobile(_) => Setting::IdleMobile(self.idle_mobile),
            Setting::IdleComputer(_) => Setting::IdleComputer(self.idle_computer),
            Setting::SessionEnd(_) => Setting::SessionEnd(self.session_end),
            Setting::Sessions(_) => Setting::Sessions(self.sessions),
            Setting::Crowded(_) => Setting::Crowded(self.crowded),
            Setting::OwnDevices(_) => Setting::OwnDevices(self.own_devices),
            Setting::PostureRequired(_) => Setting::PostureRequired(self.posture_required),
            Setting::PostureEvery(_) => Setting::PostureEvery(self.posture_every),
            Setting::Retention(_) => Setting::Retention(self.retention),
            Setting::Downloads(_) => Setting::Downloads(self.downloads),
            Setting::Backups(_) => Setting::Backups(self.backups),
        }
    }

    /// Each setting at its stricter value.
    fn tightened(self, facility: Setting) -> Self {
        let mut rules = self;
        if weaker(facility, self.get(facility)) {
            // The association has become stricter since. Of passwords, what both still allow; where that is nothing, what the
            // association does: some password there must be. Of devices, what either asks.
            if let Setting::Passwords(kinds) = facility
                && let Some(both) = common(kinds, self.passwords)
            {
                rules.passwords = both;
            }
            if let Setting::PostureRequired(asked) = facility {
                rules.posture_required = self.posture_required.with(asked);
            }
        } else {
            rules.set(facility);
        }
        rules
    }
}

/// The kinds of either whose passwords the other accepts as well; none where no password would do for both.
fn common(a: PasswordKinds, b: PasswordKinds) -> Option<PasswordKinds> {
    let both = |kind: Kind| (kind.is_in(a) && kind.allowed(b)) || (kind.is_in(b) && kind.allowed(a));
    let both = PasswordKinds {
        long: both(Kind::Long),
        changing: both(Kind::Changing),
        second_factor: both(Kind::SecondFactor),
    };
    (both.long || both.changing || both.second_factor).then_some(both)
}

/// Whether `setting` allows anything that `than` does not.
fn weaker(setting: Setting, than: Setting) -> bool {
    match (setting, than) {
        (Setting::Passwords(a), Setting::Passwords(b)) => {
            Kind::ALL.iter().any(|kind| kind.is_in(a) && !kind.allowed(b))
        }
        (Setting::IdleMobile(a), Setting::IdleMobile(b))
        | (Setting::IdleComputer(a), Setting::IdleComputer(b))
        | (Setting::SessionEnd(a), Setting::SessionEnd(b)) => a > b,
        (Setting::Sessions(a), Setting::Sessions(b)) => a > b,
        (Setting::Crowded(a), Setting::Crowded(b)) => (a, b) == (Crowded::EndOldest, Crowded::Refuse),
        (Setting::OwnDevices(a), Setting::OwnDevices(b)) | (Setting::Downloads(a), Setting::Downloads(b)) => a && !b,
        (Setting::PostureRequired(a), Setting::PostureRequired(b)) => !a.covers(b),
        (Setting::PostureEvery(a), Setting::PostureEvery(b)) => a > b,
        // Nothing is erased by its age alone, so keeping for less is what lets more happen.
        (Setting::Retention(a), Setting::Retention(b)) => a < b,
        // Of the one server, so no facility's to set.
        _ => true,
    }
}

/// Whether a setting is one that anybody may make.
fn permit_value(setting: Setting) -> Result<(), Refusal> {
    let within = match setting {
        Setting::Passwords(kinds) => kinds.long || kinds.changing || kinds.second_factor,
        Setting::IdleMobile(seconds) | Setting::IdleComputer(seconds) => {
            (SHORTEST_IDLE..=LONGEST_IDLE).contains(&seconds)
        }
        Setting::SessionEnd(seconds) => (SHORTEST_SESSION..=LONGEST_SESSION).contains(&seconds),
        Setting::Sessions(count) => (1..=MOST_SESSIONS).contains(&count),
        Setting::PostureEvery(days) => (1..=LONGEST_POSTURE).contains(&days),
        Setting::Crowded(_) | Setting::OwnDevices(_) | Setting::PostureRequired(_) | Setting::Downloads(_) => true,
        Setting::Retention(years) => (SHORTEST_RETENTION..=LONGEST_RETENTION).contains(&years),
        Setting::Backups(days) => days.is_none_or(|days| (1..=a06_backups::LONGEST).contains(&days)),
    };
    require(within, Code::WeakerThanPolicy)
}

/// A setting as made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingSince {
    /// The entry that made it.
    pub seq: Seq,
    /// Whose; none for the association's.
    pub facility: Option<FacilityId>,
    /// What.
    pub setting: Setting,
}

/// A setting of the association that some have signed and that is not in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What.
    pub setting: Setting,
    /// Who signed it so far; none in it is the root.
    pub by: Vec<(Seq, Option<UserId>)>,
}

impl View<'_> {
    /// What holds for the people of `facility`; with none, what the association sets.
    pub fn rules(self, facility: Option<FacilityId>) -> Rules {
        let known = || self.registry.settings.iter().filter(|since| since.seq < self.size);
        let mut rules = Rules::default();
        for since in known().filter(|since| since.facility.is_none()) {
            rules.set(since.setting);
        }
        let own = facility.map(|id| known().filter(move |since| since.facility == Some(id)));
        // Of one kind the last alone counts.
        let mut last: Vec<Setting> = Vec::new();
        for since in own.into_iter().flatten() {
            last.retain(|earlier| core::mem::discriminant(earlier) != core::mem::discriminant(&since.setting));
            last.push(since.setting);
        }
        last.into_iter().fold(rules, Rules::tightened)
    }

    /// What `facility` itself has set last, of the kind of setting that `like` is.
    fn own_setting(self, facility: FacilityId, like: Setting) -> Option<Setting> {
        let mut known = self.registry.settings.iter().filter(|since| since.seq < self.size);
        let kind = core::mem::discriminant(&like);
        let own =
            |since: &&SettingSince| since.facility == Some(facility) && core::mem::discriminant(&since.setting) == kind;
        known.rfind(own).map(|since| since.setting)
    }

    /// Settings of the association that wait for a second signature.
    pub fn proposals(self) -> impl Iterator<Item = (Setting, usize)> {
        self.registry.proposals.iter().map(|proposal| (proposal.setting, proposal.by.len()))
    }
}

pub(super) fn permit(
    view: View<'_>,
    statement: &Statement,
    facility: Option<FacilityId>,
    setting: Setting,
) -> Result<(), Refusal> {
    if let Some(facility) = facility {
        let standing = view.standing(statement)?;
        view.facility(facility).ok_or(Code::Unknown)?;
        view.require_administrator(&standing, statement.role, facility, Code::NotAdministrator)?;
        permit_value(setting)?;
        require(!weaker(setting, view.rules(None).get(setting)), Code::WeakerThanPolicy)?;
        // Nobody is locked out by one press (A12.6).
        let locks_out = setting == Setting::OwnDevices(false) && a12_own_devices::only_own(view, facility);
        require(!locks_out, Code::OnlyOwnDevices)?;
        // What the association has as well may still be set: it then stays when the association loosens.
        return require(view.own_setting(facility, setting) != Some(setting), Code::NothingToDo);
    }
    let operator = desk_voices::speaker(view, statement)?;
    permit_value(setting)?;
    require(view.rules(None).get(setting) != setting, Code::NothingToDo)?;
    let proposed = view.registry.proposals.iter().find(|proposal| proposal.setting == setting);
    let signed = proposed.map_or(&[][..], |proposal| &proposal.by);
    desk_voices::require_voice(view, signed.iter().map(|&(_, by)| by), operator)
}

impl Registry {
    pub(super) fn fold_setting(
        &mut self,
        seq: Seq,
        actor: Option<UserId>,
        facility: Option<FacilityId>,
        setting: Setting,
    ) {
        if facility.is_some() {
            self.settings.push(SettingSince { seq, facility, setting });
            return;
        }
        // Another value of the same kind takes the place of the one that was proposed before.
        let kind = core::mem::discriminant(&setting);
        let at = self.proposals.iter().position(|one| core::mem::discriminant(&one.setting) == kind);
        let mut proposal = at.map(|at| self.proposals.remove(at)).filter(|one| one.setting == setting);
        let mut proposal = proposal.take().unwrap_or(Proposal { setting, by: Vec::new() });
        proposal.by.retain(|(_, by)| *by != actor);
        proposal.by.push((seq, actor));
        if desk_voices::enough(self.now(), proposal.by.iter().map(|&(_, by)| by)) {
            self.settings.push(SettingSince { seq, facility: None, setting });
        } else {
            self.proposals.push(proposal);
        }
    }
}
