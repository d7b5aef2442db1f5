/**
 * Protocol Buffers, the writing half: fields are appended in the order of the calls, so the same calls give
 * the same bytes. Only the wire types that ONNX messages use are here.
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
