//! What an entry of the registry does to the world outside: sessions end, shares are destroyed, files go. Repeating it
//! does no harm: a statement that comes again is answered from the log, once what it does is done.

use renkei_policy::registry::{Effect, View};
use renkei_proto::act::{Act, GroupAct, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::entry::Entry;
use renkei_proto::frame::Accepted;
use renkei_proto::id::{DeviceId, UserId};
use renkei_proto::statement::LogId;
use renkei_store::{ReadLimit, RecordKey};

use super::{Submission, Workshop, read};
use crate::files::Lies;
use crate::lockouts::Who as LockedOut;
use crate::world::log_key;

impl Workshop {
    /// [`Workshop::already_there`]; an erasure that was confirmed and did not come to its end is carried out before anybody is
    /// told so. One that did costs whoever repeats the word nothing.
    pub(super) async fn answered(&self, submission: &Submission) -> Result<Option<Accepted>, Code> {
        let there = self.already_there(submission)?;
        let statement = submission.verified.statement();
        if let (Some(_), Act::Group(GroupAct::ConfirmErasure { .. }), LogId::Group(id)) =
            (there, &statement.act, statement.log)
            && self.vault.erasure(id)?.is_none_or(|record| record.finished.is_none())
        {
            self.erase(vec![id]).await?;
        }
        Ok(there)
    }

    /// Where the statement already stands, if it does: a repeated request appends nothing.
    pub(super) fn already_there(&self, submission: &Submission) -> Result<Option<Accepted>, Code> {
        let statement = submission.verified.statement();
        let failed = |error: renkei_store::StoreError| {
            tracing::error!(%error, "the store can't be read");
            Code::StorageFailed
        };
        let Some((log, seq)) = self.log.find(RecordKey(statement.id.0)).map_err(failed)? else { return Ok(None) };
        if log != log_key(statement.log) {
            return Err(Code::AlreadyExists);
        }
        let found = self.log.read(log, seq, ReadLimit { records: 1, bytes: 1 }).map_err(failed)?;
        let entry = found.first().and_then(|record| Entry::decode(&record.entry).ok()).ok_or(Code::StorageFailed)?;
        if entry.header.body != submission.verified.signed().hash() {
            return Err(Code::AlreadyExists);
        }
        // The disk may have been full when the entry was durable already: nobody is told "done" before it is.
        match statement.act {
            Act::Registry(RegistryAct::WipeDevice { device } | RegistryAct::RetireDevice { device }) => {
                self.carry_out(Effect::Wiped(device))?;
            }
            Act::Registry(
                RegistryAct::SuspendDevice { .. }
                | RegistryAct::SuspendUser { .. }
                | RegistryAct::SuspendFacility { .. },
            ) => self.carry_out(Effect::Suspended)?,
            Act::Registry(RegistryAct::EndUser { user }) => self.carry_out(Effect::Ended(user))?,
            Act::Registry(RegistryAct::LetGoFormScan { deposit }) => self.carry_out(Effect::FormScanLetGo(deposit))?,
            Act::Registry(RegistryAct::ResetFactors { user }) => {
                // Only where it was this signature that completed it, and nothing new has been set up since.
                let reset = read(&self.world).registry().now().user(user).and_then(|person| person.reset);
                let void = self.vault.credentials(user)?.is_some_and(|known| known.registry <= seq);
                if reset == Some(seq) && void {
                    self.carry_out(Effect::Reset(user))?;
                }
            }
            Act::Registry(RegistryAct::EndFacility { facility, .. })
                if read(&self.world).registry().now().ended(facility).is_some() =>
            {
                self.carry_out(Effect::FacilityEnded(facility))?;
            }
            _ => {}
        }
        Ok(Some(Accepted { head: entry.header.head(), time: entry.header.time }))
    }

    /// What a registry entry does to the world outside. Repeating it does no harm, so that a start after a crash can.
    pub(crate) fn carry_out(&self, effect: Effect) -> Result<(), Code> {
        match effect {
            Effect::Activated(_) => Ok(()),
            Effect::Wiped(device) => {
                self.hub.cut_device(device, Code::DeviceWiped);
                let sessions = self.sessions.end_where(|session| session.device == device);
                self.vault.destroy(&[device], &sessions, None).map(drop)
            }
            Effect::Suspended => {
                let stopped = {
                    let world = read(&self.world);
                    let view = world.registry().now();
                    self.hub.cut_where(|user, device| suspended(view, user, device));
                    self.sessions.find(|session| suspended(view, session.user, session.device).is_some())
                };
                // Kept until they are gone from the disk as well: else a failing disk would bring them back.
                self.vault.change_sessions(None, &stopped, None).map(drop)?;
                for session in stopped {
                    self.sessions.remove(session);
                }
                Ok(())
            }
            Effect::Lifted(user) => {
                // The person's own devices as well, as nobody but the person fails on them; no network address.
                let devices = {
                    let world = read(&self.world);
                    world.registry().now().user(user).map(|person| person.devices.clone()).unwrap_or_default()
                };
                let own = devices.into_iter().map(LockedOut::Device);
                let all: Vec<_> = own.chain([LockedOut::Id(user), LockedOut::Code(user)]).collect();
                self.lockouts.lift(&all, self.clock.monotonic());
                Ok(())
            }
            Effect::Reset(user) => {
                self.hub.cut_user(user, Code::FactorsReset);
                let sessions = self.sessions.end_where(|session| session.user == user);
                self.vault.forget_credentials(user, &sessions).map(drop)
            }
            Effect::FacilityEnded(facility) => {
                let users: Vec<_> = {
                    let world = read(&self.world);
                    let view = world.registry().now();
                    let theirs = view.users().filter(|(_, person)| person.facility == facility);
                    theirs.map(|(user, _)| user).collect()
                };
                users.into_iter().try_for_each(|user| self.let_go(user, Code::FacilityEnded))
            }
            Effect::Ended(user) => self.let_go(user, Code::UserEnded),
            Effect::FormScanLetGo(at) => {
                let lies = {
                    let world = read(&self.world);
                    world.registry().now().form_deposit(at).map(Lies::of_form)
                };
                lies.map_or(Ok(()), |lies| self.files.erase_file(&lies))
            }
        }
    }

    /// Sessions and shares of a person go, for good.
    fn let_go(&self, user: UserId, why: Code) -> Result<(), Code> {
        let devices = {
            let world = read(&self.world);
            world.registry().now().user(user).map(|person| person.devices.clone()).unwrap_or_default()
        };
        self.hub.cut_user(user, why);
        let sessions = self.sessions.end_where(|session| session.user == user);
        self.vault.destroy(&devices, &sessions, Some(user)).map(drop)
    }
}

/// What somebody is told who is suspended, or with a device or in a facility that is.
fn suspended(view: View<'_>, user: UserId, device: DeviceId) -> Option<Code> {
    let suspended = |code: &Code| [Code::DeviceSuspended, Code::UserSuspended, Code::FacilitySuspended].contains(code);
    view.may_act(user, device).err().map(|refusal| refusal.0).filter(suspended)
}
