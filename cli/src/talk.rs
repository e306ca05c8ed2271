//! A command's talk with the agent: what only the terminal knows is filled in, and questions are put to the person.

use std::io::{IsTerminal as _, Read as _};
use std::time::Duration;

use renkei_client_core::profile::Profile;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::Language;

use crate::agent::ask::Conversation;
use crate::agent::protocol::Response;
use crate::args::care::MessageCommand;
use crate::args::desk::{IncidentCommand, InquiryCommand};
use crate::args::request::Request;
use crate::args::session::PasswordCommand;
use crate::args::takeout::TakeoutCommand;
use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::reply::{Locked, Owes, Reply, Status};
use crate::secrets::Secrets;
use crate::tables;
use crate::terminal::Terminal;

/// Longest wait for the counts of a locked session.
const MOMENT: Duration = Duration::from_secs(3);

/// Carries `request` out through the agent of `place`.
pub(crate) fn run(mut request: Request, place: &Place, terminal: Terminal) -> Result<Reply> {
    fill_in(&mut request, terminal)?;
    let socket = place.socket()?;
    let mut conversation = match Conversation::begin(&socket, &request) {
        Err(failure) if failure.code() == Code::NotSignedIn => return without_agent(&request, place, failure),
        conversation => conversation?,
    };
    let (mut asked, mut stepped_up) = (false, false);
    loop {
        match conversation.next()? {
            Response::Line(reply) => terminal.print(&reply),
            Response::Done(reply) => return tables::write(&request, with_profile(reply, place), terminal),
            Response::Error(failure) if failure.code() == Code::StepUpRequired && !stepped_up && may_ask(terminal) => {
                terminal.note(terminal.say("管理の操作です。", "This is an administrative act."));
                let code = Secrets::default().take(None, code_prompt(terminal))?;
                run(Request::StepUp { code_fd: None, code: Some(code) }, place, terminal)?;
                stepped_up = true;
                conversation = Conversation::begin(&socket, &request)?;
            }
            Response::Error(failure) => return Err(failure),
            Response::Ask(question) => {
                if asked {
                    terminal.note(terminal.say(
                        "表示した内容が変わりました。何もしていません。もう一度確かめてください。",
                        "What you were shown has changed: nothing was done. Look again.",
                    ));
                }
                terminal.confirm(&question.about, question.compare)?;
                request.sure().ok_or(Code::Malformed)?.has_seen(question.shown);
                asked = true;
                conversation = Conversation::begin(&socket, &request)?;
            }
        }
    }
}

fn fill_in(request: &mut Request, terminal: Terminal) -> Result<()> {
    match request {
        Request::Send { text, .. }
        | Request::Message(MessageCommand::Correct { text, .. })
        | Request::Inquiry(
            InquiryCommand::Open { text, .. }
            | InquiryCommand::Reply { text, .. }
            | InquiryCommand::Answer { text, .. },
        )
        | Request::Incident(IncidentCommand::Report { text, .. } | IncidentCommand::Reply { text, .. })
            if text.as_deref().is_none_or(|text| text == "-") =>
        {
            if std::io::stdin().is_terminal() {
                terminal
                    .note(terminal.say("本文を入力し、Ctrl-D で送信します。", "Type the message; Ctrl-D sends it."));
            }
            *text = Some(standard_input()?);
        }
        Request::Password(PasswordCommand::Change { password_fd, old, new }) => {
            let mut secrets = Secrets::default();
            *old = Some(secrets.take(*password_fd, terminal.say("今のパスワード: ", "Present password: "))?);
            let prompts =
                (terminal.say("新しいパスワード: ", "New password: "), terminal.say("もう一度: ", "Once more: "));
            *new = Some(secrets.take_new(*password_fd, prompts, terminal.language)?);
        }
        Request::StepUp { code_fd, code } if code.is_none() => {
            *code = Some(Secrets::default().take(*code_fd, code_prompt(terminal))?);
        }
        Request::Takeout(TakeoutCommand::Export { passphrase_fd: fd @ Some(_), passphrase, .. }) => {
            *passphrase = Some(Secrets::default().take(*fd, "")?);
        }
        Request::Takeout(TakeoutCommand::Chart { english, .. }) => *english = terminal.language == Language::English,
        _ => {}
    }
    Ok(())
}

/// Whether somebody is there who can be asked in the middle of a command.
fn may_ask(terminal: Terminal) -> bool {
    !terminal.json && std::io::stdin().is_terminal()
}

fn code_prompt(terminal: Terminal) -> &'static str {
    terminal.say("確認コード（6桁）: ", "Code (six digits): ")
}

/// The text of a message, without the line end that closes it.
fn standard_input() -> Result<String> {
    let mut text = String::new();
    let most = u64::try_from(bounds::MESSAGE_TEXT).unwrap_or(u64::MAX) + 2;
    let read = std::io::stdin().take(most).read_to_string(&mut text);
    read.map_err(|_| Failure::about(Code::BadInput, "UTF-8"))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Without an agent most commands can't be done; that it isn't there is itself an answer to some.
fn without_agent(request: &Request, place: &Place, failure: Failure) -> Result<Reply> {
    let profile = Profile::load(&place.dir())?;
    match request {
        Request::Status => {
            let public = profile.public();
            let approved = public.approved.as_ref();
            Ok(Reply::Status(Box::new(Status {
                profile: place.profile.clone(),
                server: public.server.clone(),
                device: public.device,
                user: approved.map(|approved| approved.user),
                approved: approved.is_some(),
                signed_in: false,
                who: None,
                association: approved.map(|approved| approved.association),
                association_name: None,
                online: false,
                roles: Vec::new(),
                groups: 0,
                registry: 0,
                heads_fresh: false,
                keys_replaced: false,
                locks_in: None,
                locked: locked(&profile),
                posture: None,
                owes: Owes::default(),
            })))
        }
        // Locked and signed out already.
        Request::Lock => Ok(Reply::Done),
        _ => Err(failure),
    }
}

/// What the server tells of a session without an agent. A person who only asks waits no longer than a moment for it.
fn locked(profile: &Profile) -> Option<Locked> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let counts = runtime.block_on(async { tokio::time::timeout(MOMENT, profile.counts()).await }).ok()?.ok()?;
    let calls = runtime
        .block_on(async { tokio::time::timeout(MOMENT, profile.calls()).await })
        .ok()
        .and_then(core::result::Result::ok);
    let urgent = calls.map_or(0, |calls| calls.len());
    Some(Locked { groups: counts.len(), messages: counts.iter().map(|(_, messages)| messages).sum(), urgent })
}

/// The agent knows the person; the profile knows the server.
fn with_profile(mut reply: Reply, place: &Place) -> Reply {
    if let Reply::Status(status) = &mut reply
        && let Ok(profile) = Profile::load(&place.dir())
    {
        profile.public().server.clone_into(&mut status.server);
    }
    reply
}
