/** Rows of a streamed result, some between two turns of the event loop. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBResult, DuckDBValue } from '@duckdb/node-api';

/** Of a few columns: a tenth of a millisecond where nothing else runs. A chunk of DuckDB's has up to 2,048. */
const rowsATurn = 128;

/** In their order; boards and pages have their turn between two pieces. */
export async function* inPieces(
  result: Pick<DuckDBResult, 'fetchChunk'>,
): AsyncGenerator<readonly DuckDBValue[][]> {
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (let from = 0; from < chunk.rowCount; from += rowsATurn) {
      const rows: DuckDBValue[][] = [];
      for (let row = from; row < Math.min(from + rowsATurn, chunk.rowCount); row++)
        rows.push(chunk.getRowValues(row));
      yield rows;
      await nextTurn();
    }
  }
}
