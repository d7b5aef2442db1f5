import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CurlewError } from '../../contract/error.ts';
import { siteOf, sitesOf } from './sites.ts';

const sites = (...lines: string[]) => sitesOf('/sites.csv', Buffer.from(lines.join('\n')));
const table = sites(
  'Site,Latitude,Longitude,Folder,Prefix',
  'Pond,53.5,-1.25,CARD01,',
  'Pond edge,,,CARD01/edge,',
  'Ridge,-12.25,130,,SM4_',
  'Ridge at dawn,-12.25,130,dawn,SM4_',
  'Mill,1,2,,',
  'Archive,1,2,/media/archive,',
);
const at = (path: string) => siteOf(path, table)?.site ?? null;

test('a recording is of the site whose folder or prefix it has, the most particular first', () => {
  expect(at('/media/CARD01/a.wav')).toBe('Pond');
  expect(at('/media/CARD01/deep/a.wav')).toBe('Pond');
  expect(at('/media/CARD01/edge/a.wav')).toBe('Pond edge');
  expect(at('/media/x/SM4_2026.wav')).toBe('Ridge');
  expect(at('/media/dawn/SM4_2026.wav')).toBe('Ridge at dawn');
  expect(at('/media/archive/2025/a.wav')).toBe('Archive');
  expect(table[0]).toEqual({
    site: 'Pond',
    latitude: 53.5,
    longitude: -1.25,
    folder: 'CARD01',
    prefix: null,
  });
});

test('a folder is a whole one, and a prefix the beginning of the file’s own name', () => {
  expect(at('/media/CARD011/a.wav')).toBeNull();
  expect(at('/media/XCARD01/a.wav')).toBeNull();
  expect(at('/media/CARD01')).toBeNull();
  expect(at('/SM4_/a.wav')).toBeNull();
  expect(at('/other/media/archive/a.wav')).toBeNull();
});

test('a site without folder and prefix is both by its name', () => {
  expect(at('/x/Mill/a.wav')).toBe('Mill');
  expect(at('/x/Mill_20260612_040000.wav')).toBe('Mill');
});

test('tables of spreadsheets are read too: semicolons, decimal commas, backslashes, other names, empty rows', () => {
  expect(sites('\uFEFFstation;lat;lon;directory', 'Süd;53,5;9,75;karten\\süd\\', ';;;')).toEqual([
    { site: 'Süd', latitude: 53.5, longitude: 9.75, folder: 'karten/süd', prefix: null },
  ]);
});

test.each([
  ['no column “site”', ['where,lat', 'a,1']],
  ['no row', ['site,lat']],
  ['row 3 names no site', ['site,folder', 'a,b', ',c']],
  ['row 2 has “91”', ['site,latitude,longitude', 'a,91,0']],
  ['row 2 has “east”', ['site,latitude,longitude', 'a,9,east']],
  ['row 2 has “1e2”', ['site,latitude,longitude', 'a,1e2,0']],
  ['row 2 has a latitude or a longitude alone', ['site,latitude,longitude', 'a,9,']],
  ['of row 2 again', ['site,folder', 'a,x', 'b,x']],
  ['of row 2 again', ['site,folder', 'a,', 'a,']],
])('a table with a fault is refused: %s', (sentence, lines) => {
  expect(() => sites(...lines)).toThrow(
    expect.objectContaining({ code: 'FILE_DAMAGED', message: expect.stringContaining(sentence) as string }),
  );
});

test('whatever a table holds, it is read or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(`site,lat,lon,folder\n${text}`)),
      ),
      (bytes) => {
        try {
          expect(sitesOf('/a', bytes).length).toBeGreaterThan(0);
        } catch (thrown) {
          if (!(thrown instanceof CurlewError)) throw thrown;
        }
      },
    ),
    { numRuns: 500 },
  );
});
