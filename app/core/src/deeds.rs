//! What an administrator, or a person with the own devices, orders by one press. The page has said before what it will do;
//! here it is done, and what comes back says how far it has come: an order is signed and durable, a device may not have
//! heard of it yet, a second signature may be missing.
//!
//! Where a fresh code is needed, nothing was done: the page asks for it and orders the same again.

use renkei_client_core::client::Client;
use renkei_client_core::office;
use renkei_client_core::policy::registry::a08_factors;
use renkei_client_core::proto::act::{InquiryEnd, Measure, Profession, StaffPledge};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::form_scan::FormRef;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::id::{
    DeviceId, FacilityId, GroupId, InvitationId, ReviewId, SessionId, TakeoutId, UserId,
};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::takeout::TakeoutEnd;
use renkei_client_core::proto::ticket::{Purpose, Ticket};
use renkei_client_core::proto::time::{Date, Time};
use renkei_client_core::random;
use renkei_client_core::scans::ScanFile;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::{Zeroize as _, Zeroizing};

use crate::Result;
use crate::broadcasts;
use crate::calls;
use crate::door::picture;
use crate::managing::{self, Form3, GroupPlan};
use crate::secret::Secret;
use crate::takeouts::{self, TakeoutPlan};
use crate::waiting::FormName;

/// Something to be done at once.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "deed", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Deed {
    /// Registers a person of the facility.
    AddStaff {
        /// What the person does.
        #[ts(type = "string")]
        profession: Profession,
        /// The name.
        name: String,
        /// Its reading.
        kana: Option<String>,
    },
    /// Issues a ticket for a device of a person.
    IssueTicket {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Issues a ticket with which a facility applies, as an operator of the Desk.
    IssueFacilityTicket,
    /// Files Form 2, and deposits its scan.
    RecordPledge {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// The day on the paper.
        #[ts(type = "string")]
        on: Date,
        /// The scan.
        scan: Secret,
    },
    /// Files that an equal pledge is held.
    RecordExemption {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// Since when.
        #[ts(type = "string")]
        since: Date,
    },
    /// Deposits the scan of a form on record.
    DepositForm {
        /// Which form.
        form: FormName,
        /// The scan.
        scan: Secret,
    },
    /// Ends an ID.
    EndUser {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Stops a person.
    SuspendUser {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Lets a person go on.
    ResumeUser {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Has password and code generator forgotten.
    ResetFactors {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Ends the wait after too many failures.
    LiftLockout {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Lets a person create groups and invite, or no longer.
    SetGroupManager {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
        /// Or no longer.
        granted: bool,
    },
    /// Stops a device.
    SuspendDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// It is not where it should be.
        lost: bool,
    },
    /// Lets a device go on.
    ResumeDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
    /// Takes a device out of use.
    RetireDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
    /// Wipes a device.
    WipeDevice {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
    },
    /// Ends a session.
    EndSession {
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
        /// Which.
        #[ts(type = "string")]
        session: SessionId,
    },
    /// Says how an own device is kept.
    DeclarePosture {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// The lines that hold.
        lines: Vec<String>,
    },
    /// Confirms what was declared of a device.
    ConfirmPosture {
        /// Which.
        #[ts(type = "string")]
        device: DeviceId,
        /// The declaration that was shown.
        #[ts(type = "string")]
        declaration: Hash32,
    },
    /// Decides a request to take something out.
    DecideTakeout {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
        /// The request that was shown.
        #[ts(type = "string")]
        request: Hash32,
        /// Or not.
        approve: bool,
    },
    /// Confirms how a takeout ended.
    ConfirmTakeoutEnd {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
        /// How.
        #[ts(type = "string")]
        how: TakeoutEnd,
        /// On which day.
        #[ts(type = "string")]
        on: Date,
    },
    /// Sees to a question to the Desk, as an operator.
    TakeInquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Says that an own message is the answer.
    AnswerInquiry {
        /// The inquiry's room.
        #[ts(type = "string")]
        group: GroupId,
        /// The message's place.
        #[ts(type = "number")]
        seq: u64,
    },
    /// Closes a question to the Desk.
    CloseInquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Opens a closed one again.
    ReopenInquiry {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Asks to take something out.
    RequestTakeout {
        /// What.
        plan: TakeoutPlan,
    },
    /// Ends a permit at once, or withdraws a request.
    RevokeTakeout {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
    },
    /// Says how an own takeout ended.
    DeclareTakeoutEnd {
        /// Which.
        #[ts(type = "string")]
        takeout: TakeoutId,
        /// How.
        #[ts(type = "string")]
        how: TakeoutEnd,
    },
    /// Lets a person put text into the chart, of every group that the person reads.
    GrantStandingTakeout {
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
        /// Up to this day, included.
        #[ts(type = "string")]
        until: Date,
    },
    /// Closes a review round of the facility.
    CloseReview {
        /// Which.
        #[ts(type = "string")]
        review: ReviewId,
    },
    /// New recovery codes in place of the old ones.
    NewRecoveryCodes,
    /// Another password of one's own (A11.2): sessions elsewhere end.
    ChangePassword {
        /// The present one.
        old: Secret,
        /// The one from now on.
        new: Secret,
    },
    /// Admits a facility whose words were compared.
    AdmitFacility {
        /// Which.
        #[ts(type = "string")]
        facility: FacilityId,
        /// The words in kana, as they were shown.
        words: String,
    },
    /// Opens a group (A5.1).
    OpenGroup {
        /// Which.
        plan: GroupPlan,
    },
    /// Puts Form 3 on record (A6.1), and deposits its scan.
    RecordConsent {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// The form.
        form: Form3,
    },
    /// Deposits the scan of Form 3 that is on record without it.
    DepositConsent {
        /// Of which group.
        #[ts(type = "string")]
        group: GroupId,
        /// The place at which the form is on record.
        #[ts(type = "number")]
        of: u64,
        /// The scan.
        scan: Secret,
    },
    /// Invites somebody to a group (A5.2).
    Invite {
        /// To which.
        #[ts(type = "string")]
        group: GroupId,
        /// Whom.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Takes an open invitation back.
    WithdrawInvitation {
        /// To which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Which.
        #[ts(type = "string")]
        invitation: InvitationId,
    },
    /// Ends a membership (A5.2): another's, or one's own.
    RemoveMember {
        /// In which group.
        #[ts(type = "string")]
        group: GroupId,
        /// Whose.
        #[ts(type = "string")]
        user: UserId,
    },
    /// Sees to a report from now on (S5), as an SNS administrator of the reporter's facility or as an operator.
    TakeIncident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Puts on record what was done about it (S7).
    RecordMeasure {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
        /// Of which kind.
        #[ts(type = "string")]
        measure: Measure,
        /// It was done; otherwise it was found not to be needed.
        done: bool,
        /// On which day.
        #[ts(type = "string")]
        on: Date,
    },
    /// Closes a report of which everything is on record.
    CloseIncident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Opens a closed report again.
    ReopenIncident {
        /// Its room.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Halts a group (S7).
    HaltGroup {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
    /// Names who is called in one's place in a group, or nobody (U1).
    SetStandIn {
        /// In which.
        #[ts(type = "string")]
        group: GroupId,
        /// Whom.
        #[ts(type = "string | null")]
        user: Option<UserId>,
    },
    /// Sets the hours at which one is not rung (U1).
    SetQuietHours {
        /// From, until, `22:00` each; none at no time.
        quiet: Option<(String, String)>,
    },
    /// Says under which number the own facility is telephoned (U1).
    SetTelephone {
        /// As it was typed; none takes it back.
        number: Option<String>,
    },
    /// Tells the whole district at once, as an operator (S6).
    Broadcast {
        /// What.
        text: String,
        /// A drill.
        drill: bool,
    },
    /// Ends a broadcast (S6).
    CloseBroadcast {
        /// Which: its place.
        #[ts(type = "number")]
        broadcast: u64,
    },
    /// Lets a halted group go on.
    ResumeGroup {
        /// Which.
        #[ts(type = "string")]
        group: GroupId,
    },
}

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
        Deed::Broadcast { text, drill } => {
            broadcasts::send(client, drill, &text).await?;
            return Ok(Outcome::Done);
        }
        Deed::CloseBroadcast { broadcast } => client.close_broadcast(broadcast).await,
        Deed::SetStandIn { group, user } => client.name_stand_in(group, user).await,
        Deed::SetQuietHours { quiet } => client.set_quiet_hours(calls::hours(quiet)?).await,
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
