// Written by `RENKEI_BLESS=1 cargo test -p renkei-app-core`. Not to be edited.

export type ApplicationView = { 
/**
 * Which.
 */
facility: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * What it is.
 */
kind: string, 
/**
 * A member of the association.
 */
member: boolean, 
/**
 * Who applies.
 */
manager: Who, 
/**
 * How many of two have admitted it.
 */
admittedBy: number, 
/**
 * This person is one of them.
 */
signed: boolean, 
/**
 * The words to compare, in kana and in Latin letters.
 */
words: [string, string], };
export type Ask = { "ask": "people" } | { "ask": "read-link", 
/**
 * What was pasted.
 */
link: string, } | { "ask": "enrol", 
/**
 * What was pasted.
 */
link: string, 
/**
 * What the person is called on the first screen.
 */
name: string, 
/**
 * What this device is.
 */
device: ThisDevice, } | { "ask": "approved", 
/**
 * Whose place.
 */
key: string, } | { "ask": "forget", 
/**
 * Whose place.
 */
key: string, } | { "ask": "enter", 
/**
 * Whose place.
 */
key: string, 
/**
 * The password.
 */
password: Secret, 
/**
 * Where it was asked for.
 */
second: Second | null, 
/**
 * In place of a password that has expired.
 */
new: Secret | null, } | { "ask": "set-up", 
/**
 * Whose place.
 */
key: string, 
/**
 * The password from now on.
 */
password: Secret, } | { "ask": "confirm-factor", 
/**
 * What the generator shows.
 */
code: Secret, } | { "ask": "touch" } | { "ask": "lock" } | { "ask": "sign-out" } | { "ask": "status" } | { "ask": "home" } | { "ask": "timeline", 
/**
 * Which group.
 */
group: string, 
/**
 * The number of the first line; the newest ones if there is none.
 */
from: number | null, 
/**
 * How many.
 */
count: number, } | { "ask": "mark-seen", 
/**
 * In which group.
 */
group: string, 
/**
 * The place.
 */
seq: number, } | { "ask": "seen", 
/**
 * In which group.
 */
group: string, 
/**
 * Which message.
 */
seq: number, } | { "ask": "post", 
/**
 * To which.
 */
group: string, 
/**
 * What.
 */
text: string, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "post-urgent", 
/**
 * To which.
 */
group: string, 
/**
 * What.
 */
text: string, 
/**
 * Whom.
 */
of: string[], 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "broadcasts" } | { "ask": "answer-broadcast", 
/**
 * After which broadcast: its place.
 */
broadcast: number, 
/**
 * How.
 */
says: "received" | "safe" | "needs-help", } | { "ask": "how-people-are", 
/**
 * After which broadcast: its place.
 */
broadcast: number, } | { "ask": "urgent" } | { "ask": "acknowledge", 
/**
 * In which group.
 */
group: string, 
/**
 * Which: its place.
 */
call: number, } | { "ask": "callable", 
/**
 * In which.
 */
group: string, } | { "ask": "reach" } | { "ask": "post-again", 
/**
 * Which.
 */
id: string, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "take-back", 
/**
 * Which.
 */
id: string, } | { "ask": "draft", 
/**
 * In which.
 */
group: string, } | { "ask": "keep-draft", 
/**
 * In which group.
 */
group: string, 
/**
 * All of it; nothing keeps nothing.
 */
text: string, } | { "ask": "correct", 
/**
 * In which group.
 */
group: string, 
/**
 * Which message.
 */
seq: number, 
/**
 * What it is to say.
 */
text: string, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "retract", 
/**
 * In which group.
 */
group: string, 
/**
 * Which message.
 */
seq: number, } | { "ask": "duties" } | { "ask": "confirm-duty", 
/**
 * What.
 */
duty: Duty, } | { "ask": "step-up", 
/**
 * Six digits.
 */
code: Secret, } | { "ask": "decisions" } | { "ask": "decide-invitation", 
/**
 * To which group.
 */
group: string, 
/**
 * Which.
 */
invitation: string, 
/**
 * Or not.
 */
approve: boolean, } | { "ask": "approve-device", 
/**
 * Which.
 */
device: string, 
/**
 * The words in kana, as they were shown.
 */
words: string, } | { "ask": "staff" } | { "ask": "person", 
/**
 * Who.
 */
user: string, } | { "ask": "do", 
/**
 * What.
 */
deed: Deed, } | { "ask": "plan-staff", 
/**
 * The file, and the scans that it names.
 */
files: StaffFiles, } | { "ask": "import-staff", 
/**
 * The file, and the scans that it names.
 */
files: StaffFiles, } | { "ask": "governed" } | { "ask": "members", 
/**
 * Which.
 */
group: string, } | { "ask": "incident", 
/**
 * Its room.
 */
group: string, } | { "ask": "report", 
/**
 * What.
 */
plan: ReportPlan, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "candidates", 
/**
 * To which group.
 */
group: string, 
/**
 * Only of this facility.
 */
facility: string | null, 
/**
 * Parts of names, readings and facilities.
 */
query: string, } | { "ask": "desk" } | { "ask": "search", 
/**
 * Only in this group.
 */
group: string | null, 
/**
 * The words.
 */
query: string, } | { "ask": "attach", 
/**
 * To which.
 */
group: string, 
/**
 * With what was chosen just now; otherwise what nobody took over is forgotten.
 */
chosen: boolean, } | { "ask": "detach", 
/**
 * To which group it was to go.
 */
group: string, 
/**
 * Which.
 */
id: string, } | { "ask": "send-files", 
/**
 * To which group.
 */
group: string, 
/**
 * What is written with it.
 */
text: string, 
/**
 * To be looked at only (A12.2).
 */
noDownload: boolean, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "sending", 
/**
 * To which.
 */
group: string, } | { "ask": "take-back-files", 
/**
 * Which.
 */
id: string, } | { "ask": "open-file", 
/**
 * In which group.
 */
group: string, 
/**
 * Of which message.
 */
seq: number, 
/**
 * Which of its files, from 0.
 */
file: number, } | { "ask": "open-preview", 
/**
 * In which group.
 */
group: string, 
/**
 * Of which message.
 */
seq: number, 
/**
 * Which of its files, from 0.
 */
file: number, } | { "ask": "still-open", 
/**
 * What.
 */
handle: string, } | { "ask": "close-file", 
/**
 * What.
 */
handle: string, } | { "ask": "card", 
/**
 * Of which.
 */
group: string, } | { "ask": "card-history", 
/**
 * Of which group.
 */
group: string, } | { "ask": "change-card", 
/**
 * Of which group.
 */
group: string, 
/**
 * What it is to say.
 */
card: CardText, 
/**
 * The revision that the person was shown.
 */
replaces: number | null, } | { "ask": "takeouts" } | { "ask": "chart", 
/**
 * Of what.
 */
of: ChartOf, 
/**
 * Its language; otherwise Japanese.
 */
english: boolean, } | { "ask": "inquiries" } | { "ask": "inquiry", 
/**
 * Its room.
 */
group: string, } | { "ask": "open-inquiry", 
/**
 * What it is about; sealed.
 */
subject: Secret, 
/**
 * What is asked; sealed.
 */
text: Secret, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "announcements", 
/**
 * How many announcements at most.
 */
count: number, } | { "ask": "draft-announcement", 
/**
 * What.
 */
plan: DraftPlan, 
/**
 * What the person was asked first, and means (S2).
 */
meant: string | null, } | { "ask": "ending", 
/**
 * Which.
 */
group: string, } | { "ask": "delegations" } | { "ask": "oversight" };
export type Decisions = { 
/**
 * Invitations.
 */
invitations: Array<InvitationView>, 
/**
 * Devices.
 */
devices: Array<OfferView>, 
/**
 * Requests to take something out, and takeouts whose end is to be confirmed.
 */
takeouts: Array<TakeoutView>, 
/**
 * Devices whose person says how they are kept.
 */
postures: Array<PostureView>, 
/**
 * Resets of password and code generator that another has signed.
 */
resets: Array<ResetView>, 
/**
 * Review rounds that somebody has not confirmed yet.
 */
reviews: Array<ReviewView>, 
/**
 * Forms on record whose scan is not there.
 */
forms: Array<FormView>, 
/**
 * Facilities that ask to be admitted.
 */
applications: Array<ApplicationView>, 
/**
 * Questions to the Desk, and reports that something went wrong, which this person may see to.
 */
inquiries: Array<InquiryView>, 
/**
 * Groups that are offered to the own facility, and those whose erasure waits for this person.
 */
endings: Array<EndingView>, };
export type Deed = { "deed": "add-staff", 
/**
 * What the person does.
 */
profession: string, 
/**
 * The name.
 */
name: string, 
/**
 * Its reading.
 */
kana: string | null, } | { "deed": "issue-ticket", 
/**
 * Whose.
 */
user: string, } | { "deed": "issue-facility-ticket" } | { "deed": "record-pledge", 
/**
 * Whose.
 */
user: string, 
/**
 * The day on the paper.
 */
on: string, 
/**
 * The scan.
 */
scan: Secret, } | { "deed": "record-exemption", 
/**
 * Whose.
 */
user: string, 
/**
 * Since when.
 */
since: string, } | { "deed": "deposit-form", 
/**
 * Which form.
 */
form: FormName, 
/**
 * The scan.
 */
scan: Secret, } | { "deed": "end-user", 
/**
 * Whose.
 */
user: string, } | { "deed": "suspend-user", 
/**
 * Whom.
 */
user: string, } | { "deed": "resume-user", 
/**
 * Whom.
 */
user: string, } | { "deed": "reset-factors", 
/**
 * Whose.
 */
user: string, } | { "deed": "lift-lockout", 
/**
 * Whose.
 */
user: string, } | { "deed": "set-group-manager", 
/**
 * Whom.
 */
user: string, 
/**
 * Or no longer.
 */
granted: boolean, } | { "deed": "suspend-device", 
/**
 * Which.
 */
device: string, 
/**
 * It is not where it should be.
 */
lost: boolean, } | { "deed": "resume-device", 
/**
 * Which.
 */
device: string, } | { "deed": "retire-device", 
/**
 * Which.
 */
device: string, } | { "deed": "wipe-device", 
/**
 * Which.
 */
device: string, } | { "deed": "end-session", 
/**
 * Whose.
 */
user: string, 
/**
 * Which.
 */
session: string, } | { "deed": "declare-posture", 
/**
 * Which.
 */
device: string, 
/**
 * The lines that hold.
 */
lines: Array<string>, } | { "deed": "confirm-posture", 
/**
 * Which.
 */
device: string, 
/**
 * The declaration that was shown.
 */
declaration: string, } | { "deed": "decide-takeout", 
/**
 * Which.
 */
takeout: string, 
/**
 * The request that was shown.
 */
request: string, 
/**
 * Or not.
 */
approve: boolean, } | { "deed": "confirm-takeout-end", 
/**
 * Which.
 */
takeout: string, 
/**
 * How.
 */
how: string, 
/**
 * On which day.
 */
on: string, } | { "deed": "check-announcement", 
/**
 * Which.
 */
announcement: string, 
/**
 * The text that was shown.
 */
text: string, 
/**
 * Or objects.
 */
approve: boolean, } | { "deed": "publish-announcement", 
/**
 * Which.
 */
announcement: string, 
/**
 * The text that was shown.
 */
text: string, } | { "deed": "withdraw-announcement", 
/**
 * Which.
 */
announcement: string, } | { "deed": "name-official", 
/**
 * Whose.
 */
user: string, 
/**
 * What for.
 */
purpose: string, 
/**
 * Who answers for it.
 */
responsible: string[], } | { "deed": "sign-official", 
/**
 * Whose.
 */
user: string, 
/**
 * The proposal that was shown.
 */
shown: string, } | { "deed": "withdraw-official", 
/**
 * Whose.
 */
user: string, } | { "deed": "take-inquiry", 
/**
 * Its room.
 */
group: string, } | { "deed": "answer-inquiry", 
/**
 * The inquiry's room.
 */
group: string, 
/**
 * The message's place.
 */
seq: number, } | { "deed": "close-inquiry", 
/**
 * Its room.
 */
group: string, } | { "deed": "reopen-inquiry", 
/**
 * Its room.
 */
group: string, } | { "deed": "close-group", 
/**
 * Which.
 */
group: string, } | { "deed": "offer-handover", 
/**
 * Which.
 */
group: string, 
/**
 * To which.
 */
to: string, } | { "deed": "accept-handover", 
/**
 * Which.
 */
group: string, } | { "deed": "drop-handover", 
/**
 * Which.
 */
group: string, } | { "deed": "withdraw-consent", 
/**
 * Of which group.
 */
group: string, 
/**
 * Who withdrew it.
 */
by: Consenter, 
/**
 * The day on the paper.
 */
on: string, 
/**
 * The scan.
 */
scan: Secret, } | { "deed": "order-erasure", 
/**
 * Which.
 */
group: string, } | { "deed": "confirm-erasure", 
/**
 * Of which group.
 */
group: string, 
/**
 * What was shown: the order, or the withdrawal.
 */
shown: string, } | { "deed": "delegate", 
/**
 * For this group alone; otherwise for everything.
 */
group: string | null, 
/**
 * Up to this day, included.
 */
until: string, 
/**
 * Operators may read, too.
 */
reads: boolean, } | { "deed": "revoke-delegation", 
/**
 * Which.
 */
delegation: string, } | { "deed": "name-deputy", 
/**
 * Whom.
 */
user: string, 
/**
 * From this day on; otherwise from now on.
 */
from: string | null, 
/**
 * Up to this day, included.
 */
until: string, } | { "deed": "end-deputy", 
/**
 * Whose.
 */
user: string, } | { "deed": "suspend-facility", 
/**
 * Which.
 */
facility: string, 
/**
 * Or lets it go on, which two must sign.
 */
suspended: boolean, } | { "deed": "open-review", 
/**
 * The last day.
 */
due: string, 
/**
 * Days after it until who has not confirmed only reads.
 */
restrictAfter: number, 
/**
 * Days after it until who has not confirmed does nothing but confirm.
 */
lockAfter: number, } | { "deed": "request-takeout", 
/**
 * What.
 */
plan: TakeoutPlan, } | { "deed": "revoke-takeout", 
/**
 * Which.
 */
takeout: string, } | { "deed": "declare-takeout-end", 
/**
 * Which.
 */
takeout: string, 
/**
 * How.
 */
how: string, } | { "deed": "grant-standing-takeout", 
/**
 * Whom.
 */
user: string, 
/**
 * Up to this day, included.
 */
until: string, } | { "deed": "close-review", 
/**
 * Which.
 */
review: string, } | { "deed": "new-recovery-codes" } | { "deed": "change-password", 
/**
 * The present one.
 */
old: Secret, 
/**
 * The one from now on.
 */
new: Secret, } | { "deed": "admit-facility", 
/**
 * Which.
 */
facility: string, 
/**
 * The words in kana, as they were shown.
 */
words: string, } | { "deed": "open-group", 
/**
 * Which.
 */
plan: GroupPlan, } | { "deed": "record-consent", 
/**
 * Of which group.
 */
group: string, 
/**
 * The form.
 */
form: Form3, } | { "deed": "deposit-consent", 
/**
 * Of which group.
 */
group: string, 
/**
 * The place at which the form is on record.
 */
of: number, 
/**
 * The scan.
 */
scan: Secret, } | { "deed": "invite", 
/**
 * To which.
 */
group: string, 
/**
 * Whom.
 */
user: string, } | { "deed": "withdraw-invitation", 
/**
 * To which group.
 */
group: string, 
/**
 * Which.
 */
invitation: string, } | { "deed": "remove-member", 
/**
 * In which group.
 */
group: string, 
/**
 * Whose.
 */
user: string, } | { "deed": "take-incident", 
/**
 * Its room.
 */
group: string, } | { "deed": "record-measure", 
/**
 * Its room.
 */
group: string, 
/**
 * Of which kind.
 */
measure: string, 
/**
 * It was done; otherwise it was found not to be needed.
 */
done: boolean, 
/**
 * On which day.
 */
on: string, } | { "deed": "close-incident", 
/**
 * Its room.
 */
group: string, } | { "deed": "reopen-incident", 
/**
 * Its room.
 */
group: string, } | { "deed": "halt-group", 
/**
 * Which.
 */
group: string, } | { "deed": "set-stand-in", 
/**
 * In which.
 */
group: string, 
/**
 * Whom.
 */
user: string | null, } | { "deed": "set-quiet-hours", 
/**
 * From, until, `22:00` each; none at no time.
 */
quiet: [string, string] | null, } | { "deed": "set-telephone", 
/**
 * As it was typed; none takes it back.
 */
number: string | null, } | { "deed": "broadcast", 
/**
 * What.
 */
text: string, 
/**
 * A drill.
 */
drill: boolean, } | { "deed": "close-broadcast", 
/**
 * Which: its place.
 */
broadcast: number, } | { "deed": "resume-group", 
/**
 * Which.
 */
group: string, };
export type DelegationView = { 
/**
 * Which.
 */
delegation: string, 
/**
 * For whom.
 */
facility: string | null, 
/**
 * For everything of the facility; otherwise for one group.
 */
everything: boolean, 
/**
 * The group's name, where it is known here.
 */
label: string | null, 
/**
 * Until when, excluded.
 */
until: number, 
/**
 * Operators may read.
 */
reads: boolean, };
export type DeskView = { 
/**
 * The facilities: those that wait first.
 */
facilities: Array<FacilityView>, 
/**
 * What is delegated now, the next to end first.
 */
delegations: Array<DelegationView>, };
export type DeviceState = "approved" | "pending" | "lost" | "suspended" | "ended" | "wiped" | "retired";
export type DeviceView = { 
/**
 * Which.
 */
device: string, 
/**
 * What it is.
 */
kind: "phone" | "tablet" | "computer", 
/**
 * What it runs.
 */
system: string, 
/**
 * The person's own.
 */
own: boolean, 
/**
 * The one on which this is shown.
 */
here: boolean, 
/**
 * Where it stands.
 */
state: DeviceState, 
/**
 * Its person may let it go on without an administrator.
 */
ownWord: boolean, 
/**
 * When it confirmed, by its own clock, that what it had is destroyed.
 */
wipeConfirmed: number | null, 
/**
 * How it is kept.
 */
keeping: Keeping | null, };
export type Duty = { "kind": "notice", 
/**
 * Which version.
 */
version: number, 
/**
 * Its hash.
 */
text: string, } | { "kind": "review", 
/**
 * Which.
 */
review: string, 
/**
 * The hash of its points.
 */
text: string, };
export type DutyView = { 
/**
 * By what it is confirmed.
 */
duty: Duty, 
/**
 * The association's text; the Japanese one binds.
 */
ja: string, 
/**
 * The same in English.
 */
en: string, 
/**
 * The last day, where there is one.
 */
due: string | null, };
export type Entry = "in" | "code" | "set-up";
export type FacilityState = "applied" | "half-admitted" | "suspended" | "in-force" | "ended";
export type FacilityView = { 
/**
 * Which.
 */
facility: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * What it is.
 */
kind: string, 
/**
 * A member of the association.
 */
member: boolean, 
/**
 * Where it stands.
 */
state: FacilityState, 
/**
 * Its manager.
 */
manager: Who | null, 
/**
 * SNS administrators.
 */
administrators: number, 
/**
 * People with an ID.
 */
staff: number, };
export type Factor = { 
/**
 * In base 32, to be typed.
 */
secret: string, 
/**
 * The rows of the QR picture: `1` is dark.
 */
rows: Array<string>, };
export type FileView = { 
/**
 * As its author had it.
 */
name: string, 
/**
 * A media type.
 */
media: string, 
/**
 * Bytes.
 */
length: number, 
/**
 * There is a small picture of it.
 */
preview: boolean, 
/**
 * To be looked at only (A12.2).
 */
noDownload: boolean, };
export type FindingView = { 
/**
 * The line, as an editor counts; 0 for the file as a whole.
 */
line: number, 
/**
 * The column, in both languages.
 */
column: [string, string] | null, 
/**
 * It must be put right first; otherwise it is worth a look.
 */
fault: boolean, 
/**
 * 何が違うか、どう直すか.
 */
ja: string, 
/**
 * The same in English.
 */
en: string, };
export type FormName = { 
/**
 * The facility.
 */
facility: string, 
/**
 * Whose Form 2.
 */
user: string | null, 
/**
 * The place at which Form 2 was filed.
 */
filed: number | null, };
export type FormView = { 
/**
 * By what it is named.
 */
form: FormName, 
/**
 * Whose Form 2; a facility's Form 1 has nobody.
 */
who: Who | null, 
/**
 * The facility.
 */
facility: string | null, 
/**
 * The day on the paper.
 */
on: string, };
export type FoundLine = { 
/**
 * Where.
 */
group: string, 
/**
 * The group's name.
 */
label: string | null, 
/**
 * The number of its line in the group.
 */
line: number, 
/**
 * The server's time.
 */
time: number, 
/**
 * Who wrote it.
 */
author: Who, 
/**
 * What it says, in pieces: each with whether it is one of the words.
 */
pieces: Array<[string, boolean]>, };
export type Happening = "created" | "consent-recorded" | "invited" | "joined" | "declined" | "withdrawn" | "removed" | "closed" | "new-devices" | "consent-withdrawn" | "freeze-lifted" | "erasure-held" | "erasure-ordered" | "erased" | "handover-offered" | "handed-over" | "handover-dropped" | "downloads-forbidden" | "use-consent-recorded" | "use-consent-withdrawn" | "used" | "use-settled" | "inquiry-opened" | "incident-opened" | "inquiry-taken" | "inquiry-answered" | "inquiry-closed" | "inquiry-reopened" | "incident-taken" | "incident-closed" | "incident-reopened" | "incident-stated" | "measure-recorded" | "halted" | "resumed" | "called" | "acknowledged" | "stands-in" | "nobody-stands-in" | "card-changed";
export type HomeRow = { 
/**
 * Names it.
 */
group: string, 
/**
 * The patient, or what a free group is about; nothing while the name is on its way.
 */
label: string | null, 
/**
 * `patient`, `free`, `inquiry` or `incident`.
 */
kind: "patient" | "free" | "inquiry" | "incident", 
/**
 * The originating facility.
 */
facility: string | null, 
/**
 * The Desk is here for that facility, by its delegation (A4.2): said wherever the person acts.
 */
actingFor: string | null, 
/**
 * What others wrote and this person has not seen.
 */
unseen: number, 
/**
 * The last message.
 */
last: Last | null, 
/**
 * Something was begun and not sent.
 */
draft: boolean, 
/**
 * Messages on their way.
 */
waiting: number, 
/**
 * Messages that were refused.
 */
refused: number, 
/**
 * A colleague's device has to hand over keys first.
 */
awaitingKeys: boolean, 
/**
 * Its text may be put into the chart, under a standing permit of this person (A12.5).
 */
chart: boolean, 
/**
 * Read-only, frozen, without consent, or not to be trusted: why nobody writes here.
 */
shut: Trouble | null, };
export type ImportRow = { 
/**
 * The line.
 */
line: number, 
/**
 * The name.
 */
name: string, 
/**
 * Registered already: passed over.
 */
there: boolean, 
/**
 * Becomes an SNS administrator.
 */
administrator: boolean, 
/**
 * May create groups and invite.
 */
groupManager: boolean, };
export type ImportView = { 
/**
 * Nothing stands in the way.
 */
clean: boolean, 
/**
 * Its lines.
 */
rows: Array<ImportRow>, 
/**
 * What is wrong, or worth a look.
 */
findings: Array<FindingView>, };
export type ImportedRow = { 
/**
 * The line.
 */
line: number, 
/**
 * Who it is.
 */
who: Who, 
/**
 * Registered now, not before.
 */
registered: boolean, 
/**
 * A ticket to hand over.
 */
ticket: TicketView | null, };
export type ImportedView = { 
/**
 * The lines that are done.
 */
rows: Array<ImportedRow>, 
/**
 * Why it went no further: the same file goes on from there.
 */
trouble: Trouble | null, };
export type InvitationView = { 
/**
 * Which.
 */
invitation: string, 
/**
 * To which group.
 */
group: string, 
/**
 * The group's name; nothing while it is on its way.
 */
label: string | null, 
/**
 * The originating facility.
 */
facility: string | null, 
/**
 * Whom.
 */
invited: Who, 
/**
 * Who invites.
 */
by: Who, 
/**
 * When.
 */
at: number, };
export type Keeping = { 
/**
 * What is asked.
 */
required: Array<string>, 
/**
 * What its person has declared last; nothing where nothing was declared.
 */
declared: Array<string> | null, 
/**
 * When.
 */
declaredAt: number | null, 
/**
 * Hash of that declaration: a confirmation names it.
 */
declaration: string | null, 
/**
 * The last day on which it is confirmed.
 */
until: string | null, 
/**
 * Something is asked that is not declared, not confirmed, or out of date.
 */
missing: boolean, 
/**
 * The confirmation ends soon.
 */
endsSoon: boolean, };
export type Last = { 
/**
 * The server's time, in seconds since 1970 (UTC).
 */
time: number, 
/**
 * Who wrote it.
 */
author: Who, 
/**
 * How it begins; nothing where it can't be read or was taken back.
 */
text: string | null, 
/**
 * Its files.
 */
files: number, };
export type LinkView = { 
/**
 * The server that it names.
 */
server: string, 
/**
 * For a new facility's application; otherwise for a person's device.
 */
facility: boolean, 
/**
 * A fingerprint of the association's root, as people compare it.
 */
root: string, };
export type News = { "news": "changed" } | { "news": "offered" } | { "news": "rings" } | { "news": "over", 
/**
 * Why.
 */
why: Trouble | null, };
export type OfferView = { 
/**
 * Which.
 */
device: string, 
/**
 * Whose.
 */
who: Who, 
/**
 * What it is.
 */
kind: "phone" | "tablet" | "computer", 
/**
 * The person's own.
 */
own: boolean, 
/**
 * The words to compare, in kana and in Latin letters.
 */
words: [string, string], 
/**
 * Another has signed already: this is the second signature.
 */
second: boolean, };
export type Outcome = { "outcome": "done" } | { "outcome": "waits" } | { "outcome": "registered", 
/**
 * The ID.
 */
user: string, } | { "outcome": "opened", 
/**
 * Which.
 */
group: string, } | { "outcome": "ticket" } & TicketView | { "outcome": "codes", 
/**
 * One after the other.
 */
codes: Array<string>, };
export type PersonView = { 
/**
 * The person.
 */
staff: StaffView, 
/**
 * Whether the one who looks administers the person's facility.
 */
managed: boolean, 
/**
 * Whether the one who looks may do for the administrators what protects this person's account and devices (A8.3).
 */
deputised: boolean, 
/**
 * The devices, those in force first.
 */
devices: Array<DeviceView>, 
/**
 * The sessions; nothing where they can't be had now.
 */
sessions: Array<SessionView> | null, };
export type Picked = { 
/**
 * What it is called.
 */
name: string, 
/**
 * Its bytes, in base 64.
 */
content: Secret, };
export type Place = { 
/**
 * Names it.
 */
key: string, 
/**
 * What the person is called here.
 */
name: string, 
/**
 * How it stands.
 */
standing: Standing, 
/**
 * While it waits: the words to compare with the administrator, in kana and in Latin letters.
 */
words: [string, string] | null, };
export type PostureView = { 
/**
 * Which device.
 */
device: string, 
/**
 * Whose.
 */
who: Who, 
/**
 * What it is.
 */
kind: "phone" | "tablet" | "computer", 
/**
 * The person's own.
 */
own: boolean, 
/**
 * What is said of it.
 */
keeping: Keeping, };
export type ResetView = { 
/**
 * Whose password and code generator.
 */
who: Who, 
/**
 * Who has signed.
 */
by: Who, 
/**
 * When.
 */
at: number, };
export type ReviewView = { 
/**
 * Which.
 */
review: string, 
/**
 * The last day.
 */
due: string, 
/**
 * The last day is over.
 */
late: boolean, 
/**
 * Who has not confirmed.
 */
waiting: Array<Who>, 
/**
 * How many have.
 */
confirmed: number, 
/**
 * It is the facility's own round, and this person may close it.
 */
closable: boolean, };
export type Second = { "code": Secret } | { "recovery": Secret };
export type Secret = string;
export type SeenView = { 
/**
 * Who has, and when.
 */
seen: [Who, number][], 
/**
 * Who has not yet.
 */
notYet: Array<Who>, };
export type SessionView = { 
/**
 * Which.
 */
session: string, 
/**
 * On which device.
 */
device: string, 
/**
 * What it is.
 */
kind: "phone" | "tablet" | "computer" | null, 
/**
 * It is the one in which this is shown.
 */
here: boolean, 
/**
 * Since when.
 */
since: number, 
/**
 * Seconds since the person was last there.
 */
idle: number, 
/**
 * It waits for the password.
 */
locked: boolean, };
export type StaffFiles = { 
/**
 * The file.
 */
people: Secret, 
/**
 * The scans that it names.
 */
scans: Array<Picked>, 
/**
 * Whether everybody new gets a ticket.
 */
tickets: boolean, };
export type StaffState = "no-pledge" | "no-device" | "suspended" | "in-force" | "ended";
export type StaffView = { 
/**
 * Who.
 */
who: Who, 
/**
 * The reading of the name.
 */
kana: string | null, 
/**
 * Where the person stands.
 */
state: StaffState, 
/**
 * Form 2, or the exemption, is on record.
 */
pledge: boolean, 
/**
 * The facility's manager.
 */
manager: boolean, 
/**
 * An SNS administrator.
 */
administrator: boolean, 
/**
 * May create groups and invite.
 */
groupManager: boolean, 
/**
 * Devices in force.
 */
devices: number, 
/**
 * One of them is not kept as is asked.
 */
posture: boolean, 
/**
 * Review rounds that the person has not confirmed.
 */
reviews: number, 
/**
 * A reset of password and code generator waits for another signature.
 */
reset: boolean, 
/**
 * From when until when the person does for the SNS administrators what waits for nobody (A8.3).
 */
deputy: [number, number] | null, };
export type Standing = "waiting" | "ready" | "wiped";
export type Status = { 
/**
 * The person.
 */
me: Who, 
/**
 * Connected now.
 */
online: boolean, 
/**
 * The server's word on its logs is fresh: without it, something newer may be missing.
 */
fresh: boolean, 
/**
 * Seconds without a person after which this device locks.
 */
locksAfter: number, 
/**
 * SNS administrator of the person's facility.
 */
administrator: boolean, 
/**
 * Deputy of the facility's SNS administrators, now (A8.3).
 */
deputy: boolean, 
/**
 * Operator of the Desk.
 */
operator: boolean, 
/**
 * May open groups and invite.
 */
opensGroups: boolean, 
/**
 * The points to note wait to be read (A10.1).
 */
notice: boolean, 
/**
 * Review rounds that wait for the person (A9.2).
 */
reviews: number, 
/**
 * This device is not kept as is asked, or nobody has confirmed it (A12.1).
 */
posture: boolean, 
/**
 * Announcements that wait to be checked or published by this person (S4).
 */
announcements: number, 
/**
 * Own takeouts that are to come back now, and of which nothing was said yet (A12.5).
 */
takeouts: number, 
/**
 * Messages that are not on the server yet.
 */
unsent: number, };
export type TakeoutView = { 
/**
 * Which.
 */
takeout: string, 
/**
 * Hash of the signed request: a decision names it.
 */
request: string, 
/**
 * Who asks.
 */
who: Who, 
/**
 * When it was asked for.
 */
asked: number, 
/**
 * It is information of a group; otherwise the device itself.
 */
information: boolean, 
/**
 * The group's name, where it is known here.
 */
label: string | null, 
/**
 * Messages and files that it reaches, where this person may know.
 */
extent: [number, number] | null, 
/**
 * The device that exports it, or leaves.
 */
device: "phone" | "tablet" | "computer" | null, 
/**
 * On what.
 */
medium: string, 
/**
 * What for.
 */
purpose: string, 
/**
 * From when on.
 */
from: number, 
/**
 * Until when, excluded.
 */
until: number, 
/**
 * Where it stands.
 */
stage: "requested" | "lapsed" | "refused" | "withdrawn" | "permitted" | "overdue" | "ended", 
/**
 * Who approved or refused it.
 */
decidedBy: Who | null, 
/**
 * Who ended the permit before its time, or withdrew the request.
 */
revokedBy: Who | null, 
/**
 * It was approved, and its end is to be confirmed.
 */
ending: boolean, 
/**
 * What the person says of its end.
 */
declared: string | null, 
/**
 * How it ended, as an administrator has confirmed.
 */
ended: string | null, 
/**
 * How it can have ended.
 */
ends: string[], 
/**
 * It should be back already.
 */
late: boolean, 
/**
 * Consent was withdrawn, or the group erased: what is out comes back now, whatever its time says (A6.2).
 */
calledBack: boolean, 
/**
 * This person sees to it in office.
 */
managed: boolean, 
/**
 * It is this person's, and in force now, with this device: it can be exported as an archive.
 */
archive: boolean, 
/**
 * The same, as text.
 */
text: boolean, 
/**
 * It is exported with another device of the person.
 */
elsewhere: boolean, };
export type ThisDevice = { 
/**
 * Phone, tablet or computer.
 */
kind: "phone" | "tablet" | "computer", 
/**
 * The person's own, not the facility's (A12.6).
 */
own: boolean, };
export type TicketView = { 
/**
 * The link.
 */
link: string, 
/**
 * The rows of its QR picture: `1` is dark.
 */
rows: Array<string>, 
/**
 * Until when it is good.
 */
expires: number, };
export type Timeline = { 
/**
 * Lines in all.
 */
total: number, 
/**
 * The number of the first one here, from 0.
 */
from: number, 
/**
 * They.
 */
lines: Array<TimelineLine>, 
/**
 * The first line with something that this person has not seen.
 */
unseenFrom: number | null, 
/**
 * Written here and not on the server yet, in order.
 */
unsent: Array<UnsentLine>, };
export type TimelineLine = { "line": "message", 
/**
 * Its place.
 */
seq: number, 
/**
 * The server's time, in seconds since 1970 (UTC).
 */
time: number, 
/**
 * Who wrote it.
 */
author: Who, 
/**
 * What it says now; nothing where `unreadable` says why, or it was taken back.
 */
text: string | null, 
/**
 * Why it can't be read (yet).
 */
unreadable: Trouble | null, 
/**
 * When it was corrected last.
 */
corrected: number | null, 
/**
 * When it was taken back.
 */
retracted: number | null, 
/**
 * How many of how many have seen it.
 */
seen: [number, number] | null, 
/**
 * Its files.
 */
files: Array<FileView>, } | { "line": "event", 
/**
 * Its place.
 */
seq: number, 
/**
 * The server's time.
 */
time: number, 
/**
 * Who did it.
 */
by: Who, 
/**
 * What.
 */
what: Happening, 
/**
 * Whom it is about.
 */
whom: Array<Who>, };
export type Trouble = { 
/**
 * The stable code, for the page to decide what it offers next. Never shown.
 */
code: string, 
/**
 * 何が起きたか、次に何をするか.
 */
ja: string, 
/**
 * The same in English.
 */
en: string, 
/**
 * When it may be tried again, in seconds, where that is known.
 */
retryAfter: number | null, 
/**
 * For a password that is too weak: each rule that it fails, in both languages.
 */
failed: Array<[string, string]>, 
/**
 * Goes over by itself.
 */
later: boolean, };
export type UnsentLine = { 
/**
 * Names it.
 */
id: string, 
/**
 * What it says.
 */
text: string, 
/**
 * When it was written, by this device's clock.
 */
written: number, 
/**
 * Why the server does not take it; nothing while it waits.
 */
refused: Trouble | null, };
export type Who = { 
/**
 * The person's ID.
 */
user: string, 
/**
 * Nothing where the name can't be had now.
 */
name: string | null, 
/**
 * What the person does, as the words for it are named.
 */
profession: string | null, 
/**
 * Where the person works.
 */
facility: string | null, 
/**
 * Whether it is the person who looks.
 */
me: boolean, 
/**
 * In whose name the account speaks, where it is an official one: from the registry, never from the name (S8).
 */
official: string | null, 
/**
 * The facility for which the Desk acts here, where it does.
 */
actingFor: string | null, };
export type Attached = { 
/**
 * What lies ready.
 */
files: Array<Chip>, 
/**
 * What can't be sent: its name, and why.
 */
refused: Array<[string, Trouble]>, 
/**
 * Whoever receives it here may only look at it: of a patient group nothing is ever downloaded.
 */
lookOnly: boolean, };
export type CardChange = { 
/**
 * Its place.
 */
seq: number, 
/**
 * When.
 */
time: number, 
/**
 * Who.
 */
author: Who, 
/**
 * Which parts; nothing where that can't be read here.
 */
changed: string[] | null, };
export type CardText = { 
/**
 * The patient's name.
 */
name: string, 
/**
 * Its reading.
 */
kana: string, 
/**
 * The day of birth, `1940-02-29`.
 */
born: string, 
/**
 * As the papers have it.
 */
sex: "female" | "male" | "other" | null, 
/**
 * Where the patient is cared for.
 */
address: string, 
/**
 * The patient's own numbers.
 */
telephones: Array<string>, 
/**
 * Who is called in an emergency, in this order.
 */
contacts: Array<ContactText>, 
/**
 * Allergies, and what to be careful of.
 */
facts: Array<string>, 
/**
 * Who cares.
 */
team: Array<MemberText>, };
export type CardView = { 
/**
 * The place of the revision, by which a change names it; nothing where there is no card yet.
 */
seq: number | null, 
/**
 * When it was written.
 */
time: number | null, 
/**
 * By whom.
 */
author: Who | null, 
/**
 * What it says.
 */
card: CardText | null, 
/**
 * Why it can't be read (yet).
 */
unreadable: Trouble | null, 
/**
 * The people that it names.
 */
people: Array<Who>, 
/**
 * Who reads the group: whom the card can name as one of the team.
 */
readers: Array<Who>, 
/**
 * Why it can't be changed now.
 */
shut: Trouble | null, };
export type Chip = { 
/**
 * Names it here.
 */
id: string, 
/**
 * As the person has it.
 */
name: string, 
/**
 * A media type.
 */
media: string, 
/**
 * Bytes, as they are sent.
 */
length: number, 
/**
 * What it says of its making, which goes along: name and text of each line.
 */
says: Array<[string, string]>, };
export type ContactText = { 
/**
 * Who.
 */
name: string, 
/**
 * What the patient calls this person; empty if nothing is said.
 */
relation: string, 
/**
 * The number.
 */
telephone: string, };
export type FileOpen = { 
/**
 * By what its pictures are asked for.
 */
handle: string, 
/**
 * As its author had it.
 */
name: string, 
/**
 * What it is.
 */
kind: Kind, 
/**
 * How many pages.
 */
pages: number, 
/**
 * To be looked at only (A12.2).
 */
noDownload: boolean, };
export type Kind = "picture" | "pages" | "sound";
export type MemberText = { 
/**
 * As what.
 */
role: string, 
/**
 * A person of the association; otherwise somebody who has no ID.
 */
user: string | null, 
/**
 * Who, where there is no ID.
 */
name: string, 
/**
 * Of which facility, where there is no ID.
 */
facility: string, 
/**
 * The number, where there is no ID.
 */
telephone: string, };
export type SendingLine = { 
/**
 * Names it.
 */
id: string, 
/**
 * What is written with the files.
 */
text: string, 
/**
 * Names and bytes of its files.
 */
files: [string, number][], 
/**
 * Since when.
 */
since: number, 
/**
 * Pieces that the server has.
 */
arrived: number, 
/**
 * Pieces in all.
 */
pieces: number, 
/**
 * Why it waits, where that is known.
 */
waits: Trouble | null, 
/**
 * Why it is not sent.
 */
refused: Trouble | null, };
export type Checked = { "checked": "sent" } | { "checked": "asks" } & Question;
export type Identified = { 
/**
 * What it is, in Japanese and in English.
 */
called: [string, string], 
/**
 * As it is written.
 */
words: string, 
/**
 * It is in the name of a file.
 */
inName: boolean, };
export type Question = { 
/**
 * Names exactly this: who means it sends with it.
 */
asked: string, 
/**
 * It would go to a patient's group, and names another patient.
 */
otherPatient: boolean, 
/**
 * What was found, each once.
 */
found: Array<Identified>, };
export type Candidate = { 
/**
 * Who.
 */
who: Who, 
/**
 * The reading of the name.
 */
kana: string | null, 
/**
 * Reads the group already.
 */
member: boolean, 
/**
 * Is invited already, and it waits.
 */
invited: boolean, };
export type Candidates = { 
/**
 * Every facility in force.
 */
facilities: Array<FacilityName>, 
/**
 * The people.
 */
people: Array<Candidate>, 
/**
 * There are more than these.
 */
more: boolean, };
export type Consenter = "patient" | "family";
export type FacilityName = { 
/**
 * Which.
 */
facility: string, 
/**
 * What it is called.
 */
name: string, };
export type Form3 = { 
/**
 * Who consented.
 */
by: Consenter, 
/**
 * Who signed; sealed.
 */
name: Secret, 
/**
 * The relation to the patient; sealed.
 */
relation: Secret | null, 
/**
 * The day on the paper.
 */
signedOn: string, 
/**
 * The day on which the other copy was handed over.
 */
copyGivenOn: string, 
/**
 * The scan.
 */
scan: Secret, };
export type GovernedRow = { 
/**
 * Which.
 */
group: string, 
/**
 * What it is called, where this device can know it.
 */
label: string | null, 
/**
 * About what.
 */
kind: "patient" | "free" | "inquiry" | "incident", 
/**
 * Whose it is.
 */
facility: string | null, 
/**
 * Who reads it.
 */
readers: number, 
/**
 * Invitations that wait.
 */
waiting: number, 
/**
 * A patient group without the consent on record: nobody writes in it.
 */
lacksConsent: boolean, 
/**
 * The consent is on record and its scan is not there.
 */
lacksScan: boolean, 
/**
 * Closed.
 */
closed: boolean, };
export type GroupPlan = { 
/**
 * About what.
 */
kind: Opens, 
/**
 * What its members call it; sealed.
 */
label: Secret, 
/**
 * What newcomers may read.
 */
newcomers: Newcomers, 
/**
 * From which day on, where that is said.
 */
day: string | null, 
/**
 * Whether the person who opens it reads it.
 */
reading: boolean, 
/**
 * For which facility the Desk opens it, by a delegation (A4.2); otherwise it is the own one's.
 */
actingFor: string | null, };
export type GroupView = { 
/**
 * The group.
 */
row: GovernedRow, 
/**
 * What newcomers may read.
 */
newcomers: Newcomers, 
/**
 * From when on, where that is said.
 */
newcomersFrom: number | null, 
/**
 * This person governs it.
 */
governs: boolean, 
/**
 * Who halted it, while it is halted (S7).
 */
halted: Who | null, 
/**
 * The place at which Form 3 is on record, where its scan is not there.
 */
scanFor: number | null, 
/**
 * Who reads it.
 */
members: Array<MemberView>, 
/**
 * Who is invited: what waits comes first.
 */
invitations: Array<SentInvitation>, };
export type InvitationStanding = "open" | "approved" | "declined" | "withdrawn";
export type MemberView = { 
/**
 * Who.
 */
who: Who, 
/**
 * Since when.
 */
since: number, 
/**
 * This person may end it: as the originator, or as the member's own administrator.
 */
removable: boolean, };
export type Newcomers = "all" | "from-approval" | "from-day";
export type Opens = "patient" | "free";
export type SentInvitation = { 
/**
 * Which.
 */
invitation: string, 
/**
 * Whom.
 */
who: Who, 
/**
 * Who invited.
 */
by: Who, 
/**
 * When.
 */
at: number, 
/**
 * Where it stands.
 */
standing: InvitationStanding, 
/**
 * Whose decision it waits for.
 */
deciders: Array<Who>, 
/**
 * Who decided or took it back.
 */
decided: Who | null, 
/**
 * When.
 */
decidedAt: number | null, };
export type AboutView = { 
/**
 * In which group.
 */
group: string, 
/**
 * What that is called, where this device can know it.
 */
label: string | null, 
/**
 * The number of its line, where this person reads the group.
 */
line: number | null, };
export type IncidentView = { 
/**
 * What went wrong; nothing before it was said.
 */
kind: string | null, 
/**
 * The message that it is about.
 */
about: AboutView | null, 
/**
 * When it was noticed.
 */
noticed: number | null, 
/**
 * Who reported it.
 */
reporter: Who, 
/**
 * Who sees to it.
 */
taken: Who | null, 
/**
 * Who closed it.
 */
closed: Who | null, 
/**
 * What was done.
 */
measures: Array<MeasureView>, 
/**
 * What has to be on record before it can be closed.
 */
missing: string[], 
/**
 * This person sees to such reports, and did not report this one.
 */
seesTo: boolean, };
export type MeasureView = { 
/**
 * Of which kind.
 */
measure: string, 
/**
 * It was done; otherwise it was found not to be needed.
 */
done: boolean, 
/**
 * On which day.
 */
on: string, 
/**
 * Who recorded it.
 */
by: Who, };
export type ReportPlan = { 
/**
 * What went wrong.
 */
kind: string, 
/**
 * The group of the message that it is about, and the message's place.
 */
about: [string, number] | null, 
/**
 * What the report is called; sealed.
 */
subject: Secret, 
/**
 * What happened; sealed.
 */
text: Secret, };
export type BroadcastView = { 
/**
 * Its place in the registry.
 */
broadcast: number, 
/**
 * When it was sent.
 */
time: number, 
/**
 * A drill.
 */
drill: boolean, 
/**
 * What it says.
 */
text: string, 
/**
 * What this person has answered, where that can be known now.
 */
said: "received" | "safe" | "needs-help" | null, 
/**
 * The person sees how others are, as the Desk or for the facility.
 */
looksAfter: boolean, 
/**
 * The person may close it.
 */
closes: boolean, };
export type SafetyView = { 
/**
 * Who.
 */
who: Who, 
/**
 * Nothing so far, or what.
 */
says: "received" | "safe" | "needs-help" | null, 
/**
 * By the clock of the device that answered.
 */
at: number | null, };
export type CallableView = { 
/**
 * Readers of the group other than oneself.
 */
people: Array<Who>, 
/**
 * How many may be called at once.
 */
most: number, 
/**
 * Why nobody may be called now.
 */
refused: Trouble | null, 
/**
 * Who is called in one's place.
 */
standIn: Who | null, };
export type CalledState = "rings" | "stand-in" | "telephone" | "acknowledged" | "called-off" | "retracted" | "stopped" | "gone" | "expired";
export type CalledView = { 
/**
 * Who.
 */
who: Who, 
/**
 * How it stands.
 */
state: CalledState, 
/**
 * Who is called in the place.
 */
standIn: Who | null, 
/**
 * Who acknowledged it.
 */
by: Who | null, 
/**
 * When.
 */
at: number | null, 
/**
 * The number of the person's facility.
 */
telephone: string | null, };
export type ReachView = { 
/**
 * The hours at which nothing rings: from, until, `22:00` each.
 */
quiet: [string, string] | null, 
/**
 * The own facility's number.
 */
telephone: string | null, 
/**
 * This person may set it.
 */
setsTelephone: boolean, };
export type UrgentView = { 
/**
 * In which group.
 */
group: string, 
/**
 * What that is called.
 */
label: string | null, 
/**
 * The place of the call in its log.
 */
call: number, 
/**
 * The number of the message's line.
 */
line: number | null, 
/**
 * What the message says.
 */
text: string | null, 
/**
 * Who called.
 */
by: Who, 
/**
 * When, by the server's time.
 */
time: number, 
/**
 * What this person is to do: acknowledge what `rings`, or `waits` without ringing; `telephone`; nothing.
 */
matter: "rings" | "waits" | "telephone" | null, 
/**
 * Those called.
 */
people: Array<CalledView>, };
export type AnnouncementView = { 
/**
 * Which.
 */
announcement: string, 
/**
 * In whose name: a facility's, or the association's.
 */
name: string, 
/**
 * It is the association's.
 */
association: boolean, 
/**
 * How far it has come.
 */
progress: "checked" | "objected" | "approved" | "published" | "withdrawn", 
/**
 * When its present text was drafted.
 */
drafted: number, 
/**
 * When it was published.
 */
published: number | null, 
/**
 * Hash of its text: a check and the publication name it.
 */
text: string, 
/**
 * The text in Japanese, which binds; and in English. Nothing while it can't be had.
 */
words: [string, string] | null, 
/**
 * Who wrote it, for those who have to do with it.
 */
author: Who | null, 
/**
 * Who checks it, and what they said.
 */
checks: Array<[Who, boolean | null]>, 
/**
 * Who published it.
 */
publishedBy: Who | null, 
/**
 * This person is asked to check it.
 */
toCheck: boolean, 
/**
 * This person is one who checks it.
 */
checker: boolean, 
/**
 * This person may publish it now.
 */
toPublish: boolean, 
/**
 * This person may give it other words: it is an own draft.
 */
ownDraft: boolean, 
/**
 * This person may give it up, or withdraw it.
 */
withdrawable: boolean, };
export type AnnouncementsView = { 
/**
 * Newest first; drafts that wait for this person before all others.
 */
all: Array<AnnouncementView>, 
/**
 * There are older ones.
 */
more: boolean, 
/**
 * In whose name this person drafts.
 */
ownName: string | null, 
/**
 * Whom one could ask to check a draft: the people of the own facility.
 */
colleagues: Array<Who>, 
/**
 * Accounts that speak officially.
 */
officials: Array<OfficialView>, 
/**
 * This person signs which accounts do, as an operator of the Desk.
 */
namesOfficials: boolean, };
export type DraftPlan = { 
/**
 * The own draft that gets these words; otherwise it is a new one.
 */
again: string | null, 
/**
 * The text in Japanese.
 */
ja: string, 
/**
 * The text in English; otherwise the Japanese one.
 */
en: string | null, 
/**
 * Who is asked to check it.
 */
checkers: string[], };
export type OfficialView = { 
/**
 * The account.
 */
who: Who, 
/**
 * In whose name: a facility's, or the association's. Nothing where it is to be withdrawn.
 */
name: string | null, 
/**
 * What for.
 */
purpose: string | null, 
/**
 * Who answers for it.
 */
responsible: Array<Who>, 
/**
 * Since when; nothing of what is proposed.
 */
since: number | null, 
/**
 * Who proposes it, where it waits for a second signature.
 */
proposedBy: Who | null, 
/**
 * Hash of what is proposed, for who may give the second one: that signature names it.
 */
toSign: string | null, };
export type DelegationsView = { 
/**
 * What the own facility lets the Desk do now.
 */
own: Array<DelegationView>, 
/**
 * This person decides on that, as an SNS administrator.
 */
gives: boolean, 
/**
 * Groups of the own facility, with what they are called: one alone can be delegated.
 */
groups: [string, string | null][], 
/**
 * For whom this person, an operator of the Desk, may open groups now.
 */
actsFor: Array<FacilityName>, };
export type OversightView = { 
/**
 * Open rounds, the next to be due first.
 */
rounds: Array<RoundView>, 
/**
 * The facilities of which this person may have numbers.
 */
report: Array<ReportRow>, 
/**
 * How many days of refusals are counted.
 */
days: number, };
export type ReportRow = { 
/**
 * What it is called.
 */
name: string, 
/**
 * Where it stands.
 */
state: FacilityState, 
/**
 * People whose ID is in force.
 */
people: number, 
/**
 * Of those: suspended.
 */
suspended: number, 
/**
 * Of those: without Form 2.
 */
pledgesMissing: number, 
/**
 * Devices in use.
 */
devices: number, 
/**
 * Of those: not kept as is asked.
 */
postureMissing: number, 
/**
 * Invitations that wait for its administrators.
 */
invitations: number, 
/**
 * Confirmed, of those who were asked in open reviews.
 */
reviews: [number, number], 
/**
 * Done, of those who were asked in open training rounds.
 */
trainings: [number, number], 
/**
 * Takeouts that wait for a decision, and those that are over without a confirmed end.
 */
takeouts: [number, number], 
/**
 * Refusals and failed sign-ins of the last 30 days: for the Desk.
 */
refused: number | null, };
export type RoundView = { 
/**
 * Which.
 */
review: string, 
/**
 * Whose people; nothing where it is everybody's.
 */
facility: string | null, 
/**
 * The last day.
 */
due: string, 
/**
 * How many have confirmed it.
 */
confirmed: number, 
/**
 * How many were asked.
 */
asked: number, 
/**
 * This person may close it.
 */
closable: boolean, };
export type EndingView = { 
/**
 * Which.
 */
group: string, 
/**
 * What it is called, where this device can know it.
 */
label: string | null, 
/**
 * Whose it is.
 */
facility: string | null, 
/**
 * Since when it is closed.
 */
closed: number | null, 
/**
 * From when on its erasure may be ordered.
 */
due: number | null, 
/**
 * Who recorded that the consent was withdrawn.
 */
frozenBy: Who | null, 
/**
 * When that was recorded.
 */
frozen: number | null, 
/**
 * The day on that paper.
 */
withdrawnOn: string | null, 
/**
 * Until which day it is kept from being erased.
 */
heldUntil: string | null, 
/**
 * Why.
 */
heldBecause: string | null, 
/**
 * Who ordered its erasure, which waits for a second person.
 */
orderedBy: Who | null, 
/**
 * When it was erased.
 */
erased: number | null, 
/**
 * To which facility it is offered.
 */
offered: string | null, 
/**
 * This person may close it, or offer it to another facility.
 */
closable: boolean, 
/**
 * This person may record that the consent was withdrawn.
 */
withdrawable: boolean, 
/**
 * This person may take the offer back.
 */
droppable: boolean, 
/**
 * It is offered to this person's facility, for which this person decides.
 */
acceptable: boolean, 
/**
 * This person may order its erasure.
 */
orderable: boolean, 
/**
 * Hash of what this person may confirm as the second one: with that the content is gone.
 */
toConfirm: string | null, 
/**
 * Facilities to which it could be offered.
 */
facilities: Array<FacilityName>, };
export type InquiryView = { 
/**
 * Its room.
 */
group: string, 
/**
 * It is a report that something went wrong.
 */
incident: boolean, 
/**
 * What it is about; nothing while that is on its way.
 */
subject: string | null, 
/**
 * Who asked.
 */
asker: Who, 
/**
 * When.
 */
opened: number, 
/**
 * Where it stands.
 */
state: "open" | "taken" | "answered" | "closed", 
/**
 * It is the Desk's turn.
 */
desks: boolean, 
/**
 * Who sees to it.
 */
taken: Who | null, 
/**
 * Who closed it.
 */
closed: Who | null, 
/**
 * Why.
 */
reason: string | null, 
/**
 * Whole days for which nobody whose turn it is has written.
 */
days: number, 
/**
 * This person sees to it.
 */
seesTo: boolean, 
/**
 * This person may close it now.
 */
closable: boolean, 
/**
 * From when on the Desk may close it, as its answer got no reply.
 */
closableFrom: number | null, };
export type ChartOf = { "under": "permit", 
/**
 * Which.
 */
takeout: string, } | { "under": "group", 
/**
 * Which.
 */
group: string, 
/**
 * Which messages.
 */
stretch: Stretch, };
export type ChartText = { 
/**
 * The text.
 */
text: string, 
/**
 * Messages in it.
 */
messages: number, 
/**
 * Of them, those that this device can't open.
 */
unreadable: number, };
export type PortableView = { 
/**
 * Which.
 */
device: string, 
/**
 * What it is.
 */
kind: "phone" | "tablet" | "computer", 
/**
 * It is this one.
 */
here: boolean, };
export type StandingView = { 
/**
 * Which.
 */
takeout: string, 
/**
 * Whose.
 */
who: Who, 
/**
 * Who gave it.
 */
givenBy: Who, 
/**
 * For this group alone; otherwise for every group that the person reads.
 */
group: string | null, 
/**
 * The group's name, where it is known here.
 */
label: string | null, 
/**
 * Until when, excluded.
 */
until: number, 
/**
 * It is in force.
 */
inForce: boolean, 
/**
 * This person sees to it in office.
 */
managed: boolean, };
export type Stretch = { "which": "days", 
/**
 * The first day.
 */
from: string | null, 
/**
 * The last day.
 */
to: string | null, } | { "which": "one", 
/**
 * Its place.
 */
seq: number, };
export type TakenOut = { 
/**
 * What its file is called.
 */
name: string, 
/**
 * What opens it: shown once, kept nowhere.
 */
passphrase: string, 
/**
 * Messages and files in it together.
 */
items: number, 
/**
 * Files of them.
 */
files: number, 
/**
 * Files that could not be had, and messages that this device can't open: the archive names each.
 */
missing: number, };
export type TakeoutPlan = { 
/**
 * What.
 */
what: TakeoutWhat, 
/**
 * What for.
 */
purpose: string, 
/**
 * From this day on; otherwise from now on.
 */
from: string | null, 
/**
 * Up to this day, included.
 */
until: string, };
export type TakeoutWhat = { "what": "information", 
/**
 * Of which.
 */
group: string, 
/**
 * Which messages.
 */
stretch: Stretch, 
/**
 * On what.
 */
medium: string, } | { "what": "device", 
/**
 * Which.
 */
device: string, };
export type TakeoutsView = { 
/**
 * The person's own, and those that the person sees to; newest first.
 */
takeouts: Array<TakeoutView>, 
/**
 * Standing permits; newest first.
 */
standing: Array<StandingView>, 
/**
 * Devices of the facility that the person has, and could take out.
 */
devices: Array<PortableView>, };
