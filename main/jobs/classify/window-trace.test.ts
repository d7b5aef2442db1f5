import { describe, expect, it } from 'vitest';
import { testFile } from '../../../test/fixtures/classified.ts';
import { detectionThreshold, WindowTrace } from './window-trace.ts';

const file = testFile(3, '/a.wav');
const labels = ['curlew', 'rain', 'saw'];

/** A trace of windows given as [top class, its probability]. */
function traceOf(...windows: [top: number, probability: number][]): WindowTrace {
  const trace = new WindowTrace(3);
  for (const [top, probability] of windows) {
    trace.add(Float32Array.from(labels, (_, c) => (c === top ? probability : (1 - probability) / 2)));
  }
  return trace;
}

describe('the windows of a recording', () => {
  it('with the same top class side by side are one detection', () => {
    const found = traceOf([0, 0.9], [0, 0.7], [1, 0.8], [0, 0.6]).detections(file, labels, 'Four bits');
    expect(found.map(({ label, startS, endS }) => [label, startS, endS])).toEqual([
      ['curlew', 0, 0.48 + 0.975],
      ['rain', 0.96, 0.96 + 0.975],
      ['curlew', 1.44, 1.44 + 0.975],
    ]);
    expect(found[0]!.confidence).toBeCloseTo(0.8, 6);
    expect(found[0]).toMatchObject({
      jobId: 'job',
      fileId: 3,
      number: 0,
      path: '/a.wav',
      peakS: 0,
      expert: 'Four bits',
    });
  });

  it('below the threshold belong to none, and part what is on either side', () => {
    const below = detectionThreshold - 0.01;
    const found = traceOf([2, 0.9], [2, below], [2, 0.9]).detections(file, labels, 'Four bits');
    expect(found.map(({ startS }) => startS)).toEqual([0, 0.96]);
    expect(traceOf([1, below]).detections(file, labels, 'Four bits')).toEqual([]);
  });

  it('at the threshold count', () => {
    expect(traceOf([1, detectionThreshold]).detections(file, labels, 'Four bits')).toHaveLength(1);
  });

  it('give the recording the class of their mean probability, not of their majority', () => {
    const { classIndex, probability } = traceOf([0, 0.4], [0, 0.4], [1, 0.99]).overall();
    expect(classIndex).toBe(1);
    expect(probability).toBeCloseTo((0.3 + 0.3 + 0.99) / 3, 6);
  });

  it('have times without the noise of adding up', () => {
    const windows = Array.from({ length: 1000 }, (_, i): [number, number] => [i % 2, 0.9]);
    for (const { startS } of traceOf(...windows).detections(file, labels, 'Four bits')) {
      expect(String(startS)).toMatch(/^\d+(\.\d{1,2})?$/);
    }
  });

  it('come back from their saved state as they were', () => {
    const trace = traceOf([0, 0.9], [1, 0.7], [1, 0.35]);
    const state: unknown = JSON.parse(JSON.stringify(trace.state()));
    const back = WindowTrace.from(state as ReturnType<WindowTrace['state']>);
    for (const one of [trace, back]) one.add(Float32Array.of(0.1, 0.1, 0.8));
    expect(back.windows).toBe(4);
    expect(back.overall()).toEqual(trace.overall());
    expect(back.detections(file, labels, 'Four bits')).toEqual(trace.detections(file, labels, 'Four bits'));
  });
});
