/** What the lab does for requests about captures of currents, and the instruments that take them. */
import { basename, extname } from 'node:path';
import { Ppk2 } from '../../devices/drivers/ppk2/ppk2.ts';
import type { SerialDevices } from '../../devices/drivers/list-serial-ports.ts';
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { captureRequests } from './contract/captures.ts';
import type { Captures } from './captures.ts';
import { doubtfulOf } from './doubtful.ts';
import { startExport, startImport, startTrim } from './file-jobs.ts';
import { kitDevices, kitPort, kitPorts } from './kits.ts';
import { Recordings } from './recording.ts';

export interface InstrumentRooms {
  captures: Captures;
  jobs: Jobs;
  files: AllowedPaths;
  background: Background;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
  listDevices(): Promise<SerialDevices>;
}

export function instrumentHandlers(rooms: InstrumentRooms): HandlersOf<typeof captureRequests> {
  const { captures, jobs, files, background } = rooms;
  const recordings = new Recordings(jobs, captures);

  return {
    'power.devices': () => kitDevices(rooms.listDevices),
    'power.switch': async ({ portId, on, mode, millivolts }) => {
      const kit = await Ppk2.open(kitPort(portId));
      try {
        await kit.setUp(mode, millivolts);
        await kit.power(on);
      } finally {
        await kit.close();
      }
      return null;
    },
    'power.record': async ({ portId, ...wish }) =>
      recordings.start({ ...wish, ports: await kitPorts(portId, rooms.listDevices) }),
    'power.finish': ({ jobId }) => recordings.finish(jobId),
    'power.captures': () => captures.list(),
    'power.capture': ({ captureId }) => captures.get(captureId),
    'power.envelope': async ({ captureId, from = 0, to = Infinity, points }) =>
      background.run('captureEnvelope', await captures.readable(captureId), from, to, points),
    'power.energy': async ({ captureId, from = 0, to = Infinity, millivolts, pin, stages }) => {
      const folder = await captures.readable(captureId);
      const capture = captures.get(captureId);
      const supply = millivolts ?? capture.millivolts;
      if (supply === null) {
        throw new CurlewError(
          'REQUEST_INVALID',
          `Nobody told what “${capture.name}” was supplied with: say so, in millivolts.`,
          { captureId },
        );
      }
      return background.run('captureEnergy', folder, capture.samplesPerSecond, {
        ...{ from, to, volts: supply / 1000, pin: pin ?? null, stages: stages ?? [] },
        doubtful: doubtfulOf(capture),
      });
    },
    'power.rename': ({ captureId, name }) => captures.change(captureId, { name }),
    'power.delete': async ({ captureId }) => {
      await captures.remove(captureId);
      return null;
    },
    'power.export': async ({ captureId, path, ...wish }, role) =>
      startExport(rooms, captureId, { ...wish, path: await files.place(path, role) }),
    'power.import': async ({ path, name, millivolts }, role) => {
      const real = await files.resolve(path, role);
      return startImport(rooms, real, name ?? basename(path, extname(path)), millivolts ?? null);
    },
    'power.trim': ({ captureId, from, to, name }) => startTrim(rooms, captureId, from, to, name),
  };
}
