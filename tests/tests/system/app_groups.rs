//! The app without its window, against a real server: a group is opened, its consent recorded, people are invited, and a
//! membership ends (A5.1, A5.2, A6.1, A8.4). What an order does is looked for with somebody else's device.

use data_encoding::BASE64;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{GroupId, InvitationId};
use renkei_tests::{PATIENCE, Person, Team, refused, within};
use serde_json::{Value, json};

use crate::app_office::{do_it, in_the_app};
use crate::app_page::Page;

/// A scan of Form 3: what makes a PDF one, and some words.
const SCAN: &[u8] = "%PDF-1.7\n% 様式3 架空\n".as_bytes();

fn about(ask: &str, group: &Value) -> Value {
    json!({ "ask": ask, "group": group })
}

fn of(deed: &str, group: &Value, more: &Value) -> Value {
    let mut deed = json!({ "deed": deed, "group": group });
    for (name, value) in more.as_object().expect("facts") {
        deed[name] = value.clone();
    }
    do_it(deed)
}

fn plan(kind: &str, label: &str) -> Value {
    let plan = json!({ "kind": kind, "label": label, "newcomers": "all", "day": null, "reading": true });
    do_it(json!({ "deed": "open-group", "plan": plan }))
}

fn form(scan: &[u8], signed_on: &str) -> Value {
    json!({ "form": {
        "by": "family",
        "name": "見本 太郎",
        "relation": "長男",
        "signedOn": signed_on,
        "copyGivenOn": signed_on,
        "scan": BASE64.encode(scan),
    } })
}

fn post(group: &Value, text: &str) -> Value {
    json!({ "ask": "post", "group": group, "text": text, "meant": null })
}

/// Opens a group, which this person's app shows from then on.
async fn opened(page: &mut Page, ask: Value) -> (Value, GroupId) {
    let outcome = page.told(ask).await;
    assert_eq!(outcome["outcome"], "opened");
    let group = outcome["group"].clone();
    let there = |rows: &Value| rows.as_array().is_some_and(|rows| rows.iter().any(|row| row["group"] == group));
    page.until(json!({ "ask": "governed" }), there).await;
    let id = group.as_str().expect("an identifier").parse().expect("an identifier");
    (group, id)
}

/// The newest invitation, once it stands so.
async fn invitation(page: &mut Page, group: &Value, standing: &str) -> Value {
    let stands = |view: &Value| view["invitations"][0]["standing"] == standing;
    page.until(about("members", group), stands).await["invitations"][0].clone()
}

/// Waits until a person's device knows an invitation.
async fn knows(person: &Person, group: GroupId, one: &Value) -> InvitationId {
    let id: InvitationId = one["invitation"].as_str().expect("an identifier").parse().expect("an identifier");
    let known = async {
        person.client().wait_until(PATIENCE, |replica| replica.group(group)?.group()?.invitation(id).map(|_| ())).await
    };
    within("the invitation", known).await.expect("the invitation");
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_app_a_patient_group_is_opened_and_written_in_once_its_consent_is_on_record() {
    let mut team = Team::of_two().await;
    let home = team.world.home().join("clinic");
    let mut page = in_the_app(&team.world.server, &mut team.doctor, &home).await;

    assert_eq!(page.refused(plan("patient", "  ")).await, "bad_input");
    let (group, id) = opened(&mut page, plan("patient", "見本 次郎さん 在宅チーム")).await;
    let view = page.told(about("members", &group)).await;
    assert_eq!(view["row"]["label"], "見本 次郎さん 在宅チーム");
    assert_eq!((&view["row"]["lacksConsent"], &view["governs"]), (&json!(true), &json!(true)));
    assert_eq!((&view["members"][0]["who"]["me"], &view["newcomers"]), (&json!(true), &json!("all")));
    let shown = page.told(json!({ "ask": "home" })).await;
    let row = shown.as_array().expect("rows").iter().find(|row| row["group"] == group).expect("it is on the home");
    assert_eq!(row["shut"]["code"], "consent_missing");
    page.told(post(&group, "体温 36.5")).await;
    let lines = json!({ "ask": "timeline", "group": group, "from": null, "count": 100 });
    let held = |view: &Value| view["unsent"][0]["refused"]["code"] == "consent_missing";
    let unsent = page.until(lines.clone(), held).await["unsent"][0]["id"].clone();

    // What is no scan, and a day that is still to come, put nothing on record.
    page.refused(of("record-consent", &group, &form(b"text", "2026-03-01"))).await;
    page.refused(of("record-consent", &group, &form(SCAN, "2099-03-01"))).await;
    assert_eq!(page.told(about("members", &group)).await["row"]["lacksConsent"], json!(true));
    let recorded = page.told(of("record-consent", &group, &form(SCAN, "2026-03-01"))).await;
    assert_eq!(recorded["outcome"], "done");
    let kept = |view: &Value| view["row"]["lacksConsent"] == json!(false) && view["scanFor"].is_null();
    page.until(about("members", &group), kept).await;
    page.told(json!({ "ask": "post-again", "id": unsent, "meant": null })).await;
    let written = |view: &Value| {
        let lines = view["lines"].as_array().expect("lines");
        view["unsent"] == json!([]) && lines.iter().any(|line| line["text"] == "体温 36.5")
    };
    page.until(lines, written).await;

    // The station's people know nothing of it.
    assert!(team.chief.client().look(|replica| replica.group(id).is_none()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_2_app_people_are_found_invited_approved_and_removed() {
    let mut team = Team::of_two().await;
    let home = team.world.home().join("clinic");
    let mut page = in_the_app(&team.world.server, &mut team.doctor, &home).await;
    let (group, id) = opened(&mut page, plan("free", "多職種勉強会")).await;

    // By part of a name and of the facility, in either order, and only where one looks.
    let find = |facility: Value, query: &str| json!({ "ask": "candidates", "group": group, "facility": facility, "query": query });
    let chief = json!(team.chief.user());
    let found = page.told(find(Value::Null, "ＳＴＡＴＩＯＮ 架空")).await;
    let people = found["people"].as_array().expect("people");
    assert_eq!(people.iter().map(|one| &one["who"]["user"]).collect::<Vec<_>>(), [&chief]);
    assert_eq!((&people[0]["member"], &people[0]["invited"]), (&json!(false), &json!(false)));
    let there = page.told(find(json!(team.clinic), "station")).await;
    assert_eq!(there["people"], json!([]), "nobody of that name works at the clinic");
    let me = page.told(find(json!(team.clinic), "")).await;
    assert_eq!(me["people"][0]["member"], json!(true));
    assert!(me["facilities"].as_array().expect("facilities").iter().any(|one| one["facility"] == json!(team.station)));

    // Withdrawn, it can't be approved.
    let invite = || of("invite", &group, &json!({ "user": chief }));
    assert_eq!(page.told(invite()).await["outcome"], "waits");
    let one = invitation(&mut page, &group, "open").await;
    assert_eq!(one["deciders"][0]["user"], chief, "whose decision it waits for");
    assert_eq!(page.told(find(Value::Null, "station")).await["people"][0]["invited"], json!(true));
    assert_eq!(page.refused(invite()).await, "already_in_group");
    let first = knows(&team.chief, id, &one).await;
    let withdraw = of("withdraw-invitation", &group, &json!({ "invitation": one["invitation"] }));
    page.told(withdraw.clone()).await;
    let one = invitation(&mut page, &group, "withdrawn").await;
    assert_eq!(one["decided"]["me"], json!(true));
    assert_eq!(page.refused(withdraw).await, "invitation_spent");
    refused(team.chief.client().approve_invitation(id, first).await, Code::InvitationSpent);

    // Declined, it says by whom; and who declined hears that it is done, though nothing of the group is theirs to see now.
    page.told(invite()).await;
    let one = invitation(&mut page, &group, "open").await;
    let second = knows(&team.chief, id, &one).await;
    team.chief.client().decline_invitation(id, second).await.expect("declined");
    let one = invitation(&mut page, &group, "declined").await;
    assert_eq!((&one["decided"]["user"], &one["deciders"]), (&chief, &json!([])));

    // Approved, the person reads; removed, no longer.
    page.told(invite()).await;
    let one = invitation(&mut page, &group, "open").await;
    let third = knows(&team.chief, id, &one).await;
    team.chief.client().approve_invitation(id, third).await.expect("approved");
    let joined = |view: &Value| view["members"].as_array().is_some_and(|all| all.len() == 2);
    let view = page.until(about("members", &group), joined).await;
    assert_eq!((&view["members"][1]["who"]["user"], &view["members"][1]["removable"]), (&chief, &json!(true)));
    page.told(post(&group, "次回は金曜日です")).await;
    team.chief.reads(id).await;
    assert_eq!(team.chief.texts(id, 1).await, ["次回は金曜日です"]);
    let remove = of("remove-member", &group, &json!({ "user": chief }));
    page.told(remove.clone()).await;
    let alone = |view: &Value| view["members"].as_array().is_some_and(|all| all.len() == 1);
    page.until(about("members", &group), alone).await;
    assert_eq!(page.refused(remove).await, "not_a_reader");
    let gone = async {
        let patience = PATIENCE;
        team.chief.client().wait_until(patience, |replica| (!replica.reads(id)).then_some(())).await
    };
    within("it reads no more", gone).await.expect("it reads no more");
    assert!(team.chief.client().read(id, 0).is_err(), "nor what it had read before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_2_app_who_governs_nothing_sees_the_members_and_orders_nothing_and_who_leaves_sees_nothing() {
    let mut team = Team::of_two().await;
    let group = json!(team.group);
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    nurse.knows_label(team.group).await;
    let mut page = in_the_app(&team.world.server, &mut nurse, &team.world.home().join("nurse")).await;

    let members = |count: usize| move |view: &Value| view["members"].as_array().is_some_and(|all| all.len() == count);
    let view = page.until(about("members", &group), members(3)).await;
    assert_eq!(view["governs"], json!(false));
    assert!(view["members"].as_array().expect("members").iter().all(|one| one["removable"] == json!(false)));
    assert_eq!(page.told(json!({ "ask": "governed" })).await, json!([]));
    let candidates = json!({ "ask": "candidates", "group": group, "facility": null, "query": "" });
    assert_eq!(page.refused(candidates).await, "not_originator");
    let doctor = json!(team.doctor.user());
    for deed in ["invite", "remove-member"] {
        assert_eq!(page.refused(of(deed, &group, &json!({ "user": doctor }))).await, "not_originator", "{deed}");
    }
    assert_eq!(page.refused(plan("free", "無断のグループ")).await, "not_originator");

    // The station's administrator is a reader too, of another facility's group: removes the own people, and leaves.
    let nobody = json!(nurse.user());
    let mut page = in_the_app(&team.world.server, &mut team.chief, &team.world.home().join("station")).await;
    let view = page.until(about("members", &group), members(3)).await;
    let removable = |user: &Value| {
        let all = view["members"].as_array().expect("members");
        all.iter().find(|one| one["who"]["user"] == *user).expect("a member")["removable"].clone()
    };
    assert_eq!((removable(&nobody), removable(&doctor)), (json!(true), json!(false)));
    assert_eq!(page.refused(of("remove-member", &group, &json!({ "user": doctor }))).await, "not_originator");
    page.told(of("remove-member", &group, &json!({ "user": nobody }))).await;
    page.until(about("members", &group), members(2)).await;
    page.told(of("remove-member", &group, &json!({ "user": team.chief.user() }))).await;
    page.until(json!({ "ask": "home" }), |rows| *rows == json!([])).await;
    assert_eq!(page.refused(about("members", &group)).await, "unknown");
}
