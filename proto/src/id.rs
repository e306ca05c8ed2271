//! Opaque identifiers: 128 random bits, made by whoever creates the thing.
//!
//! In text an identifier is a short prefix and 26 letters of Crockford's base 32 (no i, l, o, u), so that it can be
//! read over the telephone and can't be mistaken for another kind's: `fac-01h…`.

use core::fmt;
use core::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

use crate::bytes::fixed_bytes;

#[expect(clippy::expect_used, reason = "a constant specification, covered by every test that prints an identifier")]
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().expect("32 distinct symbols")
});

/// Text that is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of the form {0}-…")]
pub struct BadId(&'static str);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        fixed_bytes!($name, 16);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), BASE32.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(concat!($prefix, "-"))
                    .and_then(|rest| BASE32.decode(rest.to_ascii_lowercase().as_bytes()).ok())
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or(BadId($prefix))
            }
        }
    )*};
}

ids! {
    /// The association (医師会) that runs the service: the start of the fingerprint of its root key.
    AssociationId "asc";
    /// A facility (事業所), the Desk (療養相談室) among them.
    FacilityId "fac";
    /// One person with one ID (A11.1).
    UserId "usr";
    /// A registered device (A8.2).
    DeviceId "dev";
    /// A patient group or a free group (A5.1).
    GroupId "grp";
    /// An invitation of one person to one group (A5.2).
    InvitationId "inv";
    /// A delegation of origination to the Desk (A4.2).
    DelegationId "del";
    /// One statement, chosen by its author: a repeat of the same one is recognised by it.
    StatementId "sta";
    /// One request on the wire, for tracing a conversation with the server.
    RequestId "req";
    /// A sign-in session (A11.1).
    SessionId "ses";
    /// How the server looks an enrolment ticket up. Says nothing of the ticket's secret.
    TicketId "tkt";
    /// A review round (A9.2).
    ReviewId "rev";
    /// A file in a group (A12.2), chosen by the device that uploads it.
    FileId "fil";
    /// A training round (A15.1).
    TrainingId "trn";
    /// A takeout, or a standing permit for one (A12.5).
    TakeoutId "tko";
    /// An announcement in the name of a facility, or of the association (S4).
    AnnouncementId "ann";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_text_and_names_its_kind() {
        let id = FacilityId([0xab; 16]);
        let text = id.to_string();
        assert_eq!(text, "fac-nentqaxbnentqaxbnentqaxbnc");
        assert_eq!(text.parse::<FacilityId>(), Ok(id));
        assert_eq!(text.to_uppercase().replace("FAC", "fac").parse::<FacilityId>(), Ok(id));
        assert_eq!(text.parse::<UserId>(), Err(BadId("usr")));
        assert_eq!("fac-short".parse::<FacilityId>(), Err(BadId("fac")));
    }
}
