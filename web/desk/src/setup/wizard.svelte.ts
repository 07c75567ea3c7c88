/** The wizard's answers and where it stands. Going back keeps everything. */
import { t } from "@tresen/i18n";
import type { Entry, SetupDone, SetupNeeded } from "@tresen/api";
import { ApiError } from "@tresen/api/client";
import { prefs } from "../prefs.svelte.ts";
import { api, auth, isOffline, sentenceOf } from "../session.svelte.ts";
import { type Answers, faultsOf, slugOf, type Step, stepOf, STEPS } from "../state/setup.ts";
import { forgetAnswers, keepAnswers, keptAnswers } from "./keep.ts";

export type Stage = Step | "finished" | "no-token" | "bad-token" | "not-needed";

export class Wizard {
  answers = $state<Answers>({
    company: { name: "", country: "DE" },
    owner: { name: "", email: "", password: "" },
    chat: { slug: "", title: "" },
    privacy: { controller: "", contact_email: "", retention_days: 90 },
  });
  stage = $state<Stage>("company");
  errors = $state.raw<Record<string, string>>({});
  problem = $state<string | null>(null);
  busy = $state(false);
  entry = $state.raw<Entry | null>(null);
  /** The link printed by the server carries it behind "#": so it never reaches a log. */
  readonly #token = decodeURIComponent(location.hash.slice(1));

  constructor() {
    const kept = keptAnswers();
    if (!kept) return;
    this.answers = kept.answers;
    this.stage = kept.step;
  }

  async begin(): Promise<void> {
    if (this.stage === "finished") return;
    const needed = await api.get<SetupNeeded>("/setup").then((answer) => answer.needed, () => true);
    if (!needed) this.stage = "not-needed";
    else if (!this.#token) this.stage = "no-token";
  }

  /** Called whenever an answer changed. */
  keep(): void {
    if (this.place >= 0) keepAnswers(this.stage as Step, $state.snapshot(this.answers));
  }

  get place(): number {
    return STEPS.indexOf(this.stage as Step);
  }

  /** Checks this page and goes on; the last page asks the server. */
  async next(): Promise<void> {
    const step = this.stage as Step;
    const faults = faultsOf(step, this.answers);
    this.errors = Object.fromEntries(Object.entries(faults).map(([field, fault]) => [field, t(`desk.setup.fault.${fault}`)]));
    this.problem = null;
    if (Object.keys(faults).length > 0) return;
    this.#suggest(step);
    const following = STEPS[this.place + 1];
    if (following) this.goTo(following);
    else await this.#finish();
  }

  /** An error that was mended goes away while typing; new ones wait for "continue". */
  recheck(): void {
    const faults = faultsOf(this.stage as Step, this.answers);
    const still = Object.entries(this.errors).filter(([field]) => field in faults);
    if (still.length < Object.keys(this.errors).length) this.errors = Object.fromEntries(still);
  }

  back(): void {
    history.back();
  }

  goTo(step: Stage, remember = true): void {
    this.stage = step;
    if (remember) history.pushState({ step }, "", location.href);
  }

  /** What follows from an answer, unless something else was already given. */
  #suggest(step: Step): void {
    const { company, owner, chat, privacy } = this.answers;
    if (step === "company") {
      chat.title ||= company.name.trim();
      chat.slug ||= slugOf(company.name);
      privacy.controller ||= company.name.trim();
    }
    if (step === "owner") privacy.contact_email ||= owner.email.trim();
  }

  async #finish(): Promise<void> {
    const { company, owner, chat, privacy } = $state.snapshot(this.answers);
    this.busy = true;
    try {
      const answer = await api.post<SetupDone>("/setup", {
        token: this.#token,
        locale: prefs.language,
        company: { name: company.name.trim(), ...(company.country ? { country: company.country } : {}) },
        owner: { name: owner.name.trim(), email: owner.email.trim(), password: owner.password },
        chat: { slug: chat.slug, title: chat.title.trim() },
        privacy: { ...privacy, controller: privacy.controller.trim(), contact_email: privacy.contact_email.trim() },
      });
      this.entry = answer.entry;
      this.stage = "finished";
      forgetAnswers();
      // The token is spent; neither it nor the wizard's pages should come back by "back".
      history.replaceState(null, "", "/setup");
      auth.enter(answer.session);
    } catch (error) {
      this.#explain(error);
    } finally {
      this.busy = false;
    }
  }

  #explain(error: unknown): void {
    if (error instanceof ApiError && error.problem.fields) {
      this.errors = error.problem.fields;
      const step = Object.keys(this.errors).map(stepOf).find(Boolean);
      if (step) this.goTo(step);
      this.problem = sentenceOf(error);
    } else if (error instanceof ApiError && error.status === 409) {
      this.stage = "not-needed";
    } else if (error instanceof ApiError && [401, 403, 404, 410].includes(error.status)) {
      this.stage = "bad-token";
    } else {
      this.problem = sentenceOf(error) ?? t(isOffline(error) ? "desk.error.offline" : "desk.error.refused");
    }
  }
}
