/** What cascades of encoders save. */
import { chanceAsOften, decisionWords, oneStage } from '../cascade-words.ts';
import { digits, list, score, share } from '../format.ts';
import type { AgainstStage, CascadeSummary, Estimate, Results } from '../results.ts';
import { plainCell, textCell, type Cell, type Table } from '../table.ts';

/** A decision that takes so little of the last stage's energy, within the margin, saves what was aimed at. */
const aim = 0.5;

const noteOfSettings =
  'A window goes on to the next stage where its score lies above a threshold, which held windows set: sounds of the training folds that nothing was fitted to. Where the first expert decides, it has answered too. Chance sends as many windows on as top probability, any of them.';

const noteOfTested =
  'A window goes on to the next stage where its score lies above a threshold of the bank’s own. Where the first expert decides, it has answered too. Chance sends as many windows on, any of them.';

/** For the table of all settings. */
export const cascadeTold = ({ protocol, tested }: Pick<Results, 'protocol' | 'tested'>) => ({
  ...{ title: 'Cascades: F1 against energy', level: protocol.level },
  note: tested ? noteOfTested : noteOfSettings,
});

/** The chosen settings; null where there are no cascades. */
export function cascadeTable({
  cascade,
  protocol,
  tested,
}: Pick<Results, 'cascade' | 'protocol' | 'tested'>): Table | null {
  if (!cascade) return null;
  const sides = (one: CascadeSummary['chosen'][number]): [string, AgainstStage][] => [
    ['as recorded', one.plain],
    ...(one.hard ? [['all harder ones', one.hard] as [string, AgainstStage]] : []),
  ];
  return {
    title: `Cascades of ${list(cascade.stages.map(({ name }) => name))}`,
    columns: [
      ...['Decision', 'Setting', 'Sounds'],
      ...['Share of its energy', 'Low', 'High', 'Difference in weighted F1', 'Low', 'High'],
    ],
    rows: cascade.chosen.flatMap((one) =>
      sides(one).map(([sounds, { energyShare, difference }]): Cell[] => [
        ...[one.decision, one.setting, sounds].map(textCell),
        ...cells(energyShare, share),
        ...cells(difference, score),
      ]),
    ),
    notes: [
      `Against ${last(cascade).name} alone, ${digits(last(cascade).millijoule)} mJ an inference${tested ? '. The cascade is the bank’s own, with the thresholds that it has.' : `: ${settingsTold(cascade)}`} The figures are of the test windows; Low and High are ${100 * protocol.level} % intervals, whole sources drawn.`,
      ...(cascade.chosen.some(({ hard }) => hard)
        ? ['Harder sounds meet the same thresholds: more of them go on, so that they take more.']
        : []),
    ],
  };
}

const cells = ({ value, low, high }: Estimate, text: (value: number) => string): Cell[] =>
  [value, low, high].map((one) => plainCell(one, text));

const settingsTold = ({ margin }: CascadeSummary): string =>
  `of each decision the setting that takes least energy among those whose weighted F1 on held windows is at most ${score(margin)} lower. It is one setting for all folds, chosen by the held clips of all of them, each a test clip of another fold; its thresholds are each fold’s own, of clips that its test does not hold.`;

/** The first takes less whichever sources are drawn. */
const apart = (one: CascadeSummary['chosen'][number], other: CascadeSummary['chosen'][number] | undefined) =>
  other === undefined || one.plain.energyShare.high < other.plain.energyShare.low;

const last = ({ stages }: CascadeSummary) => stages.at(-1)!;

/** What a headline says of them: which decision saves most, whether the aim is met, and whether curiosity is it. */
export function cascadeText({ cascade, tested }: Pick<Results, 'cascade' | 'tested'>): string | null {
  if (!cascade) return null;
  const { chosen, margin } = cascade;
  const points = (value: number) => `${(100 * value).toFixed(1)} points`;
  const within = (one: AgainstStage) => one.difference.value >= -margin;
  const lost = (one: AgainstStage) => points(Math.max(0, -one.difference.value));
  const told = ({ decision, plain, hard }: CascadeSummary['chosen'][number]) =>
    `${decision} takes ${share(plain.energyShare.value)} of the energy of ${last(cascade).name} alone and loses ${lost(plain)} of weighted F1${hard ? ` (on harder sounds ${share(hard.energyShare.value)} and ${lost(hard)})` : ''}`;
  const decisions = chosen
    .filter(({ decision }) => decision !== oneStage)
    .sort((a, b) => a.plain.energyShare.value - b.plain.energyShare.value);
  const kept = decisions.filter(({ plain }) => within(plain));
  if (tested)
    return decisions
      .filter(({ decision }) => decision !== chanceAsOften)
      .map((one) => `${told(one)}.`)
      .join(' ');
  const [least] = kept;
  if (!least)
    return `No decision of the cascade stays within ${points(margin)} of weighted F1 of ${last(cascade).name} alone on the test sounds.`;
  const mine = decisions.find(({ decision }) => decision === decisionWords.curiosity);
  return [
    `${told(least)}: ${least.plain.energyShare.value <= aim ? 'half the energy or less, within' : 'more than half the energy, within'} ${points(margin)}.`,
    least.decision === decisionWords.curiosity
      ? apart(least, kept[1])
        ? 'Curiosity is the decision that saves most.'
        : 'That curiosity saves more than the others is not shown: their intervals overlap.'
      : `Curiosity is not that decision${mine ? `: ${told(mine)}` : ', and no setting of it stayed within the margin on held windows'}.`,
  ].join(' ');
}
