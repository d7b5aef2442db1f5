/** Experts of every precision: the same bits on every build of the firmware, and what the reference graph gives. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { tappedPort } from '../../devices/boards/tapped-port.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { createSmpClient } from '../../devices/protocol/client.ts';
import { inferenceRun } from '../../devices/protocol/messages/inference-run.ts';
import { difference, implementationTolerance } from '../../models/evaluation/agreement.ts';
import type { Expert, Precision } from '../../models/experts/expert.ts';
import { quantizedModel } from '../../models/experts/models.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { createReference } from '../../models/reference/reference.ts';
import { logits32 } from '../../models/router/float32.ts';
import { randomExpertOf, randomNumbers } from '../fixtures/random-expert.ts';

const root = new URL('../../', import.meta.url);
const precisions: readonly Precision[] = [1, 2, 4, 8, 16, 'ternary', 'ternary-activations'];
const noise = randomNumbers(17);
const pcm = Int16Array.from({ length: 15_600 }, (_, i) =>
  Math.round(9000 * Math.sin(i * i * 1e-5) + 3000 * (noise() - 0.5)),
);
/** Widths that fill no whole block of packed weights. */
const shape = { widths: [37, 21] };
const experts: readonly { name: string; expert: Expert }[] = [
  ...precisions.map((precision, i) => ({
    name: String(precision),
    expert: randomExpertOf(precision, 40 + i, shape),
  })),
  { name: '4, a scale an output', expert: randomExpertOf(4, 60, { ...shape, perChannel: true }) },
];

const virtual = new VirtualBoard({
  wasm: readFileSync(new URL('devices/boards/virtual/curlew.wasm', root)),
  name: 'precisions',
  id: new Uint8Array(8),
});
afterAll(() => virtual.switchOff());

const boards: readonly { name: string; port: () => Port }[] = [
  { name: 'virtual', port: () => virtual },
  { name: 'host', port: () => hostBoard({ name: 'precisions', id: '0000000000000000' }) },
  ...emulatedMachines.map((machine) => ({
    name: machine.name,
    port: () => qemuBoard({ name: 'precisions', id: new Uint8Array(8), machine }),
  })),
];

const bits = (values: Float32Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];

async function answersOf(port: Port): Promise<{ logits: Float32Array[]; embedding: Float32Array }> {
  const tapped = tappedPort(port);
  const board = await CurlewBoard.open(tapped);
  const client = createSmpClient(tapped.line, tapped.id);
  try {
    const logits: Float32Array[] = [];
    for (const { expert } of experts) {
      const image = packExpert(expert, new Uint8Array());
      const { slot } = await board.upload(image, new Uint8Array(createHash('sha256').update(image).digest()));
      await board.verify(slot);
      await board.activate(slot);
      // The window stays in the board's buffer: it is sent once.
      const answer =
        logits.length === 0 ? board.infer(pcm) : client.request(inferenceRun, { kind: 'pcm' as const });
      logits.push((await answer).logits);
    }
    return { logits, embedding: await board.features('embedding') };
  } finally {
    await board.close();
  }
}

describe('experts of every precision', () => {
  let first: { logits: Float32Array[]; embedding: Float32Array };
  beforeAll(async () => {
    first = await answersOf(virtual);
  });

  test.each(boards.slice(1))('give the same bits on $name as on virtual', async ({ port }) => {
    const { logits } = await answersOf(port());
    expect(logits.map(bits)).toEqual(first.logits.map(bits));
  });

  test.each(experts.map((one, i) => ({ ...one, i })))(
    'are what the reference computes: $name',
    async ({ expert, i }) => {
      expect(bits(logits32(expert, first.embedding))).toEqual(bits(first.logits[i]!));
      const reference = await createReference(ort, quantizedModel(expert));
      const { logits } = await reference.run(Float32Array.from(pcm, (sample) => sample / 32_768));
      const { relative, sameTopClass } = difference(first.logits[i]!, logits);
      expect(relative).toBeLessThanOrEqual(implementationTolerance);
      expect(sameTopClass).toBe(true);
      await reference.release();
    },
  );
});
