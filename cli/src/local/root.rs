//! The association's root key: made, shown, and used for founding and for the Desk's operators.

use std::path::Path;

use renkei_client_core::office;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Password;
use renkei_client_core::proto::text::Line;
use renkei_client_core::root::{self, Root};

use crate::args::{AssociationCommand, Passphrase, RootCommand, RootFile, device_named};
use crate::commands::ticket_reply;
use crate::failure::{Failure, Result};
use crate::reply::{Candidate, Reply};
use crate::secrets::Secrets;
use crate::terminal::Terminal;

pub(crate) fn run_root(command: &RootCommand, terminal: Terminal) -> Result<Reply> {
    let root = match command {
        RootCommand::Init { file, passphrase } => {
            let prompts = (
                terminal.say("新しいパスフレーズ（16文字以上）: ", "New passphrase (at least 16 characters): "),
                terminal.say("もう一度: ", "Once more: "),
            );
            let secret = Secrets::default().take_new(passphrase.password_fd, prompts, terminal.language)?;
            if secret.as_str().chars().count() < root::PASSPHRASE {
                return Err(Failure::about(
                    Code::BadInput,
                    terminal.say("パスフレーズは16文字以上", "at least 16 characters"),
                ));
            }
            Root::create(file, &secret.password()?)?
        }
        RootCommand::Show { file, passphrase } => open(file, passphrase, terminal)?,
    };
    Ok(Reply::Root { fingerprint: root.fingerprint() })
}

fn passphrase(from: &Passphrase, terminal: Terminal) -> Result<Password> {
    let prompt = terminal.say("ルート鍵のパスフレーズ: ", "Passphrase of the root key: ");
    Secrets::default().take(from.password_fd, prompt)?.password()
}

fn open(file: &Path, from: &Passphrase, terminal: Terminal) -> Result<Root> {
    if !file.exists() {
        return Err(Failure::about(Code::Unknown, file.display().to_string()));
    }
    let opened = Root::open(file, &passphrase(from, terminal)?);
    opened.map_err(|fault| Failure { about: Some(file.display().to_string()), ..Failure::from(fault) })
}

fn open_root(root: &RootFile, terminal: Terminal) -> Result<Root> {
    open(&root.file, &root.passphrase, terminal)
}

pub(crate) async fn run_association(command: AssociationCommand, terminal: Terminal) -> Result<Reply> {
    match command {
        AssociationCommand::Found { root, server, claim, name, desk_name } => {
            let claim = claim.parse().map_err(|_| Failure::about(Code::BadInput, "--claim renkei:claim/…"))?;
            let line = |text: &str| {
                Line::new(text.trim()).map_err(|bad| Failure::about(Code::BadInput, format!("{text}: {bad}")))
            };
            let (name, desk_name) = (line(&name)?, line(&desk_name)?);
            let mut root = open_root(&root, terminal)?;
            root.found(&server, &claim, name, desk_name).await?;
            Ok(Reply::Founded { fingerprint: root.fingerprint(), server })
        }
        AssociationCommand::OperatorTicket { root, person, profession, pledge } => {
            let pledge = pledge.required()?;
            let details = office::details(&person.name, person.kana.as_deref())?;
            let mut root = open_root(&root, terminal)?;
            Ok(ticket_reply(&root.operator_ticket(details, profession, pledge).await?))
        }
        AssociationCommand::Operators { root } => {
            let candidates = open_root(&root, terminal)?.candidates().await?;
            Ok(Reply::Candidates { operators: candidates.iter().map(described).collect() })
        }
        AssociationCommand::Appoint { root, device, yes } => {
            let mut root = open_root(&root, terminal)?;
            let candidates = root.candidates().await?;
            let mut meant = candidates.iter().filter(|candidate| device_named(&device, candidate.device));
            let candidate = meant.next().ok_or_else(|| Failure::about(Code::Unknown, device.clone()))?;
            if meant.next().is_some() {
                return Err(Failure::about(Code::Ambiguous, device));
            }
            let about = Reply::Candidates { operators: vec![described(candidate)] };
            terminal.confirm_unless(yes, &about, true)?;
            Ok(Reply::Appointed { user: root.appoint(candidate).await? })
        }
        AssociationCommand::EndOperator { root, user, yes } => {
            let root = open_root(&root, terminal)?;
            terminal.confirm_unless(yes, &Reply::User { user }, false)?;
            Ok(root.end_operator(user).await?.into())
        }
    }
}

fn described(candidate: &root::Candidate) -> Candidate {
    Candidate { device: candidate.device, name: candidate.name.clone(), words: candidate.words.clone().into() }
}
