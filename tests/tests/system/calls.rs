//! Urgent messages (U1) over real connections: rung again and again, by who stands in, by the telephone; across a fall of the
//! server, with the caller gone, on a locked device; and what the server alone refuses.

use renkei_client_core::calls::{Rung, Urgent};
use renkei_client_core::client::Client;
use renkei_client_core::policy::group::u1_calls::{ALONE, Matter, Over, TOGETHER};
use renkei_client_core::proto::act::{Act, GroupAct, RegistryAct};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::sync::CallMatter;
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::reach::QuietHours;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::{JAPAN, Time};
use renkei_tests::alone::Before;
use renkei_tests::{Person, Team, refused, within};

const REGISTRY: LogId = LogId::Registry;

/// Waits until the server's word and the logs, taken together, show something.
async fn told(person: &Person, what: &str, holds: impl Fn(&Client) -> bool) {
    let client = person.client();
    let (mut rung, mut changes) = (client.rung(), client.changes());
    let wait = async {
        while !holds(client) {
            tokio::select! {
                said = rung.changed() => said.expect("a client"),
                changed = changes.changed() => changed.expect("a client"),
            }
        }
    };
    within(what, wait).await;
}

fn only(person: &Person) -> Urgent {
    let urgent = person.client().urgent();
    let [one] = &urgent[..] else { panic!("one urgent message, not {urgent:?}") };
    one.clone()
}

fn matter(client: &Client) -> Option<Matter> {
    client.urgent().first().and_then(|one| one.matter)
}

/// The doctor, the chief, and a nurse of the chief's station, who all read the group.
async fn three() -> (Team, Person) {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    for person in [&nurse, &team.chief, &team.doctor] {
        person.reads(team.group).await;
    }
    (team, nurse)
}

/// Hours of the day that have begun an hour ago and go on for four.
fn hours_around(now: Time) -> QuietHours {
    let minute = u16::try_from((now.0 + JAPAN) % 86_400 / 60).expect("a minute of the day");
    QuietHours::new((minute + 1_380) % 1_440, (minute + 240) % 1_440).expect("hours")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_it_rings_and_goes_on_to_the_telephone_with_the_caller_gone_and_the_server_killed() {
    let (mut team, nurse) = three().await;
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.chief.client().set_telephone(Some("03-0000-0000".parse().expect("a number"))).await.expect("a number");
    team.chief.client().name_stand_in(team.group, Some(nurse.user())).await.expect("named");
    team.doctor.texts(team.group, 0).await;
    let sent = team.doctor.client().send_urgent(team.group, "血圧が下がっています。", &[team.chief.user()]).await;
    let call = sent.expect("called").head.size - 1;
    drop(team.doctor.take_client());

    told(&team.chief, "ringing", Client::rings).await;
    assert_eq!(team.chief.texts(team.group, 1).await, ["血圧が下がっています。"]);
    let one = only(&team.chief);
    assert_eq!((one.group, one.call, one.by), (team.group, call, team.doctor.user()));
    assert!(!nurse.client().rings() && matter(nurse.client()).is_none(), "not the nurse yet");
    // Again and again.
    let times = |rung: &Rung| rung.times;
    let before = times(&team.chief.client().rung().borrow());
    team.world.server.advance(bounds::RINGS_EVERY);
    told(&team.chief, "ringing again", |client| times(&client.rung().borrow()) > before && client.rings()).await;

    team.world.server.kill();
    team.world.server.restart();
    team.chief.client().drop_connection();
    nurse.client().drop_connection();
    told(&team.chief, "ringing after the fall", Client::rings).await;
    team.world.server.advance(ALONE);
    told(&nurse, "the stand-in's ringing", Client::rings).await;
    team.world.server.advance(TOGETHER);
    let server = &team.world.server;
    team.doctor.sign_in(server).await.expect("signed in");
    told(&team.doctor, "the telephone", |client| matter(client) == Some(Matter::Telephone)).await;
    let [called] = &only(&team.doctor).people[..] else { panic!("one person") };
    assert_eq!(called.line.user, team.chief.user());
    assert_eq!(
        called.telephone.as_ref().map(ToString::to_string).as_deref(),
        Some("03-0000-0000"),
        "and under which number"
    );

    nurse.client().acknowledge(team.group, call).await.expect("acknowledged");
    told(&team.chief, "silence", |client| !client.rings() && matter(client).is_none()).await;
    told(&team.doctor, "the acknowledgement", |client| matter(client).is_none()).await;
    let [called] = &only(&team.doctor).people[..] else { panic!("one person") };
    assert!(matches!(called.line.over, Some(Over::Acknowledged(by)) if by.user == nurse.user()), "by the stand-in");
    refused(team.chief.client().acknowledge(team.group, call).await, Code::NothingToDo);
    team.world.server.kill();
    team.world.server.verify().expect("every record holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_a_locked_device_is_told_that_it_rings_and_nothing_else() {
    let (mut team, mut nurse) = three().await;
    let chief = team.chief.take_client();
    chief.lock().await.expect("locked");
    let sent = team.doctor.client().send_urgent(team.group, "至急お願いします。", &[team.chief.user()]).await;
    let call = sent.expect("called").head.size - 1;
    let told = team.chief.profile.calls().await.expect("what rings");
    let [one] = &told[..] else { panic!("one: {told:?}") };
    assert_eq!((one.group, one.call, one.matter), (team.group, call, CallMatter::Rings));
    team.chief.unlock().await.expect("unlocked");
    self::told(&team.chief, "ringing", Client::rings).await;
    team.chief.client().acknowledge(team.group, call).await.expect("acknowledged");
    self::told(&team.doctor, "the acknowledgement", |client| {
        client.urgent().iter().all(|one| one.people.iter().all(|called| called.line.over.is_some()))
    })
    .await;
    assert!(team.chief.profile.calls().await.expect("an open session is told, too").is_empty());
    assert!(nurse.client().urgent().is_empty(), "who has nothing to do with it sees no alarm");
    nurse.take_client().sign_out().await.expect("signed out");
    refused(nurse.profile.calls().await, Code::SessionRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_in_quiet_hours_nobody_is_woken_and_the_caller_telephones_at_once() {
    let (team, nurse) = three().await;
    let hours = hours_around(team.world.server.now());
    team.chief.client().set_quiet_hours(Some(hours)).await.expect("set");
    let seen = |client: &Client| client.quiet_hours(team.chief.user()) == Some(hours);
    told(&team.doctor, "the quiet hours", seen).await;
    let sent = team.doctor.client().send_urgent(team.group, "至急", &[team.chief.user(), nurse.user()]).await;
    let call = sent.expect("called").head.size - 1;
    told(&nurse, "ringing", Client::rings).await;
    told(&team.doctor, "the telephone", |client| matter(client) == Some(Matter::Telephone)).await;
    told(&team.chief, "that it waits", |client| matter(client) == Some(Matter::Waits)).await;
    assert!(!team.chief.client().rings(), "it does not ring");
    // The nurse stands in from now on, and has acknowledged for herself only.
    nurse.client().acknowledge(team.group, call).await.expect("for herself");
    told(&team.doctor, "the telephone still", |client| matter(client) == Some(Matter::Telephone)).await;
    team.doctor.client().acknowledge(team.group, call).await.expect("reached by telephone: called off");
    told(&team.chief, "that it is over", |client| matter(client).is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_a_clock_that_jumps_neither_rings_everybody_nor_silences_a_call() {
    const YEAR: i64 = 365 * 86_400;
    let (team, nurse) = three().await;
    team.chief.client().name_stand_in(team.group, Some(nurse.user())).await.expect("named");
    team.doctor.client().send_urgent(team.group, "至急", &[team.chief.user()]).await.expect("called");
    told(&team.chief, "ringing", Client::rings).await;
    for jump in [YEAR, -86_400] {
        team.world.server.jump(jump);
        let asked = team.chief.client().ask(Op::Calls).await.expect("asked");
        let Answer::Calls(calls) = asked else { panic!("{asked:?}") };
        let rings: Vec<CallMatter> = calls.as_slice().iter().map(|one| one.matter).collect();
        assert_eq!(rings, [CallMatter::Rings], "it rings as before: {jump}");
        for quiet in [&nurse, &team.doctor] {
            let asked = quiet.client().ask(Op::Calls).await.expect("asked");
            assert_eq!(asked, Answer::Calls(List::default()), "nobody else is rung or told to telephone: {jump}");
        }
        team.world.server.jump(-jump);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_the_server_alone_refuses_what_the_rules_refuse() {
    let (team, nurse) = three().await;
    let group = LogId::Group(team.group);
    let said = team.doctor.client().send(team.group, "至急ではありません").await.expect("sent").head.size - 1;
    let sent = team.doctor.client().send_urgent(team.group, "至急", &[team.chief.user()]).await;
    let at = sent.expect("called").head.size - 1;
    for person in [&nurse, &team.chief] {
        person.texts(team.group, 2).await;
        told(person, "the call", |client| {
            client.look(|replica| {
                replica.group(team.group).and_then(|one| one.group()).is_some_and(|state| state.call(at).is_some())
            })
        })
        .await;
    }
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    let call =
        |message: u64, of: &[UserId]| Act::Group(GroupAct::Call { message, of: List::new(of.to_vec()).expect("few") });
    let ack = |call: u64| Act::Group(GroupAct::Acknowledge { call });
    let stands_in = |user: UserId| Act::Group(GroupAct::StandIn { user: Some(user) });
    let [operator, _] = &team.world.operators[..] else { panic!("two") };
    let (nobody, me) = (operator.user(), team.doctor.user());
    let before = Before::of(&team.doctor, &[REGISTRY, group]).await;
    before.refuses(&nurse, Role::User, group, call(said, &[team.chief.user()]), Code::NotTheAuthor).await;
    before.refuses(&team.doctor, Role::User, group, call(said, &[nobody]), Code::NotAReader).await;
    before.refuses(&team.doctor, Role::User, group, call(said, &[me]), Code::NotAReader).await;
    before.refuses(&team.doctor, Role::User, group, call(said, &[]), Code::Unknown).await;
    before.refuses(&team.doctor, Role::User, group, call(at, &[nurse.user()]), Code::Unknown).await;
    before.refuses(&team.doctor, Role::SnsAdministrator, group, call(said, &[nurse.user()]), Code::WrongRole).await;
    before.refuses(&nurse, Role::User, group, ack(at), Code::NotForYou).await;
    before.refuses(&team.chief, Role::User, group, ack(said), Code::Unknown).await;
    before.refuses(&team.chief, Role::User, group, stands_in(nobody), Code::NotAReader).await;
    before.refuses(&team.chief, Role::User, group, stands_in(team.chief.user()), Code::NotAReader).await;
    let telephone = |facility| {
        let number = Some("03-0000-0000".parse().expect("a number"));
        Act::Registry(RegistryAct::SetTelephone { facility, number })
    };
    before.refuses(&team.chief, Role::SnsAdministrator, REGISTRY, telephone(team.clinic), Code::NotAdministrator).await;
    before.refuses(&nurse, Role::User, REGISTRY, telephone(team.station), Code::NotAdministrator).await;
    let quiet = Act::Registry(RegistryAct::SetQuietHours { hours: None });
    before.refuses(&nurse, Role::User, REGISTRY, quiet, Code::NothingToDo).await;
    // An honest client asks its own copy of the rules before it writes: nothing is sent that calls nobody.
    before.honest(team.doctor.client().send_urgent(team.group, "だれに", &[nobody]).await, Code::NotAReader);
    before.holds().await;

    team.chief.client().acknowledge(team.group, at).await.expect("acknowledged");
    refused(team.chief.client().acknowledge(team.group, at).await, Code::NothingToDo);
    for number in 1..bounds::CALLS {
        let urgent = team.doctor.client().send_urgent(team.group, "至急", &[nurse.user()]).await;
        urgent.unwrap_or_else(|fault| panic!("call {number}: {fault}"));
    }
    let before = Before::of(&team.doctor, &[group]).await;
    before.refuses(&team.doctor, Role::User, group, call(said, &[nurse.user()]), Code::TooManyCalls).await;
    before.honest(team.doctor.client().send_urgent(team.group, "至急", &[nurse.user()]).await, Code::TooManyCalls);
    before.holds().await;
    team.doctor.client().halt_group(team.group).await.expect("halted");
    refused(team.doctor.client().call(team.group, said, &[team.chief.user()]).await, Code::GroupHalted);
    told(&nurse, "silence", |client| !client.rings() && matter(client).is_none()).await;
}
