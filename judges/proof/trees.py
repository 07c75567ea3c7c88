"""Trees, straight from the recursive definitions (section 6 of docs/proof-format.md)."""

from __future__ import annotations

import hashlib

from shapes import need


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha(b"\x01", left, right)


def split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root_by_path(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    need(index < size, "no such leaf")
    if size == 1:
        need(not proof, "a proof too long")
        return leaf
    need(bool(proof), "a proof too short")
    half, rest, beside = split(size), proof[:-1], proof[-1]
    if index < half:
        return node(root_by_path(leaf, index, half, rest), beside)
    return node(beside, root_by_path(leaf, index - half, size - half, rest))


def roots_by_steps(old: int, new: int, proof: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """Both roots that SUBPROOF(old, D[new]) leads to; `known` is the old root while it is whole."""
    if old == new:
        if known is not None:
            need(not proof, "a proof too long")
            return known, known
        need(len(proof) == 1, "a proof of another length")
        return proof[0], proof[0]
    need(bool(proof), "a proof too short")
    half, rest, beside = split(new), proof[:-1], proof[-1]
    if old <= half:
        before, after = roots_by_steps(old, half, rest, known)
        return before, node(after, beside)
    before, after = roots_by_steps(old - half, new - half, rest, None)
    return node(beside, before), node(beside, after)


def check_step(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> None:
    need(old <= new, "a tree that shrank")
    if old == 0:
        need(not proof and old_root == sha(), "not the proof of an empty tree")
        return
    found = roots_by_steps(old, new, proof, old_root)
    need(found == (old_root, new_root), "the tree was rewritten")
