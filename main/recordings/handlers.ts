/** What the lab does for requests about files and recordings. */
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from './allowed-paths.ts';
import { audioOf } from './audio-of.ts';
import type { recordingRequests } from './contract.ts';
import { openRecording } from './decode.ts';
import { concatenate, read16kMono, toInt16 } from './pcm16k.ts';

export const recordingHandlers = (files: AllowedPaths): HandlersOf<typeof recordingRequests> => ({
  'files.browse': ({ path }) => files.browse(path),
  'recordings.inspect': async ({ path }, role) => (await openRecording(await files.resolve(path, role))).info,
  'recordings.audio': async ({ path, startS, durationS }, role) => {
    // Shorter, or empty, where the recording ends.
    const pieces: Float32Array[] = [];
    for await (const piece of read16kMono(await files.resolve(path, role), { startS, durationS }))
      pieces.push(piece);
    return audioOf(toInt16(concatenate(pieces)));
  },
});
