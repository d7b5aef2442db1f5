import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Graph } from '../../models/onnx/graph.ts';
import type { CurlewError } from '../contract/error.ts';
import { scratchFolder, tone, wavBytes } from '../recordings/testing.ts';
import { readGraphs, readRecord } from './stored-model.ts';
import { takeModel, type TakeOrder } from './take-model.ts';
import { logMelModel, told, waveformModel } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let clip: TakeOrder['clip'];

beforeEach(async () => {
  scratch = await scratchFolder();
  const sound = wavBytes([tone(1, 44_100, 440)], { sampleRate: 44_100 });
  clip = { path: await scratch.write('tone.wav', sound), label: 'tone' };
});
afterEach(() => scratch.remove());

const into = () => join(scratch.folder, 'taken');

/** @param others files beside the graph, by name */
async function take(graph: Uint8Array, description: unknown = told, others: Record<string, string> = {}) {
  const brought = join(scratch.folder, 'brought');
  await rm(brought, { recursive: true, force: true });
  await mkdir(brought);
  const path = join(brought, 'mine.onnx');
  const beside = join(brought, 'mine.json');
  await writeFile(path, graph);
  if (description !== null) await writeFile(beside, JSON.stringify(description));
  for (const [name, text] of Object.entries(others)) await writeFile(join(brought, name), text);
  const order = { graph: path, description: description === null ? null : beside, into: into(), clip };
  return takeModel(order, async (name) => join(brought, name));
}

describe('a model is taken in', () => {
  it('with its graph and what was found when it was tried', async () => {
    const graph = waveformModel({ embedding: true });
    const record = await take(graph, { ...told, embedding: 'embedding' });
    expect(record.check).toMatchObject({ notes: [], batch: 8, embeddingSize: 8, heard: { clip: 'tone' } });
    expect(await readRecord(into())).toEqual(record);
    expect(Buffer.compare((await readGraphs(into(), record)).model, graph)).toBe(0);
    expect((await readdir(into())).sort()).toEqual(['model.json', 'model.onnx']);
  });

  it('that takes log-mel of this lab’s front end, one window at a time, with labels in a file', async () => {
    const description = { labels: 'names.txt', output: { values: 'probabilities', activation: 'sigmoid' } };
    const graph = logMelModel({ batch: 1, activation: 'sigmoid' });
    const record = await take(graph, description, { 'names.txt': 'a\nb\nc\n' });
    expect(record).toMatchObject({
      description: { name: 'mine', sampleRate: 16_000, input: { kind: 'log-mel', batch: 'one' } },
      check: { batch: 1, notes: [] },
    });
    expect(record.description.labels).toEqual(['a', 'b', 'c']);
  });

  it('without a description where the graph tells all', async () => {
    const metadata = { sample_rate: '8000', values: 'logits', activation: 'softmax', labels: 'a\nb\nc' };
    const graph = waveformModel({ activation: 'none', metadata });
    expect((await take(graph, null)).description.labels).toEqual(['a', 'b', 'c']);
  });

  it('with a note where it hears no difference, or what it calls logits looks like probabilities', async () => {
    const description = {
      ...told,
      input: { scale: 1e-30 },
      output: { values: 'logits', activation: 'softmax' },
    };
    expect((await take(waveformModel(), description)).check.notes).toEqual([
      expect.stringContaining('the same to silence, noise and a real sound'),
      expect.stringContaining('as probabilities do'),
    ]);
  });
});

describe('a model is refused, and nothing is written,', () => {
  const refused = async (graph: Uint8Array, description: unknown, sentence: RegExp): Promise<void> => {
    const refusal = await take(graph, description).then(
      () => null,
      (thrown: CurlewError) => thrown,
    );
    expect(refusal).toMatchObject({ code: 'MODEL_UNFIT' });
    expect(refusal!.message).toMatch(sentence);
    expect((await readdir(scratch.folder)).sort()).toEqual(['brought', 'tone.wav']);
  };
  const logits = { ...told, output: { values: 'logits', activation: 'softmax' } };

  it('that answers NaN', () =>
    refused(waveformModel({ broken: true, activation: 'none' }), logits, /answers to silence hold NaN/));
  it('with more outputs than labels', () =>
    refused(waveformModel({ classes: 4 }), told, /“scores” has 4 numbers a window, and there are 3 labels/));
  it('whose logits are called probabilities', () =>
    refused(waveformModel({ activation: 'none' }), told, /write "logits" as output\.values/));
  it('whose probabilities are each by itself and are called softmax', () =>
    refused(waveformModel({ activation: 'sigmoid' }), told, /write "sigmoid" as output\.activation/));
  it('whose labels lie in another folder', () =>
    refused(waveformModel(), { ...told, labels: '../labels.txt' }, /lies beside it/));
  it('whose operators ONNX Runtime does not have, in its words', () => {
    const graph = new Graph('g');
    const x = graph.input('x', 'float32', ['N', 4000]);
    graph.output('scores', graph.node('Telepathy', [x]), 'float32', ['N', 3]);
    return refused(graph.finish({}), told, /Telepathy/);
  });

  it('that is cut short anywhere', async () => {
    const graph = waveformModel();
    for (const length of [1, 40, graph.length >> 2, graph.length >> 1, graph.length - 6]) {
      const refusal = await take(graph.subarray(0, length)).catch((thrown: CurlewError) => thrown);
      expect(['FILE_DAMAGED', 'MODEL_UNFIT']).toContain((refusal as CurlewError).code);
    }
  });

  it('that is no ONNX file', async () => {
    const page = new TextEncoder().encode('<html>Sign in to download</html>');
    await expect(take(page)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });
});
