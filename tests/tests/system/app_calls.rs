//! The app without its window, against a real server: urgent messages (U1). A nurse calls, the doctor's app rings, also while it is
//! locked; who stands in acknowledges; the nurse is told where to telephone.

use renkei_app_core::News;
use renkei_client_core::policy::group::u1_calls::ALONE;
use renkei_client_core::proto::code::Code;
use renkei_tests::{Team, World, refused, within};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

fn urgent() -> Value {
    json!({ "ask": "urgent" })
}

fn only(urgent: &Value) -> &Value {
    match urgent.as_array().map(Vec::as_slice) {
        Some([one]) => one,
        _ => &Value::Null,
    }
}

fn post(group: &Value, text: &str, of: &[&Value], meant: &Value) -> Value {
    json!({ "ask": "post-urgent", "group": group, "text": text, "of": of, "meant": meant })
}

/// Waits until the page is told that something rings.
async fn rings(page: &mut Page) {
    let heard = async { while page.news.recv().await.expect("an app") != News::Rings {} };
    within("the ringing", heard).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_app_a_nurse_calls_it_rings_and_goes_on_to_the_telephone() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    for person in [&nurse, &team.chief, &team.doctor] {
        person.reads(team.group).await;
    }
    let (group, doctor, chief) = (json!(team.group), json!(team.doctor.user()), json!(team.chief.user()));
    let mut hers = in_the_app(&team.world.server, &mut nurse, &team.world.home().join("nurse")).await;
    let mut his = in_the_app(&team.world.server, &mut team.doctor, &team.world.home().join("clinic")).await;

    // The doctor: who stands in, and the clinic's number, typed as it is typed here.
    let callable = his.told(json!({ "ask": "callable", "group": group })).await;
    assert_eq!(callable["people"].as_array().map(Vec::len), Some(2), "everybody else who reads it");
    his.told(do_it(json!({ "deed": "set-stand-in", "group": group, "user": chief }))).await;
    his.told(do_it(json!({ "deed": "set-telephone", "number": "０３－００００－００００" }))).await;
    assert_eq!(his.refused(do_it(json!({ "deed": "set-telephone", "number": "でんわ" }))).await, "bad_input");
    assert_eq!(his.refused(do_it(json!({ "deed": "set-quiet-hours", "quiet": ["9:00", "9:00"] }))).await, "bad_input");
    let reach = his.told(json!({ "ask": "reach" })).await;
    assert_eq!((&reach["telephone"], &reach["setsTelephone"]), (&json!("03-0000-0000"), &json!(true)));
    assert_eq!(hers.told(json!({ "ask": "reach" })).await["setsTelephone"], false);
    assert_eq!(
        hers.refused(do_it(json!({ "deed": "set-telephone", "number": "03-0000-0000" }))).await,
        "not_administrator"
    );

    // A stranger and nobody are not called, and nothing that was typed is lost.
    let stranger = json!(team.world.operators[0].user());
    assert_eq!(hers.refused(post(&group, "急変です", &[&stranger], &Value::Null)).await, "not_a_reader");
    assert_eq!(hers.refused(post(&group, "急変です", &[], &Value::Null)).await, "unknown");
    assert_eq!(hers.told(json!({ "ask": "draft", "group": group })).await, "急変です", "what was typed is there");
    assert_eq!(hers.told(urgent()).await, json!([]), "nobody was called");

    assert_eq!(hers.told(post(&group, "急変です", &[&doctor], &Value::Null)).await["checked"], "sent");
    assert_eq!(hers.told(json!({ "ask": "draft", "group": group })).await, "");
    rings(&mut his).await;
    let told = his.until(urgent(), |all| only(all)["text"] == "急変です").await;
    let one = only(&told);
    assert_eq!(
        (&one["matter"], &one["by"]["name"]),
        (&json!("rings"), &hers.told(json!({ "ask": "status" })).await["me"]["name"])
    );
    assert!(one["line"].is_number(), "and where it stands");
    let call = one["call"].clone();

    // Locked, the doctor's device still rings, and says no more than that.
    his.told(json!({ "ask": "lock" })).await;
    assert_eq!(his.over().await, None, "it is locked");
    assert_eq!(his.refused(urgent()).await, "not_signed_in");
    rings(&mut his).await;

    team.world.server.advance(ALONE);
    let mut stands_in = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
    let waits = |all: &Value| only(all)["matter"] == "rings" || only(all)["matter"] == "waits";
    stands_in.until(urgent(), waits).await;
    team.world.server.advance(ALONE);
    let told = hers.until(urgent(), |all| only(all)["matter"] == "telephone").await;
    assert_eq!(only(&told)["people"][0]["telephone"], "03-0000-0000");

    let acknowledge = json!({ "ask": "acknowledge", "group": group, "call": call });
    stands_in.told(acknowledge.clone()).await;
    let told = hers.until(urgent(), |all| only(all)["people"][0]["state"] == "acknowledged").await;
    assert_eq!((&only(&told)["people"][0]["by"]["user"], &only(&told)["matter"]), (&chief, &Value::Null));
    stands_in.until(urgent(), |all| *all == json!([])).await;
    assert_eq!(hers.refused(acknowledge).await, "nothing_to_do");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_app_without_a_connection_nobody_is_called_and_what_was_typed_is_kept() {
    let mut team = Team::of_two().await;
    let (group, chief) = (json!(team.group), json!(team.chief.user()));
    let mut page = in_the_app(&team.world.server, &mut team.doctor, &team.world.home().join("clinic")).await;
    team.world.server.kill();
    page.until(json!({ "ask": "status" }), |status| status["online"] == false).await;
    assert_eq!(page.refused(post(&group, "急変です", &[&chief], &Value::Null)).await, "unreachable");
    assert_eq!(page.told(json!({ "ask": "draft", "group": group })).await, "急変です");
    team.world.server.restart();
    page.until(json!({ "ask": "status" }), |status| status["online"] == true).await;
    assert_eq!(page.told(urgent()).await, json!([]), "nothing goes by itself later: by then somebody has telephoned");
    assert!(team.chief.client().urgent().is_empty());
    refused(team.chief.client().acknowledge(team.group, 0).await, Code::Unknown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_app_everybody_is_told_and_says_how_they_are() {
    let mut team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let me = json!(nurse.user());
    let mut hers = in_the_app(&team.world.server, &mut nurse, &team.world.home().join("nurse")).await;
    let home = team.world.home().join("desk");
    let World { server, operators, .. } = &mut team.world;
    let mut desk = in_the_app(server, &mut operators[0], &home).await;
    let send = |text: &str| do_it(json!({ "deed": "broadcast", "text": text, "drill": false }));
    assert_eq!(hers.refused(send("うその知らせ")).await, "not_operator");
    assert_eq!(desk.refused(send(" ")).await, "bad_input");
    assert_eq!(desk.refused(send(&"あ".repeat(141))).await, "bad_input");
    desk.told(send("安否を知らせてください。")).await;
    let broadcasts = json!({ "ask": "broadcasts" });
    let told = hers.until(broadcasts.clone(), |all| all[0]["text"] == "安否を知らせてください。").await;
    let (one, said) = (told[0]["broadcast"].clone(), &told[0]["said"]);
    assert_eq!((said, &told[0]["looksAfter"], &told[0]["closes"]), (&Value::Null, &json!(false), &json!(false)));
    let answer = |says: &str| json!({ "ask": "answer-broadcast", "broadcast": one, "says": says });
    hers.told(answer("received")).await;
    hers.told(answer("needs-help")).await;
    assert_eq!(hers.told(broadcasts.clone()).await[0]["said"], "needs-help");
    let people = json!({ "ask": "how-people-are", "broadcast": one });
    let mine = hers.told(people.clone()).await;
    assert_eq!(mine.as_array().map(Vec::len), Some(1), "nobody else's");

    let mut chief = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
    let told = chief.until(broadcasts.clone(), |all| all[0]["looksAfter"] == true).await;
    assert_eq!(told[0]["said"], Value::Null);
    let all = chief.told(people.clone()).await;
    assert_eq!((&all[0]["who"]["user"], &all[0]["says"]), (&me, &json!("needs-help")), "who needs help comes first");
    assert_eq!(all[1]["says"], Value::Null, "then who has said nothing");
    let close = do_it(json!({ "deed": "close-broadcast", "broadcast": one }));
    assert_eq!(chief.refused(close.clone()).await, "not_operator");
    desk.until(broadcasts.clone(), |all| all[0]["closes"] == true).await;
    assert!(desk.told(people).await.as_array().is_some_and(|all| all.len() >= 5), "the Desk sees everybody");
    desk.told(close).await;
    hers.until(broadcasts, |all| *all == json!([])).await;
    assert_eq!(hers.refused(answer("safe")).await, "broadcast_closed");
}
