/** What a form does with a refusal: words beside the fields at fault, and one sentence for the rest. */
import { t } from "@tresen/i18n";
import { ApiError } from "@tresen/api/client";
import { sentenceOf } from "../session.svelte.ts";

export function faultsOf(error: unknown): { fields: Record<string, string>; sentence: string } {
  const fields = error instanceof ApiError ? (error.problem.fields ?? {}) : {};
  return { fields, sentence: sentenceOf(error) ?? t("desk.error.offline") };
}
