/** What the lab does for requests about files and recordings. */
import { stat } from 'node:fs/promises';
import type { Background } from '../background/background.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from './allowed-paths.ts';
import { fileError } from '../regular-file.ts';
import { audioOf } from './audio-of.ts';
import { findAudio } from './find-audio.ts';
import type { recordingRequests } from './contract.ts';

export const recordingHandlers = (
  files: AllowedPaths,
  background: Background,
): HandlersOf<typeof recordingRequests> => ({
  'files.browse': ({ path, kind }) => files.browse(path, kind),
  'recordings.find': async ({ path: asked, limit }, role) => {
    const path = await files.resolve(asked, role);
    const found = await findAudio([path], { allowed: (real) => files.permits(real) });
    return {
      path,
      folder: found.files.length !== 1 || found.files[0] !== path,
      files: found.files.slice(0, limit),
      total: found.files.length,
      failed: found.failed.map((one) => ({ path: one.path, message: one.error.message })),
    };
  },
  'recordings.inspect': async ({ path }, role) => {
    const real = await files.resolve(path, role);
    const info = await background.run('inspectRecording', real);
    return { ...info, modifiedMs: await modifiedMs(real) };
  },
  'recordings.audio': async ({ path, startS, durationS }, role) =>
    audioOf(await background.run('decodeSpan', await files.resolve(path, role), startS, durationS)),
  'recordings.sound': async ({ path, startS, durationS, channel }, role) => {
    const real = await files.resolve(path, role);
    const { pcm, sampleRate } = await background.run('sound', real, startS, durationS, channel);
    return { ...audioOf(pcm), sampleRate };
  },
  'recordings.spectrogram': async ({ path, ...wish }, role) =>
    background.run('spectrogram', await files.resolve(path, role), wish),
});

/** @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE */
const modifiedMs = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    (thrown: unknown) => Promise.reject(fileError(path, thrown)),
  );
