/** A board that speaks Curlew's protocol, behind any port: one method for each thing it can do. */
import { CurlewError } from '../../../main/contract/error.ts';
import { createSmpClient, type RequestOptions, type SmpClient } from '../../protocol/client.ts';
import { realClock, type Clock } from '../../protocol/clock.ts';
import type { FramingName } from '../../protocol/framing.ts';
import { boardInfo, type BoardInfo } from '../../protocol/messages/board-info.ts';
import { boardKey, keyChangeText, type KeyChange, type KeyState } from '../../protocol/messages/board-key.ts';
import { boardSet, boardSettings, type BoardSettings } from '../../protocol/messages/board-settings.ts';
import { expertActivate, type BankChoice } from '../../protocol/messages/expert-activate.ts';
import { expertBegin } from '../../protocol/messages/expert-begin.ts';
import { expertConfirm } from '../../protocol/messages/expert-confirm.ts';
import { expertErase } from '../../protocol/messages/expert-erase.ts';
import { expertLabels } from '../../protocol/messages/expert-labels.ts';
import { expertList, type Banks, type SlotTable } from '../../protocol/messages/expert-list.ts';
import { expertRollback } from '../../protocol/messages/expert-rollback.ts';
import { expertVerify } from '../../protocol/messages/expert-verify.ts';
import { expertWrite } from '../../protocol/messages/expert-write.ts';
import { inferenceContinuous } from '../../protocol/messages/inference-continuous.ts';
import { inferenceFeatures, type FeatureKind } from '../../protocol/messages/inference-features.ts';
import { inferenceLast } from '../../protocol/messages/inference-last.ts';
import { inferenceLoad } from '../../protocol/messages/inference-load.ts';
import { inferenceRun, type InferenceResult, type InputKind } from '../../protocol/messages/inference-run.ts';
import { osDatetime } from '../../protocol/messages/os-datetime.ts';
import { osEcho } from '../../protocol/messages/os-echo.ts';
import { osReset } from '../../protocol/messages/os-reset.ts';
import { telemetryRead, type TelemetryPage } from '../../protocol/messages/telemetry-read.ts';
import { uncertainAcknowledge } from '../../protocol/messages/uncertain-acknowledge.ts';
import { uncertainList, type UncertainPage } from '../../protocol/messages/uncertain-list.ts';
import { uncertainRead } from '../../protocol/messages/uncertain-read.ts';
import { readUncertain, type UncertainWindow } from '../../protocol/uncertain-window.ts';
import { transfer } from '../../protocol/transfer.ts';
import { isNamed, type Device } from '../identify/device.ts';
import { identify, otherDevice } from '../identify/identify.ts';
import type { ByteStream, Port } from '../port.ts';
import { greet } from './greet.ts';
import { Link, type LinkChange } from './link.ts';

export interface UploadOptions {
  signal?: AbortSignal;
  /** Bytes the board holds so far, of `total`. */
  onProgress?(sent: number, total: number): void;
  /** Block of the store from which a place is looked for (older firmware takes its own); null: the board's own. */
  at?: number | null;
}

/** An upload that gains no byte is taken up again so often. */
const mostRounds = 4;
/** With less than this still to send, bytes, changing the line's rate is not worth while. */
const worthSlowing = 16_000;

export interface OpenOptions {
  signal?: AbortSignal;
  /** What is no board is asked what it is, in the words of other devices. */
  identify?: boolean;
  /** Keeps to one framing instead. */
  framing?: FramingName;
  /** The link fell back to something slower or surer, now or later. */
  onLinkChange?(change: LinkChange): void;
  /** Waits are measured by it; real time by default. */
  clock?: Clock;
}

/** @returns null where it failed for another reason than that something else is there */
async function whatElse(
  thrown: unknown,
  stream: ByteStream,
  where: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Device | null> {
  const code = thrown instanceof CurlewError ? thrown.code : null;
  const unlike = code === 'BOARD_SILENT' || code === 'BOARD_GARBAGE' || code === 'BOARD_REFUSED';
  const device = unlike ? await identify(stream, where, clock, signal).catch(() => null) : null;
  if (!device || device.kind === 'curlew' || device.kind === 'silent') return null;
  return isNamed(device) || code === 'BOARD_GARBAGE' ? device : null;
}

export class CurlewBoard {
  private readonly client: SmpClient;

  private constructor(
    private readonly stream: ByteStream,
    private readonly link: Link,
    /** As it was when the board was greeted; `readInfo` asks anew. */
    readonly info: BoardInfo,
  ) {
    this.client = link.client;
  }

  /**
   * Opens the port, greets the board (again and again: the first greeting may fall into its boot), reads its
   * limits and takes the fastest framing that gets through.
   * @throws CurlewError of the port; BOARD_SILENT, BOARD_GARBAGE, BOARD_REFUSED, ABORTED
   */
  static async open(port: Port, options: OpenOptions = {}): Promise<CurlewBoard> {
    const { signal, clock = realClock } = options;
    const stream = await port.open(signal ? { signal } : {});
    try {
      const link = new Link(createSmpClient(stream, port.id, clock), stream, options.onLinkChange, clock);
      const info = await greet(link, port.id, clock, signal);
      if (info.framings.binary && options.framing !== 'console') await link.tryBinary(signal);
      return new CurlewBoard(stream, link, info);
    } catch (thrown) {
      const device = options.identify ? await whatElse(thrown, stream, port.id, clock, signal) : null;
      await stream.close();
      throw device ? otherDevice(device, port.id) : thrown;
    }
  }

  get framing(): FramingName {
    return this.client.framing;
  }

  /** Bits a second; null where the line has no rate. */
  get baud(): number | null {
    return this.link.baud;
  }

  /** Bytes, messages and retries so far; `discarded` bytes fitted no frame. */
  get counts(): SmpClient['counts'] {
    return this.client.counts;
  }

  onClose(listener: (reason: Error | undefined) => void): () => void {
    return this.stream.onClose(listener);
  }

  /** The board is left at the rate at which it was found. */
  async close(): Promise<void> {
    await this.link.restore();
    await this.stream.close();
  }

  readInfo(options?: RequestOptions): Promise<BoardInfo> {
    return this.link.request(boardInfo, undefined, options);
  }

  async echo(text: string, options?: RequestOptions): Promise<string> {
    return (await this.link.request(osEcho, { text }, options)).text;
  }

  /** The board answers and restarts; the port stays open. Greet again through `readInfo`. */
  reset(options?: RequestOptions): Promise<void> {
    return this.link.request(osReset, undefined, options);
  }

  /** @param wallMs what the time is as the request arrives, milliseconds since 1970 */
  setClock(wallMs: number, options?: RequestOptions): Promise<void> {
    return this.link.request(osDatetime, { wallMs }, options);
  }

  settings(options?: RequestOptions): Promise<BoardSettings> {
    return this.link.request(boardSettings, undefined, options);
  }

  /** @returns the settings as the board keeps them @throws CurlewError BOARD_REFUSED, reason bad_setting */
  changeSettings(settings: BoardSettings, options?: RequestOptions): Promise<BoardSettings> {
    return this.link.request(boardSet, settings, options);
  }

  /**
   * Sets, replaces or removes the key whose signature images need. Where the board has one, its active bank answers on
   * under the new one; nothing else that is signed with the one before is taken any more.
   * @param sign signs with the board's present key; asked only where it has one
   * @throws CurlewError BOARD_REFUSED, reason not_signed: a wrong signature, or an active expert without one
   */
  async changeKey(
    change: KeyChange,
    sign: (keyId: string, text: Uint8Array) => Promise<Uint8Array>,
    options?: RequestOptions,
  ): Promise<KeyState> {
    const { id, keyId, keyChanges } = await this.readInfo(options);
    const boardId = Uint8Array.from(id.match(/../g) ?? [], (digits) => parseInt(digits, 16));
    const signature = keyId ? await sign(keyId, keyChangeText(boardId, keyChanges, change)) : null;
    try {
      return await this.link.request(boardKey, { ...change, signature }, options);
    } catch (thrown) {
      if (!(thrown instanceof CurlewError) || thrown.code !== 'BOARD_SILENT') throw thrown;
      // Only the answer may have been lost.
      const now = await this.readInfo(options);
      if (now.keyChanges !== keyChanges + 1) throw thrown;
      return { keyId: now.keyId, keyChanges: now.keyChanges, protected: now.protected };
    }
  }

  slots(options?: RequestOptions): Promise<SlotTable> {
    return this.link.request(expertList, undefined, options);
  }

  labels(options?: RequestOptions): Promise<string[]> {
    return this.link.request(expertLabels, undefined, options);
  }

  /**
   * Sends an image to a slot that is not in use, going on where an interrupted upload of the same image stopped.
   * @param sha256 of the whole image, 32 bytes
   * @returns the slot; its image is not verified yet
   */
  async upload(
    image: Uint8Array,
    sha256: Uint8Array,
    options: UploadOptions = {},
  ): Promise<{ slot: number }> {
    const { signal } = options;
    let furthest = -1;
    for (let rounds = 0; ; rounds++) {
      const begun = await this.link.request(
        expertBegin,
        { length: image.length, sha256, at: options.at ?? null },
        signal ? { signal } : {},
      );
      if (begun.offset > furthest) rounds = 0;
      furthest = Math.max(furthest, begun.offset);
      const slowing = new AbortController();
      try {
        await this.send(image, begun, options, slowing);
        return { slot: begun.slot };
      } catch (thrown) {
        if (signal?.aborted || rounds >= mostRounds) throw thrown;
        if (slowing.signal.aborted) await this.link.slowDown(signal);
        else if (!(await this.findAgain(thrown, signal))) throw thrown;
      }
    }
  }

  /** @param slowing aborted when the line's losses ask for a slower rate */
  private send(
    image: Uint8Array,
    begun: { slot: number; offset: number },
    { signal, onProgress }: UploadOptions,
    slowing: AbortController,
  ): Promise<void> {
    const either = signal ? AbortSignal.any([signal, slowing.signal]) : slowing.signal;
    onProgress?.(begun.offset, image.length);
    return transfer({
      data: image,
      from: begun.offset,
      pace: this.link.pacing,
      send: (offset, data, attempt, again) => {
        if (again) this.client.countRetry();
        if (image.length - offset > worthSlowing && this.link.wantsSlower) slowing.abort();
        const sealed = this.client.framing === 'console';
        return this.client.request(
          expertWrite,
          { slot: begun.slot, offset, data, sealed },
          { signal: either, retries: 0, attempt },
        );
      },
      ...(onProgress ? { onProgress: (sent: number) => onProgress(sent, image.length) } : {}),
      signal: either,
    });
  }

  /** Whether an upload can be taken up again: the board answers, or has restarted and forgotten the upload. */
  private async findAgain(thrown: unknown, signal?: AbortSignal): Promise<boolean> {
    if (!(thrown instanceof CurlewError)) return false;
    if (thrown.code === 'BOARD_SILENT') return this.link.recover(signal);
    return thrown.code === 'BOARD_REFUSED' && thrown.context['reason'] === 'bad_slot';
  }

  /** The board checks hash and structure. @throws CurlewError BOARD_REFUSED, reason bad_hash, bad_image, not_signed or too_old */
  async verify(slot: number, options?: RequestOptions): Promise<Uint8Array> {
    return (await this.link.request(expertVerify, { slot }, options)).sha256;
  }

  activate(bank: BankChoice, options?: RequestOptions): Promise<Banks> {
    return this.link.request(expertActivate, bank, options);
  }

  /** Ends the trial of the active bank. */
  confirm(options?: RequestOptions): Promise<Banks> {
    return this.link.request(expertConfirm, undefined, options);
  }

  erase(slot: number, options?: RequestOptions): Promise<void> {
    return this.link.request(expertErase, { slot }, options);
  }

  rollback(options?: RequestOptions): Promise<Banks> {
    return this.link.request(expertRollback, undefined, options);
  }

  /**
   * Runs the active expert on one window.
   * @param input 15,600 int16 samples at 16 kHz, or 96 × 64 float32 log-mel values
   * @param keep whether the board keeps a telemetry record of it; not where the board is being tried
   * @throws CurlewError NO_EXPERT_ACTIVE, and those of the client
   */
  async infer(
    input: Int16Array | Float32Array,
    { keep = true, ...options }: RequestOptions & { keep?: boolean } = {},
  ): Promise<InferenceResult> {
    const kind: InputKind = input instanceof Int16Array ? 'pcm' : 'log-mel';
    const data = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    await transfer({
      data,
      from: 0,
      pace: this.link.pacing,
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
      return await this.link.request(inferenceRun, { kind, keep }, options);
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
    return this.link.request(inferenceLast, undefined, options);
  }

  /**
   * Continuous inference on the board's own audio source.
   * @param hopSamples at 16 kHz, 1600 to 160,000; the board's own setting by default
   */
  listen(on: boolean, hopSamples?: number, options?: RequestOptions): Promise<void> {
    const hop = hopSamples === undefined ? {} : { hopSamples };
    return this.link.request(inferenceContinuous, { on, ...hop }, options);
  }

  /** Features of the board's last window: 96 × 64 log-mel values, or the embedding. */
  async features(what: FeatureKind, options?: RequestOptions): Promise<Float32Array> {
    const parts: Uint8Array[] = [];
    for (let offset = 0; ;) {
      const { data, length } = await this.link.request(inferenceFeatures, { what, offset }, options);
      parts.push(data);
      offset += data.length;
      if (offset >= length || data.length === 0) break;
    }
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
    return new Float32Array(bytes.buffer);
  }

  /** @param after last sequence number held durably; also the acknowledgement */
  telemetry(after: number, options?: RequestOptions): Promise<TelemetryPage> {
    return this.link.request(telemetryRead, { after }, options);
  }

  /**
   * Headers of the windows that it kept as its least certain, in the order of their ids.
   * @param after an id; 0: from the first on
   * @throws CurlewError BOARD_REFUSED, reason not_supported, of firmware that keeps none; BOARD_FIRMWARE of a newer one
   */
  uncertain(after: number, options?: RequestOptions): Promise<UncertainPage> {
    return this.link.request(uncertainList, { after }, options);
  }

  /** The whole window of an id. @throws CurlewError BOARD_REFUSED, reason bad_slot, where it is gone; BOARD_BAD_REPLY */
  async uncertainWindow(id: number, options?: RequestOptions): Promise<UncertainWindow> {
    const parts: Uint8Array[] = [];
    for (let offset = 0; ;) {
      const { data, length } = await this.link.request(uncertainRead, { id, offset }, options);
      parts.push(data);
      offset += data.length;
      if (offset >= length || data.length === 0) break;
    }
    return readUncertain(Uint8Array.from(parts.flatMap((part) => [...part])));
  }

  /** It is held durably: the board may give its room to another. */
  acknowledgeUncertain(id: number, crc: number, options?: RequestOptions): Promise<void> {
    return this.link.request(uncertainAcknowledge, { id, crc }, options);
  }
}
