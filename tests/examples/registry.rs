//! How long a registry takes a client: a district of 5,000 people with 10,000 devices and 100,000 statements, replayed
//! with every signature and rule, and then read back from what a device keeps. Prints sizes, times and memory.
//!
//! `cargo run --release -p renkei-tests --example registry [STATEMENTS]`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a measurement, run by hand"
)]

use std::time::{Duration, Instant};

use renkei_client_core::audit::{self, Export, FORMAT};
use renkei_client_core::policy::chain::Chain;
use renkei_client_core::policy::registry::Registry;
use renkei_client_core::proto::act::{
    Act, DeviceKind, DeviceRegistration, FacilityApplication, FacilityKind, FacilityPledge, OperatingSystem, Ownership,
    Person, Profession, RegistryAct, ServerKeys, StaffPledge,
};
use renkei_client_core::proto::codec;
use renkei_client_core::proto::entry::Entry;
use renkei_client_core::proto::frame::Details;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::{DeviceId, FacilityId, StatementId, UserId};
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::statement::{Actor, Claim, Head, LogId, Role, Seen, Statement};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::time::Time;
use renkei_client_core::random;

const FACILITIES: usize = 250;
const PEOPLE_EACH: usize = 20;
const DAY: u64 = 24 * 3600;

/// The log as it is being made.
struct Making {
    root: SigningSecret,
    registry: Registry,
    chain: Chain,
    entries: Vec<Vec<u8>>,
    time: Time,
}

/// Somebody who signs.
struct Hand {
    user: UserId,
    device: DeviceId,
    key: SigningSecret,
}

fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(text).unwrap()
}

fn pledge() -> StaffPledge {
    StaffPledge::Exempt { held_since: "2024-04-01".parse().unwrap() }
}

fn person(user: UserId) -> Person {
    let details = Details { salt: Hash32(random()), name: line("架空 人"), kana: None };
    Person { user, profession: Profession::Nurse, details: details.commitment(), pledge: Some(pledge()) }
}

fn hand(user: UserId) -> (Hand, DeviceRegistration) {
    let key = SigningSecret::from_seed(&random());
    let device = DeviceId(random());
    let registration = DeviceRegistration {
        device,
        kind: DeviceKind::Phone,
        system: OperatingSystem::Android,
        ownership: Ownership::Facility,
        signing: key.public(),
        sealing: Hash32(random()),
        receipt: SigningSecret::from_seed(&random()).public(),
    };
    (Hand { user, device, key }, registration)
}

impl Making {
    fn append(&mut self, by: Option<&Hand>, role: Role, act: RegistryAct) -> Hash32 {
        let actor = by.map_or(Actor::Root, |hand| Actor::Device { user: hand.user, device: hand.device });
        let applies = matches!(act, RegistryAct::ApplyFacility(_));
        let registry = if applies { Head::default() } else { self.chain.head() };
        let statement = Statement {
            version: renkei_client_core::proto::VERSION,
            suite: renkei_client_core::proto::SUITE,
            rules: renkei_client_core::proto::RULES,
            association: self.root.public().association(),
            log: LogId::Registry,
            id: StatementId(random()),
            counter: self.registry.counter(actor.device()) + 1,
            actor,
            role,
            acting_for: None,
            seen: Seen { registry, group: Head::default() },
            claimed_at: self.time,
            act: Act::Registry(act),
        };
        let signed = statement.sign(by.map_or(&self.root, |hand| &hand.key)).unwrap();
        let hash = signed.hash();
        let size = self.registry.size();
        let header = self.chain.tip().next(&signed, &statement, self.time, size);
        let verified = Claim::parse(signed.clone()).unwrap().recall();
        let judged = self.registry.judge(&verified, self.time).unwrap_or_else(|no| panic!("{no:?}: {statement:?}"));
        let entry = Entry { header, body: Some(signed) };
        self.chain.follow(&entry).unwrap();
        self.registry.fold(judged);
        self.entries.push(codec::encode(&entry));
        hash
    }
}

fn make(statements: usize) -> Making {
    let root = SigningSecret::from_seed(&random());
    let time = Time(1_800_000_000);
    let mut making =
        Making { root, registry: Registry::default(), chain: Chain::new(LogId::Registry), entries: Vec::new(), time };
    let server = ServerKeys {
        server_authority: Hash32([1; 32]),
        device_authority: Hash32([2; 32]),
        statement_key: SigningSecret::from_seed(&random()).public(),
    };
    let found = RegistryAct::Found {
        root: making.root.public(),
        name: line("見本区医師会（架空）"),
        desk: FacilityId(random()),
        desk_name: line("療養相談室（架空）"),
        server,
    };
    making.append(None, Role::Root, found);
    let operators: Vec<Hand> = (0..2)
        .map(|_| {
            let user = UserId(random());
            let (hand, device) = hand(user);
            making.append(None, Role::Root, RegistryAct::AppointOperator { person: person(user), device });
            hand
        })
        .collect();
    let mut hands = Vec::new();
    for _ in 0..FACILITIES {
        facility(&mut making, &operators, &mut hands);
    }
    // What goes on for years: devices renew their keys.
    'years: loop {
        making.time = making.time.plus(DAY);
        for hand in &hands {
            if making.entries.len() >= statements {
                break 'years;
            }
            making.append(Some(hand), Role::User, RegistryAct::RotateSealing { sealing: Hash32(random()) });
        }
    }
    making
}

fn facility(making: &mut Making, operators: &[Hand], hands: &mut Vec<Hand>) {
    let (facility, user) = (FacilityId(random()), UserId(random()));
    let (manager, device) = hand(user);
    let application = FacilityApplication {
        facility,
        name: line("見本訪問看護（架空）"),
        kind: FacilityKind::VisitingNurseStation,
        association_member: true,
        pledge: FacilityPledge { signed_on: "2026-02-20".parse().unwrap(), scan: Hash32(random()) },
        manager: person(user),
        device,
    };
    let application = making.append(Some(&manager), Role::FacilityManager, RegistryAct::ApplyFacility(application));
    for operator in operators {
        making.append(Some(operator), Role::Operator, RegistryAct::AdmitFacility { facility, application });
    }
    let role = Role::SnsAdministrator;
    let (second, device) = hand(user);
    // An only administrator: the own device vouches, and then approves.
    for role in [Role::User, role] {
        making.append(Some(&manager), role, RegistryAct::ApproveDevice { user, device: device.clone() });
    }
    hands.push(second);
    for _ in 1..PEOPLE_EACH {
        let user = UserId(random());
        making.append(Some(&manager), role, RegistryAct::RegisterStaff { facility, person: person(user) });
        let (first, device) = hand(user);
        making.append(Some(&manager), role, RegistryAct::ApproveDevice { user, device });
        let (second, device) = hand(user);
        let approve = || RegistryAct::ApproveDevice { user, device: device.clone() };
        making.append(Some(&first), Role::User, approve());
        making.append(Some(&manager), role, approve());
        hands.extend([first, second]);
    }
    hands.push(manager);
}

/// Memory of this process now, in `MiB`.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kib: f64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// What the folded registry takes, in a process that has nothing else.
fn memory(file: &str) {
    let kept = std::fs::read(file).expect("what is kept");
    let before = resident();
    let read: (Registry, Chain) = codec::decode(&kept).expect("as it was kept");
    println!("memory for the folded registry: {:.0} MiB", resident() - before);
    drop(read);
}

fn main() {
    if let [_, flag, file] = std::env::args().collect::<Vec<_>>().as_slice()
        && flag == "--memory"
    {
        return memory(file);
    }
    let statements = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let making = make(statements);
    let (people, devices) = (making.registry.now().users().count(), making.registry.now().devices().count());
    let bytes: usize = making.entries.iter().map(Vec::len).sum();
    println!("{people} people, {devices} devices, {} statements", making.entries.len());
    let each = bytes / making.entries.len();
    println!("log: {:.1} MiB, {each} bytes a statement", bytes as f64 / 1_048_576.0);
    let kept = codec::encode(&(&making.registry, &making.chain));
    println!("kept on a device: {:.1} MiB", kept.len() as f64 / 1_048_576.0);
    let root = making.root.public().root_fingerprint();
    let registry = making.entries.iter().map(|entry| data_encoding::HEXLOWER.encode(entry)).collect();
    let export = Export { format: FORMAT.to_owned(), root, heads: Vec::new(), registry, groups: Vec::new() };
    drop(making);
    let whole = (0..3).map(|_| {
        let began = Instant::now();
        audit::verify(&export, root).expect("everything holds");
        began.elapsed()
    });
    println!(
        "verified from nothing, with every signature and rule: {:.2} s (median of 3)",
        median(whole.collect()).as_secs_f64()
    );
    let again = (0..5).map(|_| {
        let began = Instant::now();
        let read: (Registry, Chain) = codec::decode(&kept).expect("as it was kept");
        assert_eq!(read.0.size(), read.1.head().size);
        began.elapsed()
    });
    println!("read back from what is kept: {:.3} s (median of 5)", median(again.collect()).as_secs_f64());
    // In a process of its own: this one's memory has been used for other things.
    let file = std::env::temp_dir().join(format!("renkei-registry-{}", std::process::id()));
    std::fs::write(&file, &kept).expect("written");
    let this = std::env::current_exe().expect("this program");
    std::process::Command::new(this).arg("--memory").arg(&file).status().expect("it runs");
    std::fs::remove_file(&file).expect("removed");
}
