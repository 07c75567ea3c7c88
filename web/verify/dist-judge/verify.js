// src/bytes.ts
/** Bytes and the few ways a package writes them down. */
/** What is wrong with a package, in a sentence; thrown, and caught by the check that is being made. */
var Wrong = class extends Error {};
function need(holds, wrong) {
	if (!holds) throw new Wrong(wrong);
}
async function sha256(...parts) {
	return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}
function joined(...parts) {
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
function same(a, b) {
	return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
function utf8(text) {
	return new TextEncoder().encode(text);
}
/** UTF-8 and nothing that only looks like it; a mark at the beginning is a sign like any other. */
function textOf(bytes) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch {
		throw new Wrong("not UTF-8");
	}
}
function hexOf(bytes) {
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
function fromHex(text) {
	need(text.length % 2 === 0 && /^[0-9a-f]*$/.test(text), "not written in small hexadecimal digits");
	return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}
function base64Of(bytes) {
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return btoa(text);
}
/** Standard base64 with padding, in its one canonical form. */
function fromBase64(text) {
	let decoded;
	try {
		decoded = atob(text);
	} catch {
		throw new Wrong("not base64");
	}
	const bytes = Uint8Array.from(decoded, (sign) => sign.charCodeAt(0));
	need(base64Of(bytes) === text, "base64 in another form than the canonical one");
	return bytes;
}
// src/archive.ts
/** The file: a ZIP of which there is one way to pack given entries. */
var FILE_BYTES_MAX = 67108864;
var ENTRIES_MAX = 2e4;
var ENTRY_BYTES_MAX = 16777216;
var NAME_BYTES_MAX = 200;
var LOCAL = 67324752;
var LOCAL_LENGTH = 30;
var TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 3988292384 : crc >>> 1;
	return crc;
});
function crc32(bytes) {
	let crc = 4294967295;
	for (const byte of bytes) crc = crc >>> 8 ^ TABLE[(crc ^ byte) & 255];
	return (crc ^ 4294967295) >>> 0;
}
/** Numbers in the order given, little-endian, each with the bits it takes. */
function numbers(...parts) {
	const bytes = new Uint8Array(parts.reduce((length, [bits]) => length + bits / 8, 0));
	const view = new DataView(bytes.buffer);
	let at = 0;
	for (const [bits, value] of parts) {
		if (bits === 16) view.setUint16(at, value, true);
		else view.setUint32(at, value, true);
		at += bits / 8;
	}
	return bytes;
}
/** The 26 bytes that both headers of an entry share, from the version on. */
function facts({ path, bytes }) {
	return numbers([16, 20], [16, 0], [16, 0], [16, 0], [16, 33], [32, crc32(bytes)], [32, bytes.length], [32, bytes.length], [16, utf8(path).length], [16, 0]);
}
/** The one file that has these entries. */
function pack(entries) {
	const files = [];
	const directory = [];
	let at = 0;
	for (const entry of entries) {
		const [shared, name] = [facts(entry), utf8(entry.path)];
		files.push(numbers([32, LOCAL]), shared, name, entry.bytes);
		directory.push(numbers([32, 33639248], [16, 20]), shared, /* @__PURE__ */ new Uint8Array(10), numbers([32, at]), name);
		at += LOCAL_LENGTH + name.length + entry.bytes.length;
	}
	const index = joined(...directory);
	const end = numbers([32, 101010256], [32, 0], [16, entries.length], [16, entries.length], [32, index.length], [32, at], [16, 0]);
	return joined(...files, index, end);
}
/** The entries, if the file is packed in that one way. */
function unpack(file) {
	need(file.length <= FILE_BYTES_MAX, "the file is too large");
	const view = new DataView(file.buffer, file.byteOffset, file.length);
	const entries = [];
	const names = /* @__PURE__ */ new Set();
	let at = 0;
	while (at + LOCAL_LENGTH <= file.length && view.getUint32(at, true) === LOCAL) {
		const [size, length] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true)];
		const start = at + LOCAL_LENGTH + length;
		need(size <= ENTRY_BYTES_MAX && length <= NAME_BYTES_MAX && start + size <= file.length, "an entry that is too long");
		const path = textOf(file.subarray(at + LOCAL_LENGTH, start));
		need(isName(path), "a name that no entry can have");
		need(!names.has(path), `${path} stands twice`);
		names.add(path);
		entries.push({
			path,
			bytes: file.subarray(start, start + size)
		});
		need(entries.length <= ENTRIES_MAX, "too many entries");
		at = start + size;
	}
	need(same(pack(entries), file), "not a ZIP file as packages are packed");
	return entries;
}
function isName(path) {
	return path.split("/").every((part) => /^[a-z0-9-]([a-z0-9.-]*[a-z0-9-])?$/.test(part));
}
// src/canonical.ts
/** Canonical JSON (RFC 8785, whole numbers only) and the shapes of the documents in a package. */
var ESCAPES = {
	"\"": "\\\"",
	"\\": "\\\\",
	"\b": "\\b",
	"	": "\\t",
	"\n": "\\n",
	"\f": "\\f",
	"\r": "\\r"
};
function written(text) {
	return `"${text.replace(/["\\\u0000-\u001f]/g, (sign) => ESCAPES[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}
function canonical(value) {
	if (value === null || typeof value === "boolean") return String(value);
	if (typeof value === "number") {
		need(Number.isSafeInteger(value), "a number that is not whole, or too large");
		return Object.is(value, -0) ? "0" : String(value);
	}
	if (typeof value === "string") return written(value);
	if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
	return `{${Object.keys(value).sort((a, b) => a < b ? -1 : 1).map((name) => `${written(name)}:${canonical(value[name])}`).join(",")}}`;
}
/** The document in these bytes, if they are its one spelling. */
function readCanonical(bytes) {
	const text = textOf(bytes);
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		throw new Wrong("not JSON");
	}
	need(same(utf8(canonical(value)), bytes), "not canonical");
	return value;
}
var text = (value, where) => need(typeof value === "string", `${where} is not a text`);
var some = (value, where) => {
	text(value, where);
	need(/\P{White_Space}/u.test(value), `${where} says nothing`);
};
var hex = (value, where) => need(typeof value === "string" && /^[0-9a-f]{64}$/.test(value), `${where} is not a hash`);
var flag = (value, where) => need(typeof value === "boolean", `${where} is neither true nor false`);
var one = (value, where) => need(value === 1, `${where} is another version`);
function whole(most) {
	return (value, where) => need(typeof value === "number" && value >= 0 && value <= most, `${where} is no such number`);
}
function word(...words) {
	return (value, where) => need(typeof value === "string" && words.includes(value), `${where} is no word that is known`);
}
function list(shape, least = 0) {
	return (value, where) => {
		need(Array.isArray(value) && value.length >= least, `${where} is not a list, or empty`);
		value.forEach((item, at) => shape(item, `${where}[${at}]`));
	};
}
/** Exactly these members; a name that ends with `?` may be absent. */
function object(members) {
	return (value, where) => {
		need(value !== null && typeof value === "object" && !Array.isArray(value), `${where} is not an object`);
		const left = new Set(Object.keys(value));
		for (const [written, shape] of Object.entries(members)) {
			const name = written.replace(/\?$/, "");
			if (left.delete(name)) shape(value[name], where ? `${where}.${name}` : name);
			else need(written.endsWith("?"), `${name} is missing`);
		}
		need(left.size === 0, `nobody knows ${[...left].join(", ")}`);
	};
}
/** UTC, to the second or with three digits of it; years that moments can have. */
var moment = (value, where) => need(typeof value === "string" && momentOf(value) !== null, `${where} is no moment`);
function momentOf(written) {
	const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.exec(written);
	if (!match || match[1] === ".000") return null;
	const at = Date.parse(written);
	if (Number.isNaN(at) || new Date(at).toISOString().replace(".000Z", "Z") !== written) return null;
	return at >= 0 && at <= Date.parse("9999-12-30T22:00:00.999Z") ? at : null;
}
// src/notes.ts
/** Keys and what they sign. */
var NOTE_BYTES_MAX = 65536;
var SIGNATURES_MAX = 16;
var DASH = "—";
async function idUnder(name, key) {
	return (await sha256(utf8(name), Uint8Array.of(10, 1), key)).subarray(0, 4);
}
async function writtenKey({ name, bytes }) {
	return `${name}+${hexOf(await idUnder(name, bytes))}+${base64Of(joined(Uint8Array.of(1), bytes))}`;
}
async function readKey(written) {
	const [name = "", , ...rest] = written.split("+");
	need(/^[!-~]{1,200}$/.test(name) && !name.includes("/"), "not a key: its name is none");
	const decoded = fromBase64(rest.join("+"));
	need(decoded.length === 33 && decoded[0] === 1, "not a key of Ed25519");
	const key = {
		name,
		bytes: decoded.subarray(1)
	};
	need(await writtenKey(key) === written, "not a key: its id is another one");
	return key;
}
async function fingerprint(key) {
	return hexOf(await sha256(key.bytes));
}
async function verifies(key, signature, text) {
	try {
		const imported = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
		return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, text);
	} catch (error) {
		if (error instanceof DOMException && error.name === "NotSupportedError") throw error;
		return false;
	}
}
/** The text of a note, if this key signed it under this name. */
async function openNote(bytes, key, signer) {
	need(bytes.length <= NOTE_BYTES_MAX, "a note that is too long");
	const note = textOf(bytes);
	need(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(note), "a note with control characters");
	const split = note.lastIndexOf("\n\n");
	need(split >= 0 && note.endsWith("\n"), "not a signed note");
	const text = note.slice(0, split + 1);
	const lines = note.slice(split + 2, -1).split("\n");
	need(lines.length >= 1 && lines.length <= SIGNATURES_MAX && lines[0] !== "", "a note with no signature, or too many");
	const id = await idUnder(signer, key.bytes);
	let signed = false;
	for (const line of lines) {
		const match = new RegExp(`^${DASH} ([^+\\s]+) ([A-Za-z0-9+/=]+)$`, "u").exec(line);
		need(match !== null, "a line that is no signature");
		const [, who, base64] = match;
		const value = fromBase64(base64);
		need(value.length >= 4, "a signature that is too short");
		if (who !== signer || !same(value.subarray(0, 4), id)) continue;
		need(value.length === 68 && await verifies(key, value.slice(4), utf8(text)), "a signature that does not hold");
		signed = true;
	}
	need(signed, `not signed by ${signer}`);
	return text;
}
// src/record.ts
/** The record of one consent, made from its events and texts (sections 9 and 10 of the format). */
var CONTEXT = {
	dct: "http://purl.org/dc/terms/",
	dpv: "https://w3id.org/dpv#",
	"eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
	loc: "https://w3id.org/dpv/loc#",
	pd: "https://w3id.org/dpv/pd#",
	rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	tresen: "urn:tresen:v1#"
};
var STATUSES = {
	requested: "dpv:ConsentRequested",
	confirmed: "dpv:ConsentGiven",
	renewed: "dpv:RenewedConsentGiven",
	refused: "dpv:ConsentRefused",
	objected: "dpv:ConsentWithdrawn",
	withdrawn: "dpv:ConsentWithdrawn",
	expired: "dpv:ConsentExpired",
	invalidated: "dpv:ConsentInvalidated"
};
var BY_THE_PERSON = /* @__PURE__ */ new Set([
	"requested",
	"confirmed",
	"refused",
	"renewed",
	"objected",
	"withdrawn"
]);
async function recordId({ channel, identity, purpose, subject }) {
	return hexOf(await sha256(utf8(canonical({
		channel,
		identity: identity ?? "",
		purpose,
		subject
	}))));
}
function isGrant({ event }) {
	return event === "confirmed" || event === "renewed";
}
function status(payload, notice) {
	const type = STATUSES[payload.event];
	if (type === void 0) return null;
	const types = [type];
	const entry = {
		"@type": types,
		"dpv:isIndicatedAtTime": payload.ts,
		"dpv:isIndicatedBy": BY_THE_PERSON.has(payload.event) ? "dpv:DataSubject" : "dpv:DataController",
		"tresen:notice": payload.notice
	};
	if (payload.act) entry["dpv:hasIndicationMethod"] = `${payload.channel}.${payload.act.kind}`;
	if (isGrant(payload)) {
		types.push(payload.explicit === true ? "dpv:ExplicitlyExpressedConsent" : "dpv:ExpressedConsent");
		entry["dpv:hasDuration"] = {
			"@type": "dpv:TemporalDuration",
			"rdf:value": notice.validity
		};
	}
	return entry;
}
function record(id, events, notices) {
	const last = events.at(-1)?.event.payload;
	need(last !== void 0, "a consent without an event");
	const noticeOf = (payload) => {
		const notice = notices.get(payload.notice);
		need(notice !== void 0, `notice ${payload.notice} is not there`);
		return notice;
	};
	const notice = noticeOf(last);
	const purpose = notice.purposes.find(({ code }) => code === last.purpose);
	need(purpose !== void 0, "the notice does not speak of the purpose");
	const shown = [...new Set(events.map(({ event }) => event.payload.notice))];
	const { controller, withdrawal } = notice;
	return canonical({
		"@context": CONTEXT,
		"@id": `urn:tresen:record:${id}`,
		"@type": "dpv:ConsentRecord",
		"dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
		"dct:identifier": id,
		"dpv:hasConsentControl": {
			"@type": ["dpv:WithdrawConsent"],
			"dpv:isExercisedAt": withdrawal.url
		},
		"dpv:hasConsentStatus": events.flatMap(({ event }) => status(event.payload, noticeOf(event.payload)) ?? []),
		"dpv:hasDataController": {
			"@id": `urn:tresen:controller:${controller.id}`,
			"dpv:hasAddress": controller.address,
			"dpv:hasName": controller.name
		},
		"dpv:hasDataSubject": { "@id": `urn:tresen:contact:${last.subject}` },
		"dpv:hasJurisdiction": notice.jurisdiction,
		"dpv:hasLegalBasis": notice.legal_basis,
		"dpv:hasNotice": shown.map((address) => ({
			"@id": `urn:sha256:${address.replace("sha256:", "")}`,
			"@type": "dpv:ConsentNotice",
			"dct:language": notices.get(address)?.locale ?? ""
		})),
		"dpv:hasProcess": [{
			"dpv:hasPersonalData": purpose.personal_data,
			"dpv:hasPurpose": purpose.dpv,
			"dpv:hasRecipient": notice.recipients.map(({ id: recipient }) => `urn:tresen:recipient:${recipient}`),
			"dpv:hasStorageCondition": [{
				"@type": "dpv:StorageLocation",
				"dpv:hasLocation": notice.storage
			}, {
				"@type": "dpv:StorageDuration",
				"dpv:hasDuration": notice.retention
			}]
		}],
		"tresen:proof": events.map(({ event, leaf }) => ({
			"tresen:event": event.payload.event,
			"tresen:inclusion": event.proof,
			"tresen:index": event.leaf.seq,
			"tresen:leaf": leaf,
			"tresen:size": event.size,
			"tresen:tree": event.tree
		}))
	});
}
// src/shapes.ts
/** What the documents of a package look like (sections 3 and 7 to 9 of the format). */
var NUMBER_MAX = Number.MAX_SAFE_INTEGER;
var EVENTS = [
	"requested",
	"challenge_issued",
	"confirmed",
	"refused",
	"lapsed",
	"asserted",
	"used",
	"renewed",
	"outdated",
	"expired",
	"unverified",
	"paused",
	"resumed",
	"objected",
	"withdrawn",
	"invalidated"
];
var STATES = [
	"none",
	"requested",
	"pending",
	"granted",
	"refused",
	"lapsed",
	"asserted",
	"outdated",
	"expired",
	"unverified",
	"paused",
	"withdrawn",
	"invalidated"
];
/** `consent-2026`, `access-2026-11`. */
var TREE$1 = /^(?:consent|send|erasure|admin)-\d{4}$|^access-\d{4}-(?:0[1-9]|1[0-2])$/;
var tree = (value, where) => need(typeof value === "string" && TREE$1.test(value), `${where} is no name of a tree`);
var address = (value, where) => need(typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value), `${where} names no notice`);
var MANIFEST = object({
	created: moment,
	entries: list(object({
		bytes: whole(NUMBER_MAX),
		path: text,
		sha256: hex
	})),
	format: word("tresen-proof"),
	key: text,
	v: one
});
var STEP = object({
	new: whole(NUMBER_MAX),
	old: whole(NUMBER_MAX),
	proof: list(hex),
	tree
});
var PAYLOAD = object({
	channel: text,
	event: word(...EVENTS),
	locale: text,
	notice: address,
	purpose: text,
	subject: text,
	ts: moment,
	v: one,
	"act?": object({
		kind: word("checkbox", "button", "text", "spoken", "import"),
		"words?": text
	}),
	"actor?": text,
	"challenge?": object({
		"answer?": text,
		id: text,
		issued: moment,
		kind: text,
		token: hex
	}),
	"clock?": text,
	"evidence?": object({
		"callback?": hex,
		"network?": text,
		"provider_message?": text,
		"user_agent?": text
	}),
	"expires?": moment,
	"explicit?": flag,
	"follows?": hex,
	"from?": word(...STATES),
	"id?": text,
	"identity?": text,
	"provider_ts?": moment,
	"source?": object({
		kind: text,
		value: text
	}),
	"to?": word(...STATES)
});
var EVENT = object({
	leaf: object({
		commit: hex,
		kind: text,
		seq: whole(NUMBER_MAX),
		tenant: text,
		ts: moment,
		v: one
	}),
	payload: PAYLOAD,
	proof: list(hex),
	salt: hex,
	size: whole(NUMBER_MAX),
	tree
});
var NOTICE = object({
	advertiser: some,
	channels: list(text, 1),
	code: some,
	controller: object({
		address: some,
		id: some,
		name: some
	}),
	jurisdiction: some,
	legal_basis: some,
	locale: some,
	"min_age?": whole(255),
	product_scope: some,
	purposes: list(object({
		code: text,
		dpv: text,
		personal_data: list(text)
	}), 1),
	recipients: list(object({
		id: text,
		name: text
	}), 1),
	retention: some,
	screens: list(object({
		media_type: text,
		sha256: hex
	})),
	storage: some,
	text: some,
	transfers: list(object({
		basis: text,
		country: text
	})),
	v: one,
	validity: some,
	version: whole(4294967295),
	withdrawal: object({
		text: some,
		url: some
	})
});
// src/trees.ts
/** Merkle trees as in RFC 6962: inclusion of a leaf, and that a tree was only added to. */
function leafHash(leaf) {
	return sha256(Uint8Array.of(0), leaf);
}
function node(left, right) {
	return sha256(Uint8Array.of(1), left, right);
}
/** The greatest power of two below n, for n > 1. */
function half(n) {
	let k = 1;
	while (k * 2 < n) k *= 2;
	return k;
}
/** The root that PATH(m, D[n]) leads to from this leaf; the list is used up exactly. */
async function rootBy(leaf, m, n, path) {
	if (n <= 1) {
		need(path.length === 0, "a proof that is too long");
		return leaf;
	}
	const last = path.at(-1);
	need(last !== void 0, "a proof that is too short");
	const [k, rest] = [half(n), path.slice(0, -1)];
	return m < k ? node(await rootBy(leaf, m, k, rest), last) : node(last, await rootBy(leaf, m - k, n - k, rest));
}
async function checkInclusion(leaf, m, n, path, root) {
	need(m < n, "a leaf that the tree does not have");
	need(same(await rootBy(leaf, m, n, path), root), "the proof does not lead to the head");
}
/** SUBPROOF(m, D[n], b) read backwards: the roots of the first m leaves and of all n. */
async function rootsBy(m, n, isOld, proof, old) {
	if (m === n) {
		if (isOld) {
			need(proof.length === 0, "a proof that is too long");
			return [old, old];
		}
		const [only] = proof;
		need(only !== void 0 && proof.length === 1, "a proof of another length");
		return [only, only];
	}
	const last = proof.at(-1);
	need(last !== void 0, "a proof that is too short");
	const [k, rest] = [half(n), proof.slice(0, -1)];
	if (m <= k) {
		const [before, after] = await rootsBy(m, k, isOld, rest, old);
		return [before, await node(after, last)];
	}
	const [before, after] = await rootsBy(m - k, n - k, false, rest, old);
	return [await node(last, before), await node(last, after)];
}
async function checkConsistency(m, n, proof, oldRoot, newRoot) {
	need(m <= n, "a tree that became smaller");
	if (m === 0) {
		need(proof.length === 0 && same(oldRoot, await sha256()), "the root of an empty tree is another one");
		return;
	}
	const [before, after] = await rootsBy(m, n, true, proof, oldRoot);
	need(same(before, oldRoot) && same(after, newRoot), "the tree was not only added to");
}
// src/contents.ts
var TREE = "(?:consent|send|erasure|admin)-\\d{4}|access-\\d{4}-\\d{2}";
var NUMBER = "0|[1-9]\\d*";
var PLACES = {
	event: new RegExp(`^events/(${TREE})/(${NUMBER})\\.json$`),
	head: new RegExp(`^heads/(${TREE})/(${NUMBER})\\.note$`),
	step: new RegExp(`^history/(${TREE})/(${NUMBER})-(${NUMBER})\\.json$`),
	notice: /^notices\/([0-9a-f]{64})\.json$/,
	record: /^records\/([0-9a-f]{64})\.jsonld$/,
	screen: /^screens\/([0-9a-f]{64})$/,
	sheet: /^sheets\/([0-9a-f]{64})\.(de|en)\.pdf$/
};
/** The files by what they are; a name that has no place in a package is wrong. */
async function sorted(judge, entries) {
	const files = {
		event: [],
		head: [],
		step: [],
		notice: [],
		record: [],
		screen: [],
		sheet: []
	};
	for (const entry of entries) await judge.look("entries", entry.path, () => {
		for (const [kind, pattern] of Object.entries(PLACES)) {
			const match = pattern.exec(entry.path);
			if (!match) continue;
			const parts = match.slice(1);
			need(kind === "notice" || kind === "record" || kind === "screen" || kind === "sheet" || parts.slice(1).every((n) => Number.isSafeInteger(Number(n))), "a number that is too large");
			files[kind].push({
				...entry,
				parts
			});
			return;
		}
		need(false, "a name that has no place in a package");
	});
	return files;
}
async function readHead(bytes, key, tree) {
	const origin = `${key.name}/${tree}`;
	const lines = (await openNote(bytes, key, origin)).split("\n");
	const [first, size = "", root = "", time = "", end] = lines;
	need(lines.length === 5 && first === origin && end === "", "not a head of this tree");
	need(/^(?:0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size)), "a head without a size");
	const at = time.startsWith("time ") ? momentOf(time.slice(5)) : null;
	need(at !== null, "a head without a moment");
	const hash = fromBase64(root);
	need(hash.length === 32, "a head without a root");
	return {
		tree,
		size: Number(size),
		root: hash,
		at
	};
}
async function heads(judge, files, key) {
	const found = /* @__PURE__ */ new Map();
	judge.made("heads");
	for (const { path, bytes, parts } of files) await judge.look("heads", path, async () => {
		const [tree, size] = parts;
		const head = await readHead(bytes, key, tree);
		need(head.size === Number(size), "the head of a tree of another size");
		found.set(`${tree}/${size}`, head);
	});
	return found;
}
async function history(judge, files, known) {
	judge.made("history");
	const ordered = [...known.values()].sort((a, b) => a.tree < b.tree ? -1 : a.tree > b.tree ? 1 : a.size - b.size);
	const wanted = /* @__PURE__ */ new Map();
	for (const [at, head] of ordered.entries()) {
		const next = ordered[at + 1];
		if (next?.tree === head.tree) wanted.set(`history/${head.tree}/${head.size}-${next.size}.json`, [head, next]);
	}
	for (const { path, bytes, parts } of files) await judge.look("history", path, async () => {
		const value = readCanonical(bytes);
		STEP(value, "");
		const step = value;
		const [tree, old, size] = parts;
		need(step.tree === tree && step.old === Number(old) && step.new === Number(size), "the proof of something else");
		const between = wanted.get(path);
		need(between !== void 0, "does not lead from one head to the next");
		wanted.delete(path);
		const [before, after] = between;
		await checkConsistency(before.size, after.size, step.proof.map(fromHex), before.root, after.root);
		need(before.at <= after.at, "the later head claims an earlier moment");
	});
	for (const path of wanted.keys()) judge.say("history", path, "is missing");
}
/** A head that somebody kept must be one of the package's. */
async function anchors(judge, kept, key, known) {
	judge.made("anchors");
	const trees = new Set([...known.values()].map(({ tree }) => tree));
	for (const note of kept) await judge.look("anchors", "", async () => {
		let head = null;
		for (const tree of trees) try {
			head = await readHead(note, key, tree);
			break;
		} catch {}
		need(head !== null, "a head kept elsewhere is not of this key and these trees");
		const own = known.get(`${head.tree}/${head.size}`);
		need(own !== void 0, `the package does not reach back to the head of ${head.tree} with ${head.size} leaves`);
		need(same(own.root, head.root), `${head.tree} was signed with another root before: it was rewritten`);
	});
}
async function notices(judge, files) {
	judge.made("notices");
	const found = /* @__PURE__ */ new Map();
	for (const { path, bytes, parts } of files) await judge.look("notices", path, async () => {
		const value = readCanonical(bytes);
		NOTICE(value, "");
		need(hexOf(await sha256(bytes)) === parts[0], "another text than its name says");
		found.set(`sha256:${parts[0]}`, value);
	});
	return found;
}
async function screens(judge, files, shown, used) {
	const wanted = new Set([...shown.values()].flatMap((notice) => notice.screens.map(({ sha256: hash }) => hash)));
	for (const { path, bytes, parts } of files) await judge.look("notices", path, async () => {
		need(hexOf(await sha256(bytes)) === parts[0], "another form than its name says");
		need(wanted.has(parts[0]), "no notice shows it");
	});
	const there = new Set(files.map(({ parts }) => parts[0]));
	for (const hash of wanted) if (!there.has(hash)) judge.say("notices", `screens/${hash}`, "is missing");
	for (const address of shown.keys()) if (!used.has(address)) judge.say("notices", address, "no event speaks of it");
}
async function checkEvent(event, parts, known, shown) {
	const { leaf, payload, salt, size, tree } = event;
	need(tree === parts[0] && leaf.seq === Number(parts[1]), "the event of another place");
	need(tree.startsWith("consent-"), `${tree} holds no consent events`);
	need(hexOf(await sha256(utf8("tresen-commit-v1"), Uint8Array.of(0), fromHex(salt), utf8(canonical(payload)))) === leaf.commit, "event and salt are not what the leaf commits to");
	need(leaf.kind === `consent.${payload.event}` && leaf.ts === payload.ts, "the leaf says another kind or time than the event");
	const head = known.get(`${tree}/${size}`);
	need(head !== void 0, `there is no head of ${tree} with ${size} leaves`);
	const hash = await leafHash(utf8(canonical(leaf)));
	await checkInclusion(hash, leaf.seq, size, event.proof.map(fromHex), head.root);
	const notice = shown.get(payload.notice);
	need(notice !== void 0, `notice ${payload.notice} is not there`);
	need(notice.locale === payload.locale && notice.channels.includes(payload.channel) && notice.purposes.some(({ code }) => code === payload.purpose), "the notice speaks of another language, channel or purpose");
	return {
		event,
		leaf: hexOf(hash)
	};
}
async function events(judge, files, known, shown) {
	judge.made("events");
	const found = [];
	for (const { path, bytes, parts } of files) {
		const event = await judge.look("events", path, () => {
			const value = readCanonical(bytes);
			EVENT(value, "");
			return value;
		});
		if (!event) continue;
		const proven = await judge.look("events", path, () => checkEvent(event, parts, known, shown));
		found.push(proven ?? {
			event,
			leaf: hexOf(await leafHash(utf8(canonical(event.leaf))))
		});
	}
	if (found.length === 0) judge.say("events", "", "there is no event");
	if (new Set(found.map(({ event }) => event.leaf.tenant)).size > 1) judge.say("events", "", "the events are of different installations");
	return found;
}
var MAY_RENEW = [
	"granted",
	"outdated",
	"paused",
	"unverified"
];
function isLawful({ event, from = "none", to = "none" }) {
	switch (event) {
		case "confirmed": return to === "granted" && (from === "requested" || from === "pending");
		case "renewed": return to === "granted" && MAY_RENEW.includes(from);
		case "resumed": return to === "granted" && from === "paused";
		case "used": return to === "granted" && from === "granted";
		case "withdrawn":
		case "objected": return to === "withdrawn";
		default: return to !== "granted";
	}
}
/** What a proof of this event may not be silent about. */
function missing(payload) {
	const wanted = [
		"clock",
		"from",
		"id",
		"identity",
		"to"
	].map((name) => [name, payload[name] !== void 0]);
	if (isGrant(payload)) {
		wanted.push(["act", payload.act !== void 0], ["evidence", Object.keys(payload.evidence ?? {}).length > 0]);
		wanted.push(["expires", payload.expires !== void 0], ["source", payload.source !== void 0]);
	}
	if (payload.event === "confirmed") wanted.push(["challenge.answer", payload.challenge?.answer !== void 0]);
	return wanted.flatMap(([name, isThere]) => isThere ? [] : [name]);
}
async function chains(judge, records) {
	judge.made("chain");
	judge.made("evidence");
	for (const proven of records.values()) {
		let before;
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
async function checkRecords(judge, files, records, shown) {
	judge.made("records");
	const there = new Map(files.map(({ parts, bytes }) => [parts[0], bytes]));
	for (const { path, parts } of files) if (!records.has(parts[0])) judge.say("records", path, "there is no event of this consent");
	for (const [id, proven] of records) await judge.look("records", `records/${id}.jsonld`, () => {
		const made = utf8(record(id, proven, shown));
		const own = there.get(id);
		need(own !== void 0, "is missing");
		need(same(own, made), "says something else than the events");
	});
}
function summary(id, proven, shown) {
	const last = proven.at(-1)?.event.payload;
	if (!last) return [];
	const addresses = [...new Set(proven.map(({ event }) => event.payload.notice))];
	return [{
		id,
		purpose: last.purpose,
		channel: last.channel,
		subject: last.subject,
		state: last.to ?? "none",
		events: proven.map(({ event: { payload } }) => ({
			event: payload.event,
			at: payload.ts,
			words: payload.act?.words ?? null
		})),
		notices: addresses.flatMap((address) => shown.get(address) ?? [])
	}];
}
async function judgeContents(judge, entries, key, kept) {
	const files = await sorted(judge, entries);
	const known = await heads(judge, files.head, key);
	await history(judge, files.step, known);
	await anchors(judge, kept, key, known);
	const shown = await notices(judge, files.notice);
	const proven = await events(judge, files.event, known, shown);
	await screens(judge, files.screen, shown, new Set(proven.map(({ event }) => event.payload.notice)));
	proven.sort((a, b) => a.event.tree < b.event.tree ? -1 : a.event.tree > b.event.tree ? 1 : a.event.leaf.seq - b.event.leaf.seq);
	const records = /* @__PURE__ */ new Map();
	for (const one of proven) {
		const id = await recordId(one.event.payload);
		records.set(id, [...records.get(id) ?? [], one]);
	}
	await chains(judge, records);
	await checkRecords(judge, files.record, records, shown);
	judge.made("sheets");
	for (const { path, parts } of files.sheet) await judge.look("sheets", path, () => need(records.has(parts[0]), "there is no record of this consent"));
	return [...records].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([id, own]) => summary(id, own, shown));
}
// src/verify.ts
/**
* Judges a package after docs/proof-format.md, and after nothing else: no part of the server's own
* judge is used here. Nothing is fetched, and nothing leaves the page.
*/
var CHECKS = [
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
	"sheets"
];
/** Makes one check: what it throws is what is wrong. */
var Judge = class {
	checks = /* @__PURE__ */ new Map();
	of(name) {
		let check = this.checks.get(name);
		if (!check) this.checks.set(name, check = {
			name,
			count: 0,
			wrong: []
		});
		return check;
	}
	say(name, path, reason) {
		this.of(name).wrong.push({
			path,
			reason
		});
	}
	/** Counts one thing and looks at it; answers nothing when it is not what it must be. */
	async look(name, path, act) {
		this.of(name).count += 1;
		try {
			return await act();
		} catch (error) {
			if (!(error instanceof Wrong)) throw error;
			this.say(name, path, error.message);
			return;
		}
	}
	/** Says that a check was made, though there was nothing to look at. */
	made(name) {
		this.of(name);
	}
	verdict(rest) {
		const checks = CHECKS.flatMap((name) => this.checks.get(name) ?? []);
		return {
			...rest,
			checks,
			holds: checks.every(({ wrong }) => wrong.length === 0)
		};
	}
};
function readManifest(entries) {
	const [first] = entries;
	need(first?.path === "manifest.json", "the table of contents is not the first entry");
	const value = readCanonical(first.bytes);
	MANIFEST(value, "");
	return value;
}
async function checkEntries(manifest, entries) {
	const rest = entries.slice(2);
	need(manifest.entries.length === rest.length, "there are more or fewer entries than the table of contents lists");
	for (const [at, { path, bytes }] of rest.entries()) {
		const listed = manifest.entries[at];
		need(listed.path === path, `${path} is not what the table of contents lists`);
		need(listed.bytes === bytes.length && listed.sha256 === hexOf(await sha256(bytes)), `${path} has another content than the table of contents lists`);
	}
	const paths = rest.map(({ path }) => path);
	need(paths.every((path, at) => at === 0 || paths[at - 1] < path), "the entries are not sorted");
}
async function checkSignature(entries, key) {
	const [manifest, note] = entries;
	need(manifest !== void 0 && note?.path === "manifest.note", "the signature is not the second entry");
	const signer = `${key.name}/package`;
	need(await openNote(note.bytes, key, signer) === `${signer}\n${hexOf(await sha256(manifest.bytes))}\n`, "another table of contents was signed");
}
async function checkKey(claimed, trusted) {
	if (trusted === void 0) return;
	const wanted = trusted.trim();
	const isFingerprint = /^[0-9a-f]{64}$/.test(wanted);
	const shown = isFingerprint ? await fingerprint(await readKey(claimed)) : claimed;
	if (!isFingerprint) await readKey(wanted);
	need(shown === wanted, "the package was signed with another key than the one that is trusted");
}
async function verify(file, trust = {}) {
	const judge = new Judge();
	const nothing = {
		key: null,
		created: null,
		records: []
	};
	const entries = await judge.look("archive", "", () => unpack(file));
	if (!entries) return judge.verdict(nothing);
	const manifest = await judge.look("manifest", "manifest.json", () => readManifest(entries));
	if (!manifest) return judge.verdict(nothing);
	await judge.look("entries", "", () => checkEntries(manifest, entries));
	const key = await judge.look("key", "manifest.json", () => readKey(manifest.key));
	if (!key) return judge.verdict({
		...nothing,
		created: manifest.created
	});
	const fits = await judge.look("key", "", () => checkKey(manifest.key, trust.key).then(() => true));
	await judge.look("signature", "manifest.note", () => checkSignature(entries, key));
	const records = await judgeContents(judge, entries.slice(2), key, trust.heads ?? []);
	return judge.verdict({
		key: {
			name: key.name,
			fingerprint: await fingerprint(key),
			isTrusted: trust.key !== void 0 && fits === true
		},
		created: manifest.created,
		records
	});
}
export { CHECKS, Judge, hexOf, pack, sha256, unpack, verify };
