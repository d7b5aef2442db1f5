import { describe as suite, expect, it } from 'vitest';
import { readSignature } from '../../models/onnx/read-signature.ts';
import { Graph } from '../../models/onnx/graph.ts';
import { CurlewError } from '../contract/error.ts';
import { describe } from './describe.ts';
import { descriptionOfMetadata, parseDescription, type GivenDescription } from './given-description.ts';
import { labelsOf } from './labels.ts';
import { logMelModel, told, waveformModel, type Made } from './testing.ts';

const bytesOf = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

function described(graph: Uint8Array, given: unknown = told) {
  const signature = readSignature(graph);
  const description = parseDescription('/m.json', bytesOf(given));
  const metadata = descriptionOfMetadata(signature.metadata);
  const labels = (description.labels ?? metadata.labels ?? null) as string[] | null;
  return describe({ signature, given: description, metadata, labels, fileName: 'm' });
}

/** What it is refused for, the code held. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(CurlewError);
    expect((thrown as CurlewError).code).toBe('MODEL_UNFIT');
    return (thrown as CurlewError).message;
  }
  throw new Error('It was not refused.');
}

suite('a model is described', () => {
  it('by its shapes, where they tell: windows, batch and names', () => {
    expect(described(waveformModel())).toEqual({
      name: 'Three sounds',
      ...{ sampleRate: 8000, windowSamples: 4000, hopSamples: 4000 },
      input: { name: 'sound', kind: 'waveform', type: 'float32', shape: [4000], batch: 'any', scale: 1 },
      output: { name: 'scores', values: 'probabilities', activation: 'softmax' },
      ...{ labels: told.labels, embedding: null, licence: null },
    });
  });

  it.each<[string, Made, number[], 'any' | 'one' | null]>([
    ['[samples]', { batch: null }, [4000], null],
    ['[1, samples]', { batch: 1 }, [4000], 'one'],
    ['[N, samples]', {}, [4000], 'any'],
  ])('of sound as %s', (_shape, made, shape, batch) => {
    expect(described(waveformModel(made)).input).toMatchObject({ shape, batch });
  });

  it('as one that takes log-mel by its last dimensions, with this lab’s rate and window', () => {
    expect(described(logMelModel(), { ...told, sampleRate: undefined })).toMatchObject({
      ...{ sampleRate: 16_000, windowSamples: 15_600, hopSamples: 7680 },
      input: { kind: 'log-mel', shape: [1, 96, 64], batch: 'any' },
    });
  });

  it('by its metadata, and by the file beside it before that', () => {
    const metadata = {
      ...{ name: 'Inner', sample_rate: '8000', hop_samples: '2000', values: 'logits', activation: 'sigmoid' },
      ...{ labels: '["a","b","c"]', license: 'MIT', scale: '32768' },
    };
    const graph = waveformModel({ metadata, activation: 'none' });
    expect(described(graph, {})).toMatchObject({
      ...{ name: 'Inner', sampleRate: 8000, hopSamples: 2000, labels: ['a', 'b', 'c'], licence: 'MIT' },
      ...{ input: { scale: 32_768 }, output: { values: 'logits', activation: 'sigmoid' } },
    });
    expect(described(graph, { sampleRate: 32_000, output: { activation: 'softmax' } })).toMatchObject({
      ...{ sampleRate: 32_000, output: { values: 'logits', activation: 'softmax' } },
    });
  });

  it('with the output that has as many numbers as there are labels, the embedding left aside', () => {
    const made = described(waveformModel({ embedding: true }), { ...told, embedding: 'embedding' });
    expect([made.output.name, made.embedding]).toEqual(['scores', 'embedding']);
    expect(described(waveformModel({ embedding: true })).output.name).toBe('scores');
  });
});

suite('a description that does not fit is refused, with the field named', () => {
  const without = (field: keyof typeof told) => ({ ...told, [field]: undefined });
  it.each<[string, Uint8Array, unknown, RegExp]>([
    ['no rate', waveformModel(), without('sampleRate'), /tells sampleRate/],
    ['no labels', waveformModel(), without('labels'), /tells labels/],
    ['no activation', waveformModel(), { ...told, output: { values: 'logits' } }, /tells output\.activation/],
    ['neither logits nor probabilities', waveformModel(), { ...told, output: {} }, /tells output\.values/],
    ['windows of any length', waveformModel({ samples: 'n' }), told, /tells windowSamples/],
    [
      'another window',
      waveformModel(),
      { ...told, windowSamples: 4001 },
      /windows of 4001 samples.*takes 4000/,
    ],
    ['a batch of 4', waveformModel({ batch: 4 }), told, /takes 4 windows at once/],
    [
      'another input',
      waveformModel(),
      { ...told, input: { name: 'x' } },
      /no input “x”; its input is “sound”/,
    ],
    [
      'another output',
      waveformModel(),
      { ...told, output: { ...told.output, name: 'y' } },
      /no output “y”.*“scores”/,
    ],
    ['another embedding', waveformModel(), { ...told, embedding: 'e' }, /no output “e” for the embedding/],
    ['log-mel of another rate', logMelModel(), told, /log-mel, which is of 16000 Hz/],
    [
      'sound that is called log-mel',
      waveformModel(),
      { ...told, input: { kind: 'log-mel' } },
      /\[N, 1, 96, 64\]/,
    ],
    ['a label twice', waveformModel(), { ...told, labels: ['a', 'b', 'a'] }, /two of its labels are “a”/],
  ])('%s', (_what, graph, given, sentence) => {
    expect(refusal(() => described(graph, given))).toMatch(sentence);
  });

  it('a dimension too many, two inputs, inputs of integers', () => {
    const graph = (inputs: (graph: Graph) => void) => {
      const made = new Graph('g');
      inputs(made);
      made.output('scores', made.input('x', 'float32', ['N', 3]), 'float32', ['N', 3]);
      return made.finish({});
    };
    expect(refusal(() => described(graph((g) => g.input('y', 'float32', [1]))))).toMatch(/2 inputs/);
    const other = new Graph('g');
    other.output('scores', other.input('x', 'int64', ['N', 3]), 'int64', ['N', 3]);
    expect(refusal(() => described(other.finish({})))).toMatch(/type int64; float32 or int16/);
    const deep = new Graph('g');
    deep.output('scores', deep.input('x', 'float32', [1, 2, 3, 4]), 'float32', [1, 2, 3, 4]);
    expect(refusal(() => described(deep.finish({})))).toMatch(/sound is \[samples\]/);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /\/m\.json is not JSON/],
    ['an unknown field', { ...told, sampelRate: 1 }, /sampelRate.*“sampleRate” may be meant/],
    [
      'an unknown field of the output',
      { output: { softmax: true } },
      /no such field; there are name, values, activation/,
    ],
    ['a rate in words', { ...told, sampleRate: '8 kHz' }, /wrong at sampleRate/],
    ['an unknown activation', { output: { activation: 'tanh' } }, /wrong at output\.activation/],
    ['a scale of 0', { input: { scale: 0 } }, /wrong at input\.scale/],
  ])('%s', (_what, given, sentence) => {
    expect(refusal(() => parseDescription('/m.json', bytesOf(given)))).toMatch(sentence);
  });

  it('metadata that is wrong', () => {
    expect(refusal(() => descriptionOfMetadata(new Map([['sample_rate', 'fast']])))).toMatch(
      /metadata is wrong at sampleRate/,
    );
  });
});

suite('labels are read', () => {
  it.each<[string, string, string[]]>([
    ['l.txt', 'Numenius arquata_Curlew\r\nRain\n\n', ['Numenius arquata_Curlew', 'Rain']],
    [
      'yamnet.csv',
      'index,mid,display_name\n0,/m/1,"Child speech, kid speaking"\n1,/m/2,Speech\n',
      ['Child speech, kid speaking', 'Speech'],
    ],
    ['label.csv', 'ebird2021\nabcd\nefgh\n', ['abcd', 'efgh']],
    ['one.csv', 'whatever\nx\ny\n', ['x', 'y']],
  ])('from %s', (path, text, labels) => {
    expect(labelsOf(path, bytesOf(text))).toEqual(labels);
  });

  it('but not from a table whose columns are called something else, or bytes that are no text', () => {
    expect(refusal(() => labelsOf('t.csv', bytesOf('a,b\n1,2\n')))).toMatch(/several columns/);
    expect(refusal(() => labelsOf('t.txt', Uint8Array.of(0xff, 0xfe, 0x00)))).toMatch(/UTF-8/);
  });
});

suite('a file is', () => {
  it('no ONNX file wherever it is cut, or one with another graph than it was', () => {
    const graph = waveformModel();
    let refused = 0;
    for (let length = 0; length < graph.length; length += 7) {
      try {
        described(graph.subarray(0, length), { ...told } satisfies GivenDescription | object);
      } catch (thrown) {
        expect(['FILE_DAMAGED', 'MODEL_UNFIT']).toContain((thrown as CurlewError).code);
        refused++;
      }
    }
    // What is cut off behind the graph is the version of its operators: ONNX Runtime misses that.
    expect(refused).toBeGreaterThanOrEqual(Math.floor(graph.length / 7) - 3);
  });

  it('refused where a tensor lies in another file', () => {
    const signature = { ...readSignature(waveformModel()), outside: 'filters' };
    const told3 = { signature, given: {}, metadata: {}, labels: null, fileName: 'm' };
    expect(refusal(() => describe(told3))).toMatch(/“filters” lies in another file/);
  });
});
