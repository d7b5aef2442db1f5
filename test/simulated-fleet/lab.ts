/** The lab's fleet and store, with 1,000 boards' worth of ports: what stands between boards and disk, and no page. */
import { join } from 'node:path';
import { realClock } from '../../devices/protocol/clock.ts';
import type { Emit } from '../../main/contract/events.ts';
import type { TelemetryRecord } from '../../main/contract/types.ts';
import { makeDataFolder } from '../../main/data-folder.ts';
import { BoardLog } from '../../main/fleet/board-log.ts';
import { Fleet } from '../../main/fleet/fleet.ts';
import { portDirectory, type PortDirectory } from '../../main/fleet/port-directory.ts';
import { virtualBoards, type VirtualBoards } from '../../main/fleet/virtual/virtual-boards.ts';
import { resources } from '../../main/resources.ts';
import { boardLogStore } from '../../main/store/board-log-store.ts';
import { boardStore } from '../../main/store/board-store.ts';
import { clockSetting } from '../../main/store/clock-setting.ts';
import { knownImages } from '../../main/store/known-images.ts';
import { openStore, type Store } from '../../main/store/open-store.ts';
import { KeepRolled } from '../../main/store/rollups/keep-rolled.ts';
import { signedImages } from '../../main/store/signed-images.ts';
import { telemetryStore } from '../../main/store/telemetry-store.ts';
import { simulatedMachine, type SimulatedFleetData, type SimulatedMachine } from './machine.ts';

export interface FleetLab {
  store: Store;
  fleet: Fleet;
  machine: SimulatedMachine;
  virtual: VirtualBoards;
  close(): Promise<void>;
}

/** @param folder empty, for the store and the virtual boards */
export async function openFleetLab(
  folder: string,
  simulated: SimulatedFleetData,
  tell: (text: string) => void,
): Promise<FleetLab> {
  const virtual = virtualBoards(join(folder, 'boards'), resources.virtualBoard, (portId, error) =>
    tell(`${portId}: ${error.message}`),
  );
  const machine = simulatedMachine(simulated, portDirectory());
  const { store, fleet, close } = await openFleet(folder, machine, { say: tell });
  return {
    ...{ store, fleet, machine, virtual },
    async close() {
      await close(async () => {
        await virtual.close();
        machine.end();
      });
    },
  };
}

/**
 * @param folder of the store, made if missing
 * @param told `stored`: records that are durable
 */
export async function openFleet(
  folder: string,
  ports: PortDirectory,
  { say, stored }: { say(text: string): void; stored?(records: readonly TelemetryRecord[]): void },
): Promise<{ store: Store; fleet: Fleet; close(beforeStore?: () => Promise<void>): Promise<void> }> {
  await makeDataFolder(folder);
  const store = await openStore(join(folder, 'lab.duckdb'), say);
  const log = (level: string, subject: string | null, text: string): void => {
    if (level === 'error') say(`${subject ?? 'lab'}: ${text}`);
  };
  const emit: Emit = () => undefined;
  const times = { clock: realClock, wallMs: Date.now };
  const boardLog = await BoardLog.open(boardLogStore(store), { emit, log, ...times });
  const fleet = new Fleet(ports, {
    ...{ telemetry: telemetryStore(store), boards: boardStore(store), boardLog, emit, log, ...times },
    ...{ signedImages: await signedImages(store), images: await knownImages(store) },
    stored: (_boardId, records) => stored?.(records),
    versions: { saw: () => undefined },
    clocks: await clockSetting(store),
  });
  const rolled = new KeepRolled(store, { ...times, onProblem: (thrown) => say(String(thrown)) });
  return {
    ...{ store, fleet },
    async close(beforeStore) {
      await rolled.close();
      await fleet.close();
      await boardLog.close();
      await beforeStore?.();
      await store.close();
    },
  };
}
