"""Text forms, restricted text, hashes, signatures and derived keys of docs/protocol/README.md."""

import hashlib
import hmac
import ipaddress
import re

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .codec import Bad, b64, need, unb64

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
WHITE = {*range(0x09, 0x0e), 0x20, 0x85, 0xa0, 0x1680, *range(0x2000, 0x200b), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000}
DECEPTIVE = {0xad, 0x61c, 0x115f, 0x1160, 0x180e, 0x200b, 0x200c, 0x200e, 0x200f, *range(0x2028, 0x202f),
             *range(0x2060, 0x2065), *range(0x2066, 0x206a), 0x2800, 0x3164, 0xfeff, 0xffa0, *range(0xe0000, 0xe0080),
             *range(0x00, 0x20), *range(0x7f, 0xa0)}


def line(text, most):
    need(len(text.encode()) <= most, "TooLong")
    need(any(ord(c) not in WHITE for c in text), "Empty")
    need(all(ord(c) not in DECEPTIVE for c in text), "Deceptive")


def prose(text, most):
    line(text.replace("\n", " "), most)


def telephone(text, most):
    need(len(text.encode()) <= most, "TooLong")
    need(re.fullmatch(r"\+?[0-9]+([- ][0-9]+)*", text, re.ASCII) and len(re.findall("[0-9]", text)) >= 3, "Deceptive")


def id_text(prefix):
    def text(data):
        number = int.from_bytes(data, "big") << 2
        return prefix + "-" + "".join(LETTERS[number >> shift & 31] for shift in range(125, -1, -5))
    return text


def read_id(text, prefix=None):
    kind, dash, letters = text.partition("-")
    need(dash and (prefix is None or kind == prefix) and len(letters) == 26 and letters.isascii(), "BadId")
    number = 0
    for letter in letters.lower():
        need(letter in LETTERS, "BadId")
        number = number << 5 | LETTERS.index(letter)
    need(number & 3 == 0, "BadId")
    return (number >> 2).to_bytes(16, "big")


def read_hash(text):
    need(re.fullmatch(r"[0-9a-fA-F]{64}", text) is not None, "BadHash")
    return bytes.fromhex(text)


def read_signature(text):
    data = unb64(text, "BadSignature")
    need(len(data) == 64, "BadSignature")
    return data


def days_in(year, month):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1] if 1 <= month <= 12 else 0


def check_date(year, month, day, error="Malformed"):
    need(1900 <= year <= 2199 and 1 <= day <= days_in(year, month), error)


def read_date(text):
    need(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None, "BadDate")
    date = tuple(int(part) for part in text.split("-"))
    check_date(*date, error="BadDate")
    return date


def H(domain, *parts):
    return hashlib.sha256(domain.encode() + b"\0" + b"".join(parts)).digest()


def mac(key, domain, message):
    return hmac.digest(key, domain.encode() + b"\0" + message, "sha256")


def derive(secret, salt, domain, context=b""):
    early = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(early, domain.encode() + b"\0" + context + b"\1", "sha256")


def open_sealed(key, context, sealed):
    try:
        return AESGCM(key).decrypt(bytes(12), sealed, context)
    except (InvalidTag, ValueError):
        raise Bad("NotAuthentic") from None


def pad(data):
    data += b"\x80"
    return data + bytes(-len(data) % 64)


def unpad(data):
    content = data.rstrip(b"\0")
    need(content.endswith(b"\x80"), "NotAuthentic", "padding")
    return content[:-1]


# Ed25519: the points of small order are found by the curve's arithmetic.
P = 2 ** 255 - 19
D = -121665 * pow(121666, -1, P) % P


def point(data):
    """Affine coordinates, or None if there is no such point."""
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    y %= P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return (P - x if (x & 1) != data[31] >> 7 else x) % P, y


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def small(a):
    for _ in range(3):
        a = add(a, a)
    return a == (0, 1)


def check_signing(data):
    """Raises for bytes that are no key, or one for which anybody could sign."""
    need(len(data) == 32, "Malformed")
    here = point(data)
    need(here is not None, "Malformed", "not a point")
    need(not small(here), "SmallOrder")


def verify(public, domain, message, signature, error="SignatureInvalid"):
    nonce = point(signature[:32])
    need(nonce is not None and not small(nonce), error)
    try:
        check_signing(public)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, domain.encode() + b"\0" + message)
    except (InvalidSignature, Bad):
        raise Bad(error) from None


def agree(secret, public):
    """X25519; refused where the shared secret would be zero."""
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Bad("SmallOrder") from None


def check_x25519(data):
    agree(b"\1" * 32, data)


def show_signature(data):
    return b64(data)


def show_source(data):
    """A network address: IPv4 where it is mapped into IPv6."""
    address = ipaddress.IPv6Address(data)
    return str(address.ipv4_mapped or address)
