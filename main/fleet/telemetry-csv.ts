/** A board's telemetry as CSV (RFC 4180); every figure beside its source. */
import type { FilePiece, TelemetryRecord } from '../contract/types.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';

/** A few milliseconds' work, for the store's answer and for the text of it. */
export const pieceRecords = 500;

const columns: readonly (keyof TelemetryRecord)[] = [
  'boardId',
  'bootId',
  'sequence',
  'receivedMs',
  'atMs',
  'errorMs',
  'uptimeMs',
  'inferenceId',
  'expert',
  'classIndex',
  'topProbability',
  'entropy',
  'featuresUs',
  'encoderUs',
  'routerUs',
  'expertUs',
  'latencySource',
  'energyNanojoule',
  'energySource',
  'supplyMillivolts',
  'temperatureC',
  'stackBytes',
  'curiosity',
  'place',
];

/**
 * @param from a row of the store, as the piece before named it; left out: the first piece, which has the header
 * @throws CurlewError STORE_FAILED
 */
export async function telemetryCsv(
  telemetry: Pick<TelemetryStore, 'recordsFrom'>,
  boardId: string,
  from?: number,
): Promise<FilePiece<number>> {
  const { records, next } = await telemetry.recordsFrom(boardId, from ?? 0, pieceRecords);
  const rows = records.map((record) => columns.map((column) => cell(record, column)).join(','));
  const lines = from === undefined ? [columns.join(','), ...rows] : rows;
  return {
    name: `telemetry-${boardId}.csv`,
    mime: 'text/csv',
    text: lines.map((line) => `${line}\r\n`).join(''),
    next,
  };
}

/** No value here holds a comma or a quote: numbers, hex digits, words of our own. Unknown is empty. */
function cell(record: TelemetryRecord, column: keyof TelemetryRecord): string {
  const value = record[column];
  if (column === 'receivedMs' || column === 'atMs') return new Date(record[column]).toISOString();
  return value === null ? '' : String(value);
}
