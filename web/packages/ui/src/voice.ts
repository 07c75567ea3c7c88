// Records a voice message. The format order is what most players can play: mp4, then webm, then ogg.

const FORMATS = [
  { mime: "audio/mp4", ending: "m4a" },
  { mime: "audio/webm;codecs=opus", ending: "webm" },
  { mime: "audio/webm", ending: "webm" },
  { mime: "audio/ogg;codecs=opus", ending: "ogg" },
];
export const LONGEST_S = 600;

/** The format this browser records in; null when it cannot. Pure but for the given question. */
export function voiceFormat(supported: (mime: string) => boolean): { mime: string; ending: string } | null {
  return FORMATS.find(({ mime }) => supported(mime)) ?? null;
}

export function canRecord(): boolean {
  return (
    typeof MediaRecorder !== "undefined" &&
    Boolean(navigator.mediaDevices?.getUserMedia) &&
    voiceFormat((mime) => MediaRecorder.isTypeSupported(mime)) !== null
  );
}

export interface Recording {
  /** Ends the recording; null when nothing was heard. */
  stop(): Promise<File | null>;
  /** Throws the recording away and lets go of the microphone. */
  discard(): void;
}

/** Asks for the microphone and begins. Rejects with the browser's reason when it is refused. */
export async function startRecording(name: string): Promise<Recording> {
  const format = voiceFormat((mime) => MediaRecorder.isTypeSupported(mime));
  if (!format) throw new DOMException("no format", "NotSupportedError");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  const recorder = new MediaRecorder(stream, { mimeType: format.mime, audioBitsPerSecond: 32_000 });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => {
    if (data.size > 0) parts.push(data);
  });
  const release = () => stream.getTracks().forEach((track) => track.stop());
  recorder.start(1000);
  return {
    stop: () =>
      new Promise((resolve) => {
        const finish = () => {
          release();
          const mime = format.mime.split(";")[0] ?? format.mime;
          resolve(parts.length > 0 ? new File(parts, `${name}.${format.ending}`, { type: mime }) : null);
        };
        if (recorder.state === "inactive") finish();
        else {
          recorder.addEventListener("stop", finish, { once: true });
          recorder.stop();
        }
      }),
    discard: () => {
      if (recorder.state !== "inactive") recorder.stop();
      release();
    },
  };
}
