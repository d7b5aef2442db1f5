/** A cascade of experts on encoders of their own: boards, engine and reference decide alike, to the bit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { afterAll, describe, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { Engine, windowSamples } from '../../devices/engine/engine.ts';
import { runTrial } from '../../main/jobs/study/on-board.ts';
import { resources } from '../../main/resources.ts';
import type { Encoder } from '../../models/encoder/encoder.ts';
import { addEncoder } from '../../models/encoder/graph.ts';
import { Graph } from '../../models/onnx/graph.ts';
import { packRouter } from '../../models/packing/pack.ts';
import { readRouter } from '../../models/packing/read.ts';
import { decide } from '../../models/router/decide.ts';
import { logits32 } from '../../models/router/float32.ts';
import { decisionNames, type Decision } from '../../models/router/router.ts';
import { bits, windowsOf } from '../fixtures/board-answers.ts';
import { randomCascade, randomStages } from '../fixtures/random-cascade.ts';
import { randomNumbers } from '../fixtures/random-expert.ts';

const wasm = readFileSync(resources.engine);
const stages = randomStages(31);
const hop = 4800;
const windowCount = 18;
const noise = randomNumbers(5);
/** Noise that swells and tones that slide, so that windows differ. */
const sound = Int16Array.from({ length: windowSamples + (windowCount - 1) * hop }, (_, i) =>
  Math.round(
    9000 * Math.sin(i * i * 4e-7) * Math.sin(i / 9000) ** 2 +
      4000 * (noise() - 0.5) * (1 + Math.sin(i / 5000)),
  ),
);
const windows = windowsOf(sound, hop);

const virtual = new VirtualBoard({
  wasm: readFileSync(resources.virtualBoard),
  name: 'cascade',
  id: new Uint8Array(8),
});
afterAll(() => virtual.switchOff());

async function graphOf(encoder: Encoder): Promise<(patch: Float32Array) => Promise<Float32Array>> {
  const graph = new Graph('encoder');
  const patches = graph.input('patches', 'float32', [1, 96, 64]);
  graph.output('embedding', graph.cast(addEncoder(graph, patches, encoder), 'float32'), 'float32', [1, 384]);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(graph.finish({}));
  return async (patch) =>
    (await session.run({ patches: new ort.Tensor('float32', patch, [1, 96, 64]) }))['embedding']!
      .data as Float32Array;
}

interface Answer {
  score: number[];
  place: number;
  stages: number | null;
  curiosity: number[];
  gate: number[];
  logits: number[];
}

async function engineAnswers(router: Uint8Array): Promise<Answer[]> {
  const engine = await Engine.load(wasm, {
    // Their order does not matter.
    encoders: [...stages.encoderImages].reverse(),
    router,
    experts: stages.expertImages,
  });
  return [...engine.stream(hop / 160).push(sound)].flatMap((one) =>
    Array.from({ length: one.windows }, (_, i) => ({
      score: bits(one.score.slice(i, i + 1)),
      place: one.place[i]!,
      stages: one.stages[i]!,
      curiosity: bits(one.curiosity.slice(i, i + 1)),
      gate: bits(one.gate.slice(3 * i, 3 * i + 3)),
      logits: bits(one.logits.slice(5 * i, 5 * i + 5)),
    })),
  );
}

const boards: readonly { name: string; port: () => Port }[] = [
  { name: 'virtual', port: () => virtual },
  { name: 'host', port: () => hostBoard({ name: 'cascade', id: '0000000000000000' }) },
];

/** Scores of all windows, by the engine; the thresholds are at a third and at two of them. */
async function partedBy(decision: Decision): Promise<number[]> {
  const answers = await engineAnswers(
    packRouter(randomCascade(stages, decision, [2, 2]), new Uint8Array(32)),
  );
  const scores = answers.map(({ score }) => new Float32Array(Uint32Array.from(score).buffer)[0]!);
  scores.sort((a, b) => a - b);
  return [scores[Math.floor(windowCount / 3)]!, scores[Math.floor((2 * windowCount) / 3)]!];
}

describe.each(decisionNames)('a cascade by %s', (decision) => {
  test('answers alike on boards, in the engine and in the reference', async () => {
    const router = randomCascade(stages, decision, await partedBy(decision));
    const image = packRouter(router, new Uint8Array(32));
    expect(readRouter(image).router).toEqual(router);
    const engine = await engineAnswers(image);
    expect(engine).toHaveLength(windowCount);
    expect(new Set(engine.map(({ place }) => place))).toEqual(new Set([0, 1, 2]));
    const graphs = await Promise.all(stages.encoders.map(graphOf));

    for (const { name, port } of boards) {
      const board = await CurlewBoard.open(port());
      try {
        const { signal } = new AbortController();
        const { encoderImages: encoders, expertImages: experts } = stages;
        const patches: Float32Array[] = [];
        // A restart, so that inferences are counted from 1 as the engine's are.
        await board.reset();
        const results = await runTrial(board, { encoders, experts, router: image, windows: [] }, { signal });
        const { active } = await board.slots();
        for (const window of windows) {
          results.push(await board.infer(window, { signal }));
          patches.push(await board.features('log-mel'));
        }
        for (const [w, result] of results.entries()) {
          const place = active.indexOf(result.slot);
          expect(result.inferenceId).toBe(w + 1);
          expect(
            {
              score: bits(Float32Array.of(result.score)),
              place,
              stages: result.stages,
              curiosity: bits(Float32Array.of(result.curiosity)),
              gate: bits(result.gate),
              logits: bits(result.logits),
            },
            `${name}, window ${w}`,
          ).toEqual(engine[w]);
          const embedding = await graphs[0]!(patches[w]!);
          const firstLogits = logits32(stages.experts[0]!, embedding);
          const decided = decide(router, { embedding, firstLogits }, w + 1);
          expect([bits(Float32Array.of(decided.score)), decided.ranked[0]]).toEqual([
            engine[w]!.score,
            place,
          ]);
          expect(bits(Float32Array.of(decided.curiosity))).toEqual(engine[w]!.curiosity);
          const own = logits32(stages.experts[place]!, await graphs[place]!(patches[w]!));
          expect(bits(own)).toEqual(engine[w]!.logits);
          expect(result.stages).toBe(1 | (1 << place));
        }
      } finally {
        await board.close();
      }
    }
  });
});

test('modelled time is charged for the stages that ran alone', async () => {
  const board = await CurlewBoard.open(virtual);
  const { encoderImages: encoders, expertImages: experts } = stages;
  const encoderUs = async (thresholds: readonly number[]) => {
    const router = packRouter(randomCascade(stages, 'entropy', thresholds), new Uint8Array(32));
    const trial = { encoders, experts, router, windows: windows.slice(0, 1) };
    return (await runTrial(board, trial, { signal: new AbortController().signal }))[0]!.latencyUs[1];
  };
  try {
    const [first, second, third] = [
      await encoderUs([2, 2]),
      await encoderUs([-1, 2]),
      await encoderUs([-1, -1]),
    ];
    expect(second - first).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  } finally {
    await board.close();
  }
});

test('a board refuses a cascade whose second encoder is not there', async () => {
  const board = await CurlewBoard.open(virtual);
  try {
    await board.activate({ slots: [] });
    for (const { slot } of (await board.slots()).slots) await board.erase(slot);
    const send = async (image: Uint8Array): Promise<number> => {
      const { slot } = await board.upload(image, createHash('sha256').update(image).digest());
      await board.verify(slot);
      return slot;
    };
    await send(stages.encoderImages[0]!);
    const slots: number[] = [];
    for (const image of stages.expertImages) slots.push(await send(image));
    const router = await send(packRouter(randomCascade(stages, 'gate', [0.5, 0.8]), new Uint8Array(32)));
    await expect(board.activate({ slots, router })).rejects.toMatchObject({
      context: { reason: 'no_encoder' },
    });
  } finally {
    await board.close();
  }
});
