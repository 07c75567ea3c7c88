/** Words and tones of consents. What the ledger may call otherwise tomorrow is shown as it is called. */
import { t } from "@tresen/i18n";
import type { Consent, ConsentNotice } from "@tresen/api";

type Tone = "ok" | "warn" | "danger" | "plain";

export function consentTone(state: string): Tone {
  if (state === "given" || state === "granted" || state === "allowed") return "ok";
  if (state === "pending" || state === "requested") return "warn";
  if (state === "withdrawn" || state === "refused" || state === "invalidated") return "danger";
  if (state === "expired" || state === "outdated" || state === "unverified") return "warn";
  return "plain";
}

export function consentWord(state: string): string {
  switch (state) {
    case "given":
    case "granted":
    case "allowed":
      return t("desk.consent.given");
    case "pending":
    case "requested":
      return t("desk.consent.pending");
    case "withdrawn":
      return t("desk.consent.withdrawn");
    case "refused":
      return t("desk.consent.refused");
    case "expired":
      return t("desk.consent.expired");
    case "outdated":
      return t("desk.consent.outdated");
    case "unverified":
      return t("desk.consent.unverified");
    case "lapsed":
      return t("desk.consent.lapsed");
    case "asserted":
      return t("desk.consent.asserted");
    case "invalidated":
      return t("desk.consent.invalidated");
    case "none":
      return t("desk.consent.none");
    default:
      return state;
  }
}

export function purposeWord(purpose: string): string {
  if (purpose === "service") return t("desk.purpose.service");
  if (purpose === "news" || purpose === "marketing" || purpose === "advertising") return t("desk.purpose.news");
  return purpose;
}

/** The channels on which answering is allowed, each once. */
export function servicesOf(consents: readonly Consent[]): string[] {
  return consents.filter(({ purpose, state }) => purpose === "service" && state === "allowed").map(({ channel_kind }) => channel_kind);
}

/** What the contact itself tells besides: advertising as a whole where nothing says more. */
export function summaryOf(consents: readonly Consent[]): Consent[] {
  const rest = consents.filter(({ purpose }) => purpose !== "service");
  const named = (kind: string) => rest.some(({ purpose, channel_kind }) => purpose !== "marketing" && channel_kind === kind);
  return rest.filter(({ purpose, channel_kind }) => purpose !== "marketing" || !named(channel_kind));
}

/** Nothing can be withdrawn any more. */
export function isOver(state: string): boolean {
  return state === "none" || state === "withdrawn" || state === "refused" || state === "lapsed" || state === "invalidated";
}

export function eventWord(kind: string): string {
  switch (kind) {
    case "requested":
      return t("desk.consent.event.requested");
    case "challenge_issued":
      return t("desk.consent.event.challenge");
    case "confirmed":
      return t("desk.consent.event.confirmed");
    case "refused":
      return t("desk.consent.event.refused");
    case "lapsed":
      return t("desk.consent.event.lapsed");
    case "used":
      return t("desk.consent.event.used");
    case "renewed":
      return t("desk.consent.event.renewed");
    case "outdated":
      return t("desk.consent.event.outdated");
    case "expired":
      return t("desk.consent.event.expired");
    case "unverified":
      return t("desk.consent.event.unverified");
    case "paused":
      return t("desk.consent.event.paused");
    case "resumed":
      return t("desk.consent.event.resumed");
    case "objected":
      return t("desk.consent.event.objected");
    case "withdrawn":
      return t("desk.consent.event.withdrawn");
    case "asserted":
      return t("desk.consent.event.asserted");
    case "invalidated":
      return t("desk.consent.event.invalidated");
    default:
      return kind;
  }
}

/** The person or the house; a teammate's id says nothing to a reader. */
export function actorWord(actor: string | null): string {
  if (actor === "contact") return t("desk.consent.by.contact");
  if (actor === "house") return t("desk.consent.by.house");
  return actor ? t("desk.consent.by.team") : "";
}

/** The newest text for this purpose that covers the channel, in the reader's language if there is one. */
export function noticeFor(notices: readonly ConsentNotice[], purpose: string, kind: string, language: string): ConsentNotice | null {
  const fit = notices.filter((one) => one.purpose === purpose && one.channels.some((channel) => channel === kind));
  const newest = Math.max(0, ...fit.map(({ version }) => version));
  const current = fit.filter(({ version }) => version === newest);
  return current.find(({ locale }) => locale === language) ?? current[0] ?? null;
}
