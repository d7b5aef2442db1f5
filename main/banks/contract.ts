/** Experts, routers, encoders and bundled clips: the banks' part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../contract/roles.ts';
import { bankName, id, none, path } from '../contract/schemas.ts';

interface BankMember {
  /** Unique over all banks. */
  id: string;
  name: string;
  /** `shipped`, or the name of a bank that was trained here. */
  bank: string;
  /** Rises with each image that is made under the same name; that of a bank's experts and router is the bank's. */
  version: number;
  /** Id of the encoder that makes its embeddings; null for the log-mel's statistics. */
  encoder: string | null;
  imageBytes: number;
  imageSha256: string;
  /** On the fold that was held out; see the model card. */
  accuracy: number;
  macroF1: number;
  /** How many clips these are of; null where the bank does not say. */
  testedClips: number | null;
  /** Null where it was trained on all folds: the figures are of its validation clips then. */
  heldOutFold: number | null;
  /** Markdown. */
  card: string;
}

export interface ExpertInfo extends BankMember {
  /** How its hidden layers compute: bits of BitLinear weights (32: float), ternary, or post-training quantization. */
  precision: 1 | 2 | 4 | 8 | 16 | 32 | 'ternary' | 'ternary-absmean' | 'ternary-activations' | 'static8';
  /** Bits of the hidden layers' weights; log2(3) for ternary ones. */
  bits: number;
  classes: string[];
  embeddingSize: number;
}

export interface RouterInfo extends BankMember {
  /** Ids of the experts that it picks from, in its order. */
  experts: string[];
  /** Where its experts are stages, of which one answers: what decides of that; null: it weighs them. */
  cascade: {
    decision: 'top-probability' | 'entropy' | 'curiosity' | 'gate';
    thresholds: number[];
  } | null;
}

export interface EncoderInfo {
  id: string;
  name: string;
  bank: string;
  version: number;
  embeddingSize: number;
  parameters: number;
  /** The fold of its data set that it was not trained on; null where that is not known. */
  heldOutFold: number | null;
  imageBytes: number;
  imageSha256: string;
  /** Of a board's memory for activations, and its first layers that are computed by rows; null where its bank does not say. */
  memory: { fusedLayers: number; arenaBytes: number } | null;
}

/** `float.onnx` of experts alone, `router.json` of routers alone. */
export type ExpertFile = 'image' | 'quantized.onnx' | 'float.onnx' | 'router.json' | 'weights.f32';

export interface Clip {
  id: string;
  label: string;
  title: string;
  author: string;
  licence: string;
  sourceUrl: string;
  seconds: number;
}

/** 16 kHz mono PCM, little-endian int16. */
export interface Audio16k {
  pcm: Uint8Array;
  samples: number;
}

/** What deleting a bank takes away, and who would miss it. */
export interface BankUse {
  /** Of all its files. */
  bytes: number;
  /** That run it: attached ones as they tell, those that are away as they were last deployed to. */
  boards: { id: string; name: string; away: boolean }[];
  /** That are not over and need it. */
  jobs: { id: string; title: string }[];
}

/** A bank, or a part of one, as one file. */
export interface BankFileMade {
  path: string;
  bytes: number;
}

export interface BankTaken {
  bank: string;
  /** It was here already, the same in all it holds. */
  present: boolean;
  experts: number;
  routers: number;
  encoders: number;
}

export const bankRequests = {
  /** Of the shipped bank first, then those of banks that were trained here. */
  'experts.list': forViewers(none),
  'experts.routers': forViewers(none),
  'experts.encoders': forViewers(none),
  'experts.file': forViewers(
    v.strictObject({
      expertId: id,
      file: v.picklist(['image', 'quantized.onnx', 'float.onnx', 'router.json', 'weights.f32']),
    }),
  ),
  'experts.bankUse': forViewers(v.strictObject({ bank: bankName })),
  /**
   * Deletes a bank of the lab's own, for good. Boards that run it are named in `boards`, else nothing is deleted: they
   * go on with what they hold.
   */
  'experts.deleteBank': forOperators(v.strictObject({ bank: bankName, boards: v.optional(v.array(id), []) })),
  /**
   * Writes a bank of the lab's own to one file, with its cards.
   * `member`: one expert with its encoder alone, or one router with its experts.
   */
  'experts.export': forOperators(
    v.strictObject({ bank: bankName, member: v.optional(id), path, overwrite: v.optional(v.boolean()) }),
  ),
  /** Takes in such a file, everything in it checked. `name`: what the bank is to be called here. */
  'experts.import': forOperators(v.strictObject({ path, name: v.optional(bankName) })),

  'clips.list': forViewers(none),
  'clips.audio': forViewers(v.strictObject({ clipId: id })),
} as const;

export interface BankResults {
  'experts.list': ExpertInfo[];
  'experts.routers': RouterInfo[];
  'experts.encoders': EncoderInfo[];
  'experts.file': Uint8Array;
  'experts.bankUse': BankUse;
  'experts.deleteBank': null;
  'experts.export': BankFileMade;
  'experts.import': BankTaken;
  'clips.list': Clip[];
  'clips.audio': Audio16k;
}

export interface BankEvents {
  /** A bank has come or gone: lists of experts, routers and encoders are to be asked for again. */
  banks: null;
}
