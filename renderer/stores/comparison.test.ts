import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { WindowResult } from '../../main/contract/types.ts';
import { board, expert, job, LabDouble, windowResult } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useComparison, type References } from './comparison.ts';

const clip = { id: 'dog', label: 'dog', title: '', author: '', licence: '', sourceUrl: '', seconds: 2 };
const audio = { pcm: new Uint8Array(2 * 32_000), samples: 32_000 };
const boardId = board().id;
const windows = [
  windowResult(),
  windowResult({ startS: 0.48, logits: [0, 3, 0], classIndex: 1, label: 'rain' }),
];
const over = (results: WindowResult[]) =>
  job({ id: 'play', kind: 'play', state: 'done', result: { kind: 'play', boardId, windows: results } });

/** References that answer with given logits; each window's samples are kept. */
function references(quantized: number[], float: number[]) {
  const heard: number[] = [];
  const double: References = {
    open: async (_graph, fetchModel) => void (await fetchModel()),
    logits: async (graph, pcm) => {
      heard.push(pcm.length);
      return Float32Array.from(graph.startsWith('quantized') ? quantized : float);
    },
    logMel: async () => ({ frames: 0, values: new Float32Array(0) }),
  };
  return { double, heard };
}

async function prepare(double: References, onPlay: (lab: LabDouble) => void = () => {}) {
  const lab: LabDouble = new LabDouble({
    'clips.list': () => [clip],
    'clips.audio': () => audio,
    'experts.file': () => new Uint8Array(1),
    'play.start': () => {
      onPlay(lab);
      return job({ id: 'play', kind: 'play' });
    },
  });
  withLab(lab);
  const comparison = useComparison();
  comparison.use(double);
  await comparison.choose(clip);
  return { lab, comparison };
}

describe('a comparison', () => {
  it('keeps implementation error and quantization error apart, window by window', async () => {
    const { double, heard } = references([2, 0, -1], [0, 2, -1]);
    const { lab, comparison } = await prepare(double);
    await comparison.play(board(), expert());
    for (const result of windows) lab.raise('window', { jobId: 'play', result });
    lab.raise('job', over(windows));
    await flushPromises();

    const [first, second] = comparison.windows;
    expect(first?.agreement?.implementation).toMatchObject({ relative: 0, sameTopClass: true });
    expect(first?.agreement?.quantization).toMatchObject({ relative: 1, sameTopClass: false });
    expect(second?.agreement?.implementation).toMatchObject({ sameTopClass: false });
    expect(comparison.summary).toMatchObject({
      windows: 2,
      sameImplementation: 1,
      sameQuantization: 0,
      agrees: false,
    });
    expect(heard).toEqual([15_600, 15_600, 15_600, 15_600]);
  });

  it('agrees when the board computes what the quantized reference computes', async () => {
    const { double } = references([2, 0, -1], [1.9, 0.1, -1]);
    const { lab, comparison } = await prepare(double);
    await comparison.play(board(), expert());
    lab.raise('job', over([windowResult()]));
    await flushPromises();
    expect(comparison.summary?.agrees).toBe(true);
    expect(comparison.summary?.quantization).toBeGreaterThan(0);
  });

  it('loses no window that arrives before the reply which names its job', async () => {
    const { double } = references([2, 0, -1], [2, 0, -1]);
    const { comparison } = await prepare(double, (lab) => {
      lab.raise('window', { jobId: 'another', result: windowResult({ startS: 9 }) });
      for (const result of windows) lab.raise('window', { jobId: 'play', result });
      lab.raise('job', over(windows));
    });
    await comparison.play(board(), expert());
    expect(comparison.windows.map((window) => window.startS)).toEqual([0, 0.48]);
    expect(comparison.job?.state).toBe('done');
  });

  it('shows the answers alone where there is no reference', async () => {
    const { double, heard } = references([1, 0, 0], [1, 0, 0]);
    const { lab, comparison } = await prepare(double);
    await comparison.play(board(), null);
    lab.raise('job', over(windows));
    expect(comparison.windows).toHaveLength(2);
    expect(comparison.summary).toBeNull();
    expect(heard).toEqual([]);
  });

  it('says why the clip stopped', async () => {
    const { double } = references([1, 0, 0], [1, 0, 0]);
    const { lab, comparison } = await prepare(double);
    await comparison.play(board(), expert());
    const error = { code: 'PORT_LOST' as const, message: 'The board was unplugged.' };
    lab.raise('job', job({ id: 'play', kind: 'play', state: 'failed', error }));
    expect(comparison.problem).toBe(error.message);
  });
});
