//! What a person orders by one press ([`Deed`]) is done here. The page has said before what it will do;
//! here it is done, and what comes back says how far it has come: an order is signed and durable, a device may not have
//! heard of it yet, a second signature may be missing.
//!
//! Where a fresh code is needed, nothing was done: the page asks for it and orders the same again.

use renkei_client_core::client::Client;
use renkei_client_core::office;
use renkei_client_core::policy::registry::a08_factors;
use renkei_client_core::proto::act::{InquiryEnd, StaffPledge};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{FacilityId, GroupId, UserId};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::random;
use renkei_client_core::scans::ScanFile;
use serde::Serialize;
use ts_rs::TS;
use zeroize::{Zeroize as _, Zeroizing};

use crate::Result;
use crate::announcements;
use crate::broadcasts;
use crate::calls;
use crate::deed::Deed;
use crate::delegating;
use crate::door::picture;
use crate::endings;
use crate::managing::{self};
use crate::rounds;
use crate::secret::Secret;
use crate::takeouts::{self};

/// How far it has come.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "outcome", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// Done.
    Done,
    /// Signed; it takes effect with another signature.
    Waits,
    /// A person is registered.
    Registered {
        /// The ID.
        #[ts(type = "string")]
        user: UserId,
    },
    /// A group is open.
    Opened {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// A ticket, shown once.
    Ticket(TicketView),
    /// Recovery codes, shown once.
    Codes {
        /// One after the other.
        codes: Vec<String>,
    },
}

impl core::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Outcome(…)")
    }
}

/// A ticket to hand over.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TicketView {
    /// The link.
    pub link: String,
    /// The rows of its QR picture: `1` is dark.
    pub rows: Vec<String>,
    /// Until when it is good.
    #[ts(type = "number")]
    pub expires: Time,
}

impl Drop for TicketView {
    fn drop(&mut self) {
        self.link.zeroize();
        self.rows.zeroize();
    }
}

impl core::fmt::Debug for TicketView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TicketView(…)")
    }
}

impl TicketView {
    pub(crate) fn of(ticket: &Ticket) -> Result<Self> {
        let link = ticket.link();
        Ok(Self { rows: picture(&link)?, link: link.to_string(), expires: ticket.expires })
    }
}

/// A posture of the lines that hold.
fn posture(lines: &[String]) -> Result<Posture> {
    let has = |name: &str| lines.iter().any(|line| line == name);
    let posture = Posture {
        screen_lock: has("screen-lock"),
        boot_password: has("boot-password"),
        no_file_sharing: has("no-file-sharing"),
        antivirus: has("antivirus"),
        no_stored_passwords: has("no-stored-passwords"),
        managed: has("managed"),
        updated: has("updated"),
    };
    let known = lines.iter().all(|line| posture.lines().iter().any(|(name, holds)| *holds && name == line));
    if known { Ok(posture) } else { Err(Code::BadInput.into()) }
}

/// Does it.
pub(crate) async fn perform(client: &Client, deed: Deed) -> Result<Outcome> {
    let done = match deed {
        Deed::AddStaff { profession, name, kana } => {
            let kana = kana.as_deref().map(str::trim).filter(|kana| !kana.is_empty());
            let user = client.register_staff(profession, office::details(&name, kana)?, None).await?;
            return Ok(Outcome::Registered { user });
        }
        Deed::IssueTicket { user } => {
            let ticket = client.issue_ticket(Purpose::Device(user)).await?;
            return Ok(Outcome::Ticket(TicketView::of(&ticket)?));
        }
        Deed::IssueFacilityTicket => {
            let ticket = client.issue_ticket(Purpose::Facility(FacilityId(random()))).await?;
            return Ok(Outcome::Ticket(TicketView::of(&ticket)?));
        }
        Deed::RecordPledge { user, on, scan } => return record_pledge(client, user, on, &scan).await,
        Deed::RecordExemption { user, since } => {
            client.record_pledge(user, StaffPledge::Exempt { held_since: since }).await
        }
        Deed::DepositForm { form, scan } => client.deposit_form_scan(form.form(), ScanFile::of(scan.file()?)?).await,
        Deed::EndUser { user } => client.end_user(user).await,
        Deed::SuspendUser { user } => client.suspend_user(user, true).await,
        Deed::ResumeUser { user } => client.suspend_user(user, false).await,
        Deed::ResetFactors { user } => {
            let done = client.reset_factors(user).await?;
            let waits = client.look(|replica| a08_factors::waiting(replica.registry().now(), user, done.time));
            return Ok(if waits { Outcome::Waits } else { Outcome::Done });
        }
        Deed::LiftLockout { user } => client.lift_lockout(user).await,
        Deed::SetGroupManager { user, granted } => client.set_group_manager(user, granted).await,
        Deed::SuspendDevice { device, lost } => client.suspend_device(device, lost).await,
        Deed::ResumeDevice { device } => client.resume_device(device).await,
        Deed::RetireDevice { device } => client.retire_device(device).await,
        Deed::WipeDevice { device } => client.wipe_device(device).await,
        Deed::EndSession { user, session } => {
            client.end_session(user, session).await?;
            return Ok(Outcome::Done);
        }
        Deed::DeclarePosture { device, lines } => client.declare_posture(device, posture(&lines)?).await,
        Deed::ConfirmPosture { device, declaration } => {
            let declared = client.posture(device).and_then(|standing| standing.declared);
            if declared.map(|one| one.hash) != Some(declaration) {
                return Err(Code::NotAuthentic.into());
            }
            client.confirm_posture(device, None).await
        }
        Deed::DecideTakeout { takeout, request, approve } => client.decide_takeout(takeout, request, approve).await,
        Deed::ConfirmTakeoutEnd { takeout, how, on } => client.confirm_takeout_end(takeout, how, on).await,
        Deed::CloseReview { review } => client.close_review(review).await,
        Deed::NewRecoveryCodes => {
            let codes = client.new_recovery_codes().await?;
            let codes = codes.as_slice().iter().map(|code| code.text().to_string()).collect();
            return Ok(Outcome::Codes { codes });
        }
        Deed::ChangePassword { old, new } => {
            client.change_password(old.password()?, new.password()?).await?;
            return Ok(Outcome::Done);
        }
        Deed::AdmitFacility { facility, words } => {
            let shown = client.applications().into_iter().find(|one| one.facility == facility).ok_or(Code::Unknown)?;
            if shown.words.kana != words {
                return Err(Code::NotAuthentic.into());
            }
            client.admit_facility(facility).await?;
            let admitted = client.look(|replica| replica.registry().now().admitted(facility));
            return Ok(if admitted { Outcome::Done } else { Outcome::Waits });
        }
        deed => return in_groups(client, deed).await,
    };
    done?;
    Ok(Outcome::Done)
}

/// Of groups, of questions to the Desk and of reports.
async fn in_groups(client: &Client, deed: Deed) -> Result<Outcome> {
    let done = match deed {
        Deed::OpenGroup { plan } => return managing::open(client, plan).await,
        Deed::RecordConsent { group, form } => return managing::record_consent(client, group, form).await,
        Deed::DepositConsent { group, of, scan } => return managing::deposit_consent(client, group, of, &scan).await,
        Deed::Invite { group, user } => {
            client.invite(group, user).await?;
            return Ok(Outcome::Waits);
        }
        Deed::WithdrawInvitation { group, invitation } => client.withdraw(group, invitation).await,
        Deed::RemoveMember { group, user } => client.remove(group, user).await,
        Deed::TakeIncident { group } | Deed::TakeInquiry { group } => client.take_inquiry(group).await,
        Deed::AnswerInquiry { group, seq } => client.mark_answered(group, seq).await,
        Deed::CloseInquiry { group } => client.close_inquiry(group, client.usual_end(group)?).await,
        Deed::RecordMeasure { group, measure, done, on } => client.record_measure(group, measure, done, on).await,
        Deed::CloseIncident { group } => client.close_inquiry(group, InquiryEnd::Settled).await,
        Deed::ReopenIncident { group } | Deed::ReopenInquiry { group } => client.reopen_inquiry(group).await,
        Deed::HaltGroup { group } => client.halt_group(group).await,
        Deed::ResumeGroup { group } => client.resume_group(group).await,
        Deed::SetStandIn { group, user } => client.name_stand_in(group, user).await,
        Deed::CloseGroup { group } => client.close_group(group).await,
        Deed::OfferHandover { group, to } => {
            client.offer_handover(group, to).await?;
            return Ok(Outcome::Waits);
        }
        Deed::AcceptHandover { group } => client.accept_handover(group).await,
        Deed::DropHandover { group } => client.drop_handover(group).await,
        Deed::WithdrawConsent { group, by, on, scan } => {
            return endings::withdraw_consent(client, group, by, on, &scan).await;
        }
        Deed::OrderErasure { group } => {
            client.order_erasure(group).await?;
            return Ok(Outcome::Waits);
        }
        Deed::ConfirmErasure { group, shown } => {
            endings::confirm(client, group, shown).await?;
            return Ok(Outcome::Done);
        }
        deed => return in_office(client, deed).await,
    };
    done?;
    Ok(Outcome::Done)
}

/// Of what people say and do in office, and of what leaves the service.
async fn in_office(client: &Client, deed: Deed) -> Result<Outcome> {
    let done = match deed {
        Deed::Broadcast { text, drill } => {
            broadcasts::send(client, drill, &text).await?;
            return Ok(Outcome::Done);
        }
        Deed::CloseBroadcast { broadcast } => client.close_broadcast(broadcast).await,
        Deed::SetQuietHours { quiet } => client.set_quiet_hours(calls::hours(quiet)?).await,
        Deed::CheckAnnouncement { announcement, text, approve } => {
            client.check_announcement(announcement, text, approve).await
        }
        Deed::PublishAnnouncement { announcement, text } => client.publish_announcement(announcement, text).await,
        Deed::WithdrawAnnouncement { announcement } => client.withdraw_announcement(announcement).await,
        Deed::NameOfficial { user, purpose, responsible } => {
            announcements::name_official(client, user, &purpose, responsible).await?;
            return Ok(Outcome::Waits);
        }
        Deed::SignOfficial { user, shown } => {
            announcements::sign_official(client, user, shown).await?;
            return Ok(Outcome::Done);
        }
        Deed::WithdrawOfficial { user } => {
            client.withdraw_official(user).await?;
            return Ok(Outcome::Waits);
        }
        Deed::Delegate { group, until, reads } => {
            delegating::delegate(client, group, until, reads).await?;
            return Ok(Outcome::Done);
        }
        Deed::RevokeDelegation { delegation } => client.revoke_delegation(delegation).await,
        Deed::NameDeputy { user, from, until } => {
            delegating::name_deputy(client, user, from, until).await?;
            return Ok(Outcome::Done);
        }
        Deed::EndDeputy { user } => client.end_deputy(user).await,
        Deed::SuspendFacility { facility, suspended } => {
            client.suspend_facility(facility, suspended).await?;
            let stopped = client.look(|replica| replica.registry().now().facility_suspended(facility));
            return Ok(if stopped == suspended { Outcome::Done } else { Outcome::Waits });
        }
        Deed::OpenReview { due, restrict_after, lock_after } => {
            rounds::open(client, due, restrict_after, lock_after).await?;
            return Ok(Outcome::Done);
        }
        Deed::RequestTakeout { plan } => {
            takeouts::request(client, plan).await?;
            return Ok(Outcome::Done);
        }
        Deed::RevokeTakeout { takeout } => client.revoke_takeout(takeout).await,
        Deed::DeclareTakeoutEnd { takeout, how } => client.declare_takeout_end(takeout, how).await,
        Deed::GrantStandingTakeout { user, until } => {
            takeouts::grant(client, user, until).await?;
            return Ok(Outcome::Done);
        }
        Deed::SetTelephone { number } => client.set_telephone(calls::telephone(number.as_deref())?).await,
        _ => return Err(Code::OutOfOrder.into()),
    };
    done?;
    Ok(Outcome::Done)
}

/// Files Form 2 by its scan, then deposits the scan. Where only the first came to be, the scan waits among the decisions.
async fn record_pledge(client: &Client, user: UserId, on: Date, scan: &Secret) -> Result<Outcome> {
    let bytes: Zeroizing<Vec<u8>> = scan.file()?;
    let hash = sha256(&bytes);
    // What is no scan is refused before anything is on record.
    let scan = ScanFile::of(bytes)?;
    client.record_pledge(user, StaffPledge::Signed { on, scan: hash }).await?;
    let theirs = |form: FormRef| matches!(form, FormRef::Staff { user: whose, .. } if whose == user);
    let mut rows = client.form_scans().into_iter().filter(|row| theirs(row.form) && row.scan == hash);
    let Some(form) = rows.next_back().map(|row| row.form) else { return Ok(Outcome::Waits) };
    match client.deposit_form_scan(form, scan).await {
        Ok(_) => Ok(Outcome::Done),
        Err(fault) => {
            tracing::info!(%fault, "a form is on record, its scan is not there yet");
            Ok(Outcome::Waits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_1_a_declaration_is_the_lines_that_hold_and_no_others() {
        let all = posture(&["screen-lock".to_owned(), "updated".to_owned()]).unwrap();
        assert_eq!(all, Posture { screen_lock: true, updated: true, ..Posture::default() });
        assert!(posture(&["everything".to_owned()]).is_err());
        assert_eq!(posture(&[]).unwrap(), Posture::default());
    }
}
