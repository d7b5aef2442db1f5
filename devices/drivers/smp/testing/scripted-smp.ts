/**
 * For tests: a device that speaks SMP, as a script (simulated, and says so): a Zephyr board with a boot loader of two
 * slots and a small file system. It answers as Zephyr's management groups are documented to, one request after another,
 * holds as many requests as it has buffers, and goes wrong as boards in the field do.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../../protocol/clock.ts';
import { consoleDecoder, encodeConsole } from '../../../protocol/framing.ts';
import { decodeSmp, encodeSmp, type Payload, type SmpMessage } from '../../../protocol/smp.ts';

export interface Script {
  /** Groups, or `group/command`, that it was built without. */
  without?: readonly string[];
  bufferBytes?: number;
  buffers?: number;
  /** From a request to its answer. */
  answerMs?: number;
  /** Bytes of each piece that it sends in turn. */
  pieces?: readonly number[];
  /** Its errors are those of version 1. */
  oldErrors?: boolean;
  /** Requests that it loses, counted from 0. */
  loses?: (request: number) => boolean;
  /** What it prints beside its answers. */
  prints?: string;
  /** Answers only so many requests, then says nothing more. */
  answers?: number;
}

interface Slot {
  slot: number;
  data: Uint8Array | null;
  pending: boolean;
  confirmed: boolean;
  active: boolean;
}

const notSupported = 8;
const offsetNotValid = 11;
const fileNotFound = 3;
const noImage = 3;
const hashNotThere = 24;

export const hashOf = (data: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(data).digest());

export class ScriptedSmp {
  readonly requests: SmpMessage[] = [];
  readonly files = new Map<string, Uint8Array>();
  readonly slots: Slot[] = [
    { slot: 0, data: Uint8Array.of(1, 2, 3), pending: false, confirmed: true, active: true },
    { slot: 1, data: null, pending: false, confirmed: false, active: false },
  ];
  resets = 0;
  /** An image as it comes in: `length` bytes it will be. */
  private incoming: { data: Uint8Array; length: number; sha: Uint8Array } | null = null;
  private readonly decoder = consoleDecoder();
  private readonly queue: SmpMessage[] = [];
  private readonly takeBack: (() => void)[] = [];
  private busy = false;
  private piece = 0;
  private heard = 0;
  private answered = 0;

  constructor(
    private readonly script: Script,
    private readonly clock: Clock,
    private readonly send: (bytes: Uint8Array) => void,
  ) {}

  hear(bytes: Uint8Array): void {
    for (const decoded of this.decoder.push(bytes)) {
      if (decoded.type !== 'message') continue;
      const request = decodeSmp(decoded.body);
      if (request.response) continue;
      // A request that finds no buffer is lost.
      if (this.script.loses?.(this.heard++) || this.queue.length >= (this.script.buffers ?? 4)) continue;
      this.requests.push(request);
      this.queue.push(request);
      this.work();
    }
  }

  end(): void {
    for (const back of this.takeBack.splice(0)) back();
    this.queue.length = 0;
  }

  /** As after a loss of power: what was on its way is forgotten. */
  restart(): void {
    this.incoming = null;
    this.queue.length = 0;
  }

  private work(): void {
    if (this.busy || this.queue.length === 0) return;
    this.busy = true;
    const back = this.clock.after(this.script.answerMs ?? 1, () => {
      const request = this.queue.shift();
      this.busy = false;
      if (request && this.answered++ < (this.script.answers ?? Infinity)) this.answer(request);
      this.work();
    });
    this.takeBack.push(back);
  }

  private answer(request: SmpMessage): void {
    const payload = this.replyTo(request);
    const printed = new TextEncoder().encode(this.script.prints ?? '');
    const frame = encodeConsole(encodeSmp({ ...request, response: true, payload }));
    this.inPieces(Uint8Array.from([...printed, ...frame]));
  }

  private replyTo({ group, command, operation, payload }: SmpMessage): Payload {
    const { without = [] } = this.script;
    if (without.includes(`${group}`) || without.includes(`${group}/${command}`)) return { rc: notSupported };
    const write = operation === 'write';
    switch (`${group}/${command}`) {
      case '0/0':
        return { r: payload['d'] };
      case '0/2':
        return {
          tasks: {
            main: { prio: 0, tid: 0, state: 1, stkuse: 120, stksiz: 512, cswcnt: 900, runtime: 12345 },
            idle: { prio: 15, tid: 1, state: 1, stkuse: 16, stksiz: 80, cswcnt: 1, runtime: 2 ** 40 },
          },
        };
      case '0/3':
        return { mcumgr: { blksiz: 384, nblks: 4, nfree: 3, min: 1 } };
      case '0/5':
        this.resets++;
        this.restart();
        return {};
      case '0/6':
        return { buf_size: this.script.bufferBytes ?? 384, buf_count: this.script.buffers ?? 4 };
      case '0/7':
        return this.systemInfo(String(payload['format']));
      case '0/8':
        return { bootloader: 'MCUboot' };
      case '1/0':
        return write ? this.mark(payload) : this.images();
      case '1/1':
        return this.imagePiece(payload);
      case '1/5':
        this.slots[1]!.data = null;
        return {};
      case '2/0':
        return payload['name'] === 'smp_com'
          ? { name: 'smp_com', fields: { frame_ok: 42, frame_max: 2 ** 33 } }
          : this.error(2, 2);
      case '2/1':
        return { stat_list: ['smp_com'] };
      case '8/0':
        return this.filePiece(payload);
      case '8/1':
        return this.ofFile(payload, (data) => ({ len: data.length }));
      case '8/2':
        return this.ofFile(payload, (data) => ({
          ...{ type: 'sha256', len: data.length },
          output: hashOf(data.subarray(0, payload['len'] as number)),
        }));
      default:
        return { rc: notSupported };
    }
  }

  private error(group: number, rc: number): Payload {
    return this.script.oldErrors ? { rc } : { err: { group, rc } };
  }

  private systemInfo(format: string): Payload {
    const told: Record<string, string> = {
      ...{ s: 'Zephyr', v: 'v3.7.0', m: 'arm', p: 'cortex-m4', i: 'simulated_board' },
    };
    const output = told[format];
    return output === undefined ? this.error(0, 2) : { output };
  }

  private images(): Payload {
    const images = this.slots.flatMap(({ slot, data, pending, confirmed, active }) =>
      data === null
        ? []
        : [
            {
              ...{ slot, version: `1.0.${slot}`, hash: hashOf(data), bootable: true },
              ...(pending && { pending }),
              ...(confirmed && { confirmed }),
              ...(active && { active }),
            },
          ],
    );
    return { images, splitStatus: 0 };
  }

  private mark(payload: Payload): Payload {
    const hash = payload['hash'] as Uint8Array | undefined;
    const found = hash
      ? this.slots.find(({ data }) => data && Buffer.from(hashOf(data)).equals(hash))
      : this.slots.find(({ active }) => active);
    if (!found) return this.error(1, hash ? hashNotThere : noImage);
    if (found.active) found.confirmed = true;
    else found.pending = true;
    return this.images();
  }

  private imagePiece(payload: Payload): Payload {
    const offset = payload['off'] as number;
    const data = payload['data'] as Uint8Array;
    if (offset === 0) {
      const sha = payload['sha'] as Uint8Array;
      const same = this.incoming && Buffer.from(this.incoming.sha).equals(sha);
      // It is the image that was broken off: on from there.
      if (same && this.incoming && this.incoming.data.length > 0) return { off: this.incoming.data.length };
      this.incoming = { data: new Uint8Array(0), length: payload['len'] as number, sha };
    }
    const { incoming } = this;
    if (!incoming) return { off: 0 };
    if (offset !== incoming.data.length) return { off: incoming.data.length };
    incoming.data = Uint8Array.from([...incoming.data, ...data]);
    const off = incoming.data.length;
    if (off < incoming.length) return { off };
    this.slots[1]!.data = incoming.data;
    this.incoming = null;
    return { off, match: Buffer.from(hashOf(this.slots[1]!.data)).equals(incoming.sha) };
  }

  private filePiece(payload: Payload): Payload {
    const name = payload['name'] as string;
    const offset = payload['off'] as number;
    const data = payload['data'] as Uint8Array;
    const before = offset === 0 ? new Uint8Array(0) : (this.files.get(name) ?? new Uint8Array(0));
    if (offset !== before.length) return { ...this.error(8, offsetNotValid), len: before.length };
    this.files.set(name, Uint8Array.from([...before, ...data]));
    return { off: offset + data.length };
  }

  private ofFile(payload: Payload, told: (data: Uint8Array) => Payload): Payload {
    const data = this.files.get(payload['name'] as string);
    return data ? told(data) : this.error(8, fileNotFound);
  }

  private inPieces(bytes: Uint8Array): void {
    const { pieces = [bytes.length] } = this.script;
    for (let at = 0; at < bytes.length;) {
      const size = pieces[this.piece++ % pieces.length]!;
      this.send(bytes.subarray(at, at + size));
      at += size;
    }
  }
}
