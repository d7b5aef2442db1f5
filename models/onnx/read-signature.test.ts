import { describe, expect, it } from 'vitest';
import { Graph } from './graph.ts';
import { ProtobufWriter } from './protobuf.ts';
import { readSignature } from './read-signature.ts';
import { float32s } from './tensor.ts';

/** A model whose tensor `w` says in this way that its numbers lie elsewhere. */
function elsewhere(tell: (tensor: ProtobufWriter) => ProtobufWriter): Uint8Array {
  const tensor = tell(new ProtobufWriter().varint(1, 2).varint(2, 1).bytes(8, 'w'));
  return new ProtobufWriter()
    .varint(1, 8)
    .bytes(7, new ProtobufWriter().bytes(2, 'g').bytes(5, tensor))
    .finish();
}

describe('the signature of an ONNX file', () => {
  it('holds its inputs, its outputs and its metadata, and no constant', () => {
    const graph = new Graph('g');
    const x = graph.input('x', 'float32', ['N', 2]);
    const y = graph.node('Add', [x, graph.constant('b', float32s([1, 2]))]);
    graph.output('y', y, 'float32', ['N', 2]);
    graph.output('z', graph.cast(y, 'int32'), 'int32', [3, 2]);
    expect(readSignature(graph.finish({ author: 'Ä', rate: '8000' }))).toEqual({
      inputs: [{ name: 'x', type: 'float32', shape: [null, 2] }],
      outputs: [
        { name: 'y', type: 'float32', shape: [null, 2] },
        { name: 'z', type: 'int32', shape: [3, 2] },
      ],
      metadata: new Map([
        ['author', 'Ä'],
        ['rate', '8000'],
      ]),
      outside: null,
    });
  });

  it('names a tensor whose numbers lie in another file, however the file says so', () => {
    const location = new ProtobufWriter().bytes(1, 'location').bytes(2, 'w.bin');
    expect(readSignature(elsewhere((tensor) => tensor.varint(14, 1))).outside).toBe('w');
    expect(readSignature(elsewhere((tensor) => tensor.bytes(13, location))).outside).toBe('w');
    expect(readSignature(elsewhere((tensor) => tensor.varint(14, 0))).outside).toBeNull();
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('not a model, whatever its name says')],
    ['a model without a graph', new ProtobufWriter().varint(1, 8).finish()],
  ])('is none of %s', (_what, bytes) => {
    expect(() => readSignature(bytes)).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }));
  });
});
