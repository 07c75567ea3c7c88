/** Approved templates: their gaps filled, for the preview and for the server. */
import type { Template, TemplateParameter } from "@tresen/api";

export interface Piece {
  text: string;
  /** Still empty: shown by its name. */
  gap: boolean;
}

type Lookup = (parameter: TemplateParameter) => string;

export function filledTemplate(template: Template, valueOf: Lookup): { header: string | null; pieces: Piece[]; text: string } {
  const pieces = piecesOf(template, "body", template.body, valueOf);
  const header = template.header ? piecesOf(template, "header", template.header, valueOf).map((p) => p.text).join("") : null;
  return { header, pieces, text: pieces.map((piece) => piece.text).join("") };
}

function piecesOf(template: Template, where: TemplateParameter["where"], text: string, valueOf: Lookup): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), gap: false });
    const parameter = template.parameters.find((p) => p.where === where && p.name === match[1]);
    const value = parameter ? valueOf(parameter).trim() : "";
    pieces.push(value ? { text: value, gap: false } : { text: match[0], gap: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), gap: false });
  return pieces;
}

/** The values by place, in the order the template lists its parameters. */
export function orderedValues(template: Template, valueOf: Lookup): { header: string[]; body: string[]; buttons: string[] } {
  const of = (where: TemplateParameter["where"]) => template.parameters.filter((p) => p.where === where).map((p) => valueOf(p).trim());
  return { header: of("header"), body: of("body"), buttons: of("button") };
}
