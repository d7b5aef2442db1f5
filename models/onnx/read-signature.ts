/** What an ONNX file says of itself, whatever it computes: inputs, outputs, metadata. Its numbers are not looked at. */
import { CurlewError } from '../../main/contract/error.ts';
import { ProtobufReader } from './protobuf.ts';
import { readValueInfo, type ValueInfo } from './value-info.ts';

export interface OnnxSignature {
  /** that are not constants */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** metadata_props, by key */
  readonly metadata: ReadonlyMap<string, string>;
  /** a tensor whose numbers lie in another file; null where all are in this one */
  readonly outside: string | null;
}

/** @throws CurlewError FILE_DAMAGED if these are not the bytes of a whole ONNX model */
export function readSignature(bytes: Uint8Array): OnnxSignature {
  let graph: Omit<OnnxSignature, 'metadata'> | null = null;
  const metadata = new Map<string, string>();
  try {
    new ProtobufReader(bytes).fields({
      7: (field) => (graph = readGraph(field.message())),
      14: (field) => {
        let [key, value] = ['', ''];
        field.message().fields({ 1: (one) => (key = one.text()), 2: (one) => (value = one.text()) });
        metadata.set(key, value);
      },
    });
  } catch (cause) {
    throw noModel('its bytes do not follow Protocol Buffers, or end too early', cause);
  }
  if (graph === null) throw noModel('it holds no graph');
  return { ...(graph as Omit<OnnxSignature, 'metadata'>), metadata };
}

function readGraph(reader: ProtobufReader): Omit<OnnxSignature, 'metadata'> {
  const constants = new Set<string>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  let outside: string | null = null;
  reader.fields({
    5: (field) => {
      const { name, isOutside } = readTensorName(field.message());
      constants.add(name);
      if (isOutside) outside ??= name;
    },
    11: (field) => inputs.push(readValueInfo(field.message())),
    12: (field) => outputs.push(readValueInfo(field.message())),
  });
  // older files name every constant among the inputs, too
  return { inputs: inputs.filter(({ name }) => !constants.has(name)), outputs, outside };
}

/** TensorProto: external_data, or a data_location of EXTERNAL. */
function readTensorName(reader: ProtobufReader): { name: string; isOutside: boolean } {
  let name = '';
  let isOutside = false;
  reader.fields({
    8: (field) => (name = field.text()),
    13: () => (isOutside = true),
    14: (field) => (isOutside ||= field.integer() === 1),
  });
  return { name, isOutside };
}

function noModel(problem: string, cause?: unknown): CurlewError {
  return new CurlewError(
    'FILE_DAMAGED',
    `This is not an ONNX file that can be read: ${problem}.`,
    {},
    { cause },
  );
}
