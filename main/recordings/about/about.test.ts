import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { noise, riffChunk, scratchFolder, wavBytes, type WavOptions } from '../testing.ts';
import { aboutRecording } from './about.ts';
import { audioMothOf } from './audiomoth.ts';
import { bextOf } from './bext.ts';
import { guanoOf } from './guano.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let ownZone: string | undefined;
beforeAll(async () => {
  ownZone = process.env['TZ'];
  process.env['TZ'] = 'America/Caracas';
  scratch = await scratchFolder();
});
afterAll(async () => {
  if (ownZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = ownZone;
  await scratch.remove();
});

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));
const guano = (...lines: string[]) =>
  riffChunk('guan', bytesOf(['GUANO|Version: 1.0', ...lines, ''].join('\n')));
const info = (...tags: [id: string, text: string, length: number][]) =>
  riffChunk(
    'LIST',
    Buffer.concat([
      bytesOf('INFO'),
      ...tags.map(([id, text, length]) => riffChunk(id, bytesOf(text.padEnd(length, '\0')))),
    ]),
  );
const audioMoth = (comment: string) =>
  info(['ICMT', comment, 384], ['IART', 'AudioMoth 24E144085F2569A0', 32]);
function bext(date: string, time: string, originator = 'Pocket') {
  const bytes = new Uint8Array(602);
  bytes.set(bytesOf('At the pond'), 0);
  bytes.set(bytesOf(originator), 256);
  bytes.set(bytesOf(date), 320);
  bytes.set(bytesOf(time), 330);
  return riffChunk('bext', bytes);
}
const comment =
  'Recorded at 19:45:01 24/06/2026 (UTC+2) by AudioMoth 24E144085F2569A0 at medium-high gain while battery was 4.1V and temperature was -1.5C.';
const modifiedMs = Date.UTC(2026, 6, 1, 12);
const pond = { site: 'Pond', latitude: 1, longitude: 2, folder: null, prefix: 'pond_' };
const sites = [pond, { ...pond, site: 'Sea', latitude: null, longitude: null, prefix: 'sea_' }];

async function about(name: string, options: WavOptions = {}, timeZone: string | null = null) {
  const path = await scratch.write(name, wavBytes([noise(16_000)], options));
  const found = await aboutRecording({ path, format: 'WAV', seconds: 1 }, modifiedMs, { timeZone, sites });
  return { ...found, at: new Date(found.startMs!).toISOString() };
}

describe('when a recording began', () => {
  it('is told by its name, then GUANO, then AudioMoth’s comment, then bext, then its date', async () => {
    const chunks = [
      bext('2026-06-21', '01:00:00'),
      audioMoth(comment),
      guano('Timestamp: 2026-06-23T03:00:00'),
    ];
    const timeZone = 'UTC';
    const sources: [string, string | null][] = [];
    for (let left = 3; left >= 0; left--) {
      const { at, timeSource } = await about('dawn.wav', { before: chunks.slice(0, left) }, timeZone);
      sources.push([at, timeSource]);
    }
    const named = await about('20260625_040000.wav', { before: chunks.slice(0, 1) }, timeZone);
    expect([[named.at, named.timeSource], ...sources]).toEqual([
      ['2026-06-25T04:00:00.000Z', 'file name, time zone as set'],
      // Its clock was two hours ahead of UTC, as AudioMoth's comment says.
      ['2026-06-23T01:00:00.000Z', 'GUANO, time zone as the file says'],
      ['2026-06-24T17:45:01.000Z', 'AudioMoth comment, time zone as the file says'],
      ['2026-06-21T01:00:00.000Z', 'bext chunk, time zone as set'],
      ['2026-07-01T11:59:59.000Z', 'modification time'],
    ]);
  });

  it('is shown in the zone that is set, else the file’s, else this computer’s', async () => {
    const of = { before: [audioMoth(comment)] };
    expect(await about('20260624_194501.WAV', of)).toMatchObject({
      ...{ at: '2026-06-24T17:45:01.000Z', offsetMinutes: 120 },
      timeSource: 'file name, time zone as the file says',
    });
    expect(await about('20260624_194501.WAV', of, 'Asia/Kathmandu')).toMatchObject({
      ...{ at: '2026-06-24T17:45:01.000Z', offsetMinutes: 345 },
    });
    expect(await about('20260624_194501.WAV')).toMatchObject({
      ...{ at: '2026-06-24T23:45:01.000Z', offsetMinutes: -240 },
      timeSource: 'file name, time zone of this computer',
    });
    expect(await about('20260624_194501.WAV', {}, 'Europe/Berlin')).toMatchObject({
      ...{ at: '2026-06-24T17:45:01.000Z', offsetMinutes: 120 },
      timeSource: 'file name, time zone as set',
    });
    expect(await about('5CF1A2B0.WAV', {}, '+02:00')).toMatchObject({
      ...{ at: '2019-05-31T21:54:56.000Z', offsetMinutes: 120 },
    });
  });
});

describe('a recorder', () => {
  it('tells of itself by GUANO, wherever in the file it stands, and by all its chunks', async () => {
    const lines = [
      'Timestamp: 2026-06-23 03:00:00.250-07:00',
      'Loc Position: 47.62 -122.33',
      'Make: Wildlife Acoustics, Inc.',
      'Serial: 0012',
      'Temperature Int: 12.25',
      'WA|Song Meter|Gain: 24',
      'Battery: 3.9',
      'Note: first\\nsecond',
      'Note: again',
      'no colon',
    ];
    const { recorder, ...found } = await about('dawn.wav', {
      after: [bext('2026-06-21', '01:00:00'), guano(...lines)],
    });
    expect(found).toMatchObject({
      at: '2026-06-23T10:00:00.250Z',
      offsetMinutes: -420,
      latitude: 47.62,
      longitude: -122.33,
    });
    expect(recorder).toEqual({
      ...{ originator: 'Pocket', description: 'At the pond', make: 'Wildlife Acoustics, Inc.', id: '0012' },
      ...{ temperatureC: 12.25, gain: 24, batteryVolts: 3.9, Note: 'first\nsecond' },
    });
  });

  it('stands where GUANO says, else where its site is', async () => {
    const here = { before: [guano('Loc Position: 47.62 -122.33')] };
    const nowhere = { latitude: null, longitude: null };
    expect(await about('pond_1.wav')).toMatchObject({ site: 'Pond', latitude: 1, longitude: 2 });
    expect(await about('pond_1.wav', here)).toMatchObject({ site: 'Pond', latitude: 47.62 });
    expect(await about('sea_1.wav', here)).toMatchObject({ site: 'Sea', longitude: -122.33 });
    expect(await about('sea_1.wav')).toMatchObject({ site: 'Sea', ...nowhere });
    expect(await about('other.wav')).toMatchObject({ site: null, ...nowhere });
  });

  it('that stands nowhere on earth, or has no fix, stands at no place', async () => {
    for (const position of ['0 0', '91 0', '1 200', '5', 'north east', 'Infinity 1'])
      expect((await about('a.wav', { before: [guano(`Loc Position: ${position}`)] })).latitude).toBeNull();
  });

  it.each([
    [comment, { gain: 'medium-high', batteryVolts: 4.1, temperatureC: -1.5 }, '2026-06-24T19:45:01', 120],
    [
      'Recorded at 03:00:00 01/02/2019 (UTC) by AudioMoth 24E144085F2569A0 at gain setting 2 while battery state was 3.9V',
      { gain: 2, batteryVolts: 3.9 },
      '2019-02-01T03:00:00',
      0,
    ],
    [
      'Recorded at 03:00:00.500 01/02/2026 (UTC-3:30) during deployment 0123456789ABCDEF by AudioMoth 24E144085F2569A0 using external microphone at low gain while battery was greater than 4.9V and temperature was 21.0C. Recording stopped due to low voltage.',
      {
        ...{
          deployment: '0123456789ABCDEF',
          microphone: 'external',
          gain: 'low',
          batteryVolts: 'greater than 4.9',
        },
        ...{ temperatureC: 21, ended: 'Recording stopped due to low voltage' },
      },
      '2026-02-01T03:00:00.5',
      -210,
    ],
  ])('tells of itself by AudioMoth’s comment: %s', (text, recorder, local, offsetMinutes) => {
    const { time, recorder: told } = audioMothOf(text, '')!;
    expect(told).toEqual({ make: 'AudioMoth', id: '24E144085F2569A0', ...recorder });
    expect(time).toEqual({ localMs: Date.parse(`${local}Z`), offsetMinutes });
  });

  it('of another make is not taken for an AudioMoth, and its comment not for a time', async () => {
    expect(audioMothOf('Recorded at 03:00:00 01/02/2019 (UTC) by hand', 'Me')).toBeNull();
    const { timeSource, recorder } = await about('a.wav', { before: [info(['ICMT', 'Windy', 8])] });
    expect([timeSource, recorder]).toEqual(['modification time', null]);
  });
});

test('a chunk cut off anywhere, or altered, is read as far as it goes', () => {
  const chunks = [
    guano('Timestamp: 2026-06-23T03:00:00', 'Loc Position: 1 2').subarray(8),
    bext('2026-06-21', '01:00:00').subarray(8),
  ];
  for (const whole of chunks) {
    for (let cut = 0; cut <= whole.length; cut++) {
      guanoOf(whole.subarray(0, cut));
      bextOf(whole.subarray(0, cut));
    }
  }
  expect(bextOf(chunks[1]!.subarray(0, 337))).toBeNull();
  expect(guanoOf(chunks[0]!.subarray(0, 10))).toBeNull();
});

test('whatever stands in the chunks, something is told and nothing is thrown', async () => {
  const body = fc.uint8Array({ maxLength: 700 });
  const chunk = fc.oneof(
    fc
      .tuple(fc.constantFrom('guan', 'bext', 'LIST', 'junk'), body)
      .map(([id, bytes]) => riffChunk(id, bytes)),
    fc
      .tuple(fc.constantFrom('guan', 'LIST'), body, fc.nat(0xffffffff))
      .map(([id, bytes, size]) => riffChunk(id, bytes, size)),
    body.map((bytes) => riffChunk('LIST', Buffer.concat([bytesOf('INFO'), bytes]))),
    fc.string().map((text) => guano(text, `Timestamp: ${text}`, `Loc Position: ${text}`)),
    fc.string().map((text) => audioMoth(`Recorded at ${text} by AudioMoth`)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 4 }), async (chunks) => {
      const { startMs, offsetMinutes, latitude } = await about('a.wav', { after: chunks });
      expect(Number.isSafeInteger(startMs)).toBe(true);
      expect(Number.isInteger(offsetMinutes)).toBe(true);
      expect(latitude === null || Math.abs(latitude) <= 90).toBe(true);
    }),
    { numRuns: 200 },
  );
});
