/** Files and recordings: their part of the contract. */
import * as v from 'valibot';
import type { Audio16k } from '../banks/contract.ts';
import { pageLimit } from '../contract/pieces.ts';
import { forOperators } from '../contract/roles.ts';
import { path, seconds, whole } from '../contract/schemas.ts';

export interface FileEntry {
  name: string;
  path: string;
  folder: boolean;
  bytes: number;
}

export interface RecordingInfo {
  path: string;
  /** WAV, FLAC, Ogg Vorbis, MP3 */
  format: string;
  sampleRate: number;
  channels: number;
  /** Null where only decoding the whole file would tell. */
  seconds: number | null;
  bytes: number;
}

/** Kinds of files that a person chooses, by their extensions; none: any. */
export const fileKinds = {
  recordings: { name: 'Recordings', extensions: ['wav', 'wave', 'flac', 'ogg', 'oga', 'mp3'] },
  onnx: { name: 'ONNX graphs', extensions: ['onnx'] },
  images: { name: 'Images for boards', extensions: ['image', 'img'] },
  bank: { name: 'Banks', extensions: ['curlew-bank'] },
  store: { name: 'Backups of the store', extensions: ['duckdb'] },
  all: { name: 'All files', extensions: [] },
} as const satisfies Record<string, { name: string; extensions: readonly string[] }>;
export type FileKind = keyof typeof fileKinds;
export const fileKind = v.picklist(Object.keys(fileKinds) as FileKind[]);

export interface InspectedRecording extends RecordingInfo {
  /** When the file was last written. */
  modifiedMs: number;
}

/** What a path holds to be played or classified: itself, or the recordings in a folder, to the bottom of it. */
export interface FoundRecordings {
  /** With every link followed. */
  path: string;
  folder: boolean;
  /** As many as were asked for, by the order of folders, then names. */
  files: string[];
  /** How many there are. */
  total: number;
  /** What could not be looked into. */
  failed: { path: string; message: string }[];
}

export const recordingRequests = {
  /** Folders and files of this kind (recordings, where it is left out) of a folder inside the allowed roots. */
  'files.browse': forOperators(v.strictObject({ path, kind: v.optional(fileKind) })),
  'recordings.find': forOperators(v.strictObject({ path, limit: whole(1, pageLimit) })),
  'recordings.inspect': forOperators(v.strictObject({ path })),
  /** 16 kHz mono of a stretch of a recording (at most 120 s), for the spectrogram. */
  'recordings.audio': forOperators(v.strictObject({ path, startS: seconds(1e6), durationS: seconds(120) })),
} as const;

export interface RecordingResults {
  'files.browse': { path: string; parent: string | null; entries: FileEntry[] };
  'recordings.find': FoundRecordings;
  'recordings.inspect': InspectedRecording;
  'recordings.audio': Audio16k;
}
