//! Taking information, or a facility's device, out (Art. 12 (9), A12.5).
//!
//! ```text
//! person         requests ─► administrator approves, or refuses
//! person         exports: manifest made ─► the server is told, and puts it on record ─► only then a byte is written;
//!                files each by a signed opening under the permit ([`export`])
//! person         declares ─► administrator confirms how it ended; what is over without that is overdue
//! ```
//!
//! This is the one path by which what is in a group leaves this device: as an archive encrypted to a passphrase
//! ([`archive`]), files included, or as text that is handed to whoever shows it. The permit is looked at here first, so that a person hears
//! "no" before anything is asked; the server decides.

pub mod archive;
mod export;
pub mod left;
pub mod manifest;
mod numbers;
mod text;

use core::iter;

use renkei_policy::group::a12_export;
use renkei_policy::registry::a12_takeout::{Leaving, Stage, StandingPermit, Takeout};
use renkei_policy::registry::{View, a12_takeout};
use renkei_proto::act::RegistryAct;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::frame::{Accepted, Answer, Op, Sidecar};
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::id::{FacilityId, GroupId, TakeoutId, UserId};
use renkei_proto::sentence::Language;
use renkei_proto::statement::{LogId, Role};
use renkei_proto::takeout::{Medium, StandingTakeout, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutRequest};
use renkei_proto::time::{Date, Time};
use zeroize::Zeroizing;

use self::export::Left;
use self::manifest::{Item, Manifest, Named};
pub use self::numbers::{Extent, TakeoutNumbers};
use crate::client::Client;
use crate::messages::Shown;
use crate::{Result, random};

/// What an inbox would show of takeouts: what waits for this person, and what is late.
#[derive(Debug, Clone, Default)]
pub struct TakeoutDuties {
    /// Requests that this person may decide.
    pub to_decide: Vec<Takeout>,
    /// Takeouts whose end this person may confirm: declared, or overdue.
    pub to_confirm: Vec<(Takeout, Stage)>,
    /// The person's own that are over and not confirmed.
    pub overdue: Vec<Takeout>,
    /// The person's own of groups whose consent was withdrawn, or that were erased: what is out comes back, or is erased, now.
    pub called_back: Vec<Takeout>,
}

/// What was exported.
#[derive(Debug, Clone)]
pub struct Exported {
    /// As the server has it on record.
    pub export: TakeoutExport,
    /// The manifest, in its one form: the record has its hash.
    pub manifest: Vec<u8>,
    /// Items whose words this device could not open: the manifest names them.
    pub unreadable: usize,
    /// Files in the archive.
    pub files: usize,
    /// Bytes of them together.
    pub bytes: u64,
    /// Files that could not be had: the manifest names them, with the reason.
    pub missing: usize,
}

/// Items put together, not yet permitted.
struct Prepared {
    export: TakeoutExport,
    manifest: Vec<u8>,
    text: Zeroizing<String>,
    unreadable: usize,
}

/// How many takeouts of a facility's people stand where: for the Desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TakeoutCount {
    /// Which facility.
    pub facility: FacilityId,
    /// How many.
    #[serde(flatten)]
    pub numbers: TakeoutNumbers,
}

impl Client {
    /// Asks to take something out.
    pub async fn request_takeout(&self, request: TakeoutRequest) -> Result<Accepted> {
        self.registry_act(Role::User, RegistryAct::RequestTakeout(request), Sidecar::default()).await
    }

    /// Approves or refuses exactly the request with this hash, which was read.
    pub async fn decide_takeout(&self, takeout: TakeoutId, request: Hash32, approve: bool) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        let act = RegistryAct::DecideTakeout { takeout, request, approve };
        self.registry_act(role, act, Sidecar::default()).await
    }

    /// Gives a person of the own facility a standing permit for text of the chart.
    pub async fn grant_standing_takeout(&self, permit: StandingTakeout) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::GrantStandingTakeout(permit), Sidecar::default()).await
    }

    /// Ends a permit at once: one's own as oneself, anybody else's in office.
    pub async fn revoke_takeout(&self, takeout: TakeoutId) -> Result<Accepted> {
        let own = self.look(|replica| {
            let view = replica.registry().now();
            let asked = view.takeout(takeout).map(|one| one.asked.by);
            asked.or_else(|| view.standing_takeout(takeout).map(|one| one.permit.user)) == Some(self.user())
        });
        let role = if own { Role::User } else { self.own_facility()?.1 };
        self.registry_act(role, RegistryAct::RevokeTakeout { takeout }, Sidecar::default()).await
    }

    /// Says how an own takeout ended.
    pub async fn declare_takeout_end(&self, takeout: TakeoutId, how: TakeoutEnd) -> Result<Accepted> {
        let act = RegistryAct::DeclareTakeoutEnd { takeout, how };
        self.registry_act(Role::User, act, Sidecar::default()).await
    }

    /// Confirms, in office, how a takeout ended, and on which day.
    pub async fn confirm_takeout_end(&self, takeout: TakeoutId, how: TakeoutEnd, on: Date) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        let act = RegistryAct::ConfirmTakeoutEnd { takeout, how, on };
        self.registry_act(role, act, Sidecar::default()).await
    }

    /// The takeouts that concern this person: the own ones, and those that the person sees to.
    pub fn takeouts(&self) -> Vec<(Takeout, Stage)> {
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let mine = |one: &Takeout| {
                one.asked.by == self.user() || a12_takeout::sees_to(view, self.user(), one.asked.by, now)
            };
            let mut found: Vec<_> = view.takeouts(now).filter(|(one, _)| mine(one)).collect();
            found.sort_by_key(|(one, _)| one.asked.seq);
            found
        })
    }

    /// The standing permits that concern this person.
    pub fn standing_takeouts(&self) -> Vec<StandingPermit> {
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let user = |one: &StandingPermit| one.permit.user;
            let mine = |one: &StandingPermit| {
                user(one) == self.user() || a12_takeout::sees_to(view, self.user(), user(one), now)
            };
            let mut found: Vec<_> = view.standing_takeouts().filter(mine).collect();
            found.sort_by_key(|one| one.given.seq);
            found
        })
    }

    /// Whether what may be out under this takeout is to come back, or to be erased, whatever its time says: consent for the
    /// group was withdrawn, or it was erased (A6.2). Known to whoever follows the group.
    pub fn called_back(&self, takeout: &Takeout) -> bool {
        let ending = |group| self.look(|replica| Some(replica.group(group)?.group()?.is_ending()));
        takeout.may_be_out() && takeout.group().and_then(ending).unwrap_or(false)
    }

    /// What waits for this person, or is late.
    pub fn takeout_duties(&self) -> TakeoutDuties {
        let mut duties = TakeoutDuties::default();
        for (one, stage) in self.takeouts() {
            let own = one.asked.by == self.user();
            let sees_to = self.look(|replica| {
                a12_takeout::sees_to(replica.registry().now(), self.user(), one.asked.by, replica.time())
            });
            let back = self.called_back(&one);
            let waits = back || stage == Stage::Overdue || stage == Stage::Permitted && !one.declared.is_empty();
            if own && back {
                duties.called_back.push(one.clone());
            } else if own && stage == Stage::Overdue {
                duties.overdue.push(one.clone());
            }
            match stage {
                Stage::Requested if sees_to => duties.to_decide.push(one),
                _ if sees_to && waits => duties.to_confirm.push((one, stage)),
                _ => {}
            }
        }
        duties
    }

    /// How many takeouts stand where, by facility: for the Desk.
    pub fn takeout_counts(&self) -> Result<Vec<TakeoutCount>> {
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            if !view.is_operator(self.user()) {
                return Err(Code::NotOperator.into());
            }
            Ok(counts(view, now))
        })
    }

    /// The permit of this person that covers these places of a group in this form, with this device.
    pub fn takeout_permit(&self, group: GroupId, form: TakeoutForm, (first, last): (u64, u64)) -> Option<TakeoutId> {
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let standing = view.may_act(self.user(), self.device()).ok()?;
            let written = replica.time_of(LogId::Group(group), last)?;
            let covered = |takeout: TakeoutId| {
                let leaving = Leaving { takeout, group, form, first, last, written };
                a12_takeout::covers(view, &standing, &leaving, now).is_ok()
            };
            let asked = view.takeouts(now).map(|(one, _)| one.request.takeout);
            asked.chain(view.standing_takeouts().map(|one| one.permit.takeout)).find(|id| covered(*id))
        })
    }

    /// Messages of a group, those at these places, as text for the chart or for paper, in this language. Given out only when
    /// the export is on record.
    pub async fn takeout_text(
        &self,
        takeout: TakeoutId,
        group: GroupId,
        places: &[u64],
        language: Language,
    ) -> Result<(Zeroizing<String>, Exported)> {
        let shown = self.items(group, |one| places.contains(&one.seq))?;
        if shown.len() != places.len() {
            return Err(Code::Unknown.into());
        }
        let prepared = self.put_together(takeout, group, TakeoutForm::Text, (&shown, &[]), Some(language)).await?;
        self.tell(&prepared).await?;
        let Prepared { export, manifest, text, unreadable } = prepared;
        Ok((text, Exported { export, manifest, unreadable, files: 0, bytes: 0, missing: 0 }))
    }

    fn items(&self, group: GroupId, wanted: impl Fn(&Shown) -> bool) -> Result<Vec<Shown>> {
        let mut shown = self.read(group, 0)?;
        shown.retain(wanted);
        let length: usize = shown.iter().filter_map(|one| one.text.as_ref().ok()).map(String::len).sum();
        if shown.is_empty() {
            return Err(Code::NothingToDo.into());
        }
        if shown.len() > bounds::TAKEOUT_ITEMS || length > bounds::TAKEOUT_TEXT {
            return Err(Code::TooLarge.into());
        }
        Ok(shown)
    }

    /// Tells the server, which answers when it is permitted and on record.
    async fn tell(&self, prepared: &Prepared) -> Result<()> {
        match self.inner.request(Op::TakeOut(prepared.export)).await? {
            Answer::Done => Ok(()),
            _ => Err(Code::Malformed.into()),
        }
    }

    /// Whether a permit covers these messages, as far as this device knows, and the server decides.
    fn permit_export(
        &self,
        takeout: TakeoutId,
        group: GroupId,
        form: TakeoutForm,
        shown: &[Shown],
    ) -> Result<TakeoutExport> {
        let places = || shown.iter().map(|one| one.seq);
        let first = places().min().ok_or(Code::NothingToDo)?;
        let last = places().max().ok_or(Code::NothingToDo)?;
        let items = u32::try_from(shown.len()).map_err(|_| Code::TooLarge)?;
        let export = TakeoutExport { takeout, group, form, first, last, items, manifest: Hash32::default() };
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let standing = view.may_act(self.user(), self.device())?;
            let state = replica.group(group).and_then(|one| one.group()).ok_or(Code::Unknown)?;
            let written = replica.time_of(LogId::Group(group), last).ok_or(Code::Unknown)?;
            a12_export::permit(state, view, &standing, (&export, written), now)
        })
        .map_err(|refusal| refusal.0)?;
        Ok(export)
    }

    /// Puts items, manifest and text together, if a permit covers them as far as this device knows.
    async fn put_together(
        &self,
        takeout: TakeoutId,
        group: GroupId,
        form: TakeoutForm,
        (shown, left): (&[Shown], &[Left]),
        language: Option<Language>,
    ) -> Result<Prepared> {
        let mut export = self.permit_export(takeout, group, form, shown)?;
        export.items = u32::try_from(shown.len().saturating_add(left.len())).map_err(|_| Code::TooLarge)?;
        let mut users: Vec<UserId> = shown.iter().map(|one| one.author).chain([self.user()]).collect();
        users.extend(self.decider(takeout));
        users.sort_unstable();
        users.dedup();
        let names = self.names(&users).await?;
        let mut manifest = self.manifest_of(&export, (shown, left), &users, &names)?;
        let text = Zeroizing::new(match language {
            None => text::archive(&manifest, shown),
            Some(language) => text::chart(&manifest, shown, language),
        });
        manifest.text = sha256(text.as_bytes());
        let manifest = manifest.bytes()?;
        export.manifest = sha256(&manifest);
        let unreadable = shown.iter().filter(|one| one.text.is_err()).count();
        Ok(Prepared { export, manifest, text, unreadable })
    }

    /// Who approved it, or gave the standing permit.
    fn decider(&self, takeout: TakeoutId) -> Option<UserId> {
        self.look(|replica| {
            let view = replica.registry().now();
            let decided = view.takeout(takeout).and_then(|one| one.decided).map(|(word, _)| word.by);
            decided.or_else(|| view.standing_takeout(takeout).map(|one| one.given.by))
        })
    }

    fn manifest_of(
        &self,
        export: &TakeoutExport,
        (shown, left): (&[Shown], &[Left]),
        users: &[UserId],
        names: &[(UserId, renkei_proto::frame::Details)],
    ) -> Result<Manifest> {
        let label = self.label(export.group).map(|label| label.to_string());
        let device = self.device();
        self.look(|replica| {
            let (view, now) = (replica.registry().now(), replica.time());
            let named = |user: &UserId| Named {
                facility: view
                    .user(*user)
                    .and_then(|person| view.facility(person.facility))
                    .map(|facility| facility.name.clone()),
                name: names.iter().find(|(known, _)| known == user).map(|(_, details)| details.name.to_string()),
                user: *user,
            };
            let permit = permit_of(view, export.takeout).ok_or(Code::Unknown)?;
            Ok(Manifest {
                approved_at: permit.approved_at,
                approved_by: permit.approved_by,
                association: self.inner.association,
                device,
                exported_at: now,
                form: export.form,
                format: manifest::FORMAT.to_owned(),
                from: permit.from,
                group: export.group,
                heading: manifest::heading(),
                items: items_of(shown, left),
                label,
                medium: permit.medium,
                people: users.iter().map(named).collect(),
                person: self.user(),
                purpose: permit.purpose,
                salt: Hash32(random()),
                standing: permit.standing,
                takeout: export.takeout,
                text: Hash32::default(),
                until: permit.until,
            })
        })
    }
}

/// Each message, and after it its files.
fn items_of(shown: &[Shown], left: &[Left]) -> Vec<Item> {
    let mut items = Vec::with_capacity(shown.len().saturating_add(left.len()));
    let mut files = left.iter().peekable();
    for one in shown {
        items.push(Item::of(one));
        items.extend(iter::from_fn(|| files.next_if(|file| file.seq <= one.seq)).map(|file| Item::of_file(one, file)));
    }
    items
}

/// What a manifest says of the permit.
struct PermitOf {
    approved_at: Time,
    approved_by: UserId,
    from: Time,
    until: Time,
    medium: Medium,
    purpose: renkei_proto::takeout::TakeoutPurpose,
    standing: bool,
}

fn permit_of(view: View<'_>, takeout: TakeoutId) -> Option<PermitOf> {
    if let Some(one) = view.takeout(takeout) {
        let (word, _) = one.decided?;
        let TakeoutRequest { from, until, medium, purpose, .. } = one.request;
        let (approved_at, approved_by) = (word.time, word.by);
        return Some(PermitOf { approved_at, approved_by, from, until, medium, purpose, standing: false });
    }
    let one = view.standing_takeout(takeout)?;
    Some(PermitOf {
        approved_at: one.given.time,
        approved_by: one.given.by,
        from: one.given.time,
        until: one.permit.until,
        medium: Medium::Chart,
        purpose: renkei_proto::takeout::TakeoutPurpose::Chart,
        standing: true,
    })
}

/// Facilities that have, or had, anything to count.
fn counts(view: View<'_>, now: Time) -> Vec<TakeoutCount> {
    let count = |facility| TakeoutCount { facility, numbers: TakeoutNumbers::of(view, facility, now) };
    let all = view.facilities().map(|(facility, _)| count(facility));
    all.filter(|one| one.numbers != TakeoutNumbers::default()).collect()
}
