"""The vectors of what is sealed (`open-*`): boxes, epochs, history, labels, messages, corrections, files, a vault."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from . import boxes, cards, files, formats, forms, messages
from .codec import Bad, decode, need


def unhex(value):
    return [bytes.fromhex(one) for one in value] if isinstance(value, list) else bytes.fromhex(value)


def same(made, told, what):
    need(made == told, "Differs", f"{what}: {made!r} instead of {told!r}")


def box(vector):
    """Opens the box of a vector: its context and payload."""
    data = unhex(vector["context_hex"])
    context = decode(formats.context, data)
    same(formats.context.show(context), vector["context"], "context")
    same(boxes.prologue(context).hex(), vector["prologue_hex"], "prologue")
    keys = vector["recipient"]
    secrets = unhex(keys["x25519_secret"]), unhex(keys["mlkem768_seed"])
    return context, boxes.open_box(context, unhex(vector["sealed"]), *secrets)


def open_box(vector):
    return {"payload": box(vector)[1].hex()}


def open_epoch(vector):
    context, payload = box(vector)
    out = {"key": boxes.epoch_key(context, payload, unhex(vector["commitment"])).hex()}
    if "epoch" in vector:
        kind, act = decode(formats.act, unhex(vector["epoch"]))
        same(kind, "Epoch", "the act")
        same(act["commitment"].hex(), vector["commitment"], "commitment in the act")
        held = context["purpose"][1]
        same((act["number"], act["roster"]), (held["number"], held["roster"]), "number and roster in the act")
        leaf = formats.sealed_box.write({"device": context["recipient"], "sealed": unhex(vector["sealed"])})
        proof = [bytes.fromhex(one) for one in vector["proof"]]
        need(boxes.is_under(act["boxes"], vector["index"], leaf, proof), "False", "the proof of the box")
    return out


def open_history(vector):
    context, payload = box(vector)
    return {"keys": [key.hex() for key in boxes.open_history(context, payload, unhex(vector["commitments"]))]}


def open_prepared(vector):
    context, payload = box(vector)
    keys = boxes.open_prepared(context, payload, unhex(vector["release"]), unhex(vector["commitments"]))
    return {"keys": [key.hex() for key in keys]}


def open_label(vector):
    group = forms.read_id(vector["group"], "grp")
    payload = boxes.label_payload(group, vector["number"], unhex(vector["key"]), unhex(vector["sealed"]))
    label = boxes.read_label(payload, unhex(vector["named"]))
    same(forms.pad(formats.sealed_label.write(label)), payload, "padding")
    return {"payload": payload.hex(), "label": formats.sealed_label.show(label)}


def open_message(vector, want="Message"):
    try:
        statement = formats.read_statement(unhex(vector["statement"]))
    except Bad:
        raise Bad("NotAuthentic", "not a statement") from None
    payload = messages.open_payload(statement, unhex(vector["key"]), want)
    return {"associated_data": messages.associated_data(statement).hex(), "payload": payload.hex(),
            "text": messages.read_text(payload)}


def open_amendment(vector):
    return open_message(vector, "Amend")


def open_card(vector):
    try:
        statement, on = (formats.read_statement(unhex(vector.get(name, vector["statement"])))
                         for name in ("statement", "handed"))
    except Bad:
        raise Bad("NotAuthentic", "not a statement") from None
    key = unhex(vector["key"])
    if "handed" in vector:
        key = cards.handed_key(statement, on, messages.associated_data(on), key)
    else:
        key = cards.key_of(statement, key)
    data = messages.associated_data(statement)
    payload = cards.open_payload(statement, data, key)
    card = cards.read(formats.cards.content, payload)
    same(forms.pad(formats.cards.content.write(("patient", card))), payload, "padding")
    return {"associated_data": data.hex(), "payload": payload.hex(),
            "card": formats.cards.content.show(("patient", card))["patient"]}


def open_vault(vector):
    device = forms.read_id(vector["device"], "dev")
    half, share = unhex(vector["device_secret"]), unhex(vector["share"])
    return {"payload": boxes.open_vault(half, share, device, vector["part"], unhex(vector["sealed"])).hex()}


def open_post(vector):
    try:
        statement = formats.read_statement(unhex(vector["statement"]))
    except Bad:
        raise Bad("NotAuthentic", "not a statement") from None
    payload, content = files.open_post(statement, unhex(vector["key"]))
    return {"associated_data": messages.associated_data(statement).hex(), "payload": payload.hex(),
            "content": formats.post_content.show(content)}


def chunk(named):
    """The bytes of a sealed chunk. One of full length is named by what it was sealed from: byte i is i mod 251."""
    if isinstance(named, str):
        return unhex(named)
    place = decode(formats.file_place, unhex(named["place_hex"]))
    chunks = files.Chunks(unhex(named["file_key"]), place, named["length"])
    start, length = chunks.span(named["index"])
    return chunks.seal(named["index"], bytes(at % 251 for at in range(start, start + length)))


def open_file(vector):
    place = decode(formats.file_place, unhex(vector["place_hex"]))
    same(formats.file_place.show(place), vector["place"], "place")
    stored = {"length": vector["stored"]["length"], "root": unhex(vector["stored"]["root"])}
    sealed = [chunk(named) for named in vector["chunks"]]
    payload = files.open_file(unhex(vector["file_key"]), place, vector["length"], stored, sealed)
    return {"payload_sha256": hashlib.sha256(payload).hexdigest()}


OPENS = {"open-box": open_box, "open-epoch": open_epoch, "open-history": open_history, "open-prepared": open_prepared,
         "open-label": open_label, "open-message": open_message, "open-vault": open_vault,
         "open-amendment": open_amendment, "open-card": open_card,
         "open-post": open_post, "open-file": open_file}


def check_device(device):
    """The public halves follow from the private ones, and the fingerprint from them."""
    secret, seed = unhex(device["x25519_secret"]), unhex(device["mlkem768_seed"])
    x25519 = boxes.public_of(secret)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()
    same(x25519.hex(), device["x25519_public"], "x25519_public")
    same(mlkem.hex(), device["mlkem768_public"], "mlkem768_public")
    same(formats.fingerprint((x25519, mlkem)).hex(), device["fingerprint"], "fingerprint")


def run(name, file, accept, tally):
    folder = "accept" if accept else "refuse"
    if name not in OPENS:
        return tally.fail(f"{folder}/{name}", "a format that this reader does not know")
    for who, device in file.get("keys", {}).get("devices", {}).items():
        try:
            check_device(device)
            tally.checks += 3
        except Bad as bad:
            tally.fail(f"{folder}/{name}, keys of {who}", bad)
    for vector in file["vectors"]:
        where = f"{folder}/{name}, {vector['name']}"
        try:
            made = OPENS[name](vector)
        except Bad as bad:
            if accept or bad.error != vector["error"]:
                tally.fail(where, bad)
            else:
                tally.refused += 1
            continue
        if not accept:
            tally.fail(where, f"opened, and not refused as {vector['error']}")
            continue
        wrong = [field for field, value in made.items() if vector.get(field) != value]
        for field in wrong:
            tally.fail(where, f"{field}: {made[field]!r} instead of {vector.get(field)!r}")
        tally.checks += len(made)
        tally.accepted += 1
    return None
