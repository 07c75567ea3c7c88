/** Choices the wizard and the settings offer about the company. */
import { currentLanguage, t } from "@tresen/i18n";
import { RETENTION_DAYS } from "../state/setup.ts";

const COUNTRIES = ["DE", "AT", "CH", "LI", "LU", "BE", "NL", "FR", "IT", "PL", "DK"];

/** Countries by name; one that is set and not in the list is offered too. */
export function countryOptions(current: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([currentLanguage()], { type: "region" });
  const codes = current && !COUNTRIES.includes(current) ? [...COUNTRIES, current] : COUNTRIES;
  return [...codes.map((value) => ({ value, label: names.of(value) ?? value })), { value: "", label: t("desk.setup.company.country.other") }];
}

export function retentionOptions(current: number): { value: number; label: string }[] {
  const days = [...new Set([...RETENTION_DAYS, current])].sort((a, b) => a - b);
  return days.map((value) => ({ value, label: t("desk.setup.privacy.days", { count: value }) }));
}
