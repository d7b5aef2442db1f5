/** Opening a recording of any supported format, and decoding it in pieces. */
import { CurlewError } from '../contract/error.ts';
import type { RecordingInfo, RecordingNote } from '../contract/types.ts';
import { openAiff } from './aiff.ts';
import { Cancelling } from './cancelling.ts';
import { detectContainer } from './container.ts';
import { openFile, throwIfAborted } from './file.ts';
import { openFlac } from './flac.ts';
import { openMp3 } from './mp3.ts';
import { openOgg } from './ogg.ts';
import { targetRate } from './resample.ts';
import type { AudioChunk, DecoderSource, ReportDamage } from './stream.ts';
import { openWav } from './wav.ts';
import { openWave64 } from './wave64.ts';

export type { AudioChunk } from './stream.ts';

export interface Recording {
  readonly info: RecordingInfo;
  /** All is there that its header promises; false where it promises more, or where no header tells. */
  readonly isWhole: boolean;
  /**
   * What is wrong with a file that still holds audio: cut short, or with lost stretches. Known in full
   * once a decoding has run to its end; the first damage found is kept.
   */
  readonly damage: CurlewError | null;
  /** What a person should know of it, damage among it: one a code. Known in full as `damage` is. */
  readonly notes: readonly RecordingNote[];
  /** The whole recording at its own rate; chunks follow each other without holes. */
  chunks(): AsyncIterable<AudioChunk>;
  /** The samples round(startS · rate) up to round((startS + durationS) · rate), or fewer where the file ends. */
  range(startS: number, durationS: number): AsyncIterable<AudioChunk>;
  /** The same by sample index; `to` may be Infinity. */
  samples(from: number, to: number): AsyncIterable<AudioChunk>;
}

/**
 * Reads the headers only. The format is told from the content, whatever the name. What is written behind its end later
 * is no part of it.
 * @param options most: of how many bytes it is, where it may have grown since it was looked at
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY, FILE_NOT_AUDIO, FILE_UNSUPPORTED, FILE_DAMAGED,
 *   ABORTED; the iterables throw FILE_DAMAGED when the whole file gave no sample
 */
export async function openRecording(
  path: string,
  options: { signal?: AbortSignal; most?: number } = {},
): Promise<Recording> {
  const { signal, most } = options;
  const file = await openFile(path, signal, most);
  let source: DecoderSource;
  try {
    const { container, start } = await detectContainer(file);
    if (container === 'wav') source = await openWav(file);
    else if (container === 'wave64') source = await openWave64(file);
    else if (container === 'aiff') source = await openAiff(file);
    else if (container === 'flac') source = await openFlac(file, start);
    else if (container === 'ogg') source = await openOgg(file, start);
    else source = await openMp3(file, start);
  } finally {
    await file.close();
  }
  return new SourceRecording(source, signal);
}

class SourceRecording implements Recording {
  damage: CurlewError | null = null;
  readonly notes: RecordingNote[];
  readonly isWhole: boolean;

  constructor(
    private readonly source: DecoderSource,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.notes = [...(source.notes ?? [])];
    this.isWhole = source.isWhole ?? false;
    const { path, sampleRate } = source.info;
    if (sampleRate < targetRate) {
      const text = `${path} was recorded at ${sampleRate} Hz and holds nothing above ${sampleRate / 2} Hz; experts listen up to ${targetRate / 2} Hz, so what they say of it is worth less.`;
      this.note({ code: 'band-missing', level: 'note', text });
    }
  }

  get info(): RecordingInfo {
    return this.source.info;
  }

  chunks(): AsyncIterable<AudioChunk> {
    return this.samples(0, Infinity);
  }

  range(startS: number, durationS: number): AsyncIterable<AudioChunk> {
    const { sampleRate } = this.info;
    return this.samples(Math.round(startS * sampleRate), Math.round((startS + durationS) * sampleRate));
  }

  async *samples(from: number, to: number): AsyncGenerator<AudioChunk> {
    let decoded = false;
    const cancelling = new Cancelling();
    try {
      for await (const chunk of this.decode(from)) {
        throwIfAborted(this.signal);
        decoded = true;
        const length = chunk.channels[0]!.length;
        const first = Math.max(0, from - chunk.startSample);
        const last = Math.min(length, to - chunk.startSample);
        if (last > first) {
          const whole = first === 0 && last === length;
          const channels = whole
            ? chunk.channels
            : chunk.channels.map((channel) => channel.subarray(first, last));
          cancelling.push(channels);
          yield { channels, startSample: chunk.startSample + first };
        }
        if (chunk.startSample + length >= to) return;
      }
    } finally {
      if (cancelling.found) this.tellAntiphase();
    }
    if (!decoded && from === 0 && to > 0) {
      throw (
        this.damage ??
        new CurlewError('FILE_DAMAGED', `${this.info.path} holds no audio that could be decoded.`, {
          path: this.info.path,
          offset: 0,
        })
      );
    }
  }

  private note(note: RecordingNote): void {
    if (this.notes.every(({ code }) => code !== note.code)) this.notes.push(note);
  }

  private tellAntiphase(): void {
    const text = `${this.info.path} has channels that cancel each other: their mean is all but silent, so choose one of them.`;
    this.note({ code: 'antiphase', level: 'note', text });
  }

  private readonly damaged: ReportDamage = (damage, code = 'damaged') => {
    this.damage ??= damage;
    this.note({ code, level: 'damaged', text: damage.message });
  };

  /** The decoders are C compiled to WebAssembly: on some damaged input they trap, which ends the audio there. */
  private async *decode(from: number): AsyncGenerator<AudioChunk> {
    try {
      yield* this.source.decode(from, this.signal, this.damaged, (note) => this.note(note));
    } catch (thrown) {
      if (thrown instanceof CurlewError) throw thrown;
      const { path, format } = this.info;
      this.damaged(
        new CurlewError(
          'FILE_DAMAGED',
          `${path} is damaged: the ${format} decoder gave up (${String(thrown)}); the audio before is used.`,
          { path },
          { cause: thrown },
        ),
      );
    }
  }
}
