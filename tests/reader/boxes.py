"""Boxes, epochs, labels and history of docs/protocol/epochs.md, and the vault of sign-in.md."""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from . import formats, merkle
from .codec import Bad, decode, need
from .forms import H, agree, derive, open_sealed, unpad

NAME = b"Noise_Xpsk1_25519_ChaChaPoly_SHA256"
KEM = 1088


def sha(data):
    return hashlib.sha256(data).digest()


def hkdf(chain, data, count):
    early = hmac.digest(chain, data, "sha256")
    out, last = [], b""
    for number in range(1, count + 1):
        last = hmac.digest(early, last + bytes([number]), "sha256")
        out.append(last)
    return out


def public_of(x25519_secret):
    return X25519PrivateKey.from_private_bytes(x25519_secret).public_key().public_bytes_raw()


class Noise:
    """One message of the X pattern with psk1, from the opener's side."""

    def __init__(self, prologue, static):
        self.static = static
        self.h = self.ck = sha(NAME)
        self.mix_hash(prologue)
        self.mix_hash(public_of(static))

    def mix_hash(self, data):
        self.h = sha(self.h + data)

    def mix_key(self, data):
        self.ck, self.k = hkdf(self.ck, data, 2)

    def decrypt(self, data):
        try:
            plain = ChaCha20Poly1305(self.k).decrypt(bytes(12), data, self.h)
        except (InvalidTag, ValueError):
            raise Bad("NotAuthentic") from None
        self.mix_hash(data)
        return plain

    def open(self, message, psk):
        need(len(message) >= 96, "NotAuthentic", "cut short")
        ephemeral, sender, payload = message[:32], message[32:80], message[80:]
        self.mix_hash(ephemeral)
        self.mix_key(ephemeral)
        self.mix_key(agree(self.static, ephemeral))
        sender = self.decrypt(sender)
        self.mix_key(agree(self.static, sender))
        self.ck, mixed, self.k = hkdf(self.ck, psk, 3)
        self.mix_hash(mixed)
        return self.decrypt(payload)


def prologue(context):
    return b"renkei/v1/box\0" + formats.context.write(context)


def open_box(context, sealed, x25519_secret, mlkem_seed):
    need(len(sealed) >= KEM, "NotAuthentic", "cut short")
    psk = MLKEM768PrivateKey.from_seed_bytes(mlkem_seed).decapsulate(sealed[:KEM])
    try:
        return Noise(prologue(context), x25519_secret).open(sealed[KEM:], psk)
    except Bad:
        raise Bad("NotAuthentic") from None


def commitment(group, number, key):
    return H("renkei/v1/epoch-commitment", group, number.to_bytes(4, "little"), key)


def epoch_key(context, payload, committed):
    kind, held = context["purpose"]
    need(kind == "Epoch" and len(payload) == 32, "NotAuthentic")
    need(commitment(context["group"], held["number"], payload) == committed, "NotAuthentic", "another key")
    return payload


def history_keys(context, payload, commitments):
    first = context["purpose"][1]["first"]
    try:
        keys = decode(formats.keys, payload)
    except Bad:
        raise Bad("NotAuthentic", "not a list of keys") from None
    need(len(keys) == len(commitments), "NotAuthentic", "another number of keys")
    for number, (key, committed) in enumerate(zip(keys, commitments), first):
        need(commitment(context["group"], number, key) == committed, "NotAuthentic", f"another key of epoch {number}")
    return keys


def open_history(context, payload, commitments):
    need(context["purpose"][0] == "History", "NotAuthentic")
    return history_keys(context, payload, commitments)


def open_prepared(context, payload, release, commitments):
    kind, held = context["purpose"]
    need(kind == "Prepared", "NotAuthentic")
    invitation = held["invitation"]
    key = derive(release, b"", "renkei/v1/release-key", invitation)
    return history_keys(context, open_sealed(key, invitation, payload), commitments)


def label_commitment(label):
    return H("renkei/v1/label", label["salt"], label["label"].encode())


def read_label(payload, named):
    try:
        label = decode(formats.sealed_label, unpad(payload))
    except Bad:
        raise Bad("NotAuthentic", "not a label") from None
    need(label_commitment(label) == named, "NotAuthentic", "another label")
    return label


def label_payload(group, number, key, sealed):
    key = derive(key, number.to_bytes(4, "little"), "renkei/v1/label-key", group)
    return open_sealed(key, group, sealed)


def boxes_root(boxes):
    devices = [box["device"] for box in boxes]
    need(all(a < b for a, b in zip(devices, devices[1:])), "NotAscending")
    return {"count": len(boxes), "root": merkle.root([formats.sealed_box.write(box) for box in boxes])}


def is_under(root, index, leaf, proof):
    return merkle.includes(root["root"], root["count"], index, leaf, proof)


def open_vault(half, share, device, part, sealed):
    need(len(sealed) >= 33 and sealed[0] == 1, "NotAuthentic")
    key = derive(half + share, b"", "renkei/v1/vault", device)
    return open_sealed(derive(key, sealed[1:33], "renkei/v1/vault/seal", part.encode()), part.encode(), sealed[33:])
