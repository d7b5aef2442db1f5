import { describe, expect, it } from 'vitest';
import type { Job } from '../../contract/types.ts';
import { progressOn } from './progress.ts';

const job = (change: Partial<Job> = {}): Job => ({
  id: '7',
  kind: 'classify',
  title: 'Classify a folder',
  state: 'running',
  progress: 0.25,
  detail: '3 of 12: a.wav',
  createdMs: 0,
  startedMs: 0,
  finishedMs: null,
  workedMs: 0,
  leftMs: null,
  reads: [],
  writes: [],
  error: null,
  canPause: true,
  result: null,
  ...change,
});

function shown(isTTY: boolean) {
  let text = '';
  let ms = 0;
  const progress = progressOn({ isTTY, write: (more: string) => (text += more) }, () => ms);
  return {
    progress,
    at(now: number, change?: Partial<Job>) {
      ms = now;
      progress.show(job(change));
    },
    text: () => text,
  };
}

describe('progress', () => {
  it('in a file is a line now and then, and none of what is done at once', () => {
    const { at, text, progress } = shown(false);
    at(500);
    expect(text()).toBe('');
    at(1_000);
    expect(text()).toBe(' 25 %  Classify a folder: 3 of 12: a.wav\n');
    at(10_999, { progress: 0.4 });
    at(11_000, { progress: null });
    at(21_000, { progress: 0.5, leftMs: 20_000 });
    at(99_000, { state: 'done', finishedMs: 1 });
    progress.end();
    expect(text().split('\n')).toEqual([
      ' 25 %  Classify a folder: 3 of 12: a.wav',
      '  … %  Classify a folder: 3 of 12: a.wav',
      ' 50 %  Classify a folder: 3 of 12: a.wav, about 20 s left',
      '',
    ]);
  });

  it('on a terminal is one line that changes, and is gone at the end', () => {
    const { at, text, progress } = shown(true);
    at(0);
    at(1, { state: 'paused' });
    progress.end();
    expect(text().split('\r\x1b[K')).toEqual([
      '',
      ' 25 %  Classify a folder: 3 of 12: a.wav',
      ' 25 %  Classify a folder: paused',
      '',
    ]);
  });
});
