// What the format says in so many words; whole packages and their forgeries are judged in `judges/proof`.
import { describe, expect, it } from "vitest";
import { pack, unpack } from "./archive.ts";
import { fromBase64, fromHex, hexOf, sha256, utf8 } from "./bytes.ts";
import { canonical, momentOf, readCanonical } from "./canonical.ts";
import { checkConsistency, checkInclusion, leafHash } from "./trees.ts";
import { verify } from "./verify.ts";
import { preferred, say } from "./words.ts";

describe("the vectors of the format", () => {
  const payload =
    '{"channel":"whatsapp","event":"confirmed","locale":"de-DE","notice":"sha256:dc088e77acd0b15d9fbb9b282b699c1dcfb122cac1341a50ee0733c91472fd70","purpose":"marketing.newsletter","subject":"c_01J0TESTVECTOR","ts":"2026-11-22T09:15:00Z","v":1}';
  const leaf =
    '{"commit":"f01592b0043315ff9bc4a36c51d5532967d08738ecf6488bc96d88e2c28d4adb","kind":"consent.confirmed","seq":0,"tenant":"t1","ts":"2026-11-22T09:15:00Z","v":1}';
  it("au_01 commits, hashes and roots are those that are written there", async () => {
    const salt = Uint8Array.from({ length: 32 }, (_, at) => at);
    const commit = await sha256(utf8("tresen-commit-v1"), Uint8Array.of(0), salt, utf8(payload));
    expect(hexOf(commit)).toBe("f01592b0043315ff9bc4a36c51d5532967d08738ecf6488bc96d88e2c28d4adb");
    const hash = await leafHash(utf8(leaf));
    expect(hexOf(hash)).toBe("9f9a45463f17ce1bcc553d5825f7840a317b44c22b2690db185faf4f41c62921");
    const root = fromHex("a8444a69b262c7d6220e1b7785daabf24371bdd1c360b055e3ed0d33e5922fed");
    const beside = await leafHash(utf8("second"));
    await checkInclusion(hash, 0, 2, [beside], root);
    await expect(checkInclusion(hash, 1, 2, [beside], root)).rejects.toThrow();
    await expect(checkInclusion(hash, 0, 2, [beside, beside], root)).rejects.toThrow("too long");
    await expect(checkInclusion(hash, 0, 2, [], root)).rejects.toThrow("too short");
    await checkConsistency(1, 2, [beside], hash, root);
    await expect(checkConsistency(1, 2, [hash], hash, root)).rejects.toThrow();
  });
  it("reads both documents as canonical, and nothing that only means the same", () => {
    for (const text of [payload, leaf]) expect(canonical(readCanonical(utf8(text)))).toBe(text);
    for (const text of ['{"a":1 }', '{"b":1,"a":1}', '{"a":1,"a":1}', '{"a":1.0}', '{"a":1e0}', '{"a":-0}', '"\\u0041"', '"\\/"', "9007199254740992", "\ufeff{}", '"\\ud800"', ""]) {
      expect(() => readCanonical(utf8(text)), text).toThrow();
    }
    expect(() => readCanonical(Uint8Array.of(0x22, 0xff, 0x22))).toThrow("UTF-8");
  });
});

it("a moment has one spelling", () => {
  for (const right of ["1970-01-01T00:00:00Z", "2026-11-22T09:15:00.250Z", "2024-02-29T23:59:59Z", "9999-12-30T22:00:00.999Z"]) expect(momentOf(right), right).not.toBeNull();
  for (const wrong of ["2026-11-22T09:15:00.000Z", "2026-02-30T09:15:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:15:60Z", "1969-12-31T23:59:59Z", "9999-12-31T00:00:00Z", "2026-11-22 09:15:00Z", "2026-11-22T09:15:00+00:00"])
    expect(momentOf(wrong), wrong).toBeNull();
});

it("base64 and hexadecimal digits have one spelling", () => {
  expect(hexOf(fromBase64("AAH/"))).toBe("0001ff");
  for (const wrong of ["AAH", "AAH/ ", "AB==", "AAH_"]) expect(() => fromBase64(wrong), wrong).toThrow();
  for (const wrong of ["0A", "0", "zz"]) expect(() => fromHex(wrong), wrong).toThrow();
});

it("au_03 there is one way to pack given entries, and any other byte is another file", () => {
  const entries = [
    { path: "manifest.json", bytes: utf8("{}") },
    { path: "notices/ab.json", bytes: utf8("Größe") },
  ];
  const file = pack(entries);
  expect(unpack(file)).toEqual(entries);
  for (let at = 0; at < file.length; at++) {
    const other = file.slice();
    other[at] = (other[at] as number) ^ 1;
    let seen: unknown = null;
    try {
      seen = unpack(other);
    } catch {
      continue;
    }
    // Only a name may be another one; the table of contents knows it.
    expect(seen, String(at)).not.toEqual(entries);
  }
  expect(() => unpack(file.slice(0, -1))).toThrow();
  expect(() => unpack(pack([{ path: "a/../b", bytes: utf8("") }]))).toThrow("name");
});

it("what is no package at all is refused by its first check", async () => {
  const verdict = await verify(utf8("no package"));
  expect(verdict.holds).toBe(false);
  expect(verdict.checks.map(({ name }) => name)).toEqual(["archive"]);
});

it("the page speaks the reader's language, and English to everybody else", () => {
  expect([preferred(["fr", "de-AT", "en"]), preferred(["en-US"]), preferred(["fr"])]).toEqual(["de", "en", "en"]);
  expect(say("de", "verify.more", { count: 1 })).toBe("und 1 weitere Stelle");
  expect(say("en", "verify.event.of-tomorrow")).toBe("of-tomorrow");
});
