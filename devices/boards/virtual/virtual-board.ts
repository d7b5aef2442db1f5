/** A board that needs no hardware: the real firmware as WebAssembly, behind the port interface. No Node API. */
import { CurlewError } from '../../../main/contract/error.ts';
import type { ByteStream, Port } from '../../drivers/port.ts';
import { realClock, type Clock } from '../../protocol/clock.ts';
import { mustFit, storeFlash } from '../fit.ts';
import { defaultProfile, kernelTable, type BoardProfile, type KernelTable } from '../profiles.ts';
import { Firmware, type Hardware, type Identity } from './firmware.ts';
import { LoopingMicrophone } from './microphone.ts';
import { Turns } from './turns.ts';
import { VirtualStream, type Transport } from './virtual-stream.ts';

export interface VirtualBoardOptions extends Identity {
  /** The bytes of curlew.wasm. */
  wasm: Uint8Array;
  /** What its line is set to after a start, bits a second; without it the line has no rate. */
  baudRate?: number;
  /** The chip that it stands for: time and energy are modelled after it, its flash is what this chip leaves. */
  profile?: BoardProfile;
  kernels?: KernelTable;
  /** What the flash held when the board was last switched off, of which as much is taken as there is; else erased. */
  flash?: Uint8Array | undefined;
  /**
   * Gets a copy of the flash some time after it has changed, and when the board is switched off. Where it throws, the
   * board is lost, as one whose flash fails; its flash stays in memory and is saved before it is switched on again.
   */
  saveFlash?(contents: Uint8Array): void;
  /** A number for each boot, u32 and not 0; random by default. */
  nextBootId?(): number;
  /** The board's own, and that of its microphone; real time by default. */
  clock?: Clock;
  /** Shared by the boards of a thread; its own by default. */
  turns?: Turns;
}

/** How long the firmware may work before others get a turn. */
const turnMs = 4;
/** How often a board with a microphone looks for samples. */
const audioMs = 20;
const saveMs = 250;
/** The fastest its UART goes, bits a second, and how often a board at a rate not its first looks at the clock. */
const fastestBaud = 3_000_000;
const lineMs = 100;

const randomBootId = (): number => 1 + Math.floor(Math.random() * 0xffff_fffe);

interface Incoming {
  bytes: Uint8Array;
  resolve(): void;
  reject(error: CurlewError): void;
}

export class VirtualBoard implements Port {
  readonly id: string;
  readonly kind = 'virtual';
  private firmware: Firmware | null = null;
  private stream: VirtualStream | null = null;
  private microphone: LoopingMicrophone | null = null;
  private incoming: Incoming[] = [];
  private outgoing: Uint8Array[] = [];
  private readonly turns: Turns;
  private readonly turn = (): void => this.work();
  private resetWanted = false;
  private flash: Uint8Array | undefined;
  private readonly clock: Clock;
  private stopSaving: (() => void) | null = null;
  private unsaved = false;
  private baud: number | null = null;
  private stopLine: (() => void) | null = null;
  private stopAudio: (() => void) | null = null;

  constructor(private readonly options: VirtualBoardOptions) {
    this.id = `virtual:${options.name}`;
    this.flash = options.flash;
    this.clock = options.clock ?? realClock;
    this.turns = options.turns ?? new Turns(this.clock);
  }

  /** What its end of the line is set to, bits a second; null: the line has no rate. */
  get uartBaud(): number | null {
    return this.baud;
  }

  /**
   * Opens the board's line, switching the board on if it is off. Closing the line leaves it on.
   * @throws CurlewError NOT_CAPABLE for a profile of a chip that cannot hold the firmware, or of another core;
   *   PORT_BUSY; PORT_FAILED where its flash could not be saved, and still cannot; ABORTED
   */
  async open(options: { signal?: AbortSignal } = {}): Promise<ByteStream> {
    if (this.stream) {
      throw new CurlewError('PORT_BUSY', `${this.id} is already open.`, { port: this.id });
    }
    if (!this.firmware) this.saveNow();
    const stream = new VirtualStream(this.id, this.transportOf());
    this.stream = stream;
    try {
      await this.switchOn();
    } catch (thrown) {
      this.stream = null;
      throw thrown;
    }
    if (options.signal?.aborted) {
      await stream.close();
      throw new CurlewError('ABORTED', `Opening ${this.id} was cancelled.`);
    }
    return stream;
  }

  /** Plays a clip (16 kHz mono) at the board, over and over; null or an empty clip takes the microphone away. */
  setMicrophone(pcm: Int16Array | null): void {
    this.microphone = pcm && pcm.length > 0 ? new LoopingMicrophone(pcm, () => this.clock.nowMs()) : null;
    if (this.microphone) {
      this.stopAudio ??= this.clock.every(audioMs, () => this.workSoon());
    } else {
      this.stopAudio?.();
      this.stopAudio = null;
    }
  }

  /**
   * Takes the board's power away: the line closes with PORT_LOST, RAM is lost, the flash is saved.
   * @throws CurlewError PORT_FAILED where it could not be saved; the board is off all the same
   */
  switchOff(): void {
    this.setMicrophone(null);
    this.setBaud(this.options.baudRate ?? null);
    try {
      this.saveNow();
    } finally {
      this.stop(`${this.id} was switched off.`);
    }
  }

  private stop(why: string, code: 'PORT_LOST' | 'PORT_FAILED' = 'PORT_LOST'): void {
    this.outgoing.length = 0;
    this.flash = this.firmware?.flash.slice() ?? this.flash;
    this.firmware = null;
    this.stream?.lose(why, code);
  }

  private async switchOn(): Promise<void> {
    if (this.firmware) return;
    const { wasm, profile = defaultProfile, kernels = kernelTable } = this.options;
    mustFit(profile);
    if (profile.core !== kernels.core) {
      throw new CurlewError(
        'NOT_CAPABLE',
        `${profile.title} cannot be modelled: instructions were counted on ${kernels.core} alone.`,
        { profile: profile.name },
      );
    }
    const firmware = await Firmware.load(wasm, this.hardware());
    firmware.configure(this.options, profile, kernels, storeFlash(profile));
    const flash = firmware.flash.fill(0xff);
    if (this.flash) flash.set(this.flash.subarray(0, flash.length));
    this.firmware = firmware;
    this.boot();
  }

  private boot(): void {
    this.resetWanted = false;
    this.setBaud(this.options.baudRate ?? null);
    this.firmware?.boot(this.options.nextBootId?.() ?? randomBootId());
  }

  private setBaud(baud: number | null): void {
    // What was sent before leaves at the old rate.
    this.handOut();
    this.baud = baud;
    if (baud !== (this.options.baudRate ?? null)) {
      this.stopLine ??= this.clock.every(lineMs, () => this.workSoon());
    } else {
      this.stopLine?.();
      this.stopLine = null;
    }
  }

  private handOut(): void {
    for (const bytes of this.outgoing.splice(0)) this.stream?.deliver(bytes);
  }

  private hardware(): Hardware {
    return {
      nowMs: () => this.clock.nowMs(),
      transmit: (bytes) => void this.outgoing.push(bytes),
      startBaud: () => this.options.baudRate ?? 0,
      setBaud: (baud) => {
        if (this.baud === null || baud > fastestBaud) return false;
        this.setBaud(baud);
        return true;
      },
      flashChanged: () => this.saveSoon(),
      readAudio: (samples) => this.microphone?.read(samples) ?? -1,
      reset: () => {
        this.resetWanted = true;
      },
    };
  }

  private transportOf(): Transport {
    return {
      send: (bytes) =>
        new Promise((resolve, reject) => {
          this.incoming.push({ bytes: bytes.slice(), resolve, reject });
          this.workSoon();
        }),
      closed: (error) => {
        this.stream = null;
        for (const waiting of this.incoming.splice(0)) waiting.reject(error);
      },
    };
  }

  private workSoon(): void {
    this.turns.want(this.turn, this.incoming.length > 0);
  }

  /** Lets the firmware work for one turn, then hands out what it sent. */
  private work(): void {
    const { firmware } = this;
    if (!firmware) return;
    const end = this.clock.nowMs() + turnMs;
    let busy = true;
    try {
      while (busy && this.clock.nowMs() < end) {
        this.feed(firmware);
        busy = firmware.poll();
        if (this.resetWanted) this.boot();
      }
    } catch (thrown) {
      this.crash(thrown);
      return;
    }
    this.handOut();
    if (busy || this.incoming.length > 0) this.workSoon();
  }

  private feed(firmware: Firmware): void {
    const next = this.incoming[0];
    if (!next || !firmware.receiveEmpty) return;
    next.bytes = next.bytes.subarray(firmware.receive(next.bytes));
    if (next.bytes.length > 0) return;
    this.incoming.shift();
    next.resolve();
  }

  /** A trap in the firmware: the board is gone as if unplugged; the next open starts it anew. */
  private crash(thrown: unknown): void {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    this.stop(`The firmware of ${this.id} crashed (${detail}). Open it again to restart it.`);
  }

  private saveSoon(): void {
    if (!this.options.saveFlash) return;
    this.unsaved = true;
    this.stopSaving ??= this.clock.after(saveMs, () => {
      try {
        this.saveNow();
      } catch (thrown) {
        // A board that goes on would tell of what the next start does not find.
        this.stop((thrown as CurlewError).message, 'PORT_FAILED');
      }
    });
  }

  /** @throws CurlewError PORT_FAILED */
  private saveNow(): void {
    this.stopSaving?.();
    this.stopSaving = null;
    const contents = this.firmware?.flash ?? this.flash;
    if (!this.unsaved || !contents) return;
    try {
      this.options.saveFlash?.(contents.slice());
      this.unsaved = false;
    } catch (cause) {
      throw new CurlewError(
        'PORT_FAILED',
        `The flash of ${this.id} could not be saved: ${cause instanceof Error ? cause.message : String(cause)}. ` +
          `What was saved before is whole. The board works again once it can be saved.`,
        { port: this.id },
        { cause },
      );
    }
  }
}
