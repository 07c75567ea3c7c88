/** Whether a channel takes a file, and if not, why. Limits come from the composer's capabilities. */
import type { AttachmentKind, Capabilities } from "@tresen/api";

export type Verdict =
  | { fits: true }
  | { fits: false; why: "type"; allowed: string[] }
  | { fits: false; why: "size"; maxBytes: number };

type Rule = Capabilities["attachments"][number];

export function verdictOf(file: { type: string; size: number }, rules: readonly Rule[]): Verdict {
  const matching = rules.filter((rule) => rule.mimes.some((mime) => covers(mime, file.type)));
  // A picture that is too big as a picture may still go as a plain file, but then it is not
  // shown as one; the first rule, the one of its own kind, decides.
  const rule = matching.find((r) => r.kind === kindOf(file.type)) ?? matching[0];
  if (!rule) return { fits: false, why: "type", allowed: rules.flatMap((r) => r.mimes) };
  if (file.size > rule.max_bytes) return { fits: false, why: "size", maxBytes: rule.max_bytes };
  return { fits: true };
}

export function kindOf(mime: string): AttachmentKind {
  const top = mime.split("/")[0];
  return top === "image" || top === "video" || top === "audio" ? top : "file";
}

function covers(pattern: string, mime: string): boolean {
  if (pattern === "*/*" || pattern === "*") return true;
  const bare = mime.split(";")[0]?.trim().toLowerCase() ?? "";
  if (pattern.endsWith("/*")) return bare.startsWith(pattern.slice(0, -1));
  return pattern.toLowerCase() === bare;
}
