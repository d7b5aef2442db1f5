/** What the lab does for requests about benchmarks of MLPerf Tiny. */
import type { HandlersOf } from '../dispatch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { TinyBenchmarks } from './benchmarks.ts';
import type { tinyRequests } from './contract/requests.ts';
import { openDevice, type PortAt } from './open-device.ts';
import type { TinyRecords } from './records.ts';

export interface TinyRooms {
  benchmarks: TinyBenchmarks;
  records: TinyRecords;
  jobs: Jobs;
  files: AllowedPaths;
  portAt: PortAt;
}

export function tinyHandlers(rooms: TinyRooms): HandlersOf<typeof tinyRequests> {
  const { benchmarks, records, jobs, files, portAt } = rooms;
  return {
    'tiny.identify': async ({ portId, baudRate }) => {
      const { dut, device } = await openDevice(portAt, portId, baudRate);
      await dut.close();
      return device;
    },
    'tiny.performance': async ({ folder, ...device }, role) =>
      benchmarks.start({
        ...{ ...device, benchmark: 'performance', reference: null, meter: null },
        folder: await files.resolve(folder, role),
      }),
    'tiny.accuracy': async ({ folder, reference, ...device }, role) =>
      benchmarks.start({
        ...{ ...device, benchmark: 'accuracy', meter: null },
        folder: await files.resolve(folder, role),
        reference: reference ? { ...reference, path: await files.resolve(reference.path, role) } : null,
      }),
    'tiny.energy': async ({ folder, portId, baudRate, meterPortId, meterMode, millivolts, pin }, role) =>
      benchmarks.start({
        ...{ portId, baudRate, benchmark: 'energy', reference: null },
        folder: await files.resolve(folder, role),
        meter: { portId: meterPortId, mode: meterMode, millivolts, pin },
      }),
    'tiny.record': ({ jobId }) => records.read(jobs.get(jobId).id),
  };
}
