/** All that a board, or the engine, needs to answer as an expert or a router does. */
import type { EngineImages } from '../../devices/engine/engine.ts';
import { CurlewError } from '../contract/error.ts';
import type { EncoderInfo, ExpertInfo, RouterInfo } from '../contract/types.ts';

/** What is needed of the banks. */
export interface ModelSource {
  readonly routers: readonly Pick<RouterInfo, 'id' | 'name' | 'experts' | 'encoder'>[];
  readonly encoders: readonly Pick<EncoderInfo, 'id' | 'imageSha256'>[];
  /** @throws CurlewError EXPERT_NOT_FOUND */
  expert(expertId: string): Pick<ExpertInfo, 'name' | 'classes' | 'encoder'>;
  /** @throws CurlewError EXPERT_NOT_FOUND, FILE_NOT_FOUND, FILE_DAMAGED */
  file(id: string, file: 'image'): Promise<Uint8Array>;
  image(sha256: string): Promise<Uint8Array | null>;
}

/** @param modelId of an expert or a router @throws CurlewError EXPERT_NOT_FOUND, FILE_NOT_FOUND, FILE_DAMAGED */
export async function imagesOfModel(bank: ModelSource, modelId: string): Promise<EngineImages> {
  const router = bank.routers.find(({ id }) => id === modelId);
  const ids = router ? router.experts : [modelId];
  const asked = [...(router ? [router] : []), ...ids.map((id) => bank.expert(id))];
  const encoders = [...new Set(asked.flatMap(({ encoder }) => encoder ?? []))];
  return {
    encoders: await Promise.all(encoders.map((id) => encoderImage(bank, id))),
    router: router ? await bank.file(router.id, 'image') : null,
    experts: await Promise.all(ids.map((id) => bank.file(id, 'image'))),
  };
}

async function encoderImage(bank: ModelSource, encoderId: string): Promise<Uint8Array> {
  const info = bank.encoders.find(({ id }) => id === encoderId);
  const image = info ? await bank.image(info.imageSha256) : null;
  if (image) return image;
  throw new CurlewError('ENCODER_MISSING', `No bank has an encoder “${encoderId}”.`, { encoderId });
}
