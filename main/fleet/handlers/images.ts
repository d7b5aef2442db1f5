/** What the lab does for requests about a board's flash, and for deployments. */
import { count } from '../../contract/figures.ts';
import { format } from '../../../models/packing/format.ts';
import { signatureBlockBytes } from '../../../models/packing/sign.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Keys } from '../../keys/keys.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { readWhole } from '../../regular-file.ts';
import type { BoardStore } from '../../store/board-store.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { SignedImages } from '../../store/signed-images.ts';
import type { imageRequests } from '../contract/images.ts';
import { deploy } from '../deploy.ts';
import { deploymentOf, imagesOf, type DeployImage, type Deployment } from '../deployment.ts';
import { expertStoreOf } from '../expert-store.ts';
import type { Fleet } from '../fleet.ts';
import type { Session } from '../session.ts';

/** With its signature. */
const mostImageBytes = format.longestImage + signatureBlockBytes;

interface Rooms {
  fleet: Fleet;
  bank: Banks;
  keys: Keys;
  jobs: Jobs;
  files: AllowedPaths;
  boards: BoardStore;
  signedImages: SignedImages;
  images: KnownImages;
}

export function imageHandlers(rooms: Rooms): HandlersOf<typeof imageRequests> {
  const { fleet, bank, files, jobs } = rooms;

  const slots = async (session: Session) =>
    expertStoreOf(await session.connected().slots(), rooms.signedImages);

  /** Changes slots with the board to itself, then tells how they stand. */
  const changeSlots = async (boardId: string, change: Parameters<Session['exclusive']>[0]) => {
    const session = fleet.session(boardId);
    await session.exclusive(change);
    await session.refresh();
    return slots(session);
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
    const title = deployment.router ? `${name} and its ${count(deployment.experts.length, 'expert')}` : name;
    return jobs.start({
      kind: 'deploy',
      title: `Deploy ${title} to ${session.state.name}`,
      reads: [title],
      writes: [session.state.name],
      canPause: false,
      async run({ signal, progress }) {
        const { sign } = rooms.keys;
        await rooms.images.keep(
          imagesOf(deployment).map((one) => ({ ...one, topK: one.kind === 'router' ? one.topK : null })),
        );
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

  return {
    'slots.list': ({ boardId }) => slots(fleet.session(boardId)),
    'slots.activate': ({ boardId, slots, router = null }) =>
      changeSlots(boardId, (board) => board.activate({ slots, router })),
    'slots.erase': ({ boardId, slot }) => changeSlots(boardId, (board) => board.erase(slot)),
    'slots.rollback': async ({ boardId }) => {
      try {
        return await changeSlots(boardId, (board) => board.rollback());
      } catch (thrown) {
        const reason = thrown instanceof CurlewError ? thrown.context['reason'] : null;
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
    'slots.confirm': ({ boardId }) => changeSlots(boardId, (board) => board.confirm()),
    'deploy.start': async ({ boardId, expertId, activate = true, signWith }) =>
      startDeploy(
        boardId,
        await deploymentOf([await bank.file(expertId, 'image')], fromBank),
        activate,
        signWith,
      ),
    'deploy.files': async ({ boardId, paths, activate = true, signWith }, role) => {
      const images = await Promise.all(
        paths.map(async (path) => readWhole(await files.resolve(path, role), mostImageBytes, 'an image')),
      );
      return startDeploy(boardId, await deploymentOf(images, fromBank), activate, signWith);
    },
  };
}
