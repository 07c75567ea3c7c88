/** The outcome as people read it: one sentence first, then every check, then what the package shows. */
import { h } from "./dom.ts";
import { CHECKS, type Check, type RecordSummary, type Verdict } from "./verify.ts";
import { moment, say, type Language } from "./words.ts";

/** More of the same helps nobody. */
const REASONS_SHOWN = 5;

function head(verdict: Verdict, language: Language): HTMLElement {
  const outcome = !verdict.holds ? "fails" : verdict.key?.isTrusted ? "holds" : "agrees";
  const facts = h("dl");
  const fact = (name: string, value: string | undefined, code = false) => {
    if (value) facts.append(h("dt", {}, say(language, name)), h("dd", { class: code ? "code" : null }, value));
  };
  fact("verify.installation", verdict.key?.name);
  fact("verify.created", verdict.created ? moment(verdict.created) : undefined);
  fact("verify.fingerprint", verdict.key?.fingerprint, true);
  return h(
    "section",
    { class: `outcome ${outcome}`, role: "status" },
    h("h2", {}, say(language, `verify.${outcome}`)),
    h("p", {}, say(language, `verify.${outcome}.text`)),
    facts,
  );
}

function sentence(check: Check, verdict: Verdict, language: Language): string {
  if (check.name === "key" && check.wrong.length === 0 && !verdict.key?.isTrusted) return say(language, "verify.check.key.unknown");
  if (check.name === "anchors" && check.count === 0) return say(language, "verify.check.anchors.none");
  return say(language, `verify.check.${check.name}`);
}

function line(check: Check, verdict: Verdict, language: Language): HTMLElement {
  const isGood = check.wrong.length === 0;
  // Nothing was given to compare with: neither right nor wrong.
  const isOpen = isGood && check.name === "anchors" && check.count === 0;
  const reasons = check.wrong.slice(0, REASONS_SHOWN);
  const more = check.wrong.length - reasons.length;
  return h(
    "li",
    { class: isOpen ? "open" : isGood ? "good" : "bad" },
    h("span", { class: "mark", "aria-hidden": "true" }, isOpen ? "–" : isGood ? "✓" : "×"),
    !isOpen && h("span", { class: "hidden" }, `${say(language, isGood ? "verify.good" : "verify.bad")}: `),
    h("span", {}, sentence(check, verdict, language)),
    !isGood &&
      h(
        "ul",
        {},
        // What programs say of it is English in either language.
        ...reasons.map(({ path, reason }) => h("li", { lang: "en" }, path ? h("code", {}, path) : null, path ? ": " : null, reason)),
        more > 0 && h("li", {}, say(language, "verify.more", { count: more })),
      ),
  );
}

function record(summary: RecordSummary, language: Language): HTMLElement {
  const last = summary.events.at(-1);
  const channel = say(language, `verify.channel.${summary.channel}`);
  const state = say(language, `verify.state.${summary.state}`);
  return h(
    "article",
    {},
    h("h3", {}, say(language, "verify.record", { purpose: summary.purpose, channel })),
    h("p", {}, say(language, "verify.record.state", { state, at: last ? moment(last.at) : "" })),
    h("dl", {}, h("dt", {}, say(language, "verify.record.person")), h("dd", { class: "code" }, summary.subject)),
    ...summary.notices.flatMap((notice) => [
      h("h4", {}, say(language, "verify.record.text", { version: notice.version })),
      h("blockquote", { lang: notice.locale }, h("p", {}, notice.text), h("p", {}, notice.withdrawal.text)),
    ]),
    h("h4", {}, say(language, "verify.record.history")),
    h(
      "ol",
      { class: "history" },
      ...summary.events.map(({ event, at, words }) =>
        h("li", {}, h("span", { class: "when" }, moment(at)), h("span", {}, say(language, `verify.event.${event}`), words ? h("q", {}, words) : null)),
      ),
    ),
  );
}

export function outcome(verdict: Verdict, language: Language): HTMLElement[] {
  const checks = CHECKS.flatMap((name) => verdict.checks.find((check) => check.name === name) ?? []);
  return [
    head(verdict, language),
    h("section", {}, h("h2", {}, say(language, "verify.checks")), h("ul", { class: "checks" }, ...checks.map((check) => line(check, verdict, language)))),
    ...(verdict.records.length > 0
      ? [
          h(
            "section",
            {},
            h("h2", {}, say(language, "verify.shown")),
            !verdict.holds && h("p", { class: "caution" }, say(language, "verify.shown.unproven")),
            ...verdict.records.map((summary) => record(summary, language)),
          ),
        ]
      : []),
  ];
}
