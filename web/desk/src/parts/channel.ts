/** Neutral glyphs of the channel kinds; brand marks are left to their owners. */
import type { ChannelKind } from "@tresen/api";
import { t } from "@tresen/i18n";
import { messageSquareLock, mail, phone } from "@tresen/ui/icons.ts";

const ICONS: Record<string, string> = { webchat: messageSquareLock, whatsapp: phone };

/** The kind in words; one we have no word for yet is called as it is. */
export function channelWord(kind: ChannelKind | (string & {})): string {
  switch (kind) {
    case "webchat":
      return t("desk.channel.webchat");
    case "whatsapp":
      return t("desk.channel.whatsapp");
    case "email":
      return t("desk.channel.email");
    default:
      return kind;
  }
}

/** E-mail and kinds to come get the letter. */
export function channelIcon(kind: ChannelKind | (string & {})): string {
  return ICONS[kind] ?? mail;
}
