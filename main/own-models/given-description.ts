/** The description beside a model, FILE.json beside FILE.onnx: what the graph does not say itself. */
import * as v from 'valibot';
import { CurlewError } from '../contract/error.ts';
import { nearest } from '../contract/nearest.ts';
import { text, whole } from '../contract/schemas.ts';

/** Of a window: two minutes at 48 kHz. */
export const mostWindowSamples = 2 ** 23;
export const mostClasses = 20_000;

const samples = whole(1, mostWindowSamples);
const label = text(300);

/** All may be left out where the graph tells it, by its shapes or its metadata. */
export const givenDescription = v.strictObject({
  name: v.optional(text(60)),
  sampleRate: v.optional(whole(1000, 400_000)),
  windowSamples: v.optional(samples),
  hopSamples: v.optional(samples),
  input: v.optional(
    v.strictObject({
      name: v.optional(text(300)),
      kind: v.optional(v.picklist(['waveform', 'log-mel'])),
      scale: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0))),
    }),
  ),
  output: v.optional(
    v.strictObject({
      name: v.optional(text(300)),
      values: v.optional(v.picklist(['logits', 'probabilities'])),
      activation: v.optional(v.picklist(['softmax', 'sigmoid'])),
    }),
  ),
  /** One a class, or the name of a file beside this one: .txt with one a line, or .csv with a column of them. */
  labels: v.optional(v.union([v.pipe(v.array(label), v.minLength(2), v.maxLength(mostClasses)), text(1000)])),
  embedding: v.optional(text(300)),
  licence: v.optional(text(20_000)),
});
export type GivenDescription = v.InferOutput<typeof givenDescription>;

/** @param path of the description, for the sentence @throws CurlewError MODEL_UNFIT naming the field that is wrong */
export function parseDescription(path: string, bytes: Uint8Array): GivenDescription {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CurlewError('MODEL_UNFIT', `${path} is not JSON in UTF-8: ${why}.`, { path }, { cause });
  }
  const result = v.safeParse(givenDescription, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'its top';
  const what =
    issue.type === 'strict_object' && issue.expected === 'never' ? unknownField(field) : issue.message;
  throw new CurlewError('MODEL_UNFIT', `${path} is wrong at ${field}: ${what}.`, { path, field });
}

function unknownField(field: string): string {
  const [last, ...above] = field.split('.').reverse() as [string, ...string[]];
  const fields: Record<string, readonly string[]> = {
    '': Object.keys(givenDescription.entries),
    input: Object.keys(givenDescription.entries.input.wrapped.entries),
    output: Object.keys(givenDescription.entries.output.wrapped.entries),
  };
  const there = fields[above.reverse().join('.')] ?? [];
  const meant = nearest(last, there);
  return `there is no such field; ${meant ? `“${meant}” may be meant` : `there are ${there.join(', ')}`}`;
}

/**
 * The same fields from a graph's metadata_props, where whoever exported it wrote them: sample_rate, window_samples,
 * hop_samples, labels (a JSON list, or one a line), values, activation, scale, embedding, licence.
 * @throws CurlewError MODEL_UNFIT naming the key that is wrong
 */
export function descriptionOfMetadata(metadata: ReadonlyMap<string, string>): GivenDescription {
  const number = (key: string) => (metadata.has(key) ? Number(metadata.get(key)) : undefined);
  const labels = metadata.get('labels');
  const output = { values: metadata.get('values'), activation: metadata.get('activation') };
  const found = withoutUndefined({
    name: metadata.get('name'),
    sampleRate: number('sample_rate'),
    windowSamples: number('window_samples'),
    hopSamples: number('hop_samples'),
    input: metadata.has('scale') ? { scale: number('scale') } : undefined,
    output: output.values || output.activation ? withoutUndefined(output) : undefined,
    labels: labels === undefined ? undefined : labelsOfText(labels),
    embedding: metadata.get('embedding'),
    licence: metadata.get('licence') ?? metadata.get('license'),
  });
  const result = v.safeParse(givenDescription, found);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new CurlewError(
    'MODEL_UNFIT',
    `The graph’s own metadata is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}.`,
  );
}

function labelsOfText(labels: string): unknown {
  try {
    return JSON.parse(labels);
  } catch {
    return labels.split(/\r?\n/).filter((line) => line.trim() !== '');
  }
}

const withoutUndefined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
