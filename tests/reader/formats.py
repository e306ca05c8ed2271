"""Every format of docs/protocol, as types of codec.py. Names of fields and variants are those of the vectors."""

from . import forms
from .codec import (Bool, Byte, Bytes, Enum, Fixed, Kind, ListOf, Number, Option, Struct, Text, Tuple, decode, need)
from .cards import Cards
from .codes import NAMES, NUMBERS

u8, bool_, u16, u32, u64 = Byte(), Bool(), Number(16), Number(32), Number(64)
hash_ = Fixed(32)


def key_check(data):
    try:
        forms.check_signing(data)
    except forms.Bad:
        raise forms.Bad("Malformed", "not a key") from None


def x25519_check(data):
    try:
        forms.check_x25519(data)
    except forms.Bad:
        raise forms.Bad("Malformed", "not a key") from None


def secret(n):
    """Secret bytes, which the vectors show as a list of numbers."""
    return Fixed(n, list)


signing_key = Fixed(32, check=key_check)
signature = Fixed(64, forms.show_signature)
sealing_keys = Tuple(Fixed(32, check=x25519_check), Bytes(1184, exactly=True))
asc, fac, usr, dev, grp, inv, del_, sta, req, ses, tkt, rev, trn, fil, tko, ann = (
    Fixed(16, forms.id_text(prefix)) for prefix in "asc fac usr dev grp inv del sta req ses tkt rev trn fil tko ann".split())


def line(most=256):
    return Text(most, forms.line)


def prose(most=32768):
    return Text(most, forms.prose)


class Date(Kind):
    parts = Tuple(u16, u8, u8)

    def read(self, source):
        date = self.parts.read(source)
        forms.check_date(*date)
        return date

    def write(self, value):
        return self.parts.write(value)

    def show(self, value):
        return "%04d-%02d-%02d" % value


class QuietHours(Kind):
    parts = Tuple(u16, u16)

    def read(self, source):
        begin, end = self.parts.read(source)
        need(begin < 1440 and end < 1440 and begin != end, "Malformed", "no hours of a day")
        return begin, end

    def write(self, value):
        return self.parts.write(value)

    def show(self, value):
        return "%02d:%02d-%02d:%02d" % (*divmod(value[0], 60), *divmod(value[1], 60))


class Code(Kind):
    def read(self, source):
        number = u16.read(source)
        need(number in NAMES, "Malformed", "an unknown code")
        return NAMES[number]

    def write(self, value):
        return u16.write(NUMBERS[value])


date, code = Date(), Code()

# Statements.
head = Struct(size=u64, hash=hash_)
log = Enum("Registry", ("Group", grp))
actor = Enum("Root", ("Device", Struct(user=usr, device=dev)))
role = Enum("root", "operator", "facility-manager", "sns-administrator", "group-manager", "user", "deputy")
facility_kind = Enum("desk", "clinic", "hospital", "dental-clinic", "pharmacy", "visiting-nurse-station",
                     "care-manager-office", "home-help-station", "other")
profession = Enum("doctor", "dentist", "nurse", "pharmacist", "care-manager", "helper", "therapist", "consultant",
                  "clerk")
device_kind = Enum("phone", "tablet", "computer")
system = Enum("linux", "windows", "mac-os", "ios", "android")
ownership = Enum("facility", "own")
registration = Struct(device=dev, kind=device_kind, system=system, ownership=ownership, signing=signing_key,
                      sealing=hash_, receipt=signing_key)
facility_pledge = Struct(signed_on=date, scan=hash_)
staff_pledge = Enum(("signed", Struct(on=date, scan=hash_)), ("exempt", Struct(held_since=date)))
person = Struct(user=usr, profession=profession, details=hash_, pledge=Option(staff_pledge))
server_keys = Struct(server_authority=hash_, device_authority=hash_, statement_key=signing_key)
application = Struct(facility=fac, name=line(), kind=facility_kind, association_member=bool_, pledge=facility_pledge,
                     manager=person, device=registration)
scope = Enum("facility", ("group", grp))
boxes_root = Struct(count=u32, root=hash_)
of_user = Struct(user=usr)
of_device = Struct(device=dev)
of_facility = Struct(facility=fac)
posture = Struct(screen_lock=bool_, boot_password=bool_, no_file_sharing=bool_, antivirus=bool_,
                 no_stored_passwords=bool_, managed=bool_, updated=bool_)
setting = Enum(("passwords", Struct(long=bool_, changing=bool_, second_factor=bool_)), ("idle-mobile", u32),
               ("idle-computer", u32), ("session-end", u32), ("sessions", u8),
               ("crowded", Enum("end-oldest", "refuse")), ("own-devices", bool_), ("posture-required", posture),
               ("posture-every", u16), ("retention", u8), ("downloads", bool_), ("backups", Option(u16)))
text_kind = Enum("notice", "form1", "form2", "form3", "review-points", "training-material")
wording = Struct(japanese=prose(), english=prose())
plan = Struct(review=rev, facility=Option(fac), points=hash_, due=date, restrict_after=u16, lock_after=u16)
takeout_request = Struct(**{
    "takeout": tko, "what": Enum(("information", Struct(group=grp, first=u64, last=u64)), "device"),
    "medium": Enum("paper", "usb-memory", "external-disk", "computer", "chart", "device", "other"),
    "purpose": Enum("visit", "conference", "referral", "chart", "patient-request", "authority", "repair", "other"),
    "from": u64, "until": u64, "device": dev})
takeout_end = Enum("returned", "erased", "filed", "not-used", "lost")
takeout_export = Struct(takeout=tko, group=grp, form=Enum("archive", "text"), first=u64, last=u64, items=u32,
                        manifest=hash_)
stored = Struct(length=u64, root=hash_)
form_ref = Enum(("facility", Struct(facility=fac)), ("staff", Struct(facility=fac, user=usr, filed=u64)))
registry_act = Enum(
    ("Found", Struct(root=signing_key, name=line(), desk=fac, desk_name=line(), server=server_keys)),
    ("CertifyServer", server_keys), ("AppointOperator", Struct(person=person, device=registration)),
    ("ApplyFacility", application), ("AdmitFacility", Struct(facility=fac, application=hash_)),
    ("AppointAdministrator", of_user), ("HandOverManagement", of_user), ("DismissAdministrator", of_user),
    ("GrantGroupManager", of_user), ("RevokeGroupManager", of_user),
    ("RegisterStaff", Struct(facility=fac, person=person)), ("EndUser", of_user),
    ("RecordPledge", Struct(user=usr, pledge=staff_pledge)), ("ApproveDevice", Struct(user=usr, device=registration)),
    ("WipeDevice", Struct(device=dev)),
    ("Delegate", Struct(delegation=del_, scope=scope, until=u64, operators_read=bool_)),
    ("RevokeDelegation", Struct(delegation=del_)), ("RotateSealing", Struct(sealing=hash_)),
    ("Set", Struct(facility=Option(fac), setting=setting)), ("ResetFactors", of_user),
    ("SuspendDevice", Struct(device=dev, lost=bool_)), ("ResumeDevice", of_device), ("RetireDevice", of_device),
    ("SuspendUser", of_user), ("ResumeUser", of_user), ("SuspendFacility", of_facility),
    ("ResumeFacility", of_facility), ("DeclarePosture", Struct(device=dev, posture=posture)),
    ("ConfirmPosture", Struct(device=dev, declaration=hash_, until=date)),
    ("PublishText", Struct(kind=text_kind, version=u32, text=hash_)),
    ("AcknowledgeNotice", Struct(version=u32, text=hash_)), ("OpenReview", plan),
    ("ConfirmReview", Struct(review=rev, points=hash_)), ("CloseReview", Struct(review=rev)), "AcknowledgeDuty",
    ("RecordDuty", Struct(user=usr, told_on=date)),
    ("EndFacility", Struct(facility=fac, close_groups=bool_)),
    ("OpenTraining", Struct(training=trn, facility=Option(fac), material=hash_, **{"from": date}, until=date)),
    ("AttendTraining", Struct(training=trn, material=hash_)),
    ("RecordAttendance", Struct(training=trn, user=usr, held_on=date)), ("CloseTraining", Struct(training=trn)),
    ("RequestTakeout", takeout_request),
    ("DecideTakeout", Struct(takeout=tko, request=hash_, approve=bool_)),
    ("GrantStandingTakeout", Struct(takeout=tko, user=usr, group=Option(grp), until=u64)),
    ("RevokeTakeout", Struct(takeout=tko)), ("DeclareTakeoutEnd", Struct(takeout=tko, how=takeout_end)),
    ("ConfirmTakeoutEnd", Struct(takeout=tko, how=takeout_end, on=date)),
    ("LiftLockout", of_user),
    ("DepositFormScan", Struct(form=form_ref, file=fil, content=stored, key=boxes_root, commitment=hash_)),
    ("HandOnFormScan", Struct(deposit=u64, key=boxes_root)), ("LetGoFormScan", Struct(deposit=u64)),
     ("NameDeputy", Struct(user=usr, **{"from": u64}, until=u64)), ("EndDeputy", of_user),
    ("DraftAnnouncement", Struct(announcement=ann, facility=Option(fac), text=hash_, checkers=ListOf(usr, 8))),
    ("CheckAnnouncement", Struct(announcement=ann, text=hash_, approve=bool_)),
    ("PublishAnnouncement", Struct(announcement=ann, text=hash_)),
    ("WithdrawAnnouncement", Struct(announcement=ann)),
    ("NameOfficial", Struct(user=usr, speaks_for=Enum("association", "facility"), purpose=line(),
                            responsible=ListOf(usr, 8))), ("WithdrawOfficial", of_user),
    ("SetQuietHours", Struct(hours=Option(QuietHours()))),
    ("SetTelephone", Struct(facility=fac, number=Option(Text(24, forms.telephone)))),
    ("Broadcast", Struct(drill=bool_, text=prose(420))), ("CloseBroadcast", Struct(broadcast=u64)))
consent = Struct(by=Enum("patient", "family"), signed_on=date, copy_given_on=date, scan=hash_, details=boxes_root)
use_kind = Enum("case-conference", "study", "publication", "training", "quality", "other")
use_outcome = Enum("erased", "anonymised", "out-of-reach")
incident_kind = Enum("misdirected", "wrong-content", "leak", "lost", "attack", "misconduct", "malfunction", "other")
measure = Enum("contained", "notified", "explained", "prevented")
of_invitation = Struct(invitation=inv)
group_act = Enum(
    ("Create", Struct(kind=Enum("patient", "free", "inquiry", "incident"), originator=fac,
                      history=Enum("all", "from-approval", ("from", u64)), creator_reads=bool_, label=boxes_root,
                      named=hash_)),
    ("RecordConsent", consent),
    ("Invite", Struct(invitation=inv, user=usr, label=boxes_root, release=Option(hash_))),
    ("Approve", Struct(invitation=inv, answers=hash_, release=Option(hash_))),
    ("Decline", of_invitation), ("Withdraw", of_invitation), ("Remove", of_user), "Close",
    ("HandOnLabel", Struct(label=boxes_root)), ("ReportMissing", Struct(first=u32, last=u32)),
    ("WithdrawConsent", Struct(by=Enum("patient", "family"), on=date, scan=hash_)),
    ("LiftFreeze", Struct(on=date, scan=hash_)),
    ("HoldErasure", Struct(until=date, reason=Enum("record-keeping", "dispute", "authority", "other"))),
    "OrderErasure", ("ConfirmErasure", Struct(answers=hash_)), ("OfferHandover", Struct(to=fac, label=boxes_root)),
    ("AcceptHandover", Struct(answers=hash_)), "DropHandover", "ForbidDownload",
    ("HandOnDetails", Struct(of=u64, details=boxes_root, commitment=hash_)),
    ("RecordUseConsent", Struct(by=Enum("patient", "family"), signed_on=date, scan=hash_)),
    ("RecordUse", Struct(kind=use_kind, on=date, consent=u64, details=boxes_root, commitment=hash_)),
    ("WithdrawUseConsent", Struct(by=Enum("patient", "family"), on=date, scan=hash_)),
    ("SettleUse", Struct(of=u64, outcome=use_outcome, on=date)), "TakeInquiry",
    ("AnswerInquiry", Struct(message=u64)),
    ("CloseInquiry", Struct(reason=Enum("settled", "no-reply", "asker-gone"))), "ReopenInquiry",
    ("DepositScan", Struct(of=u64, file=fil, content=stored, key=boxes_root, commitment=hash_)),
    ("StateIncident", Struct(kind=incident_kind, about=Option(Struct(group=grp, message=u64)), noticed=u64)),
    ("RecordMeasure", Struct(measure=measure, done=bool_, on=date)), "Halt", "Resume",
    ("Call", Struct(message=u64, of=ListOf(usr, 8))), ("Acknowledge", Struct(call=u64)),
    ("StandIn", Struct(user=Option(usr))))
epoch = Struct(number=u32, roster=hash_, commitment=hash_, boxes=boxes_root, label=Bytes(448))
history = Struct(first=u32, last=u32, devices=ListOf(dev, 700), boxes=boxes_root, prepared_for=Option(inv))
cards = Cards(u32, u64, hash_, usr, line, date)
message = Struct(epoch=u32, salt=hash_, flags=u8, ciphertext=Bytes(33792))
amendment = Struct(original=u64, epoch=u32, flags=u8, words=Option(Struct(salt=hash_, ciphertext=Bytes(33792))))
attachment = Struct(file=fil, content=stored, preview=Option(stored))
post = Struct(epoch=u32, salt=hash_, flags=u8, files=ListOf(attachment, 10), ciphertext=Bytes(37312))
act = Enum(("Registry", registry_act), ("Group", group_act), ("Epoch", epoch), ("History", history),
           ("Message", message), ("Amend", amendment), ("Seen", Struct(upto=u64)), ("Post", post),
           ("Card", cards.sealed),
           ("CardKey", cards.key))
statement = Struct(version=u8, suite=u8, rules=u16, association=asc, log=log, id=sta, counter=u64, actor=actor,
                   role=role, acting_for=Option(Struct(facility=fac, delegation=del_)),
                   seen=Struct(registry=head, group=head), claimed_at=u64, act=act)
signed = Struct(bytes=Bytes(65536), signature=signature)

# Beside statements.
details = Struct(salt=hash_, name=line(), kana=Option(line()))
form_names = Struct(salt=hash_, name=line(), relation=Option(line()))
use_details = Struct(salt=hash_, about=line(512), place=line(512))
scan_key = Struct(key=secret(32))
sealed_box = Struct(device=dev, sealed=Bytes(9904))
boxes = ListOf(sealed_box, 700)
proof = ListOf(hash_, 64)
sidecar = Struct(sealing=Option(sealing_keys), boxes=Option(boxes), details=Option(details))

# Logs and heads.
entry_kind = Enum("Registry", "Governance", "Epoch", "History", "Message", "Amendment", "Seen", "Card", "CardKey")
header = Struct(version=u8, log=log, seq=u64, prev=hash_, time=u64, registry=u64, id=sta, author=Option(dev),
                kind=entry_kind, body=hash_)
entry = Struct(header=header, body=Option(signed))
heads = Struct(version=u8, suite=u8, association=asc, time=u64, registry=head, tree=hash_,
               groups=ListOf(Tuple(grp, head), 1000))
signed_heads = Struct(bytes=Bytes(64256), signature=signature)
receipt = Struct(version=u8, suite=u8, association=asc, device=dev, destroyed_at=u64)
signed_receipt = Struct(bytes=Bytes(128), signature=signature)
group_receipt = Struct(version=u8, suite=u8, association=asc, device=dev, group=grp, upto=u64, gone_at=u64)
signed_group_receipt = Struct(bytes=Bytes(128), signature=signature)
safety = Struct(version=u8, suite=u8, association=asc, broadcast=u64, user=usr, device=dev,
                says=Enum("received", "safe", "needs-help"), at=u64)
signed_safety = Struct(bytes=Bytes(128), signature=signature)
erasure_word = Struct(version=u8, suite=u8, association=asc, group=grp, confirmed=u64, finished=u64,
                      destroyed=Option(Struct(bytes=u64, files=u64, file_bytes=u64)), registry=u64, signed_at=u64)
signed_erasure_word = Struct(bytes=Bytes(128), signature=signature)
wipe_proof = Struct(version=u8, suite=u8, subject=Enum(("device", dev), ("user", usr)),
                    registry=ListOf(Bytes(66048), 1048576), heads=signed_heads, receipts=ListOf(signed_receipt, 256))

# Files.
part, intent = Enum("content", "preview"), Enum("view", "save", ("take-out", Struct(takeout=tko)))
opening = Struct(version=u8, suite=u8, association=asc, user=usr, device=dev, group=grp, seq=u64, file=u8, part=part,
                 intent=intent, request=req, at=u64)
signed_opening = Struct(bytes=Bytes(160), signature=signature)
present = Bytes(96)
sealed_chunk = Bytes(262160)
file_place = Struct(association=asc, group=grp, file=fil, part=part)
media = Enum("jpeg", "png", "pdf", "mp3", "m4a", "wav", "ogg", "flac")
file_note = Struct(key=hash_, name=line(), media=media, length=u64, preview=Option(u64))
post_content = Struct(text=Text(37312), files=ListOf(file_note, 10))

# The record of access.
source = Fixed(16, forms.show_source)
asked = Enum("connection", "sync", "sign-in", "enrolment", "root", "session", "statement", "ticket", "listing", "box",
             "export", "record", "unreadable", "other")
written_table = Enum("overview", "report")
access_scope = Enum("own", "facility", ("user", usr), ("group", grp), "counts")
of_session, of_ticket, of_times = Struct(session=ses), Struct(ticket=tkt), Struct(times=u32)
what = Enum(
    "started", ("signed-in", of_session), ("resumed", of_session), "set-up", "password-changed", ("locked", of_session),
    ("signed-out", of_session),
    ("opened", Struct(group=grp, stage=Enum("began", "went-on", "ended"), first=u64, last=u64, messages=u32)),
    ("followed", Struct(group=grp)), ("box-fetched", Struct(group=grp, seq=u64)),
    ("exported", Struct(**{"log": log, "from": u64, "entries": u32})),
    ("listed", Struct(what=Enum("names", "devices", "offers", "receipts", "application", "counts", "sessions", "report",
                                     "safety"), times=u32)),
    ("refused", Struct(asked=asked, code=code, group=Option(grp), times=u32)), ("crowded", of_times),
    ("acted", Struct(log=log, seq=u64)), ("ticket-issued", of_ticket), ("ticket-used", of_ticket),
    "certificate-renewed", ("consulted", Struct(**{"scope": access_scope, "from": u64, "records": u32})),
    ("lost", of_times), ("unlocked", of_session), ("left-alone", of_session),
    ("session-ended", Struct(session=ses, code=code)), "stepped-up", "recovery-renewed", "recovery-used",
    ("ended-for", Struct(user=usr, session=ses)),
    ("file-opened", Struct(group=grp, seq=u64, file=u8, part=part, intent=intent, request=req, at=u64,
                           signature=signature)),
    ("taken-out", takeout_export), ("table-written", Struct(table=written_table, rows=u32)))
access_record = Struct(version=u8, seq=u64, prev=hash_, time=u64, user=Option(usr), device=Option(dev),
                       source=Option(source), what=what)
access_head = Struct(version=u8, suite=u8, association=asc, time=u64, size=u64, last=hash_, tree=hash_)
signed_access_head = Struct(bytes=Bytes(160), signature=signature)
access_question = Struct(**{"scope": access_scope, "since": u64, "until": u64, "from": u64, "size": Option(u64)})
access_kind = Enum("sign-in", "sign-in-failed", "session-end", "opening", "listing", "export", "refusal", "act",
                   "record", "server")
access_count = Struct(facility=Option(fac), kind=access_kind, times=u64)

# Boxes and what they hold.
purpose = Enum(("Epoch", Struct(number=u32, roster=hash_, prior=head)), ("History", Struct(first=u32, last=u32)),
               "GoverningLabel", ("InvitationLabel", of_invitation), "ConsentDetails",
               ("Prepared", Struct(invitation=inv, first=u32, last=u32)), "UseDetails", ("HandedOn", Struct(of=u64)),
               ("ScanKey", Struct(of=u64)))
context = Struct(suite=u8, association=asc, group=grp, purpose=purpose, sender=dev, recipient=dev)
sealed_label = Struct(salt=hash_, label=line(), release=Option(hash_))
keys = ListOf(hash_, 260)
content = Enum(("Text", Text(33792)))

# Enrolment and requests.
ticket_purpose = Enum(("device", usr), ("facility", fac), ("operator", usr))
ticket = Struct(version=u8, server=line(), root=hash_, ticket=tkt, secret=secret(16), expires=u64,
                purpose=ticket_purpose)
bundle = Struct(version=u8, ticket=tkt, registration=registration, sealing=sealing_keys, request=Bytes(1024),
                application=Option(signed), details=Option(details))
offer = Struct(ticket=tkt, bundle=Bytes(8192), bind=hash_)
offers = ListOf(offer, 64)
new_ticket = Struct(ticket=tkt, psk=secret(32), purpose=ticket_purpose, expires=u64)
proven = Struct(ticket=tkt, proof=hash_)
enrol_op = Enum("Greet", ("Prove", proven), ("Offer", Struct(offer=offer, signature=signature)), ("Possess", hash_),
                ("Poll", proven), ("Root", Struct(op=Bytes(16384), signature=signature)), ("Receipt", signed_receipt))
submit = Struct(signed=signed, sidecar=sidecar)
root_op = Enum(("Found", Struct(claim=secret(32), signed=signed)), "Standing", ("NewTicket", new_ticket), "Offers",
               ("Submit", submit))
accepted = Struct(head=head, time=u64)
root_answer = Enum(("Accepted", accepted), ("Standing", Struct(head=head, counter=u64)), "Done", ("Offers", offers))
rule = Enum("length", "letter", "digit", "symbol", "guessable", "personal", "reused")
fault = Struct(code=code, retry_after=Option(u32), failed=ListOf(rule, 8))
enrol_answer = Enum(("Ok", Enum(
    ("Greeting", Option(Struct(found=signed, certified=Option(signed)))),
    ("Proved", Struct(proof=hash_, share=secret(32))), ("Challenge", Struct(x25519=hash_, kem=Bytes(1088))), "Waiting",
    ("Approved", Struct(certificate=Bytes(4096), authority=Bytes(4096), association=asc, user=usr)),
    ("Root", root_answer), "Received")), ("Err", fault))
group_numbers = Struct(open=u32, closed=u32, frozen=u32, erased=u32)
facility_numbers = Struct(facility=fac, patient=group_numbers, free=group_numbers, invitations=u32,
                          oldest_invitation=Option(u64),
                          inquiries=Struct(open=u32, taken=u32, answered=u32, closed=u32, erased=u32),
                          oldest_inquiry=Option(u64))
password, recovery = Bytes(256), secret(10)
op = Enum(
    ("SetPassword", password), ("ConfirmFactor", Struct(code=u32)),
    ("SignIn", Struct(user=usr, password=password, code=Option(u32), session_key=signing_key)),
    ("Resume", Struct(session=ses, signature=signature)), "Application",
    ("ChangePassword", Struct(old=password, new=password)), "Lock", "SignOut", ("Submit", submit),
    ("NewTicket", new_ticket), "Offers", ("SealingKeys", ListOf(dev, 256)), ("Details", ListOf(usr, 256)),
    ("FetchBox", Struct(log=log, seq=u64)), ("RenewCertificate", Struct(request=Bytes(1024), signature=signature)),
    ("Receipts", ListOf(dev, 256)), "Freshen", ("Entries", Struct(**{"log": log, "from": u64})),
    ("SignInWith", Struct(user=usr, password=password, second=Enum(("Code", u32), ("Recovery", recovery)),
                          new=Option(password), session_key=signing_key)),
    ("Unlock", Struct(password=password, session_key=signing_key)), "Touch", "Counts", ("Sessions", of_user),
    ("EndSession", Struct(user=usr, session=ses)), ("StepUp", Struct(code=u32)), "NewRecoveryCodes",
    ("AccessRecords", access_question), ("AccessCounts", access_question),
    ("Publish", Struct(signed=signed, text=wording)), ("Text", Struct(text=hash_)),
    ("Upload", Struct(group=grp, file=fil, part=part, index=u32, bytes=sealed_chunk)),
    ("Uploaded", Struct(group=grp, file=fil, part=part)), ("OpenFile", signed_opening),
    ("FileChunk", Struct(opening=req, index=u32)),
    ("Gone", signed_group_receipt), ("GroupReceipts", Struct(group=grp, devices=ListOf(dev, 256))), "Report", ("TakeOut", takeout_export),
    ("ErasureWord", Struct(group=grp)), ("WriteTable", Struct(table=written_table, rows=u32)), "Calls",
    ("AnswerBroadcast", signed_safety), ("SafetyAnswers", Struct(broadcast=u64, after=Option(usr))))
calls = ListOf(Struct(group=grp, call=u64, matter=Enum("rings", "waits", "telephone")), 64)
client_frame = Enum(("Request", Struct(id=req, op=op)), ("Sync", ListOf(Tuple(log, u64), 4096)))
answer = Enum(("Ok", Enum(
    "Done", ("Factor", secret(20)), ("SignedIn", Struct(session=ses, share=secret(32))),
    ("Application", Struct(signed=signed, admitted_by=u32)), ("Accepted", accepted), ("Offers", offers),
    ("SealingKeys", ListOf(Tuple(dev, sealing_keys), 256)), ("Details", ListOf(Tuple(usr, details), 256)),
    ("FetchedBox", Struct(index=u32, sealed=sealed_box, proof=proof)), ("Certificate", Bytes(4096)),
    ("Receipts", ListOf(Tuple(dev, signed_receipt), 256)), ("Entries", ListOf(Bytes(66048), 1024)),
    ("Recovery", ListOf(recovery, 10)), ("Counts", ListOf(Tuple(grp, u64), 4096)),
    ("Sessions", ListOf(Struct(session=ses, device=dev, since=u64, idle=u32, locked=bool_), 16)),
    ("AccessRecords", Struct(head=signed_access_head, records=ListOf(Tuple(Bytes(256), proof), 256), next=Option(u64))),
    ("AccessCounts", Struct(counts=ListOf(access_count, 20000), next=Option(u64))),
    ("Text", wording), ("Uploaded", present), ("FileChunk", sealed_chunk),
    ("GroupReceipts", ListOf(Tuple(dev, signed_group_receipt), 256)),
    ("Report", ListOf(facility_numbers, 4096)), ("ErasureWord", signed_erasure_word),
    ("Calls", calls),
    ("SafetyAnswers", Struct(answers=ListOf(signed_safety, 512), next=Option(usr))))), ("Err", fault))
notice = Enum(("CaughtUp", Struct(registry=head)), ("Ended", Struct(log=log)), ("Heads", signed_heads),
              ("Calls", calls))


def versioned(kind, data, suite=True, most=None):
    """Reads what begins with version and, mostly, suite."""
    need(not suite or most is None or len(data) <= most, "TooLarge")
    need(len(data) >= (2 if suite else 1), "Malformed")
    need(data[0] == 1 and (not suite or data[1] == 1), "UnknownVersion")
    return decode(kind, data, most)


def read_statement(data):
    return versioned(statement, data, most=65536)


def read_entry(data):
    return versioned(entry, data, suite=False, most=66048)


def read_bundle(data):
    value = versioned(bundle, data, suite=False, most=8192)
    need(fingerprint(value["sealing"]) == value["registration"]["sealing"], "Malformed", "other sealing keys")
    return value


def read_heads(data):
    value = versioned(heads, data)
    names = [group for group, _ in value["groups"]]
    need(all(a < b for a, b in zip(names, names[1:])), "Malformed", "groups out of order")
    return value


def read_receipt(data):
    return versioned(receipt, data)


def read_group_receipt(data):
    return versioned(group_receipt, data)


def read_safety(data):
    return versioned(safety, data)


def read_erasure_word(data):
    return versioned(erasure_word, data)


def read_wipe_proof(data):
    value = versioned(wipe_proof, data, most=1 << 30)
    devices = [read_receipt(one["bytes"])["device"] for one in value["receipts"]]
    need(all(a < b for a, b in zip(devices, devices[1:])), "Malformed", "receipts out of order")
    return value


def read_opening(data):
    return versioned(opening, data)


def read_access_record(data):
    return versioned(access_record, data, suite=False, most=256)


def read_access_head(data):
    return versioned(access_head, data, most=160)


def fingerprint(keys_):
    return forms.H("renkei/v1/sealing-keys", *keys_)


def signed_hash(value):
    return forms.H("renkei/v1/body", value["bytes"], value["signature"])


def entry_hash(value):
    return forms.H("renkei/v1/entry", header.write(value))


DOMAINS = {"Registry": "registry", "Group": "group", "Epoch": "epoch", "History": "history", "Message": "message",
           "Amend": "amendment", "Seen": "seen", "Post": "post", "Card": "card", "CardKey": "card-key"}


def statement_domain(value):
    return "renkei/v1/sign/" + DOMAINS[value["act"][0]]
