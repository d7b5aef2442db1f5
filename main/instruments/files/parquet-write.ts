/**
 * Parquet, a row a sample, written as it is read: a row group at a time, its columns plain and compressed by gzip. DuckDB
 * writes tables it holds; this one need not be held.
 */
import { gzipSync } from 'node:zlib';
import type { CaptureReader } from '../capture-reader.ts';
import type { ExportWish, Piece } from './file-work.ts';
import { structBytes, type Field } from './thrift.ts';

const groupSamples = 1 << 20;
const codecGzip = 2;
const plain = 0;
const rle = 3;
const required = 0;
const unsigned8 = 11;
const physical = { int32: 1, float: 4, double: 5 } as const;

interface Column {
  name: string;
  type: number;
  converted?: number;
}

const columns = [
  { name: 'time_s', type: physical.double },
  { name: 'current_a', type: physical.float },
  { name: 'inputs', type: physical.int32, converted: unsigned8 },
  /** 0 to 4; 5 where nobody knows it, 255 where the sample was lost and its current is NaN. */
  { name: 'range', type: physical.int32, converted: unsigned8 },
] as const satisfies readonly Column[];

const magic = Buffer.from('PAR1');

export function* parquetPieces(reader: CaptureReader, { capture, from, to }: ExportWish): Generator<Piece> {
  let offset = magic.length;
  yield { bytes: magic, at: from };
  const groups: Field[][] = [];
  for (let at = from; at < to; at += groupSamples) {
    const until = Math.min(to, at + groupSamples);
    const chunks = chunksOf(reader, at, until, from, capture.samplesPerSecond);
    const told: Field[][] = [];
    let groupBytes = 0;
    for (const [index, values] of chunks.entries()) {
      const body = gzipSync(values, { level: 1 });
      const head = pageHeader(values.length, body.length, until - at);
      const size = head.length + body.length;
      told.push(chunkOf(columns[index]!, offset, until - at, head.length + values.length, size));
      groupBytes += head.length + values.length;
      offset += size;
      yield { bytes: Buffer.concat([head, body]), at: index === columns.length - 1 ? until : at };
    }
    groups.push([
      { id: 1, structs: told },
      { id: 2, i64: groupBytes },
      { id: 3, i64: until - at },
    ]);
  }
  const footer = structBytes([
    { id: 1, i32: 1 },
    { id: 2, structs: schema() },
    { id: 3, i64: Math.max(0, to - from) },
    { id: 4, structs: groups },
    { id: 5, structs: about(capture, from) },
    { id: 6, text: 'Curlew' },
  ]);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(footer.length);
  yield { bytes: Buffer.concat([footer, end, magic]), at: to };
}

function chunksOf(
  reader: CaptureReader,
  at: number,
  until: number,
  from: number,
  perSecond: number,
): Buffer[] {
  const { currents, logic, ranges } = reader.read(at, until);
  const times = Float64Array.from(currents, (_, i) => (at - from + i) / perSecond);
  return [times, currents, Int32Array.from(logic), Int32Array.from(ranges)].map((values) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
}

const pageHeader = (bytes: number, compressed: number, values: number): Uint8Array =>
  structBytes([
    { id: 1, i32: 0 },
    { id: 2, i32: bytes },
    { id: 3, i32: compressed },
    {
      id: 5,
      struct: [
        { id: 1, i32: values },
        { id: 2, i32: plain },
        { id: 3, i32: rle },
        { id: 4, i32: rle },
      ],
    },
  ]);

const chunkOf = (
  { name, type }: Column,
  at: number,
  values: number,
  bytes: number,
  size: number,
): Field[] => [
  { id: 2, i64: at },
  {
    id: 3,
    struct: [
      { id: 1, i32: type },
      { id: 2, i32s: [plain, rle] },
      { id: 3, texts: [name] },
      { id: 4, i32: codecGzip },
      { id: 5, i64: values },
      { id: 6, i64: bytes },
      { id: 7, i64: size },
      { id: 9, i64: at },
    ],
  },
];

const schema = (): Field[][] => [
  [
    { id: 4, text: 'capture' },
    { id: 5, i32: columns.length },
  ],
  ...columns.map((column: Column): Field[] => [
    { id: 1, i32: column.type },
    { id: 3, i32: required },
    { id: 4, text: column.name },
    ...(column.converted === undefined ? [] : [{ id: 6, i32: column.converted }]),
  ]),
];

/** What a table has no column for; read again by `parquet-read.ts`. */
function about(
  { name, samplesPerSecond, millivolts, startedMs, from }: ExportWish['capture'],
  first: number,
) {
  const began = startedMs === null ? null : startedMs + (1000 * first) / samplesPerSecond;
  const values = {
    name,
    from,
    source: 'measured',
    samples_per_second: samplesPerSecond,
    millivolts,
    started_ms: began,
  };
  return Object.entries(values).flatMap(([key, value]): Field[][] =>
    value === null
      ? []
      : [
          [
            { id: 1, text: key },
            { id: 2, text: String(value) },
          ],
        ],
  );
}
