/** A Power Profiler Kit 2 as the meter of a benchmark: each run is a capture, which is kept. */
import { Ppk2 } from '../../devices/drivers/ppk2/ppk2.ts';
import type { Port } from '../../devices/drivers/port.ts';
import type { Clock } from '../../devices/protocol/clock.ts';
import type { Background } from '../background/background.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import type { Captures } from '../instruments/captures.ts';
import type { PowerMode } from '../instruments/contract/captures.ts';
import { doubtfulOf } from '../instruments/doubtful.ts';
import { recordCapture } from '../instruments/recording.ts';
import type { TinyEnergy } from './contract/results.ts';
import type { Meter, Metered } from './meter.ts';

export interface KitWish {
  /** In the order in which they are tried. */
  ports: readonly Port[];
  mode: PowerMode;
  millivolts: number;
  /** Its input that the device’s pin is wired to. */
  pin: number;
}

export interface KitRooms {
  captures: Captures;
  background: Pick<Background, 'run'>;
  clock: Clock;
}

/** So long before and behind, for what its USB holds up. */
const besideMs = 250;

export class KitMeter implements Meter {
  readonly name = 'Power Profiler Kit 2';
  readonly volts: number;

  constructor(
    private readonly rooms: KitRooms,
    private readonly wish: KitWish,
  ) {
    this.volts = wish.millivolts / 1000;
  }

  async supply(signal: AbortSignal): Promise<void> {
    const { mode, millivolts, ports } = this.wish;
    if (mode !== 'source') return;
    const kit = await Ppk2.open(ports[0]!, { signal });
    try {
      await kit.setUp(mode, millivolts);
      await kit.power(true);
    } finally {
      await kit.close();
    }
  }

  async measure(title: string, work: () => Promise<void>, signal: AbortSignal): Promise<Metered> {
    const { captures, clock } = this.rooms;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let begin = (): void => undefined;
    const began = new Promise<void>((resolve) => (begin = resolve));
    const recording = recordCapture(
      captures,
      { ...this.wish, name: title },
      { signal, progress: () => undefined },
      { finished, began: begin },
    );
    // What ends it early ends the work’s wait, too; how is told below.
    const ended = recording.then(
      () => undefined,
      () => undefined,
    );
    let failed: CurlewError | null = null;
    try {
      await Promise.race([began, ended]);
      await clock.sleep(besideMs, signal);
      const working = work();
      working.catch(() => undefined);
      await Promise.race([working, ended]);
      await clock.sleep(besideMs, signal);
    } catch (thrown) {
      failed = toCurlewError(thrown);
    }
    finish();
    const { captureId } = await recording;
    if (failed !== null) {
      await captures.remove(captureId);
      throw failed;
    }
    return this.between(captureId);
  }

  async discard({ captureId }: TinyEnergy): Promise<void> {
    if (captureId !== null) await this.rooms.captures.remove(captureId);
  }

  private async between(captureId: string): Promise<Metered> {
    const { captures, background } = this.rooms;
    const { pin } = this.wish;
    const folder = await captures.readable(captureId);
    const capture = captures.get(captureId);
    const { samplesPerSecond } = capture;
    const told = await background.run('captureLastEdges', folder, samplesPerSecond, {
      ...{ pin, volts: this.volts, doubtful: doubtfulOf(capture) },
    });
    if (told.between === null) {
      throw new CurlewError(
        'BOARD_BAD_REPLY',
        `Input ${pin} of the ${this.name} fell ${told.edges} times where two are due. Is the device’s pin wired to it, and ` +
          `low for 20 µs at each mark? The kit looks every 10 µs, and the benchmark asks for 1 µs alone.`,
        { captureId, pin, edges: told.edges },
      );
    }
    if (told.doubtful) {
      throw new CurlewError(
        'BOARD_BAD_REPLY',
        `Samples of the ${this.name} were lost within the run, nobody knows where: its energy cannot be told. Give the kit ` +
          `a USB port of its own and run again.`,
        { captureId },
      );
    }
    const { joules, uncertainty, lost, seconds } = told.between;
    return { seconds, energy: { joules, uncertainty, lost, captureId } };
  }
}
