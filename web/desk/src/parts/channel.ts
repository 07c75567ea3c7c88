/** Neutral glyphs of the channel kinds; brand marks are left to their owners. */
import { t } from "@tresen/i18n";
import { mail, messageCircle, messageSquareLock, phone } from "@tresen/ui/icons.ts";
import { groupedPhone } from "../state/phone.ts";

const ICONS: Record<string, string> = {
  webchat: messageSquareLock,
  web_visitor: messageSquareLock,
  whatsapp: messageCircle,
  whatsapp_user_id: messageCircle,
  whatsapp_parent_user_id: messageCircle,
  phone,
};

/** A channel's or an address's kind in words; one we have no word for yet is called as it is. */
export function channelWord(kind: string): string {
  switch (kind) {
    case "webchat":
    case "web_visitor":
      return t("desk.channel.webchat");
    case "whatsapp":
    case "whatsapp_user_id":
    case "whatsapp_parent_user_id":
      return t("desk.channel.whatsapp");
    case "phone":
      return t("desk.channel.phone");
    case "email":
      return t("desk.channel.email");
    default:
      return kind;
  }
}

/** What a person recognises an address by. A provider's own identifiers mean nothing to anybody. */
export function spokenAddress(address: { kind: string; display: string }): string {
  return isTechnical(address.kind) ? "" : groupedPhone(address.display);
}

export function isTechnical(kind: string): boolean {
  return kind === "whatsapp_user_id" || kind === "whatsapp_parent_user_id";
}

/** E-mail and kinds to come get the letter. */
export function channelIcon(kind: string): string {
  return ICONS[kind] ?? mail;
}
