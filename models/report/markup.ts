/** HTML and SVG whose text was escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Part = Markup | string | number | null | readonly Part[];

/**
 * Template of HTML or SVG: what is put in is escaped, for text and for quoted attributes, unless it is Markup. Lists
 * are joined, null is nothing.
 */
export function markup(literal: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literal.reduce((text, next, i) => `${text}${rendered(parts[i - 1]!)}${next}`));
}

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (part === null) return '';
  if (typeof part === 'object') return part.map(rendered).join('');
  return escaped(String(part));
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
