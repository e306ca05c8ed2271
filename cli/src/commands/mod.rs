//! What the agent does for a person: each command in terms of the client core, with names put to what it answers.

mod about;
pub(crate) mod access;
mod announcements;
pub(crate) mod audit;
mod broadcast;
mod card;
mod corrections;
mod delegation;
mod deputy;
mod device;
pub(crate) mod duties;
mod ending;
mod facility;
mod files;
mod form_scans;
mod group;
pub(crate) mod import;
mod incidents;
mod inquiries;
mod invitation;
pub(crate) mod messages;
mod official;
mod overview;
pub(crate) mod proof;
mod scans;
mod session;
mod staff;
mod stopping;
mod takeout;
mod training;
pub(crate) mod urgent;
mod uses;

pub(crate) use duties::prose;
pub(crate) use facility::ticket_reply;
pub(crate) use session::recovery_codes;

use std::collections::{BTreeMap, BTreeSet};

use renkei_client_core::client::{Client, Connection};
use renkei_client_core::official::in_whose_name;
use renkei_client_core::policy::group::By;
use renkei_client_core::policy::registry::View;
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::id::{FacilityId, UserId};
use renkei_client_core::proto::statement::ActingFor;
use renkei_client_core::proto::text::Line;

use crate::agent::protocol::Question;
use crate::args::request::{Request, Sure};
use crate::args::session::PasswordCommand;
use crate::failure::{Failure, Result};
use crate::reply::{Actor, Reply, Status, Where, Who};

/// What came of a command.
pub(crate) enum Outcome {
    Reply(Reply),
    /// A person must look first.
    Ask(Question),
}

impl<T: Into<Reply>> From<T> for Outcome {
    fn from(reply: T) -> Self {
        Self::Reply(reply.into())
    }
}

/// Carries out a command.
pub(crate) async fn run(client: &Client, request: Request) -> Result<Outcome> {
    let of_groups = matches!(
        request,
        Request::Group(_) | Request::Consent(_) | Request::Invitation(_) | Request::Member(_) | Request::Read(_)
    );
    if of_groups || matches!(request, Request::Send { .. } | Request::Urgent(_)) {
        in_order(client)?;
    }
    if duties::held_up(&request) {
        client.permit_content()?;
    }
    match request {
        Request::Password(PasswordCommand::Change { old, new, .. }) => {
            let (old, new) = (old.ok_or(Code::BadInput)?, new.ok_or(Code::BadInput)?);
            client.change_password(old.password()?, new.password()?).await?;
            Ok(Reply::Done.into())
        }
        Request::Facility(command) => facility::run(client, command).await,
        Request::Staff(command) => staff::run(client, command).await,
        Request::Device(command) => device::run(client, command).await,
        Request::Delegation(command) => delegation::run(client, command).await,
        Request::Group(command) => group::run(client, command).await,
        Request::Consent(command) => group::consent(client, command).await,
        Request::Invitation(command) => invitation::run(client, command).await,
        Request::Erasure(command) => ending::erasure(client, command).await,
        Request::Handover(command) => ending::handover(client, command).await,
        Request::Member(command) => group::members(client, command).await,
        Request::Send { group, text, call, sure } => {
            messages::send(client, (&group, &call), text.as_deref(), &sure).await
        }
        Request::Broadcast(command) => broadcast::run(client, command).await,
        Request::Urgent(command) => urgent::run(client, command).await,
        Request::Audit(command) => audit::run(client, command).await,
        Request::Session(command) => session::run(client, command).await,
        Request::StepUp { code, .. } => session::step_up(client, code).await,
        Request::RecoveryCodes { sure } => session::renew_codes(client, &sure).await,
        Request::Rules(command) => session::rules(client, command).await,
        Request::Read(read) => messages::read(client, &read).await,
        Request::Message(command) => corrections::run(client, command).await,
        Request::Text(command) => duties::texts(client, command).await,
        Request::Announcement(command) => announcements::run(client, command).await,
        Request::Notice(command) => duties::notice(client, command).await,
        Request::Review(command) => duties::review(client, command).await,
        Request::Duty(command) => duties::duty(client, command).await,
        Request::File(command) => files::run(client, command).await,
        Request::Use(command) => uses::run(client, command).await,
        Request::Inquiry(command) => inquiries::run(client, command).await,
        Request::Incident(command) => incidents::run(client, command).await,
        Request::Training(command) => training::run(client, command).await,
        Request::Desk(command) => training::desk(client, command).await,
        Request::Takeout(command) => takeout::run(client, command).await,
        Request::Scan(command) => scans::run(client, command).await,
        Request::Official(command) => official::run(client, command).await,
        // The agent's own.
        Request::Status | Request::Lock | Request::SignOut => Err(Code::OutOfOrder.into()),
    }
}

/// Nothing of a group is here for a device that is not kept as is asked (A12.1): better said than "unknown".
fn in_order(client: &Client) -> Result<()> {
    let missing = client.posture(client.device()).is_some_and(|standing| standing.missing);
    if missing { Err(Code::PostureMissing.into()) } else { Ok(()) }
}

/// Whether `about` may be done now: the person said --yes, or was shown exactly this. If the person has not been asked
/// yet, or it has become something else since (a name that arrived, a colleague's act), the question. Words that were
/// compared over the telephone do not become others by themselves.
fn ask_first(sure: &Sure, shown: &str, compare: bool, about: Reply) -> Result<Option<Outcome>> {
    match &sure.shown {
        _ if sure.yes => Ok(None),
        Some(was) if was == shown => Ok(None),
        Some(_) if compare => Err(Failure::about(Code::NotAuthentic, shown)),
        _ => Ok(Some(Outcome::Ask(Question { about, compare, shown: shown.to_owned() }))),
    }
}

/// A line of text that a person typed.
fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>> {
    Line::new(text.trim()).map_err(|bad| Failure::about(Code::BadInput, bad.to_string()))
}

fn place(view: View<'_>, facility: FacilityId) -> Where {
    Where { facility, name: view.facility(facility).map(|known| known.name.clone()) }
}

/// People by name, profession and facility.
pub(crate) struct People(BTreeMap<UserId, Who>);

impl People {
    /// Asks for the names of `users`. Who may not see a name, or is offline, gets the rest without it.
    pub(crate) async fn of(client: &Client, users: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let users: Vec<UserId> = users.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let names = match client.names(&users).await {
            Ok(names) => names,
            Err(fault) if fault.code.class() == Class::Later => Vec::new(),
            Err(fault) => return Err(fault.into()),
        };
        let mut names: BTreeMap<UserId, String> =
            names.into_iter().map(|(user, details)| (user, details.name.to_string())).collect();
        Ok(Self(client.look(|replica| {
            let view = replica.registry().now();
            users.iter().map(|user| (*user, describe(view, *user, names.remove(user)))).collect()
        })))
    }

    pub(crate) fn who(&self, user: UserId) -> Who {
        let nobody = || Who { user, name: None, profession: None, facility: None, facility_name: None, official: None };
        self.0.get(&user).cloned().unwrap_or_else(nobody)
    }

    /// Somebody as of `view`: what was written officially stays marked, and what was written before is not.
    pub(crate) fn who_then(&self, view: View<'_>, user: UserId) -> Who {
        Who { official: in_whose_name(view, user), ..self.who(user) }
    }

    /// Somebody who did something at the time of `then`.
    fn actor_then(&self, then: View<'_>, user: UserId, acting_for: Option<ActingFor>) -> Actor {
        Actor { who: self.who_then(then, user), acting_for: acting_for.map(|acting| place(then, acting.facility)) }
    }

    fn actor(&self, view: View<'_>, user: UserId, acting_for: Option<ActingFor>) -> Actor {
        Actor { who: self.who(user), acting_for: acting_for.map(|acting| place(view, acting.facility)) }
    }

    fn by(&self, view: View<'_>, by: By) -> Actor {
        self.actor(view, by.user, by.acting_for)
    }
}

fn describe(view: View<'_>, user: UserId, name: Option<String>) -> Who {
    let person = view.user(user);
    let facility = person.map(|person| person.facility);
    Who {
        user,
        name,
        profession: person.map(|person| person.profession),
        facility,
        facility_name: facility.and_then(|facility| view.facility(facility)).map(|facility| facility.name.clone()),
        official: in_whose_name(view, user),
    }
}

/// One person; without a name if it can't be had now.
pub(crate) async fn who_one(client: &Client, user: UserId) -> Who {
    match People::of(client, [user]).await {
        Ok(people) => people.who(user),
        Err(_) => client.look(|replica| describe(replica.registry().now(), user, None)),
    }
}

/// The facility of the person who is signed in.
fn own_facility(client: &Client) -> Result<FacilityId> {
    let own = client.look(|replica| replica.registry().now().user(client.user()).map(|person| person.facility));
    own.ok_or_else(|| Code::Unknown.into())
}

/// The state of the agent and its person.
pub(crate) async fn status(client: &Client, profile: &str, locks_in: u64) -> Result<Reply> {
    let who = who_one(client, client.user()).await;
    let online = matches!(*client.connection().borrow(), Connection::Online);
    let posture = stopping::posture_row(client, client.device());
    let owes = duties::owes(client);
    let (heads_fresh, keys_replaced) = (client.heads_are_fresh(), client.keys_replaced());
    Ok(client.look(|replica| {
        let view = replica.registry().now();
        let (me, facility) = (client.user(), who.facility);
        let holds = |role: bool, name: &str| role.then(|| name.to_owned());
        let in_facility = |test: &dyn Fn(FacilityId) -> bool| facility.is_some_and(test);
        let roles = [
            holds(view.is_operator(me), "operator"),
            holds(in_facility(&|facility| view.manager(facility) == Some(me)), "facility-manager"),
            holds(
                !view.is_operator(me) && in_facility(&|facility| view.is_administrator(me, facility)),
                "sns-administrator",
            ),
            holds(in_facility(&|facility| view.is_group_manager(me, facility)), "group-manager"),
            holds(in_facility(&|facility| view.is_deputy(me, facility, replica.time())), "deputy"),
        ];
        let association = replica.registry().association();
        Reply::Status(Box::new(Status {
            profile: profile.to_owned(),
            server: String::new(),
            device: client.device(),
            user: Some(me),
            approved: true,
            signed_in: true,
            who: Some(who),
            association: association.map(|association| association.id),
            association_name: association.map(|association| association.name.clone()),
            online,
            roles: roles.into_iter().flatten().collect(),
            groups: replica.groups().filter(|(_, followed)| !followed.ended()).count(),
            registry: view.size(),
            heads_fresh,
            keys_replaced,
            locks_in: Some(locks_in),
            locked: None,
            posture,
            owes,
        }))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_since_the_question_is_asked_again_and_changed_words_stop() {
        let sure = |yes, shown: Option<&str>| Sure { yes, shown: shown.map(str::to_owned) };
        let ask = |sure: &Sure, compare| ask_first(sure, "now", compare, Reply::Done);
        assert!(matches!(ask(&sure(false, None), false), Ok(Some(Outcome::Ask(question))) if question.shown == "now"));
        assert!(matches!(ask(&sure(false, Some("now")), false), Ok(None)));
        assert!(matches!(ask(&sure(true, None), true), Ok(None)));
        assert!(
            matches!(ask(&sure(false, Some("before")), false), Ok(Some(Outcome::Ask(question))) if question.shown == "now")
        );
        assert!(
            matches!(ask(&sure(false, Some("before")), true), Err(failure) if failure.code() == Code::NotAuthentic)
        );
    }
}
