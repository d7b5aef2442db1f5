/** An encoder on every board: what its reference graph gives, to the bit, and kept while an expert needs it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { Engine, windowSamples } from '../../devices/engine/engine.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { CurlewError } from '../../main/contract/error.ts';
import type { Encoder } from '../../models/encoder/encoder.ts';
import { addEncoder } from '../../models/encoder/graph.ts';
import { quantizeEncoder } from '../../models/encoder/quantize.ts';
import { Graph } from '../../models/onnx/graph.ts';
import { packEncoder } from '../../models/packing/pack-encoder.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { readEncoder } from '../../models/packing/read.ts';
import { logits32 } from '../../models/router/float32.ts';
import { everyKind, layer, randomEncoder, yamnet256 } from '../fixtures/random-encoder.ts';
import { randomExpertOf, randomNumbers } from '../fixtures/random-expert.ts';
import { resources } from '../../main/resources.ts';

const reference = Uint8Array.of(1);
const hashOf = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const encoders = [
  { what: 'of every kind of layer', shapes: everyKind },
  {
    what: 'whose layers no board could hold, computed by rows',
    shapes: yamnet256.slice(0, 4),
    fused: 5,
  },
].map(({ what, shapes, fused = 0 }) => {
  const encoder = quantizeEncoder(randomEncoder(21, [...shapes, layer('convolution', 1, 1, 384)]));
  const encoderImage = packEncoder(encoder, reference);
  const expert = { ...randomExpertOf('static8', 22), encoderHash: hashOf(encoderImage) };
  return { what, fused, encoder, encoderImage, expert, expertImage: packExpert(expert, reference) };
});

const noise = randomNumbers(23);
const patch = Float32Array.from({ length: 96 * 64 }, () => 10 * noise() - 7);

const virtual = new VirtualBoard({
  wasm: readFileSync(new URL('../../devices/boards/virtual/curlew.wasm', import.meta.url)),
  name: 'encoder',
  id: new Uint8Array(8),
});
afterAll(() => virtual.switchOff());

const boards: readonly { name: string; port: () => Port }[] = [
  { name: 'virtual', port: () => virtual },
  { name: 'host', port: () => hostBoard({ name: 'encoder', id: '0000000000000000' }) },
  ...emulatedMachines.map((machine) => ({
    name: machine.name,
    port: () => qemuBoard({ name: 'encoder', repository: resources.root, id: new Uint8Array(8), machine }),
  })),
];

const bits = (values: Float32Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];

async function graphEmbedding(encoder: Encoder): Promise<Float32Array> {
  const graph = new Graph('encoder');
  const patches = graph.input('patches', 'float32', [1, 96, 64]);
  graph.output('embedding', graph.cast(addEncoder(graph, patches, encoder), 'float32'), 'float32', [1, 384]);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(graph.finish({}));
  const output = await session.run({ patches: new ort.Tensor('float32', patch, [1, 96, 64]) });
  await session.release();
  return output['embedding']!.data as Float32Array;
}

async function reasonOf(refused: Promise<unknown>): Promise<unknown> {
  return refused.then(
    () => 'nothing was refused',
    (thrown: unknown) => (thrown instanceof CurlewError ? thrown.context['reason'] : thrown),
  );
}

describe.each(encoders)('an encoder $what', ({ fused, encoder, encoderImage, expert, expertImage }) => {
  let expected: Float32Array;
  beforeAll(async () => {
    expect(readEncoder(encoderImage).fused).toBe(fused);
    expected = await graphEmbedding(encoder);
    expect(new Set(expected).size).toBeGreaterThan(100);
  });

  test.each(boards)(
    'gives on $name what its graph gives, and so does the expert behind it',
    async ({ port }) => {
      const board = await CurlewBoard.open(port());
      const send = async (image: Uint8Array): Promise<number> => {
        const { slot } = await board.upload(image, hashOf(image));
        await board.verify(slot);
        return slot;
      };
      try {
        const slot = await send(expertImage);
        expect(await reasonOf(board.activate({ slots: [slot] }))).toBe('no_encoder');
        const encoderSlot = await send(encoderImage);
        expect(await reasonOf(board.activate({ slots: [encoderSlot] }))).toBe('bad_bank');
        expect(await board.activate({ slots: [slot] })).toMatchObject({
          active: [slot],
          encoders: [encoderSlot],
        });

        const { logits } = await board.infer(patch);
        const embedding = await board.features('embedding');
        expect(bits(embedding)).toEqual(bits(expected));
        expect(bits(logits)).toEqual(bits(logits32(expert, expected)));

        expect(await reasonOf(board.erase(encoderSlot))).toBe('bad_slot');
        const { slots, encoders: active } = await board.slots();
        expect(active).toEqual([encoderSlot]);
        expect(slots.find((one) => one.slot === encoderSlot)).toMatchObject({ kind: 'encoder', bits: 8 });
      } finally {
        await board.close();
      }
    },
  );

  test('gives the same in the engine, of windows that overlap', async () => {
    const engine = await Engine.load(readFileSync(resources.engine), {
      encoders: [encoderImage],
      experts: [expertImage],
      router: null,
    });
    const sound = Int16Array.from({ length: windowSamples + 160 * 20 }, () => Math.round(9000 * noise()));
    const embeddings = (hop: number, from: number): number[][] =>
      [...engine.stream(hop, { embeddings: true }).push(sound.subarray(from))].flatMap((answers) =>
        Array.from({ length: answers.embeddings.length / 384 }, (_, i) =>
          bits(answers.embeddings.slice(384 * i, 384 * (i + 1))),
        ),
      );
    const together = embeddings(4, 0);
    expect(together.length).toBe(6);
    together.forEach((one, i) => expect(one, `window ${i}`).toEqual(embeddings(96, 640 * i)[0]));
  });
});
