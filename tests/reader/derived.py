"""What follows from an accepted vector: hashes, signatures, proofs. A name that nobody checks here is an error."""

import hashlib

from . import access, boxes, chain, files, formats, forms, messages, merkle, vectors
from .codec import b64, need
from .forms import H, derive, mac
from .words import compare_words


def root_json(root):
    return {"count": root["count"], "root": root["root"].hex()}


def of_statement(value, data, context):
    key = context.keys["root" if value["actor"][0] == "Root" else "author"]
    signature = forms.read_signature(context.derived["signature"])
    forms.verify(key, formats.statement_domain(value), data, signature)
    signed = {"bytes": data, "signature": signature}
    out = {"signature": b64(signature), "signed": formats.signed.write(signed).hex(),
           "signed_hash": formats.signed_hash(signed).hex()}
    if value["act"][0] in ("Message", "Amend", "Post", "Card", "CardKey"):
        out["associated_data"] = messages.associated_data(value).hex()
    return out


def signed_by(name, domain, kind):
    def check(value, data, context):
        signature = forms.read_signature(context.derived["signature"])
        forms.verify(context.keys[name], domain, data, signature)
        return {"signature": b64(signature), "signed": kind.write({"bytes": data, "signature": signature}).hex()}
    return check


def of_wipe_proof(value, data, context):
    """The registry is whole and exactly what the server signed; each receipt is of the device's own key."""
    log = chain.Log(("Registry", None))
    for entry in value["registry"]:
        entry = formats.read_entry(entry)
        log.next(entry)
        log.push(entry["header"])
    heads = formats.read_heads(context.keys.heads(value["heads"])["bytes"])
    need(heads["registry"] == log.head(len(log.hashes)) and heads["tree"] == merkle.root(log.hashes), "HeadMismatch")
    receipts = [formats.signed_receipt.write(one) for one in value["receipts"]]
    for one in receipts:
        context.keys.receipt(one)
    return {"head": {"size": len(log.hashes), "hash": log.hashes[-1].hex()},
            "receipts": [hashlib.sha256(one).hexdigest() for one in receipts]}


def of_access_record(value, data, context):
    out = {"hash": access.record_hash(data).hex()}
    opening = files.opening_of(value, H("renkei/v1/root", context.keys["root"])[:16])
    if opening is not None:
        told = formats.opening.write(opening)
        forms.verify(context.keys["author"], files.SIGN, told, value["what"][1]["signature"])
        out["opening"] = told.hex()
    return out


def of_header(value, data, context):
    here = formats.entry_hash(value).hex()
    return {"hash": here, "head": {"size": value["seq"] + 1, "hash": here}}


def of_bundle(value, data, context):
    root = bytes.fromhex(context.derived["root"])
    registration = formats.registration.write(value["registration"])
    # What people compare are the words of the registration; the others are those of the whole bundle.
    whole, words = compare_words(root, data), compare_words(root, registration)
    return {"root": root.hex(), "compare_words_kana": whole[0], "compare_words_latin": whole[1],
            "compare_words_of_the_registration_kana": words[0], "compare_words_of_the_registration_latin": words[1]}


def of_proof(value, data, context):
    told = context.derived
    if "boxes_root" in told:
        root = told["boxes_root"]
        count, tree, leaf = root["count"], root["root"], bytes.fromhex(told["leaf"])
    else:
        count, tree, leaf = told["count"], told["root"], bytes([told["index"]])
    need(merkle.includes(bytes.fromhex(tree), count, told["index"], leaf, value), "False", "the proof does not hold")
    return told


def of_sealed_box(value, data, context):
    told = context.derived
    proof = forms_proof(told["proof"])
    root = {"count": told["boxes_root"]["count"], "root": bytes.fromhex(told["boxes_root"]["root"])}
    need(boxes.is_under(root, told["index"], data, proof), "False", "the proof does not hold")
    return told


def forms_proof(text):
    return formats.decode(formats.proof, bytes.fromhex(text))


def of_ticket(value, data, context):
    out = {"encoded": formats.ticket.write(value).hex()}
    if "psk" not in context.derived:
        return out
    exporter = bytes.fromhex(context.derived["exporter"])
    psk = derive(value["secret"], b"", "renkei/v1/ticket/psk")
    out |= {"link": vectors.write_link(value), "psk": psk.hex(), "exporter": exporter.hex(),
            "bind": derive(value["secret"], b"", "renkei/v1/ticket/bind").hex()}
    for name, domain in (("client_proof", "client"), ("server_proof", "server"), ("poll_proof", "poll")):
        out[name] = mac(psk, "renkei/v1/enrol/" + domain, exporter).hex()
    return out


def of_offer(value, data, context):
    key = bytes.fromhex(context.derived["bind_key"])
    need(mac(key, "renkei/v1/enrol/bundle", value["bundle"]) == value["bind"], "False", "the MAC does not hold")
    return context.derived


def of_enrol_op(value, data, context):
    told = context.derived
    exporter = bytes.fromhex(told["exporter"])
    name, held = value
    if name in ("Prove", "Poll"):
        domain = "renkei/v1/enrol/" + ("client" if name == "Prove" else "poll")
        need(mac(context.psk, domain, exporter) == held["proof"], "False", "the MAC does not hold")
    if name == "Offer":
        bundle = formats.read_bundle(held["offer"]["bundle"])
        forms.verify(bundle["registration"]["signing"], "renkei/v1/enrol/offer", exporter + held["offer"]["bundle"],
                     held["signature"])
    if name == "Possess":
        both = bytes.fromhex(told["x25519"]) + bytes.fromhex(told["kem"])
        key = derive(both, b"", "renkei/v1/enrol/possession")
        need(mac(key, "renkei/v1/enrol/possession", exporter) == held, "False", "the MAC does not hold")
    if name == "Root":
        forms.verify(context.keys["root"], "renkei/v1/root/request", exporter + held["op"], held["signature"])
    if name == "Receipt":
        context.keys.receipt(formats.signed_receipt.write(held))
    return told


def of_item(value, data, context):
    return {"item": vectors.write_item({"tag": 2, "bytes": data}).hex()}


def hashed(name, compute):
    return lambda value, data, context: {name: compute(value).hex()}


OF = {
    "statement": of_statement, "entry-header": of_header, "bundle": of_bundle, "proof": of_proof,
    "sealed-box": of_sealed_box, "ticket-link": of_ticket, "offer": of_offer, "enrol-op": of_enrol_op,
    "notice": of_item,
    "boxes": lambda value, data, context: {"boxes_root": root_json(boxes.boxes_root(value))},
    "date": lambda value, data, context: {"days": vectors.days(value)},
    "wording": hashed("hash", lambda value: H("renkei/v1/wording", formats.wording.write(value))),
    "details": hashed("commitment", lambda value: H("renkei/v1/details", formats.details.write(value))),
    "form-names": hashed("commitment", lambda value: H("renkei/v1/form-names", formats.form_names.write(value))),
    "use-details": hashed("commitment", lambda value: H("renkei/v1/use-details", formats.use_details.write(value))),
    "scan-key": hashed("commitment", lambda value: H("renkei/v1/scan-key", formats.scan_key.write(value))),
    "sealed-label": hashed("commitment", boxes.label_commitment),
    "release-key": hashed("hash", lambda value: H("renkei/v1/release", value)),
    "entry": hashed("hash", lambda value: formats.entry_hash(value["header"])),
    "signed": hashed("hash", formats.signed_hash), "signed-and-verified": hashed("hash", formats.signed_hash),
    "sealing-public": hashed("fingerprint", formats.fingerprint),
    "x25519-mlkem768-public": hashed("fingerprint", formats.fingerprint),
    "ed25519-public": hashed("root_fingerprint", lambda value: H("renkei/v1/root", value)),
    "signing-public": lambda value, data, context: {
        "root_fingerprint": H("renkei/v1/root", value).hex(),
        "association": forms.id_text("asc")(H("renkei/v1/root", value)[:16])},
    "heads": signed_by("server", "renkei/v1/sign/heads", formats.signed_heads),
    "receipt": signed_by("receipt", "renkei/v1/sign/receipt", formats.signed_receipt),
    "group-receipt": signed_by("receipt", "renkei/v1/sign/group-receipt", formats.signed_group_receipt),
    "safety": signed_by("author", "renkei/v1/sign/safety", formats.signed_safety),
    "erasure-word": signed_by("server", "renkei/v1/sign/erasure-word", formats.signed_erasure_word),
    "wipe-proof": of_wipe_proof,
    "signed-heads": lambda value, data, context: {"text": vectors.write_heads(value)},
    "heads-text": lambda value, data, context: {"signed": formats.signed_heads.write(value).hex()},
    "access-record": of_access_record,
    "opening": signed_by("author", files.SIGN, formats.signed_opening),
    "present": lambda value, data, context: {"chunks": files.chunks_there(value)},
    "access-head": signed_by("server", access.SIGN, formats.signed_access_head),
    "signed-access-head": lambda value, data, context: {"text": access.write_text(value)},
    "access-head-text": lambda value, data, context: {"signed": formats.signed_access_head.write(value).hex()},
    "tree": lambda value, data, context: {
        "roots": [merkle.root(value[:n]).hex() for n in range(len(value) + 1)]},
}


class Context:
    """What a check may need besides the value: keys, what the vector says, and the ticket of the vectors."""

    def __init__(self, keys, told, ticket):
        self.keys, self.derived = keys, told
        self.psk, self.exporter = bytes.fromhex(ticket["psk"]), bytes.fromhex(ticket["exporter"])


def check_frame(value, context):
    """Signatures in a request of the main protocol."""
    name, held = value[1]["op"] if value[0] == "Request" else (None, None)
    if name == "Resume":
        forms.verify(context.keys["session"], "renkei/v1/session/resume", context.exporter, held["signature"])
    if name == "RenewCertificate":
        forms.verify(context.keys["author"], "renkei/v1/certificate/renew", context.exporter + held["request"],
                     held["signature"])
    if name == "Submit":
        context.keys.believed(formats.signed.write(held["signed"]))
    if name == "OpenFile":
        files.verify_opening(context.keys["author"], held)
    return 1 if name in ("Resume", "RenewCertificate", "Submit", "OpenFile") else 0


def check(name, value, data, context):
    told = context.derived
    if name == "client-frame":
        return check_frame(value, context)
    if not told:
        return 0
    need(name in OF, "Unchecked", f"nobody checks what follows from a {name}")
    made = OF[name](value, data, context)
    for field in sorted({*told, *made} if name not in ("ticket-link",) else told):
        need(field in made and field in told, "Unchecked", field)
        need(made[field] == told[field], "Differs", f"{field}: {made[field]!r} instead of {told[field]!r}")
    return len(told)
