// Written by `RENKEI_BLESS=1 cargo test -p renkei-app-core`. Not to be edited.

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
text: string, } | { "ask": "post-again", 
/**
 * Which.
 */
id: string, } | { "ask": "take-back", 
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
text: string, } | { "ask": "retract", 
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
words: string, } | { "ask": "search", 
/**
 * Only in this group.
 */
group: string | null, 
/**
 * The words.
 */
query: string, };
export type Decisions = { 
/**
 * Invitations.
 */
invitations: Array<InvitationView>, 
/**
 * Devices.
 */
devices: Array<OfferView>, };
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
export type Happening = "created" | "consent-recorded" | "invited" | "joined" | "declined" | "withdrawn" | "removed" | "closed" | "new-devices" | "consent-withdrawn" | "freeze-lifted" | "erasure-held" | "erasure-ordered" | "erased" | "handover-offered" | "handed-over" | "handover-dropped" | "downloads-forbidden" | "use-consent-recorded" | "use-consent-withdrawn" | "used" | "use-settled" | "inquiry-taken" | "inquiry-answered" | "inquiry-closed" | "inquiry-reopened" | "card-changed";
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
 * `patient`, `free` or `inquiry`.
 */
kind: "patient" | "free" | "inquiry", 
/**
 * The originating facility.
 */
facility: string | null, 
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
 * Read-only, frozen, without consent, or not to be trusted: why nobody writes here.
 */
shut: Trouble | null, };
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
export type News = { "news": "changed" } | { "news": "over", 
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
words: [string, string], };
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
 * Messages that are not on the server yet.
 */
unsent: number, };
export type ThisDevice = { 
/**
 * Phone, tablet or computer.
 */
kind: "phone" | "tablet" | "computer", 
/**
 * The person's own, not the facility's (A12.6).
 */
own: boolean, };
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
 * The facility for which the Desk acts here, where it does.
 */
actingFor: string | null, };
