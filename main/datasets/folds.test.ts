import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFolds, sharedSources, type FoldClip } from './folds.ts';
import { sourcesFromNames } from './sources.ts';

const someClips = fc.array(
  fc.record({ label: fc.nat(3), source: fc.nat(15).map((number) => `source ${number}`) }),
  { minLength: 1, maxLength: 80 },
);

test('made folds never share a source, are all used, and repeat with their seed', () => {
  fc.assert(
    fc.property(someClips, fc.integer({ min: 2, max: 6 }), fc.nat(1000), (clips, count, seed) => {
      const fold = makeFolds(clips, count, seed);
      expect(sharedSources(clips.map((clip, i) => ({ ...clip, fold: fold[i]! })))).toEqual([]);
      const sources = new Set(clips.map(({ source }) => source)).size;
      const expected = Array.from({ length: Math.min(count, sources) }, (_, f) => f + 1);
      expect([...new Set(fold)].sort()).toEqual(expected);
      expect(makeFolds(clips, count, seed)).toEqual(fold);
    }),
  );
});

test('clips that are each their own source are spread evenly, class by class', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 100 }), fc.nat(1000), (labels, seed) => {
      const clips = labels.map((label, i): FoldClip => ({ label, source: `${i}` }));
      const fold = makeFolds(clips, 5, seed);
      for (const label of new Set(labels)) {
        const counts = [1, 2, 3, 4, 5].map(
          (f) => labels.filter((own, i) => own === label && fold[i] === f).length,
        );
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('another seed makes other folds', () => {
  const clips = Array.from({ length: 40 }, (_, i) => ({ label: i % 2, source: `${i}` }));
  expect(makeFolds(clips, 5, 1)).not.toEqual(makeFolds(clips, 5, 2));
});

test('shared sources are told with their folds', () => {
  const clips = [
    { label: 0, source: 'a', fold: 3 },
    { label: 0, source: 'a', fold: 1 },
    { label: 0, source: 'a', fold: 3 },
    { label: 0, source: 'b', fold: 2 },
  ];
  expect(sharedSources(clips)).toEqual([{ source: 'a', folds: [1, 3] }]);
});

test.each([
  ['ESC-50’s names give the source’s number', ['1-100032-A-0.wav', '1-100032-B-0.ogg'], ['100032', '100032']],
  ['parts named as such are one recording', ['x/marsh_part2.wav', 'x/Take 03.wav'], ['marsh', 'x/Take 03']],
  [
    'numbers after different beginnings tell parts',
    ['x/marsh_001.wav', 'x/marsh_002.wav', 'x/field-1.wav'],
    ['marsh', 'marsh', 'field'],
  ],
  ['numbers after one beginning tell recordings', ['x/rec_1.wav', 'x/rec_2.wav'], ['x/rec_1', 'x/rec_2']],
  [
    'numbers after the class’s name tell recordings',
    ['x/Sea-Waves_1.wav', 'x/SeaWaves 2.wav', 'x/marsh_1.wav'],
    ['x/Sea-Waves_1', 'x/SeaWaves 2', 'x/marsh_1'],
  ],
  ['times of day tell recordings', ['x/A_20260401_060000.wav', 'x/A_20260401_061000.wav'], null],
  ['a copy in another format is the same recording', ['x/a.wav', 'x/a.mp3'], ['x/a', 'x/a']],
  ['dots in folders are no extension', ['x.y/a'], ['x.y/a']],
])('%s', (_, names, expected) => {
  const sources = sourcesFromNames(names.map((name) => ({ name, className: 'sea waves' })));
  expect(sources).toEqual(expected ?? names.map((name) => name.replace('.wav', '')));
});

test('the same beginning in two classes is one source', () => {
  const clips = ['rain', 'wind'].flatMap((className) =>
    ['marsh_001', 'field_001'].map((stem) => ({ name: `${className}/${stem}.wav`, className })),
  );
  expect(sourcesFromNames(clips)).toEqual(['marsh', 'field', 'marsh', 'field']);
});
