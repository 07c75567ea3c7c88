// Which files a message may carry, and how they are made ready to leave the device.
import type { OutboxFile } from "@tresen/ui/outbox.ts";

export const MOST_FILES = 10;
export const TEXT_MOST = 8000;
/** Bytes a file may have; the server has the last word. */
export const FILE_MOST = 25 * 1024 * 1024;

export type Verdict = "fits" | "empty" | "large";
export function judgeFile(size: number): Verdict {
  return size === 0 ? "empty" : size > FILE_MOST ? "large" : "fits";
}

export interface Prepared extends OutboxFile {
  /** Object URL for the tray; give it back with `URL.revokeObjectURL`. */
  preview?: string;
  animated: boolean;
  /** A picture whose EXIF could not be removed. */
  keepsPlace: boolean;
}

let counter = 0;

export async function prepareFile(file: File, voice = false): Promise<Prepared> {
  counter += 1;
  const key = `${counter}`;
  if (file.type.startsWith("image/")) {
    // Fetched when the first picture is chosen: most conversations begin with words.
    const { shrinkPicture } = await import("@tresen/ui/shrink.ts");
    const shrunk = await shrinkPicture(file);
    const { blob, name, mime, width, height, animated, anonymous } = shrunk;
    const keepsPlace = !anonymous && !animated && mime !== "image/svg+xml";
    return { key, blob, name, mime, width, height, animated, keepsPlace, preview: URL.createObjectURL(blob) };
  }
  const base = { key, blob: file, name: file.name, mime: file.type || "application/octet-stream", animated: false, keepsPlace: false };
  if (voice || file.type.startsWith("audio/")) return { ...base, voice, preview: URL.createObjectURL(file) };
  return base;
}
