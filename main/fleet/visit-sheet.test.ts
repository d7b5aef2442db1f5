import { describe, expect, it } from 'vitest';
import { sheetName, sheetOf } from './contract/visit-words.ts';
import type { MicrophoneState } from './contract/microphone.ts';
import type { Visit, VisitBoard } from './contract/visits.ts';
import { visitSheet } from './visit-sheet.ts';

const atMs = new Date(2026, 10, 28, 9, 5, 7).getTime();
const visit: Visit = {
  ...{ id: '1', boardId: '0123456789abcdef', boardName: 'Hut <north> "1"', site: 'Reed & bed' },
  ...{ startedMs: atMs, endedMs: atMs + 12_000, sinceMs: atMs - 30 * 86_400_000, by: null, automatic: true },
  found: {
    ...{
      records: 1204,
      missing: 12,
      gaps: 3,
      firstMs: atMs - 1000,
      lastMs: atMs,
      starts: [{ cause: 'watchdog', count: 2 }],
    },
    ...{
      leastMillivolts: 3105,
      lastMillivolts: 3300,
      noiseFloorDb: -61.26,
      highestDb: null,
      clippedShare: 0,
    },
  },
  clock: { setMs: atMs - 86_400_000, behindMs: -2345.6, errorMs: 3.2 },
  did: ['hop of 1 s'],
  left: ['night, version 2 is on trial'],
};

describe('the sheet of a visit', () => {
  it('tells what was fetched, missing, done and left, and leaves out what nobody knows', () => {
    const lines = Object.fromEntries(sheetOf(visit));
    expect(lines).toMatchObject({
      ...{
        missing: '12 records in 3 gaps',
        starts: '2 by watchdog',
        supply: '3.30 V',
        'noise floor': '-61.3 dBFS',
      },
      ...{ clipped: '0.00 %', done: 'hop of 1 s', left: 'night, version 2 is on trial' },
      clock: '2346 ms ahead, ±4 ms, set 2026-11-27 09:05:07',
      'visit before': '2026-10-29 09:05:07, 30 days before',
      by: 'itself, when it was met again',
    });
    expect(lines).not.toHaveProperty('highest level');
    expect(lines).not.toHaveProperty('microphone');
    expect(lines).not.toHaveProperty('firmware');
    const bare = { ...visit, site: '', clock: null, did: [], left: [], sinceMs: null };
    const { records, missing } = { records: 0, missing: 0 };
    const found = {
      ...visit.found,
      records,
      missing,
      gaps: null,
      leastMillivolts: null,
      lastMillivolts: null,
    };
    expect(sheetOf({ ...bare, found }).map(([what]) => what)).toEqual([
      ...['board', 'visited', 'by', 'visit before', 'records', 'missing', 'starts', 'noise floor', 'clipped'],
    ]);
  });

  it('is a page that needs nothing else, in which what people typed stays text', () => {
    const html = visitSheet(visit);
    expect(html).toContain('<h1>Hut &lt;north&gt; &quot;1&quot;</h1>');
    expect(html).toContain('Reed &amp; bed');
    for (const [what, text] of sheetOf(visit).slice(2))
      expect(html).toContain(`<th scope="row">${what}</th><td>${text}</td>`);
    expect(html).not.toMatch(/<script|<link|<img|url\(|https?:/);
  });

  it('tells in words whether the microphone hears, beside its figures', () => {
    const judged = {
      ...{
        boardId: 'a',
        hours: [atMs - 3_600_000, atMs] as [number, number],
        noiseFloorDb: -90,
        levelDb: -88,
      },
      ...{ clippedShare: 0, usualDb: -62, neighbours: 4 },
    };
    const told = (state: MicrophoneState) =>
      Object.fromEntries(sheetOf({ ...visit, microphone: { ...judged, state } }));
    expect(told('fell silent')).toMatchObject({
      microphone: 'faulty: it fell silent',
      'of the microphone': expect.stringMatching(
        /noise floor -90\.0 dBFS, usual at these hours -62\.0 dBFS and by 4 neighbours/,
      ),
      'noise floor': '-61.3 dBFS',
    });
    expect(told('well')).toMatchObject({ microphone: 'it hears: nothing speaks against it' });
    expect(visitSheet({ ...visit, microphone: { ...judged, state: 'stuck' } })).toContain(
      'faulty: it is stuck',
    );
  });

  it('tells what the board runs, whether that is wanted, its firmware, free flash and position', () => {
    const board: VisitBoard = {
      ...{ firmware: '0.1.0', runs: { name: 'night', version: 2 }, standing: 'on trial' as const },
      ...{ freeFlashBytes: 1_500_000, position: { latitude: 47.5, longitude: -11.25 } },
    };
    expect(Object.fromEntries(sheetOf({ ...visit, board }))).toMatchObject({
      ...{ runs: 'night, version 2', 'as wanted': 'yes, and on trial', firmware: '0.1.0' },
      ...{ 'free flash': '1.50 MB', position: '47.5°, -11.25°' },
    });
    const bare = { ...board, runs: null, freeFlashBytes: null, position: null, standing: 'differs' as const };
    const told = Object.fromEntries(sheetOf({ ...visit, board: bare }));
    expect(told).toMatchObject({ runs: 'nothing', 'as wanted': 'no: see what is left' });
    expect(told).not.toHaveProperty('free flash');
  });

  it('has a name that every file system takes', () => {
    expect(sheetName(visit)).toBe('visit-Hut-north-1--2026-11-28-09-05');
    expect(sheetName({ ...visit, boardName: '../雨:/' })).toBe('visit--雨--2026-11-28-09-05');
  });
});
