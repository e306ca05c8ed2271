//! What a command says when it did not do its work: the code's sentence, and what it was about.

use std::process::ExitCode;

use renkei_client_core::Fault;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::{Language, password_rule, sentence};
use serde::{Deserialize, Serialize};

/// A fault, and the word or path that the person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    /// A person thought better of it: nothing is wrong, and `about` says all there is to say.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) declined: bool,
}

pub(crate) type Result<T> = core::result::Result<T, Failure>;

impl Failure {
    /// `code`, said of `about`.
    pub(crate) fn about(code: Code, about: impl Into<String>) -> Self {
        Self { fault: code.into(), about: Some(about.into()), declined: false }
    }

    /// A person was asked and did not say yes, or could not be asked.
    pub(crate) fn declined(about: &str) -> Self {
        Self { declined: true, ..Self::about(Code::BadInput, about) }
    }

    pub(crate) fn code(&self) -> Code {
        self.fault.code
    }

    /// A script tells kinds of failure apart by this.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code().class().exit_status())
    }

    /// For a person: the sentence, each rule that a password fails, the seconds to wait, and what it was about.
    pub(crate) fn text(&self, language: Language) -> String {
        if let Some(about) = self.about.as_ref().filter(|_| self.declined) {
            return about.clone();
        }
        let mut lines = vec![sentence(self.code(), language).to_owned()];
        lines.extend(self.fault.failed.as_slice().iter().map(|rule| format!("  - {}", password_rule(*rule, language))));
        if let Some(seconds) = self.fault.retry_after {
            lines.push(match language {
                Language::Japanese => format!("  {seconds}秒後にやり直せます。"),
                Language::English => format!("  Try again in {seconds} seconds."),
            });
        }
        let next = match self.code() {
            Code::NoticeUnread => Some("renkei notice accept"),
            Code::ReviewOverdue => Some("renkei review confirm"),
            Code::PasswordExpired => Some("renkei sign-in --change-password"),
            Code::PostureMissing => Some("renkei device declare --help"),
            Code::StepUpRequired => Some("renkei step-up"),
            Code::NotSignedIn | Code::SessionLocked | Code::SessionExpired => Some("renkei sign-in"),
            Code::UploadsSpent | Code::FileIncomplete => Some("renkei file resume ID (ID: renkei file uploads)"),
            _ => None,
        };
        lines.extend(next.map(|command| format!("  {command}")));
        lines.extend(self.about.iter().map(|about| format!("  ({about})")));
        lines.join("\n")
    }

    /// For a script, with the fields that a program can act on.
    pub(crate) fn json(&self, language: Language) -> serde_json::Value {
        serde_json::json!({ "error": {
            "code": self.code().name(),
            "sentence": sentence(self.code(), language),
            "retry_after": self.fault.retry_after,
            "failed": self.fault.failed,
            "about": self.about,
        }})
    }

    /// Says it where it belongs.
    pub(crate) fn tell(&self, json: bool, language: Language) {
        if json {
            eprintln!("{}", self.json(language));
        } else {
            eprintln!("{}", self.text(language));
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, about: None, declined: false }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self { fault: code.into(), about: None, declined: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_follows_the_class() {
        let of = |code: Code| format!("{:?}", Failure::from(code).exit_code());
        assert_eq!(of(Code::NotOriginator), format!("{:?}", ExitCode::from(3)));
        assert_eq!(of(Code::NotSignedIn), format!("{:?}", ExitCode::from(4)));
        assert_eq!(of(Code::TryLater), format!("{:?}", ExitCode::from(5)));
        assert_eq!(of(Code::HeadMismatch), format!("{:?}", ExitCode::from(7)));
    }

    #[test]
    fn a_weak_password_is_told_rule_by_rule_and_a_wait_in_seconds() {
        use renkei_client_core::proto::bytes::List;
        use renkei_client_core::proto::frame::PasswordRule;
        let failed = List::new(vec![PasswordRule::Length, PasswordRule::Symbol]).unwrap();
        let weak = Failure::from(Fault { failed, ..Code::PasswordTooWeak.into() });
        assert_eq!(weak.text(Language::English).lines().count(), 3);
        let later = Failure::from(Fault { retry_after: Some(17), ..Code::TryLater.into() });
        assert!(later.text(Language::Japanese).contains("17秒"));
        assert_eq!(later.json(Language::English)["error"]["retry_after"], 17);
    }

    #[test]
    fn who_is_stuck_is_told_the_command_that_helps() {
        let last = |code: Code| Failure::from(code).text(Language::Japanese).lines().last().unwrap().trim().to_owned();
        assert_eq!(last(Code::PasswordExpired), "renkei sign-in --change-password");
        assert_eq!(last(Code::SessionLocked), "renkei sign-in");
        assert!(last(Code::UploadsSpent).starts_with("renkei file resume"));
        assert!(!last(Code::NotAMember).starts_with("renkei"));
    }

    #[test]
    fn a_failure_survives_the_way_from_the_agent() {
        let failure = Failure::about(Code::Ambiguous, "見本 花子");
        let text = serde_json::to_string(&failure).unwrap();
        assert_eq!(serde_json::from_str::<Failure>(&text).unwrap(), failure);
    }
}
