/** The work of taking an encoder from an ONNX file: checked, calibrated with recordings, and kept as a bank. */
import * as ort from 'onnxruntime-web';
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { calibrateEncoder } from '../../../models/encoder/calibrate.ts';
import { embeddingSizeOf, multiplyAccumulates, parameterCount } from '../../../models/encoder/encoder.ts';
import { encoderMemory } from '../../../models/encoder/limits.ts';
import { importEncoder } from '../../../models/encoder/import-onnx.ts';
import { buildEncoder } from '../../../models/bank/build.ts';
import { frontEndModel } from '../../../models/features/front-end.ts';
import { frontEnd } from '../../../models/features/log-mel.ts';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import type { EncoderResult } from '../../contract/types.ts';
import { readAudio } from '../../datasets/audio.ts';
import { findAudio } from '../../recordings/find-audio.ts';
import { readWhole } from '../../regular-file.ts';
import type { JobContext } from '../definition.ts';
import type { NewBanks } from './new-banks.ts';
import { writeEncoders } from './write-bank.ts';

export interface ImportParams {
  /** The ONNX file. */
  readonly path: string;
  /** Of the bank that holds it. */
  readonly name: string;
  /** A folder of recordings like those that it will hear. */
  readonly recordings: string;
}

export interface ImportWork {
  readonly params: ImportParams;
  readonly newBanks: NewBanks;
  /** For what is unfinished. */
  readonly folder: string;
  allowed(real: string): Promise<boolean>;
}

/** A board's whole encoder takes some hundred kB; the rest is room for what the import leaves out. */
const mostGraphBytes = 64 * 2 ** 20;
/** Recordings, and patches of each, that ranges are taken from. */
const mostRecordings = 60;
const patchesOfEach = 4;

/**
 * @throws CurlewError FILE_DAMAGED, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE (the ONNX file), ENCODER_UNFIT saying which limit it breaks,
 *   FOLDER_EMPTY (no recording to calibrate with); ABORTED
 */
export async function importEncoderJob(
  { params, newBanks, folder: workFolder, allowed }: ImportWork,
  context: JobContext,
): Promise<EncoderResult> {
  const { path, name, recordings } = params;
  const bytes = await readWhole(path, mostGraphBytes, 'the graph of an encoder');
  const imported = importEncoder(
    bytes,
    basename(path)
      .replace(/\.onnx$/i, '')
      .slice(0, 31),
  );
  const { patches, used, failed } = await patchesIn(recordings, allowed, context);
  context.progress(0.9, 'calibrating');
  const version = await newBanks.nextVersion([{ kind: 'encoder', name: imported.name }]);
  const float = await calibrateEncoder(ort, { ...imported, version }, patches);
  const built = buildEncoder(float);
  const id = `${name}-encoder`;
  const folder = await newBanks.folder(name);
  // beside its place first, so that a bank is there whole or not at all
  const unfinished = `${workFolder}/bank`;
  await rm(unfinished, { recursive: true, force: true });
  await writeEncoders(unfinished, [
    {
      ...{ id, name: float.name, built, heard: new Set<string>(), classifier: null, heldOutFold: null },
      trainingSeconds: null,
      parameters: parameterCount(float),
    },
  ]);
  await rename(unfinished, folder);
  await newBanks.add(name);
  await rm(workFolder, { recursive: true, force: true });
  return {
    kind: 'encoder',
    encoderId: id,
    imageBytes: built.files.image.length,
    multiplyAccumulates: multiplyAccumulates(float),
    ...encoderMemory(float.layers),
    embeddingSize: embeddingSizeOf(float),
    recordings: used,
    failed,
  };
}

/** Log-mel patches spread over the recordings, [patches][96][64]; those that cannot be read are told of. */
async function patchesIn(folder: string, allowed: ImportWork['allowed'], context: JobContext) {
  const { files } = await findAudio([folder], { signal: context.signal, allowed });
  const every = Math.max(1, Math.ceil(files.length / mostRecordings));
  const chosen = files.filter((_, i) => i % every === 0);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(frontEndModel());
  const patches: Float32Array[] = [];
  const failed: EncoderResult['failed'] = [];
  for (const [i, path] of chosen.entries()) {
    await context.pausePoint();
    context.progress((0.9 * i) / chosen.length, `listening to ${basename(path)}`);
    try {
      const { pcm } = await readAudio(path, context.signal);
      const heard = new ort.Tensor('float32', pcm, [pcm.length]);
      const { log_mel: logMel } = await session.run({ pcm: heard }, ['log_mel']);
      patches.push(...spread(logMel!.data as Float32Array));
    } catch (thrown) {
      const { code, message } = toCurlewError(thrown);
      if (!code.startsWith('FILE_')) throw thrown;
      failed.push({ path, code, message });
    }
  }
  await session.release();
  if (patches.length === 0) {
    throw new CurlewError(
      'FOLDER_EMPTY',
      `There are no recordings under ${folder} that the encoder can be calibrated with.`,
    );
  }
  const all = new Float32Array(patches.length * patchNumbers);
  patches.forEach((patch, i) => all.set(patch, i * patchNumbers));
  return { patches: all, used: chosen.length - failed.length, failed };
}

const patchNumbers = frontEnd.patchFrames * frontEnd.melBands;

/** A few patches from the beginning to the end of a recording's log-mel. */
function spread(logMel: Float32Array): Float32Array[] {
  const last = logMel.length / frontEnd.melBands - frontEnd.patchFrames;
  return Array.from({ length: patchesOfEach }, (_, i) => {
    const from = Math.round((last * i) / (patchesOfEach - 1)) * frontEnd.melBands;
    return logMel.slice(from, from + patchNumbers);
  });
}
