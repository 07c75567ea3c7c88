/** Neutral glyphs of the channel kinds; brand marks are left to their owners. */
import type { ChannelKind } from "@tresen/api";
import { messageSquareLock, mail, phone } from "@tresen/ui/icons.ts";

const ICONS: Record<string, string> = { webchat: messageSquareLock, whatsapp: phone };

/** E-mail and kinds to come get the letter. */
export function channelIcon(kind: ChannelKind | (string & {})): string {
  return ICONS[kind] ?? mail;
}
