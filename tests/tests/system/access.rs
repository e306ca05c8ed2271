//! The record of access (A2.1): who was handed what is on record before it is handed out; who sees the record; and what
//! was done to it is noticed.

use std::path::Path;

use renkei_client_core::access::{Records, who_read};
use renkei_client_core::client::Connection;
use renkei_client_core::proto::access::{
    AccessQuestion, AccessRecord, AccessTip, Asked, Kind, Listing, Scope, SignedAccessHead, Stage, Subject, What,
};
use renkei_client_core::proto::access_file::{Checked, Checker, First, Flaw, Line};
use renkei_client_core::proto::act::{Act, HistoryPolicy, RegistryAct};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op, Password, SecondFactor, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::key::{Signature, SigningSecret};
use renkei_client_core::proto::statement::{LogId, Role, Signed};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_store::{Append, EmbeddedStore, Log as _, LogKey, NewRecord, Options, RecordKey};
use renkei_tests::{Person, Stranger, Team, copy_dir, pledge, refused, within};

/// Refusals of one kind, in one go.
const OFTEN: u32 = 500;

const ALWAYS: (Time, Time) = (Time(0), Time(u64::MAX));

async fn asked(person: &Person, scope: Scope) -> Records {
    person.client().access_records(scope, ALWAYS.0, ALWAYS.1).await.expect("records")
}

/// A name, and what is looked for under it.
type Wanted<'a> = (&'a str, &'a dyn Fn(&What) -> bool);

/// What of the record is about `person`'s device.
fn of<'r>(records: &'r Records, person: &Person) -> Vec<&'r AccessRecord> {
    let mine = |record: &&AccessRecord| record.user == Some(person.user()) && record.device == Some(person.device());
    records.lines.iter().map(|line| &line.record).filter(mine).collect()
}

fn times(records: &[&AccessRecord], what: impl Fn(&What) -> Option<u32>) -> u32 {
    records.iter().filter_map(|record| what(&record.what)).sum()
}

/// How often `person` was refused so.
fn refusals(records: &Records, person: &Person, asked: Asked, code: Code, group: Option<GroupId>) -> u32 {
    times(&of(records, person), |what| match what {
        What::Refused { asked: a, code: c, group: g, times } => {
            ((*a, *c, *g) == (asked, code, group)).then_some(*times)
        }
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_sign_ins_openings_lists_exports_and_acts_are_on_record_with_who_and_when() {
    let team = Team::of_two().await;
    let (group, began) = (team.group, team.world.server.now());
    team.doctor.client().send(group, "訪問しました").await.expect("sent");
    team.chief.texts(group, 1).await;
    team.chief.client().export(&[group]).await.expect("an export");
    team.chief.client().offers().await.expect("nobody");
    let named = renkei_client_core::office::details("架空 四郎", None).expect("a name");
    let profession = renkei_client_core::proto::act::Profession::Nurse;
    team.chief.client().register_staff(profession, named, Some(pledge())).await.expect("registered");
    let own = asked(&team.chief, Scope::Own).await;
    let hers = of(&own, &team.chief);
    assert_eq!(hers.len(), own.lines.len(), "one's own, and nothing else");
    let signed_in = hers.iter().find(|one| matches!(one.what, What::SignedIn { .. })).expect("the sign-in");
    assert_eq!(signed_in.source.map(|source| source.to_string()).as_deref(), Some("127.0.0.1"));
    let opened = hers.iter().find(|one| matches!(one.what, What::Opened { group: g, .. } if g == group));
    let opened = opened.expect("the opening");
    assert!(matches!(opened.what, What::Opened { stage: Stage::Began, messages: 1, .. }), "{opened:?}");
    assert!((began..=team.world.server.now()).contains(&opened.time), "{opened:?}");
    assert_eq!(opened.source, None, "where from is on record where somebody signs in");
    let exported = |log| hers.iter().any(|one| matches!(one.what, What::Exported { log: l, from: 0, .. } if l == log));
    assert!(exported(LogId::Group(group)) && exported(LogId::Registry), "the export");
    let listed = times(&hers, |what| match what {
        What::Listed { what: Listing::Offers, times } => Some(*times),
        _ => None,
    });
    assert!(listed > 0, "the look-ups");
    let acts: Vec<u64> = hers
        .iter()
        .filter_map(|one| match one.what {
            What::Acted { log: LogId::Registry, seq } => Some(seq),
            _ => None,
        })
        .collect();
    let last = team.chief.client().look(|replica| replica.registry().size()) - 1;
    assert_eq!(acts.last(), Some(&last), "the act, by its place in the registry");
    // The originator's administrator sees who opened the group, and that this was looked at.
    let theirs = asked(&team.doctor, Scope::Group(group)).await;
    let readers = who_read(group, theirs.lines.iter().map(|line| &line.record));
    let chief = readers.iter().find(|one| one.user == team.chief.user()).expect("she was handed messages");
    assert_eq!((chief.device, chief.openings, chief.open), (team.chief.device(), 1, 1));
    assert!(chief.exports > 0 && chief.first == opened.time, "{chief:?}");
    let again = asked(&team.doctor, Scope::Own).await;
    let looked = |one: &&AccessRecord| matches!(one.what, What::Consulted { scope: Scope::Group(g), .. } if g == group);
    assert!(of(&again, &team.doctor).iter().any(looked), "asking is on record too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_refusals_are_on_record_also_of_raw_frames_and_repetitions_are_counted() {
    let team = Team::of_two().await;
    let elsewhere = team.world.group(&team.doctor, HistoryPolicy::All).await;
    refused(team.chief.client().export(&[elsewhere]).await, Code::NotForYou);
    let wrong = Password::new("machigai-7-no-aikotoba").expect("a password");
    refused(team.chief.profile.sign_in(&wrong, Some(0)).await, Code::SignInFailed);
    // Somebody with her device who skips whatever the client checks.
    let raw = Stranger::device(&team.chief.profile).await;
    for _ in 0..OFTEN {
        refused(raw.request(Op::Offers).await, Code::SessionRequired);
    }
    refused(raw.request(Op::Entries { log: LogId::Group(team.group), from: 0 }).await, Code::SessionRequired);
    let nonsense = Signed { bytes: Blob::new(vec![9; 40]).expect("short"), signature: Signature([9; 64]) };
    refused(raw.request(Op::Submit { signed: nonsense, sidecar: Sidecar::default() }).await, Code::SessionRequired);
    let act = Act::Registry(RegistryAct::AppointAdministrator { user: team.doctor.user() });
    let role = Role::FacilityManager;
    let act = team.chief.client().submit_unchecked(LogId::Registry, role, None, act, Sidecar::default()).await;
    let code = act.expect_err("refused").code;

    // The count of a minute follows when it is over, whoever asks before.
    let early = asked(&team.chief, Scope::Own).await;
    let first = refusals(&early, &team.chief, Asked::Listing, Code::SessionRequired, None);
    assert_eq!(first, 1, "a question tells nothing more exact than the minute");
    team.world.server.advance(60);
    let records = asked(&team.chief, Scope::Own).await;
    let count = |asked, code, group| refusals(&records, &team.chief, asked, code, group);
    assert_eq!(count(Asked::Export, Code::NotForYou, Some(elsewhere)), 1);
    assert_eq!(count(Asked::SignIn, Code::SignInFailed, None), 1);
    assert_eq!(count(Asked::Listing, Code::SessionRequired, None), OFTEN, "none is forgotten");
    assert_eq!(count(Asked::Export, Code::SessionRequired, Some(team.group)), 1);
    assert_eq!(count(Asked::Statement, code, None), 1);
    let of_these = |one: &&AccessRecord| matches!(one.what, What::Refused { asked: Asked::Listing, .. });
    let written = of(&records, &team.chief).iter().filter(|one| of_these(one)).count();
    assert!(written < 30, "{OFTEN} refusals fill the disk with {written} records");
    // And the group's administrator sees who was turned away from it.
    let theirs = asked(&team.doctor, Scope::Group(elsewhere)).await;
    assert_eq!(refusals(&theirs, &team.chief, Asked::Export, Code::NotForYou, Some(elsewhere)), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_head_of_an_earlier_record_says_its_own_time_and_curiosity_has_a_bound() {
    let team = Team::of_two().await;
    let ask = async |size| {
        let question = AccessQuestion { scope: Scope::Own, since: ALWAYS.0, until: ALWAYS.1, from: 0, size };
        team.chief.client().ask(Op::AccessRecords(question)).await
    };
    let head = |answer| {
        let Ok(Answer::AccessRecords { head, records, .. }) = answer else { panic!("no records: {answer:?}") };
        let last =
            records.as_slice().last().map(|(bytes, _)| AccessRecord::decode(bytes.as_slice()).expect("a record"));
        (head.unverified().expect("a head"), last)
    };
    let (then, _) = head(ask(None).await);
    team.world.server.advance(3_600);
    team.doctor.client().offers().await.expect("something else on record");
    let (now, _) = head(ask(None).await);
    assert!(now.size > then.size && now.time.since(then.time) >= 3_600, "{now:?}");
    let (again, last) = head(ask(Some(then.size)).await);
    assert_eq!((again.size, again.tree, again.last), (then.size, then.tree, then.last));
    assert!(again.time <= then.time, "an earlier record is not shown as that of now: {again:?} {then:?}");
    assert!(last.expect("a record").time <= again.time, "and not as of before its end");

    let mut granted = 3;
    let fault = loop {
        match ask(Some(then.size)).await {
            Ok(_) => granted += 1,
            Err(fault) => break fault,
        }
        assert!(granted <= 1_000, "no bound");
    };
    assert_eq!(fault.code, Code::TryLater);
    assert!(fault.retry_after.is_some_and(|seconds| seconds <= 61), "{fault:?}");
    team.doctor.client().access_records(Scope::Own, ALWAYS.0, ALWAYS.1).await.expect("nobody else waits");
    team.world.server.advance(61);
    let (later, _) = head(ask(None).await);
    assert!(later.size > now.size, "questions are on record too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_whoever_may_not_see_the_record_is_refused_by_the_server_alone() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.doctor.client().send(team.group, "訪問しました").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let question = |scope| AccessQuestion { scope, since: Time(0), until: Time(u64::MAX), from: 0, size: None };
    let ask = async |person: &Person, scope| person.client().access_records(scope, Time(0), Time(u64::MAX)).await;
    // The client asks whatever it is told to: it is the server that refuses.
    let (group, doctor) = (Scope::Group(team.group), Scope::User(team.doctor.user()));
    refused(ask(&team.chief, group).await, Code::NotForYou);
    refused(ask(&team.chief, doctor).await, Code::NotForYou);
    for scope in [Scope::Facility, group, Scope::User(team.chief.user())] {
        refused(ask(&nurse, scope).await, Code::NotAdministrator);
    }
    for scope in [group, Scope::User(team.chief.user())] {
        refused(ask(&team.world.operators[0], scope).await, Code::NotForYou);
    }
    // What the Desk's own people did, a colleague may have to report.
    let desk = asked(&team.world.operators[0], Scope::Facility).await;
    let operators: Vec<_> = team.world.operators.iter().map(Person::user).collect();
    assert!(!desk.lines.is_empty());
    assert!(desk.lines.iter().all(|line| line.record.user.is_some_and(|user| operators.contains(&user))));
    refused(ask(&team.world.operators[0], Scope::Counts).await, Code::NotForYou);
    refused(team.doctor.client().access_counts(Time(0), Time(u64::MAX)).await, Code::NotOperator);
    let raw = Stranger::device(&team.doctor.profile).await;
    refused(raw.request(Op::AccessRecords(question(Scope::Own))).await, Code::SessionRequired);
    refused(raw.request(Op::AccessCounts(question(Scope::Counts))).await, Code::SessionRequired);

    // What her facility's people did, and nothing of others.
    let hers = asked(&team.chief, Scope::Facility).await;
    let people = [team.chief.user(), nurse.user()];
    assert!(hers.lines.iter().all(|line| line.record.user.is_some_and(|user| people.contains(&user))));
    assert!(people.iter().all(|user| hers.lines.iter().any(|line| line.record.user == Some(*user))));
    // The Desk sees how often, of whom is not said.
    let counts = team.world.operators[0].client().access_counts(Time(0), Time(u64::MAX)).await.expect("numbers");
    for facility in [team.clinic, team.station] {
        let often = |kind| counts.iter().any(|one| one.facility == Some(facility) && one.kind == kind && one.times > 0);
        assert!(often(Kind::SignIn) && often(Kind::Act) && often(Kind::Opening), "{counts:?}");
    }
    assert!(counts.iter().any(|one| one.facility == Some(team.station) && one.kind == Kind::Refusal));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_server_killed_right_after_it_handed_content_out_has_it_on_record() {
    let mut team = Team::of_two().await;
    let group = team.group;
    for number in 0..5 {
        team.doctor.client().send(group, &format!("{number} 通目")).await.expect("sent");
    }
    let before = asked(&team.doctor, Scope::Group(group)).await;
    let openings = |records: &Records, person: &Person| {
        let records = records.lines.iter().map(|line| &line.record);
        who_read(group, records).into_iter().find(|one| one.device == person.device()).map_or(0, |one| one.openings)
    };
    let known = openings(&before, &team.chief);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let there = team
        .chief
        .client()
        .wait_until(renkei_tests::PATIENCE, |replica| (!replica.group(group)?.messages().is_empty()).then_some(()));
    there.await.expect("content");
    team.world.server.kill();
    let said = team.world.server.verify().expect("everything holds");
    assert!(said.contains("records of access: every link holds"), "{said}");
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let after = asked(&team.doctor, Scope::Group(group)).await;
    assert_eq!(openings(&after, &team.chief), known + 1, "the opening before the fall");
    let bytes = |records: &Records| -> Vec<String> { records.lines.iter().map(|line| line.bytes.clone()).collect() };
    assert!(bytes(&after).starts_with(&bytes(&before)), "and nothing that was there is gone");
}

fn lines(file: &Path) -> (First, Vec<Line>) {
    let text = std::fs::read_to_string(file).expect("a file");
    let (first, rest) = text.split_once('\n').expect("lines");
    let read = |line: &str| serde_json::from_str(line).expect("a record");
    (serde_json::from_str(first).expect("a first line"), rest.lines().map(read).collect())
}

fn check(first: &First, lines: &[Line], root: Hash32, earlier: Option<&SignedAccessHead>) -> Result<Checked, Flaw> {
    let mut checker = Checker::new(first, root)?;
    if let Some(earlier) = earlier {
        checker.hold_against(earlier)?;
    }
    lines.iter().try_for_each(|line| checker.take(line))?;
    checker.finish()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_file_of_the_record_is_checked_without_a_server_and_what_was_done_to_it_is_noticed() {
    let mut team = Team::of_two().await;
    let root = team.chief.profile.public().root;
    let part = asked(&team.doctor, Scope::Group(team.group)).await;
    let kept: SignedAccessHead = part.first.head.parse().expect("a head");
    let file = team.world.home().join("part.jsonl");
    std::fs::write(&file, part.text().expect("JSON")).expect("written");
    let (first, some) = lines(&file);
    let checked = check(&first, &some, root, None).expect("a part holds");
    assert!(!checked.whole && checked.records < checked.head.size, "{checked:?}");
    assert_eq!(check(&first, &some, root, Some(&kept)), Err(Flaw::Part));
    let mut other = some.clone();
    other[1].record.user = None;
    assert_eq!(check(&first, &other, root, None), Err(Flaw::Line));
    let mut swapped = some.clone();
    swapped[1].proof = swapped[0].proof.clone();
    assert_eq!(check(&first, &swapped, root, None), Err(Flaw::Proof));
    assert_eq!(check(&first, &some, Hash32([9; 32]), None), Err(Flaw::Root));
    let mut forged = first.clone();
    let stranger = SigningSecret::from_seed(&random());
    forged.head = kept.unverified().expect("a head").sign(&stranger).expect("signed").text();
    assert_eq!(check(&forged, &some, root, None), Err(Flaw::Head));

    // The whole of it, from the server's machine.
    let older = team.world.home().join("older");
    team.world.server.kill();
    copy_dir(team.world.server.data(), &older);
    let file = team.world.home().join("whole.jsonl");
    let said = team.world.server.access(&file).expect("exported");
    assert!(said.contains("every link checked"), "{said}");
    team.world.server.access(&file).expect_err("a file that is there is left alone");
    let (first, all) = lines(&file);
    let checked = check(&first, &all, root, Some(&kept)).expect("the whole holds, and the part was of it");
    assert!(checked.whole);
    assert!(some.iter().all(|line| all.iter().any(|one| one.bytes == line.bytes)), "each is in the whole");
    let mut without = all.clone();
    without.remove(7);
    assert!(matches!(check(&first, &without, root, None), Err(Flaw::Record(_))));
    assert_eq!(check(&first, &all[..all.len() - 1], root, None), Err(Flaw::Cut));
    let head: SignedAccessHead = first.head.parse().expect("a head");

    // A server that went back to an older copy, and wrote on: the head that somebody kept says otherwise.
    team.world.server.restart();
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let later = asked(&team.doctor, Scope::Own).await;
    let later: SignedAccessHead = later.first.head.parse().expect("a head");
    team.world.server.kill();
    let file = team.world.home().join("later.jsonl");
    team.world.server.access(&file).expect("exported");
    let (first, all) = lines(&file);
    for known in [&kept, &head, &later] {
        check(&first, &all, root, Some(known)).expect("an honest record goes on");
    }
    std::fs::remove_dir_all(team.world.server.data()).expect("gone");
    copy_dir(&older, team.world.server.data());
    team.world.server.restart();
    for _ in 0..5 {
        team.doctor.sign_in(&team.world.server).await.expect("signed in");
        asked(&team.doctor, Scope::Own).await;
    }
    team.world.server.kill();
    let file = team.world.home().join("rewritten.jsonl");
    team.world.server.access(&file).expect("exported");
    let (first, all) = lines(&file);
    check(&first, &all, root, Some(&kept)).expect("what came before is as it was");
    assert_eq!(check(&first, &all, root, Some(&later)), Err(Flaw::Earlier));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_record_that_does_not_follow_is_found_by_verify_and_no_server_starts_on_it() {
    let mut team = Team::of_two().await;
    team.world.server.kill();
    let file = team.world.home().join("whole.jsonl");
    team.world.server.access(&file).expect("exported");
    let (_, all) = lines(&file);
    // Written as the store writes, with right checksums: by somebody who has the machine.
    let mut tip = AccessTip { size: all.last().expect("records").record.seq + 1, ..AccessTip::default() };
    let expected = tip.size;
    let record = tip.append(Time(u64::MAX), Subject::default(), What::Started);
    let store = EmbeddedStore::open(&team.world.server.data().join("store"), &Options::default(), &mut |_| {})
        .expect("a store");
    let new = NewRecord { key: RecordKey(random()), entry: record.into(), sidecar: Vec::new().into() };
    let append = Append { log: LogKey([0xff; 16]), expected, records: vec![new] };
    let _durable = store.append(vec![append]).await.expect("appended");
    drop(store);
    for said in [team.world.server.verify().expect_err("found"), team.world.server.try_restart().expect_err("found")] {
        assert!(said.contains(&format!("record {expected} of access does not hold")), "{said}");
    }
    let said = team.world.server.access(&team.world.home().join("again.jsonl")).expect_err("found");
    assert!(said.contains("does not hold"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_locks_and_ends_of_sessions_and_openings_are_on_record() {
    let mut team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "一通目").await.expect("sent");
    team.chief.texts(group, 1).await;
    // An opening that goes on is recorded again after a minute.
    team.world.server.advance(61);
    team.doctor.client().send(group, "二通目").await.expect("sent");
    team.chief.texts(group, 2).await;
    let user = team.chief.user();
    let stages = |records: &Records| -> Vec<Stage> {
        let of_hers = records.lines.iter().filter(|line| line.record.user == Some(user));
        let stage = |line: &Line| match line.record.what {
            What::Opened { stage, group: g, .. } if g == group => Some(stage),
            _ => None,
        };
        of_hers.filter_map(stage).collect()
    };
    assert_eq!(stages(&asked(&team.doctor, Scope::Group(group)).await), [Stage::Began, Stage::WentOn]);
    team.chief.take_client().lock().await.expect("locked");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    team.chief.take_client().sign_out().await.expect("signed out");
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let own = asked(&team.chief, Scope::Own).await;
    let hers = of(&own, &team.chief);
    let place = |what: &dyn Fn(&What) -> bool| hers.iter().position(|one| what(&one.what)).expect("on record");
    let locked = place(&|what| matches!(what, What::Locked { .. }));
    let ended = place(&|what| matches!(what, What::SignedOut { .. }));
    assert!(locked < ended);
    let all = stages(&own);
    assert_eq!(all[..3], [Stage::Began, Stage::WentOn, Stage::Ended]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_what_becomes_of_passwords_codes_certificates_and_sessions_is_on_record() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let new = "tsuki-5-no-niwa+hana";
    let changed = nurse.client().change_password(nurse.typed(), Password::new(new).expect("a password")).await;
    changed.expect("changed");
    new.clone_into(&mut nurse.password);
    nurse.step_up(&team.world.server).await.expect("a fresh code");
    let codes = nurse.client().new_recovery_codes().await.expect("new codes");
    nurse.client().renew_certificate(true).await.expect("renewed");
    // Left alone until the server locks it; unlocked; on over a new connection; ended by the administrator.
    let idle = u64::from(nurse.client().locks_after());
    team.chief.client().ask(Op::Touch).await.expect("somebody is there");
    team.world.server.wait(idle + 1);
    assert_eq!(nurse.over().await.code, Code::SessionLocked);
    nurse.unlock().await.expect("unlocked");
    nurse.client().drop_connection();
    nurse.client().ask(Op::Offers).await.expect("it goes on");
    let session = nurse.client().sessions(nurse.user()).await.expect("a list")[0].session;
    let mut chief = team.chief;
    if matches!(&*chief.client().connection().borrow(), Connection::Over(_)) {
        chief.unlock().await.expect("unlocked");
    }
    chief.step_up(&team.world.server).await.expect("a fresh code");
    chief.client().end_session(nurse.user(), session).await.expect("ended");
    assert_eq!(nurse.over().await.code, Code::SessionEnded);
    let recovery = SecondFactor::Recovery(codes.as_slice()[0].clone());
    nurse.sign_in_by(recovery, None).await.expect("with a recovery code");

    let own = asked(&nurse, Scope::Own).await;
    let hers: Vec<What> = of(&own, &nurse).iter().map(|record| record.what).collect();
    let kinds: [Wanted<'_>; 10] = [
        ("set up", &|what| matches!(what, What::SetUp)),
        ("password", &|what| matches!(what, What::PasswordChanged)),
        ("fresh code", &|what| matches!(what, What::SteppedUp)),
        ("recovery codes", &|what| matches!(what, What::RecoveryRenewed)),
        ("certificate", &|what| matches!(what, What::CertificateRenewed)),
        ("left alone", &|what| matches!(what, What::LeftAlone { .. })),
        ("unlocked", &|what| matches!(what, What::Unlocked { .. })),
        ("resumed", &|what| matches!(what, What::Resumed { .. })),
        ("ended", &|what| matches!(what, What::SessionEnded { code: Code::SessionEnded, .. })),
        ("recovery code", &|what| matches!(what, What::RecoveryUsed)),
    ];
    let mut after = 0;
    for (name, kind) in kinds {
        let place = hers.iter().skip(after).position(kind);
        after += place.unwrap_or_else(|| panic!("{name} is not on record, or out of order: {hers:?}"));
    }
    let office = asked(&chief, Scope::Own).await;
    let theirs = of(&office, &chief);
    let ended = What::EndedFor { user: nurse.user(), session };
    assert!(theirs.iter().any(|record| record.what == ended), "by whom it was ended");
    assert!(theirs.iter().any(|record| matches!(record.what, What::TicketIssued { .. })), "whom she let enrol");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_pages_are_under_one_head_and_a_raw_question_gets_no_more() {
    let mut team = Team::of_two().await;
    drop(team.chief.take_client());
    let raw = Stranger::device(&team.chief.profile).await;
    let (user, password, code) = (team.chief.user(), team.chief.typed(), team.chief.new_code(&team.world.server));
    let session_key = SigningSecret::from_seed(&random()).public();
    let signed_in = raw.request(Op::SignIn { user, password, code: Some(code), session_key }).await;
    assert!(matches!(signed_in, Ok(Answer::SignedIn { .. })));
    // Each of these is a record of its own.
    for _ in 0..300 {
        let entries = raw.request(Op::Entries { log: LogId::Registry, from: 0 }).await;
        assert!(matches!(entries, Ok(Answer::Entries(_))));
    }
    let question = |scope, size| AccessQuestion { scope, since: Time(0), until: Time(u64::MAX), from: 0, size };
    let others = raw.request(Op::AccessRecords(question(Scope::Group(team.group), None))).await;
    refused(others, Code::NotForYou);
    let future = raw.request(Op::AccessRecords(question(Scope::Own, Some(u64::MAX)))).await;
    refused(future, Code::Unknown);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    let records = asked(&team.chief, Scope::Own).await;
    assert!(records.lines.len() > 300, "more than a page");
    assert!(records.lines.is_sorted_by(|a, b| a.record.seq < b.record.seq));
    let head: SignedAccessHead = records.first.head.parse().expect("a head");
    let size = head.unverified().expect("a head").size;
    assert!(records.lines.iter().all(|line| line.record.seq < size));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_leak_report_says_what_was_within_reach_of_a_device_and_what_it_was_handed() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let (group, device, server) = (team.group, nurse.device(), &team.world.server);
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    for text in ["体温 36.5", "血圧 120/70"] {
        team.doctor.client().send(group, text).await.expect("sent");
    }
    nurse.texts(group, 2).await;
    let administrator = team.chief.client();
    let before = administrator.leak_report(device, Time(0)).await.expect("a report");
    assert_eq!((before.user, before.facility, before.wiped), (nurse.user(), team.station, None));
    assert_eq!(before.groups.iter().map(|reach| (reach.group, reach.messages)).collect::<Vec<_>>(), [(group, 2)]);
    let handed = before.groups[0].handed.expect("handed out, and on record");
    assert!(handed.messages >= 1 && handed.open == 1, "and still open: {handed:?}");

    // Left on a train while it was open: within reach, although nothing more was handed out.
    let left = server.advance(60);
    let open = administrator.leak_report(device, left).await.expect("a report");
    assert!(open.within_reach && open.groups[0].handed.is_none() && open.groups[0].messages == 2);
    // Left there when it had locked: out of reach, and the finder's guesses are told.
    for person in [&team.chief, &team.doctor, &team.world.operators[0]] {
        person.client().ask(Op::Touch).await.expect("there");
    }
    server.wait(599);
    for person in [&team.chief, &team.doctor, &team.world.operators[0]] {
        person.client().ask(Op::Touch).await.expect("there");
    }
    server.wait(2);
    assert_eq!(nurse.over().await.code, Code::SessionLocked);
    // The device hears of it before it is on record, and with the time of the record.
    let on_record = async {
        while !administrator.leak_report(device, left).await.is_ok_and(|report| report.closed > report.opened) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    within("the lock on record", on_record).await;
    let found = server.advance(60);
    let wrong = Password::new("machigai-7-no-aikotoba").expect("a password");
    refused(nurse.profile.unlock(&wrong).await, Code::SignInFailed);
    let locked = administrator.leak_report(device, found).await.expect("a report");
    assert!(!locked.within_reach && locked.closed > locked.opened, "{locked:?}");
    assert_eq!(locked.failures, 1);
    team.chief.step_up(server).await.expect("a fresh code");
    administrator.wipe_device(device).await.expect("wiped");
    let wiped = administrator.leak_report(device, found).await.expect("a report");
    assert!(wiped.wiped >= Some(found) && wiped.groups[0].messages == 2, "{wiped:?}");
    // For nobody else's eyes.
    for other in [&team.doctor, &team.world.operators[0]] {
        let fault = other.client().leak_report(device, found).await.expect_err("not for them");
        assert!(matches!(fault.code, Code::NotForYou | Code::NotAdministrator), "{fault:?}");
    }
}
