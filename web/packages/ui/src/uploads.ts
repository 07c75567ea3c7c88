// Uploads one file with progress. XMLHttpRequest, because fetch cannot tell how much has been sent.
import { ApiError, OfflineError, toProblem } from "@tresen/api/client";
import type { Attachment } from "@tresen/api";

export interface Upload {
  /** Without a query; the name is added. */
  url: string;
  blob: Blob;
  name: string;
  mime: string;
  /** Recorded here and now: the server may show it as a voice message. */
  voice?: boolean;
  headers?: Record<string, string>;
  /** 0 to 1 */
  onprogress?: (share: number) => void;
  signal?: AbortSignal;
}

export function uploadAttachment(upload: Upload): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: upload.name, ...(upload.voice ? { kind: "voice" } : {}) });
    request.open("POST", `${upload.url}?${query.toString()}`);
    request.setRequestHeader("Content-Type", upload.mime || "application/octet-stream");
    for (const [name, value] of Object.entries(upload.headers ?? {})) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) upload.onprogress?.(loaded / total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        upload.onprogress?.(1);
        resolve(JSON.parse(request.responseText) as Attachment);
        return;
      }
      const after = Number(request.getResponseHeader("Retry-After") ?? NaN);
      reject(new ApiError(toProblem(request.status, request.responseText), Number.isFinite(after) ? after : null));
    });
    const offline = () => reject(new OfflineError("upload did not arrive"));
    request.addEventListener("error", offline);
    request.addEventListener("timeout", offline);
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    upload.signal?.addEventListener("abort", () => request.abort());
    request.send(upload.blob);
  });
}
