/** A lab process that is killed and started again beside boards that live on, and the books of what it has stored. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../main/store/open-store.ts';
import { Random } from '../../models/training/random.ts';
import { balance, type Balance, type StoredStart } from './books.ts';
import { realBoard, serveBoards, simulatedBoard, type SoakBoard } from './boards.ts';

/** What the lab's process tells: records that are durable (board, start, sequence number), or a sentence. */
export type Told = { stored: [boardId: string, bootId: number, sequence: number][] } | { said: string };

export interface Books extends Balance {
  /** Openings of the store that found something to repair. */
  repaired: number;
}

export class SoakRun {
  readonly random: Random;
  private lab: ChildProcess | null = null;
  /** The highest sequence number of each start of each board that the lab said was stored. */
  private readonly acknowledged = new Map<string, number>();
  private heard = 0;
  private repaired = 0;

  private constructor(
    private readonly folder: string,
    readonly boards: readonly SoakBoard[],
    private readonly closeServer: () => void,
    private readonly say: (line: string) => void,
    seed: number,
  ) {
    this.random = new Random(seed);
  }

  /** @param folder empty */
  static async open(
    folder: string,
    count: { simulated: number; real: number },
    seed: number,
    say: (line: string) => void,
  ): Promise<SoakRun> {
    const audio = join(folder, 'noise.pcm');
    const random = new Random(seed);
    await writeFile(
      audio,
      Int16Array.from({ length: 160_000 }, () => 8000 * (random.uniform() - 0.5)),
    );
    const boards = Array.from({ length: count.simulated }, (_, i) => simulatedBoard(i + 1));
    for (let i = 0; i < count.real; i++) boards.push(await realBoard(1000 + i, folder, audio));
    const server = await serveBoards(join(folder, 'lines'), boards);
    return new SoakRun(folder, boards, () => server.close(), say, seed);
  }

  /** Resolves once it stores records. */
  async startLab(): Promise<void> {
    const lab = fork(
      join(import.meta.dirname, 'lab-main.ts'),
      [join(this.folder, 'data'), join(this.folder, 'lines'), String(this.boards.length)],
      { execArgv: ['--import', 'tsx'] },
    );
    this.lab = lab;
    const before = this.heard;
    lab.on('message', (told: Told) => this.hear(told));
    while (this.heard === before) {
      if (lab.exitCode !== null) throw new Error('The lab ended by itself.');
      await sleep(20);
    }
  }

  /** Without warning; then what it had said is held against what is there. */
  async killLab(): Promise<Books> {
    const { lab } = this;
    if (!lab) throw new Error('No lab runs.');
    const exited = once(lab, 'close');
    lab.kill('SIGKILL');
    await exited;
    return this.books();
  }

  /** All lines are sound, no board makes any more, and the lab takes what there is. */
  async finish(): Promise<Books> {
    const { lab } = this;
    if (!lab) throw new Error('No lab runs.');
    for (const board of this.boards) {
      board.disturb(null);
      board.cutLine();
      await board.halt();
      board.mendLine();
    }
    const closed = once(lab, 'close');
    lab.send('finish');
    const [code] = (await closed) as [number | null];
    if (code !== 0) throw new Error(`The lab ended with ${code}.`);
    for (const board of this.boards) {
      const { boardId, bootId, last } = await board.made();
      if (last > 0) this.acknowledged.set(`${boardId}/${bootId}`, last);
    }
    return this.books();
  }

  /** @param below excluded */
  draw(below: number): number {
    return Math.floor(this.random.uniform() * below);
  }

  async close(): Promise<void> {
    this.lab?.kill('SIGKILL');
    await Promise.all(this.boards.map((board) => board.end()));
    this.closeServer();
  }

  private hear(told: Told): void {
    if ('said' in told) {
      this.say(told.said);
      return;
    }
    this.heard += told.stored.length;
    for (const [boardId, bootId, sequence] of told.stored) {
      const key = `${boardId}/${bootId}`;
      this.acknowledged.set(key, Math.max(sequence, this.acknowledged.get(key) ?? 0));
    }
  }

  private async books(): Promise<Books> {
    const store = await openStore(join(this.folder, 'data', 'lab.duckdb'), (text) => {
      this.repaired++;
      this.say(text);
    });
    try {
      const rows = await store.reading(async (connection) =>
        (
          await connection.runAndReadAll(
            `SELECT board_id || '/' || boot_id AS start, count(*)::DOUBLE AS records,
               count(DISTINCT sequence)::DOUBLE AS different, max(sequence)::DOUBLE AS last
             FROM telemetry GROUP BY ALL`,
          )
        ).getRowObjectsJS(),
      );
      return { ...balance(rows as unknown as StoredStart[], this.acknowledged), repaired: this.repaired };
    } finally {
      await store.close();
    }
  }
}
