//! The app without its window, against a real server: somebody reports that something went wrong (S5), an administrator sees to
//! it, and a group is halted and goes on (S7). What an order does is looked for with somebody else's device.

use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;
use renkei_tests::{PATIENCE, Team, refused, within};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

fn of(deed: &str, group: &Value) -> Value {
    do_it(json!({ "deed": deed, "group": group }))
}

fn measure(group: &Value, measure: &str, done: bool, on: &str) -> Value {
    do_it(json!({ "deed": "record-measure", "group": group, "measure": measure, "done": done, "on": on }))
}

fn incident(group: &Value) -> Value {
    json!({ "ask": "incident", "group": group })
}

fn report(about: &Value, subject: &str, text: &str, meant: &Value) -> Value {
    let plan = json!({ "kind": "wrong-content", "about": about, "subject": subject, "text": text });
    json!({ "ask": "report", "plan": plan, "meant": meant })
}

/// The report's room, once the home shows it with its subject.
async fn room(page: &mut Page, subject: &str) -> Value {
    let is = |row: &Value| row["kind"] == "incident" && row["label"] == subject;
    let there = |rows: &Value| rows.as_array().is_some_and(|rows| rows.iter().any(is));
    let rows = page.until(json!({ "ask": "home" }), there).await;
    rows.as_array().expect("rows").iter().find(|row| is(row)).expect("a report")["group"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_app_a_message_is_reported_and_an_administrator_sees_to_it() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    let sent = team.doctor.client().send(team.group, "ほかの患者さんのこと").await.expect("sent");
    let seq = sent.head.size - 1;
    for reader in [&nurse, &team.chief] {
        assert_eq!(reader.texts(team.group, 1).await, ["ほかの患者さんのこと"]);
    }
    let me = json!(nurse.user());
    let mut hers = in_the_app(&team.world.server, &mut nurse, &team.world.home().join("nurse")).await;
    let about = json!([team.group, seq]);

    // What is no report, and what is about no message, is sent to nobody; what tells who somebody is, is asked about.
    assert_eq!(hers.refused(report(&about, " ", "届きました", &Value::Null)).await, "bad_input");
    assert_eq!(hers.refused(report(&about, "取り違え", " ", &Value::Null)).await, "bad_input");
    let nowhere = json!([team.group, 99_999]);
    assert_eq!(hers.refused(report(&nowhere, "取り違え", "届きました", &Value::Null)).await, "unknown");
    let call = "電話は090-1234-5678です。";
    let asks = hers.told(report(&about, "取り違え", call, &Value::Null)).await;
    assert_eq!(asks["checked"], "asks");
    assert!(
        hers.told(json!({ "ask": "home" })).await.as_array().expect("rows").iter().all(|row| row["kind"] == "patient")
    );
    let other = report(&about, "取り違え", "電話は090-1111-2222です。", &asks["asked"]);
    assert_eq!(hers.told(other).await["checked"], "asks", "something else was meant");
    assert_eq!(hers.told(report(&about, "取り違え", call, &asks["asked"])).await["checked"], "sent");

    // The reporter sees what is on record, and does not see to it alone.
    let group = room(&mut hers, "取り違え").await;
    let view = hers.told(incident(&group)).await;
    assert_eq!((&view["kind"], &view["seesTo"]), (&json!("wrong-content"), &json!(false)));
    assert_eq!((&view["about"]["group"], view["about"]["line"].is_number()), (&json!(team.group), true));
    assert_eq!(view["missing"].as_array().expect("measures").len(), 4);
    for deed in ["take-incident", "close-incident"] {
        assert_eq!(hers.refused(of(deed, &group)).await, "incident_own", "{deed}");
    }

    // The operator reads the report, and nothing of the group.
    let id: GroupId = group.as_str().expect("an identifier").parse().expect("an identifier");
    let desk = &team.world.operators[0];
    assert_eq!(desk.texts(id, 1).await, [call]);
    assert!(desk.client().look(|replica| replica.group(team.group).is_none()), "the Desk reads no more by it");

    let today = desk.client().now().day_in_japan().expect("a day").to_string();
    let mut page = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
    assert_eq!(room(&mut page, "取り違え").await, group);
    let view = page.told(incident(&group)).await;
    assert_eq!((&view["reporter"]["user"], &view["seesTo"], &view["taken"]), (&me, &json!(true), &Value::Null));
    page.told(of("take-incident", &group)).await;
    page.until(incident(&group), |view| view["taken"]["me"] == json!(true)).await;
    assert_eq!(page.refused(of("close-incident", &group)).await, "measures_missing");
    assert_eq!(page.refused(measure(&group, "contained", true, "2099-01-01")).await, "date_out_of_range");
    for (name, done) in [("contained", true), ("notified", true), ("explained", true), ("prevented", false)] {
        page.told(measure(&group, name, done, &today)).await;
    }
    let whole = page.until(incident(&group), |view| view["missing"] == json!([])).await;
    let last = whole["measures"].as_array().expect("measures").last().expect("one").clone();
    assert_eq!((&last["measure"], &last["done"]), (&json!("prevented"), &json!(false)));
    assert_eq!((&last["by"]["me"], &last["on"]), (&json!(true), &json!(today)));
    page.told(of("close-incident", &group)).await;

    // Who reported sees all of it, and reopens it.
    let closed = hers.until(incident(&group), |view| !view["closed"].is_null()).await;
    assert_eq!(closed["measures"].as_array().expect("measures").len(), 4);
    let shut = |rows: &Value| {
        let row = rows.as_array().and_then(|rows| rows.iter().find(|row| row["group"] == group));
        row.is_some_and(|row| row["shut"]["code"] == "inquiry_closed")
    };
    hers.until(json!({ "ask": "home" }), shut).await;
    hers.told(of("reopen-incident", &group)).await;
    page.until(incident(&group), |view| view["closed"].is_null()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_app_a_report_without_a_message_is_nothing_to_a_colleague_or_another_facility() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let mut colleague = team.world.staff(&team.chief, "colleague").await;
    let mut hers = in_the_app(&team.world.server, &mut nurse, &team.world.home().join("nurse")).await;
    assert_eq!(hers.told(report(&Value::Null, "紛失", "端末を失くしました。", &Value::Null)).await["checked"], "sent");
    let group = room(&mut hers, "紛失").await;
    assert_eq!(hers.told(incident(&group)).await["about"], Value::Null);
    let mut chief = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
    assert_eq!(room(&mut chief, "紛失").await, group);
    let world = &team.world;
    for (person, place) in [(&mut colleague, "colleague"), (&mut team.doctor, "clinic")] {
        let page = in_the_app(&world.server, person, &world.home().join(place)).await;
        assert_eq!(page.refused(incident(&group)).await, "unknown");
        for deed in ["take-incident", "close-incident", "reopen-incident"] {
            assert_eq!(page.refused(of(deed, &group)).await, "unknown", "{place} {deed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s7_app_a_group_is_halted_and_goes_on() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "前").await.expect("sent");
    assert_eq!(team.chief.texts(team.group, 1).await, ["前"]);
    let group = json!(team.group);
    let members = json!({ "ask": "members", "group": group });
    let lines = json!({ "ask": "timeline", "group": group, "from": null, "count": 100 });
    let mut page = in_the_app(&team.world.server, &mut team.doctor, &team.world.home().join("clinic")).await;
    assert_eq!(page.told(members.clone()).await["halted"], Value::Null);
    assert_eq!(page.refused(of("resume-group", &group)).await, "nothing_to_do");
    page.told(of("halt-group", &group)).await;
    page.until(members.clone(), |view| view["halted"]["me"] == json!(true)).await;
    let shut = |code: Value| {
        let group = group.clone();
        move |rows: &Value| rows[0]["group"] == group && rows[0]["shut"]["code"] == code
    };
    page.until(json!({ "ask": "home" }), shut(json!("group_halted"))).await;
    assert_eq!(page.refused(lines.clone()).await, "group_halted", "what was there is not shown");
    let halted = async {
        let chief = team.chief.client();
        chief.wait_until(PATIENCE, |replica| replica.group(team.group)?.group()?.halted().map(drop)).await
    };
    within("the halt", halted).await.expect("the halt");
    refused(team.chief.client().send(team.group, "途中").await, Code::GroupHalted);

    // A member of another facility neither halts it nor lets it go on.
    let mut theirs = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
    // Who has just come in knows of the group once its log is here.
    theirs.until(json!({ "ask": "home" }), shut(json!("group_halted"))).await;
    let view = theirs.until(members.clone(), |view| !view["halted"].is_null()).await;
    assert_eq!((&view["governs"], &view["halted"]["me"]), (&json!(false), &json!(false)));
    assert_eq!(theirs.refused(of("resume-group", &group)).await, "not_originator");
    page.told(of("resume-group", &group)).await;
    let before = |view: &Value| view["lines"].as_array().is_some_and(|all| all.iter().any(|one| one["text"] == "前"));
    theirs.until(json!({ "ask": "home" }), shut(Value::Null)).await;
    theirs.until(members, |view| view["halted"].is_null()).await;
    theirs.until(lines, before).await;
    assert_eq!(theirs.refused(of("halt-group", &group)).await, "not_originator");
}
