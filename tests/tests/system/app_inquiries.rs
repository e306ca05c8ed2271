//! The app without its window, against a real server: somebody asks the Desk, an operator sees to it and answers, and it is closed
//! (A14.1). What may be done is looked for with somebody else's device.

use renkei_tests::{Person, World};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

const INQUIRIES: &str = "inquiries";

fn ask(subject: &str, text: &str, meant: &Value) -> Value {
    json!({ "ask": "open-inquiry", "subject": subject, "text": text, "meant": meant })
}

fn of(deed: &str, group: &Value) -> Value {
    do_it(json!({ "deed": deed, "group": group }))
}

fn one(group: &Value) -> Value {
    json!({ "ask": "inquiry", "group": group })
}

/// A nurse at the app, who may ask; and an operator at another.
async fn both(world: &mut World, nurse: &mut Person) -> (Page, Page) {
    let hers = in_the_app(&world.server, nurse, &world.home().join("nurse")).await;
    let mut operator = world.operators.remove(0);
    let desk = in_the_app(&world.server, &mut operator, &world.home().join("desk")).await;
    (hers, desk)
}

/// The page's only inquiry, once it stands so.
async fn at(page: &mut Page, so: impl Fn(&Value) -> bool) -> Value {
    let there = |all: &Value| all.as_array().is_some_and(|all| all.len() == 1 && so(&all[0]));
    page.until(json!({ "ask": INQUIRIES }), there).await[0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_app_a_question_is_asked_seen_to_answered_and_closed() {
    let mut world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    let mut nurse = world.staff(&chief, "nurse").await;
    let mut colleague = world.staff(&chief, "colleague").await;
    let (mut hers, mut desk) = both(&mut world, &mut nurse).await;

    // What is no question is sent to nobody; what tells who somebody is, is asked about.
    assert_eq!(hers.refused(ask(" ", "どこに綴じますか", &Value::Null)).await, "bad_input");
    assert_eq!(hers.refused(ask("様式2", " ", &Value::Null)).await, "bad_input");
    let call = "電話は090-1234-5678です。";
    let asks = hers.told(ask("様式2", call, &Value::Null)).await;
    assert_eq!((&asks["checked"], hers.told(json!({ "ask": INQUIRIES })).await), (&json!("asks"), json!([])));
    assert_eq!(hers.told(ask("様式2", call, &asks["asked"])).await["checked"], "sent");

    let view = at(&mut hers, |one| one["subject"] == "様式2").await;
    let group = view["group"].clone();
    assert_eq!((&view["state"], &view["desks"], &view["seesTo"]), (&json!("open"), &json!(true), &json!(false)));
    assert_eq!((&view["closable"], &view["taken"], &view["days"]), (&json!(true), &Value::Null, &json!(0)));
    assert_eq!(hers.refused(of("take-inquiry", &group)).await, "not_operator");

    // It waits in the operator's inbox until it was answered.
    let there = |inbox: &Value| inbox["inquiries"][0]["subject"] == "様式2";
    let inbox = desk.until(json!({ "ask": "decisions" }), there).await;
    assert_eq!((&inbox["inquiries"][0]["incident"], &inbox["inquiries"][0]["seesTo"]), (&json!(false), &json!(true)));
    desk.told(of("take-inquiry", &group)).await;
    at(&mut hers, |one| !one["taken"].is_null()).await;
    assert_eq!(desk.refused(of("close-inquiry", &group)).await, "reply_awaited");
    desk.told(json!({ "ask": "post", "group": group, "text": "綴じて保管してください。", "meant": null })).await;
    let timeline = json!({ "ask": "timeline", "group": group, "from": null, "count": 20 });
    let written = |told: &Value| {
        let lines = told["lines"].as_array().expect("lines");
        let mine = lines.iter().rev().find(|one| one["line"] == "message" && one["author"]["me"] == true);
        mine.map(|one| one["seq"].clone())
    };
    let seq = written(&desk.until(timeline.clone(), |told| written(told).is_some()).await).expect("written");
    let answer = do_it(json!({ "deed": "answer-inquiry", "group": group, "seq": seq }));
    assert_eq!(hers.refused(answer.clone()).await, "not_operator", "who asked does not answer");
    desk.told(answer).await;
    desk.until(json!({ "ask": "decisions" }), |inbox| inbox["inquiries"] == json!([])).await;
    let view = desk.told(one(&group)).await;
    assert_eq!((&view["state"], &view["closable"]), (&json!("answered"), &json!(false)), "who asked may still reply");
    assert!(view["closableFrom"].is_number(), "{view}");
    assert_eq!(at(&mut hers, |one| one["state"] == "answered").await["desks"], json!(false));

    // Who asked closes it, and opens it again: then it waits once more.
    hers.told(of("close-inquiry", &group)).await;
    let closed = at(&mut desk, |one| one["state"] == "closed").await;
    assert_eq!((&closed["reason"], &closed["closed"]["user"]), (&json!("settled"), &json!(nurse.user())));
    desk.until(json!({ "ask": "home" }), |rows| rows[0]["shut"]["code"] == "inquiry_closed").await;
    hers.told(of("reopen-inquiry", &group)).await;
    desk.until(json!({ "ask": "decisions" }), there).await;

    // Nobody else knows of it, not even of the same facility.
    let theirs = in_the_app(&world.server, &mut colleague, &world.home().join("colleague")).await;
    assert_eq!(theirs.told(json!({ "ask": INQUIRIES })).await, json!([]));
    assert_eq!(theirs.refused(one(&group)).await, "unknown");
    for deed in ["take-inquiry", "close-inquiry", "reopen-inquiry"] {
        assert_eq!(theirs.refused(of(deed, &group)).await, "unknown", "{deed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_app_a_report_is_counted_in_the_inbox_of_those_who_see_to_it_and_says_so_in_its_own_words() {
    let world = World::found().await;
    let (_, mut chief) = world.facility("station", true).await;
    let mut nurse = world.staff(&chief, "nurse").await;
    let hers = in_the_app(&world.server, &mut nurse, &world.home().join("nurse")).await;
    let plan = json!({ "kind": "lost", "about": null, "subject": "紛失", "text": "端末を失くしました。" });
    let sent = hers.told(json!({ "ask": "report", "plan": plan, "meant": null })).await;
    assert_eq!(sent["checked"], "sent");
    let mut page = in_the_app(&world.server, &mut chief, &world.home().join("station")).await;
    let there = |inbox: &Value| inbox["inquiries"][0]["subject"] == "紛失";
    let inbox = page.until(json!({ "ask": "decisions" }), there).await;
    let group = inbox["inquiries"][0]["group"].clone();
    assert_eq!((&inbox["inquiries"][0]["incident"], &inbox["inquiries"][0]["closable"]), (&json!(true), &json!(false)));
    page.told(of("take-incident", &group)).await;
    let timeline = json!({ "ask": "timeline", "group": group, "from": null, "count": 20 });
    let said = |told: &Value| {
        let lines = told["lines"].as_array().expect("lines");
        lines.iter().any(|one| one["what"] == "incident-taken")
    };
    let told = page.until(timeline, said).await;
    assert!(!told.to_string().contains("inquiry-taken"), "{told}");
    // Whoever sees to it keeps it in the inbox until it is closed; nobody else has to.
    let inbox = page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["inquiries"][0]["taken"]["me"], json!(true));
}
