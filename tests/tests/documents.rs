//! What the documents say of tests is so: a page that names one which isn't there fails here.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Documents that name tests.
const PAGES: [&str; 3] = ["docs/threat-model.md", "docs/policy.md", "docs/protocol/rogue.md"];

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a project").to_owned()
}

fn sources(dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
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

#[test]
fn p1_the_server_and_what_it_stands_on_link_nothing_that_opens_content() {
    for member in ["server", "store", "policy", "proto"] {
        let manifest = std::fs::read_to_string(project().join(member).join("Cargo.toml")).expect("a manifest");
        for line in manifest.lines().filter(|line| line.starts_with("renkei-")) {
            assert!(!line.starts_with("renkei-sealing") && !line.starts_with("renkei-client-core"), "{member}: {line}");
        }
    }
}
