/** A report as one HTML file: no script, nothing loaded from elsewhere, light or dark as the reader's system. */
import { sha256 } from '../packing/sha256.ts';
import { markup, Markup, type Part } from './markup.ts';
import { style } from './style.ts';

/** Even if a name ever slipped through unescaped: nothing runs, nothing is loaded or sent, no other style applies. */
const policy = `default-src 'none'; style-src 'sha256-${base64(sha256(new TextEncoder().encode(style)))}'; base-uri 'none'; form-action 'none'`;

export interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}

/** Every text is escaped. @param top what stands above the sections, under the title */
export function pageHtml(title: string, top: Part, sections: readonly ReportSection[]): string {
  // The style sheet is a constant of ours, and a style element's text is not unescaped by browsers.
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body><main>
<h1>${title}</h1>
${top}<nav>${sections.map(({ id, title: name }) => markup`<a href="#${id}">${name}</a>`)}</nav>
${sections.map(
  ({ id, title: name, body }) => markup`<section id="${id}"><h2>${name}</h2>
${body}</section>
`,
)}</main></body>
</html>
`.text;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
