import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { ProtobufWriter } from './protobuf.ts';
import { float32s, int8s } from './tensor.ts';

ort.env.wasm.numThreads = 1;

test('a varint field is written as in the Protocol Buffers documentation', () => {
  expect([...new ProtobufWriter().varint(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
  expect([...new ProtobufWriter().bytes(2, 'testing').finish()]).toEqual([
    0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
  ]);
});

test('a negative integer takes the ten bytes of its 64-bit two’s complement', () => {
  expect([...new ProtobufWriter().varint(1, -1).finish()]).toEqual([
    0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1,
  ]);
});

function affine(): Uint8Array {
  const graph = new Graph('affine');
  const x = graph.input('x', 'float32', ['rows', 2]);
  const product = graph.node('MatMul', [x, graph.constant('w', float32s([1, 2, 3, 4], [2, 2]))]);
  const sum = graph.node('Add', [product, graph.constant('b', float32s([10, 20]))]);
  graph.output('y', sum, 'float32', ['rows', 2]);
  return graph.finish({ name: 'affine' });
}

test('ONNX Runtime runs a graph that the writer wrote', async () => {
  const session = await ort.InferenceSession.create(affine());
  const { y } = await session.run({ x: new ort.Tensor('float32', [1, 1, 0, 2], [2, 2]) });
  expect(y!.dims).toEqual([2, 2]);
  expect([...(y!.data as Float32Array)]).toEqual([14, 26, 16, 28]);
});

test('the same graph gives the same bytes', () => {
  expect(affine()).toEqual(affine());
});

test('a node that uses an undefined value or a taken name is refused when it is added', () => {
  const graph = new Graph('wrong');
  const other = new Graph('other').input('elsewhere', 'float32', [1]);
  expect(() => graph.node('Neg', [other])).toThrow(RangeError);
  const x = graph.input('x', 'float32', [1]);
  expect(() => graph.node('Neg', [x], {}, 'x')).toThrow(RangeError);
});

test('a tensor whose shape and data disagree is refused', () => {
  expect(() => new Graph('wrong').constant('w', int8s([1, 2, 3], [2, 2]))).toThrow(RangeError);
});
