//! The check before sending in the app (S2), against a real server: nothing that tells who somebody is leaves before the person
//! was shown it and means it, whatever the page forgets; and nothing typed is lost over it. What counts as what is the rows'
//! test.

use renkei_client_core::groups::NewGroup;
use renkei_client_core::proto::act::{GroupKind, HistoryPolicy};
use renkei_client_core::proto::id::{GroupId, StatementId};
use renkei_tests::{Person, Team, line};
use serde_json::{Value, json};

use crate::app_files::{Page, photo};

const TEXT: &str = "見本 花子さんの件は 03-5555-0100 まで。";

async fn create(person: &Person, kind: GroupKind, label: &str) -> GroupId {
    let (label, history) = (line(label), HistoryPolicy::All);
    let new = NewGroup { kind, label, history, acting_for: None, creator_reads: true };
    person.client().create_group(new).await.expect("a group")
}

/// The doctor at the app, with a patient's group that two read, and a free one.
async fn doctor(team: &mut Team) -> (Page, String) {
    let free = create(&team.doctor, GroupKind::Free, "見本 勉強会").await;
    let page = Page::of(&mut team.doctor, &team.world, team.group).await;
    (page, free.to_string())
}

fn post(group: &str, text: &str, meant: &Value) -> Value {
    json!({ "ask": "post", "group": group, "text": text, "meant": meant })
}

/// What there is to ask: the words, and whether they are in a file's name. It is no more than what was written.
fn asks(told: &Value) -> Vec<(String, bool)> {
    assert_eq!(told["checked"], json!("asks"), "{told}");
    let found = told["found"].as_array().expect("a list").iter();
    found.map(|one| (one["words"].as_str().expect("words").to_owned(), one["inName"] == json!(true))).collect()
}

fn timeline(group: &str) -> Value {
    json!({ "ask": "timeline", "group": group, "from": null, "count": 50 })
}

fn texts(timeline: &Value) -> Vec<Value> {
    assert_eq!(timeline["unsent"], json!([]));
    let lines = timeline["lines"].as_array().expect("lines").iter();
    lines.filter(|line| line["line"] == "message").map(|line| line["text"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s2_app_a_message_goes_only_when_what_was_found_is_meant() {
    let mut team = Team::of_two().await;
    let (mut page, free) = doctor(&mut team).await;
    let (draft, sent) = (json!({ "ask": "draft", "group": free }), json!({ "checked": "sent" }));

    let asked = page.told(post(&free, TEXT, &Value::Null)).await;
    assert_eq!(asks(&asked), [("見本 花子".to_owned(), false), ("03-5555-0100".to_owned(), false)]);
    assert_eq!(asked["found"][0]["called"], json!(["患者の氏名", "a patient's name"]));
    assert_eq!(asked["otherPatient"], json!(false));
    assert_eq!(page.told(draft.clone()).await, json!(TEXT), "nothing typed is lost over the question");
    page.told(json!({ "ask": "lock" })).await;
    assert_eq!(page.told(page.enter(&Value::Null)).await, json!("in"));
    assert_eq!(page.told(draft.clone()).await, json!(TEXT), "nor with the lock");

    // A page that makes something up, or shows something else, sends nothing.
    let other = page.told(post(&free, "電話は 03-5555-0100 です。", &Value::Null)).await;
    assert_ne!(other["asked"], asked["asked"]);
    for wrong in [json!("00".repeat(32)), other["asked"].clone()] {
        assert_eq!(page.told(post(&free, TEXT, &wrong)).await, asked);
    }
    assert_eq!(texts(&page.told(timeline(&free)).await), [] as [Value; 0]);

    assert_eq!(page.told(post(&free, TEXT, &asked["asked"])).await, sent);
    assert_eq!(page.told(draft).await, json!(""));
    page.until(timeline(&free), |shown| shown["unsent"] == json!([]) && texts(shown) == [json!(TEXT)]).await;

    // In the patient's own group all of it is in place.
    let own = page.group.clone();
    assert_eq!(page.told(post(&own, TEXT, &Value::Null)).await, sent);
    assert_eq!(page.told(post(&free, "次回は来週です。", &Value::Null)).await, sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s2_app_another_patient_is_asked_about_in_a_patients_group_and_an_inquiry_like_any_other() {
    let mut team = Team::of_two().await;
    create(&team.doctor, GroupKind::Patient, "例田 次郎さん 在宅").await;
    let inquiry = team.doctor.client().open_inquiry(line("質問"), "お尋ねします。").await.expect("an inquiry");
    let (page, _) = doctor(&mut team).await;
    let own = page.group.clone();
    let asked = page.told(post(&own, "例田 次郎さんは 37.8℃ です。", &Value::Null)).await;
    assert_eq!(asks(&asked), [("例田 次郎".to_owned(), false)]);
    assert_eq!(asked["otherPatient"], json!(true));
    assert_eq!(page.told(post(&own, "電話は 03-5555-0100 です。", &Value::Null)).await, json!({ "checked": "sent" }));
    let asked = page.told(post(&inquiry.to_string(), TEXT, &Value::Null)).await;
    assert_eq!((asks(&asked).len(), &asked["otherPatient"]), (2, &json!(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s2_app_a_correction_is_asked_about_and_changes_nothing_before() {
    let mut team = Team::of_two().await;
    let (mut page, free) = doctor(&mut team).await;
    page.told(post(&free, "次回は来週です。", &Value::Null)).await;
    let arrived = |shown: &Value| shown["unsent"] == json!([]) && texts(shown).len() == 1;
    let shown = page.until(timeline(&free), arrived).await;
    let seq = shown["lines"].as_array().and_then(|lines| lines.last()).expect("a line")["seq"].clone();
    let correct = |meant: &Value| json!({ "ask": "correct", "group": free, "seq": seq, "text": TEXT, "meant": meant });
    let asked = page.told(correct(&Value::Null)).await;
    assert_eq!(asks(&asked).len(), 2);
    assert_eq!(texts(&page.told(timeline(&free)).await), [json!("次回は来週です。")]);
    assert_eq!(page.told(correct(&asked["asked"])).await, json!({ "checked": "sent" }));
    page.until(timeline(&free), |shown| texts(shown) == [json!(TEXT)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s2_app_a_files_name_and_its_text_are_asked_about_and_it_lies_ready_until_then() {
    let mut team = Team::of_two().await;
    let path = photo(team.world.home(), "見本花子_創部.jpg");
    let (mut page, free) = doctor(&mut team).await;
    let own = std::mem::replace(&mut page.group, free.clone());
    page.attach(path.clone()).await;
    let ready = page.ready().await;
    let send = |group: &str, text: &str, meant: &Value| json!({ "ask": "send-files", "group": group, "text": text, "noDownload": false, "meant": meant });
    let asked = page.told(send(&free, "電話は 03-5555-0100 です。", &Value::Null)).await;
    assert_eq!(asks(&asked), [("03-5555-0100".to_owned(), false), ("見本花子".to_owned(), true)]);
    assert_eq!(page.ready().await, ready, "the same file, by the same name");
    assert_eq!(page.told(page.about("draft")).await, json!("電話は 03-5555-0100 です。"));
    assert_eq!(page.told(page.about("sending")).await, json!([]));

    // Mended, only the name is left to be asked about; and that is another question.
    let name = page.told(send(&free, "", &asked["asked"])).await;
    assert_eq!(asks(&name), [("見本花子".to_owned(), true)]);
    assert_eq!(page.told(send(&free, "", &name["asked"])).await, json!({ "checked": "sent" }));
    assert_eq!(page.ready().await["files"], json!([]));
    page.newest_files().await;

    page.group = own.clone();
    page.attach(path).await;
    let in_place = page.told(send(&own, "電話は 03-5555-0100 です。", &Value::Null)).await;
    assert_eq!(in_place, json!({ "checked": "sent" }), "in the patient's own group");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s2_app_what_was_meant_goes_again_without_being_asked_about_twice() {
    let mut team = Team::of_two().await;
    let (page, free) = doctor(&mut team).await;
    team.world.server.kill();
    let asked = page.told(post(&free, TEXT, &Value::Null)).await;
    assert_eq!(asks(&asked).len(), 2, "the device alone looks");
    page.told(post(&free, TEXT, &asked["asked"])).await;
    let shown = page.told(timeline(&free)).await;
    let id = shown["unsent"][0]["id"].clone();
    let again = json!({ "ask": "post-again", "id": id });
    assert_eq!(page.told(again).await, json!({ "checked": "sent" }));
    let unknown = json!({ "ask": "post-again", "id": StatementId([9; 16]).to_string() });
    page.ask(unknown).await.expect_err("no such message");
}
