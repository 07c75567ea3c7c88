// Lets the verifier of the page judge the packages that `cargo test -p proof` wrote: those that hold,
// the forgeries by the check they are named after, and bytes changed in turn: in the file, in an entry
// that is packed anew, and in an entry that the owner of the key signs again. `tresen verify` is given
// the same files and the same changes (crates/proof/tests/it/packages.rs).
//
//     node judges/proof/browser.mjs folder        after `npm run build` in web/
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hexOf, pack, sha256, unpack, verify } from "../../web/verify/dist-judge/verify.js";

const folder = process.argv[2];
if (!folder) throw new Error("name the folder with the packages");
const key = readFileSync(join(folder, "key.txt"), "utf8").trim();
const read = (name) => new Uint8Array(readFileSync(join(folder, name)));
const names = readdirSync(folder).filter((name) => name.endsWith(".zip"));
if (names.length < 25) throw new Error(`only ${names.length} packages in ${folder}`);
let passed = 0;
const failures = [];
const expect = (right, what) => (right ? (passed += 1) : failures.push(what));

for (const name of names) {
  const { holds, checks } = await verify(read(name), { key });
  const wrong = checks.filter((check) => check.wrong.length > 0).map((check) => check.name);
  const right = name.startsWith("good-") ? holds : wrong.includes(name.split("-")[1]);
  expect(right, `${name}: ${JSON.stringify(checks.flatMap((check) => check.wrong.map(({ path, reason }) => [check.name, path, reason])))}`);
}

const good = read("good-two-consents.zip");
const head = read("head.note");
expect((await verify(good, { key, heads: [head] })).holds, "the head that was kept");
expect(!(await verify(good, { key, heads: [new TextEncoder().encode("something else")] })).holds, "something else as a head");
expect(!(await verify(good, { key: `x${key}` })).holds, "another key");
const unknown = await verify(good);
expect(unknown.holds && !unknown.key.isTrusted, "without a key it only agrees with itself");
const { fingerprint } = unknown.key;
expect((await verify(good, { key: fingerprint })).key.isTrusted, "the fingerprint is as good as the key");
expect(!(await verify(good, { key: fingerprint.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) })).holds, "another fingerprint");

/** What is tried, with how many of it: none of them may hold. */
async function refused(what, changes) {
  let [count, unseen] = [0, 0];
  for await (const changed of changes) {
    count += 1;
    if ((await verify(changed, { key })).holds) unseen += 1;
  }
  expect(count > 0 && unseen === 0, `${what}: ${unseen} of ${count} were not seen`);
  console.log(`${what}: ${count}`);
}

function* inTheFile(file, step) {
  for (let at = 0; at < file.length; at += step) {
    const changed = file.slice();
    changed[at] ^= 1 << at % 8;
    yield changed;
  }
}

/** Every entry in turn, with one bit of it changed at every so many bytes. */
function* inEntries(file, step) {
  const entries = unpack(file).map(({ path, bytes }) => ({ path, bytes: bytes.slice() }));
  let count = 0;
  for (const { path, bytes } of entries) {
    for (let at = count % step; at < bytes.length; at += step) {
      bytes[at] ^= 1 << at % 8;
      count += 1;
      yield { path, entries };
      bytes[at] ^= 1 << at % 8;
    }
  }
}

function* packedAnew(file, step) {
  for (const { entries } of inEntries(file, step)) yield pack(entries);
}

const seed = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), readFileSync(join(folder, "seed.bin"))]);
const owner = createPrivateKey({ key: seed, format: "der", type: "pkcs8" });
const name = key.split("+")[0];
const raw = Buffer.from(key.split("+").slice(2).join("+"), "base64").subarray(1);

/** By who owns the key: with a table of contents that lists the change, rightly signed. */
async function sealed(entries, created) {
  const listed = [];
  for (const { path, bytes } of entries) listed.push({ bytes: bytes.length, path, sha256: hexOf(await sha256(bytes)) });
  const manifest = new TextEncoder().encode(JSON.stringify({ created, entries: listed, format: "tresen-proof", key, v: 1 }));
  const signer = `${name}/package`;
  const text = `${signer}\n${hexOf(await sha256(manifest))}\n`;
  const id = (await sha256(Buffer.concat([Buffer.from(signer), Buffer.from([10, 1]), raw]))).subarray(0, 4);
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), owner)]).toString("base64");
  const note = new TextEncoder().encode(`${text}\n\u2014 ${signer} ${signature}\n`);
  return pack([{ path: "manifest.json", bytes: manifest }, { path: "manifest.note", bytes: note }, ...entries]);
}

async function* signedAgain(file, step) {
  for (const { path, entries } of inEntries(file, step)) {
    if (!path.startsWith("manifest.")) yield sealed(entries.slice(2), "2026-05-01T12:00:00Z");
  }
}

const untouched = await sealed(unpack(good).slice(2), "2026-05-01T12:00:00Z");
expect((await verify(untouched, { key })).holds, "signed again and unchanged it holds");
const small = read("good-small.zip");
await refused("every byte of a small file", inTheFile(small, 1));
await refused("bytes of a larger file", inTheFile(good, 7));
await refused("bytes of entries that are packed anew", packedAnew(small, 5));
await refused("bytes of entries that the owner of the key signs again", signedAgain(good, 97));
for (const failure of failures) console.log(`FAIL ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
