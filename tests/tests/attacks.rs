//! What the newest parts are attacked with: files, scans and proofs, by people who belong to the association and run a client of
//! their own making.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use renkei_client_core::proto::act::{Act, Post};
use renkei_client_core::proto::bytes::{Blob, List};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::{Attachment, Part, Stored, sealed_length};
use renkei_client_core::proto::frame::{Op, Sidecar};
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{FileId, GroupId};
use renkei_client_core::proto::merkle::Frontier;
use renkei_client_core::proto::statement::{LogId, Role};
use renkei_client_core::{Result, random};
use renkei_tests::{Person, Team, files_below, refused};

/// Uploads a chunk as it is.
async fn chunk(person: &Person, group: GroupId, file: FileId, (part, index): (Part, u32), bytes: &[u8]) -> Result<()> {
    let bytes = Blob::new(bytes.to_vec()).expect("a chunk");
    person.client().ask(Op::Upload { group, file, part, index, bytes }).await.map(drop)
}

/// Posts a file of one chunk, with this preview.
async fn post(person: &Person, group: GroupId, file: FileId, first: &[u8], preview: Option<Stored>) -> Result<()> {
    let client = person.client();
    let mut tree = Frontier::default();
    tree.push(first);
    let content = Stored { length: sealed_length(first.len() as u64 - 16), root: tree.root() };
    let epoch = client.look(|replica| replica.group(group).expect("a group").group().expect("a group").epoch());
    let files = List::new(vec![Attachment { file, content, preview }]).expect("one");
    let act = Act::Post(Post { epoch, salt: Hash32(random()), flags: 0, files, ciphertext: Blob::default() });
    client.submit_unchecked(LogId::Group(group), Role::User, None, act, Sidecar::default()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_no_chunk_is_kept_with_a_file_that_its_message_does_not_count() {
    let team = Team::of_two().await;
    let (group, chief) = (team.group, &team.chief);
    team.doctor.client().send(group, "鍵").await.expect("sent");
    chief.texts(group, 1).await;
    // A hundred bytes named, two hundred thousand beside them: in the file itself, or as a preview that nothing names.
    let large = vec![7; 200_000];
    for beside in [(Part::Content, 1), (Part::Content, 500), (Part::Preview, 0)] {
        let file = FileId(random());
        chunk(chief, group, file, (Part::Content, 0), &[5; 100]).await.expect("uploaded");
        let length = if beside.0 == Part::Preview { 100_000 } else { large.len() };
        chunk(chief, group, file, beside, &large[..length]).await.expect("uploaded");
        refused(post(chief, group, file, &[5; 100], None).await, Code::FileIncomplete);
    }
    let file = FileId(random());
    chunk(chief, group, file, (Part::Content, 0), &[5; 100]).await.expect("uploaded");
    post(chief, group, file, &[5; 100], None).await.expect("what is there is what is named");
    refused(chunk(chief, group, file, (Part::Content, 1), &large).await, Code::AlreadyExists);
    let blobs = files_below(&team.world.server.data().join("blobs"));
    let kept = blobs.keys().filter(|path| path.to_string_lossy().contains("/kept/")).count();
    assert_eq!(kept, 1, "what was refused waits for a day and goes");
}
