//! Sessions that lock and end by the server's clock, and what a person who is away leaves behind (A11.1, A11.4, A11.6).

use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op, Password, RESUME};
use renkei_client_core::proto::id::SessionId;
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::settings::{Crowded, Setting};
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_tests::{DAY, PATIENCE, Person, Server, Stranger, Team, World, refused, within};

/// What a computer is left alone for before its session locks, where nothing was set.
const IDLE: u64 = 600;

/// A working day, after which a session ends.
const SESSION: u64 = 12 * 3600;

fn wrong() -> Password {
    Password::new("machigai-7-no-aikotoba").expect("a password")
}

fn unlock(password: &Password) -> (SigningSecret, Op) {
    let key = SigningSecret::from_seed(&random());
    let session_key = key.public();
    (key, Op::Unlock { password: password.clone(), session_key })
}

/// Asks until the answer is another than a session's: the server looks at its sessions once a second.
async fn until_refused(over: &Stranger, op: Op) -> Code {
    let asked = async {
        loop {
            if let Err(fault) = over.request(op.clone()).await {
                return fault.code;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    within("a refusal", asked).await
}

async fn raw_sign_in(over: &Stranger, person: &Person, server: &Server) -> (SessionId, SigningSecret) {
    let key = SigningSecret::from_seed(&random());
    let code = Some(person.new_code(server));
    let op = Op::SignIn { user: person.user(), password: person.typed(), code, session_key: key.public() };
    match over.request(op).await {
        Ok(Answer::SignedIn { session, .. }) => (session, key),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_session_left_alone_locks_and_the_password_unlocks_it_on_its_device() {
    let mut team = Team::of_two().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    team.doctor.client().send(group, "席を外す前").await.expect("sent");
    team.chief.texts(group, 1).await;
    team.world.server.wait(IDLE - 5);
    team.doctor.client().ask(Op::Touch).await.expect("the doctor is there");
    team.world.server.wait(10);
    assert_eq!(team.chief.over().await.code, Code::SessionLocked);
    refused(team.chief.client().read(group, 0), Code::VaultClosed);
    team.doctor.client().send(group, "離席中に届いた記録").await.expect("the doctor goes on");

    // Counts, and nothing with content, whatever is asked for.
    let thief = Stranger::device(&team.chief.profile).await;
    match thief.request(Op::Counts).await.expect("counts") {
        Answer::Counts(counts) => assert_eq!(counts.as_slice(), [(group, 2)]),
        other => panic!("{other:?}"),
    }
    for op in [Op::Offers, Op::Details(List::default()), Op::FetchBox { log, seq: 0 }, Op::Entries { log, from: 0 }] {
        refused(thief.request(op).await, Code::SessionRequired);
    }
    refused(thief.request(Op::Touch).await, Code::SessionRequired);
    refused(thief.request(unlock(&wrong()).1).await, Code::SignInFailed);
    refused(thief.request(Op::Offers).await, Code::SessionRequired);
    team.chief.unlock().await.expect("unlocked");
    assert_eq!(team.chief.texts(group, 2).await, ["席を外す前", "離席中に届いた記録"]);
    // The counts go on with an open session.
    assert_eq!(team.chief.profile.counts().await.expect("counts"), [(group, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_what_a_program_does_by_itself_keeps_no_session_open() {
    let team = Team::of_two().await;
    let own = Stranger::device(&team.chief.profile).await;
    raw_sign_in(&own, &team.chief, &team.world.server).await;
    for _ in 0..2 {
        team.world.server.wait(IDLE / 2 - 1);
        own.request(Op::Offers).await.expect("a request");
        own.request(Op::Freshen).await.expect("a request");
    }
    own.request(Op::Offers).await.expect("still open");
    team.world.server.wait(3);
    assert_eq!(until_refused(&own, Op::Offers).await, Code::SessionLocked);
    refused(own.request(Op::Touch).await, Code::SessionLocked);
    refused(own.request(Op::Freshen).await, Code::SessionLocked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_session_ends_after_a_working_day_whatever_is_done_in_it() {
    let mut world = World::with_operators(1).await;
    let mut at = 0;
    while at + IDLE < SESSION {
        world.server.wait(IDLE - 60);
        at += IDLE - 60;
        world.operators[0].client().ask(Op::Touch).await.expect("somebody is there");
    }
    world.server.wait(SESSION - at + 1);
    assert!(matches!(world.operators[0].over().await.code, Code::SessionExpired | Code::SessionEnded));
    let own = Stranger::device(&world.operators[0].profile).await;
    refused(own.request(Op::Counts).await, Code::SessionRequired);
    refused(own.request(unlock(&world.operators[0].typed()).1).await, Code::SessionEnded);
    world.operators[0].sign_in(&world.server).await.expect("with password and code");
    // Whichever a connection heard first, the record says why.
    let records =
        world.operators[0].client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("records");
    let expired = |what: &What| matches!(what, What::SessionEnded { code: Code::SessionExpired, .. });
    assert!(records.lines.iter().any(|line| expired(&line.record.what)), "session_expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_locked_session_ends_as_well_and_after_five_wrong_passwords() {
    let world = World::with_operators(1).await;
    let person = &world.operators[0];
    let own = Stranger::device(&person.profile).await;
    raw_sign_in(&own, person, &world.server).await;
    own.request(Op::Lock).await.expect("locked");
    world.server.wait(SESSION);
    assert_eq!(until_refused(&own, Op::Counts).await, Code::SessionRequired);
    refused(own.request(unlock(&person.typed()).1).await, Code::SessionEnded);

    raw_sign_in(&own, person, &world.server).await;
    own.request(Op::Lock).await.expect("locked");
    for _ in 0..5 {
        // The delay after failures is A11.5's; here it is waited for.
        world.server.advance(900);
        refused(own.request(unlock(&wrong()).1).await, Code::SignInFailed);
    }
    world.server.advance(900);
    refused(own.request(unlock(&person.typed()).1).await, Code::SessionEnded);
    refused(own.request(Op::Offers).await, Code::SessionEnded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_an_unlocked_session_has_a_new_key_and_a_lock_spares_no_connection() {
    let world = World::with_operators(1).await;
    let person = &world.operators[0];
    let (first, second) = (Stranger::device(&person.profile).await, Stranger::device(&person.profile).await);
    let (session, key) = raw_sign_in(&first, person, &world.server).await;
    let resume =
        |over: &Stranger, key: &SigningSecret| Op::Resume { session, signature: key.sign(RESUME, over.exporter()) };
    second.request(resume(&second, &key)).await.expect("a second connection");
    world.server.wait(IDLE);
    assert_eq!(until_refused(&first, Op::Offers).await, Code::SessionLocked);
    assert_eq!(until_refused(&second, Op::Offers).await, Code::SessionLocked);
    let (new, op) = unlock(&person.typed());
    first.request(op).await.expect("unlocked");
    first.request(Op::Offers).await.expect("open");
    let third = Stranger::device(&person.profile).await;
    refused(third.request(resume(&third, &key)).await, Code::SignatureInvalid);
    third.request(resume(&third, &new)).await.expect("the new key");
    // Nobody unlocks what is open.
    refused(third.request(unlock(&person.typed()).1).await, Code::SessionEnded);
    let nobody = Op::Resume { session, signature: Signature([0; 64]) };
    refused(third.request(nobody).await, Code::SignatureInvalid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_an_entry_dated_next_year_unlocks_nothing_and_locks_nobody_out() {
    let mut team = Team::of_two().await;
    let server = &team.world.server;
    let thief = Stranger::device(&team.chief.profile).await;
    raw_sign_in(&thief, &team.chief, server).await;
    thief.request(Op::Lock).await.expect("locked");
    // A year forward, while somebody writes, and back again: what was written is dated next year.
    server.advance(365 * DAY);
    refused(thief.request(Op::Offers).await, Code::SessionLocked);
    team.doctor.client().send(team.group, "時計が狂っている間").await.expect("an open session stays open");
    server.set_back(366 * DAY);
    refused(thief.request(Op::Offers).await, Code::SessionLocked);
    team.doctor.client().ask(Op::Offers).await.expect("open");
    // On the real day, with codes of the real day. A device asks with its own clock, which was right all the time.
    server.advance(DAY);
    team.chief.unlock().await.expect("unlocked");
    drop(team.chief.take_client());
    team.chief.sign_in(server).await.expect("signed in anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_locks_and_ages_outlive_the_servers_fall() {
    let mut world = World::with_operators(1).await;
    let own = Stranger::device(&world.operators[0].profile).await;
    raw_sign_in(&own, &world.operators[0], &world.server).await;
    world.server.wait(IDLE);
    assert_eq!(until_refused(&own, Op::Offers).await, Code::SessionLocked);
    // Answered after whoever locks by the clock is done: the disk knows.
    own.request(Op::Lock).await.expect("it is locked");
    world.server.kill();
    world.server.restart();
    let own = Stranger::device(&world.operators[0].profile).await;
    refused(own.request(Op::Offers).await, Code::SessionRequired);
    own.request(Op::Counts).await.expect("the locked session is there");
    own.request(unlock(&world.operators[0].typed()).1).await.expect("unlocked");
    // What was a fresh code before the fall is none any more.
    refused(own.request(Op::NewRecoveryCodes).await, Code::StepUpRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_session_in_which_nobody_was_while_the_server_was_down_comes_back_locked() {
    let mut world = World::with_operators(1).await;
    let own = Stranger::device(&world.operators[0].profile).await;
    let (session, key) = raw_sign_in(&own, &world.operators[0], &world.server).await;
    let resume = |over: &Stranger| Op::Resume { session, signature: key.sign(RESUME, over.exporter()) };
    // Killed with the session open, of which the disk knows nothing else; down for less than the idle time.
    world.server.kill();
    world.server.stays_down(IDLE - 60);
    world.server.restart();
    let own = Stranger::device(&world.operators[0].profile).await;
    own.request(resume(&own)).await.expect("who was there a moment ago goes on");
    own.request(Op::Offers).await.expect("open");
    // Down again, and the idle time before it counts: together it is over, although nobody asked anything meanwhile.
    world.server.kill();
    world.server.stays_down(61);
    world.server.restart();
    let own = Stranger::device(&world.operators[0].profile).await;
    refused(own.request(resume(&own)).await, Code::SessionLocked);
    refused(own.request(Op::Offers).await, Code::SessionRequired);
    refused(own.request(Op::Details(List::default())).await, Code::SessionRequired);
    own.request(Op::Counts).await.expect("the locked session is there");
    let (key, again) = unlock(&world.operators[0].typed());
    own.request(again).await.expect("unlocked");
    own.request(Op::Offers).await.expect("open");
    // Somebody is there again, and that is on the disk at once.
    world.server.kill();
    world.server.stays_down(IDLE - 60);
    world.server.restart();
    let own = Stranger::device(&world.operators[0].profile).await;
    let signature = key.sign(RESUME, own.exporter());
    own.request(Op::Resume { session, signature }).await.expect("goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_who_was_there_is_there_after_the_servers_fall() {
    let mut world = World::with_operators(1).await;
    let own = Stranger::device(&world.operators[0].profile).await;
    let (session, key) = raw_sign_in(&own, &world.operators[0], &world.server).await;
    let secrets = world.server.data().join("store").join("secrets").join("secrets");
    let read = || std::fs::read(&secrets).expect("the secrets");
    // The idle time is over in all, and in none of the parts: each time the disk is told, and no more than that.
    for _ in 0..4 {
        let before = read();
        own.request(Op::Touch).await.expect("somebody is there");
        world.server.wait(IDLE / 4);
        let written = async {
            while read() == before {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        within("the disk", written).await;
    }
    world.server.kill();
    world.server.restart();
    let own = Stranger::device(&world.operators[0].profile).await;
    let signature = key.sign(RESUME, own.exporter());
    own.request(Op::Resume { session, signature }).await.expect("goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_one_session_too_many_ends_the_oldest_or_is_refused() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let user = nurse.user();
    let mut others = Vec::new();
    for name in ["tablet", "phone"] {
        let mut other = team.world.device(&team.chief, user, name).await;
        let seen =
            nurse.client().wait_until(PATIENCE, |replica| replica.registry().now().device(other.device()).map(drop));
        seen.await.expect("the approval");
        nurse.client().confirm_device(other.device()).await.expect("confirmed");
        assert!(other.profile.poll().await.expect("an answer"));
        other.password.clone_from(&nurse.password);
        other.factor.clone_from(&nurse.factor);
        others.push(other);
    }
    let [mut tablet, mut phone] = <[Person; 2]>::try_from(others).expect("two");
    tablet.sign_in(&team.world.server).await.expect("the second of two");
    let rows = tablet.client().sessions(user).await.expect("a list");
    assert_eq!(rows.iter().map(|row| row.device).collect::<Vec<_>>(), [nurse.device(), tablet.device()]);
    assert!(rows.iter().all(|row| !row.locked));
    phone.sign_in(&team.world.server).await.expect("the third");
    assert_eq!(nurse.over().await.code, Code::SessionEnded);
    let rows = phone.client().sessions(user).await.expect("a list");
    assert_eq!(rows.iter().map(|row| row.device).collect::<Vec<_>>(), [tablet.device(), phone.device()]);

    team.chief.client().set(Some(team.station), Setting::Crowded(Crowded::Refuse)).await.expect("set");
    refused(nurse.sign_in(&team.world.server).await, Code::TooManySessions);
    let own = Stranger::device(&nurse.profile).await;
    refused(own.request(Op::Offers).await, Code::SessionRequired);
    // Signing in again on a device that has a session needs no place.
    tablet.sign_in(&team.world.server).await.expect("a place of its own");
    let there = phone.client().sessions(user).await.expect("a list")[1].session;
    phone.client().end_session(user, there).await.expect("ended");
    assert_eq!(tablet.over().await.code, Code::SessionEnded);
    nurse.sign_in(&team.world.server).await.expect("a place is free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_sessions_are_seen_and_ended_by_their_owner_and_the_own_administrator_alone() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let rows = team.chief.client().sessions(nurse.user()).await.expect("the own administrator");
    let session = rows.first().expect("one").session;
    for other in [&team.doctor, &team.world.operators[0]] {
        refused(other.client().sessions(nurse.user()).await, Code::NotAdministrator);
        refused(other.client().end_session(nurse.user(), session).await, Code::NotAdministrator);
    }
    refused(nurse.client().sessions(team.chief.user()).await, Code::NotAdministrator);
    // Nor under another person's name.
    refused(team.doctor.client().end_session(team.doctor.user(), session).await, Code::Unknown);
    nurse.client().ask(Op::Offers).await.expect("still signed in");
    team.chief.client().end_session(nurse.user(), session).await.expect("ended");
    assert_eq!(nurse.over().await.code, Code::SessionEnded);
}

/// Fills a small disk to its last byte.
fn fill(disk: &std::path::Path) {
    use std::io::Write as _;
    let mut ballast = std::fs::File::create(disk.join("ballast")).expect("a file");
    for block in [vec![7; 65_536], vec![7; 1]] {
        while ballast.write_all(&block).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_full_disk_keeps_nobodys_session_open() {
    let home = tempfile::TempDir::with_prefix("renkei-").expect("a temporary directory");
    let place = tempfile::TempDir::with_prefix("renkei-").expect("a temporary directory");
    let Some(mount) = renkei_tests::Mount::tmpfs(place.path(), 48) else {
        println!("SKIPPED: full disk on tmpfs needs root");
        return;
    };
    let world = World::at(home, &place.path().join("server"), 2).await;
    fill(place.path());
    let [first, second] = &world.operators[..] else { panic!("two operators") };
    let other = second.client().sessions(second.user()).await.expect("a list")[0].session;
    // What can't be written is told, and done.
    assert!(second.client().end_session(second.user(), other).await.is_err());
    assert_eq!(second.over().await.code, Code::SessionEnded);
    world.server.wait(IDLE);
    assert_eq!(first.over().await.code, Code::SessionLocked);
    drop((world, mount, place));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_a_colleagues_session_is_ended_with_a_fresh_code_and_by_name_on_record() {
    use renkei_client_core::proto::access::{Scope, What};
    use renkei_client_core::proto::time::Time;
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    for _ in 0..4 {
        team.world.server.wait(200);
        for person in [&team.chief, &nurse] {
            person.client().ask(Op::Touch).await.expect("there");
        }
    }
    let (chief, user) = (team.chief.client(), nurse.user());
    let session = chief.sessions(user).await.expect("a list")[0].session;
    refused(chief.end_session(user, session).await, Code::StepUpRequired);
    nurse.client().ask(Op::Offers).await.expect("still signed in");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    chief.end_session(user, session).await.expect("ended");
    let records = chief.access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("the own records");
    let ended = |what: &What| *what == What::EndedFor { user, session };
    assert!(records.lines.iter().any(|line| ended(&line.record.what)), "who did it is on record");
}
