//! The device's clock. It is shown and signed as a claim; nothing is judged by it but how fresh the server's word is.

use renkei_proto::time::Time;

/// The device's clock, for its association's server.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    #[cfg_attr(
        not(feature = "dev-clock"),
        expect(dead_code, reason = "only a development clock depends on the server")
    )]
    server: String,
}

impl Clock {
    pub(crate) fn new(server: &str) -> Self {
        Self { server: server.to_owned() }
    }

    /// Now.
    pub(crate) fn now(&self) -> Time {
        #[cfg(feature = "dev-clock")]
        return crate::now().plus(dev::ahead(&self.server));
        #[cfg(not(feature = "dev-clock"))]
        crate::now()
    }
}

/// Clocks that go along with a development server's, which tests and the demo move forward.
#[cfg(feature = "dev-clock")]
pub mod dev {
    use std::collections::BTreeMap;
    use std::sync::{Mutex, PoisonError};

    static AHEAD: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

    /// The variable by which a command is told how far its development server was moved forward, in seconds.
    pub const VARIABLE: &str = "RENKEI_DEV_CLOCK_AHEAD";

    /// From now on, devices of the server at `address` are so many seconds ahead of this machine's clock.
    pub fn set(address: &str, seconds: u64) {
        AHEAD.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), seconds);
    }

    /// Now, by the clock of such devices, as a command is told of it.
    pub fn now() -> renkei_proto::time::Time {
        crate::now().plus(ahead(""))
    }

    pub(super) fn ahead(address: &str) -> u64 {
        let known = AHEAD.lock().unwrap_or_else(PoisonError::into_inner).get(address).copied();
        known.unwrap_or_else(|| std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(0))
    }
}
