/** Apache Thrift's compact protocol, as far as Parquet's footers need it: structs as lists of fields. */

export type Field =
  | { id: number; i32: number }
  | { id: number; i64: number }
  | { id: number; text: string }
  | { id: number; struct: readonly Field[] }
  | { id: number; structs: readonly (readonly Field[])[] }
  | { id: number; i32s: readonly number[] }
  | { id: number; texts: readonly string[] };

const type = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

export function structBytes(fields: readonly Field[]): Uint8Array {
  const out: number[] = [];
  putStruct(out, fields);
  return Uint8Array.from(out);
}

function putStruct(out: number[], fields: readonly Field[]): void {
  let before = 0;
  for (const field of fields) {
    const head = (kind: number): void => void out.push(((field.id - before) << 4) | kind);
    if ('i32' in field) {
      head(type.i32);
      putNumber(out, field.i32);
    } else if ('i64' in field) {
      head(type.i64);
      putNumber(out, field.i64);
    } else if ('text' in field) {
      head(type.text);
      putText(out, field.text);
    } else if ('struct' in field) {
      head(type.struct);
      putStruct(out, field.struct);
    } else {
      head(type.list);
      if ('structs' in field) putList(out, type.struct, field.structs, putStruct);
      else if ('i32s' in field) putList(out, type.i32, field.i32s, putNumber);
      else putList(out, type.text, field.texts, putText);
    }
    before = field.id;
  }
  out.push(0);
}

function putList<T>(
  out: number[],
  kind: number,
  all: readonly T[],
  put: (out: number[], one: T) => void,
): void {
  if (all.length < 15) out.push((all.length << 4) | kind);
  else {
    out.push(0xf0 | kind);
    putLength(out, all.length);
  }
  for (const one of all) put(out, one);
}

/** Zigzag; none below 0 is written here. */
const putNumber = (out: number[], value: number): void => putLength(out, 2 * value);

/** Up to 2^53, which shifts do not reach. */
function putLength(out: number[], value: number): void {
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) out.push((left % 128) | 128);
  out.push(left);
}

function putText(out: number[], text: string): void {
  const bytes = new TextEncoder().encode(text);
  putLength(out, bytes.length);
  for (const byte of bytes) out.push(byte);
}
