//! Signing in: the password, then the code, then an agent. The first time, a new password and a code generator before.
//! Where this device's session is locked, the password alone unlocks it (A11.4).

use std::io::Write as _;

use data_encoding::BASE32_NOPAD;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, TotpSecret};
use renkei_client_core::proto::id::UserId;
use zeroize::Zeroizing;

use crate::agent::protocol::{How, Opening, Second};
use crate::agent::{ask, hangup, start};
use crate::args::SignIn;
use crate::commands;
use crate::failure::{Failure, Result};
use crate::place::Place;
use crate::reply::Reply;
use crate::secrets::{Secret, Secrets, descriptor};
use crate::terminal::Terminal;

pub(crate) async fn run(command: SignIn, place: &Place, terminal: Terminal) -> Result<Reply> {
    if ask::running(&place.socket()?) {
        let about = terminal.say("すでにサインインしています: renkei status", "signed in already: renkei status");
        return Err(Failure::about(Code::NothingToDo, about));
    }
    let mut profile = Profile::load(&place.dir())?;
    if !profile.poll().await? {
        return Err(Code::DeviceNotApproved.into());
    }
    let user = profile.approved()?.user;
    let mut secrets = Secrets::default();
    let prompt = terminal.say("パスワード: ", "Password: ");
    let locked = !command.recovery && !command.change_password && profile.counts().await.is_ok();
    let mut password = secrets.take(command.password_fd, prompt)?;
    if locked {
        opening_note(terminal);
        match start::start(place, &Opening { password: password.clone(), how: How::Unlock }, command.idle, command.stay)
        {
            // It came to its end, or is open where an agent was killed: then all factors are needed.
            Err(failure)
                if matches!(
                    failure.code(),
                    Code::SessionEnded | Code::SessionExpired | Code::PasswordChanged | Code::FactorsReset
                ) => {}
            unlocked => return begun(unlocked, &command, terminal),
        }
    }
    // Before a code is asked for, the server says whether this person has made the first sign-in.
    match profile.sign_in(&password.password()?, None).await {
        Err(fault) if fault.code == Code::SecondFactorRequired && command.setup_only => {
            return Err(Code::SetUpDone.into());
        }
        Err(fault) if fault.code == Code::SecondFactorRequired => {}
        Err(fault) if fault.code == Code::SetUpRequired => {
            password = set_up(&command, &profile, user, password, &mut secrets, terminal).await?;
            if command.setup_only {
                return Ok(Reply::SetUp);
            }
            let next = terminal.say(
                "設定が済みました。確認コードは一度しか使えません。次のコードが表示されるまで（最大30秒）お待ちください。",
                "That is set up. A code works only once: wait until the generator shows the next one (30 seconds at most).",
            );
            terminal.note(next);
        }
        Err(fault) => return Err(fault.into()),
        Ok(_) => return Err(Code::Malformed.into()),
    }
    let mut new = if command.change_password { Some(new_password(&command, &mut secrets, terminal)?) } else { None };
    // A code given as an argument was used up by the setting up, if there was one: then the next is asked for.
    let second = second(&command, &mut secrets, terminal)?;
    loop {
        opening_note(terminal);
        let how = How::SignIn { second: second.clone(), new: new.take() };
        match start::start(place, &Opening { password: password.clone(), how }, command.idle, command.stay) {
            // The code was not used up by this.
            Err(failure)
                if matches!(failure.code(), Code::PasswordExpired | Code::PasswordTooWeak)
                    && command.password_fd.is_none()
                    && !terminal.json =>
            {
                failure.tell(false, terminal.language);
                new = Some(new_password(&command, &mut secrets, terminal)?);
            }
            done => return begun(done, &command, terminal),
        }
    }
}

fn opening_note(terminal: Terminal) {
    terminal.note(terminal.say("保管庫を開き、記録を確かめています…", "Opening the vault and checking the records…"));
}

/// Who signed in at a terminal is told what closing it does.
fn begun(done: Result<Reply>, command: &SignIn, terminal: Terminal) -> Result<Reply> {
    if done.is_ok() && !command.stay && hangup::terminal().is_some() {
        terminal.note(terminal.say(
            "このターミナルを閉じるとサインアウトします（残すには --stay）。",
            "Closing this terminal signs out (--stay: it does not).",
        ));
    }
    done
}

fn new_password(command: &SignIn, secrets: &mut Secrets, terminal: Terminal) -> Result<Secret> {
    let prompts = (terminal.say("新しいパスワード: ", "New password: "), terminal.say("もう一度: ", "Once more: "));
    secrets.take_new(command.password_fd, prompts, terminal.language)
}

fn second(command: &SignIn, secrets: &mut Secrets, terminal: Terminal) -> Result<Second> {
    if command.recovery {
        let prompt = terminal.say("予備コード: ", "Recovery code: ");
        return Ok(Second::Recovery(secrets.take(command.code_fd, prompt)?));
    }
    code(command, secrets, terminal).map(Second::Code)
}

fn code(command: &SignIn, secrets: &mut Secrets, terminal: Terminal) -> Result<u32> {
    match &command.code {
        Some(code) => Secret::new(code.clone()).totp(),
        None => secrets.take(command.code_fd, terminal.say("確認コード（6桁）: ", "Code (six digits): "))?.totp(),
    }
}

/// The first sign-in. The password typed so far is the new one; it is typed once more, and mended until it meets the
/// rules.
async fn set_up(
    command: &SignIn,
    profile: &Profile,
    user: UserId,
    first: Secret,
    secrets: &mut Secrets,
    terminal: Terminal,
) -> Result<Secret> {
    if command.code.is_some() {
        let about = terminal.say(
            "初回は認証アプリの設定が先です。--code なしで実行してください",
            "the first time a code generator is set up before: leave --code out",
        );
        return Err(Failure::about(Code::SetUpRequired, about));
    }
    terminal.note(terminal.say(
        "初めてのサインインです。入力したパスワードをこれから使うパスワードとして設定します。",
        "This is your first sign-in. What you typed becomes your password.",
    ));
    let mut chosen = first;
    if command.password_fd.is_none() {
        let again = secrets.take(None, terminal.say("パスワードをもう一度: ", "The same password once more: "))?;
        if again.as_str() != chosen.as_str() {
            return Err(Failure::about(Code::BadInput, terminal.say("2回の入力が違います", "the two differ")));
        }
    }
    let pending = loop {
        let password: Password = chosen.password()?;
        match profile.set_up(&password).await {
            Ok(pending) => break pending,
            Err(fault) if fault.code == Code::PasswordTooWeak && command.password_fd.is_none() => {
                Failure::from(fault).tell(false, terminal.language);
                let prompts =
                    (terminal.say("新しいパスワード: ", "New password: "), terminal.say("もう一度: ", "Once more: "));
                chosen = secrets.take_new(None, prompts, terminal.language)?;
            }
            Err(fault) => return Err(fault.into()),
        }
    };
    show_factor(command, user, pending.factor(), terminal)?;
    let confirming = secrets.take(
        command.code_fd,
        terminal.say("認証アプリに表示された6桁: ", "The six digits that the generator shows: "),
    )?;
    let codes = commands::recovery_codes(&pending.confirm(confirming.totp()?).await?);
    match (&codes, command.show_secret_fd) {
        (Reply::RecoveryCodes { codes }, Some(fd)) => codes.iter().try_for_each(|code| write_line(fd, code))?,
        _ => terminal.print(&codes),
    }
    Ok(chosen)
}

/// What a code generator is set up with (the key URI format that these apps share).
fn factor(user: UserId, secret: &TotpSecret) -> (Zeroizing<String>, Zeroizing<String>) {
    let secret = Zeroizing::new(BASE32_NOPAD.encode(&secret.0));
    let uri = Zeroizing::new(format!("otpauth://totp/Renkei:{user}?secret={}&issuer=Renkei", *secret));
    (secret, uri)
}

/// Shows the secret once, to the person or to the descriptor that a script opened for it.
fn show_factor(command: &SignIn, user: UserId, secret: &TotpSecret, terminal: Terminal) -> Result<()> {
    let (secret, uri) = factor(user, secret);
    let Some(fd) = command.show_secret_fd else {
        terminal.print(&Reply::Factor { secret: secret.to_string(), uri: uri.to_string() });
        return Ok(());
    };
    write_line(fd, &uri)
}

fn write_line(fd: u32, line: &str) -> Result<()> {
    let failed = |error: std::io::Error| Failure::about(Code::BadInput, format!("--show-secret-fd {fd}: {error}"));
    let mut out = std::fs::OpenOptions::new().append(true).open(descriptor(fd)).map_err(failed)?;
    writeln!(out, "{line}").map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_6_the_generator_is_set_up_by_the_usual_uri() {
        let (secret, uri) = factor(UserId([0; 16]), &TotpSecret(*b"12345678901234567890"));
        assert_eq!(*secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let id = UserId([0; 16]);
        assert_eq!(*uri, format!("otpauth://totp/Renkei:{id}?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Renkei"));
    }
}
