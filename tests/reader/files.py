"""Posts, sealed files and requests to open them, by docs/protocol/files.md."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import formats, forms, merkle, messages
from .codec import Bad, decode, need
from .forms import derive, unpad

CHUNK, TAG = 262_144, 16
MOST = {"content": 200_000_000, "preview": 131_072}
SIGN = "renkei/v1/sign/opening"


def count(length):
    """Chunks of so many bytes."""
    return max(1, -(-length // CHUNK))


def sealed_length(length):
    return length + TAG * count(length)


def chunks_there(present):
    return [8 * at + bit for at, byte in enumerate(present) for bit in range(8) if byte >> bit & 1]


def verify_opening(key, signed, error="SignatureInvalid"):
    opening = formats.read_opening(signed["bytes"])
    forms.verify(key, SIGN, signed["bytes"], signed["signature"], error)
    return opening


def opening_of(record, association):
    """What the device must have signed for this record of access; none if it is of no opening of a file."""
    name, held = record["what"]
    if name != "file-opened":
        return None
    rest = {field: held[field] for field in ("group", "seq", "file", "part", "intent", "request", "at")}
    return {"version": 1, "suite": 1, "association": association, "user": record["user"], "device": record["device"],
            **rest}


class Chunks:
    """One part of a file: STREAM over AES-256-GCM."""

    def __init__(self, key, place, length):
        need(1 <= length <= MOST[place["part"][0]], "NotAuthentic", "no part has this length")
        self.key = AESGCM(derive(key, b"", "renkei/v1/file-key", formats.file_place.write(place)))
        self.length, self.count = length, count(length)

    def span(self, index):
        need(index < self.count, "NotAuthentic", "no such chunk")
        return index * CHUNK, min(CHUNK, self.length - index * CHUNK)

    def _nonce(self, index):
        return bytes(7) + index.to_bytes(4, "big") + bytes([index + 1 == self.count])

    def seal(self, index, plain):
        return self.key.encrypt(self._nonce(index), plain, self.length.to_bytes(8, "big"))

    def open(self, index, sealed):
        need(len(sealed) == self.span(index)[1] + TAG, "NotAuthentic", "another length")
        try:
            return self.key.decrypt(self._nonce(index), sealed, self.length.to_bytes(8, "big"))
        except InvalidTag:
            raise Bad("NotAuthentic") from None


def open_file(key, place, length, stored, sealed):
    """All bytes of a part: what the post signs of it, the root over its chunks, and then each chunk."""
    chunks = Chunks(key, place, length)
    need(stored["length"] == sealed_length(length), "NotAuthentic", "not as long as the post says")
    need(len(sealed) == chunks.count and merkle.root(sealed) == stored["root"], "NotAuthentic", "not what was signed")
    return b"".join(chunks.open(index, chunk) for index, chunk in enumerate(sealed))


def describes(content, post):
    """Whether the sealed notes speak of the files that the statement names, and of no others."""
    def same(note, file):
        preview = None if file["preview"] is None else file["preview"]["length"]
        told = None if note["preview"] is None else sealed_length(note["preview"])
        return sealed_length(note["length"]) == file["content"]["length"] and told == preview
    notes, files = content["files"], post["files"]
    return len(notes) == len(files) and all(map(same, notes, files))


def open_post(statement, epoch_key):
    """The padded payload and what it says."""
    payload = messages.open_payload(statement, epoch_key, "Post")
    try:
        content = decode(formats.post_content, unpad(payload))
    except Bad:
        raise Bad("NotAuthentic", "not a post's content") from None
    need(len(content["text"].encode()) <= messages.MESSAGE_TEXT, "NotAuthentic", "a text over its bound")
    need(describes(content, statement["act"][1]), "NotAuthentic", "speaks of other files")
    return payload, content
