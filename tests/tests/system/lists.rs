//! People from a file (A8.3), and lists for administrators (A8.1), against a real server.

use std::path::{Path, PathBuf};

use renkei_client_core::import::{Column, Wrong};
use renkei_client_core::importing::{Plan, PlannedPerson};
use renkei_client_core::now;
use renkei_client_core::overview::Overview;
use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::proto::access::{Scope, Table, What};
use renkei_client_core::proto::act::{Act, DelegationScope, HistoryPolicy, Person as Named, Profession, RegistryAct};
use renkei_client_core::proto::bytes::List;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Op, Sidecar};
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::proto::time::Time;
use renkei_client_core::{office, random};
use renkei_tests::{DAY, PATIENCE, Person, Stranger, Team, World, pledge, refused};

const HEADER: &str = "氏名,ふりがな,職種,誓約書,スキャン,免除,SNS管理者,グループ担当\r\n";

fn file(home: &Path, name: &str, lines: &str) -> PathBuf {
    let path = home.join(name);
    std::fs::write(&path, format!("{HEADER}{lines}")).expect("written");
    path
}

async fn plan(person: &Person, file: &Path) -> Plan<PlannedPerson> {
    person.client().plan_staff(file, true).await.expect("a plan")
}

fn found(plan: &Plan<PlannedPerson>) -> Vec<(u64, Option<Column>, Wrong)> {
    plan.findings.iter().map(|one| (one.line, one.column, one.what.clone())).collect()
}

/// Names of the people in force at the person's facility, as they were typed.
async fn staff(person: &Person) -> Vec<String> {
    let client = person.client();
    let here: Vec<UserId> = client.look(|replica| {
        let view = replica.registry().now();
        let own = view.user(person.user()).map(|one| one.facility);
        view.users()
            .filter(|(user, one)| Some(one.facility) == own && view.active_user(*user))
            .map(|(id, _)| id)
            .collect()
    });
    let named = client.names(&here).await.expect("names");
    let mut names: Vec<String> = named.into_iter().map(|(_, details)| details.name.to_string()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_file_registers_everybody_or_nobody_and_goes_on_after_a_broken_connection() {
    let mut world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    let home = world.home().to_owned();
    std::fs::write(home.join("form2.pdf"), "見本 様式2").expect("a scan");
    let good = "架空 結,かくう ゆい,看護師,2026/3/1,form2.pdf,,,○\r\n";
    let bad = file(&home, "bad.csv", &format!("{good}架空 誠,,魔法使い,,,2026-01-05,,\r\n"));
    let before = chief.client().look(|replica| replica.registry().size());
    let faulty = plan(&chief, &bad).await;
    assert!(!faulty.clean());
    let unknown = Wrong::UnknownWord { found: "魔法使い".to_owned() };
    assert_eq!(found(&faulty), [(3, Some(Column::Profession), unknown)]);
    assert_eq!(chief.client().look(|replica| replica.registry().size()), before, "a plan changes nothing");

    let clean = file(
        &home,
        "clean.csv",
        &format!("{good}架空 昇,,療法士,,,2026-01-05,,\r\n架空 彩,,看護師,,,2026-01-05,○,\r\n"),
    );
    let first = plan(&chief, &clean).await;
    assert!(first.clean() && first.rows.iter().all(|row| row.there.is_none()), "{:?}", first.findings);
    let begun = chief.client().import_person(&first.rows[0], false).await.expect("registered");
    assert!(begun.registered && begun.ticket.is_none());
    world.server.kill();
    world.server.restart();
    chief.step_up(&world.server).await.expect("a fresh code");

    let rest = plan(&chief, &clean).await;
    let there: Vec<Option<UserId>> = rest.rows.iter().map(|row| row.there).collect();
    assert_eq!(there, [Some(begun.user), None, None], "who was registered is known again");
    let mut done = Vec::new();
    for row in &rest.rows {
        done.push(chief.client().import_person(row, true).await.expect("done"));
    }
    assert_eq!(done.iter().map(|one| one.registered).collect::<Vec<_>>(), [false, true, true]);
    assert!(done.iter().all(|one| one.ticket.is_some()), "also who was registered before the ticket could be made");
    assert_eq!(staff(&chief).await, ["架空 station", "架空 彩", "架空 昇", "架空 結"], "nobody twice");
    chief.client().look(|replica| {
        let view = replica.registry().now();
        let facility = view.user(chief.user()).map(|one| one.facility).expect("a facility");
        let holds = |at: usize| {
            (view.is_administrator(done[at].user, facility), view.is_group_manager(done[at].user, facility))
        };
        assert_eq!([holds(0), holds(1), holds(2)], [(false, true), (false, false), (true, false)]);
        let pledges = &view.user(begun.user).expect("registered").pledge;
        let scanned = |one: &renkei_client_core::proto::act::StaffPledge| {
            matches!(one, renkei_client_core::proto::act::StaffPledge::Signed { scan, .. }
                if *scan == sha256("見本 様式2".as_bytes()))
        };
        assert!(pledges.iter().any(|(_, one)| scanned(one)), "the pledge bears the hash of the scan");
    });
    // The link is good: a device answers it.
    let ticket = done[1].ticket.as_ref().expect("a ticket");
    Person::enrol(&home, "noboru", ticket, None).await.expect("enrolled");
    let again = plan(&chief, &clean).await;
    assert!(again.clean() && again.rows.iter().all(|row| row.there.is_some()));
    world.server.kill();
    world.server.verify().expect("everything holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_the_import_of_somebody_without_the_office_is_refused_by_the_client_and_by_the_server_alone() {
    let world = World::found().await;
    let (station, chief) = world.facility("station", true).await;
    let nurse = world.staff(&chief, "nurse").await;
    let clean = file(world.home(), "clean.csv", "架空 昇,,療法士,,,2026-01-05,,\r\n");
    refused(nurse.client().plan_staff(&clean, false).await, Code::NotAdministrator);
    refused(world.operators[0].client().plan_staff(&clean, false).await, Code::NotRoot);
    refused(chief.client().plan_facilities(&clean).map(drop), Code::NotOperator);
    refused(chief.client().plan_staff(&world.home().join("missing.csv"), false).await, Code::BadInput);
    refused(chief.client().plan_staff(world.home(), false).await, Code::BadInput);
    // Without the client's look beforehand.
    let details = office::details("架空 昇", None).expect("a name");
    let person = Named {
        user: UserId(random()),
        profession: Profession::Therapist,
        details: details.commitment(),
        pledge: Some(pledge()),
    };
    let act = Act::Registry(RegistryAct::RegisterStaff { facility: station, person });
    let sidecar = Sidecar { details: Some(details), ..Sidecar::default() };
    let role = Role::SnsAdministrator;
    let raw = nurse.client().submit_unchecked(LogId::Registry, role, None, act, sidecar).await;
    refused(raw, Code::NotAdministrator);

    // An administrator who is not the facility manager registers, and appoints nobody.
    let deputy = world.staff(&chief, "deputy").await;
    chief.client().set_administrator(deputy.user(), true).await.expect("appointed");
    let appointing = file(world.home(), "appointing.csv", "架空 昇,,療法士,,,2026-01-05,○,\r\n");
    let appointed = deputy.client().wait_until(PATIENCE, |replica| {
        replica.registry().now().is_administrator(deputy.user(), station).then_some(())
    });
    appointed.await.expect("appointed");
    assert_eq!(found(&plan(&deputy, &appointing).await), [(2, Some(Column::Administrator), Wrong::NotFacilityManager)]);
    assert!(plan(&chief, &appointing).await.clean());
    assert!(plan(&deputy, &clean).await.clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_3_a_file_reaches_no_other_scan_than_those_beside_it_and_a_namesake_is_pointed_out() {
    let world = World::found().await;
    let (_, chief) = world.facility("station", true).await;
    world.staff(&chief, "nurse").await;
    let folder = world.home().join("forms");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(world.home().join("outside.pdf"), "秘密").expect("written");
    std::fs::write(folder.join("inside.pdf"), "見本").expect("written");
    let outside = world.home().join("outside.pdf");
    let lines = format!(
        "架空 一,,医師,2026-03-01,../outside.pdf,,,\r\n架空 二,,医師,2026-03-01,{},,,\r\n\
         架空 三,,医師,2026-03-01,missing.pdf,,,\r\n架空 四,,医師,2026-03-01,inside.pdf,,,\r\n\
         架空 nurse,かくう,医師,,,,,\r\n",
        outside.display()
    );
    let planned = plan(&chief, &file(&folder, "staff.csv", &lines)).await;
    let scan = Some(Column::Scan);
    assert_eq!(
        found(&planned),
        [
            (2, scan, Wrong::ScanOutside),
            (3, scan, Wrong::ScanOutside),
            (4, scan, Wrong::ScanUnreadable),
            (6, None, Wrong::NoPledge),
            (6, Some(Column::Name), Wrong::NameTaken),
        ]
    );
    assert_eq!(
        planned.rows.iter().map(|row| row.pledge.is_some()).collect::<Vec<_>>(),
        [false, false, false, true, false]
    );
    // Facilities by their names too.
    let desk = world.operators[0].client();
    let facilities = world.home().join("facilities.csv");
    std::fs::write(&facilities, "事業所名,種別\n見本 station（架空）,訪問看護ステーション\n新しい薬局（架空）,薬局\n")
        .expect("written");
    let planned = desk.plan_facilities(&facilities).expect("a plan");
    let what: Vec<_> = planned.findings.iter().map(|one| (one.line, one.what.clone())).collect();
    assert_eq!(what, [(2, Wrong::NameTaken)], "a warning: two may share a name");
    assert!(planned.clean() && planned.rows.len() == 2);
}

fn overview(person: &Person) -> Overview {
    person.client().overview().expect("an overview")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_1_an_administrator_sees_every_group_device_and_delegation_that_touches_the_facility_and_no_other() {
    let team = Team::of_two().await;
    let (group, world) = (team.group, &team.world);
    let nurse = world.staff(&team.chief, "nurse").await;
    let elsewhere = world.group(&team.doctor, HistoryPolicy::All).await;
    let mut at_clinic = vec![(group, Touch::Originated), (elsewhere, Touch::Originated)];
    at_clinic.sort();
    let until = now().plus(10 * DAY);
    let delegation =
        team.doctor.client().delegate(DelegationScope::Group(elsewhere), until, false).await.expect("delegated");
    let seen = overview(&team.doctor);
    assert_eq!((seen.facility, &seen.groups), (team.clinic, &at_clinic));
    assert_eq!(
        (seen.devices.as_slice(), seen.delegations.as_slice()),
        (&[team.doctor.device()][..], &[delegation][..])
    );
    let seen = overview(&team.chief);
    assert_eq!((seen.facility, seen.groups.as_slice()), (team.station, &[(group, Touch::Members)][..]));
    let mut devices = vec![team.chief.device(), nurse.device()];
    devices.sort();
    assert_eq!((seen.devices, seen.delegations.len()), (devices, 0), "a device is listed whatever it reads");
    let operator = &world.operators[0];
    let there = operator.client().wait_until(PATIENCE, |replica| replica.group(elsewhere)?.group().map(|_| ()));
    there.await.expect("the delegated group");
    assert_eq!(overview(operator).groups, [(elsewhere, Touch::Delegated)], "the Desk sees what it acts in");

    // A membership that ends takes the group from the list; an invitation puts it there again.
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    let gone = team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.ended().then_some(()));
    gone.await.expect("the end");
    assert_eq!(overview(&team.chief).groups, []);
    team.doctor.client().invite(group, nurse.user()).await.expect("invited");
    let back = team.chief.client().wait_until(PATIENCE, |replica| {
        let followed = replica.group(group)?;
        (!followed.ended() && followed.open_invitations().next().is_some()).then_some(())
    });
    back.await.expect("the invitation");
    assert_eq!(overview(&team.chief).groups, [(group, Touch::Invited)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_1_who_is_no_administrator_gets_no_list_and_nothing_that_one_is_made_of() {
    let team = Team::of_two().await;
    let world = &team.world;
    let nurse = world.staff(&team.chief, "nurse").await;
    let lost = world.staff(&team.chief, "lost").await;
    team.chief.client().wipe_device(lost.device()).await.expect("wiped");
    lost.over().await;
    refused(nurse.client().overview(), Code::NotAdministrator);
    // What the list is made of, asked for without the client's look beforehand.
    let ask = |op: Op| nurse.client().ask(op);
    let entries = Op::Entries { log: LogId::Group(team.group), from: 0 };
    refused(ask(entries.clone()).await, Code::NotForYou);
    let Ok(Answer::Details(names)) = ask(Op::Details(List::new(vec![team.doctor.user()]).expect("one"))).await else {
        panic!("no answer")
    };
    assert!(names.as_slice().is_empty(), "the name of somebody elsewhere");
    let receipts = || Op::Receipts(List::new(vec![lost.device()]).expect("one"));
    let Ok(Answer::Receipts(confirmed)) = ask(receipts()).await else { panic!("no answer") };
    assert!(confirmed.as_slice().is_empty(), "whether a colleague's device is wiped");
    // Over a connection of her device without a session.
    let raw = Stranger::device(&nurse.profile).await;
    refused(raw.request(entries.clone()).await, Code::SessionRequired);
    // Her administrator gets all of it; another facility's, without a part in the group, nothing.
    let Ok(Answer::Entries(all)) = team.chief.client().ask(entries.clone()).await else { panic!("no answer") };
    assert!(!all.as_slice().is_empty());
    let Ok(Answer::Receipts(_)) = team.chief.client().ask(receipts()).await else { panic!("no answer") };
    let (_, outsider) = world.facility("pharmacy", false).await;
    refused(outsider.client().ask(entries).await, Code::NotForYou);
    assert_eq!(overview(&outsider).groups, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a02_1_a_table_that_is_written_to_a_file_is_on_record_before() {
    let team = Team::of_two().await;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    let written = async |person: &Person| {
        let records =
            person.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await.expect("the own record");
        let tables = records.lines.iter().filter_map(|line| match line.record.what {
            What::TableWritten { table, rows } => Some((table, rows)),
            _ => None,
        });
        tables.collect::<Vec<_>>()
    };
    team.chief.client().record_table(Table::Overview, 12).await.expect("on record");
    team.world.operators[0].client().record_table(Table::Report, 3).await.expect("on record");
    assert_eq!(written(&team.chief).await, [(Table::Overview, 12)]);
    assert_eq!(written(&team.world.operators[0]).await, [(Table::Report, 3)]);
    // Whoever has no list writes none, whatever the client looks at; nor does anybody without a session.
    for table in [Table::Overview, Table::Report] {
        refused(nurse.client().record_table(table, 1).await, Code::NotAdministrator);
        let raw = Stranger::device(&team.chief.profile).await;
        refused(raw.request(Op::WriteTable { table, rows: 1 }).await, Code::SessionRequired);
    }
    assert_eq!(written(&nurse).await, []);
    team.chief.client().ask(Op::Lock).await.expect("locked");
    assert!(team.chief.client().record_table(Table::Overview, 1).await.is_err(), "a locked session writes nothing");
}
