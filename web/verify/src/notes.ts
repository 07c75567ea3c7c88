/** Keys and what they sign. */
import { base64Of, fromBase64, hexOf, joined, need, same, sha256, textOf, utf8, type Bytes } from "./bytes.ts";

export interface Key {
  /** The host the installation is reached at. */
  name: string;
  /** 32 bytes. */
  bytes: Bytes;
}

const NOTE_BYTES_MAX = 65_536;
const SIGNATURES_MAX = 16;
const DASH = "\u2014";

export async function idUnder(name: string, key: Bytes): Promise<Bytes> {
  return (await sha256(utf8(name), Uint8Array.of(10, 1), key)).subarray(0, 4);
}

export async function writtenKey({ name, bytes }: Key): Promise<string> {
  return `${name}+${hexOf(await idUnder(name, bytes))}+${base64Of(joined(Uint8Array.of(1), bytes))}`;
}

export async function readKey(written: string): Promise<Key> {
  const [name = "", , ...rest] = written.split("+");
  need(/^[!-~]{1,200}$/.test(name) && !name.includes("/"), "not a key: its name is none");
  // Base64 may hold a plus, too.
  const decoded = fromBase64(rest.join("+"));
  need(decoded.length === 33 && decoded[0] === 1, "not a key of Ed25519");
  const key = { name, bytes: decoded.subarray(1) };
  need((await writtenKey(key)) === written, "not a key: its id is another one");
  return key;
}

export async function fingerprint(key: Key): Promise<string> {
  return hexOf(await sha256(key.bytes));
}

async function verifies(key: Key, signature: Bytes, text: Bytes): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, text);
  } catch (error) {
    // A browser without Ed25519 must not look like a forged signature; bytes that are no key are one.
    if (error instanceof DOMException && error.name === "NotSupportedError") throw error;
    return false;
  }
}

/** The text of a note, if this key signed it under this name. */
export async function openNote(bytes: Bytes, key: Key, signer: string): Promise<string> {
  need(bytes.length <= NOTE_BYTES_MAX, "a note that is too long");
  const note = textOf(bytes);
  // eslint-disable-next-line no-control-regex -- a note has no control characters but line ends
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
    const [, who, base64] = match as unknown as [string, string, string];
    const value = fromBase64(base64);
    need(value.length >= 4, "a signature that is too short");
    if (who !== signer || !same(value.subarray(0, 4), id)) continue;
    need(value.length === 68 && (await verifies(key, value.slice(4), utf8(text))), "a signature that does not hold");
    signed = true;
  }
  need(signed, `not signed by ${signer}`);
  return text;
}
