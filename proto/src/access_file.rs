//! The record of access, or a part of it, as a file that anybody checks without a server (A2.1): JSON Lines, UTF-8. The
//! first line says of whom it is and holds the signed head; then one record a line, in ascending order.
//!
//! A whole file has every record, and no proofs: the chain and the tree are made again. A part has for each record the
//! proof that it is under the head.

use core::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::access::{AccessHead, AccessRecord, AccessTip, BadRecord, Scope, SignedAccessHead};
use crate::act::{Act, RegistryAct};
use crate::entry::Entry;
use crate::hash::Hash32;
use crate::id::AssociationId;
use crate::key::SigningPublic;
use crate::merkle::{self, Frontier, Proof};
use crate::statement::{Actor, Claim, LogId};

/// The format's name.
pub const FORMAT: &str = "renkei-access/1";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// [`FORMAT`].
    pub format: String,
    /// Of which association.
    pub association: AssociationId,
    /// Fingerprint of its root, as the exporter knows it. Whoever checks brings their own.
    pub root: Hash32,
    /// Entries of the registry, in hexadecimal: the founding and, where the server's keys are others by now, their last
    /// certification.
    pub registry: Vec<String>,
    /// The signed head, as text.
    pub head: String,
    /// Whose records these are; none where it is all of them.
    pub scope: Option<Scope>,
}

/// A record's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it says.
    pub record: AccessRecord,
    /// Its canonical bytes in hexadecimal: these count.
    pub bytes: String,
    /// That it is under the head; none in a whole file.
    pub proof: Option<Proof>,
}

impl Line {
    /// The line of a record's bytes.
    pub fn new(bytes: &[u8], proof: Option<Proof>) -> Result<Self, BadRecord> {
        Ok(Self { record: AccessRecord::decode(bytes)?, bytes: HEXLOWER.encode(bytes), proof })
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not this format.
    #[error("not a file of {FORMAT}")]
    Format,
    /// The root is another, or did not sign the server's keys.
    #[error("not of this root")]
    Root,
    /// The head is not one, or the server did not sign it.
    #[error("the head is not signed by this association's server")]
    Head,
    /// The line does not say what its bytes say.
    #[error("the line does not say what its bytes say")]
    Line,
    /// Not a record, or not the next one.
    #[error("{0}")]
    Record(#[from] BadRecord),
    /// Not under the head.
    #[error("the record is not under the signed head")]
    Proof,
    /// The file does not end where the head says.
    #[error("the records are not those of the signed head")]
    Cut,
    /// Only the whole record can be held against an earlier head.
    #[error("only the whole record can be held against an earlier head")]
    Part,
    /// An earlier head was not one of this record.
    #[error("an earlier head says otherwise: records were changed or cut off since")]
    Earlier,
}

/// Checks a file, line by line.
#[derive(Debug, Clone)]
pub struct Checker {
    key: SigningPublic,
    head: AccessHead,
    whole: bool,
    earlier: Option<AccessHead>,
    tip: AccessTip,
    tree: Frontier,
    next: u64,
    records: u64,
}

/// What was found in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The head.
    pub head: AccessHead,
    /// Records in the file.
    pub records: u64,
    /// Whether they are all.
    pub whole: bool,
}

fn server_key(first: &First, root: Hash32) -> Option<(SigningPublic, AssociationId)> {
    let mut known: Option<(SigningPublic, SigningPublic)> = None;
    for text in &first.registry {
        let entry = Entry::decode(&HEXLOWER.decode(text.as_bytes()).ok()?).ok()?;
        let claim = Claim::parse(entry.body?).ok()?;
        let statement = claim.unverified().clone();
        let by = match (known, &statement.act) {
            (None, Act::Registry(RegistryAct::Found { root: key, .. })) if key.root_fingerprint() == root => *key,
            (Some((by, _)), _) => by,
            (None, _) => return None,
        };
        if statement.actor != Actor::Root
            || statement.log != LogId::Registry
            || statement.association != by.association()
        {
            return None;
        }
        let Act::Registry(RegistryAct::Found { server, .. } | RegistryAct::CertifyServer(server)) = statement.act
        else {
            return None;
        };
        claim.verify(&by).ok()?;
        known = Some((by, server.statement_key));
    }
    known.map(|(by, server)| (server, by.association()))
}

impl Checker {
    /// Begins with the first line, for the root with this fingerprint.
    pub fn new(first: &First, root: Hash32) -> Result<Self, Flaw> {
        if first.format != FORMAT {
            return Err(Flaw::Format);
        }
        let (key, association) = server_key(first, root).ok_or(Flaw::Root)?;
        let signed = SignedAccessHead::from_str(&first.head).map_err(|_| Flaw::Head)?;
        let head = signed.verify(&key).map_err(|_| Flaw::Head)?;
        if head.association != association || first.association != association {
            return Err(Flaw::Head);
        }
        let (tip, tree) = (AccessTip::default(), Frontier::default());
        Ok(Self { key, head, whole: first.scope.is_none(), earlier: None, tip, tree, next: 0, records: 0 })
    }

    /// Holds a whole file against a head that somebody kept.
    pub fn hold_against(&mut self, earlier: &SignedAccessHead) -> Result<(), Flaw> {
        let earlier = earlier.verify(&self.key).map_err(|_| Flaw::Head)?;
        if !self.whole {
            return Err(Flaw::Part);
        }
        if earlier.size > self.head.size {
            return Err(Flaw::Earlier);
        }
        self.earlier = Some(earlier);
        self.agrees()
    }

    fn agrees(&self) -> Result<(), Flaw> {
        match self.earlier {
            Some(earlier) if earlier.size == self.tip.size => {
                let same = earlier.last == self.tip.last && earlier.tree == self.tree.root();
                if same { Ok(()) } else { Err(Flaw::Earlier) }
            }
            _ => Ok(()),
        }
    }

    /// Takes the next line.
    pub fn take(&mut self, line: &Line) -> Result<(), Flaw> {
        let bytes = HEXLOWER.decode(line.bytes.as_bytes()).map_err(|_| Flaw::Line)?;
        if AccessRecord::decode(&bytes).map_err(BadRecord::from)? != line.record {
            return Err(Flaw::Line);
        }
        if self.whole {
            self.tip.follow(&bytes)?;
            self.tree.push(&bytes);
            self.agrees()?;
        } else {
            let seq = line.record.seq;
            if seq < self.next {
                return Err(BadRecord::WrongSequence.into());
            }
            let places = (usize::try_from(self.head.size), usize::try_from(seq));
            let (Ok(size), Ok(place), Some(proof)) = (places.0, places.1, &line.proof) else { return Err(Flaw::Proof) };
            if !merkle::includes(self.head.tree, size, place, &bytes, proof) {
                return Err(Flaw::Proof);
            }
            self.next = seq.saturating_add(1);
        }
        self.records += 1;
        Ok(())
    }

    /// There are no more lines.
    pub fn finish(&self) -> Result<Checked, Flaw> {
        let ended = self.tip.size == self.head.size && self.tip.last == self.head.last;
        if self.whole && !(ended && self.tree.root() == self.head.tree) {
            return Err(Flaw::Cut);
        }
        Ok(Checked { head: self.head, records: self.records, whole: self.whole })
    }
}
