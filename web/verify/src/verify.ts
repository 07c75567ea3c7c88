/**
 * Judges a package after docs/proof-format.md, and after nothing else: no part of the server's own
 * judge is used here. Nothing is fetched, and nothing leaves the page.
 */
import { unpack, type Entry } from "./archive.ts";
import { hexOf, need, sha256, Wrong, type Bytes } from "./bytes.ts";
import { readCanonical } from "./canonical.ts";
import { judgeContents, type RecordSummary } from "./contents.ts";
import { fingerprint, openNote, readKey, type Key } from "./notes.ts";
import { MANIFEST } from "./shapes.ts";

export const CHECKS = [
  "archive",
  "manifest",
  "entries",
  "key",
  "signature",
  "heads",
  "history",
  "anchors",
  "notices",
  "events",
  "chain",
  "evidence",
  "records",
  "sheets",
] as const;
export type CheckName = (typeof CHECKS)[number];

export interface Check {
  name: CheckName;
  /** How many things were looked at. */
  count: number;
  /** What is wrong, each with the file it is about. */
  wrong: { path: string; reason: string }[];
}

export interface Verdict {
  holds: boolean;
  checks: Check[];
  /** The key that the package claims, as far as it could be read. */
  key: { name: string; fingerprint: string; isTrusted: boolean } | null;
  created: string | null;
  records: RecordSummary[];
}

/** What whoever judges knows from elsewhere: the key, and heads that were kept. */
export interface Trust {
  key?: string | undefined;
  heads?: Bytes[];
}

/** Makes one check: what it throws is what is wrong. */
export class Judge {
  readonly checks = new Map<CheckName, Check>();

  private of(name: CheckName): Check {
    let check = this.checks.get(name);
    if (!check) this.checks.set(name, (check = { name, count: 0, wrong: [] }));
    return check;
  }

  say(name: CheckName, path: string, reason: string): void {
    this.of(name).wrong.push({ path, reason });
  }

  /** Counts one thing and looks at it; answers nothing when it is not what it must be. */
  async look<T>(name: CheckName, path: string, act: () => T | Promise<T>): Promise<T | undefined> {
    this.of(name).count += 1;
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.say(name, path, error.message);
      return undefined;
    }
  }

  /** Says that a check was made, though there was nothing to look at. */
  made(name: CheckName): void {
    this.of(name);
  }

  verdict(rest: Omit<Verdict, "holds" | "checks">): Verdict {
    const checks = CHECKS.flatMap((name) => this.checks.get(name) ?? []);
    return { ...rest, checks, holds: checks.every(({ wrong }) => wrong.length === 0) };
  }
}

interface Manifest {
  created: string;
  entries: { bytes: number; path: string; sha256: string }[];
  key: string;
}

function readManifest(entries: Entry[]): Manifest {
  const [first] = entries;
  need(first?.path === "manifest.json", "the table of contents is not the first entry");
  const value = readCanonical(first.bytes);
  MANIFEST(value, "");
  return value as unknown as Manifest;
}

async function checkEntries(manifest: Manifest, entries: Entry[]): Promise<void> {
  const rest = entries.slice(2);
  need(manifest.entries.length === rest.length, "there are more or fewer entries than the table of contents lists");
  for (const [at, { path, bytes }] of rest.entries()) {
    const listed = manifest.entries[at] as Manifest["entries"][number];
    need(listed.path === path, `${path} is not what the table of contents lists`);
    need(listed.bytes === bytes.length && listed.sha256 === hexOf(await sha256(bytes)), `${path} has another content than the table of contents lists`);
  }
  const paths = rest.map(({ path }) => path);
  need(
    // Names are ASCII here, so signs and bytes have the same order.
    paths.every((path, at) => at === 0 || (paths[at - 1] as string) < path),
    "the entries are not sorted",
  );
}

async function checkSignature(entries: Entry[], key: Key): Promise<void> {
  const [manifest, note] = entries;
  need(manifest !== undefined && note?.path === "manifest.note", "the signature is not the second entry");
  const signer = `${key.name}/package`;
  const text = await openNote(note.bytes, key, signer);
  need(text === `${signer}\n${hexOf(await sha256(manifest.bytes))}\n`, "another table of contents was signed");
}

async function checkKey(claimed: string, trusted: string | undefined): Promise<void> {
  if (trusted === undefined) return;
  const wanted = trusted.trim();
  // A fingerprint is as good as the key: it says which one it must be.
  const isFingerprint = /^[0-9a-f]{64}$/.test(wanted);
  const shown = isFingerprint ? await fingerprint(await readKey(claimed)) : claimed;
  if (!isFingerprint) await readKey(wanted);
  need(shown === wanted, "the package was signed with another key than the one that is trusted");
}

export async function verify(file: Bytes, trust: Trust = {}): Promise<Verdict> {
  const judge = new Judge();
  const nothing = { key: null, created: null, records: [] };
  const entries = await judge.look("archive", "", () => unpack(file));
  if (!entries) return judge.verdict(nothing);
  const manifest = await judge.look("manifest", "manifest.json", () => readManifest(entries));
  if (!manifest) return judge.verdict(nothing);
  await judge.look("entries", "", () => checkEntries(manifest, entries));
  const key = await judge.look("key", "manifest.json", () => readKey(manifest.key));
  if (!key) return judge.verdict({ ...nothing, created: manifest.created });
  const fits = await judge.look("key", "", () => checkKey(manifest.key, trust.key).then(() => true));
  await judge.look("signature", "manifest.note", () => checkSignature(entries, key));
  const records = await judgeContents(judge, entries.slice(2), key, trust.heads ?? []);
  return judge.verdict({
    key: { name: key.name, fingerprint: await fingerprint(key), isTrusted: trust.key !== undefined && fits === true },
    created: manifest.created,
    records,
  });
}

export { pack, unpack, type Entry } from "./archive.ts";
export type { RecordSummary } from "./contents.ts";
export { hexOf, sha256, type Bytes };
