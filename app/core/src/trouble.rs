//! What a person is told where something was not done.

use renkei_client_core::Fault;
use renkei_client_core::proto::code::{Class, Code};
use renkei_client_core::proto::sentence::{Language, password_rule, sentence};
use serde::Serialize;
use ts_rs::TS;

/// A refusal or failure, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// The stable code, for the page to decide what it offers next. Never shown.
    pub code: String,
    /// 何が起きたか、次に何をするか.
    pub ja: String,
    /// The same in English.
    pub en: String,
    /// When it may be tried again, in seconds, where that is known.
    pub retry_after: Option<u32>,
    /// For a password that is too weak: each rule that it fails, in both languages.
    pub failed: Vec<(String, String)>,
    /// Goes over by itself.
    pub later: bool,
}

impl Trouble {
    /// One that the app finds by itself, without a code of the protocol.
    pub(crate) fn of_page(code: &str, ja: &str, en: &str) -> Self {
        let (code, ja, en) = (code.to_owned(), ja.to_owned(), en.to_owned());
        Self { code, ja, en, retry_after: None, failed: Vec::new(), later: false }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        let say = |language| sentence(fault.code, language).to_owned();
        let rule = |rule| {
            let say = |language| password_rule(rule, language).to_owned();
            (say(Language::Japanese), say(Language::English))
        };
        Self {
            code: fault.code.name().to_owned(),
            ja: say(Language::Japanese),
            en: say(Language::English),
            retry_after: fault.retry_after,
            failed: fault.failed.as_slice().iter().copied().map(rule).collect(),
            later: fault.code.class() == Class::Later,
        }
    }
}

impl From<Code> for Trouble {
    fn from(code: Code) -> Self {
        Fault::from(code).into()
    }
}
