/** Approved templates: which come first, and their gaps filled for the preview and for the server. */
import type { AttachmentKind, Template, TemplateParameter } from "@tresen/api";

export interface Piece {
  text: string;
  /** Still empty: shown by its name. */
  gap: boolean;
}

/** A template exists once a language. */
export function templateKey(template: Template): string {
  return `${template.name} ${template.language}`;
}

const CATEGORIES = ["utility", "marketing", "authentication"];

/** What serves the person comes first, in their language; codes for signing in are nothing to write. */
export function arrangedTemplates(templates: readonly Template[], locale: string): Template[] {
  const rank = (template: Template) => {
    const category = CATEGORIES.indexOf(template.category);
    return (category < 0 ? CATEGORIES.length : category) * 2 + (template.language.startsWith(locale) ? 0 : 1);
  };
  return [...templates].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The kind of file a template's head wants; null where it wants words. */
export function fileKind(template: Template, parameter: TemplateParameter): AttachmentKind | null {
  if (parameter.where !== "header" || template.header) return null;
  const { name } = parameter;
  return name === "image" || name === "video" || name === "file" ? name : null;
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
