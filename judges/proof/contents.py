"""What a package holds, judged file by file and then together (sections 6 to 10)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from notes import NUMBER, Key, open_head
from shapes import EVENT, NOTICE, STEP, Wrong, canonical, need, read
from shapes import tree as tree_name
from trees import check_step, root_by_path, sha

TREE, HEX = r"[a-z]+-[0-9-]+", r"[0-9a-f]{64}"
KINDS = {
    "event": rf"events/({TREE})/({NUMBER})\.json",
    "head": rf"heads/({TREE})/({NUMBER})\.note",
    "step": rf"history/({TREE})/({NUMBER})-({NUMBER})\.json",
    "notice": rf"notices/({HEX})\.json",
    "record": rf"records/({HEX})\.jsonld",
    "screen": rf"screens/({HEX})",
    "sheet": rf"sheets/({HEX})\.(?:de|en)\.pdf",
}
NOT_BLANK = (
    "advertiser code jurisdiction legal_basis locale product_scope retention storage text validity"
).split()
FROM = {
    "confirmed": {"requested", "pending"},
    "renewed": {"granted", "outdated", "paused", "unverified"},
    "resumed": {"paused"},
    "used": {"granted"},
}
TYPES = {
    "requested": "dpv:ConsentRequested",
    "confirmed": "dpv:ConsentGiven",
    "renewed": "dpv:RenewedConsentGiven",
    "refused": "dpv:ConsentRefused",
    "objected": "dpv:ConsentWithdrawn",
    "withdrawn": "dpv:ConsentWithdrawn",
    "expired": "dpv:ConsentExpired",
    "invalidated": "dpv:ConsentInvalidated",
}
BY_SUBJECT = {"requested", "confirmed", "refused", "renewed", "objected", "withdrawn"}
GRANTS = {"confirmed", "renewed"}
CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "pd": "https://w3id.org/dpv/pd#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "tresen": "urn:tresen:v1#",
}


class Judge:
    """What is found, check by check."""

    def __init__(self) -> None:
        self.wrong: list[tuple[str, str]] = []

    @contextlib.contextmanager
    def check(self, kind: str, path: str = "") -> Iterator[None]:
        try:
            yield
        except Wrong as error:
            self.wrong.append((kind, f"{path}: {error}" if path else str(error)))


def leaf_hash(event: dict[str, Any]) -> bytes:
    return sha(b"\x00", canonical(event["leaf"]))


def purpose_of(notice: dict[str, Any], code: str) -> dict[str, Any] | None:
    return next((purpose for purpose in notice["purposes"] if purpose["code"] == code), None)


class Contents:
    def __init__(self, judge: Judge, entries: list[tuple[str, bytes]], key: Key) -> None:
        self.found, self.key = judge, key
        self.files: dict[str, list[tuple[str, tuple[str, ...], bytes]]] = {kind: [] for kind in KINDS}
        self.heads: dict[tuple[str, int], tuple[bytes, str]] = {}
        self.notices: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        for path, data in entries:
            with judge.check("entries", path):
                for kind, pattern in KINDS.items():
                    match = re.fullmatch(pattern, path)
                    if match:
                        if kind in ("event", "head", "step"):
                            tree_name(match[1])
                        self.files[kind].append((path, match.groups(), data))
                        break
                else:
                    raise Wrong("no file that belongs into a package")

    def judge(self, kept: list[bytes]) -> None:
        self.judge_heads()
        self.judge_history()
        self.judge_kept(kept)
        self.read_notices()
        self.judge_events()
        self.judge_texts()
        consents = self.consents()
        for events in consents.values():
            self.judge_chain(events)
        self.judge_records(consents)
        for path, (record,), _ in self.files["sheet"]:
            with self.found.check("sheets", path):
                need(record in consents, "belongs to no record")

    def judge_heads(self) -> None:
        for path, (tree, number), data in self.files["head"]:
            with self.found.check("heads", path):
                size, root, at = open_head(data, self.key, tree)
                need(size == int(number), "another size than its name says")
                self.heads[tree, size] = root, at

    def judge_history(self) -> None:
        sizes: dict[str, list[int]] = {}
        for tree, size in sorted(self.heads):
            sizes.setdefault(tree, []).append(size)
        wanted = {
            f"history/{tree}/{old}-{new}.json": (tree, old, new)
            for tree, all_sizes in sizes.items()
            for old, new in zip(all_sizes, all_sizes[1:])
        }
        for path, _, data in self.files["step"]:
            with self.found.check("history", path):
                step = read(data, STEP)
                need(path in wanted, "leads from no head to the next")
                tree, old, new = wanted.pop(path)
                need((step["tree"], step["old"], step["new"]) == (tree, old, new), "of something else")
                (old_root, then), (new_root, later) = self.heads[tree, old], self.heads[tree, new]
                proof = [bytes.fromhex(item) for item in step["proof"]]
                check_step(old, new, proof, old_root, new_root)
                # Seconds with and without a part: padded, they sort as text.
                need(then[:-1].ljust(23) <= later[:-1].ljust(23), "the later head is older")
        for path in wanted:
            with self.found.check("history", path):
                raise Wrong("is missing")

    def judge_kept(self, kept: list[bytes]) -> None:
        for note in kept:
            with self.found.check("anchors"):
                for tree in {tree for tree, _ in self.heads}:
                    with contextlib.suppress(Wrong):
                        size, root, _ = open_head(note, self.key, tree)
                        break
                else:
                    raise Wrong("a head kept elsewhere is none of these trees")
                need((tree, size) in self.heads, "the package does not reach back to it")
                need(self.heads[tree, size][0] == root, "the tree was rewritten")

    def read_notices(self) -> None:
        for path, (name,), data in self.files["notice"]:
            with self.found.check("notices", path):
                need(sha(data).hex() == name, "not the text its name says")
                notice = read(data, NOTICE)
                texts = [notice[member] for member in NOT_BLANK]
                texts += [*notice["controller"].values(), *notice["withdrawal"].values()]
                need(all(text.strip() for text in texts), "a notice that leaves something out")
                lists = notice["channels"], notice["purposes"], notice["recipients"]
                need(all(lists), "a notice with an empty list")
                self.notices[f"sha256:{name}"] = notice

    def judge_texts(self) -> None:
        named = {event["payload"]["notice"] for event in self.events}
        for address in self.notices.keys() - named:
            with self.found.check("notices"):
                raise Wrong(f"no event names {address}")
        listed = {s["sha256"] for notice in self.notices.values() for s in notice["screens"]}
        there = set()
        for path, (name,), data in self.files["screen"]:
            there.add(name)
            with self.found.check("notices", path):
                need(sha(data).hex() == name, "not the screen its name says")
                need(name in listed, "no notice lists it")
        for name in listed - there:
            with self.found.check("notices", f"screens/{name}"):
                raise Wrong("is missing")

    def judge_events(self) -> None:
        for path, (tree, seq), data in self.files["event"]:
            with self.found.check("events", path):
                event = read(data, EVENT)
                self.events.append(event)
                leaf = event["leaf"]
                need((event["tree"], leaf["seq"]) == (tree, int(seq)), "of another place")
                need(tree.startswith("consent-"), "not a tree of consents")
                self.judge_event(event)
        with self.found.check("events"):
            need(bool(self.events), "there is no event")
            need(len({event["leaf"]["tenant"] for event in self.events}) <= 1, "of several installations")

    def judge_event(self, event: dict[str, Any]) -> None:
        leaf, payload = event["leaf"], event["payload"]
        salt = bytes.fromhex(event["salt"])
        commit = sha(b"tresen-commit-v1\x00", salt, canonical(payload))
        need(leaf["commit"] == commit.hex(), "not what the leaf commits to")
        told = (leaf["kind"], leaf["ts"])
        need(told == (f"consent.{payload['event']}", payload["ts"]), "the leaf says something else")
        head = self.heads.get((event["tree"], event["size"]))
        need(head is not None, "there is no such head")
        assert head is not None
        proof = [bytes.fromhex(item) for item in event["proof"]]
        root = root_by_path(leaf_hash(event), leaf["seq"], event["size"], proof)
        need(root == head[0], "the proof leads to another root")
        notice = self.notices.get(payload["notice"])
        need(notice is not None, "its notice is not there")
        assert notice is not None
        fits = notice["locale"] == payload["locale"] and payload["channel"] in notice["channels"]
        need(fits and purpose_of(notice, payload["purpose"]) is not None, "its notice is about other things")

    def consents(self) -> dict[str, list[dict[str, Any]]]:
        consents: dict[str, list[dict[str, Any]]] = {}
        for event in sorted(self.events, key=lambda event: (event["tree"], event["leaf"]["seq"])):
            payload = event["payload"]
            own = {name: payload.get(name, "") for name in ("channel", "identity", "purpose", "subject")}
            consents.setdefault(sha(canonical(own)).hex(), []).append(event)
        return consents

    def judge_chain(self, events: list[dict[str, Any]]) -> None:
        follows, state = None, "none"
        for event in events:
            payload = event["payload"]
            path = f"events/{event['tree']}/{event['leaf']['seq']}.json"
            with self.found.check("chain", path):
                need(payload.get("follows") == follows, "does not follow the event before it")
                need(payload.get("from") == state, "does not begin where that one ended")
                kind, after = payload["event"], payload.get("to", "none")
                if kind in FROM:
                    need(after == "granted" and payload.get("from", "none") in FROM[kind], "no such step")
                elif kind in ("withdrawn", "objected"):
                    need(after == "withdrawn", "a withdrawal that is none")
                else:
                    need(after != "granted", "nobody granted this")
            with self.found.check("evidence", path):
                wanted = {"clock", "from", "id", "identity", "to"}
                if payload["event"] in GRANTS:
                    wanted |= {"act", "evidence", "expires", "source"}
                    need(payload.get("evidence") != {}, "there is no evidence")
                if payload["event"] == "confirmed":
                    need("answer" in payload.get("challenge", {}), "there is no answer")
                need(wanted <= payload.keys(), f"says nothing of {sorted(wanted - payload.keys())}")
            follows, state = leaf_hash(event).hex(), payload.get("to")

    def judge_records(self, consents: dict[str, list[dict[str, Any]]]) -> None:
        there = {name: data for _, (name,), data in self.files["record"]}
        for name in there.keys() - consents.keys():
            with self.found.check("records", name):
                raise Wrong("there is no such consent")
        for name, events in consents.items():
            with self.found.check("records", name):
                need(name in there, "is missing")
                need(canonical(self.record(name, events)) == there[name], "says something else")

    def record(self, name: str, events: list[dict[str, Any]]) -> dict[str, Any]:
        payloads = [event["payload"] for event in events]
        need(all(payload["notice"] in self.notices for payload in payloads), "a notice is missing")
        last = payloads[-1]
        notice = self.notices[last["notice"]]
        purpose = purpose_of(notice, last["purpose"])
        need(purpose is not None, "a notice about something else")
        assert purpose is not None
        controller = notice["controller"]
        return {
            "@context": CONTEXT,
            "@id": f"urn:tresen:record:{name}",
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
            "dct:identifier": name,
            "dpv:hasConsentControl": {
                "@type": ["dpv:WithdrawConsent"],
                "dpv:isExercisedAt": notice["withdrawal"]["url"],
            },
            "dpv:hasConsentStatus": [self.status(p) for p in payloads if p["event"] in TYPES],
            "dpv:hasDataController": {
                "@id": f"urn:tresen:controller:{controller['id']}",
                "dpv:hasAddress": controller["address"],
                "dpv:hasName": controller["name"],
            },
            "dpv:hasDataSubject": {"@id": f"urn:tresen:contact:{last['subject']}"},
            "dpv:hasJurisdiction": notice["jurisdiction"],
            "dpv:hasLegalBasis": notice["legal_basis"],
            "dpv:hasNotice": [
                {
                    "@id": f"urn:{address}",
                    "@type": "dpv:ConsentNotice",
                    "dct:language": self.notices[address]["locale"],
                }
                for address in dict.fromkeys(payload["notice"] for payload in payloads)
            ],
            "dpv:hasProcess": [
                {
                    "dpv:hasPersonalData": purpose["personal_data"],
                    "dpv:hasPurpose": purpose["dpv"],
                    "dpv:hasRecipient": [f"urn:tresen:recipient:{r['id']}" for r in notice["recipients"]],
                    "dpv:hasStorageCondition": [
                        {"@type": "dpv:StorageLocation", "dpv:hasLocation": notice["storage"]},
                        {"@type": "dpv:StorageDuration", "dpv:hasDuration": notice["retention"]},
                    ],
                }
            ],
            "tresen:proof": [
                {
                    "tresen:event": event["payload"]["event"],
                    "tresen:inclusion": event["proof"],
                    "tresen:index": event["leaf"]["seq"],
                    "tresen:leaf": leaf_hash(event).hex(),
                    "tresen:size": event["size"],
                    "tresen:tree": event["tree"],
                }
                for event in events
            ],
        }

    def status(self, payload: dict[str, Any]) -> dict[str, Any]:
        kind = payload["event"]
        by = "dpv:DataSubject" if kind in BY_SUBJECT else "dpv:DataController"
        status: dict[str, Any] = {
            "@type": [TYPES[kind]],
            "dpv:isIndicatedAtTime": payload["ts"],
            "dpv:isIndicatedBy": by,
            "tresen:notice": payload["notice"],
        }
        if "act" in payload:
            status["dpv:hasIndicationMethod"] = f"{payload['channel']}.{payload['act']['kind']}"
        if kind in GRANTS:
            is_explicit = payload.get("explicit") is True
            status["@type"].append("dpv:ExplicitlyExpressedConsent" if is_explicit else "dpv:ExpressedConsent")
            validity = self.notices[payload["notice"]]["validity"]
            status["dpv:hasDuration"] = {"@type": "dpv:TemporalDuration", "rdf:value": validity}
        return status
