/** The report's parts, each from the results alone. */
import { count, grouped, shellWord } from '../../main/contract/figures.ts';
import { claimsOf } from './claims.ts';
import type { Claim, Verdict } from './claims/claim.ts';
import { curious, plainRouter, significance } from './claims/rules.ts';
import { digits, list, share } from './format.ts';
import { limitsOf } from './limits.ts';
import { markup, type Markup, type Part } from './markup.ts';
import { confusionPlot } from './plots/confusion.ts';
import { snrPlots } from './plots/robustness.ts';
import { flipPlot, latencyPlot, lossPlot, sharesPlot } from './plots/routing.ts';
import { tradeOffCurves, tradeOffPlots } from './plots/trade-off.ts';
import { errorHistogram, reliabilityDiagram, riskCoverage, rocPlot } from './plots/scores.ts';
import type { EncoderSummary, Results } from './results.ts';
import { shownModels } from './shown.ts';
import { badge, sourceLegend, tableHtml } from './table.ts';
import { calibrationTable, scalingText, uncertaintyTable } from './tables/calibration.ts';
import { cascadeTable, cascadeText, cascadeTold } from './tables/cascade.ts';
import { classTable, foldTable, problemTable } from './tables/data-set.ts';
import { encoderTable, scoreTable, sizeTable } from './tables/experts.ts';
import { agreementTable, energyTable, latencyTable } from './tables/cost.ts';
import { mixtureTable } from './tables/mixtures.ts';
import { robustnessTable, robustnessText } from './tables/robustness.ts';
import { seedsText, seedTable } from './tables/seeds.ts';
import { deciding, tradeOffTable } from './tables/trade-off.ts';
import { testNote, testTables } from './tables/tests.ts';

export interface Section {
  /** Of the anchor. */
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}

export const sections = (results: Results): Section[] => [
  { id: 'claims', title: 'Where the paper’s claims hold here, and where they do not', body: claims(results) },
  { id: 'data', title: 'Data set', body: dataSet(results) },
  { id: 'protocol', title: 'How it was evaluated', body: protocol(results) },
  { id: 'experts', title: 'Experts', body: experts(results) },
  { id: 'mixtures', title: 'Mixtures', body: mixtures(results) },
  { id: 'robustness', title: 'Harder sounds', body: robustness(results) },
  { id: 'cost', title: 'Latency, energy and carbon', body: cost(results) },
  { id: 'cascade', title: 'Cascades of encoders', body: cascade(results) },
  { id: 'tests', title: 'Tests', body: tests(results) },
  { id: 'calibration', title: 'Calibration and uncertainty', body: calibration(results) },
  { id: 'routing', title: 'Routing', body: routing(results) },
  { id: 'classes', title: 'Classes', body: classes(results) },
  { id: 'training', title: 'Training', body: training(results) },
  { id: 'limits', title: 'Limits', body: bullets(limitsOf(results)) },
];

const missing = (sentence: string): Markup => markup`<p class="soft">${sentence}</p>`;

const bullets = (sentences: readonly string[]): Markup =>
  sentences.length === 0
    ? missing('None are known.')
    : markup`<ul class="plain">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;

const verdictClass: Record<Verdict, string> = {
  holds: 'holds',
  'holds in part': 'part',
  'does not hold': 'fails',
  'not shown': '',
  'not examined': '',
};

function claims(results: Results): Part {
  const all = claimsOf(results);
  const of = (origin: Claim['origin']) =>
    markup`<ul class="claims">${all.filter((claim) => claim.origin === origin).map(claimHtml)}</ul>`;
  return [
    markup`<p class="soft">Decided by rules from the figures below. A difference counts as shown where its p, corrected by Holm’s method, is below ${significance(results)}; a ratio holds from 90 % of the paper’s figure on.</p>`,
    markup`<h3>The paper’s claims</h3>`,
    of('paper'),
    markup`<h3>What the claims stand or fall with</h3>`,
    of('control'),
  ];
}

const claimHtml = ({ claim, verdict, finding, hard }: Claim): Markup =>
  markup`<li>${verdictHtml(verdict)}<p class="claim">${claim}</p><p class="finding">${finding}</p>${hard === null ? null : markup`<p class="finding">On harder sounds: ${verdictHtml(hard.verdict)} ${hard.finding}</p>`}</li>\n`;

const verdictHtml = (verdict: Verdict): Markup =>
  markup`<span class="verdict ${verdictClass[verdict]}">${verdict}</span>`;

const facts = (entries: readonly (readonly [term: string, fact: Part])[]): Markup =>
  markup`<dl class="facts">${entries.map(([term, fact]) => markup`<dt>${term}</dt><dd>${fact}</dd>`)}</dl>`;

function dataSet({ dataSet: data, tested }: Results): Part {
  return [
    facts([
      ['Data set', data.name],
      ['Layout', data.layout],
      ['Licence', data.licence ?? 'not stated'],
      ['Clips', grouped(data.clips)],
      ['Sources', grouped(data.sources)],
      ['Duration', `${digits(data.seconds / 60)} minutes`],
      ['Classes', grouped(data.classes.length)],
    ]),
    tested ? null : tableHtml(foldTable(data)),
    data.problems.length === 0
      ? missing('No problems were found in the data set.')
      : tableHtml(problemTable(data)),
    markup`<details><summary>Clips of each class</summary>${tableHtml(classTable(data))}</details>`,
  ];
}

function protocol(results: Results): Part {
  const { protocol: how, encoder } = results;
  return [
    facts([
      ...(results.tested
        ? [['Folds', 'none: the bank is tested as it is, on all clips together'] as const]
        : [
            ['Folds', how.officialFolds ? 'the data set’s own' : 'made for this evaluation'] as const,
            [
              'Sources',
              how.sourcesApart ? 'never on both sides of a split' : 'on both sides of a split',
            ] as const,
          ]),
      ['Validation', how.validation],
      ['Scored answers', answerers[how.answers]],
      ['Seeds', seedsOf(how)],
      [
        'Intervals',
        `${100 * how.level} %, bootstrap clustered by source, ${grouped(how.resamples)} resamples, percentile`,
      ],
      ['Encoder', results.tested ? encoder.name : encoderText(encoder)],
      ...(results.asked === undefined ? [] : [['Asked for', askedHtml(results.asked)] as const]),
    ]),
    encoder.folds === null
      ? missing('The encoder’s own classifier was not evaluated here.')
      : tableHtml(encoderTable(encoder, results.dataSet)),
    markup`<h3>What the labels say</h3>`,
    sourceLegend(),
  ];
}

const answerers: Record<Results['protocol']['answers'], string> = {
  board: 'a board’s',
  reference: 'the reference’s',
  engine: 'the firmware’s own core’s, to the bit as boards answer one clip after another from their start',
};

/** Of a bank that is tested as it is no seed trained anything. */
function seedsOf({ seed, seeds = [] }: Results['protocol']): string {
  if (seeds.length < 2) return `${seed}`;
  return `${list(seeds.map(String))}: every fold was trained with each, and every figure is the mean over them; curves are averaged at equal steps, matrices and bins hold every answer`;
}

const askedHtml = (words: readonly string[]): Markup =>
  markup`<code>${['curlew', ...words].map(shellWord).join(' ')}</code>`;

const encoderText = ({ name, embeddingSize, heldOut }: EncoderSummary): string =>
  `${name}, ${grouped(embeddingSize)} numbers; ${heldOut === null ? 'what it was trained on is not known' : heldOut ? 'for each fold one that was not trained on it' : 'trained on the folds it is tested on'}`;

/** Whether the encoder has a classifier of its own that could answer beside the others. */
const headText = ({ folds }: EncoderSummary): string =>
  `The encoder ships without the classifier that it was trained with, which therefore is not among the models: ${
    folds === null
      ? 'what it is worth is not known here.'
      : 'what its own training found of it stands under “How it was evaluated”.'
  }`;

function experts(results: Results): Part {
  const seeds = seedTable(results);
  return [
    tableHtml(sizeTable(results)),
    tableHtml(scoreTable(results)),
    markup`<p class="soft">${headText(results.encoder)}</p>`,
    seeds === null ? null : tableHtml(seeds),
  ];
}

function mixtures(results: Results): Part {
  return results.mixtures.length === 0
    ? missing('No mixtures were evaluated.')
    : tableHtml(mixtureTable(results));
}

function robustness(results: Results): Part {
  const table = robustnessTable(results);
  if (table === null)
    return missing('Clips were answered as they were recorded alone: nothing is said of harder sounds.');
  return [
    markup`<p>${robustnessText(results)}</p>`,
    tableHtml(table),
    markup`<div class="plots">${snrPlots(results)}</div>`,
  ];
}

function cost(results: Results): Part {
  const { board } = results;
  if (board === null) return missing('Nothing ran on a board: there is no latency, energy or carbon.');
  const plotted = [plainRouter(results), ...curious(results)]
    .filter((mixture) => mixture !== undefined)
    .filter(({ cost: known }) => known !== null && known.latencyUs.length > 0);
  return [
    facts([
      ['Board', `${board.name} (${board.kind})`],
      ['Profile', board.profile],
      ['Hardware', board.simulated ? 'none: simulated' : 'real'],
    ]),
    tableHtml(latencyTable(results)),
    tableHtml(energyTable(results)),
    tradeOff(results),
    plotted.length === 0
      ? missing('No router ran on the board: there is no distribution of latencies.')
      : markup`<div class="plots">${latencyPlot(plotted)}</div>`,
    agreements(results),
  ];
}

function tradeOff(results: Results): Part {
  const { level } = results.protocol;
  const table = tradeOffTable(results.tradeOff, deciding(level));
  if (table === null)
    return missing('What single stages take is not known: there is no curve of F1 against energy.');
  return [
    markup`<div class="plots">${tradeOffPlots(tradeOffCurves(results.tradeOff), level)}</div>`,
    markup`<details><summary>The points of these curves</summary>${tableHtml(table)}</details>`,
  ];
}

function cascade(results: Results): Part {
  const table = cascadeTable(results);
  if (table === null)
    return missing(
      results.tested
        ? 'The bank has no cascade, or no board told what its stages take.'
        : 'No cascade of encoders was trained.',
    );
  const { level } = results.protocol;
  const { tradeOff: found } = results.cascade!;
  return [
    markup`<p>${cascadeText(results)}</p>`,
    tableHtml(table),
    markup`<div class="plots">${tradeOffPlots(tradeOffCurves(found, { best: true }), level)}</div>`,
    markup`<p class="soft">Drawn are the settings that no other of the same decision beats.</p>`,
    markup`<details><summary>Every setting</summary>${tableHtml(tradeOffTable(found, cascadeTold(results))!)}</details>`,
  ];
}

function agreements(results: Results): Part {
  return results.experts.some(({ agreement }) => agreement !== null)
    ? tableHtml(agreementTable(results))
    : missing('Board and reference were not compared.');
}

function tests(results: Results): Part {
  return results.tests.length + (results.notRun?.length ?? 0) === 0
    ? missing('No tests were made.')
    : [markup`<p class="soft">${testNote}</p>`, testTables(results).map(tableHtml)];
}

function calibration(results: Results): Part {
  const shown = shownModels(results);
  const scaling = scalingText(results);
  return [
    scaling === null ? null : markup`<p>${scaling}</p>`,
    tableHtml(calibrationTable(results)),
    tableHtml(uncertaintyTable(results)),
    markup`<div class="plots">${shown.map((model) => [
      reliabilityDiagram(model),
      riskCoverage(model, false),
      riskCoverage(model, true),
      errorHistogram(model, 'curiosity'),
    ])}</div>`,
  ];
}

function routing(results: Results): Part {
  const routers = [plainRouter(results), ...curious(results)].filter((router) => router !== undefined);
  const { flips } = results;
  return [
    routers.length < 2 ? missing('No curiosity router was evaluated beside a plain one.') : null,
    flips === null ? missing('Routing flips were not examined.') : null,
    markup`<div class="plots">${routers.length < 2 ? null : sharesPlot(results.bank, routers)}${flips === null ? null : flipPlot(flips)}</div>`,
  ];
}

function classes(results: Results): Part {
  const shown = shownModels(results);
  const others = [...results.experts, ...results.mixtures].filter((model) => !shown.includes(model));
  const confusion = (model: (typeof others)[number]) => confusionPlot(model, results.dataSet.classes);
  return [
    markup`<div class="plots">${shown.map(confusion)}${shown.map(rocPlot)}</div>`,
    others.length === 0
      ? null
      : markup`<details><summary>${count(others.length, 'other model')}</summary><div class="plots">${others.map((model) => [confusion(model), rocPlot(model)])}</div></details>`,
  ];
}

function training({ experts, mixtures: routers, carbon }: Results): Part {
  const trained = [...experts, ...routers].filter(({ losses }) => losses.length > 0);
  const seconds = carbon?.training?.seconds;
  return [
    seconds
      ? markup`<p>The training took ${digits(seconds.value)} s ${badge(seconds.source)}.</p>`
      : missing('The training was not timed.'),
    trained.length === 0
      ? missing('No loss curves were kept.')
      : markup`<div class="plots">${trained.map(({ name, losses }) => lossPlot(name, losses))}</div>`,
  ];
}

/** One line that counts verdicts. */
export function summaryOf(results: Results): string {
  const paper = claimsOf(results).filter(({ origin }) => origin === 'paper');
  const verdicts: Verdict[] = ['holds', 'holds in part', 'does not hold', 'not shown', 'not examined'];
  const words: Record<Verdict, readonly [one: string, many: string]> = {
    holds: ['holds', 'hold'],
    'holds in part': ['holds in part', 'hold in part'],
    'does not hold': ['does not hold', 'do not hold'],
    'not shown': ['is not shown', 'are not shown'],
    'not examined': ['was not examined', 'were not examined'],
  };
  const counted = (found: readonly Verdict[]) =>
    list(
      verdicts.flatMap((verdict) => {
        const n = found.filter((one) => one === verdict).length;
        return n === 0 ? [] : [`${n} ${words[verdict][n === 1 ? 0 : 1]}`];
      }),
    );
  const hard = paper.flatMap((claim) => claim.hard?.verdict ?? []);
  const told = `Of the paper’s ${paper.length} claims ${counted(paper.map(({ verdict }) => verdict))} here.`;
  return hard.length === 0
    ? told
    : `${told} Of the ${hard.length} about answers, on harder sounds ${counted(hard)}.`;
}

/** The plain router's and curiosity's accuracy, or nothing. */
export function headline(results: Results): string | null {
  const best = shownModels(results).map(
    ({ name, scores: { accuracy } }) =>
      `${name} ${share(accuracy.mean)}${accuracy.deviation === null ? '' : ` ± ${share(accuracy.deviation)}`}`,
  );
  const { folds, clips } = results.dataSet;
  if (results.tested)
    return best.length === 0 ? null : `Accuracy on ${count(clips, 'clip')}: ${best.join('; ')}.`;
  if (best.length === 0) return null;
  const of = `mean of ${count(folds.length, 'fold')} (${count(clips, 'clip')}), each left out once`;
  const seeds = seedsText(shownModels(results), results.protocol.seeds);
  const further = [seeds, cascadeText(results)].filter((one) => one !== null);
  return [`Accuracy, ${of}: ${best.join('; ')}.`, ...further].join(' ');
}
