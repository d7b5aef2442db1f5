import { utcDay } from '../../main/contract/figures.ts';
import { sha256 } from '../packing/sha256.ts';
import { markup, Markup } from './markup.ts';
import { reachOf } from './reach.ts';
import type { Results } from './results.ts';
import { headline, sections, summaryOf } from './sections.ts';
import { style } from './style.ts';
import { testedText } from './tested.ts';

/** Even if a name ever slipped through unescaped: nothing runs, nothing is loaded or sent, no other style applies. */
const policy = `default-src 'none'; style-src 'sha256-${base64(sha256(new TextEncoder().encode(style)))}'; base-uri 'none'; form-action 'none'`;

/**
 * The whole report as one HTML file: no script, nothing loaded from elsewhere, light or dark as the reader's system.
 * Every text of the results is escaped.
 */
export function reportHtml(results: Results): string {
  const parts = sections(results);
  const top = headline(results);
  const tested = testedText(results);
  // The style sheet is a constant of ours, and a style element's text is not unescaped by browsers.
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${results.title}</title>
<style>${new Markup(style)}</style>
</head>
<body><main>
<h1>${results.title}</h1>
<p class="soft">${results.dataSet.name}, ${utcDay(results.createdMs)}, Curlew ${results.version}</p>
${
  tested === null
    ? null
    : markup`<p>${tested}</p>
`
}<p>${reachOf(results).join(' ')}</p>
<p>${summaryOf(results)}${top === null ? null : ` ${top}`}</p>
<nav>${parts.map(({ id, title }) => markup`<a href="#${id}">${title}</a>`)}</nav>
${parts.map(
  ({ id, title, body }) => markup`<section id="${id}"><h2>${title}</h2>
${body}</section>
`,
)}</main></body>
</html>
`.text;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
