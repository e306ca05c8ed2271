//! The agent itself: signs in, listens, and ends at lock, sign-out, a signal, the idle end, the end of the session, or
//! with the terminal that it was started from.

use std::io::{BufRead as _, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Weak};
use std::time::Duration;

use renkei_client_core::client::{Client, Connection};
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, SecondFactor};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::hangup;
use super::protocol::{How, Opening, REQUEST, Response, Second};
use crate::args::office::{FacilityCommand, StaffCommand};
use crate::args::request::Request;
use crate::args::urgent::UrgentCommand;
use crate::commands::{self, Outcome};
use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::reply::Reply;

/// A conversation that has sent nothing for so long is over.
const PATIENCE: Duration = Duration::from_secs(10);

/// Conversations at once: a person's commands, not a crowd's.
const CONVERSATIONS: usize = 64;

/// A command that is under way is let go within this time when the agent ends.
const LETTING_GO: Duration = Duration::from_secs(2);

/// How an agent ends.
enum End {
    Lock,
    SignOut,
}

/// Asks the agent to end; the answer says whether the server was told.
struct Ending(End, oneshot::Sender<Result<Reply>>);

/// What every conversation has.
#[derive(Clone)]
struct Agent {
    /// Held weakly: the client must be there alone when it locks, and it is dropped with the last command under way.
    client: Weak<Client>,
    profile: String,
    idle: Duration,
    /// When the last command came.
    active: watch::Sender<Instant>,
    ending: mpsc::Sender<Ending>,
    closing: watch::Receiver<bool>,
}

/// Runs the agent of `place` to its end.
pub(crate) async fn run(place: &Place, idle: u64, with_terminal: bool) -> ExitCode {
    // From the beginning, so that a terminal that closes during the sign-in counts as well.
    let closed = with_terminal.then(hangup::closed);
    let started = begin(place).await;
    let (client, listener) = match started {
        Ok(started) => started,
        Err(failure) => {
            answer_starter(&Response::Error(failure.clone()));
            return failure.exit_code();
        }
    };
    let who = commands::who_one(&client, client.user()).await;
    let idle = idle.min(client.locks_after().into());
    let owes = commands::duties::owes(&client);
    answer_starter(&Response::Done(Reply::SignedIn { who, device: client.device(), locks_in: idle, owes }));
    serve(client, &listener, place, Duration::from_secs(idle), closed).await;
    if let Ok(socket) = place.socket() {
        drop(std::fs::remove_file(socket));
    }
    ExitCode::SUCCESS
}

/// The one line that this process ever prints: afterwards nobody listens.
fn answer_starter(response: &Response) {
    let line = serde_json::to_string(response).unwrap_or_default();
    drop(writeln!(std::io::stdout(), "{line}"));
}

async fn begin(place: &Place) -> Result<(Client, UnixListener)> {
    let opening = read_opening()?;
    let socket = place.socket()?;
    let profile = Profile::load(&place.dir())?;
    let client = open(&profile, opening).await?;
    let listener = listen(place, &socket)?;
    Ok((client, listener))
}

async fn open(profile: &Profile, opening: Opening) -> Result<Client> {
    let password = opening.password.password()?;
    let client = match opening.how {
        How::Unlock => profile.unlock(&password).await?,
        How::SignIn { second: Second::Code(code), new: None } => profile.sign_in(&password, Some(code)).await?,
        How::SignIn { second, new } => {
            let second = match second {
                Second::Code(code) => SecondFactor::Code(code),
                Second::Recovery(code) => SecondFactor::Recovery(code.recovery()?),
            };
            let new = new.map(|new| new.password()).transpose()?;
            profile.sign_in_with(&password, second, new).await?
        }
    };
    Ok(client)
}

fn read_opening() -> Result<Opening> {
    let mut line = Zeroizing::new(String::with_capacity(8_192));
    let read = std::io::BufReader::new(std::io::stdin().take(8_192)).read_line(&mut line);
    read.ok().and_then(|_| serde_json::from_str(&line).ok()).ok_or_else(|| Code::BadInput.into())
}

/// A socket that only the owner of the profile can reach: the directory lets nobody else in, and neither does the
/// socket itself.
fn listen(place: &Place, socket: &Path) -> Result<UnixListener> {
    let failed = |error: std::io::Error| Failure::about(Code::ProfileFailed, format!("{}: {error}", socket.display()));
    let only = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    only(&place.dir(), 0o700).map_err(failed)?;
    if super::ask::running(socket) {
        return Err(Code::NothingToDo.into());
    }
    drop(std::fs::remove_file(socket));
    let listener = UnixListener::bind(socket).map_err(failed)?;
    only(socket, 0o600).map_err(failed)?;
    Ok(listener)
}

async fn serve(
    client: Client,
    listener: &UnixListener,
    place: &Place,
    idle: Duration,
    closed: Option<oneshot::Receiver<()>>,
) {
    let client = Arc::new(client);
    let (ending, mut endings) = mpsc::channel(1);
    let (close, closing) = watch::channel(false);
    let (active, mut activity) = watch::channel(Instant::now());
    let agent =
        Agent { client: Arc::downgrade(&client), profile: place.profile.clone(), idle, active, ending, closing };
    let mut conversations = JoinSet::new();
    let mut connection = client.connection();
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hang_up)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()))
    else {
        tracing::error!("no signals");
        return;
    };
    // Without a terminal nothing is waited for.
    let mut closed = std::pin::pin!(async {
        match closed {
            Some(closed) => drop(closed.await),
            None => std::future::pending().await,
        }
    });
    let (how, answer) = loop {
        let idle_end = *activity.borrow_and_update() + idle;
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted
                    && conversations.len() < CONVERSATIONS
                {
                    conversations.spawn(converse(agent.clone(), stream));
                }
            }
            Some(_) = conversations.join_next(), if !conversations.is_empty() => {}
            Some(Ending(how, answer)) = endings.recv() => break (how, Some(answer)),
            _ = activity.changed() => {}
            () = tokio::time::sleep_until(idle_end) => break (End::Lock, None),
            over = connection.wait_for(|state| matches!(state, Connection::Over(_))) => {
                tracing::info!(over = ?over.map(|state| state.clone()), "the session is over");
                break (End::Lock, None);
            }
            _ = terminate.recv() => break (End::Lock, None),
            _ = interrupt.recv() => break (End::Lock, None),
            _ = hang_up.recv() => break (End::Lock, None),
            // Whoever closes the window has gone for good.
            () = &mut closed => break (End::SignOut, None),
        }
    };
    close.send_replace(true);
    let ended = finish(client, &how).await;
    if let Some(answer) = answer {
        drop(answer.send(ended));
    }
    drop(tokio::time::timeout(LETTING_GO, async { while conversations.join_next().await.is_some() {} }).await);
    // A wiped device has one thing left to say.
    Profile::try_confirm_wipe(&place.dir()).await;
}

/// Locks or signs out. Commands under way have been told to let the client go.
async fn finish(mut client: Arc<Client>, how: &End) -> Result<Reply> {
    let deadline = Instant::now() + LETTING_GO;
    let alone = loop {
        match Arc::try_unwrap(client) {
            Ok(client) => break Ok(client),
            Err(shared) if Instant::now() > deadline => break Err(shared),
            Err(shared) => client = shared,
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    match (alone, how) {
        (Ok(client), End::Lock) => client.lock().await?,
        (Ok(client), End::SignOut) => client.sign_out().await?,
        (Err(client), End::Lock) => drop(client.ask(Op::Lock).await?),
        (Err(client), End::SignOut) => drop(client.ask(Op::SignOut).await?),
    }
    Ok(Reply::Done)
}

/// One conversation: a request, and its answer.
async fn converse(mut agent: Agent, stream: UnixStream) {
    let (read, write) = stream.into_split();
    let mut lines = Lines(write);
    let mut line = Zeroizing::new(String::new());
    let mut read = BufReader::new(read.take(REQUEST));
    let got = tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await;
    let request = match got {
        Ok(Ok(0)) | Err(_) => return,
        Ok(Ok(_)) => serde_json::from_str::<Request>(&line).map_err(|_| Failure::from(Code::BadInput)),
        Ok(Err(_)) => Err(Code::BadInput.into()),
    };
    agent.active.send_replace(Instant::now());
    let response = match request {
        Ok(Request::Lock) => agent.end(End::Lock).await.map(Response::Done),
        Ok(Request::SignOut) => agent.end(End::SignOut).await.map(Response::Done),
        Ok(request) => {
            let mut closing = agent.closing.clone();
            tokio::select! {
                answer = agent.carry_out(request, &mut lines) => answer,
                _ = closing.wait_for(|closing| *closing) => Err(Code::SessionLocked.into()),
                // Whoever asked has gone: a follower that was interrupted.
                () = gone(&mut read) => return,
            }
        }
        Err(failure) => Err(failure),
    };
    lines.send(&response.unwrap_or_else(Response::Error)).await;
}

/// Returns when the other side has closed.
async fn gone<R: tokio::io::AsyncRead + Unpin>(read: &mut R) {
    let mut nothing = [0; 64];
    while !matches!(read.read(&mut nothing).await, Ok(0) | Err(_)) {}
}

impl Agent {
    async fn end(&mut self, how: End) -> Result<Reply> {
        let (answer, answered) = oneshot::channel();
        self.ending.send(Ending(how, answer)).await.map_err(|_| Code::SessionLocked)?;
        answered.await.unwrap_or_else(|_| Err(Code::SessionLocked.into()))
    }

    async fn carry_out(&self, request: Request, lines: &mut Lines) -> Result<Response> {
        let client = self.client.upgrade().ok_or(Code::SessionLocked)?;
        client.touch().await;
        let outcome = match request {
            Request::Status => Outcome::Reply(commands::status(&client, &self.profile, self.idle.as_secs()).await?),
            Request::Read(read) if read.follow => {
                return commands::messages::follow(&client, &read, lines).await.map(Response::Done);
            }
            Request::Urgent(UrgentCommand::Watch) => {
                return commands::urgent::watch(&client, lines).await.map(Response::Done);
            }
            Request::Staff(StaffCommand::Import { file, dry_run, tickets }) => {
                let done = commands::import::staff(&client, Path::new(&file), dry_run, tickets, lines).await;
                return done.map(Response::Done);
            }
            Request::Facility(FacilityCommand::Tickets { file, dry_run, out }) => {
                let out = out.filter(|_| !dry_run);
                let done = commands::import::facilities(&client, Path::new(&file), out.as_deref(), lines).await;
                return done.map(Response::Done);
            }
            request => commands::run(&client, request).await?,
        };
        Ok(match outcome {
            Outcome::Reply(reply) => Response::Done(reply),
            Outcome::Ask(question) => Response::Ask(Box::new(question)),
        })
    }
}

/// Where a conversation's lines go.
pub(crate) struct Lines(OwnedWriteHalf);

impl Lines {
    /// Sends one line; false when nobody is there any more.
    pub(crate) async fn send(&mut self, response: &Response) -> bool {
        let Ok(mut line) = serde_json::to_vec(response) else { return false };
        line.push(b'\n');
        self.0.write_all(&line).await.is_ok()
    }
}
