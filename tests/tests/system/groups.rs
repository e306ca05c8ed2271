//! What a server refuses of group statements, what it repeats, who reads what, and order (A5, A8.4).

use renkei_client_core::policy::group::Group;
use renkei_client_core::proto::act::{Act, GroupAct, HistoryPolicy, Message, RegistryAct};
use renkei_client_core::proto::bytes::Blob;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Answer, Boxes, Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::key::Signature;
use renkei_client_core::proto::statement::{Actor, Head, LogId, Role, Signed, Statement};
use renkei_client_core::replica::Replica;
use renkei_client_core::{office, random};
use renkei_tests::{PATIENCE, Person, Team, World, refused};

/// A message that the rules may take and that nobody can open.
fn message(epoch: u32) -> Act {
    Act::Message(Message { epoch, salt: Hash32(random()), flags: 0, ciphertext: Blob::default() })
}

/// The statement with which `person` would write under `epoch` next.
fn draft(team: &Team, person: &Person, epoch: u32) -> Statement {
    person.client().draft(LogId::Group(team.group), Role::User, None, message(epoch)).expect("a trusted log")
}

fn epoch(team: &Team) -> u32 {
    team.doctor
        .client()
        .look(|replica| replica.group(team.group).and_then(|followed| followed.group()).map_or(0, Group::epoch))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_that_do_not_fit_their_log_are_refused_and_change_nothing() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "一通目").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    team.doctor.texts(team.group, 1).await;
    let before = team.chief.head(team.group);
    let current = epoch(&team);
    let client = team.chief.client();
    let submit = async |statement: &Statement| client.submit_statement(statement, Sidecar::default()).await;

    // Under the key of earlier readers, and of none.
    for number in [0, current - 1, current + 1, u32::MAX] {
        refused(submit(&draft(&team, &team.chief, number)).await, Code::RekeyRequired);
    }
    let good = draft(&team, &team.chief, current);
    for counter in [0, good.counter - 1, good.counter + 1, u64::MAX] {
        refused(submit(&Statement { counter, ..good.clone() }).await, Code::CounterWrong);
    }
    // Having seen what never was: another history of the same length, and one that is longer.
    let mut forked = good.clone();
    forked.seen.group.hash.0[0] ^= 1;
    refused(submit(&forked).await, Code::HeadMismatch);
    let mut ahead = good.clone();
    ahead.seen.group.size += 1;
    refused(submit(&ahead).await, Code::HeadMismatch);
    let mut shortened = good.clone();
    shortened.seen.group.size -= 1;
    refused(submit(&shortened).await, Code::HeadMismatch);
    let mut registry = good.clone();
    registry.seen.registry.hash.0[31] ^= 0x80;
    refused(submit(&registry).await, Code::HeadMismatch);
    let mut nothing = good.clone();
    nothing.seen.registry = Head::default();
    refused(submit(&nothing).await, Code::HeadMismatch);
    // In another's name, with another's device, of another association, version, or set of rules.
    let doctor = Actor::Device { user: team.doctor.user(), device: team.doctor.device() };
    refused(submit(&Statement { actor: doctor, ..good.clone() }).await, Code::NotForYou);
    refused(submit(&Statement { actor: Actor::Root, role: Role::Root, ..good.clone() }).await, Code::NotForYou);
    let other = Actor::Device { user: team.doctor.user(), device: team.chief.device() };
    refused(submit(&Statement { actor: other, ..good.clone() }).await, Code::Unknown);
    let association = renkei_client_core::proto::id::AssociationId([3; 16]);
    refused(submit(&Statement { association, ..good.clone() }).await, Code::WrongLog);
    refused(submit(&Statement { version: 99, ..good.clone() }).await, Code::UnknownVersion);
    refused(submit(&Statement { suite: 99, ..good.clone() }).await, Code::UnknownVersion);
    refused(submit(&Statement { rules: 99, ..good.clone() }).await, Code::UnknownRules);
    refused(submit(&Statement { log: LogId::Registry, ..good.clone() }).await, Code::WrongLog);
    refused(submit(&Statement { role: Role::SnsAdministrator, ..good.clone() }).await, Code::WrongRole);
    // With boxes that it doesn't sign.
    let boxes = Sidecar { boxes: Some(Boxes::default()), ..Sidecar::default() };
    refused(client.submit_statement(&good, boxes).await, Code::SidecarMismatch);
    let details = Sidecar { details: Some(office::details("架空", None).expect("a name")), ..Sidecar::default() };
    refused(client.submit_statement(&good, details).await, Code::SidecarMismatch);
    let staff = renkei_client_core::proto::act::Person {
        user: renkei_client_core::proto::id::UserId(random()),
        profession: renkei_client_core::proto::act::Profession::Nurse,
        details: office::details("架空", None).expect("a name").commitment(),
        pledge: None,
    };
    let act = Act::Registry(RegistryAct::RegisterStaff { facility: team.station, person: staff });
    let unnamed = client.submit_unchecked(LogId::Registry, Role::SnsAdministrator, None, act, Sidecar::default());
    refused(unnamed.await, Code::SidecarMismatch);

    // And the one that fits is taken, right behind what was there.
    let accepted = submit(&good).await.expect("accepted");
    assert_eq!(accepted.head.size, before.size + 1);
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tampered_signatures_are_refused() {
    let team = Team::of_two().await;
    let client = team.doctor.client();
    let submit = async |signed: Signed| client.ask(Op::Submit { signed, sidecar: Sidecar::default() }).await;
    let unsigned = Signed {
        bytes: Blob::new(codec::encode(&draft(&team, &team.doctor, epoch(&team)))).expect("short"),
        signature: Signature([0; 64]),
    };
    refused(submit(unsigned).await, Code::SignatureInvalid);
    // A statement that this very device did sign, and the server has: one bit off.
    let (signed, _) = team.doctor.profile.application().await.expect("an application");
    for bit in [0, 255, 256, 511] {
        let mut tampered = signed.clone();
        tampered.signature.0[bit / 8] ^= 1 << (bit % 8);
        refused(submit(tampered).await, Code::SignatureInvalid);
    }
    let mut bytes = signed.bytes.clone().into_vec();
    let name = "見本".as_bytes();
    let at = bytes.windows(name.len()).position(|window| window == name).expect("the facility's name");
    bytes[at + 2] ^= 1;
    let tampered = Signed { bytes: Blob::new(bytes).expect("short"), ..signed.clone() };
    refused(submit(tampered).await, Code::SignatureInvalid);
    let short = Signed { bytes: Blob::new(vec![1]).expect("short"), ..signed };
    refused(submit(short).await, Code::Malformed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_sent_twice_is_answered_alike_and_appended_once() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "一通目").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let statement = draft(&team, &team.chief, epoch(&team));
    let first = team.chief.client().submit_statement(&statement, Sidecar::default()).await.expect("accepted");
    let second = team.chief.client().submit_statement(&statement, Sidecar::default()).await.expect("accepted");
    team.chief.client().drop_connection();
    let third = team.chief.client().submit_statement(&statement, Sidecar::default()).await.expect("accepted");
    team.world.server.kill();
    team.world.server.restart();
    let fourth = team.chief.client().submit_statement(&statement, Sidecar::default()).await.expect("accepted");
    assert!([second, third, fourth].iter().all(|again| *again == first));
    assert_eq!(team.chief.head(team.group), first.head, "nothing was appended after it");
    // Other words under the same identifier are not the same statement.
    let other = Statement { id: statement.id, ..draft(&team, &team.chief, epoch(&team)) };
    let other = team.chief.client().submit_statement(&other, Sidecar::default()).await;
    refused(other, Code::AlreadyExists);
    let elsewhere = Statement { log: LogId::Registry, ..statement.clone() };
    refused(team.chief.client().submit_statement(&elsewhere, Sidecar::default()).await, Code::AlreadyExists);
    assert_eq!(team.chief.head(team.group), first.head);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_only_the_invited_persons_own_administrator_approves_and_once() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let (_, pharmacist) = world.facility("pharmacy", false).await;
    let nurse = world.staff(&chief, "nurse").await;
    let group = world.group(&doctor, HistoryPolicy::All).await;
    let invitation = doctor.client().invite(group, nurse.user()).await.expect("invited");
    let seen = chief
        .client()
        .wait_until(PATIENCE, |replica| Some(replica.group(group)?.group()?.invitation(invitation)?.statement));
    let answers = seen.await.expect("the invitation");
    let act = || Act::Group(GroupAct::Approve { invitation, answers, release: None });
    let log = LogId::Group(group);
    for (person, role) in [
        (&pharmacist, Role::SnsAdministrator),
        (&doctor, Role::SnsAdministrator),
        (&nurse, Role::SnsAdministrator),
        (&world.operators[0], Role::SnsAdministrator),
    ] {
        let approved = person.client().submit_unchecked(log, role, None, act(), Sidecar::default()).await;
        refused(approved, Code::NotAdministrator);
    }
    // Of something else than what was invited.
    let other = Act::Group(GroupAct::Approve { invitation, answers: Hash32(random()), release: None });
    let approved = chief.client().submit_unchecked(log, Role::SnsAdministrator, None, other, Sidecar::default()).await;
    assert!(approved.is_err(), "{approved:?}");
    let message = doctor.client().send(group, "まだ一人です").await.expect("sent");
    assert!(nurse.client().look(|replica| replica.group(group).is_none()), "nothing before the approval");

    let approved = chief.client().submit_unchecked(log, Role::SnsAdministrator, None, act(), Sidecar::default()).await;
    assert!(approved.expect("approved").head.size > message.head.size);
    let twice = chief.client().submit_unchecked(log, Role::SnsAdministrator, None, act(), Sidecar::default()).await;
    refused(twice, Code::InvitationSpent);
    assert_eq!(nurse.texts(group, 1).await, ["まだ一人です"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_where_history_begins_with_the_approval_a_late_joiner_reads_nothing_earlier() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    let group = world.group(&doctor, HistoryPolicy::FromApproval).await;
    for words in ["前一", "前二"] {
        doctor.client().send(group, words).await.expect("sent");
    }
    world.join(&doctor, group, chief.user(), &chief).await;
    chief.reads(group).await;
    doctor.client().send(group, "後一").await.expect("sent");
    chief.client().send(group, "後二").await.expect("sent");
    let texts = chief.texts(group, 2).await;
    let readable: Vec<&String> = texts.iter().filter(|text| !text.starts_with('(')).collect();
    assert_eq!(readable, ["後一", "後二"]);
    assert!(!texts.iter().any(|text| text.contains('前')), "{texts:?}");
    assert_eq!(doctor.texts(group, 4).await, ["前一", "前二", "後一", "後二"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_2_a_removed_member_gets_nothing_more_and_writes_nothing() {
    let mut team = Team::of_two().await;
    let (group, log) = (team.group, LogId::Group(team.group));
    team.doctor.client().send(group, "一緒に").await.expect("sent");
    team.chief.texts(group, 1).await;
    let keyed = epoch(&team);
    let head = team.chief.head(group);
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    let client = team.chief.client();
    let ended = client.wait_until(PATIENCE, |replica| replica.group(group)?.ended().then_some(()));
    ended.await.expect("the end of the access");
    team.doctor.client().send(group, "いなくなってから").await.expect("sent");
    assert!(epoch(&team) > keyed, "under another key");
    refused(client.read(group, 0), Code::NotAReader);
    let seen = team.chief.head(group).size;
    assert!(seen <= head.size + 1, "at most the removal itself came: {seen}, {}", head.size);
    for number in [keyed, epoch(&team)] {
        let written = client.submit_unchecked(log, Role::User, None, message(number), Sidecar::default()).await;
        refused(written, Code::NotAReader);
    }
    for seq in 0..team.doctor.head(group).size {
        // Boxes that were made for this device before are its own; of later ones there is none.
        if let Ok(Answer::FetchedBox { sealed, .. }) = client.ask(Op::FetchBox { log, seq }).await {
            assert_eq!(sealed.device, team.chief.device());
            assert!(seq < head.size, "a box of entry {seq}");
        }
    }
    refused(client.invite(group, team.chief.user()).await, Code::NotOriginator);
    // Nor does the log come again over a new session.
    let server = &team.world.server;
    team.chief.sign_in(server).await.expect("signed in");
    let there = team.chief.client().look(|replica| replica.group(group).is_some_and(|group| !group.ended()));
    assert!(!there, "the group is still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_write_at_once_see_the_same_in_the_same_order() {
    const EACH: usize = 100;
    let team = Team::of_two().await;
    let group = team.group;
    let write = async |person: &Person, name: &str| {
        for number in 0..EACH {
            person.client().send(group, &format!("{name} {number}")).await.expect("sent");
        }
    };
    tokio::join!(write(&team.doctor, "医師"), write(&team.chief, "看護"));
    let (doctors, chiefs) = (team.doctor.texts(group, 2 * EACH).await, team.chief.texts(group, 2 * EACH).await);
    assert_eq!(doctors, chiefs);
    for name in ["医師", "看護"] {
        let own: Vec<&String> = doctors.iter().filter(|words| words.starts_with(name)).collect();
        let expected: Vec<String> = (0..EACH).map(|number| format!("{name} {number}")).collect();
        assert_eq!(own, expected.iter().collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_a_new_member_writes_at_once() {
    let world = World::found().await;
    let (_, doctor) = world.facility("clinic", true).await;
    let (_, chief) = world.facility("station", true).await;
    for _ in 0..5 {
        let group = world.group(&doctor, HistoryPolicy::All).await;
        world.join(&doctor, group, chief.user(), &chief).await;
        let (client, user) = (chief.client(), chief.user());
        let member = client.wait_until(PATIENCE, |replica| replica.group(group)?.group()?.membership(user).map(|_| ()));
        member.await.expect("a member");
        client.send(group, "参加しました").await.expect("the first message of a new member");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_who_decides_against_the_last_of_a_facility_hears_that_it_is_done_and_nothing_more() {
    let team = Team::of_two().await;
    let (doctor, group) = (team.doctor.client(), team.group);
    let (_, pharmacist) = team.world.facility("pharmacy", true).await;
    let helper = team.world.staff(&pharmacist, "helper").await;
    let client = pharmacist.client();

    // Its administrator declines the only invitation of the facility.
    let invitation = doctor.invite(group, helper.user()).await.expect("invited");
    let known = |replica: &Replica| replica.group(group)?.group()?.invitation(invitation).map(|_| ());
    client.wait_until(PATIENCE, known).await.expect("the invitation");
    let declined = client.decline_invitation(group, invitation).await.expect("declined");
    let over = |replica: &Replica| replica.group(group).filter(|followed| followed.ended()).map(drop);
    client.wait_until(PATIENCE, over).await.expect("it is over");
    assert_eq!(pharmacist.head(group), declined.head, "the own decision is the last entry");

    // And removes the only member of the facility, without being one.
    team.world.join(&team.doctor, group, helper.user(), &pharmacist).await;
    helper.reads(group).await;
    doctor.send(group, "参加ありがとうございます").await.expect("sent");
    let removed = client.remove(group, helper.user()).await.expect("removed");
    client.wait_until(PATIENCE, over).await.expect("it is over");
    assert_eq!(pharmacist.head(group), removed.head);
    assert_eq!(client.read(group, 0).map_or(0, |shown| shown.len()), 0, "nothing of it is read");

    // What goes on there is not theirs to see, nor on a new connection.
    doctor.send(group, "外れた後の話").await.expect("sent");
    client.rebind().expect("another address");
    doctor.send(group, "その続き").await.expect("sent");
    assert_eq!(team.chief.texts(group, 3).await.len(), 3);
    assert_eq!(pharmacist.head(group), removed.head);
}
