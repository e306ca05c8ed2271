//! Taking information, or a facility's device, out (A12.5): what a person has asked for and what became of it, what waits for
//! an administrator, and the two ways in which information leaves: an archive, where a person said in a window of the
//! system, and text for the chart.

use std::path::Path;

use renkei_client_core::client::Client;
use renkei_client_core::policy::registry::a12_takeout::{self, Stage, StandingPermit, Takeout};
use renkei_client_core::proto::act::{DeviceKind, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, GroupId, TakeoutId, UserId};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::{
    Medium, StandingTakeout, TakeoutEnd, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::random;
use renkei_client_core::takeout::archive::Passphrase;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroize as _;

use crate::Result;
use crate::people::{People, Who};

/// How a takeout can have ended, in the order in which it is offered.
const ENDS: [TakeoutEnd; 5] =
    [TakeoutEnd::Returned, TakeoutEnd::Erased, TakeoutEnd::Filed, TakeoutEnd::NotUsed, TakeoutEnd::Lost];

/// Which messages of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "which", rename_all = "kebab-case")]
pub enum Stretch {
    /// Those of these days in Japan, both included; from the first one on, or up to the last one, where a day is not said.
    Days {
        /// The first day.
        #[ts(type = "string | null")]
        from: Option<Date>,
        /// The last day.
        #[ts(type = "string | null")]
        to: Option<Date>,
    },
    /// One message.
    One {
        /// Its place.
        #[ts(type = "number")]
        seq: u64,
    },
}

/// What is to be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum TakeoutWhat {
    /// Information of a group.
    Information {
        /// Of which.
        #[ts(type = "string")]
        group: GroupId,
        /// Which messages.
        stretch: Stretch,
        /// On what.
        #[ts(type = "string")]
        medium: Medium,
    },
    /// A device of the facility.
    Device {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TakeoutPlan {
    /// What.
    pub what: TakeoutWhat,
    /// What for.
    #[ts(type = "string")]
    pub purpose: TakeoutPurpose,
    /// From this day on; otherwise from now on.
    #[ts(type = "string | null")]
    pub from: Option<Date>,
    /// Up to this day, included.
    #[ts(type = "string")]
    pub until: Date,
}

/// A takeout: as it was asked for, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "facts that a screen shows one by one")]
pub struct TakeoutView {
    /// Which.
    #[ts(type = "string")]
    pub takeout: TakeoutId,
    /// Hash of the signed request: a decision names it.
    #[ts(type = "string")]
    pub request: Hash32,
    /// Who asks.
    pub who: Who,
    /// When it was asked for.
    #[ts(type = "number")]
    pub asked: Time,
    /// It is information of a group; otherwise the device itself.
    pub information: bool,
    /// The group's name, where it is known here.
    pub label: Option<String>,
    /// Messages and files that it reaches, where this person may know.
    pub extent: Option<(usize, usize)>,
    /// The device that exports it, or leaves.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\" | null")]
    pub device: Option<DeviceKind>,
    /// On what.
    #[ts(type = "string")]
    pub medium: Medium,
    /// What for.
    #[ts(type = "string")]
    pub purpose: TakeoutPurpose,
    /// From when on.
    #[ts(type = "number")]
    pub from: Time,
    /// Until when, excluded.
    #[ts(type = "number")]
    pub until: Time,
    /// Where it stands.
    #[ts(type = "\"requested\" | \"lapsed\" | \"refused\" | \"withdrawn\" | \"permitted\" | \"overdue\" | \"ended\"")]
    pub stage: Stage,
    /// Who approved or refused it.
    pub decided_by: Option<Who>,
    /// Who ended the permit before its time, or withdrew the request.
    pub revoked_by: Option<Who>,
    /// It was approved, and its end is to be confirmed.
    pub ending: bool,
    /// What the person says of its end.
    #[ts(type = "string | null")]
    pub declared: Option<TakeoutEnd>,
    /// How it ended, as an administrator has confirmed.
    #[ts(type = "string | null")]
    pub ended: Option<TakeoutEnd>,
    /// How it can have ended.
    #[ts(type = "string[]")]
    pub ends: Vec<TakeoutEnd>,
    /// It should be back already.
    pub late: bool,
    /// Consent was withdrawn, or the group erased: what is out comes back now, whatever its time says (A6.2).
    pub called_back: bool,
    /// This person sees to it in office.
    pub managed: bool,
    /// It is this person's, and in force now, with this device: it can be exported as an archive.
    pub archive: bool,
    /// The same, as text.
    pub text: bool,
    /// It is exported with another device of the person.
    pub elsewhere: bool,
}

/// A standing permit to put text into the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StandingView {
    /// Which.
    #[ts(type = "string")]
    pub takeout: TakeoutId,
    /// Whose.
    pub who: Who,
    /// Who gave it.
    pub given_by: Who,
    /// For this group alone; otherwise for every group that the person reads.
    #[ts(type = "string | null")]
    pub group: Option<GroupId>,
    /// The group's name, where it is known here.
    pub label: Option<String>,
    /// Until when, excluded.
    #[ts(type = "number")]
    pub until: Time,
    /// It is in force.
    pub in_force: bool,
    /// This person sees to it in office.
    pub managed: bool,
}

/// A device that could be taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PortableView {
    /// Which.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// What it is.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\"")]
    pub kind: DeviceKind,
    /// It is this one.
    pub here: bool,
}

/// Takeouts that concern this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TakeoutsView {
    /// The person's own, and those that the person sees to; newest first.
    pub takeouts: Vec<TakeoutView>,
    /// Standing permits; newest first.
    pub standing: Vec<StandingView>,
    /// Devices of the facility that the person has, and could take out.
    pub devices: Vec<PortableView>,
}

/// An archive that was written.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TakenOut {
    /// What its file is called.
    pub name: String,
    /// What opens it: shown once, kept nowhere.
    pub passphrase: String,
    /// Messages and files in it together.
    pub items: u32,
    /// Files of them.
    pub files: usize,
    /// Files that could not be had, and messages that this device can't open: the archive names each.
    pub missing: usize,
}

impl Drop for TakenOut {
    fn drop(&mut self) {
        self.passphrase.zeroize();
    }
}

impl core::fmt::Debug for TakenOut {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TakenOut(…)")
    }
}

/// What is to be put into the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "under", rename_all = "kebab-case")]
pub enum ChartOf {
    /// All that a permit covers.
    Permit {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
    },
    /// Of a group, under a standing permit.
    Group {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
        /// Which messages.
        stretch: Stretch,
    },
}

/// Text for the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChartText {
    /// The text.
    pub text: String,
    /// Messages in it.
    pub messages: u32,
    /// Of them, those that this device can't open.
    pub unreadable: usize,
}

/// Everything that concerns this person.
pub(crate) async fn takeouts(client: &Client) -> Result<TakeoutsView> {
    let mut all = client.takeouts();
    all.reverse();
    let mut standing = client.standing_takeouts();
    standing.reverse();
    let of_standing = standing.iter().flat_map(|one| [one.permit.user, one.given.by]);
    let people = People::of(client, all.iter().flat_map(|(one, _)| named(one)).chain(of_standing)).await?;
    Ok(TakeoutsView {
        takeouts: all.into_iter().map(|(one, stage)| view(client, &people, &one, stage)).collect(),
        standing: standing.into_iter().map(|one| standing_view(client, &people, &one)).collect(),
        devices: portable(client),
    })
}

/// What waits for this person's decision: requests, and takeouts whose end is to be confirmed.
pub(crate) async fn waiting(client: &Client) -> Result<Vec<TakeoutView>> {
    let duties = client.takeout_duties();
    let to_decide = duties.to_decide.into_iter().map(|one| (one, Stage::Requested));
    let all: Vec<(Takeout, Stage)> = to_decide.chain(duties.to_confirm).collect();
    let people = People::of(client, all.iter().flat_map(|(one, _)| named(one))).await?;
    Ok(all.into_iter().map(|(one, stage)| view(client, &people, &one, stage)).collect())
}

/// How many of the person's own are to come back now.
pub(crate) fn owed(client: &Client) -> usize {
    let duties = client.takeout_duties();
    let undeclared = |one: &&Takeout| one.declared.is_empty();
    duties.overdue.iter().chain(&duties.called_back).filter(undeclared).count()
}

/// The groups of which this person may put text into the chart: by a standing permit for all of them, or one by one.
pub(crate) fn chartable(client: &Client) -> impl Fn(GroupId) -> bool {
    let now = client.now();
    let own = client.standing_takeouts().into_iter();
    let own: Vec<Option<GroupId>> =
        own.filter(|one| one.permit.user == client.user() && one.in_force(now)).map(|one| one.permit.group).collect();
    move |group| own.iter().any(|of| of.is_none_or(|of| of == group))
}

/// Everybody who is named with a takeout.
fn named(one: &Takeout) -> impl Iterator<Item = UserId> + use<> {
    let words = [Some(one.asked), one.decided.map(|(word, _)| word), one.revoked];
    words.into_iter().flatten().map(|word| word.by)
}

fn view(client: &Client, people: &People, one: &Takeout, stage: Stage) -> TakeoutView {
    let group = one.group();
    let (kind, managed, now) = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        let kind = view.device(one.request.device).map(|device| device.registration.kind);
        (kind, a12_takeout::sees_to(view, client.user(), one.asked.by, now), now)
    });
    let (called_back, medium) = (client.called_back(one), one.request.medium);
    let own = one.asked.by == client.user() && stage == Stage::Permitted && group.is_some();
    let elsewhere = own && one.request.device != client.device();
    let in_force = own && !elsewhere && !called_back && now >= one.request.from;
    TakeoutView {
        takeout: one.request.takeout,
        request: one.statement,
        who: people.who(one.asked.by),
        asked: one.asked.time,
        information: group.is_some(),
        label: group.and_then(|group| client.label(group)).map(|label| label.to_string()),
        extent: client.takeout_extent(one).map(|extent| (extent.messages, extent.files)),
        device: kind,
        medium,
        purpose: one.request.purpose,
        from: one.request.from,
        until: one.request.until,
        stage,
        decided_by: one.decided.map(|(word, _)| people.who(word.by)),
        revoked_by: one.revoked.map(|word| people.who(word.by)),
        ending: stage != Stage::Requested,
        declared: one.declared.last().map(|(_, how)| *how),
        ended: one.confirmed.map(|confirmed| confirmed.how),
        ends: ENDS.into_iter().filter(|how| medium.ends(*how)).collect(),
        late: stage == Stage::Overdue || called_back,
        called_back,
        managed,
        archive: in_force && medium.takes(TakeoutForm::Archive),
        text: in_force && medium.takes(TakeoutForm::Text),
        elsewhere,
    }
}

fn standing_view(client: &Client, people: &People, one: &StandingPermit) -> StandingView {
    let group = one.permit.group;
    let (in_force, managed) = client.look(|replica| {
        let (view, now) = (replica.registry().now(), replica.time());
        (one.in_force(now), a12_takeout::sees_to(view, client.user(), one.permit.user, now))
    });
    StandingView {
        takeout: one.permit.takeout,
        who: people.who(one.permit.user),
        given_by: people.who(one.given.by),
        group,
        label: group.and_then(|group| client.label(group)).map(|label| label.to_string()),
        until: one.permit.until,
        in_force,
        managed,
    }
}

/// What is a person's own leaves the facility every evening: that is nothing to ask for.
fn portable(client: &Client) -> Vec<PortableView> {
    let (me, here) = (client.user(), client.device());
    client.look(|replica| {
        let view = replica.registry().now();
        let theirs = view.devices().filter(|(id, device)| {
            let of_facility = device.registration.ownership == Ownership::Facility;
            device.user == me && of_facility && view.active_device(*id)
        });
        let there = |(device, known): (DeviceId, &renkei_client_core::policy::registry::Device)| PortableView {
            device,
            kind: known.registration.kind,
            here: device == here,
        };
        theirs.map(there).collect()
    })
}

/// Asks for a takeout.
pub(crate) async fn request(client: &Client, plan: TakeoutPlan) -> Result<()> {
    let (what, medium, device) = match plan.what {
        TakeoutWhat::Information { group, stretch, medium } => {
            let places = places(client, group, stretch)?;
            let (first, last) = places.first().zip(places.last()).ok_or(Code::NothingToDo)?;
            (TakeoutSubject::Information { group, first: *first, last: *last }, medium, client.device())
        }
        TakeoutWhat::Device { device } => (TakeoutSubject::Device, Medium::Device, device),
    };
    let now = client.look(renkei_client_core::replica::Replica::time);
    // From today on is from now on.
    let from = plan.from.map_or(Some(now), Date::begins).ok_or(Code::DateOutOfRange)?.max(now);
    let until = plan.until.ends().ok_or(Code::DateOutOfRange)?;
    let takeout = TakeoutId(random());
    let request = TakeoutRequest { takeout, what, medium, purpose: plan.purpose, from, until, device };
    client.request_takeout(request).await?;
    Ok(())
}

/// Lets a person put text into the chart until a day, of every group that the person reads.
pub(crate) async fn grant(client: &Client, user: UserId, until: Date) -> Result<()> {
    let until = until.ends().ok_or(Code::DateOutOfRange)?;
    let permit = StandingTakeout { takeout: TakeoutId(random()), user, group: None, until };
    client.grant_standing_takeout(permit).await?;
    Ok(())
}

/// The places of these messages, in order.
fn places(client: &Client, group: GroupId, stretch: Stretch) -> Result<Vec<u64>> {
    let (from, to) = match stretch {
        Stretch::One { seq } => {
            let there = client.read_between(group, seq..seq.saturating_add(1))?;
            return Ok(there.into_iter().map(|one| one.seq).collect());
        }
        Stretch::Days { from, to } => (from, to),
    };
    let day = |time: Option<Time>| time.ok_or(Code::DateOutOfRange);
    let from = from.map(|date| day(date.begins())).transpose()?;
    let to = to.map(|date| day(date.ends())).transpose()?;
    let of = |time: Time| from.is_none_or(|from| time >= from) && to.is_none_or(|to| time < to);
    Ok(client.read(group, 0)?.into_iter().filter(|one| of(one.time)).map(|one| one.seq).collect())
}

/// Writes an archive under a permit to a new file.
pub(crate) async fn export(client: &Client, takeout: TakeoutId, path: &Path) -> Result<TakenOut> {
    let passphrase = Passphrase::generate();
    let exported = client.export_takeout(takeout, &passphrase, path).await?;
    Ok(TakenOut {
        name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        passphrase: passphrase.reveal().to_owned(),
        items: exported.export.items,
        files: exported.files,
        missing: exported.missing.saturating_add(exported.unreadable),
    })
}

/// Text for the chart: what `permit` covers, or of a group these messages, under whichever permit covers them.
pub(crate) async fn chart(client: &Client, of: ChartOf, english: bool) -> Result<ChartText> {
    let (takeout, group, places) = match of {
        ChartOf::Permit { takeout } => {
            let known = client.look(|replica| replica.registry().now().takeout(takeout)).ok_or(Code::Unknown)?;
            let TakeoutSubject::Information { group, first, last } = known.request.what else {
                return Err(Code::TakeoutNotPermitted.into());
            };
            // What came later was not asked for.
            let asked = known.asked.time;
            let covered = client.read_between(group, first..last.saturating_add(1))?;
            let places = covered.into_iter().filter(|one| one.time <= asked).map(|one| one.seq).collect();
            (takeout, group, places)
        }
        ChartOf::Group { group, stretch } => {
            let places: Vec<u64> = places(client, group, stretch)?;
            let span = places.first().zip(places.last()).ok_or(Code::NothingToDo)?;
            let permit = client.takeout_permit(group, TakeoutForm::Text, (*span.0, *span.1));
            (permit.ok_or(Code::TakeoutNotPermitted)?, group, places)
        }
    };
    let language = if english { Language::English } else { Language::Japanese };
    let (text, exported) = client.takeout_text(takeout, group, &places, language).await?;
    Ok(ChartText { text: text.to_string(), messages: exported.export.items, unreadable: exported.unreadable })
}
