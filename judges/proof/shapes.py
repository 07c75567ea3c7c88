"""The documents of docs/proof-format.md: canonical JSON, and which members belong into which."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from typing import Any

WHOLE_MAX = 2**53 - 1
STATES = (
    "none requested pending granted refused lapsed asserted outdated expired unverified paused "
    "withdrawn invalidated"
).split()
EVENTS = (
    "requested challenge_issued confirmed refused lapsed asserted used renewed outdated expired "
    "unverified paused resumed objected withdrawn invalidated"
).split()
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


class Wrong(Exception):
    """What the page says a verifier must refuse."""


def need(holds: bool, reason: str) -> None:
    if not holds:
        raise Wrong(reason)


def quoted(text: str) -> str:
    def one(character: str) -> str:
        plain = character >= " " and character not in '"\\'
        return character if plain else ESCAPES.get(character, f"\\u{ord(character):04x}")

    return '"' + "".join(map(one, text)) + '"'


def canonical_text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        need(abs(value) <= WHOLE_MAX, "a number too large")
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_text, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        pairs = (f"{quoted(name)}:{canonical_text(value[name])}" for name in names)
        return "{" + ",".join(pairs) + "}"
    raise Wrong("a number that is not whole")


def canonical(value: Any) -> bytes:
    try:
        return canonical_text(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Wrong("not Unicode") from error


def read(data: bytes, shape: Shape) -> Any:
    try:
        value = json.loads(data.decode("utf-8"))
        again = canonical(value)
    except (ValueError, RecursionError) as error:
        raise Wrong("no JSON") from error
    need(again == data, "not canonical")
    shape(value)
    return value


Shape = Callable[[Any], None]


def text(value: Any) -> None:
    need(isinstance(value, str), "not a text")


def matching(pattern: str) -> Shape:
    def check(value: Any) -> None:
        text(value)
        need(re.fullmatch(pattern, value) is not None, f"{value!r} is not as it must be written")

    return check


def number(most: int = WHOLE_MAX) -> Shape:
    def check(value: Any) -> None:
        need(type(value) is int and 0 <= value <= most, "not a number within bounds")

    return check


def one_of(*values: Any) -> Shape:
    def check(value: Any) -> None:
        need(any(type(value) is type(v) and value == v for v in values), f"{value!r} is not known")

    return check


def items(shape: Shape) -> Shape:
    def check(value: Any) -> None:
        need(isinstance(value, list), "not a list")
        for item in value:
            shape(item)

    return check


def members(optional: dict[str, Shape] | None = None, **required: Shape) -> Shape:
    known = {**required, **(optional or {})}

    def check(value: Any) -> None:
        need(isinstance(value, dict), "not an object")
        need(required.keys() <= value.keys() <= known.keys(), "members are missing or unknown")
        for name, member in value.items():
            known[name](member)

    return check


def moment(value: Any) -> None:
    matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z")(value)
    need(not value.endswith(".000Z"), "a moment with needless zeros")
    try:
        at = datetime.datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError as error:
        raise Wrong("no such moment") from error
    last = datetime.datetime(9999, 12, 30, 22)
    need(at.year >= 1970 and at <= last, "a moment out of bounds")


hexed = matching(r"[0-9a-f]{64}")
tree = matching(r"(consent|send|erasure|admin)-[0-9]{4}|access-[0-9]{4}-(0[1-9]|1[0-2])")
flag = one_of(True, False)

MANIFEST = members(
    created=moment,
    entries=items(members(bytes=number(), path=text, sha256=hexed)),
    format=one_of("tresen-proof"),
    key=text,
    v=one_of(1),
)
LEAF = members(commit=hexed, kind=text, seq=number(), tenant=text, ts=moment, v=one_of(1))
PAYLOAD = members(
    {
        "act": members({"words": text}, kind=one_of("checkbox", "button", "text", "spoken", "import")),
        "actor": text,
        "challenge": members({"answer": text}, id=text, issued=moment, kind=text, token=hexed),
        "clock": text,
        "evidence": members(
            {"callback": hexed, "network": text, "provider_message": text, "user_agent": text}
        ),
        "expires": moment,
        "explicit": flag,
        "follows": hexed,
        "from": one_of(*STATES),
        "to": one_of(*STATES),
        "id": text,
        "identity": text,
        "provider_ts": moment,
        "source": members(kind=text, value=text),
    },
    channel=text,
    event=one_of(*EVENTS),
    locale=text,
    notice=text,
    purpose=text,
    subject=text,
    ts=moment,
    v=one_of(1),
)
EVENT = members(
    leaf=LEAF, payload=PAYLOAD, proof=items(hexed), salt=hexed, size=number(), tree=tree
)
STEP = members(new=number(), old=number(), proof=items(hexed), tree=tree)
NOTICE = members(
    {"min_age": number(255)},
    advertiser=text,
    channels=items(text),
    code=text,
    controller=members(address=text, id=text, name=text),
    jurisdiction=text,
    legal_basis=text,
    locale=text,
    product_scope=text,
    purposes=items(members(code=text, dpv=text, personal_data=items(text))),
    recipients=items(members(id=text, name=text)),
    retention=text,
    screens=items(members(media_type=text, sha256=hexed)),
    storage=text,
    text=text,
    transfers=items(members(basis=text, country=text)),
    v=one_of(1),
    validity=text,
    version=number(2**32 - 1),
    withdrawal=members(text=text, url=text),
)
