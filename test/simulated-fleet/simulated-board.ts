/**
 * A board that is simulated: it speaks the protocol and makes up its records, so that a thousand of them fit beside the
 * lab on two cores. For benchmarks and soak runs; what it cannot do it refuses.
 */
import {
  binaryDecoder,
  consoleDecoder,
  encodeFrame,
  type FramingName,
} from '../../devices/protocol/framing.ts';
import { decodeSmp, encodeSmp, type Payload, type SmpMessage } from '../../devices/protocol/smp.ts';
import { recordBytes } from '../../devices/protocol/telemetry-record.ts';
import { Random } from '../../models/training/random.ts';
import { writeRecord } from './write-record.ts';

/** As the firmware has it: message buffer, bytes, and ring, records. */
const messageBytes = 1024;
const ringRecords = 1024;
const otherBytes = 96;
const classes = 10;

export interface SimulatedBoardOptions {
  /** 8 bytes. */
  id: Uint8Array;
  name: string;
  bootId: number;
  recordsPerSecond: number;
  nowMs(): number;
}

export class SimulatedBoard {
  private decoders = [consoleDecoder(), binaryDecoder()];
  private readonly startedMs: number;
  private readonly random: Random;
  /** Records of the ring, by sequence number modulo its length. */
  private readonly ring = new Uint8Array(ringRecords * recordBytes);
  private last = 0;
  private halted = false;

  constructor(private readonly options: SimulatedBoardOptions) {
    this.startedMs = options.nowMs();
    this.random = new Random(options.bootId);
  }

  /** It makes no more records. */
  halt(): void {
    this.record();
    this.halted = true;
  }

  /** A line was opened to it. */
  opened(): void {
    this.decoders = [consoleDecoder(), binaryDecoder()];
  }

  /** @returns what it answers to these bytes */
  take(bytes: Uint8Array): Uint8Array[] {
    const answers: Uint8Array[] = [];
    for (const decoder of this.decoders) {
      for (const decoded of decoder.push(bytes)) {
        if (decoded.type === 'message') answers.push(this.answerTo(decoded.body, decoded.framing));
      }
    }
    return answers;
  }

  private answerTo(body: Uint8Array, framing: FramingName): Uint8Array {
    const request = decodeSmp(body);
    const payload = this.payloadFor(request);
    return encodeFrame(framing, encodeSmp({ ...request, response: true, payload }));
  }

  private payloadFor({ group, command, payload, operation }: SmpMessage): Payload {
    switch (`${group}/${command}/${operation}`) {
      case '0/0/write':
        return { r: payload['d'] };
      case '0/6/read':
        return { buf_size: messageBytes, buf_count: 8 };
      case '64/0/read':
        return {
          ...{ slots: [], count: 12, active: [], router: -1, encoder: -1, previous: [], trial: 'none' },
          ...{ size: 0, free: 0, block: 4096, next: 0 },
        };
      case '66/0/read':
        return this.page(payload['after'] as number);
      case '67/0/read':
        return this.info();
      default:
        return group < 64 ? { rc: 8 } : { err: { group, rc: 2 } };
    }
  }

  private info(): Payload {
    const { id, name, bootId } = this.options;
    return {
      ...{ id, name, kind: 'simulated', profile: '', fw: 'simulated', boot: bootId, cause: 'power' },
      ...{
        up: this.uptimeMs,
        ring: ringRecords,
        link: 3,
        baud: 0,
        rate: 16_000,
        audio: true,
        listening: true,
      },
      ...{ sim: true, window: 31_200, discarded: 0, mv: 3300, cc: 1850, stack: 5392, key: new Uint8Array(0) },
      ...{ keys: 0, protected: false },
    };
  }

  private page(after: number): Payload {
    this.record();
    const oldest = this.last === 0 ? 0 : Math.max(1, this.last - ringRecords + 1);
    const from = Math.max(after + 1, oldest);
    const room = Math.floor((messageBytes - otherBytes) / recordBytes);
    const count = after < this.last ? Math.min(room, this.last - from + 1) : 0;
    const recs = new Uint8Array(count * recordBytes);
    for (let i = 0; i < count; i++) {
      const at = ((from + i) % ringRecords) * recordBytes;
      recs.set(this.ring.subarray(at, at + recordBytes), i * recordBytes);
    }
    return {
      boot: this.options.bootId,
      next: this.last + 1,
      oldest,
      now: this.uptimeMs,
      size: recordBytes,
      recs,
    };
  }

  private get uptimeMs(): number {
    return Math.round(this.options.nowMs() - this.startedMs);
  }

  /** What has come since it was last asked. */
  private record(): void {
    if (this.halted) return;
    const { recordsPerSecond } = this.options;
    const due = Math.floor((this.uptimeMs / 1000) * recordsPerSecond);
    const { random } = this;
    // Older ones would be overwritten at once.
    for (this.last = Math.max(this.last, due - ringRecords); this.last < due;) {
      const sequence = ++this.last;
      const certainty = random.uniform();
      writeRecord(this.ring, (sequence % ringRecords) * recordBytes, {
        ...{ sequence, uptimeMs: Math.round((1000 * sequence) / recordsPerSecond) },
        ...{ classIndex: Math.floor(classes * random.uniform() ** 2), topProbability: 0.3 + 0.7 * certainty },
        ...{ entropy: 2 * (1 - certainty), curiosity: 0.1 * random.uniform() },
        ...{
          encoderUs: 208_000 + Math.round(2000 * random.uniform()),
          expertUs: 2100,
          energyNanojoule: 6_390_000,
        },
        ...{ levelDb: -60 + 40 * random.uniform(), noiseFloorDb: -62 - 6 * random.uniform(), wallMs: 0 },
      });
    }
  }
}
