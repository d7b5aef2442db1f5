/** What the chunks of a WAV file tell beside its sound: GUANO, AudioMoth's comment, the Broadcast Wave extension. */
import { openFile } from '../file.ts';
import { riffChunks } from '../riff-chunks.ts';
import { audioMothOf, type AudioMoth } from './audiomoth.ts';
import { bextOf, type Bext } from './bext.ts';
import { guanoOf, type Guano } from './guano.ts';

export interface WavTells {
  guano: Guano | null;
  audioMoth: AudioMoth | null;
  bext: Bext | null;
}

/** Of a chunk no more is read. */
const mostBytes = 65_536;
/** Sound that a stale header leaves behind the samples is no chunk. */
const isId = (id: string) => /^[\x20-\x7e]{4}$/.test(id);

/** @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, ABORTED */
export async function wavTells(path: string): Promise<WavTells> {
  const tells: WavTells = { guano: null, audioMoth: null, bext: null };
  const file = await openFile(path);
  try {
    for await (const { id, body, size } of riffChunks(file)) {
      if (!isId(id)) break;
      const read = () => file.read(body, Math.min(size, mostBytes));
      if (id === 'guan') tells.guano ??= guanoOf(await read());
      else if (id === 'bext') tells.bext ??= bextOf(await read());
      else if (id === 'LIST') tells.audioMoth ??= ofInfo(await read());
    }
    return tells;
  } finally {
    await file.close();
  }
}

function ofInfo(list: Uint8Array): AudioMoth | null {
  const text = (from: number, to: number) =>
    new TextDecoder('latin1')
      .decode(list.subarray(from, to))
      .replace(/\0[^]*$/, '')
      .trim();
  if (text(0, 4) !== 'INFO') return null;
  const data = new DataView(list.buffer, list.byteOffset, list.byteLength);
  const found = new Map<string, string>();
  for (let at = 4; at + 8 <= list.length;) {
    const size = data.getUint32(at + 4, true);
    const id = text(at, at + 4);
    if (!found.has(id)) found.set(id, text(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return audioMothOf(found.get('ICMT') ?? '', found.get('IART') ?? '');
}
