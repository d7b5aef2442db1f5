/** A session of the maker's own program; see ppk2-form.ts. */
import { CurlewError } from '../../contract/error.ts';
import { gap, unknownRange } from '../totals.ts';
import type { ReadFile } from './file-work.ts';
import { frameBytes, logicOf } from './ppk2-form.ts';
import { ZipReader } from './zip.ts';

interface Told {
  metadata?: { samplesPerSecond?: unknown; startSystemTime?: unknown };
}

export const readPpk2: ReadFile = async (path, writer, share) => {
  const zip = await ZipReader.open(path);
  const told = await metadataOf(zip, path);
  const perSecond = Number(told.metadata?.samplesPerSecond);
  if (!(perSecond > 0 && perSecond <= 100_000)) {
    throw new CurlewError('FILE_DAMAGED', `${path} does not say how many samples a second it has.`, { path });
  }
  const all = Math.max(1, zip.size('session.raw'));
  const logics = Uint8Array.from({ length: 65_536 }, (_, pairs) => logicOf(pairs));
  let rest: Buffer = Buffer.alloc(0);
  let read = 0;
  for await (const piece of zip.pieces('session.raw')) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = bytes.length - (bytes.length % frameBytes);
    for (let at = 0; at < end; at += frameBytes) {
      const microamperes = bytes.readFloatLE(at);
      if (Number.isNaN(microamperes)) writer.sample(NaN, 0, gap);
      else writer.sample(microamperes * 1e-6, logics[bytes.readUInt16LE(at + 4)]!, unknownRange);
    }
    rest = bytes.subarray(end);
    read += piece.length;
    share(read / all);
  }
  const startedMs = Number(told.metadata?.startSystemTime);
  return {
    samplesPerSecond: perSecond,
    startedMs: told.metadata?.startSystemTime !== undefined && Number.isFinite(startedMs) ? startedMs : null,
  };
};

async function metadataOf(zip: ZipReader, path: string): Promise<Told> {
  let text = '';
  for await (const piece of zip.pieces('metadata.json')) text += piece.toString('utf8');
  try {
    return JSON.parse(text) as Told;
  } catch (cause) {
    throw new CurlewError(
      'FILE_DAMAGED',
      `What ${path} tells of itself cannot be read.`,
      { path },
      { cause },
    );
  }
}
