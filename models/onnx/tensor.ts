import { ProtobufWriter } from './protobuf.ts';

/** Element types, with their numbers in ONNX's TensorProto.DataType. */
export const elementTypes = {
  float32: 1,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
} as const;

export type ElementType = keyof typeof elementTypes;

interface ArrayOf {
  float32: Float32Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  float64: Float64Array;
}

export type Tensor = {
  [T in keyof ArrayOf]: { readonly type: T; readonly shape: readonly number[]; readonly data: ArrayOf[T] };
}[keyof ArrayOf];

/** A tensor of 64-bit integers; without a shape it is a list. */
export function int64s(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  return { type: 'int64', shape, data: BigInt64Array.from(values, BigInt) };
}

export function float64s(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { type: 'float64', shape, data: Float64Array.from(values) };
}

export function float32s(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { type: 'float32', shape, data: Float32Array.from(values) };
}

export function int8s(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { type: 'int8', shape, data: Int8Array.from(values) };
}

export function int16s(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { type: 'int16', shape, data: Int16Array.from(values) };
}

/** TensorProto with raw data, which ONNX defines as little-endian, as is every host that runs JavaScript. */
export function writeTensor(name: string, tensor: Tensor): ProtobufWriter {
  const size = tensor.shape.reduce((product, length) => product * length, 1);
  if (size !== tensor.data.length) {
    throw new RangeError(
      `Tensor ${name} has shape [${tensor.shape.join(', ')}] but ${tensor.data.length} elements`,
    );
  }
  const writer = new ProtobufWriter();
  for (const length of tensor.shape) writer.varint(1, length);
  const { buffer, byteOffset, byteLength } = tensor.data;
  return writer
    .varint(2, elementTypes[tensor.type])
    .bytes(8, name)
    .bytes(9, new Uint8Array(buffer, byteOffset, byteLength));
}
