import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../devices/engine/engine.ts';
import { randomEncoder } from '../../../test/fixtures/random-encoder.ts';
import { addFloatLayers } from '../../../models/encoder/graph.ts';
import { Graph } from '../../../models/onnx/graph.ts';
import { readExpert, readRouter } from '../../../models/packing/read.ts';
import { filesOf } from '../../../models/report/files.ts';
import type { Results } from '../../../models/report/results.ts';
import type { EncoderResult, EvaluateResult, Job, TrainResult } from '../../contract/types.ts';
import { Banks } from '../../banks/banks.ts';
import { imagesOfModel } from '../../banks/model-images.ts';
import { borrowBoard } from '../../fleet/borrow-board.ts';
import { noise, scratchFolder, tone, wavBytes } from '../../recordings/testing.ts';
import { resources } from '../../resources.ts';
import { Jobs } from '../jobs.ts';
import { MemoryJobStore, whenFinished } from '../testing.ts';
import { readAudio } from '../../datasets/audio.ts';
import { openModel } from '../../own-models/open-model.ts';
import { OwnModels } from '../../own-models/own-models.ts';
import { readGraphs } from '../../own-models/stored-model.ts';
import { told, waveformModel } from '../../own-models/testing.ts';
import { Studies, type Curves } from './studies.ts';
import { rowsIn } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: MemoryJobStore;
let jobs: Jobs;
let banks: Banks;
let models: OwnModels;
let studies: Studies;
let curves: Curves;
const dataSet = () => join(scratch.folder, 'sounds');
/** Boards that the lab lends, by their ids. */
const boards: Record<string, string> = { '00000000000000ab': 'virtual' };
const clip = { path: join(resources.bank, 'clips', 'dog.ogg'), label: 'dog' };
const small = { encoder: 'statistics', hidden: [8, 8], epochs: 2, bank: ['q2', 'q4'] };

/** Three kinds of tone in noise, eight recordings each, in three folds; one file that is no recording. */
async function writeSounds(): Promise<void> {
  const rows = ['path,label,fold', 'low/broken.wav,low,1'];
  for (const [label, hertz] of [400, 1500, 4000].entries()) {
    const folder = join(dataSet(), ['low', 'middle', 'high'][label]!);
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < 8; i++) {
      const hiss = noise(19_200, 10 * label + i);
      const samples = tone(1.2, 16_000, hertz + 20 * i).map((sample, at) => sample + 0.05 * hiss[at]!);
      const name = `${['low', 'middle', 'high'][label]!}/${'abcdefgh'[i]}.wav`;
      rows.push(`${name},${['low', 'middle', 'high'][label]!},${1 + (i % 3)}`);
      await writeFile(join(dataSet(), name), wavBytes([samples], { sampleRate: 16_000 }));
    }
  }
  await writeFile(join(dataSet(), 'low', 'broken.wav'), 'no sound');
  await writeFile(join(dataSet(), 'labels.csv'), rows.join('\n'));
}

async function openLab(): Promise<void> {
  jobs = await Jobs.open(store);
  banks = await Banks.open(resources.bank, join(scratch.folder, 'banks'));
  models = await OwnModels.open(join(scratch.folder, 'own-models'), {
    clip,
    unfinished: () => jobs.unfinished(),
    onProblem: (error) => {
      throw error;
    },
  });
  studies = new Studies({
    jobs,
    ...{ banks, models, clip },
    folder: join(scratch.folder, 'studies'),
    version: '0.0.0',
    wasmPath: resources.virtualBoard,
    borrowBoard: (boardId, use, signal) =>
      borrowBoard(boards[boardId] ?? boardId, { fleet: null, wasmPath: resources.virtualBoard }, use, signal),
    requireBoard: () => undefined,
    allowed: () => Promise.resolve(true),
    onCurves: (_, grown) => (curves = grown),
  });
}

beforeAll(async () => {
  scratch = await scratchFolder();
  await writeSounds();
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  store = new MemoryJobStore();
  await openLab();
});
afterEach(async () => {
  models.close();
  await jobs.close();
});

const finished = async (job: Job) => {
  const done = await whenFinished(jobs, job.id);
  expect(done.error).toBeNull();
  return done;
};

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'accepted';
};

describe('training', () => {
  it('leaves a bank whose router knows its experts by their images, and that stays over a restart', async () => {
    const done = await finished(studies.train({ ...small, path: dataSet(), name: 'tones', heldOutFold: 2 }));
    const result = done.result as TrainResult;
    expect(Object.keys(result.curves)).toEqual(['q2', 'q4', 'router']);
    expect(curves['q4']!.length).toBe(2);
    expect(studies.curves(done.id)).toEqual(result.curves);

    await openLab();
    const [router] = banks.routers.filter(({ bank }) => bank === 'tones');
    expect(router).toMatchObject({ experts: ['tones-q2', 'tones-q4'], heldOutFold: 2, encoder: null });
    const image = readRouter(await banks.file(router!.id, 'image'));
    for (const [i, id] of router!.experts.entries()) {
      const expert = banks.expert(id);
      expect(Buffer.from(image.router.expertHashes[i]!).toString('hex')).toBe(expert.imageSha256);
      expect(readExpert(await banks.file(id, 'image')).expert.labels).toEqual(['high', 'low', 'middle']);
      expect(expert.card).toContain('fold 2');
    }
    expect(await codeOf(() => studies.train({ ...small, path: dataSet(), name: 'tones' }))).toBe(
      'REQUEST_INVALID',
    );
    await banks.remove('tones');
    expect(banks.experts.some(({ bank }) => bank === 'tones')).toBe(false);
    expect(await readdir(join(scratch.folder, 'banks'))).toEqual(['versions.json']);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const job = studies.train({ ...small, epochs: 10_000, patience: 10_000, path: dataSet(), name: 'never' });
    await new Promise<void>((resolve) => {
      const stop = jobs.onChange((one) => {
        if (one.id !== job.id || !one.detail.includes('epoch')) return;
        stop();
        resolve();
      });
    });
    jobs.cancel(job.id);
    expect((await whenFinished(jobs, job.id)).state).toBe('cancelled');
    await jobs.close();
    expect(banks.experts.some(({ bank }) => bank === 'never')).toBe(false);
    expect(await readdir(join(scratch.folder, 'studies', 'jobs'))).toEqual([]);
    expect(await readdir(join(scratch.folder, 'banks'))).toEqual(['versions.json']);
  });

  it('refuses a fold that is not there, a kind that is none, and a bank of none', async () => {
    const job = studies.train({ ...small, path: dataSet(), name: 'tones', heldOutFold: 9 });
    expect((await whenFinished(jobs, job.id)).error?.code).toBe('REQUEST_INVALID');
    const wrong = { path: dataSet(), name: 'tones' };
    expect(await codeOf(() => studies.train({ ...wrong, bank: ['q3'] }))).toBe('REQUEST_INVALID');
    expect(await codeOf(() => studies.evaluate({ ...wrong, bank: ['q4'] }))).toBe('REQUEST_INVALID');
  });
});

describe('an expert on the embedding of a model of one’s own', () => {
  const bring = async (embedding: boolean): Promise<string> => {
    const path = join(scratch.folder, 'mine.onnx');
    await writeFile(path, waveformModel({ embedding }));
    const description = embedding ? { ...told, embedding: 'embedding' } : told;
    await writeFile(join(scratch.folder, 'mine.json'), JSON.stringify(description));
    return (await models.add(path, async (one) => one)).id;
  };
  let encoder: string;
  afterEach(async () => {
    for (const { id } of models.list()) await models.remove(id);
  });

  it('is trained, tested with the fold it was trained without, and hears by itself from then on', async () => {
    encoder = await bring(true);
    const asked = { ...small, encoder, bank: ['q8'], epochs: 60, path: dataSet(), heldOutFold: 2 };
    const done = await finished(studies.train({ ...asked, name: 'tones' }));
    expect(done.result).toMatchObject({ kind: 'train', bank: 'tones', modelId: 'model:tones' });
    expect(banks.experts.some(({ bank }) => bank === 'tones')).toBe(false);
    const [mine] = models.list().filter(({ id }) => id === encoder);
    // It needs the other no longer, and is there in the next lab.
    await models.remove(encoder);
    await openLab();
    const [made] = models.list();
    expect(made).toMatchObject({
      ...{ id: 'model:tones', labels: ['high', 'low', 'middle'], sha256: mine!.sha256 },
      description: {
        ...{ sampleRate: 8000, windowSamples: 4000, output: { values: 'logits', activation: 'softmax' } },
        head: {
          ...{ kind: 'q8', dataSet: 'sounds', heldOutFold: 2, testedClips: 9 },
          encoder: { name: 'Three sounds', sha256: mine!.sha256 },
        },
      },
    });
    const { folder, record } = models.get('model:tones');
    const model = await openModel(await readGraphs(folder, record), record.description);
    const clips = [...'beh'].flatMap((letter) =>
      ['high', 'low', 'middle'].map((kind) => `${kind}/${letter}.wav`),
    );
    let right = 0;
    for (const name of clips) {
      const { pcm } = await readAudio(join(dataSet(), name), undefined, { rate: 8000, windowSamples: 4000 });
      const { probabilities, embeddings } = await model.run(pcm.subarray(0, 8000), 2, 2);
      expect(embeddings).toHaveLength(16);
      const mean = [0, 1, 2].map((at) => probabilities[at]! + probabilities[at + 3]!);
      if (name.startsWith(record.description.labels[mean.indexOf(Math.max(...mean))]!)) right++;
    }
    await model.release();
    expect(right).toBe(Math.round(made!.description.head!.accuracy * 9));
    expect(right).toBeGreaterThan(4);
    expect(await codeOf(() => studies.train({ ...asked, encoder: 'model:tones', name: 'tones' }))).toBe(
      'MODEL_EXISTS',
    );
  });

  it('is evaluated by folds like others, on no board, its encoder said to have heard nobody knows what', async () => {
    encoder = await bring(true);
    const asked = { ...small, encoder, path: dataSet(), others: [], alphas: [1], resamples: 50 };
    expect(await codeOf(() => studies.evaluate({ ...asked, board: 'virtual' }))).toBe('REQUEST_INVALID');
    const done = await finished(studies.evaluate({ ...asked, board: 'none' }));
    const { folder } = done.result as EvaluateResult;
    const results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    expect(results.encoder).toMatchObject({ embeddingSize: 8, parameters: null, heldOut: null });
    expect(results.encoder.name).toContain('Three sounds');
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('is not known');
  });

  it('is refused without an embedding, with masks, of several kinds, and of a model that is not there', async () => {
    encoder = await bring(false);
    const asked = { ...small, bank: ['q8'], path: dataSet(), name: 'tones' };
    const codes = async (own: object) => codeOf(() => studies.train({ ...asked, encoder, ...own }));
    expect(await codes({})).toBe('REQUEST_INVALID');
    expect(await codes({ encoder: 'model:gone' })).toBe('EXPERT_NOT_FOUND');
    await models.remove(encoder);
    encoder = await bring(true);
    expect(await codes({ augmentation: ['masks'] })).toBe('REQUEST_INVALID');
    expect(await codes({ bank: ['q4', 'q8'] })).toBe('REQUEST_INVALID');
    expect(() => banks.expert(encoder)).toThrow(/no board runs it/);
  });

  it('keeps its model from being removed while it is trained', async () => {
    encoder = await bring(true);
    const asked = { ...small, encoder, bank: ['q8'], epochs: 10_000, patience: 10_000, path: dataSet() };
    const job = studies.train({ ...asked, name: 'never' });
    await expect(models.remove(encoder)).rejects.toMatchObject({ code: 'MODEL_IN_USE' });
    jobs.cancel(job.id);
    expect((await whenFinished(jobs, job.id)).state).toBe('cancelled');
    expect(models.list().map(({ id }) => id)).toEqual([encoder]);
  });
});

describe('an evaluation', () => {
  it('tells of every model what it answers and what it costs on a board, in files that can be taken away', async () => {
    const job = studies.evaluate({
      ...small,
      path: dataSet(),
      others: ['float', 'ptq-mse'],
      seeds: 2,
      hard: ['clip', 'gain'],
      alphas: [1],
      windows: 3,
      resamples: 50,
    });
    const done = await finished(job);
    const results = JSON.parse((await studies.file(done.id, 'results.json')).text) as Results;
    expect(results.experts.map(({ name }) => name)).toEqual(['2-bit', '4-bit', '8-bit PTQ, MSE', 'Float']);
    expect(results.mixtures.map(({ name }) => name)).toEqual([
      'Plain router',
      'Curiosity, α = 1',
      'Monte-Carlo passes, α = 0',
      'Random, equal mean bits',
      'Always 2-bit',
      'Always 4-bit',
      'Top probability, equal energy',
    ]);
    expect(results.dataSet).toMatchObject({ clips: 24, classes: ['high', 'low', 'middle'] });
    expect(results.dataSet.problems).toMatchObject([{ count: 1, names: ['low/broken.wav'], leftOut: true }]);
    expect(results.board).toMatchObject({ kind: 'virtual', simulated: true });
    for (const { cost, imageBytes, agreement } of results.experts) {
      expect(cost).toMatchObject({ latencySource: 'modelled', millijoule: { source: 'modelled' } });
      expect(imageBytes!.value).toBeGreaterThan(1000);
      expect(agreement).toMatchObject({ sameTopClass: agreement!.windows });
      expect(agreement!.implementation).toBeLessThan(1e-3);
    }
    const [plain, curious, passes, random] = results.mixtures;
    expect(passes!.cost!.latencyUs).toHaveLength(3);
    expect(plain!.cost!.latencyUs).toHaveLength(3);
    expect(curious!.cost!.stagesUs!.router).toBeGreaterThan(plain!.cost!.stagesUs!.router);
    expect(random!.cost).toBeNull();
    const threshold = results.mixtures.at(-1)!;
    expect(threshold).toMatchObject({ kind: 'threshold', cost: { latencySource: 'modelled' } });
    expect(threshold.trainingSeconds!.value).toBeLessThan(curious!.trainingSeconds!.value);
    expect(results.tradeOff!.plain.curves.map(({ decision }) => decision)).toEqual([
      'One expert',
      'Threshold on top probability',
      'Chance, as often',
      'Plain router',
      'Curiosity',
    ]);
    expect(results.tradeOff!.hard!.curves).toHaveLength(5);
    const { folder } = done.result as EvaluateResult;
    for (const name of filesOf(results))
      expect((await studies.file(done.id, name)).text.length).toBeGreaterThan(0);
    expect(results.answers).toEqual({ clips: 24, windows: 24, parquet: true, hard: true });
    expect(results.protocol.seeds).toEqual([1, 2]);
    const { robustness } = results;
    expect(robustness!.ways.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      ...['clip 10', 'clip 5', 'clip 0'],
      ...['gain -30', 'gain -15', 'gain 15'],
    ]);
    expect(robustness!.clips).toBe(24);
    expect(robustness!.models.map(({ name }) => name).sort()).toEqual(
      [...results.experts, ...results.mixtures].map(({ name }) => name).sort(),
    );
    expect(results.tests.some(({ sounds }) => sounds === 'hard')).toBe(true);
    for (const { scores } of [...results.experts, ...results.mixtures]) {
      expect(scores.clips).toBe(24);
      expect(scores.accuracy.seeds!.values.map(({ seed }) => seed)).toEqual([1, 2]);
    }
    const bySeed = await rowsIn(
      folder,
      `SELECT avg(accuracy) AS value FROM (SELECT fold, seed, avg((answer = true_class)::INT) AS accuracy
       FROM 'answers-clips.parquet' WHERE model = 'Float' GROUP BY fold, seed) GROUP BY seed ORDER BY seed`,
    );
    const float = results.experts.at(-1)!.scores.accuracy;
    const hardRows = await rowsIn(
      folder,
      `SELECT sounds, avg((answer = true_class)::INT) AS value FROM 'answers-hard.parquet'
       WHERE model = 'Float' GROUP BY sounds`,
    );
    const hardFloat = robustness!.models.find(({ name }) => name === 'Float')!;
    expect(hardRows).toHaveLength(6);
    for (const { sounds, value } of hardRows) {
      const way = robustness!.ways.findIndex(({ name }) => name === sounds);
      expect(value).toBeCloseTo(hardFloat.ways[way]!.accuracy.value, 12);
    }
    bySeed.forEach(({ value }, i) => expect(value).toBeCloseTo(float.seeds!.values[i]!.value, 12));
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['seed-1', 'seed-2']));
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('Curiosity');
    expect(await codeOf(() => studies.file(done.id, 'none.csv'))).toBe('FILE_NOT_FOUND');
    expect(await studies.file(done.id, 'table-3-mixtures.csv')).toMatchObject({
      name: expect.stringMatching(/^evaluation_.+_table-3-mixtures_\d{4}-.+Z\.csv$/),
      mime: 'text/csv',
    });
  });

  it('of a cascade every figure follows from what its stages said', async () => {
    const done = await finished(
      studies.evaluate({
        ...{ ...small, path: dataSet(), others: [], seeds: 2, windows: 3, resamples: 50 },
        ...{ hard: ['gain'], cascade: ['statistics', 'esc10-encoder-small'], board: '00000000000000ab' },
      }),
    );
    const { folder } = done.result as EvaluateResult;
    const results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    const { stages, tradeOff, chosen } = results.cascade!;
    expect(stages.map(({ name }) => name)).toEqual(['statistics', 'esc10-encoder-small']);
    expect(stages[1]!.millijoule).toBeGreaterThan(stages[0]!.millijoule);
    expect(tradeOff.plain.source).toBe('modelled');
    expect(chosen[0]!.decision).toBe('One stage alone');
    for (const { plain, hard } of chosen)
      for (const { difference, energyShare } of [plain, hard!]) {
        expect(difference.low).toBeLessThanOrEqual(difference.value);
        expect(energyShare.high).toBeLessThanOrEqual(2);
      }
    const alone = tradeOff.plain.curves.find(({ decision }) => decision === 'One stage alone')!.points;
    const rows = await rowsIn(
      folder,
      `WITH said AS (UNPIVOT 'answers-stages.parquet' ON COLUMNS('P\\(.*\\)') INTO NAME class VALUE p),
       clips AS (SELECT stage, seed, clip, true_class, class, avg(p) AS p FROM said WHERE sounds = 'test' GROUP BY ALL),
       told AS (SELECT stage, seed, clip, any_value(true_class) AS truth, arg_max(class, p) AS answer FROM clips GROUP BY ALL)
       SELECT stage, avg(('P(' || truth || ')' = answer)::INT) AS value FROM told GROUP BY stage`,
    );
    expect(rows).toHaveLength(2);
    for (const { stage, value } of rows)
      expect(value).toBeCloseTo(alone.find(({ setting }) => setting === stage)!.accuracy.value, 12);
    const sounds = await rowsIn(folder, `SELECT DISTINCT sounds AS value FROM 'answers-stages.parquet'`);
    expect(sounds.map(({ value }) => value)).toEqual(expect.arrayContaining(['test', 'held']));
    expect(sounds).toHaveLength(5);
    const scored = await rowsIn(
      folder,
      `SELECT min(score_top_probability) AS value, count(DISTINCT score_entropy) AS apart FROM 'answers-stages.parquet'`,
    );
    expect(scored[0]!.value).toBeGreaterThanOrEqual(0);
    expect(scored[0]!['apart']).toBeGreaterThan(10);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('Cascades of encoders');
    for (const name of filesOf(results))
      expect((await studies.file(done.id, name)).text.length).toBeGreaterThan(0);
  });

  it('and a bank of one’s own holds one, with its encoders', async () => {
    const done = await finished(
      studies.train({
        ...{ ...small, path: dataSet(), name: 'staged', heldOutFold: 1 },
        cascade: ['statistics', 'esc10-encoder-small'],
      }),
    );
    expect(done.result).toMatchObject({ kind: 'train', bank: 'staged' });
    const of = <T extends { bank: string }>(all: readonly T[]) => all.filter(({ bank }) => bank === 'staged');
    expect(of(banks.encoders).map(({ id }) => id)).toEqual(['staged-encoder-small']);
    expect(of(banks.experts).map(({ id, encoder }) => [id, encoder])).toEqual([
      ...['staged-q2', 'staged-q4', 'staged-statistics'].map((id) => [id, null]),
      ['staged-small', 'staged-encoder-small'],
    ]);
    const [router, cascade] = of(banks.routers);
    expect(router!.cascade).toBeNull();
    expect(cascade).toMatchObject({
      ...{ id: 'staged-cascade', experts: ['staged-statistics', 'staged-small'], encoder: null },
      cascade: { thresholds: [expect.any(Number)] },
    });
    const images = await imagesOfModel(banks, 'staged-cascade');
    const engine = await Engine.load(await readFile(resources.engine), images);
    expect(engine.experts).toBe(2);
    const [answers] = [...engine.stream(96).push(new Int16Array(15_600).fill(100))];
    expect([1, 3, 2]).toContain(answers!.stages[0]! & 3);
  });

  it('runs on boards that are processes, whose lines the first thread keeps', async () => {
    const asked = { ...small, epochs: 1, path: dataSet(), others: [], windows: 2, resamples: 50 };
    const done = await finished(studies.evaluate({ ...asked, board: 'host' }));
    const { folder } = done.result as EvaluateResult;
    const { board, experts } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    expect(board).toMatchObject({ kind: 'host', simulated: true });
    expect(experts[0]!.cost!.latencyUs).toHaveLength(2);
  });

  it('refuses what is no cascade, before it starts', async () => {
    const asking = { ...small, path: dataSet() };
    const codes = [
      { cascade: ['statistics'] },
      { cascade: ['statistics', 'statistics'] },
      { cascade: ['statistics', 'nobody'] },
      { cascade: ['statistics', 'esc10-encoder-small'], board: 'none' },
    ].map((wish) => codeOf(() => studies.evaluate({ ...asking, ...wish })));
    expect(await Promise.all(codes)).toEqual([
      ...['REQUEST_INVALID', 'REQUEST_INVALID', 'ENCODER_MISSING', 'REQUEST_INVALID'],
    ]);
  });

  it('waits while it is paused, and runs on a board that the lab lends', async () => {
    const asked = { ...small, others: [], alphas: [1], windows: 2, resamples: 50, board: '00000000000000ab' };
    const job = studies.evaluate({ ...asked, path: dataSet() });
    let held = '';
    const stop = jobs.onChange((one) => {
      if (one.id !== job.id) return;
      if (one.state === 'paused') {
        held = one.detail;
        jobs.resume(job.id);
      } else if (held === '' && one.detail.includes('epoch')) jobs.pause(job.id);
    });
    const done = await finished(job);
    stop();
    expect(held).toContain('epoch');
    const results = JSON.parse((await studies.file(done.id, 'results.json')).text) as Results;
    expect(results.board).toMatchObject({ name: 'study', kind: 'virtual' });
    expect(results.experts[0]!.cost!.latencyUs).toHaveLength(2);

    const gone = studies.evaluate({ ...asked, path: dataSet(), board: 'none-such' });
    expect((await whenFinished(jobs, gone.id)).error?.code).toBe('BOARD_NOT_FOUND');
  });

  it('goes on where it was when the lab dies, and finds the same', async () => {
    const asked = { ...small, path: dataSet(), others: [], alphas: [1], board: 'none', resamples: 50 };
    const whole = await finished(studies.evaluate(asked));
    const expected = JSON.parse((await studies.file(whole.id, 'results.json')).text) as Results;

    const job = studies.evaluate(asked);
    await new Promise<void>((resolve) => {
      const stop = jobs.onChange((one) => {
        if (one.id !== job.id || !/^fold [3-9]: /.test(one.detail)) return;
        stop();
        resolve();
      });
    });
    await jobs.close();
    // as labs left them that trained with one seed
    const work = join(scratch.folder, 'studies', 'jobs', job.id);
    for (const fold of await readdir(join(work, 'seed-1')))
      await rename(join(work, 'seed-1', fold), join(work, fold));
    await rm(join(work, 'seed-1'), { recursive: true });
    await openLab();
    expect(jobs.get(job.id).state).toBe('paused');
    jobs.resume(job.id);
    const done = await finished(job);
    const found = JSON.parse((await studies.file(done.id, 'results.json')).text) as Results;
    // how long each took is measured anew
    const untimed = (models: readonly { readonly trainingSeconds: unknown }[]) =>
      models.map((model) => ({ ...model, trainingSeconds: null }));
    expect(untimed(found.experts)).toEqual(untimed(expected.experts));
    expect(untimed(found.mixtures)).toEqual(untimed(expected.mixtures));
    // folds that the first lab trained are in the sum
    const of = ({ experts }: Results) => experts.map(({ trainingSeconds }) => trainingSeconds!.value);
    const folds = found.dataSet.folds.length;
    expect(found.carbon!.training!.seconds.value).toBeGreaterThan(folds * Math.max(...of(found)));
    expect((await jobs.delete(done.id)).bytes).toBeGreaterThan(10_000);
    expect(await readdir(join(scratch.folder, 'studies', 'jobs'))).not.toContain(done.id);
  });

  it('tells what it will take before it starts, by what was trained here last', async () => {
    const asked = { ...small, path: dataSet(), others: [], seeds: 5 };
    expect(await studies.cost(asked)).toEqual({ folds: 3, seeds: 5, fits: 135, seconds: null });
    await finished(studies.train({ ...small, bank: ['q4'], path: dataSet(), name: 'cost' }));
    expect((await studies.cost(asked)).seconds).toBeGreaterThan(0);
    await banks.remove('cost');
  });

  it('has no report before it is done', async () => {
    const job = studies.train({ ...small, path: '/nowhere', name: 'x' });
    expect((await whenFinished(jobs, job.id)).error?.code).toMatch(/^FILE_/);
    expect(await codeOf(() => studies.file(job.id, 'report.html'))).toBe('FILE_NOT_FOUND');
  });
});

describe('an encoder of one’s own', () => {
  const onnx = async (seed: number, change: (graph: Graph) => void = () => {}) => {
    const graph = new Graph('mine');
    const input = graph.input('log_mel', 'float32', ['n', 1, 96, 64]);
    const last = addFloatLayers(graph, input, randomEncoder(seed)).at(-1)!;
    change(graph);
    graph.output('embedding', graph.node('Flatten', [graph.node('GlobalAveragePool', [last])]), 'float32', [
      'n',
      24,
    ]);
    const path = join(scratch.folder, `mine-${seed}.onnx`);
    await writeFile(path, graph.finish({}));
    return path;
  };

  it('is calibrated, kept, and trained with', async () => {
    const path = await onnx(3);
    const done = await finished(studies.importEncoder({ path, name: 'ears', recordings: dataSet() }));
    const { encoderId, embeddingSize, imageBytes, arenaBytes, recordings, failed } =
      done.result as EncoderResult;
    expect([recordings, failed.map(({ code }) => code)]).toEqual([24, ['FILE_NOT_AUDIO']]);
    expect([encoderId, embeddingSize]).toEqual(['ears-encoder', 24]);
    expect(banks.encoders.find(({ id }) => id === encoderId)).toMatchObject({
      ...{ bank: 'ears', imageBytes },
      memory: { fusedLayers: 0, arenaBytes },
    });
    const augmentation = ['pink-noise', 'masks', 'mixup', 'between-class'] as const;
    await finished(
      studies.train({ ...small, augmentation, path: dataSet(), name: 'heard', encoder: encoderId }),
    );
    expect(banks.expert('heard-q4')).toMatchObject({ encoder: 'heard-encoder', embeddingSize: 24 });
    const { expert } = readExpert(await banks.file('heard-q4', 'image'));
    const image = banks.encoders.find(({ id }) => id === 'heard-encoder')!;
    expect(Buffer.from(expert.encoderHash!).toString('hex')).toBe(image.imageSha256);

    // made anew under the same name, both get a higher version, though the bank before is deleted
    await finished(studies.importEncoder({ path, name: 'ears-2', recordings: dataSet() }));
    const versions = banks.encoders.map(({ id, version }) => [id, version]);
    expect(versions).toEqual(
      expect.arrayContaining([
        ['ears-encoder', 1],
        ['ears-2-encoder', 2],
      ]),
    );
    expect(expert.version).toBe(1);
    await banks.remove('heard');
    await finished(studies.train({ ...small, path: dataSet(), name: 'heard', encoder: 'ears-2-encoder' }));
    expect(readExpert(await banks.file('heard-q4', 'image')).expert.version).toBe(2);
    expect(banks.routers.find(({ bank }) => bank === 'heard')?.version).toBe(2);
  });

  it('is refused where it is none, or has no recordings to be calibrated with', async () => {
    const broken = join(scratch.folder, 'broken.onnx');
    await writeFile(broken, 'no graph');
    const empty = join(scratch.folder, 'empty');
    await mkdir(empty, { recursive: true });
    const codes = [];
    for (const [path, recordings] of [
      [broken, dataSet()],
      [join(scratch.folder, 'none.onnx'), dataSet()],
      [await onnx(4), empty],
    ] as const) {
      const job = studies.importEncoder({ path, name: 'none', recordings });
      codes.push((await whenFinished(jobs, job.id)).error?.code);
    }
    expect(codes).toEqual(['FILE_DAMAGED', 'FILE_NOT_FOUND', 'FOLDER_EMPTY']);
    expect(banks.encoders.some(({ bank }) => bank === 'none')).toBe(false);
  });
});
