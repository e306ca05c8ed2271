//! A signed-in person, from the moment the vault opens until it is closed.

use std::sync::Arc;
use std::time::Duration;

use renkei_client_core::client::{Client, Connection};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;
use ts_rs::TS;

use crate::Result;
use crate::attaching::Bench;
use crate::looking::{Drawing, Views};
use crate::people::{People, Who};
use crate::sending::Sendings;
use crate::writing::Meant;

/// One signed-in person.
#[derive(Debug)]
pub(crate) struct Inside {
    pub(crate) key: String,
    pub(crate) client: Client,
    /// Files that lie ready to be sent.
    pub(crate) bench: Bench,
    /// Files on their way.
    pub(crate) sendings: Sendings,
    /// What was asked about and is meant, of messages on their way (S2).
    pub(crate) meant: Meant,
    /// What was answered to broadcasts.
    pub(crate) said: crate::broadcasts::Said,
    /// Texts that were fetched.
    pub(crate) texts: crate::announcements::Texts,
    /// Files that are looked at.
    pub(crate) views: Views,
    /// Who draws them.
    pub(crate) drawing: Arc<Drawing>,
    /// When somebody last did something.
    active: watch::Sender<Instant>,
    /// The person has left: nothing of this goes on.
    gone: watch::Sender<bool>,
}

/// What the frame of every screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "facts that a screen shows one by one")]
pub struct Status {
    /// The person.
    pub me: Who,
    /// Connected now.
    pub online: bool,
    /// The server's word on its logs is fresh: without it, something newer may be missing.
    pub fresh: bool,
    /// Seconds without a person after which this device locks.
    pub locks_after: u32,
    /// SNS administrator of the person's facility.
    pub administrator: bool,
    /// Deputy of the facility's SNS administrators, now (A8.3).
    pub deputy: bool,
    /// Operator of the Desk.
    pub operator: bool,
    /// May open groups and invite.
    pub opens_groups: bool,
    /// The points to note wait to be read (A10.1).
    pub notice: bool,
    /// Review rounds that wait for the person (A9.2).
    pub reviews: usize,
    /// This device is not kept as is asked, or nobody has confirmed it (A12.1).
    pub posture: bool,
    /// Announcements that wait to be checked or published by this person (S4).
    pub announcements: usize,
    /// Own takeouts that are to come back now, and of which nothing was said yet (A12.5).
    pub takeouts: usize,
    /// Messages that are not on the server yet.
    pub unsent: usize,
}

impl Inside {
    pub(crate) fn new(key: String, client: Client, drawing: Arc<Drawing>) -> Arc<Self> {
        let (bench, sendings, views) = (Bench::default(), Sendings::default(), Views::default());
        let meant = Meant::default();
        let active = watch::Sender::new(Instant::now());
        let (said, gone) = (crate::broadcasts::Said::default(), watch::Sender::new(false));
        let texts = crate::announcements::Texts::default();
        Arc::new(Self { key, client, bench, sendings, meant, said, texts, views, drawing, active, gone })
    }

    /// The person is there.
    pub(crate) async fn touch(&self) {
        self.active.send_replace(Instant::now());
        self.client.touch().await;
    }

    /// The person leaves.
    pub(crate) fn go(&self) {
        self.gone.send_replace(true);
    }

    /// Returns when the person has left.
    pub(crate) async fn gone(&self) {
        drop(self.gone.subscribe().wait_for(|gone| *gone).await);
    }

    /// Returns when nobody has been there for as long as the rules allow (A11.4), or the session is over, then with the
    /// reason.
    pub(crate) async fn end(self: &Arc<Self>) -> Option<renkei_client_core::Fault> {
        let mut active = self.active.subscribe();
        let mut connection = self.client.connection();
        loop {
            let idle = Duration::from_secs(self.client.locks_after().into());
            let until = *active.borrow_and_update() + idle;
            tokio::select! {
                () = tokio::time::sleep_until(until) => return None,
                _ = active.changed() => {}
                over = connection.wait_for(|state| matches!(state, Connection::Over(_))) => {
                    return match over.as_deref() {
                        Ok(Connection::Over(fault)) => Some(fault.clone()),
                        _ => None,
                    };
                }
            }
        }
    }

    /// What the frame of every screen shows.
    pub(crate) async fn status(&self) -> Result<Status> {
        let client = &self.client;
        let people = People::of(client, [client.user()]).await?;
        let owed = client.owed();
        let unsent = client.unsent()?.len();
        let takeouts = crate::takeouts::owed(client);
        let announcements = crate::announcements::waiting(client);
        let posture = client.posture(client.device()).is_some_and(|standing| standing.missing);
        let (fresh, locks_after) = (client.heads_are_fresh(), client.locks_after());
        let online = matches!(*client.connection().borrow(), Connection::Online);
        Ok(client.look(|replica| {
            let view = replica.registry().now();
            let me = client.user();
            let facility = view.user(me).map(|person| person.facility);
            let holds = |test: &dyn Fn(_) -> bool| facility.is_some_and(test);
            let operator = view.is_operator(me);
            let deputy = holds(&|facility| view.is_deputy(me, facility, replica.time()));
            let administrator = !operator && holds(&|facility| view.is_administrator(me, facility));
            Status {
                me: people.who(me),
                online,
                fresh,
                locks_after,
                administrator,
                deputy,
                operator,
                opens_groups: operator || administrator || holds(&|facility| view.is_group_manager(me, facility)),
                notice: owed.notice.is_some(),
                reviews: owed.reviews.len(),
                posture,
                announcements,
                takeouts,
                unsent,
            }
        }))
    }
}
