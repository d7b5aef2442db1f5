/** The models of a comparison: what a person is told of them, and how their references are asked. */
import { readRouter } from '../../../models/packing/read.ts';
import type { Banks } from '../../banks/banks.ts';
import { imagesOfModel } from '../../banks/model-images.ts';
import type { ContestedModel } from './compare-window.ts';
import type { ComparedModel } from './contract/rows.ts';

export interface Contested {
  readonly told: ComparedModel;
  readonly asked: ContestedModel;
}

/** @param id of an expert or a router @throws CurlewError EXPERT_NOT_FOUND, FILE_NOT_FOUND, FILE_DAMAGED */
export async function contestedModel(banks: Banks, id: string): Promise<Contested> {
  const router = banks.routers.find((one) => one.id === id) ?? null;
  const experts = (router ? router.experts : [id]).map((one) => banks.expert(one));
  const images = await imagesOfModel(banks, id);
  const encoders = experts.map(({ encoder }) => encoder);
  const bytes = [...images.encoders, ...images.experts, ...(images.router ? [images.router] : [])];
  return {
    told: {
      id,
      name: router?.name ?? experts[0]!.name,
      kind: router ? (router.cascade ? 'cascade' : 'router') : 'expert',
      classes: [...experts[0]!.classes],
      experts: experts.map(({ name }) => name),
      imageBytes: bytes.reduce((sum, { length }) => sum + length, 0),
    },
    asked: {
      id,
      expertIds: experts.map((one) => one.id),
      encoders,
      router: router && {
        topK: readRouter(images.router!).router.routing.topK,
        cascade: router.cascade !== null,
        listener: Math.max(0, encoders.indexOf(router.encoder)),
      },
    },
  };
}
