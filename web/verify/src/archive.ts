/** The file: a ZIP of which there is one way to pack given entries. */
import { joined, need, same, textOf, utf8, type Bytes } from "./bytes.ts";

export interface Entry {
  path: string;
  bytes: Bytes;
}

const FILE_BYTES_MAX = 67_108_864;
const ENTRIES_MAX = 20_000;
const ENTRY_BYTES_MAX = 16_777_216;
const NAME_BYTES_MAX = 200;
const LOCAL = 0x04034b50;
const LOCAL_LENGTH = 30;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Numbers in the order given, little-endian, each with the bits it takes. */
function numbers(...parts: [bits: 16 | 32, value: number][]): Bytes {
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
function facts({ path, bytes }: Entry): Bytes {
  return numbers([16, 20], [16, 0], [16, 0], [16, 0], [16, 33], [32, crc32(bytes)], [32, bytes.length], [32, bytes.length], [16, utf8(path).length], [16, 0]);
}

/** The one file that has these entries. */
export function pack(entries: readonly Entry[]): Bytes {
  const files: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const [shared, name] = [facts(entry), utf8(entry.path)];
    files.push(numbers([32, LOCAL]), shared, name, entry.bytes);
    directory.push(numbers([32, 0x02014b50], [16, 20]), shared, new Uint8Array(10), numbers([32, at]), name);
    at += LOCAL_LENGTH + name.length + entry.bytes.length;
  }
  const index = joined(...directory);
  const end = numbers([32, 0x06054b50], [32, 0], [16, entries.length], [16, entries.length], [32, index.length], [32, at], [16, 0]);
  return joined(...files, index, end);
}

/** The entries, if the file is packed in that one way. */
export function unpack(file: Bytes): Entry[] {
  need(file.length <= FILE_BYTES_MAX, "the file is too large");
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const entries: Entry[] = [];
  const names = new Set<string>();
  let at = 0;
  while (at + LOCAL_LENGTH <= file.length && view.getUint32(at, true) === LOCAL) {
    const [size, length] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true)];
    const start = at + LOCAL_LENGTH + length;
    need(size <= ENTRY_BYTES_MAX && length <= NAME_BYTES_MAX && start + size <= file.length, "an entry that is too long");
    const path = textOf(file.subarray(at + LOCAL_LENGTH, start));
    need(isName(path), "a name that no entry can have");
    need(!names.has(path), `${path} stands twice`);
    names.add(path);
    entries.push({ path, bytes: file.subarray(start, start + size) });
    need(entries.length <= ENTRIES_MAX, "too many entries");
    at = start + size;
  }
  need(same(pack(entries), file), "not a ZIP file as packages are packed");
  return entries;
}

function isName(path: string): boolean {
  return path.split("/").every((part) => /^[a-z0-9-]([a-z0-9.-]*[a-z0-9-])?$/.test(part));
}
