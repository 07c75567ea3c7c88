/** The WhatsApp form's rules: what is missing or cannot be right, and what is told to the server. */

export const WHATSAPP_FIELDS = ["phone_number_id", "business_account_id", "access_token", "app_secret"] as const;
export type WhatsAppField = (typeof WHATSAPP_FIELDS)[number];
export const META_BASE = "https://graph.facebook.com";

export interface WhatsAppAnswers extends Record<WhatsAppField, string> {
  name: string;
  api_base: string;
}
export type WhatsAppFault = "missing" | "digits" | "token-again";

export function isSecret(field: WhatsAppField): boolean {
  return field === "access_token" || field === "app_secret";
}

/** What can be said about one field while it is being typed. */
export function faultWhileTyping(field: WhatsAppField, text: string): WhatsAppFault | null {
  return !isSecret(field) && /\D/.test(text.trim()) ? "digits" : null;
}

/** All faults by the server's field names. `before` is the channel being changed: its secrets may stay. */
export function faultsOfWhatsApp(answers: WhatsAppAnswers, before: WhatsAppAnswers | null): Record<string, WhatsAppFault> {
  const faults: Record<string, WhatsAppFault> = {};
  if (answers.name.trim() === "") faults["name"] = "missing";
  for (const field of WHATSAPP_FIELDS) {
    const fault = faultWhileTyping(field, answers[field]);
    if (fault) faults[`settings.${field}`] = fault;
    else if (answers[field].trim() === "" && !(before && isSecret(field))) faults[`settings.${field}`] = "missing";
  }
  // The key was given for another place: who sends it elsewhere has to know it.
  if (before && baseOf(answers) !== baseOf(before) && answers.access_token.trim() === "") faults["settings.access_token"] = "token-again";
  return faults;
}

function baseOf(answers: WhatsAppAnswers): string {
  return answers.api_base.trim().replace(/\/+$/, "") || META_BASE;
}

/** Only what differs; a secret left blank stays as it is. */
export function changedSettings(answers: WhatsAppAnswers, before: WhatsAppAnswers): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const field of WHATSAPP_FIELDS) {
    const value = answers[field].trim();
    if (value !== "" && value !== before[field]) changed[field] = value;
  }
  if (baseOf(answers) !== baseOf(before)) changed["api_base"] = baseOf(answers);
  return changed;
}

export function answersOf(channel: { name: string; settings: Record<string, unknown> }): WhatsAppAnswers {
  const text = (name: string) => (typeof channel.settings[name] === "string" ? channel.settings[name] : "");
  const base = text("api_base");
  return {
    name: channel.name,
    phone_number_id: text("phone_number_id"),
    business_account_id: text("business_account_id"),
    access_token: "",
    app_secret: "",
    api_base: base === META_BASE ? "" : base,
  };
}

/** Whether Meta can reach this address at all: it calls public https addresses only. */
export function metaCanReach(publicUrl: string): boolean {
  try {
    const { protocol, hostname } = new URL(publicUrl);
    return protocol === "https:" && !isThisMachine(hostname);
  } catch {
    return false;
  }
}

/** An address that means "here" and nothing to anybody else. */
export function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || hostname.startsWith("127.");
}
