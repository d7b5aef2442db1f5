import { expect, test } from 'vitest';
import { table } from './output.ts';
import { progressOn } from './progress.ts';
import { inLine, visible } from './visible.ts';
import type { Job } from '../../contract/types.ts';

const name = 'a\x1b[2J\rb\tc\nd\u202ee\x9b\x7f.wav';

test('what would move the cursor or turn the text is told by its code; letters of any script stay', () => {
  expect(visible(name)).toBe('a\\x1b[2J\\x0db\\x09c\nd\\u202ee\\x9b\\x7f.wav');
  expect(inLine(name)).toBe('a\\x1b[2J\\x0db\\x09c\\x0ad\\u202ee\\x9b\\x7f.wav');
  expect(visible('Größe 夜 🦉 “quoted” \\x1b')).toBe('Größe 夜 🦉 “quoted” \\x1b');
});

test('a row of a table is one line, as wide as what is seen', () => {
  const [, rule, row] = table(['file', 'class'], [[name, 'rain']]).split('\n');
  expect(row).toBe(`${inLine(name)}  rain`);
  expect(rule).toBe(`${'─'.repeat(inLine(name).length)}  ─────`);
});

test('progress stays on its line', () => {
  const written: string[] = [];
  const progress = progressOn({ isTTY: true, write: (text) => written.push(text) });
  const job = { progress: 0.5, title: `Classify ${name}`, detail: 'hearing', state: 'running', leftMs: null };
  progress.show(job as Job);
  expect(written).toEqual([`\r\x1b[K 50 %  Classify ${inLine(name)}: hearing`]);
});
