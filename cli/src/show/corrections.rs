//! Corrections, retractions and who has seen what, in words.

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::Language;

use super::{list, moment, person, reason};
use crate::reply::{AmendedRow, Change, Counted, Item, SeenRow, VersionRow, Who};

fn change(change: Change, language: Language) -> &'static str {
    match change {
        Change::Corrected => language.pick("訂正", "corrected"),
        Change::Retracted => language.pick("取り消し", "taken back"),
    }
}

/// What stands behind an author: whether the message was amended, and how many have seen it.
pub(super) fn marks(amended: Option<&AmendedRow>, seen: Option<Counted>, language: Language) -> String {
    let amended = amended.map(|one| {
        let change = change(one.change, language);
        format!("  [{change} {} #{}]", moment(one.time), one.seq)
    });
    // Where nobody else reads, there is nothing to count.
    let seen = seen.filter(|seen| seen.of > 0).map(|Counted { by, of }| match language {
        Language::Japanese => format!("  既読{by}/{of}"),
        Language::English => format!("  seen {by}/{of}"),
    });
    format!("{}{}", amended.unwrap_or_default(), seen.unwrap_or_default())
}

/// The words below an author's line, if there are any.
pub(super) fn body(text: Option<&String>, unreadable: Option<Code>, language: Language) -> String {
    let text = text.cloned().or_else(|| unreadable.map(|code| reason(code, language))).unwrap_or_default();
    text.lines().flat_map(|line| ["\n  ", line]).collect()
}

/// An amendment under a line of its own.
pub(super) fn amendment(item: &Item, language: Language) -> String {
    let Item::Amendment { seq, time, author, original, change: what, text, unreadable, seen, .. } = item else {
        return String::new();
    };
    let (what, author) = (change(*what, language), person(author, language));
    let marks = marks(None, *seen, language);
    let body = body(text.as_ref(), *unreadable, language);
    format!("#{seq}  {}  {what} → #{original}  {author}{marks}{body}", moment(*time))
}

/// One version of a message.
pub(super) fn version(one: &VersionRow, language: Language) -> String {
    let what = one.change.map_or_else(|| language.pick("原文", "as written"), |what| change(what, language));
    let body = body(one.text.as_ref(), one.unreadable, language);
    format!("#{}  {}  {what}  {}{body}", one.seq, moment(one.time), person(&one.author, language))
}

/// Who has seen a message, and who hasn't yet.
pub(super) fn seen(seen: &[SeenRow], not_yet: &[Who], language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let seen = list(seen, language, |row| format!("  {}  {}", moment(row.time), person(&row.who, language)));
    let not_yet = list(not_yet, language, |who| format!("  {}", person(who, language)));
    format!("{}:\n{seen}\n{}:\n{not_yet}", say("既読", "Seen by"), say("未読", "Not yet seen by"))
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::id::{DeviceId, StatementId, UserId};
    use renkei_client_core::proto::time::Time;

    use super::*;

    fn who() -> Who {
        Who {
            user: UserId([1; 16]),
            name: Some("見本 結".into()),
            profession: None,
            facility: None,
            facility_name: None,
            official: None,
        }
    }

    fn message(text: Option<&str>, what: Option<Change>) -> Item {
        let amended = what.map(|change| AmendedRow { seq: 9, time: Time(0), change });
        let (id, device) = (StatementId([0; 16]), DeviceId([0; 16]));
        let (text, seen) = (text.map(str::to_owned), Some(Counted { by: 1, of: 3 }));
        Item::Message {
            seq: 7,
            id,
            time: Time(0),
            author: who(),
            device,
            text,
            unreadable: None,
            amended,
            seen,
            files: Vec::new(),
        }
    }

    #[test]
    fn s1_a_message_shows_that_it_was_corrected_and_how_many_have_seen_it() {
        let shown = super::super::care::item(&message(Some("体温 36.5"), Some(Change::Corrected)), Language::Japanese);
        assert_eq!(shown, "#7  1970-01-01 09:00  見本 結  [訂正 1970-01-01 09:00 #9]  既読1/3\n  体温 36.5");
        let shown = super::super::care::item(&message(Some("体温 36.5"), None), Language::English);
        assert_eq!(shown, "#7  1970-01-01 09:00  見本 結  seen 1/3\n  体温 36.5");
    }

    #[test]
    fn s1_a_message_that_was_taken_back_shows_no_words() {
        let shown = super::super::care::item(&message(None, Some(Change::Retracted)), Language::Japanese);
        assert_eq!(shown, "#7  1970-01-01 09:00  見本 結  [取り消し 1970-01-01 09:00 #9]  既読1/3");
    }
}
