/** The set-up wizard's rules: what is still missing on a page, what is suggested, how good a password is. */

export const STEPS = ["company", "owner", "chat", "privacy"] as const;
export type Step = (typeof STEPS)[number];

export interface Answers {
  company: { name: string; country: string };
  owner: { name: string; email: string; password: string };
  chat: { slug: string; title: string };
  privacy: { controller: string; contact_email: string; retention_days: number };
}

export const RETENTION_DAYS = [30, 90, 180, 365] as const;
export const PASSWORD_MIN = 10;

export type Fault = "missing" | "email" | "short" | "slug" | "days";

/** The faults of one page by field name, as the server names them. */
export function faultsOf(step: Step, answers: Answers): Record<string, Fault> {
  const faults: Record<string, Fault> = {};
  const need = (name: string, value: string) => {
    if (value.trim() === "") faults[name] = "missing";
  };
  const mail = (name: string, value: string) => {
    need(name, value);
    if (!faults[name] && !/^[^\s@]+@[^\s@]+$/.test(value.trim())) faults[name] = "email";
  };
  if (step === "company") need("company.name", answers.company.name);
  if (step === "owner") {
    need("owner.name", answers.owner.name);
    mail("owner.email", answers.owner.email);
    if ([...answers.owner.password].length < PASSWORD_MIN) faults["owner.password"] = "short";
  }
  if (step === "chat") {
    need("chat.title", answers.chat.title);
    if (!isSlug(answers.chat.slug)) faults["chat.slug"] = "slug";
  }
  if (step === "privacy") {
    need("privacy.controller", answers.privacy.controller);
    mail("privacy.contact_email", answers.privacy.contact_email);
    if (!Number.isInteger(answers.privacy.retention_days) || answers.privacy.retention_days < 1) faults["privacy.retention_days"] = "days";
  }
  return faults;
}

/** The page a field of the server's answer belongs to. */
export function stepOf(field: string): Step | null {
  return STEPS.find((step) => field === step || field.startsWith(`${step}.`)) ?? null;
}

export const SLUG_MIN = 2;
export const SLUG_MAX = 40;

export function isSlug(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$/.test(text);
}

const SPELLED: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

/** "Lederwaren Kaya & Söhne" → "lederwaren-kaya-soehne"; what is too long ends with a whole word. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => SPELLED[letter] ?? letter)
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/ı/g, "i")
    .replace(/ł/g, "l")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (slug.length <= SLUG_MAX) return slug;
  const end = slug.lastIndexOf("-", SLUG_MAX);
  return slug.slice(0, end > 0 ? end : SLUG_MAX);
}

/** 0 too short, 1 weak, 2 fair, 3 good. Length counts most; repeating one letter does not. */
export function passwordStrength(password: string, known: readonly string[] = []): 0 | 1 | 2 | 3 {
  const letters = [...password];
  if (letters.length < PASSWORD_MIN) return 0;
  const lower = password.toLowerCase();
  const guessable = known.some((word) => word.length > 3 && lower.includes(word.toLowerCase()));
  const different = new Set(letters).size;
  if (guessable || different < 6 || /^(?:\d+|[a-z]+)$/i.test(password) && letters.length < 14) return 1;
  return letters.length >= 14 && different >= 8 ? 3 : 2;
}
