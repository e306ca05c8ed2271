//! What is sealed, and a whole district, against bytes that were written down once.
//!
//! The files are those of `proto/vectors` whose names begin with `open-`, and `district.json`. `proto/vectors/README.md`
//! says what is in them. Sealing draws randomness, so a box is made once and only opened from then on: a reader that
//! knows nothing but the file opens it here. What draws none is made again and compared.
//!
//! ```text
//! RENKEI_BLESS=1 cargo test -p renkei-sealing --test vectors
//! ```
//!
//! writes what is new or does not open any more, and keeps all else as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "vectors/accepted.rs"]
mod accepted;
#[path = "vectors/cards.rs"]
mod cards;
#[path = "vectors/district/mod.rs"]
mod district;
#[path = "vectors/files.rs"]
mod files;
#[path = "vectors/keys.rs"]
mod keys;
#[path = "vectors/of_files.rs"]
mod of_files;
#[path = "vectors/open.rs"]
mod open;
#[path = "vectors/refused.rs"]
mod refused;
#[path = "vectors/refused_files.rs"]
mod refused_files;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::files::Kind;

fn by_format(vectors: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
    let mut by_format = BTreeMap::<&str, Vec<&Value>>::new();
    for vector in vectors {
        by_format.entry(vector["format"].as_str().unwrap()).or_default().push(vector);
    }
    by_format
}

#[test]
fn what_was_sealed_opens_and_nothing_that_was_changed_does() {
    let accepted = accepted::all();
    for (format, vectors) in by_format(&accepted) {
        let file = json!({ "format": format, "keys": keys::shown(), "vectors": vectors });
        files::bless_or_compare(Kind::Accept, format, &file);
    }
    let refused = refused::all(&accepted);
    for (format, vectors) in by_format(&refused) {
        let file = json!({ "format": format, "vectors": vectors });
        files::bless_or_compare(Kind::Refuse, format, &file);
        assert!(by_format(&accepted).contains_key(format), "{format}: something that opens");
    }
    assert_eq!(by_format(&accepted).len(), by_format(&refused).len(), "something refused of every format");
    for vector in &refused {
        let (format, name) = (vector["format"].as_str().unwrap(), &vector["name"]);
        let opened = open::open(format, vector);
        assert_eq!(opened.err().as_deref(), vector["error"].as_str(), "{format}, {name}");
    }
}

#[test]
fn a_whole_district_is_judged_and_read_and_no_change_of_it_goes_unseen() {
    let stored = files::stored("district").filter(|stored| district::holds(stored).is_ok());
    let made = stored.unwrap_or_else(district::make);
    assert_eq!(district::holds(&made), Ok(()));
    files::bless_or_compare(Kind::Accept, "district", &made);
    let refused = district::patches(&made);
    files::bless_or_compare(Kind::Refuse, "district", &json!({ "format": "district", "vectors": refused }));
    for vector in &refused {
        let patched = district::patched(&made["export"], &vector["patch"]);
        let wrong = district::check(&patched).err().unwrap_or_else(|| panic!("{}: not seen", vector["name"]));
        assert_eq!(
            json!({ "error": wrong.error, "log": wrong.log, "seq": wrong.seq }),
            json!({ "error": vector["error"], "log": vector["log"], "seq": vector["seq"] }),
            "{}",
            vector["name"]
        );
    }
}
