/**
 * An expert's upload over a simulated 921600-baud line with bit errors both ways: share of the line's byte rate,
 * pieces and requests sent again, and bytes in the board's flash that differ from those sent.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NoiseOptions } from '../../devices/boards/noise.ts';
import { simulatedLine } from '../../devices/boards/simulated-line.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { resources } from '../../main/resources.ts';
import { Banks } from '../../main/banks/banks.ts';
import type { Bench, Figures } from './run.ts';

const line = { baudRate: 921_600, delayMs: 1 };
const bytesPerSecond = line.baudRate / 10;
const runs = 3;

const lines: { name: string; noise: Omit<NoiseOptions, 'seed'> }[] = [
  { name: '0', noise: {} },
  { name: '1e6', noise: { bitErrorRate: 1e-6 } },
  { name: '1e5', noise: { bitErrorRate: 1e-5 } },
  { name: '1e4', noise: { bitErrorRate: 1e-4 } },
  { name: 'bursts', noise: { bursts: { everyBytes: 20_000, bytes: 200 }, bitErrorRate: 1e-6 } },
];

export const bench: Bench = async (say) => {
  const bank = await Banks.open(resources.bank);
  const [expert] = bank.experts;
  if (!expert) throw new Error('The bank is empty.');
  const image = await bank.file(expert.id, 'image');
  say(
    `Image ${image.length} bytes; line ${line.baudRate} baud, 10 bits a byte, ${line.delayMs} ms each way (simulated); ` +
      `errors in the data bits, both ways; bursts of 200 random bytes every 20,000 or so`,
  );
  const figures: Figures = {};
  let corrupted_accepted = 0;
  for (const { name, noise } of lines) {
    const shares: number[] = [];
    let retries = 0;
    for (let run = 0; run < runs; run++) {
      const result = await upload(image, { seed: 100 * run + 1, ...noise });
      shares.push(result.share);
      retries += result.retries / runs;
      corrupted_accepted += result.wrongBytes;
    }
    const share = shares.sort((a, b) => a - b)[Math.floor(runs / 2)] as number;
    say(`${name}: ${(100 * share).toFixed(1)} % of the line, ${retries.toFixed(1)} sent again`);
    figures[`share_${name}`] = share;
    figures[`retries_${name}`] = Math.round(10 * retries) / 10;
  }
  return { ...figures, corrupted_accepted };
};

/** One upload to a fresh board; what its flash holds is compared before the board has verified it. */
async function upload(
  image: Uint8Array,
  noise: NoiseOptions,
): Promise<{ share: number; retries: number; wrongBytes: number }> {
  const sha256 = createHash('sha256').update(image).digest();
  let flash: Uint8Array | undefined;
  const port = new VirtualBoard({
    wasm: readFileSync(resources.virtualBoard),
    name: `bench-noise-${noise.seed}`,
    id: new Uint8Array(8),
    baudRate: line.baudRate,
    saveFlash: (contents) => (flash = contents),
  });
  const noisy = await CurlewBoard.open(simulatedLine(port, { ...line, noise }));
  const began = performance.now();
  const { slot } = await noisy.upload(image, sha256);
  const seconds = (performance.now() - began) / 1000;
  const { retries } = noisy.counts;
  await noisy.close();
  port.switchOff();
  if (!flash) throw new Error('The board has written nothing.');
  const wrongBytes = differing(flash, image);
  const quiet = await CurlewBoard.open(port);
  await quiet.verify(slot);
  await quiet.close();
  port.switchOff();
  return { share: image.length / seconds / bytesPerSecond, retries, wrongBytes };
}

/** Bytes of the image that are wrong where it lies in the flash: where most of it is right. */
function differing(flash: Uint8Array, image: Uint8Array): number {
  let least = image.length;
  for (let at = 0; at + image.length <= flash.length; at += 16) {
    const sample = [0.1, 0.3, 0.5, 0.7, 0.9].some((part) => {
      const offset = Math.floor(part * image.length);
      return Buffer.from(flash.subarray(at + offset, at + offset + 64)).equals(
        image.subarray(offset, offset + 64),
      );
    });
    if (!sample) continue;
    let wrong = 0;
    for (let i = 0; i < image.length; i++) if (flash[at + i] !== image[i]) wrong++;
    least = Math.min(least, wrong);
  }
  return least;
}
