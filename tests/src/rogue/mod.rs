//! The lying server: it has everything that the operator has (identity, data directory, every secret in it) and keeps no
//! rule. It speaks the protocols with the clients that the real server had, tells them what a test wants it to tell, and
//! appends whatever anybody sends.
//!
//! What it lacks is what the operator lacks: the keys of honest people's devices. A [`Colluder`] lends it those of one.

mod colluder;
mod history;
mod serve;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renkei_client_core::now;
use renkei_client_core::proto::access::{AccessHead, SignedAccessHead};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::entry::Entry;
pub use renkei_client_core::proto::frame::sync;
use renkei_client_core::proto::frame::sync::Notice;
use renkei_client_core::proto::frame::{Accepted, Answer, Details, Fault, NewTicket, Op, Secret32, Sidecar};
use renkei_client_core::proto::heads::{Heads, SignedHeads};
use renkei_client_core::proto::id::{DeviceId, SessionId, TicketId, UserId};
use renkei_client_core::proto::statement::{LogId, Signed};
use renkei_client_core::proto::ticket::{Offer, Purpose};
use renkei_client_core::proto::time::Time;
use renkei_server::identity::Identity;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::person::Person;
use crate::world::World;

pub use colluder::{Colluder, Making};
pub use history::{History, Told, read};

/// The histories that a rogue tells: the true one, and one made from it.
pub const TRUTH: usize = 0;

/// What the server does with a request of a device: its answer, or none to answer as usual.
pub type Script = Box<dyn FnMut(&mut State, DeviceId, &Op) -> Option<Result<Answer, Fault>> + Send>;

/// What the server signs for a device in place of the true heads.
pub type HeadsScript = Box<dyn FnMut(&Identity, DeviceId, Heads) -> Vec<SignedHeads> + Send>;

/// Which heads are signed.
#[derive(Default)]
pub enum Signing {
    /// Those of the history that the device is told.
    #[default]
    AsTold,
    /// None at all.
    Silent,
    /// What the script says.
    Script(HeadsScript),
}

/// A ticket as the server keeps it.
#[derive(Clone, Serialize, Deserialize)]
struct Ticket {
    issuer: Option<UserId>,
    psk: Secret32,
    purpose: Purpose,
    expires: Time,
    offer: Option<Offer>,
}

/// What the rogue has in its hands.
pub struct State {
    /// What it can tell. The first is the truth.
    pub histories: Vec<History>,
    /// Which of them each device is told; the truth, if it isn't named.
    pub told: BTreeMap<DeviceId, usize>,
    /// The shares of the devices' vault keys.
    pub shares: BTreeMap<DeviceId, Secret32>,
    /// People's names.
    pub details: BTreeMap<UserId, Details>,
    /// What it does with requests before its own answers.
    pub script: Option<Script>,
    /// Which heads it signs.
    pub signing: Signing,
    /// Whether it states the registry's head after the first pass, and which; the one that was sent by default.
    pub caught_up: Option<Notice>,
    /// Whose it says that every newly enrolled device is; the truth by default.
    pub owner: Option<UserId>,
    /// Everything that it has signed, by whom it went to.
    pub signed: Vec<(DeviceId, SignedHeads)>,
    sessions: BTreeMap<SessionId, DeviceId>,
    tickets: BTreeMap<TicketId, Ticket>,
    said: BTreeMap<DeviceId, Vec<Vec<u8>>>,
    freshen: BTreeMap<DeviceId, u64>,
    ahead: u64,
}

impl State {
    /// The server's time.
    pub fn now(&self) -> Time {
        now().plus(self.ahead)
    }

    /// The number of the history that a device is told.
    pub fn told_to(&self, device: DeviceId) -> usize {
        self.told.get(&device).copied().unwrap_or(TRUTH)
    }

    /// The history that a device is told.
    pub fn history(&mut self, device: DeviceId) -> &mut History {
        let told = self.told_to(device);
        &mut self.histories[told]
    }

    /// Appends a statement to one history.
    pub fn append(&mut self, history: usize, signed: &Signed, sidecar: &Sidecar) -> Accepted {
        let now = self.now();
        self.histories[history].append(signed, sidecar, now)
    }
}

/// A running lying server.
pub struct Rogue {
    shared: Arc<Shared>,
    endpoint: quinn::Endpoint,
    accepting: JoinHandle<()>,
}

impl std::fmt::Debug for Rogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rogue")
    }
}

struct Shared {
    identity: Identity,
    state: Mutex<State>,
    /// Counts changes of the state, for the sync streams.
    changed: watch::Sender<u64>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

impl Drop for Rogue {
    fn drop(&mut self) {
        self.accepting.abort();
        self.endpoint.close(quinn::VarInt::from_u32(0), b"");
    }
}

fn by_id<T: DeserializeOwned + Serialize, I: Ord>(
    small: &history::Small,
    kind: &str,
    id: impl Fn([u8; 16]) -> I,
) -> BTreeMap<I, T> {
    let of_kind = small.iter().filter_map(|(key, value)| Some((key.strip_prefix(kind.as_bytes())?, value)));
    let each = of_kind.map(|(key, value)| {
        (id(key.try_into().expect("an identifier")), codec::decode(value).expect("what the server keeps"))
    });
    each.collect()
}

impl Rogue {
    /// The operator stops the real server and puts a liar in its place, on the same data and the same address. Until it
    /// is told otherwise it tells the truth.
    pub fn takes_over(world: &mut World) -> Self {
        let ahead = Self::ahead_of(world);
        Self::with(world, ahead, Identity::load(world.server.data()).expect("an identity"))
    }

    /// The same, with other keys than the operator's, for whoever is in between.
    pub fn impostor(world: &mut World) -> Self {
        let ahead = Self::ahead_of(world);
        let dir = world.home().join("impostor");
        Self::with(world, ahead, Identity::create(&dir).expect("another identity"))
    }

    /// By how much the server's clock was moved forward: a second more, so that its time never runs backwards.
    fn ahead_of(world: &World) -> u64 {
        world.server.now().since(now()) + 1
    }

    fn with(world: &mut World, ahead: u64, identity: Identity) -> Self {
        world.server.kill();
        let (truth, small) = History::open(world.server.data());
        let state = State {
            histories: vec![truth],
            told: BTreeMap::new(),
            shares: by_id(&small, "share/", DeviceId),
            details: by_id(&small, "details/", UserId),
            script: None,
            signing: Signing::default(),
            caught_up: None,
            owner: None,
            signed: Vec::new(),
            sessions: BTreeMap::new(),
            tickets: by_id(&small, "ticket/", TicketId),
            said: BTreeMap::new(),
            freshen: BTreeMap::new(),
            ahead,
        };
        let address: SocketAddr = world.server.address().parse().expect("an address");
        let endpoint = serve::open(&identity, address, ahead);
        let shared = Arc::new(Shared { identity, state: Mutex::new(state), changed: watch::Sender::new(0) });
        let accepting = tokio::spawn(serve::accept(Arc::clone(&shared), endpoint.clone()));
        Self { shared, endpoint, accepting }
    }

    /// Stops, so that the real server can be started again.
    pub async fn retire(self) {
        self.accepting.abort();
        self.endpoint.close(quinn::VarInt::from_u32(u32::from(Code::ShuttingDown.number())), b"");
        self.endpoint.wait_idle().await;
    }

    /// Changes what the rogue has in its hands; everybody who follows is told what is new to them.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.shared.state());
        self.shared.note();
        changed
    }

    /// Has every person's device connect anew, as when the app comes to the foreground.
    pub fn call<'p>(&self, people: impl IntoIterator<Item = &'p Person>) {
        for person in people {
            person.client().drop_connection();
        }
    }

    /// From now on these people are told another history, which begins as a copy of what the first of them was told. Its
    /// number.
    pub fn fork(&self, people: &[&Person]) -> usize {
        self.change(|state| {
            let from = state.told_to(people[0].device());
            let copy = state.histories[from].clone();
            state.histories.push(copy);
            let number = state.histories.len() - 1;
            state.told.extend(people.iter().map(|person| (person.device(), number)));
            number
        })
    }

    /// Looks at a history.
    pub fn look<T>(&self, history: usize, at: impl FnOnce(&History) -> T) -> T {
        at(&self.shared.state().histories[history])
    }

    /// Appends a statement to a history, and tells it to those who are told that history.
    pub fn append(&self, history: usize, signed: &Signed, sidecar: &Sidecar) -> Accepted {
        self.change(|state| state.append(history, signed, sidecar))
    }

    /// Tells in one history what was said in another: the entry at `place` of `log`, at the end of what is there.
    pub fn cross(&self, from: usize, log: LogId, place: usize, to: usize) -> Accepted {
        self.change(|state| {
            let told = state.histories[from].log(log)[place].clone();
            state.append(to, &told.signed(), &told.sidecar)
        })
    }

    /// Tells an entry of one history in another as it is: nothing is made anew.
    pub fn copy(&self, from: usize, log: LogId, place: usize, to: usize) {
        self.change(|state| {
            let told = state.histories[from].log(log)[place].clone();
            state.histories[to].spoil(log, |all| all.push(told));
        });
    }

    /// Answers requests by this script first.
    pub fn script(
        &self,
        script: impl FnMut(&mut State, DeviceId, &Op) -> Option<Result<Answer, Fault>> + Send + 'static,
    ) {
        self.change(|state| state.script = Some(Box::new(script)));
    }

    /// Signs these in place of the true heads.
    pub fn signing(&self, signing: impl FnMut(&Identity, DeviceId, Heads) -> Vec<SignedHeads> + Send + 'static) {
        self.change(|state| state.signing = Signing::Script(Box::new(signing)));
    }

    /// Signs no heads any more.
    pub fn silent(&self) {
        self.change(|state| state.signing = Signing::Silent);
    }

    /// Sends heads to everybody who follows, now.
    pub fn state_heads(&self, people: &[&Person]) {
        self.change(|state| {
            for person in people {
                *state.freshen.entry(person.device()).or_default() += 1;
            }
        });
    }

    /// Sends raw bytes on the sync stream of a device, after what is due.
    pub fn say(&self, person: &Person, bytes: Vec<u8>) {
        self.change(|state| state.said.entry(person.device()).or_default().push(bytes));
    }

    /// Sends a notice on the sync stream of a device.
    pub fn say_notice(&self, person: &Person, notice: &Notice) {
        self.say(person, sync::notice(notice));
    }

    /// Sends an entry on the sync stream of a device.
    pub fn say_entry(&self, person: &Person, entry: &Entry) {
        self.say(person, item(sync::ENTRY, &codec::encode(entry)));
    }

    /// From now on a device is told this history.
    pub fn tell(&self, person: &Person, history: usize) {
        self.change(|state| state.told.insert(person.device(), history));
    }

    /// Keeps a history, to tell it to somebody. Its number.
    pub fn keep(&self, history: History) -> usize {
        self.change(|state| {
            state.histories.push(history);
            state.histories.len() - 1
        })
    }

    /// Signs heads with the server's key.
    pub fn sign(&self, heads: &Heads) -> SignedHeads {
        self.shared.identity.sign_heads(heads).expect("heads")
    }

    /// Signs a head of the record of access with the server's key.
    pub fn sign_access(&self, head: &AccessHead) -> SignedAccessHead {
        self.shared.identity.sign_access_head(head).expect("a head")
    }

    /// The last heads that a device was given.
    pub fn last_signed(&self, person: &Person) -> Option<SignedHeads> {
        let state = self.shared.state();
        state.signed.iter().rev().find(|(device, _)| *device == person.device()).map(|(_, signed)| signed.clone())
    }

    /// The server's time.
    pub fn now(&self) -> Time {
        self.shared.state().now()
    }

    /// Moves the server's clock forward, and the devices' with it.
    pub fn advance(&self, world: &World, seconds: u64) {
        let ahead = self.change(|state| {
            state.ahead += seconds;
            state.ahead
        });
        renkei_client_core::dev::set(world.server.address(), ahead);
    }
}

/// An item of the sync stream.
pub fn item(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut item = sync::prefix(tag, bytes.len()).to_vec();
    item.extend_from_slice(bytes);
    item
}

impl State {
    fn keep_ticket(&mut self, issuer: Option<UserId>, new: &NewTicket) {
        let ticket = Ticket { issuer, psk: new.psk.clone(), purpose: new.purpose, expires: new.expires, offer: None };
        self.tickets.insert(new.ticket, ticket);
    }

    /// The offers that wait for this person, as they came.
    pub fn offers(&self, issuer: UserId) -> Vec<Offer> {
        self.tickets
            .values()
            .filter(|ticket| ticket.issuer == Some(issuer))
            .filter_map(|one| one.offer.clone())
            .collect()
    }
}
