//! A record of access that is not what the server has signed for.

use renkei_client_core::proto::access::{
    AccessHead, AccessRecord, AccessTip, Scope, SignedAccessHead, Stage, Subject, What,
};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::codec;
use renkei_client_core::proto::frame::{Answer, Fault, Op};
use renkei_client_core::proto::id::AssociationId;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::merkle::{self, Proof};
use renkei_client_core::proto::statement::LogId;
use renkei_client_core::proto::time::Time;
use renkei_client_core::proto::{SUITE, VERSION};
use renkei_client_core::random;
use renkei_tests::refused;
use renkei_tests::rogue::Rogue;

use crate::scene;

/// A page as the server answers it.
type Page = (SignedAccessHead, Vec<(Vec<u8>, Proof)>, Option<u64>);

/// Answers questions about the record with these pages, one after the other, and everything else truly.
fn answers(rogue: &Rogue, pages: Vec<Page>) {
    let mut pages = pages.into_iter();
    rogue.script(move |state, device, op| match op {
        Op::AccessRecords(_) => {
            let (head, records, next) = pages.next()?;
            let records = records.into_iter().map(|(bytes, proof)| (Blob::new(bytes).expect("a record"), proof));
            let records = List::new(records.collect()).expect("a page");
            Some(Ok::<_, Fault>(Answer::AccessRecords { head, records, next }))
        }
        Op::Entries { log: LogId::Registry, from } => {
            let all = state.histories[state.told_to(device)].log(LogId::Registry);
            let some = all.iter().skip(usize::try_from(*from).expect("a place"));
            let entries = some.map(|told| Blob::new(codec::encode(&told.entry)).expect("an entry")).collect();
            Some(Ok(Answer::Entries(List::new(entries).expect("a short log"))))
        }
        _ => None,
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rogue_access_record_that_is_not_under_the_head() {
    let (team, rogue) = scene().await;
    let mut tip = AccessTip::default();
    let who = Subject { user: Some(team.chief.user()), device: Some(team.chief.device()), source: None };
    let what = |messages| What::Opened { group: team.group, stage: Stage::Began, first: 0, last: 1, messages };
    let records: Vec<Vec<u8>> = (1..6).map(|messages| tip.append(rogue.now(), who, what(messages))).collect();
    let proven = |place: usize| (records[place].clone(), merkle::prove(&records, place).expect("a proof"));
    let association = team.chief.profile.approved().expect("approved").association;
    let over = |association| AccessHead {
        version: VERSION,
        suite: SUITE,
        association,
        time: rogue.now(),
        size: tip.size,
        last: tip.last,
        tree: merkle::root(&records),
    };
    let head = rogue.sign_access(&over(association));
    let elsewhere = rogue.sign_access(&over(AssociationId([7; 16])));
    let stranger = over(association).sign(&SigningSecret::from_seed(&random())).expect("signed");
    let shorter = AccessHead { size: 3, tree: merkle::root(&records[..3]), ..over(association) };
    let shorter = rogue.sign_access(&shorter);
    let mut changed = AccessRecord::decode(&records[2]).expect("a record");
    changed.user = None;
    let changed = (codec::encode(&changed), proven(2).1);
    let moved = (records[2].clone(), proven(3).1);
    let ask = async || team.doctor.client().access_records(Scope::Own, Time(0), Time(u64::MAX)).await;

    answers(&rogue, vec![(head.clone(), vec![proven(0), proven(2)], Some(3)), (head.clone(), vec![proven(4)], None)]);
    assert_eq!(ask().await.expect("the truth works").lines.len(), 3);
    let one_page = |head: &SignedAccessHead, records| vec![(head.clone(), records, None)];
    for (lie, pages) in [
        ("changed", one_page(&head, vec![proven(0), changed])),
        ("of another place", one_page(&head, vec![moved])),
        ("out of order", one_page(&head, vec![proven(2), proven(0)])),
        ("twice", one_page(&head, vec![proven(2), proven(2)])),
        ("under another's head", one_page(&elsewhere, vec![proven(0)])),
        ("under a head of another key", one_page(&stranger, vec![proven(0)])),
        ("on a page under another head", vec![(head.clone(), vec![proven(0)], Some(1)), (shorter, vec![], None)]),
    ] {
        println!("{lie}");
        answers(&rogue, pages);
        refused(ask().await, Code::ExportWrong);
    }
    // Pages without an end.
    answers(&rogue, vec![(head.clone(), vec![], Some(2)), (head, vec![], Some(2))]);
    refused(ask().await, Code::Malformed);
}
