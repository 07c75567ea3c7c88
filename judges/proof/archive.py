"""The file (section 2 of docs/proof-format.md)."""

from __future__ import annotations

import re
import struct
import zlib

from shapes import Wrong, need

PACKAGE_MAX, ENTRIES_MAX, ENTRY_MAX = 67108864, 20000, 16777216
PART = r"[a-z0-9-]([a-z0-9.-]*[a-z0-9-])?"


def header(name: bytes, data: bytes) -> bytes:
    sizes = (zlib.crc32(data), len(data), len(data), len(name), 0)
    return struct.pack("<5H3I2H", 20, 0, 0, 0, 33, *sizes)


def pack(entries: list[tuple[str, bytes]]) -> bytes:
    files, directory = bytearray(), bytearray()
    for path, data in entries:
        name = path.encode("ascii")
        same = header(name, data)
        directory += b"PK\x01\x02\x14\x00" + same + bytes(10) + struct.pack("<I", len(files)) + name
        files += b"PK\x03\x04" + same + name + data
    count, end = len(entries), len(files)
    tail = struct.pack("<HHIIH", count, count, len(directory), end, 0)
    return bytes(files + directory) + b"PK\x05\x06" + bytes(4) + tail


def unpack(data: bytes) -> list[tuple[str, bytes]]:
    """Follows the local headers, and then packs the same entries anew: the file must be that."""
    need(len(data) <= PACKAGE_MAX, "too large")
    entries, at, paths = [], 0, set()
    while data[at : at + 4] == b"PK\x03\x04":
        fixed = data[at + 4 : at + 30]
        need(len(fixed) == 26, "cut off")
        size, name_size = struct.unpack_from("<I", fixed, 14)[0], struct.unpack_from("<H", fixed, 22)[0]
        start = at + 30 + name_size
        raw, content = data[at + 30 : start], data[start : start + size]
        need(len(content) == size <= ENTRY_MAX and name_size <= 200, "a size that cannot be")
        try:
            path = raw.decode("ascii")
        except UnicodeDecodeError as error:
            raise Wrong("a name that cannot stand in a package") from error
        need(re.fullmatch(rf"{PART}(/{PART})*", path) is not None, f"{path!r} is no name here")
        need(path not in paths, f"{path} is there twice")
        paths.add(path)
        entries.append((path, content))
        need(len(entries) <= ENTRIES_MAX, "too many entries")
        at = start + size
    need(pack(entries) == data, "not packed in the one way there is")
    return entries
