/** The files of a package against each other: heads, texts, events, records (sections 5 to 10). */
import type { Entry } from "./archive.ts";
import { fromBase64, fromHex, hexOf, need, same, sha256, utf8, type Bytes } from "./bytes.ts";
import { canonical, momentOf, readCanonical, type Json } from "./canonical.ts";
import { openNote, type Key } from "./notes.ts";
import { isGrant, record, recordId, type Proven } from "./record.ts";
import { EVENT, NOTICE, STEP, type Notice, type Payload, type ProvenEvent, type Step } from "./shapes.ts";
import { checkConsistency, checkInclusion, leafHash } from "./trees.ts";
import type { Judge } from "./verify.ts";

export interface RecordSummary {
  id: string;
  purpose: string;
  channel: string;
  subject: string;
  state: string;
  events: { event: string; at: string; words: string | null }[];
  /** The texts that were shown, the first first. */
  notices: Notice[];
}

interface Head {
  tree: string;
  size: number;
  root: Bytes;
  at: number;
}

const TREE = "(?:consent|send|erasure|admin)-\\d{4}|access-\\d{4}-\\d{2}";
const NUMBER = "0|[1-9]\\d*";
const PLACES = {
  event: new RegExp(`^events/(${TREE})/(${NUMBER})\\.json$`),
  head: new RegExp(`^heads/(${TREE})/(${NUMBER})\\.note$`),
  step: new RegExp(`^history/(${TREE})/(${NUMBER})-(${NUMBER})\\.json$`),
  notice: /^notices\/([0-9a-f]{64})\.json$/,
  record: /^records\/([0-9a-f]{64})\.jsonld$/,
  screen: /^screens\/([0-9a-f]{64})$/,
  sheet: /^sheets\/([0-9a-f]{64})\.(de|en)\.pdf$/,
} as const;
type PlaceKind = keyof typeof PLACES;

interface File extends Entry {
  /** What the name says, in order. */
  parts: string[];
}

/** The files by what they are; a name that has no place in a package is wrong. */
async function sorted(judge: Judge, entries: readonly Entry[]): Promise<Record<PlaceKind, File[]>> {
  const files: Record<PlaceKind, File[]> = { event: [], head: [], step: [], notice: [], record: [], screen: [], sheet: [] };
  for (const entry of entries) {
    await judge.look("entries", entry.path, () => {
      for (const [kind, pattern] of Object.entries(PLACES) as [PlaceKind, RegExp][]) {
        const match = pattern.exec(entry.path);
        if (!match) continue;
        const parts = match.slice(1);
        need(kind === "notice" || kind === "record" || kind === "screen" || kind === "sheet" || parts.slice(1).every((n) => Number.isSafeInteger(Number(n))), "a number that is too large");
        files[kind].push({ ...entry, parts });
        return;
      }
      need(false, "a name that has no place in a package");
    });
  }
  return files;
}

async function readHead(bytes: Bytes, key: Key, tree: string): Promise<Head> {
  const origin = `${key.name}/${tree}`;
  const lines = (await openNote(bytes, key, origin)).split("\n");
  const [first, size = "", root = "", time = "", end] = lines;
  need(lines.length === 5 && first === origin && end === "", "not a head of this tree");
  need(/^(?:0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size)), "a head without a size");
  const at = time.startsWith("time ") ? momentOf(time.slice(5)) : null;
  need(at !== null, "a head without a moment");
  const hash = fromBase64(root);
  need(hash.length === 32, "a head without a root");
  return { tree, size: Number(size), root: hash, at };
}

async function heads(judge: Judge, files: File[], key: Key): Promise<Map<string, Head>> {
  const found = new Map<string, Head>();
  judge.made("heads");
  for (const { path, bytes, parts } of files) {
    await judge.look("heads", path, async () => {
      const [tree, size] = parts as [string, string];
      const head = await readHead(bytes, key, tree);
      need(head.size === Number(size), "the head of a tree of another size");
      found.set(`${tree}/${size}`, head);
    });
  }
  return found;
}

async function history(judge: Judge, files: File[], known: Map<string, Head>): Promise<void> {
  judge.made("history");
  const ordered = [...known.values()].sort((a, b) => (a.tree < b.tree ? -1 : a.tree > b.tree ? 1 : a.size - b.size));
  const wanted = new Map<string, [Head, Head]>();
  for (const [at, head] of ordered.entries()) {
    const next = ordered[at + 1];
    if (next?.tree === head.tree) wanted.set(`history/${head.tree}/${head.size}-${next.size}.json`, [head, next]);
  }
  for (const { path, bytes, parts } of files) {
    await judge.look("history", path, async () => {
      const value = readCanonical(bytes);
      STEP(value, "");
      const step = value as unknown as Step;
      const [tree, old, size] = parts as [string, string, string];
      need(step.tree === tree && step.old === Number(old) && step.new === Number(size), "the proof of something else");
      const between = wanted.get(path);
      need(between !== undefined, "does not lead from one head to the next");
      wanted.delete(path);
      const [before, after] = between;
      await checkConsistency(before.size, after.size, step.proof.map(fromHex), before.root, after.root);
      need(before.at <= after.at, "the later head claims an earlier moment");
    });
  }
  for (const path of wanted.keys()) judge.say("history", path, "is missing");
}

/** A head that somebody kept must be one of the package's. */
async function anchors(judge: Judge, kept: Bytes[], key: Key, known: Map<string, Head>): Promise<void> {
  judge.made("anchors");
  const trees = new Set([...known.values()].map(({ tree }) => tree));
  for (const note of kept) {
    await judge.look("anchors", "", async () => {
      let head: Head | null = null;
      for (const tree of trees) {
        try {
          head = await readHead(note, key, tree);
          break;
        } catch {
          // The head of another tree, or of nobody's.
        }
      }
      need(head !== null, "a head kept elsewhere is not of this key and these trees");
      const own = known.get(`${head.tree}/${head.size}`);
      need(own !== undefined, `the package does not reach back to the head of ${head.tree} with ${head.size} leaves`);
      need(same(own.root, head.root), `${head.tree} was signed with another root before: it was rewritten`);
    });
  }
}

async function notices(judge: Judge, files: File[]): Promise<Map<string, Notice>> {
  judge.made("notices");
  const found = new Map<string, Notice>();
  for (const { path, bytes, parts } of files) {
    await judge.look("notices", path, async () => {
      const value = readCanonical(bytes);
      NOTICE(value, "");
      need(hexOf(await sha256(bytes)) === parts[0], "another text than its name says");
      found.set(`sha256:${parts[0]}`, value as unknown as Notice);
    });
  }
  return found;
}

async function screens(judge: Judge, files: File[], shown: Map<string, Notice>, used: Set<string>): Promise<void> {
  const wanted = new Set([...shown.values()].flatMap((notice) => notice.screens.map(({ sha256: hash }) => hash)));
  for (const { path, bytes, parts } of files) {
    await judge.look("notices", path, async () => {
      need(hexOf(await sha256(bytes)) === parts[0], "another form than its name says");
      need(wanted.has(parts[0] as string), "no notice shows it");
    });
  }
  const there = new Set(files.map(({ parts }) => parts[0]));
  for (const hash of wanted) if (!there.has(hash)) judge.say("notices", `screens/${hash}`, "is missing");
  for (const address of shown.keys()) if (!used.has(address)) judge.say("notices", address, "no event speaks of it");
}

async function checkEvent(event: ProvenEvent, parts: string[], known: Map<string, Head>, shown: Map<string, Notice>): Promise<Proven> {
  const { leaf, payload, salt, size, tree } = event;
  need(tree === parts[0] && leaf.seq === Number(parts[1]), "the event of another place");
  need(tree.startsWith("consent-"), `${tree} holds no consent events`);
  const commit = await sha256(utf8("tresen-commit-v1"), Uint8Array.of(0), fromHex(salt), utf8(canonical(payload as unknown as Json)));
  need(hexOf(commit) === leaf.commit, "event and salt are not what the leaf commits to");
  need(leaf.kind === `consent.${payload.event}` && leaf.ts === payload.ts, "the leaf says another kind or time than the event");
  const head = known.get(`${tree}/${size}`);
  need(head !== undefined, `there is no head of ${tree} with ${size} leaves`);
  const hash = await leafHash(utf8(canonical(leaf as unknown as Json)));
  await checkInclusion(hash, leaf.seq, size, event.proof.map(fromHex), head.root);
  const notice = shown.get(payload.notice);
  need(notice !== undefined, `notice ${payload.notice} is not there`);
  const fits = notice.locale === payload.locale && notice.channels.includes(payload.channel) && notice.purposes.some(({ code }) => code === payload.purpose);
  need(fits, "the notice speaks of another language, channel or purpose");
  return { event, leaf: hexOf(hash) };
}

async function events(judge: Judge, files: File[], known: Map<string, Head>, shown: Map<string, Notice>): Promise<Proven[]> {
  judge.made("events");
  const found: Proven[] = [];
  for (const { path, bytes, parts } of files) {
    const event = await judge.look("events", path, () => {
      const value = readCanonical(bytes);
      EVENT(value, "");
      return value as unknown as ProvenEvent;
    });
    if (!event) continue;
    const proven = await judge.look("events", path, () => checkEvent(event, parts, known, shown));
    // What is wrong with it is said; its place among the others is looked at all the same.
    found.push(proven ?? { event, leaf: hexOf(await leafHash(utf8(canonical(event.leaf as unknown as Json)))) });
  }
  if (found.length === 0) judge.say("events", "", "there is no event");
  if (new Set(found.map(({ event }) => event.leaf.tenant)).size > 1) judge.say("events", "", "the events are of different installations");
  return found;
}

const MAY_RENEW = new Set(["granted", "outdated", "paused", "unverified"]);

function isLawful({ event, from = "none", to = "none" }: Payload): boolean {
  switch (event) {
    case "confirmed":
      return to === "granted" && (from === "requested" || from === "pending");
    case "renewed":
      return to === "granted" && MAY_RENEW.has(from);
    case "resumed":
      return to === "granted" && from === "paused";
    case "used":
      return to === "granted" && from === "granted";
    case "withdrawn":
    case "objected":
      return to === "withdrawn";
    default:
      return to !== "granted";
  }
}

/** What a proof of this event may not be silent about. */
function missing(payload: Payload): string[] {
  const wanted: [string, boolean][] = (["clock", "from", "id", "identity", "to"] as const).map((name) => [name, payload[name] !== undefined]);
  if (isGrant(payload)) {
    wanted.push(["act", payload.act !== undefined], ["evidence", Object.keys(payload.evidence ?? {}).length > 0]);
    wanted.push(["expires", payload.expires !== undefined], ["source", payload.source !== undefined]);
  }
  if (payload.event === "confirmed") wanted.push(["challenge.answer", payload.challenge?.answer !== undefined]);
  return wanted.flatMap(([name, isThere]) => (isThere ? [] : [name]));
}

async function chains(judge: Judge, records: Map<string, Proven[]>): Promise<void> {
  judge.made("chain");
  judge.made("evidence");
  for (const proven of records.values()) {
    let before: Proven | undefined;
    for (const one of proven) {
      const { payload, tree, leaf } = one.event;
      const [path, previous] = [`events/${tree}/${leaf.seq}.json`, before];
      await judge.look("chain", path, () => {
        need(payload.follows === previous?.leaf, "does not follow the event before it: one is missing, or was put in");
        need(payload.from === (previous ? previous.event.payload.to : "none"), "does not begin where the event before it ended");
        need(isLawful(payload), "leads to a state it cannot lead to");
      });
      await judge.look("evidence", path, () => {
        const silent = missing(payload);
        need(silent.length === 0, `says nothing of ${silent.join(", ")}`);
      });
      before = one;
    }
  }
}

async function checkRecords(judge: Judge, files: File[], records: Map<string, Proven[]>, shown: Map<string, Notice>): Promise<void> {
  judge.made("records");
  const there = new Map(files.map(({ parts, bytes }) => [parts[0] as string, bytes]));
  for (const { path, parts } of files) if (!records.has(parts[0] as string)) judge.say("records", path, "there is no event of this consent");
  for (const [id, proven] of records) {
    await judge.look("records", `records/${id}.jsonld`, () => {
      const made = utf8(record(id, proven, shown));
      const own = there.get(id);
      need(own !== undefined, "is missing");
      need(same(own, made), "says something else than the events");
    });
  }
}

function summary(id: string, proven: readonly Proven[], shown: Map<string, Notice>): RecordSummary[] {
  const last = proven.at(-1)?.event.payload;
  if (!last) return [];
  const addresses = [...new Set(proven.map(({ event }) => event.payload.notice))];
  return [
    {
      id,
      purpose: last.purpose,
      channel: last.channel,
      subject: last.subject,
      state: last.to ?? "none",
      events: proven.map(({ event: { payload } }) => ({ event: payload.event, at: payload.ts, words: payload.act?.words ?? null })),
      notices: addresses.flatMap((address) => shown.get(address) ?? []),
    },
  ];
}

export async function judgeContents(judge: Judge, entries: readonly Entry[], key: Key, kept: Bytes[]): Promise<RecordSummary[]> {
  const files = await sorted(judge, entries);
  const known = await heads(judge, files.head, key);
  await history(judge, files.step, known);
  await anchors(judge, kept, key, known);
  const shown = await notices(judge, files.notice);
  const proven = await events(judge, files.event, known, shown);
  await screens(judge, files.screen, shown, new Set(proven.map(({ event }) => event.payload.notice)));
  // The year of the tree and then the place in it: trees of consent are told apart by their year.
  proven.sort((a, b) => (a.event.tree < b.event.tree ? -1 : a.event.tree > b.event.tree ? 1 : a.event.leaf.seq - b.event.leaf.seq));
  const records = new Map<string, Proven[]>();
  for (const one of proven) {
    const id = await recordId(one.event.payload);
    records.set(id, [...(records.get(id) ?? []), one]);
  }
  await chains(judge, records);
  await checkRecords(judge, files.record, records, shown);
  judge.made("sheets");
  for (const { path, parts } of files.sheet) {
    await judge.look("sheets", path, () => need(records.has(parts[0] as string), "there is no record of this consent"));
  }
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([id, own]) => summary(id, own, shown));
}

