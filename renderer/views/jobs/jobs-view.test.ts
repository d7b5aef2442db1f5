// @vitest-environment jsdom
import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CurlewError } from '../../../main/contract/error.ts';
import type { Job } from '../../../main/contract/types.ts';
import { useJobs } from '../../stores/jobs.ts';
import { labKey } from '../../stores/lab.ts';
import { useRecordings } from '../../stores/recordings.ts';
import { job, LabDouble, shellDouble } from '../../test/lab-double.ts';
import WaitingJobs from '../fleet/WaitingJobs.vue';
import JobsView from './JobsView.vue';

const push = vi.fn();
vi.mock('vue-router', async (original) => ({ ...(await original<object>()), useRouter: () => ({ push }) }));

const running = job({
  id: 'up',
  title: 'Train tones',
  kind: 'train',
  canPause: true,
  leftMs: 200_000,
  createdMs: 3,
});
const done = job({
  id: 'done',
  title: 'Classify /field/night',
  kind: 'classify',
  state: 'done',
  createdMs: 2,
  finishedMs: 9,
  workedMs: 61_000,
  reads: ['/field/night'],
  writes: ['detections'],
});
const failed = job({
  id: 'failed',
  title: 'Evaluate',
  kind: 'evaluate',
  state: 'failed',
  createdMs: 1,
  finishedMs: 8,
  canPause: true,
  error: { code: 'FOLDER_EMPTY', message: 'There is nothing.' },
});
const all = [running, done, failed];

const labDouble = (jobs: Job[] = all) =>
  new LabDouble({
    'jobs.list': () => jobs,
    'jobs.holdings': () => ({ goes: ['17 detections'], stays: ['the recordings'], bytes: 29_000_000 }),
    'jobs.delete': () => ({ goes: ['17 detections'], stays: ['the recordings'], bytes: 29_000_000 }),
    'jobs.pause': () => ({ ...running, state: 'paused', leftMs: null }),
    'classify.files': () => [],
    'detections.export': () => ({ name: 'x.csv', mime: 'text/csv', text: 'a', next: null }),
  });

async function show(lab = labDouble(), component: object = JobsView) {
  const pinia = createPinia();
  const { shell, saved } = shellDouble();
  const wrapper = mount(component, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell } },
      stubs: { RouterLink: RouterLinkStub },
    },
  });
  await useJobs(pinia).load();
  await flushPromises();
  return { wrapper, lab, pinia, saved };
}

const dialog = () => document.querySelector<HTMLElement>('[role="dialog"]');
const button = (name: string) =>
  [...dialog()!.querySelectorAll('button')].find((one) => one.textContent!.trim() === name)!;

beforeEach(() => localStorage.clear());
enableAutoUnmount(afterEach);

describe('the list of jobs', () => {
  it('tells of each, newest first, when it was, how long it took, what it read and wrote, and what is left', async () => {
    const { wrapper } = await show();
    const rows = wrapper.findAll('tbody tr').map((row) => row.text());
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain('about 3 min left');
    expect(rows[1]).toContain('1 min 1 s');
    expect(rows[1]).toContain('night → detections');
    expect(rows[2]).toContain('There is nothing.');
  });

  it('is one stop of the Tab key, and walked through by arrow keys', async () => {
    const { wrapper } = await show();
    const links = wrapper.findAll('.link');
    expect(links.map((one) => one.attributes('tabindex'))).toEqual(['0', '-1', '-1']);
    (links[0]!.element as HTMLElement).focus();
    await links[0]!.trigger('keydown', { key: 'End' });
    expect(document.activeElement).toBe(links[2]!.element);
  });

  it('is filtered by state and kind', async () => {
    const { wrapper } = await show();
    await wrapper.get('#jobs-state').setValue('failed');
    expect(wrapper.findAll('tbody tr').map((row) => row.get('.link').text())).toEqual(['Evaluate']);
    await wrapper.get('#jobs-kind').setValue('train');
    expect(wrapper.text()).toContain('No job is like that.');
  });

  it('shows one with what it holds, exports it, and opens its result', async () => {
    const { wrapper, saved, pinia } = await show();
    await wrapper.findAll('.link')[1]!.trigger('click');
    await flushPromises();
    expect(dialog()!.textContent).toContain('17 detections, 29.0 MB on disk');
    button('CSV').click();
    await flushPromises();
    expect(saved).toMatchObject([{ name: 'x.csv' }]);
    button('Open the result').click();
    await flushPromises();
    expect(push).toHaveBeenCalledWith({ name: 'recordings' });
    expect(useRecordings(pinia).jobId).toBe('done');
    expect(dialog()).toBeNull();
  });

  it('asks before it deletes, and says what goes and what stays', async () => {
    const { wrapper, lab } = await show();
    await wrapper.findAll('.link')[1]!.trigger('keydown', { key: 'Delete' });
    await flushPromises();
    expect(dialog()!.textContent).toContain('17 detections');
    expect(dialog()!.textContent).toContain('the recordings');
    expect(lab.asked.map(({ name }) => name)).not.toContain('jobs.delete');
    button('Delete for good').click();
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'jobs.delete', params: { jobId: 'done' } });
    expect(wrapper.findAll('tbody tr')).toHaveLength(2);
    expect(dialog()).toBeNull();
  });

  it('deletes none that is under way, and keeps one whose deletion failed, with the reason', async () => {
    const lab = labDouble();
    lab.handlers['jobs.delete'] = () => {
      throw new CurlewError('FILE_UNWRITABLE', 'The folder cannot be written.');
    };
    const { wrapper } = await show(lab);
    await wrapper.findAll('.link')[0]!.trigger('keydown', { key: 'Delete' });
    expect(dialog()).toBeNull();
    await wrapper.findAll('.link')[2]!.trigger('keydown', { key: 'Delete' });
    await flushPromises();
    button('Delete for good').click();
    await flushPromises();
    expect(dialog()!.querySelector('[role="alert"]')!.textContent).toContain('cannot be written');
    expect(wrapper.findAll('tbody tr')).toHaveLength(3);
  });

  it('follows what another page or the command line deletes and starts, an open dialog too', async () => {
    const { wrapper, lab } = await show();
    await wrapper.findAll('.link')[1]!.trigger('click');
    await flushPromises();
    lab.raise('jobGone', { jobId: 'done' });
    lab.raise('job', job({ id: 'new', createdMs: 10 }));
    await flushPromises();
    expect(dialog()).toBeNull();
    expect(wrapper.findAll('.link').map((one) => one.text())).toEqual([
      'esc10-b4 to heron',
      'Train tones',
      'Evaluate',
    ]);
  });
});

it('a paused job’s bar stands still', async () => {
  const { wrapper } = await show(labDouble([{ ...running, state: 'paused', progress: null, leftMs: null }]));
  expect(wrapper.get('.bar').classes()).toContain('still');
  expect(wrapper.text()).not.toContain('left');
});

describe('the first screen', () => {
  it('says what is paused, and what failed since the list was looked at', async () => {
    const lab = labDouble([...all, { ...running, id: 'waits', state: 'paused' }]);
    const { wrapper, pinia } = await show(lab, WaitingJobs);
    expect(wrapper.text()).toBe('1 job is paused, 1 job failed since you last looked. Show the jobs');
    useJobs(pinia).see();
    await flushPromises();
    expect(wrapper.text()).toBe('1 job is paused. Show the jobs');
    expect((await show(labDouble(), WaitingJobs)).wrapper.text()).toBe('');
  });
});
