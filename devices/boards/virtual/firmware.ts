/** The firmware's WebAssembly build (devices/firmware/ports/wasm/port.c) with its memory: one running board. */
import { CurlewError } from '../../../main/contract/error.ts';
import type { StoreFlash } from '../fit.ts';
import { activeWatts, kernelNames, nanosecondsPerInstruction } from '../profiles.ts';
import type { BoardProfile, KernelTable } from '../profiles.ts';

/** The part of the WebAssembly API used here: TypeScript keeps its types in the DOM library. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ exports: unknown }>;
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

interface Memory {
  readonly buffer: ArrayBuffer;
}

interface Exports {
  memory: Memory;
  name_pointer(): number;
  profile_pointer(): number;
  id_pointer(): number;
  flash_pointer(): number;
  set_flash(size: number, block: number, granule: number): number;
  set_kernel(kernel: number, instructions: number): void;
  set_profile(nanosecondsPerInstruction: number, watts: number, millivolts: number): void;
  boot(bootId: number): void;
  rx_pointer(): number;
  rx_size(): number;
  rx_left(): number;
  rx_filled(count: number): void;
  poll(): number;
}

/** What the firmware asks of its hardware. Called while `boot` or `poll` runs; none may call back into it. */
export interface Hardware {
  /** Milliseconds, never going back. */
  nowMs(): number;
  /** Bytes sent; the array is the receiver's to keep. */
  transmit(bytes: Uint8Array): void;
  /** The line's rate after a start, bits a second; 0 where it has none. */
  startBaud(): number;
  /** Sets the line's rate; false where it cannot be had. */
  setBaud(baud: number): boolean;
  flashChanged(): void;
  /** Fills `samples` with 16 kHz PCM as far as there is any: how many, or of none how many wait; −1 without a source. */
  readAudio(samples: Int16Array): number;
  reset(): void;
}

export interface Identity {
  /** For a person; at most 63 bytes of UTF-8. */
  name: string;
  /** 8 bytes. */
  id: Uint8Array;
}

/** Once for all boards that are made of the same bytes. */
const compiled = new WeakMap<Uint8Array, Promise<object>>();

export class Firmware {
  private flashSize = 0;

  private constructor(private readonly exports: Exports) {}

  /** @throws CurlewError INTERNAL when the bytes are no build of the firmware */
  static async load(wasm: Uint8Array, hardware: Hardware): Promise<Firmware> {
    let memory: Memory | undefined;
    const imports = {
      board: {
        now_ms: () => hardware.nowMs(),
        uart_write: (at: number, count: number) =>
          hardware.transmit(new Uint8Array(memory!.buffer).slice(at, at + count)),
        uart_start: () => hardware.startBaud(),
        uart_baud: (baud: number) => (hardware.setBaud(baud) ? 0 : -1),
        flash_changed: () => hardware.flashChanged(),
        audio_read: (at: number, count: number) =>
          hardware.readAudio(new Int16Array(memory!.buffer, at, count)),
        reset: () => hardware.reset(),
      },
    };
    try {
      const module = compiled.get(wasm) ?? WebAssembly.compile(wasm);
      compiled.set(wasm, module);
      const exports = (await WebAssembly.instantiate(await module, imports)).exports as Exports;
      memory = exports.memory;
      return new Firmware(exports);
    } catch (thrown) {
      throw new CurlewError(
        'INTERNAL',
        `The virtual board's firmware cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        { bytes: wasm.length },
        { cause: thrown },
      );
    }
  }

  /** @throws CurlewError INTERNAL for a flash that is larger than the build can emulate */
  configure(identity: Identity, profile: BoardProfile, kernels: KernelTable, flash: StoreFlash): void {
    this.writeText(this.exports.name_pointer(), identity.name, 63);
    this.writeText(this.exports.profile_pointer(), profile.name, 31);
    this.bytes(this.exports.id_pointer(), 8).set(identity.id.subarray(0, 8));
    kernelNames.forEach((name, kernel) => this.exports.set_kernel(kernel, kernels.instructions[name]));
    this.exports.set_profile(
      nanosecondsPerInstruction(profile),
      activeWatts(profile),
      Math.round(profile.supplyVolts * 1000),
    );
    const { size, block, granule } = flash;
    if (this.exports.set_flash(size, block, granule) !== 0) {
      throw new CurlewError('INTERNAL', `The virtual board's firmware emulates no flash of ${size} bytes.`, {
        size,
      });
    }
    this.flashSize = size;
  }

  /** The emulated flash, in place. */
  get flash(): Uint8Array {
    return this.bytes(this.exports.flash_pointer(), this.flashSize);
  }

  /** Starts the firmware anew; the flash keeps. @param bootId u32, not 0 */
  boot(bootId: number): void {
    this.exports.boot(bootId);
  }

  /** Takes the first bytes of `bytes` into the receive buffer if that is empty; how many it took. */
  receive(bytes: Uint8Array): number {
    if (this.exports.rx_left() > 0) return 0;
    const count = Math.min(bytes.length, this.exports.rx_size());
    this.bytes(this.exports.rx_pointer(), count).set(bytes.subarray(0, count));
    this.exports.rx_filled(count);
    return count;
  }

  get receiveEmpty(): boolean {
    return this.exports.rx_left() === 0;
  }

  /** One piece of work, an inference at most; false when there was nothing to do. */
  poll(): boolean {
    return this.exports.poll() !== 0;
  }

  private bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, count);
  }

  private writeText(at: number, text: string, most: number): void {
    const room = this.bytes(at, most + 1).fill(0);
    // encodeInto never cuts a character in two.
    new TextEncoder().encodeInto(text, room.subarray(0, most));
  }
}
