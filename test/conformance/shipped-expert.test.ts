/** The shipped expert on every build of the firmware: the same bits, and a model of time that agrees with the count. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import type { InferenceResult } from '../../devices/protocol/messages/inference-run.ts';
import { Banks } from '../../main/banks/banks.ts';
import { runTrial } from '../../main/jobs/study/on-board.ts';
import { resources } from '../../main/resources.ts';
import { randomNumbers } from '../fixtures/random-expert.ts';

const bank = await Banks.open(resources.bank);
const [expert] = bank.experts;
const image = await bank.file(expert!.id, 'image');
const encoder = await bank.image(bank.encoders.find(({ id }) => id === expert!.encoder)!.imageSha256);

/** A second of something between a tone and noise. */
const next = randomNumbers(3);
const pcm = Int16Array.from({ length: 15_600 }, (_, i) =>
  Math.round(7000 * Math.sin(i * 0.21) * Math.exp(-(i % 5000) / 900) + 900 * (next() - 0.5)),
);

async function answerOf(port: Port): Promise<InferenceResult> {
  const board = await CurlewBoard.open(port);
  try {
    const trial = { encoders: [encoder!], experts: [image], router: null, windows: [pcm] };
    return (await runTrial(board, trial, { signal: new AbortController().signal }))[0]!;
  } finally {
    await board.close();
  }
}

test('the shipped expert gives the same bits everywhere, and modelled time and energy agree with counted ones', async () => {
  const virtual = new VirtualBoard({
    wasm: readFileSync(resources.virtualBoard),
    name: 'shipped',
    id: new Uint8Array(8),
  });
  const modelled = await answerOf(virtual);
  virtual.switchOff();
  const onHost = await answerOf(hostBoard({ name: 'shipped', id: '0000000000000000' }));
  const counted = await answerOf(
    qemuBoard({ name: 'shipped', repository: resources.root, id: new Uint8Array(8) }),
  );
  expect(onHost.logits).toEqual(modelled.logits);
  expect(counted.logits).toEqual(modelled.logits);

  const total = ({ latencyUs }: InferenceResult): number => latencyUs.reduce((a, b) => a + b);
  const timeRatio = total(modelled) / total(counted);
  const energyRatio = modelled.energyNanojoule / counted.energyNanojoule;
  console.log(
    `modelled ${total(modelled)} us (${modelled.latencyUs.join(' + ')}), counted ${total(counted)} us ` +
      `(${counted.latencyUs.join(' + ')}): ratio ${timeRatio.toFixed(4)}; energy ratio ${energyRatio.toFixed(4)}`,
  );
  expect(Math.abs(timeRatio - 1)).toBeLessThan(0.05);
  expect(Math.abs(energyRatio - 1)).toBeLessThan(0.05);
});
