/** What is kept of a recording's windows while it is classified: enough for its class and its detections. */
import { frontEnd, patchHopSamples, patchSamples } from '../../../models/features/log-mel.ts';
import type { ClassifiedFile, Detection } from '../../contract/types.ts';

/** Windows below this top probability belong to no detection. */
export const detectionThreshold = 0.5;

/** Seconds from window to window. */
export const windowHopSeconds = patchHopSamples / frontEnd.sampleRate;

/** Seconds at which a window starts and ends. */
export const windowStart = (index: number) => (index * patchHopSamples) / frontEnd.sampleRate;
export const windowEnd = (index: number) => (index * patchHopSamples + patchSamples) / frontEnd.sampleRate;

/** As plain JSON, for checkpoints: five bytes a window. */
export interface TraceState {
  sums: number[];
  /** base64 of uint8[windows] and of little-endian float32[windows] */
  topClasses: string;
  topProbabilities: string;
}

export class WindowTrace {
  private readonly topClasses: number[] = [];
  private readonly topProbabilities: number[] = [];
  private readonly sums: number[];

  constructor(classes: number) {
    this.sums = new Array<number>(classes).fill(0);
  }

  get windows(): number {
    return this.topClasses.length;
  }

  /** @param probabilities [windows][classes], row-major */
  add(probabilities: Float32Array): void {
    const classes = this.sums.length;
    for (let row = 0; row < probabilities.length; row += classes) {
      let top = 0;
      for (let c = 0; c < classes; c++) {
        this.sums[c]! += probabilities[row + c]!;
        if (probabilities[row + c]! > probabilities[row + top]!) top = c;
      }
      this.topClasses.push(top);
      this.topProbabilities.push(probabilities[row + top]!);
    }
  }

  /** The class with the largest mean probability over all windows. */
  overall(): { classIndex: number; probability: number } {
    const classIndex = this.sums.indexOf(Math.max(...this.sums));
    return { classIndex, probability: this.sums[classIndex]! / this.windows };
  }

  /** Runs of neighbouring windows with the same top class at or above the threshold. */
  detections(
    { jobId, fileId, path }: ClassifiedFile,
    labels: readonly string[],
    expert: string,
  ): Detection[] {
    const found: Detection[] = [];
    let first = 0;
    for (let i = 0; i < this.windows; i = first) {
      first = i + 1;
      if (this.topProbabilities[i]! < detectionThreshold) continue;
      let sum = this.topProbabilities[i]!;
      let peakAt = i;
      while (
        first < this.windows &&
        this.topClasses[first] === this.topClasses[i] &&
        this.topProbabilities[first]! >= detectionThreshold
      ) {
        if (this.topProbabilities[first]! > this.topProbabilities[peakAt]!) peakAt = first;
        sum += this.topProbabilities[first++]!;
      }
      found.push({
        jobId,
        fileId,
        number: found.length,
        path,
        channel: null,
        atMs: null,
        classIndex: this.topClasses[i]!,
        peak: this.topProbabilities[peakAt]!,
        peakS: windowStart(peakAt),
        windows: first - i,
        calls: 1,
        expert,
        curiosity: 0,
        entropy: 0,
        startS: windowStart(i),
        endS: windowEnd(first - 1),
        label: labels[this.topClasses[i]!]!,
        confidence: sum / (first - i),
      });
    }
    return found;
  }

  state(): TraceState {
    return {
      sums: [...this.sums],
      topClasses: Buffer.from(this.topClasses).toString('base64'),
      topProbabilities: Buffer.from(Float32Array.from(this.topProbabilities).buffer).toString('base64'),
    };
  }

  static from(state: TraceState): WindowTrace {
    const trace = new WindowTrace(0);
    trace.sums.push(...state.sums);
    trace.topClasses.push(...Buffer.from(state.topClasses, 'base64'));
    const bytes = Uint8Array.from(Buffer.from(state.topProbabilities, 'base64'));
    for (const probability of new Float32Array(bytes.buffer)) trace.topProbabilities.push(probability);
    return trace;
  }
}
