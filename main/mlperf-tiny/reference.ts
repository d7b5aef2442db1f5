/** A graph’s own answers to inputs of a device, in a background thread. */
import { readSignature } from '../../models/onnx/read-signature.ts';
import { unfit } from '../own-models/describe.ts';
import { readWhole } from '../regular-file.ts';
import type { InputType, ReferenceGiven } from './contract/results.ts';

export interface Referred {
  numbers: number[];
  /** On the scale of the device’s: not of a graph that gives codes. */
  scaled: boolean;
}

const mostModelBytes = 2 ** 30;

/**
 * @param pieces inputs as the device takes them @param results numbers that the device answers with; where that is one, and
 * the graph gives as many numbers as it takes, it is their mean square error (as of an autoencoder)
 * @throws CurlewError MODEL_UNFIT, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_DAMAGED, FILE_TOO_LARGE
 */
export async function tinyReference(
  given: ReferenceGiven,
  pieces: readonly Uint8Array[],
  results: number,
): Promise<Referred[]> {
  const ort = await import('onnxruntime-web');
  const bytes = await readWhole(given.path, mostModelBytes, 'a model');
  const { inputs, outputs } = readSignature(bytes);
  const [input] = inputs;
  if (!input || inputs.length > 1) throw unfit(`it takes ${inputs.length} inputs, and a device takes one`);
  const output = given.output ?? (outputs.find(({ name }) => name === 'logits') ?? outputs[0])?.name;
  if (output === undefined || !outputs.some(({ name }) => name === output))
    throw unfit(`it has no output “${output}”: ${outputs.map(({ name }) => name).join(', ')}`);
  ort.env.wasm.numThreads = 1;
  const options = { executionProviders: ['wasm'], logSeverityLevel: 4 } as const;
  const session = await ort.InferenceSession.create(bytes, options).catch((cause: unknown) => {
    throw cannotRun(cause);
  });
  try {
    const all: Referred[] = [];
    for (const piece of pieces) {
      const numbers = numbersOf(piece, given);
      const shape = shapeOf(input.shape, numbers.length);
      const tensor = tensorOf(ort, input.type, numbers, shape);
      const ran = await session.run({ [input.name]: tensor }, [output]).catch((cause: unknown) => {
        throw cannotRun(cause);
      });
      const { data, type } = ran[output]! as import('onnxruntime-web').Tensor;
      if (type === 'int64' || type === 'uint64' || type === 'string' || type === 'bool')
        throw unfit(`its output “${output}” is of type ${type}`);
      const told = Array.from(data as Float32Array);
      all.push({ numbers: asAnswer(told, numbers, results), scaled: type.startsWith('float') });
    }
    return all;
  } finally {
    await session.release();
  }
}

/** Numbers out of bytes: (code − offset) · scale. */
export function numbersOf(
  bytes: Uint8Array,
  { type, scale, offset }: Pick<ReferenceGiven, 'type' | 'scale' | 'offset'>,
): Float32Array {
  return Float32Array.from(codesOf(bytes, type), (code) => (code - offset) * scale);
}

function codesOf(bytes: Uint8Array, type: InputType): ArrayLike<number> {
  if (type === 'uint8') return bytes;
  if (type === 'int8') return Int8Array.from(bytes);
  if (bytes.length % 4 !== 0) throw unfit(`an input of ${bytes.length} bytes is no float32 numbers`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true));
}

/** @param shape sizes that a graph leaves open are null: the first is of one input, the other of what is left */
export function shapeOf(shape: readonly (number | null)[], numbers: number): number[] {
  const open = shape.filter((size) => size === null).length;
  let first = open > 1;
  const sized = shape.map((size) => {
    if (size !== null || !first) return size;
    first = false;
    return 1;
  });
  const known = sized.reduce<number>((product, size) => product * (size ?? 1), 1);
  const filled = sized.map((size) => size ?? numbers / known);
  const whole = filled.every((size) => Number.isInteger(size) && size > 0);
  if (open <= 2 && whole && filled.reduce((product, size) => product * size, 1) === numbers) return filled;
  const told = shape.map((size) => size ?? '?').join(' × ');
  throw unfit(`it takes ${told} numbers, and an input is ${numbers}`);
}

function tensorOf(
  ort: typeof import('onnxruntime-web'),
  type: string | null,
  numbers: Float32Array,
  shape: readonly number[],
): import('onnxruntime-web').Tensor {
  switch (type) {
    case 'float32':
      return new ort.Tensor('float32', numbers, shape);
    case 'int8':
      return new ort.Tensor('int8', Int8Array.from(numbers, within(-128, 127)), shape);
    case 'uint8':
      return new ort.Tensor('uint8', Uint8Array.from(numbers, within(0, 255)), shape);
    default:
      throw unfit(`its input is of type ${type ?? 'unknown'}; float32, int8 or uint8 is expected`);
  }
}

const within = (least: number, most: number) => (number: number) =>
  Math.max(least, Math.min(most, Math.round(number)));

function asAnswer(told: number[], given: Float32Array, results: number): number[] {
  if (told.length === results) return told;
  if (results !== 1 || told.length !== given.length)
    throw unfit(`it gives ${told.length} numbers, and the device ${results}`);
  return [told.reduce((sum, one, at) => sum + (one - given[at]!) ** 2, 0) / told.length];
}

const cannotRun = (cause: unknown) =>
  unfit(
    `ONNX Runtime cannot run it: ${String(cause instanceof Error ? cause.message : cause).slice(0, 400)}`,
  );
