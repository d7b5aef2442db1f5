/** What the lab does for requests about banks and their clips. */
import { rm } from 'node:fs/promises';
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { BankUse } from '../contract/types.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import { audioOf } from '../recordings/audio-of.ts';
import { bankUse, type BankUsers } from './bank-use.ts';
import type { Banks } from './banks.ts';
import type { bankRequests } from './contract.ts';
import { partOf } from './manifests.ts';

export interface BankRooms {
  bank: Banks;
  background: Background;
  users: BankUsers;
  files: AllowedPaths;
  /** Files and folders that no file of a bank is written over. */
  keep: readonly string[];
  /** Of Curlew. */
  version: string;
}

export const bankHandlers = ({
  bank,
  background,
  users,
  files,
  keep,
  version,
}: BankRooms): HandlersOf<typeof bankRequests> => ({
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

  'experts.export': async ({ bank: name, member, path, overwrite = false }, role) => {
    const { folder, manifest } = bank.toExport(name);
    return background.run('writeBankFile', {
      bank: name,
      folder,
      manifest: member === undefined ? manifest : partOf(manifest, member),
      path: await files.place(path, role),
      overwrite,
      keep,
      version,
    });
  },
  'experts.import': async ({ path, name }, role) => {
    const real = await files.resolve(path, role);
    const folder = bank.unfinishedFolder();
    try {
      const taken = await background.run('unpackBankFile', real, folder, name);
      const isNew = await bank.take(folder, taken.bank);
      const { experts, routers, encoders } = taken.manifest;
      return {
        bank: taken.bank,
        present: !isNew,
        experts: experts.length,
        routers: routers.length,
        encoders: encoders.length,
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
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
