import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText } from '../../models/report/csv.ts';
import { scratchFolder } from '../recordings/testing.ts';
import { clipCounts, type Dataset } from './dataset.ts';
import { readDataset } from './read-dataset.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let made = 0;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

/** A folder with these files; what is in a recording does not matter here. */
async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = join(scratch.folder, `set${made++}`);
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const recordings = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '-']));
const problemsOf = (dataset: Dataset) =>
  dataset.problems.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome ?? '-'}`).sort();

function expectCountsToAddUp(dataset: Dataset): void {
  const { found, outsideVariant, used, leftOut } = clipCounts(dataset);
  expect(outsideVariant + used + leftOut).toBe(found);
  expect(new Set(dataset.clips.map(({ name }) => name)).size).toBe(used);
}

const escHeader = 'filename,fold,target,category,esc10,src_file,take,source_title,source_license';

describe('ESC-50’s layout', () => {
  const rows = [
    escHeader,
    '1-1-A-0.wav,1,0,dog,True,1,A,bark.wav,CC0',
    '1-1-B-0.wav,1,0,dog,True,1,B,bark.wav,CC0',
    '2-2-A-10.wav,2,10,rain,True,2,A,"rain, heavy",CC-BY',
    '2-3-A-49.wav,2,49,hand_saw,False,3,A,saw,CC0',
    '1-4-A-24.wav,1,24,coughing,False,4,A,cough,CC0',
  ];
  const files = recordings(
    'audio/1-1-A-0.wav',
    'audio/1-1-B-0.WAV',
    'audio/2-2-A-10.wav',
    'audio/2-3-A-49.wav',
    'audio/1-4-A-24.wav',
  );

  it('is recognised, with classes in the order of their targets and the table’s credits', async () => {
    const dataset = await readDataset(await folderOf({ ...files, 'meta/esc50.csv': rows.join('\n') }));
    expect(dataset).toMatchObject({
      layout: 'esc50',
      variant: 'all',
      classes: ['dog', 'rain', 'coughing', 'hand saw'],
      folds: [1, 2],
      officialFolds: true,
      found: 5,
    });
    expect(dataset.clips[2]).toEqual({
      name: 'audio/2-2-A-10.wav',
      path: join(dataset.folder, 'audio', '2-2-A-10.wav'),
      label: 1,
      fold: 2,
      source: '2',
      title: 'rain, heavy',
      author: '',
      url: '',
      licence: 'CC-BY',
      labelledBy: '',
    });
    expect(dataset.clips[1]!.name).toBe('audio/1-1-B-0.WAV');
    expectCountsToAddUp(dataset);
  });

  it('has ESC-10 as a variant, whose other rows are counted and their files not taken for unlisted', async () => {
    const folder = await folderOf({ ...files, 'meta/esc50.csv': rows.join('\n') });
    const dataset = await readDataset(folder, { variant: 'esc10' });
    expect(dataset.classes).toEqual(['dog', 'rain']);
    expect(dataset.clips.map(({ label }) => label)).toEqual([0, 0, 1]);
    expect(clipCounts(dataset)).toEqual({
      found: 5,
      outsideVariant: 2,
      used: 3,
      usedWithNote: 0,
      leftOut: 0,
    });
  });

  it('has its five groups as a variant', async () => {
    const folder = await folderOf({ ...files, 'meta/esc50.csv': rows.join('\n') });
    const dataset = await readDataset(folder, { variant: 'groups' });
    expect(dataset.classes).toEqual(['animals', 'natural soundscapes', 'human', 'exterior']);
    expect(dataset.clips.map(({ label }) => dataset.classes[label])).toEqual([
      'animals',
      'animals',
      'natural soundscapes',
      'exterior',
      'human',
    ]);
    expect(problemsOf(dataset)).toContain('empty-class interior -');
  });

  it('tells every clip that it leaves out, and why', async () => {
    const dataset = await readDataset(
      await folderOf({
        ...recordings('audio/a.wav', 'audio/b.wav', 'audio/c.wav', 'audio/d.wav', 'audio/e.wav'),
        ...recordings('audio/extra.flac', 'audio/extra.aiff', 'audio/notes.txt', 'audio/._a.wav'),
        'meta/esc50.csv': [
          escHeader,
          'a.wav,1,0,dog,True,1,A',
          'a.wav,1,0,dog,True,1,A',
          'b.wav,1,0,dog,True,2,A',
          'b.wav,2,10,rain,True,2,A',
          'gone.wav,1,0,dog,True,3,A',
          'c.wav,first,10,rain,True,4,A',
          'd.wav,2,10,,True,5,A',
          'd.wav,2,ten,rain,True,5,A',
          'd.wav,2,10,dog,True,5,A',
          ',2,10,rain,True,6,A',
          'e.wav,2,10,rain,True,6,A',
        ].join('\n'),
      }),
    );
    expect(dataset.clips.map(({ name }) => name)).toEqual(['audio/a.wav', 'audio/e.wav']);
    expect(problemsOf(dataset).filter((one) => one.endsWith('left-out'))).toEqual([
      'duplicate-row audio/a.wav left-out',
      'duplicate-row audio/b.wav left-out',
      'duplicate-row audio/b.wav left-out',
      'missing-file audio/gone.wav left-out',
      'missing-file row 10 left-out',
      'unknown-fold audio/c.wav left-out',
      'unknown-label audio/d.wav left-out',
      'unknown-label audio/d.wav left-out',
      'unknown-label audio/d.wav left-out',
      'unlisted-file audio/extra.aiff left-out',
      'unlisted-file audio/extra.flac left-out',
    ]);
    expectCountsToAddUp(dataset);
    for (const { name, message } of dataset.problems) {
      expect(message.toLowerCase()).toContain(name);
      expect(message).toMatch(/^[\p{L}\d].*\.$/u);
    }
  });

  it('keeps its own folds where they share a source, and says which', async () => {
    const dataset = await readDataset(
      await folderOf({
        ...recordings('audio/a.wav', 'audio/b.wav', 'audio/c.wav'),
        'meta/esc50.csv': [
          escHeader,
          'a.wav,1,0,dog,True,77,A',
          'b.wav,3,0,dog,True,77,B',
          'c.wav,1,0,dog,True,78,A',
        ].join('\n'),
      }),
    );
    expect(dataset.clips.map(({ fold }) => fold)).toEqual([1, 3, 1]);
    const shared = dataset.problems.filter(({ kind }) => kind === 'shared-source');
    expect(shared).toHaveLength(1);
    expect(shared[0]).toMatchObject({ name: '77', outcome: null });
    expect(shared[0]!.message).toContain('folds 1, 3 (audio/a.wav, audio/b.wav)');
  });

  it('is refused where its table is damaged', async () => {
    const refusal = async (table: string | Uint8Array) => {
      const folder = await folderOf(recordings('audio/a.wav'));
      await mkdir(join(folder, 'meta'));
      await writeFile(join(folder, 'meta/esc50.csv'), table);
      return readDataset(folder);
    };
    await expect(refusal('filename,fold,target\na.wav,1,0')).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    await expect(refusal('filename,"fold')).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    await expect(refusal(Uint8Array.of(0x66, 0xff, 0xfe))).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    await expect(refusal('')).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });
});

describe('UrbanSound8K’s layout', () => {
  it('is recognised, with the Freesound recording as source', async () => {
    const dataset = await readDataset(
      await folderOf({
        ...recordings('audio/fold1/100-3-0-0.wav', 'audio/fold1/100-3-0-1.wav', 'audio/fold10/9-0-0-4.wav'),
        'metadata/UrbanSound8K.csv': [
          'slice_file_name,fsID,start,end,salience,fold,classID,class',
          '100-3-0-0.wav,100,0,0.3,1,1,3,dog_bark',
          '100-3-0-1.wav,100,1,4.0,1,1,3,dog_bark',
          '9-0-0-4.wav,9,0,4.0,1,10,0,air_conditioner',
          '9-0-0-5.wav,9,0,4.0,1,10,0,dog_bark',
          '9-0-0-6.wav,9,0,4.0,1,10,0,air_conditioner',
        ].join('\n'),
      }),
    );
    expect(dataset).toMatchObject({
      layout: 'urbansound8k',
      classes: ['air conditioner', 'dog bark'],
      folds: [1, 10],
      officialFolds: true,
    });
    expect(dataset.clips.map(({ source, label, fold }) => [source, label, fold])).toEqual([
      ['100', 1, 1],
      ['100', 1, 1],
      ['9', 0, 10],
    ]);
    expect(problemsOf(dataset)).toEqual([
      'few-sources air conditioner -',
      'few-sources dog bark -',
      'missing-file audio/fold10/9-0-0-6.wav left-out',
      'unknown-label audio/fold10/9-0-0-5.wav left-out',
    ]);
    expectCountsToAddUp(dataset);
  });
});

describe('folders', () => {
  it('of ABGQI are found in any letter case', async () => {
    const dataset = await readDataset(
      await folderOf(recordings('BIOPHONY/a.wav', 'biophony/b.flac', 'Quiet/site/c.WAV', 'geophony/d.mp3')),
    );
    expect(dataset).toMatchObject({
      layout: 'abgqi',
      classes: ['Biophony', 'Geophony', 'Quiet'],
      officialFolds: false,
    });
    expect(dataset.clips.map(({ name, label }) => [name, label])).toEqual([
      ['BIOPHONY/a.wav', 0],
      ['Quiet/site/c.WAV', 2],
      ['biophony/b.flac', 0],
      ['geophony/d.mp3', 1],
    ]);
    expect(problemsOf(dataset).filter((one) => one.startsWith('empty'))).toEqual([
      'empty-class Anthropophony -',
      'empty-class Interference -',
    ]);
  });

  it('of any other name are classes; what lies outside them, or is not read, is told', async () => {
    const folder = await folderOf({
      ...recordings('sea_waves/a.ogg', 'wind/b.wav', 'wind/c.m4a', 'stray.wav', 'wind/notes.txt'),
      ...recordings('.cache/d.wav', 'wind/._b.wav', 'empty/notes.txt'),
    });
    await mkdir(join(folder, 'void'));
    await symlink(join(folder, 'nowhere.wav'), join(folder, 'wind', 'dangling.wav'));
    await symlink(folder, join(folder, 'wind', 'loop'));
    const dataset = await readDataset(folder);
    expect(dataset.classes).toEqual(['sea waves', 'wind']);
    expect(dataset.clips.map(({ name }) => name)).toEqual(['sea_waves/a.ogg', 'wind/b.wav', 'wind/c.m4a']);
    expect(problemsOf(dataset).filter((one) => !one.startsWith('few'))).toEqual([
      'empty-class empty -',
      'empty-class void -',
      'unknown-label stray.wav left-out',
      'unreadable-file wind/dangling.wav left-out',
    ]);
    expectCountsToAddUp(dataset);
  });

  it('that are links out of what is allowed are not followed', async () => {
    const folder = await folderOf(recordings('a/1.wav', 'b/2.wav'));
    const other = await folderOf(recordings('secret.wav'));
    await symlink(other, join(folder, 'c'));
    const dataset = await readDataset(folder, { allowed: async () => false });
    expect(problemsOf(dataset)).toContain('unreadable-file c left-out');
    expect((await readDataset(folder)).classes).toEqual(['a', 'b', 'c']);
    await mkdir(join(folder, 'meta'));
    await symlink(join(other, 'secret.wav'), join(folder, 'meta', 'esc50.csv'));
    const asEsc50 = readDataset(folder, { layout: 'esc50', allowed: async () => false });
    await expect(asEsc50).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
  });
});

describe('a table of labels', () => {
  it.each(['path,label', 'File Name;Category', 'clip\tclass'])(
    'is found by its columns: %s',
    async (header) => {
      const separator = /[,;\t]/.exec(header)![0];
      const table = [header, ...['a.wav,wind', 'deep/b.WAV,rain']]
        .join('\r\n')
        .replaceAll(/,(?=wind|rain)/g, separator);
      const dataset = await readDataset(
        await folderOf({ ...recordings('x/A.wav', 'deep/b.wav'), 'my.csv': table, 'other.csv': 'a,b\n1,2' }),
      );
      expect(dataset).toMatchObject({ layout: 'table', classes: ['rain', 'wind'], officialFolds: false });
      expect(dataset.clips.map(({ name, label }) => [name, label])).toEqual([
        ['x/A.wav', 1],
        ['deep/b.wav', 0],
      ]);
    },
  );

  it('may tell folds, sources and credits, and be named itself', async () => {
    const folder = await folderOf({
      ...recordings('a.wav', 'b.wav', 'c.wav'),
      'one.csv': 'file,label,fold,source,author\na.wav,x,0,s1,Ann\nb.wav,y,3,s2,\nc.wav,y,,s3,',
      'two.csv': 'file,label\na.wav,z',
    });
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const dataset = await readDataset(join(folder, 'one.csv'));
    expect(dataset).toMatchObject({ folder, folds: [0, 3], officialFolds: true });
    expect(dataset.clips.map(({ source, author }) => [source, author])).toEqual([
      ['s1', 'Ann'],
      ['s2', ''],
    ]);
    expect(problemsOf(dataset)).toContain('unknown-fold c.wav left-out');
  });

  it('cannot name files outside its folder', async () => {
    const folder = await folderOf({
      ...recordings('in/a.wav', 'out.wav'),
      'in/labels.csv': 'path,label\n../out.wav,x\nsub/../../out.wav,x\n/etc/passwd,x\n./a.wav,x\n',
    });
    const dataset = await readDataset(join(folder, 'in'));
    expect(dataset.clips.map(({ name }) => name)).toEqual(['a.wav']);
    expect(dataset.problems.filter(({ kind }) => kind === 'outside-folder')).toHaveLength(3);
    expectCountsToAddUp(dataset);
  });

  it('with all clips in one fold gets folds made', async () => {
    const names = ['a.wav', 'b.wav', 'c.wav', 'd.wav'];
    const table = csvText([['file', 'label', 'fold'], ...names.map((name) => [name, 'x', 1])]);
    const folder = await folderOf({ ...recordings(...names), 'labels.csv': table });
    const dataset = await readDataset(folder, { folds: 2 });
    expect(dataset).toMatchObject({ officialFolds: false, folds: [1, 2] });
    expect(problemsOf(dataset)).toEqual(['single-fold fold 1 -']);
  });

  it('of any content gives a data set whose counts add up, or a refusal', async () => {
    const cell = fc.constantFrom(
      'a.wav',
      'A.WAV',
      'sub/b.wav',
      '',
      'x',
      '1',
      '2',
      ' ',
      '..',
      '"',
      'ö;,\n',
      '/',
    );
    const folder = await folderOf(recordings('a.wav', 'sub/b.wav', 'c.wav'));
    const table = join(folder, 'labels.csv');
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(['file', 'label', 'fold', 'source', 'licence'], { minLength: 2 }),
        fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 }),
        fc.string({ maxLength: 3 }),
        async (header, rows, tail) => {
          await writeFile(table, csvText([header, ...rows]) + tail);
          try {
            const dataset = await readDataset(table);
            expectCountsToAddUp(dataset);
            for (const { label, fold } of dataset.clips) {
              expect(dataset.classes[label]).toBeTruthy();
              expect(dataset.folds).toContain(fold);
            }
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'FILE_DAMAGED' });
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a folder that is no data set', () => {
  it('is refused by what is wrong with it', async () => {
    await expect(readDataset('/nowhere')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const empty = await folderOf({ 'readme.txt': 'nothing' });
    await expect(readDataset(empty)).rejects.toMatchObject({ code: 'FOLDER_EMPTY' });
    await expect(readDataset(empty, { layout: 'table' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readDataset(empty, { layout: 'esc50' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const folders = await folderOf(recordings('a/1.wav'));
    await expect(readDataset(folders, { variant: 'esc10' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(readDataset(folders, { folds: 1 })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(readDataset(folders, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
