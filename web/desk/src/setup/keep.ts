/** What was entered survives a reload of the page, in this tab only; the password never. */
import { type Answers, type Step, STEPS } from "../state/setup.ts";

const KEY = "tresen.setup";

export interface Kept {
  step: Step;
  answers: Answers;
}

export function keepAnswers(step: Step, answers: Answers): void {
  const kept: Kept = { step, answers: { ...answers, owner: { ...answers.owner, password: "" } } };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Without storage a reload begins anew.
  }
}

/** Where the reader was. Pages behind the password's need it again, so they lead back to it. */
export function keptAnswers(): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    if (!kept || !STEPS.includes(kept.step)) return null;
    const past = STEPS.indexOf(kept.step) > STEPS.indexOf("owner");
    return { answers: { ...kept.answers, owner: { ...kept.answers.owner, password: "" } }, step: past ? "owner" : kept.step };
  } catch {
    return null;
  }
}

export function forgetAnswers(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There was no storage to begin with.
  }
}
