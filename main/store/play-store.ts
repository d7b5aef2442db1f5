/** What boards answered to the recordings that were played at them. */
import { CurlewError } from '../contract/error.ts';
import type { Played, PlayedBank, PlayedImage, PlayedSource, WindowResult } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface PlayStore {
  /** Keeps how a play stands, and what it was answered since it was last kept. */
  keep(played: Played, fresh: readonly WindowResult[]): Promise<void>;
  /** The newest of a recording at a board with each bank that answered, newest first; none without an answer. */
  newest(boardId: string, source: PlayedSource, limit: number): Promise<Played[]>;
  /** A job's, in order. @throws CurlewError REQUEST_INVALID after one of another job */
  ofJob(jobId: string, page: { after?: string | undefined; limit: number }): Promise<Played[]>;
  countOfJob(jobId: string): Promise<{ recordings: number; windows: number }>;
  /** Takes away what a job's recordings were answered. */
  removeJob(jobId: string): Promise<void>;
  /** In order. @throws CurlewError REQUEST_INVALID where there is no such play */
  windows(playedId: string, stretch: WindowStretch): Promise<WindowResult[]>;
}

export interface WindowStretch {
  /** The windows that begin from here on, and before there. */
  fromS?: number | undefined;
  toS?: number | undefined;
  /** After this one. */
  afterS?: number | undefined;
  limit: number;
}

const columns = `id, job_id AS "jobId", board_id AS "boardId", board_name AS "boardName", bank::VARCHAR AS bank, clip, path,
  file_bytes AS bytes, file_modified_ms AS "modifiedMs", start_s AS "startS", duration_s AS "durationS",
  started_ms AS "startedMs", ended_ms AS "endedMs", windows, error::VARCHAR AS error`;

/** What tells banks apart: a router names its experts, and each of them its encoder. */
const runs = ({ bank }: Played): string | null => bank?.router?.sha256 ?? bank?.experts[0]?.sha256 ?? null;

export function playStore(store: Store): PlayStore {
  const rows = (sql: string, values: (string | number | null)[]): Promise<Record<string, unknown>[]> =>
    store.transaction(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS());

  return {
    async keep(played, fresh) {
      const { id, source, file, bank, error } = played;
      const clip = source.kind === 'clip' ? source.clipId : null;
      const path = source.kind === 'file' ? source.path : null;
      await store.transaction(async (connection) => {
        await connection.run(
          `INSERT INTO plays VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
           ON CONFLICT (id) DO UPDATE SET ended_ms = excluded.ended_ms, windows = excluded.windows, error = excluded.error`,
          [
            ...[id, played.jobId, played.boardId, played.boardName],
            ...[bank && JSON.stringify(bank), runs(played), clip, path],
            ...[file?.bytes ?? null, file?.modifiedMs ?? null, played.startS, played.durationS],
            ...[played.startedMs, played.endedMs, played.windows, error && JSON.stringify(error)],
          ],
        );
        const appender = await connection.createAppender('play_windows');
        for (const window of fresh) {
          appender.appendVarchar(id);
          appender.appendDouble(window.startS);
          appender.appendVarchar(JSON.stringify(window));
          appender.endRow();
        }
        appender.closeSync();
      });
    },

    async newest(boardId, source, limit) {
      const [column, what] = source.kind === 'clip' ? ['clip', source.clipId] : ['path', source.path];
      const found = await rows(
        `SELECT ${columns} FROM plays WHERE board_id = $1 AND ${column} = $2 AND (windows > 0 OR ended_ms IS NULL)
         QUALIFY row_number() OVER (PARTITION BY runs ORDER BY started_ms DESC) = 1 ORDER BY started_ms DESC LIMIT $3`,
        [boardId, what, limit],
      );
      return found.map(playedOf);
    },

    async ofJob(jobId, { after, limit }) {
      const found = await rows(
        `SELECT ${columns} FROM plays WHERE job_id = $1
           AND rowid > coalesce((SELECT rowid FROM plays WHERE id = $2), -1) ORDER BY rowid LIMIT $3`,
        [jobId, after ?? null, limit],
      );
      return found.map(playedOf);
    },

    async countOfJob(jobId) {
      const [row] = await rows(
        `SELECT count(*) FILTER (windows > 0)::DOUBLE AS recordings, coalesce(sum(windows), 0)::DOUBLE AS windows
         FROM plays WHERE job_id = $1`,
        [jobId],
      );
      return row as { recordings: number; windows: number };
    },

    async removeJob(jobId) {
      await store.deletion(async (connection) => {
        await connection.run(
          'DELETE FROM play_windows WHERE play_id IN (SELECT id FROM plays WHERE job_id = $1)',
          [jobId],
        );
        await connection.run('DELETE FROM plays WHERE job_id = $1', [jobId]);
      });
    },

    async windows(playedId, { fromS = 0, toS, afterS, limit }) {
      const found = await rows(
        `SELECT result::VARCHAR AS result FROM play_windows WHERE play_id = $1 AND start_s >= $2
           AND start_s < coalesce($3, 1e9) AND start_s > coalesce($4, -1) ORDER BY start_s LIMIT $5`,
        [playedId, fromS, toS ?? null, afterS ?? null, limit],
      );
      if (found.length === 0 && (await rows('SELECT 1 FROM plays WHERE id = $1', [playedId])).length === 0) {
        throw new CurlewError('REQUEST_INVALID', `Nothing was played as “${playedId}”.`, { playedId });
      }
      return found.map(({ result }) => ({
        ...toldSince,
        ...(JSON.parse(result as string) as Omit<WindowResult, keyof typeof toldSince>),
      }));
    },
  };
}

/** What windows of labs from before do not tell. */
const toldSince: Pick<WindowResult, 'score' | 'stages'> = { score: 0, stages: null };

/** A bank as it was noted; labs from before knew of one encoder at most. */
function bankOf(noted: unknown): PlayedBank | null {
  const { encoder, ...bank } = (noted ?? {}) as Partial<PlayedBank> & { encoder?: PlayedImage | null };
  if (noted === null) return null;
  return { ...(bank as PlayedBank), encoders: bank.encoders ?? (encoder ? [encoder] : []) };
}

function playedOf(row: Record<string, unknown>): Played {
  const { bank, error, clip, path, bytes, modifiedMs, ...same } = row;
  const parsed = (text: unknown): unknown => (text === null ? null : JSON.parse(text as string));
  return {
    ...same,
    bank: bankOf(parsed(bank)),
    error: parsed(error),
    source: clip === null ? { kind: 'file', path } : { kind: 'clip', clipId: clip },
    file: bytes === null ? null : { bytes, modifiedMs },
  } as Played;
}
