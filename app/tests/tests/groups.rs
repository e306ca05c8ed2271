//! A group in the window: opened, its consent on record, somebody invited, let in, and removed again.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use renkei_app_tests::Window;
use renkei_client_core::policy::group::InvitationState;
use renkei_client_core::proto::id::{GroupId, InvitationId};
use renkei_tests::{PATIENCE, Person, Team, copy_dir};

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
    window.see("header", "グループの管理").await;
    window
}

/// The invitation that a person's device hears of, and that is open.
async fn invited(person: &Person, known: GroupId) -> (GroupId, InvitationId) {
    let there = person.client().wait_until(PATIENCE, |replica| {
        let others = replica.groups().filter(|(id, _)| *id != known);
        others.flat_map(|(id, one)| one.open_invitations().map(move |(invitation, _)| (id, invitation))).next()
    });
    there.await.expect("an invitation")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_1_window_a_group_is_opened_and_somebody_invited_and_removed() {
    let mut team = Team::of_two().await;
    let window = come_in(&mut team).await;
    window.press("header button", "グループの管理").await;
    window.see("main", "見本 花子さん").await;
    window.is_sound("60-groups").await;

    window.press("main button.main", "グループを作る").await;
    window.write("#group-label", "見本 次郎さん 在宅チーム").await;
    window.is_sound("61-open-group").await;
    window.press("dialog button.main", "グループを作る").await;
    window.see(".said", "グループ「見本 次郎さん 在宅チーム」を作りました").await;
    window.see(".note", "誰も書き込めません").await;
    window.is_sound("62-without-consent").await;

    window.press("main button.main", "患者同意書（様式3）を記録").await;
    window.write("#consent-name", "見本 次郎").await;
    window.write("#consent-signed", "2026年3月1日").await;
    window.write("#consent-copy", "2026-03-01").await;
    let pick = "const files = new DataTransfer();
        files.items.add(new File(['%PDF-1.7\\n% 様式3 架空\\n'], '様式3.pdf'));
        const input = document.querySelector('#consent-scan');
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    window.script(pick, Vec::new()).await;
    window.see("[role=status]", "様式3").await;
    window.press("dialog button.main", "患者同意書（様式3）を記録").await;
    window.see(".said", "患者同意書を記録しました").await;
    window.gone("誰も書き込めません").await;

    window.press("main button.main", "人を招待する").await;
    window.write("#invite-query", "station").await;
    window.press("dialog button.main", "探す").await;
    window.press("dialog li button", "招待").await;
    window.see("dialog", "SNS管理者が承認すると参加します").await;
    window.is_sound("63-invite").await;
    window.press("dialog button.main", "招待").await;
    window.see(".said", "承認を待っています").await;
    window.see("main li", "承認を待っている相手").await;
    window.is_sound("64-invited").await;

    let (group, invitation) = invited(&team.chief, team.group).await;
    team.chief.client().approve_invitation(group, invitation).await.expect("approved");
    window.see("main li", "承認済み").await;
    window.size(380, 760).await;
    window.is_sound("65-members-phone").await;
    window.size(1_280, 860).await;
    window.script("document.documentElement.style.fontSize = '212.5%'", Vec::new()).await;
    window.is_sound("66-members-twice-the-size").await;
    window.script("document.documentElement.style.fontSize = ''", Vec::new()).await;

    window.press("main li button.grave", "参加を解除").await;
    window.see("dialog", "端末からグループの鍵が消えます").await;
    window.is_sound("67-remove").await;
    window.press("dialog button.grave", "参加を解除").await;
    window.see(".said", "参加を解除しました").await;
    let removed = team.chief.client().wait_until(PATIENCE, |replica| {
        let state = replica.group(group)?.group()?;
        let one = state.invitation(invitation)?;
        let approved = matches!(one.state, InvitationState::Approved(_));
        (approved && state.membership(team.chief.user()).is_none()).then_some(())
    });
    removed.await.expect("removed");

    // Its end: said before, and in nobody's reach by one key.
    window.press("section[aria-labelledby=ending] button", "同意の撤回を記録").await;
    window.see("dialog", "直ちに凍結され").await;
    window.is_sound("90-withdraw-consent").await;
    window.press("dialog button", "やめる").await;
    window.press("section[aria-labelledby=ending] button.grave", "グループを終了").await;
    window.see("dialog", "再開はできません").await;
    window.press("dialog button.grave", "グループを終了").await;
    window.see("section[aria-labelledby=ending]", "から消去できます").await;
    window.is_sound("91-closed").await;
    window.press("main header button", "戻る").await;
    window.press("section[aria-labelledby=delegated] button", "療養相談室に委託する").await;
    window.is_sound("92-delegate").await;
    window.press("dialog button.main", "療養相談室に委託する").await;
    window.see("section[aria-labelledby=delegated]", "委託を取り消す").await;
    window.is_sound("93-delegated").await;
    window.close().await;
}
