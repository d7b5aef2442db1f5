/** A board that speaks Curlew's protocol, behind any port: one method for each thing it can do. */
import { CurlewError } from '../../../main/contract/error.ts';
import { createSmpClient, type RequestOptions, type SmpClient } from '../../protocol/client.ts';
import { frameLength, type FramingName } from '../../protocol/framing.ts';
import { boardInfo, type BoardInfo } from '../../protocol/messages/board-info.ts';
import { expertActivate, type ActiveBank } from '../../protocol/messages/expert-activate.ts';
import { expertBegin } from '../../protocol/messages/expert-begin.ts';
import { expertErase } from '../../protocol/messages/expert-erase.ts';
import { expertLabels } from '../../protocol/messages/expert-labels.ts';
import { expertList, type SlotTable } from '../../protocol/messages/expert-list.ts';
import { expertRollback } from '../../protocol/messages/expert-rollback.ts';
import { expertVerify } from '../../protocol/messages/expert-verify.ts';
import { expertWrite } from '../../protocol/messages/expert-write.ts';
import { inferenceContinuous } from '../../protocol/messages/inference-continuous.ts';
import { inferenceFeatures, type FeatureKind } from '../../protocol/messages/inference-features.ts';
import { inferenceLast } from '../../protocol/messages/inference-last.ts';
import { inferenceLoad } from '../../protocol/messages/inference-load.ts';
import { inferenceRun, type InferenceResult, type InputKind } from '../../protocol/messages/inference-run.ts';
import { osEcho } from '../../protocol/messages/os-echo.ts';
import { osReset } from '../../protocol/messages/os-reset.ts';
import { telemetryRead, type TelemetryPage } from '../../protocol/messages/telemetry-read.ts';
import { Pacing } from '../../protocol/pacing.ts';
import { transfer } from '../../protocol/transfer.ts';
import type { ByteStream, Port } from '../port.ts';
import { greet } from './greet.ts';

export interface UploadOptions {
  signal?: AbortSignal;
  /** Bytes the board holds so far, of `total`. */
  onProgress?(sent: number, total: number): void;
}

/** A write message's bytes beside its data: SMP header, CBOR keys, offsets. */
const writeOverhead = 48;
/**
 * Most pieces in flight. Small on purpose: what the board answers meanwhile (some 40 bytes a piece) always fits the
 * line's buffers, so a sender that waits to write can never be one that the board waits for.
 */
const mostInFlight = 7;

export class CurlewBoard {
  /** What was lost in one transfer tells the next one how to go about it. */
  private readonly pacing: Pacing;

  private constructor(
    private readonly stream: ByteStream,
    private readonly client: SmpClient,
    /** As it was when the board was greeted; `readInfo` asks anew. */
    readonly info: BoardInfo,
  ) {
    this.pacing = new Pacing(() => ({
      largestPiece: client.messageBytes - writeOverhead,
      largestWindow: Math.min(mostInFlight, client.outstanding),
      frameBytes: (piece) => frameLength(client.framing, piece + writeOverhead),
      bytesPerMs: client.bytesPerMs,
      roundTripMs: client.roundTrip.shortestMs,
    }));
  }

  /**
   * Opens the port, greets the board (again and again: the first greeting may fall into its boot), reads its
   * limits and takes the fastest framing both sides know.
   * @param options.framing keeps to one framing instead
   * @throws CurlewError of the port; BOARD_SILENT, BOARD_GARBAGE, BOARD_REFUSED, ABORTED
   */
  static async open(
    port: Port,
    options: { signal?: AbortSignal; framing?: FramingName } = {},
  ): Promise<CurlewBoard> {
    const { signal } = options;
    const stream = await port.open(signal ? { signal } : {});
    try {
      const client = createSmpClient(stream, port.id);
      const info = await greet(client, port.id, signal);
      if (info.framings.binary && options.framing !== 'console') {
        client.setFraming('binary');
        // The first binary request proves the framing before anything depends on it.
        await client.request(osEcho, { text: 'curlew' }, signal ? { signal } : {});
      }
      return new CurlewBoard(stream, client, info);
    } catch (thrown) {
      await stream.close();
      throw thrown;
    }
  }

  get framing(): FramingName {
    return this.client.framing;
  }

  /** Bytes, messages and retries so far; `discarded` bytes fitted no frame. */
  get counts(): SmpClient['counts'] {
    return this.client.counts;
  }

  onClose(listener: (reason: Error | undefined) => void): () => void {
    return this.stream.onClose(listener);
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  readInfo(options?: RequestOptions): Promise<BoardInfo> {
    return this.client.request(boardInfo, undefined, options);
  }

  async echo(text: string, options?: RequestOptions): Promise<string> {
    return (await this.client.request(osEcho, { text }, options)).text;
  }

  /** The board answers and restarts; the port stays open. Greet again through `readInfo`. */
  reset(options?: RequestOptions): Promise<void> {
    return this.client.request(osReset, undefined, options);
  }

  slots(options?: RequestOptions): Promise<SlotTable> {
    return this.client.request(expertList, undefined, options);
  }

  labels(options?: RequestOptions): Promise<string[]> {
    return this.client.request(expertLabels, undefined, options);
  }

  /**
   * Sends an image to the board's store, going on where an interrupted upload of the same image stopped.
   * @param sha256 of the whole image, 32 bytes
   * @returns the slot; its image is not verified yet
   */
  async upload(
    image: Uint8Array,
    sha256: Uint8Array,
    options: UploadOptions = {},
  ): Promise<{ slot: number }> {
    const { signal, onProgress } = options;
    const request = signal ? { signal } : {};
    const { slot, offset } = await this.client.request(
      expertBegin,
      { length: image.length, sha256 },
      request,
    );
    onProgress?.(offset, image.length);
    await transfer({
      data: image,
      from: offset,
      pace: this.pacing,
      send: (at, data, attempt, again) => {
        if (again) this.client.countRetry();
        const sealed = this.client.framing === 'console';
        return this.client.request(
          expertWrite,
          { slot, offset: at, data, sealed },
          { ...request, retries: 0, attempt },
        );
      },
      ...(onProgress ? { onProgress: (sent: number) => onProgress(sent, image.length) } : {}),
      ...request,
    });
    return { slot };
  }

  /** The board checks hash and structure. @throws CurlewError BOARD_REFUSED, reason bad_hash or bad_image */
  async verify(slot: number, options?: RequestOptions): Promise<Uint8Array> {
    return (await this.client.request(expertVerify, { slot }, options)).sha256;
  }

  /** Makes the expert in this slot answer alone. */
  activate(slot: number, options?: RequestOptions): Promise<ActiveBank> {
    return this.client.request(expertActivate, { slots: [slot] }, options);
  }

  erase(slot: number, options?: RequestOptions): Promise<void> {
    return this.client.request(expertErase, { slot }, options);
  }

  rollback(options?: RequestOptions): Promise<ActiveBank> {
    return this.client.request(expertRollback, undefined, options);
  }

  /**
   * Runs the active expert on one window.
   * @param input 15,600 int16 samples at 16 kHz, or 96 × 64 float32 log-mel values
   * @throws CurlewError NO_EXPERT_ACTIVE, and those of the client
   */
  async infer(input: Int16Array | Float32Array, options: RequestOptions = {}): Promise<InferenceResult> {
    const kind: InputKind = input instanceof Int16Array ? 'pcm' : 'log-mel';
    const data = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    await transfer({
      data,
      from: 0,
      pace: this.pacing,
      send: (offset, piece, attempt, again) => {
        if (again) this.client.countRetry();
        return this.client.request(
          inferenceLoad,
          { offset, data: piece },
          { ...options, retries: 0, attempt },
        );
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    try {
      return await this.client.request(inferenceRun, { kind }, options);
    } catch (thrown) {
      if (thrown instanceof CurlewError && thrown.context['reason'] === 'no_expert') {
        throw new CurlewError(
          'NO_EXPERT_ACTIVE',
          'The board has no active expert; deploy one first.',
          thrown.context,
        );
      }
      throw thrown;
    }
  }

  lastResult(options?: RequestOptions): Promise<InferenceResult> {
    return this.client.request(inferenceLast, undefined, options);
  }

  /** Continuous inference on the board's own audio source. @param hopSamples at 16 kHz, 1600 to 160,000 */
  listen(on: boolean, hopSamples = 7680, options?: RequestOptions): Promise<void> {
    return this.client.request(inferenceContinuous, { on, hopSamples }, options);
  }

  /** Features of the board's last window: 96 × 64 log-mel values, or the embedding. */
  async features(what: FeatureKind, options?: RequestOptions): Promise<Float32Array> {
    const parts: Uint8Array[] = [];
    for (let offset = 0; ;) {
      const { data, length } = await this.client.request(inferenceFeatures, { what, offset }, options);
      parts.push(data);
      offset += data.length;
      if (offset >= length || data.length === 0) break;
    }
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
    return new Float32Array(bytes.buffer);
  }

  /** @param after last sequence number held durably; also the acknowledgement */
  telemetry(after: number, options?: RequestOptions): Promise<TelemetryPage> {
    return this.client.request(telemetryRead, { after }, options);
  }
}
