//! The accepted vectors: each a value made here, its bytes, and what follows from it.

pub(crate) mod access;
mod card;
mod enrolment;
pub(crate) mod evidence;
mod forms;
mod logs;
mod opening;
mod requests;
mod small;
mod statements;
mod takeout;

use renkei_proto::codec;
use serde_json::{Map, Value, json};

use crate::formats::Vector;

/// Compares bytes and fields with a value.
type Check = Box<dyn Fn(&[u8], &Value) -> Result<(), String>>;

/// A value with its bytes.
pub(crate) struct Case {
    pub(crate) format: &'static str,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// The value in words.
    pub(crate) fields: Value,
    /// Hashes, proofs and the like that follow from the value.
    pub(crate) derived: Map<String, Value>,
    /// Whether these bytes, and these words, are the value.
    pub(crate) is: Check,
}

impl Case {
    /// `value` as a vector of this name.
    pub(crate) fn new<T: Vector>(name: impl Into<String>, value: T) -> Self {
        Self {
            format: T::FORMAT,
            name: name.into(),
            bytes: value.write(),
            fields: json!(value),
            derived: Map::new(),
            is: Box::new(move |bytes, fields| {
                let read = T::read(bytes).map_err(|error| format!("the bytes are refused: {error}"))?;
                if read != value {
                    return Err(format!("the bytes are read as {read:?}"));
                }
                match T::deserialize(fields) {
                    Ok(told) if told == value => Ok(()),
                    Ok(told) => Err(format!("the fields are read as {told:?}")),
                    Err(error) => Err(format!("the fields are refused: {error}")),
                }
            }),
        }
    }

    /// The same with something that follows from the value.
    pub(crate) fn with(mut self, name: &str, derived: impl serde::Serialize) -> Self {
        self.derived.insert(name.to_owned(), json!(derived));
        self
    }
}

/// The name of the variant that `value` is.
pub(crate) fn variant(value: &impl core::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// The canonical bytes of `value` in hexadecimal.
pub(crate) fn hex_of(value: &impl serde::Serialize) -> String {
    crate::hex::write(&codec::encode(value))
}

/// Every accepted vector.
pub(crate) fn all() -> Vec<Case> {
    let parts = [
        small::cases(),
        statements::cases(),
        logs::cases(),
        evidence::cases(),
        enrolment::cases(),
        requests::cases(),
        access::cases(),
        card::cases(),
        forms::cases(),
        opening::cases(),
    ];
    parts.into_iter().flatten().collect()
}
