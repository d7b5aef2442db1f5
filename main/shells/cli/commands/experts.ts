/** `curlew experts`: experts, routers and encoders of all banks. */
import { count } from '../../../contract/figures.ts';
import type { LabClient } from '../../../contract/client.ts';
import type { Answer, Commands } from '../command.ts';
import { kilobytes, percent, table, type Row } from '../output.ts';

export const expertCommands: Commands = {
  experts: {
    usage: '',
    about: 'experts, routers and encoders of all banks',
    options: [],
    run: (client) => experts(client),
  },
  'experts delete': {
    usage: 'BANK [BOARD...]',
    about: 'for good, a bank of this lab’s own; boards that run it are named',
    options: [],
    async run(client, { words }) {
      const [bank, ...boards] = words as [string, ...string[]];
      await client.request('experts.deleteBank', { bank, boards });
      return { text: `The bank ${bank} is deleted.`, json: { bank } };
    },
  },
};

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
      'precision' in one ? String(one.precision) : `router of ${one.experts.length}`,
      kilobytes(one.imageBytes),
      `${percent(one.accuracy)} ${one.heldOutFold === null ? 'validation' : `fold ${one.heldOutFold}`}`,
    ]);
  const ears = encoders
    .filter(isMine)
    .map((one): Row => [
      one.id,
      one.bank,
      String(one.version),
      count(one.embeddingSize, 'number'),
      kilobytes(one.imageBytes),
      '',
    ]);
  return {
    text: table(['id', 'bank', 'version', 'precision', 'image', 'accuracy'], [...rows, ...ears]),
    json: { experts: list, routers, encoders },
  };
}
