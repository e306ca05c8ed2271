//! Every bound of the wire and of stored bytes, with its reason.
//!
//! A bound is checked before memory is allocated for what it bounds. Sizes are bytes unless said otherwise.

use crate::time::DAY;

/// One frame of a request or an answer. Fits an epoch for [`ROSTER_DEVICES`] devices with its boxes (1,216 bytes
/// each) with room to spare, and is small enough that 10,000 connections can't exhaust memory with half frames.
pub const FRAME: usize = 1_048_576;

/// One frame before the peer has shown a certificate: a key bundle with a facility's application fits in 8 `KiB`.
pub const ENROL_FRAME: usize = 16_384;

/// A signed statement. A message of [`MESSAGE_TEXT`] bytes with its context fits.
pub const STATEMENT: usize = 65_536;

/// The boxes or keys that travel beside a statement.
pub const SIDECAR: usize = 917_504;

/// The text of one message in UTF-8: about 10,000 Japanese characters, ten times the longest visiting report seen.
pub const MESSAGE_TEXT: usize = 32_768;

/// A sealed message: its text, the padding and the authentication tag.
pub const CIPHERTEXT: usize = MESSAGE_TEXT + 1_024;

/// A name of a facility or a person: 85 Japanese characters.
pub const NAME: usize = 256;

/// What an official account is for: a sentence that fits a line beside its name, 85 Japanese characters.
pub const PURPOSE: usize = 256;

/// People who answer for one official account: more than a handful is nobody.
pub const RESPONSIBLE: usize = 8;

/// The label of a group ("見本 花子さん 在宅チーム").
pub const LABEL: usize = 256;

/// A label as it is sealed, with salt, release key and padding.
pub const LABEL_PAYLOAD: usize = LABEL + 128;

/// A sealed label: the payload and an authentication tag with some room for a later suite.
pub const SEALED_LABEL: usize = LABEL_PAYLOAD + 64;

/// A reason given for an act.
pub const REASON: usize = 512;

/// The details of a consent form in a sealed box.
pub const FORM_DETAILS: usize = 2_048;

/// Readers' devices of one group: 200 people with two devices and some to spare. Their boxes fit [`SIDECAR`].
pub const ROSTER_DEVICES: usize = 700;

/// One sealed box: an ML-KEM-768 ciphertext (1,088), Noise X framing (96) and the payload with its tag.
pub const SEALED_BOX: usize = 1_088 + 96 + 16 + BOX_PAYLOAD;

/// What one sealed box carries: up to [`HISTORY_EPOCHS`] epoch keys, or a form's details.
pub const BOX_PAYLOAD: usize = 8_704;

/// Earlier epochs handed over in one history statement: five years of weekly epochs.
pub const HISTORY_EPOCHS: usize = 260;

/// A password as typed, UTF-8, so that hashing has a bounded input.
pub const PASSWORD: usize = 256;

/// One certificate or a short chain in DER.
pub const CERTIFICATE: usize = 4_096;

/// Logs that one client may follow: every group of a busy district nurse, several times over.
pub const LOGS_FOLLOWED: usize = 4_096;

/// How many subjects one look-up (keys, details) may name.
pub const LOOKUP: usize = 256;

/// One chunk of the sync stream. A client reads whole chunks, so this bounds its buffer as well.
pub const SYNC_CHUNK: usize = 262_144;

/// Groups whose heads one signed statement of the server names. Sixty-four bytes each: it fits an item of the sync
/// stream. A client that follows more gets several.
pub const HEADS_GROUPS: usize = 1_000;

/// A signed statement of heads.
pub const HEADS: usize = 64 * HEADS_GROUPS + 256;

/// A device's confirmation of its wipe: a few fixed fields.
pub const RECEIPT: usize = 128;

/// The server's word on an erasure: two identifiers and some numbers, at their longest.
pub const ERASURE_WORD: usize = 128;

/// Seconds between two statements of heads on a sync stream. A tenth of what a client puts up with, so that a lost
/// connection and its repair don't alarm anybody.
pub const HEADS_EVERY: u64 = 30;

/// Seconds without a fresh statement of heads after which a client warns and admits no reader.
pub const HEADS_FRESH: u64 = 300;

/// Seconds by which a device's clock may differ from the server's before its heads don't count as fresh.
pub const CLOCK_SKEW: u64 = 600;

/// Seconds by which an entry may be dated before the last signed heads that did not have it: the time an append takes
/// on a bad day. A server that dates back further is caught.
pub const BACKDATED: u64 = 60;

/// Seconds after which an epoch is not written to any more: a week.
pub const EPOCH_AGE: u64 = 7 * DAY;

/// Messages after which an epoch is not written to any more, so that one key never opens more than some busy days.
pub const EPOCH_MESSAGES: u32 = 2_000;

/// Seconds between two changes of a device's sealing keys: each costs every group of its person a new epoch.
pub const SEALING_PAUSE: u64 = DAY;

/// Entries of a log in one answer. Bytes bound it as well: half a frame.
pub const ENTRIES: usize = 1_024;

/// Sessions of one person: one for each device.
pub const SESSIONS: usize = 16;

/// Tickets of one issuer that are open at once: a district's facilities, or a hospital ward's people, in one go.
pub const OPEN_TICKETS: usize = 256;

/// A file of people or facilities to import: [`IMPORT_LINES`] lines as long as names and paths get, twice over.
pub const IMPORT: usize = 1_048_576;

/// Lines of such a file: more than the largest facility of a district has, and few enough that one person can answer
/// for every one of them.
pub const IMPORT_LINES: usize = 1_000;

/// A scan of a form, hashed on the device that records the form, or deposited: fifty pages in colour.
pub const SCAN: u64 = 67_108_864;

/// Devices of those who govern a group that are sealed a label or details at once: their boxes fit one frame, with the longest
/// details of a form too.
pub const GOVERNING_DEVICES: usize = 250;

/// Boxes with the key of one scan of a Form 1 or 2 that the registry remembers: the latest are for everybody who may open it.
pub const FORM_SCAN_PARCELS: usize = 16;

/// Seconds between two marks by which a device tells one group how far its person has seen: a glance through a long
/// conversation is one entry of its log, not one for each screen.
pub const SEEN_PAUSE: u64 = 10;

/// One record of access: a few fixed fields. The longest takes 224.
pub const ACCESS_RECORD: usize = 256;

/// A head of the record of access.
pub const ACCESS_HEAD: usize = 160;

/// Records of access in one answer: with a proof of 64 hashes each they fit [`FRAME`].
pub const ACCESS_PAGE: usize = 256;

/// Records of access that the server looks through for one answer, so that nobody's question keeps it busy.
pub const ACCESS_LOOK: u64 = 4_096;

/// Counts of access in one answer: ten kinds for each of far more facilities than a district has.
pub const ACCESS_COUNTS: usize = 20_000;

/// One language of a text of the association: some ten thousand Japanese characters, many times the points to note. Both
/// languages together stay within 64 `KiB`.
pub const WORDING: usize = 32_768;

/// A file in a group: a scanned discharge summary of a hundred pages, or an hour of recorded speech.
pub const FILE: u64 = 200_000_000;

/// One chunk of a file before it is sealed. With its tag it fits four times into [`FRAME`]; on a link of 64 kbit/s it takes
/// half a minute, which is what a lost connection costs at most.
pub const FILE_CHUNK: usize = 262_144;

/// Chunks of one file: what [`FILE`] needs, and some to spare.
pub const FILE_CHUNKS: usize = 768;

/// A small picture of a file: 320 pixels wide as JPEG, with room to spare.
pub const PREVIEW: u64 = 131_072;

/// Files of one post: the photographs of one dressing.
pub const FILES: usize = 10;

/// The sealed part of a post: its text, and of each file key, name, kind and length.
pub const POST_CIPHERTEXT: usize = MESSAGE_TEXT + FILES * (NAME + 96) + 1_024;

/// A signed request to open a file: a few fixed fields.
pub const OPENING: usize = 160;

/// Bytes that one person may have uploaded and not yet posted: two of the largest files, with what sealing adds.
pub const WAITING_UPLOADS: u64 = 2 * FILE + 2 * 1_048_576;

/// Files that one person may have uploaded and not yet posted: those of two posts.
pub const WAITING_FILES: usize = 2 * FILES;

/// Seconds after which an upload that no post names is dropped: a day, so that a bad link has time.
pub const UPLOAD_WAITS: u64 = DAY;

/// Files that one device may have open at the same time on the server's side: what a screen of pictures shows at once.
pub const OPEN_FILES: usize = 16;

/// Seconds for which an opening is good: the largest file over a bad link, at 1 Mbit/s.
pub const OPENING_LASTS: u64 = 1_800;

/// The lines of a printed letter: a report on every group that a lost device could read, or a list of everybody who has
/// not confirmed a review, of the largest facility.
pub const LETTER: usize = 262_144;

/// A job for the printer as JSON: the longest letter or text with every character escaped, and room for the rest.
pub const PAPER: usize = 2 * 1_024 * 1_024;

/// An address, and the like, on a patient card: 170 Japanese characters.
pub const CARD_LINE: usize = 512;

/// A telephone number with its country, its extension, and what people put between the digits.
pub const TELEPHONE: usize = 48;

/// Telephone numbers of a patient: home, mobile, and two more.
pub const CARD_TELEPHONES: usize = 4;

/// People to be called in an emergency: more than anybody calls one after the other.
pub const CARD_CONTACTS: usize = 6;

/// Lines on allergies and what to be careful of. With every other list full as well, a card fits [`MESSAGE_TEXT`].
pub const CARD_FACTS: usize = 16;

/// People and facilities that care for one patient.
pub const CARD_TEAM: usize = 16;

/// The key of a card's revision as it is sealed: 32 bytes, a tag, and some room for a later suite.
pub const SEALED_CARD_KEY: usize = 64;

/// Inquiries to the Desk that one person may have open at once: more than anybody has questions at a time, and few enough
/// that one person can't fill the Desk's list.
pub const OPEN_INQUIRIES: usize = 8;

/// Reports of incidents that one person may have open at once: a bad week has fewer, and a flood of them is none.
pub const OPEN_INCIDENTS: usize = 16;

/// Training rounds of one facility, or of everybody, that may be open at once: one for each subject of a year.
pub const OPEN_TRAININGS: usize = 12;

/// People who are asked to check one announcement: a head, a lawyer, and some who know the matter.
pub const CHECKERS: usize = 8;

/// Announcements that one person may have under way at once: nobody writes more in a month.
pub const OPEN_DRAFTS: usize = 8;

/// The text of an emergency broadcast, in bytes: 140 Japanese characters, as much as fits a glance and a packet.
pub const BROADCAST: usize = 420;

/// Emergency broadcasts of one operator that may be open at once, drills apart: a quake, its aftershock, and one that nobody closed.
pub const OPEN_BROADCASTS: usize = 3;

/// Emergency broadcasts of one operator within a day, drills apart: more, and nobody reads them.
pub const BROADCASTS_OF_A_DAY: usize = 12;

/// An answer to a broadcast, encoded: 70 bytes and room for a later version.
pub const SAFETY: usize = 128;

/// Answers to a broadcast in one answer of the server.
pub const SAFETY_PAGE: usize = 512;

/// People whom one urgent message calls: a doctor, a nurse and whoever comes with them; more is no call but an announcement.
pub const CALLED: usize = 8;

/// Calls of one author in a group within [`CALLS_HOUR`]: who has called five times and reached nobody telephones.
pub const CALLS: usize = 5;

/// Seconds of [`CALLS`].
pub const CALLS_HOUR: u64 = 3_600;

/// Calls of one author in a group within a day: more, and nobody listens any more.
pub const CALLS_OF_A_DAY: usize = 15;

/// Bytes of a telephone number as it is written: the longest of the world's (15 digits, ITU-T E.164), with what parts them.
pub const TELEPHONE_NUMBER: usize = 24;

/// Seconds after which an urgent message rings again.
pub const RINGS_EVERY: u64 = 30;

/// Calls that one person is told of at once: those of some groups on a terrible day. Where there are more, the oldest come
/// first.
pub const CALLS_TOLD: usize = 64;

/// Facilities in one answer with numbers of each: far more than a district has, and within [`FRAME`].
pub const REPORT_FACILITIES: usize = 4_096;

/// Seconds for which one takeout is permitted at most: a month. Whatever stays out for longer is asked for again.
pub const TAKEOUT_PERIOD: u64 = 31 * DAY;

/// Seconds by which a takeout is asked for in advance at most: a month, as who is asked can't foresee more.
pub const TAKEOUT_AHEAD: u64 = 31 * DAY;

/// Seconds for which a standing permit holds at most: a year, and it is looked at again.
pub const TAKEOUT_STANDING: u64 = 366 * DAY;

/// Seconds for which a deputy is named at most: three months, and it is looked at again. Who is away for longer is followed.
pub const DEPUTY_TERM: u64 = 92 * 24 * 3600;

/// Seconds by which a deputy is named in advance at most: three months, as holidays are planned.
pub const DEPUTY_AHEAD: u64 = 92 * 24 * 3600;

/// Takeouts of one person that wait, run, are not confirmed to have ended, or were asked for within a day, and standing
/// permits likewise: far more than a month of visits asks for, and few enough that an administrator can see to each.
pub const TAKEOUTS_OPEN: usize = 32;

/// Items of one export: some years of a busy group. Each is named in the manifest, which is put together in memory.
pub const TAKEOUT_ITEMS: usize = 20_000;

/// Bytes of text in one export. The archive is put together in memory, so that none of it lies on a disk unencrypted.
pub const TAKEOUT_TEXT: usize = 67_108_864;

/// Bytes of files, sealed, that one person may send within a day: the photographs of fifty patients, sixteen megabytes each,
/// and a scan of the largest size.
pub const SENT_BY_PERSON: u64 = 5 * FILE;

/// Bytes of files, sealed, that may be sent to one group within a day: four of its people on their busiest day.
pub const SENT_IN_GROUP: u64 = 4 * SENT_BY_PERSON;

/// Bytes of files that anybody has uploaded and not yet posted, together: a hundred people in the middle of the largest
/// file. Whoever holds many accounts fills no more of the disk than that with what nobody sees.
pub const WAITING_IN_ALL: u64 = 100 * FILE;

/// Seconds that a sent byte counts: a day, by whole hours.
pub const SENT_COUNTS: u64 = DAY;

/// Seconds for which a device keeps what it needs to go on with an unfinished sending: a week, as over a weekend and holidays.
/// The server has dropped its chunks before ([`UPLOAD_WAITS`]): they are sent anew.
pub const SENDING_KEPT: u64 = 7 * DAY;

/// Unfinished sendings that a device keeps: as many as the server takes files.
pub const SENDINGS_KEPT: usize = WAITING_FILES;

/// Times that the waits of one person are lifted within a day: more than anybody mistypes with a patient waiting, and for an
/// administrator who guesses with a colleague's device a few tries more than waiting gives.
pub const LIFTS: usize = 6;

/// Messages that a device keeps until the server takes them: more than anybody writes in a day without a network.
pub const OUTBOX: usize = 200;

/// How often a client that hears nothing asks whether its server is there, in seconds. A connection that only reads has
/// nothing else to find out by. Under the 30 s after which home routers forget a flow, and under the idle ends by enough
/// that one that is lost is sent again; a telephone's radio, which stays awake for some 10 s after each packet, rests no
/// more and no less than with one every 10 s. It is a sign of the device, never of the person (A11.4).
pub const KEEP_ALIVE: u64 = 3;

/// A client takes its server for gone when nothing has come for so long after it asked, in seconds: people are told
/// within [`KEEP_ALIVE`] more. Longer than a change of cell or a lift, in which packets are lost for two to four seconds.
pub const CLIENT_IDLE: u64 = 7;

/// A server drops a connection from which nothing has come for so long, in seconds, whatever its client announced. QUIC
/// takes the shorter of both sides' (RFC 9000, section 10.1).
pub const SERVER_IDLE: u64 = 60;

/// People are told that the server can't be reached after so many seconds without a word of it: in the time in which one
/// would begin to wonder.
pub const NOTICED: u64 = 10;

/// Entries of the registry in the proof of a wipe: a district of ten thousand people writes fewer in its first decade.
pub const PROOF_ENTRIES: usize = 1_048_576;

/// Bytes of the proof of a wipe: that many entries at a kilobyte each, twice what one is.
pub const WIPE_PROOF: usize = 1_073_741_824;
