/** Who needs a bank: boards that run it, and jobs that are not over. */
import type { Board, BankUse, Job } from '../contract/types.ts';
import type { Banks } from './banks.ts';

export interface BankUsers {
  /** As the fleet lists them. */
  boards(): Board[];
  /** What each board was last made to run, whether it is there or not. */
  lastDeployed(): Promise<{ id: string; name: string; sha256: string }[]>;
  /** Jobs that are not over, with what they were started with. */
  unfinished(): { job: Job; params: unknown }[];
}

/** @throws CurlewError EXPERT_NOT_FOUND */
export async function bankUse(banks: Banks, bank: string, users: BankUsers): Promise<BankUse> {
  const { bytes, ids, images } = banks.contents(bank);
  const listed = users.boards();
  const attached = listed.filter(({ state }) => state === 'attached' || state === 'busy');
  const running = attached.filter(({ activeExpert }) => activeExpert && images.has(activeExpert.sha256));
  const away = (await users.lastDeployed()).filter(
    ({ id, sha256 }) => images.has(sha256) && !attached.some((one) => one.id === id),
  );
  return {
    bytes,
    boards: [
      ...running.map(({ id, name }) => ({ id, name, away: false })),
      ...away.map(({ id, name }) => ({ id, name, away: true })),
    ],
    jobs: users
      .unfinished()
      .filter(({ params }) => names(params, ids))
      .map(({ job: { id, title } }) => ({ id, title })),
  };
}

/** Whether one of the ids is among what a job was started with. */
function names(params: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof params !== 'object' || params === null) return false;
  return Object.values(params).some((value) => typeof value === 'string' && ids.has(value));
}
