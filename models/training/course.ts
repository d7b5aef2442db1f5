import * as tf from '@tensorflow/tfjs-core';
import { CurlewError } from '../../main/contract/error.ts';
import { AdamW } from './adamw.ts';
import { bad, packArrays, unpackArrays } from './arrays.ts';
import type { Random } from './random.ts';
import { assignTo, copyOf } from './variables.ts';

export interface CourseOptions {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** samples of a step */
  readonly batch: number;
  /** at most */
  readonly epochs: number;
  /** epochs without a lower validation loss before training ends */
  readonly patience: number;
}

export interface EpochReport {
  /** counted from 1 */
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface Outcome {
  /** parameters of the best epoch, in the learner's order */
  readonly kept: readonly Float32Array[];
  /** the epoch with the lowest validation loss */
  readonly best: EpochReport;
  /** all epochs, in turn */
  readonly reports: readonly EpochReport[];
}

/** What a course trains. */
export interface Learner<Result> {
  readonly parameters: readonly tf.Variable[];
  /** One batch's loss and its gradients, in the order of the parameters; called within a tf.tidy. */
  learn(rows: readonly number[], random: Random): { loss: tf.Scalar; gradients: readonly tf.Tensor[] };
  measure(rows: readonly number[]): { validationLoss: number; validationAccuracy: number };
  result(outcome: Outcome): Result;
}

export interface Split {
  /** indices of samples */
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/** What a checkpoint holds besides its arrays: parameters, moments and, after the first epoch, the best parameters. */
interface Header {
  fingerprint: string;
  reports: EpochReport[];
  /** samples of the current epoch that are behind us, and their part in its loss */
  position: number;
  loss: number;
  order: number[];
  random: number;
  step: number;
}

/**
 * Training, one batch at a time. Its whole state can be taken out as bytes after any step; a course that goes on
 * from them ends with the same result, to the bit, as one that was never interrupted.
 */
export class Course<Result> {
  readonly #optimizer: AdamW;
  readonly #order: number[];
  #position = 0;
  #loss = 0;
  #reports: EpochReport[] = [];
  #kept: Float32Array[] = [];

  /**
   * @param learner becomes the course's, to be disposed of with it
   * @param fingerprint of data and options: a checkpoint of others is refused
   * @param checkpoint to go on from
   * @throws CurlewError TRAINING_FAILED if the checkpoint is damaged, or of other data or options
   */
  constructor(
    private readonly learner: Learner<Result>,
    private readonly options: CourseOptions,
    private readonly split: Split,
    private readonly random: Random,
    private readonly fingerprint: string,
    checkpoint: Uint8Array | null,
  ) {
    this.#order = [...split.training];
    this.#optimizer = new AdamW(learner.parameters, options.learningRate, options.weightDecay);
    if (checkpoint === null) return;
    try {
      this.#restore(checkpoint);
    } catch (thrown) {
      this.dispose();
      throw thrown;
    }
  }

  get done(): boolean {
    const epoch = this.#reports.length;
    return (
      this.#position === 0 &&
      epoch > 0 &&
      (epoch >= this.options.epochs || epoch - this.#best().epoch >= this.options.patience)
    );
  }

  /** Epochs behind us, fractions of one included. */
  get epochs(): number {
    return this.#reports.length + this.#position / this.#order.length;
  }

  get reports(): readonly EpochReport[] {
    return this.#reports;
  }

  /**
   * One batch; nothing once the course is done.
   * @returns the report of an epoch that ended with it
   * @throws CurlewError TRAINING_FAILED if the loss is no number any more
   */
  step(): EpochReport | null {
    if (this.done) return null;
    if (this.#position === 0) this.random.shuffle(this.#order);
    const rows = this.#order.slice(this.#position, this.#position + this.options.batch);
    const loss = tf.tidy(() => {
      const { loss: value, gradients } = this.learner.learn(rows, this.random);
      this.#optimizer.apply(gradients);
      return value.dataSync()[0]!;
    });
    this.#loss += (loss * rows.length) / this.#order.length;
    this.#position += rows.length;
    return this.#position < this.#order.length ? null : this.#endEpoch();
  }

  /** @throws CurlewError INTERNAL before the course is done */
  result(): Result {
    if (!this.done) throw new CurlewError('INTERNAL', 'The training is not at its end.');
    return this.learner.result({ kept: this.#kept, best: this.#best(), reports: this.#reports });
  }

  checkpoint(): Uint8Array<ArrayBuffer> {
    const header: Header = {
      fingerprint: this.fingerprint,
      reports: this.#reports,
      position: this.#position,
      loss: this.#loss,
      order: this.#order,
      random: this.random.state,
      step: this.#optimizer.step,
    };
    const parameters = this.learner.parameters.map(copyOf);
    return packArrays(header, [...parameters, ...this.#optimizer.moments(), ...this.#kept]);
  }

  dispose(): void {
    this.#optimizer.dispose();
    tf.dispose([...this.learner.parameters]);
  }

  #endEpoch(): EpochReport {
    const epoch = this.#reports.length + 1;
    const measured = tf.tidy(() => this.learner.measure(this.split.validation));
    const report = { epoch, trainingLoss: this.#loss, ...measured };
    if (!Number.isFinite(report.validationLoss)) {
      throw new CurlewError('TRAINING_FAILED', `The loss is no longer a number after epoch ${epoch}.`);
    }
    this.#reports.push(report);
    if (this.#best() === report) this.#kept = this.learner.parameters.map(copyOf);
    this.#position = 0;
    this.#loss = 0;
    return report;
  }

  /** The first of equals. */
  #best(): EpochReport {
    return this.#reports.reduce((best, report) =>
      report.validationLoss < best.validationLoss ? report : best,
    );
  }

  #restore(checkpoint: Uint8Array): void {
    const { header, arrays } = unpackArrays(checkpoint);
    const { fingerprint, reports, position, loss, order, random, step } = header as Header;
    if (fingerprint !== this.fingerprint) throw bad('is of other data or other options');
    const { parameters } = this.learner;
    parameters.forEach((parameter, i) => assignTo(parameter, arrays[i]!));
    this.#optimizer.restore(step, arrays.slice(parameters.length, 3 * parameters.length));
    this.#kept = arrays.slice(3 * parameters.length);
    this.#reports = reports;
    this.#position = position;
    this.#loss = loss;
    this.#order.splice(0, Infinity, ...order);
    this.random.state = random;
  }
}

/**
 * Takes a course to its end and disposes of it.
 * @throws CurlewError ABORTED through `signal`; as `step`
 */
export async function complete<Result>(
  course: Course<Result>,
  { onProgress, signal }: { onProgress?: (report: EpochReport) => void; signal?: AbortSignal } = {},
): Promise<Result> {
  try {
    while (!course.done) {
      if (signal?.aborted) throw new CurlewError('ABORTED', 'The training was cancelled.');
      const report = course.step();
      if (report) onProgress?.(report);
      // Lets a pending message, such as a cancel, through.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return course.result();
  } finally {
    course.dispose();
  }
}
