/**
 * Experts of every precision, and a bank of three with a router: the same bits on every build of the firmware, and what
 * the reference graphs and the lab's own routing give.
 */
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
import { inferenceRun, type InferenceResult } from '../../devices/protocol/messages/inference-run.ts';
import type { BoardRecord } from '../../devices/protocol/telemetry-record.ts';
import { difference, implementationTolerance } from '../../models/evaluation/agreement.ts';
import type { Expert, Precision } from '../../models/experts/expert.ts';
import { quantizedModel, routerModel } from '../../models/experts/models.ts';
import { packExpert, packRouter } from '../../models/packing/pack.ts';
import { createReference } from '../../models/reference/reference.ts';
import { logits32, softmax32 } from '../../models/router/float32.ts';
import { answering, route } from '../../models/router/route.ts';
import type { Routing } from '../../models/router/router.ts';
import { randomExpertOf, randomNumbers, randomRouter } from '../fixtures/random-expert.ts';
import { resources } from '../../main/resources.ts';

const root = new URL('../../', import.meta.url);
const precisions: readonly Precision[] = [1, 2, 4, 8, 16, 'ternary', 'ternary-activations', 'static8'];
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
    port: () => qemuBoard({ name: 'precisions', repository: resources.root, id: new Uint8Array(8), machine }),
  })),
];

const bits = (values: Float32Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];

/** The bank: 8-bit, 4-bit and ternary, and what their precision speaks for. */
const places = [3, 2, 5];
const prior = [1, 0.5, 0];
const images = experts.map(({ expert }) => packExpert(expert, new Uint8Array()));
const hashOf = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const router = randomRouter(
  70,
  places.map((at) => ({ name: experts[at]!.name, sha256: hashOf(images[at]!) })),
  prior,
);
/** The router's own routing, then others in its place. */
const routings: readonly (Pick<Routing, 'alpha' | 'passes' | 'topK'> | undefined)[] = [
  undefined,
  { alpha: 50, passes: 7, topK: 1 },
  { alpha: 0, passes: 0, topK: 3 },
];

interface BoardAnswers {
  /** of each expert alone */
  logits: Float32Array[];
  embedding: Float32Array;
  /** of the bank, by `routings`; `place` in the bank of the expert that answered */
  bank: (InferenceResult & { place: number })[];
  /** telemetry of `bank` */
  records: BoardRecord[];
}

async function answersOf(port: Port): Promise<BoardAnswers> {
  const tapped = tappedPort(port);
  const board = await CurlewBoard.open(tapped);
  const client = createSmpClient(tapped.line, tapped.id);
  const send = async (image: Uint8Array): Promise<number> => {
    const { slot } = await board.upload(image, hashOf(image));
    await board.verify(slot);
    return slot;
  };
  // The window stays in the board's buffer: it is sent once.
  const runAgain = () => client.request(inferenceRun, { kind: 'pcm' as const, keep: true });
  try {
    const slots: number[] = [];
    const logits: Float32Array[] = [];
    for (const image of images) {
      const slot = await send(image);
      slots.push(slot);
      await board.activate({ slots: [slot] });
      logits.push((await (logits.length === 0 ? board.infer(pcm) : runAgain())).logits);
    }
    const bankSlots = places.map((at) => slots[at]!);
    const routerSlot = await send(packRouter(router, routerModel(router)));
    const bank: BoardAnswers['bank'] = [];
    for (const routing of routings) {
      const own = routing === undefined ? {} : { routing };
      await board.activate({ slots: bankSlots, router: routerSlot, ...own });
      const answer = await runAgain();
      bank.push({ ...answer, place: bankSlots.indexOf(answer.slot) });
    }
    const { records } = await board.telemetry(bank[0]!.sequence - 1);
    return { logits, embedding: await board.features('embedding'), bank, records };
  } finally {
    await board.close();
  }
}

describe('experts of every precision and a bank', () => {
  let first: BoardAnswers;
  beforeAll(async () => {
    first = await answersOf(virtual);
  });

  test.each(boards.slice(1))('give the same bits on $name as on virtual', async ({ port }) => {
    const { logits, bank } = await answersOf(port());
    expect(logits.map(bits)).toEqual(first.logits.map(bits));
    const compared = ({
      place,
      curiosity,
      gate,
      logits: sum,
      inferenceId,
    }: BoardAnswers['bank'][number]) => ({
      place,
      curiosity,
      gate: bits(gate),
      logits: bits(sum),
      inferenceId,
    });
    expect(bank.map(compared)).toEqual(first.bank.map(compared));
  });

  test.each(experts.map((one, i) => ({ ...one, i })))(
    'are what the reference computes: $name',
    async ({ expert, i }) => {
      expect(bits(logits32(expert, first.embedding))).toEqual(bits(first.logits[i]!));
      await expectReference(quantizedModel(expert), first.logits[i]!);
    },
  );

  test.each(
    routings.map((routing, i) => ({ routing, i, name: routing ? JSON.stringify(routing) : 'its own' })),
  )('the bank routes as the lab does: $name', ({ routing, i }) => {
    const { inferenceId, curiosity, gate, place, logits } = first.bank[i]!;
    const inForce = { ...router.routing, ...routing };
    const expected = route(router, first.embedding, inferenceId, inForce);
    expect(place).toBe(expected.ranked[0]);
    expect(bits(gate)).toEqual(bits(expected.gate));
    expect(Math.abs(curiosity - expected.curiosity)).toBeLessThan(1e-5);
    expect(curiosity > 0).toBe(inForce.passes > 0);
    const blend = new Float64Array(logits.length);
    for (const { expert, share } of answering(expected, inForce.topK)) {
      first.logits[places[expert]!]!.forEach((logit, at) => (blend[at]! += share * logit));
    }
    expect(difference(logits, blend).relative).toBeLessThan(1e-6);
  });

  test('telemetry tells who answered, how curious the router was and what it took', () => {
    expect(first.records).toHaveLength(routings.length);
    first.records.forEach((record, i) => {
      const { place, curiosity, latencyUs, inferenceId } = first.bank[i]!;
      const [featuresUs, encoderUs, routerUs, expertUs] = latencyUs;
      expect(record).toMatchObject({
        place,
        curiosity,
        featuresUs,
        encoderUs,
        routerUs,
        expertUs,
        inferenceId,
      });
      expect(record.routerUs).toBeGreaterThan(0);
      const hash = Buffer.from(hashOf(images[places[place]!]!)).toString('hex');
      expect(record.expert).toBe(hash.slice(0, 16));
    });
  });

  test('doubt moves the choice towards precision', () => {
    const [, doubtful, plain] = first.bank;
    expect(prior[doubtful!.place]).toBeGreaterThan(prior[plain!.place]!);
  });

  test('without dropout the gates are the softmax of the router’s graph', async () => {
    const { gate } = first.bank[2]!;
    await expectReference(routerModel(router), logits32(router, first.embedding), (logits) =>
      softmax32(logits).forEach((p, e) => expect(gate[e]).toBeCloseTo(p, 3)),
    );
  });
});

/** Logits of the graph that hears the same window must be those. */
async function expectReference(
  model: Uint8Array,
  found: Float32Array,
  also: (logits: Float32Array) => void = () => undefined,
): Promise<void> {
  const reference = await createReference(ort, model);
  const { logits } = await reference.run(Float32Array.from(pcm, (sample) => sample / 32_768));
  const { relative, sameTopClass } = difference(found, logits);
  expect(relative).toBeLessThanOrEqual(implementationTolerance(null));
  expect(sameTopClass).toBe(true);
  also(logits);
  await reference.release();
}
