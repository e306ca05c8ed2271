//! The nurse's morning in the window, from the enrolment link to the lock; and the administrator's: words to compare,
//! invitations to decide on.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use data_encoding::BASE32_NOPAD;
use renkei_app_tests::Window;
use renkei_client_core::office::details;
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::policy::group::InvitationState;
use renkei_client_core::proto::act::Profession;
use renkei_client_core::proto::frame::TotpSecret;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::ticket::Purpose;
use renkei_tests::{PATIENCE, Person, Server, Team, copy_dir, pledge};

const PASSWORD: &str = "kasa-7-umibe-no-asa";

fn code(server: &Server, secret: &str) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let secret = TotpSecret(secret.try_into().expect("20 bytes"));
    format!("{:06}", a11_second_factor::code(&secret, server.advance(a11_second_factor::STEP)))
}

/// Words in Latin letters that a Japanese screen may have: what everybody calls so, and names of this district.
const LATIN: &[&str] = &["SNS", "English", "Enter", "QR", "renkei:enrol/", "clinic", "station", "helper"];

async fn is_sound(window: &Window, screen: &str) {
    window.picture(screen).await;
    assert_eq!(window.faults().await, [] as [&str; 0], "{screen}: WCAG 2.2 AA");
    assert_eq!(window.clipped().await, [] as [&str; 0], "{screen}: clipped");
    let mut text = window.text().await;
    // What is marked as English is meant to be: words to compare are given in Latin letters too.
    let marked = "return [...document.querySelectorAll('[lang=en]')].map((one) => one.innerText)";
    for meant in window.script(marked, Vec::new()).await.as_array().into_iter().flatten() {
        text = text.replace(meant.as_str().unwrap_or_default(), "");
    }
    for known in LATIN {
        text = text.replace(known, "");
    }
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    let english: Vec<&str> = words.filter(|word| word.len() > 3).collect();
    assert_eq!(english, [] as [&str; 0], "{screen}: English");
}

/// Enrols by the link, with the administrator's approval, and comes in for the first time.
async fn enrol(team: &Team, window: &Window) -> (UserId, String) {
    let chief = team.chief.client();
    let named = details("架空 夏子", None).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let link = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket").link().to_string();

    window.see("p", "登録用リンクで始めてください").await;
    is_sound(window, "01-nobody-yet").await;
    window.press("button", "この端末に登録する").await;
    window.write("#link", "renkei:enrol/まちがい").await;
    window.see("[role=alert]", "").await;
    window.script("document.querySelector('#link').value = ''", Vec::new()).await;
    window.write("#link", &link).await;
    window.see("[role=status]", "接続先").await;
    window.write("#name", "架空 夏子").await;
    window.picture("02-enrol").await;
    window.press("button", "登録する").await;
    window.see("h2", "言葉を照合").await;
    window.picture("03-compare").await;
    let offers = chief.offers().await.expect("offers");
    assert!(window.text().await.contains(&offers[0].words.kana), "what the administrator compares");
    chief.approve_offer(&offers[0]).await.expect("approved");

    window.write("#password", PASSWORD).await;
    window.press("button.main", "入る").await;
    window.see("p", "初めてのサインイン").await;
    window.write("#again", PASSWORD).await;
    window.picture("04-first-sign-in").await;
    window.press("button.main", "このパスワードにする").await;
    let secret = window.see(".secret", "").await.text().await.expect("a secret").replace(' ', "");
    window.picture("05-code-generator").await;
    window.write("#code", &code(&team.world.server, &secret)).await;
    window.press("button.main", "確認する").await;
    window.see(".codes li", "-").await;
    window.press("button", "書き写しました").await;
    window.write("#code", &code(&team.world.server, &secret)).await;
    window.press("button.main", "入る").await;
    window.see("header", "架空 夏子").await;
    (user, secret)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_a_nurse_comes_in_by_the_link_reads_writes_and_locks() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "体温 37.2℃、食事は半分でした。").await.expect("sent");
    let home = team.world.home().join("tablet");
    let window = Window::open(&home).await;
    let (user, _) = enrol(&team, &window).await;
    window.see("p", "まだ参加しているグループがありません").await;
    is_sound(&window, "06-no-groups").await;

    team.world.join(&team.doctor, team.group, user, &team.chief).await;
    window.see("nav button", "未読 1").await;
    is_sound(&window, "07-home").await;
    window.press("nav button", "見本 花子さん").await;
    window.see(".lines", "体温 37.2℃、食事は半分でした。").await;
    window.see(".lines", "ここから未読").await;
    is_sound(&window, "08-group").await;
    window.gone("未読 1").await;

    window.write("#text", "承知しました。明日伺います。").await;
    window.press("button.main", "送る").await;
    window.see(".message.own", "承知しました。明日伺います。").await;
    assert_eq!(team.doctor.texts(team.group, 2).await[1], "承知しました。明日伺います。");
    window.press(".message.own button", "訂正").await;
    window.see("dialog", "訂正前の内容も記録に残り").await;
    is_sound(&window, "09-correct").await;
    window.script("document.querySelector('dialog textarea').value = ''", Vec::new()).await;
    window.write("dialog textarea", "承知しました。明後日伺います。").await;
    window.press("dialog button.main", "訂正").await;
    window.see(".message.own", "訂正済み").await;
    window.see(".message.own", "明後日伺います").await;

    window.press("header button", "検索").await;
    window.write("#query", "３７．２").await;
    window.see("search mark", "37.2").await;
    is_sound(&window, "10-search").await;
    window.press("search button", "閉じる").await;

    // Without a connection: read on, write on, and it goes when there is one.
    team.world.server.kill();
    window.see("p.note", "接続できません").await;
    window.write("#text", "圏外で書きました。").await;
    window.press("button.main", "送る").await;
    window.see(".waiting", "保管済み・送信待ち").await;
    is_sound(&window, "11-offline").await;
    team.world.server.restart();
    window.see(".message.own", "圏外で書きました。").await;
    window.gone("送信待ち").await;

    window.write("#text", "書きかけの").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    window.press("header button", "ロック").await;
    window.see("p", "画面をロックしました").await;
    let locked = window.text().await;
    assert!(!locked.contains("見本") && !locked.contains("体温"), "{locked}");
    is_sound(&window, "12-locked").await;
    window.write("#password", PASSWORD).await;
    window.press("button.main", "入る").await;
    window.press("nav button", "見本 花子さん").await;
    window.see(".lines", "圏外で書きました。").await;
    let draft = window.script("return document.querySelector('#text').value", Vec::new()).await;
    assert_eq!(draft, "書きかけの", "nothing typed is lost");

    // Narrow as a telephone, and with text at twice the size.
    window.size(380, 760).await;
    is_sound(&window, "13-phone").await;
    window.press("button", "戻る").await;
    is_sound(&window, "14-phone-home").await;
    window.press("nav button", "見本 花子さん").await;
    window.size(1_280, 860).await;
    window.script("document.documentElement.style.fontSize = '212.5%'", Vec::new()).await;
    is_sound(&window, "15-twice-the-size").await;
    window.close().await;
}

/// Takes an enrolled device over into the app.
fn moved(person: &mut Person, home: &std::path::Path) {
    drop(person.take_client());
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&person.dir, &place);
    std::fs::write(place.join("name"), "架空 信子").expect("a name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_an_administrator_compares_words_and_decides_on_invitations() {
    let mut team = Team::of_two().await;
    let helper = team.world.staff(&team.chief, "helper").await;
    let chief = team.chief.client();
    let named = details("架空 夏子", None).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let ticket = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    let mut nurse = Person::enrol(team.world.home(), "nurse", &ticket, None).await.expect("enrolled");
    let invitation = team.doctor.client().invite(team.group, helper.user()).await.expect("invited");
    let home = team.world.home().join("pc");
    moved(&mut team.chief, &home);

    let window = Window::open(&home).await;
    window.press("button.person", "架空 信子").await;
    window.write("#password", &team.chief.password).await;
    window.press("button.main", "入る").await;
    window.write("#code", &format!("{:06}", team.chief.new_code(&team.world.server))).await;
    window.press("button.main", "入る").await;
    window.press("header button", "承認").await;
    window.see("main", "照合用の言葉").await;
    is_sound(&window, "20-decisions").await;
    let shown = window.text().await;
    assert!(shown.contains(&nurse.words) && shown.contains("見本 花子さん 在宅チーム"), "{shown}");

    // Nothing is signed before the words were compared.
    window.press("main ul li button.main", "承認する").await;
    window.see("dialog", "この招待を承認しますか").await;
    is_sound(&window, "21-invitation").await;
    window.press("dialog button.main", "承認する").await;
    window.gone("招待された人").await;
    let approved = team.doctor.client().wait_until(PATIENCE, |replica| {
        let group = replica.group(team.group)?.group()?;
        let one = group.invitation(invitation)?;
        matches!(one.state, InvitationState::Approved(_)).then_some(())
    });
    approved.await.expect("approved");

    window.press("main ul li button.main", "承認する").await;
    window.see("dialog", "同じ言葉が出ていること").await;
    assert!(!window.see("dialog button.main", "承認する").await.is_enabled().await.expect("a button"));
    window.press("dialog label", "本人と確かめました").await;
    is_sound(&window, "22-device").await;
    window.press("dialog button.main", "承認する").await;
    window.see("p", "承認を待っているものはありません").await;
    assert!(nurse.profile.poll().await.expect("an answer"), "the device is let in");
    window.close().await;
}
