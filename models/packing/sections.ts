import { alignUp, format } from './format.ts';
import { bad } from './header.ts';

/** The section table of an image: checked as a whole when made, then taken from, each section once. */
export class Sections {
  readonly #contents = new Map<string, Uint8Array>();

  /** @throws CurlewError IMAGE_BAD if sections are out of order, overlap, or leave bytes that are not zero */
  constructor(image: Uint8Array, count: number) {
    const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
    let end = format.headerBytes + count * format.sectionEntryBytes;
    if (end > image.length) throw bad(`its table of ${count} sections does not fit into it`);
    for (let i = 0; i < count; i++) {
      const entry = format.headerBytes + i * format.sectionEntryBytes;
      const key = sectionKey(view.getUint16(entry, true), view.getUint16(entry + 2, true));
      const offset = view.getUint32(entry + 4, true);
      const length = view.getUint32(entry + 8, true);
      if (offset !== alignUp(end, format.alignment) || offset + length > image.length) {
        throw bad(`section ${i + 1} lies at ${offset} with ${length} bytes, out of order or beyond the end`);
      }
      if (image.subarray(end, offset).some((byte) => byte !== 0)) {
        throw bad(`the padding before section ${i + 1} is not zero`);
      }
      if (this.#contents.has(key)) throw bad(`it holds ${key} twice`);
      this.#contents.set(key, image.subarray(offset, offset + length));
      end = offset + length;
    }
    if (alignUp(end, format.alignment) !== image.length || image.subarray(end).some((byte) => byte !== 0)) {
      throw bad('bytes that belong to no section follow the last one');
    }
  }

  /** @throws CurlewError IMAGE_BAD if there is no such section */
  take(type: number, layer: number): Uint8Array {
    const key = sectionKey(type, layer);
    const content = this.#contents.get(key);
    if (content === undefined) throw bad(`${key} is missing`);
    this.#contents.delete(key);
    return content;
  }

  has(type: number, layer: number): boolean {
    return this.#contents.has(sectionKey(type, layer));
  }

  /** @throws CurlewError IMAGE_BAD unless the section holds exactly so many finite binary32 numbers */
  floats(type: number, layer: number, count: number): Float32Array {
    return this.toFloats(this.take(type, layer), count, sectionKey(type, layer));
  }

  toFloats(bytes: Uint8Array, count: number, what: string): Float32Array {
    if (bytes.length !== count * 4) throw bad(`${what} has ${bytes.length} bytes, not ${count * 4}`);
    const values = new Float32Array(new Uint8Array(bytes).buffer);
    if (!values.every(Number.isFinite)) throw bad(`${what} holds a number that is not finite`);
    return values;
  }

  /** @throws CurlewError IMAGE_BAD if a section was not asked for: its type or layer is unknown */
  finish(): void {
    const [left] = this.#contents.keys();
    if (left !== undefined) throw bad(`it holds an unexpected ${left}`);
  }
}

function sectionKey(type: number, layer: number): string {
  return `section of type ${type}${layer === 0 ? '' : ` for layer ${layer}`}`;
}
