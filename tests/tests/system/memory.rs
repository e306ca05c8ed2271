//! What is left of an open vault, and of a file that was looked at, in the memory of a process that goes on (A11.4, A12.2,
//! promises 4 and 6); and how a sending goes on whose process was killed.

use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::frame::{Answer, Op};
use renkei_client_core::proto::hash::Domain;
use renkei_client_core::proto::key::{self, SigningSecret};
use renkei_client_core::random;
use renkei_tests::{PATIENCE, Person, Server, Stranger, Team, World, files_below};

/// A process that holds this person's vault.
struct Holder {
    process: Child,
    says: ChildStdin,
    hears: BufReader<ChildStdout>,
}

impl Holder {
    fn start(dir: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_renkei-holder"))
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the holder");
        let (says, hears) = (process.stdin.take().expect("a pipe"), process.stdout.take().expect("a pipe"));
        Self { process, says, hears: BufReader::new(hears) }
    }

    /// Tells it something, and does not wait for the answer.
    fn begin(&mut self, command: &str) {
        writeln!(self.says, "{command}").expect("the holder listens");
    }

    fn tell(&mut self, command: &str) {
        self.begin(command);
        let mut line = String::new();
        self.hears.read_line(&mut line).expect("the holder answers");
        assert_eq!(line, "done\n", "{command}");
    }

    /// How often each of these is in its memory.
    fn left(&self, needles: &[&[u8]; 3]) -> [usize; 3] {
        needles.map(|needle| self.finds(needle))
    }

    /// How often `needle` is in the memory of the process.
    fn finds(&self, needle: &[u8]) -> usize {
        let id = self.process.id();
        let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).expect("its maps");
        let mut memory = std::fs::File::open(format!("/proc/{id}/mem")).expect("its memory");
        let mut found = 0;
        for line in maps.lines() {
            let mut fields = line.split_whitespace();
            let (Some(range), Some(mode)) = (fields.next(), fields.next()) else { continue };
            let (Some((from, to)), true) = (range.split_once('-'), mode.starts_with("rw")) else { continue };
            let address = |text: &str| u64::from_str_radix(text, 16).expect("an address");
            let (from, to) = (address(from), address(to));
            let mut bytes = vec![0; usize::try_from(to - from).expect("a region")];
            memory.seek(SeekFrom::Start(from)).expect("an address");
            if memory.read_exact(&mut bytes).is_ok() {
                found += bytes.windows(needle.len()).filter(|window| *window == needle).count();
            }
        }
        found
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The server's share of the person's vault key, as a sign-in gives it, and the key.
async fn share_and_key(person: &Person, server: &Server) -> ([u8; 32], [u8; 32]) {
    let own = Stranger::device(&person.profile).await;
    let session_key = SigningSecret::from_seed(&random()).public();
    let code = Some(person.new_code(server));
    let op = Op::SignIn { user: person.user(), password: person.typed(), code, session_key };
    let Ok(Answer::SignedIn { share, .. }) = own.request(op).await else { panic!("signed in") };
    let private = std::fs::read(person.dir.join("device")).expect("the device's half");
    let share = *share.0;
    let halves = [&private[..32], &share].concat();
    let vault = key::derive(&halves, b"", Domain("renkei/v1/vault"), &person.device().0);
    (share, *vault)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_4_with_the_lock_the_vaults_key_leaves_memory() {
    let mut world = World::with_operators(1).await;
    let person = &mut world.operators[0];
    drop(person.take_client());
    let (share, vault) = share_and_key(person, &world.server).await;
    let mut holder = Holder::start(&person.dir);
    let needles: [&[u8]; 3] = [&vault, &share, person.password.as_bytes()];
    assert_eq!(holder.left(&needles), [0; 3], "nothing before the sign-in");
    let code = person.new_code(&world.server);
    holder.tell(&format!("sign-in {} {code:06}", person.password));
    assert_ne!(holder.finds(&vault), 0, "an open vault has its key in memory: what is looked for can be found");
    // As long as the line before it, of which the holder's own input keeps nothing then.
    let lock = format!("lock{:200}", "");
    holder.tell(&lock);
    assert_eq!(holder.left(&needles), [0; 3], "the key, the server's share and the password, after the lock");
    for _ in 0..3 {
        holder.tell(&format!("unlock {}", person.password));
        assert_ne!(holder.finds(&vault), 0, "unlocked");
        holder.tell(&lock);
        assert_eq!(holder.left(&needles), [0; 3], "and locked again");
    }
}

/// A recording of `length` bytes, without a piece that comes twice.
fn sound(length: usize) -> Vec<u8> {
    let mut bytes = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    while bytes.len() < length {
        bytes.extend_from_slice(&random::<32>());
    }
    bytes.truncate(length);
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_what_was_looked_at_is_in_no_file_of_the_reader_and_leaves_memory_with_the_lock() {
    let mut team = Team::of_two().await;
    let bytes = sound(3_000_000);
    let mut files = [Outgoing::from_bytes("呼吸音.wav", bytes.clone().into()).expect("a recording")];
    let sent = team.doctor.client().send_files(team.group, "", &mut files, false).await.expect("sent");
    team.chief.reads(team.group).await;
    drop(team.chief.take_client());
    let pieces: Vec<&[u8]> = [5_000, 270_000, 1_500_000, 2_999_900].map(|at| &bytes[at..at + 48]).to_vec();
    let mut holder = Holder::start(&team.chief.dir);
    let code = team.chief.new_code(&team.world.server);
    holder.tell(&format!("sign-in {} {code:06}", team.chief.password));
    let found = |holder: &Holder| pieces.iter().map(|piece| holder.finds(piece)).collect::<Vec<_>>();
    assert_eq!(found(&holder), [0; 4], "nothing before it is opened");
    holder.tell(&format!("view {} {}", team.group, sent.head.size - 1));
    assert!(found(&holder).iter().all(|times| *times > 0), "open in memory: what is looked for can be found");
    let in_files = || {
        let files = files_below(&team.chief.dir);
        assert!(files.len() >= 3, "its profile and vault");
        files.values().filter(|file| pieces.iter().any(|piece| file.windows(48).any(|window| window == *piece))).count()
    };
    assert_eq!(in_files(), 0, "and in no file while it is open");
    holder.tell("lock");
    assert_eq!(found(&holder), [0; 4], "the holder still has its handle, and nothing is behind it");
    assert_eq!(in_files(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_a_sending_whose_process_was_killed_goes_on_with_what_the_server_has() {
    let mut team = Team::of_two().await;
    let (group, bytes) = (team.group, sound(10_000_000));
    let path = team.world.home().join("sound.wav");
    std::fs::write(&path, &bytes).expect("written");
    drop(team.doctor.take_client());
    let mut holder = Holder::start(&team.doctor.dir);
    let code = team.doctor.new_code(&team.world.server);
    holder.tell(&format!("sign-in {} {code:06}", team.doctor.password));
    holder.begin(&format!("send {group} {}", path.display()));
    let blobs = team.world.server.data().join("blobs");
    let some = async {
        while files_below(&blobs).len() < 8 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    renkei_tests::within("some chunks", some).await;
    // SIGKILL.
    drop(holder);
    team.doctor.sign_in(&team.world.server).await.expect("signed in");
    let doctor = team.doctor.client();
    let all = doctor.sendings().await.expect("listed");
    let [one] = all.as_slice() else { panic!("one: {all:?}") };
    assert!(one.arrived > 0 && one.arrived < one.chunks, "{one:?}");
    let sent = doctor.go_on(one.id).await.expect("sent");
    let seq = sent.head.size - 1;
    let here = team.chief.client().wait_until(PATIENCE, |replica| replica.group(group)?.message(seq).map(drop));
    here.await.expect("the message");
    team.chief.reads(group).await;
    let open = team.chief.client().open_file(group, seq, 0, Part::Content).await.expect("opened");
    assert!(open.look(|opened| opened == bytes).expect("open"));
}
