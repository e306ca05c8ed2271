"""The encoding of docs/protocol/README.md: a type reads, writes and shows a value."""

import base64
import re


class Bad(Exception):
    """Bytes or a claim that is refused; `error` is the name of the reason."""

    def __init__(self, error, detail=""):
        super().__init__(f"{error}: {detail}" if detail else error)
        self.error, self.detail = error, detail


def need(condition, error, detail=""):
    if not condition:
        raise Bad(error, detail)


class Source:
    """Bytes that are read from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        need(n <= len(self.data) - self.at, "Malformed", "cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def varint(self, bits):
        value = 0
        most = -(-bits // 7)
        for place in range(most):
            byte = self.take(1)[0]
            value |= (byte & 0x7f) << (7 * place)
            if byte < 0x80:
                need(value < 1 << bits, "Malformed", "a number that is too wide")
                return value
        raise Bad("Malformed", "a number without an end")


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(kind, value):
    return kind.write(value)


def decode(kind, data, most=None):
    """Reads exactly one canonical value."""
    need(most is None or len(data) <= most, "TooLarge")
    source = Source(data)
    value = kind.read(source)
    need(source.at == len(data), "Trailing")
    need(kind.write(value) == data, "NotCanonical")
    return value


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text, error="Malformed"):
    need(re.fullmatch(r"[A-Za-z0-9_-]*", text) is not None and len(text) % 4 != 1, error)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(b64(data) == text, error, "bits behind the last byte")
    return data


class Kind:
    """A type. `show` gives the value as the vectors write it in JSON."""

    def show(self, value):
        return value


class Byte(Kind):
    def read(self, source):
        return source.take(1)[0]

    def write(self, value):
        return bytes([value])


class Bool(Kind):
    def read(self, source):
        value = source.take(1)[0]
        need(value < 2, "Malformed", "neither true nor false")
        return bool(value)

    def write(self, value):
        return bytes([value])


class Number(Kind):
    def __init__(self, bits):
        self.bits = bits

    def read(self, source):
        return source.varint(self.bits)

    def write(self, value):
        return varint(value)


class Fixed(Kind):
    """So many bytes. `text` says how they are shown; `check` raises for bytes that may not be."""

    def __init__(self, n, text=bytes.hex, check=None):
        self.n, self.text, self.check = n, text, check

    def read(self, source):
        value = source.take(self.n)
        if self.check:
            self.check(value)
        return value

    def write(self, value):
        return value

    def show(self, value):
        return self.text(value)


class Bytes(Kind):
    def __init__(self, most, exactly=False):
        self.most, self.exactly = most, exactly

    def read(self, source):
        n = source.varint(64)
        need(n <= self.most and not (self.exactly and n != self.most), "Malformed", "over the bound")
        return source.take(n)

    def write(self, value):
        return varint(len(value)) + value

    def show(self, value):
        return b64(value)


class Text(Kind):
    def __init__(self, most, check=None):
        self.most, self.check = most, check

    def read(self, source):
        data = Bytes(self.most).read(source)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("Malformed", "not UTF-8") from None
        if self.check:
            try:
                self.check(text, self.most)
            except Bad as bad:
                raise Bad("Malformed", bad.error) from None
        return text

    def write(self, value):
        return Bytes(self.most).write(value.encode())


class ListOf(Kind):
    def __init__(self, kind, most):
        self.kind, self.most = kind, most

    def read(self, source):
        n = source.varint(64)
        need(n <= self.most, "Malformed", "over the bound")
        return [self.kind.read(source) for _ in range(n)]

    def write(self, value):
        return varint(len(value)) + b"".join(map(self.kind.write, value))

    def show(self, value):
        return [self.kind.show(one) for one in value]


class Option(Kind):
    def __init__(self, kind):
        self.kind = kind

    def read(self, source):
        return self.kind.read(source) if Bool().read(source) else None

    def write(self, value):
        return b"\0" if value is None else b"\1" + self.kind.write(value)

    def show(self, value):
        return None if value is None else self.kind.show(value)


class Struct(Kind):
    def __init__(self, **fields):
        self.fields = fields

    def read(self, source):
        return {name: kind.read(source) for name, kind in self.fields.items()}

    def write(self, value):
        return b"".join(kind.write(value[name]) for name, kind in self.fields.items())

    def show(self, value):
        return {name: kind.show(value[name]) for name, kind in self.fields.items()}


class Tuple(Kind):
    def __init__(self, *kinds):
        self.kinds = kinds

    def read(self, source):
        return tuple(kind.read(source) for kind in self.kinds)

    def write(self, value):
        return b"".join(kind.write(one) for kind, one in zip(self.kinds, value, strict=True))

    def show(self, value):
        return [kind.show(one) for kind, one in zip(self.kinds, value, strict=True)]


class Enum(Kind):
    """Variants in the order of their numbers: a name, or (name, kind of what it holds). A value is (name, held)."""

    def __init__(self, *variants):
        self.variants = [one if isinstance(one, tuple) else (one, None) for one in variants]

    def read(self, source):
        number = source.varint(32)
        need(number < len(self.variants), "Malformed", "an unknown variant")
        name, kind = self.variants[number]
        return (name, kind.read(source) if kind else None)

    def _of(self, value):
        for number, (name, kind) in enumerate(self.variants):
            if name == value[0]:
                return number, kind
        raise KeyError(value[0])

    def write(self, value):
        number, kind = self._of(value)
        return varint(number) + (kind.write(value[1]) if kind else b"")

    def show(self, value):
        _, kind = self._of(value)
        return {value[0]: kind.show(value[1])} if kind else value[0]
