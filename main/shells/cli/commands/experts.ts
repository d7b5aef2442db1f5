/** `curlew experts`: experts, routers and encoders of all banks. */
import { bankHolds, precisionOf, testedOn } from '../../../contract/words.ts';
import { count, percent } from '../../../contract/figures.ts';
import { resolve } from 'node:path';
import { layersByRows } from '../../../../models/encoder/limits.ts';
import type { LabClient } from '../../../contract/client.ts';
import type { EncoderInfo } from '../../../contract/types.ts';
import { given } from '../../../given.ts';
import type { Answer, Commands } from '../command.ts';
import { sizeText, table, type Row } from '../output.ts';
import { confirmed } from '../confirm.ts';
import { outputsOf } from '../outputs-of.ts';

export const expertCommands: Commands = {
  experts: {
    usage: '',
    about: 'experts, routers and encoders of all banks',
    options: [],
    run: (client) => experts(client),
  },
  'experts export': {
    usage: 'BANK FILE [ID]',
    about: 'a bank of this lab’s own as one file, for another lab; with ID one expert or router alone',
    options: ['overwrite'],
    check: (args) => outputsOf(args).file(args.words[1]!),
    async run(client, { words, options }) {
      const [bank, file, member] = words as [string, string, string?];
      const made = await client.request('experts.export', {
        ...{ bank, path: resolve(file), overwrite: options.overwrite ?? false },
        ...given({ member }),
      });
      return { text: `${member ?? bank} is in ${made.path}, ${sizeText(made.bytes)}.`, json: made };
    },
  },
  'experts import': {
    usage: 'FILE',
    about: 'takes in such a file, everything checked; with --name under another name',
    options: ['name'],
    async run(client, { words, options: { name } }) {
      const taken = await client.request('experts.import', { path: resolve(words[0]!), ...given({ name }) });
      const text = taken.present
        ? `The bank ${taken.bank} is here already, the same in all it holds.`
        : `The bank ${taken.bank} is here: ${[count(taken.experts, 'expert'), count(taken.routers, 'router'), count(taken.encoders, 'encoder')].join(', ')}.`;
      return { text, json: taken };
    },
  },
  'experts delete': {
    usage: 'BANK [BOARD...]',
    about: 'for good, a bank of this lab’s own; boards that run it are named',
    options: ['yes'],
    async run(client, args) {
      const [bank, ...boards] = args.words as [string, ...string[]];
      await confirmed(`${await whatGoes(client, bank)} Delete it?`, args);
      await client.request('experts.deleteBank', { bank, boards });
      return { text: `The bank ${bank} is deleted.`, json: { bank } };
    },
  },
};

/** A bank, with all that is deleted with it. @throws CurlewError as experts.bankUse */
async function whatGoes(client: LabClient, bank: string): Promise<string> {
  const [use, experts, routers, encoders] = await Promise.all([
    client.request('experts.bankUse', { bank }),
    client.request('experts.list', {}),
    client.request('experts.routers', {}),
    client.request('experts.encoders', {}),
  ]);
  const of = (all: { bank: string }[]): number => all.filter((one) => one.bank === bank).length;
  const held = bankHolds({ experts: of(experts), routers: of(routers), encoders: of(encoders) });
  return `The bank ${bank} goes for good: ${held}, ${sizeText(use.bytes)}; results and records that name it stay.`;
}

const byRows = ({ memory }: EncoderInfo): string =>
  memory && memory.fusedLayers > 0 ? `, ${layersByRows(memory.fusedLayers)}` : '';

/** @param bank of one bank alone */
export async function experts(client: LabClient, bank?: string): Promise<Answer> {
  const [list, routers, encoders] = await Promise.all([
    client.request('experts.list', {}),
    client.request('experts.routers', {}),
    client.request('experts.encoders', {}),
  ]);
  const isMine = (one: { bank: string }): boolean => bank === undefined || one.bank === bank;
  const rows = [...list, ...routers]
    .filter(isMine)
    .map((one): Row => [
      one.id,
      one.bank,
      String(one.version),
      'precision' in one ? precisionOf(one) : `router of ${one.experts.length}`,
      sizeText(one.imageBytes),
      `${percent(one.accuracy)} of ${testedOn(one)}`,
    ]);
  const ears = encoders
    .filter(isMine)
    .map((one): Row => [
      one.id,
      one.bank,
      String(one.version),
      count(one.embeddingSize, 'number') + byRows(one),
      sizeText(one.imageBytes),
      '',
    ]);
  return {
    text: table(['id', 'bank', 'version', 'precision', 'image', 'accuracy'], [...rows, ...ears]),
    json: { experts: list, routers, encoders },
  };
}
