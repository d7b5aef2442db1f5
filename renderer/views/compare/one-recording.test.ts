// @vitest-environment jsdom
import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Played, PlayedBank } from '../../../main/contract/types.ts';
import { useBoards } from '../../stores/boards.ts';
import { useComparison } from '../../stores/comparison.ts';
import { useExperts } from '../../stores/experts.ts';
import { labKey } from '../../stores/lab.ts';
import {
  board,
  expert,
  LabDouble,
  played,
  router as member,
  shellDouble,
  windowResult,
} from '../../test/lab-double.ts';
import OneRecording from './OneRecording.vue';

const clip = {
  ...{ id: 'dog', label: 'dog', title: 'A dog', author: '', licence: '', sourceUrl: '' },
  seconds: 2,
};
const route = (gate: number[]) => ({
  gate: Float32Array.from(gate),
  curiosity: 0.5,
  score: 0,
  thresholds: null,
  ranked: gate[0]! >= gate[1]! ? [0, 1] : [1, 0],
});
const runs = { name: 'esc10-b4', version: 2, sha256: expert().imageSha256, bits: 4, ternary: false };
const second = expert({ id: 'b8', name: 'esc10-b8', imageSha256: 'cd'.repeat(32) });
const router = { name: 'Curious', version: 1, sha256: 'ef'.repeat(32) };
const bank: PlayedBank = {
  router,
  topK: 1,
  encoders: [],
  experts: [
    { name: 'esc10-b4', version: 2, sha256: expert().imageSha256 },
    { name: 'esc10-b8', version: 2, sha256: second.imageSha256 },
  ],
};

beforeEach(() => localStorage.clear());

async function show(plays: Played[], { routers = [member()], windows = [windowResult()] } = {}) {
  const lab = new LabDouble({
    'boards.list': () => [board({ activeExpert: runs })],
    'ports.list': () => ({ ports: [], problem: null }),
    'experts.list': () => [expert(), second],
    'experts.routers': () => routers,
    'experts.file': () => new Uint8Array(1),
    'clips.list': () => [clip],
    'clips.audio': () => ({ pcm: new Uint8Array(64_000), samples: 32_000 }),
    'play.newest': () => plays,
    'play.windows': () => windows,
  });
  const pinia = createPinia();
  const global = {
    plugins: [pinia],
    provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    stubs: { RouterLink: RouterLinkStub, SoundSpectrogram: true, FolderBrowser: true },
  };
  mount({ template: '<i></i>' }, { global });
  useComparison(pinia).use({
    open: async () => undefined,
    answer: async () => ({ logits: Float32Array.from([2, 0, -1]), embedding: new Float32Array(3) }),
    openRouter: async () => 1,
    route: async () => ({ quantized: route([0.875, 0.125]), float: route([0.25, 0.75]) }),
    logMel: async () => ({ frames: 0, values: new Float32Array(0) }),
  });
  await Promise.all([useBoards(pinia).load(), useExperts(pinia).load()]);
  const wrapper = mount(OneRecording, { global });
  await flushPromises();
  return { lab, wrapper };
}

describe('compare', () => {
  it('says of answers which board, expert, recording and time they are of', async () => {
    const { wrapper } = await show([played({ startedMs: new Date(2026, 10, 27, 14, 3, 5).getTime() })]);
    const whose = wrapper.get('[aria-label="Whose answers these are"]').text();
    for (const part of ['heron', 'esc10-b4, version 2', 'dog: A dog', '2026-11-27 14:03:05'])
      expect(whose).toContain(part);
    expect(wrapper.text()).toContain('the board computes what the quantized reference computes');
    expect(whose).not.toContain('no longer runs');
  });

  it('marks answers of an expert that the board no longer runs', async () => {
    const { lab, wrapper } = await show([played()]);
    const activeExpert = { ...runs, name: 'Other', sha256: '00'.repeat(32) };
    lab.raise('boards', { added: [], changed: [{ entry: 1, activeExpert }], gone: [] });
    await flushPromises();
    expect(wrapper.text()).toContain(
      'answers of esc10-b4, version 2, which the board no longer runs; it runs Other now',
    );
  });

  const routed = [windowResult({ place: 0, gate: [0.875, 0.125], curiosity: 0.5 })];

  it('with a router names who answered each window, and holds its choice against its references', async () => {
    const { wrapper } = await show([played({ bank })], { windows: routed });
    expect(wrapper.text()).toContain('Curious, version 1, over 2 experts');
    const table = wrapper.get('.windows table');
    expect(table.findAll('th').map((cell) => cell.text())).toEqual(
      expect.arrayContaining(['Answered by', 'Curiosity', 'Implementation error', 'Quantization error']),
    );
    const row = table.get('tbody tr').text();
    for (const part of ['esc10-b4', 'float: esc10-b8', '0.50', 'gates 0.63']) expect(row).toContain(part);
    const verdict = wrapper.get('[aria-label="Verdict over the windows"]').text();
    expect(verdict).toContain('board against quantized router; same expert in 1 of 1');
    expect(verdict).toContain('quantized against float router; same expert in 0 of 1');
    expect(verdict).toContain('the board computes what the quantized reference computes');
  });

  it('does not say that a board agrees whose router chose otherwise', async () => {
    const other = [windowResult({ place: 1, gate: [0.125, 0.875] })];
    const { wrapper } = await show([played({ bank })], { windows: other });
    expect(wrapper.get('.windows tbody tr').text()).toContain('quantized: esc10-b4');
    expect(wrapper.text()).toContain('differs from the quantized reference by more than rounding');
  });

  it('names what no bank of this lab holds, and what to do', async () => {
    const { wrapper } = await show([played({ bank })], { routers: [], windows: routed });
    expect(wrapper.text()).toMatch(/holds Curious, version 1:.*Take in a bank/);
    expect(wrapper.text()).not.toMatch(/no reference/i);
  });

  it('asks for a recording to be played where nothing was', async () => {
    const { wrapper } = await show([]);
    expect(wrapper.text()).toContain('Play the recording at the board');
    expect(wrapper.get('button.primary').attributes('disabled')).toBeUndefined();
  });
});
