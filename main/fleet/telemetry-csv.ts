/**
 * A board's telemetry as CSV: units in the columns' names, every figure beside its source, names beside what the board
 * itself sends (the expert's hash, the class's number), times to read beside times to compute with.
 */
import { csvText, type CsvCell } from '../../models/report/csv.ts';
import { meantBySingle } from '../contract/figures.ts';
import type { FilePiece, RecordKey, TelemetryRecord } from '../contract/types.ts';
import { exportName } from '../export-name.ts';
import type { KnownImages, RecordNames } from '../store/known-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';

/** A few milliseconds' work, for the store's answer and for the text of it. */
export const pieceRecords = 500;

interface Rooms {
  telemetry: Pick<TelemetryStore, 'recordsAfter'>;
  images: Pick<KnownImages, 'namesOf'>;
}

interface Row extends TelemetryRecord, RecordNames {
  boardName: string;
}

const time = (ms: number): string => new Date(ms).toISOString();
const columns: readonly (readonly [name: string, cell: (row: Row) => CsvCell])[] = [
  ['Board', (row) => row.boardName],
  ['Board id', (row) => row.boardId],
  ['Start of the board', (row) => row.bootId],
  ['Sequence', (row) => row.sequence],
  ['Time (UTC)', (row) => time(row.atMs)],
  ['Time (ms since 1970)', (row) => row.atMs],
  ['Time may be off by (ms)', (row) => row.errorMs],
  ['Received (UTC)', (row) => time(row.receivedMs)],
  ['Received (ms since 1970)', (row) => row.receivedMs],
  ['Uptime (ms)', (row) => row.uptimeMs],
  ['Inference', (row) => row.inferenceId],
  ['Class', (row) => row.className],
  ['Class number', (row) => row.classIndex],
  ['Top probability', (row) => meantBySingle(row.topProbability)],
  ['Entropy (nats)', (row) => meantBySingle(row.entropy)],
  ['Expert', (row) => row.expertName],
  ['Expert hash', (row) => row.expert],
  ['Place of the expert', (row) => row.place],
  ['Curiosity', (row) => meantBySingle(row.curiosity)],
  ['Features (us)', (row) => row.featuresUs],
  ['Encoder (us)', (row) => row.encoderUs],
  ['Router (us)', (row) => row.routerUs],
  ['Expert (us)', (row) => row.expertUs],
  ['Latency source', (row) => row.latencySource],
  ['Energy (nJ)', (row) => (row.energySource === 'none' ? null : row.energyNanojoule)],
  ['Energy source', (row) => row.energySource],
  ['Supply (mV)', (row) => row.supplyMillivolts],
  ['Temperature (degrees C)', (row) => row.temperatureC && meantBySingle(row.temperatureC)],
  ['Stack (bytes)', (row) => row.stackBytes],
  ['Level (dB re full-scale sine)', (row) => row.levelDb],
  ['Noise floor L90 (dB re full-scale sine)', (row) => row.noiseFloorDb],
  ['Clipped samples (share)', (row) => row.clippedShare],
  ['Free flash (bytes)', (row) => row.freeFlashBytes],
  ['Started by', (row) => row.startCause],
  ['Board clock (UTC)', (row) => row.wallMs && time(row.wallMs)],
  ['Board clock (ms since 1970)', (row) => row.wallMs],
];

/**
 * @param from the last record of the piece before; left out: the first piece, which has the header
 * @throws CurlewError STORE_FAILED, FILE_NOT_FOUND where it was deleted meanwhile
 */
export async function telemetryCsv(
  { telemetry, images }: Rooms,
  board: { id: string; name: string },
  from?: RecordKey,
): Promise<FilePiece<RecordKey>> {
  const { records, next } = await telemetry.recordsAfter(board.id, from, pieceRecords);
  const rows = records.map((record) => {
    const row = { ...record, ...images.namesOf(record), boardName: board.name };
    return columns.map(([, cell]) => cell(row));
  });
  return {
    name: exportName(['telemetry', board.name || board.id], Date.now(), '.csv'),
    mime: 'text/csv',
    text: csvText(from === undefined ? [columns.map(([name]) => name), ...rows] : rows),
    next,
  };
}
