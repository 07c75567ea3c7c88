// The launcher on the company's own page. Fetches nothing and stores nothing before the tap.
//
//   <script src="https://chat.example/chat.js" data-entry="laden" async></script>
//   optional: data-lang="de|en", data-side="left|right", data-label="…"
//
// Looks follow custom properties on :root or on the element <div data-tresen>: --tresen-accent,
// --tresen-on-accent, --tresen-size, --tresen-radius, --tresen-z, --tresen-font.
// Works under a strict Content-Security-Policy: styles are a constructed sheet, there is no markup
// in strings. The page needs `script-src` and `frame-src` for the chat's address.
//
// window.tresen: open(), close(), on("open"|"close"|"unread"|"sent", fn) → undo, destroy().

type Name = "open" | "close" | "unread" | "sent";
type Listener = (detail?: number) => void;
interface Verbs {
  open(): void;
  close(): void;
  on(name: Name, listener: Listener): () => void;
  destroy(): void;
}

const MARK = "tresen";
/** From a frame's load to its first word; a slow one may still speak later. */
const PATIENCE_MS = 4_000;
// An element of the page may be called `currentScript` or `tresen`; only what is ours counts.
const current = document.currentScript;
const script = current instanceof HTMLScriptElement ? current : document.querySelector<HTMLScriptElement>("script[data-entry]");
const known = window as unknown as { tresen?: Verbs };

const WORDS = {
  de: { open: "Chat öffnen", close: "Chat schließen", title: "Chat", one: "neue Nachricht", many: "neue Nachrichten", away: "Der Chat lässt sich auf dieser Seite nicht zeigen. ", visit: "In eigenem Fenster öffnen" },
  en: { open: "Open chat", close: "Close chat", title: "Chat", one: "new message", many: "new messages", away: "The chat cannot be shown on this page. ", visit: "Open in its own window" },
};
const STYLE = `:host{all:initial;position:fixed;z-index:var(--tresen-z,2147483000);inset:0;pointer-events:none;
font:500 1rem/1.2 var(--tresen-font,system-ui,sans-serif);--a:var(--tresen-accent,#00616a);--o:var(--tresen-on-accent,#fff);--s:var(--tresen-size,60px)}
button,iframe,p{position:absolute;bottom:20px;right:20px;pointer-events:auto}
.left button,.left iframe,.left p{right:auto;left:20px}
button{box-sizing:border-box;width:var(--s);height:var(--s);min-width:44px;min-height:44px;padding:0;border:0;border-radius:var(--tresen-radius,50%);background:var(--a);color:var(--o);cursor:pointer;box-shadow:0 4px 14px -2px #141e2352,0 1px 3px #141e232e}
button:focus-visible{outline:3px solid #fff;outline-offset:0;box-shadow:0 0 0 6px #2171cc}
svg{display:block;width:45%;height:45%;margin:auto;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
span{position:absolute;top:-4px;right:-4px;min-width:22px;box-sizing:border-box;padding:0 6px;border-radius:11px;background:#ae2322;color:#fff;font-size:13px;line-height:22px;text-align:center}
[hidden]{display:none}
iframe{box-sizing:border-box;bottom:calc(32px + var(--s));width:400px;height:min(704px,calc(100% - 52px - var(--s)));border:1px solid #8a867c66;border-radius:14px;background:Canvas;box-shadow:0 18px 48px -8px #141e2347}
p{box-sizing:border-box;bottom:calc(32px + var(--s));width:min(320px,calc(100% - 40px));margin:0;padding:16px;border:1px solid #8a867c;border-radius:14px;background:Canvas;color:CanvasText;line-height:1.4}
a{color:LinkText}
@media (max-width:479px),(max-height:479px){iframe,.left iframe{inset:0;width:100%;height:100%;border:0;border-radius:0}.open button{display:none}}
@media (prefers-reduced-motion:no-preference){button{transition:transform .12s}button:hover{transform:scale(1.04)}}
@media (forced-colors:active){button{border:2px solid}}`;
const BUBBLE = "M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719";
const ARROW = "m6 9 6 6 6-6";

const element = <K extends keyof HTMLElementTagNameMap>(name: K) => document.createElement(name);

/** The launcher's elements inside their own shadow root; the page's styles do not reach them. */
function build(side: string | undefined) {
  const host = element("div");
  host.dataset[MARK] = "";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const box = element("div");
  box.className = side === "left" ? "left" : "";
  const button = element("button");
  button.type = "button";
  const badge = element("span");
  badge.setAttribute("aria-hidden", "true");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  svg.append(path);
  button.append(svg, badge);
  box.append(button);
  root.append(box);
  return { host, box, button, badge, path };
}

function listenersOf() {
  const all = new Set<[Name, Listener]>();
  return {
    tell: (name: Name, detail?: number) => all.forEach(([wanted, listener]) => wanted === name && listener(detail)),
    add: (name: Name, listener: Listener) => {
      const pair: [Name, Listener] = [name, listener];
      all.add(pair);
      return () => void all.delete(pair);
    },
    clear: () => all.clear(),
  };
}

const spokenCount = (unread: number, words: { one: string; many: string }) =>
  unread > 0 ? `, ${unread} ${unread === 1 ? words.one : words.many}` : "";

/** The language of the launcher's own few words. */
function wordsFor(lang: string | undefined) {
  const wish = lang ?? (document.documentElement.lang || navigator.language);
  return wish.toLowerCase().startsWith("de") ? WORDS.de : WORDS.en;
}

function makeFrame(base: string, entry: string, title: string, lang: string | undefined) {
  const frame = element("iframe");
  frame.title = title;
  frame.allow = "microphone; clipboard-write";
  frame.src = `${base}/c/${encodeURIComponent(entry)}?embed=1${lang ? `&lang=${encodeURIComponent(lang)}` : ""}`;
  return frame;
}

/**
 * What is said where the browser refused the frame: it does not tell the page, the frame loads and
 * then nobody speaks. The chat's own page still works, and the site's owner reads what is missing.
 */
function makeExcuse(words: { away: string; visit: string }, base: string, entry: string) {
  console.warn(`Tresen: the chat does not answer. Is ${location.origin} named among the websites of the entry "${entry}" (Settings, Channels)?`);
  const excuse = element("p");
  excuse.setAttribute("role", "status");
  const link = element("a");
  link.href = `${base}/c/${encodeURIComponent(entry)}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = words.visit;
  excuse.append(words.away, link);
  return excuse;
}

/** Speaks for a frame from which nothing is heard, until something is. */
function silenceIn(box: HTMLElement, make: () => HTMLElement, draw: () => void) {
  let ended = false;
  const state = {
    excuse: null as HTMLElement | null,
    watch: () =>
      setTimeout(() => {
        if (ended) return;
        box.prepend((state.excuse ??= make()));
        draw();
      }, PATIENCE_MS),
    end() {
      ended = true;
      if (!state.excuse) return;
      state.excuse.remove();
      state.excuse = null;
      draw();
    },
  };
  return state;
}

function listen(heard: (event: MessageEvent) => void, pressed: (event: KeyboardEvent) => void) {
  addEventListener("message", heard);
  addEventListener("keydown", pressed);
  return () => {
    removeEventListener("message", heard);
    removeEventListener("keydown", pressed);
  };
}

function begin(tag: HTMLScriptElement): Verbs {
  const { entry = "", lang, side, label } = tag.dataset;
  const base = new URL(tag.src).origin;
  const words = wordsFor(lang);
  const { host, box, button, badge, path } = build(side);
  const listeners = listenersOf();
  const silence = silenceIn(box, () => makeExcuse(words, base, entry), draw);
  let frame: HTMLIFrameElement | null = null;
  let shown = false;
  // Before the chat's page is there, a message would go to an empty frame of another origin.
  let ready = false;
  let unread = 0;
  function draw() {
    badge.hidden = unread === 0 || shown;
    badge.textContent = unread > 99 ? "99+" : `${unread}`;
    button.setAttribute("aria-label", shown ? words.close : (label ?? words.open) + spokenCount(unread, words));
    button.setAttribute("aria-expanded", `${shown}`);
    path.setAttribute("d", shown ? ARROW : BUBBLE);
    box.classList.toggle("open", shown && !silence.excuse);
    for (const part of [frame, silence.excuse]) if (part) part.hidden = !shown || (part === frame && !!silence.excuse);
  }
  function tellFrame() {
    frame?.contentWindow?.postMessage({ from: MARK, type: shown ? "opened" : "closed" }, base);
  }
  function show(next: boolean) {
    if (shown === next) return;
    shown = next;
    if (next && !frame) {
      frame = makeFrame(base, entry, words.title, lang);
      frame.addEventListener("load", silence.watch);
      box.prepend(frame);
    }
    draw();
    (next ? frame : button)?.focus();
    if (ready) tellFrame();
    listeners.tell(next ? "open" : "close");
  }
  function heard({ source, origin, data }: MessageEvent) {
    if (!frame || source !== frame.contentWindow || origin !== base || data?.from !== MARK) return;
    const { type, count } = data as { type: string; count: number };
    silence.end();
    if (type === "close") show(false);
    if (type === "ready") {
      ready = true;
      if (shown) frame.focus();
      else tellFrame();
    }
    if (type === "sent") listeners.tell("sent");
    if (type === "unread" && Number.isFinite(count) && count !== unread) {
      unread = count;
      draw();
      listeners.tell("unread", count);
    }
  }
  const escape = (event: KeyboardEvent) => event.key === "Escape" && !event.defaultPrevented && show(false);
  button.addEventListener("click", () => show(!shown));
  const deafen = listen(heard, escape);
  draw();
  document.body.append(host);
  return {
    open: () => show(true),
    close: () => show(false),
    on: listeners.add,
    destroy() {
      deafen();
      listeners.clear();
      host.remove();
      delete known.tresen;
    },
  };
}

// A page that loads the script twice still has one launcher.
if (script?.dataset["entry"]) {
  const run = () => void (Object.hasOwn(known, MARK) || (known.tresen = begin(script)));
  if (document.body) run();
  else addEventListener("DOMContentLoaded", run);
}
