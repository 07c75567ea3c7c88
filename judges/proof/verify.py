#!/usr/bin/env python3
"""A second verifier of proof packages, after docs/proof-format.md and without our code.

    verify.py package.zip [--key 'name+id+key' | --key file] [--head note]…

Python's standard library only. Prints what is wrong, a line each with the name of its check; the
exit code is 0 when the package holds, 1 when it does not, 2 when it cannot be read.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from archive import unpack
from contents import Contents, Judge
from notes import Key, open_note, parse_key
from shapes import MANIFEST, need, read
from trees import sha


def verify(data: bytes, trusted: Key | None, heads: list[bytes]) -> list[tuple[str, str]]:
    judge = Judge()
    entries: list[tuple[str, bytes]] = []
    with judge.check("archive"):
        entries = unpack(data)
    if judge.wrong:
        return judge.wrong
    manifest: dict[str, Any] = {}
    with judge.check("manifest"):
        need(bool(entries) and entries[0][0] == "manifest.json", "not the first entry")
        manifest = read(entries[0][1], MANIFEST)
    if judge.wrong:
        return judge.wrong
    with judge.check("entries"):
        there = [{"bytes": len(d), "path": p, "sha256": sha(d).hex()} for p, d in entries[2:]]
        need(manifest["entries"] == there, "not what the table of contents lists")
        paths = [path.encode() for path, _ in entries[2:]]
        need(paths == sorted(paths), "not sorted")
    key: Key | None = None
    with judge.check("key"):
        key = parse_key(manifest["key"])
        need(trusted is None or key == trusted, "not the key that is trusted")
    if key is None:
        return judge.wrong
    with judge.check("signature"):
        need(len(entries) > 1 and entries[1][0] == "manifest.note", "not the second entry")
        signer = f"{key[0]}/package"
        text = open_note(entries[1][1], key, signer)
        need(text == f"{signer}\n{sha(entries[0][1]).hex()}\n", "another table of contents")
    Contents(judge, entries[2:], key).judge(heads)
    return judge.wrong


def main(arguments: list[str]) -> int:
    package, key, heads = None, None, []
    while arguments:
        word = arguments.pop(0)
        if word == "--key" and arguments:
            given = arguments.pop(0)
            written = Path(given).read_text().strip() if Path(given).is_file() else given
            key = parse_key(written)
        elif word == "--head" and arguments:
            heads.append(Path(arguments.pop(0)).read_bytes())
        elif package is None:
            package = Path(word)
        else:
            print(__doc__, file=sys.stderr)
            return 2
    if package is None or not package.is_file():
        print(__doc__, file=sys.stderr)
        return 2
    wrong = verify(package.read_bytes(), key, heads)
    for kind, reason in wrong:
        print(f"{kind}: {reason}")
    if not wrong:
        print("the package holds" if key else "the package agrees with itself; its key is not known")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
