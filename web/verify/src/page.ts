/** The page: a package and a key in, what holds and what does not out. Nothing leaves it. */
import "./page.css";
import { h } from "./dom.ts";
import { outcome } from "./outcome.ts";
import { verify, type Verdict } from "./verify.ts";
import { preferred, say, type Language } from "./words.ts";

interface Chosen {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const page = document.getElementById("page") as HTMLElement;
let language: Language = preferred(navigator.languages);
let file: Chosen | null = null;
let key = "";
let heads: Uint8Array<ArrayBuffer>[] = [];
let answer: HTMLElement[] = [];
let verdict: Verdict | null = null;
/** Which run is the newest; an older one that ends later says nothing. */
let run = 0;

async function read(from: File): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await from.arrayBuffer());
}

async function judge(): Promise<void> {
  if (!file) return;
  const own = ++run;
  const results = document.getElementById("results");
  results?.replaceChildren(h("p", { class: "busy" }, say(language, "verify.busy")));
  try {
    verdict = await verify(file.bytes, { key: key.trim() || undefined, heads });
    if (own !== run) return;
    answer = outcome(verdict, language);
  } catch {
    // Not a word about the package: what failed is the browser.
    verdict = null;
    answer = [h("section", { class: "outcome agrees", role: "status" }, h("p", {}, say(language, "verify.unable")))];
  }
  if (own === run) results?.replaceChildren(...answer);
}

async function choose(chosen: File | undefined): Promise<void> {
  if (!chosen) return;
  file = { name: chosen.name, bytes: await read(chosen) };
  document.getElementById("chosen")?.replaceChildren(chosenWords());
  await judge();
}

function chosenWords(): string {
  if (!file) return say(language, "verify.package.none");
  return say(language, "verify.package.chosen", { name: file.name, size: Math.ceil(file.bytes.length / 1024) });
}

function packageField(): HTMLElement {
  const input = h("input", { type: "file", id: "package", class: "hidden", accept: ".zip,application/zip", "aria-describedby": "chosen", change: () => void choose(input.files?.[0]) });
  const field = h(
    "div",
    { class: "drop" },
    input,
    h("label", { for: "package" }, h("strong", {}, say(language, "verify.package")), h("span", { class: "pick" }, say(language, "verify.package.pick"))),
    h("p", { id: "chosen", class: "hint" }, chosenWords()),
  );
  field.addEventListener("dragover", (event) => {
    event.preventDefault();
    field.classList.add("over");
  });
  field.addEventListener("dragleave", () => field.classList.remove("over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("over");
    void choose(event.dataTransfer?.files[0]);
  });
  return field;
}

function keyField(): HTMLElement {
  const input = h("textarea", { id: "key", rows: 2, spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-describedby": "key-hint" });
  input.value = key;
  input.addEventListener("input", () => {
    key = input.value;
    void judge();
  });
  return h("div", {}, h("label", { for: "key" }, h("strong", {}, say(language, "verify.key"))), input, h("p", { id: "key-hint", class: "hint" }, say(language, "verify.key.hint")));
}

function headsField(): HTMLElement {
  const told = h("p", { class: "hint", id: "heads-hint" }, say(language, "verify.heads.hint"));
  const input = h("input", { type: "file", id: "heads", class: "hidden", multiple: true, "aria-describedby": "heads-hint" });
  input.addEventListener("change", () => {
    void Promise.all([...(input.files ?? [])].map(read)).then((notes) => {
      heads = notes;
      told.replaceChildren(say(language, "verify.heads.chosen", { count: notes.length }));
      return judge();
    });
  });
  return h("details", {}, h("summary", {}, say(language, "verify.heads")), input, h("label", { for: "heads" }, h("span", { class: "pick" }, say(language, "verify.heads.pick"))), told);
}

function limits(): HTMLElement {
  const items = ["key", "later", "clock", "unwritten"].map((name) => h("li", {}, say(language, `verify.limits.${name}`)));
  return h("section", { class: "limits" }, h("h2", {}, say(language, "verify.limits")), h("ul", {}, ...items));
}

function draw(): void {
  document.documentElement.lang = language;
  document.title = say(language, "verify.title");
  const other: Language = language === "de" ? "en" : "de";
  const turn = () => {
    language = other;
    answer = verdict ? outcome(verdict, language) : [];
    draw();
    document.getElementById("language")?.focus();
  };
  page.replaceChildren(
    h(
      "header",
      {},
      h("h1", {}, say(language, "verify.title")),
      h("button", { type: "button", id: "language", lang: other, click: turn }, say(language, "verify.language")),
    ),
    h("p", { class: "lead" }, say(language, "verify.lead")),
    h("form", { submit: (event) => event.preventDefault() }, packageField(), keyField(), headsField()),
    h("div", { id: "results", "aria-live": "polite" }, ...answer),
    limits(),
    // A page that was saved is there already.
    location.protocol.startsWith("http") ? h("footer", {}, h("a", { href: location.pathname, download: "verify.html" }, say(language, "verify.save"))) : "",
  );
}

draw();
