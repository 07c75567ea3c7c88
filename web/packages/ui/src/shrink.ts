// Makes pictures small and anonymous before they leave the device: decoded and encoded again, at
// most 2048 px, which drops EXIF with the place where the photo was taken. What moves stays as it is.

export const MAX_EDGE_PX = 2048;
export const QUALITY = 0.82;
/** A lossless picture above this size is a photo and becomes a JPEG if it has no transparency. */
const LOSSLESS_MOST_BYTES = 1_500_000;

export interface PictureFacts {
  mime: string;
  width: number;
  height: number;
  animated: boolean;
  transparent: boolean;
}
export type Plan = { keep: true } | { keep: false; mime: "image/jpeg" | "image/png"; width: number; height: number };

/** What to do with a picture. Pure. */
export function planPicture(facts: PictureFacts): Plan {
  if (facts.animated || facts.mime === "image/gif" || facts.mime === "image/svg+xml") return { keep: true };
  const scale = Math.min(1, MAX_EDGE_PX / Math.max(facts.width, facts.height));
  const lossless = facts.transparent || facts.mime === "image/png";
  return {
    keep: false,
    mime: lossless ? "image/png" : "image/jpeg",
    width: Math.max(1, Math.round(facts.width * scale)),
    height: Math.max(1, Math.round(facts.height * scale)),
  };
}

/** Whether a lossless result should rather be a JPEG. Pure. */
export function tooLargeLossless(bytes: number, transparent: boolean): boolean {
  return !transparent && bytes > LOSSLESS_MOST_BYTES;
}

/** Moving pictures, by their first bytes: GIF, animated PNG ("acTL" before "IDAT"), animated WebP. */
export function isAnimated(head: Uint8Array, mime: string): boolean {
  if (mime === "image/gif") return true;
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
  if (mime === "image/png") {
    const control = text.indexOf("acTL");
    const pixels = text.indexOf("IDAT");
    return control >= 0 && (pixels < 0 || control < pixels);
  }
  return mime === "image/webp" && text.slice(8, 12) === "WEBP" && text.includes("ANIM");
}

/** "IMG_1.HEIC" that became a JPEG is "IMG_1.jpg". */
export function renameFor(name: string, mime: string): string {
  const ending = mime === "image/png" ? "png" : "jpg";
  const stem = name.replace(/\.[^.\s]{1,5}$/, "");
  return `${stem || "image"}.${ending}`;
}

export interface Shrunk {
  blob: Blob;
  name: string;
  mime: string;
  width?: number;
  height?: number;
  animated: boolean;
  /** False when the file goes out with whatever its camera wrote into it. */
  anonymous: boolean;
}

/** Shrinks a picture; returns the file itself when the browser cannot decode it. */
export async function shrinkPicture(file: File): Promise<Shrunk> {
  const untouched: Shrunk = { blob: file, name: file.name, mime: file.type, animated: false, anonymous: false };
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  if (file.type === "image/svg+xml") return untouched;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return untouched;
  }
  try {
    const { width, height } = bitmap;
    const animated = isAnimated(head, file.type);
    if (animated) return { ...untouched, width, height, animated };
    return (await encode(file, bitmap)) ?? { ...untouched, width, height };
  } finally {
    bitmap.close();
  }
}

async function encode(file: File, bitmap: ImageBitmap): Promise<Shrunk | null> {
  const mayBeTransparent = file.type !== "image/jpeg";
  const transparent = mayBeTransparent && hasTransparency(bitmap);
  const plan = planPicture({ mime: file.type, width: bitmap.width, height: bitmap.height, animated: false, transparent });
  if (plan.keep) return null;
  const canvas = document.createElement("canvas");
  canvas.width = plan.width;
  canvas.height = plan.height;
  const context = canvas.getContext("2d", { alpha: transparent });
  if (!context) return null;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, plan.width, plan.height);
  const toBlob = (mime: string) => new Promise<Blob | null>((done) => canvas.toBlob(done, mime, QUALITY));
  let blob = await toBlob(plan.mime);
  if (blob && plan.mime === "image/png" && tooLargeLossless(blob.size, transparent)) blob = await toBlob("image/jpeg");
  if (!blob) return null;
  const name = renameFor(file.name, blob.type);
  return { blob, name, mime: blob.type, width: plan.width, height: plan.height, animated: false, anonymous: true };
}

function hasTransparency(bitmap: ImageBitmap): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(64, bitmap.width);
  canvas.height = Math.min(64, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return true;
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 255) < 250) return true;
  return false;
}
