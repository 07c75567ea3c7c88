// Callbacks written by hand, for what the simulated platform would not let people send.
import type { Channel } from "@tresen/api";
import type { House } from "./house.ts";
import type { Provider } from "./provider.ts";

export interface Profile {
  phone: string;
  name: string;
}

/** Signs and delivers messages of these people in one body. */
export async function callBack(house: House, channel: Channel, provider: Provider, people: Profile[], messages: Record<string, unknown>[]): Promise<void> {
  const { business_account_id, phone_number_id } = provider.settings;
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "493023125001", phone_number_id },
    contacts: people.map(({ phone, name }) => ({ profile: { name }, wa_id: phone })),
    messages,
  };
  const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: business_account_id, changes: [{ field: "messages", value }] }] });
  const answer = await fetch(`${house.callbackUrl}/callbacks/${channel.id}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": provider.sign(body) },
    body,
  });
  if (answer.status !== 200) throw new Error(`a callback was answered ${answer.status}: ${await answer.text()}`);
}

/** Every kind of message that carries words of its writer, with these words in every place. */
export function everyKind(from: string, words: string, first: number): Record<string, unknown>[] {
  const at = (place: number) => ({ from, id: `wamid.kind-${first}-${place}`, timestamp: `${Math.floor(Date.now() / 1000)}` });
  const media = { id: "551", mime_type: "image/jpeg", sha256: "" };
  const kinds: Record<string, unknown>[] = [
    { type: "text", text: { body: words } },
    { type: "text", text: { body: words }, context: { from, id: `wamid.kind-${first}-0` } },
    { type: "text", text: { body: words }, referral: { source_url: words, source_type: "ad", source_id: "1", headline: words, body: words } },
    { type: "location", location: { latitude: 51.34, longitude: 12.37, name: words, address: words, url: "javascript:caught(1)" } },
    { type: "contacts", contacts: [{ name: { formatted_name: words, first_name: words }, org: { company: words }, phones: [{ phone: words, type: words }], emails: [{ email: words }], urls: [{ url: "javascript:caught(1)" }] }] },
    { type: "image", image: { ...media, caption: words } },
    { type: "document", document: { ...media, filename: words, caption: words } },
    { type: "button", button: { text: words, payload: words } },
    { type: "interactive", interactive: { type: "button_reply", button_reply: { id: words, title: words } } },
    { type: "interactive", interactive: { type: "list_reply", list_reply: { id: "a", title: words, description: words } } },
    { type: "reaction", reaction: { message_id: `wamid.kind-${first}-0`, emoji: words } },
    { type: "order", order: { catalog_id: words, text: words, product_items: [{ product_retailer_id: words, quantity: 1, item_price: 1, currency: words }] } },
    { type: words, [words]: { body: words } },
    { type: "unsupported", errors: [{ code: 131051, title: words, details: words }] },
    { type: "system", system: { body: words, type: words } },
  ];
  return kinds.map((kind, place) => ({ ...at(place), ...kind }));
}
