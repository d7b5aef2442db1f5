/** What the lab does for requests about recordings played at boards. */
import type { Banks } from '../../banks/banks.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { playRequests } from '../contract/plays.ts';
import type { Playing } from '../plays/playing.ts';

interface Rooms {
  playing: Playing;
  bank: Banks;
  files: AllowedPaths;
}

export function playHandlers({ playing, bank, files }: Rooms): HandlersOf<typeof playRequests> {
  return {
    'play.start': async ({ boardId, source }, role) => {
      if (source.kind === 'files') {
        const paths = await Promise.all(source.paths.map((path) => files.resolve(path, role)));
        return playing.startFiles(boardId, paths);
      }
      if (source.kind === 'clip') {
        const path = bank.clipPath(source.clipId);
        return playing.startOne(boardId, { source, path, startS: 0, durationS: null }, source.clipId);
      }
      const path = await files.resolve(source.path, role);
      const { startS = 0, durationS = null } = source;
      return playing.startOne(boardId, { source: { kind: 'file', path }, path, startS, durationS }, path);
    },
    'play.newest': ({ boardId, source }) => playing.newest(boardId, source),
    'play.recordings': ({ jobId, ...page }) => playing.recordings(jobId, page),
    'play.windows': ({ playedId, ...stretch }) => playing.windows(playedId, stretch),
  };
}
