//! The app without its window, against a real server: what the page asks and is answered, from the enrolment link to the
//! lock.

use std::path::Path;

use data_encoding::BASE32_NOPAD;
use renkei_app_core::Ask;
use renkei_client_core::office::details;
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::proto::act::Profession;
use renkei_client_core::proto::frame::TotpSecret;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_tests::{PATIENCE, Server, Team, files_below, pledge, within};
use serde_json::{Value, json};

use crate::app_page::Page;

const PASSWORD: &str = "kasa-7-umibe-no-asa";

fn code(server: &Server, secret: &str) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let secret = TotpSecret(secret.try_into().expect("20 bytes"));
    format!("{:06}", a11_second_factor::code(&secret, server.advance(a11_second_factor::STEP)))
}

/// A nurse of the station, enrolled by the page of `dir`, set up and signed in.
struct Nurse {
    page: Page,
    key: String,
    secret: String,
    user: UserId,
}

async fn registered(team: &Team) -> (UserId, String) {
    let chief = team.chief.client();
    let named = details("架空 夏子", None).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let ticket = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    (user, ticket.link().to_string())
}

async fn nurse(team: &Team, dir: &Path) -> Nurse {
    let page = Page::open(dir);
    let (user, link) = registered(team).await;
    let device = json!({ "kind": "tablet", "own": false });
    let place = page.told(json!({ "ask": "enrol", "link": link, "name": "架空", "device": device })).await;
    let key = place["key"].as_str().expect("a key").to_owned();
    let offers = team.chief.client().offers().await.expect("offers");
    assert_eq!(json!(offers[0].words.kana), place["words"][0], "what the administrator compares");
    assert_eq!(page.told(json!({ "ask": "approved", "key": key })).await, json!(false));
    team.chief.client().approve_offer(&offers[0]).await.expect("approved");
    assert_eq!(page.told(json!({ "ask": "approved", "key": key })).await, json!(true));

    let enter = |second: Value| json!({ "ask": "enter", "key": key, "password": PASSWORD, "second": second });
    assert_eq!(page.told(enter(Value::Null)).await, json!("set-up"));
    let weak = page.ask(json!({ "ask": "set-up", "key": key, "password": "password" })).await;
    assert!(!weak.expect_err("too weak").failed.is_empty());
    let factor = page.told(json!({ "ask": "set-up", "key": key, "password": PASSWORD })).await;
    let secret = factor["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(page.refused(json!({ "ask": "confirm-factor", "code": "12345" })).await, "bad_input");
    let codes = page.told(json!({ "ask": "confirm-factor", "code": code(&team.world.server, &secret) })).await;
    assert_eq!(codes.as_array().map(Vec::len), Some(10));
    assert_eq!(page.told(enter(Value::Null)).await, json!("code"));
    assert_eq!(page.told(enter(json!({ "code": code(&team.world.server, &secret) }))).await, json!("in"));
    Nurse { page, key, secret, user }
}

async fn in_the_group(team: &Team, dir: &Path) -> Nurse {
    let mut nurse = nurse(team, dir).await;
    team.world.join(&team.doctor, team.group, nurse.user, &team.chief).await;
    let named = |home: &Value| !home[0]["label"].is_null() && home[0]["awaitingKeys"] == json!(false);
    nurse.page.until(json!({ "ask": "home" }), named).await;
    nurse
}

fn texts(timeline: &Value) -> Vec<String> {
    let lines = timeline["lines"].as_array().expect("lines").iter();
    lines.filter(|line| line["line"] == "message").filter_map(|line| Some(line["text"].as_str()?.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_a_newcomer_comes_in_by_the_link_and_reads_and_writes() {
    let team = Team::of_two().await;
    team.doctor.client().send(team.group, "体温 37.2℃、食事は半分でした。").await.expect("sent");
    let mut nurse = in_the_group(&team, &team.world.home().join("tablet")).await;
    let group = team.group.to_string();
    let page = &mut nurse.page;

    let status = page.told(json!({ "ask": "status" })).await;
    assert_eq!(status["me"]["name"], "架空 夏子");
    assert_eq!((&status["administrator"], &status["operator"]), (&json!(false), &json!(false)));

    let home = page.until(json!({ "ask": "home" }), |home| home[0]["unseen"] == json!(1)).await;
    assert_eq!(home[0]["label"], "見本 花子さん 在宅チーム");
    assert_eq!(home[0]["last"]["text"], "体温 37.2℃、食事は半分でした。");

    let ask = json!({ "ask": "timeline", "group": group, "from": null, "count": 50 });
    let timeline = page.told(ask.clone()).await;
    assert_eq!(texts(&timeline), ["体温 37.2℃、食事は半分でした。"]);
    let lines = timeline["lines"].as_array().expect("lines");
    assert_eq!(timeline["total"], json!(lines.len()));
    let unseen = usize::try_from(timeline["unseenFrom"].as_u64().expect("unseen")).expect("small");
    assert_eq!(lines[unseen]["line"], "message");
    let seq = lines[unseen]["seq"].clone();
    page.told(json!({ "ask": "mark-seen", "group": group, "seq": seq })).await;
    page.until(json!({ "ask": "home" }), |home| home[0]["unseen"] == json!(0)).await;

    page.told(json!({ "ask": "keep-draft", "group": group, "text": "承知" })).await;
    assert_eq!(page.told(json!({ "ask": "draft", "group": group })).await, json!("承知"));
    page.told(json!({ "ask": "post", "group": group, "text": "承知しました。明日伺います。" })).await;
    assert_eq!(page.told(json!({ "ask": "draft", "group": group })).await, json!(""));
    let sent = |timeline: &Value| timeline["unsent"] == json!([]) && texts(timeline).len() == 2;
    let timeline = page.until(ask, sent).await;
    let own = timeline["lines"].as_array().and_then(|lines| lines.last()).expect("a line").clone();
    assert_eq!(own["author"]["me"], json!(true));
    assert_eq!(team.doctor.texts(team.group, 2).await[1], "承知しました。明日伺います。");

    let found = page.told(json!({ "ask": "search", "group": null, "query": "ｼｮｳﾁ" })).await;
    assert_eq!(found, json!([]), "kana are not kanji");
    let found = page.told(json!({ "ask": "search", "group": null, "query": "明日" })).await;
    assert_eq!(found[0]["line"], json!(timeline["total"].as_u64().expect("a number") - 1));
    assert_eq!(found[0]["pieces"][1], json!(["明日", true]));

    let (group, seq) = (json!(group), own["seq"].clone());
    page.told(json!({ "ask": "correct", "group": group, "seq": seq, "text": "承知しました。明後日伺います。" })).await;
    page.told(json!({ "ask": "retract", "group": group, "seq": seq })).await;
    let timeline = page.told(json!({ "ask": "timeline", "group": group, "from": null, "count": 1 })).await;
    assert!(timeline["lines"][0]["retracted"].is_number() && timeline["lines"][0]["text"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_a_locked_one_gives_nothing_and_the_password_unlocks_it() {
    let team = Team::of_two().await;
    let dir = team.world.home().join("tablet");
    let mut nurse = in_the_group(&team, &dir).await;
    let (page, group) = (&mut nurse.page, team.group.to_string());
    page.told(json!({ "ask": "lock" })).await;
    assert_eq!(page.over().await, None);
    for ask in [
        json!({ "ask": "home" }),
        json!({ "ask": "status" }),
        json!({ "ask": "timeline", "group": group, "from": null, "count": 50 }),
        json!({ "ask": "search", "group": null, "query": "体温" }),
        json!({ "ask": "draft", "group": group }),
        json!({ "ask": "post", "group": group, "text": "x" }),
    ] {
        assert_eq!(page.refused(ask).await, "not_signed_in");
    }
    let enter = |password: &str| json!({ "ask": "enter", "key": nurse.key, "password": password, "second": null });
    assert_eq!(page.refused(enter("falsch-9-falsch-9")).await, "sign_in_failed");
    assert_eq!(page.told(enter(PASSWORD)).await, json!("in"));
    page.told(json!({ "ask": "home" })).await;
    page.told(json!({ "ask": "sign-out" })).await;
    page.over().await;
    assert_eq!(page.told(enter(PASSWORD)).await, json!("code"), "signed out, the password alone is not enough");
    let second = json!({ "code": code(&team.world.server, &nurse.secret) });
    page.told(json!({ "ask": "enter", "key": nurse.key, "password": PASSWORD, "second": second })).await;
    let kept = files_below(&dir);
    assert!(!kept.values().any(|file| file.windows(6).any(|part| part == "見本".as_bytes())), "nothing in clear");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_a_wiped_device_says_so_and_its_place_can_be_taken_away() {
    let team = Team::of_two().await;
    let mut nurse = in_the_group(&team, &team.world.home().join("tablet")).await;
    let page = &mut nurse.page;
    assert_eq!(page.refused(json!({ "ask": "forget", "key": nurse.key })).await, "profile_exists");
    let chief = team.chief.client();
    let device = chief.look(|replica| {
        let view = replica.registry().now();
        view.devices().find(|(_, device)| device.user == nurse.user).map(|(id, _)| id)
    });
    let device = device.expect("a device");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    chief.wipe_device(device).await.expect("wiped");
    assert_eq!(page.over().await.expect("a reason").code, "device_wiped");
    let people = page.told(json!({ "ask": "people" })).await;
    assert_eq!(people[0]["standing"], "wiped");
    let enter = json!({ "ask": "enter", "key": nurse.key, "password": PASSWORD, "second": null });
    assert_eq!(page.refused(enter).await, "device_wiped");
    within("confirmed", async {
        while chief.receipts(&[device]).await.expect("receipts").is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    page.told(json!({ "ask": "forget", "key": nurse.key })).await;
    assert_eq!(page.told(json!({ "ask": "people" })).await, json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_two_people_share_a_tablet_and_neither_has_the_others_vault() {
    let team = Team::of_two().await;
    let dir = team.world.home().join("tablet");
    let mut first = in_the_group(&team, &dir).await;
    first.page.told(json!({ "ask": "keep-draft", "group": team.group.to_string(), "text": "書きかけ" })).await;
    let second = json!({ "ask": "enter", "key": "0123456789abcdef", "password": PASSWORD, "second": null });
    assert_eq!(first.page.refused(second).await, "nothing_to_do", "one person at a time");
    first.page.told(json!({ "ask": "lock" })).await;
    first.page.over().await;
    let other = nurse(&team, &dir).await;
    assert_ne!(first.key, other.key);
    assert_eq!(other.page.told(json!({ "ask": "people" })).await.as_array().map(Vec::len), Some(2));
    assert_eq!(other.page.told(json!({ "ask": "home" })).await, json!([]));
    let draft = json!({ "ask": "draft", "group": team.group.to_string() });
    assert_eq!(other.page.told(draft).await, json!(""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_nonsense_changes_nothing() {
    let team = Team::of_two().await;
    let dir = team.world.home().join("tablet");
    let page = Page::open(&dir);
    for link in ["", "renkei:enrol/", "renkei:enrol/AAAA", "https://example.invalid/", "\u{202e}renkei:enrol/x"] {
        assert_eq!(page.refused(json!({ "ask": "read-link", "link": link })).await, "bad_input", "{link}");
    }
    let (_, link) = registered(&team).await;
    let broken = link.chars().enumerate().flat_map(|(at, c)| [Some(c), (at % 20 == 19).then_some('\n')]).flatten();
    let read = page.told(json!({ "ask": "read-link", "link": broken.collect::<String>() })).await;
    assert_eq!(read["facility"], json!(false));
    let device = json!({ "kind": "tablet", "own": false });
    for name in ["", "  ", "二\n行", &"長".repeat(500)] {
        let enrol = json!({ "ask": "enrol", "link": link, "name": name, "device": device });
        assert_eq!(page.refused(enrol).await, "bad_input", "{name}");
    }
    for key in ["", "../../etc/passwd", "0123456789abcdef"] {
        let enter = json!({ "ask": "enter", "key": key, "password": "x", "second": null });
        assert!(["unknown", "not_enrolled"].contains(&page.refused(enter).await.as_str()), "{key}");
    }
    assert!(serde_json::from_value::<Ask>(json!({ "ask": "everything" })).is_err());
    assert_eq!(page.told(json!({ "ask": "people" })).await, json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_what_is_owed_is_read_and_confirmed_before_the_work_goes_on() {
    let team = Team::of_two().await;
    let mut nurse = in_the_group(&team, &team.world.home().join("tablet")).await;
    let page = &mut nurse.page;
    assert_eq!(page.told(json!({ "ask": "duties" })).await, json!([]));
    let wording = Wording {
        japanese: Prose::new("【見本】持ち歩く端末には画面ロックをかけます。").expect("a text"),
        english: Prose::new("[Sample] Lock your screen.").expect("a text"),
    };
    for operator in &team.world.operators {
        operator.step_up(&team.world.server).await.expect("a fresh code");
    }
    let [first, second] = &team.world.operators[..] else { panic!("two operators") };
    first.client().publish_text(TextKind::Notice, wording.clone()).await.expect("proposed");
    let proposed =
        second.client().wait_until(PATIENCE, |replica| replica.registry().now().text_proposals().next().map(|_| ()));
    proposed.await.expect("the proposal");
    second.client().confirm_text(TextKind::Notice, wording.hash()).await.expect("published");
    let owed = page.until(json!({ "ask": "duties" }), |duties| duties != &json!([])).await;
    assert_eq!(owed[0]["ja"], "【見本】持ち歩く端末には画面ロックをかけます。");
    assert_eq!(page.told(json!({ "ask": "status" })).await["notice"], json!(true), "the frame is there all the same");
    let group = team.group.to_string();
    let timeline = json!({ "ask": "timeline", "group": group, "from": null, "count": 50 });
    assert_eq!(page.refused(timeline.clone()).await, "notice_unread");
    let mut other = owed[0]["duty"].clone();
    other["text"] = json!("00".repeat(32));
    page.ask(json!({ "ask": "confirm-duty", "duty": other })).await.expect_err("another text than the one shown");
    page.told(json!({ "ask": "confirm-duty", "duty": owed[0]["duty"] })).await;
    page.until(json!({ "ask": "duties" }), |duties| duties == &json!([])).await;
    page.told(timeline).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn app_a08_4_only_the_own_administrator_decides_and_only_on_what_was_shown() {
    let team = Team::of_two().await;
    let mut nurse = nurse(&team, &team.world.home().join("tablet")).await;
    let invitation = team.doctor.client().invite(team.group, nurse.user).await.expect("invited");
    let page = &mut nurse.page;
    let inbox = page.told(json!({ "ask": "decisions" })).await;
    assert!(inbox.as_object().expect("lists").values().all(|list| *list == json!([])), "{inbox}");
    let (group, invitation) = (team.group.to_string(), invitation.to_string());
    let decide = json!({ "ask": "decide-invitation", "group": group, "invitation": invitation, "approve": true });
    page.ask(decide).await.expect_err("not an administrator");
    let before = team.chief.head(team.group);
    let device = json!({ "ask": "approve-device", "device": team.chief.device().to_string(), "words": "ちがう" });
    page.ask(device).await.expect_err("not an administrator");
    assert_eq!(team.chief.head(team.group), before);
}
