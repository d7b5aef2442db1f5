import { describe, expect, test } from 'vitest';
import type { CurlewError } from '../../../main/contract/error.ts';
import { Fields } from '../fields.ts';
import { boardInfo } from './board-info.ts';
import { boardKey, keyChangeText } from './board-key.ts';
import { boardSet, boardSettings, type BoardSettings } from './board-settings.ts';
import { expertActivate } from './expert-activate.ts';
import { expertList } from './expert-list.ts';

const fields = (payload: Record<string, unknown>) => new Fields(payload, 'test');
const wire = {
  v: 1,
  name: 'Küste',
  lat: NaN,
  lon: NaN,
  mic: 48_000,
  listen: 60,
  period: 600,
  hop: 7680,
  minp: 0.5,
  maxh: 1.5,
  interval: 1000,
  auto: true,
};

describe('the settings on the wire', () => {
  test('say of an unknown place that it is unknown', () => {
    const settings = boardSettings.decode(fields(wire));
    expect(settings).toMatchObject({
      latitude: null,
      longitude: null,
      microphoneRate: 48_000,
      autoStart: true,
    });
    expect(boardSettings.decode(fields({ ...wire, lat: 54.5, lon: -8 }))).toMatchObject({
      latitude: 54.5,
      longitude: -8,
    });
  });

  test('come back from binary32 as a person wrote them', () => {
    const kept = { lat: Math.fround(52.1), lon: Math.fround(-0.123456), minp: Math.fround(0.7), maxh: 0 };
    expect(boardSettings.decode(fields({ ...wire, ...kept }))).toMatchObject({
      latitude: 52.1,
      longitude: -0.123456,
      leastProbability: 0.7,
      mostEntropy: 0,
    });
  });

  test('of firmware that keeps no uncertain windows say so, and are not told of them', () => {
    const before = boardSettings.decode(fields(wire));
    expect(before).toMatchObject({ uncertainPercent: null, uncertainPaceS: null });
    expect(Object.keys(boardSet.encode(before))).not.toContain('uncertain');
    const since = boardSettings.decode(fields({ ...wire, uncertain: 10, pace: 600 }));
    expect(since).toMatchObject({ uncertainPercent: 10, uncertainPaceS: 600 });
    expect(boardSet.encode(since)).toMatchObject({ uncertain: 10, pace: 600 });
  });

  test('go back as they came', () => {
    const { v: _version, ...sent } = wire;
    const settings: BoardSettings = boardSet.decode(fields(wire));
    expect(boardSet.encode(settings)).toEqual(sent);
  });
});

describe("a board's words about itself", () => {
  const info = {
    id: new Uint8Array(8),
    name: 'hut',
    kind: 'test',
    profile: '',
    fw: '0.2.0',
    boot: 5,
    cause: 'power',
    up: 50 * 86_400_000,
    ring: 1024,
    link: 3,
    rate: 16_000,
    audio: true,
    listening: true,
    sim: true,
    window: 31_200,
    discarded: 0,
    mv: 0,
    cc: -32_768,
    stack: 0,
    key: new Uint8Array(0),
    keys: 0,
    protected: false,
  };
  const codeOf = (payload: Record<string, unknown>): string => {
    try {
      boardInfo.decode(fields(payload));
      return 'read';
    } catch (thrown) {
      return (thrown as CurlewError).code;
    }
  };

  test('say whether it listens, and an uptime past 49 days', () => {
    expect(boardInfo.decode(fields(info))).toMatchObject({ listening: true, uptimeMs: 50 * 86_400_000 });
  });

  test('say how often it started and what its clock says, where its firmware knows', () => {
    expect(boardInfo.decode(fields(info))).toMatchObject({
      starts: null,
      freeFlashBytes: null,
      clock: null,
      hasClock: false,
    });
    const counted = { ...info, starts: [0, 3, 1, 0, 0, 2, 7, 99], free: 4096, wall: 0, set: 0 };
    expect(boardInfo.decode(fields(counted))).toMatchObject({
      starts: { unknown: 0, power: 3, request: 1, watchdog: 0, fault: 0, pin: 2, 'brown-out': 7 },
      freeFlashBytes: 4096,
      clock: null,
      hasClock: true,
    });
    const set = { ...counted, wall: 1_795_836_323_500, set: 1_795_000_000_000 };
    expect(boardInfo.decode(fields(set)).clock).toEqual({
      nowMs: 1_795_836_323_500,
      setMs: 1_795_000_000_000,
    });
  });

  test('from firmware older than the lab are told as that', () => {
    const { listening: _unknown, ...older } = info;
    expect(codeOf(older)).toBe('BOARD_FIRMWARE');
  });

  test('are cut at the length the protocol allows, at a whole character, and draw no lines', () => {
    const long = boardInfo.decode(fields({ ...info, name: `${'x'.repeat(61)}äöü${'y'.repeat(4000)}` }));
    expect(long.name).toBe(`${'x'.repeat(61)}ä`);
    expect(boardInfo.decode(fields({ ...info, name: 'a\nb\u001b[2J\u202e' })).name).toBe('a�b�[2J�');
  });

  test('with numbers that no board can mean are refused', () => {
    for (const wrong of [-1, 0.5, NaN, 2 ** 32, 2n ** 60n]) {
      expect(codeOf({ ...info, boot: wrong }), String(wrong)).toBe('BOARD_BAD_REPLY');
    }
  });
});

describe('a change of the key', () => {
  const boardId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  test('is signed over purpose, board, count of changes, the new key and the protection', () => {
    const text = keyChangeText(boardId, 0x01020304, { newKey: new Uint8Array(32).fill(9), protect: true });
    const expected = [...new TextEncoder().encode('curlew key 1\0'), ...boardId, 4, 3, 2, 1];
    expect([...text]).toEqual([...expected, ...new Array<number>(32).fill(9), 1]);
  });

  test('to no key is signed over the same without one', () => {
    const text = keyChangeText(boardId, 0, { newKey: null, protect: false });
    expect([...text].slice(13)).toEqual([...boardId, 0, 0, 0, 0, 0]);
  });

  test('is sent with a signature only where there is one', () => {
    const change = { newKey: null, protect: false };
    expect(boardKey.encode({ ...change, signature: null })).toEqual({
      new: new Uint8Array(0),
      protect: false,
    });
    const signature = new Uint8Array(64);
    expect(boardKey.encode({ ...change, signature })).toMatchObject({ sig: signature });
  });
});

describe('the store on the wire', () => {
  const slot = {
    slot: 3,
    state: 'verified',
    len: 100,
    off: 100,
    name: 'owls',
    kind: 2,
    bits: 2,
    ternary: 1,
    version: 7,
    signed: true,
    sha: new Uint8Array(32),
  };
  const list = {
    slots: [slot],
    count: 12,
    active: [],
    router: -1,
    previous: [3],
    trial: 'none',
    size: 1,
    free: 2,
  };

  test('names kinds and ternary weights', () => {
    const table = expertList.decode(fields(list));
    expect(table).toMatchObject({
      router: null,
      previous: [3],
      slots: [{ kind: 'router', ternary: 'weights' }],
    });
  });

  test('tells which slots the encoders lie in, of one by firmware that knows no more, and of none where it knows none', () => {
    const of = (encoder: object) =>
      expertList.decode(fields({ ...list, ...encoder, slots: [{ ...slot, kind: 3 }] }));
    expect(of({ encoder: 3 })).toMatchObject({ encoders: [3], slots: [{ kind: 'encoder' }] });
    expect(of({ encoder: 3, encoders: [3, 5] }).encoders).toEqual([3, 5]);
    expect(of({ encoder: -1, encoders: [5] }).encoders).toEqual([5]);
    expect(of({ encoder: -1 }).encoders).toEqual([]);
    expect(of({}).encoders).toEqual([]);
  });

  test('is refused where a number of a bank is none', () => {
    expect(() => expertList.decode(fields({ ...list, active: ['0'] }))).toThrow(
      expect.objectContaining({ code: 'BOARD_BAD_REPLY' }),
    );
  });

  test('activates one expert without a word of a router', () => {
    expect(expertActivate.encode({ slots: [3], router: null })).toEqual({ slots: [3] });
    expect(expertActivate.encode({ slots: [3, 1], router: 0 })).toEqual({ slots: [3, 1], router: 0 });
    expect(expertActivate.encode({ slots: [3], encoder: 2 })).toEqual({ slots: [3], encoder: 2 });
  });
});
