/**
 * Sample rate conversion: windowed-sinc (Kaiser) polyphase filters, linear phase, delay compensated. To 16 kHz for what
 * boards hear; to other rates, in one stage, for models of the person's own.
 *
 * Output sample n stands at the time of input sample n · rate / output rate. The result is the same to the bit however
 * the input is split, and wherever it is entered: every output is one fixed sum over the same inputs.
 *
 * Taps, samples and sums are binary32, which adds noise about 130 dB below the sound; resampler/resampler.c does the sums.
 * From 24 kHz up the work is done in two stages: to 32 kHz with a wide transition (few taps), then a half-band
 * filter by 2, whose even taps are zero. Below, one stage. Measured in resample.test.ts: within 0.01 dB to
 * 7.5 kHz, at least 80 dB down from 8.5 kHz on (and from 1.07 · rate / 2 when the input is slower than 16 kHz).
 * Formulas: Kaiser window and its length, Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3.
 */
import { concatenate } from './concatenate.ts';
import { HalfBandStage } from './half-band.ts';
import { PolyphaseStage, type ResampleStage } from './polyphase.ts';

export const targetRate = 16_000;

/** How many samples of `outputRate` stand for `samples` at `rate`. */
export const resampledLength = (samples: number, rate: number, outputRate: number = targetRate) =>
  Math.ceil((samples * outputRate) / rate);

/** Samples of a stage's input or output at once: what is taken in one piece, however long, needs no more memory. */
const mostAtOnce = 65_536;

export class Resampler {
  private readonly stages: ResampleStage[];
  private readonly pieceSamples: number;
  /** The input sample that `push` expects first; what comes before it cannot reach the first output. */
  readonly firstInput: number;

  /**
   * @param rate of the input, Hz, an integer from 1000 to 1,000,000
   * @param firstOutput index of the first output sample wanted
   * @param outputRate Hz, as `rate`
   */
  constructor(rate: number, firstOutput = 0, outputRate: number = targetRate) {
    this.pieceSamples = Math.max(1, Math.floor(mostAtOnce * Math.min(1, rate / outputRate)));
    if (rate === outputRate) {
      this.stages = [];
      this.firstInput = firstOutput;
    } else if (rate < 24_000 || outputRate !== targetRate) {
      const edge = Math.min(rate, outputRate) / 2;
      const stage = new PolyphaseStage(rate, outputRate, edge, edge / 8, firstOutput);
      this.stages = [stage];
      this.firstInput = stage.firstInput;
    } else {
      const half = new HalfBandStage(firstOutput);
      // What the first stage lets through between 8 kHz and its stop band, the second takes out; the stop band
      // starts where images (when the rate rises to 32 kHz) or aliases would fall below 8 kHz.
      const stop = Math.min(rate, 32_000) - 8_000;
      const first =
        rate === 32_000
          ? []
          : [new PolyphaseStage(rate, 32_000, (8_000 + stop) / 2, stop - 8_000, half.firstInput)];
      this.stages = [...first, half];
      this.firstInput = this.stages[0]!.firstInput;
    }
  }

  /** @returns the outputs that the input so far determines; may be empty */
  push(input: Float32Array): Float32Array {
    if (input.length <= this.pieceSamples) return this.pushPiece(input);
    const outputs: Float32Array[] = [];
    for (let at = 0; at < input.length; at += this.pieceSamples)
      outputs.push(this.pushPiece(input.subarray(at, at + this.pieceSamples)));
    return concatenate(outputs);
  }

  /** Ends the input (zeros follow it). @returns the rest of the outputs */
  flush(): Float32Array {
    let rest = new Float32Array(0);
    for (const stage of this.stages) rest = concatenate([stage.push(rest).slice(), stage.flush()]);
    return rest;
  }

  private pushPiece(input: Float32Array): Float32Array {
    if (this.stages.length === 0) return input;
    return this.stages.reduce((samples, stage) => stage.push(samples), input).slice();
  }
}
