/** What the lab does for requests about banks and their clips. */
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { BankUse } from '../contract/types.ts';
import type { HandlersOf } from '../dispatch.ts';
import { audioOf } from '../recordings/audio-of.ts';
import { bankUse, type BankUsers } from './bank-use.ts';
import type { Banks } from './banks.ts';
import type { bankRequests } from './contract.ts';

export interface BankRooms {
  bank: Banks;
  background: Background;
  users: BankUsers;
}

export const bankHandlers = ({ bank, background, users }: BankRooms): HandlersOf<typeof bankRequests> => ({
  'experts.list': () => bank.experts,
  'experts.routers': () => bank.routers,
  'experts.encoders': () => bank.encoders,
  'experts.file': ({ expertId, file }) => bank.file(expertId, file),
  'experts.bankUse': ({ bank: name }) => bankUse(bank, name, users),
  'experts.deleteBank': async ({ bank: name, boards = [] }) => {
    requireUnused(name, await bankUse(bank, name, users), boards);
    await bank.remove(name);
    return null;
  },

  'clips.list': () => bank.clips,
  'clips.audio': async ({ clipId }) => audioOf(await background.run('decode', bank.clipPath(clipId))),
});

/** @param known boards that may go on with what they hold */
function requireUnused(bank: string, { boards, jobs }: BankUse, known: readonly string[]): void {
  const [job] = jobs;
  if (job) {
    throw new CurlewError(
      'BANK_IN_USE',
      `“${job.title}” is not over and needs the bank ${bank}: let it end, or cancel it first.`,
      { bank, jobs: jobs.map(({ id }) => id) },
    );
  }
  const others = boards.filter(({ id }) => !known.includes(id));
  if (others.length === 0) return;
  const names = others.map(({ id, name, away }) => `${name} (${id}${away ? ', away' : ''})`).join(', ');
  throw new CurlewError(
    'BANK_IN_USE',
    `The bank ${bank} runs on ${names}. What a board holds it keeps, but the lab can no longer compare it or deploy it ` +
      'again. To delete it all the same, name the boards: “curlew experts delete BANK BOARD”.',
    { bank, boards: others.map(({ id }) => id) },
  );
}
