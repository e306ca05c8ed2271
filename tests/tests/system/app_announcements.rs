//! The app without its window, against a real server: an announcement is drafted, checked, published and withdrawn (S4); the
//! accounts that speak officially are listed by two operators, and read by everybody (S8).

use renkei_tests::World;
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

fn all() -> Value {
    json!({ "ask": "announcements", "count": 20 })
}

fn draft(again: &Value, words: &str, checkers: &Value, meant: &Value) -> Value {
    let plan = json!({ "again": again, "ja": words, "en": null, "checkers": checkers });
    json!({ "ask": "draft-announcement", "plan": plan, "meant": meant })
}

/// The page's only announcement, once it stands so.
async fn at(page: &mut Page, progress: &str) -> Value {
    let so = |view: &Value| view["all"][0]["progress"] == progress;
    page.until(all(), so).await["all"][0].clone()
}

fn check(one: &Value, approve: bool) -> Value {
    let (announcement, text) = (&one["announcement"], &one["text"]);
    do_it(json!({ "deed": "check-announcement", "announcement": announcement, "text": text, "approve": approve }))
}

fn publish(one: &Value) -> Value {
    do_it(json!({ "deed": "publish-announcement", "announcement": one["announcement"], "text": one["text"] }))
}

async fn step_up(page: &Page, world: &World, person: &renkei_tests::Person) {
    let shown = format!("{:06}", person.new_code(&world.server));
    page.told(json!({ "ask": "step-up", "code": shown })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s4_app_what_was_read_and_approved_is_what_is_published() {
    let world = World::found().await;
    let (_, mut chief) = world.facility("station", true).await;
    let (_, mut elsewhere) = world.facility("clinic", true).await;
    let mut nurse = world.staff(&chief, "nurse").await;
    let mut clerk = world.staff(&chief, "clerk").await;
    let mut hers = in_the_app(&world.server, &mut nurse, &world.home().join("nurse")).await;
    let mut theirs = in_the_app(&world.server, &mut clerk, &world.home().join("clerk")).await;
    let mut boss = in_the_app(&world.server, &mut chief, &world.home().join("station")).await;
    let mut other = in_the_app(&world.server, &mut elsewhere, &world.home().join("clinic")).await;

    // Who checks is one of the own people; what tells who somebody is, is asked about first.
    let view = hers.told(all()).await;
    let asked = json!([clerk.user()]);
    let known = view["colleagues"].as_array().expect("colleagues");
    assert!(known.iter().any(|who| who["user"] == json!(clerk.user()) && who["name"].is_string()), "{view}");
    assert_eq!((&view["all"], &view["officials"]), (&json!([]), &json!([])));
    let words = "# 年末年始の訪問\n\n12月29日から1月3日は休みます（架空）。";
    assert_eq!(hers.refused(draft(&Value::Null, " ", &asked, &Value::Null)).await, "bad_input");
    assert_eq!(hers.refused(draft(&Value::Null, words, &json!([]), &Value::Null)).await, "second_person_required");
    let call = draft(&Value::Null, "090-1234-5678へ電話を。", &asked, &Value::Null);
    assert_eq!(hers.told(call).await["checked"], "asks");
    assert_eq!(hers.told(draft(&Value::Null, words, &asked, &Value::Null)).await["checked"], "sent");

    // The checker has the text, objects, and approves of another one; nobody else knows of it.
    let first = at(&mut theirs, "checked").await;
    assert_eq!(
        (&first["words"][0], &first["toCheck"], &first["author"]["user"]),
        (&json!(words), &json!(true), &json!(nurse.user()))
    );
    assert_eq!(theirs.told(json!({ "ask": "status" })).await["announcements"], json!(1));
    assert_eq!(other.told(all()).await["all"], json!([]));
    theirs.told(check(&first, false)).await;
    let mine = at(&mut hers, "objected").await;
    assert_eq!((&mine["ownDraft"], &mine["checks"][0][1]), (&json!(true), &json!(false)));
    let better = format!("{words}\n急ぎのときは当番に電話してください。");
    assert_eq!(hers.told(draft(&mine["announcement"], &better, &asked, &Value::Null)).await["checked"], "sent");
    let second = at(&mut theirs, "checked").await;
    assert_eq!(second["words"][0], json!(better));
    assert_eq!(theirs.refused(check(&first, true)).await, "unknown", "that text is not the one any more");
    theirs.told(check(&second, true)).await;

    // A superior publishes exactly that; neither the author nor the checker can.
    let ready = at(&mut boss, "approved").await;
    assert_eq!((&ready["toPublish"], &ready["text"]), (&json!(true), &second["text"]));
    assert_eq!(boss.told(json!({ "ask": "status" })).await["announcements"], json!(1));
    at(&mut hers, "approved").await;
    assert_eq!(hers.refused(publish(&ready)).await, "not_administrator");
    step_up(&boss, &world, &chief).await;
    assert_eq!(boss.refused(publish(&first)).await, "checks_missing");
    boss.told(publish(&ready)).await;
    let read = at(&mut other, "published").await;
    assert_eq!(
        (&read["words"][0], &read["association"], &read["withdrawable"]),
        (&json!(better), &json!(false), &json!(false))
    );
    assert_eq!((&read["author"], &read["checks"], &read["publishedBy"]), (&Value::Null, &json!([]), &Value::Null));
    assert!(read["name"].as_str().expect("a name").contains("station"), "{read}");

    let withdraw = do_it(json!({ "deed": "withdraw-announcement", "announcement": ready["announcement"] }));
    other.refused(withdraw.clone()).await;
    boss.told(withdraw).await;
    other.until(all(), |view| view["all"] == json!([])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s8_app_an_account_speaks_officially_with_two_signatures_on_what_was_shown() {
    let mut world = World::with_operators(3).await;
    let (_, mut reader) = world.facility("clinic", true).await;
    let mut first = world.operators.remove(0);
    let mut second = world.operators.remove(0);
    let third = world.operators[0].user();
    let mut one = in_the_app(&world.server, &mut first, &world.home().join("one")).await;
    let mut two = in_the_app(&world.server, &mut second, &world.home().join("two")).await;
    let mut page = in_the_app(&world.server, &mut reader, &world.home().join("clinic")).await;
    assert_eq!(page.told(all()).await["namesOfficials"], json!(false));

    let name = |purpose: &str| {
        let deed = json!({ "deed": "name-official", "user": third, "purpose": purpose, "responsible": [first.user()] });
        do_it(deed)
    };
    assert_eq!(one.refused(name(" ")).await, "bad_input");
    step_up(&one, &world, &first).await;
    assert_eq!(one.told(name("災害時の連絡（架空）")).await["outcome"], "waits");
    let proposed = |view: &Value| !view["officials"][0]["toSign"].is_null();
    let shown = two.until(all(), proposed).await["officials"][0].clone();
    assert_eq!((&shown["purpose"], &shown["since"]), (&json!("災害時の連絡（架空）"), &Value::Null));
    assert_eq!(shown["responsible"][0]["user"], json!(first.user()));
    assert_eq!(page.told(all()).await["officials"], json!([]), "what is proposed is for those who sign it");
    // Signed is what was shown, and nothing that took its place.
    let sign = |shown: &Value| do_it(json!({ "deed": "sign-official", "user": third, "shown": shown }));
    step_up(&two, &world, &second).await;
    let another = json!("0".repeat(64));
    assert_eq!(two.refused(sign(&another)).await, "not_authentic");
    two.told(sign(&shown["toSign"])).await;
    let listed = |view: &Value| !view["officials"][0]["since"].is_null();
    let read = page.until(all(), listed).await["officials"][0].clone();
    assert_eq!((&read["who"]["user"], &read["toSign"]), (&json!(third), &Value::Null));
    assert!(read["name"].is_string() && read["who"]["official"].is_string(), "{read}");

    let end = do_it(json!({ "deed": "withdraw-official", "user": third }));
    assert_eq!(two.told(end).await["outcome"], "waits");
    let waits =
        |view: &Value| view["officials"].as_array().is_some_and(|all| all.iter().any(|one| one["name"].is_null()));
    let view = one.until(all(), waits).await;
    let shown =
        view["officials"].as_array().expect("accounts").iter().find(|one| one["name"].is_null()).expect("one").clone();
    one.told(sign(&shown["toSign"])).await;
    page.until(all(), |view| view["officials"] == json!([])).await;
}
