//! Article 6: a patient group carries no message before Form 3 is recorded (A6.1).

use renkei_proto::act::{GroupKind, PatientConsent};
use renkei_proto::code::Code;
use renkei_proto::statement::Statement;
use renkei_proto::time::Time;

use super::Group;
use super::a04_origination::require_originator;
use super::a05_groups::require_open;
use crate::registry::View;
use crate::{Refusal, require};

pub(super) fn permit_record(
    group: &Group,
    view: View<'_>,
    statement: &Statement,
    consent: &PatientConsent,
    time: Time,
) -> Result<(), Refusal> {
    require_originator(view, statement, group.originator, group.id, time)?;
    require_open(group, view)?;
    require(group.kind == GroupKind::Patient, Code::ConsentNotApplicable)?;
    require(group.consent.is_none(), Code::NothingToDo)?;
    // Signed first, then a copy handed over; neither tomorrow.
    require(consent.signed_on <= consent.copy_given_on, Code::DateOutOfRange)?;
    require(consent.copy_given_on.begun_by(time), Code::DateOutOfRange)
}

/// What every message asks.
pub fn require_consent(group: &Group) -> Result<(), Refusal> {
    require(group.kind != GroupKind::Patient || group.consent.is_some(), Code::ConsentMissing)
}
