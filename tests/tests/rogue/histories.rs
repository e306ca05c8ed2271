//! Histories: something kept back, two told to two people, an older one told again, a past that is changed.

use std::path::Path;

use renkei_client_core::proto::act::{Act, GroupAct, Profession, RegistryAct, ServerKeys};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::Sidecar;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::heads::Heads;
use renkei_client_core::proto::id::{InvitationId, UserId};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{Actor, LogId, Role};
use renkei_client_core::random;
use renkei_tests::rogue::{Colluder, Rogue, TRUTH, Told, read};
use renkei_tests::{PATIENCE, Person, Team, refused};

use crate::{all_see, distrusts, has, overtaken, scene, size, trusts, with_nurse};

/// A little longer than heads are fresh.
const STALE: u64 = renkei_client_core::proto::bounds::HEADS_FRESH + 10;

/// Somebody of the chief's staff whom the doctor can invite.
async fn invitable(team: &Team) -> UserId {
    let named = renkei_client_core::office::details("架空 客", None).expect("a name");
    let user = team.chief.client().register_staff(Profession::Nurse, named, None).await.expect("registered");
    let there = team.doctor.client().wait_until(PATIENCE, |replica| replica.registry().now().user(user).map(|_| ()));
    there.await.expect("registered");
    user
}

/// The heads that the server has signed for this person last.
fn signed(rogue: &Rogue, person: &Person) -> Heads {
    rogue.last_signed(person).expect("heads").unverified().expect("heads")
}

/// Waits until heads that are as long as the group here have come, and gives them as this device keeps them.
async fn witnessed(rogue: &Rogue, person: &Person, log: LogId, size: u64) -> Heads {
    rogue.state_heads(&[person]);
    let here = person.client().wait_until(PATIENCE, |replica| {
        let heads = replica.witness().heads()?;
        (heads.of(log)?.size >= size).then(|| heads.clone())
    });
    here.await.expect("heads")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_newest_withheld_under_true_heads() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.chief]);
    team.doctor.client().send(team.group, "隠された").await.expect("sent");
    let now = rogue.now();
    let truth = rogue.look(TRUTH, |truth| truth.heads(truth.association(), now));
    rogue.signing(move |identity, _, heads| {
        vec![identity.sign_heads(&Heads { time: heads.time, ..truth.clone() }).expect("heads")]
    });
    rogue.state_heads(&[&team.doctor]);
    assert!(trusts(&team.doctor, log), "to whom was told all of it");
    rogue.state_heads(&[&team.chief]);
    distrusts(&team.chief, log).await;
    assert_eq!(size(&rogue, fork, log) + 1, size(&rogue, TRUTH, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_newest_withheld_under_old_heads() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let (guest, other) = (invitable(&team).await, invitable(&team).await);
    team.doctor.client().invite(team.group, guest).await.expect("the truth works");
    let old = rogue.last_signed(&team.doctor).expect("heads");
    rogue.fork(&[&team.doctor]);
    rogue.signing(move |_, _, _| vec![old.clone()]);
    all_see(&rogue, &[&team.chief], log).await;
    team.chief.client().send(team.group, "隠された").await.expect("sent");
    assert!(team.doctor.client().heads_are_fresh());
    rogue.advance(&team.world, STALE);
    rogue.state_heads(&[&team.doctor]);
    refused(team.doctor.client().invite(team.group, other).await, Code::HeadsStale);
    assert!(!team.doctor.client().heads_are_fresh(), "the warning");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_newest_withheld_under_fresh_lying_heads() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.doctor]);
    let hidden = team.chief.client().send(team.group, "隠された").await.expect("sent").head;
    let chiefs = witnessed(&rogue, &team.chief, log, hidden.size).await;
    rogue.advance(&team.world, STALE);
    let lying = witnessed(&rogue, &team.doctor, log, hidden.size - 1).await;
    assert_eq!(lying.of(log).map(|head| head.size), Some(hidden.size - 1));
    assert!(trusts(&team.doctor, log), "nothing to be seen yet");
    let next = team.chief.client().send(team.group, "続き").await.expect("sent").head;
    // The message names what its author had seen.
    rogue.cross(TRUTH, log, usize::try_from(next.size).expect("a place") - 1, fork);
    distrusts(&team.doctor, log).await;
    assert!(trusts(&team.chief, log));
    // And what the server has signed for the one and for the other can't both be true.
    rogue.state_heads(&[&team.doctor]);
    let both = signed_until(&rogue, &team.doctor, log, hidden.size).await;
    assert_eq!(both.contradicts(&chiefs), Some(log));
}

/// Waits until the server has signed heads of this size for this person.
async fn signed_until(rogue: &Rogue, person: &Person, log: LogId, size: u64) -> Heads {
    let found = async {
        let mut changes = person.client().changes();
        loop {
            let heads = signed(rogue, person);
            if heads.of(log).is_some_and(|head| head.size >= size) {
                return heads;
            }
            changes.changed().await.expect("a client");
        }
    };
    renkei_tests::within("signed heads", found).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_withheld_removal() {
    let (team, nurse) = with_nurse().await;
    let (team, rogue) = overtaken(team).await;
    rogue.call([&nurse]);
    let log = LogId::Group(team.group);
    let guest = invitable(&team).await;
    all_see(&rogue, &[&team.doctor, &team.chief, &nurse], log).await;
    let fork = rogue.fork(&[&team.doctor, &nurse]);
    team.chief.client().remove(team.group, nurse.user()).await.expect("removed");
    // Told of it, a device leaves the removed person out.
    team.chief.client().send(team.group, "三人目は抜けました").await.expect("sent");
    let sealed = |device| {
        rogue.look(TRUTH, |truth| {
            let told = truth.log(log).iter().rfind(|told| matches!(told.statement().act, Act::Epoch(_))).cloned();
            let boxes = told.and_then(|told| told.sidecar.boxes).expect("boxes").into_vec();
            boxes.iter().any(|one| one.device == device)
        })
    };
    assert!(!sealed(nurse.device()) && sealed(team.doctor.device()));
    // The doctor is not told. As long as the heads are old, nobody can be let in.
    let old = rogue.last_signed(&team.doctor).expect("heads");
    rogue.signing(move |_, _, _| vec![old.clone()]);
    rogue.advance(&team.world, STALE);
    refused(team.doctor.client().invite(team.group, guest).await, Code::HeadsStale);
    // The first message from somebody who saw the removal gives the server away.
    let place = rogue.look(TRUTH, |truth| truth.last(log, |act| matches!(act, Act::Message(_))));
    rogue.cross(TRUTH, log, place, fork);
    distrusts(&team.doctor, log).await;
    let texts = team.doctor.client().read(team.group, 0).expect("a group");
    assert!(!texts.iter().any(|shown| shown.text.as_deref() == Ok("三人目は抜けました")));
    let before = size(&rogue, fork, log);
    refused(team.doctor.client().invite(team.group, guest).await, Code::HeadsStale);
    assert_eq!(size(&rogue, fork, log), before, "nothing more was given to the server");
    assert!(trusts(&team.chief, log));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_two_histories_for_two_members() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let fork = rogue.fork(&[&team.doctor]);
    let (one, two) =
        (team.doctor.client().send(team.group, "甲").await, team.chief.client().send(team.group, "乙").await);
    let (one, two) = (one.expect("sent").head, two.expect("sent").head);
    assert_eq!((one.size, one.hash == two.hash), (two.size, false), "a fork");
    let doctors = witnessed(&rogue, &team.doctor, log, one.size).await;
    let chiefs = witnessed(&rogue, &team.chief, log, one.size).await;
    assert!(trusts(&team.doctor, log) && trusts(&team.chief, log), "apart, neither can know");
    assert_eq!(doctors.contradicts(&chiefs), Some(log), "side by side, everybody can");
    let (again, once) = (
        team.doctor.client().send(team.group, "甲の次").await.expect("sent").head,
        team.chief.client().send(team.group, "乙の次").await.expect("sent").head,
    );
    rogue.cross(fork, log, usize::try_from(again.size).expect("a place") - 1, TRUTH);
    distrusts(&team.chief, log).await;
    rogue.cross(TRUTH, log, usize::try_from(once.size).expect("a place") - 1, fork);
    distrusts(&team.doctor, log).await;
}

/// The doctor's and the chief's device have seen more than a restored server has.
async fn restored(rogue: &Rogue, team: &Team) -> LogId {
    let log = LogId::Group(team.group);
    let present = team.doctor.client().send(team.group, "復元前").await.expect("sent").head;
    team.chief.texts(team.group, 3).await;
    for person in [&team.doctor, &team.chief] {
        witnessed(rogue, person, log, present.size).await;
    }
    rogue.change(|state| {
        let mut old = state.histories[TRUTH].clone();
        old.spoil(log, |all| drop(all.pop()));
        state.histories.push(old);
    });
    log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_older_log_after_a_restore() {
    let (team, rogue) = scene().await;
    let log = restored(&rogue, &team).await;
    rogue.tell(&team.chief, 1);
    rogue.call([&team.chief, &team.doctor]);
    distrusts(&team.chief, log).await;
    team.doctor.client().send(team.group, "復元していない方").await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_older_log_at_the_next_sign_in() {
    let (mut team, rogue) = scene().await;
    let log = restored(&rogue, &team).await;
    // The app did not end as it should: what it has seen is on the disk all the same.
    rogue.tell(&team.chief, 1);
    team.chief.sign_in_with(0).await.expect("signed in");
    distrusts(&team.chief, log).await;
    rogue.tell(&team.chief, TRUTH);
    crate::forgives(&mut team.chief, log).await;
    team.chief.client().send(team.group, "全部ある").await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_group_kept_back_at_the_next_sign_in() {
    let (mut team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    team.chief.take_client().lock().await.expect("locked");
    rogue.change(|state| {
        let mut without = state.histories[TRUTH].clone();
        without.spoil(log, Vec::clear);
        state.histories.push(without);
    });
    rogue.tell(&team.chief, 1);
    team.chief.sign_in_with(0).await.expect("signed in");
    assert!(crate::code(&team.chief, log).is_some(), "not written to");
    assert!(team.chief.client().send(team.group, "どこへ").await.is_err());
    rogue.tell(&team.chief, TRUTH);
    crate::forgives(&mut team.chief, log).await;
    team.chief.client().send(team.group, "ここへ").await.expect("the truth works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_approval_replayed_after_a_removal() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let approve = |act: &Act| matches!(act, Act::Group(GroupAct::Approve { .. }));
    let told: Told = rogue.look(TRUTH, |truth| truth.log(log)[truth.last(log, approve)].clone());
    team.doctor.client().remove(team.group, team.chief.user()).await.expect("removed");
    let member = |person: &Person| {
        person.client().look(|replica| {
            replica.group(team.group).and_then(|one| one.group()?.membership(team.chief.user()).map(|_| ())).is_some()
        })
    };
    assert!(!member(&team.doctor));
    rogue.append(TRUTH, &told.signed(), &told.sidecar);
    distrusts(&team.doctor, log).await;
    assert!(!member(&team.doctor), "nobody came back by it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_invitation_consumed_twice() {
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let colluder = Colluder::of(&rogue, &team.chief);
    let approve = |act: &Act| matches!(act, Act::Group(GroupAct::Approve { .. }));
    let act = rogue.look(TRUTH, |truth| truth.log(log)[truth.last(log, approve)].statement().act);
    team.doctor.client().remove(team.group, team.chief.user()).await.expect("removed");
    // Properly made and signed this time, by the administrator who may approve; of an invitation that is spent.
    let signed = rogue.look(TRUTH, |truth| colluder.sign(&colluder.statement(truth, log, Role::SnsAdministrator, act)));
    rogue.append(TRUTH, &signed, &Sidecar::default());
    distrusts(&team.doctor, log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_invitation_approved_anew() {
    // What the two above forbid is possible in the proper way.
    let (team, rogue) = scene().await;
    let log = LogId::Group(team.group);
    let colluder = Colluder::of(&rogue, &team.chief);
    team.doctor.client().remove(team.group, team.chief.user()).await.expect("removed");
    let invitation: InvitationId = team.doctor.client().invite(team.group, team.chief.user()).await.expect("invited");
    let invited = |act: &Act| matches!(act, Act::Group(GroupAct::Invite { .. }));
    let signed = rogue.look(TRUTH, |truth| {
        let answers = truth.log(log)[truth.last(log, invited)].signed().hash();
        let act = Act::Group(GroupAct::Approve { invitation, answers, release: None });
        colluder.sign(&colluder.statement(truth, log, Role::SnsAdministrator, act))
    });
    rogue.append(TRUTH, &signed, &Sidecar::default());
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    assert!(trusts(&team.doctor, log));
}

/// The key with which the server signs heads, out of its data directory.
fn statement_key(data: &Path) -> SigningSecret {
    type Identity = (u8, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, [u8; 32], [u8; 32], [u8; 32]);
    let bytes = std::fs::read(data.join("identity")).expect("an identity");
    let identity: Identity = codec::decode(&bytes).expect("an identity");
    SigningSecret::from_seed(&identity.5)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_statement_by_the_servers_own_key() {
    let (team, rogue) = scene().await;
    let (log, key) = (LogId::Group(team.group), statement_key(team.world.server.data()));
    // As the doctor: the chief is to be removed.
    let fork = rogue.fork(&[&team.chief]);
    let template = Colluder::of(&rogue, &team.doctor);
    let statement = rogue.look(TRUTH, |truth| {
        let act = Act::Group(GroupAct::Remove { user: team.chief.user() });
        template.statement(truth, log, Role::SnsAdministrator, act)
    });
    rogue.append(fork, &statement.sign(&key).expect("signed"), &Sidecar::default());
    distrusts(&team.chief, log).await;
    // The very same statement by the doctor's own key is obeyed.
    let own = template.sign(&statement);
    rogue.append(TRUTH, &own, &Sidecar::default());
    has(&team.doctor, log, size(&rogue, TRUTH, log)).await;
    assert!(trusts(&team.doctor, log));
    assert!(team.doctor.client().look(|replica| {
        replica.group(team.group).and_then(|one| one.group()?.membership(team.chief.user()).map(|_| ())).is_none()
    }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_certifies_itself() {
    let (team, rogue) = scene().await;
    let (log, key) = (LogId::Registry, statement_key(team.world.server.data()));
    let template = Colluder::of(&rogue, &team.doctor);
    let other = SigningSecret::from_seed(&random());
    let signed = rogue.look(TRUTH, |truth| {
        let server = ServerKeys {
            server_authority: Hash32(random()),
            device_authority: Hash32(random()),
            statement_key: other.public(),
        };
        let mut statement =
            template.statement(truth, log, Role::Root, Act::Registry(RegistryAct::CertifyServer(server)));
        statement.actor = Actor::Root;
        statement.counter =
            u64::try_from(truth.log(log).iter().filter(|told| told.entry.header.author.is_none()).count())
                .expect("a counter")
                + 1;
        statement.sign(&key).expect("signed")
    });
    assert!(matches!(read(&signed).act, Act::Registry(RegistryAct::CertifyServer(_))));
    rogue.append(TRUTH, &signed, &Sidecar::default());
    for person in [&team.doctor, &team.chief] {
        distrusts(person, log).await;
        refused(person.client().send(team.group, "誰の鍵か").await, Code::LogNotTrusted);
    }
}
