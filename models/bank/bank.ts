import * as v from 'valibot';
import { CurlewError } from '../../main/contract/error.ts';

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

const expertSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  name: v.string(),
  version: v.number(),
  /** of the hidden layers' weights */
  bits: v.number(),
  classes: v.pipe(v.array(v.string()), v.minLength(2)),
  embeddingSize: v.number(),
  /** of the quantized reference on the held-out fold, a clip's score being the mean of its patches */
  accuracy: share,
  macroF1: share,
  /** of the float reference on the same clips */
  floatAccuracy: share,
  floatMacroF1: share,
  heldOutFold: v.number(),
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
  experts: v.array(expertSchema),
  clips: v.array(clipSchema),
});

export type BankFile = v.InferOutput<typeof file>;
export type BankExpert = v.InferOutput<typeof expertSchema>;
export type BankClip = v.InferOutput<typeof clipSchema>;
export type FoldFigures = v.InferOutput<typeof foldFigures>;
export type Manifest = v.InferOutput<typeof manifestSchema>;

/**
 * Reads `manifest.json` of a bank: its experts, best known first, and its clips.
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
  return result.output;
}

function damaged(problem: string, cause?: unknown): CurlewError {
  return new CurlewError(
    'FILE_DAMAGED',
    `The bank's manifest.json ${problem}. Fetch the bank again, or make it with npm run bank:train.`,
    {},
    { cause },
  );
}
