/** A board's telemetry as CSV (RFC 4180); every figure beside its source. */
import type { ExportFile, TelemetryRecord } from '../contract/types.ts';

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

export function telemetryCsv(boardId: string, records: readonly TelemetryRecord[]): ExportFile {
  const rows = records.map((record) => columns.map((column) => cell(record, column)).join(','));
  return {
    name: `telemetry-${boardId}.csv`,
    mime: 'text/csv',
    text: [columns.join(','), ...rows, ''].join('\r\n'),
  };
}

/** No value here holds a comma or a quote: numbers, hex digits, words of our own. Unknown is empty. */
function cell(record: TelemetryRecord, column: keyof TelemetryRecord): string {
  const value = record[column];
  if (column === 'receivedMs' || column === 'atMs') return new Date(record[column]).toISOString();
  return value === null ? '' : String(value);
}
