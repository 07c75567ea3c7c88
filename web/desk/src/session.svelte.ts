/** Who sits at the desk, and the one client every request goes through. */
import { t } from "@tresen/i18n";
import type { Session, SetupNeeded } from "@tresen/api";
import { ApiError, createClient, OfflineError } from "@tresen/api/client";
import { drafts } from "./drafts.svelte.ts";
import { prefs } from "./prefs.svelte.ts";
import { type Right, roleHas } from "./state/rights.ts";

/** "expired" keeps the desk and its drafts on screen and asks to sign in above it. */
export type Phase = "loading" | "unreachable" | "setup" | "signed-out" | "in" | "expired";

let phase = $state<Phase>("loading");
let session = $state.raw<Session | null>(null);

export const api = createClient({
  base: "/api/v1",
  language: () => prefs.language,
  csrf: () => session?.csrf_token ?? null,
  fetch: async (...args) => {
    const response = await fetch(...args);
    if (response.status === 401 && phase === "in") phase = "expired";
    return response;
  },
});

export const auth = {
  get phase() {
    return phase;
  },
  get session() {
    return session;
  },
  /** The teammate at the desk. Only asked for where the desk is shown. */
  get me() {
    if (!session) throw new Error("nobody is signed in");
    return session.teammate;
  },

  may(right: Right): boolean {
    return session !== null && roleHas(session.teammate.role, right);
  },

  /** The own role or name may have changed: what is offered follows. */
  async refresh(): Promise<void> {
    const next = await api.get<Session>("/session").catch(() => null);
    if (next && phase === "in") session = next;
  },

  async begin(): Promise<void> {
    try {
      const { needed, session: mine } = await api.get<SetupNeeded>("/setup");
      if (mine) auth.enter(mine);
      else phase = needed ? "setup" : "signed-out";
    } catch {
      phase = "unreachable";
    }
  },

  enter(next: Session): void {
    const stranger = session !== null && session.teammate.id !== next.teammate.id;
    session = next;
    phase = "in";
    // What is on screen belongs to somebody else.
    if (stranger) location.assign("/");
  },

  async signIn(email: string, password: string): Promise<void> {
    auth.enter(await api.post<Session>("/session", { email, password }));
  },

  /** The server is told first: a failed sign-out must not look like one. */
  async signOut(): Promise<void> {
    await api.delete("/session");
    await drafts.forget();
    location.assign("/");
  },
};

/** One sentence for the reader out of whatever was thrown; null when it was no answer at all. */
export function sentenceOf(error: unknown): string | null {
  // "In 840 seconds" is nothing a person can picture.
  if (error instanceof ApiError && error.status === 429 && (error.retryAfterS ?? 0) > 90) {
    return t("desk.error.wait", { count: Math.ceil((error.retryAfterS ?? 0) / 60) });
  }
  if (error instanceof ApiError) return error.problem.detail || error.problem.title;
  return null;
}

export function isOffline(error: unknown): boolean {
  return error instanceof OfflineError;
}
