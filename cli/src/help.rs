//! Help and faults of the command line in one language, the person's.
//!
//! Each text stands beside its argument, in both languages: `English / 日本語`, so that none goes without the other
//! (a test walks all of them). Before anything is parsed, the language is chosen and every text keeps its half; in
//! Japanese clap's own words are put away as well. What clap finds wrong is said anew from what it knows about it.

use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};
use renkei_client_core::proto::sentence::Language;

use crate::args::{Arguments, language};

/// Between the two languages of a text of one paragraph.
const BETWEEN: &str = " / ";

/// Between those of a text of several.
pub(crate) const BETWEEN_PARAGRAPHS: &str = "\n / \n";

/// Which part of a command's help comes where, without a word of clap's own.
const TEMPLATE: &str = "{before-help}{about-with-newline}\n使い方: {usage}\n\n{all-args}{after-help}";

/// What clap says of what it adds itself.
const OWN: [(&str, &str); 6] = [
    ("Print help", "ヘルプを表示する"),
    ("Print help (see more with '--help')", "ヘルプを表示する（詳しくは --help）"),
    ("Print help (see a summary with '-h')", "ヘルプを表示する（要約は -h）"),
    ("Print version", "バージョンを表示する"),
    ("Print this message or the help of the given subcommand(s)", "コマンドのヘルプを表示する"),
    ("Print help for the subcommand(s)", "コマンドのヘルプを表示する"),
];

/// What stands in a line that clap makes of a command's arguments.
const USAGE: [(&str, &str); 4] =
    [("Usage: ", ""), ("[OPTIONS]", "[オプション]"), ("<COMMAND>", "<コマンド>"), ("[COMMAND]", "[コマンド]")];

/// The language in which a command line is answered, whatever else is wrong with it: the one it names, the
/// environment's, or the locale's.
pub(crate) fn chosen(arguments: &[OsString]) -> Language {
    let words = || arguments.iter().skip(1).map_while(|word| word.to_str().filter(|word| *word != "--"));
    let behind = || words().skip_while(|word| *word != "--lang").nth(1).map(str::to_owned);
    let named = words().find_map(|word| word.strip_prefix("--lang=")).map(str::to_owned).or_else(behind);
    let named = named.or_else(|| std::env::var("RENKEI_LANG").ok());
    named.and_then(|named| language(&named).ok()).unwrap_or_else(locale)
}

fn locale() -> Language {
    sys_locale::get_locale().map_or(Language::English, |locale| Language::of_locale(&locale))
}

/// The command line with its texts in `language`.
pub(crate) fn command(language: Language) -> Command {
    let mut command = Arguments::command();
    command.build();
    speaking(command, language)
}

/// Reads a command line. Help is a fault as well, as clap has it.
pub(crate) fn parse(arguments: &[OsString], language: Language) -> Result<Arguments, clap::Error> {
    let mut command = command(language);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Arguments::from_arg_matches(&matches).map_err(|fault| fault.format(&mut command))
}

/// The half of `text` that is in `language`; all of it, where it is in one language alone.
fn half(text: &str, language: Language) -> String {
    if let Some((_, own)) = OWN.iter().find(|(english, _)| *english == text) {
        return language.pick(*own, text).to_owned();
    }
    let halves = text.rsplit_once(BETWEEN_PARAGRAPHS).or_else(|| text.rsplit_once(BETWEEN));
    halves.map_or(text, |(english, japanese)| language.pick(japanese, english)).to_owned()
}

fn speaking(mut command: Command, language: Language) -> Command {
    let of = |text: &clap::builder::StyledStr| half(&text.to_string(), language);
    if let Some(about) = command.get_about().map(of) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(of) {
        command = command.long_about(about);
    }
    if let Some(after) = command.get_after_help().map(of) {
        command = command.after_help(after);
    }
    if language == Language::Japanese {
        let usage = said_usage(&command.render_usage().to_string());
        command = command.override_usage(usage).help_template(TEMPLATE).subcommand_help_heading("コマンド");
    }
    command.mut_args(|argument| speaking_argument(argument, language)).mut_subcommands(|one| speaking(one, language))
}

fn said_usage(usage: &str) -> String {
    USAGE.iter().fold(usage.trim().to_owned(), |usage, (english, japanese)| usage.replace(english, japanese))
}

fn speaking_argument(argument: Arg, language: Language) -> Arg {
    let mut help = argument.get_help().map(|help| half(&help.to_string(), language)).unwrap_or_default();
    // One help for short and long, so that neither lacks what the other has.
    let argument = argument.hide_possible_values(true).long_help(None);
    let values = values(&argument, language);
    help.push_str(&values);
    if language == Language::English {
        let heading = argument.is_global_set().then_some("Options of every command");
        return argument.help_heading(heading).help(help);
    }
    if argument.get_action().takes_values() {
        let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !defaults.concat().is_empty() {
            help = [help, format!("［既定値: {}］", defaults.join(" "))].concat();
        }
    }
    if let Some(variable) = argument.get_env() {
        help = [help, format!("［環境変数: {}］", variable.to_string_lossy())].concat();
    }
    let heading = match (argument.is_positional(), argument.is_global_set()) {
        (true, _) => "引数",
        (false, true) => "共通のオプション",
        (false, false) => "オプション",
    };
    argument.hide_default_value(true).hide_env(true).help_heading(heading).help(help)
}

/// The words that `argument` takes, where they are given.
fn values(argument: &Arg, language: Language) -> String {
    let possible = if argument.get_action().takes_values() { argument.get_possible_values() } else { Vec::new() };
    let words: Vec<String> = possible
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| match (language, value.get_help()) {
            (Language::Japanese, Some(japanese)) => format!("{}（{japanese}）", value.get_name()),
            _ => value.get_name().to_owned(),
        })
        .collect();
    match language {
        _ if words.is_empty() => String::new(),
        Language::Japanese => format!("［値: {}］", words.join(", ")),
        Language::English => format!(" [possible values: {}]", words.join(", ")),
    }
}

/// The command that `arguments` name, as it is typed.
fn named(arguments: &[OsString]) -> String {
    let root = Arguments::command();
    let (mut command, mut names) = (&root, vec![root.get_name()]);
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if matches!(word, "--profile" | "--home" | "--lang") {
            words.next();
        } else if let Some(one) = command.find_subcommand(word) {
            names.push(one.get_name());
            command = one;
        } else if !word.starts_with('-') {
            break;
        }
    }
    names.join(" ")
}

/// What an argument's own reader has to say about a value, and how it says that in Japanese. `{}` stands for whatever
/// is there.
const REASONS: [(&str, &str); 14] = [
    ("invalid digit found in string", "数字で指定してください"),
    ("cannot parse integer from empty string", "数字で指定してください"),
    ("number too large to fit in target type", "数が大きすぎます"),
    ("{} is not in {}", "範囲: {}"),
    ("not a date of the form {}", "実在する日付を {} の形で指定してください"),
    ("not a hash of 64 hexadecimal digits", "16進数64桁で指定してください"),
    ("not an identifier of the form {}", "{} の形の識別子を指定してください"),
    ("no setting of the name {}", "「{}」という設定はありません"),
    ("{}: a number, not {}", "数字で指定してください"),
    ("{}: a number of days, not {}", "日数で指定してください"),
    ("{}: a number of days, or unsaid, not {}", "日数、または unsaid を指定してください"),
    ("{}: years, not {}", "年数で指定してください"),
    ("{}: No such file or directory (os error 2)", "ファイルがありません"),
    ("a plain name without slashes or a leading dot", "斜線を含まず、ピリオドで始まらない名前にしてください"),
];

/// `text` in Japanese, where it is known; forms such as `from:YYYY-MM-DD` are the same in both languages.
fn reason(text: &str) -> String {
    let known = REASONS.iter().find_map(|(english, japanese)| {
        let parts: Vec<&str> = english.split("{}").collect();
        let [first, .., last] = parts.as_slice() else { return (*english == text).then(|| (*japanese).to_owned()) };
        let inner = text.strip_prefix(first)?.strip_suffix(last)?;
        let value = match parts.as_slice() {
            [_, between, _] => inner.rsplit_once(between)?.1,
            _ => inner,
        };
        Some(japanese.replace("{}", value))
    });
    known.unwrap_or_else(|| text.to_owned())
}

/// What is wrong with a command line, in Japanese, and what to do next. Nothing for what is no fault: help, version.
pub(crate) fn japanese(fault: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let of = |kind| fault.get(kind).map(ToString::to_string).filter(|text| !text.is_empty());
    let known = |kind| of(kind).unwrap_or_else(|| "?".to_owned());
    let (argument, value) = (known(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let counts = || (known(ContextKind::ExpectedNumValues), known(ContextKind::ActualNumValues));
    let what = match fault.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::DisplayVersion => {
            return None;
        }
        ErrorKind::UnknownArgument => format!("引数「{argument}」はありません。"),
        ErrorKind::InvalidSubcommand => {
            format!("コマンド「{}」はありません。", known(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "コマンドを指定してください。".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("次の指定が必要です: {argument}"),
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            Some(prior) if prior != argument => format!("「{argument}」は「{prior}」と同時に指定できません。"),
            _ => format!("「{argument}」は一度しか指定できません。"),
        },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => match value {
            Some(value) => format!("「{argument}」に「{value}」は指定できません。"),
            None => format!("「{argument}」の値を指定してください。"),
        },
        ErrorKind::TooManyValues => format!("「{argument}」の値が多すぎます: {}", value.unwrap_or_default()),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            let (expected, actual) = counts();
            format!("「{argument}」には値が{expected}個必要です（{actual}個でした）。")
        }
        ErrorKind::NoEquals => format!("「{argument}」の値は = の後に指定してください。"),
        _ => format!("コマンドの指定が正しくありません: {}", fault.kind()),
    };
    let mut lines = vec![what];
    let taken = of(ContextKind::ValidValue).or_else(|| of(ContextKind::ValidSubcommand));
    lines.extend(taken.map(|taken| format!("  指定できるもの: {taken}")));
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    lines.extend(meant.into_iter().find_map(of).map(|meant| format!("  近いもの: {meant}")));
    lines.extend(std::error::Error::source(fault).map(|said| format!("  （{}）", reason(&said.to_string()))));
    lines.extend(of(ContextKind::Usage).map(|usage| format!("  使い方: {}", said_usage(&usage))));
    lines.push(format!("  詳しくは: {} --help", named(arguments)));
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_japanese(text: &str) -> bool {
        text.chars().any(|c| matches!(c, 'ぁ'..='ヿ' | '一'..='鿿'))
    }

    fn has_kana(text: &str) -> bool {
        text.chars().any(|c| matches!(c, 'ぁ'..='ゖ'))
    }

    /// Every command below `command`, with the words before it.
    fn every(command: &Command, before: &str, look: &mut impl FnMut(&Command, &str)) {
        let path = format!("{before} {}", command.get_name());
        look(command, &path);
        command.get_subcommands().for_each(|one| every(one, &path, look));
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for language in [Language::Japanese, Language::English] {
            let mut lacking = Vec::new();
            let right = |text: &str| match language {
                Language::Japanese => is_japanese(text) && !text.contains(BETWEEN),
                Language::English => !text.is_empty() && !has_kana(text),
            };
            every(&command(language), "", &mut |one, path| {
                let about = one.get_about().map(ToString::to_string).unwrap_or_default();
                if !one.is_hide_set() && !right(&about) {
                    lacking.push(format!("{path}: {about}"));
                }
                for argument in one.get_arguments().filter(|_| !path.ends_with(" server")) {
                    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                    if !right(&help) {
                        lacking.push(format!("{path} {}: {help}", argument.get_id()));
                    }
                }
            });
            assert!(lacking.is_empty(), "{language:?}: {lacking:#?}");
        }
    }

    #[test]
    fn no_word_of_the_parser_is_left_in_japanese_help() {
        let own =
            ["Usage:", "Options:", "Commands:", "Arguments:", "[default", "[env", "[possible", "Print ", "OPTIONS"];
        every(&command(Language::Japanese), "", &mut |one, path| {
            for help in [one.clone().render_help(), one.clone().render_long_help()] {
                let help = help.to_string();
                let left: Vec<&&str> = own.iter().filter(|own| help.contains(**own)).collect();
                assert!(left.is_empty(), "{path}: {left:?}: {help}");
                assert!(help.contains("使い方: "), "{path}: {help}");
            }
        });
    }

    fn fault(line: &[&str]) -> String {
        let arguments: Vec<OsString> = std::iter::once(&"renkei").chain(line).map(OsString::from).collect();
        let fault = parse(&arguments, Language::Japanese).expect_err("a fault");
        japanese(&fault, &arguments).unwrap_or_else(|| panic!("{line:?}: {fault}"))
    }

    #[test]
    fn what_is_wrong_is_said_in_japanese_with_what_to_do_next() {
        let faults: [(&[&str], &str, &str); 13] = [
            (&["status", "--colour"], "引数「--colour」はありません。", "renkei status --help"),
            (&["statsu"], "コマンド「statsu」はありません。", "近いもの: staff, status"),
            (&["takeout", "approve"], "次の指定が必要です: <TAKEOUT>", "renkei takeout approve --help"),
            (&["read", "g", "--last"], "「--last <N>」の値を指定してください。", "renkei read --help"),
            (&["read", "g", "--last", "x"], "「--last <N>」に「x」は指定できません。", "（数字で指定してください）"),
            (&["--lang", "ja", "read", "g", "--last", "x"], "「x」は指定できません。", "renkei read --help"),
            (&["duty", "record", "u", "--told-on", "2026-02-30"], "2026-02-30", "（実在する日付を 2026-11-22 の形で"),
            (&["rules", "set", "retention=x"], "retention=x", "（年数で指定してください）"),
            (&["--lang", "fr", "status"], "に「fr」は指定できません。", "ja"),
            (&["enrol", "x", "--status"], "と同時に指定できません。", "renkei enrol --help"),
            (&["sign-in", "--idle", "901"], "に「901」は指定できません。", "（範囲: 1..=900）"),
            (&["sign-in", "--stay", "--stay"], "「--stay」は一度しか指定できません。", "renkei sign-in --help"),
            (
                &["takeout", "declare", "t", "kept"],
                "に「kept」は指定できません。",
                "指定できるもの: returned, erased, filed, not-used, lost",
            ),
        ];
        for (line, what, next) in faults {
            let said = fault(line);
            assert!(said.contains(what), "{line:?}: {said}");
            assert!(said.contains(next), "{line:?}: {said}");
            assert!(said.contains(" --help"), "{line:?}: {said}");
            assert!(!said.contains("Usage") && !said.contains("error:"), "{line:?}: {said}");
        }
    }

    #[test]
    fn the_language_is_known_before_the_line_is_read() {
        let of = |line: &[&str]| chosen(&line.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["renkei", "--lang", "ja", "no-such-command"]), Language::Japanese);
        assert_eq!(of(&["renkei", "no-such-command", "--lang=ja"]), Language::Japanese);
        assert_eq!(of(&["renkei", "--lang", "en", "status"]), Language::English);
        // What follows is a person's text, and no argument.
        assert_eq!(of(&["renkei", "send", "g", "--", "--lang=ja"]), of(&["renkei"]));
    }

    #[test]
    fn every_line_of_the_readmes_is_one_that_the_parser_takes() {
        let scan = std::env::temp_dir().join(format!("renkei-form-{}.pdf", std::process::id()));
        std::fs::write(&scan, "%PDF-1.7").expect("a file");
        let path = scan.to_str().expect("a plain name");
        let mut looked_at = 0;
        for readme in [include_str!("../../README.md"), include_str!("../../README.ja.md")] {
            let blocks = readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
            let joined: String = blocks.map(|block| block.replace("\\\n", " ")).collect();
            for line in joined.lines().filter(|line| line.starts_with("renkei ")) {
                let line = line.split(" #").next().unwrap_or_default();
                let fingerprint = "ab".repeat(32);
                let line = line.replace("FINGERPRINT", &fingerprint).replace(" N", " 7");
                let line = line.replace("./form1.pdf", path).replace("./form3.pdf", path);
                let words: Vec<OsString> = words(&line.replace("usr-…", "usr-0")).into_iter().map(Into::into).collect();
                if let Err(fault) = parse(&words, Language::English) {
                    panic!("{line}: {fault}");
                }
                looked_at += 1;
            }
        }
        std::fs::remove_file(scan).expect("removed");
        assert!(looked_at > 100, "{looked_at}");
    }

    /// A line as a shell takes it apart, as far as the READMEs quote.
    fn words(line: &str) -> Vec<String> {
        let parts = line.split('\'').enumerate();
        let mut words = Vec::new();
        for (number, part) in parts {
            if number % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }
}
