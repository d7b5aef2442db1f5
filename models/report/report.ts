import { utcDay } from '../../main/contract/figures.ts';
import { markup } from './markup.ts';
import { pageHtml } from './page.ts';
import { reachOf } from './reach.ts';
import type { Results } from './results.ts';
import { headline, sections, summaryOf } from './sections.ts';
import { testedText } from './tested.ts';

/**
 * The whole report as one HTML file: no script, nothing loaded from elsewhere, light or dark as the reader's system.
 * Every text of the results is escaped.
 */
export function reportHtml(results: Results): string {
  const parts = sections(results);
  const top = headline(results);
  const tested = testedText(results);
  return pageHtml(
    results.title,
    markup`<p class="soft">${results.dataSet.name}, ${utcDay(results.createdMs)}, Curlew ${results.version}</p>
${
  tested === null
    ? null
    : markup`<p>${tested}</p>
`
}<p>${reachOf(results).join(' ')}</p>
<p>${summaryOf(results)}${top === null ? null : ` ${top}`}</p>
`,
    parts,
  );
}
