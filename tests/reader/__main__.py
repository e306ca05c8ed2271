"""python3 -m reader VECTORS_DIR, or verify EXPORT.json ROOT, or access FILE ROOT [EARLIER HEAD]"""

import json
import pathlib
import sys

from . import access, derived, district, forms, opened, vectors
from .chain import Wrong, verify_export
from .codec import Bad

# Files that are left out on purpose, with the reason.
LEFT_OUT = {}


class Tally:
    def __init__(self):
        self.accepted = self.refused = self.checks = self.files = 0
        self.failures = []

    def fail(self, where, why):
        self.failures.append(f"{where}: {why}")


def vector_bytes(vector):
    return bytes.fromhex(vector["hex"]) + bytes(vector.get("zeros", 0))


def accept_format(name, file, tally, ticket):
    keys = vectors.Keys(file["keys"])
    kind = vectors.table(keys)[name]
    for vector in file["vectors"]:
        where = f"accept/{name}, {vector['name']}"
        data = vector_bytes(vector)
        try:
            value = kind.read(data)
            if kind.write(value) != kind.fold(data):
                raise Bad("Differs", "written again it is something else")
            if kind.show(value) != vector["fields"]:
                raise Bad("Differs", f"{kind.show(value)!r} instead of {vector['fields']!r}")
            context = derived.Context(keys, vector.get("derived", {}), ticket)
            tally.checks += 2 + derived.check(name, value, data, context)
            tally.accepted += 1
        except Bad as bad:
            tally.fail(where, bad)


def refuse_format(name, file, keys, tally):
    kind = vectors.table(vectors.Keys(keys))[name]
    for vector in file["vectors"]:
        where = f"refuse/{name}, {vector['name']}"
        try:
            kind.read(vector_bytes(vector))
            tally.fail(where, f"taken, and not refused as {vector['error']}")
        except Bad as bad:
            if bad.error != vector["error"]:
                tally.fail(where, f"refused as {bad.error} instead of {vector['error']}: {bad}")
            tally.refused += 1


def run_file(path, name, directory, tally):
    file = json.loads(path.read_text(encoding="utf-8"))
    accept = path.parent.name == "accept"
    if file["format"] != name:
        return tally.fail(f"{path.parent.name}/{name}", f"says that it is {file['format']}")
    other = json.loads((directory / "accept" / path.name).read_text(encoding="utf-8"))
    if name == "district":
        (district.accept if accept else district.refuse)(file, other, tally)
    elif name.startswith("open-"):
        opened.run(name, file, accept, tally)
    elif name in vectors.table(vectors.Keys({})):
        if accept:
            links = json.loads((directory / "accept" / "ticket-link.json").read_text(encoding="utf-8"))
            accept_format(name, file, tally, links["vectors"][0]["derived"])
        else:
            refuse_format(name, file, other["keys"], tally)
    else:
        tally.fail(f"{path.parent.name}/{name}", "a format that this reader does not know")
    return None


def run(directory):
    tally = Tally()
    known = {*vectors.table(vectors.Keys({})), *opened.OPENS, "district"}
    for kind in ("accept", "refuse"):
        paths = sorted((directory / kind).iterdir()) if (directory / kind).is_dir() else []
        for name in sorted(known - {path.stem for path in paths}):
            tally.fail(f"{kind}/{name}", "there is no such file any more")
        for path in paths:
            name = path.stem if path.suffix == ".json" else path.name
            if f"{kind}/{name}" in LEFT_OUT:
                print(f"left out: {kind}/{name}: {LEFT_OUT[f'{kind}/{name}']}")
                continue
            tally.files += 1
            try:
                run_file(path, name, directory, tally)
            except (KeyError, ValueError, TypeError, IndexError, OSError) as error:
                tally.fail(f"{kind}/{name}", f"{type(error).__name__}: {error}")
    for failure in tally.failures:
        print(f"FAILED {failure}")
    print(f"{tally.files} files: {tally.accepted} accepted, {tally.refused} refused, {tally.checks} checks, "
          f"{len(tally.failures)} failures")
    return 1 if tally.failures else 0


def verify(path, root):
    try:
        export = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        registry, groups = verify_export(export, forms.read_hash(root))
    except (Wrong, Bad) as wrong:
        print(f"wrong: {wrong}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"not an export: {type(error).__name__}: {error}")
        return 1
    entries = sum(len(group.hashes) for group in groups.values())
    print(f"good but for the rules, which were not checked: {len(registry.hashes)} entries of the registry, {entries} "
          f"of {len(groups)} groups, {len(export['heads'])} heads")
    for name in sorted(registry.beyond):
        print(f"cut: the server signed that this log goes further: {name}")
    return 1 if registry.beyond else 0


def main(arguments):
    if len(arguments) == 1:
        return run(pathlib.Path(arguments[0]))
    if len(arguments) == 3 and arguments[0] == "verify":
        return verify(*arguments[1:])
    if len(arguments) in (3, 4) and arguments[0] == "access":
        return access.verify(*arguments[1:])
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
