/** CSV of currents: a time, a current, and the inputs where they are there, however they are called. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { CurlewError } from '../../contract/error.ts';
import type { CaptureWriter } from '../capture-writer.ts';
import { gap, unknownRange } from '../totals.ts';
import type { ReadFile } from './file-work.ts';

interface Columns {
  time: number;
  /** Seconds of one of its units. */
  timeUnit: number;
  current: number;
  currentUnit: number;
  /** All inputs in one column, input 0 first. */
  inputs: number;
  /** Or one each. */
  pins: number[];
  range: number;
  separator: string;
}

const timeUnits: Record<string, number> = { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6 };
const currentUnits: Record<string, number> = { a: 1, ma: 1e-3, ua: 1e-6, µa: 1e-6, na: 1e-9 };
/** Rows from which the time between two samples is taken: the least there is. */
const judgedRows = 1000;
/** Longer, and it is no gap in a capture. */
const mostGapS = 3600;
/** Of a step, that a time may lie beside its sample. */
const beside = 0.25;

export const readCsv: ReadFile = async (path, writer, share) => {
  const { size } = await stat(path);
  const lines = createInterface({ input: createReadStream(path, { encoding: 'utf8' }), crlfDelay: Infinity });
  let columns: Columns | null = null;
  const held: string[][] = [];
  let rows: Rows | null = null;
  let [number, read, told] = [0, 0, 0];
  for await (const line of lines) {
    number++;
    read += line.length + 1;
    if (line.trim() === '') continue;
    if (!columns) {
      columns = columnsOf(line, path);
      continue;
    }
    const cells = line.split(columns.separator);
    if (rows) rows.take(cells, number);
    else if (held.push(cells) === judgedRows) rows = begun(held, columns, writer, path);
    if (read - told > size / 100) share((told = read) / size);
  }
  if (columns && !rows && held.length > 0) rows = begun(held, columns, writer, path);
  return { samplesPerSecond: rows?.perSecond ?? 100_000 };
};

function begun(held: string[][], columns: Columns, writer: CaptureWriter, path: string): Rows {
  const times = held.map((cells) => Number(cells[columns.time]) * columns.timeUnit);
  let step = Infinity;
  for (let at = 1; at < times.length; at++) {
    const by = times[at]! - times[at - 1]!;
    if (by > 0) step = Math.min(step, by);
  }
  const perSecond = Number.isFinite(step) ? Number((1 / step).toPrecision(6)) : 100_000;
  const rows = new Rows(columns, writer, path, perSecond, times[0]!);
  // The first line is the head.
  for (const [at, cells] of held.entries()) rows.take(cells, at + 2);
  return rows;
}

class Rows {
  private next = 0;

  constructor(
    private readonly columns: Columns,
    private readonly writer: CaptureWriter,
    private readonly path: string,
    readonly perSecond: number,
    private readonly firstS: number,
  ) {}

  take(cells: readonly string[], line: number): void {
    const { time, timeUnit, current, currentUnit, range } = this.columns;
    const at = (Number(cells[time]) * timeUnit - this.firstS) * this.perSecond;
    const index = Math.round(at);
    if (!(Math.abs(at - index) <= beside) || index < this.next)
      throw this.wrong(line, 'its time does not follow');
    const missing = index - this.next;
    if (missing > mostGapS * this.perSecond) throw this.wrong(line, 'more than an hour is missing before it');
    this.writer.lost(missing);
    this.next = index + 1;
    const text = cells[current] ?? '';
    if (text.trim() === '' || /^nan$/i.test(text.trim())) return void this.writer.sample(NaN, 0, gap);
    const amperes = Number(text) * currentUnit;
    if (!Number.isFinite(amperes)) throw this.wrong(line, `“${text.slice(0, 30)}” is no current`);
    const told = range < 0 || !cells[range] ? unknownRange : Number(cells[range]);
    this.writer.sample(amperes, this.logic(cells), told >= 0 && told < unknownRange ? told : unknownRange);
  }

  private logic(cells: readonly string[]): number {
    const { inputs, pins } = this.columns;
    let logic = 0;
    if (inputs >= 0) {
      const text = cells[inputs] ?? '';
      for (let pin = 0; pin < 8; pin++) if (text[pin] === '1') logic |= 1 << pin;
    } else {
      for (const [pin, column] of pins.entries()) if (cells[column]?.trim() === '1') logic |= 1 << pin;
    }
    return logic;
  }

  private wrong(line: number, why: string): CurlewError {
    return new CurlewError('FILE_DAMAGED', `Line ${line} of ${this.path} cannot be used: ${why}.`, {
      path: this.path,
      line,
    });
  }
}

/** @throws CurlewError FILE_UNSUPPORTED for a table without times or currents */
function columnsOf(line: string, path: string): Columns {
  const separator = line.includes(';') && !line.includes(',') ? ';' : line.includes('\t') ? '\t' : ',';
  const names = line
    .replace(/^\uFEFF/, '')
    .split(separator)
    .map((name) => name.trim().replaceAll('"', '').toLowerCase());
  const find = (pattern: RegExp): number => names.findIndex((name) => pattern.test(name));
  const unitOf = (at: number, units: Record<string, number>): number | undefined =>
    at < 0
      ? undefined
      : units[/\(([^)]+)\)|\[([^\]]+)\]|[_ ]([a-zµ]+)$/.exec(names[at]!)?.slice(1).find(Boolean) ?? ''];
  const [time, current] = [find(/^time/), find(/^current/)];
  const timeUnit = unitOf(time, timeUnits);
  const currentUnit = unitOf(current, currentUnits);
  if (timeUnit === undefined || currentUnit === undefined) {
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${path} is no table of currents: its first line names no time and no current with their units, as ` +
        `“Timestamp(ms),Current(uA)” does.`,
      { path },
    );
  }
  const pins = Array.from({ length: 8 }, (_, pin) => names.indexOf(`d${pin}`));
  return {
    ...{ time, timeUnit, current, currentUnit, separator },
    ...{ inputs: find(/^d0-d7$/), pins, range: find(/^range$/) },
  };
}
