//! Why a session is over, told the same way wherever it is asked (A8.3).
//!
//! A reset takes effect in several places one after the other: the registry, the connections, the sessions. A request that is
//! on its way meets some of them before and some after. So it is the registry that says why, which has the reset before
//! anything else does: until new factors are set up, every answer about a missing session is `factors_reset`, on whichever
//! connection, and after a restart as well. What signing in itself is told (`set_up_required`) stays: it is what to do next.

use renkei_proto::code::Code;
use renkei_proto::frame::Op;
use renkei_proto::id::UserId;

use crate::service::Service;

/// Whether `op` is a sign-in or the setting up for it.
pub(crate) fn signs_in(op: &Op) -> bool {
    matches!(op, Op::SetPassword(_) | Op::ConfirmFactor { .. } | Op::SignIn { .. } | Op::SignInWith { .. })
}

impl Service {
    /// What this person is told instead of `code` where it says no more than that there is no session.
    pub(crate) fn why(&self, user: UserId, code: Code) -> Code {
        let silent = matches!(code, Code::SessionRequired | Code::SessionEnded | Code::SetUpRequired);
        if silent && self.awaits_new_factors(user) { Code::FactorsReset } else { code }
    }

    /// Whether the person's factors were reset and not set up since.
    fn awaits_new_factors(&self, user: UserId) -> bool {
        let reset = self.world().registry().now().user(user).and_then(|person| person.reset);
        reset.is_some() && matches!(self.credentials_of(user), Ok(None))
    }
}
