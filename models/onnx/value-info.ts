import type { ProtobufReader } from './protobuf.ts';
import { elementTypes, type ElementType } from './tensor.ts';

/** A graph's input or output. */
export interface ValueInfo {
  readonly name: string;
  /** null where it is a type that this room does not write, or the file does not say */
  readonly type: ElementType | null;
  /** a dimension that varies is null */
  readonly shape: readonly (number | null)[];
}

/** ValueInfoProto. @throws RangeError where the bytes do not fit */
export function readValueInfo(reader: ProtobufReader): ValueInfo {
  let name = '';
  let number = 0;
  const shape: (number | null)[] = [];
  const dimension = (field: ProtobufReader) => {
    let length: number | null = null;
    field.fields({ 1: (one) => (length = one.integer()) });
    shape.push(length !== null && length > 0 ? length : null);
  };
  reader.fields({
    1: (field) => (name = field.text()),
    2: (type) =>
      type.message().fields({
        1: (tensor) =>
          tensor.message().fields({
            1: (field) => (number = field.integer()),
            2: (dimensions) => dimensions.message().fields({ 1: (one) => dimension(one.message()) }),
          }),
      }),
  });
  const found = (Object.keys(elementTypes) as ElementType[]).find((one) => elementTypes[one] === number);
  return { name, type: found ?? null, shape };
}
