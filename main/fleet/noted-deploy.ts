/** A deployment with what is kept of it: what the images are called, the board's log, and what was deployed to whom. */
import { count } from '../contract/figures.ts';
import { toCurlewError } from '../contract/error.ts';
import type { Asker } from '../contract/roles.ts';
import type { DeployResult } from '../contract/types.ts';
import type { Keys } from '../keys/keys.ts';
import type { BoardStore } from '../store/board-store.ts';
import type { KnownImages } from '../store/known-images.ts';
import type { SignedImages } from '../store/signed-images.ts';
import { deploy, type DeployOptions } from './deploy.ts';
import { imagesOf, type DeployImage, type Deployment } from './deployment.ts';
import type { Session } from './session.ts';

export interface NotedDeployRooms {
  keys: Pick<Keys, 'sign'>;
  boards: Pick<BoardStore, 'deployed'>;
  signedImages: SignedImages;
  images: KnownImages;
}

export type NotedDeploy = (
  session: Session,
  deployment: Deployment,
  options: Pick<DeployOptions, 'activate' | 'signal' | 'progress' | 'signWith'> & {
    by?: Asker | null | undefined;
  },
) => Promise<DeployResult>;

/** What is deployed, for a person. */
export function deploymentTitle(deployment: Deployment): string {
  const { name } = chief(deployment);
  return deployment.router ? `${name} and its ${count(deployment.experts.length, 'expert')}` : name;
}

const chief = ({ router, experts }: Deployment): DeployImage => router ?? (experts[0] as DeployImage);

/** The deployment rejects as `deploy` does. */
export const notedDeploy =
  ({ keys, boards, signedImages, images }: NotedDeployRooms): NotedDeploy =>
  async (session, deployment, { by, ...options }) => {
    const title = deploymentTitle(deployment);
    const { name, sha256 } = chief(deployment);
    await images.keep(
      imagesOf(deployment).map((one) => ({ ...one, topK: one.kind === 'router' ? one.topK : null })),
    );
    try {
      const result = await deploy(session, deployment, { ...options, sign: keys.sign, signedImages });
      session.note('deployed', deployedText(title, result), { by });
      await boards.deployed(result, { name, sha256 });
      return result;
    } catch (thrown) {
      const why = options.signal.aborted ? 'It was cancelled.' : toCurlewError(thrown).message;
      session.note('deployed', `${title} was not deployed. ${why}`, { by, level: 'warning' });
      throw thrown;
    }
  };

function deployedText(title: string, { slots, router, activated }: DeployResult): string {
  const all = [...slots, ...(router === null ? [] : [router])];
  const where = `${all.length === 1 ? 'slot' : 'slots'} ${all.join(', ')}`;
  return `${title}: deployed to ${where}${activated ? ' and activated' : ''}.`;
}
