/** A comparison as one HTML file that opens without the lab: what was asked, what was found, and the evidence of the worst. */
import { grouped, percent, utcDay } from '../../contract/figures.ts';
import { frontEnd, patchSamples } from '../../../models/features/log-mel.ts';
import { softmax, argmax } from '../../../models/evaluation/probability.ts';
import { digits, probability } from '../../../models/report/format.ts';
import { markup, type Markup, type Part } from '../../../models/report/markup.ts';
import { pageHtml, type ReportSection } from '../../../models/report/page.ts';
import { axis, plot, unitAxis, type Point } from '../../../models/report/plots/frame.ts';
import { soundPlot, type HeardStretch } from '../../../models/report/plots/sound.ts';
import { line, marked } from '../../../models/report/plots/layers.ts';
import {
  emptyCell,
  figureCell,
  plainCell,
  sourceLegend,
  tableHtml,
  textCell,
  type Cell,
} from '../../../models/report/table.ts';
import type { ComparedClipRow, ComparedRun, ComparedWindow, Comparison } from './contract/rows.ts';
import { errorText, judgedFigure, judgedNote, limitText } from './contract/judged.ts';
import { checkWords, comparedStages, stageWords } from './contract/stages.ts';
import type { CompareStatistics, FigureRecord } from './contract/statistics.ts';

/** A clip of a run with its windows. */
export interface Evidence {
  row: ComparedClipRow;
  windows: readonly ComparedWindow[];
  /** Around the window that differs most; null where it is not drawn. */
  heard: HeardStretch | null;
}

export interface ReportInput {
  title: string;
  createdMs: number;
  version: string;
  comparison: Comparison;
  statistics: CompareStatistics;
  evidence: readonly Evidence[];
}

type RunName = Pick<ComparedRun, 'board' | 'model'>;
const sides = ['board', 'quantized', 'float'] as const;
const errorCell = (value: number | null, limit: number | null = null): Cell =>
  value === null ? emptyCell : plainCell(value, (one) => errorText(one, limit));
const wholeCell = (value: number): Cell => plainCell(value, grouped);

export function comparisonHtml(input: ReportInput): string {
  const { title, createdMs, version, comparison } = input;
  const sections: ReportSection[] = [
    { id: 'runs', title: 'Boards and models', body: runTable(comparison) },
    { id: 'stages', title: 'Stage by stage', body: stageTables(comparison) },
    ...(input.statistics.figures.length > 0
      ? [{ id: 'figures', title: 'Time and energy', body: figureParts(comparison, input.statistics) }]
      : []),
    {
      id: 'evidence',
      title: 'Clips with the largest errors',
      body: evidenceParts(comparison, input.evidence),
    },
  ];
  const top = markup`<p class="soft">${grouped(comparison.clips)} clips, ${utcDay(createdMs)}, Curlew ${version}</p>
<p>Implementation error lies between a board and the quantized reference; quantization error between the quantized and the float reference, which no board can change. The same sounds went to all.</p>
`;
  return pageHtml(title, top, sections);
}

const nameOf = ({ boards, models }: Comparison, { board, model }: RunName): string => {
  const { choice, name, profile } = boards[board]!;
  const own = name === null || name === 'study' ? choice.replace(/:.*/, '') : name;
  return `${models[model]!.name} on ${[own, ...(profile ? [profile] : [])].join(', ')}`;
};

function runTable(comparison: Comparison): Markup {
  const rows = comparison.runs.map((run): Cell[] => [
    textCell(nameOf(comparison, run)),
    wholeCell(run.clips),
    wholeCell(run.windows),
    ...sides.flatMap((side): Cell[] => {
      const scores = run.scores?.[side];
      return scores ? [rangeCell(scores.accuracy), rangeCell(scores.macroF1)] : [emptyCell, emptyCell];
    }),
    run.sameChoice ? plainCell(run.sameChoice.quantized / run.windows, percent) : emptyCell,
  ]);
  const columns = [
    ...['Run', 'Clips', 'Windows'],
    ...sides.flatMap((side) => [`Accuracy, ${side}`, `Macro F1, ${side}`]),
    'Same expert as the reference',
  ];
  const notes = ['Intervals are of a bootstrap that draws whole sources, 95 %.'];
  return markup`${tableHtml({ title: 'How right each side is, where labels are classes of the model', columns, rows, notes })}
${comparison.failed.map(({ path, message }) => markup`<p class="note">Not compared: ${path}: ${message}</p>`)}`;
}

const rangeCell = ({ value, low, high }: { value: number; low: number; high: number }): Cell =>
  plainCell(value, (one) => `${one.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`);

const stageTables = (comparison: Comparison): Markup[] =>
  comparison.runs.map((run) => {
    const rows = run.checks.flatMap((check): Cell[][] => {
      if (check.windows === 0) return [];
      const stage = comparedStages.find((one) => one === check.check);
      const found = stage ? run.stages[stage] : null;
      const { title, what } = checkWords(check.check);
      return [
        [
          textCell(title),
          textCell(what),
          errorCell(stage && found ? judgedFigure(stage, found) : null, check.limit),
          check.limit === null ? emptyCell : plainCell(check.limit, limitText),
          textCell(
            `${grouped(check.passed)} of ${grouped(check.windows)} [${percent(check.low ?? 0)}, ${percent(check.high ?? 1)}]`,
          ),
          check.verdict === 'not judged' ? emptyCell : plainCell(check.share, percent),
          textCell(check.verdict),
          ...[found?.relativeMedian, found?.rmse, found?.mae, found?.l2Median].map((value) =>
            errorCell(value ?? null),
          ),
          found ? plainCell(found.cosineLeast, (value) => value.toFixed(6)) : emptyCell,
          found && found.largest > 0
            ? textCell(
                `${errorText(found.largest)} at ${found.at}, clip ${found.clip + 1}, window ${found.window + 1}`,
              )
            : emptyCell,
        ],
      ];
    });
    const columns = [
      ...['Stage', 'What', 'Largest error', 'Allowed', 'Windows within', 'Asked', 'Verdict'],
      ...['Relative, median', 'RMSE', 'MAE', 'Relative L2, median', 'Cosine, least', 'Worst element'],
    ];
    return tableHtml({ title: nameOf(comparison, run), columns, rows, notes: [judgedNote] });
  });

function figureParts(comparison: Comparison, statistics: CompareStatistics): Part {
  const name = (run: RunName) => nameOf(comparison, run);
  const quantile = (one: FigureRecord, share: number): Cell => {
    const found = one.spread.quantiles.find((told) => told.share === share)!;
    const range = found.low === null ? '' : ` [${digits(found.low)}, ${digits(found.high!)}]`;
    return one.source === 'none'
      ? emptyCell
      : figureCell(found.value, one.source, (x) => `${digits(x)}${range}`);
  };
  const rows = statistics.figures.map((one): Cell[] => [
    textCell(name(one)),
    textCell(`${one.metric}, ${one.stage}`),
    textCell(one.unit),
    one.source === 'none' ? emptyCell : figureCell(one.spread.mean, one.source, digits),
    plainCell(one.spread.deviation, digits),
    ...[0.5, 0.95, 0.99].map((share) => quantile(one, share)),
    textCell(`${one.spread.outliers.count} of ${grouped(one.spread.n)}`),
    one.warmUp ? plainCell(one.warmUp.mean, digits) : emptyCell,
    textCell(one.conditions),
  ]);
  const columns = [
    ...['Run', 'Figure', 'Unit', 'Mean', 'Deviation', 'p50', 'p95', 'p99', 'Outliers', 'Warm-up, mean'],
    'Conditions',
  ];
  return [
    tableHtml({
      ...{ title: 'Distributions, the warm-up left out', columns, rows },
      notes: [
        'Quantiles with intervals of order statistics, 95 %. Outliers lie three interquartile ranges beyond the quartiles.',
      ],
    }),
    markup`<div class="plots">${distributions(statistics, name)}${tradeOffs(statistics, name)}</div>`,
    statistics.residuals.length > 0 ? residuals(comparison, statistics) : null,
    statistics.tests.length > 0 ? tests(statistics, name) : null,
    sourceLegend(),
  ];
}

/** So many series can be told apart. */
const mostSeries = 8;
type Name = (run: RunName) => string;

function distributions({ figures }: CompareStatistics, name: Name): Markup[] {
  return (['latency', 'energy'] as const).flatMap((metric) => {
    const some = figures.filter((one) => one.metric === metric && one.stage === 'total').slice(0, mostSeries);
    const [first] = some;
    if (!first) return [];
    const x = axis(
      `${metric}, ${first.unit}`,
      Math.min(...some.map(({ spread }) => spread.least)),
      Math.max(...some.map(({ spread }) => spread.most)),
    );
    const frame = { x, y: unitAxis('share of windows') };
    const steps = ({ spread }: FigureRecord): Point[] =>
      spread.ecdf.flatMap(([value, share], i): Point[] => [
        [value, spread.ecdf[i - 1]?.[1] ?? 0],
        [value, share],
      ]);
    const layers = some.map((one, series) => line(frame, steps(one), series));
    const key = some.map((one, series) => ({ series, text: name(one) }));
    return [plot(`Distribution of ${metric}`, frame, layers, key)];
  });
}

const costs = [
  ['latencyUs', 'Latency, µs'],
  ['millijoule', 'Energy, mJ'],
  ['flashBytes', 'Flash, bytes'],
  ['ramBytes', 'RAM, bytes'],
] as const;

function tradeOffs({ tradeOffs: all }: CompareStatistics, name: Name): Markup[] {
  return costs.flatMap(([cost, label]) => {
    const some = all.filter((one) => one.macroF1 !== null && one[cost] !== null).slice(0, mostSeries);
    if (some.length < 2) return [];
    const values = some.map((one) => one[cost]!);
    const frame = { x: axis(label, Math.min(...values), Math.max(...values)), y: unitAxis('Macro F1') };
    const layers = some.map((one, series) => marked(frame, [[one[cost]!, one.macroF1!]], series));
    const key = some.map((one, series) => ({
      series,
      text: `${name(one)}${one.front[cost] ? ', on the front' : ''}`,
    }));
    return [plot(`Macro F1 against ${label.split(',')[0]!.toLowerCase()}`, frame, layers, key)];
  });
}

function residuals({ models }: Comparison, { residuals: all }: CompareStatistics): Markup {
  const side = ({ mean, source }: (typeof all)[number]['other']): Cell =>
    source === 'none' ? emptyCell : figureCell(mean, source, digits);
  return tableHtml({
    title: 'One source beside another, same chip and model',
    columns: ['Model', 'Figure', 'Nearer to the truth', 'The other', 'Residual'],
    rows: all.map((one): Cell[] => [
      textCell(models[one.model]!.name),
      textCell(`${one.metric}, ${one.stage}`),
      side(one.reference),
      side(one.other),
      plainCell(one.residual, percent),
    ]),
    notes: [],
  });
}

const testNames = {
  wilcoxon: 'differ (Wilcoxon, paired)',
  'brown-forsythe': 'vary differently (Brown–Forsythe)',
  tost: 'are equivalent within 5 % (two one-sided t)',
};

const tests = ({ tests: all, mostPairs }: CompareStatistics, name: Name): Markup =>
  tableHtml({
    title: 'Whether two runs differ',
    columns: ['Figure', 'Whether they', 'a', 'b', 'Pairs', 'Effect, a − b', 'Size, d', 'p, corrected'],
    rows: all.map((one): Cell[] => [
      textCell(one.metric),
      textCell(testNames[one.test]),
      textCell(name(one.a)),
      textCell(name(one.b)),
      wholeCell(one.n),
      plainCell(one.effect, digits),
      one.size === null ? emptyCell : plainCell(one.size, (size) => size.toFixed(2)),
      plainCell(one.adjusted, probability),
    ]),
    notes: [
      `Of the same windows, ${grouped(mostPairs)} at most, drawn evenly; p corrected after Holm over all tests of a kind. Of Brown–Forsythe the effect is the ratio of the deviations, a / b.`,
    ],
  });

/** Of a window, seconds. */
const windowS = patchSamples / frontEnd.sampleRate;

function evidenceParts(comparison: Comparison, evidence: readonly Evidence[]): Part {
  return evidence.map(({ row, windows, heard }) => {
    const { classes, experts } = comparison.models[row.model]!;
    const top = (logits: readonly number[]): Cell => {
      const shares = softmax(logits);
      const best = argmax(shares);
      return textCell(`${classes[best] ?? ''} ${percent(shares[best]!)}`);
    };
    const routed = experts.length > 1;
    const rows = windows.map((one): Cell[] => [
      plainCell(one.startS, (s) => s.toFixed(2)),
      ...sides.map((side) => top(one.logits[side])),
      ...(routed
        ? [
            textCell(sides.map((side) => experts[one.places[side]]).join(', ')),
            textCell(sides.map((side) => one.curiosity[side].toFixed(4)).join(', ')),
          ]
        : []),
      textCell(one.firstOff ? stageWords[one.firstOff].title : '–'),
      ...comparedStages.map((stage) => errorCell(one.errors[stage]?.relative ?? null)),
      one.sequence > 0 ? wholeCell(one.sequence) : emptyCell,
    ]);
    const columns = [
      ...['Second', ...sides],
      ...(routed ? ['Expert: board, quantized, float', 'Curiosity: board, quantized, float'] : []),
      'First off',
      ...comparedStages.map((stage) => stageWords[stage].title),
      'Telemetry record',
    ];
    const label = row.label === null ? '' : `, labelled ${row.label}`;
    const title = `${row.path}${label}: ${nameOf(comparison, row)}`;
    const off = windows
      .filter(({ firstOff }) => firstOff !== null)
      .map(({ startS }) => ({ startS, endS: startS + windowS }));
    return [
      heard &&
        soundPlot(title, heard, off, off.length > 0 ? 'Marked below: windows that are off at a stage.' : ''),
      tableHtml({ title: heard ? 'Its windows' : title, columns, rows, notes: [] }),
    ];
  });
}
