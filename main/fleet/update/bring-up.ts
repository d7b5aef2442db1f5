/** One board brought to what is wanted of it: its settings, then its bank. */
import { CurlewError } from '../../contract/error.ts';
import type { Asker } from '../../contract/roles.ts';
import type { BoardSettings, WantedOfBoard } from '../../contract/types.ts';
import { difference } from '../contract/wanted.ts';
import { deploymentOf, type Deployment } from '../deployment.ts';
import type { NotedDeploy } from '../noted-deploy.ts';
import type { Session } from '../session.ts';
import { settingChanges } from '../setting-changes.ts';

export interface BringUpRooms {
  deploy: NotedDeploy;
  /** Of the lab's banks, by its SHA-256 (hex); null where none has it. */
  image(sha256: string): Promise<Uint8Array | null>;
}

/**
 * An upload that was cut short goes on where it stopped.
 * @param did told what was changed, when it was
 * @throws CurlewError those of the board and of the port; EXPERT_NOT_FOUND; those of deploying; ABORTED
 */
export async function bringUp(
  session: Session,
  wanted: Pick<WantedOfBoard, 'settings' | 'bank'>,
  rooms: BringUpRooms,
  options: {
    signal: AbortSignal;
    progress(fraction: number, detail: string): void;
    did(what: string): void;
    by: Asker | null;
  },
): Promise<void> {
  const { signal, did } = options;
  // Rejects where it is not there.
  await session.exclusive(() => Promise.resolve(), signal);
  await changeSettings(session, wanted.settings, options);
  const { bank } = wanted;
  const left = difference({ settings: {}, bank }, session.state);
  if (bank === null || !left || left.length === 0 || left.every(({ kind }) => kind === 'trial')) return;
  signal.throwIfAborted();
  const deployment = await deploymentFor(bank, rooms);
  const result = await rooms.deploy(session, deployment, { activate: true, ...options });
  did(`${bank.name}, version ${bank.version}, ${result.sent === 0 ? 'activated' : 'deployed'}`);
}

async function changeSettings(
  session: Session,
  wanted: Partial<BoardSettings>,
  { signal, did, by }: { signal: AbortSignal; did(what: string): void; by: Asker | null },
): Promise<void> {
  if (Object.keys(wanted).length === 0) return;
  const [before, after] = await session.exclusive(async (board) => {
    const before = await board.settings({ signal });
    const left = difference({ settings: wanted, bank: null }, { ...session.state, settings: before });
    if (left?.length === 0) return [before, before];
    return [before, await board.changeSettings({ ...before, ...wanted }, { signal })];
  }, signal);
  const changes = settingChanges(before, after);
  if (changes === null) return;
  await session.refresh();
  session.note('settings', changes, { by });
  did(changes);
}

async function deploymentFor(
  bank: NonNullable<WantedOfBoard['bank']>,
  { image }: BringUpRooms,
): Promise<Deployment> {
  const found = await image(bank.sha256);
  if (found) return deploymentOf([found], image);
  throw new CurlewError(
    'EXPERT_NOT_FOUND',
    `No bank of the lab has ${bank.name}, version ${bank.version}, any more: choose another for the board, or import it again.`,
    { sha256: bank.sha256 },
  );
}
