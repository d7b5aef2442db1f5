/** What is known of one file while its parts are heard, and what comes of it in the end. */
import { argmax } from '../../../models/evaluation/probability.ts';
import { grouped } from '../../contract/figures.ts';
import type {
  ClassifiedFile,
  ClassifySettings,
  Detection,
  KeptWindow,
  ListedFile,
  RecordingNote,
} from '../../contract/types.ts';
import { modificationTime } from '../../recordings/about/about.ts';
import type { Answering } from './answering.ts';
import { unheard } from './contract/rows.ts';
import { eventsOf } from './events.ts';
import { keptWindows } from './kept-windows.ts';
import type { FileResults } from './result-store.ts';
import type { Span } from './spans.ts';
import { joinWindows, type Windows } from './windows.ts';
import type { HeardEnd, Looked } from './worker-messages.ts';

/** A part that was heard: plain data, that a store can keep. */
export interface HeardPart {
  windows: Windows;
  end: HeardEnd;
}

/** @param spans and the parts that were heard of them, in the same order */
export function fileResults(
  jobId: string,
  listed: ListedFile & { fileId: number },
  looked: Looked,
  spans: readonly Span[],
  parts: readonly HeardPart[],
  answering: Answering,
  settings: ClassifySettings,
): FileResults {
  const { classes, experts, routed, grid } = answering;
  const { info } = looked;
  const byChannel = new Map<number | null, Windows[]>();
  const ends: HeardEnd[] = [];
  const ended = new Set<number | null>();
  spans.forEach(({ channel, fromWindow, toWindow }, i) => {
    // Where a decoder gave up, or the file became shorter, what follows has no place in time any more.
    if (ended.has(channel)) return;
    const { windows, end } = parts[i]!;
    ends.push(end);
    byChannel.set(channel, [...(byChannel.get(channel) ?? []), windows]);
    if (toWindow !== null && windows.count < toWindow - fromWindow) ended.add(channel);
  });
  const notes = [
    ...ends.flatMap((end) => end.notes),
    ...ends.flatMap((end) => changes(listed.path, looked, end)),
  ];
  const asPromised = notes.every(
    ({ code, level }) => level === 'note' && code !== 'header-stale' && code !== 'second-stream',
  );
  // The header's word where it holds: a length in samples of the model's rate is rounded up.
  const seconds =
    asPromised && info.seconds !== null
      ? info.seconds
      : Math.max(...ends.map(({ samples }) => samples)) / grid.rate;
  const about = begun(looked, seconds);
  const detections: Omit<Detection, 'number'>[] = [];
  const windows: KeptWindow[] = [];
  const all: Windows[] = [];
  for (const [channel, some] of byChannel) {
    const joined = joinWindows(some, classes.length);
    all.push(joined);
    for (const { place, ...event } of eventsOf(joined, grid, settings, classes)) {
      const atMs = about.startMs === null ? null : about.startMs + Math.round(event.startS * 1000);
      const at = { jobId, fileId: listed.fileId, path: listed.path, channel, atMs };
      detections.push({ ...at, ...event, expert: experts[place]! });
    }
    for (const one of keptWindows(joined, grid, settings, classes))
      windows.push({ fileId: listed.fileId, channel, ...one });
  }
  detections.sort(
    (a, b) => a.startS - b.startS || (a.channel ?? 0) - (b.channel ?? 0) || a.classIndex - b.classIndex,
  );

  const heard = joinWindows(all, classes.length);
  const file: ClassifiedFile = {
    ...unheard,
    ...about,
    ...{ jobId, fileId: listed.fileId, path: listed.path, state: 'classified' },
    ...{ bytes: looked.bytes, modifiedMs: looked.modifiedMs, sha256: looked.sha256 },
    ...{ format: info.format, sampleRate: info.sampleRate, channels: info.channels },
    seconds,
    windows: heard.count,
    ...overall(heard, classes),
    notes: notesOf(listed.path, notes, heard),
    experts: routed ? answersOf(heard, experts) : null,
    readMs: looked.ms + sum(ends.map(({ readMs }) => readMs)),
    modelMs: sum(ends.map(({ modelMs }) => modelMs)),
  };
  return { file, detections: detections.map((one, number) => ({ ...one, number })), windows };
}

/** Where its time is told by its end alone, when it was last written, its beginning follows from how long it truly is. */
function begun({ info, about }: Looked, seconds: number): Looked['about'] {
  if (about.timeSource !== modificationTime || about.startMs === null) return about;
  return { ...about, startMs: Math.round(about.startMs + 1000 * ((info.seconds ?? 0) - seconds)) };
}

/** The class with the largest mean probability over all windows in which anything is heard. */
function overall(windows: Windows, classes: readonly string[]) {
  const sums = new Array<number>(classes.length).fill(0);
  let count = 0;
  for (let i = 0; i < windows.count; i++) {
    if (windows.heard[i] === 0) continue;
    count++;
    for (let c = 0; c < sums.length; c++) sums[c]! += windows.probabilities[i * sums.length + c]!;
  }
  if (count === 0) return { classIndex: null, label: null, probability: null };
  const classIndex = argmax(sums);
  return { classIndex, label: classes[classIndex]!, probability: Math.fround(sums[classIndex]! / count) };
}

function answersOf(windows: Windows, experts: readonly string[]): Record<string, number> {
  const counts = new Array<number>(experts.length).fill(0);
  for (const place of windows.place) counts[place]!++;
  return Object.fromEntries(experts.map((name, place) => [name, counts[place]!]));
}

/** That a file was written to, or taken away, while it was heard. */
function changes(path: string, { bytes, modifiedMs }: Looked, { left }: HeardEnd): RecordingNote[] {
  if (left === undefined || (left?.bytes === bytes && left.modifiedMs === modifiedMs)) return [];
  const what =
    left === null
      ? 'was gone when it had been read'
      : left.bytes === bytes
        ? 'was written to while it was read'
        : `${left.bytes > bytes ? 'grew' : 'shrank'} from ${grouped(bytes)} to ${grouped(left.bytes)} bytes while it was read`;
  const text = `${path} ${what}; of it is used what was there at first, so classify it again once it is whole.`;
  return [{ code: 'changed', level: 'damaged', text }];
}

/** Of the notes of the parts, the first with each code. */
function notesOf(path: string, ofParts: readonly RecordingNote[], windows: Windows): RecordingNote[] {
  const notes = ofParts.filter((note, i) => ofParts.findIndex(({ code }) => code === note.code) === i);
  const silent = windows.heard.reduce((count, heard) => count + (heard === 0 ? 1 : 0), 0);
  // Channels that cancel each other are no silence of the microphone's.
  if (silent === windows.count && notes.every(({ code }) => code !== 'antiphase')) {
    const text = `${path} holds digital silence alone, of which no class is told; look at the recorder's microphone.`;
    notes.push({ code: 'silence', level: 'note', text });
  }
  return notes;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
