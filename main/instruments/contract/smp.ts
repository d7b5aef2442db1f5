/** Devices that speak SMP with whatever firmware: their part of the contract. */
import * as v from 'valibot';
import { forOperators } from '../../contract/roles.ts';
import { path, text, whole } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';

export interface SmpTask {
  name: string;
  priority: number;
  /** In words of 4 bytes, as Zephyr counts them; null where the device does not tell them. */
  stackUsed: number | null;
  stackSize: number | null;
  contextSwitches: number | null;
}

export interface SmpPool {
  name: string;
  blockBytes: number;
  blocks: number;
  free: number;
  leastFree: number;
}

/** An image of its boot loader. */
export interface SmpImage {
  image: number;
  slot: number;
  version: string;
  /** Hex; null where the boot loader does not tell it. */
  hash: string | null;
  bootable: boolean;
  pending: boolean;
  confirmed: boolean;
  active: boolean;
  permanent: boolean;
}

/** What a device tells of itself; null of what it does not tell. */
export interface SmpDeviceLook {
  portId: string;
  /** Bits a second; null where its line has no rate. */
  baud: number | null;
  identity: [name: string, value: string][];
  /** Name and firmware, of a Curlew board. */
  curlew: string | null;
  parameters: { bufferSize: number; bufferCount: number } | null;
  tasks: SmpTask[] | null;
  pools: SmpPool[] | null;
  statistics: { name: string; counts: [name: string, count: number][] }[] | null;
  images: SmpImage[] | null;
}

/** Times from request to answer, measured one after another on an otherwise idle line. */
export interface SmpEcho {
  source: 'measured';
  /** Of text that went there and back. */
  bytes: number;
  baud: number | null;
  /** In their order. */
  milliseconds: number[];
  /** Requests that no answer came to. */
  lost: number;
}

export const mostEchoes = 1000;

const port = { portId: path, baudRate: v.optional(whole(1200, 12_000_000)) };

export const smpRequests = {
  'smp.look': forOperators(v.strictObject(port)),
  /** Ends after ten seconds, with as many as there are by then. */
  'smp.echo': forOperators(
    v.strictObject({ ...port, count: whole(1, mostEchoes), bytes: v.optional(whole(0, 128)) }),
  ),
  /** A file of the lab's machine: as an image for the boot loader, or as a file under a name of the device. */
  'smp.upload': forOperators(v.strictObject({ ...port, path, name: v.optional(text(200)) })),
  /** The image of a hash runs after the next start, with `confirm` for good; without a hash the one that runs stays. */
  'smp.mark': forOperators(
    v.strictObject({
      ...port,
      hash: v.nullable(v.pipe(v.string(), v.regex(/^([0-9a-f]{2}){16,64}$/, 'a hash is hexadecimal'))),
      confirm: v.boolean(),
    }),
  ),
  /** Erases the slot that images are sent to. */
  'smp.erase': forOperators(v.strictObject(port)),
  'smp.reset': forOperators(v.strictObject(port)),
} as const;

export interface SmpResults {
  'smp.look': SmpDeviceLook;
  'smp.echo': SmpEcho;
  'smp.upload': Job;
  'smp.mark': SmpImage[];
  'smp.erase': null;
  'smp.reset': null;
}
