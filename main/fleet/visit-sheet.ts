/** The sheet of a visit as a page of its own, to be kept or printed: nothing is fetched for it, and nothing runs in it. */
import { markup } from '../../models/report/markup.ts';
import { dateTime } from '../contract/figures.ts';
import { sectionsOf } from './contract/visit-words.ts';
import type { Visit } from './contract/visits.ts';

const style = `
@page { size: A4; margin: 18mm; }
:root { color-scheme: light dark; }
body { max-width: 720px; margin: 32px auto; padding: 0 16px;
  font: 14px/1.45 ui-sans-serif, system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 13px; margin: 20px 0 4px; border-bottom: 1px solid; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
th { width: 130px; padding: 2px 12px 2px 0; text-align: left; vertical-align: top; font-weight: 400; opacity: .75; }
td { padding: 2px 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; }
.notes div { height: 28px; border-bottom: 1px solid; opacity: .5; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
`;

/** HTML, with room for notes by hand. */
export function visitSheet(visit: Visit): string {
  const { boardName, site, startedMs } = visit;
  const sections = sectionsOf(visit).map(
    ({ title, lines }) =>
      markup`<section><h2>${title}</h2><table><tbody>${lines.map(
        ([what, text]) => markup`<tr><th scope="row">${what}</th><td>${text}</td></tr>`,
      )}</tbody></table></section>
`,
  );
  const page = markup`<main>
<h1>${boardName}</h1>
<p>${site === '' ? '' : `${site}, `}${dateTime(startedMs)}</p>
${sections}<section class="notes"><h2>Notes</h2><div></div><div></div><div></div></section>
</main>`;
  const title = markup`<title>Visit: ${boardName}, ${dateTime(startedMs)}</title>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${title.text}
<style>${style}</style>
</head>
<body>
${page.text}
</body>
</html>
`;
}
