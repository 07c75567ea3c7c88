/** What changed on the company's page: only that is told to the server. */
import type { CompanyFacts } from "@tresen/api";

export interface CompanyChange {
  name?: string;
  country?: string;
  imprint_url?: string;
  privacy?: Partial<CompanyFacts["privacy"]>;
}

export function changesOf(before: CompanyFacts, after: CompanyFacts): CompanyChange | null {
  const change: CompanyChange = {};
  if (after.name.trim() !== before.name) change.name = after.name.trim();
  if ((after.country ?? "") !== (before.country ?? "")) change.country = after.country ?? "";
  const imprint = after.imprint_url?.trim() ?? "";
  if (imprint !== (before.imprint_url ?? "")) change.imprint_url = imprint;
  const privacy: Partial<CompanyFacts["privacy"]> = {};
  if (after.privacy.controller.trim() !== before.privacy.controller) privacy.controller = after.privacy.controller.trim();
  if (after.privacy.contact_email.trim() !== before.privacy.contact_email) privacy.contact_email = after.privacy.contact_email.trim();
  if (after.privacy.retention_days !== before.privacy.retention_days) privacy.retention_days = after.privacy.retention_days;
  if (Object.keys(privacy).length > 0) change.privacy = privacy;
  return Object.keys(change).length > 0 ? change : null;
}
