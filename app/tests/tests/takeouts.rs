//! Something is taken out in the window: asked for in the group, approved by the administrator, exported with a passphrase that is
//! shown once, put into the chart, and declared (A12.5).

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use renkei_app_tests::{WRITTEN, Window};
use renkei_client_core::policy::registry::a12_takeout::Stage;
use renkei_client_core::proto::id::TakeoutId;
use renkei_client_core::proto::takeout::StandingTakeout;
use renkei_client_core::random;
use renkei_tests::{PATIENCE, Person, Team, copy_dir};

/// Takes an enrolled person over into the app, and comes in.
async fn come_in(team: &Team, person: &mut Person) -> Window {
    drop(person.take_client());
    let home = team.world.home().join("pc");
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&person.dir, &place);
    std::fs::write(place.join("name"), "架空 結").expect("a name");
    let window = Window::open(&home).await;
    window.press("button.person", "架空 結").await;
    window.write("#password", &person.password).await;
    window.press("button.main", "入る").await;
    window.write("#code", &format!("{:06}", person.new_code(&team.world.server))).await;
    window.press("button.main", "入る").await;
    window.see("nav", "見本 花子さん").await;
    window
}

/// The administrator approves what waits.
async fn approve(team: &Team) {
    let chief = team.chief.client();
    let waits = chief.wait_until(PATIENCE, |replica| {
        let mut all = replica.registry().now().takeouts(replica.time());
        all.find(|(_, stage)| *stage == Stage::Requested).map(|(one, _)| one)
    });
    let one = waits.await.expect("a request");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    chief.decide_takeout(one.request.takeout, one.statement, true).await.expect("approved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_window_information_is_taken_out_and_its_end_declared() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, team.group, nurse.user(), &team.chief).await;
    nurse.reads(team.group).await;
    team.doctor.client().send(team.group, "血圧 132/80。来週の会議で相談したいです。").await.expect("sent");
    nurse.texts(team.group, 1).await;
    let until = team.world.server.now().plus(30 * 86_400);
    let permit = StandingTakeout { takeout: TakeoutId(random()), user: nurse.user(), group: None, until };
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.chief.client().grant_standing_takeout(permit).await.expect("granted");
    let window = come_in(&team, &mut nurse).await;

    window.press("nav button", "見本 花子さん").await;
    window.press("article button", "持ち出す").await;
    window.see("dialog", "許可されるまで何も持ち出せません").await;
    window.is_sound("70-takeout").await;
    window.press("dialog button.main", "持ち出しを申請").await;
    window.see(".said", "申請しました").await;
    window.press("nav button", "持ち出し").await;
    window.see("main", "承認待ち").await;
    approve(&team).await;
    window.see("main", "ファイルに書き出す").await;
    window.is_sound("71-takeouts").await;
    window.press("main button", "ファイルに書き出す").await;
    window.see("dialog", "パスフレーズで暗号化").await;
    window.press("dialog button.main", "ファイルに書き出す").await;
    window.see("dialog", "連携-持ち出し.zip.age に書き出しました").await;
    window.is_sound("72-passphrase").await;
    let archive = std::fs::read(team.world.home().join("pc").join(WRITTEN)).expect("an archive");
    assert!(archive.starts_with(b"age-encryption.org/v1"), "it is encrypted");
    window.press("dialog button.main", "書き写しました").await;
    window.press("main button", "終わりを申告する").await;
    window.is_sound("73-declare").await;
    window.press("dialog button.main", "終わりを申告する").await;
    window.see(".said", "「返却」と申告しました").await;
    window.size(380, 760).await;
    window.is_sound("74-takeouts-phone").await;
    window.size(1_280, 860).await;
    window.script("document.documentElement.style.fontSize = '212.5%'", Vec::new()).await;
    window.is_sound("75-takeouts-twice-the-size").await;
    window.script("document.documentElement.style.fontSize = ''", Vec::new()).await;

    window.press("main header button", "戻る").await;
    window.press("article button", "カルテに転記").await;
    window.press("dialog button.main", "文を表示する").await;
    window.holds("return document.querySelector('dialog textarea')?.value.includes('│ 血圧 132/80') === true").await;
    window.is_sound("76-chart").await;
    window.press("dialog button.main", "コピー").await;
    window.see("dialog .said", "ました").await;
    window.is_sound("77-copied").await;
    window.press("dialog button", "閉じる").await;

    // What else stands below the groups.
    window.press("nav button", "問い合わせ").await;
    window.press("main button.main", "問い合わせる").await;
    window.write("#inquiry-subject", "様式2の綴じ方").await;
    window.write("#inquiry-text", "退職した人の様式2は、いつまで保管しますか。").await;
    window.is_sound("80-ask-the-desk").await;
    window.press("dialog button.main", "送る").await;
    window.see("main li", "担当待ち").await;
    window.is_sound("81-inquiries").await;
    window.press("main li button", "読む・書く").await;
    window.see("article header", "問い合わせの状態: 担当待ち").await;
    window.is_sound("82-inquiry").await;
    window.press("nav button", "お知らせ").await;
    window.press("main button", "お知らせの案を作る").await;
    // The key Enter, as the driver types it.
    window.write("#draft-ja", "# 年末年始の訪問\u{e007}\u{e007}12月29日から1月3日は休みます（架空）。").await;
    window.press("dialog fieldset label", "station").await;
    window.is_sound("83-draft").await;
    window.press("dialog button.main", "確認を頼む").await;
    window.see("main li h3", "年末年始の訪問").await;
    window.see("main li", "確認中").await;
    window.is_sound("84-announcements").await;
    window.size(380, 760).await;
    window.is_sound("85-announcements-phone").await;
    window.size(1_280, 860).await;
    window.close().await;
}
