//! What happens in the district. Everybody is honest, and the rules grant every act.

use renkei_policy::chain::Chain;
use renkei_policy::group::roster::Roster;
use renkei_policy::group::{self, Group};
use renkei_policy::registry::Registry;
use renkei_proto::act::{
    Act, Commitment, ConsentBy, DeviceKind, DeviceRegistration, Epoch, FacilityApplication, FacilityKind,
    FacilityPledge, GroupAct, GroupKind, History, HistoryPolicy, Message, OperatingSystem, Ownership, PatientConsent,
    Person, Profession, RegistryAct, ReleaseKey, SealedLabel, ServerKeys, StaffPledge,
};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::codec;
use renkei_proto::entry::Entry;
use renkei_proto::frame::{Boxes, SealedBox, boxes_root, find_box};
use renkei_proto::hash::{self, Hash32, sha256};
use renkei_proto::heads::Heads;
use renkei_proto::id::{DeviceId, FacilityId, GroupId, InvitationId, StatementId, UserId};
use renkei_proto::key::SigningSecret;
use renkei_proto::statement::{Actor, Claim, Head, LogId, Role, Seen, Statement};
use renkei_proto::text::Line;
use renkei_proto::time::Time;
use renkei_proto::{RULES, SUITE, VERSION};
use renkei_sealing::boxes::{self, Context, Purpose};
use renkei_sealing::epoch::{self, EpochKey, Recipient};
use renkei_sealing::label;
use renkei_sealing::message::{self, Content};
use serde_json::{Value, json};

use crate::keys::{Device, hex};
use crate::open::epoch_key;

/// 2026-11-22T00:00:00Z.
const START: Time = Time(1_795_305_600);

const DESK: FacilityId = FacilityId([0x31; 16]);
const CLINIC: FacilityId = FacilityId([0x32; 16]);
const STATION: FacilityId = FacilityId([0x33; 16]);
pub(super) const GROUP: GroupId = GroupId([0x41; 16]);
const INVITATION: InvitationId = InvitationId([0x51; 16]);
const RELEASE: ReleaseKey = ReleaseKey([0x52; 32]);

/// Somebody with a device.
#[derive(Clone, Copy)]
pub(super) struct Who(u8, u8);

const OPERATOR: Who = Who(0x11, 0x21);
const COLLEAGUE: Who = Who(0x12, 0x22);
const DOCTOR: Who = Who(0x13, 0x23);
/// The doctor's other device.
const TABLET: Who = Who(0x13, 0x24);
const CHIEF: Who = Who(0x14, 0x25);
/// Whose reading this is about.
pub(super) const NURSE: Who = Who(0x15, 0x26);

impl Who {
    pub(super) fn user(self) -> UserId {
        UserId([self.0; 16])
    }

    pub(super) fn device(self) -> DeviceId {
        DeviceId([self.1; 16])
    }

    fn actor(self) -> Actor {
        Actor::Device { user: self.user(), device: self.device() }
    }

    fn signing(self) -> SigningSecret {
        signing(self.1)
    }

    /// The sealing keys that the device has from its registration on.
    pub(super) fn sealing(self) -> Device {
        Device::of(self.device(), self.1)
    }

    fn person(self, profession: Profession) -> Person {
        let details = Commitment(hash::hash(hash::DETAILS, &[&[self.0]]));
        let pledge = StaffPledge::Signed { on: "2026-11-20".parse().unwrap(), scan: sha256(b"form 2") };
        Person { user: self.user(), profession, details, pledge: Some(pledge) }
    }

    fn registration(self) -> DeviceRegistration {
        DeviceRegistration {
            device: self.device(),
            kind: DeviceKind::Tablet,
            system: OperatingSystem::Linux,
            ownership: Ownership::Facility,
            signing: self.signing().public(),
            sealing: self.sealing().public().fingerprint(),
            receipt: signing(self.1 ^ 0x80).public(),
        }
    }
}

fn signing(seed: u8) -> SigningSecret {
    SigningSecret::from_seed(&[seed; 32])
}

pub(super) fn root() -> SigningSecret {
    signing(1)
}

pub(super) fn server() -> SigningSecret {
    signing(4)
}

/// The key that an actor of the story signs with.
pub(super) fn key_of(actor: Actor) -> SigningSecret {
    actor.device().map_or_else(root, |DeviceId([seed, ..])| signing(seed))
}

fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).unwrap()
}

/// The sealing keys of the doctor's device after it renewed them.
fn renewed() -> Device {
    Device::of(DOCTOR.device(), 0x63)
}

/// The key of an epoch of the group.
fn key(number: u32) -> EpochKey {
    epoch_key(&[0xe0 + u8::try_from(number).unwrap(); 32])
}

fn group_label(release: Option<ReleaseKey>) -> SealedLabel {
    SealedLabel { salt: Hash32([0x63; 32]), label: line("見本 花子さん 在宅チーム"), release }
}

struct District {
    registry: Registry,
    chain: Chain,
    group: Option<Group>,
    group_chain: Chain,
    entries: Vec<String>,
    group_entries: Vec<String>,
    heads: Vec<String>,
    boxes: Vec<Value>,
    now: Time,
    serial: u8,
    rotated: bool,
}

impl District {
    fn say(&mut self, actor: Actor, role: Role, act: Act) -> Statement {
        let mut statement = self.draft(actor, role, act);
        self.submit(&mut statement);
        statement
    }

    fn draft(&mut self, actor: Actor, role: Role, act: Act) -> Statement {
        self.serial += 1;
        let in_registry = matches!(act, Act::Registry(_));
        let device = actor.device();
        let in_group = || self.group.as_ref().map_or(0, |group| group.counter(device.unwrap()));
        let counter = if in_registry { self.registry.counter(device) } else { in_group() } + 1;
        let group = if in_registry { Head::default() } else { self.group_chain.head() };
        Statement {
            version: VERSION,
            suite: SUITE,
            rules: RULES,
            association: root().public().association(),
            log: if in_registry { LogId::Registry } else { LogId::Group(GROUP) },
            id: StatementId([self.serial; 16]),
            counter,
            actor,
            role,
            acting_for: None,
            seen: Seen { registry: self.chain.head(), group },
            claimed_at: self.now,
            act,
        }
    }

    /// As server and clients do: authenticate, judge, enter, fold.
    fn submit(&mut self, statement: &mut Statement) {
        let signed = statement.sign(&key_of(statement.actor)).unwrap();
        let claim = Claim::parse(signed.clone()).unwrap();
        let verified = self.registry.now().authenticate(claim).unwrap();
        let size = self.registry.size();
        let chain = if statement.log == LogId::Registry { &mut self.chain } else { &mut self.group_chain };
        let header = chain.tip().next(&signed, statement, self.now, size);
        let entry = Entry { header, body: Some(signed) };
        chain.follow(&entry).unwrap();
        let text = hex(&codec::encode(&entry));
        if statement.log == LogId::Registry {
            let judged = self.registry.judge(&verified, self.now).unwrap();
            self.registry.fold(judged).unwrap();
            self.entries.push(text);
        } else {
            let judged = group::judge(self.group.as_ref(), &verified, self.registry.now(), self.now).unwrap();
            assert!(judged.fold(&mut self.group));
            self.group_entries.push(text);
        }
        self.now = self.now.plus(60);
    }

    fn act(&mut self, who: Who, role: Role, act: RegistryAct) {
        self.say(who.actor(), role, Act::Registry(act));
    }

    fn by_root(&mut self, act: RegistryAct) {
        self.say(Actor::Root, Role::Root, Act::Registry(act));
    }

    fn admitted(&mut self, facility: FacilityId, name: &str, kind: FacilityKind, manager: (Who, Profession)) {
        let (who, profession) = manager;
        let pledge = FacilityPledge { signed_on: "2026-11-19".parse().unwrap(), scan: sha256(b"form 1") };
        let application = FacilityApplication {
            facility,
            name: line(name),
            kind,
            association_member: true,
            pledge,
            manager: who.person(profession),
            device: who.registration(),
        };
        self.act(who, Role::FacilityManager, RegistryAct::ApplyFacility(application));
        let application = self.registry.now().facility(facility).unwrap().application;
        for operator in [OPERATOR, COLLEAGUE] {
            self.act(operator, Role::Operator, RegistryAct::AdmitFacility { facility, application });
        }
    }

    /// The keys with which a device receives at this time.
    fn sealing(&self, device: DeviceId) -> Device {
        if device == DOCTOR.device() && self.rotated { renewed() } else { Device::of(device, device.0[0]) }
    }

    fn context(purpose: Purpose, recipient: DeviceId) -> Context {
        let association = root().public().association();
        Context { suite: SUITE, association, group: GROUP, purpose, sender: DOCTOR.device(), recipient }
    }

    /// A box for each of these devices, each with a payload of its own, from the doctor's device.
    fn seal(&self, purpose: Purpose, to: &[(DeviceId, &[u8])]) -> Boxes {
        let from = self.sealing(DOCTOR.device()).secret();
        let sealed = to.iter().map(|&(device, payload)| {
            let keys = self.sealing(device).public();
            let sealed = boxes::seal(&Self::context(purpose, device), payload, &from, &keys).unwrap();
            SealedBox { device, sealed }
        });
        List::new(sealed.collect()).unwrap()
    }

    /// Says something with boxes, of which the nurse's goes to the file.
    fn say_with(&mut self, role: Role, act: Act, boxes: &Boxes) {
        let seq = self.group_chain.head().size;
        let statement = self.say(DOCTOR.actor(), role, act);
        assert_eq!(statement.boxes(), boxes_root(boxes));
        if let Some((index, sealed, proof)) = find_box(boxes, NURSE.device()) {
            let sealed = hex(&codec::encode(&sealed));
            self.boxes.push(json!({ "group": GROUP, "seq": seq, "index": index, "sealed": sealed, "proof": proof }));
        }
    }

    fn roster(&self) -> Roster {
        Roster::of(self.group.as_ref().unwrap(), self.registry.now(), self.now)
    }

    fn epoch(&mut self, number: u32) {
        let roster = self.roster();
        let key = key(number);
        let purpose = Purpose::Epoch { number, roster: roster.hash(), prior: self.group_chain.head() };
        let devices: Vec<(Device, _)> =
            roster.devices().map(|(id, _)| self.sealing(id)).map(|d| (d.clone(), d.public())).collect();
        let to: Vec<Recipient<'_>> = devices.iter().map(|(d, keys)| Recipient { device: d.id, keys }).collect();
        let from = self.sealing(DOCTOR.device()).secret();
        let context = Self::context(purpose, DOCTOR.device());
        let boxes = epoch::seal_to_all(&context, epoch::epoch_payload(&key), &from, &to).unwrap();
        let epoch = Epoch {
            number,
            roster: roster.hash(),
            commitment: key.commitment(GROUP, number),
            boxes: boxes_root(&boxes).unwrap(),
            label: key.seal_label(GROUP, number, &group_label(None)).unwrap(),
        };
        self.say_with(Role::User, Act::Epoch(epoch), &boxes);
    }

    fn history(&mut self, number: u32, prepared_for: Option<InvitationId>) {
        let (first, last) = (number, number);
        let keys = [key(number)];
        let (purpose, payload) = match prepared_for {
            None => (Purpose::History { first, last }, epoch::history_payload(&keys).unwrap().to_vec()),
            Some(invitation) => (
                Purpose::Prepared { invitation, first, last },
                epoch::prepared_payload(&keys, invitation, &RELEASE).unwrap(),
            ),
        };
        let boxes = self.seal(purpose, &[(NURSE.device(), &payload)]);
        let devices = List::new(vec![NURSE.device()]).unwrap();
        let history = History { first, last, devices, boxes: boxes_root(&boxes).unwrap(), prepared_for };
        self.say_with(Role::User, Act::History(history), &boxes);
    }

    fn write(&mut self, who: Who, number: u32, text: &str) {
        let salt = sha256(text.as_bytes());
        let empty = Message { epoch: number, salt, flags: 0, ciphertext: Blob::default() };
        let mut statement = self.draft(who.actor(), Role::User, Act::Message(empty));
        message::seal(&mut statement, &Content::Text(text.to_owned()), &key(number)).unwrap();
        self.submit(&mut statement);
    }

    fn sign_heads(&mut self) {
        let registry = self.chain.head();
        let heads = Heads {
            version: VERSION,
            suite: SUITE,
            association: root().public().association(),
            time: self.now,
            registry,
            tree: self.chain.tree_at(registry.size).unwrap(),
            groups: List::new(vec![(GROUP, self.group_chain.head())]).unwrap(),
        };
        self.heads.push(heads.sign(&server()).unwrap().text());
    }

    fn founded(&mut self) {
        let server = ServerKeys {
            server_authority: Hash32([0x71; 32]),
            device_authority: Hash32([0x72; 32]),
            statement_key: server().public(),
        };
        let (name, desk_name) = (line("見本区医師会"), line("療養相談室"));
        self.by_root(RegistryAct::Found { root: root().public(), name, desk: DESK, desk_name, server });
        for operator in [OPERATOR, COLLEAGUE] {
            let person = operator.person(Profession::Consultant);
            self.by_root(RegistryAct::AppointOperator { person, device: operator.registration() });
        }
        self.admitted(CLINIC, "見本診療所", FacilityKind::Clinic, (DOCTOR, Profession::Doctor));
        let station = "見本訪問看護ステーション";
        self.admitted(STATION, station, FacilityKind::VisitingNurseStation, (CHIEF, Profession::Nurse));
        let person = NURSE.person(Profession::Nurse);
        self.act(CHIEF, Role::SnsAdministrator, RegistryAct::RegisterStaff { facility: STATION, person });
        let approve = |who: Who| RegistryAct::ApproveDevice { user: who.user(), device: who.registration() };
        self.act(CHIEF, Role::SnsAdministrator, approve(NURSE));
        self.act(DOCTOR, Role::SnsAdministrator, approve(TABLET));
        self.act(DOCTOR, Role::User, approve(TABLET));
    }

    fn opened(&mut self) {
        let own = [DOCTOR.device(), TABLET.device()];
        let label = label::payload(&group_label(None));
        let boxes = self.seal(Purpose::GoverningLabel, &own.map(|device| (device, &label[..])));
        let create = GroupAct::Create {
            kind: GroupKind::Patient,
            originator: CLINIC,
            history: HistoryPolicy::All,
            creator_reads: true,
            label: boxes_root(&boxes).unwrap(),
            named: group_label(None).commitment(),
        };
        self.say_with(Role::SnsAdministrator, Act::Group(create), &boxes);
        let boxes = self.seal(Purpose::ConsentDetails, &own.map(|device| (device, "見本 太郎（長男）".as_bytes())));
        let consent = PatientConsent {
            by: ConsentBy::Family,
            signed_on: "2026-11-20".parse().unwrap(),
            copy_given_on: "2026-11-21".parse().unwrap(),
            scan: sha256(b"form 3"),
            details: boxes_root(&boxes).unwrap(),
        };
        self.say_with(Role::SnsAdministrator, Act::Group(GroupAct::RecordConsent(consent)), &boxes);
        self.epoch(1);
        self.write(DOCTOR, 1, "本日より訪問診療を開始します。\n血圧 128/76");
    }

    /// Invites the nurse. Only who decides gets the release key with the label.
    fn invited(&mut self) {
        let (releasing, plain) = (label::payload(&group_label(Some(RELEASE))), label::payload(&group_label(None)));
        let to = [(CHIEF.device(), &releasing[..]), (NURSE.device(), &plain[..])];
        let boxes = self.seal(Purpose::InvitationLabel { invitation: INVITATION }, &to);
        let label = boxes_root(&boxes).unwrap();
        let (invitation, user, release) = (INVITATION, NURSE.user(), Some(RELEASE.hash()));
        let invite = GroupAct::Invite { invitation, user, label, release };
        self.say_with(Role::SnsAdministrator, Act::Group(invite), &boxes);
    }

    fn approved(&mut self) {
        let answers = self.group.as_ref().unwrap().invitation(INVITATION).unwrap().statement;
        let approve = GroupAct::Approve { invitation: INVITATION, answers, release: Some(RELEASE) };
        self.say(CHIEF.actor(), Role::SnsAdministrator, Act::Group(approve));
    }
}

/// The whole story, as the accepted file has it.
pub(crate) fn make() -> Value {
    assert!(crate::files::blessing(), "district: does not hold, or is in no file");
    let mut d = District {
        registry: Registry::default(),
        chain: Chain::new(LogId::Registry),
        group: None,
        group_chain: Chain::new(LogId::Group(GROUP)),
        entries: Vec::new(),
        group_entries: Vec::new(),
        heads: Vec::new(),
        boxes: Vec::new(),
        now: START,
        serial: 0,
        rotated: false,
    };
    d.founded();
    d.opened();
    d.invited();
    d.history(1, Some(INVITATION));
    // A day later the doctor's device renews its keys, and the present epoch is for nobody's keys any more.
    d.now = d.now.plus(25 * 3_600);
    d.act(DOCTOR, Role::User, RegistryAct::RotateSealing { sealing: renewed().public().fingerprint() });
    d.rotated = true;
    d.epoch(2);
    d.write(TABLET, 2, "訪問看護を依頼しました。");
    d.approved();
    d.epoch(3);
    d.history(2, None);
    d.sign_heads();
    d.write(NURSE, 3, "了解しました。明日 10 時に伺います。");
    d.write(DOCTOR, 3, "お願いします。");
    d.act(DOCTOR, Role::User, RegistryAct::WipeDevice { device: TABLET.device() });
    d.say(DOCTOR.actor(), Role::SnsAdministrator, Act::Group(GroupAct::Remove { user: NURSE.user() }));
    d.epoch(4);
    d.write(DOCTOR, 4, "訪問看護は終了しました。");
    d.sign_heads();
    let export = json!({
        "format": "renkei-audit/1",
        "root": root().public().root_fingerprint(),
        "heads": d.heads,
        "registry": d.entries,
        "groups": [{ "group": GROUP, "entries": d.group_entries }],
    });
    let mut reader = NURSE.sealing().recipient();
    reader["user"] = json!(NURSE.user());
    reader["device"] = json!(NURSE.device());
    reader["boxes"] = json!(d.boxes);
    let expect = super::read::read(&export, &reader).unwrap();
    json!({ "format": "district", "export": export, "reader": reader, "expect": expect, "keys": shown() })
}

/// The story's secrets: seeds of signing keys (RFC 8032) and of devices' keys to receive with.
fn shown() -> Value {
    let device = |who: Who| {
        let mut shown = who.sealing().show();
        shown.as_object_mut().unwrap().remove("mlkem768_public");
        shown["signing_seed"] = json!(Hash32([who.1; 32]));
        shown["receipt_seed"] = json!(Hash32([who.1 ^ 0x80; 32]));
        shown
    };
    json!({
        "root_seed": Hash32([1; 32]),
        "server_seed": Hash32([4; 32]),
        "operator": device(OPERATOR),
        "colleague": device(COLLEAGUE),
        "doctor": device(DOCTOR),
        "tablet": device(TABLET),
        "chief": device(CHIEF),
        "nurse": device(NURSE),
    })
}
