/** What the lab does for requests about captures of currents, and the instruments that take them. */
import { basename, extname } from 'node:path';
import { isPpk2 } from '../../devices/drivers/ppk2/identify.ts';
import { Ppk2, ppk2BaudRate } from '../../devices/drivers/ppk2/ppk2.ts';
import type { SerialDevices } from '../../devices/drivers/list-serial-ports.ts';
import { foundWithinMs } from '../../devices/drivers/ppk2/sample-clock.ts';
import { serialPort } from '../../devices/drivers/serial-port.ts';
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { Capture, captureRequests, PowerDevice } from './contract/captures.ts';
import type { Captures } from './captures.ts';
import { startExport, startImport, startTrim } from './file-jobs.ts';
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

const portAt = (path: string) => serialPort(path, { baudRate: ppk2BaudRate });

export function instrumentHandlers(rooms: InstrumentRooms): HandlersOf<typeof captureRequests> {
  const { captures, jobs, files, background } = rooms;
  const recordings = new Recordings(jobs, captures);

  async function devices(): Promise<{ devices: PowerDevice[]; problem: string | null }> {
    const { devices, problem } = await rooms.listDevices();
    return {
      problem,
      devices: devices
        .filter(({ usb }) => isPpk2(usb))
        .map(({ path, usb }) => ({
          ...{ portId: path, name: 'Power Profiler Kit 2' },
          serial: usb?.split(':')[2] ?? '',
        }))
        .sort((a, b) => (a.portId < b.portId ? -1 : 1)),
    };
  }

  /** The ports of the only kit there is. @throws CurlewError PORT_NOT_FOUND, REQUEST_INVALID */
  async function onlyKit(): Promise<string[]> {
    const found = await devices();
    const serials = new Set(found.devices.map(({ serial }) => serial));
    if (serials.size === 1) return found.devices.map(({ portId }) => portId);
    if (serials.size === 0) {
      throw new CurlewError(
        'PORT_NOT_FOUND',
        `No Power Profiler Kit 2 is plugged in${found.problem === null ? '' : ` that could be told (${found.problem})`}; ` +
          `name its port where it is.`,
      );
    }
    const names = found.devices.map(({ portId, serial }) => `${portId} (${serial})`).join(', ');
    throw new CurlewError(
      'REQUEST_INVALID',
      `Several kits are plugged in: name the port of one of ${names}.`,
    );
  }

  return {
    'power.devices': devices,
    'power.switch': async ({ portId, on, mode, millivolts }) => {
      const kit = await Ppk2.open(portAt(portId));
      try {
        await kit.setUp(mode, millivolts);
        await kit.power(on);
      } finally {
        await kit.close();
      }
      return null;
    },
    'power.record': async ({ portId, ...wish }) => {
      const paths = portId === undefined ? await onlyKit() : [portId];
      return recordings.start({ ...wish, ports: paths.map(portAt) });
    },
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

/** Before each loss that time told: where in it the samples are missing nobody knows. */
const doubtfulOf = ({ lateLosses, samplesPerSecond }: Capture) =>
  lateLosses.map((to) => ({ from: Math.max(0, to - (foundWithinMs / 1000) * samplesPerSecond), to }));
