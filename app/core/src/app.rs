//! The app's one state: who is inside, if anybody, and what is to be said to the page.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use renkei_client_core::client::Client;
use renkei_client_core::profile::{FirstSignIn, Profile};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, TakeoutId};
use renkei_client_core::proto::time::Time;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::ask::Ask;
use crate::attaching::Offered;
use crate::door::{self, Entry};
use crate::inside::Inside;
use crate::looking::{self, Drawing, Served};
use crate::people::{People, Who};
use crate::tablet::Tablet;
use crate::takeouts::TakenOut;
use crate::trouble::Trouble;
use crate::{
    Result, announcements, attaching, broadcasts, calls, card, decisions, deeds, delegating, desk, duties, endings,
    home, incidents, inquiries, link, managing, rounds, sending, staff, staff_file, takeouts, timeline, writing,
};

/// What changes within this time is told together.
const TOGETHER: Duration = Duration::from_millis(50);

/// News that the page has not fetched yet: each says "look again", so that few are enough.
const NEWS: usize = 16;

/// What the page is told without having asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "news", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum News {
    /// Something that is on a screen may have changed.
    Changed,
    /// Files were chosen: they are to be taken over by who writes.
    Offered,
    /// An urgent message rings, once more: of who is inside, or of who locked this device last (U1).
    Rings,
    /// The person is no longer inside: locked, if there is no other reason.
    Over {
        /// Why.
        why: Option<Trouble>,
    },
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundLine {
    /// Where.
    #[ts(type = "string")]
    pub group: GroupId,
    /// The group's name.
    pub label: Option<String>,
    /// The number of its line in the group.
    pub line: usize,
    /// The server's time.
    #[ts(type = "number")]
    pub time: Time,
    /// Who wrote it.
    pub author: Who,
    /// What it says, in pieces: each with whether it is one of the words.
    pub pieces: Vec<(String, bool)>,
}

/// The app.
#[derive(Debug)]
pub struct App {
    tablet: Tablet,
    inside: Mutex<Option<Arc<Inside>>>,
    /// One attempt to come in at a time; with the code generator of a first sign-in, until it is confirmed.
    door: AsyncMutex<Option<FirstSignIn>>,
    news: mpsc::Sender<News>,
    drawing: Arc<Drawing>,
    /// While nobody is inside: whether something rings who locked last.
    listening: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn told<T: Serialize>(view: T) -> Result<Value> {
    serde_json::to_value(view).map_err(|_| Code::Malformed.into())
}

impl App {
    /// The app whose people are kept below `dir`; and where its news come out.
    pub fn new(dir: &Path) -> (Arc<Self>, mpsc::Receiver<News>) {
        Self::drawing_by(dir, None)
    }

    /// The same, where files are drawn by the program `drawer` ([`Drawing::ARGUMENT`]), out of this process.
    pub fn drawing_by(dir: &Path, drawer: Option<PathBuf>) -> (Arc<Self>, mpsc::Receiver<News>) {
        let (news, out) = mpsc::channel(NEWS);
        let (inside, door) = (Mutex::new(None), AsyncMutex::new(None));
        let (drawing, listening) = (Arc::new(Drawing::by(drawer)), Mutex::new(None));
        let app = Self { tablet: Tablet::at(dir), inside, door, news, drawing, listening };
        (Arc::new(app), out)
    }

    /// A person chose files of this device, in a window of the system or by dropping them here.
    pub fn offer(&self, files: Vec<PathBuf>) -> Result<()> {
        self.take_offered(files.into_iter().map(Offered::Path).collect())
    }

    /// A person pasted a picture.
    pub fn offer_pasted(&self, picture: Vec<u8>) -> Result<()> {
        self.take_offered(vec![Offered::Pasted(Zeroizing::new(picture))])
    }

    fn take_offered(&self, files: Vec<Offered>) -> Result<()> {
        let inside = self.inside()?;
        if !files.is_empty() {
            inside.bench.offer(files);
            drop(self.news.try_send(News::Offered));
        }
        Ok(())
    }

    /// What an open file is called.
    pub fn name_of(&self, handle: &str) -> Result<String> {
        looking::name(&*self.inside()?, handle)
    }

    /// Keeps a copy of an open file where a person said in a window of the system, if downloads are allowed (A12.2).
    pub async fn keep_copy(&self, handle: &str, path: &Path) -> Result<()> {
        looking::keep_copy(&*self.inside()?, handle, path).await
    }

    /// Writes an archive under a permit to where a person said in a window of the system (A12.5). What opens it comes back once.
    pub async fn take_out(&self, takeout: TakeoutId, path: &Path) -> Result<TakenOut> {
        let inside = self.inside()?;
        let taken = takeouts::export(&inside.client, takeout, path).await?;
        if !self.is_inside(&inside) {
            // It was locked meanwhile: nobody is told what opens it, so that it is of no use to anybody.
            drop(std::fs::remove_file(path));
            return Err(Code::NotSignedIn.into());
        }
        Ok(taken)
    }

    /// What the page's pictures and players ask for: only by a handle that was given to it in this session.
    pub async fn serve(&self, path: &str, range: Option<&str>) -> Served {
        let Ok(inside) = self.inside() else { return Served::nothing(403) };
        let served = looking::serve(&inside, path, range).await;
        // What was under way when it locked is not shown any more.
        if self.is_inside(&inside) { served } else { Served::nothing(403) }
    }

    fn inside(&self) -> Result<Arc<Inside>> {
        held(&self.inside).clone().ok_or_else(|| Code::NotSignedIn.into())
    }

    /// Answers one question of the page.
    pub async fn ask(self: &Arc<Self>, ask: Ask) -> Result<Value> {
        match ask {
            Ask::People => told(self.tablet.people()),
            Ask::ReadLink { link } => told(link::read(&link)?),
            Ask::Enrol { link, name, device } => told(door::enrol_here(&self.tablet, &link, &name, &device).await?),
            Ask::Approved { key } => told(Profile::load(&self.tablet.dir(&key)?)?.poll().await?),
            Ask::Forget { key } => told(self.tablet.forget(&key)?),
            Ask::Enter { key, password, second, new } => {
                let mut door = self.door.lock().await;
                if held(&self.inside).is_some() {
                    return Err(Code::NothingToDo.into());
                }
                *door = None;
                let mut profile = Profile::load(&self.tablet.dir(&key)?)?;
                match door::enter(&mut profile, &password, second.as_ref(), new.as_ref()).await? {
                    Ok(client) => {
                        self.come_in(key, client);
                        told(Entry::In)
                    }
                    Err(entry) => told(entry),
                }
            }
            Ask::SetUp { key, password } => {
                let mut door = self.door.lock().await;
                let profile = Profile::load(&self.tablet.dir(&key)?)?;
                let first = profile.set_up(&password.password()?).await?;
                let factor = door::factor(profile.approved()?.user, &first)?;
                *door = Some(first);
                told(factor)
            }
            Ask::ConfirmFactor { code } => {
                let mut door = self.door.lock().await;
                let beginning = door.as_ref().ok_or(Code::OutOfOrder)?;
                let codes = beginning.confirm(code.totp()?).await?;
                *door = None;
                told(codes.as_slice().iter().map(|code| code.text().to_string()).collect::<Vec<_>>())
            }
            Ask::Lock => {
                self.leave(false, None).await;
                told(())
            }
            Ask::SignOut => {
                self.leave(true, None).await;
                told(())
            }
            ask => {
                let inside = self.inside()?;
                // On the heap: it has room for the largest of all answers.
                let answer = Box::pin(inside_ask(&inside, ask)).await;
                // What was under way when it locked is not shown any more.
                self.inside()?;
                answer
            }
        }
    }

    fn come_in(self: &Arc<Self>, key: String, client: Client) {
        let inside = Inside::new(key, client, Arc::clone(&self.drawing));
        *held(&self.inside) = Some(Arc::clone(&inside));
        let app = Arc::downgrade(self);
        let news = self.news.clone();
        let mut changes = inside.client.changes();
        let mut connection = inside.client.connection();
        let mut rung = inside.client.rung();
        rung.mark_changed();
        if let Some(listening) = held(&self.listening).take() {
            listening.abort();
        }
        tokio::spawn(async move {
            let watching = async {
                loop {
                    tokio::select! {
                        changed = changes.changed() => if changed.is_err() { break },
                        changed = connection.changed() => if changed.is_err() { break },
                        changed = rung.changed() => if changed.is_err() { break } else if inside.client.rings() {
                            drop(news.try_send(News::Rings));
                        },
                    }
                    tokio::time::sleep(TOGETHER).await;
                    // A full queue says "look again" already.
                    drop(news.try_send(News::Changed));
                }
            };
            let again = || drop(news.try_send(News::Changed));
            let ended = tokio::select! {
                () = watching => None,
                () = sending::keep_going(&inside, again) => None,
                ended = inside.end() => ended,
                // Nothing is left here that would find a connection again.
                () = inside.gone() => return,
            };
            let here = app.upgrade();
            if let Some(app) = here.filter(|app| app.is_inside(&inside)) {
                app.leave(false, ended.map(Trouble::from)).await;
            }
        });
    }

    fn is_inside(&self, inside: &Arc<Inside>) -> bool {
        held(&self.inside).as_ref().is_some_and(|now| Arc::ptr_eq(now, inside))
    }

    /// Whoever is inside goes out: keys and everything opened leave memory first, then the server is told.
    async fn leave(&self, for_good: bool, why: Option<Trouble>) {
        let Some(inside) = held(&self.inside).take() else { return };
        inside.go();
        drop(self.news.send(News::Over { why }).await);
        for (group, text) in sending::refused_texts(&inside) {
            let kept = inside.client.drafts().ok().and_then(|all| all.get(&group).map(|text| text.as_str().to_owned()));
            let text = kept.into_iter().chain([text]).collect::<Vec<_>>().join("\n");
            if let Err(fault) = inside.client.keep_draft(group, &text) {
                tracing::info!(%fault, "what was refused is not kept as a draft");
            }
        }
        let said = if for_good { inside.client.sign_out_here().await } else { inside.client.lock_here().await };
        if let Err(fault) = said {
            tracing::info!(%fault, "the server was not told that the session is locked: it locks it by itself");
        }
        let Ok(dir) = self.tablet.dir(&inside.key) else { return };
        // A wiped device has one thing left to say.
        Profile::try_confirm_wipe(&dir).await;
        if !for_good {
            self.listen(&dir);
        }
    }

    /// Listens whether an urgent message rings the person who has just locked: until somebody comes in, or that session is over.
    fn listen(&self, dir: &Path) {
        let Ok(profile) = Profile::load(dir) else { return };
        let news = self.news.clone();
        let listening = tokio::spawn(async move {
            let ended = profile.listen_for_calls(|| drop(news.try_send(News::Rings))).await;
            tracing::debug!(%ended, "nothing rings on this locked device any more");
        });
        if let Some(before) = held(&self.listening).replace(listening) {
            before.abort();
        }
    }

    /// The window closes: nothing of anybody stays in memory (A11.4).
    pub async fn close(&self) {
        self.leave(false, None).await;
        if let Some(listening) = held(&self.listening).take() {
            listening.abort();
        }
    }
}

async fn inside_ask(inside: &Inside, ask: Ask) -> Result<Value> {
    let client = &inside.client;
    match ask {
        Ask::Touch => {
            inside.touch().await;
            told(())
        }
        Ask::Status => told(inside.status().await?),
        Ask::Home => told(home::home(client).await?),
        Ask::Timeline { group, from, count } => told(timeline::timeline(client, group, from, count).await?),
        Ask::MarkSeen { group, seq } => told(client.mark_seen(group, seq)?),
        Ask::Seen { group, seq } => told(timeline::seen(client, group, seq).await?),
        Ask::Post { group, text, meant } => told(writing::post(inside, group, &text, meant)?),
        Ask::PostUrgent { group, text, of, meant } => {
            told(writing::post_urgent(client, group, &text, &of, meant).await?)
        }
        Ask::Broadcasts => told(broadcasts::broadcasts(inside).await?),
        Ask::AnswerBroadcast { broadcast, says } => {
            broadcasts::answer(inside, broadcast, says).await?;
            told(())
        }
        Ask::HowPeopleAre { broadcast } => told(broadcasts::people(client, broadcast).await?),
        Ask::Urgent => told(calls::urgent(client).await?),
        Ask::Acknowledge { group, call } => {
            client.acknowledge(group, call).await?;
            told(())
        }
        Ask::Callable { group } => told(calls::callable(client, group).await?),
        Ask::Reach => told(calls::reach(client)?),
        Ask::PostAgain { id, meant } => told(writing::post_again(inside, id, meant)?),
        Ask::TakeBack { id } => told(client.take_back(id)?.as_str()),
        Ask::Draft { group } => told(client.drafts()?.get(&group).map_or("", |text| text.as_str())),
        Ask::KeepDraft { group, text } => told(client.keep_draft(group, &text)?),
        Ask::Correct { group, seq, text, meant } => told(writing::correct(client, group, seq, &text, meant).await?),
        Ask::Retract { group, seq } => {
            client.retract(group, seq).await?;
            told(())
        }
        Ask::Duties => told(duties::duties(client).await?),
        Ask::ConfirmDuty { duty } => {
            duties::confirm(client, duty).await?;
            told(())
        }
        Ask::StepUp { code } => {
            client.step_up(code.totp()?).await?;
            told(())
        }
        Ask::Decisions => told(decisions::decisions(client).await?),
        Ask::DecideInvitation { group, invitation, approve } => {
            decisions::decide(client, group, invitation, approve).await?;
            told(())
        }
        Ask::ApproveDevice { device, words } => {
            decisions::approve_device(client, device, &words).await?;
            told(())
        }
        Ask::Staff => told(staff::staff(client).await?),
        Ask::Person { user } => told(staff::person(client, user).await?),
        Ask::Do { deed } => told(deeds::perform(client, deed).await?),
        Ask::PlanStaff { files } => told(staff_file::plan(client, &files).await?),
        Ask::ImportStaff { files } => told(staff_file::import(client, &files).await?),
        Ask::Governed => told(managing::governed(client)),
        Ask::Members { group } => told(managing::group(client, group).await?),
        Ask::Incident { group } => told(incidents::incident(client, group).await?),
        Ask::Report { plan, meant } => told(incidents::report(client, plan, meant).await?),
        Ask::Candidates { group, facility, query } => {
            told(managing::candidates(client, group, facility, &query).await?)
        }
        Ask::Desk => told(desk::desk(client).await?),
        Ask::Inquiries => told(inquiries::inquiries(client).await?),
        Ask::Inquiry { group } => told(inquiries::inquiry(client, group).await?),
        Ask::OpenInquiry { subject, text, meant } => told(inquiries::open(client, &subject, &text, meant).await?),
        Ask::Announcements { count } => told(announcements::announcements(inside, count).await?),
        Ask::DraftAnnouncement { plan, meant } => told(announcements::draft(client, plan, meant).await?),
        Ask::Ending { group } => told(endings::ending(client, group).await?),
        Ask::Delegations => told(delegating::view(client)),
        Ask::Oversight => told(rounds::oversight(client).await?),
        Ask::Takeouts => told(takeouts::takeouts(client).await?),
        Ask::Chart { of, english } => told(takeouts::chart(client, of, english).await?),
        Ask::Search { group, query } => told(search(client, group, &query).await?),
        ask => file_ask(inside, ask).await,
    }
}

/// Files and the patient card.
async fn file_ask(inside: &Inside, ask: Ask) -> Result<Value> {
    let client = &inside.client;
    match ask {
        Ask::Attach { group, chosen } => told(attaching::attach(inside, group, chosen).await?),
        Ask::Detach { group, id } => {
            inside.bench.remove(group, &id);
            told(())
        }
        Ask::SendFiles { group, text, no_download, meant } => {
            told(writing::send_files(inside, group, &text, no_download, meant).await?)
        }
        Ask::Sending { group } => told(sending::lines(inside, group)?),
        Ask::TakeBackFiles { id } => told(sending::take_back(inside, id).await?),
        Ask::OpenFile { group, seq, file } => told(looking::open(inside, group, seq, file).await?),
        Ask::OpenPreview { group, seq, file } => told(looking::preview(inside, group, seq, file).await?),
        Ask::StillOpen { handle } => told(looking::still_open(inside, &handle)?),
        Ask::CloseFile { handle } => {
            inside.views.close(&handle);
            told(())
        }
        Ask::Card { group } => told(card::card(client, group).await?),
        Ask::CardHistory { group } => told(card::history(client, group).await?),
        Ask::ChangeCard { group, card, replaces } => {
            card::change(client, group, &card, replaces).await?;
            told(())
        }
        _ => Err(Code::OutOfOrder.into()),
    }
}

async fn search(client: &Client, group: Option<GroupId>, query: &str) -> Result<Vec<FoundLine>> {
    let found = client.search(group, query)?;
    let author = |one: &renkei_client_core::search::Found| {
        client.look(|replica| replica.group(one.group)?.message(one.seq)?.statement.actor.user())
    };
    let authors: Vec<_> = found.iter().map(author).collect();
    let people = People::of(client, authors.iter().flatten().copied()).await?;
    let lines = found.into_iter().zip(authors).filter_map(|(one, author)| {
        Some(FoundLine {
            group: one.group,
            label: client.label(one.group).map(|label| label.to_string()),
            line: timeline::number(client, one.group, one.seq)?,
            time: one.time,
            author: people.who(author?),
            pieces: pieces(&one.text, &one.at),
        })
    });
    Ok(lines.collect())
}

/// A text in pieces, by what was found in it.
fn pieces(text: &str, at: &[core::ops::Range<usize>]) -> Vec<(String, bool)> {
    let (mut pieces, mut upto) = (Vec::new(), 0);
    for range in at {
        let start = range.start.max(upto);
        if let (Some(before), Some(word)) = (text.get(upto..start), text.get(start..range.end.max(start))) {
            pieces.extend([(before, false), (word, true)]);
            upto = range.end.max(start);
        }
    }
    pieces.extend(text.get(upto..).map(|rest| (rest, false)));
    pieces.into_iter().filter(|(piece, _)| !piece.is_empty()).map(|(piece, found)| (piece.to_owned(), found)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text_whatever_overlaps() {
        let piece = |text: &str, found| (text.to_owned(), found);
        assert_eq!(pieces("血圧は120", &[0..6, 9..12]), [piece("血圧", true), piece("は", false), piece("120", true)]);
        assert_eq!(pieces("ああ", &[0..6, 0..3, 3..6]), [piece("ああ", true)]);
        assert_eq!(pieces("なし", &[]), [piece("なし", false)]);
        assert_eq!(pieces("", &[]), []);
    }
}
