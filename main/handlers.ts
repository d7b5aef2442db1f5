/** What the lab does for each request of the contract; the rooms do the work. */
import { readFile } from 'node:fs/promises';
import { CurlewError } from './contract/error.ts';
import type { EventName, LabEvents } from './contract/events.ts';
import type { Audio16k, Job, LabInfo } from './contract/types.ts';
import { dataSetInfo } from './datasets/data-set-info.ts';
import { readDataset } from './datasets/read-dataset.ts';
import type { Handlers } from './dispatch.ts';
import type { Banks } from './experts.ts';
import { deploy } from './fleet/deploy.ts';
import { deploymentOf, type DeployImage, type Deployment } from './fleet/deployment.ts';
import type { EmulatedBoards } from './fleet/emulated-boards.ts';
import { expertStoreOf } from './fleet/expert-store.ts';
import type { Fleet } from './fleet/fleet.ts';
import { play } from './fleet/play.ts';
import type { MadePort, PortDirectory } from './fleet/port-directory.ts';
import type { Session } from './fleet/session.ts';
import { telemetryCsv } from './fleet/telemetry-csv.ts';
import type { VirtualBoards } from './fleet/virtual-boards.ts';
import type { Classification } from './jobs/classify/classification.ts';
import type { Jobs } from './jobs/jobs.ts';
import { given } from './jobs/study/params.ts';
import type { Studies } from './jobs/study/studies.ts';
import type { Keys } from './keys/keys.ts';
import type { Log } from './log.ts';
import type { AllowedPaths } from './recordings/allowed-paths.ts';
import { decodeAll, toInt16 } from './recordings/pcm16k.ts';
import type { BoardStore } from './store/board-store.ts';
import type { SignedImages } from './store/signed-images.ts';
import type { TelemetryStore } from './store/telemetry-store.ts';

export interface Rooms {
  info: LabInfo;
  log: Log;
  ports: PortDirectory;
  fleet: Fleet;
  virtual: VirtualBoards;
  emulated: EmulatedBoards;
  bank: Banks;
  keys: Keys;
  jobs: Jobs;
  classification: Classification;
  studies: Studies;
  files: AllowedPaths;
  telemetry: TelemetryStore;
  boards: BoardStore;
  signedImages: SignedImages;
  emit<E extends EventName>(event: E, payload: LabEvents[E]): void;
}

export function handlersOf(rooms: Rooms): Handlers {
  const { fleet, jobs, bank, keys, files, telemetry } = rooms;

  const slots = async (session: Session) =>
    expertStoreOf(await session.connected().slots(), rooms.signedImages);

  /** Changes slots with the board to itself, then tells how they stand. */
  const changeSlots = async (boardId: string, change: Parameters<Session['exclusive']>[0]) => {
    const session = fleet.session(boardId);
    await session.exclusive(change);
    await session.refresh();
    return slots(session);
  };

  const attachMade = (made: MadePort) => {
    rooms.ports.add(made);
    return fleet.attach(made.port.id);
  };

  const fromBank = (sha256: string) => bank.image(sha256);

  const startDeploy = (
    boardId: string,
    deployment: Deployment,
    activate: boolean,
    signWith?: string,
  ): Job => {
    const session = fleet.session(boardId);
    const { name, sha256 } = deployment.router ?? (deployment.experts[0] as DeployImage);
    const title = deployment.router ? `${name} and its ${deployment.experts.length} experts` : name;
    return jobs.start({
      kind: 'deploy',
      title: `Deploy ${title} to ${session.state.name}`,
      canPause: false,
      async run({ signal, progress }) {
        const { sign } = keys;
        const result = await deploy(session, deployment, {
          activate,
          signal,
          progress,
          sign,
          signWith,
          signedImages: rooms.signedImages,
        });
        await rooms.boards.deployed(result, { name, sha256 });
        return result;
      },
    });
  };

  /** Changes how a board is, then tells how it stands. */
  const changeBoard = async (boardId: string, change: Parameters<Session['exclusive']>[0]) => {
    const session = fleet.session(boardId);
    await session.exclusive(change);
    await session.refresh();
    return session.state;
  };

  return {
    'lab.info': () => rooms.info,
    'lab.log': ({ limit }) => rooms.log.lines(limit),

    'ports.list': () => fleet.listPorts(),
    'boards.list': () => fleet.boards(),
    'boards.attach': ({ portId, baudRate }) => fleet.attach(portId, baudRate),
    'boards.detach': async ({ boardId }) => (await fleet.detach(boardId), null),
    'boards.reset': async ({ boardId }) => (await fleet.session(boardId).connected().reset(), null),
    'boards.addVirtual': () => attachMade(rooms.virtual.create()),
    'boards.machines': () => rooms.emulated.machines(),
    'boards.addQemu': ({ machine }) => attachMade(rooms.emulated.create(machine)),
    'boards.listen': async ({ boardId, on, clipId }) => {
      const session = fleet.session(boardId);
      if (clipId !== undefined) {
        const pcm = on ? toInt16(await decodeAll(bank.clipPath(clipId))) : null;
        rooms.virtual.setMicrophone(session.port.id, pcm);
      }
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

    'experts.list': () => bank.experts,
    'experts.routers': () => bank.routers,
    'experts.encoders': () => bank.encoders,
    'experts.file': ({ expertId, file }) => bank.file(expertId, file),

    'experts.deleteBank': async ({ bank: name }) => (await bank.remove(name), null),
    'experts.importEncoder': async ({ path, name, recordings }) =>
      rooms.studies.importEncoder({
        path: await files.resolve(path),
        name,
        recordings: await files.resolve(recordings),
      }),

    'datasets.inspect': async ({ path, ...options }) =>
      dataSetInfo(
        await readDataset(await files.resolve(path), {
          ...given(options),
          allowed: (real) => files.permits(real),
        }),
      ),
    'train.start': async ({ path, ...asked }) =>
      rooms.studies.train({ ...asked, path: await files.resolve(path) }),
    'evaluate.start': async ({ path, ...asked }) =>
      rooms.studies.evaluate({ ...asked, path: await files.resolve(path) }),
    'train.curves': ({ jobId }) => rooms.studies.curves(jobId),
    'evaluate.file': ({ jobId, name }) => rooms.studies.file(jobId, name),

    'keys.list': () => keys.list(),
    'keys.create': ({ name }) => keys.create(name),
    'keys.delete': async ({ keyId }) => {
      const user = fleet.boards().find((board) => board.keyId === keyId);
      if (user) {
        throw new CurlewError(
          'KEY_IN_USE',
          `${user.name} takes only what is signed with this key: give it another key, or none, first.`,
          { keyId, boardId: user.id },
        );
      }
      await keys.delete(keyId);
      return keys.list();
    },
    'keys.export': ({ keyId }) => keys.exportPublic(keyId),

    'slots.list': ({ boardId }) => slots(fleet.session(boardId)),
    'slots.activate': ({ boardId, slots, router = null }) =>
      changeSlots(boardId, (board) => board.activate({ slots, router })),
    'slots.erase': ({ boardId, slot }) => changeSlots(boardId, (board) => board.erase(slot)),
    'slots.rollback': ({ boardId }) => changeSlots(boardId, (board) => board.rollback()),
    'slots.confirm': ({ boardId }) => changeSlots(boardId, (board) => board.confirm()),
    'deploy.start': async ({ boardId, expertId, activate = true, signWith }) =>
      startDeploy(
        boardId,
        await deploymentOf([await bank.file(expertId, 'image')], fromBank),
        activate,
        signWith,
      ),
    'deploy.files': async ({ boardId, paths, activate = true, signWith }) => {
      const images = await Promise.all(paths.map(async (path) => readWhole(await files.resolve(path))));
      return startDeploy(boardId, await deploymentOf(images, fromBank), activate, signWith);
    },

    'clips.list': () => bank.clips,
    'clips.audio': async ({ clipId }) => audioOf(toInt16(await decodeAll(bank.clipPath(clipId)))),
    'play.start': async ({ boardId, source }) => {
      const session = fleet.session(boardId);
      const path = source.kind === 'clip' ? bank.clipPath(source.clipId) : await files.resolve(source.path);
      const job: Job = jobs.start({
        kind: 'play',
        title: `Play ${source.kind === 'clip' ? source.clipId : path} at ${session.state.name}`,
        canPause: false,
        async run({ signal, progress }) {
          progress(0, 'decoding');
          const pcm = toInt16(await decodeAll(path, { signal }));
          const onWindow = (result: LabEvents['window']['result']) =>
            rooms.emit('window', { jobId: job.id, result });
          return play(session, pcm, { signal, progress, onWindow });
        },
      });
      return job;
    },

    'telemetry.records': ({ boardId, limit }) => telemetry.records(boardId, limit),
    'telemetry.summary': ({ boardId }) => telemetry.summary(boardId),
    'telemetry.export': async ({ boardId }) =>
      telemetryCsv(boardId, await telemetry.records(boardId, 1_000_000)),

    'jobs.list': () => jobs.list(),
    'jobs.pause': ({ jobId }) => jobs.pause(jobId),
    'jobs.resume': ({ jobId }) => jobs.resume(jobId),
    'jobs.cancel': ({ jobId }) => jobs.cancel(jobId),

    'files.browse': ({ path }) => files.browse(path),
    'recordings.inspect': async ({ path }) => rooms.classification.inspect(await files.resolve(path)),
    'recordings.audio': async ({ path, startS, durationS }) =>
      audioOf(toInt16(await rooms.classification.audio(await files.resolve(path), startS, durationS))),
    'classify.start': async ({ paths, expertId }) =>
      rooms.classification.start(await Promise.all(paths.map((path) => files.resolve(path))), expertId),
    'classify.files': ({ jobId }) => rooms.classification.files(jobId),
    'classify.detections': ({ jobId, path }) => rooms.classification.detections(jobId, path),
    'classify.export': ({ jobId, format }) => rooms.classification.export(jobId, format),
  };
}

const audioOf = (pcm: Int16Array): Audio16k => ({
  pcm: new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength),
  samples: pcm.length,
});

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw new CurlewError('FILE_UNREADABLE', `${path} cannot be read: ${(thrown as Error).message}.`, {
      path,
    });
  }
}
