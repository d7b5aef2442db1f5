/** The board against the reference on every bundled clip: front end, logits and top class. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { Banks } from '../../main/banks/banks.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { resources } from '../../main/resources.ts';
import {
  agreement,
  boardAgrees,
  difference,
  implementationTolerance,
} from '../../models/evaluation/agreement.ts';
import { patchCount, patchHopSamples, patchSamples } from '../../models/features/log-mel.ts';
import { sha256 } from '../../models/packing/sha256.ts';
import { createReference, type Reference } from '../../models/reference/reference.ts';

const logMelTolerance = 1e-3;

let bank: Banks;
let port: VirtualBoard;
let board: CurlewBoard;
let quantized: Reference;
let float: Reference;
let tolerance: number;
/** Relative differences of logits, of every window of every clip. */
const fromSameLogMel: number[] = [];

beforeAll(async () => {
  bank = await Banks.open(resources.bank);
  const wasm = await readFile(resources.virtualBoard);
  port = new VirtualBoard({ wasm, name: 'reference', id: new Uint8Array(8) });
  board = await CurlewBoard.open(port);
  const [expert] = bank.experts;
  const encoder = bank.encoders.find(({ id }) => id === expert!.encoder);
  const upload = async (image: Uint8Array) => {
    const { slot } = await board.upload(image, sha256(image));
    await board.verify(slot);
    return slot;
  };
  await upload((await bank.image(encoder!.imageSha256))!);
  await board.activate({ slots: [await upload(await bank.file(expert!.id, 'image'))] });
  tolerance = implementationTolerance(expert!.encoder);
  quantized = await createReference(ort, await bank.file(expert!.id, 'quantized.onnx'));
  float = await createReference(ort, await bank.file(expert!.id, 'float.onnx'));
});
afterAll(async () => {
  await board.close();
  port.switchOff();
});

const manifest = JSON.parse(await readFile(join(resources.bank, 'manifest.json'), 'utf8')) as {
  clips: { id: string }[];
};

test.each(manifest.clips.map((clip) => clip.id))(
  'the board hears and answers “%s” as the reference does',
  async (clip) => {
    const pcm = toInt16(await decodeAll(bank.clipPath(clip)));
    const count = patchCount(pcm.length);
    expect(count).toBeGreaterThan(5);
    for (let i = 0; i < count; i++) {
      const window = pcm.slice(i * patchHopSamples, i * patchHopSamples + patchSamples);
      const answer = await board.infer(window);
      const sound = Float32Array.from(window, (sample) => sample / 32_768);
      const reference = await quantized.runWithFeatures(sound);
      const logMel = await board.features('log-mel');
      expect(logMel.length).toBe(reference.logMel.length);
      const worst = logMel.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (reference.logMel[at] ?? NaN))),
        0,
      );
      expect(worst).toBeLessThanOrEqual(logMelTolerance);
      const measured = agreement(answer.logits, reference.logits, (await float.run(sound)).logits);
      expect(measured.implementation.relative).toBeLessThanOrEqual(tolerance);
      expect(boardAgrees(measured, tolerance)).toBe(true);
      // from the same log-mel the encoder's codes are the same: what is left is the expert's rounding
      const again = await board.infer(reference.logMel);
      const { relative } = difference(again.logits, reference.logits);
      fromSameLogMel.push(relative);
      expect(relative).toBeLessThanOrEqual(tolerance);
    }
  },
);

test('from the same log-mel that is rounding, but in a window or two where an activation lies on the edge of two codes', () => {
  const onEdges = fromSameLogMel.filter((relative) => relative > implementationTolerance(null));
  expect(fromSameLogMel.length).toBeGreaterThan(80);
  expect(onEdges.length).toBeLessThanOrEqual(fromSameLogMel.length / 50);
});
