//! What travels sealed beside acts on forms and uses: salted, so that an act can commit to it and nobody who hands it on later
//! can change it.

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::codec;
use crate::hash::{self, Domain, Hash32};
use crate::text::Line;

/// Names on Form 3, as they are handed on to whoever comes to govern the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormNames {
    /// Random, so that the commitment can't be guessed open.
    pub salt: Hash32,
    /// Who signed.
    pub name: Line<{ bounds::NAME }>,
    /// The relation to the patient, where it was not the patient.
    pub relation: Option<Line<{ bounds::NAME }>>,
}

/// Where the material of a use beyond the group lies (S3): what somebody needs who has to see to its erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseDetails {
    /// Random, likewise.
    pub salt: Hash32,
    /// What was used, and for what.
    pub about: Line<{ bounds::CARD_LINE }>,
    /// Where the material lies, and with whom.
    pub place: Line<{ bounds::CARD_LINE }>,
}

/// What an act commits to.
pub trait Committed: Serialize + serde::de::DeserializeOwned {
    /// What it is hashed as.
    const DOMAIN: Domain;

    /// What the act says of it.
    fn commitment(&self) -> Hash32 {
        hash::hash(Self::DOMAIN, &[&codec::encode(self)])
    }
}

impl Committed for FormNames {
    const DOMAIN: Domain = hash::FORM_NAMES;
}

impl Committed for UseDetails {
    const DOMAIN: Domain = hash::USE_DETAILS;
}
