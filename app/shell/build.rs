//! Puts the page into the binary.

fn main() {
    tauri_build::build();
}
