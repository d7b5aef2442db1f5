/** A board's entry in the list: what is known of it before it was met, and what it says of itself. */
import type { BoardInfo } from '../../devices/protocol/messages/board-info.ts';
import { CurlewError } from '../contract/error.ts';
import type { Board } from '../contract/types.ts';
import type { Place } from './port-directory.ts';

export const otherBoard = ({ id, name, portId }: Pick<Board, 'id' | 'name' | 'portId'>): CurlewError =>
  new CurlewError('PORT_LOST', `Another board, ${name} (${id}), is at ${portId} now.`, {
    port: portId,
    boardId: id,
  });

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
  keyId: info.keyId,
  rollbackProtected: info.protected,
});

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
  simulated: port.kind === 'virtual' || port.kind === 'qemu' || port.kind === 'host',
  profile: '',
  firmware: '',
  bootId: 0,
  framing: 'console',
  hasAudioSource: false,
  continuous: false,
  cause: '',
  activeExpert: null,
  activeRouter: null,
  trial: 'none',
  keyId: null,
  rollbackProtected: false,
  supplyMillivolts: null,
  temperatureC: null,
  lastSeenMs: null,
});
