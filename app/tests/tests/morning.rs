//! The nurse's morning in the window, from the enrolment link to the lock.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use data_encoding::BASE32_NOPAD;
use renkei_app_tests::Window;
use renkei_client_core::groups::NewGroup;
use renkei_client_core::office::details;
use renkei_client_core::policy::a11_second_factor;
use renkei_client_core::proto::act::{GroupKind, HistoryPolicy, Profession};
use renkei_client_core::proto::frame::TotpSecret;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::ticket::Purpose;
use renkei_tests::{Server, Team, line, pledge};

const PASSWORD: &str = "kasa-7-umibe-no-asa";

fn code(server: &Server, secret: &str) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let secret = TotpSecret(secret.try_into().expect("20 bytes"));
    format!("{:06}", a11_second_factor::code(&secret, server.advance(a11_second_factor::STEP)))
}

/// Enrols by the link, with the administrator's approval, and comes in for the first time.
async fn enrol(team: &Team, window: &Window) -> (UserId, String) {
    let chief = team.chief.client();
    let named = details("架空 夏子", None).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let link = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket").link().to_string();

    window.see("p", "登録用リンクで始めてください").await;
    window.is_sound("01-nobody-yet").await;
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

/// In a free group, what tells who somebody is goes only by another key than the one under the finger (S2).
async fn is_asked_before_it_is_sent(team: &Team, window: &Window, user: UserId) {
    const TEXT: &str = "見本花子様の電話は 03-5555-0100 です。";
    let new = NewGroup {
        kind: GroupKind::Free,
        label: line("架空 勉強会"),
        history: HistoryPolicy::All,
        acting_for: None,
        creator_reads: true,
    };
    let free = team.doctor.client().create_group(new).await.expect("a group");
    team.world.join(&team.doctor, free, user, &team.chief).await;
    window.press("nav button", "架空 勉強会").await;
    window.see("h1", "架空 勉強会").await;
    window.write("#text", TEXT).await;
    window.press("button.main", "送る").await;
    window.see("dialog", "「見本花子」「03-5555-0100」とあります").await;
    window.is_sound("16-before-it-is-sent").await;
    window.holds("return document.activeElement.textContent === '直す'").await;
    window.write(":focus", "\u{e007}").await;
    window.gone("送る前の確認").await;
    window.holds("return document.activeElement.id === 'text'").await;
    assert_eq!(window.script("return document.querySelector('#text').value", Vec::new()).await, TEXT);
    window.press("button.main", "送る").await;
    window.press("dialog button", "このまま送る").await;
    window.see(".message.own", TEXT).await;
    window.press("nav button", "見本 花子さん").await;
    window.see(".message.own", "明後日伺います").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_a_nurse_comes_in_by_the_link_reads_writes_and_locks() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "体温 37.2℃、食事は半分でした。").await.expect("sent");
    let home = team.world.home().join("tablet");
    let window = Window::open(&home).await;
    let (user, _) = enrol(&team, &window).await;
    window.see("p", "まだ参加しているグループがありません").await;
    window.is_sound("06-no-groups").await;

    team.world.join(&team.doctor, team.group, user, &team.chief).await;
    window.see("nav button", "未読 1").await;
    window.is_sound("07-home").await;
    window.press("nav button", "見本 花子さん").await;
    window.see(".lines", "体温 37.2℃、食事は半分でした。").await;
    window.see(".lines", "ここから未読").await;
    window.is_sound("08-group").await;
    window.gone("未読 1").await;

    window.write("#text", "承知しました。明日伺います。").await;
    window.press("button.main", "送る").await;
    window.see(".message.own", "承知しました。明日伺います。").await;
    assert_eq!(team.doctor.texts(team.group, 2).await[1], "承知しました。明日伺います。");
    window.press(".message.own button", "訂正").await;
    window.see("dialog", "訂正前の内容も記録に残り").await;
    window.is_sound("09-correct").await;
    window.script("document.querySelector('dialog textarea').value = ''", Vec::new()).await;
    window.write("dialog textarea", "承知しました。明後日伺います。").await;
    window.press("dialog button.main", "訂正").await;
    window.see(".message.own", "訂正済み").await;
    window.see(".message.own", "明後日伺います").await;

    is_asked_before_it_is_sent(&team, &window, user).await;

    window.press("header button", "検索").await;
    window.write("#query", "３７．２").await;
    window.see("search mark", "37.2").await;
    window.is_sound("10-search").await;
    window.press("search button", "閉じる").await;

    // Without a connection: read on, write on, and it goes when there is one.
    team.world.server.kill();
    window.see("p.note", "接続できません").await;
    window.write("#text", "圏外で書きました。").await;
    window.press("button.main", "送る").await;
    window.see(".waiting", "保管済み・送信待ち").await;
    window.is_sound("11-offline").await;
    team.world.server.restart();
    window.see(".message.own", "圏外で書きました。").await;
    window.gone("送信待ち").await;

    window.write("#text", "書きかけの").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    window.press("header button", "ロック").await;
    window.see("p", "画面をロックしました").await;
    let locked = window.text().await;
    assert!(!locked.contains("見本") && !locked.contains("体温"), "{locked}");
    window.is_sound("12-locked").await;
    window.write("#password", PASSWORD).await;
    window.press("button.main", "入る").await;
    window.press("nav button", "見本 花子さん").await;
    window.see(".lines", "圏外で書きました。").await;
    let draft = window.script("return document.querySelector('#text').value", Vec::new()).await;
    assert_eq!(draft, "書きかけの", "nothing typed is lost");

    // Narrow as a telephone, and with text at twice the size.
    window.size(380, 760).await;
    window.is_sound("13-phone").await;
    window.press("button", "戻る").await;
    window.is_sound("14-phone-home").await;
    window.press("nav button", "見本 花子さん").await;
    window.size(1_280, 860).await;
    window.script("document.documentElement.style.fontSize = '212.5%'", Vec::new()).await;
    window.is_sound("15-twice-the-size").await;
    window.close().await;
}
