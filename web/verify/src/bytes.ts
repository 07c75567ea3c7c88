/** Bytes and the few ways a package writes them down. */

/** What is wrong with a package, in a sentence; thrown, and caught by the check that is being made. */
export class Wrong extends Error {}

export function need(holds: boolean, wrong: string): asserts holds {
  if (!holds) throw new Wrong(wrong);
}

export type Bytes = Uint8Array<ArrayBuffer>;

export async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

export function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** UTF-8 and nothing that only looks like it; a mark at the beginning is a sign like any other. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Wrong("not UTF-8");
  }
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isHex(text: string, digits = 64): boolean {
  return text.length === digits && /^[0-9a-f]*$/.test(text);
}

export function fromHex(text: string): Bytes {
  need(text.length % 2 === 0 && /^[0-9a-f]*$/.test(text), "not written in small hexadecimal digits");
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Standard base64 with padding, in its one canonical form. */
export function fromBase64(text: string): Bytes {
  let decoded: string;
  try {
    decoded = atob(text);
  } catch {
    throw new Wrong("not base64");
  }
  const bytes = Uint8Array.from(decoded, (sign) => sign.charCodeAt(0));
  need(base64Of(bytes) === text, "base64 in another form than the canonical one");
  return bytes;
}
