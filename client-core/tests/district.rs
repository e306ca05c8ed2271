//! The exported district of the vectors, checked by what `renkei audit verify` checks with: it holds, and of each copy
//! that was tampered with the first wrong place is named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by it")]

use renkei_client_core::audit::{self, Export, Place};
use renkei_client_core::proto::hash::Hash32;
use serde_json::Value;

fn read(file: &str) -> Value {
    let path = format!("{}/../proto/vectors/{file}/district.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("the vectors")).expect("JSON")
}

fn export(value: &Value) -> Export {
    serde_json::from_value(value.clone()).expect("an export")
}

/// The list of an export that a patch names.
fn list<'e>(export: &'e mut Export, name: &str) -> &'e mut Vec<String> {
    match name {
        "heads" => &mut export.heads,
        "registry" => &mut export.registry,
        group => {
            let group = group.parse().expect("a group");
            &mut export.groups.iter_mut().find(|one| one.group == group).expect("in the export").entries
        }
    }
}

fn place(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a place")).unwrap()
}

fn patched(good: &Export, root: Hash32, patch: &Value) -> (Export, Hash32) {
    let mut export = good.clone();
    if let Some(other) = patch.get("root") {
        return (export, other.as_str().unwrap().parse().unwrap());
    }
    let (how, what) = patch.as_object().unwrap().iter().next().unwrap();
    let at = place(&what["at"]);
    let entries = list(&mut export, what["list"].as_str().unwrap());
    match how.as_str() {
        "replace" => what["with"].as_str().unwrap().clone_into(&mut entries[at]),
        "remove" => drop(entries.remove(at)),
        "swap" => entries.swap(at, place(&what["and"])),
        other => panic!("no patch: {other}"),
    }
    (export, root)
}

#[test]
fn p5_the_district_holds() {
    let accepted = read("accept");
    let export = export(&accepted["export"]);
    let checked = audit::verify(&export, export.root).expect("everything holds");
    assert_eq!(checked.registry, accepted["expect"]["registry_size"].as_u64().unwrap());
    assert_eq!(checked.tree.to_string(), accepted["expect"]["registry_tree"].as_str().unwrap());
    assert!(checked.heads.is_some());
}

#[test]
fn p5_in_every_tampered_copy_the_first_wrong_place_is_named() {
    let good = export(&read("accept")["export"]);
    let refused = read("refuse");
    for vector in refused["vectors"].as_array().unwrap() {
        let name = vector["name"].as_str().unwrap();
        let (export, root) = patched(&good, good.root, &vector["patch"]);
        let flaw = audit::verify(&export, root).expect_err(name);
        let seq = vector["seq"].as_u64().unwrap();
        let expected = match vector["log"].as_str().unwrap() {
            "heads" => Place::Heads(seq),
            "registry" => Place::Registry(seq),
            group => Place::Group(group.parse().unwrap(), seq),
        };
        assert_eq!(flaw.place, expected, "{name}: {}", flaw.code);
    }
}
