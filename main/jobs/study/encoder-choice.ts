import { basename } from 'node:path';
import type { Clip, Dataset } from '../../datasets/dataset.ts';
import type { Banks, UsableEncoder } from '../../experts.ts';

/** Which encoder makes the embeddings: an encoder's id; `auto`: one that can be tested honestly; `statistics`. */
export type EncoderChoice = string;

export interface ChosenEncoder {
  /** null: the log-mel's statistics */
  readonly encoder: UsableEncoder | null;
  /** it heard no recording that it is tested with */
  readonly heldOut: boolean;
}

/**
 * The encoder for a test on one fold: the first of the banks that heard no recording of it, for `auto`.
 * @param fold that is tested; null: none is
 * @throws CurlewError ENCODER_MISSING
 */
export async function chooseEncoder(
  choice: EncoderChoice,
  banks: Banks,
  dataset: Dataset,
  fold: number | null,
): Promise<ChosenEncoder> {
  if (choice === 'statistics') return { encoder: null, heldOut: true };
  const tested = dataset.clips.filter((clip) => clip.fold === fold).flatMap(recordingsOf);
  const heardNone = (encoder: UsableEncoder) => !tested.some((source) => encoder.heard.has(source));
  if (choice !== 'auto') {
    const encoder = await banks.encoder(choice);
    return { encoder, heldOut: heardNone(encoder) };
  }
  const known = banks.encoders.filter(({ bank }) => bank === 'shipped');
  for (const { id } of known) {
    const encoder = await banks.encoder(id);
    if (heardNone(encoder)) return { encoder, heldOut: true };
  }
  const [first] = known;
  return first
    ? { encoder: await banks.encoder(first.id), heldOut: false }
    : { encoder: null, heldOut: true };
}

/**
 * What a clip may be called on freesound.org: its source, and the number in names as ESC-50 (fold-NUMBER-take-target)
 * and UrbanSound8K (NUMBER-class-occurrence-slice) give them, whatever layout the clips lie in now.
 */
export function recordingsOf({ name, source }: Clip): string[] {
  const file = basename(name);
  const number = /^\d-(\d+)-[A-Z]-\d+\./.exec(file) ?? /^(\d+)-\d+-\d+-\d+\./.exec(file);
  return number ? [source, number[1]!] : [source];
}
