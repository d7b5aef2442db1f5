/** What is refused before a lab is opened. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../recordings/testing.ts';
import { readArgs } from './args.ts';
import { commands } from './commands.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
  await mkdir(join(scratch.folder, 'there'));
  await writeFile(join(scratch.folder, 'old.csv'), 'old');
});
afterEach(() => scratch.remove());

/** @param line with AT for the folder */
async function checked(line: string): Promise<unknown> {
  const args = readArgs(
    line.split(' ').map((word) => word.replace('AT', scratch.folder)),
    commands,
  );
  return commands[args.command]!.check!(args);
}

describe('before a lab is opened', () => {
  it.each([
    ['classify', 'REQUEST_INVALID'],
    ['classify --like 7 --csv AT/missing/new.csv', 'FILE_UNWRITABLE'],
    ['classify AT --csv AT/missing/new.csv', 'FILE_UNWRITABLE'],
    ['classify AT --raven AT/old.csv', 'FILE_EXISTS'],
    ['evaluate AT --out AT/missing/report', 'FILE_UNWRITABLE'],
    ['evaluate AT --hidden 640,x', 'REQUEST_INVALID'],
    ['evaluate AT --alphas 1,x', 'REQUEST_INVALID'],
    ['evaluate AT --margin 1', 'REQUEST_INVALID'],
    ['evaluate AT --watts much', 'REQUEST_INVALID'],
    ['train AT --name a --alpha 101', 'REQUEST_INVALID'],
    ['train AT --name a --hidden 1', 'REQUEST_INVALID'],
    ['jobs resume 7 --csv AT/missing/new.csv', 'FILE_UNWRITABLE'],
    ['jobs export 7 --out AT/old.csv', 'FILE_UNWRITABLE'],
    ['jobs export 7', 'REQUEST_INVALID'],
    ['detections export 7', 'REQUEST_INVALID'],
    ['detections export 7 --clips AT/old.csv', 'FILE_UNWRITABLE'],
    ['detections export 7 --timeline AT/missing/t.svg', 'FILE_UNWRITABLE'],
    ['detections export 7 --timeline AT/t.png', 'REQUEST_INVALID'],
    ['classify AT --clips AT/there/clips', 'FILE_PROTECTED'],
    ['detections export 7 --csv AT/new.csv --margin 61', 'REQUEST_INVALID'],
    ['detections list 7 --least 1.5', 'REQUEST_INVALID'],
    ['review create 7 --bins 0.5,x', 'REQUEST_INVALID'],
    ['review decide 7 1 perhaps --reviewer Ada', 'REQUEST_INVALID'],
    ['review decide 7 1 yes --reviewer Ada --class owl', 'REQUEST_INVALID'],
    ['review decide 7 1 other --reviewer Ada', 'REQUEST_INVALID'],
    ['review decide 7 one yes --reviewer Ada', 'REQUEST_INVALID'],
    ['review statistics 7 --precision 90', 'REQUEST_INVALID'],
    ['review statistics 7 --csv AT/missing/t.csv', 'FILE_UNWRITABLE'],
    ['review apply 7 --precision 0', 'REQUEST_INVALID'],
    ['review set 7 AT/set --margin -1', 'REQUEST_INVALID'],
    ['detections list 7 --since yesterday', 'REQUEST_INVALID'],
    ['key backup AT/missing/keys.pem', 'FILE_UNWRITABLE'],
    ['backup AT/missing/lab.duckdb', 'FILE_UNWRITABLE'],
    ['backup AT/old.csv', 'FILE_EXISTS'],
    ['experts export tones AT/missing/tones.zip', 'FILE_UNWRITABLE'],
  ])('“%s” is refused', async (line, code) => {
    await expect(checked(line)).rejects.toMatchObject({ code });
  });

  it.each([
    'classify AT --csv AT/new.csv --raven AT/new.txt',
    'classify AT --csv AT/old.csv --overwrite',
    'evaluate AT --out AT/there --hidden 64,32',
    'jobs export 7 --csv AT/new.csv',
    'detections export 7 --parquet AT/new.parquet --raven-files AT/there --clips AT/clips --least 0.5',
    'backup AT/new.duckdb',
  ])('“%s” is let through', async (line) => {
    await expect(checked(line)).resolves.not.toBeNull();
  });

  it('every command that takes an option for a place checks it', () => {
    for (const [name, { options, check }] of Object.entries(commands)) {
      if ((['csv', 'raven', 'out', 'overwrite'] as const).some((one) => options.includes(one)))
        expect([name, typeof check]).toEqual([name, 'function']);
    }
  });
});
