/** As much of DER (ITU-T X.690) as encrypted private keys and certificates need. */

const tags = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 };

/** Of any tag, around its contents one after another. */
export const element = (tag: number, ...contents: Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...head), content]);
};

export const der = {
  sequence: (...items: Uint8Array[]) => element(tags.sequence, ...items),
  octets: (content: Uint8Array) => element(tags.octets, content),
  null: () => element(tags.null, new Uint8Array()),
  /** @param hex of its content */
  oid: (hex: string) => element(tags.oid, Buffer.from(hex, 'hex')),
  /** @param value 0 to 2^31 − 1 */
  integer(value: number) {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt32BE(value, 1);
    const from = bytes.findIndex((byte, at) => at === 4 || byte !== 0 || (bytes[at + 1] as number) >= 0x80);
    return element(tags.integer, bytes.subarray(from));
  },
};

/** An element that was read; every method throws an Error where it is another than asked for. */
export class Der {
  constructor(
    private readonly tag: number,
    private readonly content: Uint8Array,
  ) {}

  /** Of a sequence. */
  items(): Der[];
  items(count: 2): [Der, Der];
  items(count?: number): Der[] {
    this.expect('sequence');
    const items: Der[] = [];
    for (let at = 0; at < this.content.length;) {
      const { item, end } = readAt(this.content, at);
      items.push(item);
      at = end;
    }
    if (count !== undefined && items.length !== count) throw new Error('it is not as DER has it');
    return items;
  }

  /** Of an integer up to 2^47. */
  number(): number {
    this.expect('integer');
    if (this.content.length < 1 || this.content.length > 6) throw new Error('it is not as DER has it');
    return Buffer.from(this.content).readIntBE(0, this.content.length);
  }

  octets(): Uint8Array {
    this.expect('octets');
    return this.content;
  }

  /** Content of an object identifier, as hex. */
  oid(): string {
    this.expect('oid');
    return Buffer.from(this.content).toString('hex');
  }

  null(): void {
    this.expect('null');
    if (this.content.length > 0) throw new Error('it is not as DER has it');
  }

  private expect(kind: keyof typeof tags): void {
    if (this.tag !== tags[kind]) throw new Error('it is not as DER has it');
  }
}

/** @throws Error where the bytes are not one whole element */
export function readDer(bytes: Uint8Array): Der {
  const { item, end } = readAt(bytes, 0);
  if (end !== bytes.length) throw new Error('it is not as DER has it');
  return item;
}

function readAt(bytes: Uint8Array, at: number): { item: Der; end: number } {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new Error('it is cut short');
  const more = first < 0x80 ? 0 : first - 0x80;
  if (more > 2 || first === 0x80) throw new Error('it is not as DER has it');
  let length = more === 0 ? first : 0;
  for (const byte of bytes.subarray(at + 2, at + 2 + more)) length = length * 256 + byte;
  const from = at + 2 + more;
  if (from + length > bytes.length) throw new Error('it is cut short');
  return { item: new Der(tag, bytes.subarray(from, from + length)), end: from + length };
}
