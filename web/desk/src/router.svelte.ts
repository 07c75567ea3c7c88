/**
 * The desk's own small history router. Paths:
 * `/setup` · `/inbox/{view}` · `/inbox/{view}/{conversation}` · `/settings/{section}` · `/privacy/{section}`.
 */
import { isView, type View } from "./state/views.ts";

export const SECTIONS = ["channels", "team", "company", "alerts", "account", "appearance"] as const;
export type Section = (typeof SECTIONS)[number];

export const PRIVACY_SECTIONS = ["tasks", "erasures", "holds", "consents"] as const;
export type PrivacySection = (typeof PRIVACY_SECTIONS)[number];

export type Route =
  | { page: "setup" }
  | { page: "missing" }
  | { page: "inbox"; view: View; conversation: string | null }
  | { page: "settings"; section: Section | null }
  | { page: "privacy"; section: PrivacySection | null };

export function parsePath(path: string): Route {
  const [first, second, third, ...rest] = path.split("/").filter(Boolean);
  if (first === "setup") return { page: "setup" };
  const section = SECTIONS.find((one) => one === second) ?? null;
  if (first === "settings" && (section || !second) && !third) return { page: "settings", section };
  const part = PRIVACY_SECTIONS.find((one) => one === second) ?? null;
  if (first === "privacy" && (part || !second) && !third) return { page: "privacy", section: part };
  const known = first === undefined || (first === "inbox" && (second === undefined || isView(second)));
  if (!known || rest.length > 0) return { page: "missing" };
  if (third && !/^cnv_[0-9a-z]+$/.test(third)) return { page: "missing" };
  return { page: "inbox", view: isView(second) ? second : "mine", conversation: third ?? null };
}

let route = $state.raw<Route>(parsePath(location.pathname));

export const router = {
  get route(): Route {
    return route;
  },
  go(path: string, options: { replace?: boolean } = {}): void {
    if (path !== location.pathname) history[options.replace ? "replaceState" : "pushState"](null, "", path);
    route = parsePath(path);
  },
};

export function inboxPath(view: View, conversation: string | null = null): string {
  return conversation ? `/inbox/${view}/${conversation}` : `/inbox/${view}`;
}

/** Follows back, forward and plain clicks on the desk's own links. */
export function startRouter(): void {
  addEventListener("popstate", () => (route = parsePath(location.pathname)));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !/^\/(inbox|settings|setup|privacy)(\/|$)/.test(link.pathname)) return;
    event.preventDefault();
    router.go(link.pathname);
  });
}
