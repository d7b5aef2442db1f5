// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { EpochFigures, ExpertInfo } from '../../main/contract/types.ts';
import { encoder, expert, job, LabDouble, router } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useExperts } from './experts.ts';
import { useSession } from './session.ts';
import { useStudies } from './studies.ts';

const epochs = (count: number): EpochFigures[] =>
  Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    trainingLoss: 1 / (i + 1),
    validationLoss: 1.2 / (i + 1),
    validationAccuracy: 0.5,
  }));

describe('loss curves', () => {
  it('that an event told meanwhile are not replaced by an older reply', async () => {
    let answer!: (curves: Record<string, EpochFigures[]>) => void;
    const lab = new LabDouble({ 'train.curves': () => new Promise((resolve) => (answer = resolve)) });
    withLab(lab);
    const studies = useStudies();
    const loading = studies.loadCurves('one');
    lab.raise('curves', { jobId: 'one', curves: { q4: epochs(3) } });
    answer({ q4: epochs(1) });
    await loading;
    expect(studies.curvesOf('one')['q4']).toHaveLength(3);
    expect(studies.curvesOf('another')).toEqual({});
  });
});

describe('studies', () => {
  it('show the newest of their kind until the person looks at another or starts one', async () => {
    const lab = new LabDouble({
      'train.start': () => job({ id: 'mine', kind: 'train', createdMs: 1 }),
    });
    withLab(lab);
    const studies = useStudies();
    lab.raise('job', job({ id: 'old', kind: 'train', createdMs: 2 }));
    lab.raise('job', job({ id: 'new', kind: 'train', createdMs: 3 }));
    lab.raise('job', job({ id: 'other', kind: 'evaluate', createdMs: 4 }));
    expect(studies.jobOf('train')?.id).toBe('new');
    studies.chosen.train = 'old';
    expect(studies.jobOf('train')?.id).toBe('old');
    await studies.train({ path: '/field', name: 'mine' });
    expect(studies.jobOf('train')?.id).toBe('mine');
    expect(studies.jobsOf('train').map(({ id }) => id)).toEqual(['new', 'old', 'mine']);
  });

  it('of an earlier lab that failed or were cancelled are history, and shown no more', async () => {
    const lab = new LabDouble({
      'lab.info': () => ({
        version: '1',
        shell: 'test',
        role: 'operator',
        dataFolder: '/data',
        openedMs: 100,
        roots: [],
        storeLosses: [],
      }),
    });
    withLab(lab);
    await useSession().load();
    const studies = useStudies();
    const ended = { kind: 'train', state: 'failed' } as const;
    lab.raise('job', job({ ...ended, id: 'earlier', createdMs: 90, finishedMs: 99 }));
    expect(studies.jobOf('train')).toBeNull();
    lab.raise('job', job({ ...ended, id: 'done', state: 'done', createdMs: 80, finishedMs: 98 }));
    lab.raise('job', job({ ...ended, id: 'now', createdMs: 101, finishedMs: 102 }));
    expect(studies.jobsOf('train').map(({ id }) => id)).toEqual(['now', 'done']);
  });

  it('fetch results once, and again after a failure', async () => {
    let fails = true;
    const lab = new LabDouble({
      'evaluate.file': ({ name }) => {
        if (fails) throw new Error('not yet');
        return { name, mime: 'application/json', text: '{"format":1}', next: null };
      },
    });
    withLab(lab);
    const studies = useStudies();
    await expect(studies.loadResults('one')).rejects.toThrow('not yet');
    fails = false;
    expect(await studies.loadResults('one')).toEqual({ format: 1 });
    await studies.loadResults('one');
    expect(lab.asked).toHaveLength(2);
  });
});

describe('banks', () => {
  const own = expert({ id: 'tiny-q4', bank: 'tiny', name: 'tiny 4-bit' });

  it('are read anew when the lab says that one has come or gone, and only then', async () => {
    let all = [expert()];
    const lab = new LabDouble({ 'experts.list': () => all });
    withLab(lab);
    const experts = useExperts();
    await experts.load();
    all = [expert(), own];
    lab.raise('job', job({ kind: 'train', state: 'running' }));
    await Promise.resolve();
    expect(experts.banks.map(({ id }) => id)).toEqual(['shipped']);
    lab.raise('banks', null);
    await flushPromises();
    expect(experts.banks.map(({ id }) => id)).toEqual(['shipped', 'tiny']);
  });

  it('are shown as last asked for, also where answers cross on the way', async () => {
    const answers: ((list: ExpertInfo[]) => void)[] = [];
    const lab = new LabDouble({
      'experts.list': () => new Promise<ExpertInfo[]>((resolve) => answers.push(resolve)),
    });
    withLab(lab);
    const experts = useExperts();
    lab.raise('banks', null);
    lab.raise('banks', null);
    answers[1]!([expert()]);
    await flushPromises();
    answers[0]!([expert(), own]);
    await flushPromises();
    expect(experts.banks.map(({ id }) => id)).toEqual(['shipped']);
  });

  it('hold each its own experts, router and encoders, and go when they are deleted', async () => {
    let all = [expert(), own];
    const lab = new LabDouble({
      'experts.list': () => all,
      'experts.routers': () => [router()],
      'experts.encoders': () => [encoder(), encoder({ id: 'bats-encoder', bank: 'bats' })],
      'experts.deleteBank': ({ bank }) => {
        all = all.filter((one) => one.bank !== bank);
        lab.raise('banks', null);
        return null;
      },
    });
    withLab(lab);
    const experts = useExperts();
    await experts.load();
    const held = () =>
      experts.banks.map((bank) => [
        bank.id,
        bank.shipped,
        bank.experts.length,
        bank.routers.length,
        bank.encoders.length,
      ]);
    expect(held()).toEqual([
      ['shipped', true, 1, 1, 1],
      ['tiny', false, 1, 0, 0],
      ['bats', false, 0, 0, 1],
    ]);
    await experts.deleteBank('tiny', []);
    await flushPromises();
    expect(held().map(([id]) => id)).toEqual(['shipped', 'bats']);
    expect(experts.encoderName('bats-encoder')).toBe('Without fold 4');
    expect(experts.encoderName(null)).toBe('log-mel statistics');
  });
});
