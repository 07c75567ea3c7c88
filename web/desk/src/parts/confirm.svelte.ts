/**
 * Some changes want a fresh proof of who sits here. Whoever makes one wraps it in `confirmed`; a
 * `ConfirmDialog` on the page asks for the password, and the change is tried once more.
 */
import { ApiError } from "@tresen/api/client";

interface Question {
  answered: () => void;
  turnedAway: (reason: DOMException) => void;
}

let question = $state.raw<Question | null>(null);

export const confirmation = {
  get asked(): boolean {
    return question !== null;
  },
  /** The server has accepted the password. */
  given(): void {
    question?.answered();
    question = null;
  },
  /** The person closed the dialog: no fault, nothing to report. */
  declined(): void {
    question?.turnedAway(new DOMException("not confirmed", "AbortError"));
    question = null;
  },
};

export async function confirmed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "confirm_needed") throw error;
  }
  await new Promise<void>((answered, turnedAway) => (question = { answered, turnedAway }));
  return work();
}
