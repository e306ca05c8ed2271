//! What is said in the name of a facility or of the association (S4), over real connections: drafted, checked by others,
//! published by a superior, and nothing but the text that was approved.

use renkei_client_core::policy::registry::s4_announcements::Progress;
use renkei_client_core::proto::act::{Act, Draft, RegistryAct};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{AnnouncementId, UserId};
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::wording::Wording;
use renkei_client_core::random;
use renkei_tests::alone::Before;
use renkei_tests::{PATIENCE, Person, Team, refused};

const REGISTRY: LogId = LogId::Registry;

fn wording(words: &str) -> Wording {
    let text = |words: &str| Prose::new(format!("# {words}\n")).expect("a text");
    Wording { japanese: text(words), english: text(words) }
}

/// Waits until `person`'s device knows that the announcement came so far, with this text.
async fn comes_to(person: &Person, id: AnnouncementId, progress: Progress, text: Hash32) {
    let there = person.client().wait_until(PATIENCE, |replica| {
        let one = replica.registry().now().announcement(id)?;
        (one.progress() == progress && one.draft.text == text).then_some(())
    });
    there.await.expect("the announcement");
}

fn draft(id: AnnouncementId, person: &Person, text: Hash32, checkers: &[UserId]) -> Act {
    let facility = person.client().look(|replica| replica.registry().now().user(person.user()).map(|one| one.facility));
    let checkers = List::new(checkers.to_vec()).expect("few");
    Act::Registry(RegistryAct::DraftAnnouncement(Draft { announcement: id, facility, text, checkers }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s4_what_was_approved_is_what_is_published_also_after_the_servers_fall() {
    let mut team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let clerk = team.world.staff(&team.doctor, "clerk").await;
    let first = wording("年末年始の訪問日（架空）");
    let text = first.hash();
    let asked = vec![team.doctor.user()];
    let id = nurse.client().draft_announcement(None, first.clone(), asked.clone()).await.expect("a draft");
    comes_to(&team.doctor, id, Progress::Checked, text).await;
    comes_to(&team.chief, id, Progress::Checked, text).await;
    // Who has nothing to do with it gets no word of a draft; its checker, at another facility, gets all of it.
    let stranger = &team.world.operators[0];
    comes_to(stranger, id, Progress::Checked, text).await;
    refused(stranger.client().text(text).await, Code::Unknown);
    assert_eq!(team.doctor.client().text(text).await.expect("the text"), first);
    let name = team.doctor.client().names(&[nurse.user()]).await.expect("names");
    assert_eq!(name.len(), 1, "who checks sees who wrote");
    // Nobody is known by name for having been named by somebody: only once they have checked it.
    let named =
        nurse.client().draft_announcement(None, wording("別の案（架空）"), vec![clerk.user()]).await.expect("a draft");
    assert!(nurse.client().names(&[clerk.user()]).await.expect("names").is_empty(), "only named");
    comes_to(&clerk, named, Progress::Checked, wording("別の案（架空）").hash()).await;
    clerk.client().check_announcement(named, wording("別の案（架空）").hash(), false).await.expect("an objection");
    assert_eq!(nurse.client().names(&[clerk.user()]).await.expect("names").len(), 1, "the author sees who checked");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    refused(team.chief.client().publish_announcement(id, text).await, Code::ChecksMissing);
    team.doctor.client().check_announcement(id, text, false).await.expect("an objection");
    comes_to(&team.chief, id, Progress::Objected, text).await;
    refused(team.chief.client().publish_announcement(id, text).await, Code::ChecksMissing);
    let second = wording("年末年始の訪問日（訂正・架空）");
    comes_to(&nurse, id, Progress::Objected, text).await;
    nurse.client().draft_announcement(Some(id), second.clone(), asked).await.expect("another text");
    let text = second.hash();
    comes_to(&team.doctor, id, Progress::Checked, text).await;
    refused(team.doctor.client().check_announcement(id, first.hash(), true).await, Code::Unknown);
    team.doctor.client().check_announcement(id, text, true).await.expect("approved");
    comes_to(&team.chief, id, Progress::Approved, text).await;
    team.world.server.kill();
    team.world.server.restart();
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    refused(team.chief.client().publish_announcement(id, first.hash()).await, Code::ChecksMissing);
    team.chief.client().publish_announcement(id, text).await.expect("published");
    let stranger = &team.world.operators[0];
    comes_to(stranger, id, Progress::Published, text).await;
    assert_eq!(stranger.client().text(text).await.expect("the text"), second, "everybody reads what was approved");
    refused(stranger.client().text(first.hash()).await, Code::Unknown);
    team.chief.client().withdraw_announcement(id).await.expect("withdrawn");
    comes_to(stranger, id, Progress::Withdrawn, text).await;
    refused(stranger.client().text(text).await, Code::Unknown);
    assert_eq!(nurse.client().text(text).await.expect("its author still has it"), second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s4_the_server_alone_refuses_what_was_not_checked_by_others() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let one = wording("お知らせ（架空）");
    let (text, asked) = (one.hash(), vec![team.doctor.user()]);
    let id = nurse.client().draft_announcement(None, one, asked).await.expect("a draft");
    comes_to(&team.doctor, id, Progress::Checked, text).await;
    comes_to(&team.chief, id, Progress::Checked, text).await;
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    let before = Before::of(&team.chief, &[REGISTRY]).await;
    let publish = |text| Act::Registry(RegistryAct::PublishAnnouncement { announcement: id, text });
    let check = |text, approve| Act::Registry(RegistryAct::CheckAnnouncement { announcement: id, text, approve });
    let withdraw = || Act::Registry(RegistryAct::WithdrawAnnouncement { announcement: id });
    before.refuses(&team.chief, Role::SnsAdministrator, REGISTRY, publish(text), Code::ChecksMissing).await;
    before.refuses(&nurse, Role::SnsAdministrator, REGISTRY, publish(text), Code::NotAdministrator).await;
    before.refuses(&team.doctor, Role::SnsAdministrator, REGISTRY, publish(text), Code::NotAdministrator).await;
    before.refuses(&nurse, Role::User, REGISTRY, check(text, true), Code::NotForYou).await;
    before.refuses(&team.chief, Role::User, REGISTRY, check(text, true), Code::NotForYou).await;
    before.refuses(&team.doctor, Role::User, REGISTRY, check(Hash32([7; 32]), true), Code::Unknown).await;
    before.refuses(&team.doctor, Role::SnsAdministrator, REGISTRY, withdraw(), Code::NotAdministrator).await;
    // A draft whose text nobody could read, one in another's name, and one that its author checks.
    let fresh = AnnouncementId(random());
    let unread = draft(fresh, &nurse, Hash32([8; 32]), &[team.doctor.user()]);
    before.refuses(&nurse, Role::User, REGISTRY, unread, Code::SidecarMismatch).await;
    let of_others = draft(fresh, &team.chief, text, &[nurse.user()]);
    before.refuses(&team.doctor, Role::User, REGISTRY, of_others, Code::NotForYou).await;
    let own = draft(fresh, &nurse, text, &[nurse.user()]);
    before.refuses(&nurse, Role::User, REGISTRY, own, Code::SecondPersonRequired).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s4_nobody_fills_the_registry_with_drafts_and_the_server_says_until_when() {
    let team = Team::of_two().await;
    let client = team.chief.client();
    let before = client.look(|replica| replica.registry().size());
    let mut slowed = None;
    for turn in 0..60 {
        let text = wording(&format!("案{turn}（架空）"));
        match client.draft_announcement(None, text, vec![team.doctor.user()]).await {
            // What protects has no pace.
            Ok(draft) => drop(client.withdraw_announcement(draft).await.expect("given up")),
            Err(fault) => {
                slowed = Some(fault);
                break;
            }
        }
    }
    let slowed = slowed.expect("a bound");
    assert_eq!(slowed.code, Code::TryLater);
    assert!(slowed.retry_after.is_some_and(|seconds| (1..=3_600).contains(&seconds)), "{slowed:?}");
    assert!(client.look(|replica| replica.registry().size()) < before + 100);
    let other = team.doctor.client().draft_announcement(None, wording("別の案（架空）"), vec![team.chief.user()]).await;
    other.expect("another person has an own pace");
}
