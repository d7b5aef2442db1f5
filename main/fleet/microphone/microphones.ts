/** How the fleet's microphones are, judged when it is asked, no oftener than every few minutes. */
import type { Background } from '../../background/background.ts';
import { heardHours, type HeardHour } from '../../store/heard-hours.ts';
import type { Store } from '../../store/open-store.ts';
import type { FleetMicrophones, MicrophoneJudgement } from '../contract/microphone.ts';
import type { Details } from '../details/details.ts';
import { neighbourhoods } from '../neighbourhoods.ts';

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
  ofFleet(): Promise<FleetMicrophones> {
    const now = this.rooms.wallMs();
    if (this.judged && Math.abs(now - this.judged.atMs) < judgedEveryMs) return this.judged.all;
    const all = this.judge(now);
    this.judged = { atMs: now, all };
    all.catch(() => (this.judged = null));
    return all;
  }

  private async judge(atMs: number): Promise<FleetMicrophones> {
    const heard = new Map<string, HeardHour[]>();
    for (const one of await heardHours(this.rooms.store, atMs)) {
      const hours = heard.get(one.boardId);
      if (hours) hours.push(one);
      else heard.set(one.boardId, [one]);
    }
    const boards: MicrophoneJudgement[] = [];
    for (const ids of neighbourhoods(this.rooms.details)) {
      const hours = ids.flatMap((id) => heard.get(id) ?? []);
      boards.push(...(await this.rooms.background.run('judgeMicrophones', ids, hours)));
    }
    return { atMs, boards };
  }
}
