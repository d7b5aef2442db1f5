/** A bank that is there, tested on recordings that it has not heard: from the command line, on the built lab. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseManifest } from '../../models/bank/bank.ts';
import type { Results } from '../../models/report/results.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { curlew, removeFolder, temporaryFolder } from './lab-process.ts';

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  const { clips } = parseManifest(await readFile(join(resources.bank, 'manifest.json'), 'utf8'));
  for (const { id, label, file } of clips) {
    const own = at('field', label === 'dog' ? 'bark' : label);
    await mkdir(own, { recursive: true });
    await copyFile(join(resources.bank, file.path), join(own, `${id}.ogg`));
  }
  await mkdir(at('field', 'hum'));
  await writeFile(at('field', 'hum', 'hum.wav'), wavBytes([noise(20_000)]));
});
afterAll(() => removeFolder(folder));

test('the shipped bank is tested on clips of its own, with a label called otherwise and one that it does not know', async () => {
  const asked = ['--bank', 'shipped', '--on-data', at('field'), '--as', 'bark=dog', '--on', 'none'];
  const run = await curlew('evaluate', ...asked, '--out', at('report'), '--data', at('data'));
  // One clip was left out.
  expect(run).toMatchObject({ code: 3, stdout: expect.stringContaining('hum/hum.wav') });
  expect(run.stdout).toMatch(/^The bank shipped/);
  const results = JSON.parse(await readFile(at('report', 'results.json'), 'utf8')) as Results;
  expect(results.tested).toMatchObject({ bank: 'shipped', heldOutFold: 4, heard: 0, otherLabels: 1 });
  expect(results.dataSet).toMatchObject({ clips: 10, sources: 10 });
  // Clips that it was never trained on, and that it mostly knows.
  for (const { scores } of [...results.experts, ...results.mixtures])
    expect(scores.accuracy.pooled.value).toBeGreaterThan(0.5);
  expect(await readFile(at('report', 'report.html'), 'utf8')).toContain('tested as it is on field');
  expect(await readFile(at('report', 'answers-windows.csv'), 'utf8')).toContain('dog.ogg');
});

test('a bank that is not there is refused by name', async () => {
  const run = await curlew('evaluate', '--bank', 'owls', '--on-data', at('field'), '--data', at('data'));
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('no bank “owls”') });
});
