/** Tries a model: what it answers to silence, noise and a real sound, whether twice the same, and how fast. */
import type { OwnModelCheck, OwnModelDescription } from './contract.ts';
import { unfit } from './describe.ts';
import type { OpenModel } from './open-model.ts';

/** A sound to try it with: one window or more at the model's rate. */
export interface TriedClip {
  label: string;
  pcm: Float32Array;
}

/** Windows at once, where the graph takes any number of them. */
const usualBatch = 8;
/** What a probability may be off by. */
const rounding = 1e-3;
/** Answers are timed until both are reached. */
const leastTimedMs = 500;
const leastTimedWindows = 5;

/**
 * @param now milliseconds, a clock that only goes forward
 * @throws CurlewError MODEL_UNFIT for the first thing that is wrong
 */
export async function tryModel(
  model: OpenModel,
  clip: TriedClip,
  { now, wallMs }: { now(): number; wallMs(): number },
): Promise<OwnModelCheck> {
  const { description } = model;
  const { windowSamples, sampleRate, labels, embedding } = description;
  const sounds = [
    { what: 'silence', pcm: new Float32Array(windowSamples) },
    { what: 'noise', pcm: noise(windowSamples) },
    { what: `the clip “${clip.label}”`, pcm: repeated(clip.pcm, windowSamples) },
  ];
  const answers: Float32Array[] = [];
  let embeddingSize: number | null = null;
  for (const { what, pcm } of sounds) {
    const { raw, embeddings } = await model.run(pcm, 1, 1);
    requireFinite(raw, what, 'answers');
    if (description.output.values === 'probabilities') requireProbabilities(raw, what);
    if (embeddings) {
      requireFinite(embeddings, what, 'embedding');
      if (embeddingSize !== null && embeddingSize !== embeddings.length)
        throw unfit('its embedding is not always as long');
      embeddingSize = embeddings.length;
    }
    answers.push(raw);
  }
  const { values, activation } = description.output;
  if (values === 'probabilities' && activation === 'softmax') requireSums(answers);
  const heard = sounds.at(-1)!;
  const again = await model.run(heard.pcm, 1, 1);
  const last = answers.at(-1)!;
  if (!again.raw.every((value, i) => Object.is(value, last[i]))) {
    throw unfit(
      'it gives another answer to the same sound when it is asked again; a model that draws at random cannot be compared with itself',
    );
  }
  const batch =
    description.input.batch === 'any'
      ? await batchOf(
          model,
          sounds.map(({ pcm }) => pcm),
          answers,
        )
      : 1;
  const windowMs = await timed(model, heard.pcm, batch, now);
  const top = again.probabilities.indexOf(again.probabilities.reduce((most, p) => Math.max(most, p), -1));
  return {
    checkedMs: wallMs(),
    notes: notesOf(description, answers, batch),
    ...{ batch, embeddingSize: embedding === null ? null : embeddingSize },
    windowMs,
    timesRealtime: (1000 * windowSamples) / sampleRate / windowMs,
    heard: { clip: clip.label, label: labels[top]!, probability: again.probabilities[top]! },
  };
}

function requireFinite(values: Float32Array, sound: string, what: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw unfit(`its ${what} to ${sound} hold ${values[at]} at place ${at}, which is no number`);
}

function requireProbabilities(values: Float32Array, sound: string): void {
  const wrong = values.find((value) => value < -rounding || value > 1 + rounding);
  if (wrong === undefined) return;
  throw unfit(
    `it is described as giving probabilities, and gives ${wrong} to ${sound}; write "logits" as output.values`,
  );
}

function requireSums(answers: readonly Float32Array[]): void {
  for (const values of answers) {
    const sum = values.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) <= 10 * rounding) continue;
    throw unfit(
      `it is described as softmax, and its probabilities sum to ${sum.toFixed(3)}; write "sigmoid" as output.activation`,
    );
  }
}

/** How many windows it takes at once: the usual number where they are answered as each is alone, else one. */
async function batchOf(
  model: OpenModel,
  sounds: readonly Float32Array[],
  alone: readonly Float32Array[],
): Promise<number> {
  const { windowSamples, labels } = model.description;
  const pcm = new Float32Array(usualBatch * windowSamples);
  for (let i = 0; i < usualBatch; i++) pcm.set(sounds[i % sounds.length]!, i * windowSamples);
  try {
    const { raw } = await model.run(pcm, usualBatch, usualBatch);
    const same = Array.from({ length: usualBatch }, (_, i) => {
      const expected = alone[i % alone.length]!;
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), rounding);
      return expected.every(
        (value, c) => Math.abs(value - raw[i * labels.length + c]!) <= rounding * largest,
      );
    });
    return same.every(Boolean) ? usualBatch : 1;
  } catch {
    // Its first dimension is called free, and is not: one at a time it works.
    return 1;
  }
}

/** The median of the time a window takes. */
async function timed(
  model: OpenModel,
  sound: Float32Array,
  batch: number,
  now: () => number,
): Promise<number> {
  const pcm = new Float32Array(batch * sound.length);
  for (let i = 0; i < batch; i++) pcm.set(sound, i * sound.length);
  const times: number[] = [];
  const began = now();
  while (now() - began < leastTimedMs || times.length < leastTimedWindows) {
    const before = now();
    await model.run(pcm, batch, batch);
    times.push((now() - before) / batch);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1]!;
}

function notesOf(
  { output, input }: OwnModelDescription,
  answers: readonly Float32Array[],
  batch: number,
): string[] {
  const notes: string[] = [];
  const [first, ...others] = answers;
  if (others.every((one) => one.every((value, i) => value === first![i]))) {
    notes.push('It answers the same to silence, noise and a real sound: is input.scale right?');
  }
  const like = answers.every((one) => one.every((value) => value >= 0 && value <= 1));
  if (output.values === 'logits' && like) {
    notes.push('All that it gave lies in 0 to 1, as probabilities do; it is described as giving logits.');
  }
  if (input.batch === 'any' && batch === 1) {
    notes.push('Several windows at once are not answered as each alone: they are asked one by one.');
  }
  return notes;
}

/** White, uniform, the same every time: xorshift of 32 bits. */
function noise(samples: number): Float32Array {
  let state = 0x2545f491;
  return Float32Array.from({ length: samples }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (0.2 * (state >>> 0)) / 2 ** 32 - 0.1;
  });
}

function repeated(pcm: Float32Array, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, i) => pcm[i % pcm.length]!);
}
