/** Canonical JSON (RFC 8785, whole numbers only) and the shapes of the documents in a package. */
import { need, same, textOf, utf8, Wrong } from "./bytes.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Member = { [name: string]: Json };

const ESCAPES: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

function written(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the signs that must be escaped
  const inner = text.replace(/["\\\u0000-\u001f]/g, (sign) => ESCAPES[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${inner}"`;
}

export function canonical(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    need(Number.isSafeInteger(value), "a number that is not whole, or too large");
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (typeof value === "string") return written(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  // Names are compared by their UTF-16 code units, as strings are.
  const names = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return `{${names.map((name) => `${written(name)}:${canonical(value[name] as Json)}`).join(",")}}`;
}

/** The document in these bytes, if they are its one spelling. */
export function readCanonical(bytes: Uint8Array): Json {
  const text = textOf(bytes);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Wrong("not JSON");
  }
  // A name that stands twice, a blank, another order: none of it comes out again.
  need(same(utf8(canonical(value)), bytes), "not canonical");
  return value;
}

/** Looks at a value, and throws when it is not what it must be. */
export type Shape = (value: Json, where: string) => void;

export const text: Shape = (value, where) => need(typeof value === "string", `${where} is not a text`);

export const some: Shape = (value, where) => {
  text(value, where);
  need(/\P{White_Space}/u.test(value as string), `${where} says nothing`);
};

export const hex: Shape = (value, where) => need(typeof value === "string" && /^[0-9a-f]{64}$/.test(value), `${where} is not a hash`);

export const flag: Shape = (value, where) => need(typeof value === "boolean", `${where} is neither true nor false`);

export const one: Shape = (value, where) => need(value === 1, `${where} is another version`);

export function whole(most: number): Shape {
  return (value, where) => need(typeof value === "number" && value >= 0 && value <= most, `${where} is no such number`);
}

export function word(...words: string[]): Shape {
  return (value, where) => need(typeof value === "string" && words.includes(value), `${where} is no word that is known`);
}

export function list(shape: Shape, least = 0): Shape {
  return (value, where) => {
    need(Array.isArray(value) && value.length >= least, `${where} is not a list, or empty`);
    value.forEach((item, at) => shape(item, `${where}[${at}]`));
  };
}

/** Exactly these members; a name that ends with `?` may be absent. */
export function object(members: Record<string, Shape>): Shape {
  return (value, where) => {
    need(value !== null && typeof value === "object" && !Array.isArray(value), `${where} is not an object`);
    const left = new Set(Object.keys(value));
    for (const [written, shape] of Object.entries(members)) {
      const name = written.replace(/\?$/, "");
      if (left.delete(name)) shape(value[name] as Json, where ? `${where}.${name}` : name);
      else need(written.endsWith("?"), `${name} is missing`);
    }
    need(left.size === 0, `nobody knows ${[...left].join(", ")}`);
  };
}

/** UTC, to the second or with three digits of it; years that moments can have. */
export const moment: Shape = (value, where) => need(typeof value === "string" && momentOf(value) !== null, `${where} is no moment`);

export function momentOf(written: string): number | null {
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.exec(written);
  if (!match || match[1] === ".000") return null;
  const at = Date.parse(written);
  // A day that does not exist becomes another one, and is written otherwise.
  if (Number.isNaN(at) || new Date(at).toISOString().replace(".000Z", "Z") !== written) return null;
  return at >= 0 && at <= Date.parse("9999-12-30T22:00:00.999Z") ? at : null;
}
