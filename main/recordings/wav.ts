/** RIFF/WAVE, RF64 and BW64: the chunk walk and the sample formats. */
import { CurlewError } from '../contract/error.ts';
import type { RecordingNote } from '../contract/types.ts';
import { aLaw, muLaw } from './companding.ts';
import { openFile, pieceBytes, type OpenFile } from './file.ts';
import { chunkLimit, knownChunks, riffChunks } from './riff-chunks.ts';
import { highestRate, lowestRate, type AudioChunk, type DecoderSource, type ReportDamage } from './stream.ts';

interface WavLayout {
  sampleRate: number;
  channels: number;
  /** Bytes of one sample of all channels. */
  blockAlign: number;
  encoding: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'ulaw';
  dataOffset: number;
  /** Whole sample blocks that the file holds. */
  samples: number;
  damage: CurlewError | null;
  notes: RecordingNote[];
}

const formatPcm = 1;
const formatFloat = 3;
const formatALaw = 6;
const formatMuLaw = 7;
const formatExtensible = 0xfffe;
const compressed = new Map([
  [2, 'Microsoft ADPCM'],
  [0x11, 'IMA ADPCM'],
  [0x50, 'MPEG'],
  [0x55, 'MP3'],
]);
/** Writers that stream, and 32-bit headers of RF64 files, put one of these where the size is not known. */
const unknownSizes = new Set([0, 0xffffffff]);

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** @throws CurlewError FILE_DAMAGED, FILE_EMPTY, FILE_UNSUPPORTED */
export async function openWav(file: OpenFile): Promise<DecoderSource> {
  const layout = await readLayout(file);
  return {
    info: {
      path: file.path,
      format: 'WAV',
      sampleRate: layout.sampleRate,
      channels: layout.channels,
      seconds: layout.samples / layout.sampleRate,
      bytes: file.bytes,
    },
    notes: layout.notes,
    decode: (fromSample, signal, damaged, note) =>
      decodeWav(file.path, layout, fromSample, signal, damaged, note),
  };
}

async function readLayout(file: OpenFile): Promise<WavLayout> {
  const damagedAt = (offset: number, what: string) =>
    new CurlewError('FILE_DAMAGED', `${file.path} is damaged at byte ${offset}: ${what}.`, {
      path: file.path,
      offset,
    });
  let format: Pick<WavLayout, 'sampleRate' | 'channels' | 'blockAlign' | 'encoding'> | null = null;
  const notes: RecordingNote[] = [];
  const chunks = riffChunks(file);
  for (;;) {
    const next = await chunks.next();
    if (next.done) {
      const { offset } = next.value;
      if (offset + 8 <= file.bytes)
        throw damagedAt(offset, `there are more than ${chunkLimit} chunks and no samples`);
      throw damagedAt(offset, `the file ends before ${format === null ? 'its format chunk' : 'any samples'}`);
    }
    const { id, offset, body, size: claimed, unpadded } = next.value;
    if (unpadded !== null) {
      const text = `${file.path} has a chunk “${unpadded}” of odd length without the byte that fills it up; what follows is read from where it is.`;
      notes.push({ code: 'list-unpadded', level: 'note', text });
    }
    if (id === 'fmt ') {
      if (claimed < 16) throw damagedAt(body, `the format chunk has ${claimed} bytes instead of at least 16`);
      const bytes = await file.read(body, Math.min(claimed, 40));
      if (bytes.length < 16) throw damagedAt(body, 'the format chunk is cut short');
      format = readFormat(file, bytes, (what) => damagedAt(body, what));
    } else if (id === 'data') {
      if (format === null) throw damagedAt(offset, 'the samples come before the format chunk');
      const present = file.bytes - body;
      // With a chunk of a recorder behind it an empty one truly is empty, rather than never closed.
      if (claimed === 0 && knownChunks.has(text(await file.read(body, 4)))) throw noSamples(file.path, body);
      const used = { ...format, dataOffset: body, notes };
      if (claimed === 0 || (claimed < present && !(await isChunkEnd(file, body + claimed)))) {
        const text = `${file.path} has a header that its recorder did not bring up to date: it promises ${claimed} bytes of samples, and all ${present} up to the end of the file are used.`;
        notes.push({ code: 'header-stale', level: 'note', text });
        return { ...used, ...measure(file, format, present, present, body) };
      }
      // Some recorders count the headers as well.
      if (present > 0 && claimed > present && claimed - present <= body) {
        const text = `${file.path} has a header that promises ${claimed - present} bytes more than there are; all of it is used.`;
        notes.push({ code: 'header-stale', level: 'note', text });
        return { ...used, ...measure(file, format, present, present, body) };
      }
      return { ...used, ...measure(file, format, claimed, present, body) };
    }
  }
}

/** Whether samples may end there: at the end of the file but for a few bytes, or with another chunk behind them. */
async function isChunkEnd(file: OpenFile, end: number): Promise<boolean> {
  for (const at of [end, end + 1]) {
    const head = await file.read(at, 8);
    if (head.length < 8) return true;
    const id = text(head.subarray(0, 4));
    if (knownChunks.has(id)) return true;
    if (/^[\x20-\x7e]{4}$/.test(id) && view(head).getUint32(4, true) <= file.bytes - at - 8) return true;
  }
  return false;
}

function readFormat(file: OpenFile, bytes: Uint8Array, damaged: (what: string) => CurlewError) {
  const fields = view(bytes);
  let tag = fields.getUint16(0, true);
  const channels = fields.getUint16(2, true);
  const sampleRate = fields.getUint32(4, true);
  const blockAlign = fields.getUint16(12, true);
  const bits = fields.getUint16(14, true);
  // The first two bytes of the extension's sub-format GUID are the plain format tag.
  if (tag === formatExtensible && bytes.length >= 26) tag = fields.getUint16(24, true);
  if (tag !== formatPcm && tag !== formatFloat && tag !== formatALaw && tag !== formatMuLaw) {
    const name = compressed.get(tag) ?? `format 0x${tag.toString(16)}`;
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${file.path} is a WAV file holding ${name}; Curlew reads PCM, float, A-law and µ-law, so convert it first.`,
      { path: file.path, tag },
    );
  }
  if (channels < 1) throw damaged('it says it has no channels');
  if (sampleRate < lowestRate || sampleRate > highestRate) {
    throw damaged(
      `it says its sample rate is ${sampleRate} Hz, and Curlew reads ${lowestRate} to ${highestRate} Hz`,
    );
  }
  const container = blockAlign / channels;
  const encoding = encodingOf(tag, container);
  if (encoding === null || bits > container * 8 || bits === 0) {
    throw damaged(`it says a sample of ${channels} channels with ${bits} bits takes ${blockAlign} bytes`);
  }
  return { sampleRate, channels, blockAlign, encoding };
}

function encodingOf(tag: number, bytes: number): WavLayout['encoding'] | null {
  if (tag === formatALaw) return bytes === 1 ? 'alaw' : null;
  if (tag === formatMuLaw) return bytes === 1 ? 'ulaw' : null;
  if (tag === formatFloat) return bytes === 4 ? 'f32' : bytes === 8 ? 'f64' : null;
  // Samples of other depths (12 or 20 bits) are left-aligned in the next whole byte, so they read the same.
  return ([null, 'u8', 's16', 's24', 's32'] as const)[bytes] ?? null;
}

const noSamples = (path: string, offset: number) =>
  new CurlewError('FILE_EMPTY', `${path} has a WAV header and no samples; record it again.`, {
    path,
    offset,
  });

/** How many samples there are, and what is wrong if the header says something else. */
function measure(
  file: OpenFile,
  format: Pick<WavLayout, 'sampleRate' | 'blockAlign'>,
  claimed: number,
  present: number,
  offset: number,
): Pick<WavLayout, 'samples' | 'damage'> {
  const context = { path: file.path, offset, claimed, present };
  const whole = Math.floor(
    Math.min(present, unknownSizes.has(claimed) ? present : claimed) / format.blockAlign,
  );
  if (present <= 0 || whole === 0) {
    if (claimed < format.blockAlign || unknownSizes.has(claimed)) {
      throw noSamples(file.path, offset);
    }
    throw new CurlewError(
      'FILE_DAMAGED',
      `${file.path} is damaged: its header promises ${claimed} bytes of samples at byte ${offset} and the file ends there. Copy it from the card again.`,
      context,
    );
  }
  const seconds = (bytes: number) => (bytes / format.blockAlign / format.sampleRate).toFixed(2);
  let damage: CurlewError | null = null;
  if (claimed > present && !unknownSizes.has(claimed)) {
    damage = new CurlewError(
      'FILE_DAMAGED',
      `${file.path} is cut short: the header promises ${seconds(claimed)} s and ${seconds(present)} s are there, which are used.`,
      context,
    );
  }
  return { samples: whole, damage };
}

async function* decodeWav(
  path: string,
  layout: WavLayout,
  fromSample: number,
  signal: AbortSignal | undefined,
  damaged: ReportDamage,
  note: (note: RecordingNote) => void,
): AsyncGenerator<AudioChunk> {
  if (layout.damage !== null) damaged(layout.damage, 'cut-short');
  const isFloat = layout.encoding === 'f32' || layout.encoding === 'f64';
  let unusable = 0;
  let read = 0;
  const file = await openFile(path, signal);
  try {
    const blocksPerPiece = Math.max(1, Math.floor(pieceBytes / layout.blockAlign));
    let position = Math.min(fromSample, layout.samples);
    while (position < layout.samples) {
      const blocks = Math.min(blocksPerPiece, layout.samples - position);
      const bytes = await file.read(
        layout.dataOffset + position * layout.blockAlign,
        blocks * layout.blockAlign,
      );
      const got = Math.floor(bytes.length / layout.blockAlign);
      if (got > 0) {
        const channels = unpack(bytes, got, layout);
        if (isFloat) unusable += countUnusable(bytes, got, layout);
        read += got * layout.channels;
        yield { channels, startSample: position };
      }
      position += got;
      if (got < blocks) {
        damaged(
          new CurlewError(
            'FILE_DAMAGED',
            `${path} became shorter while it was read; ${(position / layout.sampleRate).toFixed(2)} s were used.`,
            { path, offset: layout.dataOffset + position * layout.blockAlign },
          ),
          'cut-short',
        );
        return;
      }
    }
  } finally {
    if (unusable > 0) {
      const percent = Math.max(0.1, (100 * unusable) / read).toFixed(1);
      const text = `${path} has samples that are no numbers, ${percent} % of those read; they are taken as silence.`;
      note({ code: 'not-a-number', level: 'note', text });
    }
    await file.close();
  }
}

/** Splits interleaved samples into channels, scaled so that full scale is 1; non-finite floats become 0. */
function unpack(bytes: Uint8Array, blocks: number, layout: WavLayout): Float32Array[] {
  const data = view(bytes);
  const stride = layout.blockAlign;
  const width = stride / layout.channels;
  return Array.from({ length: layout.channels }, (_, channel) => {
    const out = new Float32Array(blocks);
    let at = channel * width;
    switch (layout.encoding) {
      case 'u8':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = (bytes[at]! - 128) / 128;
        break;
      case 's16':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = data.getInt16(at, true) / 32_768;
        break;
      case 's24':
        for (let i = 0; i < blocks; i++, at += stride) {
          out[i] = ((data.getInt8(at + 2) << 16) | data.getUint16(at, true)) / 8_388_608;
        }
        break;
      case 's32':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = data.getInt32(at, true) / 2_147_483_648;
        break;
      case 'alaw':
      case 'ulaw': {
        const levels = layout.encoding === 'alaw' ? aLaw : muLaw;
        for (let i = 0; i < blocks; i++, at += stride) out[i] = levels[bytes[at]!]!;
        break;
      }
      case 'f32':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = finite(data.getFloat32(at, true));
        break;
      case 'f64':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = finite(data.getFloat64(at, true));
        break;
    }
    return out;
  });
}

/** A float sample far outside full scale is noise of a damaged file; 1e6 keeps sums finite in binary32. */
const finite = (value: number) => (Math.abs(value) <= 1e6 ? value : 0);

/** Float samples that `finite` replaces. */
function countUnusable(bytes: Uint8Array, blocks: number, layout: WavLayout): number {
  const data = view(bytes);
  const width = layout.encoding === 'f32' ? 4 : 8;
  let count = 0;
  for (let at = 0; at < blocks * layout.blockAlign; at += width) {
    const value = width === 4 ? data.getFloat32(at, true) : data.getFloat64(at, true);
    if (!(Math.abs(value) <= 1e6)) count++;
  }
  return count;
}
