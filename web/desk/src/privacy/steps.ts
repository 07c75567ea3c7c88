/** The steps of an erasure, in their order; a step that is not known here counts as the last. */
export const STEPS = ["stop", "files", "callbacks", "rows", "traces", "key", "generation", "certificate"] as const;

export function placeOf(step: string): number {
  const place = STEPS.findIndex((one) => one === step);
  return place < 0 ? STEPS.length - 1 : place;
}
