//! Taking information, or a device, out by the app without its window, against a real server (A12.5): asked for by the person,
//! decided by the administrator, exported where the person says, put into the chart, and seen to at the end.

use std::path::PathBuf;

use renkei_tests::{Person, Team};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;
use crate::takeout::opened;

const DAY: u64 = 86_400;

/// A nurse of the station in a group of the clinic, and the station's administrator, both at the app.
struct Scene {
    team: Team,
    nurse: Person,
    hers: Page,
    chief: Page,
}

impl Scene {
    async fn new() -> Self {
        let mut team = Team::of_two().await;
        let mut nurse = team.world.staff(&team.chief, "nurse").await;
        team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
        nurse.reads(team.group).await;
        nurse.knows_label(team.group).await;
        for words in ["体温 36.5", "血圧 132/80"] {
            team.doctor.client().send(team.group, words).await.expect("sent");
        }
        nurse.texts(team.group, 2).await;
        let hers = in_the_app(&team.world.server, &mut nurse, &team.world.home().join("nurse")).await;
        let chief = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
        Self { team, nurse, hers, chief }
    }

    /// A day so many days from now, in Japan.
    fn day(&self, days: u64) -> String {
        let time = self.team.world.server.now().plus(days * DAY);
        time.day_in_japan().expect("a day of this age").to_string()
    }

    fn request(&self, medium: &str, from: &Value) -> Value {
        let stretch = json!({ "which": "days", "from": from, "to": null });
        let what = json!({ "what": "information", "group": self.team.group, "stretch": stretch, "medium": medium });
        let plan = json!({ "what": what, "purpose": "conference", "from": null, "until": self.day(2) });
        do_it(json!({ "deed": "request-takeout", "plan": plan }))
    }

    /// The nurse's newest takeout, once it stands so.
    async fn at(&mut self, stage: &str) -> Value {
        let so = |view: &Value| view["takeouts"][0]["stage"] == stage;
        self.hers.until(json!({ "ask": "takeouts" }), so).await["takeouts"][0].clone()
    }

    async fn step_up(&self) {
        let shown = format!("{:06}", self.team.chief.new_code(&self.team.world.server));
        self.chief.told(json!({ "ask": "step-up", "code": shown })).await;
    }

    /// The administrator approves what waits, as it is shown.
    async fn approve(&mut self) -> Value {
        let there = |inbox: &Value| !inbox["takeouts"][0].is_null();
        let shown = self.chief.until(json!({ "ask": "decisions" }), there).await["takeouts"][0].clone();
        self.step_up().await;
        let (takeout, request) = (&shown["takeout"], &shown["request"]);
        let deed = json!({ "deed": "decide-takeout", "takeout": takeout, "request": request, "approve": true });
        self.chief.told(do_it(deed)).await;
        shown
    }

    fn file(&self, name: &str) -> PathBuf {
        self.team.world.home().join(name)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_app_what_was_permitted_leaves_encrypted_is_declared_and_confirmed() {
    let mut scene = Scene::new().await;
    let row = scene.hers.told(json!({ "ask": "home" })).await[0].clone();
    assert_eq!(row["chart"], json!(false));
    // Of days in which nothing was written there is nothing to take.
    let late = json!(scene.day(5));
    assert_eq!(scene.hers.refused(scene.request("usb-memory", &late)).await, "nothing_to_do");
    scene.hers.told(scene.request("usb-memory", &Value::Null)).await;
    let asked = scene.at("requested").await;
    assert_eq!((&asked["extent"], &asked["archive"], &asked["text"]), (&json!([2, 0]), &json!(false), &json!(false)));
    let out = scene.file("visit.zip.age");
    let early = scene.hers.take_out(&asked["takeout"], &out).await.expect_err("not approved");
    assert_eq!((early.code.as_str(), out.exists()), ("takeout_not_permitted", false));

    let shown = scene.approve().await;
    assert_eq!((&shown["takeout"], &shown["who"]["user"]), (&asked["takeout"], &json!(scene.nurse.user())));
    let permit = scene.at("permitted").await;
    assert_eq!((&permit["archive"], &permit["text"]), (&json!(true), &json!(false)));
    assert_eq!(permit["ends"], json!(["returned", "erased", "not-used", "lost"]));
    let taken = scene.hers.take_out(&permit["takeout"], &out).await.expect("exported");
    assert_eq!((taken.name.as_str(), taken.items, taken.files, taken.missing), ("visit.zip.age", 2, 0, 0));
    let bytes = std::fs::read(&out).expect("an archive");
    assert!(!bytes.windows(6).any(|six| six == "体温".as_bytes()), "nothing stands there in plain text");
    let (_, text) = opened(&bytes, &taken.passphrase);
    assert!(text.contains("体温 36.5") && text.contains("血圧 132/80"), "{text}");
    // What is there already stays as it is; and nobody else exports under her permit.
    let again = scene.hers.take_out(&permit["takeout"], &out).await.expect_err("a file is there");
    assert_eq!((again.code.as_str(), std::fs::read(&out).expect("the file") == bytes), ("file_exists", true));
    let theirs = scene.chief.take_out(&permit["takeout"], &scene.file("chief.zip.age")).await.expect_err("not hers");
    assert_eq!(theirs.code, "takeout_not_permitted");
    let status = scene.hers.told(json!({ "ask": "status" })).await;
    assert_eq!(status["takeouts"], json!(0), "nothing is late");

    // The permit is ended before its time: what is out is to come back, and everybody who must know sees it.
    scene.chief.until(json!({ "ask": "takeouts" }), |view| view["takeouts"][0]["stage"] == "permitted").await;
    scene.chief.told(do_it(json!({ "deed": "revoke-takeout", "takeout": permit["takeout"] }))).await;
    let late = scene.at("overdue").await;
    assert_eq!(
        (&late["archive"], &late["late"], &late["revokedBy"]["me"]),
        (&json!(false), &json!(true), &json!(false))
    );
    assert_eq!(scene.hers.told(json!({ "ask": "status" })).await["takeouts"], json!(1));
    let over = scene.hers.take_out(&permit["takeout"], &scene.file("late.zip.age")).await.expect_err("over");
    assert_eq!((over.code.as_str(), scene.file("late.zip.age").exists()), ("takeout_not_permitted", false));
    let declare = |how: &str| do_it(json!({ "deed": "declare-takeout-end", "takeout": permit["takeout"], "how": how }));
    assert_eq!(scene.hers.refused(declare("filed")).await, "takeout_not_permitted", "a memory is not filed");
    scene.hers.told(declare("erased")).await;
    let status = scene.hers.until(json!({ "ask": "status" }), |status| status["takeouts"] == 0).await;
    assert_eq!(status["me"]["user"], json!(scene.nurse.user()));

    let said = |inbox: &Value| inbox["takeouts"][0]["declared"] == "erased";
    let waits = scene.chief.until(json!({ "ask": "decisions" }), said).await["takeouts"][0].clone();
    assert_eq!((&waits["ending"], &waits["managed"]), (&json!(true), &json!(true)));
    scene.step_up().await;
    let (takeout, on) = (&permit["takeout"], scene.day(0));
    let confirm = json!({ "deed": "confirm-takeout-end", "takeout": takeout, "how": "erased", "on": on });
    scene.chief.told(do_it(confirm)).await;
    let ended = scene.at("ended").await;
    assert_eq!((&ended["ended"], &ended["late"]), (&json!("erased"), &json!(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_app_text_goes_into_the_chart_under_a_permit_or_a_standing_one_and_never_without() {
    let mut scene = Scene::new().await;
    let group = json!(scene.team.group);
    let chart = |of: Value| json!({ "ask": "chart", "of": of, "english": false });
    let days = json!({ "which": "days", "from": null, "to": null });
    let all = chart(json!({ "under": "group", "group": group, "stretch": days }));
    assert_eq!(scene.hers.refused(all.clone()).await, "takeout_not_permitted");

    // Asked for, and approved: what was there then, and nothing later.
    scene.hers.told(scene.request("chart", &Value::Null)).await;
    scene.at("requested").await;
    scene.approve().await;
    let permit = scene.at("permitted").await;
    assert_eq!((&permit["archive"], &permit["text"]), (&json!(false), &json!(true)));
    scene.team.doctor.client().send(scene.team.group, "申請の後").await.expect("sent");
    let here = json!({ "ask": "timeline", "group": group, "from": null, "count": 10 });
    let later =
        |told: &Value| told["lines"].as_array().is_some_and(|all| all.iter().any(|one| one["text"] == "申請の後"));
    let lines = scene.hers.until(here, later).await;
    let text = scene.hers.told(chart(json!({ "under": "permit", "takeout": permit["takeout"] }))).await;
    assert_eq!((&text["messages"], &text["unreadable"]), (&json!(2), &json!(0)));
    let words = text["text"].as_str().expect("a text");
    assert!(words.contains("│ 体温 36.5") && words.contains("│ 血圧 132/80") && !words.contains("申請の後"), "{words}");
    assert_eq!(scene.hers.told(json!({ "ask": "home" })).await[0]["chart"], json!(false), "no standing permit");

    // A standing one: one message by itself, days, and none of before or after them.
    scene.step_up().await;
    let far = scene.day(100);
    let grant = json!({ "deed": "grant-standing-takeout", "user": scene.nurse.user(), "until": far });
    scene.chief.told(do_it(grant)).await;
    let charted = |rows: &Value| rows[0]["chart"] == true;
    scene.hers.until(json!({ "ask": "home" }), charted).await;
    let newest = lines["lines"].as_array().expect("lines").last().expect("one")["seq"].clone();
    let one = json!({ "under": "group", "group": group, "stretch": { "which": "one", "seq": newest } });
    let text = scene.hers.told(chart(one)).await;
    assert_eq!(text["messages"], json!(1));
    assert!(text["text"].as_str().expect("a text").contains("申請の後"));
    assert_eq!(scene.hers.told(all).await["messages"], json!(3));
    let stretch = json!({ "which": "days", "from": scene.day(1), "to": null });
    let none = json!({ "under": "group", "group": group, "stretch": stretch });
    assert_eq!(scene.hers.refused(chart(none)).await, "nothing_to_do");
    let standing = scene.chief.told(json!({ "ask": "takeouts" })).await["standing"][0].clone();
    assert_eq!((&standing["managed"], &standing["inForce"]), (&json!(true), &json!(true)));
    scene.chief.told(do_it(json!({ "deed": "revoke-takeout", "takeout": standing["takeout"] }))).await;
    scene.hers.until(json!({ "ask": "home" }), |rows| rows[0]["chart"] == false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_app_a_request_is_withdrawn_and_a_device_of_the_facility_is_asked_for() {
    let mut scene = Scene::new().await;
    scene.hers.told(scene.request("paper", &Value::Null)).await;
    let asked = scene.at("requested").await;
    let revoke = do_it(json!({ "deed": "revoke-takeout", "takeout": asked["takeout"] }));
    scene.hers.told(revoke).await;
    scene.at("withdrawn").await;
    let view = scene.hers.told(json!({ "ask": "takeouts" })).await;
    let devices = view["devices"].as_array().expect("devices");
    assert_eq!((devices.len(), &devices[0]["here"]), (1, &json!(true)));
    let what = json!({ "what": "device", "device": devices[0]["device"] });
    let plan = json!({ "what": what, "purpose": "repair", "from": null, "until": scene.day(3) });
    scene.hers.told(do_it(json!({ "deed": "request-takeout", "plan": plan }))).await;
    scene.at("requested").await;
    let shown = scene.approve().await;
    assert_eq!(
        (&shown["information"], &shown["medium"], &shown["extent"]),
        (&json!(false), &json!("device"), &Value::Null)
    );
    let permit = scene.at("permitted").await;
    assert_eq!((&permit["archive"], &permit["text"]), (&json!(false), &json!(false)));
    // What is longer than a permit can be, and what ends before it begins, is refused with nothing on record.
    let (far, past) = (scene.day(60), scene.day(0).replace("20", "19"));
    for until in [far, past] {
        let plan = json!({ "what": what, "purpose": "repair", "from": null, "until": until });
        let refused = scene.hers.refused(do_it(json!({ "deed": "request-takeout", "plan": plan }))).await;
        assert_eq!(refused, "date_out_of_range");
    }
    let after = scene.hers.told(json!({ "ask": "takeouts" })).await;
    assert_eq!(after["takeouts"].as_array().map(Vec::len), Some(2));
}
