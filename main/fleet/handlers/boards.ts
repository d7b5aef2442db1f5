/** What the lab does for requests about ports and boards. */
import type { Background } from '../../background/background.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Emit } from '../../contract/events.ts';
import type { Board } from '../../contract/types.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { Keys } from '../../keys/keys.ts';
import type { BatteryStore } from '../../store/battery-store.ts';
import type { BoardStore } from '../../store/board-store.ts';
import type { TelemetryStore } from '../../store/telemetry-store.ts';
import type { UncertainStore } from '../../store/uncertain-store.ts';
import type { VisitStore } from '../../store/visit-store.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { BoardLog } from '../board-log.ts';
import type { boardLogRequests } from '../contract/board-log.ts';
import type { boardRequests } from '../contract/boards.ts';
import type { Details } from '../details/details.ts';
import type { EmulatedBoards } from '../emulated-boards.ts';
import type { Fleet } from '../fleet.ts';
import { forgetBoard, holdingsOf, removePort } from '../forget-board.ts';
import type { MadePort, PortDirectory } from '../port-directory.ts';
import type { Session } from '../session.ts';
import { settingChanges } from '../setting-changes.ts';
import { refusedFor } from '../trouble.ts';
import type { VirtualBoards } from '../virtual/virtual-boards.ts';

interface Rooms {
  ports: PortDirectory;
  fleet: Fleet;
  boards: BoardStore;
  boardLog: BoardLog;
  details: Details;
  visits: VisitStore;
  batteries: BatteryStore;
  uncertain: UncertainStore;
  alerts: Pick<Alerts, 'forget'>;
  telemetry: TelemetryStore;
  emit: Emit;
  virtual: VirtualBoards;
  emulated: EmulatedBoards;
  bank: Banks;
  keys: Keys;
  background: Background;
}

export function boardHandlers(rooms: Rooms): HandlersOf<typeof boardRequests & typeof boardLogRequests> {
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

  /** A try that fails leaves nothing behind. */
  const attachMade = async (made: MadePort) => {
    const { id } = made.port;
    rooms.ports.add(made);
    try {
      return await fleet.attach(id);
    } catch (thrown) {
      const listed = fleet.boardAt(id);
      if (listed) await fleet.drop(listed.id);
      await rooms.ports.remove(id);
      await fleet.listPorts();
      throw thrown;
    }
  };

  /** Changes how a board is, then tells how it stands. */
  const changeBoard = async (boardId: string, change: Parameters<Session['exclusive']>[0]) => {
    const session = fleet.session(boardId);
    await session.exclusive(change);
    await session.refresh();
    return session;
  };

  return {
    'ports.list': () => fleet.listPorts(),
    'boards.list': () => fleet.boards(),
    'boards.attach': ({ portId, baudRate }) => fleet.attach(portId, baudRate),
    'ports.identify': ({ portId, baudRate }) => fleet.identify(portId, baudRate),
    'ports.remove': async ({ portId }) => (await removePort(portId, rooms), null),
    'boards.detach': async ({ boardId }, _role, by) => (await fleet.detach(boardId, by), null),
    'boards.holdings': ({ boardId }) => holdingsOf(boardId, rooms),
    'boards.forget': async ({ boardId }) => {
      await forgetBoard(boardId, rooms);
      rooms.emit('telemetryDeleted', { boardId });
      return null;
    },
    'boards.log': ({ boardId, limit, before }) => rooms.boardLog.entries(boardId, limit, before),
    'boards.reset': async ({ boardId }, _role, by) => {
      const session = fleet.session(boardId);
      await session.connected().reset();
      session.note('reset', 'It was told to restart.', { by });
      return null;
    },
    'boards.chips': () => rooms.virtual.chips(),
    'boards.addVirtual': ({ chip }) => attachMade(rooms.virtual.create(chip)),
    'boards.machines': () => rooms.emulated.machines(),
    'boards.addQemu': ({ machine }) => attachMade(rooms.emulated.create(machine)),
    'boards.listen': async ({ boardId, on, clipId }, _role, by) => {
      const session = fleet.session(boardId);
      if (clipId !== undefined)
        await rooms.virtual.setMicrophone(session.port.id, on ? await clip(clipId) : null);
      await session.exclusive((board) => board.listen(on));
      session.setListening(on);
      session.note('listening', `Listening was switched ${on ? 'on' : 'off'}.`, { by });
      return null;
    },

    'boards.settings': ({ boardId }) => fleet.session(boardId).connected().settings(),
    'boards.changeSettings': async ({ boardId, settings }, _role, by) => {
      const before = await fleet.session(boardId).connected().settings();
      const session = await changeBoard(boardId, (board) => board.changeSettings(settings));
      const after = await session.connected().settings();
      const changes = settingChanges(before, after);
      if (changes) session.note('settings', changes, { by });
      return after;
    },
    'boards.setKey': async ({ boardId, keyId, protect }, _role, by) => {
      const newKey = keyId === null ? null : Buffer.from((await keys.find(keyId)).publicKey, 'hex');
      const session = await changeBoard(boardId, async (board) => {
        try {
          await board.changeKey({ newKey, protect }, keys.sign);
        } catch (thrown) {
          const reason = refusedFor(thrown);
          if (reason !== 'not_signed' || newKey === null) throw thrown;
          throw new CurlewError(
            'BOARD_REFUSED',
            'What runs on the board is not signed with this key. Deploy it signed with the key first, then set the key.',
            { reason },
            { cause: thrown },
          );
        }
      });
      session.note('key', keyText(session.state), { by });
      return session.state;
    },
  };
}

const keyText = ({ keyId, rollbackProtected }: Board): string =>
  keyId === null
    ? 'It takes any sound image from now on: it has no key.'
    : `It takes only images signed with the key ${keyId} from now on${rollbackProtected ? ', and none older than one that ran' : ''}.`;
