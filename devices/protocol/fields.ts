/** Reads a reply's CBOR map field by field; what is missing or of the wrong type is BOARD_BAD_REPLY. */
import { meantBySingle } from '../../main/contract/figures.ts';
import { CurlewError } from '../../main/contract/error.ts';
import type { Payload } from './smp.ts';

/** Cut at whole characters. */
function cutText(text: string, most: number): string {
  let bytes = 0;
  let cut = '';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > most) break;
    cut += /\p{Cc}|\p{Cf}|\p{Cs}|[\u2028\u2029]/u.test(character) ? '�' : character;
  }
  return cut;
}

/** Of what a board names itself, bytes. */
const longestName = 64;

const isMap = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export class Fields {
  constructor(
    private readonly payload: Payload,
    private readonly command: string,
  ) {}

  has(key: string): boolean {
    return this.payload[key] !== undefined;
  }

  number(key: string): number {
    const value = this.payload[key];
    if (typeof value !== 'number') throw this.wrong(key, 'a number', value);
    return value;
  }

  /** A number that the board keeps in binary32, as the decimal it was meant to be. */
  single(key: string): number {
    return meantBySingle(this.number(key));
  }

  /** A whole number from 0 to `most`. */
  count(key: string, most = 0xffff_ffff): number {
    const value = this.number(key);
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw this.wrong(key, `a whole number up to ${most}`, value);
    }
    return value;
  }

  text(key: string): string {
    const value = this.payload[key];
    if (typeof value !== 'string') throw this.wrong(key, 'a text', value);
    return value;
  }

  /**
   * A text that a person is shown.
   * @param most bytes of UTF-8 that the protocol allows: what is longer is cut, and control characters become �, so
   *   that no board can flood or disfigure what is shown
   */
  label(key: string, most: number): string {
    return cutText(this.text(key), most);
  }

  bool(key: string): boolean {
    const value = this.payload[key];
    if (typeof value !== 'boolean') throw this.wrong(key, 'true or false', value);
    return value;
  }

  /** @param length exact length wanted, in bytes */
  bytes(key: string, length?: number): Uint8Array {
    const value = this.payload[key];
    if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) {
      throw this.wrong(key, length === undefined ? 'bytes' : `${length} bytes`, value);
    }
    return value;
  }

  list(key: string): unknown[] {
    const value = this.payload[key];
    if (!Array.isArray(value)) throw this.wrong(key, 'a list', value);
    return value;
  }

  /** @param length exact length wanted */
  numbers(key: string, length?: number): number[] {
    const list = this.list(key);
    const fits = length === undefined || list.length === length;
    if (!fits || !list.every((item) => typeof item === 'number')) {
      throw this.wrong(key, length === undefined ? 'numbers' : `${length} numbers`, list);
    }
    return list;
  }

  /** Every item of a list of maps, as fields of their own. */
  maps(key: string): Fields[] {
    return this.list(key).map((item) => {
      if (!isMap(item)) throw this.wrong(key, 'maps', item);
      return new Fields(item, this.command);
    });
  }

  /** A map of maps, by its keys as labels; at most `most` of them, as a board names them. */
  named(key: string, most: number): [name: string, fields: Fields][] {
    return this.entries(key, most).map(([name, value]) => {
      if (!isMap(value)) throw this.wrong(key, 'maps', value);
      return [name, new Fields(value, this.command)];
    });
  }

  /** Whole numbers by their names, whatever their size. */
  counts(key: string, most: number): [name: string, count: number][] {
    return this.entries(key, most).map(([name, value]) => {
      if (typeof value !== 'number' && typeof value !== 'bigint') throw this.wrong(key, 'numbers', value);
      return [name, Number(value)];
    });
  }

  /** The keys of the reply itself. */
  get keys(): string[] {
    return Object.keys(this.payload);
  }

  /** A map of the reply. */
  map(key: string): Fields {
    const value = this.payload[key];
    if (!isMap(value)) throw this.wrong(key, 'a map', value);
    return new Fields(value, this.command);
  }

  /** Little-endian float32 values. */
  floats(key: string): Float32Array {
    const bytes = this.bytes(key);
    if (bytes.length % 4 !== 0) throw this.wrong(key, 'whole float32 values', bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  private entries(key: string, most: number): [name: string, value: unknown][] {
    const value = this.payload[key];
    if (!isMap(value)) throw this.wrong(key, 'a map', value);
    return Object.entries(value)
      .slice(0, most)
      .map(([name, one]) => [cutText(name, longestName), one]);
  }

  private wrong(key: string, wanted: string, found: unknown): CurlewError {
    const what =
      found === undefined
        ? 'nothing'
        : found instanceof Uint8Array
          ? `${found.length} bytes`
          : typeof found === 'number'
            ? String(found)
            : typeof found;
    return new CurlewError(
      'BOARD_BAD_REPLY',
      `The board's reply to "${this.command}" should have ${wanted} in "${key}" and has ${what}. ` +
        `Its firmware may be older or newer than this lab.`,
      { command: this.command, key },
    );
  }
}
