/** What the lab does for requests about files and recordings. */
import type { Background } from '../background/background.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from './allowed-paths.ts';
import { audioOf } from './audio-of.ts';
import type { recordingRequests } from './contract.ts';

export const recordingHandlers = (
  files: AllowedPaths,
  background: Background,
): HandlersOf<typeof recordingRequests> => ({
  'files.browse': ({ path, kind }) => files.browse(path, kind),
  'recordings.inspect': async ({ path }, role) =>
    background.run('inspectRecording', await files.resolve(path, role)),
  'recordings.audio': async ({ path, startS, durationS }, role) =>
    audioOf(await background.run('decodeSpan', await files.resolve(path, role), startS, durationS)),
});
