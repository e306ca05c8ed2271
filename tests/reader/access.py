"""The record of access, and files of it, by docs/protocol/access.md."""

import json

from . import formats, forms, merkle
from .codec import Bad, b64, decode, need, unb64
from .forms import H

SIGN = "renkei/v1/sign/access"
SCHEME = "renkei:access/"
ZERO = bytes(32)


def record_hash(data):
    return H("renkei/v1/access", data)


def verify_head(key, signed, error="SignatureInvalid"):
    head = formats.read_access_head(signed["bytes"])
    forms.verify(key, SIGN, signed["bytes"], signed["signature"], error)
    return head


def read_text(words):
    words = words.strip("".join(map(chr, forms.WHITE)))
    need(len(words.encode()) <= 640, "TooLarge")
    need(words.startswith(SCHEME), "Malformed")
    return decode(formats.signed_access_head, unb64(words[len(SCHEME):]), 288)


def write_text(signed):
    return SCHEME + b64(formats.signed_access_head.write(signed))


def server_key(entries, root):
    """The server's statement key, and the association, by entries of the registry that the root signed."""
    key = None
    for text in entries:
        entry = formats.read_entry(bytes.fromhex(text))
        need(entry["body"] is not None, "Root", "no body")
        statement = formats.read_statement(entry["body"]["bytes"])
        kind, act = statement["act"]
        by_root = statement["actor"][0] == "Root" and statement["log"][0] == "Registry"
        need(kind == "Registry" and by_root, "Root", "not said by the root")
        if key is None:
            need(act[0] == "Found" and H("renkei/v1/root", act[1]["root"]) == root, "Root", "another root")
            key = act[1]["root"]
        need(act[0] in ("Found", "CertifyServer"), "Root", "says nothing of the server")
        need(statement["association"] == H("renkei/v1/root", key)[:16], "Root", "another association")
        forms.verify(key, "renkei/v1/sign/registry", entry["body"]["bytes"], entry["body"]["signature"])
        server = act[1]["server"] if act[0] == "Found" else act[1]
    need(key is not None, "Root", "no entries")
    return server["statement_key"], H("renkei/v1/root", key)[:16]


def named(name, make):
    """What `make` gives; whatever is wrong with it has this name."""
    try:
        return make()
    except Bad as bad:
        raise Bad(name, str(bad)) from None
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Bad(name, f"{type(error).__name__}: {error}") from None


class Chain:
    """The record as followed so far."""

    def __init__(self):
        self.size, self.last, self.time, self.tree = 0, ZERO, 0, merkle.Growing()

    def follow(self, record, data):
        need(record["seq"] == self.size, "WrongSequence")
        need(record["prev"] == self.last, "WrongLink")
        need(record["time"] >= self.time, "Backwards")
        self.size, self.last, self.time = self.size + 1, record_hash(data), record["time"]
        self.tree.push(data)


def take(line, chain, head, whole, following):
    data = named("Line", lambda: bytes.fromhex(line["bytes"]))
    record = named("Record", lambda: formats.read_access_record(data))
    need(formats.access_record.show(record) == named("Line", lambda: line["record"]), "Line", "not what its bytes say")
    if whole:
        named("Record", lambda: chain.follow(record, data))
        return record["seq"] + 1
    need(record["seq"] >= following, "Record", "out of order")
    proof = named("Proof", lambda: [forms.read_hash(text) for text in line["proof"]])
    need(merkle.includes(head["tree"], head["size"], record["seq"], data, proof), "Proof", "not under the head")
    return record["seq"] + 1


def check(text, root, earlier=None):
    """How many records hold, of how many, and whether they are all."""
    lines = text.splitlines()
    first = named("Format", lambda: json.loads(lines[0]))
    members = {"format", "association", "root", "registry", "head", "scope"}
    need(isinstance(first, dict) and first.keys() >= members and first["format"] == "renkei-access/1", "Format")
    key, association = named("Root", lambda: server_key(first["registry"], root))
    head = named("Head", lambda: verify_head(key, read_text(first["head"])))
    need(head["association"] == association == forms.read_id(first["association"], "asc"), "Head", "another association")
    whole, chain, following = first["scope"] is None, Chain(), 0
    kept = named("Head", lambda: verify_head(key, read_text(earlier))) if earlier else None
    need(kept is None or whole, "Part", "only the whole record can be held against an earlier head")
    need(kept is None or kept["size"] <= head["size"], "Earlier", "it had more then")

    def agrees():
        here = (chain.last, chain.tree.root())
        same = kept is None or chain.size != kept["size"] or here == (kept["last"], kept["tree"])
        need(same, "Earlier", "an earlier head says otherwise")

    agrees()
    for number, text_ in enumerate(lines[1:], 2):
        try:
            following = take(named("Line", lambda: json.loads(text_)), chain, head, whole, following)
            agrees()
        except Bad as bad:
            raise Bad(bad.error, f"line {number}: {bad.detail}") from None
    ended = (chain.size, chain.last, chain.tree.root()) == (head["size"], head["last"], head["tree"])
    need(not whole or ended, "Cut", "these are not the records of the signed head")
    return len(lines) - 1, head["size"], whole


def verify(path, root, earlier=None):
    try:
        with open(path, encoding="utf-8") as file:
            records, size, whole = check(file.read(), forms.read_hash(root), earlier)
    except Bad as wrong:
        print(f"wrong: {wrong}")
        return 1
    except (OSError, ValueError) as error:
        print(f"not a file of the record of access: {type(error).__name__}: {error}")
        return 1
    print(f"good: {'all' if whole else records} of {size} records")
    return 0
