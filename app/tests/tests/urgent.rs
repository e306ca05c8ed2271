//! An urgent message in the window: it stands above everything, is acknowledged by one press; and the doctor calls somebody, who is
//! not there, and is told where to telephone.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use renkei_app_tests::Window;
use renkei_client_core::policy::group::u1_calls::ALONE;
use renkei_tests::{PATIENCE, Team, copy_dir};

/// Takes the doctor's enrolled device over into the app, and comes in.
async fn come_in(team: &mut Team) -> Window {
    drop(team.doctor.take_client());
    let home = team.world.home().join("pc");
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&team.doctor.dir, &place);
    std::fs::write(place.join("name"), "架空 健").expect("a name");
    let window = Window::open(&home).await;
    window.press("button.person", "架空 健").await;
    window.write("#password", &team.doctor.password).await;
    window.press("button.main", "入る").await;
    window.write("#code", &format!("{:06}", team.doctor.new_code(&team.world.server))).await;
    window.press("button.main", "入る").await;
    window.see("nav", "見本 花子さん").await;
    window
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u1_window_an_urgent_message_is_acknowledged_and_one_is_sent() {
    let mut team = Team::of_two().await;
    let (doctor, group) = (team.doctor.user(), team.group);
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.chief.client().set_telephone(Some("03-0000-0000".parse().expect("a number"))).await.expect("a number");
    let window = come_in(&mut team).await;
    // The header of an administrator stands on one row of an ordinary window.
    window.size(1_180, 820).await;
    window.is_sound("70-header").await;

    let text = "血圧が 82/50 に下がっています。指示をお願いします。";
    team.chief.client().send_urgent(group, text, &[doctor]).await.expect("called");
    window.see(".urgent [role=alert]", "至急呼び出しています").await;
    // What is cut after some lines has no text of its own for the driver.
    window.holds("return document.querySelector('.urgent').textContent.includes('血圧が 82/50')").await;
    window.is_sound("71-urgent").await;
    window.size(380, 760).await;
    window.is_sound("72-urgent-phone").await;
    window.size(1_280, 860).await;
    window.script("document.documentElement.style.fontSize = '212.5%'", Vec::new()).await;
    window.is_sound("73-urgent-twice-the-size").await;
    window.script("document.documentElement.style.fontSize = ''", Vec::new()).await;
    window.press(".urgent button.main", "確認しました").await;
    window.gone("至急呼び出しています").await;
    let acknowledged = team.chief.client().wait_until(PATIENCE, |replica| {
        let state = replica.group(group)?.group()?;
        state.calls().next_back().filter(|(_, call)| call.acknowledged.contains_key(&doctor)).map(drop)
    });
    acknowledged.await.expect("acknowledged");

    window.press("nav button", "見本 花子さん").await;
    window.write("#text", "至急、折り返しをお願いします。").await;
    window.press(".compose label", "至急").await;
    window.see("fieldset", "呼び出す人").await;
    window.press("fieldset label", "station").await;
    window.is_sound("74-call").await;
    window.press(".compose button.main", "至急で送る").await;
    window.see(".urgent", "あなたから").await;
    window.see(".urgent", "呼び出し中").await;
    team.world.server.advance(ALONE);
    window.see(".urgent", "電話してください").await;
    window.see(".urgent", "03-0000-0000").await;
    window.is_sound("75-telephone").await;

    window.press("header button", "自分の端末").await;
    window.see("main", "至急連絡の受け方").await;
    window.is_sound("76-reach").await;
    window.press(".urgent button.main", "連絡がつきました").await;
    window.see(".urgent", "呼び出しを終了").await;
    window.close().await;
}
