/** The references of a comparison: graphs of experts and routers’ decisions, each opened once. */
import { patchCount, patchHopSamples, patchSamples, frontEnd } from '../../../models/features/log-mel.ts';
import { createReference, type Reference, type Runtime } from '../../../models/reference/reference.ts';
import { routerReference, type RouterReference } from '../../../models/reference/router-reference.ts';
import type { Heard } from '../../../models/router/decide.ts';

/** What a graph makes of a clip’s windows, row after row. */
export interface ReferredSide {
  /** [windows][classes] */
  logits: Float32Array;
  /** [windows][numbers] */
  embedding: Float32Array;
}

/** A clip by one expert’s graphs. */
export interface Referred {
  windows: number;
  /** [windows][96 · 64], what both graphs hear. */
  logMel: Float32Array;
  quantized: ReferredSide;
  float: ReferredSide;
}

export interface BothHeard {
  quantized: Heard;
  float: Heard;
  /** Of the board’s answer: it gives the draws. */
  inferenceId: number;
}

/** What a router, or a cascade, decided. */
export interface Decision {
  gate: Float32Array;
  curiosity: number;
  score: number;
  /** Place of the expert that is asked first. */
  choice: number;
}

export interface Routed {
  quantized: Decision;
  float: Decision;
}

/** Files of experts and routers by their ids. */
export type FileSource = (
  id: string,
  file: 'image' | 'quantized.onnx' | 'float.onnx' | 'router.json' | 'weights.f32',
) => Promise<Uint8Array>;

/** Windows of one run of a graph: more take memory, and no less time each. */
const windowsARun = 16;
const patchSize = frontEnd.patchFrames * frontEnd.melBands;

/** So many samples hold so many windows. */
export const samplesOf = (windows: number): number => (windows - 1) * patchHopSamples + patchSamples;

export class ReferenceDesk {
  private readonly graphs = new Map<string, Promise<Reference>>();
  private readonly routers = new Map<string, Promise<RouterReference>>();

  constructor(
    private readonly runtime: Runtime,
    private readonly file: FileSource,
  ) {}

  /** @param pcm int16 at 16 kHz, one window at least @throws CurlewError of the files */
  async refer(expertId: string, pcm: Int16Array): Promise<Referred> {
    const windows = patchCount(pcm.length);
    const logMel = new Float32Array(windows * patchSize);
    const sides: ReferredSide[] = [];
    for (const kind of ['quantized', 'float'] as const) {
      const graph = await this.graph(expertId, kind);
      const rows: ReferredSide[] = [];
      for (let from = 0; from < windows; from += windowsARun) {
        const many = Math.min(windowsARun, windows - from);
        const start = from * patchHopSamples;
        const heard = Float32Array.from(pcm.subarray(start, start + samplesOf(many)), (x) => x / 32_768);
        const found = await graph.runWithFeatures(heard);
        rows.push(found);
        for (let w = 0; kind === 'quantized' && w < many; w++) {
          const frame = w * frontEnd.patchHop * frontEnd.melBands;
          logMel.set(found.logMel.subarray(frame, frame + patchSize), (from + w) * patchSize);
        }
      }
      sides.push({ logits: joined(rows, 'logits'), embedding: joined(rows, 'embedding') });
    }
    return { windows, logMel, quantized: sides[0]!, float: sides[1]! };
  }

  /** @throws CurlewError of the files */
  async route(routerId: string, heard: readonly BothHeard[]): Promise<Routed[]> {
    const router = await this.router(routerId);
    return heard.map(({ quantized, float, inferenceId }) => ({
      quantized: decisionOf(router.quantized(quantized, inferenceId)),
      float: decisionOf(router.float(float, inferenceId)),
    }));
  }

  async release(): Promise<void> {
    for (const graph of this.graphs.values()) await (await graph).release();
    this.graphs.clear();
  }

  private graph(expertId: string, kind: 'quantized' | 'float'): Promise<Reference> {
    return kept(this.graphs, `${kind} ${expertId}`, async () =>
      createReference(this.runtime, await this.file(expertId, `${kind}.onnx`)),
    );
  }

  private router(id: string): Promise<RouterReference> {
    return kept(this.routers, id, async () =>
      routerReference({
        image: await this.file(id, 'image'),
        'router.json': await this.file(id, 'router.json'),
        'weights.f32': await this.file(id, 'weights.f32'),
      }),
    );
  }
}

function kept<T>(all: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const there = all.get(name);
  if (there) return there;
  const made = make();
  all.set(name, made);
  return made;
}

const decisionOf = ({
  gate,
  curiosity,
  score,
  ranked,
}: ReturnType<RouterReference['quantized']>): Decision => ({
  ...{ gate: Float32Array.from(gate), curiosity, score },
  choice: ranked[0]!,
});

function joined(rows: readonly ReferredSide[], name: keyof ReferredSide): Float32Array {
  const all = new Float32Array(rows.reduce((sum, row) => sum + row[name].length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row[name], at);
    at += row[name].length;
  }
  return all;
}
