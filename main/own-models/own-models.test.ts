import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import { resources } from '../resources.ts';
import { scratchFolder } from '../recordings/testing.ts';
import { OwnModels } from './own-models.ts';
import { told, waveformModel } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let models: OwnModels;
let problems: CurlewError[];
let unfinished: { job: { id: string; title: string }; params: unknown }[];

const ownFolder = () => join(scratch.folder, 'own-models');
const open = () =>
  OwnModels.open(ownFolder(), {
    clip: { path: join(resources.bank, 'clips', 'dog.ogg'), label: 'dog' },
    unfinished: () => unfinished,
    onProblem: (error) => problems.push(error),
  });

beforeEach(async () => {
  scratch = await scratchFolder();
  [problems, unfinished] = [[], []];
  models = await open();
});
afterEach(async () => {
  models.close();
  await scratch.remove();
});

/** Puts a model down as a person has it: the graph, its description beside it. */
async function bring(graph: Uint8Array, description: unknown = told): Promise<string> {
  const folder = join(scratch.folder, 'brought');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, 'mine.onnx'), graph);
  await writeFile(join(folder, 'mine.json'), JSON.stringify(description));
  return join(folder, 'mine.onnx');
}

const resolve = async (path: string): Promise<string> => {
  await readFile(path).catch(() => {
    throw new CurlewError('FILE_NOT_FOUND', `There is no file at ${path}.`);
  });
  return path;
};
const add = (path: string) => models.add(path, resolve);
const refusalOf = (work: Promise<unknown>): Promise<CurlewError> =>
  work.then(
    () => Promise.reject(new Error('It was not refused.')),
    (thrown: CurlewError) => thrown,
  );

describe('a model of one’s own', () => {
  it('is tried, kept with what was found, there again in the next lab, and gone once it is removed', async () => {
    let told3 = 0;
    models.onChange(() => told3++);
    const added = await add(
      await bring(waveformModel({ embedding: true }), { ...told, embedding: 'embedding' }),
    );
    expect(added).toMatchObject({
      ...{ id: 'model:three-sounds', classes: 3, labels: told.labels },
      description: { name: 'Three sounds', sampleRate: 8000, windowSamples: 4000 },
      check: { notes: [], batch: 8, embeddingSize: 8, heard: { clip: 'dog' } },
    });
    expect(told.labels).toContain(added.check.heard.label);
    expect(added.check.windowMs).toBeGreaterThan(0);
    expect(added.check.timesRealtime).toBeCloseTo(500 / added.check.windowMs, 6);
    models.close();
    models = await open();
    expect(models.list()).toEqual([added]);
    const again = await models.check(added.id);
    expect({ ...again, check: null }).toEqual({ ...added, check: null });
    expect(again.check.checkedMs).toBeGreaterThanOrEqual(added.check.checkedMs);
    await models.remove(added.id);
    expect([models.list(), await readdir(ownFolder()), told3]).toEqual([[], [], 1]);
  });

  it('is needed while a job is under way with it', async () => {
    const { id } = await add(await bring(waveformModel()));
    unfinished = [{ job: { id: 'job-1', title: 'Classify /r' }, params: { modelId: id } }];
    expect(await refusalOf(models.remove(id))).toMatchObject({
      code: 'MODEL_IN_USE',
      context: { jobId: 'job-1' },
    });
    expect(models.list()).toHaveLength(1);
    expect(await refusalOf(models.remove('model:other'))).toMatchObject({ code: 'EXPERT_NOT_FOUND' });
  });

  it('is told of, and left out, where its record is damaged; its graph is held against its hash', async () => {
    const first = await add(await bring(waveformModel()));
    const folder = join(ownFolder(), 'three-sounds');
    await writeFile(join(folder, 'model.onnx'), waveformModel({ classes: 2 }));
    expect(await refusalOf(models.check(first.id))).toMatchObject({ code: 'FILE_DAMAGED' });
    await writeFile(join(folder, 'model.json'), '{}');
    await mkdir(join(ownFolder(), '.unfinished-1'));
    models = await open();
    expect([models.list(), problems.map(({ code }) => code)]).toEqual([[], ['FILE_DAMAGED']]);
    expect(await readdir(ownFolder())).toEqual(['three-sounds']);
  });
});

describe('a model is refused, and nothing of it stays,', () => {
  afterEach(async () => expect(await readdir(ownFolder())).toEqual([]));

  it('where it cannot be used', async () => {
    const path = await bring(waveformModel({ classes: 4 }));
    expect(await refusalOf(add(path))).toMatchObject({ code: 'MODEL_UNFIT' });
  });

  it('where it, or what its description names, is not there', async () => {
    const path = await bring(waveformModel(), { ...told, labels: 'gone.txt' });
    expect(await refusalOf(add(path))).toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(await refusalOf(add(`${path}x`))).toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('once the lab is closing', async () => {
    const path = await bring(waveformModel());
    const adding = refusalOf(add(path));
    models.close();
    expect(await adding).toMatchObject({ code: 'ABORTED' });
  });
});

it('the same model, or another of its name, is not taken in twice', async () => {
  await add(await bring(waveformModel()));
  expect(await refusalOf(add(await bring(waveformModel())))).toMatchObject({ code: 'MODEL_EXISTS' });
  const other = await refusalOf(
    add(await bring(waveformModel({ batch: 1 }), { ...told, name: 'Three: sounds!' })),
  );
  expect(other).toMatchObject({ code: 'MODEL_EXISTS', context: { modelId: 'model:three-sounds' } });
  await add(await bring(waveformModel(), { ...told, name: 'The same by another name' }));
  expect(models.list().map(({ id }) => id)).toEqual(['model:the-same-by-another-name', 'model:three-sounds']);
});
