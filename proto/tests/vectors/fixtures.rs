//! The keys, identifiers and parts of which the vectors are made. None of them is random, and none is used elsewhere.

use renkei_proto::act::{
    Act, BoxesRoot, DeviceKind, DeviceRegistration, FacilityApplication, FacilityKind, FacilityPledge, OperatingSystem,
    Ownership, Person, Profession, RegistryAct, ServerKeys, StaffPledge,
};
use renkei_proto::bounds;
use renkei_proto::bytes::{Blob, List};
use renkei_proto::erasure_word::{Destroyed, ErasureWord, SignedErasureWord};
use renkei_proto::file::{Intent, Opening, Part};
use renkei_proto::frame::{Boxes, Details, SealedBox, boxes_root};
use renkei_proto::group_receipt::{GroupReceipt, SignedGroupReceipt};
use renkei_proto::hash::{Hash32, sha256};
use renkei_proto::heads::{Heads, SignedHeads};
use renkei_proto::id::{DeviceId, FacilityId, GroupId, RequestId, StatementId, TicketId, UserId};
use renkei_proto::key::{SealingPublic, SigningPublic, SigningSecret};
use renkei_proto::safety::{Safety, SafetyAnswer, SignedSafety};
use renkei_proto::statement::{Actor, Head, LogId, Role, Seen, Signed, Statement};
use renkei_proto::text::{Line, Prose};
use renkei_proto::ticket::{Bundle, Purpose, Ticket, TicketSecret};
use renkei_proto::time::{Date, Time};
use renkei_proto::wipe::{Receipt, SignedReceipt};
use renkei_proto::wording::Wording;
use renkei_proto::{RULES, SUITE, VERSION};
use serde_json::{Value, json};

/// 2026-11-22T00:00:00Z.
pub(crate) const NOW: Time = Time(1_795_305_600);

/// The TLS exporter value under every proof.
pub(crate) const EXPORTER: [u8; 32] = [0xee; 32];

pub(crate) const USER: UserId = UserId([0x11; 16]);
pub(crate) const OTHER_USER: UserId = UserId([0x12; 16]);
pub(crate) const DEVICE: DeviceId = DeviceId([0x21; 16]);
pub(crate) const NEW_DEVICE: DeviceId = DeviceId([0x22; 16]);
pub(crate) const FACILITY: FacilityId = FacilityId([0x31; 16]);
pub(crate) const DESK: FacilityId = FacilityId([0x32; 16]);
pub(crate) const GROUP: GroupId = GroupId([0x41; 16]);
pub(crate) const TICKET: TicketId = TicketId([0x51; 16]);

fn key(seed: u8) -> SigningSecret {
    SigningSecret::from_seed(&[seed; 32])
}

/// A text of the association.
pub(crate) fn wording(japanese: &str, english: &str) -> Wording {
    Wording { japanese: Prose::new(japanese).unwrap(), english: Prose::new(english).unwrap() }
}

/// The association's root.
pub(crate) fn root() -> SigningSecret {
    key(1)
}

/// The device that signs what the root does not.
pub(crate) fn author() -> SigningSecret {
    key(2)
}

/// The device that enrols.
pub(crate) fn newcomer() -> SigningSecret {
    key(3)
}

/// The server's statements.
pub(crate) fn server() -> SigningSecret {
    key(4)
}

/// A session.
pub(crate) fn session() -> SigningSecret {
    key(5)
}

/// The new device's word that it was wiped.
pub(crate) fn receipt_key() -> SigningSecret {
    key(6)
}

/// The keys as the files show them.
pub(crate) fn keys() -> Value {
    let show = |seed: u8| {
        let public: SigningPublic = key(seed).public();
        json!({
            "seed": Hash32([seed; 32]),
            "public": public,
            "root_fingerprint": public.root_fingerprint(),
            "association": public.association(),
        })
    };
    json!({
        "root": show(1),
        "author": show(2),
        "newcomer": show(3),
        "server": show(4),
        "session": show(5),
        "receipt": show(6),
    })
}

pub(crate) fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).unwrap()
}

pub(crate) fn blob<const MAX: usize>(bytes: &[u8]) -> Blob<MAX> {
    Blob::new(bytes.to_vec()).unwrap()
}

pub(crate) fn list<T: Clone, const MAX: usize>(items: &[T]) -> List<T, MAX> {
    List::new(items.to_vec()).unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn hash(of: u8) -> Hash32 {
    Hash32([of; 32])
}

/// Sealing keys. The X25519 key is the base point; the other one has the right form and no private half.
pub(crate) fn sealing() -> SealingPublic {
    let mut base = [0; 32];
    base[0] = 9;
    SealingPublic::new(base, &[0x0c; 1_184]).unwrap()
}

pub(crate) fn registration() -> DeviceRegistration {
    DeviceRegistration {
        device: NEW_DEVICE,
        kind: DeviceKind::Tablet,
        system: OperatingSystem::Linux,
        ownership: Ownership::Facility,
        signing: newcomer().public(),
        sealing: sealing().fingerprint(),
        receipt: receipt_key().public(),
    }
}

pub(crate) fn details() -> Details {
    Details { salt: hash(0x61), name: line("見本 花子"), kana: Some(line("みほん はなこ")) }
}

pub(crate) fn person() -> Person {
    Person {
        user: OTHER_USER,
        profession: Profession::Nurse,
        details: details().commitment(),
        pledge: Some(StaffPledge::Signed { on: date("2026-11-20"), scan: sha256(b"form 2") }),
    }
}

pub(crate) fn server_keys() -> ServerKeys {
    ServerKeys { server_authority: hash(0x71), device_authority: hash(0x72), statement_key: server().public() }
}

pub(crate) fn application() -> FacilityApplication {
    FacilityApplication {
        facility: FACILITY,
        name: line("見本訪問看護ステーション"),
        kind: FacilityKind::VisitingNurseStation,
        association_member: true,
        pledge: FacilityPledge { signed_on: date("2026-11-19"), scan: sha256(b"form 1") },
        manager: person(),
        device: registration(),
    }
}

pub(crate) fn boxes() -> Boxes {
    list(&[
        SealedBox { device: DEVICE, sealed: blob(&[0x81; 5]) },
        SealedBox { device: NEW_DEVICE, sealed: blob(b"") },
        SealedBox { device: DeviceId([0x23; 16]), sealed: blob(&[0x83; 200]) },
    ])
}

pub(crate) fn root_of_boxes() -> BoxesRoot {
    boxes_root(&boxes()).unwrap()
}

pub(crate) fn head(size: u64) -> Head {
    Head { size, hash: hash(0x91) }
}

/// Heads of the registry and of these groups.
pub(crate) fn heads_of(groups: &[GroupId]) -> Heads {
    let groups: Vec<(GroupId, Head)> = groups.iter().map(|&group| (group, head(70_000))).collect();
    Heads {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        time: NOW,
        registry: head(12),
        tree: hash(0x92),
        groups: list(&groups),
    }
}

pub(crate) fn heads() -> Heads {
    heads_of(&[GROUP, GroupId([0x42; 16])])
}

pub(crate) fn signed_heads() -> SignedHeads {
    heads().sign(&server()).unwrap()
}

pub(crate) fn receipt() -> Receipt {
    Receipt {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        device: NEW_DEVICE,
        destroyed_at: NOW,
    }
}

pub(crate) fn group_receipt() -> GroupReceipt {
    GroupReceipt {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        device: NEW_DEVICE,
        group: GROUP,
        upto: 300,
        gone_at: NOW,
    }
}

pub(crate) fn signed_group_receipt() -> SignedGroupReceipt {
    group_receipt().sign(&receipt_key()).unwrap()
}

pub(crate) fn safety() -> SafetyAnswer {
    SafetyAnswer {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        broadcast: 70_002,
        user: USER,
        device: DEVICE,
        says: Safety::Safe,
        at: NOW,
    }
}

pub(crate) fn signed_safety() -> SignedSafety {
    safety().sign(&author()).unwrap()
}

pub(crate) fn erasure_word() -> ErasureWord {
    ErasureWord {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        group: GROUP,
        confirmed: 300,
        finished: NOW,
        destroyed: Some(Destroyed { bytes: 70_000, files: 3, file_bytes: 5_000_000 }),
        registry: 40,
        signed_at: NOW.plus(60),
    }
}

pub(crate) fn signed_erasure_word() -> SignedErasureWord {
    erasure_word().sign(&server()).unwrap()
}

pub(crate) fn signed_receipt() -> SignedReceipt {
    receipt().sign(&receipt_key()).unwrap()
}

/// The author's device opens a file of the post before.
pub(crate) fn opening() -> Opening {
    Opening {
        version: VERSION,
        suite: SUITE,
        association: root().public().association(),
        user: USER,
        device: DEVICE,
        group: GROUP,
        seq: 69_999,
        file: 0,
        part: Part::Content,
        intent: Intent::View,
        request: RequestId([0x54; 16]),
        at: NOW,
    }
}

/// `act`, said by the root in the registry or by the author's device in its own role.
pub(crate) fn statement(act: Act) -> Statement {
    use RegistryAct::{AppointOperator, CertifyServer, Found};
    let by_root = matches!(&act, Act::Registry(Found { .. } | CertifyServer(_) | AppointOperator { .. }));
    let in_registry = matches!(act, Act::Registry(_));
    let role = match &act {
        Act::Registry(_) if by_root => Role::Root,
        Act::Registry(_) => Role::SnsAdministrator,
        Act::Group(_) => Role::GroupManager,
        Act::Epoch(_)
        | Act::History(_)
        | Act::Message(_)
        | Act::Amend(_)
        | Act::Seen { .. }
        | Act::Post(_)
        | Act::Card(_)
        | Act::CardKey(_) => Role::User,
    };
    let first = matches!(&act, Act::Registry(Found { .. }));
    Statement {
        version: VERSION,
        suite: SUITE,
        rules: RULES,
        association: root().public().association(),
        log: if in_registry { LogId::Registry } else { LogId::Group(GROUP) },
        id: StatementId([0xa1; 16]),
        counter: if first { 1 } else { 300 },
        actor: if by_root { Actor::Root } else { Actor::Device { user: USER, device: DEVICE } },
        role,
        acting_for: None,
        seen: Seen {
            registry: if first { Head::default() } else { head(12) },
            group: if in_registry { Head::default() } else { head(70_000) },
        },
        claimed_at: NOW,
        act,
    }
}

/// The statement signed by the key that [`statement`] gives it to.
pub(crate) fn sign(statement: &Statement) -> Signed {
    let key = if statement.actor == Actor::Root { root() } else { author() };
    statement.sign(&key).unwrap()
}

pub(crate) fn founding() -> Statement {
    statement(Act::Registry(RegistryAct::Found {
        root: root().public(),
        name: line("見本医師会"),
        desk: DESK,
        desk_name: line("療養相談室"),
        server: server_keys(),
    }))
}

pub(crate) fn ticket() -> Ticket {
    Ticket {
        version: VERSION,
        server: line::<{ bounds::NAME }>("renkei.example:4433"),
        root: root().public().root_fingerprint(),
        ticket: TICKET,
        secret: TicketSecret([0x52; 16]),
        expires: NOW.plus(renkei_proto::ticket::LIFETIME),
        purpose: Purpose::Device(OTHER_USER),
    }
}

pub(crate) fn bundle() -> Bundle {
    Bundle {
        version: VERSION,
        ticket: TICKET,
        registration: registration(),
        sealing: sealing(),
        request: blob(b"a certificate signing request"),
        application: None,
        details: None,
    }
}

/// A bundle of a facility that applies. The newcomer's key signs its application.
pub(crate) fn facility_bundle() -> Bundle {
    let mut statement = statement(Act::Registry(RegistryAct::ApplyFacility(application())));
    statement.actor = Actor::Device { user: OTHER_USER, device: NEW_DEVICE };
    statement.role = Role::FacilityManager;
    statement.counter = 1;
    let application = Some(statement.sign(&newcomer()).unwrap());
    Bundle { application, details: Some(details()), ..bundle() }
}
