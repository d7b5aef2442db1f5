/**
 * Enters into the shipped bank the encoders that models/encoder/recipe trained: image, graphs and a line of the manifest
 * for each.
 *   npm run bank:encoders
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { buildEncoder } from '../../models/bank/build.ts';
import { parameterCount } from '../../models/encoder/encoder.ts';
import { restoreEncoder } from '../../models/encoder/store.ts';
import type { UsableEncoder } from '../banks/banks.ts';
import { toCurlewError } from '../contract/error.ts';
import { resources } from '../resources.ts';
import { enterEncoders } from './study/write-bank.ts';

/** Of the encoders that ship; the recipe trains others, to tell what a seed makes of them. */
const seed = '1';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const figures = v.object({
  test: v.record(
    v.string(),
    v.record(
      v.string(),
      v.record(
        v.string(),
        v.object({
          clips: v.number(),
          float_accuracy: share,
          int8_accuracy: share,
          processor_seconds: v.number(),
        }),
      ),
    ),
  ),
});
const sources = v.record(v.string(), v.array(v.string()));

const json = async (...path: string[]): Promise<unknown> =>
  JSON.parse(await readFile(join(resources.root, 'models', ...path), 'utf8'));

async function trained(): Promise<UsableEncoder[]> {
  const { test } = v.parse(figures, await json('encoder', 'recipe', 'figures.json'));
  const heard = v.parse(sources, await json('encoder', 'recipe', 'heard.json'));
  const kinds = Object.entries(test);
  return Promise.all(
    kinds.flatMap(([kind, folds]) =>
      Object.entries(folds).map(async ([fold, seeds]) => {
        const id = `esc10-encoder-${kind}-${fold}`;
        const weights = await readFile(join(resources.bank, id, 'weights.f32'));
        const float = restoreEncoder(await json('bank', id, 'encoder.json'), weights);
        const { clips, float_accuracy, int8_accuracy, processor_seconds } = seeds[seed]!;
        return {
          id,
          name: float.name,
          built: buildEncoder(float),
          heard: new Set(heard[fold]),
          parameters: parameterCount(float),
          classifier: { clips, float: float_accuracy, int8: int8_accuracy },
          heldOutFold: Number(fold),
          trainingSeconds: processor_seconds,
        };
      }),
    ),
  );
}

try {
  const encoders = await trained();
  await enterEncoders(resources.bank, encoders);
  console.log(`Wrote ${encoders.length} encoders to ${resources.bank}.`);
} catch (thrown) {
  console.error(toCurlewError(thrown).message);
  process.exitCode = 1;
}
