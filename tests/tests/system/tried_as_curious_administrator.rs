//! Tried as a curious administrator of another facility would, and as an operator who acts for the originator and reads nothing.

use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::access::Scope;
use renkei_client_core::proto::act::{Act, DelegationScope, GroupAct, RegistryAct};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::card::PatientCard;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Intent, Opening, Part};
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{FacilityId, GroupId, RequestId, TakeoutId};
use renkei_client_core::proto::settings::Setting;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::takeout::{
    Medium, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;
use renkei_tests::alone::Before;
use renkei_tests::{DAY, PATIENCE, Person, Team, line, refused};
use zeroize::Zeroizing;

/// Two facilities with a group, a file and a card in it, and the administrator of a third who wants to know.
struct Scene {
    team: Team,
    curious: Person,
    facility: FacilityId,
    /// Where the file stands.
    seq: u64,
}

impl Scene {
    async fn new() -> Self {
        let team = Team::of_two().await;
        let doctor = team.doctor.client();
        doctor.change_card(team.group, PatientCard::named(line("見本 花子")), None).await.expect("a card");
        let bytes = b"%PDF-1.7\nmihon\n%%EOF\n".to_vec();
        let mut files = [Outgoing::from_bytes("所見.pdf", Zeroizing::new(bytes)).expect("a file")];
        let sent = doctor.send_files(team.group, "所見です", &mut files, false).await.expect("sent");
        team.chief.texts(team.group, 1).await;
        let (facility, curious) = team.world.facility("pharmacy", false).await;
        Self { seq: sent.head.size - 1, team, curious, facility }
    }

    /// The group's file, asked for in `person`'s own name.
    fn opening(&self, person: &Person, group: GroupId) -> Op {
        let association = person.client().look(|replica| replica.registry().association().expect("founded").id);
        let opening = Opening {
            version: renkei_client_core::proto::VERSION,
            suite: renkei_client_core::proto::SUITE,
            association,
            user: person.user(),
            device: person.device(),
            group,
            seq: self.seq,
            file: 0,
            part: Part::Content,
            intent: Intent::View,
            request: RequestId(random()),
            at: self.team.world.server.now(),
        };
        Op::OpenFile(person.client().sign_opening(&opening).expect("an open vault"))
    }

    fn export(&self, group: GroupId) -> Op {
        Op::TakeOut(TakeoutExport {
            takeout: TakeoutId(random()),
            group,
            form: TakeoutForm::Archive,
            first: self.seq,
            last: self.seq,
            items: 1,
            manifest: Hash32([7; 32]),
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_1_another_facilitys_administrator_is_handed_nothing_of_a_group_by_its_number() {
    let scene = Scene::new().await;
    let (client, group) = (scene.curious.client(), scene.team.group);
    assert!(client.look(|replica| replica.group(group).is_none()), "its log is not here");
    assert!(client.overview().expect("an overview").groups.is_empty());
    // The right number, learnt somewhere, and guessed ones.
    for group in [group, GroupId(random()), GroupId([0; 16])] {
        let log = LogId::Group(group);
        for seq in 0..scene.seq + 2 {
            assert!(client.ask(Op::FetchBox { log, seq }).await.is_err(), "a box of entry {seq}");
        }
        for op in [Op::Entries { log, from: 0 }, scene.opening(&scene.curious, group), scene.export(group)] {
            let answer = client.ask(op).await;
            let no = [Code::NotForYou, Code::NotAReader, Code::Unknown];
            assert!(matches!(&answer, Err(fault) if no.contains(&fault.code)), "{answer:?}");
        }
        assert!(client.read(group, 0).is_err() && client.card(group).is_err());
        let devices = List::new(vec![scene.team.doctor.device()]).expect("one");
        match client.ask(Op::GroupReceipts { group, devices }).await {
            Ok(Answer::GroupReceipts(receipts)) => assert!(receipts.as_slice().is_empty(), "{receipts:?}"),
            Err(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let counts = scene.curious.profile.counts().await.expect("counts");
    assert!(counts.is_empty(), "not even how many messages: {counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_5_another_facilitys_administrator_does_nothing_to_its_people_and_devices() {
    let scene = Scene::new().await;
    let (user, device, station) = (scene.team.chief.user(), scene.team.chief.device(), scene.team.station);
    let before = Before::of(&scene.curious, &[LogId::Registry]).await;
    let acts = [
        RegistryAct::EndUser { user },
        RegistryAct::WipeDevice { device },
        RegistryAct::RetireDevice { device },
        RegistryAct::SuspendDevice { device, lost: true },
        RegistryAct::SuspendUser { user },
        RegistryAct::SuspendFacility { facility: station },
        RegistryAct::ResetFactors { user },
        RegistryAct::GrantGroupManager { user },
        RegistryAct::Set { facility: Some(station), setting: Setting::OwnDevices(false) },
    ];
    for act in acts {
        let said = Act::Registry(act);
        before.refuses(&scene.curious, Role::SnsAdministrator, LogId::Registry, said, Code::NotAdministrator).await;
    }
    let client = scene.curious.client();
    before.honest(client.end_user(user).await, Code::NotAdministrator);
    before.honest(client.wipe_device(device).await, Code::NotAdministrator);
    before.honest(client.set(Some(station), Setting::OwnDevices(false)).await, Code::NotAdministrator);
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_another_facilitys_administrator_governs_no_group_by_its_number() {
    let scene = Scene::new().await;
    let (log, user) = (LogId::Group(scene.team.group), scene.team.chief.user());
    let before = Before::of(&scene.team.doctor, &[log]).await;
    for act in [GroupAct::Close, GroupAct::Remove { user }, GroupAct::ForbidDownload, GroupAct::OrderErasure] {
        let act = Act::Group(act);
        before.refuses(&scene.curious, Role::SnsAdministrator, log, act, Code::NotOriginator).await;
    }
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_another_facilitys_administrator_reads_the_record_of_the_own_people_alone() {
    let scene = Scene::new().await;
    let client = scene.curious.client();
    let all = (Time(0), Time(u64::MAX));
    for scope in [Scope::Group(scene.team.group), Scope::User(scene.team.chief.user()), Scope::Group(GroupId(random()))]
    {
        assert!(client.access_records(scope, all.0, all.1).await.is_err(), "{scope:?}");
    }
    let own = client.access_records(Scope::Facility, all.0, all.1).await.expect("the own facility's");
    assert!(own.lines.iter().all(|line| line.record.user == Some(scene.curious.user())), "nobody else's");
    refused(client.access_counts(all.0, all.1).await.map(drop), Code::NotOperator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_1_another_facilitys_administrator_is_told_the_own_numbers_alone() {
    let scene = Scene::new().await;
    let report = scene.curious.client().report(Time(0)).await.expect("the own report");
    assert_eq!(report.iter().map(|one| one.facility).collect::<Vec<_>>(), [scene.facility]);
    refused(scene.curious.client().takeout_counts().map(drop), Code::NotOperator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_1_another_facilitys_administrator_sees_no_inquiry_and_no_answer() {
    let scene = Scene::new().await;
    let inquiry = scene.team.chief.client().open_inquiry(line("端末の登録"), "相談があります。").await.expect("asked");
    scene.team.world.operators[0].texts(inquiry, 1).await;
    let client = scene.curious.client();
    assert!(client.inquiries().is_empty());
    let log = LogId::Group(inquiry);
    refused(client.ask(Op::Entries { log, from: 0 }).await.map(drop), Code::NotForYou);
    let taken = renkei_tests::alone::unchecked(&scene.curious, Role::Operator, log, Act::Group(GroupAct::TakeInquiry));
    refused(taken.await, Code::NotOperator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_5_another_facilitys_administrator_lists_and_decides_no_takeout() {
    let scene = Scene::new().await;
    let now = scene.team.world.server.now();
    let request = TakeoutRequest {
        takeout: TakeoutId(random()),
        what: TakeoutSubject::Information { group: scene.team.group, first: scene.seq, last: scene.seq },
        medium: Medium::UsbMemory,
        purpose: TakeoutPurpose::Conference,
        from: now,
        until: now.plus(DAY),
        device: scene.team.chief.device(),
    };
    scene.team.chief.client().request_takeout(request).await.expect("asked");
    let client = scene.curious.client();
    let there = client.wait_until(PATIENCE, |replica| replica.registry().now().takeout(request.takeout));
    let read = there.await.expect("the registry is everybody's").statement;
    assert!(client.takeouts().is_empty() && client.takeout_duties().to_confirm.is_empty());
    let before = Before::of(&scene.curious, &[LogId::Registry]).await;
    before.honest(client.decide_takeout(request.takeout, read, true).await, Code::NotAdministrator);
    let decide = RegistryAct::DecideTakeout { takeout: request.takeout, request: read, approve: true };
    let own = Role::SnsAdministrator;
    before.refuses(&scene.curious, own, LogId::Registry, Act::Registry(decide), Code::NotAdministrator).await;
    before.holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_2_who_acts_for_the_originator_without_reading_is_handed_no_content() {
    let scene = Scene::new().await;
    let (team, group) = (&scene.team, scene.team.group);
    let until = team.world.server.now().plus(10 * DAY);
    team.doctor.client().delegate(DelegationScope::Facility, until, false).await.expect("delegated");
    let operator = &team.world.operators[0];
    operator.knows_label(group).await;
    let client = operator.client();
    let shown = client.read(group, 0).expect("who governs sees that something was written");
    assert!(shown.iter().all(|one| one.text.is_err() && one.files.is_empty()), "{shown:?}");
    assert!(!matches!(client.card(group), Ok(Some(shown)) if shown.card.is_ok()), "no card");
    refused(client.ask(scene.opening(operator, group)).await.map(drop), Code::NotAReader);
    refused(client.ask(scene.export(group)).await.map(drop), Code::NotAReader);
    refused(client.send(group, "読めない担当者").await, Code::NotAReader);
}
