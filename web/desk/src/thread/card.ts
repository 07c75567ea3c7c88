/** What a channel would not hand over, in words: its own type names mean nothing to anybody. */
import { t } from "@tresen/i18n";
import type { Card } from "@tresen/api";

export function spokenCard(card: Card): Card {
  if (card.kind !== "unsupported") return card;
  const type = card.lines.map((line) => line.value).find((value) => /^[a-z][a-z_]+$/.test(value)) ?? "";
  return { ...card, lines: [{ label: "", value: wordsOf(type) }] };
}

function wordsOf(type: string): string {
  switch (type) {
    case "poll_creation":
    case "poll":
      return t("desk.unsupported.poll");
    case "poll_update":
      return t("desk.unsupported.vote");
    case "event":
    case "event_creation":
      return t("desk.unsupported.event");
    case "group_invite":
      return t("desk.unsupported.invite");
    case "video_note":
    case "ptv":
      return t("desk.unsupported.video");
    case "view_once":
    case "media_placeholder":
      return t("desk.unsupported.once");
    default:
      return t("desk.unsupported.other");
  }
}
