//! What is put on record of a request (A2.1). Every request has its line here; what hands content out is on record
//! durably before it is answered.

use std::sync::OnceLock;

use renkei_policy::a11_session::Need;
use renkei_policy::registry::a09_scans::Deposit;
use renkei_proto::access::{AccessQuestion, Asked, Listing, Scope, Subject, Table, What};
use renkei_proto::code::Code;
use renkei_proto::entry::EntryKind;
use renkei_proto::frame::{Answer, Fault, Op, SecondFactor};
use renkei_proto::id::{GroupId, SessionId, TicketId, UserId};
use renkei_proto::statement::LogId;
use renkei_proto::takeout::TakeoutExport;

use crate::connection::Driver;
use crate::files::Permitted;
use crate::minutes::Repeated;
use crate::recorder::Place;

/// What a request is, for the record.
#[derive(Debug)]
enum On {
    Nothing,
    SetUp,
    SignIn { recovered: bool, changed: bool },
    EndSession(UserId, SessionId),
    Resume(SessionId),
    Unlock,
    SteppedUp,
    Recovery,
    Password,
    Lock(Option<SessionId>),
    SignOut(Option<SessionId>),
    Statement,
    Ticket(TicketId),
    Listing(Listing),
    Box(LogId, u64),
    Export(LogId, u64),
    Certificate,
    Question(AccessQuestion),
    File,
    TakeOut(TakeoutExport),
    Table(Table, u32),
}

/// What is known of a request before it is answered.
#[derive(Debug)]
pub(crate) struct Noted {
    asked: Asked,
    on: On,
    log: Option<LogId>,
    /// Of a statement: its log, and what it is.
    pub(crate) statement: OnceLock<(LogId, EntryKind)>,
    /// Of an opening: what the rules permit.
    pub(crate) opening: OnceLock<Permitted>,
}

impl Noted {
    pub(crate) fn of(driver: &Driver, op: &Op) -> Self {
        let session = || driver.live.session();
        // A session that is locked already is not locked once more.
        let open = || session().filter(|_| driver.live.permit(Need::OpenSession).is_ok());
        let (asked, on, log) = match op {
            Op::SetPassword(_) => (Asked::SignIn, On::Nothing, None),
            Op::ConfirmFactor { .. } => (Asked::SignIn, On::SetUp, None),
            Op::SignIn { .. } => (Asked::SignIn, On::SignIn { recovered: false, changed: false }, None),
            Op::SignInWith { second, new, .. } => {
                let recovered = matches!(second, SecondFactor::Recovery(_));
                (Asked::SignIn, On::SignIn { recovered, changed: new.is_some() }, None)
            }
            Op::Resume { session, .. } => (Asked::SignIn, On::Resume(*session), None),
            Op::Unlock { .. } => (Asked::SignIn, On::Unlock, None),
            Op::StepUp { .. } => (Asked::SignIn, On::SteppedUp, None),
            Op::NewRecoveryCodes => (Asked::SignIn, On::Recovery, None),
            Op::Touch => (Asked::Session, On::Nothing, None),
            Op::EndSession { user, session } => (Asked::Session, On::EndSession(*user, *session), None),
            Op::Counts => (Asked::Listing, On::Listing(Listing::Counts), None),
            Op::Sessions { .. } => (Asked::Listing, On::Listing(Listing::Sessions), None),
            Op::ChangePassword { .. } => (Asked::SignIn, On::Password, None),
            Op::Application => (Asked::Listing, On::Listing(Listing::Application), None),
            Op::Lock => (Asked::Session, On::Lock(open()), None),
            Op::SignOut => (Asked::Session, On::SignOut(session()), None),
            Op::Submit { .. } | Op::Publish { .. } => (Asked::Statement, On::Statement, None),
            Op::NewTicket(ticket) => (Asked::Ticket, On::Ticket(ticket.ticket), None),
            Op::Offers => (Asked::Listing, On::Listing(Listing::Offers), None),
            Op::SealingKeys(_) => (Asked::Listing, On::Listing(Listing::Devices), None),
            Op::Details(_) => (Asked::Listing, On::Listing(Listing::Names), None),
            Op::Receipts(_) => (Asked::Listing, On::Listing(Listing::Receipts), None),
            Op::SafetyAnswers { .. } => (Asked::Listing, On::Listing(Listing::Safety), None),
            // It is kept signed.
            Op::AnswerBroadcast(_) => (Asked::Other, On::Nothing, None),
            Op::Report => (Asked::Listing, On::Listing(Listing::Report), None),
            Op::FetchBox { log, seq } => (Asked::Box, On::Box(*log, *seq), Some(*log)),
            Op::Entries { log, from } => (Asked::Export, On::Export(*log, *from), Some(*log)),
            Op::RenewCertificate { .. } => (Asked::Other, On::Certificate, None),
            // Says nothing that the stream would not have said a moment later; and the association's texts are everybody's.
            // A device's own word on a group is kept signed; and a chunk is of an opening that is on record already. That one is
            // called stands in the log, with who called and who acknowledged it.
            Op::Freshen | Op::Text { .. } | Op::Gone(_) | Op::FileChunk { .. } | Op::Calls => {
                (Asked::Other, On::Nothing, None)
            }
            Op::Upload { group, .. } | Op::Uploaded { group, .. } => {
                (Asked::Other, On::Nothing, Some(LogId::Group(*group)))
            }
            Op::OpenFile(signed) => {
                let group = signed.unverified().ok().map(|opening| LogId::Group(opening.group));
                (Asked::Box, On::File, group)
            }
            Op::GroupReceipts { group, .. } | Op::ErasureWord { group } => {
                (Asked::Listing, On::Listing(Listing::Receipts), Some(LogId::Group(*group)))
            }
            Op::AccessRecords(question) | Op::AccessCounts(question) => (Asked::Record, On::Question(*question), None),
            Op::TakeOut(export) => (Asked::Export, On::TakeOut(*export), Some(LogId::Group(export.group))),
            Op::WriteTable { table, rows } => (Asked::Export, On::Table(*table, *rows), None),
        };
        Self { asked, on, log, statement: OnceLock::new(), opening: OnceLock::new() }
    }

    /// Whether it makes a record each time: not what is counted, and not what stands in a log with its author. Nobody is
    /// kept from ending what was begun.
    pub(crate) fn spends(&self) -> bool {
        !matches!(self.on, On::Nothing | On::Listing(_) | On::Statement | On::Lock(_) | On::SignOut(_))
    }
}

impl Driver {
    /// Who is at the other end, where the network address does not matter.
    pub(crate) fn subject(&self) -> Subject {
        Subject { user: Some(self.live.user()), device: Some(self.live.device()), source: None }
    }

    /// The same with the network address.
    pub(crate) fn subject_from(&self) -> Subject {
        Subject { source: Some(self.address.into()), ..self.subject() }
    }

    /// The group of a refused request, if there is such a group: nobody fills the record with made-up ones.
    fn group_of(&self, noted: &Noted) -> Option<GroupId> {
        match noted.log.or_else(|| noted.statement.get().map(|(log, _)| *log)) {
            Some(LogId::Group(id)) => self.service.world().group(id).map(|_| id),
            Some(LogId::Registry) | None => None,
        }
    }

    /// Puts what was answered on record, and gives the answer on. What must be on record first is refused if it can't be.
    pub(crate) async fn put_on_record(
        &self,
        place: Place,
        noted: &Noted,
        answer: Result<Answer, Fault>,
    ) -> Result<Answer, Fault> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                let who = if noted.asked == Asked::SignIn { self.subject_from() } else { self.subject() };
                let refused = Repeated::Refused(noted.asked, fault.code, self.group_of(noted));
                self.service.recorder.repeated(place, who, refused);
                return Err(fault);
            }
        };
        let group = |log: LogId| match log {
            LogId::Group(group) => Some(group),
            LogId::Registry => None,
        };
        let (who, from) = (self.subject(), self.subject_from());
        match (&noted.on, &answer) {
            (On::SignIn { recovered, changed }, Answer::SignedIn { session, .. }) => {
                // Beside the sign-in itself, what was used up or changed with it.
                let more = [(*recovered, What::RecoveryUsed), (*changed, What::PasswordChanged)];
                for (_, what) in more.into_iter().filter(|(happened, _)| *happened) {
                    match self.service.recorder.place() {
                        Ok(place) => place.record(from, what),
                        Err(_) => self.service.recorder.lost(),
                    }
                }
                let kept = place.record_durably(from, What::SignedIn { session: *session }).await;
                if let Err(code) = kept {
                    self.service.sign_out(*session)?;
                    return Err(code.into());
                }
            }
            (On::Resume(session), _) => place.record(from, What::Resumed { session: *session }),
            (On::Unlock, Answer::SignedIn { session, .. }) => {
                // Content follows: it stays locked where this can't be recorded.
                if let Err(code) = place.record_durably(from, What::Unlocked { session: *session }).await {
                    self.service.lock_session(*session)?;
                    return Err(code.into());
                }
            }
            (On::EndSession(user, session), _) => {
                place.record(who, What::EndedFor { user: *user, session: *session });
            }
            (On::SteppedUp, _) => place.record(from, What::SteppedUp),
            (On::Recovery, _) => place.record(who, What::RecoveryRenewed),
            (On::SetUp, _) => place.record(from, What::SetUp),
            (On::Password, _) => place.record(from, What::PasswordChanged),
            (On::Lock(Some(session)), _) => place.record(who, What::Locked { session: *session }),
            (On::SignOut(Some(session)), _) => place.record(who, What::SignedOut { session: *session }),
            (On::Statement, Answer::Accepted(accepted)) => {
                let seq = accepted.head.size.saturating_sub(1);
                // What people write and the keys for it stand in the group's log with their author.
                if let Some((log, EntryKind::Registry | EntryKind::Governance)) = noted.statement.get() {
                    place.record(who, What::Acted { log: *log, seq });
                }
            }
            (On::Ticket(ticket), _) => place.record(who, What::TicketIssued { ticket: *ticket }),
            (On::File, _) => {
                let permitted = noted.opening.get().cloned().ok_or(Code::StorageFailed)?;
                place.record_durably(who, permitted.what).await?;
                self.service.opened(permitted);
            }
            (On::Listing(what), _) => self.service.recorder.repeated(place, who, Repeated::Listed(*what)),
            (On::Box(log, seq), _) => {
                let drawer = || {
                    let world = self.service.world();
                    let mut deposits = world.registry().now().form_deposits();
                    let beside = |one: &Deposit| one.parcels.iter().any(|parcel| parcel.seq == *seq);
                    deposits.find(|(_, one)| beside(one)).map(|(_, one)| one.form.drawer())
                };
                if let Some(group) = group(*log).or_else(drawer) {
                    place.record_durably(who, What::BoxFetched { group, seq: *seq }).await?;
                }
            }
            (On::Export(log, from), Answer::Entries(entries)) if !entries.as_slice().is_empty() => {
                let entries = u32::try_from(entries.as_slice().len()).unwrap_or(u32::MAX);
                place.record_durably(who, What::Exported { log: *log, from: *from, entries }).await?;
            }
            (On::TakeOut(export), _) => {
                let TakeoutExport { takeout, group, form, first, last, items, manifest } = *export;
                place
                    .record_durably(who, What::TakenOut { takeout, group, form, first, last, items, manifest })
                    .await?;
            }
            (On::Table(table, rows), _) => {
                place.record_durably(who, What::TableWritten { table: *table, rows: *rows }).await?;
            }
            (On::Certificate, _) => place.record(who, What::CertificateRenewed),
            (On::Question(question), answer) => {
                let (scope, records) = match answer {
                    Answer::AccessRecords { records, .. } => (question.scope, records.as_slice().len()),
                    Answer::AccessCounts { counts, .. } => (Scope::Counts, counts.as_slice().len()),
                    _ => (question.scope, 0),
                };
                // The first page of a question, and every one that has something.
                if question.from == 0 || records > 0 {
                    let records = u32::try_from(records).unwrap_or(u32::MAX);
                    let what = What::Consulted { scope, from: question.from, records };
                    place.record_durably(who, what).await?;
                }
            }
            _ => {}
        }
        Ok(answer)
    }
}

/// A connection that ended before it was anybody's.
pub(crate) fn stranger(address: std::net::IpAddr) -> Subject {
    Subject { source: Some(address.into()), ..Subject::default() }
}
