import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Background } from '../background/background.ts';
import type { Board, Job } from '../contract/types.ts';
import { AllowedPaths } from '../recordings/allowed-paths.ts';
import { resources } from '../resources.ts';
import type { BankUsers } from './bank-use.ts';
import { Banks } from './banks.ts';
import { bankHandlers } from './handlers.ts';

let folder: string;
let bank: Banks;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-banks-'));
  await cp(resources.bank, join(folder, 'own'), { recursive: true });
  bank = await Banks.open(resources.bank, folder);
});
afterEach(() => rm(folder, { recursive: true }));

const image = () => bank.experts.find((one) => one.bank === 'own')!.imageSha256;
const heron = (sha256: string | null, state: Board['state'] = 'attached') =>
  ({ id: 'a', name: 'Heron', state, activeExpert: sha256 === null ? null : { sha256 } }) as Board;
const handlers = (users: Partial<BankUsers>) =>
  bankHandlers({
    bank,
    background: null as unknown as Background,
    files: new AllowedPaths([]),
    keep: [],
    version: '1.2.3',
    users: { boards: () => [], lastDeployed: async () => [], unfinished: () => [], ...users },
  });
const owns = () => bank.experts.some((one) => one.bank === 'own');

test('a bank goes for good, and whoever lists banks is told', async () => {
  let told = 0;
  bank.onChange(() => told++);
  await handlers({})['experts.deleteBank']({ bank: 'own', boards: [] }, 'operator');
  expect([owns(), told]).toEqual([false, 1]);
});

test('a bank that boards run stays until each of them is named', async () => {
  const { 'experts.deleteBank': remove, 'experts.bankUse': use } = handlers({
    boards: () => [heron(image())],
    lastDeployed: async () => [{ id: 'b', name: 'Snipe', sha256: image() }],
  });
  expect((await use({ bank: 'own' }, 'viewer')).boards).toEqual([
    { id: 'a', name: 'Heron', away: false },
    { id: 'b', name: 'Snipe', away: true },
  ]);
  await expect(remove({ bank: 'own', boards: ['a'] }, 'operator')).rejects.toMatchObject({
    code: 'BANK_IN_USE',
    context: { boards: ['b'] },
    message: expect.stringContaining('Snipe (b, away)') as string,
  });
  expect(owns()).toBe(true);
  await remove({ bank: 'own', boards: ['a', 'b'] }, 'operator');
  expect(owns()).toBe(false);
});

test('a board that is there counts by what it tells, not by what was last deployed to it', async () => {
  const lastDeployed = async () => [{ id: 'a', name: 'Heron', sha256: image() }];
  const there = handlers({ boards: () => [heron(null)], lastDeployed });
  expect((await there['experts.bankUse']({ bank: 'own' }, 'viewer')).boards).toEqual([]);
  const gone = handlers({ boards: () => [heron(null, 'absent')], lastDeployed });
  expect((await gone['experts.bankUse']({ bank: 'own' }, 'viewer')).boards).toEqual([
    { id: 'a', name: 'Heron', away: true },
  ]);
});

test('a bank that an unfinished job needs stays', async () => {
  const expertId = bank.experts.find((one) => one.bank === 'own')!.id;
  const job = { id: 'j', title: 'Classify /r' } as Job;
  const { 'experts.deleteBank': remove } = handlers({
    unfinished: () => [{ job, params: { paths: ['/r'], expertId } }],
  });
  await expect(remove({ bank: 'own', boards: [] }, 'operator')).rejects.toMatchObject({
    code: 'BANK_IN_USE',
    context: { jobs: ['j'] },
  });
});

test('the shipped bank is nobody’s to delete', async () => {
  const { 'experts.deleteBank': remove } = handlers({});
  await expect(remove({ bank: 'shipped', boards: [] }, 'operator')).rejects.toMatchObject({
    code: 'EXPERT_NOT_FOUND',
  });
});
