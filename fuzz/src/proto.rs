//! Every decoder of `renkei-proto` that bytes of a peer, a file or a person reach. What is taken must have one form:
//! written again it is the same bytes, and read again the same value.

use core::fmt::{Debug, Display};
use core::str::FromStr;

use renkei_proto::access::{AccessRecord, AccessTip, SignedAccessHead, Source};
use renkei_proto::access_file;
use renkei_proto::act::{Act, ReleaseKey, SealedLabel};
use renkei_proto::bounds;
use renkei_proto::bytes::Blob;
use renkei_proto::card::{CardContent, Kana, Telephone};
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::entry::{Entry, Tip};
use renkei_proto::erasure_word::SignedErasureWord;
use renkei_proto::file::{Attachment, Part, Present, SignedOpening, TAG};
use renkei_proto::forms::{Committed, FormNames, UseDetails};
use renkei_proto::frame::{
    Answer, Boxes, ClientFrame, Details, EnrolAnswer, EnrolOp, Fault, Password, RecoveryCode, RootOp, Sidecar,
    box_is_under, boxes_root, find_box, sync,
};
use renkei_proto::group_receipt::SignedGroupReceipt;
use renkei_proto::hash::Hash32;
use renkei_proto::heads::SignedHeads;
use renkei_proto::id::{
    AnnouncementId, AssociationId, DelegationId, DeviceId, FacilityId, FileId, GroupId, InvitationId, RequestId,
    SessionId, StatementId, TakeoutId, TicketId, TrainingId, UserId,
};
use renkei_proto::key::{Signature, SigningSecret};
use renkei_proto::merkle::{self, Proof};
use renkei_proto::safety::SignedSafety;
use renkei_proto::scan::ScanKey;
use renkei_proto::statement::{Claim, Signed};
use renkei_proto::text::{Line, safe_to_show};
use renkei_proto::ticket::{Bundle, Offer, Ticket};
use renkei_proto::time::Date;
use renkei_proto::wipe::SignedReceipt;
use renkei_proto::wipe_proof::WipeProof;
use renkei_proto::wording::Wording;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A target's name, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[
    ("access_head", access_head),
    ("access_record", access_record),
    ("answer", answer),
    ("boxes", boxes),
    ("bundle", bundle),
    ("card", card),
    ("client_frame", client_frame),
    ("details", details),
    ("enrol_answer", enrol_answer),
    ("enrol_op", enrol_op),
    ("entry", entry),
    ("forms", forms),
    ("heads", heads),
    ("heads_text", heads_text),
    ("line", line),
    ("merkle", merkle),
    ("offer", offer),
    ("password", password),
    ("receipt", receipt),
    ("group_receipt", group_receipt),
    ("safety", safety),
    ("root_op", root_op),
    ("sealed_label", sealed_label),
    ("sidecar", sidecar),
    ("signed", signed),
    ("statement", statement),
    ("sync_items", sync_items),
    ("text", text),
    ("ticket_link", ticket_link),
    ("wording", wording),
    ("opening", opening),
    ("present", present),
    ("erasure_word", erasure_word),
    ("wipe_proof", wipe_proof),
];

/// The value in `bytes`, if there is one: the same bytes when it is written.
fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8], max: usize) -> Option<T> {
    let value: T = codec::decode_bounded(bytes, max).ok()?;
    let written = codec::encode(&value);
    assert_eq!(written, bytes, "another form of the same");
    assert_eq!(codec::decode::<T>(&written), Ok(value), "another value of the same bytes");
    codec::decode(bytes).ok()
}

/// The value that `text` names, if it names one: the same when it is written out and read once more.
fn typed<T: FromStr + Display + PartialEq + Debug>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    let again = value.to_string().parse::<T>().ok();
    assert_eq!(again.as_ref(), Some(&value), "{text}");
    Some(value)
}

/// A key that signed nothing.
fn stranger() -> SigningSecret {
    SigningSecret::from_seed(&[0x99; 32])
}

/// Whatever lengths a file is said to have: its chunks add up to them, or there are none.
fn cut(file: &Attachment) {
    for (part, stored) in [Part::Content, Part::Preview].map(|part| (part, file.part(part))) {
        let Some((stored, count)) = stored.and_then(|stored| Some((stored, stored.chunks(part)?))) else { continue };
        assert!((1..=bounds::FILE_CHUNKS as u64).contains(&u64::from(count)));
        let lengths = (0..count).filter_map(|index| stored.chunk_length(part, index));
        assert_eq!(lengths.map(|length| length as u64).sum::<u64>(), stored.length);
        assert!(stored.chunk_length(part, count - 1).is_some_and(|last| last > TAG), "an empty last chunk");
        assert_eq!(stored.chunk_length(part, count), None);
    }
}

/// [`Claim::parse`].
pub fn statement(bytes: &[u8]) {
    let Ok(blob) = Blob::new(bytes.to_vec()) else { return };
    let Ok(claim) = Claim::parse(Signed { bytes: blob, signature: Signature([0; 64]) }) else { return };
    let statement = claim.unverified();
    assert_eq!(codec::encode(statement), bytes, "another form of the same");
    assert!(!statement.associated_data().is_empty());
    let _ = (statement.boxes(), statement.registers(), statement.sealing(), statement.introduces());
    if let Act::Post(post) = &statement.act {
        post.files.as_slice().iter().for_each(cut);
    }
    assert!(claim.verify(&stranger().public()).is_err(), "believed without a signature");
}

/// What a patient card says, and its folded texts as people type them.
pub fn card(bytes: &[u8]) {
    if let Some(CardContent::Patient(card)) = read::<CardContent>(bytes, bounds::MESSAGE_TEXT) {
        assert_eq!(card.changed(Some(&card)), [], "a card that differs from itself");
        let typed = card.kana.iter().all(|kana| Kana::new(kana.as_str()).as_ref() == Ok(kana));
        let dialled = |one: &Telephone| Telephone::new(one.as_str()).as_ref() == Ok(one);
        assert!(typed && card.telephones.as_slice().iter().all(dialled), "folded once more into something else");
    }
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    typed::<Kana>(text);
    typed::<Telephone>(text);
}

/// What is sealed beside acts on forms and uses.
pub fn forms(bytes: &[u8]) {
    let names = read::<FormNames>(bytes, bounds::FORM_DETAILS).map(|names| names.commitment());
    let used = read::<UseDetails>(bytes, bounds::FORM_DETAILS).map(|used| used.commitment());
    let scan = read::<ScanKey>(bytes, bounds::FORM_DETAILS).map(|key| key.commitment());
    assert!(names.is_none() || names != used, "one commitment to two things");
    assert!(scan.is_none() || (scan != names && scan != used), "one commitment to two things");
}

/// [`Signed`], and the statement in it.
pub fn signed(bytes: &[u8]) {
    let Some(signed) = read::<Signed>(bytes, bounds::FRAME) else { return };
    let _ = signed.hash();
    if let Ok(claim) = Claim::parse(signed) {
        let _ = claim.verify(&stranger().public());
    }
}

/// [`Entry::decode`], and its place in a log.
pub fn entry(bytes: &[u8]) {
    let Ok(entry) = Entry::decode(bytes) else { return };
    assert_eq!(codec::encode(&entry), bytes, "another form of the same");
    let _ = Tip::empty(entry.header.log).follow(&entry);
    let before = Tip {
        head: renkei_proto::statement::Head { size: entry.header.seq, hash: entry.header.prev },
        ..Tip::empty(entry.header.log)
    };
    if let Ok(tip) = before.follow(&entry) {
        assert_eq!(tip.head, entry.header.head());
    }
    if let Some(claim) = entry.body.clone().and_then(|body| Claim::parse(body).ok()) {
        let _ = entry.describes(claim.unverified());
    }
}

/// [`Bundle::decode`].
pub fn bundle(bytes: &[u8]) {
    let Ok(bundle) = Bundle::decode(bytes) else { return };
    assert_eq!(codec::encode(&bundle), bytes, "another form of the same");
}

/// [`Offer`], and the bundle in it.
pub fn offer(bytes: &[u8]) {
    if let Some(offer) = read::<Offer>(bytes, bounds::ENROL_FRAME) {
        self::bundle(offer.bundle.as_slice());
    }
}

/// A ticket's link.
pub fn ticket_link(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(ticket) = text.parse::<Ticket>() else { return };
    assert_eq!(ticket.link().as_str(), text.trim(), "another form of the same");
}

fn held(signed: &SignedHeads) {
    let Ok(heads) = signed.unverified() else { return };
    assert_eq!(codec::encode(&heads), signed.bytes.as_slice(), "another form of the same");
    assert_eq!(heads.contradicts(&heads), None);
    assert!(
        heads
            .groups
            .as_slice()
            .iter()
            .all(|(id, head)| { heads.of(renkei_proto::statement::LogId::Group(*id)) == Some(*head) })
    );
    assert_eq!(signed.text().parse(), Ok(signed.clone()));
    let _ = signed.verify(&stranger().public());
}

/// Signed heads, and heads alone.
pub fn heads(bytes: &[u8]) {
    if let Some(signed) = read::<SignedHeads>(bytes, bounds::HEADS + 128) {
        held(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        held(&SignedHeads { bytes, signature: Signature([0; 64]) });
    }
}

/// Signed heads as text.
pub fn heads_text(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(signed) = text.parse::<SignedHeads>() else { return };
    assert_eq!(signed.text(), text.trim(), "another form of the same");
    held(&signed);
}

/// Signed receipts, and receipts alone.
pub fn receipt(bytes: &[u8]) {
    let held = |signed: &SignedReceipt| {
        if let Ok(receipt) = signed.unverified() {
            assert_eq!(codec::encode(&receipt), signed.bytes.as_slice(), "another form of the same");
            let _ = signed.verify(&stranger().public());
        }
    };
    if let Some(signed) = read::<SignedReceipt>(bytes, bounds::FRAME) {
        held(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        held(&SignedReceipt { bytes, signature: Signature([0; 64]) });
    }
}

/// Signed answers to a broadcast, and answers alone.
pub fn safety(bytes: &[u8]) {
    let held = |signed: &SignedSafety| {
        if let Ok(answer) = signed.unverified() {
            assert_eq!(codec::encode(&answer), signed.bytes.as_slice(), "another form of the same");
            let _ = signed.verify(&stranger().public());
        }
    };
    if let Some(signed) = read::<SignedSafety>(bytes, bounds::FRAME) {
        held(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        held(&SignedSafety { bytes, signature: Signature([0; 64]) });
    }
}

/// Signed receipts of groups, and receipts of groups alone.
pub fn group_receipt(bytes: &[u8]) {
    let held = |signed: &SignedGroupReceipt| {
        if let Ok(receipt) = signed.unverified() {
            assert_eq!(codec::encode(&receipt), signed.bytes.as_slice(), "another form of the same");
            let _ = signed.verify(&stranger().public());
        }
    };
    if let Some(signed) = read::<SignedGroupReceipt>(bytes, bounds::FRAME) {
        held(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        held(&SignedGroupReceipt { bytes, signature: Signature([0; 64]) });
    }
}

/// Signed words on erasures, and words alone.
pub fn erasure_word(bytes: &[u8]) {
    let held = |signed: &SignedErasureWord| {
        if let Ok(word) = signed.unverified() {
            assert_eq!(codec::encode(&word), signed.bytes.as_slice(), "another form of the same");
            let _ = signed.verify(&stranger().public());
        }
    };
    if let Some(signed) = read::<SignedErasureWord>(bytes, bounds::FRAME) {
        held(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        held(&SignedErasureWord { bytes, signature: Signature([0; 64]) });
    }
}

/// Requests to open a file: signed, and alone.
pub fn opening(bytes: &[u8]) {
    let held = |signed: &SignedOpening| {
        if let Ok(opening) = signed.unverified() {
            assert_eq!(codec::encode(&opening), signed.bytes.as_slice(), "another form of the same");
            assert!(signed.verify(&stranger().public()).is_err(), "believed without a signature");
            assert!(opening.holds(&stranger().public(), &signed.signature).is_err(), "held without a signature");
        }
    };
    if let Some(signed) = read::<SignedOpening>(bytes, bounds::FRAME) {
        held(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        held(&SignedOpening { bytes, signature: Signature([0; 64]) });
    }
}

/// [`Present`].
pub fn present(bytes: &[u8]) {
    let Some(present) = read::<Present>(bytes, bounds::FRAME) else { return };
    let chunks = (0..2_000_u32).filter(|chunk| present.has(*chunk)).collect::<Vec<_>>();
    let again = Present::new(chunks.iter().copied());
    assert!(chunks.iter().all(|chunk| again.has(*chunk)), "a chunk that is lost");
    assert!(!present.has(u32::MAX));
}

/// [`Wording`].
pub fn wording(bytes: &[u8]) {
    if let Some(wording) = read::<Wording>(bytes, bounds::FRAME) {
        let _ = wording.hash();
        assert_eq!(safe_to_show(wording.japanese.as_str()), wording.japanese.as_str(), "not safe to show");
        assert_eq!(safe_to_show(wording.english.as_str()), wording.english.as_str(), "not safe to show");
    }
}

/// [`ClientFrame`].
pub fn client_frame(bytes: &[u8]) {
    read::<ClientFrame>(bytes, bounds::FRAME);
}

/// [`EnrolOp`], and a request of the root in it.
pub fn enrol_op(bytes: &[u8]) {
    if let Some(EnrolOp::Root { op, .. }) = read::<EnrolOp>(bytes, bounds::ENROL_FRAME) {
        root_op(op.as_slice());
    }
}

/// [`RootOp`].
pub fn root_op(bytes: &[u8]) {
    read::<RootOp>(bytes, bounds::ENROL_FRAME);
}

/// [`Answer`] or [`Fault`].
pub fn answer(bytes: &[u8]) {
    read::<Result<Answer, Fault>>(bytes, bounds::FRAME);
}

/// [`EnrolAnswer`] or [`Fault`].
pub fn enrol_answer(bytes: &[u8]) {
    read::<Result<EnrolAnswer, Fault>>(bytes, bounds::ENROL_FRAME);
}

/// The items of a sync stream, one after the other.
pub fn sync_items(bytes: &[u8]) {
    let mut rest = bytes;
    while let Ok(Some((tag, item, whole))) = sync::take(rest) {
        assert!(whole > 4 && whole <= rest.len() && item.len() + sync::PREFIX == whole);
        assert_eq!([&sync::prefix(tag, item.len()), item].concat(), rest[..whole]);
        match tag {
            sync::ENTRY => entry(item),
            sync::NOTICE => {
                if let Some(sync::Notice::Heads(signed)) = read::<sync::Notice>(item, sync::ITEM) {
                    held(&signed);
                }
            }
            _ => {}
        }
        rest = &rest[whole..];
    }
}

/// [`Boxes`] with their root and proofs.
pub fn boxes(bytes: &[u8]) {
    let Some(boxes) = read::<Boxes>(bytes, bounds::SIDECAR) else { return };
    let Some(root) = boxes_root(&boxes) else { return };
    // A proof hashes all of them: the first and the last will do.
    for sealed in boxes.as_slice().iter().take(1).chain(boxes.as_slice().last()) {
        let found = find_box(&boxes, sealed.device);
        assert!(
            found.is_some_and(|(index, found, proof)| found == *sealed && box_is_under(root, index, sealed, &proof))
        );
    }
}

/// [`Sidecar`].
pub fn sidecar(bytes: &[u8]) {
    if let Some(sidecar) = read::<Sidecar>(bytes, bounds::SIDECAR) {
        let _ = sidecar.sealing.map(|keys| keys.fingerprint());
        let _ = sidecar.details.map(|details| details.commitment());
        let _ = sidecar.boxes.as_ref().and_then(boxes_root);
    }
}

/// [`Details`].
pub fn details(bytes: &[u8]) {
    if let Some(details) = read::<Details>(bytes, bounds::FRAME) {
        let _ = details.commitment();
    }
}

/// [`SealedLabel`].
pub fn sealed_label(bytes: &[u8]) {
    if let Some(label) = read::<SealedLabel>(bytes, bounds::LABEL_PAYLOAD) {
        let _ = label.commitment();
    }
}

/// Claims about trees: nothing makes a wrong one true, and nothing panics.
pub fn merkle(bytes: &[u8]) {
    if let Some((root, count, index, leaf, proof)) = read::<(Hash32, u64, u64, Hash32, Proof)>(bytes, bounds::FRAME) {
        let (Ok(count), Ok(index)) = (usize::try_from(count), usize::try_from(index)) else { return };
        if merkle::includes(root, count, index, &leaf.0, &proof) {
            assert!(index < count);
            assert!(!merkle::includes(root, count, index, b"another", &proof));
        }
    }
    if let Some((old, old_root, new, new_root, proof)) = read::<(u64, Hash32, u64, Hash32, Proof)>(bytes, bounds::FRAME)
        && merkle::consistent(old, old_root, new, new_root, &proof)
    {
        assert!(old <= new);
        // From one end each: the other root can't be any other.
        assert!(!merkle::consistent(old, Hash32([0xfe; 32]), new, new_root, &proof) || old_root == Hash32([0xfe; 32]));
        assert!(!merkle::consistent(old, old_root, new, Hash32([0xfe; 32]), &proof) || new_root == Hash32([0xfe; 32]));
    }
}

/// Identifiers, hashes, days, signatures, codes: what people type or paste.
pub fn text(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    typed::<AssociationId>(text);
    typed::<FacilityId>(text);
    typed::<UserId>(text);
    typed::<DeviceId>(text);
    typed::<GroupId>(text);
    typed::<InvitationId>(text);
    typed::<DelegationId>(text);
    typed::<StatementId>(text);
    typed::<RequestId>(text);
    typed::<SessionId>(text);
    typed::<TicketId>(text);
    typed::<TrainingId>(text);
    typed::<FileId>(text);
    typed::<TakeoutId>(text);
    typed::<AnnouncementId>(text);
    typed::<Hash32>(text);
    typed::<ReleaseKey>(text);
    typed::<Date>(text);
    typed::<Signature>(text);
    typed::<Code>(text);
    // Typed with or without hyphens, in any case: one code.
    if let Ok(code) = text.parse::<RecoveryCode>() {
        assert_eq!(code.text().parse(), Ok(code));
    }
    typed::<Source>(text);
}

/// [`Line`], and what is shown of a message.
pub fn line(bytes: &[u8]) {
    read::<Line<{ bounds::NAME }>>(bytes, bounds::FRAME);
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let shown = safe_to_show(text);
    assert_eq!(safe_to_show(&shown), shown);
    if let Some(line) = typed::<Line<{ bounds::NAME }>>(text) {
        assert_eq!(shown, line.as_str(), "a line that can't be shown as it is");
        assert!(line.as_str().len() <= bounds::NAME);
    }
}

/// [`Password::new`]: bounded, and folded once and for all.
pub fn password(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(password) = Password::new(text) else { return };
    assert!(password.as_bytes().len() <= bounds::PASSWORD);
    let folded = core::str::from_utf8(password.as_bytes()).unwrap_or_default();
    assert_eq!(Password::new(folded), Ok(password.clone()), "folded twice it is another");
}

/// [`AccessRecord::decode`], and its place in a chain.
pub fn access_record(bytes: &[u8]) {
    let Ok(record) = AccessRecord::decode(bytes) else { return };
    assert_eq!(codec::encode(&record), bytes, "another form of the same");
    let (prev, seq) = (record.prev, record.seq);
    let mut tip = AccessTip { size: seq, last: prev, time: record.time };
    assert_eq!(tip.follow(bytes), Ok(record.clone()));
    assert!(tip.follow(bytes).is_err(), "twice the same");
    let _ = (record.what.counted(), record.what.group());
    if let Some((opening, signature)) = record.opening(AssociationId([0xa1; 16])) {
        assert!(opening.holds(&stranger().public(), &signature).is_err(), "held without a signature");
    }
    if let Ok(line) = access_file::Line::new(bytes, None) {
        assert_eq!(line.record, record);
    }
}

fn ended(signed: &SignedAccessHead) {
    let Ok(head) = signed.unverified() else { return };
    assert_eq!(codec::encode(&head), signed.bytes.as_slice(), "another form of the same");
    assert_eq!(signed.text().parse(), Ok(signed.clone()));
    assert!(signed.verify(&stranger().public()).is_err(), "believed without a signature");
}

/// Heads of the record of access: signed, alone, as text.
pub fn access_head(bytes: &[u8]) {
    if let Some(signed) = read::<SignedAccessHead>(bytes, bounds::ACCESS_HEAD + 128) {
        ended(&signed);
    }
    if let Ok(bytes) = Blob::new(bytes.to_vec()) {
        ended(&SignedAccessHead { bytes, signature: Signature([0; 64]) });
    }
    let Some(signed) = core::str::from_utf8(bytes).ok().and_then(|text| text.parse::<SignedAccessHead>().ok()) else {
        return;
    };
    ended(&signed);
}

/// The proof of a wipe, read from a file that anybody hands over.
pub fn wipe_proof(bytes: &[u8]) {
    if let Ok(proof) = WipeProof::decode(bytes) {
        assert_eq!(proof.encode(), bytes, "another form of the same");
        let _ = proof.heads.verify(&stranger().public());
        for signed in proof.receipts.as_slice() {
            assert!(signed.verify(&stranger().public()).is_err(), "believed without a signature");
        }
    }
}
