"""The vectors of formats: how each is read, written again, shown, and what follows from it."""

from . import access, boxes, chain, codes, files, formats, forms, merkle
from .codec import Bad, ListOf, Number, Struct, b64, decode, need, unb64

FRAME, ENROL = 1048576, 16384


class Format:
    """Reads bytes into a value, writes it again, and shows it."""

    def __init__(self, read, write, show, fold=lambda data: data):
        self.read, self.write, self.show, self.fold = read, write, show, fold


def encoded(kind, most=FRAME):
    return Format(lambda data: decode(kind, data, most), kind.write, kind.show)


def special(kind, read):
    return Format(read, kind.write, kind.show)


def tags(kind, most=32):
    return encoded(ListOf(kind, most))


def text(read, write, show=None, lower=True):
    def from_bytes(data):
        try:
            words = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("Utf8Error") from None
        return read(words)
    return Format(from_bytes, lambda value: write(value).encode(), show or write,
                  bytes.lower if lower else lambda data: data)


def identifier(prefix):
    return text(lambda words: forms.read_id(words, prefix), forms.id_text(prefix))


def read_line(words):
    forms.line(words, 256)
    return words


def read_code(words):
    need(words in codes.NUMBERS, "UnknownCode")
    return words


def trim(data):
    return data.decode("utf-8").strip("".join(map(chr, forms.WHITE))).encode()


def read_link(words):
    words = trim(words.encode()).decode()
    need(len(words.encode()) <= 1024, "TooLarge")
    need(words.startswith("renkei:enrol/"), "Malformed")
    return formats.versioned(formats.ticket, unb64(words[13:]), suite=False)


def write_link(ticket):
    return "renkei:enrol/" + b64(formats.ticket.write(ticket))


def write_heads(signed):
    return "renkei:heads/" + b64(formats.signed_heads.write(signed))


sync_item = Struct(tag=Number(64), bytes=formats.Bytes(66112))


def read_item(data):
    need(len(data) >= 4, "NotWhole")
    length = int.from_bytes(data[:4], "little")
    need(length > 0, "Malformed")
    need(length <= 66113, "TooLarge")
    need(len(data) >= 4 + length, "NotWhole")
    need(len(data) == 4 + length, "Trailing")
    return {"tag": data[4], "bytes": data[5:]}


def write_item(item):
    return (len(item["bytes"]) + 1).to_bytes(4, "little") + bytes([item["tag"]]) + item["bytes"]


def read_boxes(data):
    value = decode(formats.boxes, data, 917504)
    boxes.boxes_root(value)
    return value


def read_raw_sealing(data):
    need(len(data) == 32 + 1184, "Malformed")
    forms.check_x25519(data[:32])
    return (data[:32], data[32:])


def read_raw_signing(data):
    forms.check_signing(data)
    return data


hash_, u64 = formats.hash_, formats.u64
inclusion = Struct(root=hash_, count=u64, index=u64, leaf=hash_, proof=formats.proof)
consistency = Struct(old=u64, old_root=hash_, new=u64, new_root=hash_, proof=formats.proof)


def read_inclusion(data):
    claim = decode(inclusion, data, FRAME)
    need(merkle.includes(claim["root"], claim["count"], claim["index"], claim["leaf"], claim["proof"]), "False")
    return claim


def read_consistency(data):
    claim = decode(consistency, data, FRAME)
    need(merkle.consistent(claim["old"], claim["old_root"], claim["new"], claim["new_root"], claim["proof"]), "False")
    return claim


class Keys:
    """The keys of a file of vectors, to verify what is signed in it."""

    def __init__(self, keys):
        self.keys = keys

    def __getitem__(self, name):
        return bytes.fromhex(self.keys[name]["public"])

    def believed(self, data):
        signed = decode(formats.signed, data)
        statement = formats.read_statement(signed["bytes"])
        key = self["root" if statement["actor"][0] == "Root" else "author"]
        forms.verify(key, formats.statement_domain(statement), signed["bytes"], signed["signature"], "BadSignature")
        return signed

    def heads(self, signed):
        formats.read_heads(signed["bytes"])
        forms.verify(self["server"], "renkei/v1/sign/heads", signed["bytes"], signed["signature"], "BadSignature")
        return signed

    def access(self, signed):
        access.verify_head(self["server"], signed, "BadSignature")
        return signed

    def access_file(self, words):
        access.check(words, bytes.fromhex(self.keys["root"]["root_fingerprint"]))
        return words

    def opening(self, data):
        signed = decode(formats.signed_opening, data, FRAME)
        files.verify_opening(self["author"], signed, "BadSignature")
        return signed

    def receipt(self, data):
        signed = decode(formats.signed_receipt, data, FRAME)
        formats.read_receipt(signed["bytes"])
        forms.verify(self["receipt"], "renkei/v1/sign/receipt", signed["bytes"], signed["signature"], "BadSignature")
        return signed

    def group_receipt(self, data):
        signed = decode(formats.signed_group_receipt, data, FRAME)
        formats.read_group_receipt(signed["bytes"])
        domain = "renkei/v1/sign/group-receipt"
        forms.verify(self["receipt"], domain, signed["bytes"], signed["signature"], "BadSignature")
        return signed

    def safety(self, data):
        signed = decode(formats.signed_safety, data, FRAME)
        formats.read_safety(signed["bytes"])
        forms.verify(self["author"], "renkei/v1/sign/safety", signed["bytes"], signed["signature"], "BadSignature")
        return signed

    def erasure_word(self, data):
        signed = decode(formats.signed_erasure_word, data, FRAME)
        formats.read_erasure_word(signed["bytes"])
        domain = "renkei/v1/sign/erasure-word"
        forms.verify(self["server"], domain, signed["bytes"], signed["signature"], "BadSignature")
        return signed


def table(keys):
    """Every format by its name."""
    signed_heads = lambda data: keys.heads(decode(formats.signed_heads, data, FRAME))
    bounded = lambda read, most: lambda data: (need(len(data) <= most, "TooLarge"), read(data))[1]
    all_ = {
        "signed": encoded(formats.signed), "entry-header": encoded(formats.header),
        "sealed-box": encoded(formats.sealed_box), "boxes-root": encoded(formats.boxes_root),
        "proof": encoded(formats.proof), "offer": encoded(formats.offer, ENROL),
        "enrol-op": encoded(formats.enrol_op, ENROL), "root-op": encoded(formats.root_op, ENROL),
        "enrol-answer": encoded(formats.enrol_answer, ENROL), "client-frame": encoded(formats.client_frame),
        "answer": encoded(formats.answer), "fault": encoded(formats.fault), "notice": encoded(formats.notice, 66112),
        "details": encoded(formats.details), "sidecar": encoded(formats.sidecar, 917504),
        "date": encoded(formats.date), "time": encoded(formats.u64), "line": encoded(formats.line()),
        "purpose": encoded(formats.ticket_purpose), "signing-public": encoded(formats.signing_key),
        "sealing-public": encoded(formats.sealing_keys), "release-key": encoded(hash_),
        "sealed-label": encoded(formats.sealed_label, 384), "tree": encoded(ListOf(hash_, 128)),
        "tags-code": tags(formats.code, 256), "tags-facility-kind": tags(formats.facility_kind),
        "tags-profession": tags(formats.profession), "tags-device-kind": tags(formats.device_kind),
        "tags-operating-system": tags(formats.system), "tags-ownership": tags(formats.ownership),
        "tags-role": tags(formats.role), "tags-entry-kind": tags(formats.entry_kind),
        "tags-password-rule": tags(formats.rule), "tags-log-id": tags(formats.log),
        "statement": special(formats.statement, formats.read_statement),
        "entry": special(formats.entry, formats.read_entry), "bundle": special(formats.bundle, formats.read_bundle),
        "boxes": special(formats.boxes, read_boxes), "signed-and-verified": special(formats.signed, keys.believed),
        "heads": special(formats.heads, bounded(formats.read_heads, 64256)),
        "receipt": special(formats.receipt, bounded(formats.read_receipt, 128)),
        "signed-heads": special(formats.signed_heads, signed_heads),
        "signed-receipt": special(formats.signed_receipt, keys.receipt),
        "group-receipt": special(formats.group_receipt, bounded(formats.read_group_receipt, 128)),
        "safety": special(formats.safety, bounded(formats.read_safety, 128)),
        "signed-safety": special(formats.signed_safety, keys.safety),
        "erasure-word": special(formats.erasure_word, bounded(formats.read_erasure_word, 128)),
        "signed-erasure-word": special(formats.signed_erasure_word, keys.erasure_word),
        "signed-group-receipt": special(formats.signed_group_receipt, keys.group_receipt),
        "wipe-proof": special(formats.wipe_proof, formats.read_wipe_proof),
        "inclusion": special(inclusion, read_inclusion), "consistency": special(consistency, read_consistency),
        "sync-item": Format(read_item, write_item, sync_item.show),
        "ed25519-public": Format(read_raw_signing, bytes, bytes.hex),
        "x25519-mlkem768-public": Format(read_raw_sealing, b"".join, lambda both: [both[0].hex(), b64(both[1])]),
        "ticket-link": text(read_link, write_link, formats.ticket.show),
        "heads-text": text(lambda words: keys.heads(chain.read_heads_text(words)), write_heads,
                           formats.signed_heads.show),
        "text-hash": text(forms.read_hash, bytes.hex), "text-release": text(forms.read_hash, bytes.hex),
        "text-date": text(forms.read_date, formats.date.show), "text-code": text(read_code, str),
        "text-signature": text(forms.read_signature, b64, lower=False), "text-line": text(read_line, str, lower=False),
        "wording": encoded(formats.wording), "tags-text-kind": tags(formats.text_kind),
        "card": encoded(formats.cards.content, 32768),
        "form-names": encoded(formats.form_names, 2048), "use-details": encoded(formats.use_details, 2048),
        "tags-use-kind": tags(formats.use_kind), "tags-use-outcome": tags(formats.use_outcome),
        "scan-key": encoded(formats.scan_key, 2048),
    }
    all_ |= {
        "access-record": special(formats.access_record, formats.read_access_record),
        "access-head": special(formats.access_head, formats.read_access_head),
        "signed-access-head": special(formats.signed_access_head,
                                      lambda data: keys.access(decode(formats.signed_access_head, data, FRAME))),
        "access-head-text": text(lambda words: keys.access(access.read_text(words)), access.write_text,
                                 formats.signed_access_head.show),
        "access-file": text(keys.access_file, str, lower=False),
        "opening": special(formats.opening, bounded(formats.read_opening, 160)), "present": encoded(formats.present),
        "signed-opening": special(formats.signed_opening, keys.opening),
    }
    all_["access-head-text"].fold = trim
    all_["ticket-link"].fold = all_["heads-text"].fold = trim
    names = "association facility user device group invitation delegation statement request session ticket review training file takeout announcement"
    for name, prefix in zip(names.split(), "asc fac usr dev grp inv del sta req ses tkt rev trn fil tko ann".split(), strict=True):
        all_["text-" + name] = identifier(prefix)
    return all_


def days(date):
    year, month, day = date
    before = sum(366 if forms.days_in(y, 2) == 29 else 365 for y in range(1970, year))
    before -= sum(366 if forms.days_in(y, 2) == 29 else 365 for y in range(year, 1970))
    return before + sum(forms.days_in(year, m) for m in range(1, month)) + day - 1
