//! The app against a district: the demo plays one and leaves its server up; its people's devices are taken over into one app,
//! each with a place of its own, and codes of their generators are shown when somebody asks. Everything goes when the app is closed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{cargo, succeeds};

const CLI: &str = "target/debug/renkei";
const APP: &str = "target/debug/renkei-app";
/// Where the app keeps its people.
const HOME: &str = "target/app-district";

/// Somebody of the district, as the demo says how to sign in.
struct Person {
    name: String,
    profile: String,
    password: String,
    secret: String,
}

/// What the demo leaves.
#[derive(Default)]
struct District {
    process: String,
    home: String,
    ahead: (String, String),
    people: Vec<Person>,
}

impl District {
    /// Takes up a line of what the demo says at its end.
    fn hear(&mut self, line: &str) {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("server ").and_then(|rest| rest.split("(process ").nth(1)) {
            rest.split(';').next().unwrap_or_default().clone_into(&mut self.process);
        } else if let Some((name, value)) = line.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
            match name {
                "RENKEI_HOME" => value.clone_into(&mut self.home),
                name => self.ahead = (name.to_owned(), value.to_owned()),
            }
        } else if let Some((name, profile)) = line.split_once(": renkei sign-in --profile ") {
            let (name, profile) = (name.to_owned(), profile.to_owned());
            self.people.push(Person { name, profile, password: String::new(), secret: String::new() });
        } else if let Some((password, secret)) =
            line.strip_prefix("password ").and_then(|rest| rest.split_once("   code generator (base32) "))
            && let Some(person) = self.people.last_mut()
        {
            password.clone_into(&mut person.password);
            secret.clone_into(&mut person.secret);
        }
    }

    /// Plays the demo, which takes a minute, and leaves its server up.
    fn play() -> Option<Self> {
        println!("{CLI} demo --keep");
        let mut demo = Command::new(CLI).args(["demo", "--keep"]).stdout(Stdio::piped()).spawn().ok()?;
        let mut district = Self::default();
        for line in BufReader::new(demo.stdout.take()?).lines().map_while(Result::ok) {
            district.hear(&line);
        }
        let played = demo.wait().is_ok_and(|status| status.success());
        (played && !district.process.is_empty() && !district.people.is_empty()).then_some(district)
    }

    /// Gives each person a place in the app.
    fn settle(&self) -> std::io::Result<()> {
        let home = Path::new(HOME);
        if home.exists() {
            fs::remove_dir_all(home)?;
        }
        for (at, person) in self.people.iter().enumerate() {
            let place = home.join("people").join(format!("{at:016x}"));
            copy(&profile(Path::new(&self.home), &person.profile)?, &place)?;
            fs::write(place.join("name"), &person.name)?;
        }
        Ok(())
    }

    /// Says how to sign in, with the codes of this moment.
    fn say(&self) {
        println!("\nPress Enter here for new codes. / 新しい確認コードは、ここでEnterキーを押すと出ます。");
        for person in &self.people {
            let mut command = Command::new(CLI);
            command.args(["demo", "--code", &person.secret]).env(&self.ahead.0, &self.ahead.1);
            let code = command.output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
            println!("  {}   {}   {}", person.name, person.password, code.unwrap_or_default());
        }
    }
}

impl Drop for District {
    fn drop(&mut self) {
        if !self.process.is_empty() {
            drop(Command::new("kill").arg(&self.process).status());
        }
        drop(fs::remove_dir_all(&self.home));
        drop(fs::remove_dir_all(HOME));
    }
}

/// Where the profile of this name lies below `home`.
fn profile(home: &Path, name: &str) -> std::io::Result<PathBuf> {
    let here = home.join(name);
    if here.is_dir() {
        return Ok(here);
    }
    for entry in fs::read_dir(home)? {
        let below = entry?.path().join(name);
        if below.is_dir() {
            return Ok(below);
        }
    }
    Err(std::io::Error::other(format!("no profile {name}")))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Builds what a district needs, and opens the app in it. `app` has been built.
pub(crate) fn open() -> bool {
    if !cargo(&["build", "--workspace"]) {
        return false;
    }
    let Some(district) = District::play() else { return false };
    if let Err(error) = district.settle() {
        eprintln!("{error}");
        return false;
    }
    let district = std::sync::Arc::new(district);
    district.say();
    let again = std::sync::Arc::downgrade(&district);
    std::thread::spawn(move || {
        for _ in std::io::stdin().lines().map_while(Result::ok) {
            match again.upgrade() {
                Some(district) => district.say(),
                None => return,
            }
        }
    });
    let mut app = Command::new(APP);
    let home = std::path::absolute(HOME).unwrap_or_else(|_| HOME.into());
    succeeds(app.env("RENKEI_APP_HOME", home).env(&district.ahead.0, &district.ahead.1))
}
