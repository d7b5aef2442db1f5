/** All that a device tells of itself over SMP; what it does not know is left out, and said to be. */
import type { RequestOptions } from '../../protocol/client.ts';
import { boardInfo } from '../../protocol/messages/board-info.ts';
import { imageState, type ImageSlot } from '../../protocol/messages/image-state.ts';
import { osBootloader } from '../../protocol/messages/os-bootloader.ts';
import type { LinkParameters } from '../../protocol/messages/os-parameters.ts';
import { osPools, type MemoryPool } from '../../protocol/messages/os-pools.ts';
import { osSystemInfo, systemParts, type SystemPart } from '../../protocol/messages/os-system-info.ts';
import { osTasks, type TaskStatistics } from '../../protocol/messages/os-tasks.ts';
import { statisticsList } from '../../protocol/messages/statistics-list.ts';
import { statisticsRead, type StatisticsGroup } from '../../protocol/messages/statistics-read.ts';
import type { SmpDevice } from './smp-device.ts';

export interface SmpLook {
  /** Name and value of what it tells of its software: `kernel`, `board`, `boot loader`; empty where nothing. */
  identity: [name: string, value: string][];
  /** It runs Curlew's firmware, under this name. */
  curlew: string | null;
  /** Each null where the device does not tell it. */
  parameters: LinkParameters | null;
  tasks: TaskStatistics[] | null;
  pools: MemoryPool[] | null;
  statistics: StatisticsGroup[] | null;
  images: ImageSlot[] | null;
}

/** @throws CurlewError of the client */
export async function lookAt(device: SmpDevice, options: RequestOptions = {}): Promise<SmpLook> {
  const identity: [string, string][] = [];
  for (const [letter, name] of Object.entries(systemParts) as [SystemPart, string][]) {
    const value = await device.ask(osSystemInfo, letter, options);
    if (value) identity.push([name, value]);
    // Who does not know the command knows none of its parts.
    else if (value === null && letter === 's') break;
  }
  const bootloader = await device.ask(osBootloader, undefined, options);
  if (bootloader) identity.push(['boot loader', bootloader]);
  const info = await device.ask(boardInfo, undefined, options);
  return {
    identity,
    curlew: info ? `${info.name}, firmware ${info.firmware}` : null,
    parameters: device.parameters,
    tasks: await device.ask(osTasks, undefined, options),
    pools: await device.ask(osPools, undefined, options),
    statistics: await statisticsOf(device, options),
    images: await device.ask(imageState, undefined, options),
  };
}

async function statisticsOf(device: SmpDevice, options: RequestOptions): Promise<StatisticsGroup[] | null> {
  const names = await device.ask(statisticsList, undefined, options);
  if (names === null) return null;
  const groups: StatisticsGroup[] = [];
  for (const name of names) {
    const group = await device.ask(statisticsRead, name, options);
    if (group) groups.push(group);
  }
  return groups;
}
