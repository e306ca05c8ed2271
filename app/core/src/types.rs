//! The types of what goes between the page and the app, in the page's language. They are written from these types alone:
//! the test here fails where the page has others.

use ts_rs::{Config, TS};

use crate::announcements::{AnnouncementView, AnnouncementsView, DraftPlan, OfficialView};
use crate::app::{FoundLine, News};
use crate::ask::Ask;
use crate::attaching::{Attached, Chip};
use crate::broadcasts::{BroadcastView, SafetyView};
use crate::calls::{CallableView, CalledState, CalledView, ReachView, UrgentView};
use crate::card::{CardChange, CardText, CardView, ContactText, MemberText};
use crate::decisions::{Decisions, InvitationView, OfferView};
use crate::deed::Deed;
use crate::deeds::{Outcome, TicketView};
use crate::delegating::{DelegationView, DelegationsView};
use crate::desk::{DeskView, FacilityState, FacilityView};
use crate::door::{Entry, Factor, Second, ThisDevice};
use crate::duties::{Duty, DutyView};
use crate::endings::EndingView;
use crate::home::{HomeRow, Last};
use crate::incidents::{AboutView, IncidentView, MeasureView, ReportPlan};
use crate::inquiries::InquiryView;
use crate::inside::Status;
use crate::link::LinkView;
use crate::looking::{FileOpen, Kind};
use crate::managing::{
    Candidate, Candidates, Consenter, FacilityName, Form3, GovernedRow, GroupPlan, GroupView, InvitationStanding,
    MemberView, Newcomers, Opens, SentInvitation,
};
use crate::people::Who;
use crate::rounds::{OversightView, ReportRow, RoundView};
use crate::secret::Secret;
use crate::sending::SendingLine;
use crate::staff::{DeviceState, DeviceView, PersonView, SessionView, StaffState, StaffView};
use crate::staff_file::{FindingView, ImportRow, ImportView, ImportedRow, ImportedView, Picked, StaffFiles};
use crate::tablet::{Place, Standing};
use crate::takeouts::{
    ChartOf, ChartText, PortableView, StandingView, Stretch, TakenOut, TakeoutPlan, TakeoutView, TakeoutWhat,
    TakeoutsView,
};
use crate::timeline::{FileView, Happening, SeenView, Timeline, TimelineLine, UnsentLine};
use crate::trouble::Trouble;
use crate::waiting::{ApplicationView, FormName, FormView, Keeping, PostureView, ResetView, ReviewView};
use crate::writing::{Checked, Identified, Question};

fn one<T: TS>(config: &Config, out: &mut String) {
    out.push_str("export ");
    out.push_str(&T::decl(config));
    out.push('\n');
}

/// All of them.
pub fn all() -> String {
    let config = Config::default();
    let mut out = String::from("// Written by `RENKEI_BLESS=1 cargo test -p renkei-app-core`. Not to be edited.\n\n");
    one::<ApplicationView>(&config, &mut out);
    one::<Ask>(&config, &mut out);
    one::<Decisions>(&config, &mut out);
    one::<Deed>(&config, &mut out);
    one::<DelegationView>(&config, &mut out);
    one::<DeskView>(&config, &mut out);
    one::<DeviceState>(&config, &mut out);
    one::<DeviceView>(&config, &mut out);
    one::<Duty>(&config, &mut out);
    one::<DutyView>(&config, &mut out);
    one::<Entry>(&config, &mut out);
    one::<FacilityState>(&config, &mut out);
    one::<FacilityView>(&config, &mut out);
    one::<Factor>(&config, &mut out);
    one::<FileView>(&config, &mut out);
    one::<FindingView>(&config, &mut out);
    one::<FormName>(&config, &mut out);
    one::<FormView>(&config, &mut out);
    one::<FoundLine>(&config, &mut out);
    one::<Happening>(&config, &mut out);
    one::<HomeRow>(&config, &mut out);
    one::<ImportRow>(&config, &mut out);
    one::<ImportView>(&config, &mut out);
    one::<ImportedRow>(&config, &mut out);
    one::<ImportedView>(&config, &mut out);
    one::<InvitationView>(&config, &mut out);
    one::<Keeping>(&config, &mut out);
    one::<Last>(&config, &mut out);
    one::<LinkView>(&config, &mut out);
    one::<News>(&config, &mut out);
    one::<OfferView>(&config, &mut out);
    one::<Outcome>(&config, &mut out);
    one::<PersonView>(&config, &mut out);
    one::<Picked>(&config, &mut out);
    one::<Place>(&config, &mut out);
    one::<PostureView>(&config, &mut out);
    one::<ResetView>(&config, &mut out);
    one::<ReviewView>(&config, &mut out);
    one::<Second>(&config, &mut out);
    one::<Secret>(&config, &mut out);
    one::<SeenView>(&config, &mut out);
    one::<SessionView>(&config, &mut out);
    one::<StaffFiles>(&config, &mut out);
    one::<StaffState>(&config, &mut out);
    one::<StaffView>(&config, &mut out);
    one::<Standing>(&config, &mut out);
    one::<Status>(&config, &mut out);
    one::<TakeoutView>(&config, &mut out);
    one::<ThisDevice>(&config, &mut out);
    one::<TicketView>(&config, &mut out);
    one::<Timeline>(&config, &mut out);
    one::<TimelineLine>(&config, &mut out);
    one::<Trouble>(&config, &mut out);
    one::<UnsentLine>(&config, &mut out);
    one::<Who>(&config, &mut out);
    one::<Attached>(&config, &mut out);
    one::<CardChange>(&config, &mut out);
    one::<CardText>(&config, &mut out);
    one::<CardView>(&config, &mut out);
    one::<Chip>(&config, &mut out);
    one::<ContactText>(&config, &mut out);
    one::<FileOpen>(&config, &mut out);
    one::<Kind>(&config, &mut out);
    one::<MemberText>(&config, &mut out);
    one::<SendingLine>(&config, &mut out);
    one::<Checked>(&config, &mut out);
    one::<Identified>(&config, &mut out);
    one::<Question>(&config, &mut out);
    one::<Candidate>(&config, &mut out);
    one::<Candidates>(&config, &mut out);
    one::<Consenter>(&config, &mut out);
    one::<FacilityName>(&config, &mut out);
    one::<Form3>(&config, &mut out);
    one::<GovernedRow>(&config, &mut out);
    one::<GroupPlan>(&config, &mut out);
    one::<GroupView>(&config, &mut out);
    one::<InvitationStanding>(&config, &mut out);
    one::<MemberView>(&config, &mut out);
    one::<Newcomers>(&config, &mut out);
    one::<Opens>(&config, &mut out);
    one::<SentInvitation>(&config, &mut out);
    one::<AboutView>(&config, &mut out);
    one::<IncidentView>(&config, &mut out);
    one::<MeasureView>(&config, &mut out);
    one::<ReportPlan>(&config, &mut out);
    one::<BroadcastView>(&config, &mut out);
    one::<SafetyView>(&config, &mut out);
    one::<CallableView>(&config, &mut out);
    one::<CalledState>(&config, &mut out);
    one::<CalledView>(&config, &mut out);
    one::<ReachView>(&config, &mut out);
    one::<UrgentView>(&config, &mut out);
    one::<AnnouncementView>(&config, &mut out);
    one::<AnnouncementsView>(&config, &mut out);
    one::<DraftPlan>(&config, &mut out);
    one::<OfficialView>(&config, &mut out);
    one::<DelegationsView>(&config, &mut out);
    one::<OversightView>(&config, &mut out);
    one::<ReportRow>(&config, &mut out);
    one::<RoundView>(&config, &mut out);
    one::<EndingView>(&config, &mut out);
    one::<InquiryView>(&config, &mut out);
    one::<ChartOf>(&config, &mut out);
    one::<ChartText>(&config, &mut out);
    one::<PortableView>(&config, &mut out);
    one::<StandingView>(&config, &mut out);
    one::<Stretch>(&config, &mut out);
    one::<TakenOut>(&config, &mut out);
    one::<TakeoutPlan>(&config, &mut out);
    one::<TakeoutWhat>(&config, &mut out);
    one::<TakeoutsView>(&config, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../page/src/lib/types.ts");
        if std::env::var_os("RENKEI_BLESS").is_some() {
            std::fs::write(path, all()).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(there == all(), "other types than {path} has: RENKEI_BLESS=1 cargo test -p renkei-app-core");
    }
}
