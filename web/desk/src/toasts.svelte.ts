/** Short messages at the lower edge; the newest one may offer to undo what was just done. */

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "danger";
  undo?: () => void;
}

const SHOWN_MS = 6_000;
const UNDO_MS = 10_000;

let list = $state.raw<Toast[]>([]);
let nextId = 1;

export const toasts = {
  get list() {
    return list;
  },
  say(text: string, options: { tone?: Toast["tone"]; undo?: () => void } = {}): void {
    const toast: Toast = { id: nextId++, text, tone: options.tone ?? "plain", ...(options.undo ? { undo: options.undo } : {}) };
    list = [...list.slice(-2), toast];
    setTimeout(() => toasts.dismiss(toast.id), options.undo ? UNDO_MS : SHOWN_MS);
  },
  dismiss(id: number): void {
    list = list.filter((toast) => toast.id !== id);
  },
  /** Takes back the newest thing that can be taken back. */
  undo(): boolean {
    const last = list.findLast((toast) => toast.undo);
    if (!last) return false;
    toasts.dismiss(last.id);
    last.undo?.();
    return true;
  },
};
