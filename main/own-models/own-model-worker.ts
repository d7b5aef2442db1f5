/** The thread in which a model of one's own is taken in or tried: its graph may be large, slow, or crash the runtime. */
import { offer } from '../threads/offer.ts';
import { takeModel, tryAgain, type TakeOrder } from './take-model.ts';

const side = {
  take: (order: TakeOrder) => takeModel(order, (name) => lab.call('beside', name)),
  tryAgain,
};
export type OwnModelThread = typeof side;

export interface OwnModelLab extends Record<string, (...given: never[]) => unknown> {
  /** The real path of a file beside the graph that is taken in. @throws CurlewError FILE_NOT_FOUND, PATH_NOT_ALLOWED */
  beside(name: string): Promise<string>;
}

const lab = offer<OwnModelLab>(side);
