/** The virtual board's modelled time follows what the emulated Cortex-M4F counts, in every precision. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Precision } from '../../models/experts/expert.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpertOf, randomNumbers } from '../fixtures/random-expert.ts';

const wasm = readFileSync(new URL('../../devices/boards/virtual/curlew.wasm', import.meta.url));
const precisions: Precision[] = [1, 2, 'ternary', 'ternary-activations', 4, 8, 16];
const next = randomNumbers(5);
const pcm = Int16Array.from({ length: 15_600 }, () => Math.round(8000 * (next() - 0.5)));

/** Microseconds of the expert's stage, and its logits. */
async function run(board: CurlewBoard, image: Uint8Array): Promise<{ us: number; logits: Float32Array }> {
  const { slot } = await board.upload(image, createHash('sha256').update(image).digest());
  await board.verify(slot);
  await board.activate({ slots: [slot] });
  const { latencyUs, logits } = await board.infer(pcm);
  return { us: latencyUs.at(-1)!, logits };
}

const port = new VirtualBoard({ wasm, name: 'modelled', id: new Uint8Array(8) });
let virtual: CurlewBoard, emulated: CurlewBoard;

beforeAll(async () => {
  virtual = await CurlewBoard.open(port);
  emulated = await CurlewBoard.open(qemuBoard({ name: 'counted', id: new Uint8Array(8) }));
});

afterAll(async () => {
  await virtual.close();
  await emulated.close();
  port.switchOff();
});

test.each(precisions)(
  'modelled time is within a hundredth of counted time at precision %s',
  async (precision) => {
    const expert = randomExpertOf(precision, 7, { widths: [256, 128], classes: 10 });
    const image = packExpert(expert, Uint8Array.of(1));
    const [modelled, counted] = [await run(virtual, image), await run(emulated, image)];
    console.log(`${precision}: modelled ${modelled.us} us, counted ${counted.us} us`);
    expect(counted.logits).toEqual(modelled.logits);
    expect(Math.abs(modelled.us / counted.us - 1)).toBeLessThan(0.01);
  },
);
