//! What travels beside a statement and is committed to in it: boxes for devices, texts, erasable details.

use serde::{Deserialize, Serialize};

use crate::act::{BoxesRoot, Commitment};
use crate::bounds;
use crate::bytes::{Blob, List};
use crate::codec;
use crate::hash::{self, Hash32};
use crate::id::DeviceId;
use crate::key::SealingPublic;
use crate::merkle::{self, Proof};
use crate::text::Line;

/// Personal details of one person: the erasable body of a [`Commitment`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Random, so that a commitment can't be guessed open.
    pub salt: Hash32,
    /// The name.
    pub name: Line<{ bounds::NAME }>,
    /// Its reading in kana, where there is one.
    pub kana: Option<Line<{ bounds::NAME }>>,
}

impl Details {
    /// What a statement holds of these details.
    pub fn commitment(&self) -> Commitment {
        Commitment(hash::hash(hash::DETAILS, &[&codec::encode(self)]))
    }
}

/// Boxes beside a statement: for whom, and the box; in strictly ascending order of devices.
pub type Boxes = List<SealedBox, { bounds::ROSTER_DEVICES }>;

/// One sealed box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedBox {
    /// Whose device opens it.
    pub device: DeviceId,
    /// The bytes.
    pub sealed: Blob<{ bounds::SEALED_BOX }>,
}

/// The root that a statement signs over its boxes. None unless they are in strictly ascending order of devices.
pub fn boxes_root(boxes: &Boxes) -> Option<BoxesRoot> {
    let boxes = boxes.as_slice();
    if !boxes.is_sorted_by(|a, b| a.device < b.device) {
        return None;
    }
    let leaves: Vec<Vec<u8>> = boxes.iter().map(codec::encode).collect();
    Some(BoxesRoot { count: u32::try_from(boxes.len()).ok()?, root: merkle::root(&leaves) })
}

/// The box of `device` with its place and the proof that it is under [`boxes_root`].
pub fn find_box(boxes: &Boxes, device: DeviceId) -> Option<(u32, SealedBox, Proof)> {
    let boxes = boxes.as_slice();
    let index = boxes.binary_search_by_key(&device, |sealed| sealed.device).ok()?;
    let leaves: Vec<Vec<u8>> = boxes.iter().map(codec::encode).collect();
    Some((u32::try_from(index).ok()?, boxes.get(index)?.clone(), merkle::prove(&leaves, index)?))
}

/// Whether `sealed` is the box at `index` under `root`.
pub fn box_is_under(root: BoxesRoot, index: u32, sealed: &SealedBox, proof: &Proof) -> bool {
    let (Ok(count), Ok(index)) = (usize::try_from(root.count), usize::try_from(index)) else { return false };
    merkle::includes(root.root, count, index, &codec::encode(sealed), proof)
}

/// What travels beside a statement and is not part of its signed bytes, only committed to by them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sidecar {
    /// Sealing keys of the device that the statement registers.
    pub sealing: Option<SealingPublic>,
    /// The boxes whose root the statement signs.
    pub boxes: Option<Boxes>,
    /// Details of the person whom the statement introduces.
    pub details: Option<Details>,
}
