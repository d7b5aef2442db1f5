/** Which kind of file the first bytes say it is; names and extensions are not looked at. */
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { openFile, type OpenFile } from './file.ts';
import { isAiff } from './aiff.ts';
import { formatsRead } from './contract.ts';
import { findFirstMp3Frame } from './mp3-frames.ts';
import { unread } from './unread-formats.ts';
import { isWave64 } from './wave64.ts';

export type Container = 'wav' | 'wave64' | 'aiff' | 'flac' | 'ogg' | 'mp3';

/** Wave64 has two GUIDs and a size before it says what it is. */
const headBytes = 40;
/** How much of a file is looked at for the first MP3 frame. */
const searchBytes = 65_536;

const unsupported: [offset: number, magic: string, name: string][] = [
  [4, 'ftyp', 'M4A or MP4'],
  [0, 'caff', 'CAF'],
  [0, 'wvpk', 'WavPack'],
  [0, '#!AMR', 'AMR'],
  [0, 'MAC ', 'Monkey’s Audio'],
  [0, '.snd', 'AU'],
  [0, '\x1aE\xdf\xa3', 'Matroska/WebM'],
  [0, '0&\xb2u', 'WMA'],
];

const isAt = (head: Uint8Array, offset: number, magic: string) =>
  [...magic].every((character, i) => head[offset + i] === character.charCodeAt(0));

/**
 * @returns the container and where its own bytes start (after an ID3v2 tag, else 0)
 * @throws CurlewError FILE_NOT_AUDIO with a look at the first bytes, FILE_UNSUPPORTED for audio Curlew does not read
 */
export async function detectContainer(file: OpenFile): Promise<{ container: Container; start: number }> {
  let start = 0;
  let head = await file.read(0, headBytes);
  if (isAt(head, 0, 'ID3') && head.length >= 10) {
    // ID3v2: four bytes of 7 bits hold the length after the ten-byte header.
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (head[at]! & 0x7f), 0);
    start = 10 + size + (head[5]! & 0x10 ? 10 : 0);
    if (start >= file.bytes) {
      throw new CurlewError(
        'FILE_DAMAGED',
        `${file.path} ends inside the ID3 tag at its start: the tag claims ${start} bytes, the file has ${file.bytes}. Copy it from the card again.`,
        { path: file.path, offset: file.bytes },
      );
    }
    head = await file.read(start, headBytes);
  }
  const riff = isAt(head, 0, 'RIFF') || isAt(head, 0, 'RF64') || isAt(head, 0, 'BW64');
  if (riff && isAt(head, 8, 'WAVE')) return { container: 'wav', start };
  if (isWave64(head)) return { container: 'wave64', start };
  if (isAiff(head)) return { container: 'aiff', start };
  if (isAt(head, 0, 'fLaC')) return { container: 'flac', start };
  if (isAt(head, 0, 'OggS')) return { container: 'ogg', start };
  for (const [offset, magic, name] of unsupported) {
    if (isAt(head, offset, magic)) throw unread(file.path, name);
  }
  const searched = await file.read(start, searchBytes);
  const frame = findFirstMp3Frame(searched, start + searched.length >= file.bytes);
  if (frame !== null) return { container: 'mp3', start: start + frame.offset };
  if (riff && head.length < 12) throw truncatedHeader(file);
  throw new CurlewError(
    'FILE_NOT_AUDIO',
    `${file.path} is no sound of a kind that Curlew reads (${formatsRead}): it starts with ${describe(head.subarray(0, 16))}.`,
    { path: file.path },
  );
}

/** Whether a file holds audio, also of a kind that Curlew does not read, or damaged. @throws CurlewError FILE_UNREADABLE */
export async function isRecording(path: string): Promise<boolean> {
  try {
    const file = await openFile(path);
    try {
      await detectContainer(file);
      return true;
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const error = toCurlewError(thrown);
    if (error.code === 'FILE_UNSUPPORTED' || error.code === 'FILE_DAMAGED') return true;
    if (error.code === 'FILE_NOT_AUDIO' || error.code === 'FILE_EMPTY') return false;
    throw error;
  }
}

function truncatedHeader(file: OpenFile): CurlewError {
  return new CurlewError(
    'FILE_DAMAGED',
    `${file.path} ends after ${file.bytes} bytes, inside its WAV header; copy it from the card again.`,
    { path: file.path, offset: file.bytes },
  );
}

/** The first bytes, as text where they are printable, else in hex. */
function describe(head: Uint8Array): string {
  const printable =
    head.length > 0 && head.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13);
  if (printable) return `the text ${JSON.stringify(String.fromCharCode(...head))}`;
  if (head.every((byte) => byte === 0)) return 'zero bytes';
  return `the bytes ${[...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}
