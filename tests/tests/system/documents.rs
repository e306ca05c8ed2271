//! What the documents say of tests is so: a page that names one which isn't there fails here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use renkei_client_core::proto::code::Code;

/// Documents that name tests.
const PAGES: [&str; 3] = ["docs/threat-model.md", "docs/policy.md", "docs/protocol/rogue.md"];

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a project").to_owned()
}

fn sources(dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", "dist"].contains(&name.as_str()) && !name.starts_with('.') {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// The names of all functions of the project.
fn functions() -> BTreeSet<String> {
    let mut all = Vec::new();
    sources(&project(), &mut all);
    let names = all.iter().flat_map(|source| source.split("fn ").skip(1));
    let word = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    names.map(word).filter(|name| !name.is_empty()).collect()
}

/// A row, a promise, or the lying server: how the names of tests begin that documents speak of.
fn names_a_test(text: &str) -> bool {
    let row =
        text.len() > 4 && text.starts_with(['a', 'p', 's', 'u']) && text[1..].starts_with(|c: char| c.is_ascii_digit());
    let words = text.trim_end_matches('…');
    let plain = words.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    plain && words.contains('_') && (row || text.starts_with("rogue_"))
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let functions = functions();
    let mut missing = Vec::new();
    let mut named = 0;
    for page in PAGES {
        let text = std::fs::read_to_string(project().join(page)).expect(page);
        for name in text.split('`').skip(1).step_by(2).filter(|text| names_a_test(text)) {
            named += 1;
            let beginning = name.trim_end_matches('…');
            let there = if name.ends_with('…') {
                functions.range(beginning.to_owned()..).next().is_some_and(|found| found.starts_with(beginning))
            } else {
                functions.contains(beginning)
            };
            if !there {
                missing.push(format!("{page}: {name}"));
            }
        }
    }
    assert!(named > 100, "the documents name only {named} tests: is the pattern still right?");
    assert!(missing.is_empty(), "no such test:\n{}", missing.join("\n"));
}

/// The rows of the policy, and those of the other papers.
const ROWS: [&str; 42] = [
    "A2.1", "A3.1", "A3.2", "A4.1", "A4.2", "A5.1", "A5.2", "A6.1", "A6.2", "A7.1", "A8.1", "A8.2", "A8.3", "A8.4",
    "A8.5", "A9.1", "A9.2", "A10.1", "A11.1", "A11.2", "A11.3", "A11.4", "A11.5", "A11.6", "A12.1", "A12.2", "A12.3",
    "A12.4", "A12.5", "A12.6", "A13.1", "A14.1", "A15.1", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "U1",
];

/// How tests of a row begin: `A8.3` is `a08_3_`, `S1` is `s1_`.
fn prefix(row: &str) -> String {
    match row[1..].split_once('.') {
        Some((article, number)) => format!("a{article:0>2}_{number}_"),
        None => format!("{}_", row.to_lowercase()),
    }
}

/// The rows of the page's table under the heading that begins with `heading`, in cells.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = page.split_once(heading).expect(heading);
    let section = rest.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1);
    rows.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Names of functions below a directory.
fn functions_in(dir: &str) -> String {
    let mut all = Vec::new();
    sources(&project().join(dir), &mut all);
    all.join("\n")
}

/// Whether a line of the demo shows that somebody is refused for this row: `report.refused`, or a check that names the refusal.
fn shows_a_refusal(demo: &str, id: &str) -> bool {
    let dense: String = demo.chars().filter(|c| !c.is_whitespace()).collect();
    let line = format!("check(\"{id}\",");
    let mut checks = dense.split(&line).skip(1).map(|rest| rest.split(");").next().unwrap_or_default());
    dense.contains(&format!("refused(\"{id}\",")) || checks.any(|check| check.contains('✗'))
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn unfolded(text: &str) -> Vec<String> {
    let parts = text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (inside, after))) = parts else { return vec![text.to_owned()] };
    inside.split(',').map(|one| format!("{before}{one}{after}")).collect()
}

#[test]
fn every_row_of_the_policy_stands_where_its_page_says() {
    let page = std::fs::read_to_string(project().join("docs/policy.md")).expect("the page");
    let (now, later) = (table(&page, "## There now"), table(&page, "## Not there yet"));
    let mut wrong = Vec::new();
    let (rows, rules, system, demo) = (
        functions_in("policy/tests/rows"),
        functions_in("policy"),
        functions_in("tests/tests"),
        functions_in("cli/src/demo"),
    );
    for row in &now {
        let [id, _, _, _, refusals, places, tests] = row.as_slice() else { panic!("seven cells: {row:?}") };
        let id = id.split(' ').next().unwrap_or_default();
        let has = |text: &str| text.contains(&format!("fn {}", prefix(id)));
        let mut must = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{id}: {what}"));
            }
        };
        must(ROWS.contains(&id), "no row of the policy");
        for code in in_backticks(refusals) {
            must(Code::ALL.iter().any(|known| known.name() == code), &format!("no code {code}"));
        }
        for place in in_backticks(places) {
            let there = project().join("policy/src").join(place).exists() || project().join(place).exists();
            must(there, &format!("no file {place}"));
        }
        let says = |word: &str| tests.split(|c: char| !c.is_ascii_alphanumeric()).any(|one| one == word);
        must(!says("rows") || has(&rows), "no test of the rules has its number");
        // Each row is shown three times, and its page says so: as a rule, through a real connection, and to who watches.
        must(has(&rules), "no test of a rule has its number");
        must(has(&system) && says("system"), "no test of the whole system has its number, or it is not named");
        must(demo.contains(&format!("\"{id}\"")) && says("demo"), "the demo has no line of it, or it is not named");
        let violated = in_backticks(refusals).next().is_none() || shows_a_refusal(&demo, id);
        must(violated, "the demo shows no violation of it");
        for file in in_backticks(tests)
            .filter(|text| Path::new(text).extension().is_some_and(|it| it == "rs"))
            .flat_map(unfolded)
        {
            let homes = ["", "policy/src", "policy/tests/rows", "tests/tests/system", "tests/tests/rogue"];
            must(homes.iter().any(|home| project().join(home).join(&file).exists()), &format!("no file {file}"));
        }
    }
    let mut named: Vec<String> =
        now.iter().map(|row| row[0].split(' ').next().unwrap_or_default().to_owned()).collect();
    // Several rows may wait on one line, S and U together as from–to, and the rest of a row that is there in part.
    let waiting = later.iter().flat_map(|row| row[0].split(", ").map(str::to_owned).collect::<Vec<_>>());
    named.extend(waiting.filter(|id| !id.contains('–') && !id.contains("rest")));
    for row in ROWS {
        let times = named.iter().filter(|id| *id == row).count();
        // The waiting ones of the other papers stand in one line.
        if times != 1 && (times != 0 || row.starts_with('A')) {
            wrong.push(format!("{row}: named {times} times"));
        }
    }
    assert!(wrong.is_empty(), "docs/policy.md:\n{}", wrong.join("\n"));
}

#[test]
fn p1_the_server_and_what_it_stands_on_link_nothing_that_opens_content() {
    for member in ["server", "store", "policy", "proto"] {
        let manifest = std::fs::read_to_string(project().join(member).join("Cargo.toml")).expect("a manifest");
        for line in manifest.lines().filter(|line| line.starts_with("renkei-")) {
            assert!(!line.starts_with("renkei-sealing") && !line.starts_with("renkei-client-core"), "{member}: {line}");
        }
    }
}

/// Codes that no test with real processes gets to see, and why.
const NOT_HERE: [(Code, &str); 6] = [
    (Code::NotSignedIn, "the command line's: no agent; cli/src/failure.rs"),
    (Code::Ambiguous, "the command line's: a name that two have; cli/src/resolve.rs"),
    (Code::ImportFaulty, "the command line's word for a plan that is not clean; the plans are tested in lists.rs"),
    (Code::PrinterMissing, "the printer's, a workspace of its own; cli/src/local/print/tests.rs"),
    (Code::FontMissing, "the printer's; forms/tests"),
    (Code::Unconfirmed, "needs a connection that breaks between a submission and its answer: not without timing"),
];

#[test]
fn every_code_is_provoked_by_a_test_of_the_whole_system_or_says_why_not() {
    let tests = functions_in("tests/tests");
    // By its name in the code, and as a whole word: this page names those that are excused.
    let after = |text: &str| text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let named = |code: &Code| {
        let name = format!("Code::{code:?}");
        tests.match_indices(&name).filter(|(at, _)| !after(&tests[at + name.len()..])).count()
    };
    let excused = |code: &Code| NOT_HERE.iter().any(|(one, _)| one == code);
    let unseen = Code::ALL.iter().filter(|code| named(code) == 0 && !excused(code));
    let missing: Vec<&str> = unseen.map(|code| code.name()).collect();
    assert!(missing.is_empty(), "no test in tests/tests gets: {missing:?}");
    let needless: Vec<&str> =
        NOT_HERE.iter().filter(|(code, _)| named(code) > 1).map(|(code, _)| code.name()).collect();
    assert!(needless.is_empty(), "excused, and yet tested: {needless:?}");
}

/// Files that people read or whose strings they read, below a directory, with their paths.
fn texts(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", "dist"].contains(&name.as_str()) && !name.starts_with('.') {
            texts(&path, found);
        } else if path
            .extension()
            .is_some_and(|kind| ["rs", "md", "txt", "typ", "json"].iter().any(|known| kind == *known))
        {
            found.push((path.clone(), std::fs::read_to_string(&path).expect("a text")));
        }
    }
}

/// The words of the glossary that `text` should not have; a word that is right may contain one that is not.
fn foreign<'w>(text: &str, right: &[String], never: &'w [String]) -> Vec<&'w str> {
    let rest = right.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), ""));
    never.iter().map(String::as_str).filter(|word| rest.contains(word)).collect()
}

#[test]
fn one_thing_has_one_word_as_the_glossary_says() {
    const PAGE: &str = "docs/glossary.md";
    let page = std::fs::read_to_string(project().join(PAGE)).expect(PAGE);
    let words = |cell: &str| -> Vec<String> {
        cell.split('、').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    };
    let rows = table(&page, "# Glossary");
    let never: Vec<String> = rows.iter().filter_map(|row| row.get(3)).flat_map(|cell| words(cell)).collect();
    // Only those that contain one: taking all of them out could join what stands around them to another word.
    let holds = |word: &String| never.iter().any(|other| word.contains(other.as_str()));
    let right: Vec<String> = rows.iter().flat_map(|row| words(&row[0])).filter(holds).collect();
    assert!(never.len() > 20, "the glossary forbids only {} words: is the table still read right?", never.len());
    for word in &never {
        assert!(!foreign(&format!("この{word}は"), &right, &never).is_empty(), "{word} is not found");
    }
    let mut all = Vec::new();
    texts(&project(), &mut all);
    assert!(all.len() > 300, "only {} texts", all.len());
    let mut wrong = Vec::new();
    for (path, text) in all.iter().filter(|(path, _)| !path.ends_with(PAGE)) {
        for (number, line) in text.lines().enumerate() {
            for word in foreign(line, &right, &never) {
                wrong.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "words that {PAGE} forbids:\n{}", wrong.join("\n"));
}

/// Everything that the app's page is written in.
fn page_sources(dir: &Path, found: &mut String) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            page_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ts" || extension == "svelte") {
            found.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn the_guide_to_the_app_shows_what_is_there() {
    let guide = std::fs::read_to_string(project().join("docs/app.md")).expect("the guide");
    let mut page = String::new();
    page_sources(&project().join("app/page/src"), &mut page);
    // What a button is called stands between these.
    let buttons: Vec<&str> = guide.split('［').skip(1).filter_map(|rest| Some(rest.split_once('］')?.0)).collect();
    let missing: Vec<&&str> = buttons.iter().filter(|text| **text != "　" && !page.contains(**text)).collect();
    assert!(buttons.len() > 40, "the guide names only {} buttons: is the pattern still right?", buttons.len());
    assert!(missing.is_empty(), "the app has no such button: {missing:?}");
    let pictures = guide.split("](app/").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    let gone: Vec<&str> = pictures.filter(|name| !project().join("docs/app").join(name).exists()).collect();
    assert!(gone.is_empty(), "no such picture: {gone:?}");
}
