/** A file, or an image for the boot loader, on its way to an SMP device: a job that can be cancelled and begun again. */
import { basename } from 'node:path';
import type { SmpDevice } from '../../../devices/drivers/smp/smp-device.ts';
import { upload } from '../../../devices/drivers/smp/upload.ts';
import { realClock } from '../../../devices/protocol/clock.ts';
import { CurlewError } from '../../contract/error.ts';
import { grouped } from '../../contract/figures.ts';
import type { Job } from '../../contract/types.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Leavings } from '../../jobs/definition.ts';
import { readWhole } from '../../regular-file.ts';
import type { SmpUploadResult } from '../contract/result.ts';

/** More than any boot loader's slot or small file system takes. */
const mostBytes = 64 * 2 ** 20;

export interface UploadWish {
  path: string;
  /** Of the file on the device; without one it is an image for the boot loader. */
  name: string | undefined;
  portId: string;
}

/** @param withDevice opens the device, and lets go of it however the work ends */
export function startUpload(
  jobs: Jobs,
  { path, name, portId }: UploadWish,
  withDevice: <T>(work: (device: SmpDevice) => Promise<T>, signal: AbortSignal) => Promise<T>,
): Job {
  return jobs.start({
    kind: 'smp',
    title: `Send ${basename(path)} to ${portId}`,
    reads: [path],
    writes: [name ?? 'the boot loader’s free slot'],
    canPause: false,
    async run(context): Promise<SmpUploadResult> {
      const data = new Uint8Array(await readWhole(path, mostBytes, 'what is sent to a device'));
      if (data.length === 0)
        throw new CurlewError('FILE_EMPTY', `${path} is empty: there is nothing to send.`);
      context.progress(0, 'greeting the device');
      return withDevice(async (device) => {
        const beganMs = realClock.nowMs();
        const to = name === undefined ? ({ kind: 'image' } as const) : ({ kind: 'file', name } as const);
        const { resumedFrom, sha256 } = await upload(device, to, data, {
          signal: context.signal,
          onProgress: (held) =>
            context.progress(
              held / data.length,
              `${grouped(held)} of ${grouped(data.length)} bytes are there`,
            ),
        });
        const seconds = (realClock.nowMs() - beganMs) / 1000;
        return { kind: 'smp', bytes: data.length, resumedFrom, seconds, sha256 };
      }, context.signal);
    },
  });
}

export const smpLeavings: Leavings = {
  holdings: async () => ({ goes: [], stays: ['what the device holds'], bytes: 0 }),
};
