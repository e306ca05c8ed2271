//! Data directories that something happened to: a flipped bit, a torn write, a full disk.

use std::io::Write as _;
use std::path::PathBuf;

use renkei_client_core::proto::code::Code;
use renkei_tests::{Mount, Team, World, files_below, refused};
use tempfile::TempDir;

/// A team that has written `count` messages, and its server's last journal segment. The server is down.
async fn written(count: usize) -> (Team, Vec<String>, PathBuf) {
    let mut team = Team::of_two().await;
    let mut expected = Vec::new();
    for number in 0..count {
        let words = format!("{number} 通目の報告です。変わりありません。");
        team.doctor.client().send(team.group, &words).await.expect("sent");
        expected.push(words);
    }
    team.chief.texts(team.group, count).await;
    team.world.server.kill();
    let journal = team.world.server.data().join("store/journal");
    let names = files_below(&journal).into_keys();
    let last = names.filter(|name| name.extension().is_some_and(|end| end == "journal")).max().expect("a segment");
    (team, expected, journal.join(last))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_journal_is_named_and_left_as_it_is() {
    let (mut team, _, segment) = written(30).await;
    let whole = std::fs::read(&segment).expect("a segment");
    for place in [whole.len() / 4, whole.len() / 2, whole.len() * 3 / 4] {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        std::fs::write(&segment, &damaged).expect("written");
        let store = team.world.server.data().join("store");
        let truth = |files: std::collections::BTreeMap<PathBuf, Vec<u8>>| -> Vec<(PathBuf, Vec<u8>)> {
            files.into_iter().filter(|(name, _)| !name.starts_with("views") && !name.starts_with("lock")).collect()
        };
        let before = truth(files_below(&store));
        for said in
            [team.world.server.try_restart().expect_err("refused"), team.world.server.verify().expect_err("refused")]
        {
            assert!(said.contains(segment.to_str().expect("a path")), "{said}");
            let offset = said.split("at byte ").nth(1).and_then(|rest| rest.split([':', ';', ' ', ',']).next());
            let offset: usize = offset.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{said}"));
            assert!(offset <= place, "{said}");
            assert!(!said.contains("panicked"), "{said}");
        }
        assert!(truth(files_below(&store)) == before, "the journal or the secrets were changed");
    }
    // Restored, everything is there again.
    std::fs::write(&segment, &whole).expect("restored");
    team.world.server.verify().expect("everything holds");
    team.world.server.restart();
    team.doctor.client().send(team.group, "直りました").await.expect("sent");
    team.chief.client().drop_connection();
    assert_eq!(team.chief.texts(team.group, 31).await.last().map(String::as_str), Some("直りました"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_write_is_cut_off_and_nothing_acknowledged_is_lost() {
    let (mut team, mut expected, segment) = written(10).await;
    let garbage: Vec<u8> = (0..1_000u32).map(|byte| u8::try_from(byte * 37 % 251).unwrap_or(0)).collect();
    for torn in [&garbage[..1], &garbage[..30], &garbage] {
        let whole = std::fs::read(&segment).expect("a segment");
        let mut file = std::fs::OpenOptions::new().append(true).open(&segment).expect("a segment");
        file.write_all(torn).expect("appended");
        let said = team.world.server.verify().expect("everything acknowledged holds");
        assert!(said.contains(&format!("{} bytes of an interrupted write", torn.len())), "{said}");
        team.world.server.restart();
        let words = format!("{} バイトの後", torn.len());
        team.doctor.client().send(team.group, &words).await.expect("sent");
        expected.push(words);
        // Whoever only reads finds out with the next keep-alive; here the app comes to the foreground now.
        team.chief.client().drop_connection();
        assert_eq!(team.chief.texts(team.group, expected.len()).await, expected);
        team.world.server.kill();
        assert!(std::fs::read(&segment).expect("a segment").starts_with(&whole), "what was there is as it was");
        team.world.server.verify().expect("everything holds");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let home = TempDir::with_prefix("renkei-").expect("a temporary directory");
    let place = TempDir::with_prefix("renkei-").expect("a temporary directory");
    let disk = place.path();
    let Some(mount) = Mount::tmpfs(disk, 48) else {
        println!("SKIPPED: full disk on tmpfs needs root");
        return;
    };
    let world = World::at(home, &disk.join("server"), 2).await;
    let mut team = Team::in_world(world).await;
    team.doctor.client().send(team.group, "まだ空きがあります").await.expect("sent");
    // Afterwards nothing is handed out that can't be put on record (A2.1).
    team.chief.texts(team.group, 1).await;
    let before = team.doctor.head(team.group);
    let registry = team.doctor.client().look(|replica| replica.registry().size());

    // The store keeps some room for what must not fail; what is left above that goes away.
    let ballast = disk.join("ballast");
    std::fs::write(&ballast, vec![7; 20 * 1_024 * 1_024]).expect("room for the ballast");
    refused(team.doctor.client().send(team.group, "満杯").await, Code::StorageFull);
    refused(team.chief.client().send(team.group, "満杯").await, Code::StorageFull);
    let manager = renkei_client_core::office::details("架空 三郎", None).expect("a name");
    let profession = renkei_client_core::proto::act::Profession::Nurse;
    refused(team.chief.client().register_staff(profession, manager, None).await, Code::StorageFull);
    assert_eq!(team.doctor.head(team.group), before);
    assert_eq!(team.doctor.client().look(|replica| replica.registry().size()), registry);
    assert_eq!(team.chief.texts(team.group, 1).await, ["まだ空きがあります"]);

    std::fs::remove_file(&ballast).expect("removed");
    team.doctor.client().send(team.group, "空きました").await.expect("sent");
    assert_eq!(team.chief.texts(team.group, 2).await, ["まだ空きがあります", "空きました"]);
    team.world.server.kill();
    team.world.server.verify().expect("everything holds");
    drop((team, mount, place));
}
