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
    of_groups_and_offices(&config, &mut out);
    out
}

/// Those of groups, and of what people do in office.
fn of_groups_and_offices(config: &Config, out: &mut String) {
    one::<Candidate>(config, out);
    one::<Candidates>(config, out);
    one::<Consenter>(config, out);
    one::<FacilityName>(config, out);
    one::<Form3>(config, out);
    one::<GovernedRow>(config, out);
    one::<GroupPlan>(config, out);
    one::<GroupView>(config, out);
    one::<InvitationStanding>(config, out);
    one::<MemberView>(config, out);
    one::<Newcomers>(config, out);
    one::<Opens>(config, out);
    one::<SentInvitation>(config, out);
    one::<AboutView>(config, out);
    one::<IncidentView>(config, out);
    one::<MeasureView>(config, out);
    one::<ReportPlan>(config, out);
    one::<BroadcastView>(config, out);
    one::<SafetyView>(config, out);
    one::<CallableView>(config, out);
    one::<CalledState>(config, out);
    one::<CalledView>(config, out);
    one::<ReachView>(config, out);
    one::<UrgentView>(config, out);
    one::<AnnouncementView>(config, out);
    one::<AnnouncementsView>(config, out);
    one::<DraftPlan>(config, out);
    one::<OfficialView>(config, out);
    one::<DelegationsView>(config, out);
    one::<OversightView>(config, out);
    one::<ReportRow>(config, out);
    one::<RoundView>(config, out);
    one::<EndingView>(config, out);
    one::<InquiryView>(config, out);
    one::<ChartOf>(config, out);
    one::<ChartText>(config, out);
    one::<PortableView>(config, out);
    one::<StandingView>(config, out);
    one::<Stretch>(config, out);
    one::<TakenOut>(config, out);
    one::<TakeoutPlan>(config, out);
    one::<TakeoutWhat>(config, out);
    one::<TakeoutsView>(config, out);
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
