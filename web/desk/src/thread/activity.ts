/** The sentence of an activity. Unknown kinds and missing facts still make a sentence. */
import { currentLanguage, t } from "@tresen/i18n";
import type { Activity } from "@tresen/api";
import { dateAndClock } from "@tresen/ui/formats.ts";
import { desk } from "../desk.svelte.ts";

const PRIVACY = /^(notice|consent|preference|identity|erasure|erased|masked|access|retention|processing|restriction)/;

export function isPrivacy(kind: string): boolean {
  return PRIVACY.test(kind);
}

/** The first of these facts the server told. */
function fact(activity: Activity, ...names: string[]): string | null {
  for (const name of names) if (activity.data[name]) return activity.data[name] ?? null;
  return null;
}

export function words(activity: Activity): string {
  const actor = activity.actor?.name ?? null;
  switch (activity.kind) {
    case "conversation_opened": {
      const entry = fact(activity, "entry_title", "entry", "title");
      return entry ? t("desk.activity.opened.entry", { entry }) : t("desk.activity.opened");
    }
    case "notice_shown": {
      const version = fact(activity, "version", "notice_version");
      return version ? t("desk.activity.notice.version", { version }) : t("desk.activity.notice");
    }
    case "assigned": {
      const id = fact(activity, "assignee_id");
      const name = fact(activity, "assignee_name", "assignee") ?? desk.teammates.find((teammate) => teammate.id === id)?.name ?? null;
      if (name && actor && name !== actor) return t("desk.activity.assigned.by", { name, actor });
      return t("desk.activity.assigned", { name: name ?? actor ?? t("ui.message.team") });
    }
    case "unassigned":
      return t("desk.activity.unassigned");
    case "status_changed": {
      const status = fact(activity, "status", "to");
      const known = status === "open" || status === "waiting" || status === "snoozed" || status === "done";
      const until = Number(fact(activity, "until_ms") ?? NaN);
      const aside = status === "snoozed" && Number.isFinite(until) ? t("desk.activity.status.snoozed.until", { time: dateAndClock(new Date(until), currentLanguage()) }) : null;
      const what = aside ?? (known ? t(`desk.activity.status.${status}`) : t("desk.activity.status"));
      return actor ? t("desk.activity.by", { what, actor }) : what;
    }
    case "identity_changed":
      return t(activity.data["cause"] === "changed_device" ? "desk.activity.identity.device" : "desk.activity.identity");
    case "preference_changed": {
      const category = fact(activity, "category");
      const decision = fact(activity, "decision");
      if (category === "objection" && decision === "lifted") return t("desk.activity.objection.lifted", { name: actor ?? t("ui.message.team"), words: fact(activity, "words") ?? "" });
      if (category === "objection") return t(decision === "hard" ? "desk.activity.objection" : decision === "soft" ? "desk.activity.objection.soft" : "desk.activity.objection.ask");
      if (category && decision === "stop") return t("desk.activity.preference.stop", { category });
      if (category && decision === "resume") return t("desk.activity.preference.resume", { category });
      return t("desk.activity.preference");
    }
    case "consent_given":
      return t("desk.activity.consent.given", { purpose: fact(activity, "purpose") ?? "" });
    case "consent_withdrawn":
      return t("desk.activity.consent.withdrawn", { purpose: fact(activity, "purpose") ?? "" });
    case "processing_restricted":
    case "restriction_lifted": {
      const what = t(activity.kind === "processing_restricted" ? "desk.activity.restricted" : "desk.activity.restriction.lifted");
      return actor ? t("desk.activity.by", { what, actor }) : what;
    }
    default:
      return unknown(activity.kind);
  }
}

/** A page that stayed open over an upgrade may meet a kind it was not built for. */
function unknown(kind: string): string {
  return t("desk.activity.other", { kind: kind.replaceAll("_", " ") });
}
