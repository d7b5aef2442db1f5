/** What the lab does for requests about what boards answer and recorded. */
import type { Background } from '../../background/background.ts';
import type { Banks } from '../../banks/banks.ts';
import type { Emit } from '../../contract/events.ts';
import type { Job, WindowResult } from '../../contract/types.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { TelemetryStore } from '../../store/telemetry-store.ts';
import type { telemetryRequests } from '../contract/telemetry.ts';
import type { Fleet } from '../fleet.ts';
import { play } from '../play.ts';
import { telemetryCsv } from '../telemetry-csv.ts';

interface Rooms {
  fleet: Fleet;
  bank: Banks;
  jobs: Jobs;
  files: AllowedPaths;
  telemetry: TelemetryStore;
  images: KnownImages;
  emit: Emit;
  background: Background;
}

export function telemetryHandlers(rooms: Rooms): HandlersOf<typeof telemetryRequests> {
  const { fleet, telemetry, jobs } = rooms;
  return {
    'play.start': async ({ boardId, source }, role) => {
      const session = fleet.session(boardId);
      const path =
        source.kind === 'clip'
          ? rooms.bank.clipPath(source.clipId)
          : await rooms.files.resolve(source.path, role);
      const job: Job = jobs.start({
        kind: 'play',
        title: `Play ${source.kind === 'clip' ? source.clipId : path} at ${session.state.name}`,
        reads: [source.kind === 'clip' ? source.clipId : path],
        writes: [session.state.name],
        canPause: false,
        async run({ signal, progress }) {
          progress(0, 'decoding');
          const pcm = await rooms.background.run('decode', path);
          const onWindow = (result: WindowResult) => rooms.emit('window', { jobId: job.id, result });
          return play(session, pcm, { signal, progress, onWindow });
        },
      });
      return job;
    },

    'telemetry.records': async ({ boardId, limit, before }) =>
      (await telemetry.records(boardId, limit, before)).map((record) => ({
        ...record,
        ...rooms.images.namesOf(record),
      })),
    'telemetry.summary': ({ boardId }) => telemetry.summary(boardId),
    'telemetry.export': ({ boardId, from }) => {
      const name = fleet.boards().find(({ id }) => id === boardId)?.name ?? '';
      return telemetryCsv(rooms, { id: boardId, name }, from);
    },
  };
}
