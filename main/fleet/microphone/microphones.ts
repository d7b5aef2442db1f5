/** How the fleet's microphones are, judged when it is asked, no oftener than every few minutes. */
import type { Background } from '../../background/background.ts';
import { heardHours, packHours } from '../../store/heard-hours.ts';
import type { Store } from '../../store/open-store.ts';
import type { FleetMicrophones, MicrophoneJudgement } from '../contract/microphone.ts';
import type { Details } from '../details/details.ts';
import { neighbourhoods, stillKnown } from '../neighbourhoods.ts';

const judgedEveryMs = 300_000;

interface Rooms {
  store: Store;
  background: Pick<Background, 'run'>;
  details: Pick<Details, 'known' | 'of'>;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

export class Microphones {
  private judged: { atMs: number; all: Promise<FleetMicrophones> } | null = null;

  constructor(private readonly rooms: Rooms) {}

  /** @throws CurlewError of the store */
  async ofFleet(): Promise<FleetMicrophones> {
    const kept = await this.kept();
    return { ...kept, boards: stillKnown(kept.boards, this.rooms.details) };
  }

  private kept(): Promise<FleetMicrophones> {
    const now = this.rooms.wallMs();
    if (this.judged && Math.abs(now - this.judged.atMs) < judgedEveryMs) return this.judged.all;
    const all = this.judge(now);
    this.judged = { atMs: now, all };
    all.catch(() => (this.judged = null));
    return all;
  }

  /** One alone, now, as after a visit; null where the lab does not know it. @throws CurlewError of the store */
  async ofBoard(boardId: string): Promise<MicrophoneJudgement | null> {
    const { store, background, details, wallMs } = this.rooms;
    const ids = neighbourhoods(details).find((some) => some.includes(boardId));
    if (!ids) return null;
    const hours = await heardHours(store, wallMs(), ids);
    const judged = await background.run('judgeMicrophones', ids, packHours(hours, ids));
    return judged.find((one) => one.boardId === boardId) ?? null;
  }

  private async judge(atMs: number): Promise<FleetMicrophones> {
    const heard = await heardHours(this.rooms.store, atMs);
    const boards: MicrophoneJudgement[] = [];
    for (const ids of neighbourhoods(this.rooms.details)) {
      boards.push(...(await this.rooms.background.run('judgeMicrophones', ids, packHours(heard, ids))));
    }
    return { atMs, boards };
  }
}
