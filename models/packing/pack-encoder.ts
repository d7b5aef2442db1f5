import { embeddingSizeOf, type Encoder, type EncoderLayer } from '../encoder/encoder.ts';
import { fusedLayers } from '../encoder/limits.ts';
import { packCodes } from './codes.ts';
import { encoderLayerKinds, paddings, sectionTypes } from './format.ts';
import { bytesOf, type Section } from './pack-layer.ts';
import { writeImage } from './write-image.ts';

/**
 * Writes the image of an encoder (IMAGE.md), with as many fused layers as it takes to fit a board (fusedLayers). The same encoder and reference give the same bytes.
 * @param reference the encoder's quantized reference graph, an ONNX file
 * @throws CurlewError IMAGE_BAD if it does not fit the format
 */
export function packEncoder(encoder: Encoder, reference: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = embeddingSizeOf(encoder);
  const input = Float32Array.of(encoder.input.offset, encoder.input.scale, encoder.unit);
  const { name, version, layers } = encoder;
  return writeImage(
    {
      kind: 'encoder',
      name,
      version,
      embeddingSize: size,
      outputs: size,
      bits: 8,
      ternary: 0,
      layers: layers.length,
      encoder: fusedLayers(layers),
    },
    reference,
    [
      { type: sectionTypes.encoderInput, layer: 0, content: bytesOf(input) },
      ...layers.flatMap(layerSections),
    ],
  );
}

/** @param index of the layer, from 0 */
function layerSections(layer: EncoderLayer, index: number): Section[] {
  const { kind, kernel, stride, padding, outputs, relu, codes, bias, multiplier, shift } = layer;
  const shape = Uint16Array.of(
    encoderLayerKinds[kind],
    ...kernel,
    stride,
    paddings[padding],
    outputs,
    Number(relu),
    0,
  );
  const section = (type: number, content: Uint8Array): Section => ({ type, layer: index + 1, content });
  const described = section(sectionTypes.encoderLayer, bytesOf(shape));
  if (codes.length === 0) return [described];
  const row = kind === 'depthwise' ? outputs : codes.length / outputs;
  return [
    described,
    section(sectionTypes.weights, packCodes(codes, row, 8)),
    section(sectionTypes.requantizeBias, bytesOf(bias)),
    section(sectionTypes.multiplier, bytesOf(multiplier)),
    section(sectionTypes.shift, shift),
  ];
}
