/**
 * Makes the shipped bank and its report: trains and tests without each fold of ESC-10, then keeps what was trained
 * without fold 4.
 *   npm run bank:train -- FOLDER [WORK]
 * FOLDER is ESC-10 in ESC-50's layout. WORK keeps what is done, so that the same command goes on after a break. The
 * encoders lie in the bank already (models/encoder/recipe). The report is that of `curlew evaluate` with the options that
 * models/bank/README.md names and the report itself tells: the same study. It says first how many trainings it takes.
 */
import { utcDay } from '../contract/figures.ts';
import { studyCostText } from '../contract/study-cost.ts';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '../../models/bank/bank.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { Banks, type UsableEncoder } from '../banks/banks.ts';
import { borrowBoard } from '../fleet/borrow-board.ts';
import { resources, versionOf } from '../resources.ts';
import { onTerminal } from './on-terminal.ts';
import { cheapestSetting } from './study/cascade-in-bank.ts';
import { costOfStudy } from './study/effort.ts';
import { trialsOn } from './study/on-board.ts';
import { encodersNamed } from './study/encoder-choice.ts';
import { shippedStudyParams, type StudyParams } from './study/params.ts';
import { trainedOn } from './study/bank-test/heard.ts';
import { study } from './study/study-job.ts';
import { learnedFrom } from './study/train-bank-job.ts';
import { writeBank } from './study/write-bank.ts';
import type { FoldModels } from './study/train-fold.ts';
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

async function main(): Promise<void> {
  const [folder, kept] = process.argv.slice(2);
  if (folder === undefined) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Name the data: npm run bank:train -- FOLDER (ESC-10 in ESC-50’s layout).',
    );
  }
  const work = kept ?? (await mkdtemp(join(tmpdir(), 'curlew-bank-')));
  const dataset = await readDataset(folder, { layout: 'esc50' });
  const banks = await Banks.open(resources.bank);
  const params = { ...shippedStudyParams, path: folder };
  console.log(
    studyCostText(costOfStudy(params, { folds: dataset.folds.length, clips: dataset.clips.length }, null)),
  );
  const {
    results: found,
    models,
    cascades,
    outcomes,
  } = await study(
    {
      params,
      banks,
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
  const results = { ...found, title: 'Experts, routing and cascades on ESC-10', dataSet };
  // the bank is what the first seed trained
  const own = outcomes.filter(({ seed }) => seed === params.seed);
  const shown = own.find(({ fold }) => fold === heldOutFold);
  if (!shown) throw new CurlewError('REQUEST_INVALID', `${folder} has no fold ${heldOutFold} to hold out.`);
  const trained = models[outcomes.indexOf(shown)]!;
  const ofSeed = cascades.filter(({ answers }) => answers.seed === params.seed);
  const setting = cheapestSetting(results.cascade?.chosen ?? [], params.cascade.length);
  const staged = ofSeed.find(({ answers }) => answers.fold === heldOutFold);
  if (!setting || !staged)
    throw new CurlewError('TRAINING_FAILED', 'No decision of the cascade is worth its last stage.');
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
    encoders: await encodersOf(banks, params, trained),
    clips,
    cascade: { setting, shown: staged, all: ofSeed },
    trainedOn: await trainedOn(dataset, learnedFrom(trained)),
    nextVersion: (images) => Promise.resolve(banks.versions.next(images)),
  });
  await writeReport(join(resources.bank, 'report'), results);
  console.log(`Wrote ${resources.bank}.`);
}

/** Those that the study took, of all folds, so that every fold can be tested honestly; that of the experts first. */
async function encodersOf(
  banks: Banks,
  { encoder, cascade }: StudyParams,
  trained: FoldModels,
): Promise<UsableEncoder[]> {
  const kinds = [encoder, ...cascade.filter((stage) => stage !== encoder)];
  const ids = kinds.flatMap((kind) => encodersNamed(kind, banks));
  const first = ids.filter((id) => id === trained.encoder?.id);
  return Promise.all([...first, ...ids.filter((id) => !first.includes(id))].map((id) => banks.encoder(id)));
}

await main().catch((thrown: unknown) => {
  console.error(toCurlewError(thrown).message);
  process.exitCode = 1;
});
