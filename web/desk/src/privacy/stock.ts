/** How much there is of somebody, in words; what there is nothing of is not mentioned. */
import { t } from "@tresen/i18n";
import type { ErasureStock } from "@tresen/api";

export function stockWords(stock: ErasureStock): string[] {
  const { conversations, messages, notes, files, addresses } = stock;
  return [
    ...(conversations ? [t("privacy.stock.conversations", { count: conversations })] : []),
    ...(messages ? [t("privacy.stock.messages", { count: messages })] : []),
    ...(notes ? [t("privacy.stock.notes", { count: notes })] : []),
    ...(files ? [t("privacy.stock.files", { count: files })] : []),
    ...(addresses ? [t("privacy.stock.addresses", { count: addresses })] : []),
  ];
}
