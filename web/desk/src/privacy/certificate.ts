/** The signed certificate of an erasure, as a file that outlives this house. */
import type { Erasure } from "@tresen/api";

const KEPT_MS = 30_000;

export function saveCertificate(erasure: Erasure): void {
  if (!erasure.certificate) return;
  const url = URL.createObjectURL(new Blob([erasure.certificate], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${erasure.id}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
