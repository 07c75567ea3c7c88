/** Files on their way into a draft: pictures are made small first, then the channel's limits are asked. */
import { currentLanguage, t } from "@tresen/i18n";
import type { Capabilities } from "@tresen/api";
import { byteSize } from "@tresen/ui/formats.ts";
import { shrinkPicture } from "@tresen/ui/shrink.ts";
import type { TrayItem } from "@tresen/ui/AttachmentTray.svelte";
import { type DraftFile, drafts } from "../drafts.svelte.ts";
import { newId } from "../sending.svelte.ts";
import { verdictOf } from "../state/verdict.ts";
import type { Thread } from "../thread.svelte.ts";
import { toasts } from "../toasts.svelte.ts";

const MOST_FILES = 10;

export async function addFiles(thread: Thread, files: readonly File[]): Promise<void> {
  if (drafts.modeOf(thread.id) === "note") {
    toasts.say(t("desk.composer.note.files"));
    return;
  }
  for (const file of files) {
    const before = drafts.get(thread.id, "reply").files;
    if (before.length >= MOST_FILES) {
      toasts.say(t("desk.composer.files.most", { count: MOST_FILES }));
      return;
    }
    const ready = await prepare(file);
    // Read again: the reader may have removed or added something meanwhile.
    drafts.set(thread.id, "reply", { files: [...drafts.get(thread.id, "reply").files, ready] });
  }
}

async function prepare(file: File): Promise<DraftFile> {
  const mime = file.type || "application/octet-stream";
  if (!mime.startsWith("image/")) return { key: newId(), name: file.name, mime, blob: file };
  const { anonymous: _, ...picture } = await shrinkPicture(file);
  return { key: newId(), ...picture };
}

export function removeFile(thread: Thread, key: string): void {
  const { files } = drafts.get(thread.id, "reply");
  drafts.set(thread.id, "reply", { files: files.filter((file) => file.key !== key) });
}

/** Why the channel would refuse the file, in words; null when it takes it. */
export function objection(file: DraftFile, capabilities: Capabilities | undefined, channel: string): string | null {
  if (!capabilities) return null;
  const verdict = verdictOf({ type: file.mime, size: file.blob.size }, capabilities.attachments);
  if (verdict.fits) return null;
  if (verdict.why === "type") return t("desk.composer.file.type", { channel });
  return t("desk.composer.file.size", { channel, max: byteSize(verdict.maxBytes, currentLanguage()) });
}

const previews = new WeakMap<Blob, string>();

/** One object URL per blob; the browser frees it with the page. Drafts are few. */
function previewOf(file: DraftFile): string | undefined {
  if (!/^(image|audio)\//.test(file.mime)) return undefined;
  const known = previews.get(file.blob) ?? URL.createObjectURL(file.blob);
  previews.set(file.blob, known);
  return known;
}

export function trayItems(files: readonly DraftFile[], capabilities: Capabilities | undefined, channel: string): TrayItem[] {
  return files.map((file) => {
    const preview = previewOf(file);
    const error = objection(file, capabilities, channel);
    return {
      key: file.key,
      name: file.name,
      mime: file.mime,
      size: file.blob.size,
      ...(preview ? { preview } : {}),
      ...(file.animated ? { animated: true } : {}),
      ...(error ? { error } : {}),
    };
  });
}
