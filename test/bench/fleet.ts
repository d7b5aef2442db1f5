/**
 * A fleet of 1,000 boards, ten records a second each, for ten minutes: what is lost or doubled on the way into the store,
 * how long the lab's event loop is kept, what that takes in memory, and how long an overview of the last day takes to
 * read: of what was recorded, and of 100 million generated records. Sixteen boards are the real firmware, the others are
 * simulated: they speak the same protocol and make up their records.
 *
 * `MINUTES=2 MILLIONS=10 npm run bench -- fleet` for a shorter run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { grouped } from '../../main/contract/figures.ts';
import { openStore, type Store } from '../../main/store/open-store.ts';
import { dayMs } from '../../main/store/rollups/features.ts';
import { overview } from '../../main/store/rollups/overview.ts';
import { roll } from '../../main/store/rollups/roll.ts';
import { sha256Of } from '../../main/sha256.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert } from '../fixtures/random-expert.ts';
import { openFleetLab, type FleetLab } from '../simulated-fleet/lab.ts';
import { generateSeason } from '../simulated-fleet/season.ts';
import type { Bench } from './run.ts';

const boards = 1000;
const realBoards = 16;
const recordsPerSecond = 10;
/** A tenth of a second of sound between windows. */
const hopSamples = 1600;
/** Boards that are attached, or stopped, at once. */
const atOnce = 16;
const minutes = Number(process.env['MINUTES'] ?? 10);
const millions = Number(process.env['MILLIONS'] ?? 100);
/** An overview is read so often; the middle one counts. */
const readings = 5;

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const simulated = boards - realBoards;
  const lab = await openFleetLab(folder, { boards: simulated, first: 1, recordsPerSecond }, say);
  try {
    say(`${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)} at the beginning`);
    const began = performance.now();
    await attachAll(lab);
    say(
      `${boards} boards attached after ${seconds(began)} s: ${simulated} simulated, ${realBoards} virtual (the real firmware)`,
    );
    const delay = monitorEventLoopDelay({ resolution: 5 });
    let warm = 0;
    let most = 0;
    for (let minute = 1; minute <= minutes; minute++) {
      if (minute === 2 || minutes === 1) {
        delay.enable();
        warm = process.memoryUsage.rss();
      }
      for (let second = 0; second < 60; second++) {
        await sleep(1000);
        most = Math.max(most, process.memoryUsage.rss());
      }
      say(
        `minute ${minute}: ${await storedAndMemory(lab.store, most)}, ` +
          `event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`,
      );
    }
    delay.disable();
    await stopAll(lab);
    const books = await kept(lab);
    say(
      `${grouped(books.records)} records of ${books.boards} boards; ${books.missing} lost, ${books.doubled} doubled`,
    );
    const ofRun = await overviewMs(lab.store, Date.now());
    say(`overview of the last day, ${grouped(books.records)} records: ${ofRun.toFixed(0)} ms`);
    const ofSeason = await seasonMs(folder, say);
    return {
      ...{ overview_6m_ms: ofRun, overview_100m_ms: ofSeason, season_records: millions * 1e6 },
      ...{ boards, records: books.records, lost: books.missing, doubled: books.doubled },
      loop_delay_p99_ms: delay.percentile(99) / 1e6,
      loop_delay_max_ms: delay.max / 1e6,
      rss_growth_mb: (most - warm) / 1e6,
    };
  } finally {
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** And of what the memory is made. Columns are not read for it, as DuckDB would keep what it reads. */
async function storedAndMemory(store: Store, most: number): Promise<string> {
  const { heapUsed, external } = process.memoryUsage();
  const { records, database } = await store.reading(async (connection) => {
    const read = await connection.runAndReadAll(
      `SELECT (SELECT count(*) FROM telemetry)::DOUBLE AS records,
         (SELECT sum(memory_usage_bytes) FROM duckdb_memory())::DOUBLE AS database`,
    );
    return read.getRowObjectsJS()[0] as { records: number; database: number };
  });
  const parts = [
    `JavaScript ${megabytes(heapUsed)} and ${megabytes(external)} outside its heap`,
    `DuckDB ${megabytes(database)}`,
  ];
  return `${grouped(records)} records stored, ${megabytes(most)} resident at the most (now ${parts.join(', ')})`;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const seconds = (sinceMs: number): string => ((performance.now() - sinceMs) / 1000).toFixed(1);

async function attachAll({ fleet, machine, virtual }: FleetLab): Promise<void> {
  const expert = packExpert(randomExpert(1), new Uint8Array(32));
  const noise = Int16Array.from({ length: 160_000 }, () => 8000 * (Math.random() - 0.5));
  const ids = [...machine.portIds];
  for (let i = 0; i < realBoards; i++) {
    const made = virtual.create();
    machine.add(made);
    ids.push(made.port.id);
  }
  await eachOf(ids, async (portId) => {
    const { id } = await fleet.attach(portId);
    if (!portId.startsWith('virtual:')) return;
    await virtual.setMicrophone(portId, noise);
    await fleet.session(id).exclusive(async (board) => {
      const { slot } = await board.upload(expert, Buffer.from(sha256Of(expert), 'hex'));
      await board.verify(slot);
      await board.activate({ slots: [slot] });
      await board.listen(true, hopSamples);
    });
  });
}

/** All boards stop; then everything is asked for once more. */
async function stopAll({ fleet, machine }: FleetLab): Promise<void> {
  await machine.halt();
  await eachOf(fleet.boards(), async ({ id, portKind }) => {
    const session = fleet.session(id);
    if (portKind === 'virtual') await session.exclusive((board) => board.listen(false));
    await session.pull();
  });
}

/** Some at once. */
async function eachOf<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

interface Books {
  records: number;
  boards: number;
  /** Between 1 and the last that was stored of a board: what it made, and the lab has not. */
  missing: number;
  doubled: number;
}

async function kept({ store }: FleetLab): Promise<Books> {
  return store.reading(async (connection) => {
    const rows = await connection.runAndReadAll(
      `SELECT sum(records)::DOUBLE AS records, count(*)::DOUBLE AS boards, sum(last - different)::DOUBLE AS missing,
         sum(records - different)::DOUBLE AS doubled
       FROM (SELECT count(*) AS records, count(DISTINCT sequence) AS different, max(sequence) AS last
             FROM telemetry GROUP BY board_id, boot_id)`,
    );
    return rows.getRowObjectsJS()[0] as unknown as Books;
  });
}

/** The overview that the Fleet view opens with. @returns milliseconds, the middle of some readings */
async function overviewMs(store: Store, nowMs: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < readings; i++) {
    const began = performance.now();
    const { length } = await overview(store, nowMs - dayMs, nowMs);
    if (length === 0) throw new Error('The overview is of no board.');
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(readings / 2)]!;
}

/** A season of generated records, rolled up as they come. */
async function seasonMs(folder: string, say: (line: string) => void): Promise<number> {
  const store = await openStore(join(folder, 'season.duckdb'));
  const season = { records: millions * 1e6, boards, startMs: Date.UTC(2026, 3, 1), lengthMs: 100 * dayMs };
  try {
    const began = performance.now();
    await generateSeason(store, season, async (done) => {
      await roll(store);
      say(`${grouped(done)} records generated and rolled up after ${seconds(began)} s`);
    });
    const ms = await overviewMs(store, season.startMs + season.lengthMs);
    say(`overview of the last day, ${grouped(season.records)} records: ${ms.toFixed(0)} ms`);
    return ms;
  } finally {
    await store.close();
  }
}
