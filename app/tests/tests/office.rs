//! The administrator's morning in the window: what waits is decided, a device is wiped, a person is registered, a file of
//! people is looked through; and the Desk admits a facility.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use renkei_app_tests::Window;
use renkei_client_core::office::details;
use renkei_client_core::policy::group::InvitationState;
use renkei_client_core::policy::registry::a12_takeout::Stage;
use renkei_client_core::proto::act::Profession;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::TakeoutId;
use renkei_client_core::proto::takeout::{Medium, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::random;
use renkei_tests::{PATIENCE, Person, Server, Team, World, copy_dir, pledge, refused};

/// Takes an enrolled device over into the app, and comes in.
async fn come_in(server: &Server, person: &mut Person, home: &std::path::Path) -> Window {
    drop(person.take_client());
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&person.dir, &place);
    std::fs::write(place.join("name"), "架空 信子").expect("a name");
    let window = Window::open(home).await;
    window.press("button.person", "架空 信子").await;
    window.write("#password", &person.password).await;
    window.press("button.main", "入る").await;
    window.write("#code", &format!("{:06}", person.new_code(server))).await;
    window.press("button.main", "入る").await;
    window.see("header", "自分の端末").await;
    window
}

/// A takeout of the person's own device, from now on for a day.
fn takeout(server: &Server, person: &Person) -> TakeoutRequest {
    let now = server.now();
    TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Device,
        medium: Medium::Device,
        purpose: TakeoutPurpose::Conference,
        from: now,
        until: now.plus(86_400),
        device: person.device(),
    }
}

/// Gives a field of files one, as a person does who picks it.
async fn pick(window: &Window, field: &str, name: &str, text: &str) {
    let script = "const [field, name, text] = arguments;
        const files = new DataTransfer();
        files.items.add(new File([text], name));
        const input = document.querySelector(field);
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    window.script(script, vec![field.into(), name.into(), text.into()]).await;
    window.see("[role=status]", name).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_an_administrators_morning() {
    let mut team = Team::of_two().await;
    let helper = team.world.staff(&team.chief, "helper").await;
    let mut yui = team.world.staff(&team.chief, "nurse").await;
    let chief = team.chief.client();
    let named = details("架空 夏子", Some("かくう なつこ")).expect("a name");
    let user = chief.register_staff(Profession::Nurse, named, Some(pledge())).await.expect("registered");
    let ticket = chief.issue_ticket(Purpose::Device(user)).await.expect("a ticket");
    let mut newcomer = Person::enrol(team.world.home(), "newcomer", &ticket, None).await.expect("enrolled");
    let invitation = team.doctor.client().invite(team.group, helper.user()).await.expect("invited");
    let request = takeout(&team.world.server, &yui);
    yui.client().request_takeout(request).await.expect("asked");
    let home = team.world.home().join("pc");
    let window = come_in(&team.world.server, &mut team.chief, &home).await;

    inbox(&window, &newcomer.words).await;
    assert!(newcomer.profile.poll().await.expect("an answer"), "the device is let in");
    let approved = team.doctor.client().wait_until(PATIENCE, |replica| {
        let one = replica.group(team.group)?.group()?.invitation(invitation)?;
        matches!(one.state, InvitationState::Approved(_)).then_some(())
    });
    approved.await.expect("approved");
    let permitted = yui.client().wait_until(PATIENCE, |replica| {
        let mut all = replica.registry().now().takeouts(replica.time());
        all.find(|(one, stage)| one.request == request && *stage == Stage::Permitted).map(drop)
    });
    permitted.await.expect("permitted");

    // The device lies in a bag, without a connection.
    drop(yui.take_client());
    wipe(&window, &mut yui, &team.world.server).await;
    register(&window).await;
    own(&window).await;

    // Narrow as a telephone, and with text at twice the size.
    window.size(380, 760).await;
    window.is_sound("34-own-phone").await;
    window.press("header button", "従事者").await;
    window.see("main", "架空 夏子").await;
    window.is_sound("35-staff-phone").await;
    window.press("main button", "架空 夏子").await;
    window.see("main", "サインイン中").await;
    window.is_sound("36-person-phone").await;
    window.press("header button", "対応待ち").await;
    window.see("main", "スキャンがない様式").await;
    window.is_sound("37-inbox-phone").await;
    window.size(1_280, 860).await;
    window.script("document.documentElement.style.fontSize = '212.5%'", Vec::new()).await;
    window.is_sound("38-inbox-twice-the-size").await;
    window.press("header button", "従事者").await;
    window.press("main button", "架空 夏子").await;
    window.see("main", "サインイン中").await;
    window.is_sound("39-person-twice-the-size").await;
    window.close().await;
}

/// What waits: each with what its signature says, and nothing is signed before the words were compared.
async fn inbox(window: &Window, words: &str) {
    window.press("header button", "対応待ち").await;
    window.see("main", "照合用の言葉").await;
    window.is_sound("20-inbox").await;
    let shown = window.text().await;
    assert!(shown.contains(words) && shown.contains("見本 花子さん 在宅チーム"), "{shown}");
    assert!(shown.contains("サービス担当者会議"), "{shown}");

    window.press("section[aria-labelledby=invitations] button.main", "承認する").await;
    window.see("dialog", "この招待を承認しますか").await;
    window.is_sound("21-invitation").await;
    window.press("dialog button.main", "承認する").await;
    window.see(".said", "架空 helperさんの参加を承認しました").await;
    window.gone("招待された人").await;

    window.press("section[aria-labelledby=devices] button.main", "承認する").await;
    window.see("dialog", "同じ言葉が出ていること").await;
    assert!(!window.see("dialog button.main", "承認する").await.is_enabled().await.expect("a button"));
    window.press("dialog label", "本人と確かめました").await;
    window.is_sound("22-device").await;
    window.press("dialog button.main", "承認する").await;
    window.see(".said", "架空 夏子さんの端末を承認しました").await;
    // What is below moves up when it goes.
    window.gone("登録用リンクで登録された端末です").await;

    window.press("section[aria-labelledby=takeouts] button.main", "承認する").await;
    window.see("dialog", "持ち出しを").await;
    window.is_sound("23-takeout").await;
    window.press("dialog button.main", "承認する").await;
    window.see(".said", "持ち出しを承認しました").await;
    window.gone("承認した内容と期間だけが許可されます").await;
    window.is_sound("24-decided").await;
}

/// A lost device: stopped, wiped, and shown as confirmed only when it has confirmed.
async fn wipe(window: &Window, yui: &mut Person, server: &Server) {
    window.press("header button", "従事者").await;
    window.see("main", "架空 夏子").await;
    window.is_sound("25-staff").await;
    window.press("main button", "架空 nurse").await;
    window.see("main", "サインイン中").await;
    window.is_sound("26-person").await;
    window.press("main button", "消去").await;
    window.see("dialog", "架空 nurseさんのパソコン").await;
    window.is_sound("27-wipe").await;
    window.press("dialog button", "消去").await;
    window.see(".said", "消去を指示しました").await;
    window.see("main", "端末からの確認はまだです").await;
    window.is_sound("28-wipe-ordered").await;
    refused(yui.sign_in(server).await, Code::DeviceWiped);
    window.see("main", "端末が消去を確認しました").await;
    window.press("main button", "戻る").await;
}

/// Somebody new, and a file of more.
async fn register(window: &Window) {
    window.press("main button", "従事者を登録する").await;
    window.write("#new-name", "架空 春子").await;
    window.write("#new-kana", "かくう はるこ").await;
    window.is_sound("29-register").await;
    window.press("dialog button.main", "登録してリンクを表示").await;
    window.see("dialog", "1回だけ使えます").await;
    window.is_sound("30-link").await;
    window.press("dialog button.main", "閉じる").await;
    window.see("main", "架空 春子").await;

    window.press("main button", "ファイルからまとめて登録").await;
    window.see("main", "CSV形式で保存したファイル").await;
    pick(window, "#people", "名簿.csv", "氏名,職種\n架空 秋子,魔法使い\n架空 冬子,薬剤師\n").await;
    window.press("main button", "間違いがないか調べる").await;
    window.see("main", "「魔法使い」は分かりません").await;
    window.is_sound("31-file-with-faults").await;
    pick(window, "#people", "名簿2.csv", "氏名,職種\n架空 秋子,看護師\n架空 冬子,薬剤師\n").await;
    window.press("main button", "間違いがないか調べる").await;
    window.press("main button.main", "2人を登録する").await;
    window.see(".said", "終わりました").await;
    window.is_sound("32-file-done").await;
    window.press("main button", "戻る").await;
    window.see("main", "架空 冬子").await;
}

/// The own device and session.
async fn own(window: &Window) {
    window.press("header button", "自分の端末").await;
    window.see("main", "この端末").await;
    window.press("main button", "状態を申告する").await;
    window.see("dialog", "当てはまるものだけに印").await;
    window.press("dialog label", "画面が自動でロックされる").await;
    window.is_sound("33-declare").await;
    window.press("dialog button.main", "状態を申告する").await;
    window.see(".said", "状態を申告しました").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_the_desk_admits_a_facility_by_two() {
    let mut world = World::found().await;
    let (facility, manager) = world.applicant("clinic", true).await;
    let mut operator = world.operators.remove(0);
    let home = world.home().join("desk");
    let window = come_in(&world.server, &mut operator, &home).await;
    window.press("header button", "事業所").await;
    window.see("main", "利用申請・承認0人").await;
    window.is_sound("40-desk").await;
    window.press("header button", "対応待ち").await;
    window.see("main", &manager.words).await;
    window.press("section[aria-labelledby=applications] button.main", "承認する").await;
    window.see("dialog", "別に調べた電話番号").await;
    window.press("dialog label", "事業所管理者と確かめました").await;
    window.is_sound("41-admit").await;
    window.press("dialog button.main", "承認する").await;
    window.see(".said", "もう1人の療養相談室の担当者の承認で使えるようになります").await;
    window.see("main", "あなたは承認済みです").await;
    world.admit(0, facility).await.expect("admitted");
    window.press("header button", "事業所").await;
    window.see("main", "利用中").await;
    window.is_sound("42-admitted").await;
    window.press("main button", "定期確認と報告").await;
    window.see("main", "拒否（30日間）").await;
    window.is_sound("94-oversight").await;
    window.size(380, 760).await;
    window.is_sound("95-oversight-phone").await;
    window.size(1_280, 860).await;
    window.close().await;
}
