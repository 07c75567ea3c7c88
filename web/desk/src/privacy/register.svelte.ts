/** What data protection has to do and has done: each list is read once its page is open. */
import { SvelteMap } from "svelte/reactivity";
import { t } from "@tresen/i18n";
import type { CompanyFacts, ConsentNotice, Erasure, Export, Hold, List, Objection, Person, Purpose } from "@tresen/api";
import { desk } from "../desk.svelte.ts";
import { api, auth } from "../session.svelte.ts";
import { Fetched } from "./fetched.svelte.ts";

/** More than this is no list that anybody reads. */
const PAGES_MAX = 10;
const PEOPLE_AT_ONCE = 50;

async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const list: List<T> = await api.get<List<T>>(path, { cursor });
    items.push(...list.items);
    cursor = list.next_cursor;
    if (!cursor) break;
  }
  return items;
}

const people = new SvelteMap<string, Person>();

/** Asks for the names of those who are not known yet. Each look is written down over there. */
async function learnNames(ids: readonly (string | null)[]): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => id !== null).filter((id) => !people.has(id));
  for (let from = 0; from < unknown.length; from += PEOPLE_AT_ONCE) {
    const asked = { ids: unknown.slice(from, from + PEOPLE_AT_ONCE) };
    const found = await api.post<List<Person>>("/people", asked).catch(() => null);
    for (const person of found?.items ?? []) people.set(person.id, person);
  }
}

async function named<T extends { contact_id: string | null }>(asked: Promise<T[]>): Promise<T[]> {
  const items = await asked;
  void learnNames(items.map((item) => item.contact_id));
  return items;
}

export const register = {
  objections: new Fetched(() => named(all<Objection>("/objections"))),
  holds: new Fetched(() => named(all<Hold>("/holds"))),
  erasures: new Fetched(() => named(all<Erasure>("/erasures"))),
  copies: new Fetched(() => named(all<Export>("/exports"))),
  purposes: new Fetched(() => all<Purpose>("/purposes")),
  notices: new Fetched(() => all<ConsentNotice>("/notices")),
  company: new Fetched(() => api.get<CompanyFacts>("/company")),
};

/** What somebody is called; by the end of the id as long as nobody knows. */
export function nameOf(contactId: string): string {
  return people.get(contactId)?.name ?? t("privacy.person.unknown", { short: contactId.slice(-4).toUpperCase() });
}

/** Who asked for an erasure: somebody of the team, or the person it is about. */
export function askedBy(id: string | null): string {
  return id === null ? t("privacy.by.person") : teammateOf(id);
}

export function teammateOf(id: string | null): string {
  if (id === auth.me.id) return t("privacy.by.you");
  return desk.teammates.find((teammate) => teammate.id === id)?.name ?? t("privacy.by.somebody");
}
