// A phone's photo as it comes out of a camera: a JPEG with the place it was taken in its EXIF.
import type { Page } from "@playwright/test";

/** Longitude and latitude of no shop: the point where two degrees meet in the North Sea. */
const GPS_MARK = "tresen-e2e-camera";

function exifSegment(): Buffer {
  // A little-endian TIFF with two directories: camera name, and a GPS latitude of 54° N.
  const tiff = Buffer.alloc(128);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16LE(tag, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(count, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  };
  tiff.writeUInt16LE(2, 8);
  entry(10, 0x010f, 2, GPS_MARK.length + 1, 96); // Make
  entry(22, 0x8825, 4, 1, 40); // the GPS directory
  tiff.writeUInt16LE(2, 40);
  entry(42, 0x0001, 2, 2, 0x4e); // latitude reference "N"
  entry(54, 0x0002, 5, 3, 72);
  for (const [place, value] of [54, 1, 0, 1, 0, 1].entries()) tiff.writeUInt32LE(value, 72 + place * 4);
  tiff.write(`${GPS_MARK}\0`, 96, "latin1");
  const head = Buffer.from([0xff, 0xe1, 0, 0, ...Buffer.from("Exif\0\0", "latin1")]);
  head.writeUInt16BE(head.length - 2 + tiff.length, 2);
  return Buffer.concat([head, tiff]);
}

/** Whether these bytes still tell where, when or with what they were taken. */
export function tellsPlace(bytes: Buffer): boolean {
  return bytes.includes("Exif\0\0", 0, "latin1") || bytes.includes(GPS_MARK, 0, "latin1");
}

/** Draws a picture of this size in the given page and adds the camera's words. */
export async function cameraPhoto(page: Page, width = 4000, height = 3000): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const brush = canvas.getContext("2d");
      if (!brush) throw new Error("no canvas");
      const sky = brush.createLinearGradient(0, 0, width, height);
      sky.addColorStop(0, "#d9b48f");
      sky.addColorStop(1, "#5d3a22");
      brush.fillStyle = sky;
      brush.fillRect(0, 0, width, height);
      for (let i = 0; i < 400; i += 1) {
        brush.fillStyle = `hsl(${(i * 37) % 60} 45% ${30 + (i % 40)}% / 0.5)`;
        brush.fillRect((i * 977) % width, (i * 613) % height, width / 14, height / 18);
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return btoa(text);
    },
    [width, height] as const,
  );
  const jpeg = Buffer.from(base64, "base64");
  return Buffer.concat([jpeg.subarray(0, 2), exifSegment(), jpeg.subarray(2)]);
}

/** Some frames of a canvas that changes its colour, as a browser records them. */
export async function recordedVideo(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [160, 120];
    const paint = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.start();
    for (let turn = 0; turn < 30; turn += 1) {
      if (paint) {
        paint.fillStyle = turn % 2 ? "teal" : "tan";
        paint.fillRect(0, 0, 160, 120);
      }
      await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""));
  });
  return Buffer.from(base64, "base64");
}
