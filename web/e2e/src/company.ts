// A lively example company: several customers on both channels, a photo, a note, a hand-over.
import { expect } from "@playwright/test";
import type { Browser, BrowserContext } from "@playwright/test";
import type { Conversation } from "@tresen/api";
import { Customer } from "./customer.ts";
import { type House, type Person, SLUG } from "./house.ts";
import type { Provider } from "./provider.ts";

const MINUTE_MS = 60_000;

export interface Company {
  tarek: Person;
  /** Conversations by the customer's name. */
  of: (name: string) => Conversation;
  /** The chat customer's own browser, still open at the end of her conversation. */
  sabine: Customer;
  close: () => Promise<void>;
}

export interface Picture {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

class Staging {
  readonly found = new Map<string, Conversation>();
  constructor(
    readonly house: House,
    readonly provider: Provider,
  ) {}

  async person(key: string, phone: string, name: string): Promise<void> {
    await this.provider.person(key, phone, name);
  }

  /** Somebody writes on WhatsApp; waits until the desk has it. */
  async writes(key: string, name: string, text: string, agoMs: number): Promise<string> {
    await this.provider.write(key, text, { agoMs });
    return this.until(name, text);
  }

  /** The conversation, once its last message is this one. */
  async until(name: string, text: string): Promise<string> {
    let id = "";
    await expect
      .poll(async () => {
        const all = await this.house.conversations("status=open,waiting,snoozed,done&limit=200");
        const found = all.find((one) => one.contact.name === name);
        if (found) this.found.set(name, found);
        id = found?.id ?? "";
        return found?.last_message?.text;
      }, { message: `${name} arrived` })
      .toBe(text);
    return id;
  }

  /** The owner answers at the desk. */
  async answers(id: string, text: string): Promise<void> {
    const act = await this.house.actAs(this.house.owner);
    await act("POST", `/conversations/${id}/messages`, { text });
  }
}

async function whatsAppSide(staging: Staging, tarek: Person): Promise<void> {
  const { house } = staging;
  await staging.person("leonie", "+49 171 39200 17", "Leonie Kowalski");
  await staging.person("okan", "+49 171 39200 16", "Okan Yılmaz");
  await staging.person("henning", "+49 171 39200 15", "Henning Brandt");
  await staging.person("jan", "+49 171 39200 13", "Jan Petersen");
  await staging.person("mehmet", "+49 171 39200 12", "Mehmet Aydın");

  const leonie = await staging.writes("leonie", "Leonie Kowalski", "Danke, das Portemonnaie ist heute angekommen. Wunderschön!", 190 * MINUTE_MS);
  await house.patch(`/conversations/${leonie}`, { assignee_id: house.owner.id });
  await staging.answers(leonie, "Das freut uns sehr. Viel Freude damit!");
  const okan = await staging.writes("okan", "Okan Yılmaz", "Wie lange dauert die Reparatur vom Griff?", 95 * MINUTE_MS);
  await house.patch(`/conversations/${okan}`, { assignee_id: tarek.id });
  await staging.writes("henning", "Henning Brandt", "Kann ich den Trolley auch in der Filiale umtauschen?", 22 * MINUTE_MS);
  const jan = await staging.writes("jan", "Jan Petersen", "Der Reißverschluss am Koffer klemmt wieder.", 23.2 * 60 * MINUTE_MS);
  await house.patch(`/conversations/${jan}`, { assignee_id: house.owner.id });
  const mehmet = await staging.writes("mehmet", "Mehmet Aydın", "Können Sie mir die Rechnung noch einmal schicken?", 9 * MINUTE_MS);
  await house.patch(`/conversations/${mehmet}`, { assignee_id: house.owner.id });
}

/** Sabine's side, in her own browser; her messages are real, her name was asked for later. */
async function chatSide(staging: Staging, context: BrowserContext, photo: Picture): Promise<{ customer: Customer; id: string }> {
  const { house } = staging;
  const customer = new Customer(await context.newPage());
  await customer.page.goto(`${house.url}/c/${SLUG}`);
  await customer.attach(photo);
  await customer.say("Guten Tag, haben Sie diese Tasche noch in Cognac?");
  const conversation = (await house.conversations()).find(({ channel_kind }) => channel_kind === "webchat");
  if (!conversation) throw new Error("the chat's conversation is missing");
  await house.patch(`/contacts/${conversation.contact.id}`, { name: "Sabine Größmann" });
  await house.patch(`/conversations/${conversation.id}`, { assignee_id: house.owner.id });
  return { customer, id: conversation.id };
}

export async function staff(house: House, provider: Provider, browser: Browser, photo: Picture): Promise<Company> {
  const staging = new Staging(house, provider);
  await house.connectWhatsApp(provider);
  const tarek = house.addTeammate("Tarek Haddad");
  house.addTeammate("Jana Winter", "lead");
  await whatsAppSide(staging, tarek);
  const context = await browser.newContext({ locale: "de-DE", timezoneId: "Europe/Berlin" });
  const { customer, id } = await chatSide(staging, context, photo);
  const act = await house.actAs(tarek);
  await act("POST", `/conversations/${id}/notes`, { text: "Zwei im Lager, eine in der Vitrine." });
  await staging.answers(id, "Guten Tag Frau Größmann, ja, die „Linden“ in Cognac ist da: 149 €, mit Schulterriemen.");
  await customer.say("Dann nehme ich sie. Können Sie sie bis Freitag zurücklegen?");
  await staging.until("Sabine Größmann", "Dann nehme ich sie. Können Sie sie bis Freitag zurücklegen?");
  return {
    tarek,
    of: (name) => {
      const found = staging.found.get(name);
      if (!found) throw new Error(`nobody is called ${name}`);
      return found;
    },
    sabine: customer,
    close: () => context.close(),
  };
}
