/** What the lab does for requests about ports and boards. */
import type { Background } from '../../background/background.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { Keys } from '../../keys/keys.ts';
import type { boardRequests } from '../contract/boards.ts';
import type { EmulatedBoards } from '../emulated-boards.ts';
import type { Fleet } from '../fleet.ts';
import type { MadePort, PortDirectory } from '../port-directory.ts';
import type { Session } from '../session.ts';
import type { VirtualBoards } from '../virtual/virtual-boards.ts';

interface Rooms {
  ports: PortDirectory;
  fleet: Fleet;
  virtual: VirtualBoards;
  emulated: EmulatedBoards;
  bank: Banks;
  keys: Keys;
  background: Background;
}

export function boardHandlers(rooms: Rooms): HandlersOf<typeof boardRequests> {
  const { fleet, keys, bank } = rooms;

  const clips = new Map<string, Promise<Int16Array>>();
  /** Decoded once, however many boards hear it. */
  const clip = (clipId: string): Promise<Int16Array> => {
    const path = bank.clipPath(clipId);
    const pcm = clips.get(clipId) ?? rooms.background.run('decode', path);
    clips.set(clipId, pcm);
    pcm.catch(() => clips.delete(clipId));
    return pcm;
  };

  const attachMade = (made: MadePort) => {
    rooms.ports.add(made);
    return fleet.attach(made.port.id);
  };

  /** Changes how a board is, then tells how it stands. */
  const changeBoard = async (boardId: string, change: Parameters<Session['exclusive']>[0]) => {
    const session = fleet.session(boardId);
    await session.exclusive(change);
    await session.refresh();
    return session.state;
  };

  return {
    'ports.list': () => fleet.listPorts(),
    'boards.list': () => fleet.boards(),
    'boards.attach': ({ portId, baudRate }) => fleet.attach(portId, baudRate),
    'boards.detach': async ({ boardId }) => (await fleet.detach(boardId), null),
    'boards.reset': async ({ boardId }) => (await fleet.session(boardId).connected().reset(), null),
    'boards.chips': () => rooms.virtual.chips(),
    'boards.addVirtual': ({ chip }) => attachMade(rooms.virtual.create(chip)),
    'boards.machines': () => rooms.emulated.machines(),
    'boards.addQemu': ({ machine }) => attachMade(rooms.emulated.create(machine)),
    'boards.listen': async ({ boardId, on, clipId }) => {
      const session = fleet.session(boardId);
      if (clipId !== undefined)
        await rooms.virtual.setMicrophone(session.port.id, on ? await clip(clipId) : null);
      await session.exclusive((board) => board.listen(on));
      session.setListening(on);
      return null;
    },

    'boards.settings': ({ boardId }) => fleet.session(boardId).connected().settings(),
    'boards.changeSettings': async ({ boardId, settings }) => {
      await changeBoard(boardId, (board) => board.changeSettings(settings));
      return fleet.session(boardId).connected().settings();
    },
    'boards.setKey': async ({ boardId, keyId, protect }) => {
      const newKey = keyId === null ? null : Buffer.from((await keys.find(keyId)).publicKey, 'hex');
      return changeBoard(boardId, async (board) => {
        try {
          await board.changeKey({ newKey, protect }, keys.sign);
        } catch (thrown) {
          const reason = thrown instanceof CurlewError ? thrown.context['reason'] : null;
          if (reason !== 'not_signed' || newKey === null) throw thrown;
          throw new CurlewError(
            'BOARD_REFUSED',
            'What runs on the board is not signed with this key. Deploy it signed with the key first, then set the key.',
            { reason },
            { cause: thrown },
          );
        }
      });
    },
  };
}
