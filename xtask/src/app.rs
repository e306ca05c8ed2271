//! The app: what its window and its page need, its tests, and the app itself.

use std::path::Path;
use std::process::Command;

use crate::{cargo, command, succeeds};

pub(crate) const SHELL: &str = "app/shell/Cargo.toml";
const PAGE: &str = "app/page";

/// The tests that drive the window.
pub(crate) const TESTS: &str = "renkei-app-tests";

/// What a window is built with, what it runs in here, and letters for it.
const PACKAGES: [&str; 7] = [
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "webkit2gtk-driver",
    "xvfb",
    "fonts-noto-cjk",
];

fn npm(arguments: &[&str]) -> bool {
    println!("npm {}", arguments.join(" "));
    succeeds(Command::new("npm").args(arguments).current_dir(PAGE))
}

/// Installs what is missing of the system's packages, as root; otherwise says what to type.
fn packages() -> bool {
    let there = Command::new("dpkg").arg("-s").args(PACKAGES).output();
    if there.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let install = ["install", "-y", "--no-install-recommends"];
    if !crate::is_root() {
        eprintln!("the app needs: apt-get {} {}", install.join(" "), PACKAGES.join(" "));
        return false;
    }
    succeeds(Command::new("apt-get").args(["update", "-qq"]))
        && succeeds(Command::new("apt-get").args(install).arg("-qq").args(PACKAGES))
}

/// The page's libraries, as the lock file has them.
fn libraries() -> bool {
    let lock = std::fs::read(Path::new(PAGE).join("package-lock.json")).unwrap_or_default();
    let installed = Path::new(PAGE).join("node_modules/.renkei-lock");
    if std::fs::read(&installed).is_ok_and(|there| there == lock) {
        return true;
    }
    let node = Command::new("node").arg("--version").output();
    if node.is_err() {
        eprintln!("the page is built with Node.js 20 or later, with npm: https://nodejs.org");
        return false;
    }
    npm(&["ci", "--no-audit", "--no-fund"]) && std::fs::write(installed, lock).is_ok()
}

/// Builds the page, and has what the window is built with.
pub(crate) fn page() -> bool {
    packages() && libraries() && npm(&["run", "build"])
}

/// Builds page and window.
fn build(features: &[&str]) -> bool {
    let shell = ["build", "--manifest-path", SHELL];
    page() && cargo(&[&shell[..], features].concat())
}

/// Checks and tests the page.
pub(crate) fn test_page() -> bool {
    packages() && libraries() && ["lint", "check", "test"].iter().all(|script| npm(&["run", script]))
}

/// Builds the app for `WebDriver`.
pub(crate) fn build_for_tests() -> bool {
    build(&["--features", "e2e"])
}

/// Tells the window's tests where the app is.
pub(crate) fn with_window(mut command: Command) -> Command {
    if let Ok(binary) = std::path::absolute("target/debug/renkei-app") {
        command.env("RENKEI_APP", binary);
    }
    command
}

/// The page, the core, and the window against a real server.
pub(crate) fn test() -> bool {
    test_page()
        && build_for_tests()
        && cargo(&["build", "--package", "renkei-server", "--all-features"])
        && cargo(&["test", "--package", "renkei-app-core"])
        && succeeds(&mut with_window(command(&["test", "--package", TESTS])))
}

/// Builds the app as it is shipped, and opens it.
pub(crate) fn open() -> bool {
    build(&["--release"]) && succeeds(&mut Command::new("target/release/renkei-app"))
}

/// Builds the app with a clock that goes along with the demo's, and opens it in the demo's district.
pub(crate) fn open_in_district() -> bool {
    build(&["--features", "e2e"]) && crate::district::open()
}
