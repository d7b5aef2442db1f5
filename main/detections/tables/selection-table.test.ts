import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText, type CsvCell } from '../../../models/report/csv.ts';
import { selectionHeader, selectionLines, type Selection } from './selection-table.ts';

/** RFC 4180, read back. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else cell += character;
  }
  return rows;
}

const selectionTable = (selections: readonly Selection[]) => selectionHeader + selectionLines(selections, 0);

const text = fc.string({
  unit: fc.constantFrom('a', 'é', ' ', ',', '"', '\n', '\r', '\t', ';', '=', '+', '-', '@', "'"),
});
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));

describe('comma-separated values', () => {
  it('come back exactly, text and numbers alike', () => {
    const cell: fc.Arbitrary<CsvCell> = fc.oneof(text, number, fc.constant(null));
    const row = fc.array(cell, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const back = readCsv(csvText(rows));
        expect(back.length).toBe(rows.length);
        rows.forEach((cells, r) =>
          cells.forEach((value, c) => {
            const found = back[r]![c]!;
            if (value === null) expect(found).toBe('');
            else if (typeof value === 'number') expect(Number(found)).toBe(value);
            else expect(found.replace(/^'(?='*[=+\-@\t\r])/, '')).toBe(value);
          }),
        );
      }),
    );
  });

  it('hold no text that a spreadsheet would run', () => {
    for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
      expect(readCsv(csvText([[formula, 1]]))[0]![0]).toBe(`'${formula}`);
    }
    expect(csvText([[-1.5]])).toBe('-1.5\r\n');
  });
});

const selection: Selection = {
  channel: 1,
  beginS: 0,
  endS: 1,
  lowHz: 1,
  highHz: 2,
  name: 'rain',
  confidence: 1,
  beginPath: '/x.wav',
  fileOffsetS: 0,
  notes: '',
};

describe('a selection table', () => {
  it('has Raven’s columns, and its values come back exactly', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'é', ' ', ',', '"', '/', '.') });
    const drawn = fc.record({
      channel: fc.integer({ min: 1, max: 8 }),
      beginS: number,
      endS: number,
      lowHz: number,
      highHz: number,
      name: word,
      confidence: number,
      beginPath: word,
      fileOffsetS: number,
      notes: word,
    });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 5 }), (selections) => {
        const lines = selectionTable(selections).split('\n');
        expect(lines.pop()).toBe('');
        const [header, ...rows] = lines.map((line) => line.split('\t'));
        expect(header).toEqual([
          'Selection',
          'View',
          'Channel',
          'Begin Time (s)',
          'End Time (s)',
          'Low Freq (Hz)',
          'High Freq (Hz)',
          'Annotation',
          'Common Name',
          'Confidence',
          'Begin Path',
          'File Offset (s)',
          'Notes',
        ]);
        expect(rows.length).toBe(selections.length);
        rows.forEach((row, i) => {
          const made = selections[i]!;
          expect(row.slice(0, 3)).toEqual([String(i + 1), 'Spectrogram 1', String(made.channel)]);
          expect([3, 4, 5, 6, 9, 11].map((column) => Number(row[column]))).toEqual([
            made.beginS,
            made.endS,
            made.lowHz,
            made.highHz,
            made.confidence,
            made.fileOffsetS,
          ]);
          expect([7, 8, 10, 12].map((column) => row[column])).toEqual([
            made.name,
            made.name,
            made.beginPath,
            made.notes,
          ]);
        });
      }),
    );
  });

  it('holds no text that a spreadsheet would run, and leaves numbers alone', () => {
    for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1"]) {
      const table = selectionTable([{ ...selection, name: formula, beginPath: formula, beginS: -1.5 }]);
      const row = table.split('\n')[1]!.split('\t');
      expect([row[7], row[8], row[10]]).toEqual(Array(3).fill(`'${formula.replaceAll(/[\t\r]/g, ' ')}`));
      expect(row[3]).toBe('-1.5');
    }
  });

  it('writes times, frequencies and confidence with a decimal point, whatever their value', () => {
    fc.assert(
      fc.property(number, (value) => {
        const made = { ...selection, beginS: value, endS: value, lowHz: value, highHz: value };
        const row = selectionTable([{ ...made, confidence: value, fileOffsetS: value }])
          .split('\n')[1]!
          .split('\t');
        for (const column of [3, 4, 5, 6, 9, 11]) expect(row[column]).toMatch(/^-?\d+\.\d+$/);
        expect(Number(row[3])).toBe(value);
      }),
    );
    const row = selectionTable([{ ...selection, endS: 1e-7, lowHz: 125, highHz: 1e21 }]).split('\n')[1]!;
    expect(row.split('\t').slice(3, 7)).toEqual(['0.0', '0.0000001', '125.0', '1000000000000000000000.0']);
  });

  it('is what readers of Raven tables ask for: an annotation, and numbers that none of them takes for whole ones', () => {
    const [header, row] = selectionTable([{ ...selection, endS: 2, lowHz: 125, highHz: 7500 }]).split('\n');
    const cells = new Map(header!.split('\t').map((column, i) => [column, row!.split('\t')[i]!]));
    // As crowsetta 5.1 demands: these four of type float by themselves, and a text under “Annotation”.
    for (const column of ['Begin Time (s)', 'End Time (s)', 'Low Freq (Hz)', 'High Freq (Hz)'])
      expect(cells.get(column)).toMatch(/^\d+\.\d+$/);
    expect(cells.get('Annotation')).toBe('rain');
    // As Raven finds the sound of each selection in a table over several files.
    expect([...cells.keys()]).toEqual(
      expect.arrayContaining(['Begin Path', 'File Offset (s)', 'Channel', 'View']),
    );
  });

  it('keeps its columns when a name holds a tab or a line end', () => {
    const table = selectionTable([{ ...selection, name: 'a\tb', beginPath: '/x\ny.wav' }]);
    expect(table.split('\n')[1]!.split('\t')).toHaveLength(13);
    expect(table.split('\n')).toHaveLength(3);
  });
});
