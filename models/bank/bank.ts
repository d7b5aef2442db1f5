import * as v from 'valibot';
import { CurlewError } from '../../main/contract/error.ts';
import { decisionNames } from '../router/router.ts';

const path = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9./_-]*$/i), v.excludes('..'));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const file = v.strictObject({
  /** from the bank's folder, with forward slashes */
  path,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** 64 hex digits */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

/** Figures of one fold, on clips that neither training nor early stopping saw. */
const foldFigures = v.strictObject({
  fold: v.pipe(v.number(), v.integer()),
  clips: v.pipe(v.number(), v.integer()),
  accuracy: share,
  macroF1: share,
});

const id = v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const encoderSchema = v.strictObject({
  id,
  name: v.string(),
  version: whole,
  embeddingSize: whole,
  parameters: whole,
  /** the recordings that it was trained on, by their numbers on freesound.org; none if that is not known */
  heard: v.array(v.string()),
  heldOutFold: v.nullable(whole),
  /** its own classifier on the fold that it was trained without; null where it was trained elsewhere */
  classifier: v.nullable(v.strictObject({ clips: whole, float: share, int8: share })),
  /** that training it took, as its recipe measured it; missing where nobody did */
  trainingSeconds: v.optional(v.number()),
  /** of a board: first layers that its image has computed by rows, and bytes for activations; missing in banks of before */
  memory: v.optional(v.strictObject({ fusedLayers: whole, arenaBytes: whole })),
  files: v.strictObject({
    image: file,
    'quantized.onnx': file,
    'float.onnx': file,
    'encoder.json': file,
    'weights.f32': file,
  }),
});

const precisions = [1, 2, 4, 8, 16, 32, 'ternary', 'ternary-absmean', 'ternary-activations', 'static8'] as const;

const expertSchema = v.strictObject({
  id,
  name: v.string(),
  version: v.number(),
  precision: v.picklist(precisions),
  /** of a hidden weight; log2(3) for ternary ones */
  bits: v.number(),
  classes: v.pipe(v.array(v.string()), v.minLength(2)),
  embeddingSize: v.number(),
  /** of `encoders`; null for the log-mel's statistics */
  encoder: v.nullable(id),
  /**
   * of the quantized reference on the held-out fold, a clip's score being the mean of its patches; where no fold was
   * held out, on the validation clips
   */
  accuracy: share,
  macroF1: share,
  /** how many clips they are of; banks of earlier labs do not say */
  testedClips: v.optional(whole),
  heldOutFold: v.nullable(v.number()),
  /** quantized experts trained the same way, each tested on the fold it left out */
  crossValidation: v.array(foldFigures),
  files: v.strictObject({
    image: file,
    'quantized.onnx': file,
    'float.onnx': file,
    'card.md': file,
    'expert.json': file,
    'weights.f32': file,
  }),
});

const routerSchema = v.strictObject({
  id,
  name: v.string(),
  version: v.number(),
  precision: v.picklist(precisions),
  /** of `experts`, in the order of the router's outputs */
  experts: v.pipe(v.array(id), v.minLength(2), v.maxLength(8)),
  /** the first one, where its experts bring others */
  encoder: v.nullable(id),
  /** of experts in the order of their cost, of which one answers: what decides, and from where on it goes further */
  cascade: v.optional(
    v.strictObject({ decision: v.picklist(decisionNames), thresholds: v.array(v.number()) }),
  ),
  /** of the mixture on the held-out fold, with the routing of the image */
  accuracy: share,
  macroF1: share,
  testedClips: v.optional(whole),
  heldOutFold: v.nullable(v.number()),
  files: v.strictObject({
    image: file,
    'quantized.onnx': file,
    'card.md': file,
    'router.json': file,
    'weights.f32': file,
  }),
});

const clipSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  /** the class, as the expert's labels name it */
  label: v.string(),
  file,
  seconds: v.number(),
  title: v.string(),
  author: v.string(),
  licence: v.string(),
  sourceUrl: v.string(),
  /** the source's number on freesound.org; clips of one source share it */
  sourceId: v.string(),
  fold: v.number(),
});

const manifestSchema = v.strictObject({
  encoders: v.array(encoderSchema),
  experts: v.array(expertSchema),
  routers: v.array(routerSchema),
  clips: v.array(clipSchema),
  /** what the experts and the router were trained on, early stopping included; banks of earlier labs do not list it */
  trainedOn: v.optional(
    v.strictObject({
      /** of the data set */
      name: v.string(),
      /** recordings as `data set/source`, and by their numbers on freesound.org */
      recordings: v.array(v.string()),
      /** SHA-256 of the clips' files, 64 hex digits each */
      files: v.array(v.string()),
    }),
  ),
});

export type BankFile = v.InferOutput<typeof file>;
export type BankEncoder = v.InferOutput<typeof encoderSchema>;
export type BankRouter = v.InferOutput<typeof routerSchema>;
export type BankExpert = v.InferOutput<typeof expertSchema>;
export type BankClip = v.InferOutput<typeof clipSchema>;
export type FoldFigures = v.InferOutput<typeof foldFigures>;
export type Manifest = v.InferOutput<typeof manifestSchema>;

/**
 * Reads `manifest.json` of a bank: its encoders, its experts, the one to begin with first, routers and clips.
 * @throws CurlewError FILE_DAMAGED if it is not a bank's manifest
 */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged('is not JSON', cause);
  }
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw damaged(`is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`);
  }
  const { encoders, experts, routers } = result.output;
  const missing = [...experts, ...routers]
    .flatMap((one) => [one.encoder ?? [], 'experts' in one ? one.experts : []].flat())
    .find((wanted) => ![...encoders, ...experts].some((one) => one.id === wanted));
  if (missing !== undefined) throw damaged(`names “${missing}”, which it does not hold`);
  for (const router of routers) {
    const problem = cascadeProblem(router, experts);
    if (problem !== null) throw damaged(problem);
  }
  return result.output;
}

/** The first stage of a cascade hears what its router hears. */
function cascadeProblem(router: BankRouter, experts: readonly BankExpert[]): string | null {
  const { id, cascade, encoder } = router;
  if (!cascade) return null;
  const first = experts.find((one) => one.id === router.experts[0])!;
  if (first.encoder !== encoder)
    return `has a cascade “${id}” whose first expert takes another encoder than it`;
  const { length } = cascade.thresholds;
  return length === router.experts.length - 1
    ? null
    : `has a cascade “${id}” of ${router.experts.length} experts and ${length} thresholds`;
}

function damaged(problem: string, cause?: unknown): CurlewError {
  return new CurlewError(
    'FILE_DAMAGED',
    `The bank's manifest.json ${problem}. Fetch the bank again, or make it with npm run bank:train.`,
    {},
    { cause },
  );
}
