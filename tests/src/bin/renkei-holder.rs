//! A process that holds an open vault as an app does, for tests that look into its memory: it opens, locks and unlocks
//! as it is told on standard input, and lives on.

#![allow(clippy::expect_used, clippy::panic, reason = "a test's helper fails by it")]

use std::io::{BufRead as _, Write as _};
use std::path::Path;

use renkei_client_core::client::Client;
use renkei_client_core::profile::Profile;
use renkei_client_core::proto::frame::Password;

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
            _ => panic!("an unknown command"),
        }
        say("done");
    }
}
