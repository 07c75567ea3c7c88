// Talks with the loader of the embedding page. Only counts and states cross, never content.

export interface Embedding {
  /** Whether the widget is open; a closed one counts what arrives. */
  readonly open: boolean;
  tell(message: { type: "ready" | "close" } | { type: "unread"; count: number } | { type: "sent" }): void;
}

const MARK = "tresen";

export function embedIn(parent: Window, onchange: (open: boolean) => void): Embedding {
  const state = { open: true };
  window.addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    if (source !== parent || typeof data !== "object" || data === null) return;
    const { from, type } = data as { from?: unknown; type?: unknown };
    if (from !== MARK || (type !== "opened" && type !== "closed")) return;
    state.open = type === "opened";
    onchange(state.open);
  });
  // The page is here, even if what it shows is that the house is away.
  parent.postMessage({ from: MARK, type: "here" }, "*");
  return {
    get open() {
      return state.open;
    },
    // Any page that may embed us (frame-ancestors) may know a count.
    tell: (message) => parent.postMessage({ from: MARK, ...message }, "*"),
  };
}
