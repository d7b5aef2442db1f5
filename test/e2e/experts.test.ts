/** A bank of one's own by mouse and keyboard: look at a data set, train, evaluate, save, cancel, delete. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wavBytes } from '../../main/recordings/testing.ts';
import { addFloatLayers } from '../../models/encoder/graph.ts';
import { Graph } from '../../models/onnx/graph.ts';
import { randomEncoder } from '../fixtures/random-encoder.ts';
import { visit, type Visit } from './browser.ts';
import { removeFolder, startLab, temporaryFolder, type LabProcess } from './lab-process.ts';

let folder: string;
let lab: LabProcess;
let seen: Visit;

/** What each class sounds like at sample `i` of clip `n`. */
const sounds: Record<string, (i: number, n: number) => number> = {
  hum: (i, n) => Math.sin(i * (0.04 + 0.002 * n)),
  whistle: (i, n) => Math.sin(i * (0.9 + 0.01 * n)),
  hiss: (i, n) => (((i + 1) * (7919 + 2 * n) * 2654435761) % 65_536) / 32_768 - 1,
};

/** Three classes of eight clips in two folds; one row has no file, one file is no sound. */
async function writeDataSet(path: string): Promise<void> {
  const rows = ['file,label,fold', 'hum/gone.wav,hum,1', 'hum/broken.wav,hum,2'];
  for (const [name, sound] of Object.entries(sounds)) {
    await mkdir(join(path, name), { recursive: true });
    for (let n = 0; n < 8; n++) {
      const pcm = Float32Array.from({ length: 19_200 }, (_, i) => 0.3 * sound(i, n));
      await writeFile(join(path, name, `take-${n}.wav`), wavBytes([pcm], { sampleRate: 16_000 }));
      rows.push(`${name}/take-${n}.wav,${name},${1 + (n % 2)}`);
    }
  }
  await writeFile(join(path, 'hum', 'broken.wav'), 'RIFF is not enough');
  await writeFile(join(path, 'labels.csv'), rows.join('\n'));
}

/** An encoder as other software writes it, of patches so many frames long. */
function encoderFile(frames: number): Uint8Array {
  const graph = new Graph('encoder');
  const patches = graph.input('log_mel', 'float32', ['n', 1, frames, 64]);
  const cells = addFloatLayers(graph, patches, randomEncoder(6)).at(-1)!;
  const mean = graph.node('Flatten', [graph.node('GlobalAveragePool', [cells])]);
  graph.output('embedding', mean, 'float32', ['n', 'size']);
  return graph.finish({});
}

beforeAll(async () => {
  folder = await temporaryFolder();
  // The lab opens recordings of the person's home; here that is the test's folder.
  process.env['HOME'] = folder;
  await writeDataSet(join(folder, 'my-sounds'));
  await writeFile(join(folder, 'fits.onnx'), encoderFile(96));
  await writeFile(join(folder, 'long.onnx'), encoderFile(128));
  lab = await startLab(join(folder, 'data'));
  seen = await visit(lab.link);
});
afterAll(async () => {
  await seen.browser.close();
  await lab.stop();
  await removeFolder(folder);
});

const part = (name: string) =>
  seen.page.getByRole('navigation', { name: 'Parts of the view' }).getByRole('link', { name }).click();

/** Ticks these kinds of a group of the form and no others. */
async function tick(group: string, kinds: string[]): Promise<void> {
  for (const box of await seen.page.getByRole('group', { name: group }).getByRole('checkbox').all()) {
    const label = (await box.locator('xpath=..').innerText()).trim();
    await box.setChecked(kinds.includes(label));
  }
}

describe('a bank of one’s own', () => {
  test('begins with a look at the data set, which hides none of its problems', async () => {
    const { page } = seen;
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.keyboard.press('6');
    await page.getByRole('region', { name: 'Bank shipped' }).waitFor();
    await part('Train');
    await page.getByText('A folder for each class').waitFor();
    await page.getByRole('button', { name: 'Choose folder' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder', { exact: true }).fill(join(folder, 'my-sounds'));
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await dialog.getByText('whistle').waitFor();
    await dialog.getByRole('button', { name: 'Choose this folder' }).click();
    await page.getByRole('button', { name: 'Look at it' }).click();
    const report = page.getByRole('region', { name: 'What is in my-sounds' });
    await report.getByText('1 left out').waitFor();
    await report.getByText('2 folds of its own').waitFor();
    await report.getByText('Missing file').click();
    await report.getByText('hum/gone.wav').waitFor();
  });

  test('is trained, with its loss by epoch, and stands among the banks', async () => {
    const { page } = seen;
    await page.getByLabel('Name', { exact: true }).fill('tiny');
    await tick('Experts', ['2-bit', '8-bit']);
    await page.getByLabel('Encoder', { exact: true }).selectOption('statistics');
    await page.getByLabel('Hidden layers').fill('16, 8');
    await page.getByLabel('Epochs').fill('3');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('img', { name: /^Loss of Router; epoch 3/ }).waitFor();
    expect(await page.getByRole('img', { name: /^Loss of / }).count()).toBe(3);
    await page.getByRole('link', { name: 'to the bank tiny' }).click();
    const bank = page.getByRole('region', { name: 'Bank tiny' });
    await bank.getByText('tiny 2-bit').waitFor();
    expect(await bank.getByRole('row').count()).toBe(4);
    await bank.getByRole('button', { name: 'Card of tiny 8-bit' }).click();
    await page.getByRole('dialog').getByText('hum, ').first().waitFor();
    await page.getByRole('dialog').getByText('tells no licence').waitFor();
    await page.keyboard.press('Escape');
  });

  test('goes to the board with its router', async () => {
    const { page } = seen;
    await page.getByRole('button', { name: 'Deploy all of tiny curiosity router' }).click();
    await page.getByText('activated', { exact: true }).waitFor();
    const [board] = await lab.client.request('boards.list', {});
    expect(board?.activeRouter).toMatchObject({ name: 'tiny curiosity router', version: 1, experts: 2 });
  });

  test('is evaluated on the virtual board, and the report is saved', async () => {
    const { page } = seen;
    await part('Evaluate');
    await tick('Held against', ['Float']);
    await page.getByLabel('Alphas').fill('1');
    await page.getByLabel('Windows', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    const models = page.getByRole('region', { name: 'Models, clips of all folds' });
    await models.waitFor();
    for (const name of ['2-bit', '8-bit', 'Float', 'Plain router', 'Curiosity, α = 1']) {
      const row = await models.getByRole('row', { name: new RegExp(`^${name}`) }).innerText();
      expect(row).toMatch(/\d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\]/);
      expect(row).not.toContain('no figure');
    }
    await page.getByText('File that cannot be decoded').first().waitFor();
    await page.getByText('Every network was trained once').waitFor();
    expect(await page.getByText('modelled').count()).toBeGreaterThan(2);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    const report = await readFile(await (await download).path(), 'utf8');
    expect(report).toMatch(/^<!doctype html>/);
    expect(report).toContain('Curiosity, α = 1');
  });

  test('tells the figures of each model to the keyboard', async () => {
    const { page } = seen;
    const plot = page.getByRole('region', { name: 'What accuracy costs' });
    await plot.getByRole('combobox').focus();
    await page.keyboard.press('Tab');
    await plot.getByRole('status').getByText('2-bit', { exact: true }).waitFor();
    await page.keyboard.press('Tab');
    await plot.getByRole('status').getByText('8-bit', { exact: true }).waitFor();
  });

  test('is not there when its training is cancelled, paused before or not', async () => {
    const { page } = seen;
    await part('Train');
    await page.getByText('Train another bank').click();
    await page.getByLabel('Name', { exact: true }).fill('never');
    await page.getByLabel('Hidden layers').fill('640, 320');
    await page.getByLabel('Epochs').fill('5000');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    const job = page.getByRole('region', { name: /^Job: Train never/ });
    await job.getByRole('button', { name: 'Pause' }).click();
    await job.getByText('paused', { exact: true }).waitFor();
    await job.getByRole('button', { name: 'Resume' }).click();
    await job.getByRole('button', { name: 'Pause' }).waitFor();
    await job.getByRole('button', { name: 'Cancel' }).click();
    await job.getByText('cancelled', { exact: true }).waitFor();
    const experts = await lab.client.request('experts.list', {});
    expect(experts.filter(({ bank }) => bank === 'never')).toEqual([]);
  });

  test('is deleted when asked twice', async () => {
    const { page } = seen;
    await part('Banks');
    const bank = page.getByRole('region', { name: 'Bank tiny' });
    await bank.getByRole('button', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await dialog.waitFor({ state: 'detached' });
    await bank.waitFor({ state: 'detached' });
    const experts = await lab.client.request('experts.list', {});
    expect(experts.map((one) => one.bank)).not.toContain('tiny');
  });

  test('can listen through an encoder of one’s own, or is told why not', async () => {
    const { page } = seen;
    await part('Encoder of your own');
    const take = async (file: string, name: string) => {
      await page.getByRole('textbox', { name: 'ONNX file' }).fill(join(folder, file));
      await page.getByRole('textbox', { name: 'Recordings' }).fill(join(folder, 'my-sounds', 'hiss'));
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByRole('button', { name: 'Take it in' }).click();
    };
    await take('long.onnx', 'long');
    await page.getByText(/does not fit a board: its input is \[\?, 1, 128, 64\]/).waitFor();
    await take('fits.onnx', 'fits');
    const figures = page.getByRole('region', { name: 'The encoder on a board' });
    await figures.getByText('Multiply-accumulates').waitFor();
    await part('Train');
    await page.getByLabel('Encoder', { exact: true }).selectOption('fits-encoder');
  });

  test('made no complaint on the way: no error, no refused or failed load', () => {
    expect(seen.complaints).toEqual([]);
  });
});
