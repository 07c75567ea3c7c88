// Many people at once: signed callbacks as the platform sends them in its busiest hour, a thousand
// messages a body, straight to the server.
import type { Channel } from "@tresen/api";
import type { House } from "./house.ts";
import type { Provider } from "./provider.ts";

const A_BODY = 1_000;

interface Line {
  phone: string;
  name: string;
  text: string;
  atMs: number;
}

function body(provider: Provider, lines: Line[], first: number): string {
  const { business_account_id, phone_number_id } = provider.settings;
  const contacts = lines.map(({ phone, name }) => ({ profile: { name }, wa_id: phone }));
  const messages = lines.map(({ phone, text, atMs }, place) => ({
    from: phone,
    id: `wamid.crowd-${first + place}`,
    timestamp: `${Math.floor(atMs / 1000)}`,
    type: "text",
    text: { body: text },
  }));
  const value = { messaging_product: "whatsapp", metadata: { display_phone_number: "493023125001", phone_number_id }, contacts, messages };
  return JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: business_account_id, changes: [{ field: "messages", value }] }] });
}

let sent = 0;

/** Delivers the lines in order; returns when the server has stored the callbacks (not yet understood). */
export async function deliver(house: House, channel: Channel, provider: Provider, lines: Line[]): Promise<void> {
  for (let from = 0; from < lines.length; from += A_BODY) {
    const bytes = body(provider, lines.slice(from, from + A_BODY), sent);
    sent += A_BODY;
    const answer = await fetch(`${house.callbackUrl}/callbacks/${channel.id}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-hub-signature-256": provider.sign(bytes) },
      body: bytes,
    });
    if (answer.status !== 200) throw new Error(`a callback was answered ${answer.status}: ${await answer.text()}`);
  }
}

const FIRST = ["Anna", "Bela", "Ceren", "David", "Elif", "Frieda", "Gregor", "Hanna", "Ilyas", "Jule"];
const LAST = ["Albrecht", "Bayer", "Çelik", "Dietz", "Engel", "Fuchs", "Grün", "Heller", "Ivanova", "Jansen"];

/** Made-up people on reserved numbers with a running suffix. */
export function strangers(count: number, untilMs: number): Line[] {
  return Array.from({ length: count }, (_, place) => ({
    phone: `4917139200${String(place).padStart(5, "0")}`,
    name: `${FIRST[place % 10]} ${LAST[Math.floor(place / 10) % 10]} ${place}`,
    text: `Frage ${place}: Haben Sie das auch in Größe ${place % 50}?`,
    atMs: untilMs - (count - place) * 1_000,
  }));
}

export function longTalk(count: number, untilMs: number): Line[] {
  return Array.from({ length: count }, (_, place) => ({
    phone: "491713920099",
    name: "Vera Vielschreiber",
    text: `Zeile ${place + 1}. ${"Und noch etwas dazu. ".repeat(place % 4)}`.trim(),
    atMs: untilMs - (count - place) * 500,
  }));
}
