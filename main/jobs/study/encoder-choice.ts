import { basename } from 'node:path';
import type { Hearing } from '../../datasets/audio.ts';
import type { Clip, Dataset } from '../../datasets/dataset.ts';
import { shippedBank, type Banks, type UsableEncoder } from '../../banks/banks.ts';

/** Which encoder makes the embeddings: an encoder's id; `auto`: one that can be tested honestly; `statistics`. */
export type EncoderChoice = string;

/** What is asked of banks to choose among their encoders. */
export type EncoderBanks = Pick<Banks, 'encoders' | 'heardBy' | 'encoder'>;

/** A model of the person's own whose embedding is trained on. */
export interface OwnEncoder {
  readonly id: string;
  readonly name: string;
  /** Where it lies. */
  readonly folder: string;
  readonly sha256: string;
  readonly hearing: Hearing & { readonly hopSamples: number };
}

export interface ChosenEncoder {
  /** null: the log-mel's statistics, or a model of the person's own */
  readonly encoder: UsableEncoder | null;
  readonly own: OwnEncoder | null;
  /** it heard no recording that it is tested with; null: nobody knows what it heard */
  readonly heldOut: boolean | null;
  /** Recordings that its weights were fitted to; null: nobody knows. */
  readonly heard: ReadonlySet<string> | null;
}

/**
 * The encoder for a test on one fold: the first of the banks that heard no recording of it, for `auto`.
 * @param own that was chosen, if it is a model of the person's own
 * @param fold that is tested; null: none is
 * @throws CurlewError ENCODER_MISSING
 */
export async function chooseEncoder(
  choice: EncoderChoice,
  own: OwnEncoder | null,
  banks: EncoderBanks,
  dataset: Dataset,
  fold: number | null,
): Promise<ChosenEncoder> {
  if (own) return { encoder: null, own, heldOut: null, heard: null };
  if (choice === 'statistics') return { encoder: null, own, heldOut: true, heard: new Set() };
  const tested = dataset.clips.filter((clip) => clip.fold === fold).flatMap(recordingsOf);
  const heardNone = (id: string) => {
    const heard = banks.heardBy(id);
    return !tested.some((source) => heard.has(source));
  };
  const shipped = banks.encoders.filter(({ bank }) => bank === shippedBank).map(({ id }) => id);
  // where every one has heard something of the test, the first will have to do
  const id = choice === 'auto' ? (shipped.find(heardNone) ?? shipped[0]) : choice;
  if (id === undefined) return { encoder: null, own, heldOut: true, heard: new Set() };
  return { encoder: await banks.encoder(id), own, heldOut: heardNone(id), heard: banks.heardBy(id) };
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
