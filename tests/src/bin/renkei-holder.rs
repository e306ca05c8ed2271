//! A process that holds an open vault as an app does, for tests that look into its memory: it opens, locks and unlocks
//! as it is told on standard input, and lives on.

#![allow(clippy::expect_used, clippy::panic, reason = "a test's helper fails by it")]

use std::io::{BufRead as _, Write as _};
use std::path::Path;

use renkei_client_core::attach::Outgoing;
use renkei_client_core::client::Client;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::frame::Password;
use renkei_client_core::replica::Replica;
use renkei_client_core::viewing::OpenFile;

/// As every program that opens vaults has it: what is freed is wiped, in every library as well.
#[global_allocator]
static WIPED: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn say(word: &str) {
    println!("{word}");
    std::io::stdout().flush().expect("somebody listens");
}

#[tokio::main]
async fn main() {
    let dir = std::env::args().nth(1).expect("a profile's directory");
    let profile = Profile::load(Path::new(&dir)).expect("a profile");
    let mut client: Option<Client> = None;
    // As a screen would, it goes on holding what it has open.
    let mut viewed: Vec<OpenFile> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("sign-in"), Some(password), Some(code)) => {
                let password = Password::new(password).expect("a password");
                let code = code.parse().expect("six digits");
                client = Some(profile.sign_in(&password, Some(code)).await.expect("signed in"));
            }
            (Some("unlock"), Some(password), None) => {
                let password = Password::new(password).expect("a password");
                client = Some(profile.unlock(&password).await.expect("unlocked"));
            }
            (Some("lock"), None, None) => {
                client.take().expect("open").lock().await.expect("locked");
            }
            (Some("send"), Some(group), Some(path)) => {
                let client = client.as_ref().expect("open");
                let mut files = [Outgoing::from_path(Path::new(path)).expect("a file")];
                let group = group.parse().expect("a group");
                client.send_files(group, "続きから", &mut files, false).await.expect("sent");
            }
            (Some("view"), Some(group), Some(seq)) => {
                let client = client.as_ref().expect("open");
                let (group, seq) = (group.parse().expect("a group"), seq.parse().expect("a number"));
                let patience = std::time::Duration::from_mins(1);
                let readable = |replica: &Replica| {
                    let followed = replica.group(group)?;
                    followed.message(seq)?;
                    Some(())
                };
                client.wait_until(patience, readable).await.expect("the message");
                let open = loop {
                    match client.open_file(group, seq, 0, Part::Content).await {
                        Err(fault) if fault.code == Code::KeyAwaited => {
                            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                        }
                        opened => break opened.expect("opened"),
                    }
                };
                open.look(|bytes| assert!(!bytes.is_empty())).expect("open");
                viewed.push(open);
            }
            _ => panic!("an unknown command"),
        }
        say("done");
    }
}
