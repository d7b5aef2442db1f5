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

const window = Array.from({ length: frameLength }, (_, n) =>
  q31(0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frameLength)),
);
const cosines = Array.from({ length: fftLength / 2 }, (_, k) => q31(Math.cos((2 * Math.PI * k) / fftLength)));
const sines = Array.from({ length: fftLength / 2 }, (_, k) => q31(Math.sin((2 * Math.PI * k) / fftLength)));
const reversed = Array.from({ length: fftLength / 2 }, (_, i) =>
  parseInt(i.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
);

const edges = Array.from(
  { length: bands + 2 },
  (_, i) => mel(lowest) + ((mel(highest) - mel(lowest)) * i) / (bands + 1),
);
const first: number[] = [];
const count: number[] = [];
const weights: number[] = [];
for (let band = 0; band < bands; band++) {
  const [lower, centre, upper] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
  const row = Array.from({ length: fftLength / 2 + 1 }, (_, bin) => {
    const m = mel((bin * sampleRate) / fftLength);
    return bin === 0
      ? 0
      : Math.max(0, Math.min((m - lower) / (centre - lower), (upper - m) / (upper - centre)));
  });
  const nonZero = row.flatMap((w, bin) => (w > 0 ? [bin] : []));
  const [from, to] = [nonZero[0] ?? 0, (nonZero.at(-1) ?? -1) + 1];
  first.push(from);
  count.push(to - from);
  weights.push(...row.slice(from, to));
}

/** A float32 as a C literal that reads back to the same bits. */
const float = (x: number) => {
  const text = Math.fround(x).toPrecision(9);
  return `${text}f`;
};
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

const text = `/* Written by devices/firmware/tools/tables.ts; not to be edited by hand. */
#include "tables.h"

/* clang-format off */
${table('int32_t', 'cur_window', window)}
${table('int32_t', 'cur_cosine', cosines)}
${table('int32_t', 'cur_sine', sines)}
${table('uint8_t', 'cur_reversed', reversed)}
${table('uint16_t', 'cur_mel_first', first)}
${table('uint8_t', 'cur_mel_count', count)}
${table('float', 'cur_mel_weight', weights.map(float))}`;
writeFileSync(new URL('../core/inference/tables.c', import.meta.url), text);

const header = `/* Written by devices/firmware/tools/tables.ts; not to be edited by hand. */
#ifndef CUR_TABLES_H
#define CUR_TABLES_H

#include <stdint.h>

extern const int32_t cur_window[${frameLength}];      /* periodic Hann window, 31 fraction bits */
extern const int32_t cur_cosine[${fftLength / 2}];      /* cos(2 pi k / 512), 31 fraction bits */
extern const int32_t cur_sine[${fftLength / 2}];        /* sin(2 pi k / 512), 31 fraction bits */
extern const uint8_t cur_reversed[${fftLength / 2}];    /* the 8 bits of an index in reverse order */
extern const uint16_t cur_mel_first[${bands}];   /* first FFT bin of a band */
extern const uint8_t cur_mel_count[${bands}];    /* number of bins of a band */
extern const float cur_mel_weight[${weights.length}]; /* the bands' weights one after another */

#endif
`;
writeFileSync(new URL('../core/inference/tables.h', import.meta.url), header);
