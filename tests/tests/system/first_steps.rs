//! The first steps of README.md and README.ja.md, typed as they stand there into a terminal, in the language of each:
//! from the root key to the first messages, their reading, a correction and the patient card.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::{Language, sentence};
use renkei_tests::terminal::{People, Said, Terminal};
use renkei_tests::{PATIENCE, Server};
use tempfile::TempDir;

/// The commands of a step: its fenced blocks up to the next step's heading, a command a line, without comments.
fn commands(readme: &str, step: u8) -> Vec<String> {
    let heading = |step: u8| format!("\n**{step}. ");
    let from = readme.find(&heading(step)).unwrap_or_else(|| panic!("step {step}"));
    let to = readme.find(&heading(step + 1)).unwrap_or_else(|| panic!("what follows step {step}"));
    fenced(&readme[from..to])
}

fn fenced(text: &str) -> Vec<String> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let joined: String = blocks.map(|block| block.replace("\\\n", " ")).collect();
    let lines = joined.lines().map(|line| line.split(" #").next().unwrap_or_default());
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty()).collect()
}

/// One person after the other at one terminal, as the README has it, and what they have seen on it.
struct Story<'a> {
    terminal: Terminal,
    people: People<'a>,
    address: &'a str,
    language: Language,
    /// The last identifier or link of each kind that the screen showed.
    shown: BTreeMap<&'static str, String>,
}

/// What the README leaves out, as only the screen can tell it.
const LEFT_OUT: [&str; 5] = ["renkei:claim/", "renkei:enrol/", "dev-", "grp-", "inv-"];

impl Story<'_> {
    /// The line as it is typed: with what the screen has shown in place of what the README leaves out.
    fn filled_in(&self, line: &str) -> String {
        let mut line = line.replace("127.0.0.1:4433", self.address);
        for kind in LEFT_OUT {
            let left_out = format!("{kind}…");
            if line.contains(&left_out) {
                let shown = self.shown.get(kind).unwrap_or_else(|| panic!("no {kind} on the screen: {line}"));
                line = line.replace(&left_out, shown);
            }
        }
        assert!(!line.contains('…'), "nothing says what that is: {line}");
        line
    }

    fn learn(&mut self, text: &str) {
        for kind in LEFT_OUT {
            let ends = |c: char| c.is_whitespace() || "(),:;、。（）".contains(c);
            let found = text.rfind(kind).map(|at| &text[at + kind.len()..]);
            if let Some(found) = found.and_then(|rest| rest.split(ends).next()).filter(|found| !found.is_empty()) {
                self.shown.insert(kind, format!("{kind}{found}"));
            }
        }
    }

    /// Types the line; again, while what another device did has not come here yet.
    #[track_caller]
    fn types(&mut self, line: &str) -> String {
        let (line, began) = (self.filled_in(line), Instant::now());
        let unknown = sentence(Code::Unknown, self.language);
        loop {
            let Said { text, status } = self.people.run(&mut self.terminal, &line);
            if text.contains(unknown) && began.elapsed() < PATIENCE {
                continue;
            }
            assert_eq!(status, 0, "{line}: {text}");
            self.learn(&text);
            return text;
        }
    }

    /// The same line again, until it shows `what`: keys and messages come by themselves, at their own pace.
    #[track_caller]
    fn types_until(&mut self, line: &str, what: &str) -> String {
        let began = Instant::now();
        loop {
            let text = self.types(line);
            if text.contains(what) {
                return text;
            }
            assert!(began.elapsed() < PATIENCE, "{line}: no {what}: {text}");
        }
    }
}

fn as_written(steps: &str, language: Language) {
    let home = TempDir::with_prefix("renkei-").expect("a temporary directory");
    let mut terminal = Terminal::open(home.path(), language);
    let by_hand = steps.find("\n**1. ").expect("the first step");
    let before = steps[..by_hand].rfind("```sh\n").expect("what comes before it");
    // What was built is already at hand.
    let built = |line: &&String| ["cargo ", "export PATH="].iter().any(|start| line.starts_with(start));
    for line in fenced(&steps[before..by_hand]).iter().filter(|line| !built(line)) {
        terminal.run(line).well();
    }
    let first = commands(steps, 1);
    let [init, serve] = first.as_slice() else { panic!("a server is made and started: {first:?}") };
    let claim = terminal.run(init).well();
    // The same with a clock that a test can move, on a port that is free.
    assert!(serve.starts_with("renkei-server serve --data ./data --listen 127.0.0.1:4433"), "{serve}");
    let server = Server::start(&home.path().join("data"));
    let people = People::of(&server, language);
    let mut story = Story { terminal, people, address: server.address(), language, shown: BTreeMap::new() };
    story.learn(&claim);

    let association = commands(steps, 2);
    for line in &association {
        story.types(line);
    }
    let operator = association.iter().skip_while(|line| !line.contains("operator-ticket"));
    for line in operator.map(|line| line.replace("op1", "op2").replace("架空 和子", "架空 洋子")) {
        story.types(&line);
    }

    let facility = commands(steps, 3);
    for line in &facility {
        story.types(line);
    }
    for line in facility {
        let other = line
            .replace("--profile clinic", "--profile station")
            .replace("--kind clinic --member", "--kind visiting-nurse-station");
        let other = other.replace("みなと坂クリニック", "ひなた訪問看護ステーション");
        story.types(&other.replace("架空 健", "架空 信子").replace("--profession doctor", "--profession nurse"));
    }

    for line in commands(steps, 4) {
        story.types(&line);
    }
    for line in commands(steps, 5) {
        // Another facility's people hear of it in their own time.
        if line.ends_with("invitation list") {
            story.types_until(&line, "inv-");
        } else {
            story.types(&line);
        }
    }
    let mut number = String::new();
    for line in commands(steps, 6) {
        let line = line.replace(" N", &format!(" {number}"));
        if line.contains("yui read") {
            story.types_until(&line, "本日より訪問看護をお願いします。");
            continue;
        }
        story.types(&line);
        if line.contains("yui send") {
            let read = story.types_until("renkei --profile yui read grp-…", "承知しました。");
            let mut shown = read.lines().filter_map(|line| line.strip_prefix('#')?.split_whitespace().next());
            shown.next_back().expect("the number of a message").clone_into(&mut number);
        }
    }
    story.types_until("renkei --profile clinic group card show grp-…", "ペニシリンアレルギー");
    let read = story.types_until("renkei --profile clinic read grp-…", "承知いたしました。");
    assert!(!read.contains("承知しました。"), "{read}");
}

fn readme(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(path).expect("the README")
}

#[test]
fn the_first_steps_of_the_readme_go_as_they_stand_there() {
    as_written(&readme("README.md"), Language::English);
}

#[test]
fn the_first_steps_of_the_japanese_readme_go_as_they_stand_there() {
    as_written(&readme("README.ja.md"), Language::Japanese);
}
