"""Keys, signed notes and tree heads (sections 4 and 5 of docs/proof-format.md)."""

from __future__ import annotations

import base64
import binascii
import re

from ed25519 import verifies
from shapes import Wrong, moment, need
from trees import sha

NOTE_MAX = 65536
NUMBER = r"0|[1-9][0-9]*"
Key = tuple[str, bytes]


def unbase64(encoded: str) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong("no base64") from error
    need(base64.b64encode(data).decode() == encoded, "not the one form of base64")
    return data


def parse_key(written: str) -> Key:
    parts = written.split("+", 2)
    need(len(parts) == 3, "not a key")
    name, shown, encoded = parts
    need(re.fullmatch(r"[!-*,-.0-~]{1,200}", name) is not None, "not a key's name")
    typed = unbase64(encoded)
    need(len(typed) == 33 and typed[0] == 1, "not an Ed25519 key")
    key = (name, typed[1:])
    need(shown == key_id(key, name).hex(), "the key's id is not its own")
    return key


def key_id(key: Key, signer: str) -> bytes:
    return sha(signer.encode(), b"\n\x01", key[1])[:4]


def open_note(note: bytes, key: Key, signer: str) -> str:
    need(len(note) <= NOTE_MAX, "a note too long")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong("a note that is no text") from error
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", whole), "a note with control characters")
    end = whole.rfind("\n\n")
    need(end >= 0 and whole.endswith("\n"), "not a note")
    text, lines = whole[: end + 1], whole[end + 2 : -1].split("\n")
    need(1 <= len(lines) <= 16, "not as many signatures as a note has")
    signed = False
    for line in lines:
        found = re.fullmatch(r"— ([^+\s]+) (\S+)", line)
        need(found is not None, "not a line with a signature")
        assert found is not None
        data = unbase64(found[2])
        need(len(data) >= 4, "a signature without id")
        if found[1] == signer and data[:4] == key_id(key, signer):
            need(verifies(key[1], text.encode(), data[4:]), "a false signature")
            signed = True
    need(signed, "not signed by this key")
    return text


def open_head(note: bytes, key: Key, name: str) -> tuple[int, bytes, str]:
    origin = f"{key[0]}/{name}"
    lines = open_note(note, key, origin).split("\n")
    need(len(lines) == 5 and lines[4] == "" and lines[0] == origin, "not a head of this tree")
    need(re.fullmatch(NUMBER, lines[1]) is not None and int(lines[1]) < 2**64, "not a number of leaves")
    root = unbase64(lines[2])
    need(len(root) == 32 and lines[3].startswith("time "), "not a head")
    moment(lines[3][5:])
    return int(lines[1]), root, lines[3][5:]
