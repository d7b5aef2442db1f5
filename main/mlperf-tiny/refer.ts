/** The reference’s answers beside the device’s, some inputs at a time: a thread does them. */
import type { Background } from '../background/background.ts';
import type { JobContext } from '../jobs/definition.ts';
import type { ReferenceGiven, TinyAnswer } from './contract/results.ts';
import { labelledInputs, piecesOf } from './inputs.ts';
import { meanOf } from './mean-of.ts';

/** Of one call; others want the thread, too. */
const atOnce = 32;

/** @throws CurlewError as tinyReference and piecesOf do */
export async function referTo(
  given: ReferenceGiven,
  folder: string,
  answers: readonly TinyAnswer[],
  background: Pick<Background, 'run'>,
  { progress, pausePoint }: Pick<JobContext, 'progress' | 'pausePoint'>,
): Promise<{ answers: TinyAnswer[]; scaled: boolean }> {
  const inputs = await labelledInputs(folder);
  const all = [...answers];
  let scaled = true;
  for (let from = 0; from < all.length; from += atOnce) {
    await pausePoint();
    progress(0.9 + (0.1 * from) / all.length, 'asking the reference');
    const some = await Promise.all(
      all.slice(from, from + atOnce).map(async (answer, at) => ({
        answer,
        pieces: answer.results ? await piecesOf(folder, inputs[from + at]!) : [],
      })),
    );
    const pieces = some.flatMap((one) => one.pieces);
    if (pieces.length === 0) continue;
    const each = some.find(({ answer }) => answer.results)!.answer.results!.length;
    const told = await background.run('tinyReference', given, pieces, each);
    scaled &&= told.every((one) => one.scaled);
    let next = 0;
    for (const [at, one] of some.entries()) {
      const own = told.slice(next, (next += one.pieces.length)).map(({ numbers }) => numbers);
      if (own.length > 0) all[from + at] = { ...one.answer, reference: meanOf(own) };
    }
  }
  return { answers: all, scaled };
}
