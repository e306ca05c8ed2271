//! The app without its window, against a real server: a group is closed, handed over, and erased by two people (A3.2, A5.1, A6.2).
//! What an order does is looked for with somebody else's device.

use data_encoding::BASE64;
use renkei_client_core::proto::code::Code;
use renkei_tests::{Team, refused};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

const PAPER: &[u8] = "%PDF-1.7\n% 見本 同意撤回書\n".as_bytes();

fn of(deed: &str, group: &Value) -> Value {
    do_it(json!({ "deed": deed, "group": group }))
}

fn ending(group: &Value) -> Value {
    json!({ "ask": "ending", "group": group })
}

/// What of groups' ends waits for a person, once there is something.
async fn waits(page: &mut Page) -> Value {
    let there = |inbox: &Value| !inbox["endings"][0].is_null();
    page.until(json!({ "ask": "decisions" }), there).await["endings"][0].clone()
}

async fn step_up(page: &Page, team: &Team, person: &renkei_tests::Person) {
    let shown = format!("{:06}", person.new_code(&team.world.server));
    page.told(json!({ "ask": "step-up", "code": shown })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_app_a_group_is_handed_over_and_closed_by_whose_it_is() {
    let mut team = Team::of_two().await;
    let group = json!(team.group);
    let station = team.chief.client().look(|replica| {
        let view = replica.registry().now();
        view.user(team.chief.user()).map(|person| person.facility).expect("a facility")
    });
    let server = &team.world.server;
    let mut hers = in_the_app(server, &mut team.doctor, &team.world.home().join("clinic")).await;
    let mut theirs = in_the_app(server, &mut team.chief, &team.world.home().join("station")).await;
    assert_eq!(theirs.refused(ending(&group)).await, "not_originator", "who only reads ends nothing");
    assert_eq!(theirs.refused(of("close-group", &group)).await, "not_originator");
    let view = hers.told(ending(&group)).await;
    assert_eq!(
        (&view["closable"], &view["withdrawable"], &view["offered"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    let choices = view["facilities"].as_array().expect("facilities");
    assert!(choices.iter().any(|one| one["facility"] == json!(station)), "{view}");

    // Offered, declined, offered again, accepted: the administrator of the other facility has it in the inbox.
    step_up(&hers, &team, &team.doctor).await;
    step_up(&theirs, &team, &team.chief).await;
    let offer = do_it(json!({ "deed": "offer-handover", "group": group, "to": station }));
    assert_eq!(hers.told(offer.clone()).await["outcome"], "waits");
    let shown = waits(&mut theirs).await;
    assert_eq!((&shown["acceptable"], &shown["label"]), (&json!(true), &json!("見本 花子さん 在宅チーム")));
    theirs.told(of("drop-handover", &group)).await;
    hers.until(ending(&group), |view| view["offered"].is_null()).await;
    theirs.until(json!({ "ask": "decisions" }), |inbox| inbox["endings"] == json!([])).await;
    hers.told(offer).await;
    let mine = hers.until(ending(&group), |view| !view["offered"].is_null()).await;
    assert_eq!((&mine["droppable"], &mine["acceptable"]), (&json!(true), &json!(false)));
    assert_eq!(hers.refused(of("accept-handover", &group)).await, "not_administrator", "nobody accepts an own offer");
    waits(&mut theirs).await;
    theirs.told(of("accept-handover", &group)).await;
    theirs.until(ending(&group), |view| view["closable"] == json!(true)).await;

    // From now on it is the other facility that closes it.
    let given = |rows: &Value| rows.as_array().is_some_and(|rows| rows.iter().all(|row| row["group"] != group));
    hers.until(json!({ "ask": "governed" }), given).await;
    assert_eq!(hers.refused(of("close-group", &group)).await, "not_originator");
    theirs.told(of("close-group", &group)).await;
    let closed = theirs.until(ending(&group), |view| !view["closed"].is_null()).await;
    assert_eq!(
        (&closed["closable"], &closed["orderable"], &closed["toConfirm"]),
        (&json!(false), &json!(false), &Value::Null)
    );
    assert!(
        closed["due"].as_u64() > closed["closed"].as_u64(),
        "it is kept for as long as its retention says: {closed}"
    );
    let shut = |rows: &Value| rows[0]["shut"]["code"] == "group_closed";
    hers.until(json!({ "ask": "home" }), shut).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_app_consent_withdrawn_freezes_at_once_and_a_second_person_erases_what_was_shown() {
    let mut team = Team::of_two().await;
    let group = json!(team.group);
    team.doctor.client().send(team.group, "消える書き込み").await.expect("sent");
    assert_eq!(team.chief.texts(team.group, 1).await, ["消える書き込み"]);
    let mut operator = team.world.operators.remove(0);
    let server = &team.world.server;
    let mut hers = in_the_app(server, &mut team.doctor, &team.world.home().join("clinic")).await;
    let mut desk = in_the_app(server, &mut operator, &team.world.home().join("desk")).await;
    let withdraw = |scan: &[u8]| {
        let scan = BASE64.encode(scan);
        do_it(json!({ "deed": "withdraw-consent", "group": group, "by": "family", "on": "2026-03-02", "scan": scan }))
    };
    step_up(&hers, &team, &team.doctor).await;
    // What is no scan is refused before anything is on record.
    hers.refused(withdraw(b"text")).await;
    assert_eq!(hers.told(ending(&group)).await["frozen"], Value::Null);
    assert_eq!(hers.told(withdraw(PAPER)).await["outcome"], "done");
    let frozen = hers.until(ending(&group), |view| !view["frozen"].is_null()).await;
    assert_eq!((&frozen["withdrawnOn"], &frozen["toConfirm"]), (&json!("2026-03-02"), &Value::Null), "nobody is both");
    assert_eq!((&frozen["closable"], &frozen["withdrawable"]), (&json!(false), &json!(false)));
    refused(team.chief.client().send(team.group, "後").await, Code::ConsentWithdrawn);

    // The Desk is the second person, and signs what is shown.
    let shown = waits(&mut desk).await;
    assert_eq!(shown["frozenBy"]["user"], json!(team.doctor.user()));
    let confirm = |hash: &Value| do_it(json!({ "deed": "confirm-erasure", "group": group, "shown": hash }));
    step_up(&desk, &team, &operator).await;
    assert_eq!(desk.refused(confirm(&json!("0".repeat(64)))).await, "not_authentic");
    assert_eq!(hers.refused(confirm(&shown["toConfirm"])).await, "second_person_required");
    desk.told(confirm(&shown["toConfirm"])).await;
    let gone = team
        .chief
        .client()
        .wait_until(renkei_tests::PATIENCE, |replica| replica.group(team.group)?.group()?.erased().map(drop));
    gone.await.expect("erased");
    refused(team.chief.client().read(team.group, 0), Code::GroupErased);
    desk.until(json!({ "ask": "decisions" }), |inbox| inbox["endings"] == json!([])).await;
}
