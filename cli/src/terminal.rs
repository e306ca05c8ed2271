//! The person's side: printing, in their language or in JSON, and asking.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use renkei_client_core::proto::sentence::Language;

use crate::args::request::Sure;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::show;

/// How this command speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    pub(crate) json: bool,
    pub(crate) language: Language,
}

impl Terminal {
    /// Chooses by language.
    pub(crate) fn say(self, japanese: &'static str, english: &'static str) -> &'static str {
        self.language.pick(japanese, english)
    }

    /// Prints an answer. Nobody listening any more (a closed pipe) is no failure of the command.
    pub(crate) fn print(self, reply: &Reply) {
        let text =
            if self.json { serde_json::to_string(reply).unwrap_or_default() } else { show::text(reply, self.language) };
        if !text.is_empty() {
            let mut out = std::io::stdout().lock();
            drop(writeln!(out, "{text}").and_then(|()| out.flush()));
        }
    }

    /// Tells a person what is going on; a script is not disturbed.
    pub(crate) fn note(self, text: &str) {
        if !self.json && std::io::stderr().is_terminal() {
            eprintln!("{text}");
        }
    }

    /// Shows what is about to be done and asks. Anything but a clear yes is a no.
    pub(crate) fn confirm(self, about: &Reply, compare: bool) -> Result<()> {
        let declined = || {
            Failure::declined(self.say(
                "確認が必要な操作です。何もしていません。内容を確かめてから --yes を付けて実行してください。",
                "This must be confirmed: nothing was done. Make sure of it, then run it with --yes.",
            ))
        };
        if self.json {
            return Err(declined());
        }
        // Shown to whoever can't be asked too: a script's author reads why nothing was done.
        eprintln!("{}", show::text(about, self.language));
        if !std::io::stdin().is_terminal() {
            return Err(declined());
        }
        let refused = || Failure::declined(self.say("何もしていません。", "Nothing was done."));
        let question = if compare {
            self.say(
                "電話などで相手の読み上げる言葉と一致しましたか？ [y/N] ",
                "Does the other side, over the telephone, read out the same words? [y/N] ",
            )
        } else {
            self.say("実行しますか？ [y/N] ", "Do it? [y/N] ")
        };
        eprint!("{question}");
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if !answer.ends_with('\n') {
            // Ctrl-D: what follows begins on a line of its own.
            eprintln!();
        }
        read.map_err(|_| refused())?;
        let yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "はい");
        if yes { Ok(()) } else { Err(refused()) }
    }

    /// The same for a command that runs here: `--yes` doesn't ask.
    pub(crate) fn confirm_unless(self, yes: bool, about: &Reply, compare: bool) -> Result<()> {
        if yes { Ok(()) } else { self.confirm(about, compare) }
    }
}

impl Sure {
    /// The person has seen `shown`.
    pub(crate) fn has_seen(&mut self, shown: String) {
        self.shown = Some(shown);
    }
}
