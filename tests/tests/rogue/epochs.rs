//! Keys: made by a member who helps the operator, or handed to the wrong one.

use renkei_client_core::proto::act::{Act, GroupAct, SealedLabel};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Answer, Boxes, Op, SealedBox, Sidecar, find_box};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::DeviceId;
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::random;
use renkei_sealing::device::SealingSecret;
use renkei_tests::rogue::{Colluder, Making, Rogue, TRUTH};
use renkei_tests::{Person, Team, line};

use crate::{all_see, distrusts, has, overtaken, scene, size, trusts, with_nurse};

/// The chief helps the operator and makes the group's next key as `making` says; then writes under it.
async fn made(making: impl FnOnce(&Team) -> Making) -> (Team, Rogue, u32) {
    let (team, rogue) = scene().await;
    let number = made_in(&team, &rogue, making(&team)).await;
    (team, rogue, number)
}

pub(crate) async fn made_in(team: &Team, rogue: &Rogue, making: Making) -> u32 {
    let mut colluder = Colluder::of(rogue, &team.chief);
    has(&team.chief, LogId::Group(team.group), size(rogue, TRUTH, LogId::Group(team.group))).await;
    let (signed, sidecar) = rogue.look(TRUTH, |truth| colluder.epoch(truth, team.group, &team.chief, making));
    let Act::Epoch(epoch) = renkei_tests::rogue::read(&signed).act else { panic!("an epoch") };
    rogue.append(TRUTH, &signed, &sidecar);
    let words = rogue.look(TRUTH, |truth| colluder.message(truth, team.group, epoch.number, "新しい鍵で"));
    rogue.append(TRUTH, &words, &Sidecar::default());
    epoch.number
}

/// Somebody's keys, whom nobody has let in.
fn outsider() -> (DeviceId, SealingSecret) {
    (DeviceId(random()), SealingSecret::generate(&mut rand_core::OsRng).expect("keys"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_epoch_as_it_must_be() {
    // What the others do otherwise than they must, done as it must be, works.
    let (team, _rogue, _) = made(|_| Making::default()).await;
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "新しい鍵で");
    team.doctor.client().send(team.group, "読めます").await.expect("sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_epoch_with_an_outsider() {
    let (device, keys) = outsider();
    let making = Making { outsider: Some((device, keys.public().clone())), ..Making::default() };
    let (team, _rogue, _) = made(|_| making).await;
    distrusts(&team.doctor, LogId::Group(team.group)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_epoch_for_another_roster() {
    let (device, keys) = outsider();
    let outsider = Some((device, keys.public().clone()));
    let making = Making { outsider, roster: Some(Hash32(random())), ..Making::default() };
    let (team, _rogue, _) = made(|team| Making { without: Some(team.doctor.device()), ..making }).await;
    distrusts(&team.doctor, LogId::Group(team.group)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_epoch_without_a_member() {
    let (team, _rogue, _) = made(|team| Making { without: Some(team.doctor.device()), ..Making::default() }).await;
    distrusts(&team.doctor, LogId::Group(team.group)).await;
}

/// Whether the doctor has said of some key that its box holds something else.
fn reports(team: &Team) -> bool {
    let device = team.doctor.device();
    team.doctor.client().look(|replica| {
        let events = replica.group(team.group).map_or(&[][..], |one| one.events());
        events.iter().any(|(_, _, statement)| {
            let report = matches!(statement.act, Act::Group(GroupAct::ReportMissing { .. }));
            report && statement.actor.device() == Some(device)
        })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_epoch_with_rubbish_for_a_member() {
    let (team, nurse) = with_nurse().await;
    let (team, rogue) = overtaken(team).await;
    rogue.call([&nurse]);
    all_see(&rogue, &[&team.doctor, &team.chief, &nurse], LogId::Group(team.group)).await;
    made_in(&team, &rogue, Making { rubbish: Some(team.doctor.device()), ..Making::default() }).await;
    // Said on record, and handed over by a third one's device.
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "新しい鍵で");
    assert!(reports(&team) && trusts(&team.doctor, LogId::Group(team.group)));
}

/// The number of the group's present key, as the doctor's device knows it.
fn epoch(team: &Team) -> u32 {
    let found = |replica: &renkei_client_core::replica::Replica| Some(replica.group(team.group)?.group()?.epoch());
    team.doctor.client().look(found).expect("a key")
}

/// The doctor has no key to what was written last, says so, accuses nobody of it, and writes under a key of its own making.
async fn awaits(team: &Team, rogue: &Rogue) {
    let log = LogId::Group(team.group);
    has(&team.doctor, log, size(rogue, TRUTH, log)).await;
    let before = epoch(team);
    team.doctor.client().send(team.group, "自分の鍵で").await.expect("sent");
    assert_eq!(epoch(team), before + 1);
    assert_eq!(team.doctor.present(team.group)[2], format!("({})", Code::KeyAwaited));
    assert!(!team.doctor.client().has_all_keys(team.group) && !reports(team));
    assert_eq!(team.chief.texts(team.group, 4).await[2..], ["新しい鍵で", "自分の鍵で"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_epoch_with_an_outsider_in_a_members_place() {
    // As many boxes as there are readers, under the right roster: an honest server would have seen whose they are.
    let (device, keys) = outsider();
    let outsider = Some((device, keys.public().clone()));
    let making = Making { outsider, ..Making::default() };
    let (team, rogue, number) = made(|team| Making { without: Some(team.doctor.device()), ..making }).await;
    awaits(&team, &rogue).await;
    // The next key is for the doctor too, and the lost one holds nothing up.
    assert!(made_in(&team, &rogue, Making::default()).await > number);
    let log = LogId::Group(team.group);
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    team.doctor.client().send(team.group, "また書ける").await.expect("the truth works");
    assert_eq!(team.doctor.present(team.group)[3..], ["自分の鍵で", "新しい鍵で", "また書ける"]);
}

/// While the server answers the doctor's fetching as `lie` does, the doctor reads nothing of the new key and says so; the
/// truth then works.
async fn fetched(lie: impl Fn(&[(Boxes, u64)], u64, DeviceId, DeviceId) -> Option<(u32, SealedBox)> + Send + 'static) {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let (doctor, chief) = (team.doctor.device(), team.chief.device());
    let present = size(&rogue, TRUTH, log);
    rogue.script(move |state, device, op| {
        let Op::FetchBox { seq, .. } = op else { return None };
        if device != doctor || *seq < present {
            return None;
        }
        let epochs = state.history(device).log(log).iter();
        let epochs = epochs.filter(|told| matches!(told.statement().act, Act::Epoch(_)));
        let all: Vec<(Boxes, u64)> =
            epochs.filter_map(|told| Some((told.sidecar.boxes.clone()?, told.entry.header.seq))).collect();
        let (index, sealed) = lie(&all, *seq, doctor, chief)?;
        let boxes = &all.iter().find(|(_, at)| at == seq)?.0;
        let (_, _, proof) = find_box(boxes, sealed.device)?;
        Some(Ok(Answer::FetchedBox { index, sealed, proof }))
    });
    made_in(&team, &rogue, Making::default()).await;
    awaits(&team, &rogue).await;
    rogue.script(|_, _, _| None);
    rogue.call([&team.doctor]);
    assert_eq!(team.doctor.texts(team.group, 4).await[2..], ["新しい鍵で", "自分の鍵で"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_box_of_another() {
    fetched(|all, seq, _, chief| {
        let (boxes, _) = all.iter().find(|(_, at)| *at == seq)?;
        let (index, sealed, _) = find_box(boxes, chief)?;
        Some((index, sealed))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_box_of_another_with_ones_own_name() {
    fetched(|all, seq, doctor, chief| {
        let (boxes, _) = all.iter().find(|(_, at)| *at == seq)?;
        let (index, sealed, _) = find_box(boxes, chief)?;
        Some((index, SealedBox { device: doctor, ..sealed }))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_box_of_an_earlier_key() {
    fetched(|all, seq, doctor, _| {
        let (boxes, _) = all.iter().rfind(|(_, at)| *at < seq)?;
        let (index, sealed, _) = find_box(boxes, doctor)?;
        Some((index, sealed))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_box_more_than_was_signed() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    made_in(&team, &rogue, Making::default()).await;
    let at = rogue.look(TRUTH, |truth| truth.last(log, |act| matches!(act, Act::Epoch(_))));
    team.doctor.texts(team.group, 3).await;
    // The next one has a box for a ghost beside those that it signs: with that in the tree, nobody's is under the root.
    let mut colluder = Colluder::of(&rogue, &team.chief);
    has(&team.chief, log, size(&rogue, TRUTH, log)).await;
    let (signed, sidecar) =
        rogue.look(TRUTH, |truth| colluder.epoch(truth, team.group, &team.chief, Making::default()));
    let mut boxes = sidecar.boxes.clone().expect("boxes").into_vec();
    boxes.push(SealedBox { device: DeviceId(random()), ..boxes[0].clone() });
    boxes.sort_by_key(|one| one.device);
    let more = Sidecar { boxes: Some(Boxes::new(boxes).expect("a few")), ..Sidecar::default() };
    rogue.append(TRUTH, &signed, &more);
    let place = rogue.look(TRUTH, |truth| truth.last(log, |act| matches!(act, Act::Epoch(_))));
    assert!(place > at);
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    let before = epoch(&team);
    team.doctor.client().send(team.group, "自分の鍵で").await.expect("sent");
    assert_eq!(epoch(&team), before + 1);
    assert!(!team.doctor.client().has_all_keys(team.group) && !reports(&team));
    rogue.change(|state| state.histories[TRUTH].spoil(log, |all| all[place].sidecar = sidecar));
    rogue.call([&team.doctor]);
    team.doctor.reads(team.group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_renamed_group() {
    let label = SealedLabel { salt: Hash32(random()), label: line("見本 次郎さん"), release: None };
    let (team, rogue, number) = made(|_| Making { label: Some(label), ..Making::default() }).await;
    assert_eq!(team.doctor.texts(team.group, 3).await[2], "新しい鍵で");
    assert_eq!(team.doctor.client().label(team.group).expect("a label").as_str(), "見本 花子さん 在宅チーム");
    assert_eq!(team.doctor.client().renamed(team.group), Some(number), "the warning");
    let next = made_in_again(&team, &rogue).await;
    assert!(next > number);
    assert_eq!(team.doctor.client().renamed(team.group), None);
}

/// The next key, made as it must be.
async fn made_in_again(team: &Team, rogue: &Rogue) -> u32 {
    let number = made_in(team, rogue, Making { label: label_of(rogue, &team.chief, team), ..Making::default() }).await;
    assert_eq!(team.doctor.texts(team.group, 4).await[3], "新しい鍵で");
    number
}

fn label_of(rogue: &Rogue, person: &Person, team: &Team) -> Option<SealedLabel> {
    let colluder = Colluder::of(rogue, person);
    rogue.look(TRUTH, |truth| colluder.read_label(truth, team.group))
}

/// Nothing else than what the person can read is shown in place of what can't be read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_words_under_no_key() {
    let (team, rogue) = scene().await;
    let mut colluder = Colluder::of(&rogue, &team.chief);
    let number = *colluder.epochs.keys().map(|(_, number)| number).max().expect("a key");
    // Sealed under a key of the colluder's own that was never given to anybody.
    let own = renkei_sealing::epoch::EpochKey::generate(&mut rand_core::OsRng);
    colluder.epochs.insert((team.group, number), own);
    let signed = rogue.look(TRUTH, |truth| colluder.message(truth, team.group, number, "読めない"));
    rogue.append(TRUTH, &signed, &Sidecar::default());
    assert_eq!(team.doctor.texts(team.group, 3).await[2], format!("({})", Code::NotAuthentic));
}
