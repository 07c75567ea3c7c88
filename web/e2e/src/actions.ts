// Counts what a person has to do: trusted taps, and keys outside free text. Typing text is free.
import type { BrowserContext } from "@playwright/test";

export interface Actions {
  taps: number;
  keys: number;
  letters: number;
}

/** Starts counting on every page of the context, across navigations. */
export async function countActions(context: BrowserContext): Promise<Actions> {
  const actions: Actions = { taps: 0, keys: 0, letters: 0 };
  await context.exposeBinding("tresenCounts", (_source, what: keyof Actions) => void (actions[what] += 1));
  await context.addInitScript(() => {
    const tell = (what: string) => (globalThis as unknown as { tresenCounts: (what: string) => void }).tresenCounts(what);
    const takesText = (target: EventTarget | null) => target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
    addEventListener("pointerdown", (event) => event.isTrusted && tell("taps"), true);
    addEventListener(
      "keydown",
      (event) => {
        if (!event.isTrusted || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
        const typed = takesText(event.target) && (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey;
        tell(typed ? "letters" : "keys");
      },
      true,
    );
  });
  return actions;
}
