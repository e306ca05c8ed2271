"""Messages and corrections of docs/protocol/messages.md."""

from . import formats
from .codec import Bad, decode, need
from .forms import derive, open_sealed, unpad

MESSAGE_TEXT = 32_768
"""The longest text in bytes of UTF-8 (docs/protocol/limits.md)."""

KEYS = {"Message": "message-key", "Post": "post-key", "Amend": "amendment-key"}


def associated_data(statement):
    kind, act = statement["act"]
    need(kind in ("Message", "Post", "Amend", "Card", "CardKey"), "NotAuthentic")
    if kind in ("Message", "Post", "Card"):
        act = {**act, "ciphertext": b""}
    elif kind == "CardKey":
        act = {**act, "sealed": b""}
    elif act["words"] is not None:
        act = {**act, "words": {**act["words"], "ciphertext": b""}}
    return formats.statement.write({**statement, "act": (kind, act)})


def open_payload(statement, epoch_key, want="Message"):
    need(statement["actor"][0] == "Device", "NotAuthentic")
    aad = associated_data(statement)
    kind, act = statement["act"]
    need(kind == want, "NotAuthentic")
    words = act["words"] if kind == "Amend" else act
    need(words is not None, "NotAuthentic", "taken back")
    key = derive(epoch_key, words["salt"], "renkei/v1/" + KEYS[kind], statement["actor"][1]["device"])
    return open_sealed(key, aad, words["ciphertext"])


def read_text(payload):
    try:
        _, text = decode(formats.content, unpad(payload))
    except Bad:
        raise Bad("NotAuthentic", "not a message's content") from None
    need(len(text.encode()) <= MESSAGE_TEXT, "NotAuthentic", "a text over its bound")
    return text


def open_message(statement, epoch_key):
    return read_text(open_payload(statement, epoch_key))
