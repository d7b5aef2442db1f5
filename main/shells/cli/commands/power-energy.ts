/** `curlew power energy` and `curlew power battery`: what a capture comes to. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { count } from '../../../contract/figures.ts';
import type { Capture, EnergyResult, StageEnergy } from '../../../contract/types.ts';
import { usualCells } from '../../../fleet/contract/battery-days.ts';
import { batteryLife } from '../../../instruments/contract/battery-life.ts';
import {
  coulombsText,
  joulesText,
  partsText,
  secondsText,
  wattsText,
  withUncertainty,
} from '../../../instruments/contract/words.ts';
import { numberOf } from '../args.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { table, type Row } from '../output.ts';
import { captureOf, stagesOf, stretchOf } from './power-given.ts';

const energyOptions = ['pin', 'start', 'stop', 'millivolts'] as const;

export const energyCommands: Commands = {
  'power energy': {
    usage: 'CAPTURE',
    about: 'energy of a capture, with --pin of each inference that an input marks, and how far it may be off',
    options: [...energyOptions, 'stages'],
    check: async ({ options }) => stagesOf(options.stages),
    run: energy,
  },
  'power battery': {
    usage: 'CAPTURE --cell NAME',
    about: 'how long a battery lasts at what it drew, or with --pin and --period at an inference so often',
    options: [...energyOptions, 'cell', 'period'],
    check: async (args) => cellOf(args),
    run: battery,
  },
};

async function asked(client: LabClient, args: Args): Promise<{ capture: Capture; energy: EnergyResult }> {
  const { options } = args;
  const capture = await captureOf(client, args.words[0]!);
  const energy = await client.request('power.energy', {
    ...{ captureId: capture.id, ...stretchOf(args, capture), stages: stagesOf(options.stages) },
    ...(options.millivolts !== undefined && { millivolts: Number(options.millivolts) }),
    ...(options.pin !== undefined && { pin: Number(options.pin) }),
  });
  return { capture, energy };
}

async function energy(client: LabClient, args: Args): Promise<Answer> {
  const { capture, energy: found } = await asked(client, args);
  const { whole, marked, stages, volts } = found;
  const lines = [
    `${capture.name}, ${secondsText(whole.seconds)} at ${volts} V (measured)`,
    `energy        ${withUncertainty(whole.joules, whole.uncertainty)}, ${wattsText(whole.joules / whole.seconds)} on the mean`,
    `charge        ${coulombsText(whole.coulombs)}`,
    `may be off by ${partsText(whole)}`,
    ...(whole.lost > 0
      ? [`lost          ${count(whole.lost, 'sample')}; nothing stands in their place`]
      : []),
  ];
  if (marked) lines.push('', ...markedLines(found));
  if (stages.length > 0) {
    const head = ['stage', 'input', 'energy each', 'time each', 'inferences without it'];
    lines.push('', table(head, stages.map(stageRow)));
  }
  const nothing = marked !== null && marked.count === 0;
  const some = (marked?.withLoss ?? 0) > 0 || whole.lost > 0;
  return { text: lines.join('\n'), json: found, exit: nothing ? exit.none : some ? exit.some : exit.done };
}

function markedLines({ marked }: EnergyResult): string[] {
  const { count: many, cut, withLoss, joules, seconds, uncertainty, restWatts } = marked!;
  const beside = [
    ...(cut > 0 ? [`${cut} cut off at the ends`] : []),
    ...(withLoss > 0 ? [`${withLoss} with lost samples, in no figure below`] : []),
  ];
  const lines = [`inferences    ${[String(many), ...beside].join(', ')}`];
  if (joules && seconds && uncertainty !== null) {
    lines.push(
      `energy each   ${withUncertainty(joules.mean, uncertainty)}, ${joulesText(joules.least)} to ${joulesText(joules.most)}, ` +
        `deviation ${joulesText(joules.deviation)}`,
      `time each     ${secondsText(seconds.mean)}, ${secondsText(seconds.least)} to ${secondsText(seconds.most)}`,
    );
  }
  if (restWatts !== null) lines.push(`between them  ${wattsText(restWatts)}`);
  return lines;
}

const stageRow = ({ name, pin, joules, seconds, uncertainty, missing }: StageEnergy): Row => [
  ...[name, pin, joules && uncertainty !== null ? withUncertainty(joules.mean, uncertainty) : '—'],
  ...[seconds ? secondsText(seconds.mean) : '—', missing],
];

async function battery(client: LabClient, args: Args): Promise<Answer> {
  const { period } = args.options;
  const cell = cellOf(args);
  const { energy: found } = await asked(client, args);
  const periodS = period === undefined ? null : numberOf(period, '--period', 1e-3, 365 * 86_400);
  const life = batteryLife(found, cell, periodS);
  if (typeof life === 'string') throw new CurlewError('REQUEST_INVALID', life, { begun: true });
  const { days, leastDays, mostDays, watts, wattsUncertainty } = life;
  const often = periodS === null ? 'as in the capture' : `an inference every ${periodS} s`;
  const text = [
    `${dayText(days)} on ${cell.name} (modelled), ${often}; ${dayText(leastDays)} to ${dayText(mostDays)} as far as the measurement goes`,
    `power   ${wattsText(watts)} ± ${wattsText(wattsUncertainty)} (measured)`,
    `battery ${cell.milliampHours} mAh at ${cell.volts} V, ${100 * cell.usableShare} % usable: ${cell.source}`,
  ].join('\n');
  return { text, json: { ...life, cell } };
}

const dayText = (days: number): string =>
  days < 2 ? `${(24 * days).toFixed(1)} h` : count(Math.round(days), 'day');

function cellOf({ options }: Args): (typeof usualCells)[number] {
  const cell = usualCells.find(({ name }) => name.toLowerCase() === options.cell!.toLowerCase());
  if (cell) return cell;
  const names = usualCells.map(({ name }) => name).join(', ');
  throw new CurlewError('REQUEST_INVALID', `There is no usual battery “${options.cell}”: ${names}.`);
}
