//! The files, from an overview with everything in it.

use renkei_client_core::policy::group::a08_lists::Touch;
use renkei_client_core::policy::registry::a12_takeout::Stage;
use renkei_client_core::proto::act::{DelegationScope, DeviceKind, GroupKind, OperatingSystem, Ownership, Profession};
use renkei_client_core::proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, TakeoutId, UserId};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::proto::takeout::{Medium, TakeoutEnd, TakeoutPurpose, TakeoutRequest, TakeoutSubject};
use renkei_client_core::proto::time::Time;
use renkei_client_core::table::OnRecord;

use super::*;
use crate::agent::protocol::Response;
use crate::reply::{
    Actor, DelegationRow, DeviceRow, DeviceState, GroupRow, InvitationRow, InvitationState, MemberRow, Overview,
    OverviewGroup, TakeoutRow, Where, Who,
};

const TIME: Time = Time(1_774_969_200);

fn who(name: &str) -> Who {
    Who {
        user: UserId([7; 16]),
        name: Some(name.to_owned()),
        profession: Some(Profession::Nurse),
        facility: Some(FacilityId([1; 16])),
        facility_name: Some("ひなた訪問看護ステーション（架空）".to_owned()),
        official: None,
    }
}

fn actor(name: &str) -> Actor {
    Actor { who: who(name), acting_for: None }
}

fn place() -> Where {
    Where {
        facility: FacilityId([1; 16]), name: Some("ひなた訪問看護ステーション（架空）".to_owned())
    }
}

fn takeout() -> TakeoutRow {
    let (takeout, group, device) = (TakeoutId([8; 16]), GroupId([3; 16]), DeviceId([4; 16]));
    let what = TakeoutSubject::Information { group, first: 3, last: 9 };
    let (medium, purpose, until) = (Medium::UsbMemory, TakeoutPurpose::Conference, TIME.plus(86_400));
    TakeoutRow {
        takeout,
        who: who("=HYPERLINK(1)"),
        asked: TIME,
        label: Some("見本 花子さん".to_owned()),
        request: TakeoutRequest { takeout, what, medium, purpose, from: TIME, until, device },
        stage: Stage::Overdue,
        decided_by: Some(who("架空 信子")),
        declared: Some(TakeoutEnd::Erased),
        ended: None,
        ended_on: None,
        ended_by: None,
        decided_at: Some(TIME),
        revoked_by: None,
        revoked_at: None,
        extent: None,
        called_back: false,
    }
}

fn overview() -> Overview {
    let row = GroupRow {
        group: GroupId([3; 16]),
        label: Some("見本 花子さん".to_owned()),
        group_kind: GroupKind::Patient,
        originator: place(),
        members: 1,
        messages: 0,
        last_message: None,
        reading: false,
        awaiting_keys: false,
        consent: true,
        closed: false,
        shut: None,
        broken: None,
    };
    let member = MemberRow {
        who: who("=HYPERLINK(1)"),
        active: true,
        devices: 1,
        invited_by: actor("架空 健"),
        approved_by: actor("架空 信子"),
        since: TIME,
        ended: None,
    };
    let invitation = InvitationRow {
        invitation: InvitationId([4; 16]),
        group: GroupId([3; 16]),
        label: Some("見本 花子さん".to_owned()),
        invited: who("架空 結"),
        by: actor("架空 健"),
        at: TIME,
        state: InvitationState::Open,
        mine_to_decide: true,
    };
    let device = DeviceRow {
        device: DeviceId([5; 16]),
        owner: who("架空 結"),
        device_kind: DeviceKind::Tablet,
        system: OperatingSystem::Android,
        ownership: Ownership::Own,
        state: DeviceState::Wiped,
        approved_by: None,
        vouched_by: None,
        words: None,
        wipe_confirmed: Some(TIME),
        posture: None,
    };
    let delegation = DelegationRow {
        delegation: DelegationId([6; 16]),
        by: place(),
        scope: DelegationScope::Group(GroupId([3; 16])),
        group_label: Some("見本 花子さん".to_owned()),
        until: TIME,
        operators_read: true,
        revoked: false,
    };
    let group = OverviewGroup { touch: Touch::Originated, row, members: vec![member], invitations: vec![invitation] };
    Overview {
        facility: place(),
        at: TIME,
        fresh: true,
        groups: vec![group],
        devices: vec![device],
        delegations: vec![delegation],
        takeouts: vec![takeout()],
        on_record: Some(on_record()),
    }
}

fn on_record() -> OnRecord {
    serde_json::from_str(r#"{"table":"overview","rows":6}"#).expect("as it comes through the socket")
}

fn wanted(file: &Path) -> Request {
    Request::Facility(FacilityCommand::Overview { csv: Some(file.display().to_string()) })
}

fn write_to(file: &Path) -> Result<Reply> {
    let terminal = Terminal { json: false, language: Language::Japanese };
    write(&wanted(file), Reply::Overview(Box::new(overview())), terminal)
}

#[test]
fn a08_1_the_tables_are_private_files_without_formulas_that_never_take_the_place_of_another() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("list.csv");
    let Ok(Reply::Tables { files }) = write_to(&file) else { panic!("not written") };
    let names: Vec<_> = files.iter().map(|file| Path::new(file).file_name().expect("a name").to_owned()).collect();
    assert_eq!(
        names,
        ["list-groups.csv", "list-members.csv", "list-devices.csv", "list-delegations.csv", "list-takeouts.csv"]
    );
    for file in &files {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
        let text = std::fs::read_to_string(file).expect("text");
        assert!(text.starts_with("\u{feff}\"") && text.lines().count() > 1, "{text}");
    }
    let members = std::fs::read_to_string(&files[1]).expect("text");
    assert!(members.contains("\"'=HYPERLINK(1)\",\"看護師\""), "{members}");
    assert!(members.contains("\"承認待ち\",\"2026-04-01 00:00\""), "{members}");
    let devices = std::fs::read_to_string(&files[2]).expect("text");
    assert!(devices.contains("\"タブレット\",\"Android\",\"私物\",\"消去済み\",\"2026-04-01 00:00\""), "{devices}");

    let takeouts = std::fs::read_to_string(&files[4]).expect("text");
    assert!(takeouts.contains("\"USBメモリー\",\"サービス担当者会議\""), "{takeouts}");

    std::fs::remove_file(&files[0]).expect("removed");
    let again = write_to(&file).expect_err("three of them are there");
    assert_eq!(again.code(), Code::FileExists);
    assert!(!Path::new(&files[0]).exists(), "none is written when one can't be");
    assert_eq!(std::fs::read_to_string(&files[1]).expect("text"), members, "what was there stays");
}

#[test]
fn a08_1_patients_names_are_on_the_screen_and_in_no_table() {
    let screen = show::text(&Reply::Overview(Box::new(overview())), Language::Japanese);
    assert!(screen.contains("見本 花子さん"), "{screen}");
    let dir = tempfile::tempdir().expect("a directory");
    let Ok(Reply::Tables { files }) = write_to(&dir.path().join("list")) else { panic!("not written") };
    for file in &files {
        let text = std::fs::read_to_string(file).expect("text");
        assert!(!text.contains("見本 花子さん"), "{file}: {text}");
    }
}

#[test]
fn a12_5_json_for_a_file_names_no_patient_either() {
    let list = Request::Facility(FacilityCommand::Overview { csv: None });
    let terminal = Terminal { json: true, language: Language::Japanese };
    let reply = write(&list, Reply::Overview(Box::new(overview())), terminal).expect("shown");
    let text = serde_json::to_string(&reply).expect("JSON");
    assert!(!text.contains("見本 花子さん") && text.contains("ひなた訪問看護ステーション"), "{text}");
}

#[test]
fn a02_1_no_table_is_written_that_is_not_on_record() {
    let dir = tempfile::tempdir().expect("a directory");
    let terminal = Terminal { json: false, language: Language::Japanese };
    let bare = Overview { on_record: None, ..overview() };
    let refused = write(&wanted(&dir.path().join("list")), Reply::Overview(Box::new(bare)), terminal);
    assert_eq!(refused.expect_err("nobody said that it is on record").code(), Code::Malformed);
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0);
}

#[test]
fn a08_1_the_overview_comes_whole_through_the_agents_socket() {
    let sent = serde_json::to_string(&Response::Done(Reply::Overview(Box::new(overview())))).expect("JSON");
    let Ok(Response::Done(Reply::Overview(got))) = serde_json::from_str(&sent) else { panic!("{sent}") };
    let all = |one: &Overview| show::tables(one, one.on_record.as_ref().expect("with it"), Language::Japanese);
    assert_eq!(all(&got), all(&overview()));
}
