//! Signing in: the password, then the code, then an agent. The first time, a new password and a code generator before.

use std::io::Write as _;

use data_encoding::BASE32_NOPAD;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Password, TotpSecret};
use renkei_client_core::proto::id::UserId;
use zeroize::Zeroizing;

use crate::agent::protocol::Opening;
use crate::agent::{ask, start};
use crate::args::SignIn;
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
    let mut password = secrets.take(command.password_fd, prompt)?;
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
    // A code given as an argument was used up by the setting up, if there was one: then the next is asked for.
    let code = code(&command, &mut secrets, terminal)?;
    terminal.note(terminal.say("保管庫を開き、記録を確かめています…", "Opening the vault and checking the records…"));
    start::start(place, &Opening { password, code }, command.idle)
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
    pending.confirm(confirming.totp()?).await?;
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
    let failed = |error: std::io::Error| Failure::about(Code::BadInput, format!("--show-secret-fd {fd}: {error}"));
    let mut out = std::fs::OpenOptions::new().append(true).open(descriptor(fd)).map_err(failed)?;
    writeln!(out, "{}", *uri).map_err(failed)
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
