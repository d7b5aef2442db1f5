/** The engine against boards: whatever ships, over real sounds, the same bits as over the protocol. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Engine, windowSamples, type EngineImages } from '../../devices/engine/engine.ts';
import { Banks } from '../../main/banks/banks.ts';
import { imagesOfModel } from '../../main/banks/model-images.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { resources } from '../../main/resources.ts';
import { answersOfBoard, bits, bitsOfEngine, windowsOf } from '../fixtures/board-answers.ts';
import { randomNumbers } from '../fixtures/random-expert.ts';

const bank = await Banks.open(resources.bank);
const wasm = readFileSync(resources.engine);
const hopSamples = 7680;
const models = [...bank.routers, ...bank.experts].map(({ id }) => id);

/** A second of each shipped clip, then what is hard: silence, full scale, a step, noise. */
async function sounds(): Promise<Int16Array> {
  const next = randomNumbers(7);
  const clips = await Promise.all(
    bank.clips.map(async ({ id }) => toInt16(await decodeAll(bank.clipPath(id)))),
  );
  const hard = [
    new Int16Array(windowSamples),
    Int16Array.from({ length: windowSamples }, (_, i) => (i % 2 === 0 ? 32_767 : -32_768)),
    Int16Array.from({ length: windowSamples }, (_, i) => (i < 7000 ? 0 : 12_000)),
    Int16Array.from({ length: windowSamples }, () => Math.round(2000 * (next() - 0.5))),
  ];
  const all = [...clips.map((clip) => clip.subarray(0, 2 * windowSamples)), ...hard];
  const joined = new Int16Array(all.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of all) {
    joined.set(one, at);
    at += one.length;
  }
  return joined;
}

describe('the engine gives a board’s answers, bit for bit', () => {
  test.each(models)('of %s', async (modelId) => {
    const pcm = await sounds();
    const windows = windowsOf(pcm, hopSamples);
    const board = await answersOfBoard(bank, modelId, windows);
    const engine = await Engine.load(wasm, await imagesOfModel(bank, modelId));
    const stream = engine.stream(hopSamples / 160, { firstWindow: board[0]!.inferenceId - 1 });
    const answers = [...stream.push(pcm)];
    expect(board.length).toBe(windows.length);
    expect(bitsOfEngine(answers)).toEqual(board);
  });
});

describe('answers do not depend on', () => {
  const all = async (hopFrames: number, pieces: Int16Array[], modelId = 'esc10-router') => {
    const engine = await Engine.load(wasm, await imagesOfModel(bank, modelId));
    const stream = engine.stream(hopFrames, { embeddings: true });
    const answers = pieces.flatMap((piece) => [...stream.push(piece)]);
    const embeddings = answers.flatMap((one) => bits(one.embeddings));
    return { rows: bitsOfEngine(answers), embeddings };
  };

  test('where the sound is split', async () => {
    const pcm = (await sounds()).subarray(0, 40_000);
    const whole = await all(48, [pcm]);
    expect(whole.rows.length).toBe(4);
    for (const at of [0, 1, 159, 160, 399, 400, 401, 7_679, 7_680, 15_599, 15_600, 15_601, 23_280, 39_999]) {
      expect(await all(48, [pcm.subarray(0, at), pcm.subarray(at)])).toEqual(whole);
    }
    const crumbs = Array.from({ length: Math.ceil(pcm.length / 97) }, (_, i) =>
      pcm.subarray(97 * i, 97 * (i + 1)),
    );
    expect(await all(48, crumbs)).toEqual(whole);
  });

  test.each([1, 7, 95, 96])('how windows overlap: a hop of %i frames', async (hopFrames) => {
    const pcm = (await sounds()).subarray(0, 34_321);
    const stream = await all(hopFrames, [pcm], 'esc10-q4');
    const starts = Array.from(
      { length: Math.floor((pcm.length - windowSamples) / (160 * hopFrames)) + 1 },
      (_, i) => 160 * hopFrames * i,
    );
    expect(stream.rows.length).toBe(starts.length);
    const engine = await Engine.load(wasm, await imagesOfModel(bank, 'esc10-q4'));
    const alone = starts.map((at, i) => [
      ...engine.stream(48, { firstWindow: i }).push(pcm.subarray(at, at + windowSamples)),
    ]);
    expect(stream.rows).toEqual(bitsOfEngine(alone.flat()));
  });
});

describe('images that do not fit are refused', () => {
  test.each([
    [
      'a damaged expert',
      'IMAGE_BAD',
      (images: EngineImages) => ({ ...images, experts: [flipped(images.experts[0]!)] }),
    ],
    ['an encoder that is missing', 'IMAGE_BAD', (images: EngineImages) => ({ ...images, encoders: [] })],
    [
      'a damaged encoder',
      'IMAGE_BAD',
      (images: EngineImages) => ({ ...images, encoders: [flipped(images.encoders[0]!)] }),
    ],
    [
      'an expert cut short',
      'IMAGE_BAD',
      (images: EngineImages) => ({ ...images, experts: [images.experts[0]!.subarray(0, 500)] }),
    ],
  ])('%s', async (_what, code, change) => {
    const images = await imagesOfModel(bank, 'esc10-q4');
    await expect(Engine.load(wasm, change(images))).rejects.toMatchObject({ code });
  });

  test('experts in another order than the router’s', async () => {
    const images = await imagesOfModel(bank, 'esc10-router');
    const experts = [...images.experts].reverse();
    await expect(Engine.load(wasm, { ...images, experts })).rejects.toMatchObject({ code: 'IMAGE_BAD' });
  });

  test('a file that is no build of the engine', async () => {
    const images = await imagesOfModel(bank, 'esc10-q4');
    await expect(Engine.load(wasm.subarray(0, 1000), images)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

/** One bit of it is another. */
function flipped(image: Uint8Array): Uint8Array {
  const other = image.slice();
  other[other.length >> 1]! ^= 4;
  return other;
}
