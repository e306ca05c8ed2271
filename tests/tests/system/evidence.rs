//! Evidence for people: exports that anybody checks, who could read, heads to compare.

use renkei_client_core::audit::{self, Comparison, CouldRead, Export, Place, Reading};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::heads::{Heads, SignedHeads};
use renkei_client_core::proto::id::{GroupId, UserId};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::Time;
use renkei_tests::{DAY, Person, Team, refused};

async fn export(person: &Person, groups: &[GroupId]) -> (Export, Hash32) {
    let export = person.client().export(groups).await.expect("an export");
    // As it is on disk.
    let text = serde_json::to_string(&export).expect("JSON");
    (serde_json::from_str(&text).expect("an export"), person.profile.public().root)
}

fn flaw(export: &Export, root: Hash32) -> (Place, Code) {
    let flaw = audit::verify(export, root).expect_err("something is wrong");
    (flaw.place, flaw.code)
}

/// The same hexadecimal text with the last digit but `from_end` changed.
fn changed(text: &str, from_end: usize) -> String {
    let at = text.len() - 1 - from_end;
    let other = if text.as_bytes()[at] == b'0' { '1' } else { '0' };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p5_an_export_is_checked_without_a_server_and_the_first_thing_wrong_is_named() {
    let team = Team::of_two().await;
    let group = team.group;
    team.doctor.client().send(group, "訪問しました").await.expect("sent");
    team.chief.texts(group, 1).await;
    let (good, root) = export(&team.chief, &[group]).await;
    let checked = audit::verify(&good, root).expect("everything holds");
    assert_eq!(checked.registry, u64::try_from(good.registry.len()).expect("a length"));
    assert_eq!(checked.groups.len(), 1);
    assert_eq!(checked.groups[0].2, 0, "a reader has every body");
    assert!(checked.heads.is_some());

    assert_eq!(flaw(&good, Hash32([9; 32])), (Place::Registry(0), Code::ServerNotTrusted));
    // The signature is the last thing of an entry.
    let mut signature = good.clone();
    signature.registry[3] = changed(&signature.registry[3], 0);
    assert_eq!(flaw(&signature, root).0, Place::Registry(3));
    let mut missing = good.clone();
    missing.registry.remove(4);
    assert_eq!(flaw(&missing, root).0, Place::Registry(4));
    let mut swapped = good.clone();
    swapped.groups[0].entries.swap(1, 2);
    assert_eq!(flaw(&swapped, root).0, Place::Group(group, 1));
    let mut shortened = good.clone();
    shortened.groups[0].entries.pop();
    let older = audit::verify(&shortened, root).expect("an older copy holds, as far as it goes");
    assert_eq!(older.short, [LogId::Group(group)]);
    let mut emptied = good.clone();
    emptied.groups[0].entries.clear();
    assert_eq!(flaw(&emptied, root), (Place::Group(group, 0), Code::LogNotTrusted));
    let mut left_out = good.clone();
    left_out.groups.clear();
    let chosen = audit::verify(&left_out, root).expect("a choice of groups");
    assert_eq!((checked.left_out, chosen.left_out), (0, 1));
    let mut heads = good.clone();
    let signed: SignedHeads = heads.heads[0].parse().expect("heads");
    let other: Heads = Heads { tree: Hash32([1; 32]), ..signed.unverified().expect("heads") };
    heads.heads = vec![other.sign(&SigningSecret::from_seed(&[7; 32])).expect("signed").text()];
    assert_eq!(flaw(&heads, root), (Place::Heads(0), Code::NotAuthentic));
    let format = Export { format: "renkei-audit/2".into(), ..good };
    assert_eq!(flaw(&format, root), (Place::File, Code::UnknownVersion));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_an_export_by_somebody_who_governs_without_reading_has_no_message() {
    let team = Team::of_two().await;
    let group = team.group;
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    team.doctor.client().remove(group, team.chief.user()).await.expect("removed");
    team.doctor.client().send(group, "施設長には見えない").await.expect("sent");
    // She still decides for her nurse, and sees the governance alone.
    let there = team.chief.client().wait_until(renkei_tests::PATIENCE, |replica| {
        let group = replica.group(group)?.group()?;
        (group.membership(team.chief.user()).is_none() && group.epoch() > 0).then_some(())
    });
    there.await.expect("the removal");
    let (export, root) = export(&team.chief, &[group]).await;
    let checked = audit::verify(&export, root).expect("everything holds");
    assert!(checked.groups[0].2 > 0, "{checked:?}");
    // And nobody else's group.
    let elsewhere = team.world.group(&team.doctor, renkei_client_core::proto::act::HistoryPolicy::All).await;
    refused(team.chief.client().export(&[elsewhere]).await, Code::NotForYou);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_4_who_could_read_names_people_devices_and_by_whose_doing() {
    let team = Team::of_two().await;
    let group = team.group;
    let start = team.world.server.now();
    team.doctor.client().send(group, "一日目").await.expect("sent");
    team.world.server.advance(2 * DAY);
    let nurse = team.world.staff(&team.chief, "nurse").await;
    team.world.join(&team.doctor, group, nurse.user(), &team.chief).await;
    nurse.reads(group).await;
    team.doctor.client().send(group, "三日目").await.expect("sent");
    nurse.texts(group, 2).await;
    team.world.server.advance(2 * DAY);
    let late = team.world.server.now();
    team.doctor.client().remove(group, nurse.user()).await.expect("removed");
    team.doctor.client().send(group, "五日目").await.expect("sent");
    team.chief.texts(group, 3).await;
    let asked = |from: Time, until: Time| -> Vec<CouldRead> {
        team.chief.client().look(|replica| audit::who_could_read(replica, group, from, until)).expect("an answer")
    };
    let of = |rows: &[CouldRead], user: UserId| rows.iter().find(|row| row.user == user).cloned();
    let first = asked(start, start.plus(DAY));
    let hers = of(&first, nurse.user()).expect("she was given the keys of the first day");
    assert_eq!(hers.reading, Reading::Later);
    assert_eq!((hers.invited.user, hers.approved.user), (team.doctor.user(), team.chief.user()));
    assert_eq!(hers.devices.iter().map(|one| one.device).collect::<Vec<_>>(), [nurse.device()]);
    assert_eq!(hers.ended.and_then(|(_, by)| by).map(|by| by.user), Some(team.doctor.user()));
    assert_eq!(of(&first, team.doctor.user()).map(|row| row.reading), Some(Reading::Then));
    // What was written after the removal she could not read.
    let last = asked(late.plus(DAY), late.plus(2 * DAY));
    assert_eq!(of(&last, nurse.user()), None);
    assert_eq!(last.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p5_two_people_who_compare_heads_see_that_they_were_shown_the_same() {
    let team = Team::of_two().await;
    team.doctor.client().send(team.group, "確認").await.expect("sent");
    team.chief.texts(team.group, 1).await;
    let theirs = team.doctor.client().heads().expect("heads");
    assert!(matches!(team.chief.client().compare(&theirs), Ok(Comparison::Same { .. })));
    let heads = theirs.unverified().expect("heads");
    let forged = heads.sign(&SigningSecret::from_seed(&[7; 32])).expect("signed");
    refused(team.chief.client().compare(&forged), Code::NotAuthentic);
}
