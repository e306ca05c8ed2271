//! The administrator's morning without its window, against a real server: one inbox, staff, devices and sessions, a file of
//! people, the Desk. What an order does is looked for with somebody else's device.

use std::path::Path;

use data_encoding::BASE64;
use renkei_client_core::policy::a11_presence;
use renkei_client_core::policy::registry::a12_takeout::Stage;
use renkei_client_core::proto::act::DelegationScope;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Op;
use renkei_client_core::proto::id::TakeoutId;
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_client_core::random;
use renkei_tests::{Person, Server, Team, World, copy_dir, refused};
use serde_json::{Value, json};

use crate::app_page::Page;

/// A scan of a form: what makes a PDF one, and some words.
const SCAN: &[u8] = "%PDF-1.7\n% 様式2 架空\n".as_bytes();

pub(crate) fn do_it(deed: Value) -> Value {
    let mut ask = json!({ "ask": "do" });
    ask["deed"] = deed;
    ask
}

/// Takes an enrolled person over into an app, and comes in.
pub(crate) async fn in_the_app(server: &Server, person: &mut Person, home: &Path) -> Page {
    drop(person.take_client());
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&person.dir, &place);
    std::fs::write(place.join("name"), "架空 信子").expect("a name");
    let page = Page::open(home);
    let second = json!({ "code": format!("{:06}", person.new_code(server)) });
    let key = "00000000000000a1";
    let enter = |second: Value| json!({ "ask": "enter", "key": key, "password": person.password, "second": second });
    assert_eq!(page.told(enter(Value::Null)).await, json!("code"));
    assert_eq!(page.told(enter(second)).await, json!("in"));
    page
}

/// The administrator at the app, and a nurse of the station with a device of her own.
struct Office {
    team: Team,
    nurse: Person,
    page: Page,
}

impl Office {
    async fn of(before: impl AsyncFnOnce(&Team, &Person)) -> Self {
        let mut team = Team::of_two().await;
        let nurse = team.world.staff(&team.chief, "nurse").await;
        before(&team, &nurse).await;
        let home = team.world.home().join("office");
        let page = in_the_app(&team.world.server, &mut team.chief, &home).await;
        Self { team, nurse, page }
    }

    async fn new() -> Self {
        Self::of(async |_, _| {}).await
    }

    fn server(&self) -> &Server {
        &self.team.world.server
    }

    async fn step_up(&self) {
        let shown = format!("{:06}", self.team.chief.new_code(self.server()));
        self.page.told(json!({ "ask": "step-up", "code": shown })).await;
    }

    /// So much time passes, with people at their devices, that no code is fresh any more (A11.6).
    async fn codes_grow_old(&self) {
        for _ in 0..2 {
            self.server().wait(a11_presence::FACTOR_FRESH / 2 + 1);
            // A device says not more often than every few seconds that somebody is there.
            self.server().advance(10);
            self.page.told(json!({ "ask": "touch" })).await;
            drop(self.nurse.client().ask(Op::Touch).await);
        }
    }

    /// Orders something for which a fresh code is needed: without one it is not done, and goes on afterwards.
    async fn order(&self, deed: Value) -> Value {
        self.codes_grow_old().await;
        assert_eq!(self.page.refused(do_it(deed.clone())).await, "step_up_required");
        self.step_up().await;
        self.page.told(do_it(deed)).await
    }

    async fn person(&self) -> Value {
        self.page.told(json!({ "ask": "person", "user": self.nurse.user() })).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_app_a_person_is_added_handed_a_link_and_let_in() {
    let mut office = Office::new().await;
    let add = json!({ "deed": "add-staff", "profession": "nurse", "name": "架空 夏子", "kana": "かくう なつこ" });
    let added = office.order(add).await;
    assert_eq!(added["outcome"], "registered");
    let user = added["user"].clone();

    let person = json!({ "ask": "person", "user": user });
    let view = office.page.until(person.clone(), |view| view["staff"]["state"] == "no-pledge").await;
    assert_eq!((&view["staff"]["who"]["name"], &view["staff"]["kana"]), (&json!("架空 夏子"), &json!("かくう なつこ")));
    assert_eq!((&view["managed"], &view["devices"]), (&json!(true), &json!([])));

    // What is no scan is refused before anything is on record.
    let filed =
        |scan: &[u8]| json!({ "deed": "record-pledge", "user": user, "on": "2026-03-01", "scan": BASE64.encode(scan) });
    office.page.refused(do_it(filed(b"text"))).await;
    let view = office.page.told(person.clone()).await;
    assert_eq!(view["staff"]["pledge"], json!(false), "nothing is on record");
    assert_eq!(office.page.told(do_it(filed(SCAN))).await["outcome"], "done");
    let view = office.page.until(person.clone(), |view| view["staff"]["pledge"] == json!(true)).await;
    assert_eq!(view["staff"]["state"], "no-device");
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    let lacking = |form: &&Value| form["who"]["user"] == user;
    assert_eq!(inbox["forms"].as_array().expect("a list").iter().filter(lacking).count(), 0, "its scan is there");

    let ticket = office.page.told(do_it(json!({ "deed": "issue-ticket", "user": user }))).await;
    assert_eq!(ticket["outcome"], "ticket");
    let rows = ticket["rows"].as_array().expect("a picture");
    assert!(rows.len() > 40 && rows.iter().all(|row| row.as_str().is_some_and(|row| row.len() == rows.len())));
    let theirs = Page::open(&office.team.world.home().join("tablet"));
    let device = json!({ "kind": "tablet", "own": false });
    let enrol = json!({ "ask": "enrol", "link": ticket["link"], "name": "夏子", "device": device });
    let place = theirs.told(enrol).await;
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    let offer = &inbox["devices"][0];
    assert_eq!((&offer["words"], &offer["second"]), (&place["words"], &json!(false)));
    let wrong = json!({ "ask": "approve-device", "device": offer["device"], "words": "ちがう ことば" });
    assert_eq!(office.page.refused(wrong).await, "not_authentic");
    let right = json!({ "ask": "approve-device", "device": offer["device"], "words": offer["words"][0] });
    office.page.told(right).await;
    let view = office.page.until(person, |view| view["devices"][0]["state"] == "approved").await;
    assert_eq!(view["staff"]["state"], "in-force");
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["devices"], json!([]), "what is decided waits no more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_app_a_takeout_is_decided_as_it_was_shown_and_its_end_confirmed() {
    let mut office = Office::new().await;
    let now = office.server().now();
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Device,
        medium: Medium::Device,
        purpose: TakeoutPurpose::Visit,
        from: now,
        until: now.plus(86_400),
        device: office.nurse.device(),
    };
    office.nurse.client().request_takeout(request).await.expect("asked");
    let inbox = office.page.until(json!({ "ask": "decisions" }), |inbox| !inbox["takeouts"][0].is_null()).await;
    let shown = inbox["takeouts"][0].clone();
    assert_eq!((&shown["who"]["name"], &shown["purpose"]), (&json!("架空 nurse"), &json!("visit")));
    assert_eq!((&shown["information"], &shown["ending"]), (&json!(false), &json!(false)));

    let id = shown["takeout"].clone();
    let decide =
        |request: &Value| json!({ "deed": "decide-takeout", "takeout": id, "request": request, "approve": true });
    office.step_up().await;
    office.page.refused(do_it(decide(&json!("0".repeat(64))))).await;
    assert_eq!(office.order(decide(&shown["request"])).await["outcome"], "done");
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["takeouts"], json!([]));
    let permitted = office.nurse.client().wait_until(renkei_tests::PATIENCE, |replica| {
        let all = replica.registry().now().takeouts(replica.time());
        all.into_iter().find(|(one, stage)| one.request == request && *stage == Stage::Permitted).map(drop)
    });
    permitted.await.expect("permitted");

    office.nurse.client().declare_takeout_end(request.takeout, TakeoutEnd::Returned).await.expect("declared");
    let ending = |inbox: &Value| inbox["takeouts"][0]["declared"] == "returned";
    let inbox = office.page.until(json!({ "ask": "decisions" }), ending).await;
    assert_eq!(inbox["takeouts"][0]["ending"], json!(true));
    let today = renkei_client_core::proto::time::Date::of_days(office.server().now().days_in_japan());
    let end = json!({ "deed": "confirm-takeout-end", "takeout": id, "how": "returned", "on": today.expect("a day") });
    assert_eq!(office.order(end).await["outcome"], "done");
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["takeouts"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_3_app_a_wipe_is_ordered_and_shown_as_confirmed_only_when_the_device_has() {
    let mut office = Office::new().await;
    let mut page = office.page;
    let device = office.nurse.device();
    // It lies in a bag, without a connection.
    drop(office.nurse.take_client());
    let wipe = do_it(json!({ "deed": "wipe-device", "device": device }));
    assert_eq!(page.told(wipe).await["outcome"], "done");
    let person = json!({ "ask": "person", "user": office.nurse.user() });
    let view = page.until(person.clone(), |view| view["devices"][0]["state"] == "wiped").await;
    assert_eq!(view["staff"]["devices"], json!(0));
    assert_eq!(view["devices"][0]["wipeConfirmed"], Value::Null, "nobody has said so yet");
    let inbox = page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["devices"], json!([]), "it does not ask to be let in again");
    refused(office.nurse.sign_in(&office.team.world.server).await, Code::DeviceWiped);
    page.until(person, |view| view["devices"][0]["wipeConfirmed"].is_number()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_4_app_a_device_is_stopped_as_lost_let_on_and_taken_out_of_use() {
    let mut office = Office::new().await;
    let (user, device) = (office.nurse.user(), office.nurse.device());
    let person = json!({ "ask": "person", "user": user });
    let state = |wanted: &'static str| move |view: &Value| view["devices"][0]["state"] == wanted;
    office.page.told(do_it(json!({ "deed": "suspend-device", "device": device, "lost": true }))).await;
    office.page.until(person.clone(), state("lost")).await;
    assert_eq!(office.order(json!({ "deed": "resume-device", "device": device })).await["outcome"], "done");
    office.page.until(person.clone(), state("approved")).await;
    office.page.told(do_it(json!({ "deed": "set-group-manager", "user": user, "granted": true }))).await;
    office.page.until(person.clone(), |view| view["staff"]["groupManager"] == json!(true)).await;
    office.page.told(do_it(json!({ "deed": "suspend-user", "user": user }))).await;
    let stopped = |view: &Value| view["staff"]["state"] == "suspended";
    office.page.until(person.clone(), stopped).await;
    office.order(json!({ "deed": "resume-user", "user": user })).await;
    office.order(json!({ "deed": "retire-device", "device": device })).await;
    office.page.until(person.clone(), state("retired")).await;
    office.order(json!({ "deed": "end-user", "user": user })).await;
    office.page.until(person, |view| view["staff"]["state"] == "ended").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_1_app_sessions_are_shown_and_one_that_is_not_mine_is_ended() {
    let mut office = Office::new().await;
    let view = office.person().await;
    let session = view["sessions"][0].clone();
    assert_eq!((&session["here"], &session["kind"]), (&json!(false), &view["devices"][0]["kind"]));
    let end = json!({ "deed": "end-session", "user": office.nurse.user(), "session": session["session"] });
    assert_eq!(office.page.told(do_it(end)).await["outcome"], "done");
    assert_eq!(office.nurse.over().await.code, Code::SessionEnded);
    assert_eq!(office.person().await["sessions"], json!([]));
    let me = office.page.told(json!({ "ask": "status" })).await["me"]["user"].clone();
    let own = office.page.told(json!({ "ask": "person", "user": me })).await;
    assert_eq!(own["devices"][0]["here"], json!(true));
    let mut sessions = own["sessions"].as_array().expect("sessions").iter();
    let here = sessions.find(|row| row["here"] == json!(true)).expect("this one");
    drop(office.page.ask(do_it(json!({ "deed": "end-session", "user": me, "session": here["session"] }))).await);
    assert_eq!(office.page.over().await.expect("a reason").code, "session_ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_1_app_a_device_that_is_not_in_order_is_declared_there_and_confirmed_as_shown() {
    let asked = Posture { screen_lock: true, updated: true, ..Posture::default() };
    let mut office = Office::of(async |team, _| {
        let chief = team.chief.client();
        chief.set(Some(team.station), Setting::PostureRequired(asked)).await.expect("asked for");
        let (mine, theirs) = (chief.device(), Posture { managed: true, ..asked });
        chief.declare_posture(mine, theirs).await.expect("declared");
        chief.confirm_posture(mine, None).await.expect("confirmed");
    })
    .await;
    let home = office.team.world.home().join("nurse-at-the-app");
    let mut nurse = in_the_app(&office.team.world.server, &mut office.nurse, &home).await;
    let status = nurse.until(json!({ "ask": "status" }), |status| status["posture"] == json!(true)).await;
    let me = json!({ "ask": "person", "user": status["me"]["user"] });
    let own = nurse.told(me.clone()).await;
    let device = own["devices"][0].clone();
    assert_eq!(device["keeping"]["required"], json!(["screen-lock", "updated"]));
    assert_eq!((&device["keeping"]["declared"], &device["keeping"]["missing"]), (&Value::Null, &json!(true)));
    let declare =
        |lines: Value| do_it(json!({ "deed": "declare-posture", "device": device["device"], "lines": lines }));
    assert_eq!(nurse.refused(declare(json!(["everything"]))).await, "bad_input");
    nurse.told(declare(json!(["screen-lock"]))).await;
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["postures"], json!([]), "too little is nothing to confirm");
    nurse.told(declare(json!(["screen-lock", "updated"]))).await;

    let inbox = office.page.until(json!({ "ask": "decisions" }), |inbox| !inbox["postures"][0].is_null()).await;
    let shown = inbox["postures"][0].clone();
    assert_eq!(shown["device"], device["device"]);
    let confirm = |declaration: Value| json!({ "deed": "confirm-posture", "device": device["device"], "declaration": declaration });
    assert_eq!(office.page.refused(do_it(confirm(json!("0".repeat(64))))).await, "not_authentic");
    office.page.told(do_it(confirm(shown["keeping"]["declaration"].clone()))).await;
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["postures"], json!([]));
    let own = nurse.until(me, |view| view["devices"][0]["keeping"]["missing"] == json!(false)).await;
    assert!(own["devices"][0]["keeping"]["until"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_1_app_an_only_administrator_brings_the_own_device_in_order() {
    let asked = Posture { screen_lock: true, ..Posture::default() };
    let mut office = Office::of(async |team, _| {
        team.chief.client().set(Some(team.station), Setting::PostureRequired(asked)).await.expect("asked for");
    })
    .await;
    let status = office.page.until(json!({ "ask": "status" }), |status| status["posture"] == json!(true)).await;
    let own = office.page.told(json!({ "ask": "person", "user": status["me"]["user"] })).await;
    let device = own["devices"][0]["device"].clone();
    let lines = json!(["screen-lock"]);
    office.page.told(do_it(json!({ "deed": "declare-posture", "device": device, "lines": lines }))).await;
    let mine = |inbox: &Value| inbox["postures"][0]["device"] == device;
    let inbox = office.page.until(json!({ "ask": "decisions" }), mine).await;
    let declaration = inbox["postures"][0]["keeping"]["declaration"].clone();
    let confirm = json!({ "deed": "confirm-posture", "device": device, "declaration": declaration });
    office.page.told(do_it(confirm)).await;
    office.page.until(json!({ "ask": "status" }), |status| status["posture"] == json!(false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_app_a_file_of_people_shows_every_fault_and_goes_in_whole() {
    let office = Office::new().await;
    let files =
        |text: &str, scans: Value| json!({ "people": BASE64.encode(text.as_bytes()), "scans": scans, "tickets": true });
    let plan = |files: &Value| json!({ "ask": "plan-staff", "files": files });
    let faulty =
        files("氏名,職種,誓約書,スキャン\n架空 夏子,魔法使い,,\n架空 春子,看護師,2026-03-01,haru.pdf\n", json!([]));
    let told = office.page.told(plan(&faulty)).await;
    assert_eq!(told["clean"], json!(false));
    let lines = |told: &Value| -> Vec<u64> {
        let findings = told["findings"].as_array().expect("findings").iter();
        findings.filter(|one| one["fault"] == json!(true)).map(|one| one["line"].as_u64().expect("a line")).collect()
    };
    assert_eq!(lines(&told), [2, 3]);
    assert!(told["findings"][0]["ja"].as_str().expect("a sentence").contains("魔法使い"));
    let import = |files: &Value| json!({ "ask": "import-staff", "files": files });
    assert_eq!(office.page.refused(import(&faulty)).await, "import_faulty");

    let scans = json!([{ "name": "haru.pdf", "content": BASE64.encode(SCAN) }]);
    let clean = files("氏名,職種,誓約書,スキャン\n架空 夏子,看護師,,\n架空 春子,看護師,2026-03-01,haru.pdf\n", scans);
    let told = office.page.told(plan(&clean)).await;
    assert_eq!((&told["clean"], &told["rows"][1]["name"]), (&json!(true), &json!("架空 春子")));
    let before = office.page.told(json!({ "ask": "staff" })).await.as_array().map(Vec::len).expect("people");
    office.codes_grow_old().await;
    assert_eq!(office.page.refused(import(&clean)).await, "step_up_required");
    office.step_up().await;
    let done = office.page.told(import(&clean)).await;
    assert_eq!(done["trouble"], Value::Null);
    let rows = done["rows"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["registered"] == json!(true) && row["ticket"]["link"].is_string()));
    let staff = office.page.told(json!({ "ask": "staff" })).await;
    assert_eq!(staff.as_array().map(Vec::len), Some(before + 2));
    assert_eq!(staff[0]["state"], "no-pledge", "who needs something comes first");
    let again = office.page.told(import(&clean)).await;
    assert!(again["rows"].as_array().expect("rows").iter().all(|row| row["registered"] == json!(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_app_a_reset_that_another_has_signed_waits_in_the_inbox() {
    let mut office = Office::of(async |team, nurse| {
        let chief = team.chief.client();
        for name in ["second", "third"] {
            let other = team.world.staff(&team.chief, name).await;
            chief.set_administrator(other.user(), true).await.expect("appointed");
            if name == "second" {
                let there = other.client().wait_until(renkei_tests::PATIENCE, |replica| {
                    replica.registry().now().is_administrator(other.user(), team.station).then_some(())
                });
                there.await.expect("in office");
                other.client().reset_factors(nurse.user()).await.expect("signed");
            }
        }
    })
    .await;
    let inbox = office.page.until(json!({ "ask": "decisions" }), |inbox| !inbox["resets"][0].is_null()).await;
    let reset = &inbox["resets"][0];
    assert_eq!((&reset["who"]["user"], &reset["by"]["name"]), (&json!(office.nurse.user()), &json!("架空 second")));
    let sign = json!({ "deed": "reset-factors", "user": office.nurse.user() });
    assert_eq!(office.page.told(do_it(sign)).await["outcome"], "done");
    let inbox = office.page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["resets"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_app_new_recovery_codes_are_shown_once() {
    let office = Office::new().await;
    let codes = office.order(json!({ "deed": "new-recovery-codes" })).await;
    assert_eq!((&codes["outcome"], codes["codes"].as_array().map(Vec::len)), (&json!("codes"), Some(10)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a07_1_app_who_is_no_administrator_is_refused_every_order_by_the_server() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let helper = team.world.staff(&team.chief, "helper").await;
    let home = team.world.home().join("office");
    let page = in_the_app(&team.world.server, &mut nurse, &home).await;
    let (user, device) = (helper.user(), helper.device());
    for deed in [
        json!({ "deed": "add-staff", "profession": "nurse", "name": "架空 夏子", "kana": null }),
        json!({ "deed": "end-user", "user": user }),
        json!({ "deed": "suspend-user", "user": user }),
        json!({ "deed": "wipe-device", "device": device }),
        json!({ "deed": "retire-device", "device": device }),
        json!({ "deed": "suspend-device", "device": device, "lost": false }),
        json!({ "deed": "issue-ticket", "user": user }),
        json!({ "deed": "reset-factors", "user": user }),
        json!({ "deed": "set-group-manager", "user": user, "granted": true }),
        json!({ "deed": "record-exemption", "user": user, "since": "2026-03-01" }),
    ] {
        let code = page.refused(do_it(deed.clone())).await;
        assert!(["not_administrator", "wrong_role"].contains(&code.as_str()), "{deed}: {code}");
    }
    assert_eq!(page.refused(json!({ "ask": "desk" })).await, "not_operator");
    let inbox = page.told(json!({ "ask": "decisions" })).await;
    assert!(inbox.as_object().expect("lists").values().all(|list| *list == json!([])), "{inbox}");
    team.chief.step_up(&team.world.server).await.expect("still in office");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_1_app_the_desk_admits_by_two_who_have_compared_the_words() {
    let mut world = World::found().await;
    let (facility, manager) = world.applicant("clinic", true).await;
    let mut operator = world.operators.remove(0);
    let home = world.home().join("desk");
    let mut page = in_the_app(&world.server, &mut operator, &home).await;
    let inbox = page.until(json!({ "ask": "decisions" }), |inbox| !inbox["applications"][0].is_null()).await;
    let shown = inbox["applications"][0].clone();
    assert_eq!((&shown["words"][0], &shown["admittedBy"]), (&json!(manager.words), &json!(0)));
    let desk = page.told(json!({ "ask": "desk" })).await;
    assert_eq!(desk["facilities"][0]["state"], "applied");
    let ticket = page.told(do_it(json!({ "deed": "issue-facility-ticket" }))).await;
    let read = page.told(json!({ "ask": "read-link", "link": ticket["link"] })).await;
    assert_eq!(read["facility"], json!(true), "whoever has it can apply");
    let admit = |words: &Value| do_it(json!({ "deed": "admit-facility", "facility": facility, "words": words }));
    assert_eq!(page.refused(admit(&json!("ちがう ことば"))).await, "not_authentic");
    assert_eq!(page.told(admit(&shown["words"][0])).await["outcome"], "waits", "a second operator is needed");
    let half = |desk: &Value| desk["facilities"][0]["state"] == "half-admitted";
    page.until(json!({ "ask": "desk" }), half).await;
    let inbox = page.told(json!({ "ask": "decisions" })).await;
    assert_eq!(inbox["applications"][0]["signed"], json!(true));
    world.admit(0, facility).await.expect("admitted");
    let admitted = |desk: &Value| {
        let all = desk["facilities"].as_array().expect("facilities");
        all.iter().all(|one| one["state"] == "in-force")
    };
    page.until(json!({ "ask": "desk" }), admitted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_app_an_operator_sees_for_whom_the_desk_acts_until_that_ends() {
    let mut team = Team::of_two().await;
    let until = team.world.server.now().plus(86_400);
    let doctor = team.doctor.client();
    let delegation = doctor.delegate(DelegationScope::Facility, until, true).await.expect("delegated");
    let mut operator = team.world.operators.remove(0);
    team.world.join(&team.doctor, team.group, operator.user(), &team.world.operators[0]).await;
    operator.reads(team.group).await;
    let home = team.world.home().join("desk");
    let mut page = in_the_app(&team.world.server, &mut operator, &home).await;
    let named = |home: &Value| home[0]["actingFor"] == "見本 clinic（架空）";
    page.until(json!({ "ask": "home" }), named).await;
    let desk = page.told(json!({ "ask": "desk" })).await;
    assert_eq!(
        (&desk["delegations"][0]["facility"], &desk["delegations"][0]["everything"]),
        (&json!("見本 clinic（架空）"), &json!(true))
    );
    team.doctor.client().revoke_delegation(delegation).await.expect("taken back");
    page.until(json!({ "ask": "desk" }), |desk| desk["delegations"] == json!([])).await;
    page.until(json!({ "ask": "home" }), |home| home[0]["actingFor"].is_null()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_2_app_a_password_is_changed_by_who_knows_the_present_one() {
    let office = Office::new().await;
    let change = |old: &str, new: &str| do_it(json!({ "deed": "change-password", "old": old, "new": new }));
    let (old, new) = (office.team.chief.password.clone(), "kaze-8-no-oto+yama");
    office.page.refused(change("umi-9-no-sora+ringo", new)).await;
    let weak = office.page.ask(change(&old, "short")).await.expect_err("too weak");
    assert!(!weak.failed.is_empty(), "each rule that it fails is named");
    assert_eq!(office.page.told(change(&old, new)).await["outcome"], "done");
    // Here it goes on; and the old one is good for nothing.
    office.page.told(json!({ "ask": "staff" })).await;
    office.page.told(json!({ "ask": "lock" })).await;
    let enter =
        |password: &str| json!({ "ask": "enter", "key": "00000000000000a1", "password": password, "second": null });
    office.page.refused(enter(&old)).await;
    office.server().wait(60);
    assert_eq!(office.page.told(enter(new)).await, json!("in"));
}
