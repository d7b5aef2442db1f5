/**
 * MPEG audio frame headers (ISO 11172-3, 13818-3; MPEG 1, 2 and 2.5, layers I to III).
 * The decoder is handed whole frames only: its own search through garbage may never end.
 */
export interface Mp3Frame {
  /** Where the frame starts in the bytes searched. */
  offset: number;
  length: number;
  sampleRate: number;
  channels: number;
  /** Samples per channel that the frame decodes to. */
  samples: number;
  /** What must not change within a recording: version, layer and sample rate bits. */
  kind: number;
}

const bitratesV1 = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
];
const bitratesV2 = [
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const sampleRates = [44_100, 48_000, 32_000];

/** @returns the frame whose header stands at `offset`, or null when there is none */
export function parseMp3Header(bytes: Uint8Array, offset: number): Mp3Frame | null {
  if (offset + 4 > bytes.length) return null;
  const [b0, b1, b2, b3] = bytes.subarray(offset, offset + 4) as unknown as [number, number, number, number];
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0) return null;
  const version = (b1 >> 3) & 3; // 0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1
  const layer = 4 - ((b1 >> 1) & 3); // 1, 2, 3; 4 is reserved
  const rate = sampleRates[(b2 >> 2) & 3];
  if (version === 1 || layer === 4 || rate === undefined) return null;
  const kilobits = (version === 3 ? bitratesV1 : bitratesV2)[layer - 1]![b2 >> 4];
  // Index 0 is "free format", whose frame length only a search tells; no field recorder writes it.
  if (kilobits === undefined || kilobits === 0) return null;
  const sampleRate = rate >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const padding = (b2 >> 1) & 1;
  const samples = layer === 1 ? 384 : layer === 2 || version === 3 ? 1152 : 576;
  const length =
    layer === 1
      ? (Math.floor((12_000 * kilobits) / sampleRate) + padding) * 4
      : Math.floor(((samples / 8) * 1000 * kilobits) / sampleRate) + padding;
  return {
    offset,
    length,
    sampleRate,
    channels: b3 >> 6 === 3 ? 1 : 2,
    samples,
    kind: (b1 & 0x1e) | ((b2 & 0x0c) << 8),
  };
}

/**
 * @param last whether the bytes reach the end of the file, so that one frame alone at the very end counts
 * @returns the first frame that is followed by another of its kind, or null
 */
export function findFirstMp3Frame(bytes: Uint8Array, last: boolean): Mp3Frame | null {
  for (let offset = 0; offset + 4 <= bytes.length; offset++) {
    const frame = parseMp3Header(bytes, offset);
    if (frame === null) continue;
    const second = parseMp3Header(bytes, offset + frame.length);
    const third = second && parseMp3Header(bytes, offset + frame.length + second.length);
    const alone = last && offset === 0 && offset + frame.length === bytes.length;
    const pair = last && second !== null && second.offset + second.length === bytes.length;
    if (alone || (second?.kind === frame.kind && (pair || third?.kind === frame.kind))) return frame;
  }
  return null;
}

/**
 * What the Xing, Info or VBRI header in a first frame tells; such a frame holds no audio.
 * @returns samples per channel of the whole recording, less encoder delay and padding where told; else null
 */
export function readMp3Samples(frame: Uint8Array, header: Mp3Frame): number | null {
  const data = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const idAt = (offset: number) => String.fromCharCode(...frame.subarray(offset, offset + 4));
  for (const offset of [36, 21, 13]) {
    if (frame.length < offset + 12 || !['Xing', 'Info'].includes(idAt(offset))) continue;
    if ((data.getUint32(offset + 4) & 1) === 0) return null;
    const samples = data.getUint32(offset + 8) * header.samples;
    // LAME's extension: 12 bits of delay and 12 of padding, 141 bytes after the header's name.
    const hasDelays = frame.length >= offset + 144 && /^(LAME|Lavc|Lavf)/.test(idAt(offset + 120));
    const delays = hasDelays ? data.getUint32(offset + 140) & 0xffffff : 0;
    return Math.max(0, samples - (delays >> 12) - (delays & 0xfff));
  }
  if (frame.length >= 54 && idAt(36) === 'VBRI') return data.getUint32(50) * header.samples;
  return null;
}
