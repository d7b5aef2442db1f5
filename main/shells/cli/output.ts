/** What a command prints: tables and figures for people on standard output, or one JSON document. */
import { bytes, duration, energy, inOne } from '../../contract/figures.ts';
import type { Answer, Args } from './command.ts';
import { exit } from './exit.ts';
import { inLine, visible } from './visible.ts';

/** @returns what the process ends with */
export function print(answer: Answer, { json }: Pick<Args, 'json'>): number {
  process.stdout.write(json ? `${JSON.stringify(answer.json)}\n` : `${visible(answer.text)}\n`);
  return answer.exit ?? exit.done;
}

export type Row = (string | number)[];

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: string[], rows: Row[]): string {
  const seen = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell : inLine(cell))));
  const widths = head.map((title, column) =>
    seen.reduce((most, row) => Math.max(most, String(row[column]).length), title.length),
  );
  const line = (row: Row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        return typeof cell === 'number' ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...seen.map(line)].join('\n');
}

export const timeText = (us: number): string => inOne(duration(us));
export const energyText = (nanojoule: number): string => inOne(energy(nanojoule));
export const sizeText = (count: number): string => inOne(bytes(count));
