//! Dates that jump: a clock that goes a year forward and back, or a day back, neither unlocks nor locks out. (Sessions: `locks.rs`; coming
//! in while the clock is wrong: `clock_jumps.rs`.)

use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::access::{Scope, What};
use renkei_client_core::proto::act::{Act, ConsentBy, DelegationScope, GroupAct, HistoryPolicy, HoldReason};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::TakeoutId;
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{ActingFor, LogId, Role};
use renkei_client_core::proto::takeout::{
    Medium, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::{Fault, dev, random};
use renkei_tests::alone::{As, unchecked};
use renkei_tests::{DAY, PATIENCE, Server, Team, refused};
use zeroize::Zeroizing;

const YEAR: u64 = 365 * DAY;
const HOUR: u64 = 3_600;

/// The server's date goes back by as much as it went forward; people's devices were right all the time.
fn right_again(server: &Server, seconds: u64) {
    server.set_back(seconds);
    dev::set(server.address(), 0);
}

/// The server is a year ahead for a while, in which somebody writes: an entry is dated next year.
async fn wrong_for_a_while(team: &Team) {
    team.world.server.advance(YEAR);
    team.doctor.client().send(team.group, "時計が狂っている間").await.expect("an open session stays open");
    right_again(&team.world.server, YEAR);
}

/// The day that it is in Japan.
fn day_of(time: Time) -> Date {
    let days = i64::try_from((time.0 + 9 * HOUR) / 86_400).expect("a day of this age");
    Date::of_days(days).expect("a day of this age")
}

async fn take_out(team: &Team, takeout: TakeoutId, seq: u64) -> Result<Answer, Fault> {
    let export = TakeoutExport {
        takeout,
        group: team.group,
        form: TakeoutForm::Archive,
        first: seq,
        last: seq,
        items: 1,
        manifest: Hash32([7; 32]),
    };
    team.chief.client().ask(Op::TakeOut(export)).await
}

/// The chief, who is an only administrator, has a permit for one message.
async fn permitted(team: &Team, seq: u64, from: Time, until: Time) -> TakeoutId {
    let client = team.chief.client();
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Information { group: team.group, first: seq, last: seq },
        medium: Medium::UsbMemory,
        purpose: TakeoutPurpose::Conference,
        from,
        until,
        device: team.chief.device(),
    };
    client.request_takeout(request).await.expect("asked");
    let read = client.look(|replica| replica.registry().now().takeout(request.takeout)).expect("a request");
    client.decide_takeout(request.takeout, read.statement, true).await.expect("an only administrator's own");
    request.takeout
}

async fn written(team: &Team, words: &str) -> u64 {
    team.doctor.client().send(team.group, words).await.expect("sent").head.size - 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_date_that_was_wrong_for_a_while_keeps_nobody_from_files() {
    let team = Team::of_two().await;
    let bytes = b"%PDF-1.7\nmihon\n%%EOF\n";
    let mut files = [Outgoing::from_bytes("a.pdf", Zeroizing::new(bytes.to_vec())).expect("a file")];
    let sent = team.doctor.client().send_files(team.group, "ご確認ください", &mut files, false).await.expect("sent");
    let seq = sent.head.size - 1;
    team.chief.texts(team.group, 1).await;
    wrong_for_a_while(&team).await;
    team.chief.texts(team.group, 2).await;
    let opened = team.chief.client().open_file(team.group, seq, 0, Part::Content).await.expect("opened");
    assert_eq!(opened.look(<[u8]>::to_vec).expect("open"), bytes);
    // And the record of it, dated by the log, is one that she believes.
    let records = team.chief.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("records");
    let looks = records.lines.iter().filter(|line| matches!(line.record.what, What::FileOpened { .. }));
    assert_eq!(looks.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_an_invitation_is_open_after_the_date_was_wrong_and_is_approved_once() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let invitation = team.doctor.client().invite(team.group, nurse.user()).await.expect("invited");
    wrong_for_a_while(&team).await;
    let there = team
        .chief
        .client()
        .wait_until(PATIENCE, |replica| replica.group(team.group)?.group()?.invitation(invitation).map(drop));
    there.await.expect("the invitation");
    team.chief.client().approve_invitation(team.group, invitation).await.expect("approved");
    refused(team.chief.client().approve_invitation(team.group, invitation).await, Code::InvitationSpent);
    nurse.reads(team.group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_permit_that_is_over_stays_over_when_the_date_goes_back() {
    let team = Team::of_two().await;
    let seq = written(&team, "体温 36.5").await;
    team.chief.texts(team.group, 1).await;
    let now = team.world.server.now();
    let takeout = permitted(&team, seq, now, now.plus(HOUR)).await;
    take_out(&team, takeout, seq).await.expect("within its time");
    team.world.server.advance(DAY);
    written(&team, "翌日の記録").await;
    refused(take_out(&team, takeout, seq).await, Code::TakeoutNotPermitted);
    team.world.server.set_back(DAY);
    refused(take_out(&team, takeout, seq).await, Code::TakeoutNotPermitted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_a_delegation_that_is_over_stays_over_when_the_date_goes_back() {
    let team = Team::of_two().await;
    let operator = &team.world.operators[0];
    let until = team.world.server.now().plus(HOUR);
    let doctor = team.doctor.client();
    let delegation = doctor.delegate(DelegationScope::Facility, until, false).await.expect("delegated");
    operator.knows_label(team.group).await;
    team.world.server.advance(DAY);
    written(&team, "翌日の記録").await;
    team.world.server.set_back(DAY);
    let r#as = As(Role::Operator, Some(ActingFor { facility: team.clinic, delegation }));
    let closed = unchecked(operator, r#as, LogId::Group(team.group), Act::Group(GroupAct::Close));
    refused(closed.await, Code::DelegationExpired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_1_a_confirmed_posture_stays_in_force_when_the_date_goes_back() {
    let team = Team::of_two().await;
    let chief = team.chief.client();
    let posture = Posture {
        screen_lock: true,
        boot_password: true,
        no_file_sharing: true,
        antivirus: true,
        no_stored_passwords: true,
        managed: false,
        updated: true,
    };
    let asked = Posture { managed: false, no_file_sharing: false, antivirus: false, updated: false, ..posture };
    chief.set(Some(team.station), Setting::PostureRequired(asked)).await.expect("asked for");
    chief.declare_posture(chief.device(), posture).await.expect("declared");
    chief.confirm_posture(chief.device(), None).await.expect("an only administrator's own");
    chief.ask(Op::Offers).await.expect("in order");
    team.world.server.set_back(DAY);
    chief.ask(Op::Offers).await.expect("in order as before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a09_2_a_date_that_goes_back_neither_holds_anybody_up_nor_lets_who_is_overdue_go_on() {
    use renkei_client_core::proto::act::ReviewPlan;
    use renkei_client_core::proto::id::ReviewId;
    use renkei_client_core::proto::text::Prose;
    use renkei_client_core::proto::wording::{TextKind, Wording};
    let team = Team::of_two().await;
    let wording = || Wording {
        japanese: Prose::new("# 【見本】確認事項\n\n点\n").expect("a text"),
        english: Prose::new("# [Sample] Points\n\nA point\n").expect("a text"),
    };
    let points = wording().hash();
    let [first, second] = &team.world.operators[..] else { panic!("two operators") };
    first.client().publish_text(TextKind::ReviewPoints, wording()).await.expect("proposed");
    let proposed =
        second.client().wait_until(PATIENCE, |replica| replica.registry().now().text_proposals().next().map(drop));
    proposed.await.expect("the proposal");
    second.client().confirm_text(TextKind::ReviewPoints, points).await.expect("published");
    let known = team
        .chief
        .client()
        .wait_until(PATIENCE, |replica| replica.registry().now().texts().any(|one| one.text == points).then_some(()));
    known.await.expect("the text");
    let due = day_of(team.world.server.now());
    let (review, facility) = (ReviewId(random()), Some(team.station));
    let plan = ReviewPlan { review, facility, points, due, restrict_after: 0, lock_after: 0 };
    team.chief.client().open_review(plan).await.expect("opened");
    let server = &team.world.server;
    server.set_back(DAY);
    team.chief.client().ask(Op::Offers).await.expect("not due, nor the day before");
    server.advance(4 * DAY);
    dev::set(server.address(), 3 * DAY);
    written(&team, "期限の後").await;
    refused(team.chief.client().ask(Op::Offers).await, Code::ReviewOverdue);
    server.set_back(3 * DAY);
    refused(team.chief.client().ask(Op::Offers).await, Code::ReviewOverdue);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a06_2_a_hold_and_a_retention_that_run_go_on_running_when_the_date_goes_back() {
    let team = Team::of_two().await;
    let (doctor, server) = (team.doctor.client(), &team.world.server);
    let closed = team.world.group(&team.doctor, HistoryPolicy::All).await;
    doctor.close_group(closed).await.expect("closed");
    refused(doctor.order_erasure(closed).await, Code::RetentionRunning);
    let today = day_of(server.now());
    doctor.withdraw_consent(team.group, ConsentBy::Patient, today, sha256(b"paper")).await.expect("withdrawn");
    let until = day_of(server.now().plus(10 * DAY));
    doctor.hold_erasure(team.group, until, HoldReason::RecordKeeping).await.expect("held");
    let operator = &team.world.operators[0];
    let held = operator.client().wait_until(PATIENCE, |replica| replica.group(team.group)?.group()?.frozen().map(drop));
    held.await.expect("the freeze");
    for back in [0, DAY] {
        server.set_back(back);
        refused(doctor.order_erasure(closed).await, Code::RetentionRunning);
        refused(operator.client().confirm_erasure(team.group).await, Code::ErasureHeld);
    }
}

/// The machine's clock jumps for a while, in which somebody writes: dates go on without it.
async fn jumps_for_a_while(team: &Team, seconds: i64) {
    let server = &team.world.server;
    let before = server.now();
    server.jump(seconds);
    let seq = written(team, "時計が飛んでいる間").await;
    server.jump(-seconds);
    let time = team.doctor.client().look(|replica| {
        let events = replica.group(team.group).map_or(&[][..], |followed| followed.messages());
        events.iter().find(|one| one.seq == seq).map(|one| one.time)
    });
    let since = time.expect("a message").since(before);
    assert!(time >= Some(before) && since < HOUR, "the message is dated {since} s after the jump");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_permit_outlives_a_clock_that_jumps_forward_and_comes_back() {
    let team = Team::of_two().await;
    let seq = written(&team, "持ち出す記録").await;
    let now = team.world.server.now();
    let permit = permitted(&team, seq, now, now.plus(DAY)).await;
    jumps_for_a_while(&team, i64::try_from(YEAR).expect("a year")).await;
    take_out(&team, permit, seq).await.expect("its day has not passed");
    // While the machine is wrong as well.
    team.world.server.jump(i64::try_from(YEAR).expect("a year"));
    take_out(&team, permit, seq).await.expect("still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_a_permit_that_is_over_comes_not_back_with_a_clock_that_jumps_back() {
    let team = Team::of_two().await;
    let seq = written(&team, "持ち出す記録").await;
    let server = &team.world.server;
    let now = server.now();
    let permit = permitted(&team, seq, now, now.plus(2 * HOUR)).await;
    server.advance(2 * HOUR);
    // Nothing is written before the jump: no log says what time it was.
    server.jump(-i64::try_from(DAY).expect("a day"));
    refused(take_out(&team, permit, seq).await, Code::TakeoutNotPermitted);
}
