/** A board's entry in the list: what is known of it before it was met, and what it says of itself. */
import type { BoardInfo } from '../../devices/protocol/messages/board-info.ts';
import { CurlewError } from '../contract/error.ts';
import { grouped } from '../contract/figures.ts';
import type { Board, ExpertStore } from '../contract/types.ts';
import type { Place } from './port-directory.ts';

export const otherBoard = ({ id, name, portId }: Pick<Board, 'id' | 'name' | 'portId'>): CurlewError =>
  new CurlewError('PORT_LOST', `Another board, ${name} (${id}), is at ${portId} now.`, {
    port: portId,
    boardId: id,
  });

const causes: Record<string, string> = {
  power: 'its power came back, or it was switched on',
  request: 'it was told to',
  watchdog: 'its watchdog found that it no longer went on',
  fault: 'its processor met a fault',
  pin: 'its reset button was pressed',
  'brown-out': 'its supply fell too low for a while',
};

/** What a restart was for, where the board tells. */
export const restartText = ({ name, cause }: Pick<Board, 'name' | 'cause'>): string =>
  `${name} has restarted: ${causes[cause] ?? 'it does not say why'}.`;

export const repeatedText = 'Records came that the lab had, or twice; each is stored once.';
/** @param last the sequence number after which they went back */
export const countedBackText = (last: number): string =>
  `After record ${grouped(last)} the sequence numbers went back without a restart: what is recorded since cannot be told ` +
  'from what is stored, and is left out. Reset the board: it counts anew then.';

export const factsOf = (info: BoardInfo): Partial<Board> => ({
  name: info.name,
  kind: info.kind,
  simulated: info.simulated,
  profile: info.profile,
  firmware: info.firmware,
  bootId: info.bootId,
  hasAudioSource: info.hasAudioSource,
  continuous: info.listening,
  supplyMillivolts: info.supplyMillivolts,
  temperatureC: info.temperatureC,
  cause: info.cause,
  starts: info.starts,
  freeFlashBytes: info.freeFlashBytes,
  keyId: info.keyId,
  rollbackProtected: info.protected,
});

/** What answers on it, and whether that is on trial. */
export function runningOn(store: ExpertStore): Pick<Board, 'activeExpert' | 'activeRouter' | 'trial'> {
  const [expert] = store.active.map((slot) => store.slots.find((one) => one.slot === slot));
  const router = store.slots.find((one) => one.slot === store.router);
  const activeExpert = expert && {
    ...{ name: expert.name, version: expert.version, sha256: expert.sha256 },
    ...{ bits: expert.bits, ternary: expert.ternary },
  };
  return {
    activeExpert: activeExpert ?? null,
    activeRouter: router
      ? { name: router.name, version: router.version, sha256: router.sha256, experts: store.active.length }
      : null,
    trial: store.trial,
  };
}

/** The lab itself runs such a board. */
export const isOfLab = (kind: Board['portKind']): boolean => kind === 'virtual' || kind === 'qemu';

export const blank = (entry: number, { port }: Place): Board => ({
  entry,
  id: `port:${port.id}`,
  portId: port.id,
  portKind: port.kind,
  state: 'connecting',
  message: null,
  repeats: 0,
  name: port.id,
  kind: '',
  simulated: isOfLab(port.kind) || port.kind === 'host',
  profile: '',
  firmware: '',
  bootId: 0,
  framing: 'console',
  hasAudioSource: false,
  continuous: false,
  cause: '',
  starts: null,
  freeFlashBytes: null,
  clock: null,
  activeExpert: null,
  activeRouter: null,
  trial: 'none',
  keyId: null,
  rollbackProtected: false,
  supplyMillivolts: null,
  temperatureC: null,
  settings: null,
  lastSeenMs: null,
});
