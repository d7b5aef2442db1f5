import { CurlewError } from '../../contract/error.ts';
import { isOwnModel, type OwnModels } from '../../own-models/own-models.ts';
import type { OwnEncoder } from './encoder-choice.ts';
import type { TrainingParams } from './params.ts';

/**
 * The model of the person's own that is to be trained on; null where an encoder of a bank is.
 * @throws CurlewError EXPERT_NOT_FOUND; REQUEST_INVALID where it has no embedding, or masks are to cover its log-mel
 */
export function ownEncoderOf(
  { encoder: id, augmentation }: Pick<TrainingParams, 'encoder' | 'augmentation'>,
  models: Pick<OwnModels, 'get'>,
): OwnEncoder | null {
  if (!isOwnModel(id)) return null;
  const { folder, record } = models.get(id);
  const { name, embedding, sampleRate: rate, windowSamples, hopSamples } = record.description;
  if (embedding === null)
    throw new CurlewError(
      'REQUEST_INVALID',
      `${name} has no embedding to train on: name that output as “embedding” in its .json, and add it again.`,
      { modelId: id },
    );
  if (augmentation.includes('masks'))
    throw new CurlewError(
      'REQUEST_INVALID',
      'Masks cover the log-mel of this lab, which a model of your own does not hear: choose other augmentations.',
    );
  return { id, name, folder, sha256: record.sha256, hearing: { rate, windowSamples, hopSamples } };
}
