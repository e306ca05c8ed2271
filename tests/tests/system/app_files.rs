//! The app without its window, against a real server: files attached, sent and looked at (A12.2), and the patient card (A4.1).

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use renkei_app_core::{App, Ask, News, Served, Trouble};
use renkei_client_core::attach::Outgoing;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::act::{GroupKind, HistoryPolicy};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::proto::time::Time;
use renkei_tests::{Person, Team, World, copy_dir, files_below, line, within};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use zeroize::Zeroizing;

/// A page: it has no other way than this to reach anything.
pub(crate) struct Page {
    app: Arc<App>,
    news: Receiver<News>,
    password: String,
    pub(crate) group: String,
}

impl Page {
    /// Comes in on a device that was enrolled before.
    pub(crate) async fn of(person: &mut Person, world: &World, group: GroupId) -> Self {
        drop(person.take_client());
        let home = world.home().join(format!("app-{}", person.user()));
        let place = home.join("people/00000000000000a1");
        std::fs::create_dir_all(&place).expect("a directory");
        copy_dir(&person.dir, &place);
        std::fs::write(place.join("name"), "架空").expect("a name");
        let (app, news) = App::new(&home);
        let mut page = Self { app, news, password: person.password.clone(), group: group.to_string() };
        let second = json!({ "code": format!("{:06}", person.new_code(&world.server)) });
        assert_eq!(page.told(page.enter(&second)).await, json!("in"));
        let here = |home: &Value| home[0]["label"].is_string() && home[0]["awaitingKeys"] == json!(false);
        page.until(json!({ "ask": "home" }), here).await;
        page
    }

    pub(crate) fn enter(&self, second: &Value) -> Value {
        json!({ "ask": "enter", "key": "00000000000000a1", "password": self.password, "second": second })
    }

    pub(crate) async fn ask(&self, ask: Value) -> Result<Value, Trouble> {
        let ask: Ask = serde_json::from_value(ask).expect("a question of the set");
        self.app.ask(ask).await
    }

    pub(crate) async fn told(&self, ask: Value) -> Value {
        let shown = ask.clone();
        self.ask(ask).await.unwrap_or_else(|trouble| panic!("{shown}: {trouble:?}"))
    }

    async fn refused(&self, ask: Value) -> String {
        let shown = ask.clone();
        self.ask(ask).await.map_or_else(|trouble| trouble.code, |told| panic!("{shown}: {told}"))
    }

    /// A question about the group.
    pub(crate) fn about(&self, ask: &str) -> Value {
        json!({ "ask": ask, "group": self.group })
    }

    pub(crate) async fn until(&mut self, ask: Value, ready: impl Fn(&Value) -> bool) -> Value {
        let waiting = async {
            loop {
                let told = self.told(ask.clone()).await;
                if ready(&told) {
                    return told;
                }
                drop(tokio::time::timeout(std::time::Duration::from_millis(200), self.news.recv()).await);
            }
        };
        within(&ask.to_string(), waiting).await
    }

    /// Chooses a file and has it lie ready.
    pub(crate) async fn attach(&mut self, path: PathBuf) -> Value {
        self.app.offer(vec![path]).expect("somebody is inside");
        within("the news of it", async { while self.news.recv().await.expect("an app") != News::Offered {} }).await;
        self.told(json!({ "ask": "attach", "group": self.group, "chosen": true })).await
    }

    /// What lies ready.
    pub(crate) async fn ready(&self) -> Value {
        self.told(json!({ "ask": "attach", "group": self.group, "chosen": false })).await
    }

    /// The place and the files of the newest message that has some.
    pub(crate) async fn newest_files(&mut self) -> (u64, Value) {
        let group = self.group.clone();
        let ask = json!({ "ask": "timeline", "group": group, "from": null, "count": 50 });
        let with_files = |timeline: &Value| {
            let lines = timeline["lines"].as_array().expect("lines").iter().rev();
            lines.clone().find(|line| line["files"].as_array().is_some_and(|files| !files.is_empty())).cloned()
        };
        let timeline = self.until(ask, |timeline| with_files(timeline).is_some()).await;
        let line = with_files(&timeline).expect("files");
        (line["seq"].as_u64().expect("a place"), line["files"].clone())
    }

    fn opening(&self, ask: &str, seq: u64) -> Value {
        json!({ "ask": ask, "group": self.group, "seq": seq, "file": 0 })
    }

    async fn serve(&self, handle: &Value, rest: &str) -> Served {
        self.app.serve(&format!("/{}{rest}", handle.as_str().expect("a handle")), None).await
    }
}

/// A photograph of one colour.
pub(crate) fn photo(home: &Path, name: &str) -> PathBuf {
    let drawn = image::RgbImage::from_pixel(900, 600, image::Rgb([210, 160, 150]));
    let mut bytes = Vec::new();
    let all = image::DynamicImage::ImageRgb8(drawn);
    all.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Jpeg).expect("a picture");
    let path = home.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Sends a file as another client does.
async fn send_from(person: &Person, group: GroupId, name: &str, bytes: &[u8]) -> u64 {
    let mut files = [Outgoing::from_bytes(name, Zeroizing::new(bytes.to_vec())).expect("something that may be sent")];
    person.client().send_files(group, "ご確認ください", &mut files, false).await.expect("sent").head.size - 1
}

fn decoded(served: &Served) -> image::RgbImage {
    assert_eq!((served.status, served.media), (200, "image/jpeg"));
    image::load_from_memory(&served.body).expect("a picture").to_rgb8()
}

/// How many files this person has opened, of each part.
async fn openings(person: &Person) -> (usize, usize) {
    let found = person.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("records");
    let of = |part| {
        let opened = |what: &What| matches!(what, What::FileOpened { part: one, .. } if *one == part);
        found.lines.iter().filter(|line| opened(&line.record.what)).count()
    };
    (of(Part::Preview), of(Part::Content))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_a_photo_is_attached_sent_and_looked_at_under_the_watermark_on_record() {
    let mut team = Team::of_two().await;
    let path = photo(team.world.home(), "創部.jpg");
    let original = std::fs::read(&path).expect("a file");
    let mut nurse = Page::of(&mut team.chief, &team.world, team.group).await;
    let ready = nurse.attach(path).await;
    assert_eq!((&ready["files"][0]["name"], &ready["files"][0]["media"]), (&json!("創部.jpg"), &json!("image/jpeg")));
    assert_eq!((&ready["refused"], &ready["lookOnly"]), (&json!([]), &json!(true)), "of a patient group");
    let send = json!({ "ask": "send-files", "group": nurse.group, "text": "創部です。", "noDownload": false });
    nurse.told(send.clone()).await;
    assert_eq!(nurse.refused(send).await, "nothing_to_do", "what is sent lies ready no longer");
    nurse.until(nurse.about("sending"), |lines| lines == &json!([])).await;
    nurse.newest_files().await;

    let mut doctor = Page::of(&mut team.doctor, &team.world, team.group).await;
    let (seq, files) = doctor.newest_files().await;
    assert_eq!((&files[0]["name"], &files[0]["noDownload"]), (&json!("創部.jpg"), &json!(true)));
    let small = doctor.told(doctor.opening("open-preview", seq)).await;
    assert_eq!(doctor.told(doctor.opening("open-preview", seq)).await, small, "opened once");
    let drawn = decoded(&doctor.serve(&small, ".0.320").await);
    assert_eq!(drawn.dimensions(), (320, 213));
    let open = doctor.told(doctor.opening("open-file", seq)).await;
    assert_eq!((&open["kind"], &open["pages"], &open["noDownload"]), (&json!("picture"), &json!(1), &json!(true)));
    let served = doctor.serve(&open["handle"], ".0.600").await;
    assert_ne!(*served.body, original);
    let drawn = decoded(&served);
    assert_eq!(drawn.dimensions(), (600, 400));
    // Of one colour: whatever is darker or lighter was written over it.
    let marked = drawn.pixels().filter(|pixel| pixel.0[0].abs_diff(210) > 20).count();
    assert!(marked > 1_000, "{marked}");

    for strange in ["", ".0", ".1.600", ".0.600x", ".-1.600", "/../x"] {
        assert_eq!(doctor.serve(&open["handle"], strange).await.status, 404, "{strange}");
    }
    assert_eq!(doctor.serve(&json!("0123456789abcdef0123456789abcdef"), ".0.600").await.status, 404);
    doctor.told(json!({ "ask": "close-file", "handle": open["handle"] })).await;
    assert_eq!(doctor.serve(&open["handle"], ".0.600").await.status, 404, "closed");
    let open = doctor.told(doctor.opening("open-file", seq)).await;
    assert_eq!(doctor.serve(&open["handle"], ".0.600").await.status, 200);
    doctor.told(json!({ "ask": "lock" })).await;
    assert_eq!(doctor.serve(&open["handle"], ".0.600").await.status, 403, "locked");
    doctor.told(doctor.enter(&Value::Null)).await;
    assert_eq!(doctor.serve(&open["handle"], ".0.600").await.status, 404, "a handle is of one session");
    let kept = files_below(team.world.home());
    let apps = kept.iter().filter(|(path, _)| path.to_string_lossy().contains("app-"));
    assert_eq!(
        apps.filter(|(_, bytes)| bytes.windows(3).any(|part| part == [0xff, 0xd8, 0xff])).count(),
        0,
        "in memory alone"
    );
    doctor.told(json!({ "ask": "sign-out" })).await;
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(openings(&team.doctor).await, (1, 2), "each opening is on record, and no more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_what_can_not_be_sent_is_told_and_nothing_typed_is_lost() {
    let mut team = Team::of_two().await;
    let home = team.world.home().to_owned();
    let mut nurse = Page::of(&mut team.chief, &team.world, team.group).await;
    let draft = json!({ "ask": "keep-draft", "group": nurse.group, "text": "書きかけ" });
    nurse.told(draft).await;
    let said = |ready: &Value| (ready["refused"][0][0].clone(), ready["refused"][0][1]["code"].clone());
    std::fs::write(home.join("報告.exe"), b"MZ\x90\0\x03\0\0\0").expect("written");
    let ready = nurse.attach(home.join("報告.exe")).await;
    assert_eq!(said(&ready), (json!("報告.exe"), json!("format_not_allowed")));
    std::fs::File::create(home.join("長い.wav")).and_then(|file| file.set_len(bounds::FILE + 1)).expect("long");
    let ready = nurse.attach(home.join("長い.wav")).await;
    assert_eq!((said(&ready), &ready["files"]), ((json!("長い.wav"), json!("too_large")), &json!([])));
    for number in 0..11 {
        let ready = nurse.attach(photo(&home, &format!("{number}.jpg"))).await;
        let refused = ready["refused"].as_array().map(Vec::len);
        assert_eq!(refused, Some(usize::from(number == 10)), "ten files");
    }
    nurse.app.offer(vec![photo(&home, "b.jpg")]).expect("somebody is inside");
    let ready = nurse.ready().await;
    assert_eq!(ready["files"].as_array().map(Vec::len), Some(10), "what was dropped elsewhere is not of this group");
    for file in ready["files"].as_array().expect("files") {
        nurse.told(json!({ "ask": "detach", "group": nurse.group, "id": file["id"] })).await;
    }
    let send = json!({ "ask": "send-files", "group": nurse.group, "text": "書きかけ", "noDownload": false });
    assert_eq!(nurse.refused(send).await, "nothing_to_do");
    assert_eq!(nurse.told(nurse.about("draft")).await, json!("書きかけ"));
    nurse.told(json!({ "ask": "lock" })).await;
    assert!(nurse.app.offer(vec![photo(&home, "a.jpg")]).is_err(), "nobody is inside");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_a_sending_without_a_connection_is_taken_back_or_goes_on_after_the_lock() {
    let mut team = Team::of_two().await;
    let path = photo(team.world.home(), "創部.jpg");
    let mut nurse = Page::of(&mut team.chief, &team.world, team.group).await;
    team.world.server.kill();
    let send = json!({ "ask": "send-files", "group": nurse.group, "text": "創部です。", "noDownload": false });
    nurse.attach(path).await;
    nurse.told(send.clone()).await;
    let lines = nurse.told(nurse.about("sending")).await;
    assert_eq!((&lines[0]["text"], &lines[0]["files"][0][0]), (&json!("創部です。"), &json!("創部.jpg")));
    let back = nurse.told(json!({ "ask": "take-back-files", "id": lines[0]["id"] })).await;
    assert_eq!(back, json!("創部です。"));
    assert_eq!(nurse.told(nurse.about("sending")).await, json!([]));
    let ready = nurse.ready().await;
    assert_eq!(ready["files"][0]["name"], json!("創部.jpg"), "it lies ready again");

    nurse.told(send).await;
    drop(nurse.ask(json!({ "ask": "lock" })).await);
    team.world.server.restart();
    // The server never heard of the lock: it asks for everything.
    let second = json!({ "code": format!("{:06}", team.chief.new_code(&team.world.server)) });
    assert_eq!(nurse.told(nurse.enter(&second)).await, json!("in"));
    nurse.until(nurse.about("sending"), |lines| lines == &json!([])).await;
    let (_, files) = nurse.newest_files().await;
    assert_eq!(files.as_array().map(Vec::len), Some(1), "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_what_is_refused_comes_back_with_its_files_and_its_text_outlives_the_lock() {
    let mut team = Team::of_two().await;
    let path = team.world.home().join("心音.wav");
    let mut sound = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    sound.resize(5_000, 7);
    std::fs::write(&path, &sound).expect("written");
    let mut nurse = Page::of(&mut team.chief, &team.world, team.group).await;
    nurse.attach(path.clone()).await;
    team.world.server.kill();
    let send = json!({ "ask": "send-files", "group": nurse.group, "text": "心音です。", "noDownload": false });
    nurse.told(send.clone()).await;
    // Another file stands in its place: what was promised can't be sent any more.
    sound.reverse();
    std::fs::write(&path, &sound).expect("written");
    team.world.server.restart();
    let refused = |lines: &Value| lines[0]["refused"]["code"] == json!("file_changed");
    let lines = nurse.until(nurse.about("sending"), refused).await;
    let back = nurse.told(json!({ "ask": "take-back-files", "id": lines[0]["id"] })).await;
    assert_eq!(back, json!("心音です。"));
    assert_eq!(nurse.ready().await["files"][0]["name"], json!("心音.wav"));
    nurse.told(send).await;
    nurse.until(nurse.about("sending"), refused).await;
    nurse.told(json!({ "ask": "lock" })).await;
    assert_eq!(nurse.told(nurse.enter(&Value::Null)).await, json!("in"));
    assert_eq!(nurse.told(nurse.about("draft")).await, json!("心音です。"), "nothing typed is lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_what_was_taken_back_is_shown_no_longer_while_it_is_open() {
    let mut team = Team::of_two().await;
    let bytes = std::fs::read(photo(team.world.home(), "創部.jpg")).expect("a file");
    let seq = send_from(&team.chief, team.group, "創部.jpg", &bytes).await;
    let mut doctor = Page::of(&mut team.doctor, &team.world, team.group).await;
    doctor.newest_files().await;
    let open = doctor.told(doctor.opening("open-file", seq)).await;
    let still = json!({ "ask": "still-open", "handle": open["handle"] });
    doctor.told(still.clone()).await;
    team.chief.client().retract(team.group, seq).await.expect("retracted");
    within("closed", async {
        while doctor.ask(still.clone()).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(doctor.serve(&open["handle"], ".0.600").await.status, 410);
    assert_eq!(doctor.refused(doctor.opening("open-file", seq)).await, "already_retracted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_a_copy_is_kept_where_that_is_allowed_and_nowhere_else() {
    let mut team = Team::of_two().await;
    let bytes = std::fs::read(photo(team.world.home(), "創部.jpg")).expect("a file");
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("見本 勉強会"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let free = team.doctor.client().create_group(new).await.expect("a group");
    let patient = (team.group, send_from(&team.doctor, team.group, "創部.jpg", &bytes).await);
    let study = (free, send_from(&team.doctor, free, "資料.jpg", &bytes).await);
    let path = team.world.home().join("copy.jpg");
    let doctor = Page::of(&mut team.doctor, &team.world, team.group).await;
    let opening =
        |(group, seq): (GroupId, u64)| json!({ "ask": "open-file", "group": group.to_string(), "seq": seq, "file": 0 });
    let open = doctor.told(opening(patient)).await;
    let handle = open["handle"].as_str().expect("a handle");
    let refused = doctor.app.keep_copy(handle, &path).await.expect_err("of a patient");
    assert_eq!((refused.code.as_str(), path.exists()), ("download_forbidden", false));
    let open = doctor.told(opening(study)).await;
    assert_eq!(open["noDownload"], json!(false));
    let handle = open["handle"].as_str().expect("a handle");
    assert_eq!(doctor.app.name_of(handle).expect("open"), "資料.jpg");
    doctor.app.keep_copy(handle, &path).await.expect("kept");
    assert_eq!(std::fs::read(&path).expect("a copy").get(..2), Some(&[0xff, 0xd8][..]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_app_a_broken_file_is_said_to_be_broken_and_sound_comes_in_pieces() {
    let mut team = Team::of_two().await;
    let mut sound = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    sound.resize(5_000, 7);
    let broken = send_from(&team.chief, team.group, "紹介状.pdf", b"%PDF-1.7\n1 0 obj << /Type /Catalog >>").await;
    let heard = send_from(&team.chief, team.group, "心音.wav", &sound).await;
    let mut doctor = Page::of(&mut team.doctor, &team.world, team.group).await;
    doctor.newest_files().await;
    assert_eq!(doctor.refused(doctor.opening("open-file", broken)).await, "cannot_be_shown");
    let open = doctor.told(doctor.opening("open-file", heard)).await;
    assert_eq!(open["kind"], "sound");
    let path = format!("/{}", open["handle"].as_str().expect("a handle"));
    let piece = doctor.app.serve(&path, Some("bytes=10-19")).await;
    assert_eq!((piece.status, piece.range), (206, Some((10, 19, 5_000))));
    assert_eq!(*piece.body, sound[10..20]);
    assert_eq!(doctor.app.serve(&path, None).await.body.len(), 5_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_app_the_card_is_changed_from_what_was_shown_and_the_others_are_told() {
    let mut team = Team::of_two().await;
    let nurse = Page::of(&mut team.chief, &team.world, team.group).await;
    let mut doctor = Page::of(&mut team.doctor, &team.world, team.group).await;
    let empty = nurse.told(nurse.about("card")).await;
    assert_eq!((&empty["card"], &empty["seq"], &empty["shut"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(empty["readers"].as_array().map(Vec::len), Some(2));
    let text = json!({
        "name": "見本 花子", "kana": "みほん はなこ", "born": "1940-02-29", "sex": "female", "address": "",
        "telephones": ["03-5555-0100"],
        "contacts": [{ "name": "見本 一郎", "relation": "長男", "telephone": "090-5555-0101" }],
        "facts": ["ペニシリンアレルギー"],
        "team": [
            { "role": "visiting-nurse", "user": team.chief.user().to_string(), "name": "", "facility": "", "telephone": "" },
            { "role": "attending-doctor", "user": null, "name": "架空 先生", "facility": "見本病院", "telephone": "" }
        ]
    });
    let change = |page: &Page, text: &Value, replaces: &Value| json!({ "ask": "change-card", "group": page.group, "card": text, "replaces": replaces });
    nurse.told(change(&nurse, &text, &Value::Null)).await;
    let read = doctor.until(doctor.about("card"), |card| card["card"].is_object()).await;
    assert_eq!((&read["card"]["kana"], &read["card"]["born"]), (&json!("ミホン ハナコ"), &json!("1940-02-29")));
    assert_eq!(read["card"]["team"][0]["role"], "attending-doctor", "the doctor first");
    assert_eq!(read["people"][0]["user"], json!(team.chief.user().to_string()));
    let timeline = json!({ "ask": "timeline", "group": doctor.group, "from": null, "count": 50 });
    let timeline = doctor.told(timeline).await;
    let told = timeline["lines"].as_array().expect("lines").iter().any(|line| line["what"] == "card-changed");
    assert!(told, "the others see that it was changed");

    let mut other = text.clone();
    other["facts"] = json!(["ペニシリンアレルギー", "転倒に注意"]);
    doctor.told(change(&doctor, &other, &read["seq"])).await;
    let mut late = text.clone();
    late["address"] = json!("見本市 見本町 1");
    let late = nurse.refused(change(&nurse, &late, &read["seq"])).await;
    assert_eq!(late, "card_changed", "somebody was quicker");
    let history = nurse.told(nurse.about("card-history")).await;
    assert_eq!((&history[0]["changed"], history.as_array().map(Vec::len)), (&json!(["facts"]), Some(2)));
    let mut wrong = other;
    wrong["born"] = json!("1940-02-30");
    assert_eq!(nurse.refused(change(&nurse, &wrong, &history[0]["seq"])).await, "card_born");
}
