//! Inquiries to the Desk (A14.1), over real connections: by people who keep to it and by raw frames.

use renkei_client_core::policy::group::a14_inquiries::{InquiryState, REPLY_WAIT, Turn};
use renkei_client_core::proto::act::{
    Act, BoxesRoot, Epoch, GroupAct, GroupKind, HistoryPolicy, InquiryEnd, Message, RegistryAct, ReviewPlan,
};
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, SealedBox, Sidecar, boxes_root};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{GroupId, InvitationId, ReviewId};
use renkei_client_core::proto::key::MLKEM768_CIPHERTEXT;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::text::Prose;
use renkei_client_core::proto::time::Date;
use renkei_client_core::proto::wording::{TextKind, Wording};
use renkei_client_core::{Fault, random};
use renkei_tests::{DAY, PATIENCE, Person, Team, World, line, refused};

/// A statement as it stands, without any check of the client's.
async fn raw(person: &Person, group: GroupId, role: Role, act: GroupAct) -> Result<(), Fault> {
    let log = LogId::Group(group);
    person.client().submit_unchecked(log, role, None, Act::Group(act), Sidecar::default()).await.map(drop)
}

/// This person's device has the inquiry in this state.
async fn comes_to(person: &Person, group: GroupId, state: InquiryState) {
    let there = person.client().wait_until(PATIENCE, |replica| {
        let view = replica.registry().now();
        (replica.group(group)?.group()?.inquiry_state(view)? == state).then_some(())
    });
    there.await.expect("the state");
}

async fn ask(person: &Person, subject: &str, text: &str) -> GroupId {
    person.client().open_inquiry(line(subject), text).await.expect("an inquiry")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_an_inquiry_goes_from_the_question_to_the_answer_and_survives_a_restart() {
    let mut team = Team::of_two().await;
    let group = ask(&team.chief, "端末の登録", "新しい端末を登録したいです。").await;
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    for operator in [first, second] {
        assert_eq!(operator.texts(group, 1).await, ["新しい端末を登録したいです。"]);
        operator.knows_label(group).await;
        assert_eq!(operator.client().label(group).map(|label| label.to_string()).as_deref(), Some("端末の登録"));
        let [one] = &operator.client().inquiries()[..] else { panic!("one") };
        assert_eq!((one.asker, one.state, one.turn), (team.chief.user(), InquiryState::Open, Turn::Desk));
    }
    first.client().take_inquiry(group).await.expect("taken");
    comes_to(second, group, InquiryState::Taken).await;
    comes_to(&team.chief, group, InquiryState::Taken).await;
    let taken = team.chief.client().inquiries().first().and_then(|one| one.taken).expect("somebody");
    assert_eq!(taken.user, first.user(), "who asks sees who at the Desk sees to it");
    let named = team.chief.client().names(&[first.user()]).await.expect("an answer");
    assert_eq!(named.len(), 1, "and by which name");
    refused(second.client().close_inquiry(group, InquiryEnd::NoReply).await, Code::ReplyAwaited);
    first.client().answer_inquiry(group, "SNS管理者に登録票を依頼してください。").await.expect("answered");
    comes_to(&team.chief, group, InquiryState::Answered).await;
    assert_eq!(team.chief.texts(group, 2).await.len(), 2);
    team.chief.client().send(group, "ありがとうございます。もう一つあります。").await.expect("asks on");
    comes_to(first, group, InquiryState::Taken).await;
    team.chief.client().close_inquiry(group, InquiryEnd::Settled).await.expect("closed");
    refused(team.chief.client().send(group, "追伸").await, Code::InquiryClosed);
    team.world.server.kill();
    team.world.server.restart();
    team.chief.client().reopen_inquiry(group).await.expect("reopened");
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    for operator in [first, second] {
        // Else they wait until they notice that the server was gone.
        operator.client().drop_connection();
    }
    comes_to(second, group, InquiryState::Open).await;
    team.chief.client().send(group, "続きです。").await.expect("written");
    assert_eq!(first.texts(group, 4).await.last().map(String::as_str), Some("続きです。"));
    second.client().answer_inquiry(group, "お答えします。").await.expect("answered");
    team.world.server.advance(REPLY_WAIT);
    let World { server, operators, .. } = &mut team.world;
    operators[1].sign_in(server).await.expect("signed in");
    assert_eq!(operators[1].client().usual_end(group).expect("an inquiry"), InquiryEnd::NoReply);
    assert_eq!(team.chief.client().usual_end(group).expect("an inquiry"), InquiryEnd::Settled);
    operators[1].client().close_inquiry(group, InquiryEnd::NoReply).await.expect("closed by the Desk");
    team.world.server.kill();
    team.world.server.verify().expect("every record holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_nobody_else_reads_or_writes_an_inquiry_not_even_the_own_administrator() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let group = ask(&nurse, "職場のこと", "上司のことで相談があります。").await;
    let operator = &team.world.operators[0];
    operator.texts(group, 1).await;
    // The own administrator, and somebody of another facility: nothing is sent, and asking gets nothing.
    for stranger in [&team.chief, &team.doctor] {
        let client = stranger.client();
        let log = LogId::Group(group);
        refused(client.ask(Op::Entries { log, from: 0 }).await, Code::NotForYou);
        refused(client.ask(Op::FetchBox { log, seq: 0 }).await, Code::NotForYou);
        let message = Message { epoch: 1, salt: Hash32([0; 32]), flags: 0, ciphertext: Blob::default() };
        let written = client.submit_unchecked(log, Role::User, None, Act::Message(message), Sidecar::default());
        refused(written.await, Code::NotAReader);
        refused(raw(stranger, group, Role::Operator, GroupAct::TakeInquiry).await, Code::NotOperator);
        refused(raw(stranger, group, Role::User, GroupAct::ReopenInquiry).await, Code::NotAReader);
        let settled = GroupAct::CloseInquiry { reason: InquiryEnd::Settled };
        refused(raw(stranger, group, Role::User, settled).await, Code::NotAReader);
        assert!(client.look(|replica| replica.group(group).is_none()), "its log is not here");
    }
    let remove = GroupAct::Remove { user: nurse.user() };
    refused(raw(&team.chief, group, Role::SnsAdministrator, remove).await, Code::InquiryOnly);
    assert!(team.chief.client().overview().expect("a list").groups.iter().all(|(id, _)| *id != group));
    // But that there is one is counted.
    let report = team.chief.client().report(team.world.server.now()).await.expect("a report");
    assert_eq!(report.first().map(|one| (one.facility, one.numbers.inquiries.open)), Some((team.station, 1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_neither_who_asks_nor_the_desk_lets_anybody_in() {
    let team = Team::of_two().await;
    let group = ask(&team.chief, "質問", "質問です。").await;
    let operator = &team.world.operators[0];
    operator.texts(group, 1).await;
    for (person, role) in [(operator, Role::Operator), (&team.chief, Role::User)] {
        let (root, sidecar) = boxes(&team.doctor, 64);
        let (invitation, user, label, release) = (InvitationId(random()), team.doctor.user(), root, None);
        let act = Act::Group(GroupAct::Invite { invitation, user, label, release });
        let invited = person.client().submit_unchecked(LogId::Group(group), role, None, act, sidecar).await;
        refused(invited, Code::InquiryOnly);
    }
    // An epoch that serves a stranger is none.
    let (root, sidecar) = boxes(&team.doctor, 32);
    let (roster, commitment, label) = (Hash32([7; 32]), Hash32([0; 32]), Blob::default());
    let act = Act::Epoch(Epoch { number: 2, roster, commitment, boxes: root, label });
    let made = team.chief.client().submit_unchecked(LogId::Group(group), Role::User, None, act, sidecar).await;
    refused(made, Code::RosterMismatch);
}

/// A box for this person's device with rubbish of this length.
fn boxes(to: &Person, payload: usize) -> (BoxesRoot, Sidecar) {
    let sealed = Blob::new(vec![0; MLKEM768_CIPHERTEXT + 96 + payload]).expect("short");
    let boxes = List::new(vec![SealedBox { device: to.device(), sealed }]).expect("one");
    let root = boxes_root(&boxes).expect("few");
    (root, Sidecar { boxes: Some(boxes), ..Sidecar::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_a_new_operator_reads_what_is_open_and_one_who_left_nothing_later() {
    let mut team = Team::of_two().await;
    let group = ask(&team.chief, "質問", "前の質問").await;
    team.world.operators[1].texts(group, 1).await;
    let mut third = team.world.operator("desk-third").await;
    third.set_up(&team.world.server).await.expect("set up");
    third.sign_in(&team.world.server).await.expect("signed in");
    // Handed over by a device that reads it already, without anybody's doing.
    assert_eq!(third.texts(group, 1).await, ["前の質問"]);
    third.client().take_inquiry(group).await.expect("taken");
    third.client().send(group, "承りました。").await.expect("written");
    team.chief.texts(group, 2).await;

    let leaves = third.user();
    let epoch_before = third.client().look(|replica| {
        replica.group(group).and_then(|one| one.group()).map(renkei_client_core::policy::group::Group::epoch)
    });
    team.world.root.end_operator(leaves).await.expect("dismissed");
    assert_eq!(third.over().await.code, Code::UserEnded);
    let gone = team
        .chief
        .client()
        .wait_until(PATIENCE, |replica| (!replica.registry().now().is_operator(leaves)).then_some(()));
    gone.await.expect("known");
    team.chief.client().send(group, "後の質問").await.expect("written");
    let devices = team.chief.client().look(|replica| {
        let state = replica.group(group).and_then(|one| one.group()).expect("the inquiry");
        let last = state.epochs().last().expect("an epoch");
        (Some(last.number) > epoch_before, last.devices.contains(&third.device()))
    });
    assert_eq!(devices, (true, false), "under a key that the one who left has not");
    assert_eq!(team.world.operators[0].texts(group, 3).await.last().map(String::as_str), Some("後の質問"));
    comes_to(&team.world.operators[0], group, InquiryState::Open).await;
    let readers = renkei_client_core::audit::who_could_read;
    let after = team.world.server.now();
    let could = team.chief.client().look(|replica| readers(replica, group, after, after.plus(60))).expect("rows");
    assert!(could.iter().all(|row| row.user != leaves || row.ended.is_some()), "and the audit says so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_the_server_takes_so_many_open_inquiries_of_one_person_and_no_more() {
    let world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    let mut all = Vec::new();
    for number in 0..bounds::OPEN_INQUIRIES {
        all.push(chief.client().start_inquiry(line(&format!("質問 {number}"))).await.expect("one more"));
    }
    refused(chief.client().start_inquiry(line("多すぎる質問")).await, Code::TooManyInquiries);
    chief.client().close_inquiry(all[0], InquiryEnd::Settled).await.expect("closed");
    chief.client().start_inquiry(line("次の質問")).await.expect("after one is closed");
    refused(raw(&chief, all[0], Role::User, GroupAct::ReopenInquiry).await, Code::TooManyInquiries);
    // Nor is another group opened under this name.
    let originator =
        chief.client().look(|replica| replica.registry().association().map(|one| one.desk)).expect("a Desk");
    let (label, sidecar) = boxes(&chief, 64);
    let (kind, history, named) = (GroupKind::Free, HistoryPolicy::All, Hash32([0; 32]));
    let act = Act::Group(GroupAct::Create { kind, originator, history, creator_reads: true, label, named });
    let log = LogId::Group(GroupId(random()));
    let made = chief.client().submit_unchecked(log, Role::User, None, act, sidecar).await;
    refused(made, Code::NotOriginator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_who_is_suspended_does_not_reach_the_desk_and_reads_on_when_let_go_on() {
    let team = Team::of_two().await;
    let mut nurse = team.world.staff(&team.chief, "nurse").await;
    let group = ask(&nurse, "質問", "質問です。").await;
    let operator = &team.world.operators[0];
    operator.texts(group, 1).await;
    let act = RegistryAct::SuspendUser { user: nurse.user() };
    let log = LogId::Registry;
    let suspended =
        team.chief.client().submit_unchecked(log, Role::SnsAdministrator, None, Act::Registry(act), Sidecar::default());
    suspended.await.expect("suspended");
    assert_eq!(nurse.over().await.code, Code::UserSuspended);
    operator.client().send(group, "停止中には届きません。").await.expect("written");
    let readers = operator.client().look(|replica| {
        let state = replica.group(group).and_then(|one| one.group()).expect("the inquiry");
        state.epochs().last().expect("an epoch").devices.contains(&nurse.device())
    });
    assert!(!readers, "nothing is sealed to a device that may be in other hands");
    team.chief.step_up(&team.world.server).await.expect("a fresh code");
    team.chief.client().suspend_user(nurse.user(), false).await.expect("let go on");
    nurse.sign_in(&team.world.server).await.expect("signed in");
    assert_eq!(nurse.texts(group, 2).await, ["質問です。", "停止中には届きません。"], "what was written meanwhile too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_who_only_reads_still_asks_and_who_is_locked_confirms_first() {
    let mut team = Team::of_two().await;
    let group = ask(&team.chief, "質問", "期限の前の質問").await;
    let points = publish_points(&team).await;
    team.chief.client().open_review(plan_for_the_station(&team, points)).await.expect("a round");
    team.world.server.advance(2 * DAY);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    refused(team.chief.client().send(team.group, "書けません").await, Code::ReviewOverdue);
    team.chief.client().send(group, "期限の後の質問").await.expect("asks on");
    let another = ask(&team.chief, "次の質問", "新しい質問").await;
    team.chief.client().close_inquiry(another, InquiryEnd::Settled).await.expect("closed");
    team.world.server.advance(3 * DAY);
    team.chief.sign_in(&team.world.server).await.expect("signed in");
    refused(team.chief.client().send(group, "ロック後").await, Code::ReviewOverdue);
    let review = team.chief.client().owed().reviews.first().map(|(round, _)| round.plan.review).expect("a review");
    team.chief.client().confirm_review(review, points).await.expect("confirmed");
    team.chief.client().send(group, "確認した後").await.expect("asks on");
}

/// Both operators publish the points of a review.
async fn publish_points(team: &Team) -> Hash32 {
    let text = |words: &str| Prose::new(format!("# {words}\n")).expect("a text");
    let (kind, wording) = (TextKind::ReviewPoints, Wording { japanese: text("【見本】"), english: text("Sample") });
    let hash = wording.hash();
    let [first, second] = &team.world.operators[..] else { panic!("two") };
    first.client().publish_text(kind, wording).await.expect("proposed");
    let proposed = second.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().text_proposals().any(|one| one.text == hash).then_some(())
    });
    proposed.await.expect("the proposal");
    second.client().confirm_text(kind, hash).await.expect("published");
    let known = team.chief.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().text(kind).filter(|since| since.text == hash).map(|_| ())
    });
    known.await.expect("the points");
    hash
}

/// A review of the station's people that restricts the day after today, and locks three days later.
fn plan_for_the_station(team: &Team, points: Hash32) -> ReviewPlan {
    let days = (i64::try_from(team.world.server.now().0).expect("a time") + 9 * 3600).div_euclid(86_400);
    let all = (2026..2200).flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))));
    let mut dates = all.filter_map(|(year, month, day)| Date::new(year, month, day).ok());
    let due = dates.find(|date| date.days() == days).expect("a day");
    let (review, facility) = (ReviewId(random()), Some(team.station));
    ReviewPlan { review, facility, points, due, restrict_after: 0, lock_after: 3 }
}
