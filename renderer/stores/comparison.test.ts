// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Board, Played, PlayedSource, RouterInfo, WindowResult } from '../../main/contract/types.ts';
import { board, expert, job, LabDouble, played, router as member, windowResult } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useBoards } from './boards.ts';
import { useComparison } from './comparison.ts';
import { useExperts } from './experts.ts';
import type { References } from './references.ts';
import { useSounds } from './sounds.ts';

const clipOf = (id: string) => ({
  ...{ id, label: id, title: '', author: '', licence: '', sourceUrl: '' },
  seconds: 2,
});
const audio = { pcm: new Uint8Array(2 * 32_000), samples: 32_000 };
const second = expert({ id: 'b8', name: 'b8', imageSha256: 'cd'.repeat(32) });
const runs = ({ name, imageSha256: sha256 } = expert()) => ({
  name,
  sha256,
  version: 2,
  bits: 4,
  ternary: false,
});
const imageOf = ({ name, version, sha256 }: ReturnType<typeof runs>) => ({ name, version, sha256 });
const windows = [
  windowResult(),
  windowResult({ startS: 0.48, logits: [0, 3, 0], classIndex: 1, label: 'rain' }),
];

beforeEach(() => localStorage.clear());

const routeOf = (gate: number[]) => ({
  gate: Float32Array.from(gate),
  curiosity: 0,
  score: 0,
  thresholds: null,
  ranked: [...gate.keys()].sort((a, b) => gate[b]! - gate[a]!),
});

/** References that answer with given logits, by expert, and route with given gates; what each was asked for is kept. */
function references(
  quantized: number[],
  float: number[],
  of: Record<string, number[]> = {},
  gates: { quantized: number[]; float: number[] } = { quantized: [0.25, 0.75], float: [0.5, 0.5] },
) {
  const asked: string[] = [];
  const draws: number[] = [];
  const double: References = {
    open: async (_graph, fetchModel) => void (await fetchModel()),
    answer: async (graph, pcm) => {
      asked.push(`${graph.slice(-2)} ${pcm.length}`);
      const [kind = '', sha256 = ''] = graph.split(' ');
      const logits = Float32Array.from(of[sha256] ?? (kind === 'quantized' ? quantized : float));
      return { logits, embedding: Float32Array.of(kind === 'quantized' ? 8 : 32) };
    },
    openRouter: async (_router, fetchFiles) => (await fetchFiles()).image.length,
    route: async (_router, heard, inferenceId) => {
      draws.push(...heard.quantized.embedding, ...heard.float.embedding, inferenceId);
      return { quantized: routeOf(gates.quantized), float: routeOf(gates.float) };
    },
    logMel: async () => ({ frames: 0, values: new Float32Array(0) }),
  };
  return { double, asked, draws };
}

interface World {
  board?: Partial<Board>;
  /** What was played before, and the windows of each. */
  plays?: Played[];
  windows?: Record<string, WindowResult[]>;
  answers?: ReturnType<typeof references>;
  routers?: RouterInfo[];
}

async function compare(world: World = {}) {
  const { plays = [], answers = references([2, 0, -1], [0, 2, -1]) } = world;
  const sourceIs = (source: PlayedSource) => (one: Played) =>
    JSON.stringify(one.source) === JSON.stringify(source);
  const lab: LabDouble = new LabDouble({
    'boards.list': () => [board({ activeExpert: runs(), ...world.board })],
    'ports.list': () => ({ ports: [], problem: null }),
    'experts.list': () => [expert(), second],
    'experts.routers': () => world.routers ?? [],
    'experts.file': ({ file }) => new Uint8Array(file === 'image' ? 2 : 1),
    'clips.list': () => [clipOf('dog'), clipOf('rain')],
    'clips.audio': () => audio,
    'play.start': () => job({ id: 'job-1', kind: 'play' }),
    'play.newest': ({ boardId, source }) =>
      plays.filter((one) => one.boardId === boardId).filter(sourceIs(source)),
    'play.windows': ({ playedId, afterS = -1 }) =>
      (world.windows?.[playedId] ?? []).filter(({ startS }) => startS > afterS),
  });
  withLab(lab);
  await Promise.all([useBoards().load(), useExperts().load(), useSounds().load()]);
  const comparison = useComparison();
  comparison.use(answers.double);
  await comparison.load();
  await flushPromises();
  const tell = (change: Partial<Board>) =>
    lab.raise('boards', { added: [], changed: [{ entry: 1, ...change }], gone: [] });
  return { lab, comparison, tell, asked: answers.asked };
}

describe('a comparison', () => {
  it('keeps implementation error and quantization error apart, window by window', async () => {
    const { lab, comparison, asked } = await compare();
    await comparison.play();
    lab.raise('played', played({ endedMs: null, windows: 0 }));
    expect(comparison.running).toBe(true);
    for (const result of windows) lab.raise('window', { playedId: 'play-1', result });
    lab.raise('window', { playedId: 'another', result: windowResult({ startS: 9 }) });
    lab.raise('played', played());
    await flushPromises();

    const [first, other] = comparison.windows;
    expect(comparison.windows).toHaveLength(2);
    expect(first?.agreement?.implementation).toMatchObject({ relative: 0, sameTopClass: true });
    expect(first?.agreement?.quantization).toMatchObject({ relative: 1, sameTopClass: false });
    expect(other?.agreement?.implementation).toMatchObject({ sameTopClass: false });
    expect(comparison.summary).toMatchObject({
      windows: 2,
      sameImplementation: 1,
      sameQuantization: 0,
      agrees: false,
    });
    // A folder may go on with its next recording; the job tells when the board is free.
    expect(comparison.running).toBe(true);
    lab.raise('job', job({ id: 'job-1', kind: 'play', state: 'done' }));
    expect(comparison.running).toBe(false);
    expect(asked).toEqual(Array(4).fill('ab 15600'));
  });

  it('stays done in a later visit, as long as the lab keeps the play', async () => {
    const first = await compare({ plays: [played()], windows: { 'play-1': windows } });
    expect(first.comparison.done).toBe(true);
    const { lab, comparison } = await compare();
    expect(comparison.done).toBe(false);
    lab.raise('job', job({ id: 'job-1', kind: 'play', state: 'done' }));
    expect([comparison.summary, comparison.done]).toEqual([null, true]);
    lab.raise('jobGone', { jobId: 'job-1' });
    expect(comparison.done).toBe(false);
  });

  it('loads a recording to the end, also where the clips are listed meanwhile', async () => {
    const { lab, comparison } = await compare();
    let answer = (): void => undefined;
    const opened = new Promise<void>((resolve) => (answer = resolve));
    lab.handlers['clips.audio'] = () => opened.then(() => audio);
    const loaded = comparison.load();
    await useSounds().load();
    answer();
    await loaded;
    expect(comparison.heard.samples).toHaveLength(audio.samples);
    expect(comparison.heard.logMel).not.toBeNull();
  });

  it('agrees when the board computes what the quantized reference computes', async () => {
    const { comparison } = await compare({
      plays: [played()],
      windows: { 'play-1': [windowResult()] },
      answers: references([2, 0, -1], [1.9, 0.1, -1]),
    });
    expect(comparison.summary?.agrees).toBe(true);
    expect(comparison.summary?.quantization).toBeGreaterThan(0);
  });

  it('is there again after a reload, whoever played it, and grows while another page plays', async () => {
    const { lab, comparison } = await compare({
      plays: [played({ endedMs: null })],
      windows: { 'play-1': windows.slice(0, 1) },
    });
    expect([comparison.played?.id, comparison.current, comparison.windows.length]).toEqual([
      'play-1',
      true,
      1,
    ]);
    lab.raise('window', { playedId: 'play-1', result: windows[1]! });
    lab.raise('window', { playedId: 'play-1', result: windows[1]! });
    expect(comparison.windows).toHaveLength(2);
  });

  it('loses no window that was on its way to the store when the page asked', async () => {
    const kept: Record<string, WindowResult[]> = { 'play-1': [] };
    const { lab, comparison } = await compare({ plays: [played({ endedMs: null })], windows: kept });
    kept['play-1'] = windows;
    lab.raise('played', played());
    await flushPromises();
    expect(comparison.windows.map(({ startS }) => startS)).toEqual([0, 0.48]);
  });

  it('is of the clip that is looked at, or none', async () => {
    const { comparison } = await compare({ plays: [played()], windows: { 'play-1': windows } });
    expect(comparison.windows).toHaveLength(2);
    comparison.choose({ kind: 'clip', clipId: 'rain' });
    await flushPromises();
    expect([comparison.played, comparison.windows, comparison.summary]).toEqual([null, [], null]);
    comparison.choose({ kind: 'clip', clipId: 'dog' });
    await flushPromises();
    expect(comparison.windows).toHaveLength(2);
  });

  it('is of another board once another is on the bench', async () => {
    const { lab, comparison } = await compare({ plays: [played()], windows: { 'play-1': windows } });
    lab.raise('boards', { added: [board({ entry: 2, id: 'b' })], changed: [], gone: [1] });
    await flushPromises();
    expect([comparison.played, comparison.windows]).toEqual([null, []]);
  });

  it('is told to be of an expert that no longer runs, and gives way to answers of what does', async () => {
    const { lab, comparison, tell } = await compare({
      plays: [played()],
      windows: { 'play-1': windows },
    });
    expect(comparison.current).toBe(true);
    tell({ activeExpert: runs(second) });
    await flushPromises();
    expect([comparison.current, comparison.played?.id]).toEqual([false, 'play-1']);
    const bank = { router: null, topK: 1, encoders: [], experts: [imageOf(runs(second))] };
    lab.raise('played', played({ id: 'play-2', bank, endedMs: null }));
    await flushPromises();
    expect([comparison.current, comparison.played?.id, comparison.windows]).toEqual([true, 'play-2', []]);
    // And back: its own newest answers stand again.
    tell({ activeExpert: runs() });
    await flushPromises();
    expect([comparison.current, comparison.played?.id, comparison.windows.length]).toEqual([
      true,
      'play-1',
      2,
    ]);
  });

  it('with a router holds each window against the expert that answered, and names it', async () => {
    const router = { name: 'r', version: 1, sha256: 'ef'.repeat(32) };
    const bank = { router, topK: 1, encoders: [], experts: [imageOf(runs()), imageOf(runs(second))] };
    const answers = references([2, 0, -1], [2, 0, -1], { [second.imageSha256]: [0, 3, 0] });
    const { comparison } = await compare({
      board: { activeRouter: { ...router, experts: 2 } },
      plays: [played({ bank })],
      windows: { 'play-1': [windows[0]!, { ...windows[1]!, place: 1, gate: [0.2, 0.8] }] },
      answers,
    });
    expect(comparison.current).toBe(true);
    expect(comparison.windows.map(({ expertName }) => expertName)).toEqual(['esc10-b4', 'b8']);
    expect(comparison.summary).toMatchObject({ windows: 2, sameImplementation: 2, agrees: true });
    expect(answers.asked).toEqual(['ab 15600', 'ab 15600', 'cd 15600', 'cd 15600']);
    // The router itself is in no bank: its choice is shown alone, and told.
    expect([comparison.summary?.routing, answers.draws]).toEqual([null, []]);
    expect(comparison.missing).toEqual([router]);
  });

  it('holds a router’s gates and choice against its references, drawn as the board drew', async () => {
    const { imageSha256: sha256 } = member();
    const bank = {
      ...{ router: { name: 'r', version: 1, sha256 }, topK: 1, encoders: [] },
      experts: [imageOf(runs()), imageOf(runs(second))],
    };
    const world = (gate: number[], place: number) => ({
      routers: [member()],
      plays: [played({ bank })],
      windows: { 'play-1': [windowResult({ place, gate, inferenceId: 77 })] },
      answers: references([2, 0, -1], [2, 0, -1]),
    });
    const same = world([0.25, 0.75], 1);
    const { comparison } = await compare(same);
    expect(same.answers.draws).toEqual([8, 32, 77]);
    expect(comparison.missing).toEqual([]);
    expect(comparison.summary).toMatchObject({
      agrees: true,
      routing: {
        ...{ implementation: 0, quantization: 0.25, sameImplementation: 1, sameQuantization: 0 },
        ...{ agrees: true, windows: 1 },
      },
    });
    // The same logits of an expert that the reference would not have asked: the board does not agree.
    const { comparison: other } = await compare(world([0.75, 0.25], 0));
    expect(other.summary).toMatchObject({ implementation: 0, agrees: false, routing: { agrees: false } });
  });

  it('asks the router in its bank how many experts answer, where the lab did not deploy it', async () => {
    const { imageSha256: sha256 } = member();
    const bank = {
      ...{ router: { name: 'r', version: 1, sha256 }, topK: null, encoders: [] },
      experts: [imageOf(runs()), imageOf(runs(second))],
    };
    const { comparison } = await compare({
      routers: [member()],
      plays: [played({ bank })],
      windows: {
        'play-1': [windowResult({ place: 1, gate: [0.25, 0.75], logits: [0.5, 2.25, -0.25] })],
      },
      answers: references([2, 0, -1], [2, 0, -1], { [second.imageSha256]: [0, 3, 0] }),
    });
    expect(comparison.windows[0]?.agreement?.implementation.relative).toBeCloseTo(0, 6);
  });

  it('mixes the references as the router mixed the experts, where several answer together', async () => {
    const router = { name: 'r', version: 1, sha256: 'ef'.repeat(32) };
    const bank = { router, topK: 2, encoders: [], experts: [imageOf(runs()), imageOf(runs(second))] };
    const gate = [0.25, 0.75];
    const { comparison } = await compare({
      plays: [played({ bank })],
      windows: { 'play-1': [windowResult({ place: 1, gate, logits: [0.5, 2.25, -0.25] })] },
      answers: references([2, 0, -1], [2, 0, -1], { [second.imageSha256]: [0, 3, 0] }),
    });
    expect(comparison.windows[0]?.agreement?.implementation.relative).toBeCloseTo(0, 6);
  });

  it('shows the answers alone where no bank has what gave them, and names it', async () => {
    const strange = { name: 'strange', version: 1, sha256: '00'.repeat(32) };
    const bank = { router: null, topK: 1, encoders: [], experts: [strange] };
    const { comparison, asked } = await compare({
      plays: [played({ bank })],
      windows: { 'play-1': windows },
    });
    expect(comparison.windows.map(({ held }) => held)).toEqual([false, false]);
    expect([comparison.summary, comparison.missing]).toEqual([null, [strange]]);
    expect(asked).toEqual([]);
  });

  it('lets what was answered before stand where a play left no answer, and says why it failed', async () => {
    const { lab, comparison } = await compare({ plays: [played()], windows: { 'play-1': windows } });
    await comparison.play();
    lab.raise('played', played({ id: 'play-2', endedMs: null, windows: 0 }));
    const error = { code: 'PORT_LOST' as const, message: 'The board was unplugged.' };
    lab.raise('played', played({ id: 'play-2', windows: 0, error }));
    lab.raise('job', job({ id: 'job-1', kind: 'play', state: 'failed', error }));
    await flushPromises();
    expect([comparison.played?.id, comparison.windows.length]).toEqual(['play-1', 2]);
    expect(comparison.problem).toBe(error.message);
  });

  it('follows the recordings of a folder that is played from here, until the person looks at one', async () => {
    const { lab, comparison } = await compare();
    const file = (path: string) => ({ kind: 'file' as const, path });
    await comparison.playAll(['/r']);
    lab.raise('played', played({ id: 'a', source: file('/r/a.wav'), endedMs: null }));
    expect(useSounds().chosen).toEqual(file('/r/a.wav'));
    expect(comparison.played?.id).toBe('a');
    comparison.choose({ kind: 'clip', clipId: 'rain' });
    lab.raise('played', played({ id: 'b', source: file('/r/b.wav'), endedMs: null }));
    expect(useSounds().chosen).toEqual({ kind: 'clip', clipId: 'rain' });
  });
});
