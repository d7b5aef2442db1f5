/** Samples that lie in a file one block after another, of any encoding: how many there are, and reading them from anywhere. */
import { CurlewError } from '../contract/error.ts';
import type { RecordingInfo, RecordingNote } from '../contract/types.ts';
import { pieceBytes, type OpenFile } from './file.ts';
import type { AudioChunk, DecoderSource, ReportDamage } from './stream.ts';

/** How samples are written. Blocks stand by themselves: any of them may be the first that is read. */
export interface SampleFormat {
  sampleRate: number;
  channels: number;
  /** Bytes of a block; the last one of a file may be shorter. */
  blockBytes: number;
  /** Samples of a channel that a whole block holds. */
  blockSamples: number;
  /** Samples of a channel in so many bytes, from the beginning of a block. */
  samplesIn(bytes: number): number;
  /**
   * One array a channel, scaled so that full scale is 1, which are the caller's.
   * @param bytes whole blocks, and the last one as far as it goes; they may be others afterwards
   */
  unpack(bytes: Uint8Array): Float32Array[];
  /** How many samples of all channels are no numbers; left out where all are. */
  unusable?(bytes: Uint8Array): number;
}

export interface SampleData {
  format: SampleFormat;
  /** Where the samples begin. */
  offset: number;
  /** Of a channel. */
  samples: number;
  damage: CurlewError | null;
  /** All that the header promises is there, and it promises something. */
  isWhole: boolean;
  notes: readonly RecordingNote[];
}

/** Pieces that are read at once, as asking takes longer than reading: a quarter of a megabyte. */
const piecesOfRead = 4;

/** Writers that stream, and 32-bit headers of RF64 files, put one of these where the size is not known. */
const unknownSizes = new Set([0, 0xffffffff, 2 ** 64]);

/**
 * @param claimed bytes of samples, as the header says
 * @throws CurlewError FILE_EMPTY, FILE_DAMAGED
 */
export function measure(
  file: OpenFile,
  format: SampleFormat,
  claimed: number,
  offset: number,
): Pick<SampleData, 'samples' | 'damage' | 'isWhole'> {
  const present = file.bytes - offset;
  const context = { path: file.path, offset, claimed, present };
  const unknown = unknownSizes.has(claimed);
  const samples = format.samplesIn(Math.max(0, unknown ? present : Math.min(present, claimed)));
  if (samples === 0) {
    if (unknown || format.samplesIn(claimed) === 0) throw noSamples(file.path, offset);
    throw new CurlewError(
      'FILE_DAMAGED',
      `${file.path} is damaged: its header promises ${claimed} bytes of samples at byte ${offset} and the file ends there. Copy it from the card again.`,
      context,
    );
  }
  const seconds = (bytes: number) => (format.samplesIn(bytes) / format.sampleRate).toFixed(2);
  const damage =
    claimed > present && !unknown
      ? new CurlewError(
          'FILE_DAMAGED',
          `${file.path} is cut short: the header promises ${seconds(claimed)} s and ${seconds(present)} s are there, which are used.`,
          context,
        )
      : null;
  return { samples, damage, isWhole: !unknown && claimed <= present };
}

export const noSamples = (path: string, offset: number): CurlewError =>
  new CurlewError('FILE_EMPTY', `${path} has a header and no samples; record it again.`, { path, offset });

/** @param name of the format, for a person */
export function sampleSource(file: OpenFile, name: string, data: SampleData): DecoderSource {
  const { sampleRate, channels } = data.format;
  const info: RecordingInfo = {
    ...{ path: file.path, format: name, sampleRate, channels, bytes: file.bytes },
    seconds: data.samples / sampleRate,
  };
  return {
    info,
    notes: data.notes,
    isWhole: data.isWhole,
    decode: (fromSample, signal, damaged, note) =>
      decodeSamples(file, data, fromSample, signal, damaged, note),
  };
}

async function* decodeSamples(
  opened: OpenFile,
  { format, offset, samples, damage }: SampleData,
  fromSample: number,
  signal: AbortSignal | undefined,
  damaged: ReportDamage,
  note: (note: RecordingNote) => void,
): AsyncGenerator<AudioChunk> {
  const { sampleRate, blockBytes, blockSamples } = format;
  const { path } = opened;
  if (damage !== null) damaged(damage, 'cut-short');
  let unusable = 0;
  let read = 0;
  const file = await opened.again(signal);
  try {
    const blocksOfPiece = Math.max(1, Math.floor(pieceBytes / blockBytes));
    const blocksOfRead = piecesOfRead * blocksOfPiece;
    let block = Math.floor(Math.min(fromSample, samples) / blockSamples);
    const most = Math.min(blocksOfRead, Math.ceil(samples / blockSamples) - block);
    const place = new Uint8Array(most * blockBytes);
    while (block * blockSamples < samples) {
      const position = block * blockSamples;
      const wanted = Math.min(blocksOfRead * blockSamples, samples - position);
      const blocks = Math.ceil(wanted / blockSamples);
      const bytes = await file.read(offset + block * blockBytes, blocks * blockBytes, place);
      const got = Math.min(wanted, format.samplesIn(bytes.length));
      for (let at = 0; at * blockSamples < got; at += blocksOfPiece) {
        const piece = bytes.subarray(at * blockBytes, (at + blocksOfPiece) * blockBytes);
        const count = Math.min(got - at * blockSamples, blocksOfPiece * blockSamples);
        const channels = format.unpack(piece);
        unusable += format.unusable?.(piece) ?? 0;
        read += count * channels.length;
        const isMore = channels[0]!.length > count;
        yield {
          channels: isMore ? channels.map((channel) => channel.subarray(0, count)) : channels,
          startSample: position + at * blockSamples,
        };
      }
      block += blocks;
      if (got < wanted) {
        const used = ((position + got) / sampleRate).toFixed(2);
        const promised = (samples / sampleRate).toFixed(2);
        damaged(
          new CurlewError(
            'FILE_DAMAGED',
            `${path} became shorter while it was read: ${promised} s were there, ${used} s are used.`,
            { path, offset: offset + position * (blockBytes / blockSamples) },
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
