/** The shipped encoders on a real sound: what a board makes of a window is what the graph makes of it, to the bit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { Banks } from '../../main/banks/banks.ts';
import { decodeAll } from '../../main/recordings/pcm16k.ts';
import { resources } from '../../main/resources.ts';
import { addEncoder } from '../../models/encoder/graph.ts';
import { frontEndModel } from '../../models/features/front-end.ts';
import { frontEnd } from '../../models/features/log-mel.ts';
import { Graph } from '../../models/onnx/graph.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { readEncoder } from '../../models/packing/read.ts';
import { randomExpertOf } from '../fixtures/random-expert.ts';

ort.env.wasm.numThreads = 1;
const bank = await Banks.open(resources.bank);
const patchSize = [1, frontEnd.patchFrames, frontEnd.melBands] as const;

async function run(model: Uint8Array, input: string, values: ort.Tensor, output: string) {
  const session = await ort.InferenceSession.create(model);
  const found = await session.run({ [input]: values });
  await session.release();
  return found[output]!.data as Float32Array;
}

const pcm = await decodeAll(bank.clipPath('rooster'));
const logMel = await run(frontEndModel(), 'pcm', new ort.Tensor('float32', pcm, [pcm.length]), 'log_mel');
const patch = logMel.slice(0, frontEnd.patchFrames * frontEnd.melBands);

const hashOf = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const bits = (values: Float32Array): number[] => [...new Uint32Array(values.slice().buffer)];

test.each(bank.encoders)('$name', async ({ id, embeddingSize }) => {
  const { files } = (await bank.encoder(id)).built;
  const { encoder } = readEncoder(files.image);
  const graph = new Graph('encoder');
  const embedded = addEncoder(graph, graph.input('patches', 'float32', [...patchSize]), encoder);
  graph.output('embedding', graph.cast(embedded, 'float32'), 'float32', [1, embeddingSize]);
  const patches = new ort.Tensor('float32', patch, patchSize);
  const expected = await run(graph.finish({}), 'patches', patches, 'embedding');

  // A board answers with an expert; which does not matter here.
  const expert = {
    ...randomExpertOf('static8', 1, { inputs: embeddingSize }),
    encoderHash: hashOf(files.image),
  };
  const virtual = new VirtualBoard({
    wasm: readFileSync(resources.virtualBoard),
    name: 'encoder',
    id: new Uint8Array(8),
  });
  const board = await CurlewBoard.open(virtual);
  const slots: number[] = [];
  for (const image of [files.image, packExpert(expert, Uint8Array.of(1))]) {
    const { slot } = await board.upload(image, hashOf(image));
    await board.verify(slot);
    slots.push(slot);
  }
  await board.activate({ slots: slots.slice(1) });
  await board.infer(patch);
  expect(bits(await board.features('embedding'))).toEqual(bits(expected));
  expect(new Set(expected).size).toBeGreaterThan(embeddingSize / 4);
  await board.close();
  virtual.switchOff();
});
