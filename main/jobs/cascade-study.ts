/**
 * Tells what cascades save: of each fold of a labelled data set, stages on encoders of their own are trained without it, and
 * every decision is priced on a virtual board.
 *   npm run bank:cascade -- FOLDER STAGE STAGE [STAGE]
 * FOLDER is ESC-10 in ESC-50's layout. A STAGE is `statistics`, or how the ids of a bank's encoders begin of which each was
 * made without one fold, such as `esc10-encoder`; the cheapest first. Prints the results as JSON.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { Banks } from '../banks/banks.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { borrowBoard } from '../fleet/borrow-board.ts';
import { resources } from '../resources.ts';
import { onTerminal } from './on-terminal.ts';
import { studyCascade, type CascadeResults } from './study/cascade-study.ts';
import { trialsOn } from './study/on-board.ts';

const seed = 1;
const resamples = 1000;

async function main(folder: string | undefined, stages: readonly string[]): Promise<CascadeResults | null> {
  if (folder === undefined || stages.length < 2 || stages.length > 3) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Name the data and two or three stages, the cheapest first: npm run bank:cascade -- FOLDER statistics esc10-encoder.',
    );
  }
  const dataset = await readDataset(folder, { layout: 'esc50' });
  const banks = await Banks.open(resources.bank);
  // Beside what is printed.
  const context = onTerminal('cascade', console.error);
  const cacheFolder = await mkdtemp(join(tmpdir(), 'curlew-cascade-'));
  return borrowBoard(
    'virtual',
    { fleet: null, wasmPath: resources.virtualBoard },
    (board) =>
      studyCascade(
        {
          ...{ dataset, banks, stages, seed, resamples, cacheFolder },
          ...{ hidden: [64], epochs: 60, patience: 8 },
          trials: trialsOn(board, context.signal),
        },
        context,
      ),
    context.signal,
  );
}

const plain = (_key: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;

await main(process.argv[2], process.argv.slice(3)).then(
  (results) => console.log(JSON.stringify(results, plain, 1)),
  (thrown: unknown) => {
    console.error(toCurlewError(thrown).message);
    process.exitCode = 1;
  },
);
