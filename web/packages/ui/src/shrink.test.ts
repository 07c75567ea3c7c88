import { describe, expect, it } from "vitest";
import { isAnimated, planPicture, renameFor, tooLargeLossless } from "./shrink.ts";
import { voiceFormat } from "./voice.ts";

const photo = { mime: "image/jpeg", width: 4000, height: 3000, animated: false, transparent: false };
const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("planPicture", () => {
  it("brings the long edge to 2048 px and keeps the proportions", () => {
    expect(planPicture(photo)).toEqual({ keep: false, mime: "image/jpeg", width: 2048, height: 1536 });
    expect(planPicture({ ...photo, width: 900, height: 12_000 })).toMatchObject({ width: 154, height: 2048 });
  });
  it("encodes small pictures again too: that is what removes the place", () => {
    expect(planPicture({ ...photo, width: 640, height: 480 })).toEqual({ keep: false, mime: "image/jpeg", width: 640, height: 480 });
  });
  it("keeps transparency", () => {
    expect(planPicture({ ...photo, mime: "image/webp", transparent: true })).toMatchObject({ mime: "image/png" });
    expect(planPicture({ ...photo, mime: "image/webp" })).toMatchObject({ mime: "image/jpeg" });
    expect(planPicture({ ...photo, mime: "image/png" })).toMatchObject({ mime: "image/png" });
  });
  it("leaves alone what moves", () => {
    expect(planPicture({ ...photo, mime: "image/gif" })).toEqual({ keep: true });
    expect(planPicture({ ...photo, mime: "image/webp", animated: true })).toEqual({ keep: true });
  });
  it("turns a huge lossless photo into a JPEG, but never a transparent one", () => {
    expect(tooLargeLossless(6_000_000, false)).toBe(true);
    expect(tooLargeLossless(6_000_000, true)).toBe(false);
    expect(tooLargeLossless(200_000, false)).toBe(false);
  });
});

describe("isAnimated", () => {
  it("knows GIF, animated PNG and animated WebP", () => {
    expect(isAnimated(bytes("GIF89a"), "image/gif")).toBe(true);
    expect(isAnimated(bytes("\x89PNG....IHDR....acTL....IDAT"), "image/png")).toBe(true);
    expect(isAnimated(bytes("\x89PNG....IHDR....IDAT..acTL"), "image/png")).toBe(false);
    expect(isAnimated(bytes("RIFF....WEBPVP8X....ANIM"), "image/webp")).toBe(true);
    expect(isAnimated(bytes("RIFF....WEBPVP8 ...."), "image/webp")).toBe(false);
  });
});

describe("names and formats", () => {
  it("gives the new ending", () => {
    expect(renameFor("IMG_1.HEIC", "image/jpeg")).toBe("IMG_1.jpg");
    expect(renameFor("Tasche.v2 neu", "image/png")).toBe("Tasche.v2 neu.png");
    expect(renameFor(".webp", "image/jpeg")).toBe("image.jpg");
  });
  it("prefers mp4, then webm, then ogg", () => {
    expect(voiceFormat(() => true)?.mime).toBe("audio/mp4");
    expect(voiceFormat((mime) => mime.includes("webm"))?.ending).toBe("webm");
    expect(voiceFormat((mime) => mime.includes("ogg"))?.ending).toBe("ogg");
    expect(voiceFormat(() => false)).toBeNull();
  });
});
