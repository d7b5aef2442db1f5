import { ProtobufWriter } from './protobuf.ts';
import { elementTypes, int64s, writeTensor, type ElementType, type Tensor } from './tensor.ts';

/** The name of a value that flows through a graph. */
export type Value = string & { readonly value: unique symbol };

/** A dimension: a length, or a name for one that varies. */
export type Dimension = number | string;

export type Attribute = number | string | readonly number[] | { readonly float: number };

/**
 * Operator set 18 is the first in which every reduction takes its axes as an input; STFT and DFT (17) are in
 * it, and every runtime since 2023 reads it. IR version 8 is the one published with it.
 */
const opset = 18;
const irVersion = 8;

/**
 * Builds one ONNX graph. Nodes are written in the order of the calls (which must therefore be topological:
 * a value has to exist before it is used) and get counted names, so the same calls give the same bytes.
 */
export class Graph {
  readonly #nodes: ProtobufWriter[] = [];
  readonly #initializers: ProtobufWriter[] = [];
  readonly #inputs: ProtobufWriter[] = [];
  readonly #outputs: ProtobufWriter[] = [];
  readonly #names = new Set<string>();

  constructor(readonly name: string) {}

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return this.#define(name);
  }

  output(name: string, from: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.node('Identity', [from], {}, name);
    this.#outputs.push(valueInfo(name, type, shape));
  }

  constant(name: string, tensor: Tensor): Value {
    const value = this.#define(this.#unique(name));
    this.#initializers.push(writeTensor(value, tensor));
    return value;
  }

  int64(name: string, values: readonly number[]): Value {
    return this.constant(name, int64s(values));
  }

  /** A single integer without dimensions, as Range, Gather and TopK want it. */
  scalarInt64(name: string, value: number): Value {
    return this.constant(name, int64s([value], []));
  }

  scalar(name: string, value: number): Value {
    return this.constant(name, { type: 'float64', shape: [], data: Float64Array.of(value) });
  }

  /** Adds a node with one output and returns it; `name` also names the output. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name = this.#unique(operator.toLowerCase()),
  ): Value {
    const output = this.#define(name);
    const writer = new ProtobufWriter();
    for (const input of inputs) {
      if (!this.#names.has(input)) throw new RangeError(`${operator} uses ${input} before it is defined`);
      writer.bytes(1, input);
    }
    writer.bytes(2, output).bytes(3, output).bytes(4, operator);
    for (const [key, value] of Object.entries(attributes)) writer.bytes(5, writeAttribute(key, value));
    this.#nodes.push(writer);
    return output;
  }

  cast(value: Value, to: ElementType): Value {
    return this.node('Cast', [value], { to: elementTypes[to] });
  }

  /**
   * The finished ModelProto.
   * @param metadata shown by Netron and readable from a session; written in the order of its keys
   */
  finish(metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
    const graph = new ProtobufWriter();
    for (const node of this.#nodes) graph.bytes(1, node);
    graph.bytes(2, this.name);
    for (const initializer of this.#initializers) graph.bytes(5, initializer);
    for (const input of this.#inputs) graph.bytes(11, input);
    for (const output of this.#outputs) graph.bytes(12, output);
    const model = new ProtobufWriter()
      .varint(1, irVersion)
      .bytes(2, 'curlew')
      .bytes(7, graph)
      .bytes(8, new ProtobufWriter().bytes(1, '').varint(2, opset));
    for (const [key, value] of Object.entries(metadata)) {
      model.bytes(14, new ProtobufWriter().bytes(1, key).bytes(2, value));
    }
    return model.finish();
  }

  #define(name: string): Value {
    if (this.#names.has(name)) throw new RangeError(`The graph already has a value named ${name}`);
    this.#names.add(name);
    return name as Value;
  }

  #unique(stem: string): string {
    if (!this.#names.has(stem)) return stem;
    let count = 2;
    while (this.#names.has(`${stem}_${count}`)) count++;
    return `${stem}_${count}`;
  }
}

/** AttributeProto; a plain number is an integer attribute. */
function writeAttribute(name: string, value: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter().bytes(1, name);
  if (typeof value === 'number') return writer.varint(3, value).varint(20, 2);
  if (typeof value === 'string') return writer.bytes(4, value).varint(20, 3);
  if ('float' in value) return writer.float(2, value.float).varint(20, 1);
  for (const element of value) writer.varint(8, element);
  return writer.varint(20, 7);
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const dimension of shape) {
    const one = new ProtobufWriter();
    dimensions.bytes(1, typeof dimension === 'number' ? one.varint(1, dimension) : one.bytes(2, dimension));
  }
  const tensor = new ProtobufWriter().varint(1, elementTypes[type]).bytes(2, dimensions);
  return new ProtobufWriter().bytes(1, name).bytes(2, new ProtobufWriter().bytes(1, tensor));
}
