"""The patient card of docs/protocol/cards.md: what is in it, and how it is opened."""

from .codec import Bad, Bytes, Enum, ListOf, Option, Struct, Text, decode, need
from .forms import H, derive, line as check_line, open_sealed, unpad

KANA = {" ", *map(chr, range(0x30a1, 0x30ff))}
DIALLED = set("0123456789+-()#*, ")


def spaced(text):
    need(text == text.strip(" ") and "  " not in text, "Deceptive")


def kana(text, most):
    check_line(text, most)
    need(set(text) <= KANA, "Deceptive")
    spaced(text)


def telephone(text, most):
    check_line(text, most)
    need(set(text) <= DIALLED and sum(c.isdigit() for c in text) >= 3, "Deceptive")
    spaced(text)


class Cards:
    """The types, made of those of formats.py."""

    def __init__(self, u32, u64, hash_, usr, line, date):
        phone = Text(48, telephone)
        contact = Struct(name=line(), relation=Option(line()), telephone=phone)
        outsider = Struct(name=line(), facility=Option(line()), telephone=Option(phone))
        role = Enum("attending-doctor", "doctor", "dentist", "visiting-nurse", "pharmacy", "care-manager", "home-help",
                    "rehabilitation", "day-care", "hospital", "municipality", "other")
        member = Struct(role=role, who=Enum(("user", usr), ("outside", outsider)))
        patient = Struct(name=line(), kana=Option(Text(256, kana)), born=Option(date),
                         sex=Option(Enum("female", "male", "other")), address=Option(line(512)),
                         telephones=ListOf(phone, 4), contacts=ListOf(contact, 6), facts=ListOf(line(512), 16),
                         team=ListOf(member, 16))
        self.content = Enum(("patient", patient))
        self.sealed = Struct(replaces=Option(u64), epoch=u32, salt=hash_, key=hash_, ciphertext=Bytes(33792))
        self.key = Struct(card=u64, epoch=u32, salt=hash_, sealed=Bytes(64))


def sender(statement):
    need(statement["actor"][0] == "Device", "NotAuthentic")
    return statement["actor"][1]["device"]


def key_of(statement, epoch_key):
    """From the epoch's key."""
    kind, act = statement["act"]
    need(kind == "Card", "NotAuthentic")
    return derive(epoch_key, act["salt"], "renkei/v1/card-key", sender(statement))


def handed_key(statement, handed, data, epoch_key):
    """As it was handed on in `handed`, whose associated data is `data`."""
    kind, act = handed["act"]
    need(kind == "CardKey" and handed["log"] == statement["log"], "NotAuthentic")
    key = derive(epoch_key, act["salt"], "renkei/v1/card-key-handed-on", sender(handed))
    return open_sealed(key, data, act["sealed"])


def open_payload(statement, data, key):
    """What the card's own key opens, if it is the one that the statement commits to."""
    kind, act = statement["act"]
    need(kind == "Card" and statement["log"][0] == "Group" and len(key) == 32, "NotAuthentic")
    need(H("renkei/v1/card-key-commitment", statement["log"][1], key) == act["key"], "NotAuthentic", "another key")
    return open_sealed(key, data, act["ciphertext"])


def read(content, payload):
    try:
        return decode(content, unpad(payload))[1]
    except Bad:
        raise Bad("NotAuthentic", "not a card") from None
