/**
 * Makes the shipped bank and its report: trains and tests without each fold of ESC-10, then keeps what was trained
 * without fold 4.
 *   npm run bank:train -- FOLDER [WORK]
 * FOLDER is ESC-10 in ESC-50's layout. WORK keeps what is done, so that the same command goes on after a break. The
 * encoders lie in the bank already (models/encoder/recipe). The report is that of `curlew evaluate FOLDER --patience 6 --seeds 5
 * --hard noise,clip,rate,gain`, and says so itself: the same study with the same options. It says first how many trainings
 * it takes.
 */
import { utcDay } from '../contract/figures.ts';
import { studyCostText } from '../contract/study-cost.ts';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '../../models/bank/bank.ts';
import { buildEncoder } from '../../models/bank/build.ts';
import { restoreEncoder } from '../../models/encoder/store.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { Banks, type UsableEncoder } from '../banks/banks.ts';
import { borrowBoard } from '../fleet/borrow-board.ts';
import { resources, versionOf } from '../resources.ts';
import { onTerminal } from './on-terminal.ts';
import { costOfStudy } from './study/effort.ts';
import { trialsOn } from './study/on-board.ts';
import { shippedStudyParams } from './study/params.ts';
import { trainedOn } from './study/bank-test/heard.ts';
import { study } from './study/study-job.ts';
import { learnedFrom } from './study/train-bank-job.ts';
import { writeBank, writeEncoders } from './study/write-bank.ts';
import { writeReport } from './study/write-report.ts';

/** The fold that the shipped bank never sees; clips to try it on come from it. */
const heldOutFold = 4;
/** The expert to begin with, then the others by precision. */
const order = ['q4', 'ternary', 'q2', 'q8', 'q16'];

const attribution =
  'ESC-10 is a part of ESC-50 (K. J. Piczak, "ESC: Dataset for Environmental Sound Classification", ACM Multimedia ' +
  '2015; the compilation is CC BY 3.0). Its clips are from freesound.org under CC0, CC BY or CC Sampling+; title, author, address ' +
  'and licence of every source clip stand in the data set’s own table, `meta/esc50.csv`, those of the ten clips that ' +
  'ship with the bank also in `clips/README.md`. No clip of the data set is in the weights’ folder.';

async function main(folder: string | undefined, work: string): Promise<void> {
  if (folder === undefined) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Name the data: npm run bank:train -- FOLDER (ESC-10 in ESC-50’s layout).',
    );
  }
  const dataset = await readDataset(folder, { layout: 'esc50' });
  const encoders = await shippedEncoders(dataset);
  const before = join(work, 'encoders');
  await writeEncoders(before, encoders);
  const params = { ...shippedStudyParams, path: folder };
  console.log(
    studyCostText(costOfStudy(params, { folds: dataset.folds.length, clips: dataset.clips.length }, null)),
  );
  const {
    results: found,
    models,
    outcomes,
  } = await study(
    {
      params,
      banks: await Banks.open(before),
      own: null,
      folder: join(work, 'study'),
      cacheFolder: join(work, 'features'),
      version: versionOf(resources.root),
      allowed: () => Promise.resolve(true),
      borrowBoard: (choice, use, signal) =>
        borrowBoard(
          choice,
          { fleet: null, wasmPath: resources.virtualBoard },
          (board, about) => use(trialsOn(board, signal), about),
          signal,
        ),
    },
    onTerminal('bank', console.log),
  );
  const dataSet = { ...found.dataSet, name: 'ESC-10, folds 1 to 4' };
  const results = { ...found, title: 'Experts and curiosity routing on ESC-10', dataSet };
  // the bank is what the first seed trained
  const own = outcomes.filter(({ seed }) => seed === params.seed);
  const shown = own.find(({ fold }) => fold === heldOutFold);
  if (!shown) throw new CurlewError('REQUEST_INVALID', `${folder} has no fold ${heldOutFold} to hold out.`);
  const trained = models[outcomes.indexOf(shown)]!;
  const { clips } = parseManifest(await readFile(join(resources.bank, 'manifest.json'), 'utf8'));
  await writeBank(resources.bank, {
    params,
    models: trained,
    dataSet,
    date: utcDay(Date.now()),
    attribution,
    prefix: 'esc10',
    title: 'ESC-10',
    order,
    shown,
    all: own,
    encoders,
    clips,
    trainedOn: await trainedOn(dataset, learnedFrom(trained)),
    nextVersion: async (images) => (await Banks.open(resources.bank)).versions.next(images),
  });
  await writeReport(join(resources.bank, 'report'), results);
  console.log(`Wrote ${resources.bank}.`);
}

/** The encoders of the recipe, the one without the held-out fold first. */
async function shippedEncoders(dataset: Dataset): Promise<UsableEncoder[]> {
  const recipe = join(resources.root, 'models', 'encoder', 'recipe', 'figures.json');
  const figures = JSON.parse(await readFile(recipe, 'utf8')) as {
    test: Record<string, { clips: number; float_accuracy: number; int8_accuracy: number; minutes: number }>;
  };
  const folds = [heldOutFold, ...dataset.folds.filter((fold) => fold !== heldOutFold)];
  return Promise.all(
    folds.map(async (fold) => {
      const id = `esc10-encoder-${fold}`;
      const description: unknown = JSON.parse(
        await readFile(join(resources.bank, id, 'encoder.json'), 'utf8'),
      );
      const float = restoreEncoder(description, await readFile(join(resources.bank, id, 'weights.f32')));
      const { clips, float_accuracy, int8_accuracy, minutes } = figures.test[fold]!;
      return {
        id,
        name: float.name,
        built: buildEncoder(float),
        heard: new Set(dataset.clips.filter((clip) => clip.fold !== fold).map(({ source }) => source)),
        parameters: float.layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0),
        classifier: { clips, float: float_accuracy, int8: int8_accuracy },
        heldOutFold: fold,
        trainingSeconds: 60 * minutes,
      };
    }),
  );
}

const work = process.argv[3] ?? (await mkdtemp(join(tmpdir(), 'curlew-bank-')));
await main(process.argv[2], work).catch((thrown: unknown) => {
  console.error(toCurlewError(thrown).message);
  process.exitCode = 1;
});
