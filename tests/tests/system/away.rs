//! A server that is gone, and a server that can't just now: what people are told, and what it does to their sessions
//! (A11.4).

use renkei_client_core::client::Connection;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Fault, NewTicket, Op, Secret32};
use renkei_client_core::proto::id::{FacilityId, TicketId};
use renkei_client_core::proto::ticket::{self, Purpose};
use renkei_client_core::proto::{bounds, codec};
use renkei_client_core::random;
use renkei_tests::{Person, Team, World, refused, request, within};

/// What a computer is left alone for before its session locks, where nothing was set.
const IDLE: u64 = 600;

/// Tickets that a person may have open for devices of the own.
const OWN: usize = 8;

async fn stands(person: &Person, how: Connection) {
    let mut connection = person.client().connection();
    within("another connection", connection.wait_for(|now| *now == how)).await.expect("a client");
}

/// Nobody asks anything and nothing tells that the connection is over but that the server is silent. How soon that is, is
/// in its bounds, which a test of `client-core` compares.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_server_that_is_gone_is_noticed_by_who_only_reads_and_found_again() {
    let mut team = Team::of_two().await;
    team.chief.client().send(team.group, "圏内で").await.expect("sent");
    team.doctor.texts(team.group, 1).await;
    team.world.server.kill();
    stands(&team.doctor, Connection::Offline).await;
    assert_eq!(team.doctor.texts(team.group, 1).await, ["圏内で"], "one reads on");
    team.doctor.client().post(team.group, "圏外で").expect("and writes on");
    team.world.server.restart();
    stands(&team.doctor, Connection::Online).await;
    assert_eq!(team.chief.texts(team.group, 2).await, ["圏内で", "圏外で"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_a_connection_that_is_kept_or_made_again_is_no_sign_of_a_person() {
    let team = Team::of_two().await;
    team.doctor.client().ask(Op::Touch).await.expect("the doctor is there");
    team.world.server.wait(IDLE - 5);
    // The device keeps one connection alive by itself, and makes another when it is gone.
    team.doctor.client().drop_connection();
    stands(&team.doctor, Connection::Offline).await;
    stands(&team.doctor, Connection::Online).await;
    team.world.server.wait(10);
    assert_eq!(team.doctor.over().await.code, Code::SessionLocked);
}

fn another(purpose: Purpose, world: &World) -> Op {
    let expires = world.server.now().plus(3_600);
    Op::NewTicket(NewTicket { ticket: TicketId(random()), psk: Secret32::new(random()), purpose, expires })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_who_has_as_many_tickets_open_as_may_be_is_told_at_once_what_to_do() {
    let world = World::with_operators(1).await;
    let client = world.operators[0].client();
    let own = Purpose::Device(client.user());
    for _ in 0..OWN {
        client.issue_ticket(own).await.expect("a ticket");
    }
    refused(client.issue_ticket(own).await, Code::TicketsOpen);
    // The server says so by itself, to whatever client.
    let raw = client.raw(&request(another(own, &world))).await.expect("an answer");
    let said: Result<Answer, Fault> = codec::decode(&raw).expect("an answer of this protocol");
    refused(said, Code::TicketsOpen);
    // Those for others are counted apart, and time frees them all.
    let others = Purpose::Facility(FacilityId(random()));
    client.issue_ticket(others).await.expect("a ticket for a facility");
    world.server.advance(ticket::LIFETIME);
    client.issue_ticket(own).await.expect("they lapsed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_ticket_whose_device_is_in_use_is_open_no_more() {
    let team = Team::of_two().await;
    let colleague = team.world.newcomer(&team.chief, "colleague").await;
    let client = team.chief.client();
    let others = Purpose::Device(colleague.user());
    for number in 0..bounds::OPEN_TICKETS {
        let made = client.ask(another(others, &team.world)).await;
        assert!(made.is_ok(), "ticket {number} beside the one that was used: {made:?}");
    }
    refused(client.ask(another(others, &team.world)).await, Code::TicketsOpen);
}
