/**
 * Trains the shipped expert and writes it with its graphs, image and card.
 *   npm run bank:train -- FOLDER [BANK]
 * FOLDER is in ESC-50's layout; BANK is models/bank unless given. Takes about ten minutes on one core.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoldFigures } from '../../models/bank/bank.ts';
import { buildExpert } from '../../models/bank/build.ts';
import { defaultTraining, type TrainedExpert, type TrainingOptions } from '../../models/training/train.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { clipsReadme, modelCard } from './bank/card.ts';
import { readDataset } from './bank/dataset.ts';
import { loadClips, score, trainWithout, type Score } from './bank/experiment.ts';
import { writeClips, writeExpert, writeManifest } from './bank/write-bank.ts';

const id = 'esc10-q4';
/** The fold that the shipped expert never sees; clips to try it on come from it. */
const heldOutFold = 4;
const options: TrainingOptions = { ...defaultTraining, name: 'ESC-10 4-bit', version: 1, patience: 6 };

async function main(folder: string | undefined, bank: string): Promise<void> {
  if (folder === undefined) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Name the data: npm run bank:train -- FOLDER (in ESC-50’s layout).',
    );
  }
  const dataset = await readDataset(folder);
  const clips = await loadClips(dataset, (done) => {
    if (done % 40 === 0) console.log(`${done} of ${dataset.clips.length} clips read`);
  });

  const crossValidation: FoldFigures[] = [];
  let shipped: { trained: TrainedExpert; quantized: Score; float: Score } | null = null;
  for (const fold of [...new Set(clips.map((clip) => clip.fold))].sort((a, b) => a - b)) {
    const trained = await trainWithout(fold, clips, dataset.classes, options, ({ epoch, ...report }) => {
      console.log(`fold ${fold}, epoch ${epoch}`, report);
    });
    const built = buildExpert(trained.expert);
    const test = clips.filter((clip) => clip.fold === fold);
    const quantized = await score(built['quantized.onnx'], test, dataset.classes.length);
    crossValidation.push({
      fold,
      clips: quantized.clips,
      accuracy: quantized.accuracy,
      macroF1: quantized.macroF1,
    });
    console.log(`fold ${fold}: accuracy ${quantized.accuracy}, macro-F1 ${quantized.macroF1}`);
    if (fold === heldOutFold) {
      shipped = { trained, quantized, float: await score(built['float.onnx'], test, dataset.classes.length) };
    }
  }
  if (!shipped) throw new CurlewError('REQUEST_INVALID', `${folder} has no fold ${heldOutFold} to hold out.`);

  const { trained, quantized, float } = shipped;
  const figures = { heldOutFold, quantized, float, crossValidation };
  const card = modelCard(trained, options, figures, dataset, new Date().toISOString().slice(0, 10));
  const expert = await writeExpert(bank, id, trained.expert, figures, card);
  const written = await writeClips(bank, clips, dataset.classes, heldOutFold);
  await writeFile(join(bank, 'clips', 'README.md'), clipsReadme(written));
  await writeManifest(bank, { experts: [expert], clips: written });
  console.log(`Wrote ${join(bank, id)}: image of ${expert.files.image.bytes} bytes.`);
}

main(process.argv[2], process.argv[3] ?? join('models', 'bank')).catch((thrown: unknown) => {
  console.error(toCurlewError(thrown).message);
  process.exitCode = 1;
});
