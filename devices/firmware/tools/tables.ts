/**
 * Writes core/inference/tables.c: the window, the twiddle factors and the mel weights of the front end.
 * Run: npx tsx devices/firmware/tools/tables.ts
 */
import { writeFileSync } from 'node:fs';

const sampleRate = 16000;
const frameLength = 400;
const fftLength = 512;
const bands = 64;
const lowest = 125;
const highest = 7500;

/** Rounds to a fraction of 31 bits; 1.0 itself becomes the largest int32. */
const q31 = (x: number) => Math.min(2 ** 31 - 1, Math.round(x * 2 ** 31));
const mel = (hertz: number) => 1127 * Math.log1p(hertz / 700);

/** The window's height: what keeps the integer transform from overflowing. */
const height = 7 / 8;
const window = Array.from({ length: frameLength }, (_, n) =>
  q31(height * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frameLength))),
);
const turn = (angle: number) => [q31(Math.cos(angle)), q31(Math.sin(angle))];
const points = fftLength / 2;
const turns = Array.from({ length: points / 4 }, (_, n) =>
  [1, 2, 3].flatMap((times) => turn((2 * Math.PI * n * times) / points)),
);
const halfTurns = Array.from({ length: points / 2 + 1 }, (_, k) => turn((2 * Math.PI * k) / fftLength));
/** The three base-4 digits of an index in reverse order. */
const reversed = Array.from({ length: points / 4 }, (_, i) => ((i & 3) << 4) | (i & 12) | (i >> 4));

/**
 * Start and rise of a line through f at both ends of an interval, moved half of the way to f in the middle, as integers
 * below `limit`.
 */
const line = (f: (x: number) => number, from: number, to: number, limit = Infinity) => {
  const rise = f(to) - f(from);
  const off = f((from + to) / 2) - (f(from) + f(to)) / 2;
  return [Math.round(Math.min(f(from) + off / 2, limit - 1 - Math.round(rise))), Math.round(rise)];
};
const root = Array.from({ length: 192 }, (_, i) =>
  line((x) => 2 ** 32 * Math.sqrt(x), (i + 64) / 256, (i + 65) / 256, 2 ** 32),
);
const logarithm = Array.from({ length: 128 }, (_, i) =>
  line((x) => 2 ** 26 * Math.log(x / height), 1 + i / 128, 1 + (i + 1) / 128),
);

/** Bin by bin, how much of it goes to the band that rises there; the rest goes to the band before, which falls. */
const edges = Array.from(
  { length: bands + 2 },
  (_, i) => mel(lowest) + ((mel(highest) - mel(lowest)) * i) / (bands + 1),
);
const binMel = Array.from({ length: points }, (_, bin) => mel((bin * sampleRate) / fftLength));
const inside = (from: number, to: number) => (m: number) => m > from + 1e-9 && m <= to + 1e-9;
const firstBin = binMel.findIndex((m) => m > edges[0]! + 1e-9);
const endBin = binMel.findLastIndex((m) => m < edges.at(-1)! - 1e-9) + 1;
const rises: number[] = [];
const counts: number[] = [];
for (let i = 0; i <= bands; i++) {
  const [from, to] = [edges[i]!, edges[i + 1]!];
  const here = binMel.slice(firstBin, endBin).filter(inside(from, to));
  counts.push(here.length);
  rises.push(...here.map((m) => Math.round((2 ** 30 * (m - from)) / (to - from))));
}

const table = (type: string, name: string, values: (number | string)[]) => {
  const lines: string[] = [];
  let line = '   ';
  for (const value of values) {
    if (line.length + String(value).length + 2 > 110) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${value},`;
  }
  return `const ${type} ${name}[${values.length}] = {\n${[...lines, line].join('\n')}\n};\n`;
};

const rows = (type: string, name: string, values: number[][]) =>
  table(
    type,
    name,
    values.map((row) => `{${row.join(', ')}}`),
  ).replace('] = {', `][${values[0]!.length}] = {`);

const text = `/* Written by devices/firmware/tools/tables.ts; not to be edited by hand. */
#include "tables.h"

/* clang-format off */
${table('int32_t', 'cur_window', window)}
${rows('int32_t', 'cur_turns', turns)}
${rows('int32_t', 'cur_half_turns', halfTurns)}
${table('uint8_t', 'cur_reversed', reversed)}
${table(
  'uint32_t',
  'cur_root_start',
  root.map(([start]) => start!),
)}
${table(
  'uint32_t',
  'cur_root_rise',
  root.map(([, rise]) => rise!),
)}
${rows('int32_t', 'cur_logarithm', logarithm)}
${table('uint8_t', 'cur_mel_count', counts)}
${table('uint32_t', 'cur_mel_rise', rises)}`;
writeFileSync(new URL('../core/inference/tables.c', import.meta.url), text);

const header = `/* Written by devices/firmware/tools/tables.ts; not to be edited by hand. */
#ifndef CUR_TABLES_H
#define CUR_TABLES_H

#include <stdint.h>

/* The FFT bins that the bands take: the first, and the one after the last. */
enum { CUR_MEL_FIRST_BIN = ${firstBin}, CUR_MEL_END_BIN = ${endBin} };

/* 7/8 of a periodic Hann window, 31 fraction bits. */
extern const int32_t cur_window[${frameLength}];

/* cos and sin of 2 pi n / 256, of twice and of three times it, 31 fraction bits. */
extern const int32_t cur_turns[${turns.length}][6];

/* cos and sin of 2 pi k / 512, 31 fraction bits. */
extern const int32_t cur_half_turns[${halfTurns.length}][2];

/* The three base-4 digits of an index in reverse order. */
extern const uint8_t cur_reversed[${reversed.length}];

/* sqrt(x) for x from 1/4 to 1 in steps of 1/256: start and rise of each line, 32 fraction bits. */
extern const uint32_t cur_root_start[${root.length}];
extern const uint32_t cur_root_rise[${root.length}];

/* ln(8/7 x) for x from 1 to 2 in steps of 1/128: start and rise of each line, 26 fraction bits. */
extern const int32_t cur_logarithm[${logarithm.length}][2];

/* Bins between two neighbouring edges of the bands, and for each bin how much of it goes to the band that rises
 * there, 30 fraction bits; the rest goes to the band before, which falls. */
extern const uint8_t cur_mel_count[${counts.length}];
extern const uint32_t cur_mel_rise[${rises.length}];

#endif
`;
writeFileSync(new URL('../core/inference/tables.h', import.meta.url), header);
