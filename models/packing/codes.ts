/** Weight codes as IMAGE.md packs them: rows of whole 16-byte blocks. */
import { largestRowSum } from '../quantizers/bitlinear.ts';
import { alignUp } from './format.ts';
import { bad } from './header.ts';

const blockBytes = 16;

/** What is added to a code before its bits are stored; 1-bit codes are stored as 1 for +1 and 0 for −1. */
const offsets: Readonly<Record<number, number>> = { 2: 2, 4: 8 };

/** Bytes of one packed row. */
export function rowBytes(inputs: number, bits: number): number {
  return alignUp((inputs * bits) / 8, blockBytes);
}

/** @param bits 1, 2, 4, 8 or 16 */
export function packCodes(codes: Int8Array | Int16Array, inputs: number, bits: number): Uint8Array {
  const stride = rowBytes(inputs, bits);
  const packed = new Uint8Array((codes.length / inputs) * stride);
  const view = new DataView(packed.buffer);
  codes.forEach((code, at) => {
    const row = Math.floor(at / inputs) * stride;
    const input = at % inputs;
    if (bits === 16) view.setInt16(row + 2 * input, code, true);
    else {
      const { byte, shift } = placeOf(input, bits);
      packed[row + byte]! |= (storedCode(code, bits) & (2 ** bits - 1)) << shift;
    }
  });
  return packed;
}

function storedCode(code: number, bits: number): number {
  return bits === 1 ? Number(code > 0) : code + (offsets[bits] ?? 0);
}

/** The byte of its row that holds an input's field, and the field's lowest bit. */
function placeOf(input: number, bits: number): { byte: number; shift: number } {
  const inputs = (blockBytes * 8) / bits;
  const within = input % inputs;
  return {
    byte: Math.floor(input / inputs) * blockBytes + (within % blockBytes),
    shift: Math.floor(within / blockBytes) * bits,
  };
}

/**
 * @param ternary codes other than −1, 0 and 1 are refused
 * @throws CurlewError IMAGE_BAD for a wrong length, padding that is not zero, or 16-bit weights that could overflow
 *   a board's sums
 */
export function unpackCodes(
  packed: Uint8Array,
  shape: { inputs: number; outputs: number; bits: number; ternary: boolean },
  layer: number,
): Int8Array | Int16Array {
  const { inputs, outputs, bits, ternary } = shape;
  const stride = rowBytes(inputs, bits);
  if (packed.length !== outputs * stride) {
    throw bad(`layer ${layer} has ${packed.length} bytes of weights, not ${outputs * stride}`);
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const stored = (output: number, input: number) => {
    if (bits === 16) return view.getUint16(output * stride + 2 * input, true);
    const { byte, shift } = placeOf(input, bits);
    return (packed[output * stride + byte]! >> shift) & (2 ** bits - 1);
  };
  const codes = bits === 16 ? new Int16Array(inputs * outputs) : new Int8Array(inputs * outputs);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < (stride * 8) / bits; input++) {
      const field = stored(output, input);
      if (input < inputs) {
        codes[output * inputs + input] = bits === 1 ? 2 * field - 1 : field - (offsets[bits] ?? 0);
      } else if (field !== 0) throw bad(`the padding of layer ${layer}'s row ${output} is not zero`);
    }
  }
  if (ternary && codes.some((code) => code === -2))
    throw bad(`layer ${layer} is ternary and has the weight −2`);
  if (bits === 16) checkSums(codes, inputs, layer);
  return codes;
}

/** @throws CurlewError IMAGE_BAD */
export function checkSums(codes: Int8Array | Int16Array, inputs: number, layer: number): void {
  for (let row = 0; row < codes.length; row += inputs) {
    let sum = 0;
    for (let i = row; i < row + inputs; i++) sum += Math.abs(codes[i]!);
    if (sum > largestRowSum) {
      throw bad(
        `the weights of layer ${layer}'s row ${row / inputs} sum to ${sum}, a board's sums could overflow`,
      );
    }
  }
}
