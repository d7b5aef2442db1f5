/**
 * Writes the taps of the low-pass filters: core/inference/decimate_taps.h (32 and 48 kHz to 16 kHz) and
 * drivers/pdm_taps.h (64 kHz to 16 kHz, behind a CIC decimator).
 * Run: npx tsx devices/firmware/tools/filters.ts
 *
 * Each is the ideal response up to 8 kHz under a Kaiser window (Kaiser 1974): passes up to 7 kHz, stops from 9 kHz,
 * which is what would fold onto the band below 7 kHz.
 */
import { writeFileSync } from 'node:fs';

const cutoff = 8000;

/** The modified Bessel function of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** The first half of a symmetric filter's taps, `bits` of fraction; `gain` is the response wanted at a frequency. */
function taps(
  count: number,
  rate: number,
  stopDecibels: number,
  bits: number,
  gain: (hertz: number) => number,
): number[] {
  const beta = 0.1102 * (stopDecibels - 8.7);
  const middle = (count - 1) / 2;
  const steps = 4000;
  const all = Array.from({ length: count }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const hertz = ((i + 0.5) / steps) * cutoff;
      sum += gain(hertz) * Math.cos((2 * Math.PI * hertz * (n - middle)) / rate);
    }
    const window = bessel(beta * Math.sqrt(1 - ((n - middle) / middle) ** 2)) / bessel(beta);
    return (2 * cutoff * sum * window) / (steps * rate);
  });
  const total = all.reduce((sum, tap) => sum + tap, 0);
  return all.slice(0, count / 2).map((tap) => Math.round((2 ** bits * tap) / total));
}

/** What a CIC decimator of order 4 leaves of a frequency, at its output rate (for many bits a sample). */
const droop = (hertz: number) => (Math.sin((Math.PI * hertz) / 64000) / ((Math.PI * hertz) / 64000)) ** 4;

function list(name: string, values: number[]): string {
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += 12) lines.push(`    ${values.slice(i, i + 12).join(', ')},`);
  return `static const int16_t ${name}[${values.length}] = {\n${lines.join('\n')}\n};\n`;
}

function header(guard: string, bits: number, lists: string[]): string {
  return `/* Written by devices/firmware/tools/filters.ts; not to be edited by hand. */
#ifndef ${guard}
#define ${guard}

#include <stdint.h>

/* clang-format off */
/* First halves of symmetric low-pass filters, ${bits} fraction bits. */

${lists.join('\n')}
#endif
`;
}

writeFileSync(
  new URL('../core/inference/decimate_taps.h', import.meta.url),
  header('CUR_DECIMATE_TAPS_H', 14, [
    list(
      'half_band',
      taps(64, 32000, 64.5, 14, () => 1),
    ),
    list(
      'third_band',
      taps(96, 48000, 64.5, 14, () => 1),
    ),
  ]),
);
writeFileSync(
  new URL('../drivers/pdm_taps.h', import.meta.url),
  header('CUR_PDM_TAPS_H', 15, [
    list(
      'cur_pdm_taps',
      taps(128, 64000, 66, 15, (hertz) => 1 / droop(hertz)),
    ),
  ]),
);
