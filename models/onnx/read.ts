/** Reads ONNX files, as far as a chain of float layers needs: nodes, constants, the graph's input and outputs. */
import { CurlewError } from '../../main/contract/error.ts';
import { ProtobufReader } from './protobuf.ts';
import { readValueInfo } from './value-info.ts';

export interface OnnxTensor {
  readonly shape: readonly number[];
  /** binary32, whatever the file's type of float or integer is */
  readonly data: Float32Array;
}

export type OnnxAttribute = number | string | readonly number[] | OnnxTensor;

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** that are not constants; a dimension that varies is null */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  readonly outputs: readonly string[];
}

/** @throws CurlewError FILE_DAMAGED if these are not the bytes of an ONNX model */
export function readOnnx(bytes: Uint8Array): OnnxGraph {
  let graph: OnnxGraph | null = null;
  try {
    new ProtobufReader(bytes).fields({ 7: (field) => (graph = readGraph(field.message())) });
  } catch (cause) {
    if (cause instanceof CurlewError) throw cause;
    throw damaged('its bytes do not follow Protocol Buffers', cause);
  }
  if (graph === null) throw damaged('it holds no graph');
  return graph;
}

function readGraph(reader: ProtobufReader): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxTensor>();
  const inputs: OnnxGraph['inputs'][number][] = [];
  const outputs: string[] = [];
  reader.fields({
    1: (field) => nodes.push(readNode(field.message())),
    5: (field) => {
      const { name, tensor } = readTensor(field.message());
      constants.set(name, tensor);
    },
    11: (field) => inputs.push(readValueInfo(field.message())),
    12: (field) => outputs.push(readValueInfo(field.message()).name),
  });
  // older files name every constant among the inputs, too
  return { nodes, constants, inputs: inputs.filter(({ name }) => !constants.has(name)), outputs };
}

function readNode(reader: ProtobufReader): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let name = '';
  let operator = '';
  reader.fields({
    1: (field) => inputs.push(field.text()),
    2: (field) => outputs.push(field.text()),
    3: (field) => (name = field.text()),
    4: (field) => (operator = field.text()),
    5: (field) => {
      const attribute = readAttribute(field.message());
      if (attribute.value !== null) attributes.set(attribute.name, attribute.value);
    },
  });
  return { name, operator, inputs, outputs, attributes };
}

function readAttribute(reader: ProtobufReader): { name: string; value: OnnxAttribute | null } {
  let name = '';
  let value: OnnxAttribute | null = null;
  const integers: number[] = [];
  const floats: number[] = [];
  reader.fields({
    1: (field) => (name = field.text()),
    2: (field) => (value = field.float()),
    3: (field) => (value = field.integer()),
    4: (field) => (value = field.text()),
    5: (field) => (value = readTensor(field.message()).tensor),
    7: (field) => floats.push(...field.floats()),
    8: (field) => integers.push(...field.integers()),
  });
  if (integers.length > 0) return { name, value: integers };
  return { name, value: floats.length > 0 ? floats : value };
}

const float = 1;
const int32 = 6;
const int64 = 7;
const double = 11;

function readTensor(reader: ProtobufReader): { name: string; tensor: OnnxTensor } {
  const shape: number[] = [];
  const given: number[] = [];
  let name = '';
  let type = 0;
  let raw: Uint8Array | null = null;
  reader.fields({
    1: (field) => shape.push(...field.integers()),
    2: (field) => (type = field.integer()),
    4: (field) => given.push(...field.floats()),
    5: (field) => given.push(...field.integers()),
    7: (field) => given.push(...field.integers()),
    8: (field) => (name = field.text()),
    9: (field) => (raw = field.bytes()),
    10: (field) => given.push(...field.doubles()),
    13: () => {
      throw damaged(`its tensor ${name} lies in another file; export it as one file`);
    },
  });
  const data = raw === null ? Float32Array.from(given) : readRaw(raw, type, name);
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) {
    throw damaged(`its tensor ${name} has ${data.length} numbers for the shape [${shape.join(', ')}]`);
  }
  return { name, tensor: { shape, data } };
}

function readRaw(raw: Uint8Array, type: number, name: string): Float32Array {
  const { buffer } = new Uint8Array(raw); // at a multiple of 8
  const whole = (size: number) => {
    if (raw.length % size !== 0) throw damaged(`its tensor ${name} ends in the middle of a number`);
  };
  whole(type === int64 || type === double ? 8 : 4);
  if (type === float) return new Float32Array(buffer);
  if (type === double) return Float32Array.from(new Float64Array(buffer));
  if (type === int32) return Float32Array.from(new Int32Array(buffer));
  if (type === int64) return Float32Array.from(new BigInt64Array(buffer), Number);
  throw damaged(`its tensor ${name} is of the element type ${type}; export it as float32`);
}

function damaged(problem: string, cause?: unknown): CurlewError {
  return new CurlewError(
    'FILE_DAMAGED',
    `This is not an ONNX file that can be read: ${problem}.`,
    {},
    { cause },
  );
}
