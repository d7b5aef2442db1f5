import { grouped } from '../../main/contract/figures.ts';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { costOf } from './cost.ts';
import { csvText } from './csv.ts';
import { reportCsv } from './files.ts';
import { estimate, probability } from './format.ts';
import { escaped, markup } from './markup.ts';
import { reportHtml } from './report.ts';
import type { Results } from './results.ts';
import { results } from './testing.ts';

const html = reportHtml(results);

/** As a browser would show it, roughly: tags gone, entities read. */
const text = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** Rows of one CSV file as records; quoted cells may hold commas, quotes and line ends. */
function csv(name: string, from: Results = results): Record<string, string>[] {
  const file = reportCsv(from).find((entry) => entry.name === `${name}.csv`);
  const cells = [...file!.text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, cell, end] of cells) {
    rows.at(-1)!.push(cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!);
    if (end !== ',') rows.push([]);
  }
  const [head, ...body] = rows.slice(0, -1);
  return body.map((row) => Object.fromEntries(row.map((cell, i) => [head![i]!, cell])));
}

test('the report loads nothing, runs nothing and follows the reader’s colours', () => {
  expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
  expect(html).not.toMatch(/\sstyle\s*=/i);
  expect(html).not.toMatch(/\s(src|srcset|action|on\w+)\s*=/i);
  expect(html).not.toMatch(/url\(|@import|javascript:/i);
  expect([...html.matchAll(/href="([^"]*)"/g)].every(([, target]) => target!.startsWith('#'))).toBe(true);
  expect(html).toContain('@media (prefers-color-scheme: dark)');
});

test('the report forbids to itself whatever it does not hold', () => {
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)!;
  const [, style] = /<style>(.*?)<\/style>/s.exec(html)!;
  const digest = createHash('sha256').update(style!).digest('base64');
  expect(policy!.split('; ').sort()).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'none'",
    `style-src 'sha256-${digest}'`,
  ]);
  // A policy binds what comes after it.
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<title>'));
});

test('names that are markup are shown as text', () => {
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<b>gone');
  expect(html).toContain('&lt;script&gt;alert(&quot;sea &amp; waves&quot;)&lt;/script&gt;');
  expect(text(html)).toContain('Bank & report <of made-up answers>');
  expect(escaped(`<a href="x" title='y'>&</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
  );
  expect(markup`<p>${['<', markup`<b>${'&'}</b>`, null, 3]}</p>`.text).toBe('<p>&lt;<b>&amp;</b>3</p>');
});

test('every tag that is opened is closed', () => {
  const open: string[] = [];
  for (const [, closing, name, rest] of html.matchAll(/<(\/?)([a-z]\w*)\b([^>]*)>/g)) {
    if (name === 'meta' || rest!.endsWith('/')) continue;
    if (closing) expect(open.pop()).toBe(name);
    else open.push(name!);
  }
  expect(open).toEqual([]);
});

test('no figure is undefined or not a number', () => {
  expect(html.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/\b(NaN|undefined|Infinity|\[object)\b/);
  for (const { text } of reportCsv(results)) expect(text).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
});

test('Table 2 shows each estimate with its interval, and the CSV has it unrounded', () => {
  const rows = csv('table-2-scores');
  const shown = text(html);
  for (const { name, scores } of [...results.experts, ...results.mixtures]) {
    for (const fold of scores.weightedF1.folds) {
      expect(shown).toContain(estimate(fold));
      const row = rows.find(
        (r) => r['Model'] === name && r['Measure'] === 'Weighted F1' && r['Part'] === `fold ${fold.fold}`,
      )!;
      expect([row['Value'], row['Low'], row['High']].map(Number)).toEqual([fold.value, fold.low, fold.high]);
    }
  }
  expect(rows).toHaveLength(3 * 6 * (results.experts.length + results.mixtures.length));
});

test('Table 1 tells sizes', () => {
  const rows = csv('table-1-size');
  for (const expert of results.experts) {
    const row = rows.find((r) => r['Name'] === expert.name)!;
    expect(Number(row['Image, bytes'])).toBe(expert.imageBytes!.value);
    expect(Number(row['RAM, bytes'])).toBe(expert.ramBytes!.value);
    expect(text(html)).toContain(grouped(expert.imageBytes!.value));
  }
});

test('times under “ms” are milliseconds in the files too', () => {
  const [mixture] = results.mixtures;
  const mean = mixture!.cost!.latencyUs.reduce((sum, us) => sum + us, 0) / mixture!.cost!.latencyUs.length;
  const rowOf = (name: string, column: string) => csv(name).find((row) => row[column] === mixture!.name)!;
  expect(Number(rowOf('latency', 'Model')['Mean, ms'])).toBeCloseTo(mean / 1000, 9);
  expect(Number(rowOf('latency', 'Model')['Encoder, ms'])).toBeCloseTo(
    mixture!.cost!.stagesUs!.encoder / 1000,
    9,
  );
  expect(Number(rowOf('table-3-mixtures', 'Mixture')['Latency, ms'])).toBeCloseTo(mean / 1000, 9);
});

test('energy, F1 per mJ and carbon follow from the results', () => {
  const rows = csv('energy');
  for (const mixture of results.mixtures) {
    const row = rows.find((r) => r['Model'] === mixture.name)!;
    const millijoule = mixture.cost!.millijoule!.value;
    const f1 = mixture.scores.weightedF1.pooled.value;
    expect(Number(row['F1 per mJ'])).toBeCloseTo(f1 / millijoule, 12);
    expect(Number(row['CO2 per 1000 inferences, g'])).toBeCloseTo((millijoule / 3.6e6) * 380, 12);
    // of this model alone, not of everything that was trained for the report
    const seconds = mixture.kind === 'always' ? 30 : 120;
    expect(Number(row['Training it once, s'])).toBe(seconds);
    expect(Number(row['Inferences that emit what that did'])).toBeCloseTo(seconds * 35_000_000 / 1000 / millijoule, 3); // prettier-ignore
    expect(row['Energy, mJ: source']).toBe('modelled');
  }
  expect(costOf(results.mixtures[0]!, null)!.grams).toBeNull();
});

test('every test is told with its p, corrected p, n and source', () => {
  const rows = csv('table-4-tests');
  expect(rows).toHaveLength(results.tests.length + results.notRun!.length);
  rows.slice(0, results.tests.length).forEach((row, i) => {
    const entry = results.tests[i]!;
    expect([row['p'], row['p, Holm'], row['n']].map(Number)).toEqual([entry.p, entry.adjusted, entry.n]);
    expect(row['Source']).toBe(entry.measure === 'latency' ? 'counted' : 'answers to the clips');
    expect(text(html)).toContain(probability(entry.adjusted));
    if (entry.detectable) expect(Number(row['Detectable effect'])).toBe(entry.detectable);
  });
  rows.slice(results.tests.length).forEach((row, i) => {
    const entry = results.notRun![i]!;
    expect([row['p'], row['Method']]).toEqual(['', entry.reason]);
    expect(row['In words']).toBe(`Not made: no p below ${probability(entry.leastP)} was possible.`);
    expect(text(html)).toContain(entry.reason);
  });
});

test('scores of calibration have their intervals, and it is said where scaling helps and where not', () => {
  const shown = text(html);
  const models = [...results.experts, ...results.mixtures];
  const verdicts = models.map(({ scores }) => {
    const { low, high } = scores.calibration.scaled!.change!.nll!;
    return high < 0 ? 'helps' : low > 0 ? 'harms' : 'not shown to help';
  });
  const times = (verdict: string) => verdicts.filter((one) => one === verdict).length;
  expect(shown).toContain(
    `Of ${models.length} models scaling helps ${times('helps')}, harms ${times('harms')}, and is not shown to help ${times('not shown to help')}.`,
  );
  for (const { scores } of models) expect(shown).toContain(estimate(scores.calibration.estimates!.ece!));
  const told = csv('calibration').filter((row) => row['Scaling'] !== '–' && row['Scaling'] !== '');
  expect(told.map((row) => row['Scaling'])).toEqual(verdicts);
});

test('random routing is told over many deals, not as luck had it once', () => {
  expect(text(html)).toContain('Over 100 deals accuracy is 0.510 [0.480, 0.540]');
  expect(text(html)).toContain('Weighted F1 of 100 deals of random routing: 0.500 [0.470, 0.530]');
});

test('the numbers behind the plots are in the CSV files', () => {
  expect(csv('inferences').map((row) => Number(row['Latency, µs']))).toEqual(
    [...results.experts, ...results.mixtures].flatMap(({ cost }) => cost!.latencyUs),
  );
  expect(csv('routing-flips').map((row) => Number(row['Share of windows that flip']))).toEqual(
    results.flips!.points.map(({ rate }) => rate),
  );
  const clips = csv('confusion-matrices').reduce((sum, row) => sum + Number(row['Clips']), 0);
  expect(clips).toBe(10 * results.dataSet.clips);
});

test('a class whose name is a formula stays text in a spreadsheet', () => {
  expect(csv('classes').map((row) => row['Class'])).toContain(`'=HYPERLINK("http://x")`);
  expect(csvText([['a,b', 'say "x"', null, 0.1]])).toBe('"a,b","say ""x""",,0.1\r\n');
});

test('the encoder’s own classifier is told for the folds that its training left out, and that there are others', () => {
  const folds = [...results.dataSet.folds, { fold: 5, clips: 40, sources: 20 }];
  const shown = text(reportHtml({ ...results, dataSet: { ...results.dataSet, folds } }));
  expect(shown).toContain('mean over 4 folds');
  expect(shown).toContain('its own classifier was not tested on it');
  expect(text(reportHtml(results))).not.toContain('its own classifier was not tested on it');
});

test('what was not examined is said plainly and never shown as 0', () => {
  const bare: Results = {
    ...results,
    board: null,
    carbon: null,
    flips: null,
    tests: [],
    notRun: [],
    limits: [],
    experts: results.experts.map((expert) => ({
      ...expert,
      cost: null,
      imageBytes: null,
      losses: [],
      agreement: null,
    })),
    mixtures: results.mixtures.map((mixture) => ({ ...mixture, cost: null, losses: [] })),
    encoder: { ...results.encoder, folds: null, ramBytes: null },
    dataSet: { ...results.dataSet, problems: [] },
  };
  const shown = text(reportHtml(bare));
  for (const sentence of [
    'Nothing ran on a board: there is no latency, energy or carbon.',
    'Routing flips were not examined.',
    'No tests were made.',
    'No loss curves were kept.',
    'The training was not timed.',
    'No problems were found in the data set.',
    'no figure',
  ]) {
    expect(shown).toContain(sentence);
  }
  const [row] = csv('energy', bare);
  expect([row!['Energy, mJ'], row!['Energy, mJ: source']]).toEqual(['', 'none']);
  expect(csv('latency', bare)[0]!['Mean, ms']).toBe('');
});

test('a report without mixtures shows its experts alone', () => {
  const shown = text(reportHtml({ ...results, mixtures: [], bank: [], tests: [], notRun: [], flips: null }));
  expect(shown).toContain('No mixtures were evaluated.');
  expect(shown).toContain('Reliability of float');
});

test('what the evaluation was asked stands in the report as a command that can be copied', () => {
  expect(text(html)).toContain("curlew evaluate 'made up & drawn' --epochs=20");
});

test('a report of a bank that was there begins with what it has and has not heard, and shows no folds', () => {
  const tested = { bank: 'owls', trainedOn: 'roofs', heldOutFold: 2, heard: 3, otherLabels: 1 };
  const page = text(reportHtml({ ...results, tested }));
  const first =
    'The bank owls, trained on roofs without fold 2, tested as it is on Made-up "clips": 160 clips';
  expect(page).toContain(first);
  expect(page.indexOf(first)).toBeLessThan(page.indexOf('Of the paper’s'));
  expect(page).toContain('Left out, because it has heard them: 3 clips. Left out for their labels: 1 clip.');
  expect(page).toContain('Accuracy on 160 clips:');
  expect(page).not.toMatch(/F1 by fold|Clips by fold|each left out once/);
  const unknown = text(reportHtml({ ...results, tested: { ...tested, trainedOn: null, heard: 0 } }));
  expect(unknown).toContain('what its experts were trained on it does not list');
  expect(unknown).not.toContain('Left out, because');
});
