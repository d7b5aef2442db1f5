/** What the lab does for requests about a board's flash, and for deployments. */
import { format } from '../../../models/packing/format.ts';
import { signatureBlockBytes } from '../../../models/packing/sign.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Asker } from '../../contract/roles.ts';
import type { BoardLogKind, ExpertStore, Job } from '../../contract/types.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { readWhole } from '../../regular-file.ts';
import type { SignedImages } from '../../store/signed-images.ts';
import type { imageRequests } from '../contract/images.ts';
import { deploymentOf, type Deployment } from '../deployment.ts';
import { expertStoreOf } from '../expert-store.ts';
import type { Fleet } from '../fleet.ts';
import { deploymentTitle, type NotedDeploy } from '../noted-deploy.ts';
import type { Session } from '../session.ts';
import { refusedFor } from '../trouble.ts';

/** With its signature. */
const mostImageBytes = format.longestImage + signatureBlockBytes;

interface Rooms {
  fleet: Fleet;
  bank: Banks;
  jobs: Jobs;
  files: AllowedPaths;
  signedImages: SignedImages;
  deploy: NotedDeploy;
}

export function imageHandlers(rooms: Rooms): HandlersOf<typeof imageRequests> {
  const { fleet, bank, files, jobs } = rooms;

  const slots = async (session: Session) =>
    expertStoreOf(await session.connected().slots(), rooms.signedImages);

  /**
   * Changes slots with the board to itself, then tells how they stand.
   * @param noted what goes into the board's log, of the slots as they were and as they are
   */
  const changeSlots = async (
    boardId: string,
    change: Parameters<Session['exclusive']>[0],
    noted: (before: ExpertStore, after: ExpertStore) => [kind: BoardLogKind, text: string],
    by: Asker | null | undefined,
  ) => {
    const session = fleet.session(boardId);
    const before = await slots(session);
    await session.exclusive(change);
    await session.refresh();
    const after = await slots(session);
    session.note(...noted(before, after), { by });
    return after;
  };

  const fromBank = (sha256: string) => bank.image(sha256);

  const startDeploy = (
    boardId: string,
    deployment: Deployment,
    {
      activate,
      signWith,
      by,
    }: { activate: boolean; signWith: string | undefined; by: Asker | null | undefined },
  ): Job => {
    const session = fleet.session(boardId);
    const title = deploymentTitle(deployment);
    return jobs.start({
      kind: 'deploy',
      title: `Deploy ${title} to ${session.state.name}`,
      reads: [title],
      writes: [session.state.name],
      canPause: false,
      run: ({ signal, progress }) =>
        rooms.deploy(session, deployment, { activate, signWith, by, signal, progress }),
    });
  };

  return {
    'slots.list': ({ boardId }) => slots(fleet.session(boardId)),
    'slots.activate': ({ boardId, slots, router = null }, _role, by) =>
      changeSlots(
        boardId,
        (board) => board.activate({ slots, router }),
        (before, after) =>
          after.active.length === 0
            ? ['stopped', `${runningOf(before)} was stopped: nothing answers.`]
            : ['activated', `${runningOf(after)} was activated.`],
        by,
      ),
    'slots.erase': ({ boardId, slot }, _role, by) =>
      changeSlots(
        boardId,
        (board) => board.erase(slot),
        (before) => ['erased', `Slot ${slot}, ${nameIn(before, slot)}, was erased.`],
        by,
      ),
    'slots.rollback': async ({ boardId }, _role, by) => {
      try {
        return await changeSlots(
          boardId,
          (board) => board.rollback(),
          (before, after) => ['rolled back', `Back from ${runningOf(before)} to ${runningOf(after)}.`],
          by,
        );
      } catch (thrown) {
        const reason = refusedFor(thrown);
        if (reason !== 'not_verified') throw thrown;
        const { name } = fleet.session(boardId).state;
        throw new CurlewError(
          'BOARD_REFUSED',
          `There is no earlier bank on ${name} to go back to.`,
          { reason },
          { cause: thrown },
        );
      }
    },
    'slots.confirm': ({ boardId }, _role, by) =>
      changeSlots(
        boardId,
        (board) => board.confirm(),
        (_before, after) => ['confirmed', `The trial of ${runningOf(after)} is over: it stays.`],
        by,
      ),
    'deploy.start': async ({ boardId, expertId, activate = true, signWith }, _role, by) => {
      const deployment = await deploymentOf([await bank.file(expertId, 'image')], fromBank);
      return startDeploy(boardId, deployment, { activate, signWith, by });
    },
    'deploy.files': async ({ boardId, paths, activate = true, signWith }, role, by) => {
      const images = await Promise.all(
        paths.map(async (path) => readWhole(await files.resolve(path, role), mostImageBytes, 'an image')),
      );
      return startDeploy(boardId, await deploymentOf(images, fromBank), { activate, signWith, by });
    },
  };
}

const nameIn = ({ slots }: ExpertStore, slot: number): string =>
  slots.find((one) => one.slot === slot)?.name || 'a part of an upload';

/** What answers: the router where there is one. */
function runningOf(store: ExpertStore): string {
  const slot = store.router ?? store.active[0];
  return slot === undefined ? 'nothing' : nameIn(store, slot);
}
