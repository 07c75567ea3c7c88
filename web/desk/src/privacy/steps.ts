/** The steps of an erasure, in their order; a step that is not known here counts as the last. */
export const STEPS = ["stop", "files", "callbacks", "rows", "traces", "key", "generation", "certificate"] as const;

/** The person asked for it itself, and can still take it back: it begins a day later. */
export function isWaiting(erasure: { asked_by: string | null; step: string }): boolean {
  return erasure.asked_by === null && erasure.step === STEPS[0];
}

export function placeOf(step: string): number {
  const place = STEPS.findIndex((one) => one === step);
  return place < 0 ? STEPS.length - 1 : place;
}
