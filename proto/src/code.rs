//! The closed set of answers that are not "yes". A code keeps its number and its name for ever.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of "no" it is. A script tells them apart by the exit status of `renkei`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The policy does not permit it.
    Refused,
    /// The person must sign in, or can't.
    SignIn,
    /// Not now: try again.
    Later,
    /// What was sent is wrong. Ours or another client's mistake.
    Protocol,
    /// Something that was signed or chained does not hold.
    Integrity,
    /// The server can't do its work.
    Server,
}

impl Class {
    /// Exit status of a command that ended with a code of this class.
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Refused => 3,
            Self::SignIn => 4,
            Self::Later => 5,
            Self::Protocol => 6,
            Self::Integrity => 7,
            Self::Server => 8,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal $name:literal $class:ident;)*) => {
        /// Why something was not done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Code {
            $($(#[$doc])* $variant = $number,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The number on the wire.
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// The name in logs, in `--json` and in the documents.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What kind of "no" it is.
            pub const fn class(self) -> Class {
                match self {
                    $(Self::$variant => Class::$class,)*
                }
            }

            /// The code with this number.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    // The policy's rows.
    /// A3.1: the facility is not admitted yet.
    FacilityNotAdmitted = 301 "facility_not_admitted" Refused;
    /// A3.2: the facility is suspended.
    FacilitySuspended = 302 "facility_suspended" Refused;
    /// A3.2: the facility's admission has ended.
    FacilityEnded = 303 "facility_ended" Refused;
    /// A3.2: the facility has groups that are neither handed over nor closed.
    GroupsOpen = 304 "groups_open" Refused;
    /// A4.1, A5.2: only the originating facility may.
    NotOriginator = 401 "not_originator" Refused;
    /// A4.2: only members of the association delegate.
    NotAMember = 402 "not_a_member" Refused;
    /// A4.2: nobody let the Desk act here.
    DelegationMissing = 403 "delegation_missing" Refused;
    /// A4.2: it is over.
    DelegationExpired = 404 "delegation_expired" Refused;
    /// A4.2: the delegation does not let the Desk's operators read.
    DelegationWithoutReading = 405 "delegation_without_reading" Refused;
    /// A4.1: somebody changed the patient card meanwhile.
    CardChanged = 406 "card_changed" Refused;
    /// A4.1: a free group has no patient, and no card of one.
    CardNotApplicable = 407 "card_not_applicable" Refused;
    /// A5.1: the group is closed.
    GroupClosed = 501 "group_closed" Refused;
    /// A5.2: not a reader of this group.
    NotAReader = 502 "not_a_reader" Refused;
    /// A5.2: already a reader of this group, or already invited.
    AlreadyInGroup = 503 "already_in_group" Refused;
    /// A5.1: the group is not closed, or not for as long as it must be kept.
    RetentionRunning = 504 "retention_running" Refused;
    /// A5.1, A6.2: the group was erased.
    GroupErased = 505 "group_erased" Refused;
    /// A6.1: no consent is recorded.
    ConsentMissing = 601 "consent_missing" Refused;
    /// A6.1: a free group has no patient whose consent could be recorded.
    ConsentNotApplicable = 602 "consent_not_applicable" Refused;
    /// A6.2: the patient's consent was withdrawn, and the group is frozen.
    ConsentWithdrawn = 603 "consent_withdrawn" Refused;
    /// A6.2: a hold is on the group, and erasure waits for its end.
    ErasureHeld = 604 "erasure_held" Refused;
    /// A6.1: it is not the scan whose hash the form names.
    ScanDiffers = 606 "scan_differs" Refused;
    /// A7.1: the facility would have, or has, no SNS administrator.
    NoAdministrator = 701 "no_administrator" Refused;
    /// A7.1: only the facility manager may.
    NotFacilityManager = 702 "not_facility_manager" Refused;
    /// A7.1: a second person must do this.
    SecondPersonRequired = 703 "second_person_required" Refused;
    /// A7.1: the facility manager hands the office over first.
    ManagerNeeded = 704 "manager_needed" Refused;
    /// A8.2: the device is not approved.
    DeviceNotApproved = 802 "device_not_approved" Refused;
    /// A8.3: only an SNS administrator of the facility may.
    NotAdministrator = 803 "not_administrator" Refused;
    /// A8.4: the invited person's own administrator has not approved.
    ApprovalMissing = 804 "approval_missing" Refused;
    /// A8.4: the invitation was decided already, or taken back.
    InvitationSpent = 805 "invitation_spent" Refused;
    /// A8.5: the ID is ended.
    UserEnded = 806 "user_ended" Refused;
    /// A8.2: the key is registered already.
    KeyInUse = 807 "key_in_use" Refused;
    /// A8.4: the release key is not the one that the invitation names.
    ReleaseWrong = 808 "release_wrong" Refused;
    /// A8.2: the device changed its keys a moment ago.
    TooSoon = 809 "too_soon" Later;
    /// A8.3: the ID is suspended.
    UserSuspended = 810 "user_suspended" Refused;
    /// A8.3: the person is no deputy at this time.
    NotDeputy = 811 "not_deputy" Refused;
    /// A8.3: a deputy does not do this, or not to this person.
    NotForDeputies = 812 "not_for_deputies" Refused;
    /// A8.3: as many enrolment tickets of this person wait to be used as may.
    TicketsOpen = 813 "tickets_open" Refused;
    /// A9.1: neither Form 2 nor the exemption is recorded.
    PledgeMissing = 901 "pledge_missing" Refused;
    /// A9.2: the points of a review round should have been confirmed by now.
    ReviewOverdue = 902 "review_overdue" Refused;
    /// A3.1, A9.1: the scan of the form was let go; what is on record of it stays.
    ScanLetGo = 903 "scan_let_go" Refused;
    /// A10.1: the points to note have not been read in their present version.
    NoticeUnread = 1001 "notice_unread" Refused;
    /// A11.1: as many sessions as the facility allows.
    TooManySessions = 1101 "too_many_sessions" Refused;
    /// A11.2: the password fails rules, each named.
    PasswordTooWeak = 1102 "password_too_weak" Refused;
    /// A11.3: the password must be changed first.
    PasswordExpired = 1103 "password_expired" SignIn;
    /// A11.5: too many failures, or too much asked, in a short time.
    TryLater = 1105 "try_later" Later;
    /// A11.6: a code of the code generator is needed.
    SecondFactorRequired = 1106 "second_factor_required" SignIn;
    /// A11.6: an administrative act needs a fresh code of the code generator.
    StepUpRequired = 1107 "step_up_required" SignIn;
    /// A11.2: the password was changed on another device of the person, which ends the sessions elsewhere.
    PasswordChanged = 1108 "password_changed" SignIn;
    /// A12.1: what is asked of the device is not declared, not confirmed, or out of date.
    PostureMissing = 1201 "posture_missing" Refused;
    /// A12.2: the file may be looked at here, and not be kept outside.
    DownloadForbidden = 1202 "download_forbidden" Refused;
    /// A12.3: the device is wiped.
    DeviceWiped = 1203 "device_wiped" Refused;
    /// A12.4: the device is suspended.
    DeviceSuspended = 1204 "device_suspended" Refused;
    /// A12.5: no permit in force covers this takeout.
    TakeoutNotPermitted = 1205 "takeout_not_permitted" Refused;
    /// A12.6: the facility lets no private devices in.
    ByodNotAllowed = 1206 "byod_not_allowed" Refused;
    /// A12.2: not a picture, a PDF or a sound recording, or not what its name says.
    FormatNotAllowed = 1207 "format_not_allowed" Refused;
    /// A12.2: too much was uploaded that no message names yet.
    UploadsFull = 1208 "uploads_full" Later;
    /// A12.2: the server does not have all of the file as the message names it.
    FileIncomplete = 1209 "file_incomplete" Later;
    /// A12.2: the opening is over; the file is to be opened anew.
    OpeningOver = 1210 "opening_over" Later;
    /// A12.2: the file on this device changed while it was being sent.
    FileChanged = 1211 "file_changed" Refused;
    /// A12.6: every administrator of the facility has only private devices, and would be locked out.
    OnlyOwnDevices = 1212 "only_own_devices" Refused;
    /// A12.2: as many bytes of files were sent within a day as one person, one group or all together may.
    UploadsSpent = 1213 "uploads_spent" Later;
    /// A12.5: too many takeouts of this person have not been confirmed to have ended, or were asked for within a day.
    TakeoutsOpen = 1215 "takeouts_open" Refused;
    /// A13.1: weaker than what the association sets.
    WeakerThanPolicy = 1301 "weaker_than_policy" Refused;
    /// A14.1: the inquiry is closed.
    InquiryClosed = 1401 "inquiry_closed" Refused;
    /// A14.1: an inquiry is between who asks and the Desk: nobody is let in, removed, or put in charge.
    InquiryOnly = 1402 "inquiry_only" Refused;
    /// A14.1: as many of a person's inquiries are open as may be at once.
    TooManyInquiries = 1403 "too_many_inquiries" Refused;
    /// A14.1: who asked still has time to write back.
    ReplyAwaited = 1404 "reply_awaited" Refused;
    /// A14.1: who asked has written after what is to be the answer.
    AskedMeanwhile = 1405 "asked_meanwhile" Later;
    /// A15.1: only an operator of the Desk may.
    NotOperator = 1501 "not_operator" Refused;
    /// Only the association's root may.
    NotRoot = 1502 "not_root" Refused;
    /// S1: only the person who wrote it corrects a message or takes it back.
    NotTheAuthor = 1601 "not_the_author" Refused;
    /// S1: the message was taken back.
    AlreadyRetracted = 1602 "already_retracted" Refused;
    /// S3: no consent to uses beyond the group stands.
    UseConsentMissing = 1603 "use_consent_missing" Refused;
    /// S3: uses beyond the group are recorded of which nobody has said what became of them.
    UsesStanding = 1604 "uses_standing" Refused;
    /// S5: who reported an incident does not see to it alone.
    IncidentOwn = 1605 "incident_own" Refused;
    /// S5: as many of a person's reports are open as may be at once.
    TooManyIncidents = 1606 "too_many_incidents" Refused;
    /// S7: something that is done about an incident is not on record yet.
    MeasuresMissing = 1607 "measures_missing" Refused;
    /// S7: who governs the group has halted it.
    GroupHalted = 1608 "group_halted" Refused;
    /// S4: not everybody whose check was asked for has approved this very text.
    ChecksMissing = 1611 "checks_missing" Refused;
    /// U1: as many urgent messages as one may send in a group within an hour, or a day.
    TooManyCalls = 1612 "too_many_calls" Refused;
    /// S6: as many emergency broadcasts are open, or were sent within a day, as may be.
    TooManyBroadcasts = 1613 "too_many_broadcasts" Refused;
    /// S6: the broadcast is over.
    BroadcastClosed = 1614 "broadcast_closed" Refused;

    // Signing in.
    /// ID, password or code is wrong; which, is not said (A11.5).
    SignInFailed = 2001 "sign_in_failed" SignIn;
    /// No session on this connection.
    SessionRequired = 2002 "session_required" SignIn;
    /// The session is locked.
    SessionLocked = 2003 "session_locked" SignIn;
    /// The session is over.
    SessionEnded = 2004 "session_ended" SignIn;
    /// The first sign-in has not been made.
    SetUpRequired = 2005 "set_up_required" SignIn;
    /// The first sign-in was made already.
    SetUpDone = 2006 "set_up_done" SignIn;
    /// No client certificate, or not one of this association.
    CertificateRequired = 2007 "certificate_required" SignIn;
    /// The certificate's time is over.
    CertificateExpired = 2008 "certificate_expired" SignIn;
    /// The enrolment ticket is wrong, used or expired; which, is not said.
    TicketRefused = 2009 "ticket_refused" SignIn;
    /// The server is not founded yet.
    NotFounded = 2010 "not_founded" SignIn;
    /// The server is founded already, or the claim code is wrong.
    ClaimRefused = 2011 "claim_refused" SignIn;
    /// A11.4: the session has reached its end.
    SessionExpired = 2012 "session_expired" SignIn;
    /// A8.3: password and code generator were reset, which ended the session; they are to be set up anew.
    FactorsReset = 2013 "factors_reset" SignIn;

    // Sealing.
    /// The readers have changed since the epoch was made: make the next one and send again.
    RekeyRequired = 3001 "rekey_required" Later;
    /// Another device made this epoch first: take that one.
    EpochTaken = 3002 "epoch_taken" Later;
    /// The epoch was not made for the present readers.
    RosterMismatch = 3003 "roster_mismatch" Later;
    /// These devices have these keys, or may not have them.
    HistoryNotDue = 3004 "history_not_due" Refused;
    /// The group's readers have more devices than one epoch can serve.
    TooManyDevices = 3005 "too_many_devices" Refused;

    // Statements and logs.
    /// The thing named does not exist.
    Unknown = 4001 "unknown" Refused;
    /// The identifier is taken.
    AlreadyExists = 4002 "already_exists" Refused;
    /// Nothing would change.
    NothingToDo = 4003 "nothing_to_do" Refused;
    /// The counter is not the next one of this device in this log.
    CounterWrong = 4004 "counter_wrong" Later;
    /// The log has another head than the author had seen, or names one that never was.
    HeadMismatch = 4005 "head_mismatch" Integrity;
    /// The statement is for another association or log.
    WrongLog = 4006 "wrong_log" Protocol;
    /// The role claimed does not fit the act.
    WrongRole = 4007 "wrong_role" Refused;
    /// Written under rules that this build does not know.
    UnknownRules = 4008 "unknown_rules" Integrity;
    /// The signature does not hold.
    SignatureInvalid = 4009 "signature_invalid" Integrity;
    /// What travels beside the statement is not what it signs.
    SidecarMismatch = 4010 "sidecar_mismatch" Protocol;
    /// The date lies outside what the act allows.
    DateOutOfRange = 4011 "date_out_of_range" Refused;

    // The wire.
    /// Not a frame of this protocol.
    Malformed = 5001 "malformed" Protocol;
    /// Over a bound.
    TooLarge = 5002 "too_large" Protocol;
    /// Another version or suite.
    UnknownVersion = 5003 "unknown_version" Protocol;
    /// Not in this state of the connection.
    OutOfOrder = 5004 "out_of_order" Protocol;
    /// This person has no access to it.
    NotForYou = 5005 "not_for_you" Refused;

    // The server and the way to it.
    /// Too much at once.
    Busy = 6001 "busy" Later;
    /// The disk is full: nothing was written.
    StorageFull = 6002 "storage_full" Server;
    /// The disk failed.
    StorageFailed = 6003 "storage_failed" Server;
    /// The server is going down.
    ShuttingDown = 6004 "shutting_down" Later;
    /// No way to the server.
    Unreachable = 6005 "unreachable" Later;
    /// The server is not the one that the ticket or the root names.
    ServerNotTrusted = 6006 "server_not_trusted" Integrity;

    // The device's own.
    /// The vault does not open.
    VaultClosed = 7001 "vault_closed" SignIn;
    /// A log that this device holds was forked, shortened or altered: it no longer sends there.
    LogNotTrusted = 7002 "log_not_trusted" Integrity;
    /// The key for this has not arrived; a colleague's device will hand it over.
    KeyAwaited = 7003 "key_awaited" Later;
    /// What was opened is not what its author sealed.
    NotAuthentic = 7004 "not_authentic" Integrity;
    /// A file of this profile can't be read or written.
    ProfileFailed = 7005 "profile_failed" Server;
    /// A profile of this name exists.
    ProfileExists = 7006 "profile_exists" Refused;
    /// There is no such profile: this device is not enrolled.
    NotEnrolled = 7007 "not_enrolled" SignIn;
    /// The agent of this profile is not running: sign in first.
    NotSignedIn = 7008 "not_signed_in" SignIn;
    /// Not what this command takes.
    BadInput = 7009 "bad_input" Refused;
    /// No fresh statement of heads has come: nobody is let in meanwhile.
    HeadsStale = 7011 "heads_stale" Later;
    /// The registry names keys for this device that it did not make: somebody else signs with its key.
    KeysReplaced = 7012 "keys_replaced" Integrity;
    /// What was signed got no answer: it may have been entered, or may still be.
    Unconfirmed = 7013 "unconfirmed" Later;
    /// An exported file is not what it says, or was cut.
    ExportWrong = 7014 "export_wrong" Integrity;
    /// Several things have that name.
    Ambiguous = 7010 "ambiguous" Refused;
    /// A8.3: a file of people or facilities has lines to correct; nothing of it was taken.
    ImportFaulty = 7020 "import_faulty" Refused;
    /// There is a file of that name already; it was left as it is.
    FileExists = 7021 "file_exists" Refused;
    /// A10.1: the program that prints forms is not installed, or did not work.
    PrinterMissing = 7040 "printer_missing" Server;
    /// A10.1: the Japanese font is missing, or has no shape for a character of the text.
    FontMissing = 7041 "font_missing" Server;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that names no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such code")]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.name() == name).ok_or(UnknownCode)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(self.name());
        }
        serializer.serialize_u16(self.number())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(D::Error::custom);
        }
        Self::from_number(u16::deserialize(deserializer)?).ok_or_else(|| D::Error::custom(UnknownCode))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_found_by_its_number_and_by_its_name() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for &code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(code));
            assert_eq!(code.name().parse(), Ok(code));
        }
    }
}
