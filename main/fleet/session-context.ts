/** What every session of the fleet works with. */
import type { Clock } from '../../devices/protocol/clock.ts';
import type { Emit } from '../contract/events.ts';
import type { LogLine, NamedRecord } from '../contract/types.ts';
import type { KnownVersions } from '../banks/versions.ts';
import type { BoardLog } from './board-log.ts';
import type { BoardStore } from '../store/board-store.ts';
import type { KnownImages } from '../store/known-images.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';

export interface SessionContext {
  telemetry: TelemetryStore;
  boards: BoardStore;
  boardLog: Pick<BoardLog, 'add'>;
  signedImages: SignedImages;
  images: KnownImages;
  /** Told which images lie on each board. */
  versions: Pick<KnownVersions, 'saw'>;
  emit: Emit;
  /** Told of records that are durable now, oldest first. */
  stored(boardId: string, records: NamedRecord[]): void;
  log(level: LogLine['level'], subject: string | null, text: string): void;
  clock: Clock;
  /** Whether the lab sets the clocks of its boards. */
  clocks: { readonly setsClocks: boolean };
  /** Milliseconds since 1970. */
  wallMs(): number;
}
