/**
 * Protocol Buffers, both halves, with only the wire types that ONNX messages use. Writing: fields are appended in the order of the calls, so the
 * same calls give the same bytes.
 */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];

  /** Wire type 0: an unsigned or (as 64-bit two's complement) negative integer. */
  varint(field: number, value: number | bigint): this {
    this.#key(field, 0);
    this.#chunks.push(encodeVarint(BigInt(value)));
    return this;
  }

  /** Wire type 5: an IEEE binary32. */
  float(field: number, value: number): this {
    this.#key(field, 5);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#chunks.push(bytes);
    return this;
  }

  /** Wire type 2: bytes, text or a finished message. */
  bytes(field: number, value: Uint8Array | string | ProtobufWriter): this {
    const content =
      typeof value === 'string'
        ? new TextEncoder().encode(value)
        : value instanceof ProtobufWriter
          ? value.finish()
          : value;
    this.#key(field, 2);
    this.#chunks.push(encodeVarint(BigInt(content.length)), content);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const result = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let offset = 0;
    for (const chunk of this.#chunks) {
      result.set(chunk, offset);
      offset += chunk.length;
    }
    return result;
  }

  #key(field: number, wireType: number): void {
    this.#chunks.push(encodeVarint(BigInt((field << 3) | wireType)));
  }
}

function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** A field's content, to be taken as what its message says it is. */
export interface ProtobufField {
  /** @throws RangeError unless it is one varint that a number holds exactly */
  integer(): number;
  /** Packed or not. */
  integers(): number[];
  float(): number;
  floats(): number[];
  doubles(): number[];
  bytes(): Uint8Array;
  text(): string;
  message(): ProtobufReader;
}

/** The reading half: every method throws RangeError where the bytes do not fit. */
export class ProtobufReader {
  readonly #view: DataView;
  #position = 0;

  constructor(private readonly content: Uint8Array) {
    this.#view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  }

  /** Walks through all fields and gives those with a number in `handlers` to them, in order. */
  fields(handlers: Readonly<Record<number, (field: ProtobufField) => void>>): void {
    while (this.#position < this.content.length) {
      const key = Number(this.#varint());
      const field = this.#field(key % 8);
      handlers[Math.floor(key / 8)]?.(field);
    }
  }

  #field(wireType: number): ProtobufField {
    if (wireType === 0) {
      const value = BigInt.asIntN(64, this.#varint());
      return scalar({ integer: () => exactly(value), integers: () => [exactly(value)] });
    }
    const length = wireType === 2 ? Number(this.#varint()) : wireType === 5 ? 4 : wireType === 1 ? 8 : -1;
    if (length < 0 || length > this.content.length - this.#position) {
      throw new RangeError(`A field of wire type ${wireType} does not fit at byte ${this.#position}`);
    }
    const bytes = this.content.subarray(this.#position, (this.#position += length));
    const numbers = (size: 4 | 8) => {
      if (length % size !== 0) throw new RangeError('A list of numbers ends in the middle of one');
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      return Array.from({ length: length / size }, (_, i) =>
        size === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
      );
    };
    return scalar({
      integers: () => new ProtobufReader(bytes).#varints(),
      float: () => numbers(4)[0]!,
      floats: () => numbers(4),
      doubles: () => numbers(8),
      bytes: () => bytes,
      text: () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      message: () => new ProtobufReader(bytes),
    });
  }

  #varints(): number[] {
    const values: number[] = [];
    while (this.#position < this.content.length) values.push(exactly(BigInt.asIntN(64, this.#varint())));
    return values;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#position >= this.content.length)
        throw new RangeError('The bytes end in the middle of a number');
      const byte = this.#view.getUint8(this.#position++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('A number goes on for more than ten bytes');
  }
}

function exactly(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is larger than a number holds`);
  return number;
}

/** A field of which only some readings are possible; the others throw. */
function scalar(readings: Partial<ProtobufField>): ProtobufField {
  const wrong = () => {
    throw new RangeError('A field has another type than its message says');
  };
  return {
    integer: wrong,
    integers: wrong,
    float: wrong,
    floats: wrong,
    doubles: wrong,
    bytes: wrong,
    text: wrong,
    message: wrong,
    ...readings,
  };
}
