/** Words and tones of consents. What the ledger may call otherwise tomorrow is shown as it is called. */
import { t } from "@tresen/i18n";

type Tone = "ok" | "warn" | "danger" | "plain";

export function consentTone(state: string): Tone {
  if (state === "given" || state === "granted" || state === "allowed") return "ok";
  if (state === "pending" || state === "requested") return "warn";
  if (state === "withdrawn" || state === "refused" || state === "expired") return "danger";
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
