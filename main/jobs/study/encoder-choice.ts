import { basename } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import type { Hearing } from '../../datasets/audio.ts';
import type { Clip, Dataset } from '../../datasets/dataset.ts';
import { shippedBank, type Banks, type UsableEncoder } from '../../banks/banks.ts';

/**
 * Which encoder makes the embeddings: an encoder's id; what the ids of several are before a hyphen and a number, each made
 * without another fold, such as `esc10-encoder-small`; `auto`: one that can be tested honestly; `statistics`.
 */
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
 * The encoder for a test on one fold: of several the first that heard no recording of it, or the first of all.
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
  const several = encodersNamed(choice, banks);
  // where every one has heard something of the test, the first will have to do
  const id = several.find(heardNone) ?? several[0];
  if (id === undefined) return { encoder: null, own, heldOut: true, heard: new Set() };
  return { encoder: await banks.encoder(id), own, heldOut: heardNone(id), heard: banks.heardBy(id) };
}

/** @returns ids, at least one; of what is none the choice itself, which the banks refuse */
export function encodersNamed(choice: EncoderChoice, { encoders }: Pick<EncoderBanks, 'encoders'>): string[] {
  const ids = encoders.map(({ id }) => id);
  if (choice === 'auto') return encoders.filter(({ bank }) => bank === shippedBank).map(({ id }) => id);
  if (ids.includes(choice)) return [choice];
  const numbered = ids.filter(
    (id) => id.startsWith(`${choice}-`) && /^\d+$/.test(id.slice(choice.length + 1)),
  );
  return numbered.length > 0 ? numbered : [choice];
}

/** @throws CurlewError REQUEST_INVALID where they are no cascade; ENCODER_MISSING */
export function requireStages(
  { cascade, board }: { readonly cascade: readonly EncoderChoice[]; readonly board: string },
  banks: Pick<EncoderBanks, 'encoders'>,
): void {
  if (cascade.length === 0) return;
  if (cascade.length === 1 || cascade.length > 3 || new Set(cascade).size < cascade.length)
    throw new CurlewError(
      'REQUEST_INVALID',
      'A cascade has two or three stages, each another encoder, the cheapest first.',
    );
  if (board === 'none')
    throw new CurlewError(
      'REQUEST_INVALID',
      'What a cascade saves is told by a board: choose one (“virtual” is always there).',
    );
  const known = banks.encoders.map(({ id }) => id);
  const missing = cascade.find(
    (stage) => stage !== 'statistics' && !known.includes(encodersNamed(stage, banks)[0]!),
  );
  if (missing === undefined) return;
  throw new CurlewError(
    'ENCODER_MISSING',
    `There is no encoder “${missing}”, and none whose id is that, a hyphen and a number: “curlew experts” lists them.`,
    { encoderId: missing },
  );
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
