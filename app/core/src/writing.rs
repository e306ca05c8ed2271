//! What a person writes leaves this device by the functions here and by no others, and each looks first for what tells who
//! somebody is (S2). Where something is found, nothing is sent: the page is told what there is to ask, and only who means
//! exactly that sends it. A page that forgets to ask sends nothing.
//!
//! It is asked about a group and what was found, not about a text: whoever answers, and then mends another word, is not asked
//! again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use renkei_client_core::client::Client;
use renkei_client_core::policy::s2_identifying::Kind;
use renkei_client_core::proto::act::GroupKind;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{GroupId, StatementId, UserId};
use renkei_client_core::words;
use serde::Serialize;
use ts_rs::TS;

use crate::{Inside, Result, sending};

/// Something written that tells who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Identified {
    /// What it is, in Japanese and in English.
    pub called: (String, String),
    /// As it is written.
    pub words: String,
    /// It is in the name of a file.
    pub in_name: bool,
}

/// What a person is asked before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// Names exactly this: who means it sends with it.
    #[ts(type = "string")]
    pub asked: Hash32,
    /// It would go to a patient's group, and names another patient.
    pub other_patient: bool,
    /// What was found, each once.
    pub found: Vec<Identified>,
}

/// What came of sending something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "checked", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Checked {
    /// It is kept, and goes by itself.
    Sent,
    /// Nothing was sent: the person is asked first.
    Asks(Question),
}

/// What was meant of messages that are not on the server yet: one that was refused goes again as it was.
#[derive(Debug, Default)]
pub(crate) struct Meant(Mutex<BTreeMap<StatementId, Hash32>>);

impl Meant {
    fn held(&self) -> MutexGuard<'_, BTreeMap<StatementId, Hash32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    fn of(group: GroupId, other_patient: bool, all: impl IntoIterator<Item = Identified>) -> Option<Self> {
        let mut found: Vec<Identified> = Vec::new();
        for one in all {
            if !found.contains(&one) {
                found.push(one);
            }
        }
        let asked = sha256(format!("{group} {found:?}").as_bytes());
        (!found.is_empty()).then_some(Self { asked, other_patient, found })
    }

    /// What the person means, if anything was to be asked; the question, where it is not this that is `meant`.
    fn answered(question: Option<Self>, meant: &[Option<Hash32>]) -> core::result::Result<Option<Hash32>, Self> {
        match question {
            None => Ok(None),
            Some(question) if meant.contains(&Some(question.asked)) => Ok(Some(question.asked)),
            Some(question) => Err(question),
        }
    }
}

fn called(kind: Kind) -> (String, String) {
    let row = words::IDENTIFYING.iter().find(|(known, ..)| *known == kind);
    row.map(|(_, _, ja, en)| ((*ja).to_owned(), (*en).to_owned())).unwrap_or_default()
}

/// What is to be asked of who sends `text`, with files of these names, to `group`.
fn question(client: &Client, group: GroupId, text: &str, names: &[&str]) -> Option<Question> {
    let texts = std::iter::once((text, false)).chain(names.iter().map(|name| (*name, true)));
    let found = texts.flat_map(|(text, in_name)| {
        client.identifying(Some(group), text).into_iter().map(move |one| Identified {
            called: called(one.kind),
            words: text.get(one.at).unwrap_or_default().to_owned(),
            in_name,
        })
    });
    let patients = client.look(|replica| {
        let state = replica.group(group).and_then(renkei_client_core::replica::Followed::group);
        state.is_some_and(|state| state.kind() == GroupKind::Patient)
    });
    Question::of(group, patients, found)
}

/// Writes to a group. What is asked about is kept as a draft until it is sent.
pub(crate) fn post(inside: &Inside, group: GroupId, text: &str, meant: Option<Hash32>) -> Result<Checked> {
    let client = &inside.client;
    match Question::answered(question(client, group, text, &[]), &[meant]) {
        Ok(answered) => {
            let id = client.post(group, text)?;
            if let Some(answered) = answered {
                inside.meant.held().insert(id, answered);
            }
            client.keep_draft(group, "")?;
            Ok(Checked::Sent)
        }
        Err(question) => {
            client.keep_draft(group, text)?;
            Ok(Checked::Asks(question))
        }
    }
}

/// Writes to a group, and calls people for it (U1). What is asked about, or not sent, is kept as a draft.
pub(crate) async fn post_urgent(
    client: &Client,
    group: GroupId,
    text: &str,
    of: &[UserId],
    meant: Option<Hash32>,
) -> Result<Checked> {
    client.keep_draft(group, text)?;
    if let Err(question) = Question::answered(question(client, group, text, &[]), &[meant]) {
        return Ok(Checked::Asks(question));
    }
    client.send_urgent(group, text, of).await?;
    client.keep_draft(group, "")?;
    Ok(Checked::Sent)
}

/// Tries once more to send a message that was refused. It is asked about again only where something has become known since.
pub(crate) fn post_again(inside: &Inside, id: StatementId, meant: Option<Hash32>) -> Result<Checked> {
    let client = &inside.client;
    let all = client.unsent()?;
    let one = all.iter().find(|one| one.id == id).ok_or(Code::Unknown)?;
    let before = inside.meant.held().get(&id).copied();
    match Question::answered(question(client, one.group, &one.text, &[]), &[meant, before]) {
        Ok(answered) => {
            client.post_again(id)?;
            if let Some(answered) = answered {
                inside.meant.held().insert(id, answered);
            }
            Ok(Checked::Sent)
        }
        Err(question) => Ok(Checked::Asks(question)),
    }
}

/// What is to be asked of who reports that something went wrong, unless it is what is `meant`: the report goes to people who may
/// read no group.
pub(crate) fn asked_of_report(client: &Client, texts: &[&str], meant: Option<Hash32>) -> Option<Question> {
    let found = texts.iter().flat_map(|text| {
        client.identifying(None, text).into_iter().map(|one| Identified {
            called: called(one.kind),
            words: text.get(one.at).unwrap_or_default().to_owned(),
            in_name: false,
        })
    });
    // Of no group: the room is not there yet.
    Question::answered(Question::of(GroupId([0; 16]), false, found), &[meant]).err()
}

/// Corrects an own message.
pub(crate) async fn correct(
    client: &Client,
    group: GroupId,
    seq: u64,
    text: &str,
    meant: Option<Hash32>,
) -> Result<Checked> {
    if let Err(question) = Question::answered(question(client, group, text, &[]), &[meant]) {
        return Ok(Checked::Asks(question));
    }
    client.correct(group, seq, text).await?;
    Ok(Checked::Sent)
}

/// Sends what lies ready, with or without a text. What is asked about lies ready as before, and its text is kept as a draft.
pub(crate) async fn send_files(
    inside: &Inside,
    group: GroupId,
    text: &str,
    no_download: bool,
    meant: Option<Hash32>,
) -> Result<Checked> {
    let client = &inside.client;
    let look = |names: &[&str]| Question::answered(question(client, group, text, names), &[meant]).map(drop);
    match inside.bench.take(group, look) {
        Ok(files) => {
            sending::begin(inside, group, text, files, no_download).await?;
            client.keep_draft(group, "")?;
            Ok(Checked::Sent)
        }
        Err(question) => {
            client.keep_draft(group, text)?;
            Ok(Checked::Asks(question))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: GroupId = GroupId([1; 16]);

    fn name(words: &str, in_name: bool) -> Identified {
        Identified { called: called(Kind::PatientName), words: words.to_owned(), in_name }
    }

    #[test]
    fn s2_app_a_question_names_each_piece_once_and_only_what_was_shown_is_meant() {
        assert_eq!(Question::of(HERE, false, []), None);
        let twice = Question::of(HERE, false, [name("見本 花子", false), name("見本 花子", false)]).unwrap();
        assert_eq!(twice.found, [name("見本 花子", false)]);
        let asked = twice.asked;
        let shown = Some(twice.clone());
        assert_eq!(Question::answered(None, &[None]), Ok(None));
        assert_eq!(Question::answered(shown.clone(), &[None]), Err(twice.clone()));
        assert_eq!(Question::answered(shown.clone(), &[None, Some(asked)]), Ok(Some(asked)));

        let others = [
            Question::of(GroupId([2; 16]), false, [name("見本 花子", false)]),
            Question::of(HERE, false, [name("見本 花子", true)]),
            Question::of(HERE, false, [name("見本 太郎", false)]),
            Question::of(HERE, false, [name("見本 花子", false), name("見本 太郎", false)]),
        ];
        for other in others {
            let other = other.unwrap();
            assert_eq!(Question::answered(shown.clone(), &[Some(other.asked)]), Err(twice.clone()), "{other:?}");
        }
    }

    #[test]
    fn s2_app_everything_that_is_found_has_words_for_what_it_is() {
        use Kind::{Address, BirthDate, MyNumber, Number, PatientName, Telephone};
        for kind in [PatientName, Telephone, Address, BirthDate, Number, MyNumber] {
            let (ja, en) = called(kind);
            assert!(!ja.is_ascii() && !en.is_empty(), "{kind:?}");
        }
    }

    /// Every call that sends words of a person stands where it is asked about: who adds one elsewhere forgets to ask. What goes to
    /// the Desk, into a report or an announcement is asked about by `asked_of_report`.
    #[test]
    fn s2_app_nothing_is_written_to_anybody_but_from_here() {
        let calls = [
            (".post(", "writing.rs"),
            (".post_again(", "writing.rs"),
            (".correct(", "writing.rs"),
            (".begin_sending(", "sending.rs"),
            ("sending::begin(", "writing.rs"),
            ("client.send(", ""),
            (".send_files(", ""),
            (".send_urgent(", "writing.rs"),
            (".open_inquiry(", "inquiries.rs"),
            (".report_incident(", "incidents.rs"),
            (".draft_announcement(", "announcements.rs"),
            (".answer_inquiry(", ""),
        ];
        let mut dirs = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        let mut seen = 0;
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                for (call, place) in calls.iter().filter(|(call, _)| code.contains(call)) {
                    assert!(path.ends_with(place) && !place.is_empty(), "{call} in {}", path.display());
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 9, "each is looked for by its right name");
    }
}
