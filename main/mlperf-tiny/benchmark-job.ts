/** A benchmark of a device under test as a job: runs that are timed, or inputs that are answered. It goes on where it was. */
import type { Clock } from '../../devices/protocol/clock.ts';
import type { Background } from '../background/background.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { count } from '../contract/figures.ts';
import type { JobContext } from '../jobs/definition.ts';
import type {
  InputType,
  ReferenceGiven,
  TinyAnswer,
  TinyBenchmark,
  TinyDevice,
  TinyLengths,
  TinyRecord,
  TinyResult,
  TinyRun,
} from './contract/results.ts';
import { joulesEachOf, perSecondOf, perSecondText, microjoulesText } from './contract/words.ts';
import { anyInputs, labelledInputs, piecesOf, type TinyInput } from './inputs.ts';
import { meanOf, requireAsMany } from './mean-of.ts';
import type { Meter } from './meter.ts';
import { openDevice, type OpenDevice, type PortAt } from './open-device.ts';
import { referTo } from './refer.ts';
import { agreementOf, labelled, scoreOf, targetOf } from './scores.ts';
import { longEnough, median, type Timed } from './timing.ts';

export interface MeterWish {
  portId?: string | undefined;
  mode: 'ampere' | 'source';
  millivolts: number;
  pin: number;
}

/** Plain JSON: a later lab takes it up again. */
export interface TinyWish {
  benchmark: TinyBenchmark;
  portId: string;
  baudRate?: number | undefined;
  /** A real path, and that of the reference. */
  folder: string;
  reference: (Omit<ReferenceGiven, 'type'> & { type?: InputType | undefined }) | null;
  meter: MeterWish | null;
}

export interface BenchmarkRooms {
  lengths: TinyLengths;
  portAt: PortAt;
  meterOf(wish: MeterWish): Promise<Meter>;
  background: Pick<Background, 'run'>;
  keep(record: TinyRecord): Promise<void>;
  clock: Clock;
  wallMs: () => number;
}

/** What a run that was stopped goes on from. */
interface Done {
  device: TinyDevice;
  startedMs: number;
  runs: TinyRun[];
  answers: TinyAnswer[];
}

/** Answers of so many inputs may be given again. */
const checkpointMs = 5000;

export class BenchmarkRun {
  private done: Done | null;
  private keptMs = 0;
  private checked = false;

  constructor(
    private readonly rooms: BenchmarkRooms,
    private readonly wish: TinyWish,
    private readonly context: JobContext,
  ) {
    this.done = context.resumedFrom as Done | null;
  }

  async run(): Promise<TinyResult> {
    const { wish, rooms, context } = this;
    const { signal } = context;
    const accuracy = wish.benchmark === 'accuracy';
    const inputs = await (accuracy ? labelledInputs(wish.folder) : anyInputs(wish.folder));
    const meter = wish.meter && (await rooms.meterOf(wish.meter));
    await meter?.supply(signal);
    context.progress(null, 'greeting the device');
    const opened = await openDevice(rooms.portAt, wish.portId, wish.baudRate, { signal, clock: rooms.clock });
    try {
      const done = this.begin(opened.device);
      if (accuracy) await this.answerAll(opened, inputs, done);
      else await this.timeAll(opened, inputs, meter, done);
    } finally {
      await opened.dut.close();
    }
    return this.end(meter);
  }

  /** @throws CurlewError BOARD_FIRMWARE for a device that does not tell time so; BOARD_NOT_FOUND where it is another one */
  private begin(device: TinyDevice): Done {
    const needs = this.wish.benchmark === 'energy' ? 'energy' : 'performance';
    if (device.mode !== needs && this.wish.benchmark !== 'accuracy') {
      throw new CurlewError(
        'BOARD_FIRMWARE',
        `The firmware of the device under test at ${device.portId} was built for the benchmark’s ${device.mode} mode: build ` +
          `it for ${needs} (EE_CFG_ENERGY_MODE ${needs === 'energy' ? 1 : 0}).`,
        { port: device.portId, mode: device.mode },
      );
    }
    const before = this.done?.device;
    if (before && (before.model !== device.model || before.vendor !== device.vendor)) {
      throw new CurlewError(
        'BOARD_NOT_FOUND',
        `What is at ${device.portId} now is ${device.vendor} with ${device.model}, and this was begun with ${before.vendor} ` +
          `and ${before.model}. Attach that one, or begin anew.`,
        { port: device.portId },
      );
    }
    this.done ??= { device, startedMs: this.rooms.wallMs(), runs: [], answers: [] };
    return this.done;
  }

  private async timeAll(
    { dut }: OpenDevice,
    inputs: readonly TinyInput[],
    meter: Meter | null,
    done: Done,
  ): Promise<void> {
    const { context, rooms, wish } = this;
    const { lengths, clock } = rooms;
    const { signal } = context;
    for (let run = done.runs.length; run < lengths.runs; run++) {
      await context.pausePoint();
      // Five inputs where there are so many, as the benchmark has it.
      const input = inputs[run % inputs.length]!;
      const [piece] = await piecesOf(wish.folder, input);
      await this.load(dut, piece!);
      const last = done.runs.at(-1);
      this.toldRun(run, last);
      const time = async (inferences: number, expectedSeconds: number): Promise<Timed> => {
        const beganMs = clock.nowMs();
        const infer = () =>
          dut.infer(inferences, lengths.warmUps, { signal, expectedMs: 1000 * expectedSeconds });
        if (!meter) {
          const { microseconds } = await infer();
          const askedSeconds = (clock.nowMs() - beganMs) / 1000;
          return { seconds: microseconds! / 1e6, askedSeconds, energy: null };
        }
        let askedSeconds = 0;
        const title = `${done.device.model}, ${input.file}, ${count(inferences, 'inference')}`;
        const metered = await meter.measure(
          title,
          async () => {
            const askedMs = clock.nowMs();
            await infer();
            askedSeconds = (clock.nowMs() - askedMs) / 1000;
          },
          signal,
        );
        return { ...metered, askedSeconds };
      };
      const ran = await longEnough(time, lengths, last ?? null, async ({ energy }) => {
        if (energy) await meter!.discard(energy);
      });
      done.runs.push({ input: input.file, ...ran });
      await context.checkpoint(done);
    }
  }

  private toldRun(run: number, last: TinyRun | undefined): void {
    const { runs } = this.rooms.lengths;
    const joules = last ? joulesEachOf(last) : null;
    const so = last ? `, ${perSecondText(perSecondOf(last))}` : '';
    const also = joules === null ? '' : `, ${microjoulesText(joules)}`;
    this.context.progress(run / runs, `run ${run + 1} of ${runs}${so}${also}`);
  }

  private async answerAll(
    opened: OpenDevice,
    inputs: readonly TinyInput[],
    { answers, ...done }: Done,
  ): Promise<void> {
    const { context, rooms, wish } = this;
    for (const input of inputs.slice(answers.length)) {
      await context.pausePoint();
      answers.push(await this.answer(opened, input, answers));
      const share = answers.length / inputs.length;
      context.progress(
        share * (wish.reference ? 0.9 : 1),
        `${answers.length} of ${count(inputs.length, 'input')}`,
      );
      if (rooms.clock.nowMs() - this.keptMs < checkpointMs) continue;
      this.keptMs = rooms.clock.nowMs();
      await context.checkpoint({ ...done, answers });
    }
    await context.checkpoint({ ...done, answers });
  }

  private async answer(
    { dut }: OpenDevice,
    input: TinyInput,
    before: readonly TinyAnswer[],
  ): Promise<TinyAnswer> {
    const answer = { input: input.file, label: input.label!, windows: 0, results: null, reference: null };
    try {
      const pieces = await piecesOf(this.wish.folder, input);
      const all: number[][] = [];
      for (const piece of pieces) {
        await this.load(dut, piece);
        all.push((await dut.infer(1, 0, { signal: this.context.signal })).results);
      }
      const results = meanOf(all);
      requireAsMany(results.length, before.find((one) => one.results)?.results?.length ?? results.length);
      return { ...answer, windows: pieces.length, results, problem: null };
    } catch (thrown) {
      const { code, message } = toCurlewError(thrown);
      const isOfInput = code.startsWith('FILE_') || code === 'BOARD_REFUSED' || code === 'BOARD_BAD_REPLY';
      if (!isOfInput || !dut.usable) throw thrown;
      return { ...answer, problem: { code, message } };
    }
  }

  /** The first input is read back: a line that loses bytes shows there. */
  private async load(dut: OpenDevice['dut'], piece: Uint8Array): Promise<void> {
    const { signal } = this.context;
    await dut.load(piece, signal);
    if (this.checked) return;
    const has = await dut.loaded(signal);
    const wrong = piece.findIndex((byte, at) => has[at] !== byte);
    if (has.length !== piece.length || wrong >= 0) {
      throw new CurlewError(
        'BOARD_BAD_REPLY',
        `The device under test at ${dut.where} has another input than it was sent, from byte ${Math.max(0, wrong)} on: its ` +
          `line loses bytes. Try a lower baud rate, or another cable.`,
        { port: dut.where, sent: piece.length, has: has.length },
      );
    }
    this.checked = true;
  }

  private async end(meter: Meter | null): Promise<TinyResult> {
    const { wish, rooms, context } = this;
    const { device, startedMs, runs, answers: given } = this.done!;
    const accuracy = wish.benchmark === 'accuracy';
    const reference = wish.reference && {
      ...wish.reference,
      type: wish.reference.type ?? usualInput(device.model),
    };
    const { answers, scaled } = reference
      ? await referTo(reference, wish.folder, given, rooms.background, context)
      : { answers: given, scaled: false };
    const score = accuracy ? scoreOf(labelled(answers, 'results')) : null;
    await rooms.keep({
      ...{ jobId: context.jobId, benchmark: wish.benchmark, device, folder: wish.folder, startedMs },
      ...{ lengths: accuracy ? null : rooms.lengths, runs, answers, score },
      meter: meter && { name: meter.name, volts: meter.volts },
      target: score && targetOf(device.model, score),
      reference,
      agreement: reference && agreementOf(answers, scaled),
    });
    const { vendor, model, simulated } = device;
    return {
      ...{ kind: 'tiny', benchmark: wish.benchmark, vendor, model, simulated },
      perSecond: median(runs.map(perSecondOf)),
      joulesEach: median(runs.flatMap((run) => joulesEachOf(run) ?? [])),
      top1: score?.top1 ? score.top1.right / score.top1.of : null,
      auc: score?.auc ?? null,
      inputs: accuracy ? answers.length : runs.length,
      failed: answers.filter(({ results }) => results === null).length,
    };
  }
}

/** What the benchmark’s models take; others whatever their makers say. */
const usualInput = (model: string): InputType =>
  model === 'ad01' ? 'float32' : model === 'vww01' || model === 'ic01' ? 'uint8' : 'int8';
