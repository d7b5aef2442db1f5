import { sourceMeanings } from './sources.ts';
import { csvText, type CsvCell } from './csv.ts';
import { digits, noFigure } from './format.ts';
import { markup, type Markup } from './markup.ts';
import type { Figure, FigureSource } from './results.ts';

/** The same cell for a reader and for a program. */
export interface Cell {
  readonly text: string;
  /** Unrounded; null where there is no figure. */
  readonly value: CsvCell;
  /** null: not a figure of time or energy, which alone have one. */
  readonly source: FigureSource | 'none' | null;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
}

export const textCell = (text: string): Cell => ({ text, value: text, source: null });

export function figureCell(
  value: number | null,
  source: FigureSource,
  text: (value: number) => string,
): Cell {
  return value === null
    ? { text: noFigure, value: null, source: 'none' }
    : { text: text(value), value, source };
}

/** Microseconds, shown and exported in milliseconds. */
export const millisecondsCell = (microseconds: number | null, source: FigureSource): Cell =>
  figureCell(microseconds === null ? null : microseconds / 1000, source, digits);

/** A number that needs no source: how many, how large, how well on the clips that its table names. */
export const plainCell = (value: number | null, text: (value: number) => string): Cell =>
  value === null ? { text: noFigure, value, source: null } : { text: text(value), value, source: null };

export const sourcedCell = (figure: Figure | null, text: (value: number) => string): Cell =>
  figureCell(figure?.value ?? null, figure?.source ?? 'measured', text);

/** A figure that this row does not have by its nature, such as the alpha of a plain router. */
export const emptyCell: Cell = { text: '–', value: null, source: null };

export const badge = (source: FigureSource): Markup =>
  markup`<span class="source ${source}" title="${sourceMeanings[source]}">${source}</span>`;

export const sourceLegend = (): Markup =>
  markup`<dl class="legend">${(Object.keys(sourceMeanings) as FigureSource[]).map(
    (source) => markup`<dt>${badge(source)}</dt><dd>${sourceMeanings[source]}</dd>`,
  )}</dl>`;

/** The one source of a column's figures, told in its head; null where there are none, or several. */
function columnSource(rows: Table['rows'], column: number): FigureSource | null {
  const sources = new Set(rows.map((row) => row[column]!.source));
  sources.delete(null);
  sources.delete('none');
  const [source] = sources;
  return sources.size === 1 && source !== 'none' ? (source ?? null) : null;
}

export function tableHtml({ title, columns, rows, notes }: Table): Markup {
  const sources = columns.map((_, i) => columnSource(rows, i));
  const figures = columns.map((_, i) => rows.some((row) => typeof row[i]!.value === 'number'));
  const head = columns.map((column, i) => {
    const source = sources[i];
    return markup`<th scope="col" class="${figures[i] ? 'figure' : ''}">${column}${source ? markup` ${badge(source)}` : null}</th>`;
  });
  const body = rows.map(
    (row) => markup`<tr>${row.map((cell, i) => cellHtml(cell, figures[i]!, sources[i] === null))}</tr>\n`,
  );
  return markup`<figure class="table"><figcaption>${title}</figcaption>
<div class="scroll"><table><thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>${notes.map((note) => markup`<p class="note">${note}</p>`)}</figure>\n`;
}

function cellHtml({ text, source }: Cell, figure: boolean, showSource: boolean): Markup {
  const label = showSource && source !== null && source !== 'none' ? markup` ${badge(source)}` : null;
  const classes = [figure ? 'figure' : '', text === noFigure ? 'missing' : ''].join(' ').trim();
  return markup`<td class="${classes}">${text}${label}</td>`;
}

/** A column with figures is followed by one that says each figure's source. */
export function tableCsv({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const sourced = columns.map((_, i) => rows.some((row) => row[i]!.source !== null));
  const head = columns.flatMap((column, i) => (sourced[i] ? [column, `${column}: source`] : [column]));
  const body = rows.map((row) =>
    row.flatMap((cell, i) => (sourced[i] ? [cell.value, cell.source] : [cell.value])),
  );
  return csvText([head, ...body]);
}
