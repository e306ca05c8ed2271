//! The app without its window, against a real server: what a facility lets the Desk do for it (A4.2), a deputy of its administrators
//! (A8.3), a facility that is stopped and goes on (A3.2), review rounds and the report of numbers (A9.2, A15.1).

use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_tests::{DAY, Person, Team, World};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

fn day(world: &World, days: u64) -> String {
    let time = world.server.now().plus(days * DAY);
    time.day_in_japan().expect("a day of this age").to_string()
}

fn delegations() -> Value {
    json!({ "ask": "delegations" })
}

async fn step_up(page: &Page, world: &World, person: &Person) {
    let shown = format!("{:06}", person.new_code(&world.server));
    page.told(json!({ "ask": "step-up", "code": shown })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_app_the_desk_opens_a_group_for_a_facility_while_that_delegates_and_says_so() {
    let mut world = World::found().await;
    let (facility, mut chief) = world.facility("clinic", true).await;
    let mut operator = world.operators.remove(0);
    let mut hers = in_the_app(&world.server, &mut chief, &world.home().join("clinic")).await;
    let mut desk = in_the_app(&world.server, &mut operator, &world.home().join("desk")).await;
    let view = hers.told(delegations()).await;
    assert_eq!((&view["gives"], &view["own"], &view["actsFor"]), (&json!(true), &json!([]), &json!([])));
    assert_eq!(desk.told(delegations()).await["gives"], json!(false));
    let open = |acting_for: &Value| {
        let plan = json!({
            "kind": "patient", "label": "見本 太郎さん", "newcomers": "all", "day": null, "reading": false,
            "actingFor": acting_for,
        });
        do_it(json!({ "deed": "open-group", "plan": plan }))
    };
    step_up(&desk, &world, &operator).await;
    assert_eq!(desk.refused(open(&json!(facility))).await, "delegation_missing");

    let give = do_it(json!({ "deed": "delegate", "group": null, "until": day(&world, 10), "reads": false }));
    step_up(&hers, &world, &chief).await;
    hers.told(give).await;
    let own = hers.until(delegations(), |view| !view["own"][0].is_null()).await["own"][0].clone();
    assert_eq!((&own["everything"], &own["reads"]), (&json!(true), &json!(false)));
    let acts = |view: &Value| view["actsFor"][0]["facility"] == json!(facility);
    desk.until(delegations(), acts).await;
    let opened = desk.told(open(&json!(facility))).await;
    assert_eq!(opened["outcome"], "opened");
    let theirs =
        |rows: &Value| rows.as_array().is_some_and(|rows| rows.iter().any(|row| row["group"] == opened["group"]));
    let rows = hers.until(json!({ "ask": "governed" }), theirs).await;
    assert_eq!(rows[0]["facility"], desk.told(json!({ "ask": "governed" })).await[0]["facility"], "it is the clinic's");

    // Taken back, it is over at once.
    hers.told(do_it(json!({ "deed": "revoke-delegation", "delegation": own["delegation"] }))).await;
    desk.until(delegations(), |view| view["actsFor"] == json!([])).await;
    assert_eq!(desk.refused(open(&json!(facility))).await, "delegation_expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_app_a_deputy_decides_for_the_administrators_until_that_ends() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let helper = team.world.staff(&team.chief, "helper").await;
    let world = &team.world;
    let mut boss = in_the_app(&world.server, &mut team.chief, &world.home().join("station")).await;
    let mut hers = in_the_app(&world.server, &mut nurse, &world.home().join("nurse")).await;
    let person = json!({ "ask": "person", "user": nurse.user() });
    assert_eq!(boss.told(person.clone()).await["staff"]["deputy"], Value::Null);
    let (from, until) = (Value::Null, day(world, 5));
    let name = do_it(json!({ "deed": "name-deputy", "user": nurse.user(), "from": from, "until": until }));
    step_up(&boss, world, &team.chief).await;
    boss.told(name).await;
    boss.until(person.clone(), |view| !view["staff"]["deputy"].is_null()).await;
    let invitation = team.doctor.client().invite(team.group, helper.user()).await.expect("invited");
    let waits = |inbox: &Value| inbox["invitations"][0]["invited"]["user"] == json!(helper.user());
    hers.until(json!({ "ask": "status" }), |status| status["deputy"] == json!(true)).await;
    hers.until(json!({ "ask": "decisions" }), waits).await;
    let decide = json!({ "ask": "decide-invitation", "group": team.group, "invitation": invitation, "approve": true });
    let theirs = hers.told(json!({ "ask": "person", "user": helper.user() })).await;
    assert_eq!((&theirs["deputised"], &theirs["managed"]), (&json!(true), &json!(false)));
    let boss_of = hers.told(json!({ "ask": "person", "user": team.chief.user() })).await;
    assert_eq!(boss_of["deputised"], json!(false), "nobody deputises over an administrator");
    step_up(&hers, world, &nurse).await;
    hers.told(decide).await;
    helper.reads(team.group).await;
    boss.told(do_it(json!({ "deed": "end-deputy", "user": nurse.user() }))).await;
    boss.until(person, |view| view["staff"]["deputy"].is_null()).await;
    hers.until(json!({ "ask": "status" }), |status| status["deputy"] == json!(false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_2_app_a_facility_is_stopped_by_one_operator_and_goes_on_by_two() {
    let mut world = World::found().await;
    let (facility, chief) = world.facility("clinic", true).await;
    let mut first = world.operators.remove(0);
    let mut second = world.operators.remove(0);
    let mut one = in_the_app(&world.server, &mut first, &world.home().join("one")).await;
    let mut two = in_the_app(&world.server, &mut second, &world.home().join("two")).await;
    let stop =
        |suspended: bool| do_it(json!({ "deed": "suspend-facility", "facility": facility, "suspended": suspended }));
    let state = |wanted: &'static str| {
        move |view: &Value| {
            let all = view["facilities"].as_array().expect("facilities");
            all.iter().any(|row| row["facility"] == json!(facility) && row["state"] == wanted)
        }
    };
    step_up(&one, &world, &first).await;
    step_up(&two, &world, &second).await;
    assert_eq!(one.told(stop(true)).await["outcome"], "done");
    two.until(json!({ "ask": "desk" }), state("suspended")).await;
    let over = chief.client().wait_until(renkei_tests::PATIENCE, |replica| {
        replica.registry().now().facility_suspended(facility).then_some(())
    });
    drop(over.await);
    assert_eq!(one.told(stop(false)).await["outcome"], "waits");
    assert_eq!(two.told(stop(false)).await["outcome"], "done");
    one.until(json!({ "ask": "desk" }), state("in-force")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_2_a15_1_app_a_round_is_opened_confirmed_and_counted_in_the_report() {
    let mut world = World::found().await;
    let points = Wording {
        japanese: Prose::new("# 確認事項\n").expect("a text"),
        english: Prose::new("# Points\n").expect("a text"),
    };
    for operator in &world.operators {
        operator.step_up(&world.server).await.expect("a fresh code");
        operator.client().publish_text(TextKind::ReviewPoints, points.clone()).await.expect("signed");
    }
    let (_, mut chief) = world.facility("clinic", true).await;
    let mut nurse = world.staff(&chief, "nurse").await;
    let mut operator = world.operators.remove(0);
    let mut boss = in_the_app(&world.server, &mut chief, &world.home().join("clinic")).await;
    let mut hers = in_the_app(&world.server, &mut nurse, &world.home().join("nurse")).await;
    let desk = in_the_app(&world.server, &mut operator, &world.home().join("desk")).await;
    let oversight = json!({ "ask": "oversight" });
    assert_eq!(boss.told(oversight.clone()).await["rounds"], json!([]));
    let open = do_it(json!({ "deed": "open-review", "due": day(&world, 20), "restrictAfter": 14, "lockAfter": 30 }));
    step_up(&boss, &world, &chief).await;
    boss.told(open).await;
    let due = hers.until(json!({ "ask": "duties" }), |all| !all[0].is_null()).await;
    hers.told(json!({ "ask": "confirm-duty", "duty": due[0]["duty"] })).await;
    let one_of_two = |view: &Value| view["rounds"][0]["confirmed"] == 1 && view["rounds"][0]["asked"] == 2;
    let view = boss.until(oversight.clone(), one_of_two).await;
    assert_eq!(view["rounds"][0]["closable"], json!(true));
    let mine = view["report"].as_array().expect("numbers");
    assert_eq!((mine.len(), &mine[0]["people"], &mine[0]["reviews"]), (1, &json!(2), &json!([1, 2])));
    assert_eq!(mine[0]["refused"], Value::Null, "refusals are the Desk's to see");
    // The Desk has every facility's numbers, and no round of a facility to close.
    let all = desk.told(oversight.clone()).await;
    let clinic = all["report"].as_array().expect("numbers").iter().find(|row| row["people"] == 2).expect("the clinic");
    assert!(clinic["refused"].is_number(), "{all}");
    assert!(all["rounds"].as_array().expect("rounds").iter().all(|round| round["closable"] == json!(false)), "{all}");
    // Nobody else has any.
    assert!(hers.ask(oversight).await.is_err(), "a nurse has no report");
}
