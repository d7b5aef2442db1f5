/** How long boards' batteries last, for lists of them, and `curlew fleet battery`, which chooses those. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { grouped, percent } from '../../../../contract/figures.ts';
import type { BatteryDays, Board, Cell } from '../../../../contract/types.ts';
import { batteryDays, cellOf, dayLoad, usualCells } from '../../../../fleet/contract/battery-days.ts';
import { batteryText, daysText } from '../../../../fleet/contract/battery-words.ts';
import { numberOf } from '../../args.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { table, type Row } from '../../output.ts';
import { assignment } from '../given-setting.ts';
import { boardOf, fleetOf, nameOf } from './boards.ts';

/** Records of so long say what a day is like. */
const hours = 24;

export interface ToldBattery {
  /** Null where it cannot be told. */
  days: string | null;
  /** A sentence, or why it cannot. */
  text: string;
  told: (BatteryDays & { cell: Cell }) | null;
}

/** Asks once for all boards. */
export async function batteriesOf(client: LabClient): Promise<(board: Board) => ToldBattery> {
  const [setting, overview] = await Promise.all([
    client.request('battery.setting', {}),
    client.request('fleet.overview', { hours }),
  ]);
  const did = new Map(overview.map((one) => [one.boardId, one]));
  return (board) => {
    const load = dayLoad(board, did.get(board.id) ?? null, setting, hours, Date.now());
    if (typeof load === 'string') return { days: null, text: load, told: null };
    const cell = cellOf(setting, board.id);
    const told = batteryDays(load, cell);
    return { days: daysText(told), text: batteryText(told, cell), told: { ...told, cell } };
  };
}

export const batteryCommands: Commands = {
  'fleet battery': {
    usage: '[WORD...]',
    about:
      'how long batteries last; or chooses one: cell=NAME|none [BOARD], or of own values: name=… volts=… mah=… usable=0.7 loss=0.03',
    options: [],
    run: battery,
  },
};

const valueNames = ['cell', 'name', 'volts', 'mah', 'usable', 'loss'];

async function battery(client: LabClient, { words }: Args): Promise<Answer> {
  const given = new Map<string, string>();
  const boards: string[] = [];
  for (const word of words) {
    const one = assignment(word);
    if (!one) boards.push(word);
    else if (valueNames.includes(one.name)) given.set(one.name, one.text);
    else
      throw invalid(
        `There is no “${one.name}” to set: write NAME=VALUE with one of ${valueNames.join(', ')}.`,
      );
  }
  if (boards.length > 1) throw invalid('Name one board, or none for all that have no battery of their own.');
  const board = boards[0] === undefined ? null : await boardOf(client, boards[0]);
  if (given.size === 0) return list(client, board?.board.id);
  const cell = cellGiven(given);
  if (board) {
    const kept = await client.request('battery.choose', { boardId: board.board.id, cell });
    const { name } = cellOf(kept, board.board.id);
    return { text: `${nameOf(board)} runs on ${name}.`, json: kept };
  }
  if (!cell) throw invalid('Name the board whose own battery goes: “curlew fleet battery cell=none BOARD”.');
  const kept = await client.request('battery.choose', { boardId: null, cell });
  return { text: `All boards that have no battery of their own run on ${kept.cell.name}.`, json: kept };
}

/** Null for `cell=none`. @throws CurlewError REQUEST_INVALID */
function cellGiven(given: ReadonlyMap<string, string>): Cell | null {
  const named = given.get('cell');
  if (named === 'none') return null;
  const usual = usualCells.find(({ name }) => name.toLowerCase() === named?.toLowerCase());
  if (named !== undefined && !usual) {
    throw invalid(`There is no usual battery “${named}”: ${usualCells.map(({ name }) => name).join(', ')}.`);
  }
  const number = (name: string, usually: number | undefined, min: number, max: number): number => {
    const text = given.get(name);
    if (text !== undefined) return numberOf(text, name, min, max);
    if (usually !== undefined) return usually;
    throw invalid(`Say ${name} too: name=… volts=… mah=…, or cell=NAME of a usual one.`);
  };
  return {
    name: given.get('name') ?? usual?.name ?? 'own values',
    volts: number('volts', usual?.volts, 0.1, 60),
    milliampHours: number('mah', usual?.milliampHours, 1, 10_000_000),
    usableShare: number('usable', usual?.usableShare ?? 0.8, 0.01, 1),
    lossPerYear: number('loss', usual?.lossPerYear ?? 0.02, 0, 0.99),
  };
}

async function list(client: LabClient, boardId?: string): Promise<Answer> {
  const [all, told] = await Promise.all([fleetOf(client), batteriesOf(client)]);
  const shown = all
    .filter(({ board }) => boardId === undefined || board.id === boardId)
    .map((one) => ({ one, ...told(one.board) }));
  const rows = shown.map(({ one, days, text }): Row => [one.board.id, nameOf(one), days ?? '—', text]);
  const usual = usualCells.map(({ name, volts, milliampHours, usableShare, source }): Row => [
    ...[name, `${volts} V`, `${grouped(milliampHours)} mAh`, percent(usableShare, 0), source],
  ]);
  const text = [
    rows.length === 0 ? 'The lab knows no board.' : table(['board', 'name', 'battery', 'of what'], rows),
    '',
    table(['usual batteries', '', '', 'usable', 'where that is from'], usual),
  ].join('\n');
  return { text, json: shown.map(({ one, told }) => ({ boardId: one.board.id, battery: told })) };
}

const invalid = (sentence: string): CurlewError => new CurlewError('REQUEST_INVALID', sentence);
