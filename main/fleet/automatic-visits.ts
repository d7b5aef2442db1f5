/** Boards that were away are visited by themselves when they are met again: what they hold is fetched, a sheet is kept. */
import { toCurlewError } from '../contract/error.ts';
import type { LogLine } from '../contract/types.ts';
import type { VisitSettingStore } from '../store/visit-setting.ts';
import { makeVisit, type VisitRooms } from './visits.ts';

interface AutomaticRooms extends VisitRooms {
  setting: Pick<VisitSettingStore, 'setting'>;
  log(level: LogLine['level'], subject: string | null, text: string): void;
}

const hourMs = 3_600_000;
/** A hub may bring back twenty at once: uploads share its line. */
const mostAtOnce = 4;

export class AutomaticVisits {
  private readonly inHand = new Set<string>();
  private readonly waiting: string[] = [];
  private going = 0;

  /** To be made before anybody else who does something with boards that are met: they ask `sees`. */
  constructor(private readonly rooms: AutomaticRooms) {
    rooms.fleet.onMet((boardId, lastThereMs) => this.met(boardId, lastThereMs));
  }

  /** It is being visited, or is about to be. */
  sees(boardId: string): boolean {
    return this.inHand.has(boardId);
  }

  private met(boardId: string, lastThereMs: number | null): void {
    const { setting, wallMs } = this.rooms;
    const { awayHours } = setting.setting;
    // One that is met for the first time was not away.
    if (awayHours === null || lastThereMs === null || wallMs() - lastThereMs < awayHours * hourMs) return;
    if (this.inHand.has(boardId)) return;
    this.inHand.add(boardId);
    this.waiting.push(boardId);
    void this.next();
  }

  private async next(): Promise<void> {
    if (this.going >= mostAtOnce) return;
    const boardId = this.waiting.shift();
    if (boardId === undefined) return;
    this.going++;
    try {
      await makeVisit(boardId, null, this.rooms, true);
    } catch (thrown) {
      const { message } = toCurlewError(thrown);
      this.rooms.log('warning', boardId, `It was away, and was not visited: ${message}`);
    } finally {
      this.going--;
      this.inHand.delete(boardId);
      void this.next();
    }
  }
}
