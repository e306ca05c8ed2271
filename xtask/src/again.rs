//! A second try for a test of the whole system (`docs/decisions/0063-a-second-try-is-told.md`).
//!
//! ```text
//! cargo test … ─▶ what it said ─▶ Failed: which tests, of which programs ─▶ once more, these alone ─▶ told, either way
//! ```

/// What failed in a run of `cargo test --no-fail-fast`, as far as its output names it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Tests by their names.
    pub tests: Vec<String>,
    /// The programs that they are in, as cargo is asked for them.
    pub programs: Vec<String>,
}

/// Packages whose tests run real processes in real time. Whatever else fails is never tried again: a rule, a decoder and
/// a property's random example are right or wrong.
const WHOLE_SYSTEM: [&str; 2] = ["-p renkei-tests --test ", "-p renkei-app-tests --test "];

/// Failed tests that get a second try: one or two had bad luck with the machine, three are a fault.
const AT_MOST: usize = 2;

/// Reads a line of what `cargo test` says, if it tells of something that failed.
pub(crate) fn tells(line: &str) -> bool {
    let line = line.trim();
    (line.starts_with("test ") && line.ends_with(" ... FAILED"))
        || line.starts_with("test result: FAILED.")
        || (line.starts_with("error: ") && line.contains(" failed"))
        || line.starts_with("`-p ")
}

impl Failed {
    /// What may be tried again, by the lines that [tell](tells) of it: nothing where a test of another kind failed, or a
    /// program ended in another way than by saying which of its tests failed.
    pub(crate) fn worth_a_second_try(lines: &[String]) -> Option<Self> {
        let mut failed = Self::default();
        let mut results = 0;
        for line in lines.iter().map(|line| line.trim()) {
            if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
                failed.tests.push(name.to_owned());
            } else if line.starts_with("test result: FAILED.") {
                results += 1;
            } else if let Some(target) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
                let program = WHOLE_SYSTEM.iter().find_map(|package| target.strip_prefix(package))?;
                failed.programs.push(program.to_owned());
            }
        }
        let told = !failed.tests.is_empty() && results == failed.programs.len();
        (told && failed.tests.len() <= AT_MOST).then_some(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> Option<Failed> {
        let lines: Vec<String> = said.lines().filter(|line| tells(line)).map(str::to_owned).collect();
        Failed::worth_a_second_try(&lines)
    }

    const END: &str = "error: 1 target failed:\n    `-p renkei-tests --test system`\n";

    #[test]
    fn a_test_of_the_whole_system_is_tried_again() {
        let said =
            format!("test files::a12_2_x ... FAILED\ntest b ... ok\ntest result: FAILED. 1 passed; 1 failed\n{END}");
        let failed = Failed { tests: vec!["files::a12_2_x".into()], programs: vec!["system".into()] };
        assert_eq!(read(&said), Some(failed));
    }

    #[test]
    fn a_rule_is_right_or_wrong() {
        let end = "error: 1 target failed:\n    `-p renkei-policy --test rows`\n";
        assert_eq!(read(&format!("test a ... FAILED\ntest result: FAILED. 0 passed\n{end}")), None);
        let both = "error: 2 targets failed:\n    `-p renkei-policy --lib`\n    `-p renkei-tests --test system`\n";
        let results = "test result: FAILED. 0 passed\ntest result: FAILED. 0 passed\n";
        assert_eq!(read(&format!("test a ... FAILED\ntest b ... FAILED\n{results}{both}")), None);
    }

    #[test]
    fn many_are_a_fault() {
        let said = "test a ... FAILED\ntest b ... FAILED\ntest c ... FAILED\ntest result: FAILED. 0 passed\n";
        assert_eq!(read(&format!("{said}{END}")), None);
    }

    #[test]
    fn a_program_that_was_killed_is_a_fault() {
        assert_eq!(read(&format!("test a ... FAILED\n{END}")), None, "it said no result");
        assert_eq!(read(END), None, "it named no test");
        assert_eq!(read("error: could not compile `renkei-tests` (test \"system\")"), None);
    }
}
