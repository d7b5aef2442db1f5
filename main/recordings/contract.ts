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
  /** WAV, Wave64, AIFF, FLAC, Ogg FLAC, Ogg Vorbis, Opus, MP3 */
  format: string;
  sampleRate: number;
  channels: number;
  /** Null where only decoding the whole file would tell. */
  seconds: number | null;
  bytes: number;
}

/** `damaged`: bytes of it are altered or missing, and no code below says it closer. */
export type NoteCode =
  | 'damaged'
  | 'cut-short'
  | 'changed'
  | 'header-stale'
  | 'list-unpadded'
  | 'lost-frames'
  | 'second-stream'
  | 'not-a-number'
  | 'antiphase'
  | 'band-missing'
  | 'silence';

/** What a person should know of a recording that was used. */
export interface RecordingNote {
  code: NoteCode;
  /** `damaged`: not all of it could be used. */
  level: 'note' | 'damaged';
  text: string;
}

/** What is known of a recording besides its sound; what is not is null. */
export interface RecordingAbout {
  /** When it begins: UTC, and how far local time is ahead of it. */
  startMs: number | null;
  offsetMinutes: number | null;
  /** Where that was read, and whose time zone it is. */
  timeSource: string | null;
  /** Of a table of sites. */
  site: string | null;
  /** Degrees, as the recorder tells, else as the site has them. */
  latitude: number | null;
  longitude: number | null;
  /** What the recorder tells of itself, in its own words but for make, model, id, gain, batteryVolts, temperatureC. */
  recorder: Record<string, string | number> | null;
}

/** How clips are written: the same samples of 16 bits, as they are or packed. */
export const clipFormats = ['wav', 'flac'] as const;
export type ClipFormat = (typeof clipFormats)[number];

/** The formats of sound that are read, for a person. */
export const formatsRead = 'WAV, AIFF, FLAC, Ogg Vorbis, Opus and MP3';

/** Kinds of files that a person chooses, by their extensions; none: any. */
export const fileKinds = {
  recordings: {
    name: 'Recordings',
    extensions: ['wav', 'wave', 'bwf', 'w64', 'aif', 'aiff', 'aifc', 'flac', 'ogg', 'oga', 'opus', 'mp3'],
  },
  onnx: { name: 'ONNX graphs', extensions: ['onnx'] },
  tables: { name: 'Tables', extensions: ['csv', 'tsv', 'txt'] },
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

/** Which sound of a recording is looked at and heard: the mean of its channels, or one, counted from 0. */
const channelHeard = v.optional(v.union([v.literal('mix'), whole(0, 63)]), 'mix');
export type ChannelHeard = v.InferOutput<typeof channelHeard>;

/** Samples of the windows that spectra are taken of. */
export const spectrumWindows = [256, 512, 1024, 2048] as const;

/** A stretch of a spectrogram. */
const spectrogramWish = v.strictObject({
  channel: channelHeard,
  startS: seconds(1e6),
  /** Length of a column. */
  columnS: v.pipe(v.number(), v.minValue(1e-5), v.maxValue(4)),
  columns: whole(1, 512),
  windowSamples: v.picklist(spectrumWindows),
});
export type SpectrogramWish = v.InferOutput<typeof spectrogramWish>;

export interface SpectrogramPiece {
  /** As many as were asked for, or fewer where the recording ends. */
  columns: number;
  /** From 0 Hz up to half the sample rate, both included. */
  bands: number;
  sampleRate: number;
  /** [columns][bands]: half decibels above −127.5 dB of a sine of full scale; 0 for that and less. */
  levels: Uint8Array;
}

/** Mono PCM at the recording's own rate, little-endian int16. */
export interface Sound {
  pcm: Uint8Array;
  samples: number;
  sampleRate: number;
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
  /** A stretch at the recording's own rate, to be heard; at most 2,097,152 samples of it. */
  'recordings.sound': forOperators(
    v.strictObject({ path, startS: seconds(1e6), durationS: seconds(120), channel: channelHeard }),
  ),
  'recordings.spectrogram': forOperators(v.strictObject({ path, ...spectrogramWish.entries })),
} as const;

export interface RecordingResults {
  'files.browse': { path: string; parent: string | null; entries: FileEntry[] };
  'recordings.find': FoundRecordings;
  'recordings.inspect': InspectedRecording;
  'recordings.audio': Audio16k;
  'recordings.sound': Sound;
  'recordings.spectrogram': SpectrogramPiece;
}
