import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CurlewError } from './contract/error.ts';
import { Outputs, type OutputRules } from './outputs.ts';
import { noise, scratchFolder, unprivileged, wavBytes } from './recordings/testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => void (scratch = await scratchFolder()));
afterEach(() => scratch.remove());

const at = (name: string) => join(scratch.folder, name);
const outputs = (rules: Partial<OutputRules> = {}) => new Outputs({ overwrite: false, keep: [], ...rules });
const text = (name: string) => readFile(at(name), 'utf8');
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('a file for the output', () => {
  it('is written whole, with nothing left beside it', async () => {
    const output = await outputs().file(at('new.csv'));
    expect(await readdir(scratch.folder)).toEqual([]);
    await output.write('a,b\r\n');
    expect(await text('new.csv')).toBe('a,b\r\n');
    expect(await readdir(scratch.folder)).toEqual(['new.csv']);
  });

  it('is written piece by piece, and not at all where a piece cannot be had', async () => {
    async function* pieces(fails: boolean) {
      for (const piece of ['a,“b”\r\n', '', '1,2\r\n']) yield await Promise.resolve(piece);
      if (fails) throw new CurlewError('CONNECTION_LOST', 'The lab no longer answers.');
    }
    const output = await outputs().file(at('new.csv'));
    await expect(output.write(pieces(true))).rejects.toThrow(code('CONNECTION_LOST'));
    expect(await readdir(scratch.folder)).toEqual([]);
    await output.write(pieces(false));
    expect(await text('new.csv')).toBe('a,“b”\r\n1,2\r\n');
  });

  it('that is there stays, until the person says --overwrite; its permissions stay even then', async () => {
    const path = await scratch.write('old.csv', 'old');
    await chmod(path, 0o640);
    await expect(outputs().file(path)).rejects.toThrow(code('FILE_EXISTS'));
    const output = await outputs({ overwrite: true }).file(path);
    await output.write('new');
    expect(await text('old.csv')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it('that came while the work went on stays, too', async () => {
    const output = await outputs().file(at('late.csv'));
    await scratch.write('late.csv', 'someone else’s');
    await expect(output.write('mine')).rejects.toThrow(code('FILE_EXISTS'));
    expect(await text('late.csv')).toBe('someone else’s');
    expect(await readdir(scratch.folder)).toEqual(['late.csv']);
  });

  it('can be for its owner alone', async () => {
    await (await outputs().file(at('key'))).write('secret', 0o600);
    expect((await stat(at('key'))).mode & 0o777).toBe(0o600);
  });
});

describe('a recording', () => {
  const wav = () => wavBytes([noise(400)]);

  it.each(['dawn.wav', 'DAWN.WAV', 'dawn.flac', 'dawn.mp3'])('is never written over: %s', async (name) => {
    await scratch.write(name, 'whatever it holds');
    await expect(outputs({ overwrite: true }).file(at(name))).rejects.toThrow(code('FILE_PROTECTED'));
  });

  it('is told by what it holds, whatever its name', async () => {
    await scratch.write('dawn.csv', wav());
    await scratch.write('apple.txt', 'FORM\0\0\0\0AIFF, which Curlew does not read');
    for (const name of ['dawn.csv', 'apple.txt'])
      await expect(outputs({ overwrite: true }).file(at(name))).rejects.toThrow(code('FILE_PROTECTED'));
  });

  it('is told through a link', async () => {
    await scratch.write('dawn', wav());
    await symlink(at('dawn'), at('table.csv'));
    await expect(outputs({ overwrite: true }).file(at('table.csv'))).rejects.toThrow(code('FILE_PROTECTED'));
  });

  it('gives its name to no table, so that none is taken for a recording later', async () => {
    await expect(outputs().file(at('new.wav'))).rejects.toThrow(code('FILE_PROTECTED'));
  });
});

describe('what is read', () => {
  it('is kept under every name it has', async () => {
    const labels = await scratch.write('labels.csv', 'file,class');
    await symlink(labels, at('link.csv'));
    await link(labels, at('twin.csv'));
    for (const name of ['labels.csv', 'link.csv', 'twin.csv', './labels.csv'])
      await expect(outputs({ overwrite: true, keep: [labels] }).file(at(name))).rejects.toThrow(
        code('FILE_PROTECTED'),
      );
  });

  it('is kept with all that a folder holds; beside it there is room for a new file', async () => {
    await mkdir(at('bank/q4'), { recursive: true });
    await scratch.write('bank/q4/expert.json', '{}');
    const rules = { overwrite: true, keep: [at('bank')] };
    await expect(outputs(rules).file(at('bank/q4/expert.json'))).rejects.toThrow(code('FILE_PROTECTED'));
    await (await outputs(rules).file(at('bank/table.csv'))).write('new');
    expect(await text('bank/table.csv')).toBe('new');
  });

  it('may be gone', async () => {
    await expect(outputs({ keep: [at('nothing')] }).file(at('a.csv'))).resolves.toBeDefined();
  });

  it('and any database are kept apart from tables', async () => {
    await scratch.write('backup', `\0\0\0\0\0\0\0\0DUCK and more`);
    await expect(outputs({ overwrite: true }).file(at('backup'))).rejects.toThrow(code('FILE_PROTECTED'));
  });
});

describe('a place that takes no file', () => {
  it('is refused before any work', async () => {
    await mkdir(at('folder'));
    await symlink(at('nothing'), at('loose.csv'));
    const places = ['missing/a.csv', 'folder', 'loose.csv', `${'n'.repeat(300)}.csv`];
    for (const place of places)
      await expect(outputs().file(at(place))).rejects.toThrow(code('FILE_UNWRITABLE'));
    await expect(outputs({ overwrite: true }).file('/dev/null')).rejects.toThrow(code('FILE_UNWRITABLE'));
  });

  it('is told also where only permissions say so', async () => {
    await mkdir(at('locked'), { mode: 0o555 });
    await scratch.write('locked.csv', 'old');
    await chmod(at('locked.csv'), 0o444);
    await unprivileged(scratch.folder, async () => {
      for (const place of ['locked/a.csv', 'locked.csv'])
        await expect(outputs({ overwrite: true }).file(at(place))).rejects.toThrow(code('FILE_UNWRITABLE'));
    });
  });

  it('is one that another output has, in whatever case', async () => {
    const both = outputs();
    await both.file(at('a.csv'));
    await expect(both.file(at('A.CSV'))).rejects.toThrow(code('REQUEST_INVALID'));
  });
});

describe('a folder for the output', () => {
  const names = ['report.html', 'losses.csv'];

  it('is made when its first file is written', async () => {
    const folder = await outputs().folder(at('report'), names);
    expect(await readdir(scratch.folder)).toEqual([]);
    for (const name of names) await folder.write(name, name);
    expect(await text('report/losses.csv')).toBe('losses.csv');
  });

  it('that is there keeps every file of its own', async () => {
    await mkdir(at('report'));
    await writeFile(at('report/losses.csv'), 'old');
    await expect(outputs().folder(at('report'), names)).rejects.toThrow(code('FILE_EXISTS'));
    await expect(
      outputs({ overwrite: true, keep: [at('report')] }).folder(at('report'), names),
    ).rejects.toThrow(code('FILE_PROTECTED'));
    const folder = await outputs({ overwrite: true }).folder(at('report'), names);
    await folder.write('losses.csv', 'new');
    expect(await text('report/losses.csv')).toBe('new');
  });

  it('is no file, and lies in a folder that is there', async () => {
    await scratch.write('file', '');
    for (const place of ['file', 'file/report', 'missing/report'])
      await expect(outputs().folder(at(place), names)).rejects.toThrow(code('FILE_UNWRITABLE'));
  });
});
