//! What people owe, over real connections: the points to note (A10.1), reviews (A9.2), the duty after leaving (A9.1).

use renkei_client_core::policy::registry::a09_leaving::Farewell;
use renkei_client_core::policy::registry::a09_review::Stage;
use renkei_client_core::proto::act::{Act, Message, RegistryAct, ReviewPlan};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, NewTicket, Op, Secret32, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{FacilityId, ReviewId, TakeoutId, TicketId};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::sentence::{Language, sentence};
use renkei_client_core::proto::statement::{LogId, Role, Statement};
use renkei_client_core::proto::takeout::{TakeoutExport, TakeoutForm};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::ticket::Purpose;
use renkei_client_core::proto::time::Date;
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::{Fault, random};
use renkei_tests::{DAY, PATIENCE, Person, Stranger, Team, World, refused, within};

fn wording(words: &str) -> Wording {
    Wording {
        japanese: Prose::new(format!("# 【見本】{words}\n\n点\n")).expect("a text"),
        english: Prose::new(format!("# [Sample] {words}\n\nA point\n")).expect("a text"),
    }
}

/// Both operators sign the next version of a text.
async fn publish(world: &World, kind: TextKind, words: &str) -> Hash32 {
    let text = wording(words).hash();
    world.operators[0].client().publish_text(kind, wording(words)).await.expect("proposed");
    let second = world.operators[1].client();
    let proposed = second.wait_until(PATIENCE, |replica| {
        replica.registry().now().text_proposals().any(|one| one.text == text).then_some(())
    });
    proposed.await.expect("the proposal");
    second.confirm_text(kind, text).await.expect("published");
    text
}

/// This person's device knows that there is a text.
async fn knows(person: &Person, text: Hash32) {
    let known = person
        .client()
        .wait_until(PATIENCE, |replica| replica.registry().now().texts().any(|one| one.text == text).then_some(()));
    known.await.expect("the text");
}

async fn acknowledge(person: &Person, text: Hash32) {
    knows(person, text).await;
    let since = person.client().present_text(TextKind::Notice).expect("a notice");
    person.client().acknowledge_notice(since.version, since.text).await.expect("acknowledged");
}

/// A message as a client would send it that knows no duty. The server must say no before it looks at keys.
fn message(team: &Team, person: &Person) -> Statement {
    let message = Message { epoch: 1, salt: Hash32([0; 32]), flags: 0, ciphertext: Blob::default() };
    let draft = person.client().draft(LogId::Group(team.group), Role::User, None, Act::Message(message));
    draft.expect("a trusted log")
}

async fn submit(person: &Person, statement: &Statement) -> Result<(), Fault> {
    person.client().submit_statement(statement, Sidecar::default()).await.map(drop)
}

async fn raw_message(team: &Team, person: &Person) -> Result<(), Fault> {
    submit(person, &message(team, person)).await
}

fn ticket(person: &Person) -> Op {
    let expires = renkei_client_core::now().plus(DAY);
    let psk = Secret32::new(random());
    Op::NewTicket(NewTicket { ticket: TicketId(random()), psk, purpose: Purpose::Device(person.user()), expires })
}

/// What shows or does something, each asked for directly.
fn requests(team: &Team, person: &Person) -> Vec<Op> {
    let log = LogId::Group(team.group);
    vec![
        Op::Offers,
        Op::SealingKeys(List::new(vec![team.doctor.device()]).expect("one")),
        Op::Details(List::new(vec![team.doctor.user()]).expect("one")),
        Op::FetchBox { log, seq: 0 },
        Op::Entries { log, from: 0 },
        Op::Receipts(List::default()),
        ticket(person),
        Op::NewRecoveryCodes,
        Op::TakeOut(TakeoutExport {
            takeout: TakeoutId(random()),
            group: team.group,
            form: TakeoutForm::Text,
            first: 0,
            last: 0,
            items: 1,
            manifest: Hash32([0; 32]),
        }),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_1_a_text_is_kept_as_it_was_signed_and_everybody_can_read_it() {
    let mut team = Team::of_two().await;
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    let text = wording("留意事項").hash();
    // Without the text nobody knows what was signed.
    let act = || RegistryAct::PublishText { kind: TextKind::Notice, version: 1, text };
    let bare = first.client().submit_unchecked(
        LogId::Registry,
        Role::Operator,
        None,
        Act::Registry(act()),
        Sidecar::default(),
    );
    refused(bare.await, Code::SidecarMismatch);
    let draft = first.client().draft(LogId::Registry, Role::Operator, None, Act::Registry(act())).expect("a draft");
    // Signed by a key that is not the device's: the signature is looked at behind the text.
    let signed = draft.sign(&SigningSecret::from_seed(&random())).expect("short");
    let other = Op::Publish { signed, text: wording("別の文書") };
    refused(first.client().ask(other).await, Code::SignatureInvalid);
    refused(team.chief.client().publish_text(TextKind::Notice, wording("留意事項")).await, Code::NotOperator);
    refused(team.chief.client().text(text).await, Code::Unknown);

    first.client().publish_text(TextKind::Notice, wording("留意事項")).await.expect("proposed");
    refused(first.client().confirm_text(TextKind::Notice, text).await, Code::SecondPersonRequired);
    let proposed = second
        .client()
        .wait_until(PATIENCE, |replica| replica.registry().now().text_proposals().next().map(|one| one.text));
    assert_eq!(proposed.await.expect("the proposal"), text);
    assert_eq!(second.client().text(text).await.expect("read before it is signed"), wording("留意事項"));
    second.client().confirm_text(TextKind::Notice, text).await.expect("published");
    knows(&team.chief, text).await;
    assert_eq!(team.chief.client().text(text).await.expect("read"), wording("留意事項"));
    // It outlives the server's fall.
    team.world.server.kill();
    team.world.server.restart();
    assert_eq!(team.chief.client().text(text).await.expect("read"), wording("留意事項"));
    assert!(team.world.server.verify().is_err(), "a running server holds its directory");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_1_until_the_notice_is_read_the_server_shows_and_does_nothing_else() {
    let mut team = Team::of_two().await;
    team.doctor.client().send(team.group, "留意事項の前").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let text = publish(&team.world, TextKind::Notice, "留意事項").await;
    for person in [&team.doctor, &team.chief] {
        knows(person, text).await;
    }
    // The honest client says so by itself; what is here already is not shown either.
    refused(team.chief.client().send(team.group, "読まずに").await, Code::NoticeUnread);
    refused(team.chief.client().read(team.group, 0), Code::NoticeUnread);
    // The server alone says so to one that skips its checks.
    refused(raw_message(&team, &team.chief).await, Code::NoticeUnread);
    for op in requests(&team, &team.chief) {
        refused(team.chief.client().ask(op.clone()).await, Code::NoticeUnread);
    }
    let grant = RegistryAct::GrantGroupManager { user: team.chief.user() };
    let grant = team.chief.client().submit_unchecked(
        LogId::Registry,
        Role::SnsAdministrator,
        None,
        Act::Registry(grant),
        Sidecar::default(),
    );
    assert!(matches!(grant.await.expect_err("nothing").code, Code::NoticeUnread | Code::StepUpRequired));
    // A colleague who has read it writes; nothing of it comes to who has not.
    acknowledge(&team.doctor, text).await;
    team.doctor.client().send(team.group, "留意事項の後").await.expect("sent");
    team.chief.client().ask(Op::Freshen).await.expect("heads");
    let registry = Op::Entries { log: LogId::Registry, from: 0 };
    team.chief.client().ask(registry).await.expect("the registry is everybody's");
    let own = Op::Details(List::new(vec![team.chief.user()]).expect("one"));
    team.chief.client().ask(own).await.expect("one's own name");
    assert_eq!(team.chief.client().look(|replica| replica.group(team.group).map(|one| one.messages().len())), Some(1));

    // A new session gets no group at all, and no reason to distrust one.
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    assert!(team.chief.client().look(|replica| replica.group(team.group).is_none()), "nothing of the group has come");
    assert_eq!(team.chief.client().text(text).await.expect("the text can be read"), wording("留意事項"));
    acknowledge(&team.chief, text).await;
    assert_eq!(team.chief.texts(team.group, 2).await, ["留意事項の前", "留意事項の後"]);
    team.chief.client().send(team.group, "読みました").await.expect("sent");
    assert_eq!(team.doctor.texts(team.group, 3).await.len(), 3);
    let distrusted = team.chief.client().look(|replica| replica.distrusted().len());
    assert_eq!(distrusted, 0, "what was kept back was no lie");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_1_a_new_version_is_read_anew_and_locking_and_signing_out_wait_for_nothing() {
    let mut team = Team::of_two().await;
    let first = publish(&team.world, TextKind::Notice, "第1版").await;
    for person in [&team.doctor, &team.chief, &team.world.operators[0], &team.world.operators[1]] {
        acknowledge(person, first).await;
    }
    team.chief.client().send(team.group, "第1版を読んだ").await.expect("sent");
    let second = publish(&team.world, TextKind::Notice, "第2版").await;
    knows(&team.chief, second).await;
    refused(raw_message(&team, &team.chief).await, Code::NoticeUnread);
    let old = team.chief.client().acknowledge_notice(1, first).await;
    refused(old, Code::Unknown);
    team.chief.take_client().lock().await.expect("locked");
    team.chief.unlock().await.expect("unlocked");
    acknowledge(&team.chief, second).await;
    team.chief.reads(team.group).await;
    team.chief.client().send(team.group, "第2版も読んだ").await.expect("sent");
    refused(raw_message(&team, &team.doctor).await, Code::NoticeUnread);
    team.doctor.take_client().sign_out().await.expect("signed out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_1_while_something_is_kept_back_no_head_denies_it() {
    let team = Team::of_two().await;
    let text = publish(&team.world, TextKind::Notice, "留意事項").await;
    knows(&team.chief, text).await;
    acknowledge(&team.doctor, text).await;
    for words in ["読む前に届いた記録", "もう一つの記録"] {
        team.doctor.client().send(team.group, words).await.expect("sent");
        // Longer than an entry may be dated back.
        team.world.server.advance(120);
        team.chief.client().ask(Op::Freshen).await.expect("asked for");
    }
    acknowledge(&team.chief, text).await;
    assert_eq!(team.chief.texts(team.group, 2).await, ["読む前に届いた記録", "もう一つの記録"]);
    team.chief.client().send(team.group, "読みました").await.expect("sent");
    assert_eq!(team.doctor.texts(team.group, 3).await.len(), 3);
    for person in [&team.chief, &team.doctor] {
        assert_eq!(person.client().look(|replica| replica.distrusted().len()), 0, "what was kept back was no lie");
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// The day in Japan that is `ahead` days after the server's now.
fn in_days(team: &Team, ahead: i64) -> Date {
    let now = i64::try_from(team.world.server.now().0).expect("a time");
    let today = (now + 9 * 3600).div_euclid(86_400) + ahead;
    let mut date = day("2026-01-01");
    for year in 2026..2200 {
        for month in 1..=12 {
            for number in 1..=31 {
                if let Ok(found) = Date::new(year, month, number)
                    && found.days() == today
                {
                    date = found;
                    return date;
                }
            }
        }
    }
    date
}

async fn open(team: &Team, by: &Person, facility: Option<FacilityId>, points: Hash32) -> ReviewId {
    by.step_up(&team.world.server).await.expect("a fresh code");
    let (review, due) = (ReviewId(random()), in_days(team, 0));
    let plan = ReviewPlan { review, facility, points, due, restrict_after: 2, lock_after: 4 };
    by.client().open_review(plan).await.expect("a round");
    review
}

/// Days pass; everybody signs in anew, as sessions end.
async fn days_pass(team: &mut Team, days: u64) {
    team.world.server.advance(days * DAY);
    for person in [&mut team.chief, &mut team.doctor] {
        person.sign_in(&team.world.server).await.expect("signed in");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_2_who_does_not_confirm_is_reminded_then_reads_only_then_does_nothing_but_confirm() {
    let mut team = Team::of_two().await;
    let points = publish(&team.world, TextKind::ReviewPoints, "確認事項").await;
    team.doctor.client().send(team.group, "確認の前").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let review = open(&team, &team.chief, Some(team.station), points).await;
    let of = |person: &Person| person.client().owed().reviews.first().map(|(_, stage)| *stage);
    assert_eq!((of(&team.chief), of(&team.doctor)), (Some(Stage::Due), None));

    days_pass(&mut team, 1).await;
    assert_eq!(of(&team.chief), Some(Stage::Overdue));
    team.chief.reads(team.group).await;
    team.chief.client().send(team.group, "期限は過ぎたが書ける").await.expect("sent");

    days_pass(&mut team, 2).await;
    assert_eq!(of(&team.chief), Some(Stage::Restricted));
    team.doctor.reads(team.group).await;
    team.doctor.client().send(team.group, "閲覧はできる").await.expect("sent");
    team.chief.texts(team.group, 3).await;
    refused(team.chief.client().send(team.group, "書けない").await, Code::ReviewOverdue);
    refused(raw_message(&team, &team.chief).await, Code::ReviewOverdue);
    refused(team.chief.client().ask(ticket(&team.chief)).await, Code::ReviewOverdue);
    team.chief.client().ask(Op::Offers).await.expect("looking goes on");

    let prepared = message(&team, &team.chief);
    days_pass(&mut team, 2).await;
    assert_eq!(of(&team.chief), Some(Stage::Locked));
    refused(team.chief.client().send(team.group, "書けない").await, Code::ReviewOverdue);
    refused(submit(&team.chief, &prepared).await, Code::ReviewOverdue);
    for op in requests(&team, &team.chief) {
        refused(team.chief.client().ask(op.clone()).await, Code::ReviewOverdue);
    }
    assert!(team.chief.client().look(|replica| replica.group(team.group).is_none()), "nothing of the group has come");
    refused(team.chief.client().confirm_review(review, Hash32([0; 32])).await, Code::Unknown);
    assert_eq!(team.chief.client().text(points).await.expect("the points can be read"), wording("確認事項"));
    team.chief.client().confirm_review(review, points).await.expect("confirmed");
    assert_eq!(team.chief.texts(team.group, 3).await.len(), 3);
    team.chief.client().send(team.group, "確認しました").await.expect("sent");
    assert_eq!(team.doctor.texts(team.group, 4).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_2_only_those_open_a_round_who_may_and_closing_it_lets_everybody_go_on() {
    let mut team = Team::of_two().await;
    let points = publish(&team.world, TextKind::ReviewPoints, "確認事項").await;
    knows(&team.doctor, points).await;
    let plan = |facility| {
        let (review, due) = (ReviewId(random()), in_days(&team, 0));
        ReviewPlan { review, facility, points, due, restrict_after: 0, lock_after: 0 }
    };
    team.doctor.step_up(&team.world.server).await.expect("a fresh code");
    refused(team.doctor.client().open_review(plan(Some(team.station))).await, Code::NotAdministrator);
    refused(team.doctor.client().open_review(plan(None)).await, Code::NotOperator);
    team.world.operators[0].step_up(&team.world.server).await.expect("a fresh code");
    let everybody = plan(None);
    let review = everybody.review;
    team.world.operators[0].client().open_review(everybody).await.expect("the Desk");
    let prepared = message(&team, &team.chief);
    days_pass(&mut team, 1).await;
    refused(submit(&team.chief, &prepared).await, Code::ReviewOverdue);
    for operator in 0..2 {
        team.world.operators[operator].sign_in(&team.world.server).await.expect("signed in");
    }
    refused(team.world.operators[0].client().close_review(review).await, Code::ReviewOverdue);
    team.world.operators[1].client().confirm_review(review, points).await.expect("confirmed");
    team.world.operators[1].client().close_review(review).await.expect("closed");
    team.chief.reads(team.group).await;
    team.chief.client().send(team.group, "終了しました").await.expect("everybody goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_1_who_leaves_is_told_that_the_duty_goes_on() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let mut helper = team.world.staff(&team.chief, "helper").await;
    helper.take_client().sign_out().await.expect("signed out");
    nurse.client().acknowledge_duty().await.expect("signed");
    team.chief.client().end_user(nurse.user()).await.expect("ended");
    team.chief.client().end_user(helper.user()).await.expect("ended");
    let today = in_days(&team, 0);
    refused(team.chief.client().record_duty(nurse.user(), today).await, Code::NothingToDo);
    team.chief.client().record_duty(helper.user(), today).await.expect("told afterwards");
    let farewell = |user| team.chief.client().look(|replica| replica.registry().now().farewell(user));
    assert!(matches!(farewell(nurse.user()), Some(Farewell::Acknowledged { .. })));
    assert!(matches!(farewell(helper.user()), Some(Farewell::Told { .. })));
    // The last thing that a device says of this service, at once or with the last sign-in.
    assert_eq!(nurse.over().await.code, Code::UserEnded);
    let last = refused(helper.sign_in(&team.world.server).await, Code::UserEnded);
    assert!(sentence(last.code, Language::Japanese).contains("離職後も続きます"));
    assert!(sentence(last.code, Language::English).contains("goes on after you have left"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_1_whoever_signs_in_by_hand_without_reading_gets_nothing_over_a_raw_connection() {
    let team = Team::of_two().await;
    let text = publish(&team.world, TextKind::Notice, "留意事項").await;
    let own = Stranger::device(&team.chief.profile).await;
    refused(own.request(Op::Text { text }).await, Code::SessionRequired);
    let (key, code) = (SigningSecret::from_seed(&random()), Some(team.chief.new_code(&team.world.server)));
    let op = Op::SignIn { user: team.chief.user(), password: team.chief.typed(), code, session_key: key.public() };
    assert!(matches!(within("a session", own.request(op)).await, Ok(Answer::SignedIn { .. })));
    for op in requests(&team, &team.chief) {
        refused(own.request(op).await, Code::NoticeUnread);
    }
    assert!(matches!(own.request(Op::Text { text }).await, Ok(Answer::Text(_))));
    refused(own.request(Op::Text { text: Hash32([1; 32]) }).await, Code::Unknown);
    own.request(Op::Lock).await.expect("locked");
}
