"""`district.json`: a whole association, what one device can read in it, and what is wrong with changed exports."""

import copy

from . import boxes, formats, forms, merkle, messages
from .chain import Wrong, verify_export
from .codec import Bad, decode, need
from .roster import People, Readers


class Group:
    """What reading a group needs of its log: signed acts by their place, and what an approval has released."""

    def __init__(self):
        self.acts, self.epochs, self.releases = {}, {}, {}

    def note(self, seq, statement):
        self.acts[seq] = statement
        if statement is None:
            return
        kind, act = statement["act"]
        if kind == "Epoch":
            self.epochs[act["number"]] = act
        if kind == "Group" and act[0] == "Approve" and act[1]["release"]:
            self.releases[act[1]["invitation"]] = act[1]["release"]


class Reader:
    """A device that opens its boxes and, with the keys in them, messages."""

    def __init__(self, device, x25519_secret, mlkem_seed):
        self.device, self.secrets, self.keys, self.labels = device, (x25519_secret, mlkem_seed), {}, {}

    def take_box(self, name, group, seq, index, leaf, proof):
        statement = group.acts[seq]
        kind, act = statement["act"]
        box = decode(formats.sealed_box, leaf)
        need(box["device"] == self.device, "NotAuthentic", "another device's box")
        root = act["boxes"] if kind in ("Epoch", "History") else self.label_root(act)
        need(boxes.is_under(root, index, leaf, proof), "NotAuthentic", "the proof of the box")
        context = {"suite": 1, "association": statement["association"], "group": forms.read_id(name, "grp"),
                   "purpose": self.purpose(statement), "sender": statement["actor"][1]["device"],
                   "recipient": self.device}
        payload = boxes.open_box(context, box["sealed"], *self.secrets)
        if kind == "Epoch":
            self.keys[name, act["number"]] = boxes.epoch_key(context, payload, act["commitment"])
        elif kind == "History":
            between = range(act["first"], act["last"] + 1)
            commitments = [group.epochs[number]["commitment"] for number in between]
            if act["prepared_for"] is None:
                keys = boxes.open_history(context, payload, commitments)
            else:
                keys = boxes.open_prepared(context, payload, group.releases[act["prepared_for"]], commitments)
            self.keys |= {(name, number): key for number, key in zip(between, keys, strict=True)}
        else:
            self.note_label(name, group, payload)

    def note_label(self, name, group, payload):
        self.labels[name] = boxes.read_label(payload, group.acts[0]["act"][1][1]["named"])["label"]

    def open_labels(self, name, group):
        """The label under each epoch's key that is here."""
        id_ = forms.read_id(name, "grp")
        for number, epoch in group.epochs.items():
            key = self.keys.get((name, number))
            if key:
                self.note_label(name, group, boxes.label_payload(id_, number, key, epoch["label"]))

    @staticmethod
    def label_root(act):
        need("label" in act[1], "NotAuthentic", "no boxes beside this act")
        return act[1]["label"]

    @staticmethod
    def purpose(statement):
        kind, act = statement["act"]
        if kind == "Epoch":
            return kind, {"number": act["number"], "roster": act["roster"], "prior": statement["seen"]["group"]}
        if kind == "History":
            between = {"first": act["first"], "last": act["last"]}
            prepared = act["prepared_for"]
            return ("Prepared", {"invitation": prepared, **between}) if prepared else (kind, between)
        if act[0] == "Invite":
            return "InvitationLabel", {"invitation": act[1]["invitation"]}
        return "GoverningLabel", None

    def read(self, name, statement):
        key = self.keys.get((name, statement["act"][1]["epoch"]))
        need(key is not None, "KeyAwaited")
        return messages.open_message(statement, key)


def fetch(groups, reader_file):
    """The reader with all keys and labels that its boxes hold."""
    reader = Reader(forms.read_id(reader_file["device"], "dev"), bytes.fromhex(reader_file["x25519_secret"]),
                    bytes.fromhex(reader_file["mlkem768_seed"]))
    for box in reader_file["boxes"]:
        proof = [bytes.fromhex(one) for one in box["proof"]]
        name, leaf = box["group"], bytes.fromhex(box["sealed"])
        reader.take_box(name, groups[name], box["seq"], box["index"], leaf, proof)
    for name, group in groups.items():
        reader.open_labels(name, group)
    return reader


def readings(groups, reader):
    for name, group in groups.items():
        for seq, statement in group.acts.items():
            if statement is None or statement["act"][0] != "Message":
                continue
            author = forms.id_text("usr")(statement["actor"][1]["user"])
            shown = {"group": name, "seq": seq, "author": author}
            try:
                yield {**shown, "text": reader.read(name, statement)}
            except Bad:
                yield {**shown, "unreadable": True}


def accept(file, _other, tally):
    where = "accept/district"
    groups = {}

    people, readers, rosters = People(), {}, 0

    def each(name, seq, statement, header):
        nonlocal rosters
        if name == "registry":
            return people.note(seq, statement)
        groups.setdefault(name, Group()).note(seq, statement)
        group = readers.setdefault(name, Readers(forms.read_id(name, "grp")))
        if statement and statement["act"][0] == "Group":
            group.note(seq, statement)
        if statement and statement["act"][0] == "Epoch":
            epoch = statement["act"][1]
            rows = group.roster(people, header["registry"], header["time"])
            need(group.hash(people, header["registry"], header["time"]) == epoch["roster"], "RosterMismatch")
            need(len(rows) == epoch["boxes"]["count"], "RosterMismatch", "number of boxes")
            rosters += 1
        return None

    export, expect = file["export"], file["expect"]
    try:
        registry, logs = verify_export(export, forms.read_hash(expect["root"]), each)
    except Wrong as wrong:
        return tally.fail(where, wrong)
    heads = [{"group": forms.id_text("grp")(group), "size": len(log.hashes), "hash": log.hashes[-1].hex()}
             for group, log in logs.items()]
    made = {"root": export["root"], "registry_size": len(registry.hashes),
            "registry_tree": merkle.root(registry.hashes).hex(), "group_heads": heads}
    try:
        reader = fetch(groups, file["reader"])
        shown = list(readings(groups, reader))
    except Bad as bad:
        return tally.fail(f"{where}, the reader", bad)
    told = expect["messages"]
    asked = {one["group"] for one in told}
    made["messages"] = [one for one in shown if one["group"] in asked]
    made["labels"] = [{"group": name, "label": label} for name, label in sorted(reader.labels.items())]
    for name, value in made.items():
        if value != expect.get(name):
            tally.fail(f"{where}, {name}", f"{value!r} instead of {expect.get(name)!r}")
    for name in sorted(set(expect) - set(made)):
        tally.fail(where, f"nobody checks {name}")
    growing = merkle.Growing()
    for leaf in registry.hashes:
        growing.push(leaf)
    if growing.root() != merkle.root(registry.hashes):
        tally.fail(where, "a tree that grows has another root")
    entries = len(registry.hashes) + sum(len(log.hashes) for log in logs.values())
    if not rosters:
        tally.fail(where, "no epoch whose roster could be computed")
    tally.checks += rosters + entries + len(export["heads"]) + len(file["reader"]["boxes"]) + len(told) + len(made)
    tally.accepted += 1
    return None


def patched(export, patch):
    export = copy.deepcopy(export)
    (kind, what), = patch.items()
    if kind == "root":
        return {**export, "root": what}
    if what["list"] in ("heads", "registry"):
        items = export[what["list"]]
    else:
        items, = (one["entries"] for one in export["groups"] if one["group"] == what["list"])
    at = what["at"]
    if kind == "replace":
        items[at] = what["with"]
    elif kind == "remove":
        del items[at]
    elif kind == "swap":
        items[at], items[what["and"]] = items[what["and"]], items[at]
    else:
        raise ValueError(f"an unknown patch {kind}")
    return export


def refuse(file, accepted, tally):
    for vector in file["vectors"]:
        where = f"refuse/district, {vector['name']}"
        export = patched(accepted["export"], vector["patch"])
        try:
            verify_export(export, forms.read_hash(export["root"]))
            tally.fail(where, f"taken, and not refused as {vector['error']}")
        except Wrong as wrong:
            found = (wrong.error, wrong.log, wrong.seq)
            told = (vector["error"], vector["log"], vector["seq"])
            if found != told:
                tally.fail(where, f"{wrong} instead of {told}")
            tally.refused += 1
