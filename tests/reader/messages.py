"""Messages of docs/protocol/messages.md."""

from . import formats
from .codec import Bad, decode, need
from .forms import derive, open_sealed, unpad

MESSAGE_TEXT = 32_768
"""The longest text in bytes of UTF-8 (docs/protocol/limits.md)."""


def associated_data(statement):
    kind, message = statement["act"]
    need(kind == "Message", "NotAuthentic")
    return formats.statement.write({**statement, "act": (kind, {**message, "ciphertext": b""})})


def open_payload(statement, epoch_key):
    need(statement["actor"][0] == "Device", "NotAuthentic")
    aad = associated_data(statement)
    message = statement["act"][1]
    key = derive(epoch_key, message["salt"], "renkei/v1/message-key", statement["actor"][1]["device"])
    return open_sealed(key, aad, message["ciphertext"])


def read_text(payload):
    try:
        _, text = decode(formats.content, unpad(payload))
    except Bad:
        raise Bad("NotAuthentic", "not a message's content") from None
    need(len(text.encode()) <= MESSAGE_TEXT, "NotAuthentic", "a text over its bound")
    return text


def open_message(statement, epoch_key):
    return read_text(open_payload(statement, epoch_key))
