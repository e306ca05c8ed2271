//! What somebody at a terminal meets: questions before what can't be taken back, locking, an agent that is gone, two
//! terminals at once, and a window that closes.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use renkei_client_core::proto::sentence::Language;
use renkei_tests::terminal::{People, Terminal, Typed};
use renkei_tests::{PATIENCE, Person, Team};

/// The agent of a profile below `home`.
fn agent(home: &Path, profile: &str) -> Option<u32> {
    let home = home.to_str().expect("a plain name");
    let processes =
        std::fs::read_dir("/proc").expect("processes").filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    processes.filter_map(|name| name.parse().ok()).find(|id: &u32| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let words: Vec<&str> =
            line.split(|byte| *byte == 0).map(|word| std::str::from_utf8(word).unwrap_or("")).collect();
        words.contains(&home) && words.contains(&"agent") && words.contains(&profile)
    })
}

/// Waits until `there` is so.
#[track_caller]
fn until(what: &str, mut there: impl FnMut() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The device is put down by the test's own client, and from now on held by `renkei`.
async fn at_terminal(person: &mut Person, people: &mut People<'_>, profile: &str) {
    person.take_client().sign_out().await.expect("signed out");
    people.knows(profile, &person.password, person.factor.as_ref().expect("a code generator"));
}

/// `line` is done by a clear yes alone: what was shown names `shown`; until then `unchanged` shows `as_before`.
#[track_caller]
fn only_by_a_clear_yes(terminal: &mut Terminal, line: &str, shown: &[&str], unchanged: (&str, &str)) {
    let (look, as_before) = unchanged;
    let before = terminal.run(look).well();
    assert!(before.contains(as_before), "{before}");
    for no in [Typed::Line("n"), Typed::Line(""), Typed::End, Typed::Line("maybe"), Typed::Line("いいえ")] {
        let said = terminal.run_asked(line, &[("[y/N] ", no)]);
        for part in shown {
            assert!(said.text.contains(part), "{part}: {}", said.text);
        }
        let said = said.badly(3, "何もしていません");
        assert!(!said.contains("入力が正しくありません"), "nothing was wrong: {said}");
        assert_eq!(terminal.run(look).well(), before, "{no:?}");
    }
    // Nobody is there who could be asked: a pipe, a script that wants JSON.
    terminal.run(&format!("{line} < /dev/null")).badly(3, "--yes");
    terminal.run(&format!("echo y | {line}")).badly(3, "--yes");
    terminal.run(&format!("{line} --json")).badly(3, "bad_input");
    // Interrupted, as the shell has it: 128 and the signal.
    terminal.run_asked(line, &[("[y/N] ", Typed::Interrupt)]).badly(130, "");
    assert_eq!(terminal.run(look).well(), before);
    terminal.run_asked(line, &[("[y/N] ", Typed::Line("y"))]).well();
    let after = terminal.run(look).well();
    assert_ne!(after, before);
}

/// The first identifier of this kind on the screen.
#[track_caller]
fn shown(text: &str, kind: &str) -> String {
    let at = text.find(kind).unwrap_or_else(|| panic!("no {kind}: {text}"));
    text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a8_4_an_invitation_is_approved_by_a_clear_yes_alone() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.doctor.client().invite(team.group, nurse.user()).await.expect("invited");
    let mut people = People::of(&team.world.server, Language::Japanese);
    at_terminal(&mut team.chief, &mut people, "station").await;
    let mut terminal = Terminal::open(team.world.home(), Language::Japanese);
    people.run(&mut terminal, "renkei --profile station sign-in").well();
    let list = "renkei --profile station invitation list";
    let invitation = shown(&terminal.run(list).well(), "inv-");
    let approve = format!("renkei --profile station invitation approve {invitation}");
    let names = ["架空 nurse", "架空 clinic", "見本 花子さん 在宅チーム"];
    only_by_a_clear_yes(&mut terminal, &approve, &names, (list, &invitation));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_takeout_is_approved_by_a_clear_yes_alone() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    team.doctor.client().send(team.group, "本日の様子です。").await.expect("sent");
    let mut people = People::of(&team.world.server, Language::Japanese);
    at_terminal(&mut team.chief, &mut people, "station").await;
    at_terminal(&mut nurse, &mut people, "nurse").await;
    let mut terminal = Terminal::open(team.world.home(), Language::Japanese);
    people.run(&mut terminal, "renkei --profile nurse sign-in").well();
    people.run(&mut terminal, "renkei --profile station sign-in").well();
    let day = "$(date -d '+3 days' +%F)";
    let request = format!(
        "renkei --profile nurse takeout request --group {} --medium usb-memory --purpose conference --until {day}",
        team.group
    );
    let takeout = shown(&terminal.run(&request).well(), "tko-");
    let list = "renkei --profile station takeout list";
    until("the request is there", || terminal.run(list).well().contains(&takeout));
    let approve = format!("renkei --profile station takeout approve {takeout}");
    only_by_a_clear_yes(&mut terminal, &approve, &["架空 nurse"], (list, &takeout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_a_device_is_wiped_by_a_clear_yes_alone() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let mut people = People::of(&team.world.server, Language::Japanese);
    at_terminal(&mut team.chief, &mut people, "station").await;
    let mut terminal = Terminal::open(team.world.home(), Language::Japanese);
    people.run(&mut terminal, "renkei --profile station sign-in").well();
    let device = nurse.device().to_string();
    let wipe = format!("renkei --profile station device wipe {device}");
    let list = format!("renkei --profile station device list --user {}", nurse.user());
    only_by_a_clear_yes(&mut terminal, &wipe, &["架空 nurse", &device], (&list, &device));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_locked_unlocked_signed_out_and_each_time_told_what_to_do() {
    let mut team = Team::of_two().await;
    let group = team.group.to_string();
    let mut people = People::of(&team.world.server, Language::Japanese);
    at_terminal(&mut team.chief, &mut people, "station").await;
    let password = people.password("station");
    let mut terminal = Terminal::open(team.world.home(), Language::Japanese);
    let (sign_in, read) = ("renkei --profile station sign-in", format!("renkei --profile station read {group}"));
    terminal.run(&read).badly(4, "renkei sign-in");
    people.run(&mut terminal, sign_in).well();
    terminal.run(&read).well();
    terminal.run(sign_in).badly(3, "renkei status");

    terminal.run("renkei --profile station lock").well();
    terminal.run(&read).badly(4, "renkei sign-in");
    terminal.run("renkei --profile station lock").well();
    let wrong = terminal.run_asked(sign_in, &[("パスワード: ", Typed::Secret("umi-7-not-this-one"))]);
    wrong.badly(4, "");
    terminal.run(&read).badly(4, "renkei sign-in");
    // Ctrl-D and the return key alone are no password either.
    terminal.run_asked(sign_in, &[("パスワード: ", Typed::NoSecret)]).badly(3, "パスワード");
    // No code: the session was locked, not ended.
    terminal.run_asked(sign_in, &[("パスワード: ", Typed::Secret(&password))]).well();
    terminal.run(&read).well();

    terminal.run("renkei --profile station sign-out").well();
    until("the agent has ended", || agent(team.world.home(), "station").is_none());
    terminal.run(&read).badly(4, "renkei sign-in");
    let again = people.run(&mut terminal, sign_in);
    assert!(again.text.contains("確認コード") || terminal.all().contains("確認コード（6桁）: "), "{}", again.text);
    again.well();
    terminal.run(&read).well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_an_agent_that_was_killed_leaves_nothing_open() {
    let mut team = Team::of_two().await;
    let group = team.group.to_string();
    let mut people = People::of(&team.world.server, Language::Japanese);
    at_terminal(&mut team.chief, &mut people, "station").await;
    let mut terminal = Terminal::open(team.world.home(), Language::Japanese);
    people.run(&mut terminal, "renkei --profile station sign-in").well();
    let id = agent(team.world.home(), "station").expect("an agent").to_string();
    assert!(Command::new("kill").args(["-KILL", &id]).status().expect("kill").success());
    until("the agent has ended", || agent(team.world.home(), "station").is_none());
    let read = format!("renkei --profile station read {group}");
    terminal.run(&read).badly(4, "renkei sign-in");
    let status = terminal.run("renkei --profile station status").well();
    assert!(!status.contains("見本 花子"), "{status}");
    people.run(&mut terminal, "renkei --profile station sign-in").well();
    terminal.run(&read).well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_closing_the_terminal_signs_out_and_a_second_one_is_told() {
    let mut team = Team::of_two().await;
    let group = team.group.to_string();
    let mut people = People::of(&team.world.server, Language::Japanese);
    at_terminal(&mut team.chief, &mut people, "station").await;
    let mut first = Terminal::open(team.world.home(), Language::Japanese);
    let mut second = Terminal::open(team.world.home(), Language::Japanese);
    let told = people.run(&mut first, "renkei --profile station sign-in").well();
    assert!(told.contains("このターミナルを閉じるとサインアウトします"), "{told}");

    // Both work with the one agent, at once.
    let follow = format!("renkei --profile station read {group} --follow");
    second.types(&follow);
    first.run(&format!("renkei --profile station send {group} '本日うかがいます。'")).well();
    second.sees("本日うかがいます。");
    second.answers(Typed::Interrupt);
    second.prompt();
    second.hang_up();
    let read = format!("renkei --profile station read {group}");
    assert!(first.run(&read).well().contains("本日うかがいます。"), "the other terminal was not the session's");

    let mut second = Terminal::open(team.world.home(), Language::Japanese);
    second.run(&read).well();
    first.hang_up();
    until("the agent has ended", || agent(team.world.home(), "station").is_none());
    second.run(&read).badly(4, "renkei sign-in");
    // Signed out, not locked: the server tells no counts, and wants both factors.
    let password = people.password("station");
    second.types("renkei --profile station sign-in");
    second.sees("パスワード: ");
    second.answers(Typed::Secret(&password));
    second.sees("確認コード（6桁）: ");
    second.answers(Typed::Interrupt);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_who_asked_to_stay_is_still_signed_in_when_the_terminal_has_closed() {
    let mut team = Team::of_two().await;
    let mut people = People::of(&team.world.server, Language::English);
    at_terminal(&mut team.chief, &mut people, "station").await;
    let mut first = Terminal::open(team.world.home(), Language::English);
    let told = people.run(&mut first, "renkei --profile station sign-in --stay").well();
    assert!(!told.contains("signs out"), "{told}");
    let id = agent(team.world.home(), "station").expect("an agent");
    let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).expect("its arguments");
    assert!(!line.contains("--with-terminal"), "nothing ends it with the terminal: {line}");
    first.hang_up();
    let mut second = Terminal::open(team.world.home(), Language::English);
    second.run(&format!("renkei --profile station read {}", team.group)).well();
    assert_eq!(agent(team.world.home(), "station"), Some(id));
    second.run("renkei --profile station sign-out").well();
}

#[test]
fn help_and_what_is_wrong_with_a_line_come_in_the_language_of_the_terminal() {
    let home = tempfile::TempDir::with_prefix("renkei-").expect("a temporary directory");
    let mut japanese = Terminal::open(home.path(), Language::Japanese);
    let help = japanese.run("renkei takeout approve --help").well();
    assert!(help.contains("申請の内容を読んで承認する") && !help.contains("Usage"), "{help}");
    let said = japanese.run("renkei takeout aprove tko-x").badly(2, "コマンド「aprove」はありません。");
    assert!(said.contains("renkei takeout --help"), "{said}");
    japanese.run("renkei takeout approve").badly(2, "次の指定が必要です");
    let said = japanese.run("renkei --json takeout approve").badly(2, r#""code":"bad_input""#);
    assert!(said.contains("次の指定が必要です"), "{said}");
    // One line, or all of a terminal.
    let english = japanese.run("renkei --lang en takeout approve --help").well();
    assert!(english.contains("Usage: ") && english.contains("Approve a request, after reading it\n"), "{english}");
    japanese.run("RENKEI_LANG=en renkei takeout aprove").badly(2, "unrecognized subcommand");
    let mut english = Terminal::open(home.path(), Language::English);
    english.run("renkei takeout approve").badly(2, "required arguments");
    let said = english.run("RENKEI_LANG=ja renkei status").badly(4, "renkei enrol で登録してください。");
    assert!(!said.contains("not "), "{said}");
}
