/** Windows that boards were least certain of: listed, decided, and made a labelled set. */
import { uncertainBands, uncertainFrames } from '../../devices/protocol/uncertain-window.ts';
import { softmax } from '../../models/evaluation/probability.ts';
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { Emit } from '../contract/events.ts';
import { allOf, pageLimit } from '../contract/pieces.ts';
import type { LabelledSet } from '../labelled-sets/contract.ts';
import { writeSet, type SetClip, type SetWish } from '../labelled-sets/write-set.ts';
import type { ReviewDecision } from '../review/contract/rows.ts';
import { reviewColumns } from '../review/labelled-set.ts';
import { setLabelOf } from '../review/set-labels.ts';
import type { KeptWindow, UncertainPage, UncertainStore } from '../store/uncertain-store.ts';
import type { UncertainCount, UncertainItem, UncertainLogMel } from './contract.ts';

export interface UncertainRooms {
  uncertain: UncertainStore;
  background: Background;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
  /** Of Curlew. */
  version: string;
  wallMs: () => number;
  emit: Emit;
}

/** Every method throws CurlewError STORE_FAILED, and REQUEST_INVALID for a window that is not there. */
export class Uncertain {
  constructor(private readonly rooms: UncertainRooms) {}

  async list(page: UncertainPage): Promise<UncertainItem[]> {
    return (await this.rooms.uncertain.list(page)).map(itemOf);
  }

  async logMel(number: number): Promise<UncertainLogMel> {
    const { offset, scale, codes } = (await this.get(number)).window;
    return { frames: uncertainFrames, bands: uncertainBands, offset, scale, codes: Uint8Array.from(codes) };
  }

  counts(reviewer: string | undefined): Promise<UncertainCount[]> {
    return this.rooms.uncertain.counts(reviewer);
  }

  async decide(number: number, decided: Omit<ReviewDecision, 'atMs'>): Promise<UncertainItem> {
    await this.rooms.uncertain.decide(number, { ...decided, atMs: this.rooms.wallMs() });
    this.rooms.emit('uncertain', null);
    return itemOf(await this.get(number));
  }

  async undo(reviewer: string): Promise<UncertainItem | null> {
    const number = await this.rooms.uncertain.undo(reviewer, this.rooms.wallMs());
    if (number === null) return null;
    this.rooms.emit('uncertain', null);
    return itemOf(await this.get(number));
  }

  /**
   * @param wish of places that may be written to and read
   * @throws CurlewError REQUEST_INVALID where nothing was decided to be of a class; of `writeSet`
   */
  async labelledSet({
    background: none,
    ...wish
  }: SetWish & { background?: string | undefined }): Promise<LabelledSet> {
    const { background, keep, version, uncertain } = this.rooms;
    const windows = await allOf<KeptWindow>((last) =>
      uncertain.list({ after: last?.number, limit: pageLimit }),
    );
    const decided = windows.filter(({ decisions }) => decisions.length > 0);
    const clips = decided.flatMap((one) => clipOf(one, none ?? null));
    if (clips.length === 0)
      throw new CurlewError(
        'REQUEST_INVALID',
        'Nothing of these windows was decided to be of a class yet: there is nothing to train on.',
        { decided: decided.length },
      );
    const told = {
      ...{ writtenBy: `Curlew ${version}`, of: 'windows that boards were least certain of' },
      ...{ background: none, beside: wish.beside },
      windows: decided.map(({ number, boardId, night, window: { bootId, sequence } }) => ({
        ...{ number, boardId, bootId, sequence, night },
      })),
    };
    const text = `${JSON.stringify(told, null, 2)}\n`;
    const made = await writeSet({ background, keep }, clips, reviewColumns, wish, text, []);
    return { ...made, leftOut: decided.length - clips.length };
  }

  private async get(number: number): Promise<KeptWindow> {
    const found = await this.rooms.uncertain.get(number);
    if (found) return found;
    throw new CurlewError('REQUEST_INVALID', `There is no uncertain window ${number}.`, { number });
  }
}

const labelAt = ({ labels }: Pick<KeptWindow, 'labels'>, index: number): string =>
  labels?.[index] ?? `class ${index}`;

function itemOf(kept: KeptWindow): UncertainItem {
  const { number, boardId, atMs, receivedMs, night, expert, decisions, window } = kept;
  const { bootId, sequence, entropy, classIndex, logits } = window;
  // Where nothing dated it, its fetching did; a record is older than that.
  const undated = window.wallMs === null && atMs === receivedMs;
  const probabilities = [...softmax(logits)].map((probability, i) => ({
    label: labelAt(kept, i),
    probability,
  }));
  return {
    ...{ number, boardId, bootId, sequence, receivedMs, night, entropy, expert },
    atMs: undated ? null : atMs,
    label: labelAt(kept, classIndex),
    probabilities: probabilities.sort((a, b) => b.probability - a.probability),
    decisions,
  };
}

function clipOf(kept: KeptWindow, background: string | null): SetClip[] {
  const { boardId, night, decisions, window } = kept;
  const detected = labelAt(kept, window.classIndex);
  const label = setLabelOf(detected, decisions, background);
  if (label === null) return [];
  const cells = [
    decisions.map(({ reviewer }) => reviewer).join(', '),
    new Date(Math.max(...decisions.map(({ atMs }) => atMs))).toISOString(),
  ];
  const source = `${boardId} ${night}`;
  const at = { startS: 0, endS: 0 };
  const detection = { path: source, channel: null, ...at, label: detected, peak: window.topProbability };
  return [{ detection, ...at, label, labelledBy: null, cells, window: window.bytes }];
}
