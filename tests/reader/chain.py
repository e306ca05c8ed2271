"""Logs, and exports of them, by docs/protocol/logs.md and audit.md: everything but the rules."""

import re

from . import formats, forms, merkle
from .codec import Bad, decode, need, unb64
from .forms import H

ZERO = bytes(32)
HEADS = "renkei:heads/"
BACKDATED = 60  # seconds; heads.md, "Dating back"


class Wrong(Exception):
    """The first thing that is wrong with an export: where, and what."""

    def __init__(self, log, seq, error, detail=""):
        super().__init__(f"{log} {seq}: {error}{f' ({detail})' if detail else ''}")
        self.log, self.seq, self.error = log, seq, error


class Log:
    """A log as followed so far."""

    def __init__(self, log):
        self.log, self.hashes, self.times, self.registry = log, [], [], 0
        self.counters = {}
        self.epochs = []

    def head(self, size):
        return {"size": size, "hash": self.hashes[size - 1] if size else ZERO} if size <= len(self.hashes) else None

    def next(self, entry):
        """Takes the next entry's header, and checks its body's hash."""
        header = entry["header"]
        need(header["log"] == self.log, "WrongLog")
        need(header["seq"] == len(self.hashes), "WrongSequence")
        need(header["prev"] == (self.hashes[-1] if self.hashes else ZERO), "WrongLink")
        time = self.times[-1] if self.times else 0
        need(header["time"] >= time and header["registry"] >= self.registry, "Backwards")
        need(entry["body"] is None or formats.signed_hash(entry["body"]) == header["body"], "WrongBody")

    def push(self, header):
        self.hashes.append(formats.entry_hash(header))
        self.times.append(header["time"])
        self.registry = header["registry"]

    def count(self, author, counter=None):
        due = self.counters.get(author, 0) + 1
        need(counter is None or counter == due, "CounterWrong")
        self.counters[author] = due


class Registry(Log):
    """The registry, with what is needed to find keys: each fact with the entry that made it."""

    def __init__(self, root):
        super().__init__(("Registry", None))
        self.fingerprint, self.root, self.association = root, None, None
        self.devices, self.wiped, self.ended, self.server = {}, {}, {}, []
        # Logs that heads of an export know to go further than the export.
        self.beyond = set()

    def key_of(self, statement, size):
        """The key that verifies a statement in the registry as it was after `size` entries."""
        kind, act = statement["act"]
        if statement["actor"][0] == "Root":
            need(self.root is not None, "SignatureInvalid", "no root")
            return self.root
        actor = statement["actor"][1]
        known = self.devices.get(actor["device"])
        if known and known[0] < size:
            need(known[1] == actor["user"], "SignatureInvalid", "another person's device")
            return known[2]["signing"]
        need(kind == "Registry" and act[0] == "ApplyFacility", "SignatureInvalid", "an unknown device")
        device = act[1]["device"]
        same = actor == {"user": act[1]["manager"]["user"], "device": device["device"]}
        need(same, "SignatureInvalid", "somebody else's application")
        return device["signing"]

    def may_act(self, statement, size):
        if statement["actor"][0] == "Device":
            actor = statement["actor"][1]
            need(self.wiped.get(actor["device"], size) >= size, "DeviceWiped")
            need(self.ended.get(actor["user"], size) >= size, "UserEnded")

    def found(self, statement):
        kind, act = statement["act"]
        need(kind == "Registry" and act[0] == "Found" and statement["actor"][0] == "Root", "WrongRoot")
        root = act[1]["root"]
        need(H("renkei/v1/root", root) == self.fingerprint, "WrongRoot")
        need(statement["association"] == self.fingerprint[:16], "WrongRoot", "another association")
        self.root, self.association = root, statement["association"]

    def fold(self, seq, statement):
        name, act = statement["act"][1]
        if name in ("Found", "CertifyServer"):
            self.server.append((seq, (act["server"] if name == "Found" else act)["statement_key"]))
        if name == "ApplyFacility":
            self.register(seq, act["manager"]["user"], act["device"])
        if name == "AppointOperator":
            self.register(seq, act["person"]["user"], act["device"])
        if name == "ApproveDevice":
            self.register(seq, act["user"], act["device"])
        if name == "WipeDevice":
            self.wiped.setdefault(act["device"], seq)
        if name == "EndUser":
            self.ended.setdefault(act["user"], seq)

    def register(self, seq, user, device):
        known = self.devices.setdefault(device["device"], (seq, user, device))
        need(known[1:] == (user, device), "KeyInUse", "another registration of a known device")

    def verify_heads(self, signed, size):
        """By the statement key that was in force when the registry had `size` entries."""
        certified = [key for seq, key in self.server if seq < size] or [key for _, key in self.server[:1]]
        need(certified, "SignatureInvalid", "no server")
        forms.verify(certified[-1], "renkei/v1/sign/heads", signed["bytes"], signed["signature"])


def read_body(entry):
    """The statement, or none where it was left out as it may be."""
    if entry["body"] is None:
        need(entry["header"]["kind"][0] in ("Message", "Amendment", "Card", "CardKey"), "Malformed", "no body")
        return None
    return formats.read_statement(entry["body"]["bytes"])


KINDS = {"Registry": "Registry", "Group": "Governance", "Epoch": "Epoch", "History": "History", "Message": "Message",
         "Amend": "Amendment", "Seen": "Seen", "Post": "Message", "Card": "Card", "CardKey": "CardKey"}


def describes(header, statement):
    author = statement["actor"][1]["device"] if statement["actor"][0] == "Device" else None
    return (header["log"] == statement["log"] and header["id"] == statement["id"] and header["author"] == author
            and header["kind"][0] == KINDS[statement["act"][0]])


def check_common(registry, log, statement, size):
    """What every statement has to keep besides its signature."""
    seen = statement["seen"]
    need(seen["registry"]["size"] <= size and seen["registry"] == registry.head(seen["registry"]["size"]),
         "SeenMismatch", "registry")
    group = {"size": 0, "hash": ZERO} if log is registry else log.head(seen["group"]["size"])
    need(seen["group"] == group, "SeenMismatch", "group")
    need(statement["association"] == registry.association, "WrongAssociation")
    need(statement["rules"] == 1, "UnknownRules")
    kind, act = statement["act"]
    need((kind == "Registry") == (log is registry), "WrongAct")
    first = "Found" if log is registry else "Create"
    opens = kind in ("Registry", "Group") and act[0] == first
    need(opens == (not log.hashes), "WrongAct", f"{first} is first, and only that")
    registry.may_act(statement, size)


def take(registry, log, data):
    """Checks the next entry of a log and takes it in. Gives its statement, if it is there, and header."""
    try:
        entry = formats.read_entry(data)
        statement = read_body(entry)
    except Bad as bad:
        raise Bad("Malformed", str(bad)) from None
    header = entry["header"]
    log.next(entry)
    size = len(log.hashes) if log is registry else header["registry"]
    if statement is not None:
        need(describes(header, statement), "NotDescribed")
    need(log is not registry or header["registry"] == header["seq"], "NotDescribed", "another position")
    if log is registry and not log.hashes:
        registry.found(statement)
    if statement is not None:
        key = registry.key_of(statement, size)
        body = entry["body"]
        forms.verify(key, formats.statement_domain(statement), body["bytes"], body["signature"])
    if log is not registry:
        need(size <= len(registry.hashes), "NotDescribed", "a registry that does not go so far")
        late = size < len(registry.times) and header["time"] > registry.times[size]
        need(not late, "WrongPosition", "judged under a registry that it had left behind")
        early = size > 0 and header["time"] < registry.times[size - 1]
        need(not early, "WrongPosition", "dated before the registry it was judged under")
    if statement is None:
        need(log is not registry and header["author"] is not None and log.hashes, "NotDescribed", "a message of nobody")
        log.count(header["author"])
    else:
        check_common(registry, log, statement, size)
        log.count(header["author"], statement["counter"])
        kind, act = statement["act"]
        if kind == "Epoch":
            need(act["number"] == len(log.epochs) + 1, "EpochTaken")
            log.epochs.append(act)
        if log is registry:
            registry.fold(header["seq"], statement)
    log.push(header)
    return statement, header


def read_heads_text(text):
    text = text.strip("".join(map(chr, forms.WHITE)))
    need(len(text.encode()) <= 128512, "TooLarge")
    need(text.startswith(HEADS), "Malformed")
    return decode(formats.signed_heads, unb64(text[len(HEADS):]), 64384)


def check_heads(registry, groups, text):
    """Whether heads are the server's and agree with the logs. Gives the logs that they know to go further."""
    try:
        signed = read_heads_text(text)
        heads = formats.read_heads(signed["bytes"])
    except Bad as bad:
        raise Bad("Malformed", str(bad)) from None
    registry.verify_heads(signed, heads["registry"]["size"])
    need(heads["association"] == registry.association, "HeadMismatch", "another association")
    beyond = set()
    named = [("registry", registry, heads["registry"])]
    named += [(forms.id_text("grp")(id_), groups[id_], head) for id_, head in heads["groups"] if id_ in groups]
    for name, log, head in named:
        if head["size"] > len(log.hashes):
            beyond.add(name)
        else:
            need(log.head(head["size"]) == head, "HeadMismatch", name)
            later = log.times[head["size"]:head["size"] + 1]
            need(all(time + BACKDATED >= heads["time"] for time in later), "HeadMismatch", f"{name}: withheld")
    size = heads["registry"]["size"]
    tree = "registry" in beyond or merkle.root(registry.hashes[:size]) == heads["tree"]
    need(tree, "HeadMismatch", "tree")
    return beyond


def entry_bytes(text):
    need(isinstance(text, str) and re.fullmatch(r"([0-9a-f]{2})*", text) is not None, "Malformed", "hexadecimal")
    return bytes.fromhex(text)


def verify_export(export, root, each=None):
    """Checks an export against the fingerprint of the root; raises Wrong. `each` is called with every statement and header."""
    if not isinstance(export, dict) or export.get("format") != "renkei-audit/1":
        raise Wrong("file", 0, "UnknownVersion")
    registry, groups = Registry(root), {}

    def through(log, name, entries):
        for seq, text in enumerate(entries):
            try:
                statement, header = take(registry, log, entry_bytes(text))
                if each:
                    each(name, seq, statement, header)
            except Bad as bad:
                raise Wrong(name, seq, bad.error, bad.detail) from None

    through(registry, "registry", export["registry"])
    if not registry.hashes:
        raise Wrong("registry", 0, "WrongRoot", "an empty registry")
    for one in export["groups"]:
        group = forms.read_id(one["group"], "grp")
        if group in groups:
            raise Wrong(one["group"], 0, "Malformed", "twice")
        groups[group] = Log(("Group", group))
        through(groups[group], one["group"], one["entries"])
        if not one["entries"]:
            raise Wrong(one["group"], 0, "Malformed", "an empty log")
    for at, text in enumerate(export["heads"]):
        try:
            registry.beyond |= check_heads(registry, groups, text)
        except Bad as bad:
            raise Wrong("heads", at, bad.error, bad.detail) from None
    return registry, groups
